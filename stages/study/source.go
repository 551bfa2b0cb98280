package study

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"diplometrics/datasets"

	"golang.org/x/text/encoding/htmlindex"
)

// settle fills in what a [[source]] says of how it is read and what it covers.
func (t *sourceTable) settle(src *Source, text string) error {
	err := t.read(src)
	for i := range src.Accounts {
		c := &src.Accounts[i]
		c.Line = lineOfPath(text, src.Line, []string{fmt.Sprintf("coverage[%d]", i), c.key()})
	}
	var w *wrong
	if errors.As(err, &w) {
		path := strings.Split(w.path, ".")
		return fmt.Errorf("study.toml:%d: source %s: %s", lineOfPath(text, src.Line, path), w.path, w.text)
	}
	return err
}

func (t *sourceTable) read(src *Source) error {
	if t.Zone != "" {
		if err := CheckZone(t.Zone); err != nil {
			return &wrong{"zone", err.Error()}
		}
	}
	if t.Encoding != "" {
		if _, err := htmlindex.Get(t.Encoding); err != nil {
			return &wrong{"encoding", fmt.Sprintf("%q is no encoding; expected a name such as windows-1251, koi8-r or utf-16le", t.Encoding)}
		}
	}
	if t.ObservedAt != "" {
		if day, err := ParseDay(t.ObservedAt); err == nil {
			src.ObservedAt, src.ObservedPrecision = datasets.Some(day.Micros()), "day"
		} else if at, err := time.Parse(time.RFC3339Nano, t.ObservedAt); err == nil {
			src.ObservedAt, src.ObservedPrecision = datasets.Some(datasets.MicrosOf(at)), "second"
		} else {
			return &wrong{"observed_at", fmt.Sprintf("found %q, expected a time with its offset like 2024-01-31T09:30:00Z, or a date like 2024-01-31", t.ObservedAt)}
		}
	}
	if t.Platform != "" && !slices.Contains(Platforms, t.Platform) {
		return &wrong{"platform", fmt.Sprintf("found %q; %s", t.Platform, Nearest(t.Platform, Platforms))}
	}
	src.Adapter, src.Encoding, src.Zone = t.Adapter, t.Encoding, t.Zone
	src.Platform, src.Account, src.Handle = t.Platform, t.Account, strings.TrimPrefix(t.Handle, "@")

	all, err := t.settleCoverage("")
	if err != nil {
		return err
	}
	all.Platform, all.Account, all.Handle = "", "", ""
	src.Coverage = all
	for i, c := range t.Coverage {
		path := fmt.Sprintf("coverage[%d].", i)
		one, err := c.settleCoverage(path)
		switch {
		case err != nil:
			return err
		case c.Account == "" && c.Handle == "":
			return &wrong{path + "handle", "expected the handle or account that it is about; for all accounts give the dates in the source itself"}
		case c.Platform != "" && !slices.Contains(Platforms, c.Platform):
			return &wrong{path + "platform", fmt.Sprintf("found %q; %s", c.Platform, Nearest(c.Platform, Platforms))}
		}
		src.Accounts = append(src.Accounts, one)
	}

	switch {
	case t.Mapping == nil && t.Adapter == "mapping":
		return &wrong{"adapter", "mapping needs a table [source.mapping] that says what the columns are"}
	case t.Mapping == nil:
		return nil
	case t.Adapter != "" && t.Adapter != "mapping":
		return &wrong{"adapter", fmt.Sprintf("found %q, but [source.mapping] says how the file is read; keep one", t.Adapter)}
	}
	if err := t.Mapping.Settle(src); err != nil {
		return err
	}
	src.Adapter, src.Mapping, src.Table = "mapping", t.Mapping, t.Mapping.Table
	return nil
}

func (t *coverageTable) settleCoverage(path string) (Coverage, error) {
	c := Coverage{Platform: t.Platform, Account: t.Account, Handle: strings.TrimPrefix(t.Handle, "@"), Completeness: t.Completeness, Inferred: t.Inferred}
	for _, d := range []struct {
		key, text string
		day       *datasets.Opt[datasets.Day]
	}{{"covered_from", t.From, &c.From}, {"covered_to", t.To, &c.To}} {
		if d.text == "" {
			continue
		}
		day, err := ParseDay(d.text)
		if err != nil {
			return c, &wrong{path + d.key, err.Error()}
		}
		*d.day = datasets.Some(day)
	}
	switch {
	case c.From.OK && c.To.OK && c.From.V >= c.To.V:
		return c, &wrong{path + "covered_to", fmt.Sprintf("%s is not after %s; it is the day after the last", c.To.V, c.From.V)}
	case c.Completeness != "" && !slices.Contains(Completenesses, c.Completeness):
		return c, &wrong{path + "completeness", fmt.Sprintf("found %q; %s", c.Completeness, Nearest(c.Completeness, Completenesses))}
	}
	return c, nil
}

// CheckCoverage compares the accounts that [[source.coverage]] names with those
// of the study: what names no account would cover nothing. An error names the
// line of study.toml.
func (s *Study) CheckCoverage(accounts []datasets.Account) error {
	for i := range s.Sources {
		for _, c := range s.Sources[i].Accounts {
			if slices.ContainsFunc(accounts, func(a datasets.Account) bool { return c.Names(a.Platform, a.AccountID, a.Handle.V) }) {
				continue
			}
			found, valid := c.Handle, []string{}
			if c.Handle == "" {
				found = c.Account
			}
			for _, a := range accounts {
				switch {
				case c.Platform != "" && c.Platform != a.Platform:
				case c.Handle == "":
					valid = append(valid, a.AccountID)
				case a.Handle.OK:
					valid = append(valid, a.Handle.V)
				}
			}
			slices.Sort(valid)
			hint := Nearest(found, slices.Compact(valid))
			if len(valid) == 0 || strings.HasPrefix(hint, "expected") {
				hint = "add the account there, or correct it here"
			}
			return fmt.Errorf("study.toml:%d: source %s: coverage %s: found %q, expected an account of %s%s; %s",
				c.Line, s.Sources[i].ID, c.key(), found, s.Accounts, on(c.Platform), hint)
		}
	}
	return nil
}

// CheckSimulated tells whether a study with simulated accounts says so: nothing
// that was simulated is run, let alone published, without the word.
func (s *Study) CheckSimulated(accounts []datasets.Account) error {
	if _, err := os.Stat(filepath.Join(s.Dir, filepath.FromSlash(SimulatedFile))); err == nil && !s.Simulated {
		return fmt.Errorf("study.toml: simulated: the raw files were simulated, as %s says; write simulated = true, so that every table and figure says so", SimulatedFile)
	}
	for _, a := range accounts {
		if !s.Simulated && strings.HasSuffix(a.Organization, SimulatedMark) {
			return fmt.Errorf("study.toml: simulated: %s names %q, which was simulated; write simulated = true, so that every table and figure says so", s.Accounts, a.Organization)
		}
	}
	return nil
}

// key is the key of study.toml that names the account.
func (c *Coverage) key() string {
	if c.Handle != "" {
		return "handle"
	}
	return "account"
}

func on(platform string) string {
	if platform == "" {
		return ""
	}
	return " on " + platform
}
