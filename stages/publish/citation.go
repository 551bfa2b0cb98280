package publish

import (
	"fmt"
	"strings"
	"unicode"
)

// citationFile returns a CITATION.cff, version 1.2.0, for the data.
func (p *dataPackage) citationFile() (string, error) {
	var s strings.Builder
	s.WriteString("cff-version: 1.2.0\nmessage: \"If you use these data, please cite them as below.\"\ntype: dataset\n")
	fmt.Fprintf(&s, "title: %s\n", quote(p.Title))
	if p.Description != "" {
		fmt.Fprintf(&s, "abstract: %s\n", quote(p.Description))
	}
	s.WriteString("authors:\n")
	if len(p.Contributors) == 0 {
		fmt.Fprintf(&s, "  - name: %s\n", quote("The authors of the study "+p.Name))
	}
	for _, c := range p.Contributors {
		if c.FamilyName == "" {
			fmt.Fprintf(&s, "  - name: %s\n", quote(c.Title))
		} else {
			fmt.Fprintf(&s, "  - family-names: %s\n", quote(c.FamilyName))
			if c.GivenName != "" {
				fmt.Fprintf(&s, "    given-names: %s\n", quote(c.GivenName))
			}
		}
		if c.Path != "" {
			fmt.Fprintf(&s, "    orcid: %s\n", quote(c.Path))
		}
	}
	if p.Version != "" {
		fmt.Fprintf(&s, "version: %s\n", quote(p.Version))
	}
	if p.Released != "" {
		fmt.Fprintf(&s, "date-released: %s\n", quote(p.Released))
	}
	// The schema takes SPDX ids only.
	for _, l := range p.Licenses {
		if _, ok := licences[l.Name]; ok {
			fmt.Fprintf(&s, "license: %s\n", quote(l.Name))
		}
	}
	if len(p.Keywords) > 0 {
		s.WriteString("keywords:\n")
		for _, k := range p.Keywords {
			fmt.Fprintf(&s, "  - %s\n", quote(k))
		}
	}
	return s.String(), nil
}

// citation returns the reference to the data as one line of text.
func (p *dataPackage) citation() string {
	authors := "The authors of the study " + p.Name
	for i, c := range p.Contributors {
		if i == 0 {
			authors = c.Title
		} else {
			authors += "; " + c.Title
		}
	}
	year := "n.d."
	if len(p.Released) >= 4 {
		year = p.Released[:4]
	}
	version := ""
	if p.Version != "" {
		version = " (version " + p.Version + ")"
	}
	return fmt.Sprintf("%s (%s). %s%s [Data set].", authors, year, p.Title, version)
}

// quote writes a text as a double-quoted YAML scalar. Characters that YAML
// forbids and those that nobody sees, such as marks of direction, are escaped.
func quote(text string) string {
	var s strings.Builder
	s.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			s.WriteByte('\\')
			s.WriteRune(r)
		case r == '\n':
			s.WriteString(`\n`)
		case r > 0xffff && !unicode.IsGraphic(r):
			fmt.Fprintf(&s, `\U%08X`, r)
		case r != ' ' && !unicode.IsGraphic(r) || r == 0xfffe || r == 0xffff:
			fmt.Fprintf(&s, `\u%04X`, r)
		default:
			s.WriteRune(r)
		}
	}
	s.WriteByte('"')
	return s.String()
}
