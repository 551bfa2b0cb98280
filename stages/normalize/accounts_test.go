package normalize

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters"
	"diplometrics/stages/study"
)

func registryOf(t *testing.T, text string) (*registry, error) {
	t.Helper()
	p := filepath.Join(t.TempDir(), "accounts.csv")
	if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return readAccounts(p)
}

func day(t *testing.T, s string) datasets.Day {
	t.Helper()
	d, err := study.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Several ids and handles can be one account; a handle can pass from one
// institution to another; case and @ do not matter; platforms do.
func TestLookup(t *testing.T) {
	g, err := registryOf(t, `platform,account_id,handle,country,organization,valid_from,valid_to
x,427,MFA_One,KAZ,Ministry,,
x,,MFA_Old,KAZ,Office,,2019-12-31
x,,mfa_old,UZB,Bureau,2020-01-01,
facebook,1000,PageA,KAZ,Ministry,,
facebook,2000,PageA,KAZ,Ministry,,
instagram,,@mfa_one,KAZ,Ministry,,
x,55,FAO,,FAO,,
`)
	if err != nil {
		t.Fatal(err)
	}
	if len(g.accounts) != 6 {
		t.Errorf("%d accounts, want 6: the two ids of PageA are one", len(g.accounts))
	}
	for _, c := range []struct{ platform, id, handle, day, want string }{
		{"x", "427", "", "2024-01-01", "427"},
		{"x", "427", "renamed_since", "2024-01-01", "427"},
		{"x", "", "mfa_ONE", "2024-01-01", "427"},
		{"x", "999", "mfa_one", "2024-01-01", "427"},
		{"x", "", "mfa_old", "2019-12-31", "@mfa_old"},
		{"x", "", "mfa_old", "2020-01-01", "@mfa_old@2020-01-01"},
		{"facebook", "2000", "", "2024-01-01", "1000"},
		{"instagram", "", "MFA_one", "2024-01-01", "@mfa_one"},
		{"telegram", "", "mfa_one", "2024-01-01", ""},
		{"x", "1", "nobody", "2024-01-01", ""},
	} {
		a, ok := g.lookup(adapters.Ref{Platform: c.platform, ID: c.id, Handle: c.handle}, day(t, c.day))
		got := ""
		if ok {
			got = a.AccountID
		}
		if got != c.want {
			t.Errorf("%s %q %q on %s: got %q, want %q", c.platform, c.id, c.handle, c.day, got, c.want)
		}
	}
	before, _ := g.lookup(adapters.Ref{Platform: "x", Handle: "mfa_old"}, day(t, "2019-12-31"))
	after, _ := g.lookup(adapters.Ref{Platform: "x", Handle: "mfa_old"}, day(t, "2020-01-01"))
	if before.Country.V != "KAZ" || after.Country.V != "UZB" {
		t.Errorf("the handle speaks for %v before and %v after it passed on", before.Country, after.Country)
	}
	fao, _ := g.lookup(adapters.Ref{Platform: "x", ID: "55"}, day(t, "2024-01-01"))
	if fao.Country.OK {
		t.Error("an international body has no country")
	}
}

func TestAccountErrors(t *testing.T) {
	const head = "platform,account_id,handle,country,organization,valid_from,valid_to\n"
	for _, c := range []struct{ rows, want string }{
		{"x,,a,KAZ,One,,\nx,,A,UZB,Two,,\n", `accounts.csv:3: handle: x @A belongs to "One" and to "Two" at once`},
		{"x,1,a,KAZ,One,,\nx,1,b,UZB,One,,\n", `accounts.csv:3: organization: found "One"; expected the country`},
		{"x,,,KAZ,One,,\n", "accounts.csv:2: handle: empty; expected a handle or an account_id"},
		{"x,,a,KZ,One,,\n", `accounts.csv:2: country: found "KZ"; did you mean "KAZ"?`},
		{"twitter,,a,KAZ,One,,\n", `accounts.csv:2: platform: found "twitter"; expected one of x, `},
		{"x,,a,KAZ,One,2024-02-01,2024-01-01\n", `accounts.csv:2: valid_to: found "2024-01-01"; expected a day from valid_from on`},
	} {
		_, err := registryOf(t, head+c.rows)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
	if _, err := registryOf(t, ""); err == nil {
		t.Error("an empty accounts.csv is an error")
	}
}

// Two accounts of one handle that pass it on are two accounts: their ids must
// differ too.
func TestAccountIDsAreUnique(t *testing.T) {
	g, err := registryOf(t, "platform,handle,country,organization,valid_from,valid_to\nx,a,KAZ,One,,2019-12-31\nx,a,UZB,Two,2020-01-01,\n")
	if err != nil {
		t.Fatal(err)
	}
	if err := datasets.Accounts.Sorted(g.accounts); err != nil {
		t.Error(err)
	}
}
