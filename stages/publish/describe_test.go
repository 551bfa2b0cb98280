package publish

import (
	"encoding/json"
	"strings"
	"testing"

	"diplometrics/datasets"
	"diplometrics/stages/study"
)

// described is a package of every table there is, of a study whose texts are t.
func described(t string) *dataPackage {
	p := about(&study.Study{Name: t, Title: t, Description: t, Version: t, Licence: t, Simulated: true, Countries: []string{"KAZ"}, From: 10, To: 20,
		Released: datasets.Some(datasets.Day(0)), Authors: []study.Author{{Family: t, Given: t, ORCID: t}, {Name: t}}, Sources: []study.Source{{Title: t, URL: t, Licence: t}}})
	p.LeftOut = []string{t}
	for _, s := range datasets.Codebook() {
		rows := 1
		for _, r := range []resource{{Name: s.Name, Path: "data/" + s.Name + ".csv", Format: "csv", Table: schemaOf(s, "")},
			{Name: s.Name + "-parquet", Path: "data/" + s.Name + ".parquet", Format: "parquet", Table: schemaOf(s, "-parquet")}} {
			r.Type, r.Title, r.Description, r.Rows = "table", s.Name, s.Doc, &rows
			p.Resources = append(p.Resources, r)
		}
	}
	return p
}

// Whatever a study is called, its page holds no tag and no attribute of the
// text, its README no line, and the same comes out each time.
func TestHardTexts(t *testing.T) {
	const hard = "</title><script>alert(1)</script>\n\n# heading\n| cell `code` [a](javascript:x) ![i](http://x) \" ' & \x00\x1b\u202e\u2028\r\n---\n{{.Title}} onload=x"
	texts := map[string]func(*dataPackage) (string, error){"datapackage.json": (*dataPackage).json, "CITATION.cff": (*dataPackage).citationFile, "croissant.json": (*dataPackage).croissant,
		"codebook.csv": (*dataPackage).codebookCSV, "codebook.html": (*dataPackage).codebookHTML, "README.md": (*dataPackage).readme}
	plain := map[string]int{}
	for name, make := range texts {
		text, err := make(described("plain"))
		if err != nil {
			t.Fatal(err)
		}
		plain[name] = strings.Count(text, "\n")
	}
	for name, make := range texts {
		text, err := make(described(hard))
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := make(described(hard)); again != text {
			t.Errorf("%s is not the same twice", name)
		}
		if got := strings.Count(text, "\n"); got != plain[name] && name != "codebook.html" {
			t.Errorf("%s has %d lines, %d for plain texts", name, got, plain[name])
		}
		switch name {
		case "codebook.html":
			for _, bad := range []string{"<script", "src=", "@import", "url(", "<link", "<img"} {
				if strings.Contains(text, bad) {
					t.Errorf("codebook.html holds %s", bad)
				}
			}
		case "README.md":
			if _, body, _ := strings.Cut(text[4:], "---\n"); strings.Contains(body, " <script") || strings.Contains(body, "\u202e") || strings.Contains(body, " [a](") || strings.Contains(body, " `code`") {
				t.Error("README.md holds a text of the study as it is")
			}
		case "CITATION.cff":
			if strings.ContainsAny(text, "\x00\x1b\u202e\u2028\r") {
				t.Error("CITATION.cff holds characters that YAML forbids or nobody sees")
			}
		case "datapackage.json", "croissant.json":
			if !json.Valid([]byte(text)) {
				t.Errorf("%s is no JSON", name)
			}
		}
	}
}

func TestMarkdown(t *testing.T) {
	for _, c := range [][2]string{
		{"a|b `c`\n\n# d", `a\|b \` + "`c\\`" + ` \# d`},
		{"1. one", `1\. one`}, {"1.0.0", "1.0.0"}, {"2024) x", `2024\) x`}, {"- item", `\- item`}, {"a - b.", "a - b."},
		{"<b>&amp;</b>", `\<b\>\&amp;\</b\>`}, {"\u202eabc\u2066", "abc"}, {"עברית\u200f", "עברית\u200f"}, {`back\slash`, `back\\slash`}, {"", ""},
	} {
		if got := markdown(c[0]); got != c[1] {
			t.Errorf("%q is written %q, want %q", c[0], got, c[1])
		}
	}
}

// YAML 1.2, 5.7: the escapes of double-quoted scalars.
func TestQuote(t *testing.T) {
	for _, c := range [][2]string{
		{`say "no" \`, `"say \"no\" \\"`}, {"a\nb\tc", `"a\nb\u0009c"`}, {"\u202e\ufeff\x7f\u0085", `"\u202E\uFEFF\u007F\u0085"`},
		{"Қ 🇰🇿: # %", `"Қ 🇰🇿: # %"`}, {"\U000e0001", `"\U000E0001"`}, {"", `""`},
	} {
		if got := quote(c[0]); got != c[1] {
			t.Errorf("%q is written %s, want %s", c[0], got, c[1])
		}
	}
}

func TestNames(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{slug("My Study (2024)"), "my-study-2024"}, {slug("Исследование"), "study"}, {slug("a..b_c"), "a..b_c"},
		{licenceOf("CC-BY-4.0").Path, "https://creativecommons.org/licenses/by/4.0/"}, {licenceOf("ask us").Name, "ask-us"}, {licenceOf("ask us").Title, "ask us"},
		{when(isAddress("https://a.b/c?d=(1)"), "yes", "no"), "yes"}, {when(isAddress("https://a.b/c> x"), "yes", "no"), "no"}, {when(isAddress("javascript:x"), "yes", "no"), "no"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// A column says to programs what its definition says to people; curves of
// countries have an empty platform and account, which is a text and refers to
// nobody.
func TestSchemaOf(t *testing.T) {
	fields := map[string]fieldSchema{}
	s := schemaOf(datasets.Values.Schema(), "-parquet")
	for _, f := range s.Fields {
		fields[f.Name] = f
	}
	if f := fields["period_kind"]; f.allowed() != "week, month, window" || !f.required() || f.MissingValues == nil || len(*f.MissingValues) != 0 {
		t.Errorf("period_kind is %+v", f)
	}
	if f := fields["exposure_days"]; f.allowed() != "0 or more" || f.required() || f.Unit != "days" {
		t.Errorf("exposure_days is %+v", f)
	}
	if f := fields["value"]; f.Constraints != nil {
		t.Errorf("value is %+v", f)
	}
	if len(s.ForeignKeys) != 1 || s.ForeignKeys[0].Reference.Resource != "accounts-parquet" {
		t.Errorf("foreign keys of values are %+v", s.ForeignKeys)
	}
	for _, table := range []datasets.Schema{datasets.Accounts.Schema(), datasets.AccountCurves.Schema(), datasets.Estimates.Schema()} {
		if keys := schemaOf(table, "").ForeignKeys; keys != nil {
			t.Errorf("%s refers to %+v", table.Name, keys)
		}
	}
}
