package adapters

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// unread are formats that people have and no adapter reads: by keys of their
// JSON or columns of their tables.
var unread = []struct {
	what string
	has  []string
}{
	{"what Zeeschuimer captured", []string{"item_id", "source_platform", "data"}},
	{"an answer of VK's API, of neither wall.get nor groups.getById", []string{"response"}},
	{"posts as Facebook Page Insights exported them until 2023", []string{"Post ID", "Permalink", "Post Message", "Posted"}},
	{"posts as 4CAT exports them", []string{"thread_id", "unix_timestamp", "body", "author"}},
}

// notRead are tables that are known and are not read on purpose, by columns in
// one of their first three rows.
var notRead = []struct {
	why string
	has []string
}{
	{"it is what a LinkedIn page gained each day (the sheet Metrics): reactions that were taken back make it less than nothing, and no table here holds gains. The sheet All posts of the same file is read: name the workbook as LinkedIn made it",
		[]string{"Date", "Impressions (organic)", "Impressions (total)"}},
	{"it is how many followers a LinkedIn page won each day, not how many it has; note the number that the page shows, with its day, in a sheet (diplometrics template snapshots)",
		[]string{"Date", "Organic followers"}},
	{"it compares LinkedIn pages by the names that they show, which are no handles; put its Total Followers with the handles and the day into a sheet (diplometrics template snapshots)",
		[]string{"Page", "Total Followers", "New Followers"}},
	{"it is what LinkedIn tells a person of their own posts, in daily sums and by the most seen posts only; posts of a page come from the page's own export (its sheet All posts)",
		[]string{"Overall Performance"}},
	{"it is what LinkedIn tells a person of their own posts, in daily sums and by the most seen posts only; posts of a page come from the page's own export (its sheet All posts)",
		[]string{"Post URL", "Post publish date"}},
}

// Unrecognized says in sentences for a researcher what a file looks like that no
// adapter recognizes, by the beginning of its text, and what can be done.
func Unrecognized(head []byte) string {
	head = bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
	if len(head) == 0 {
		return "the file is empty"
	}
	const mapped = "Say in study.toml which %s is what ([source.mapping]); diplometrics init proposes it where it can, and diplometrics list mapping explains it"
	if paths := jsonPaths(head); len(paths) > 0 {
		top := slices.DeleteFunc(slices.Sorted(maps.Keys(paths)), func(p string) bool { return strings.Contains(p, ".") })
		kind, todo := "JSON lines", fmt.Sprintf(mapped, "key")
		line, _, more := bytes.Cut(head, []byte("\n"))
		switch {
		case head[0] == '[':
			kind = "a JSON list of records"
		case !json.Valid(line) || !more && (paths["items"] || paths["response"] || paths["data"]):
			kind, todo = "one JSON document", "Make JSON lines or a table of the records in it. "+fmt.Sprintf(mapped, "key")
		}
		return unreadAs(func(p string) bool { return paths[p] }) + fmt.Sprintf("%s with the keys %s. No adapter reads it yet. %s", kind, someOf(top), todo)
	}
	for _, t := range notRead {
		for above := range 3 {
			columns := columnsOf(skipRows(head, above))
			if !slices.ContainsFunc(t.has, func(c string) bool { return !slices.Contains(columns, c) }) {
				return t.why
			}
		}
	}
	columns := columnsOf(head)
	has := func(name string) bool { return slices.Contains(columns, name) }
	switch {
	case len(columns) < 2 && (head[0] == '{' || head[0] == '['):
		return "it begins as JSON does, and no record at its beginning has keys and is nested at most 300 deep. No adapter reads it; export it again"
	case len(columns) < 2:
		return "it is text, neither JSON nor a table. No adapter reads it; take its source out of study.toml, or export it again as JSON or CSV"
	case has("platform") && has("country") && (has("handle") || has("account_id")) && !has("observed_at"):
		return "it is a registry of accounts, which is no collected file: put it beside study.toml as accounts.csv or accounts.xlsx, not into raw/, and do not name it in study.toml"
	}
	return unreadAs(has) + fmt.Sprintf("a table with the columns %s. No adapter reads it yet. "+mapped, someOf(columns), "column")
}

// unreadAs begins the sentence with the format, where it is known.
func unreadAs(has func(string) bool) string {
	for _, f := range unread {
		if !slices.ContainsFunc(f.has, func(k string) bool { return !has(k) }) {
			return "it looks like " + f.what + ": "
		}
	}
	return "it is "
}

// columnsOf returns the cells of the first line of a table.
func columnsOf(head []byte) []string {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(line))
	r.Comma, r.LazyQuotes = rune(delimiterOf(line, 1)), true
	cells, err := r.Read()
	if err != nil || !utf8.Valid(line) {
		return nil
	}
	for i, c := range cells {
		cells[i] = strings.TrimSpace(c)
	}
	return cells
}

// someOf lists at most eight names, each shortened.
func someOf(names []string) string {
	var out []string
	for i, n := range names {
		if i == 8 {
			return strings.Join(out, ", ") + fmt.Sprintf(" and %d more", len(names)-8)
		}
		out = append(out, shorten(n, 40))
	}
	return strings.Join(out, ", ")
}
