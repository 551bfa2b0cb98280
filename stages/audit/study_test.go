package audit

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"diplometrics/datasets"
)

// thesis is the shipped study, read from its raw files without the stages
// before this one.
const thesis = "../../datasets/thesis"

type record map[string]string

func (r record) text(name string) datasets.Opt[string] {
	return datasets.Opt[string]{V: r[name], OK: r[name] != ""}
}

func (r record) number(t *testing.T, name string) datasets.Opt[float64] {
	t.Helper()
	if r[name] == "" {
		return datasets.None[float64]()
	}
	v, err := strconv.ParseFloat(r[name], 64)
	if err != nil {
		t.Fatal(err)
	}
	return datasets.Some(v)
}

func (r record) count(t *testing.T, name string) datasets.Opt[int64] {
	t.Helper()
	n := r.number(t, name)
	return datasets.Opt[int64]{V: int64(n.V), OK: n.OK}
}

func (r record) day(t *testing.T, name string) datasets.Day {
	t.Helper()
	d, err := time.Parse("2006-01-02", r[name])
	if err != nil {
		t.Fatal(err)
	}
	return datasets.DayOf(d)
}

func readCSV(t *testing.T, path string) []record {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	var records []record
	for _, line := range lines[1:] {
		r := record{}
		for i, name := range lines[0] {
			r[name] = line[i]
		}
		records = append(records, r)
	}
	return records
}

func readThesis(t *testing.T) (windows []datasets.AccountWindow, published []datasets.PublishedValue, accounts []datasets.Account) {
	t.Helper()
	ids := map[string]string{}
	for _, r := range readCSV(t, filepath.Join(thesis, "accounts.csv")) {
		handle := "@" + strings.ToLower(r["handle"])
		id := r["account_id"]
		if id == "" {
			id = handle
		}
		ids[r["platform"]+handle] = id
		accounts = append(accounts, datasets.Account{Platform: r["platform"], AccountID: id, Organization: r["organization"]})
	}
	for _, r := range readCSV(t, filepath.Join(thesis, "raw/thesis_2024_windows.csv")) {
		windows = append(windows, datasets.AccountWindow{
			Platform: r["platform"], AccountID: ids[r["platform"]+"@"+strings.ToLower(r["handle"])],
			WindowFrom: r.day(t, "window_from"), WindowTo: r.day(t, "window_to"), RetrievedOn: datasets.Some(r.day(t, "retrieved_on")),
			Posts: r.count(t, "posts"), MonthsStated: r.number(t, "months_stated"),
			PostsPerMonth: r.number(t, "posts_per_month"), PostsPerMonthText: r.text("posts_per_month_text"),
			LikesMean: r.number(t, "likes_mean"), LikesMeanText: r.text("likes_mean_text"), LikesN: r.count(t, "likes_n"),
			CountedBy: r["counted_by"], Source: r["source"], Locator: r.text("locator"),
		})
	}
	files, err := filepath.Glob(filepath.Join(thesis, "raw/*.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		for _, r := range readCSV(t, file) {
			if r["id"] == "" {
				continue // snapshots and windows
			}
			published = append(published, datasets.PublishedValue{
				ID: r["id"], Source: r["source"], Locator: r["locator"], Country: r.text("country"), Subject: r["subject"],
				Platform: r.text("platform"), Indicator: r["indicator"], Period: r.text("period"), ValueText: r["value_text"],
				Value: r.number(t, "value"), Unit: r.text("unit"),
			})
		}
	}
	return windows, published, accounts
}

func auditThesis(t *testing.T) []datasets.AuditRow {
	t.Helper()
	claims, err := ReadClaims(filepath.Join(thesis, "claims.csv"))
	if err != nil {
		t.Fatal(err)
	}
	windows, published, accounts := readThesis(t)
	rows, err := Run(windows, published, accounts, claims)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
