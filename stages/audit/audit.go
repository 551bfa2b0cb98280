// Package audit checks published cells and claims against the numbers printed
// beside them. Its rows feed no estimate and never say which number is wrong.
package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/audit/rules"
)

// Version is the version of what this package itself does with the rules.
const Version = 1

// Versions returns the version of the audit and of each rule, by name.
func Versions() map[string]int {
	v := map[string]int{"audit": Version}
	for _, r := range rules.All {
		v[r.Name] = r.Version
	}
	return v
}

// Run applies every rule and returns the rows sorted by key.
//
// The window rules see each window, the group rules each source of windows and
// published values, the claim rules each claim. A claim of a window or group
// rule without inputs judges nothing: it gives its entry number to the row of
// that rule at its source and locator. Accounts name the organizations; a
// window whose account is not among them keeps its account id as subject. A
// window without a locator is located by platform, account and dates.
//
// An error names the claim that is wrong. The arguments are not modified.
func Run(windows []datasets.AccountWindow, published []datasets.PublishedValue, accounts []datasets.Account, claims []Claim) ([]datasets.AuditRow, error) {
	windows, published = slices.Clone(windows), slices.Clone(published)
	slices.SortFunc(windows, func(a, b datasets.AccountWindow) int { return datasets.AccountWindows.Compare(&a, &b) })
	slices.SortFunc(published, func(a, b datasets.PublishedValue) int { return datasets.Published.Compare(&a, &b) })

	rows := ofWindows(windows, accounts)
	bySource := groups(windows, published)
	for _, g := range bySource {
		for _, r := range rules.All {
			if r.Group == nil {
				continue
			}
			for _, row := range r.Group(g) {
				row.Source, row.Rule = g.Source, r.Name
				rows = append(rows, row)
			}
		}
	}
	judged, err := ofClaims(claims, published, bySource)
	if err != nil {
		return nil, err
	}
	rows = append(rows, judged...)
	slices.SortStableFunc(rows, func(a, b datasets.AuditRow) int { return datasets.Audit.Compare(&a, &b) })
	if err := datasets.Audit.Sorted(rows); err != nil {
		return nil, fmt.Errorf("audit: %w; give each claim of one rule its own locator", err)
	}
	return rows, attach(claims, rows)
}

func ofWindows(windows []datasets.AccountWindow, accounts []datasets.Account) []datasets.AuditRow {
	type account struct{ platform, id string }
	organization := make(map[account]string, len(accounts))
	for _, a := range accounts {
		organization[account{a.Platform, a.AccountID}] = a.Organization
	}
	type place struct{ source, locator string }
	times := map[place]int{}
	for i := range windows {
		times[place{windows[i].Source, windows[i].Locator.Or("")}]++
	}
	var rows []datasets.AuditRow
	for i := range windows {
		w := &windows[i]
		locator := w.Locator.Or("")
		if locator == "" || times[place{w.Source, locator}] > 1 {
			own := fmt.Sprintf("%s %s, %s/%s, %s", w.Platform, w.AccountID, w.WindowFrom, w.WindowTo, w.CountedBy)
			locator = strings.TrimPrefix(locator+", "+own, ", ")
		}
		for _, r := range rules.All {
			if r.Window == nil {
				continue
			}
			row, ok := r.Window(w)
			if !ok {
				continue
			}
			row.Source, row.Locator, row.Rule = w.Source, locator, r.Name
			row.Subject = cmp.Or(organization[account{w.Platform, w.AccountID}], w.AccountID)
			row.Platform = datasets.Some(w.Platform)
			rows = append(rows, row)
		}
	}
	return rows
}

// groups splits the rows by source, in the order of the sources' names.
func groups(windows []datasets.AccountWindow, published []datasets.PublishedValue) []*rules.Group {
	index := map[string]*rules.Group{}
	var all []*rules.Group
	of := func(source string) *rules.Group {
		g := index[source]
		if g == nil {
			g = &rules.Group{Source: source}
			index[source] = g
			all = append(all, g)
		}
		return g
	}
	for _, w := range windows {
		g := of(w.Source)
		g.Windows = append(g.Windows, w)
	}
	for _, p := range published {
		g := of(p.Source)
		g.Published = append(g.Published, p)
	}
	slices.SortFunc(all, func(a, b *rules.Group) int { return cmp.Compare(a.Source, b.Source) })
	return all
}

// ofClaims judges the claims that ask for it.
func ofClaims(claims []Claim, published []datasets.PublishedValue, bySource []*rules.Group) ([]datasets.AuditRow, error) {
	index := make(map[string]*datasets.PublishedValue, len(published))
	ids := make([]string, len(published))
	for i := range published {
		index[published[i].ID] = &published[i]
		ids[i] = published[i].ID
	}
	var sources []string
	for _, g := range bySource {
		sources = append(sources, g.Source)
	}
	var rows []datasets.AuditRow
	for _, c := range claims {
		g := slices.Index(sources, c.Source)
		if g < 0 {
			return nil, fmt.Errorf("%s: source: found %q, expected the id of a source with published values or windows%s", c.At, c.Source, suggest(c.Source, sources))
		}
		if attaches(&c) {
			continue
		}
		c.Published = bySource[g].Published
		c.Inputs = slices.Clone(c.Inputs)
		for i := range c.Inputs {
			in := &c.Inputs[i]
			if in.ID == "" {
				in.Number = rules.Literal(in.Literal)
				continue
			}
			p := index[in.ID]
			if p == nil {
				return nil, fmt.Errorf("%s: inputs: %s is %q, expected the id of a published value%s", c.At, in.Name, in.ID, suggest(in.ID, ids))
			}
			n, err := rules.Published(p)
			if err != nil {
				return nil, fmt.Errorf("%s: inputs: %w", c.At, err)
			}
			in.Number = n
		}
		row, err := ruleNamed(c.Rule).Claim(&c)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.At, err)
		}
		row.Source, row.Locator, row.Rule = c.Source, c.Locator, c.Rule
		row.Entry, row.Subject, row.Platform = c.Entry, c.Subject, c.Platform
		row.Indicator, row.ValueText = c.Indicator, datasets.Some(c.ValueText)
		rows = append(rows, row)
	}
	return rows, nil
}

// attaches reports whether the claim only gives its entry number to a row that
// its rule makes by itself.
func attaches(c *Claim) bool {
	r := ruleNamed(c.Rule)
	return (r.Window != nil || r.Group != nil) && len(c.Inputs) == 0
}

// attach writes the entry numbers of the claims that attach into the rows.
func attach(claims []Claim, rows []datasets.AuditRow) error {
	for i := range claims {
		c := &claims[i]
		if !attaches(c) {
			continue
		}
		at := slices.IndexFunc(rows, func(r datasets.AuditRow) bool {
			return r.Source == c.Source && r.Locator == c.Locator && r.Rule == c.Rule
		})
		if at < 0 {
			var locators []string
			for _, r := range rows {
				if r.Source == c.Source && r.Rule == c.Rule {
					locators = append(locators, r.Locator)
				}
			}
			return fmt.Errorf("%s: locator: found %q, expected where rule %s has a row of source %s%s", c.At, c.Locator, c.Rule, c.Source, suggest(c.Locator, locators))
		}
		if rows[at].Entry.OK {
			return fmt.Errorf("%s: entry: rule %s at %s, %q has entry %d already, expected one entry a row", c.At, c.Rule, c.Source, c.Locator, rows[at].Entry.V)
		}
		rows[at].Entry = c.Entry
	}
	return nil
}

// ruleNamed returns the rule of that name, or nil.
func ruleNamed(name string) *rules.Rule {
	for i := range rules.All {
		if rules.All[i].Name == name {
			return &rules.All[i]
		}
	}
	return nil
}
