package normalize

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters"
)

// registry finds the account that a raw file names.
type registry struct {
	accounts []datasets.Account        // sorted by key, one an account
	byID     map[string]map[string]int // by platform and id
	byHandle map[called][]named        // by case-folded handle; by validity
}

type named struct {
	account  int
	from, to datasets.Opt[datasets.Day]
}

func (n named) covers(d datasets.Day) bool {
	return (!n.from.OK || n.from.V <= d) && (!n.to.OK || d <= n.to.V)
}

func (n named) overlaps(m named) bool {
	return (!n.from.OK || !m.to.OK || n.from.V <= m.to.V) && (!m.from.OK || !n.to.OK || m.from.V <= n.to.V)
}

// fold is how handles are compared: platforms show them in any case.
func fold(handle string) string {
	return strings.Map(unicode.ToLower, strings.TrimPrefix(strings.TrimSpace(handle), "@"))
}

// called is what a platform calls an account.
type called struct{ platform, name string }

// lookup returns the account that ref names on a day: by id, else by
// case-folded handle within the dates for which accounts.csv gives it.
func (g *registry) lookup(ref adapters.Ref, day datasets.Day) (*datasets.Account, bool) {
	if ref.ID != "" {
		if i, ok := g.byID[ref.Platform][ref.ID]; ok {
			return &g.accounts[i], true
		}
	}
	if ref.Handle != "" {
		for _, n := range g.byHandle[called{ref.Platform, fold(ref.Handle)}] {
			if n.covers(day) {
				return &g.accounts[n.account], true
			}
		}
	}
	return nil, false
}

// ReadAccounts returns the accounts of accounts.csv, each once, in no order to
// rely on. It says what is wrong with the file once, before every unit that
// needs it would. A missing file is none of its concern: then there are none,
// and no error.
func ReadAccounts(path string) ([]datasets.Account, error) {
	reg, err := readAccounts(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return reg.accounts, nil
}

// readAccounts reads accounts.csv, or a workbook of the same columns. Rows with the same id are one account, and
// so are rows with the same handle and organization: several ids and handles
// can be one account. Its id is the first id that the file gives for it, or @
// and its first handle in lower case; where that handle named another account
// before, the day from which it is valid follows, after another @.
func readAccounts(path string) (*registry, error) {
	name := filepath.Base(path)
	in, err := adapters.Open(path, "", "")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer in.Close()
	rows, err := adapters.ReadAccounts(in)
	for i := range rows {
		rows[i].Line = in.Row(rows[i].Line)
	}
	var wrong *adapters.RecordError
	if errors.As(err, &wrong) {
		wrong.Line = in.Row(wrong.Line)
	}
	if err != nil {
		return nil, fmt.Errorf("%s:%w", name, err)
	}

	parent := make([]int, len(rows))
	var find func(int) int
	find = func(i int) int {
		if parent[i] != i {
			parent[i] = find(parent[i])
		}
		return parent[i]
	}
	first := map[called]int{}
	join := func(k called, i int) {
		if j, ok := first[k]; ok {
			parent[find(i)] = find(j)
		} else {
			first[k] = i
		}
	}
	for i, r := range rows {
		parent[i] = i
		if r.Ref.ID != "" {
			join(called{r.Ref.Platform, r.Ref.ID}, i)
		}
		if r.Ref.Handle != "" && r.Row.Organization != "" {
			join(called{r.Ref.Platform, fold(r.Ref.Handle) + "\x00" + r.Row.Organization}, i)
		}
	}
	groups := map[int][]int{}
	var roots []int
	for i := range rows {
		root := find(i)
		if _, ok := groups[root]; !ok {
			roots = append(roots, root)
		}
		groups[root] = append(groups[root], i)
	}

	type member struct {
		account datasets.Account
		rows    []int
	}
	var members []member
	for _, root := range roots {
		a, err := merge(rows, groups[root])
		if err != nil {
			return nil, fmt.Errorf("%s:%w", name, err)
		}
		members = append(members, member{a, groups[root]})
	}
	// A handle that passed from one institution to another names two accounts.
	used := map[called]int{}
	for _, m := range members {
		used[called{m.account.Platform, m.account.AccountID}]++
	}
	for i := range members {
		if a := &members[i].account; used[called{a.Platform, a.AccountID}] > 1 && a.ValidFrom.OK {
			a.AccountID += "@" + a.ValidFrom.V.String()
		}
	}
	slices.SortFunc(members, func(a, b member) int { return datasets.Accounts.Compare(&a.account, &b.account) })

	g := &registry{byID: map[string]map[string]int{}, byHandle: map[called][]named{}}
	for i, m := range members {
		g.accounts = append(g.accounts, m.account)
		for _, j := range m.rows {
			r := rows[j]
			if r.Ref.ID != "" {
				if g.byID[r.Ref.Platform] == nil {
					g.byID[r.Ref.Platform] = map[string]int{}
				}
				g.byID[r.Ref.Platform][r.Ref.ID] = i
			}
			if r.Ref.Handle == "" {
				continue
			}
			k := called{r.Ref.Platform, fold(r.Ref.Handle)}
			n := named{i, r.Row.ValidFrom, r.Row.ValidTo}
			for _, other := range g.byHandle[k] {
				if other.account != i && other.overlaps(n) {
					return nil, fmt.Errorf("%s:%d: handle: %s belongs to %q and to %q at once; give valid_from and valid_to, or one organization",
						name, r.Line, r.Ref, g.accounts[other.account].Organization, m.account.Organization)
				}
			}
			g.byHandle[k] = append(g.byHandle[k], n)
		}
	}
	return g, nil
}

// merge makes one account of the rows that name it.
func merge(rows []adapters.Row[datasets.Account], group []int) (datasets.Account, error) {
	a := rows[group[0]].Row
	a.AccountID = ""
	latest := group[0]
	for _, i := range group {
		r := rows[i]
		if a.AccountID == "" {
			a.AccountID = r.Ref.ID
		}
		if r.Row.Country != a.Country || r.Row.Organization != a.Organization || r.Row.Person != a.Person ||
			r.Row.OrganizationType != a.OrganizationType || r.Row.HostCountry != a.HostCountry {
			return a, &adapters.RecordError{Line: r.Line, Field: "organization", Found: r.Row.Organization,
				Want: fmt.Sprintf("expected the country, organization, type, host and person of line %d, which names the same account", rows[group[0]].Line)}
		}
		if later(r.Row.ValidTo, rows[latest].Row.ValidTo) && r.Row.Handle.OK {
			latest = i
		}
		a.ValidFrom = widen(a.ValidFrom, r.Row.ValidFrom, func(x, y datasets.Day) bool { return x < y })
		a.ValidTo = widen(a.ValidTo, r.Row.ValidTo, func(x, y datasets.Day) bool { return x > y })
	}
	a.Handle = rows[latest].Row.Handle
	if a.AccountID == "" {
		a.AccountID = "@" + fold(a.Handle.V)
		for _, i := range group {
			if rows[i].Ref.Handle != "" {
				a.AccountID = "@" + fold(rows[i].Ref.Handle)
				break
			}
		}
	}
	if a.Organization == "" {
		a.Organization = a.Handle.Or(a.AccountID)
	}
	return a, nil
}

// later tells whether an end of validity comes after another; no end is last.
func later(a, b datasets.Opt[datasets.Day]) bool {
	return b.OK && (!a.OK || a.V > b.V)
}

// widen returns the wider of two limits; no limit is the widest.
func widen(a, b datasets.Opt[datasets.Day], wider func(x, y datasets.Day) bool) datasets.Opt[datasets.Day] {
	if !a.OK || !b.OK {
		return datasets.None[datasets.Day]()
	}
	if wider(b.V, a.V) {
		return b
	}
	return a
}
