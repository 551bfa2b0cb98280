package compare

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Why a row has no p or no interval; the first word is read by people who group
// rows.
const (
	noEffect = "none: there is no effect"
	pairOnly = "no platform has a value of every country of the study; standardised over those on which these two have one"
)

// noMean says why some of the units have no value on the scale of means.
func (p *part) noMean(units []unit) string {
	n := 0
	for _, u := range units {
		if !u.y.OK {
			n++
		}
	}
	if p.rate() {
		return fmt.Sprintf("no effect: the days observed of %s are not known", plural(n, "account"))
	}
	return fmt.Sprintf("no effect: %d of %d values are 0 or below and have no logarithm, so there is no ratio of geometric means", n, len(units))
}

// missing says which country has nothing to compare: no account in
// accounts.csv, or accounts without a value.
func (p *part) missing(a, b, platform string) string {
	if platform == standardised {
		return "no effect: " + p.apart(a, b)
	}
	var why []string
	for _, country := range []string{a, b} {
		c := cell{country, platform}
		switch n := len(p.registered[c]); {
		case len(p.cells[c]) > 0:
		case n == 0:
			why = append(why, fmt.Sprintf("%s has no account%s on %s in accounts.csv", country, p.of, platform))
		default:
			why = append(why, fmt.Sprintf("%s has %s%s on %s in accounts.csv, none with a usable value of this metric", country, plural(n, "account"), p.of, platform))
		}
	}
	return "no effect: " + strings.Join(why, "; ")
}

// apart says why two countries have a value on no common platform.
func (p *part) apart(a, b string) string {
	on := map[string]map[string]bool{a: {}, b: {}} // platforms of accounts.csv
	for c, accounts := range p.registered {
		if on[c.country] != nil && len(accounts) > 0 {
			on[c.country][c.platform] = true
		}
	}
	var without []string
	for _, country := range []string{a, b} {
		if len(on[country]) == 0 {
			without = append(without, country+" has no account"+p.of)
		}
	}
	if len(without) > 0 {
		return strings.Join(without, " and ") + " in accounts.csv"
	}
	both := map[string]bool{}
	measured := map[string]bool{} // countries with a value on a platform that both have
	for platform := range on[a] {
		if !on[b][platform] {
			continue
		}
		both[platform] = true
		for _, country := range []string{a, b} {
			if len(p.cells[cell{country, platform}]) > 0 {
				measured[country] = true
			}
		}
	}
	if len(both) == 0 {
		return fmt.Sprintf("%s and %s have accounts%s on no common platform in accounts.csv", a, b, p.of)
	}
	where := "a platform that both have in accounts.csv (" + enumerate(slices.Sorted(maps.Keys(both))) + ")"
	value := " account" + p.of + " with a usable value of this metric on "
	switch {
	case measured[a] && measured[b]:
		return fmt.Sprintf("%s and %s have usable values of this metric, but not on the same platform of those that both have (%s)", a, b, enumerate(slices.Sorted(maps.Keys(both))))
	case measured[a]:
		return b + " has no" + value + where
	case measured[b]:
		return a + " has no" + value + where
	}
	return "neither " + a + " nor " + b + " has an" + value + where
}

// tooFew says why there is no test, "" where there can be one.
func tooFew(a, b string, x, y []unit) string {
	if len(x) < minTest || len(y) < minTest {
		return fmt.Sprintf("no test: %s has %s and %s has %s with a value; a test between countries needs two on each side",
			a, plural(len(x), "account"), b, plural(len(y), "account"))
	}
	if oneOrganization(x) || oneOrganization(y) {
		return fmt.Sprintf("no test: the %s of %s are of %s and the %s of %s of %s; accounts of one organization depend on each other, and a test between countries needs two organizations on each side",
			plural(len(x), "account"), a, plural(organizations(x), "organization"), plural(len(y), "account"), b, plural(organizations(y), "organization"))
	}
	return ""
}

// oneOrganization tells whether the units, at least one, are fewer than minTest
// organizations, which are two.
func oneOrganization(units []unit) bool {
	return !slices.ContainsFunc(units, func(u unit) bool { return u.of.Organization != units[0].of.Organization })
}

// organizations is the number of them behind the units of one country.
func organizations(units []unit) int {
	seen := map[string]bool{}
	for _, u := range units {
		seen[u.of.Organization] = true
	}
	return len(seen)
}

func plural(n int, noun string) string {
	switch n {
	case 0:
		return "no " + noun
	case 1:
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
