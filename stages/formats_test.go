package stages

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diplometrics/datasets"
	"diplometrics/stages/measure/metrics"
	"diplometrics/stages/normalize/adapters"
)

// groups of metrics by what a format has to give for them.
var groups = []struct {
	name, needs string
	metrics     []string
}{
	{"posting", "posts with their times", []string{"posts_per_month", "active_days_share", "inter_post_interval", "longest_silence", "burstiness", "hour_of_day", "weekday_share", "freshness", "holiday_coverage", "response_latency"}},
	{"content", "the text of posts, and what they are", []string{"language_share", "topic_share", "cross_posting_share", "post_type_share"}},
	{"interactions", "every count that makes up the interactions of its platform", []string{"interactions_per_post", "likes_per_post", "zero_share", "gini", "top_decile_share", "herfindahl", "h_index", "engagement"}},
	{"interactions by followers", "the same, and followers: of the format itself, or of account snapshots from elsewhere", []string{"log_interactions_per_1000_followers", "interaction_rate", "popularity", "commitment", "virality", "likes_per_post_per_1000_followers"}},
	{"interactions by views", "the same, and views", []string{"interaction_rate_by_view"}},
	{"growth", "account snapshots at two times or more", []string{"follower_growth"}},
}

// Every metric is in one group.
func TestGroupsOfMetrics(t *testing.T) {
	var have, want []string
	for _, g := range groups {
		have = append(have, g.metrics...)
	}
	for _, m := range metrics.All {
		want = append(want, m.Name)
	}
	slices.Sort(have)
	slices.Sort(want)
	if !slices.Equal(have, want) {
		t.Errorf("groups have %v\nwant %v", have, want)
	}
}

// given is what the fixtures of a format show that it gives: columns of posts,
// by platform, and of account snapshots.
type given struct {
	posts     map[string]map[string]bool
	snapshots map[string]bool
}

// countColumns are the counts of a post, by the headings of the page.
var countColumns = [][2]string{{"likes", "like_count"}, {"comments", "comment_count"}, {"shares", "share_count"}, {"quotes", "quote_count"}, {"views", "view_count"}, {"saves", "save_count"}}

// FORMATS.md is made of the definitions of the adapters and of what their
// fixtures give.
func TestFormatsPage(t *testing.T) {
	files := collections(t)
	dir := writeCollections(t, files, "")
	all := map[string]*given{}
	for _, c := range files {
		if c.adapter == "" {
			continue
		}
		g := all[c.adapter]
		if g == nil {
			g = &given{posts: map[string]map[string]bool{}, snapshots: map[string]bool{}}
			all[c.adapter] = g
		}
		if b := c.read(t, dir); b != nil {
			g.include(b)
		}
	}
	file := filepath.Join("normalize", "adapters", "FORMATS.md")
	page := formatsPage(all)
	if *update {
		if err := os.WriteFile(file, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if old, err := os.ReadFile(file); err != nil || string(old) != page {
		t.Errorf("%s is out of date: run this test with -update (%v)", file, err)
	}
}

func (g *given) include(b *adapters.Batch) {
	for _, r := range b.Posts {
		columns := g.posts[r.Row.Platform]
		if columns == nil {
			columns = map[string]bool{}
			g.posts[r.Row.Platform] = columns
		}
		for i, c := range datasets.Posts.Columns {
			if v := datasets.Posts.Cell(&r.Row.Post, i); v != nil && v != "" {
				columns[c.Name] = true
			}
		}
	}
	for _, r := range slices.Concat(b.Snapshots, b.Accounts) {
		for i, c := range datasets.AccountSnapshots.Columns {
			if v := datasets.AccountSnapshots.Cell(&r.Row, i); v != nil && v != "" {
				g.snapshots[c.Name] = true
			}
		}
	}
}

// supports lists the groups of metrics that a format can be measured by.
func (g *given) supports() string {
	var out []string
	has := func(of func(platform string, columns map[string]bool) bool) bool {
		for platform, columns := range g.posts {
			if of(platform, columns) {
				return true
			}
		}
		return false
	}
	whole := func(platform string, columns map[string]bool) bool {
		names := datasets.Components(platform)
		return len(names) > 0 && !slices.ContainsFunc(names, func(n string) bool { return !columns[n] })
	}
	for _, s := range []struct {
		group string
		ok    bool
	}{
		{"posting", has(func(_ string, c map[string]bool) bool { return c["created_at"] })},
		{"content", has(func(_ string, c map[string]bool) bool { return c["text"] })},
		{"interactions, also by followers", has(whole)},
		{"interactions by views", has(func(p string, c map[string]bool) bool { return whole(p, c) && c["view_count"] })},
		{"growth", g.snapshots["followers"]},
	} {
		if s.ok {
			out = append(out, s.group)
		}
	}
	return strings.Join(out, "; ")
}

func formatsPage(all map[string]*given) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Formats that are read\n\nMade by a test from the definitions of the adapters and from what their fixtures give. An adapter recognizes its files by their content; `adapter` in study.toml names one where that fails, and `diplometrics inspect FILE` shows what a file gives. `diplometrics list adapters` prints the definitions. A table of any other kind is read by `[source.mapping]` (`diplometrics list mapping`).\n\nGroups of metrics, and what they need:\n\n")
	for _, g := range groups {
		fmt.Fprintf(&b, "- **%s** (%s): %s\n", g.name, g.needs, strings.Join(g.metrics, ", "))
	}
	fmt.Fprint(&b, "\n| format | platform | time | text |")
	for _, c := range countColumns {
		fmt.Fprintf(&b, " %s |", c[0])
	}
	fmt.Fprint(&b, " followers at posting | followers | metrics |\n|---|---|---|---|"+strings.Repeat("---|", len(countColumns)+3)+"\n")
	mark := func(ok bool) string {
		if ok {
			return "yes"
		}
		return "·"
	}
	for _, a := range adapters.All() {
		g := all[a.Name]
		for _, platform := range slices.Sorted(maps.Keys(g.posts)) {
			c := g.posts[platform]
			fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s |", a.Name, a.Name, platform, mark(c["created_at"]), mark(c["text"]))
			for _, count := range countColumns {
				fmt.Fprintf(&b, " %s |", mark(c[count[1]]))
			}
			one := &given{map[string]map[string]bool{platform: c}, g.snapshots}
			fmt.Fprintf(&b, " %s | %s | %s |\n", mark(c["followers_at_posting"]), mark(g.snapshots["followers"]), one.supports())
		}
		if len(g.posts) == 0 {
			fmt.Fprintf(&b, "| [%s](#%s) | | | |%s | %s | %s |\n", a.Name, a.Name, strings.Repeat(" |", len(countColumns)), mark(g.snapshots["followers"]), g.supports())
		}
	}
	for _, a := range adapters.All() {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\nTables: %s.\n", a.Name, a.Doc, strings.Join(a.Tables, ", "))
		if a.Lacks != "" {
			fmt.Fprintf(&b, "\nLacks: %s\n", a.Lacks)
		}
	}
	return b.String()
}
