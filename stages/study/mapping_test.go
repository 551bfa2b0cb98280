package study

import (
	"encoding/json"
	"strings"
	"testing"

	"diplometrics/datasets"
)

const mappedStudy = `title = "A study"
countries = ["KAZ", "UZB", "KGZ"]
window = ["2024-01-01", "2024-06-01"]
[[source]]
id = "sheet"
file = "raw/a.csv"
title = "A sheet"
platform = "x"
zone = "Asia/Almaty"
encoding = "windows-1251"
observed_at = "2024-01-31"
covered_from = "2024-01-01"
covered_to = "2024-02-01"
completeness = "capped"
inferred = true
[[source.coverage]]
handle = "@mfa_one"
covered_from = "2024-01-05"
[[source.coverage]]
account = "7"
completeness = "all"
[source.mapping]
table = "account_snapshots"
header_row = 3
delimiter = ";"
missing = ["n/a"]
unpivot = { pattern = '.* 2024', name = "month", value = "count" }
[source.mapping.columns]
followers = "count"
[source.mapping.constants]
locator = "screenshots"
[source.mapping.fields.handle]
column = "Account"
pattern = '^@(\w+)'
[source.mapping.fields.observed_at]
column = "month"
layout = "January 2006"
[[source.mapping.leave_out]]
column = "Account"
equals = ["Total"]
[[source.mapping.leave_out]]
column = "Kind"
matches = "^test"
[[source]]
id = "other"
file = "raw/b.csv"
title = "Another"
adapter = "x_v2"
`

func TestLoadMapping(t *testing.T) {
	s, err := Load(write(t, mappedStudy))
	if err != nil {
		t.Fatal(err)
	}
	src := s.Sources[0]
	if src.Table != "account_snapshots" || src.Adapter != "mapping" || src.Platform != "x" || src.ObservedAt.V.String() != "2024-01-31T00:00:00Z" || src.ObservedPrecision != "day" {
		t.Errorf("%+v", src)
	}
	if c := src.Coverage; c.From.V.String() != "2024-01-01" || c.To.V.String() != "2024-02-01" || c.Completeness != "capped" || !c.Inferred {
		t.Errorf("%+v", c)
	}
	if len(src.Accounts) != 2 || src.Accounts[0].Handle != "mfa_one" || !src.Accounts[0].From.OK || src.Accounts[0].To.OK || src.Accounts[1].Account != "7" {
		t.Errorf("%+v", src.Accounts)
	}
	m := src.Mapping
	if m.Header() != 3 || m.Fields["followers"].Column != "count" || *m.Fields["locator"].Value != "screenshots" || len(m.Fields) != 4 ||
		m.LeaveOut[0].Reason != "left out by Account" || m.Unpivot.Name != "month" {
		t.Errorf("%+v", m)
	}
	if o := s.Sources[1]; o.Adapter != "x_v2" || o.Mapping != nil || o.Table != "" {
		t.Errorf("%+v", o)
	}
	// What is left out of study.toml does not stand in the parameters either.
	text, err := json.Marshal(s.Sources[1])
	if want := `{"id":"other","file":"raw/b.csv","title":"Another","adapter":"x_v2"}`; err != nil || string(text) != want {
		t.Errorf("got %s, want %s", text, want)
	}
}

func TestMappingErrorsNameLineAndField(t *testing.T) {
	for _, c := range []struct{ name, from, to, want string }{
		{"key of the source", `encoding = `, `encodnig = `, `study.toml:10: unknown key "encodnig" in source; did you mean "encoding"?`},
		{"key of the mapping", `header_row`, `headerrow`, `study.toml:24: unknown key "headerrow" in source.mapping; did you mean "header_row"?`},
		{"key of a field", `pattern = '^@`, `patern = '^@`, `unknown key "patern" in source.mapping.fields; did you mean "pattern"?`},
		{"key of unpivot", `name = "month"`, `nam = "month"`, `study.toml:27: unknown key "nam" in source.mapping.unpivot; did you mean "name"?`},
		{"key of a condition", `matches = `, `match = `, `unknown key "match" in source.mapping.leave_out; did you mean "matches"?`},
		{"key of coverage", `account = "7"`, `acount = "7"`, `unknown key "acount" in source.coverage; did you mean "account"?`},
		{"table", `"account_snapshots"`, `"account_snapshot"`, `study.toml:23: source mapping.table: found "account_snapshot"; did you mean "account_snapshots"?`},
		{"field", `followers = `, `folowers = `, `study.toml:29: source mapping.columns.folowers: account_snapshots has no field "folowers" to fill; did you mean "followers"?`},
		{"field as a table", `fields.handle`, `fields.handel`, `study.toml:32: source mapping.fields.handel: account_snapshots has no field "handel"`},
		{"field twice", `locator = `, `handle = `, `study.toml:31: source mapping.constants.handle: the field is given twice`},
		{"pattern", `'^@(\w+)'`, `'^@(\w+'`, `study.toml:34: source mapping.fields.handle.pattern: "^@(\\w+" is no regular expression`},
		{"case", `pattern = '^@`, "cases = [{ column = \"kind\", value = \"\" }]\npattern = '^@", `study.toml:34: source mapping.fields.handle.cases[0].equals: expected texts in equals`},
		{"two groups", `'^@(\w+)'`, `'^(@)(\w+)'`, `has 2 groups, expected at most one`},
		{"layout", `"January 2006"`, `"January YYYY"`, `study.toml:37: source mapping.fields.observed_at.layout: found "January YYYY", expected the moment 2006-01-02`},
		{"abbreviation", `"January 2006"`, `"2006-01-02 15:04 MST"`, `names no zone`},
		{"layout of a text", `pattern = '^@`, `layout = "2006" #`, `study.toml:34: source mapping.fields.handle.layout: the field is no time`},
		{"rounding of a text", `pattern = '^@`, `rounded_down = 3 #`, `study.toml:34: source mapping.fields.handle.rounded_down: the field holds exact counts only`},
		{"rounding to nothing", `pattern = '^@`, `rounded_down = -1 #`, `study.toml:34: source mapping.fields.handle.rounded_down: found -1, expected the number of digits that are right`},
		{"rounding of a text to a unit", `pattern = '^@`, `rounded = [[10000, 100]] #`, `source mapping.fields.handle.rounded: the field holds exact counts only`},
		{"no column", `column = "month"`, ``, `study.toml:35: source mapping.fields.observed_at.column: expected a column, or a text in value`},
		{"zone", `Asia/Almaty`, `Asia/Almata`, `study.toml:9: source zone: "Asia/Almata" is no time zone`},
		{"encoding", `windows-1251`, `windows-125`, `study.toml:10: source encoding: "windows-125" is no encoding`},
		{"observed_at", `"2024-01-31"`, `"31.01.2024"`, `study.toml:11: source observed_at: found "31.01.2024", expected a time`},
		{"platform", `platform = "x"`, `platform = "twitter"`, `study.toml:8: source platform: found "twitter"`},
		{"completeness", `"capped"`, `"caped"`, `study.toml:14: source completeness: found "caped"; did you mean "capped"?`},
		{"coverage backwards", `"2024-02-01"`, `"2023-02-01"`, `study.toml:13: source covered_to: 2023-02-01 is not after 2024-01-01`},
		{"coverage of one account", `"2024-01-05"`, `"5 January"`, `study.toml:18: source coverage[0].covered_from: found "5 January"`},
		{"second coverage", `"all"`, `"al"`, `study.toml:21: source coverage[1].completeness: found "al"; did you mean "all"?`},
		{"coverage of nobody", `account = "7"`, ``, `study.toml:19: source coverage[1].handle: expected the handle or account`},
		{"key of a case", `pattern = '^@`, `cases = [{ colum = "a", equals = ["b"], value = "c" }] #`, `unknown key "colum" in source.mapping.fields.cases; did you mean "column"?`},
		{"case of no column", `pattern = '^@`, `cases = [{ equals = ["b"], value = "c" }] #`, `source mapping.fields.handle.cases[0].column: missing`},
		{"case of nothing", `pattern = '^@`, `cases = [{ column = "b", value = "c" }] #`, `source mapping.fields.handle.cases[0].equals: expected texts in equals`},
		{"condition", `matches = "^test"`, ``, `study.toml:41: source mapping.leave_out[1].equals: expected texts in equals`},
		{"delimiter", `";"`, `";;"`, `study.toml:25: source mapping.delimiter: found ";;", expected one character`},
		{"unpivot", `pattern = '.* 2024'`, `pattern = '('`, `study.toml:27: source mapping.unpivot.pattern: "(" is no regular expression`},
		{"no platform", `platform = "x"`, ``, `source mapping.fields: nothing gives the platform`},
		{"nothing counted", `followers = `, `#`, `source mapping.fields: nothing is counted`},
		{"other adapter", `encoding = `, "adapter = \"x_v2\"\nencoding = ", `study.toml:10: source adapter: found "x_v2", but [source.mapping] says how`},
		{"adapter without mapping", `"x_v2"`, `"mapping"`, `study.toml:48: source adapter: mapping needs a table [source.mapping]`},
		{"two tables", `zone = `, "table = \"posts\"\nzone = ", `source mapping.table: found "account_snapshots", but the source says "posts"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(mappedStudy, c.from, c.to, 1)
			if text == mappedStudy {
				t.Fatal("the case changes nothing")
			}
			_, err := Load(write(t, text))
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got  %s\nwant %s", err, c.want)
			}
			if strings.Contains(err.Error(), "\n") || !strings.HasPrefix(err.Error(), "study.toml:") {
				t.Errorf("not one line with its place: %q", err)
			}
		})
	}
}

// What a table cannot do without is an error before any file is read.
func TestMappingComplete(t *testing.T) {
	for _, c := range []struct{ table, fields, want string }{
		{"posts", `handle = "a"`, "nothing gives the id of a post"},
		{"posts", "handle = \"a\"\npost_id = \"b\"", "nothing tells reposts, replies and quotes"},
		{"posts", "post_id = \"b\"\nrepost_of_id = \"c\"", "nothing names the account"},
		{"account_snapshots", "handle = \"a\"\nfollowers = \"b\"", "nothing says when"},
		{"account_windows", "handle = \"a\"\nposts = \"b\"\ncounted_by = \"c\"", "nothing gives the window"},
		{"account_windows", "handle = \"a\"\nposts = \"b\"\ncounted_by = \"c\"\nwindow = \"d\"\nwindow_to = \"e\"", "the window is given twice"},
		{"account_windows", "handle = \"a\"\nposts = \"b\"\nwindow = \"d\"", "nothing says who counted"},
		{"account_windows", "handle = \"a\"\ncounted_by = \"b\"\nwindow = \"d\"", "nothing is counted"},
		{"posts", "handle = \"a\"\npost_id = \"b\"\nrepost_of_id = \"c\"", ""},
		{"account_windows", "handle = \"a\"\nposts = \"b\"\ncounted_by = \"c\"\nwindow_from = \"d\"\nwindow_last = \"e\"", ""},
	} {
		text := `title = "A study"
countries = ["KAZ", "UZB"]
window = ["2024-01-01", "2024-06-01"]
[[source]]
id = "sheet"
file = "raw/a.csv"
title = "A sheet"
platform = "x"
[source.mapping]
table = "` + c.table + `"
[source.mapping.columns]
` + c.fields + "\n"
		_, err := Load(write(t, text))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s with %q: got %v, want %s", c.table, c.fields, err, c.want)
		}
	}
}

func TestPrecision(t *testing.T) {
	for layout, want := range map[string]string{
		"": "second", "unix": "second", "2006-01-02T15:04:05Z07:00": "second", "02.01.2006 15:04": "second", "02.01.06": "day", "2 Jan 2006": "day",
		"January 2006": "month", "01/2006": "month", "2006": "year", "01.02": "", "YYYY": "", "3 PM 2 Jan 2006": "second",
	} {
		if got := Precision(layout); got != want {
			t.Errorf("%q: got %q, want %q", layout, got, want)
		}
	}
}

// Every field that a mapping can fill is a column of its table, or is one that
// stands for such columns.
func TestMappedFields(t *testing.T) {
	also := map[string]bool{"handle": true, "window": true, "window_last": true,
		"account_followers": true, "account_following": true, "account_posts_total": true, "account_likes_total": true}
	for name, schema := range map[string]datasets.Schema{
		"posts": datasets.Posts.Schema(), "account_snapshots": datasets.AccountSnapshots.Schema(), "account_windows": datasets.AccountWindows.Schema(),
	} {
		columns := map[string]bool{}
		for _, f := range schema.Fields {
			columns[f.Name] = true
		}
		for f := range MappedFields[name] {
			if !columns[f] && !also[f] {
				t.Errorf("%s has no column %s", name, f)
			}
		}
	}
}
