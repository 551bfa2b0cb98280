package publish

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"diplometrics/datasets"
)

// Least is the number of persons, and of observations of one person, below which
// nothing is told of them.
const Least = 5

// cell is what the accounts of persons have in common that anybody can look up.
type cell struct{ platform, country, kind string }

func cellOf(a *datasets.Account) cell {
	return cell{a.Platform, a.Country.V, a.OrganizationType.V}
}

// Suppressed counts the rows of a table that a package leaves out.
type Suppressed struct {
	Table    string
	Platform string
	Country  string // "" for none
	Kind     string // of organization; "" where it is not known
	Reason   string
	Rows     int
}

// String says it in words.
func (s Suppressed) String() string {
	rows := "rows"
	if s.Rows == 1 {
		rows = "row"
	}
	where := strings.Join(slices.DeleteFunc([]string{s.Platform, s.Country, s.Kind}, func(p string) bool { return p == "" }), ", ")
	return fmt.Sprintf("%d %s of %s (%s): %s", s.Rows, rows, s.Table, where, s.Reason)
}

// Reasons for which rows are left out.
const (
	tooFewPersons = "describes fewer than 5 persons"
	singleCounts  = "tells single counts of a person"
	namesPerson   = "speaks of a person by name"
	tooFewCounts  = "rests on fewer than 5 observations of a person"
)

func suppressedCSV(left []Suppressed) string {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	_ = w.Write([]string{"table", "platform", "country", "organization_type", "rows", "reason"}) // a Buffer takes every write
	for _, s := range left {
		_ = w.Write([]string{s.Table, s.Platform, s.Country, s.Kind, strconv.Itoa(s.Rows), s.Reason})
	}
	w.Flush()
	return out.String()
}

// Persons are the accounts of a study that accounts.csv marks as persons: they
// appear under pseudonyms, in tables of aggregates alone, and not at all where
// fewer than Least persons share platform, country and kind of organization.
type Persons struct {
	cells map[[2]string]cell
	names map[string][][2]string // accounts by organization, handle and id, in lower case
	size  map[cell]int
	key   []byte
	left  map[Suppressed]int // rows, by the rest
}

// PersonsOf finds the persons among accounts.
func PersonsOf(accounts []datasets.Account) *Persons {
	p := &Persons{cells: map[[2]string]cell{}, names: map[string][][2]string{}, size: map[cell]int{}, left: map[Suppressed]int{}}
	for i := range accounts {
		if a := &accounts[i]; a.Person {
			k := [2]string{a.Platform, a.AccountID}
			p.cells[k] = cellOf(a)
			p.size[cellOf(a)]++
			for _, n := range []string{a.Organization, a.AccountID, a.Handle.V, "@" + a.Handle.V} {
				if n = strings.ToLower(n); n != "" && n != "@" {
					p.names[n] = append(p.names[n], k)
				}
			}
		}
	}
	return p
}

// Any tells whether there are persons.
func (p *Persons) Any() bool { return len(p.cells) > 0 }

// Appear tells whether any person appears, and so whether a key is needed.
func (p *Persons) Appear() bool {
	for _, n := range p.size {
		if n >= Least {
			return true
		}
	}
	return false
}

// Use sets the key of the pseudonyms.
func (p *Persons) Use(key []byte) { p.key = key }

// Is tells whether an account is a person's.
func (p *Persons) Is(platform, id string) bool {
	_, ok := p.cells[[2]string{platform, id}]
	return ok
}

// pseudonym stands for a name: an HMAC-SHA-256 of it under the key, so that
// whoever has no key cannot try names until one fits.
func (p *Persons) pseudonym(kind, name string) string {
	h := hmac.New(sha256.New, p.key)
	fmt.Fprintf(h, "%s\x00%s", kind, name)
	return "person-" + strings.ToLower(base32.StdEncoding.EncodeToString(h.Sum(nil))[:26])
}

// Accounts returns the accounts as the package has them. Organizations of
// persons have pseudonyms too, and what else could tell who it is is absent.
func (p *Persons) Accounts(accounts []datasets.Account) []datasets.Account {
	return Redact(p, &datasets.Accounts, accounts, true, func(a *datasets.Account) (*string, *string, int64) {
		if p.Is(a.Platform, a.AccountID) && p.size[cellOf(a)] >= Least {
			a.Organization = p.pseudonym("organization", a.Organization)
			a.Handle, a.HostCountry = datasets.None[string](), datasets.None[string]()
			a.ValidFrom, a.ValidTo = datasets.None[datasets.Day](), datasets.None[datasets.Day]()
		}
		return &a.Platform, &a.AccountID, Least
	})
}

// Redact returns the rows of a table as the package has them, in the order of
// its key: those about persons are left out, or under a pseudonym where the table
// is one of aggregates. Of gives the platform and the id of a row's account, and
// how many observations the row rests on. The rows are changed in place.
func Redact[R any](p *Persons, t *datasets.Table[R], rows []R, aggregates bool, of func(*R) (platform, id *string, n int64)) []R {
	if !p.Any() {
		return rows
	}
	kept := rows[:0]
	for _, r := range rows {
		platform, id, n := of(&r)
		if c, person := p.cells[[2]string{*platform, *id}]; person {
			why := ""
			switch {
			case p.size[c] < Least:
				why = tooFewPersons
			case !aggregates:
				why = singleCounts
			case n < Least:
				why = tooFewCounts
			}
			if why != "" {
				p.leave(t.Name, c, why)
				continue
			}
			*id = p.pseudonym(*platform, *id)
		}
		kept = append(kept, r)
	}
	slices.SortFunc(kept, func(a, b R) int { return t.Compare(&a, &b) })
	return kept
}

// Unnamed returns the rows of a table without those that speak of a person by
// name. Of gives the platform, "" for none, and whom the row is about.
func Unnamed[R any](p *Persons, t *datasets.Table[R], rows []R, of func(*R) (platform, subject string)) []R {
	return slices.DeleteFunc(rows, func(r R) bool {
		platform, subject := of(&r)
		for _, n := range p.names[strings.ToLower(subject)] {
			if c := p.cells[n]; platform == "" || platform == c.platform {
				p.leave(t.Name, c, namesPerson)
				return true
			}
		}
		return false
	})
}

func (p *Persons) leave(table string, c cell, why string) {
	p.left[Suppressed{Table: table, Platform: c.platform, Country: c.country, Kind: c.kind, Reason: why}]++
}

// Left lists what was left out, by table, then cell.
func (p *Persons) Left() []Suppressed {
	var out []Suppressed
	for s, n := range p.left {
		s.Rows = n
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b Suppressed) int {
		return strings.Compare(strings.Join([]string{a.Table, a.Platform, a.Country, a.Kind, a.Reason}, "\x00"), strings.Join([]string{b.Table, b.Platform, b.Country, b.Kind, b.Reason}, "\x00"))
	})
	return out
}
