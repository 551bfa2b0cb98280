package publish

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/csv"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"diplometrics/datasets"
)

// Least is the number of persons, and of observations of one person, below which
// nothing is told of them. Persons are told apart by the organization that
// accounts.csv gives them, so that several accounts of one are one.
const Least = 5

// cell is what the accounts of persons have in common that anybody can look up.
type cell struct{ platform, country, kind string }

func cellOf(a *datasets.Account) cell {
	return cell{a.Platform, a.Country.V, a.OrganizationType.V}
}

// Suppressed are rows of a table that a package leaves out. How many they are
// would tell of few persons how much each did, and is not said.
type Suppressed struct {
	Table    string
	Platform string // "" for all; so are the next two
	Country  string
	Kind     string // of organization
	Reason   string
}

// String says it in words.
func (s Suppressed) String() string {
	where := strings.Join(slices.DeleteFunc([]string{s.Platform, s.Country, s.Kind}, func(p string) bool { return p == "" }), ", ")
	if where != "" {
		where = " (" + where + ")"
	}
	return "Rows of " + s.Table + where + ": " + s.Reason
}

// Reasons for which rows and cells are left out.
const (
	tooFewPersons = "they describe fewer than 5 persons"
	singleCounts  = "they tell single counts of a person"
	namesPerson   = "they speak of a person by name"
	tooFewCounts  = "they rest on fewer than 5 observations of a person"
	moreOfPerson  = "of persons the study window and the primary outcomes alone are told, so that no subtraction tells what few posts did"
	withPersons   = "their numbers are of persons too"
)

func suppressedCSV(left []Suppressed) string {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	_ = w.Write([]string{"table", "platform", "country", "organization_type", "reason"}) // a Buffer takes every write
	for _, s := range left {
		_ = w.Write([]string{s.Table, s.Platform, s.Country, s.Kind, s.Reason})
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
	left  map[Suppressed]bool
}

// PersonsOf finds the persons among accounts.
func PersonsOf(accounts []datasets.Account) *Persons {
	p := &Persons{cells: map[[2]string]cell{}, names: map[string][][2]string{}, size: map[cell]int{}, left: map[Suppressed]bool{}}
	institutions, counted := map[string]bool{}, map[[2]any]bool{}
	for _, a := range accounts {
		institutions[a.Organization] = institutions[a.Organization] || !a.Person
	}
	for i := range accounts {
		if a := &accounts[i]; a.Person {
			k := [2]string{a.Platform, a.AccountID}
			p.cells[k] = cellOf(a)
			if one := [2]any{cellOf(a), a.Organization}; !counted[one] {
				counted[one] = true
				p.size[cellOf(a)]++
			}
			for _, n := range []string{a.Organization, a.AccountID, a.Handle.V, "@" + a.Handle.V} {
				if institutions[n] {
					continue // the name of an institution that has accounts of its own
				}
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

// Single yields the rows of a table of single counts as the package has them:
// those about persons are left out. Of gives the platform and the id of a row's
// account.
func Single[R any](p *Persons, t *datasets.Table[R], rows iter.Seq2[[]R, error], of func(*R) (platform, id string)) iter.Seq2[[]R, error] {
	if !p.Any() {
		return rows
	}
	return Of(rows, func(r *R) bool {
		platform, id := of(r)
		c, person := p.cells[[2]string{platform, id}]
		if !person {
			return true
		}
		why := singleCounts
		if p.size[c] < Least {
			why = tooFewPersons
		}
		p.leave(t.Name, c, why)
		return false
	})
}

// Unnamed returns the rows of a table without those that speak of a person by
// name, id or handle. Of gives the platform, "" for none, and the texts of the
// row.
func Unnamed[R any](p *Persons, t *datasets.Table[R], rows []R, of func(*R) (platform string, texts []string)) []R {
	return slices.DeleteFunc(rows, func(r R) bool {
		platform, texts := of(&r)
		all := strings.ToLower(strings.Join(texts, "\n"))
		for name, accounts := range p.names {
			if !within(all, name) {
				continue
			}
			for _, a := range accounts {
				if c := p.cells[a]; platform == "" || platform == c.platform {
					p.leave(t.Name, c, namesPerson)
					return true
				}
			}
		}
		return false
	})
}

// within tells whether a text has a name in it, with no letter or digit next to
// it.
func within(text, name string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], name)
		if i < 0 {
			return false
		}
		i += at
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(name):])
		word := func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
		if (i == 0 || !word(before)) && (i+len(name) == len(text) || !word(after)) {
			return true
		}
		at = i + 1
	}
}

// told tells whether rows of this metric, part and kind of period may tell of a
// person: those of the primary outcomes over the study window. More of them, such
// as weeks beside months, or a mean beside one without the top post, would tell by
// subtraction what single posts did.
func told(metric, part, period string) bool {
	return period == "window" && slices.Contains([]string{"posts_per_month observed", "log_interactions_per_1000_followers at_posting", "zero_share all"}, metric+" "+part)
}

// Values returns the values as the package has them.
func (p *Persons) Values(values []datasets.Value) []datasets.Value {
	return only(p, &datasets.Values, values, func(v *datasets.Value) (string, string, bool) {
		return v.Platform, v.AccountID, told(v.Metric, v.Part, v.PeriodKind)
	}, func(v *datasets.Value) (*string, *string, int64) {
		if p.Is(v.Platform, v.AccountID) {
			v.Flag = datasets.None[string]() // which may have counts in it
		}
		return &v.Platform, &v.AccountID, v.NObserved
	})
}

// Periods returns the counts and sums as the package has them: of persons what
// the primary outcomes are computed from.
func (p *Persons) Periods(periods []datasets.AccountPeriod) []datasets.AccountPeriod {
	return only(p, &datasets.AccountPeriods, periods, func(r *datasets.AccountPeriod) (string, string, bool) {
		return r.Platform, r.AccountID, r.Basis == datasets.FromPosts && r.PeriodKind == "window"
	}, func(r *datasets.AccountPeriod) (*string, *string, int64) {
		if p.Is(r.Platform, r.AccountID) {
			*r = datasets.AccountPeriod{Platform: r.Platform, AccountID: r.AccountID, Basis: r.Basis, PeriodKind: r.PeriodKind, PeriodStart: r.PeriodStart, PeriodEnd: r.PeriodEnd,
				Source: r.Source, Country: r.Country, ExposureDays: r.ExposureDays, PostsObserved: r.PostsObserved,
				InteractionsKnown: r.InteractionsKnown, InteractionsZero: r.InteractionsZero, RateKnown: r.RateKnown, LogRateSum: r.LogRateSum}
		}
		least := r.PostsObserved.Or(Least)
		for _, n := range []datasets.Opt[int64]{r.InteractionsKnown, r.RateKnown} {
			least = min(least, n.Or(Least))
		}
		return &r.Platform, &r.AccountID, least
	})
}

// only is Redact of an aggregate, of whose rows about persons those stay that
// stays tells.
func only[R any](p *Persons, t *datasets.Table[R], rows []R, stays func(*R) (platform, id string, stays bool), of func(*R) (platform, id *string, n int64)) []R {
	rows = slices.DeleteFunc(rows, func(r R) bool {
		platform, id, ok := stays(&r)
		c, person := p.cells[[2]string{platform, id}]
		if gone := person && !ok; gone {
			why := moreOfPerson
			if p.size[c] < Least {
				why = tooFewPersons
			}
			p.leave(t.Name, c, why)
			return true
		}
		return false
	})
	return Redact(p, t, rows, true, of)
}

// Without leaves a table out whole, whose numbers are of persons too.
func Without[R any](p *Persons, t *datasets.Table[R], rows []R) []R {
	if !p.Any() || len(rows) == 0 {
		return rows
	}
	p.left[Suppressed{Table: t.Name, Reason: withPersons}] = true
	return nil
}

func (p *Persons) leave(table string, c cell, why string) {
	p.left[Suppressed{Table: table, Platform: c.platform, Country: c.country, Kind: c.kind, Reason: why}] = true
}

// Left lists what was left out, by table, then cell.
func (p *Persons) Left() []Suppressed {
	out := slices.Collect(maps.Keys(p.left))
	slices.SortFunc(out, func(a, b Suppressed) int {
		return strings.Compare(strings.Join([]string{a.Table, a.Platform, a.Country, a.Kind, a.Reason}, "\x00"), strings.Join([]string{b.Table, b.Platform, b.Country, b.Kind, b.Reason}, "\x00"))
	})
	return out
}
