package enrich

import (
	"flag"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"diplometrics/datasets"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares rows, written as CSV, with a file of testdata.
func golden[R any](t *testing.T, table *datasets.Table[R], rows []R) {
	t.Helper()
	if err := table.Sorted(rows); err != nil {
		t.Error(err)
	}
	var b strings.Builder
	if err := table.WriteCSV(&b, batches(rows)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", table.Name+".csv")
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("%s differs; got\n%s\nwant\n%s", file, b.String(), want)
	}
}

// batches gives rows in batches of two, so that batches have ends.
func batches[R any](rows []R) iter.Seq2[[]R, error] {
	return func(yield func([]R, error) bool) {
		for from := 0; from < len(rows); from += 2 {
			if !yield(rows[from:min(from+2, len(rows))], nil) {
				return
			}
		}
	}
}

// sorted returns the rows in the order of their table.
func sorted[R any](table *datasets.Table[R], rows []R) []R {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b R) int { return table.Compare(&a, &b) })
	return rows
}

// all collects the rows of a sequence of batches.
func all[R any](seq iter.Seq2[[]R, error]) (rows []R, err error) {
	for batch, err := range seq {
		if err != nil {
			return nil, err
		}
		rows = append(rows, batch...)
	}
	return rows, nil
}

func at(s string) datasets.Micros {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return datasets.MicrosOf(t)
}

func location(t testing.TB, name string) *time.Location {
	t.Helper()
	l, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func zones(t testing.TB) map[string]*time.Location {
	return map[string]*time.Location{
		"KAZ": location(t, "Asia/Almaty"), "UZB": location(t, "Asia/Tashkent"), "ETH": location(t, "Africa/Addis_Ababa"),
	}
}

// The accounts of the tests: a ministry on three platforms, an embassy in a
// country with a zone and one without, and an international body.
func accounts() []datasets.Account {
	a := func(platform, id, country, organization, host string) datasets.Account {
		o := func(s string) datasets.Opt[string] { return datasets.Opt[string]{V: s, OK: s != ""} }
		return datasets.Account{Platform: platform, AccountID: id, Country: o(country), Organization: organization, HostCountry: o(host)}
	}
	return []datasets.Account{
		a("x", "10", "KAZ", "Ministry One", ""),
		a("facebook", "20", "KAZ", "Ministry One", ""),
		a("telegram", "30", "KAZ", "Ministry One", ""),
		a("x", "11", "KAZ", "Embassy", "ETH"),
		a("facebook", "21", "KAZ", "Embassy", "JPN"),
		a("x", "12", "UZB", "Ministry One", ""),
		a("facebook", "22", "UZB", "Ministry Two", ""),
		a("x", "13", "", "Body", ""),
		a("x", "14", "KGZ", "Ministry Three", ""),
	}
}

func post(platform, account, id, created, text string) datasets.Post {
	p := datasets.Post{Platform: platform, AccountID: account, PostID: id, PostType: datasets.Original}
	if created != "" {
		p.CreatedAt = datasets.Some(at(created))
	}
	if text != "" {
		p.Text = datasets.Some(text)
	}
	return p
}
