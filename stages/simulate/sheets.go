package simulate

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"diplometrics/datasets"
	"diplometrics/stages/template"
)

// sheets writes the workbooks that people filled in: followers read off the
// pages, and posts counted by hand.
func (s *simulation) sheets(ctx context.Context) error {
	t := newTruth(s.dir, "sheets")
	err := s.followersSheet(ctx, t)
	if err == nil {
		err = s.windowsSheet(t)
	}
	if closed := t.close(); err == nil {
		err = closed
	}
	return err
}

// sheet writes a workbook of a kind of template.Kinds.
func (s *simulation) sheet(name, adapter, kind string, rows []map[string]any) error {
	path := filepath.Join(s.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	n := int64(len(rows))
	s.files = append(s.files, &FileTruth{File: name, Adapter: adapter, Records: n, Kept: n})
	return template.Fill(path, kind, rows)
}

// followersSheet has a row an account and day of the sheet, in the order of
// days: all followers as the page shows them, and the posts that an account on
// instagram shows.
func (s *simulation) followersSheet(ctx context.Context, t *truth) error {
	var rows []map[string]any
	for i, day := range s.sheetDays {
		if err := ctx.Err(); err != nil {
			return err
		}
		for _, a := range s.accounts {
			shown := onPage(a.Platform, s.followersOn(a, day))
			row := map[string]any{"platform": a.Platform, "handle": a.Handle, "observed_at": day, "followers": text(shown), "locator": fmt.Sprintf("screenshot %d", i+1)}
			total := datasets.Shown{}
			if a.Platform == "instagram" {
				total = exactly(a.tweetsBefore() + s.hands[a].totals[i])
				row["posts_total"] = count(total.V)
			}
			rows = append(rows, row)
			t.snapshot(a, fromSheet, unix(day, 0), "day", "field", shown, datasets.Shown{}, total)
		}
	}
	return s.sheet("raw/sheets/followers.xlsx", "account_snapshots_csv", "snapshots", rows)
}

// onPage is a count of followers as the page of a platform shows it, with the
// bounds of its text: from 10,000 on x and instagram round it to hundreds, and
// facebook to thousands.
func onPage(platform string, n int64) datasets.Shown {
	unit := map[string]int64{"x": 100, "instagram": 100, "facebook": 1000}[platform]
	if n < 10_000 || unit == 0 {
		return exactly(n)
	}
	v := (n + unit/2) / unit * unit
	if v%1000 == 0 { // 26K may be 25,500 as well
		unit = 1000
	}
	return datasets.Shown{V: datasets.Some(v), Text: datasets.Some(strconv.FormatFloat(float64(v)/1000, 'f', -1, 64) + "K"),
		Low: datasets.Some(v - unit/2), High: datasets.Some(v + unit/2 - 1)}
}

func text(s datasets.Shown) string {
	if s.Text.OK {
		return s.Text.V
	}
	return count(s.V)
}

// windowsSheet has what people counted: AB the whole window of ministries,
// presidents and a few embassies, CD the same with slips, and AB a month. The
// average that AB notes is the posts by the months of the window, rounded; of
// every fifth account it is wrong.
func (s *simulation) windowsSheet(t *truth) error {
	var rows []map[string]any
	months := s.months()
	read := s.read
	add := func(a *Account, from, to datasets.Day, h hand, by string, printed string) {
		row := map[string]any{"platform": a.Platform, "handle": a.Handle, "window_from": from, "window_to": to, "retrieved_on": read,
			"posts": int(h.posts), "counted_by": by}
		likes, comments := datasets.Some(h.likes), datasets.Some(h.comments)
		if a.Platform == "telegram" {
			comments = datasets.None[int64]()
		} else {
			row["comments"] = int(h.comments)
		}
		row["likes"], row["likes_n"] = int(h.likes), int(h.likesN)
		t.first(a.Platform)
		t.str(a.ID)
		t.str(from.String())
		t.str(to.String())
		t.str(read.String())
		t.num(h.posts)
		if printed != "" {
			v, err := strconv.ParseFloat(printed, 64)
			if err != nil {
				panic("simulate: " + err.Error()) // it was formatted as a number
			}
			row["posts_per_month"], row["posts_per_month_text"], row["months_stated"] = v, printed, float64(s.o.Months)
			t.str(printed)
			t.str(printed)
			t.str(strconv.Itoa(s.o.Months))
		} else {
			t.str("")
			t.str("")
			t.str("")
		}
		t.opt(likes)
		t.num(h.likesN)
		t.opt(comments)
		t.str(by)
		t.str(fromWindows)
		t.end("account_windows")
		rows = append(rows, row)
	}
	n := 0
	for i, a := range s.accounts {
		if a.Country == "" || a.Person || a.OrganizationType == "embassy" && i%5 > 0 || a.OrganizationType == "regulator" {
			continue
		}
		n++
		h := s.hands[a].counted
		mean := math.Round(float64(h.posts) / float64(s.o.Months))
		if n%5 == 0 {
			mean += 3 + math.Round(mean/10)
		}
		add(a, s.from, s.to, h, "AB", strconv.FormatFloat(mean, 'f', 0, 64))
		slip := hand{h.posts + int64(i%3) - 1, h.likes + int64(i%4)*h.likes/100, h.likesN, h.comments}
		if slip.posts < 0 {
			slip.posts = 0
		}
		slip.likesN = min(slip.likesN, slip.posts)
		add(a, s.from, s.to, slip, "CD", "")
		if second := min(1, len(months)-2); second > 0 {
			add(a, months[second], months[second+1], s.hands[a].monthly, "AB", "")
		}
	}
	return s.sheet("raw/sheets/counted.xlsx", "account_windows_csv", "windows", rows)
}
