package study

import (
	"errors"
	"fmt"
	"regexp"
)

// Author is an author of the study's data, for citation.
type Author struct {
	Family string `json:"family" toml:"family"`
	Given  string `json:"given,omitempty" toml:"given"`
	Name   string `json:"name,omitempty" toml:"name"`   // of an organization, instead of family and given
	ORCID  string `json:"orcid,omitempty" toml:"orcid"` // as an address
}

// String is the author's name as a citation prints it.
func (a Author) String() string {
	switch {
	case a.Name != "":
		return a.Name
	case a.Given != "":
		return a.Given + " " + a.Family
	}
	return a.Family
}

var orcidDigits = regexp.MustCompile(`^(https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])/?$`)

// check checks an author, and writes the ORCID as an address.
func (a *Author) check() error {
	if a.Name == "" && a.Family == "" {
		return errors.New(`found an author without a name; expected family and given of a person, or name of an organization`)
	}
	if a.ORCID == "" {
		return nil
	}
	parts := orcidDigits.FindStringSubmatch(a.ORCID)
	if parts == nil {
		return fmt.Errorf("found the orcid %q of %s; expected one such as https://orcid.org/0000-0002-1825-0097", a.ORCID, a)
	}
	a.ORCID = "https://orcid.org/" + parts[2]
	return nil
}
