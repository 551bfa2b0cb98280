package start

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"diplometrics/stages/inspect"
)

// Account is an account that the files name.
type Account struct {
	Platform string
	ID       string   // "" where no file gives one
	Handles  []string // as the files give them, the first file first
	Name     string   // that the platform shows; "" where no file gives one
	Records  int64    // that name it
}

// accounts joins the accounts of all files: by id, and by handle where only one
// side has an id.
func accounts(files []File) []Account {
	var out []*Account
	byID, byHandle := map[string]*Account{}, map[string]*Account{}
	add := func(seen inspect.Account, a *Account) {
		a.Records += seen.Records
		if a.Name == "" {
			a.Name = seen.Name
		}
		for _, h := range seen.Handles {
			if !slices.ContainsFunc(a.Handles, func(g string) bool { return inspect.Fold(g) == inspect.Fold(h) }) {
				a.Handles = append(a.Handles, h)
			}
		}
	}
	// Accounts with an id first: those without may be among them.
	for _, withID := range []bool{true, false} {
		for _, f := range files {
			if !f.usable() {
				continue
			}
			for _, seen := range f.Report.Accounts {
				if withID != (seen.ID != "") {
					continue
				}
				keys, k := byID, seen.Platform+" "+seen.ID
				if !withID {
					keys, k = byHandle, seen.Platform+" "+inspect.Fold(seen.Handle)
				}
				a := keys[k]
				if a == nil {
					a = &Account{Platform: seen.Platform, ID: seen.ID}
					keys[k] = a
					out = append(out, a)
				}
				add(seen, a)
				for _, h := range a.Handles {
					if h := a.Platform + " " + inspect.Fold(h); byHandle[h] == nil {
						byHandle[h] = a
					}
				}
			}
		}
	}
	sorted := make([]Account, len(out))
	for i, a := range out {
		sorted[i] = *a
	}
	slices.SortStableFunc(sorted, func(a, b Account) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(b.Records, a.Records))
	})
	return sorted
}

// accountsCSV writes accounts.csv, one row an account and handle. The name that
// a platform shows is proposed as the organization, for accounts of the same
// handle on other platforms too.
func (p *Proposal) accountsCSV() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write([]string{"platform", "account_id", "handle", "country", "organization", "organization_type", "host_country", "person", "valid_from", "valid_to"})
	shown, called := map[[2]string]int{}, map[string]string{}
	for _, a := range p.Accounts {
		shown[[2]string{a.Platform, a.Name}]++
		for _, h := range a.Handles {
			called[inspect.Fold(h)] = cmp.Or(called[inspect.Fold(h)], a.Name)
		}
	}
	for _, a := range p.Accounts {
		handles := a.Handles
		if len(handles) == 0 {
			handles = []string{""}
		}
		organization := cmp.Or(a.Name, called[inspect.Fold(handles[0])], handles[0], a.ID)
		if a.Name != "" && shown[[2]string{a.Platform, a.Name}] > 1 { // two institutions of one name
			organization += " (" + cmp.Or(handles[0], a.ID) + ")"
		}
		for _, h := range handles {
			w.Write([]string{a.Platform, a.ID, h, "", organization, "", "", "", "", ""})
		}
	}
	w.Flush()
	return b.Bytes()
}

// unsure names accounts that may be one, or two, which only a person can tell.
func (p *Proposal) unsure() []string {
	var notes []string
	noHandle, noID := map[string][]string{}, map[string]int{}
	byHandle := map[string][]string{}
	var platforms, shared []string
	for _, a := range p.Accounts {
		if !slices.Contains(platforms, a.Platform) {
			platforms = append(platforms, a.Platform)
		}
		switch {
		case len(a.Handles) == 0:
			noHandle[a.Platform] = append(noHandle[a.Platform], a.ID)
		case a.ID == "":
			noID[a.Platform]++
		default:
			for _, h := range a.Handles {
				k := a.Platform + " @" + inspect.Fold(h)
				if byHandle[k] = append(byHandle[k], a.ID); len(byHandle[k]) == 2 {
					shared = append(shared, k)
				}
			}
		}
	}
	for _, pl := range platforms {
		if ids := noHandle[pl]; len(ids) > 0 && noID[pl] > 0 {
			notes = append(notes, fmt.Sprintf("%s %s has no handle in its file; where it is an account of another row, make one row of the two, with id and handle.", pl, few(ids)))
		}
	}
	for _, k := range shared {
		notes = append(notes, fmt.Sprintf("%s stands with the ids %s; the rows count as one account. If they are two, give each its organization, valid_from and valid_to.", k, few(byHandle[k])))
	}
	return notes
}

// few lists at most five names.
func few(names []string) string {
	if len(names) > 5 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:5], ", "), len(names)-5)
	}
	return strings.Join(names, ", ")
}
