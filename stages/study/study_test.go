package study

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const good = `title = "A study"
countries = ["KAZ", "UZB", "KGZ"]
window = ["2024-01-01", "2024-06-01"]
[zones]
KAZ = "Asia/Almaty"
[[source]]
id = "sheet"
file = "raw/*.csv"
table = "account_snapshots"
title = "A sheet"
`

func write(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "raw"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"study.toml": text, "raw/b.csv": "x\n", "raw/a.csv": "x\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestLoad(t *testing.T) {
	s, err := Load(write(t, good))
	if err != nil {
		t.Fatal(err)
	}
	if s.From.String() != "2024-01-01" || s.To.String() != "2024-06-01" || s.Zones["KAZ"] != "Asia/Almaty" {
		t.Errorf("got %+v", s)
	}
	if len(s.Sources) != 2 || s.Sources[0].File != "raw/a.csv" || s.Sources[1].File != "raw/b.csv" {
		t.Errorf("the pattern gave %+v, want raw/a.csv and raw/b.csv in order", s.Sources)
	}
}

func TestORCIDIsAnAddress(t *testing.T) {
	for _, written := range []string{"0000-0002-1694-233X", "http://orcid.org/0000-0002-1694-233X/"} {
		a := Author{Family: "A", ORCID: written}
		if err := a.check(); err != nil || a.ORCID != "https://orcid.org/0000-0002-1694-233X" {
			t.Errorf("%s became %s, %v", written, a.ORCID, err)
		}
	}
}

// Each wrong file gives one line with file, line, field, what was found and
// what was expected.
func TestErrorsNameLineAndField(t *testing.T) {
	for _, c := range []struct{ name, from, to, want string }{
		{"misspelled key", `countries =`, `contries =`, `study.toml:2: unknown key "contries"; did you mean "countries"?`},
		{"misspelled source key", `table = `, `tabel = `, `study.toml:9: unknown key "tabel" in source; did you mean "table"?`},
		{"no country", `"UZB"`, `"UZBEK"`, `study.toml:2: countries: "UZBEK" is no ISO 3166-1 alpha-3 code; expected three capital letters such as KAZ`},
		{"near miss", `"UZB"`, `"UZC"`, `"UZC" is no ISO 3166-1 alpha-3 code; did you mean "UZB"?`},
		{"often written", `"KGZ"`, `"KYR"`, `"KYR" is no ISO 3166-1 alpha-3 code; did you mean "KGZ"?`},
		{"wrong type", `["KAZ", "UZB", "KGZ"]`, `"KAZ"`, `study.toml:2: countries: found a text in quotes, expected a list in square brackets`},
		{"wrong type in list", `"UZB"`, `3`, `study.toml:2: countries: found a whole number, expected a text in quotes`},
		{"date without quotes", `"2024-06-01"`, `2024-06-01`, `study.toml:3: window: found a date without quotes, expected a text in quotes`},
		{"another case", `title = "A study"`, `Title = "A study"`, `study.toml:1: unknown key "Title"; did you mean "title"?`},
		{"a folder", `raw/*.csv`, `raw`, `study.toml:6: source file: raw is no file`},
		{"blank title", `title = "A study"`, `title = " "`, `study.toml:1: title: missing`},
		{"no ORCID", "[zones]", `authors = [{ family = "A", orcid = "0000-0002" }]` + "\n[zones]", `authors: found the orcid "0000-0002" of A; expected one such as https://orcid.org/0000-0002-1825-0097`},
		{"no author", "[zones]", `authors = [{ given = "A" }]` + "\n[zones]", `authors: found an author without a name`},
		{"two letters", `"UZB"`, `"UZ"`, `did you mean "UZB"?`},
		{"small letters", `"UZB"`, `"uzb"`, `did you mean "UZB"?`},
		{"twice", `"UZB"`, `"KAZ"`, `study.toml:2: countries: "KAZ" stands twice`},
		{"date", `"2024-06-01"`, `"01.06.2024"`, `study.toml:3: window: found "01.06.2024", expected a date like 2024-01-31`},
		{"window backwards", `"2024-06-01"`, `"2023-06-01"`, `study.toml:3: window: 2024-01-01 is not before 2023-06-01`},
		{"zone", `Asia/Almaty`, `Asia/Almata`, `study.toml:5: KAZ: "Asia/Almata" is no time zone`},
		{"no file", `raw/*.csv`, `raw/*.tsv`, `study.toml:6: source file: no file matches "raw/*.tsv"`},
		{"table", `"account_snapshots"`, `"account_snapshot"`, `study.toml:9: source table: found "account_snapshot"; did you mean "account_snapshots"?`},
		{"climbs out", `raw/*.csv`, `../raw/a.csv`, `study.toml:8: source file: found "../raw/a.csv", expected a path below the study`},
		{"no TOML", `title = "A study"`, `title = A study`, `study.toml:1: `},
		{"not UTF-8", `A study`, "\xc4\xb0\xc4", `study.toml:1: not UTF-8`},
		{"no title", `title = "A study"`, ``, `title: missing`},
		{"no count", "KAZ = \"Asia/Almaty\"\n", "KAZ = \"Asia/Almaty\"\n[interactions]\ninstagram = [\"like_count\", \"share_count\"]\n", `study.toml:7: instagram: found "share_count", which is no count of instagram; expected some of like_count, comment_count`},
		{"count twice", "KAZ = \"Asia/Almaty\"\n", "KAZ = \"Asia/Almaty\"\n[interactions]\ninstagram = [\"like_count\", \"like_count\"]\n", `study.toml:7: instagram: found "like_count" twice; name each count once`},
		{"bad id", `"sheet"`, `"Sheet 1"`, `study.toml:7: source id: found "Sheet 1", expected lower-case letters`},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(good, c.from, c.to, 1)
			if text == good {
				t.Fatal("the case changes nothing")
			}
			_, err := Load(write(t, text))
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got  %s\nwant %s", err, c.want)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %q", err)
			}
		})
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none")); err == nil || !strings.Contains(err.Error(), "no such folder") {
		t.Errorf("got %v", err)
	}
	if _, err := Load(t.TempDir()); err == nil || !strings.Contains(err.Error(), "no study.toml here") {
		t.Errorf("got %v", err)
	}
}

// What cannot be read for another reason than permissions is not told to be a
// matter of permissions.
func TestUnreadable(t *testing.T) {
	dir := write(t, good)
	if _, err := Load(filepath.Join(dir, "study.toml")); err == nil || !strings.HasSuffix(err.Error(), "the folder cannot be read: not a directory") {
		t.Errorf("a file for a folder: %v", err)
	}
	if err := os.Remove(filepath.Join(dir, "study.toml")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "study.toml"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(dir); err == nil || err.Error() != "study.toml: cannot be read: is a directory" {
		t.Errorf("a folder for study.toml: %v", err)
	}
}

func TestSlip(t *testing.T) {
	for found, want := range map[string]string{"minstry": "ministry", "Ministry": "ministry", "embasy": "embassy", "ministry": "", "": "", "parliament": "", "court": "", "agency": ""} {
		if got := Slip(found, OrganizationTypes); got != want {
			t.Errorf("%q: got %q, want %q", found, got, want)
		}
	}
}

// ISO 3166-1 has 249 officially assigned codes.
func TestCountries(t *testing.T) {
	if len(iso3166) != 249 {
		t.Errorf("%d codes, want 249", len(iso3166))
	}
	for two, three := range often {
		if CheckCountry(three) != nil {
			t.Errorf("%s: %s is no code", two, three)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(good)
	f.Add("title = 1")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := parse(text); err != nil && strings.HasPrefix(err.Error(), "study.toml") == false {
			t.Errorf("the error does not name the file: %v", err)
		}
	})
}

func TestNearestFindsOneSlip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom(keys[""]).Draw(t, "key")
		i := rapid.IntRange(0, len(word)-1).Draw(t, "i")
		slip := word[:i] + word[i+1:]
		got := Nearest(slip, keys[""])
		if !strings.Contains(got, word) {
			t.Fatalf("%q: %s, want %q", slip, got, word)
		}
	})
}
