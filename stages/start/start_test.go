package start

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diplometrics/stages/normalize/adapters"
	"diplometrics/stages/study"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const (
	sheet = "platform,handle,observed_at,observed_precision,followers\nx,MFA_One,2024-01-01,day,1000\ninstagram,mfa_one,2024-02-01,day,50\n"
	page  = `{"data":[{"id":"11","author_id":"1","created_at":"2024-03-01T09:00:00.000Z","text":"A visit","public_metrics":{"like_count":5,"reply_count":0,"retweet_count":2,"quote_count":0}}],` +
		`"includes":{"users":[{"id":"1","username":"mfa_one","name":"One","public_metrics":{"followers_count":1000,"following_count":10,"tweet_count":300,"listed_count":1}},` +
		`{"id":"2","username":"mentioned","name":"Two","public_metrics":{"followers_count":1,"following_count":1,"tweet_count":3,"listed_count":1}}]},"__twarc":{"retrieved_at":"2024-04-01T10:00:00+00:00"}}` + "\n"
	values = "id,source,locator,country,subject,platform,indicator,period,value_text,value,unit,note\nbook_2020.a,book_2020,Table 1,KAZ,country,,egdi,2022,0.86,0.86,index,\n"
)

func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "mine")
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func start(t *testing.T, dir string) (toml, accounts, said string) {
	t.Helper()
	var out bytes.Buffer
	if err := Study(context.Background(), dir, &out); err != nil {
		t.Fatal(err)
	}
	return text(t, dir, "study.toml"), text(t, dir, "accounts.csv"), out.String()
}

func text(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// fill does what the researcher is asked to do.
func fill(t *testing.T, dir string) *study.Study {
	t.Helper()
	toml := strings.Replace(text(t, dir, "study.toml"), "countries = []", `countries = ["KAZ", "UZB"]`, 1)
	if err := os.WriteFile(filepath.Join(dir, "study.toml"), []byte(toml), 0o644); err != nil {
		t.Fatal(err)
	}
	st, err := study.Load(dir)
	if err != nil {
		t.Fatalf("%v in\n%s", err, toml)
	}
	if rows, err := adapters.ReadAccounts(strings.NewReader(text(t, dir, "accounts.csv"))); err != nil || len(rows) == 0 {
		t.Fatalf("accounts.csv: %d rows, %v", len(rows), err)
	}
	return st
}

// A folder with what people have becomes a study that loads once the countries
// are named.
func TestStudy(t *testing.T) {
	dir := folder(t, map[string]string{
		"raw/followers.csv": sheet, "raw/tweets.jsonl": page, "raw/book.csv": values,
		"raw/notes.html": "<!DOCTYPE html><html></html>", "raw/.DS_Store": "x", "raw/~$followers.xlsx": "x", "old.csv": sheet,
	})
	toml, accounts, said := start(t, dir)
	got := fmt.Sprintf("-- study.toml --\n%s\n-- accounts.csv --\n%s\n-- stdout --\n%s", toml, accounts, strings.ReplaceAll(said, dir, "mine"))
	const golden = "testdata/study.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	st := fill(t, dir)
	if len(st.Sources) != 3 || st.From.String() != "2024-01-01" || st.To.String() != "2024-03-02" {
		t.Errorf("%d sources, window %s to %s", len(st.Sources), st.From, st.To)
	}
	for _, src := range st.Sources {
		c := src.Coverage
		switch src.File {
		case "raw/tweets.jsonl":
			// From the day of the first post to the day after that of the last observation.
			if src.Adapter != "x_v2" || !c.Inferred || c.From.V.String() != "2024-03-01" || c.To.V.String() != "2024-04-02" || c.Completeness != "all" {
				t.Errorf("%+v", src)
			}
		case "raw/book.csv":
			if src.ID != "book_2020" {
				t.Errorf("the rows of book.csv name their source book_2020, study.toml calls it %s", src.ID)
			}
		}
	}
}

// Nothing that is there is overwritten.
func TestKeepsWhatIsThere(t *testing.T) {
	dir := folder(t, map[string]string{"a.csv": sheet, "accounts.csv": "platform,handle,country\nx,mfa_one,KAZ\n"})
	_, accounts, said := start(t, dir)
	if !strings.Contains(accounts, "x,mfa_one,KAZ") || !strings.Contains(said, "stays as it is") {
		t.Errorf("accounts.csv:\n%s\nsaid:\n%s", accounts, said)
	}
	before := text(t, dir, "study.toml")
	if err := Study(context.Background(), dir, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "there is a study.toml already") {
		t.Errorf("got %v", err)
	}
	if text(t, dir, "study.toml") != before {
		t.Error("study.toml changed")
	}
	// Without raw/ the files stand where they are.
	if st := fill(t, dir); len(st.Sources) != 1 || st.Sources[0].File != "a.csv" {
		t.Errorf("%+v", st.Sources)
	}
}

func TestNothingToStartFrom(t *testing.T) {
	for dir, want := range map[string]string{
		filepath.Join(t.TempDir(), "none"): "no such folder",
		t.TempDir():                        "there are no files in it",
		folder(t, map[string]string{"raw/.DS_Store": "x"}): "there are no files in it",
	} {
		err := Study(context.Background(), dir, &bytes.Buffer{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
		if _, err := os.Stat(filepath.Join(dir, "study.toml")); err == nil {
			t.Errorf("%s: a study.toml was written", want)
		}
	}
}

// Names that TOML, patterns and comments could take for something else.
func TestNames(t *testing.T) {
	dir := folder(t, map[string]string{
		`raw/a"b [1]*.csv`: sheet, "raw/a1.csv": sheet, "raw/sub folder/тест?.csv": sheet, "raw/a\nb.csv": sheet, "raw/a..b.csv": sheet, `raw/c\d.csv`: sheet, "raw/A-1.csv": sheet,
	})
	toml, _, _ := start(t, dir)
	st := fill(t, dir)
	var files, ids []string
	for _, s := range st.Sources {
		files, ids = append(files, s.File), append(ids, s.ID)
	}
	if got, want := fmt.Sprintf("%q", files), `["raw/A-1.csv" "raw/a\"b [1]*.csv" "raw/a1.csv" "raw/sub folder/тест?.csv"]`; got != want {
		t.Errorf("files %s, want %s", got, want)
	}
	if got, want := strings.Join(ids, " "), "account_snapshots_csv account_snapshots_csv_2 account_snapshots_csv_3 account_snapshots_csv_4"; got != want {
		t.Errorf("ids %s, want %s", got, want)
	}
	for _, n := range []string{"# raw/a..b.csv", "# raw/a b.csv", `# raw/c\d.csv`} {
		if !strings.Contains(toml, n+"\n#   study.toml cannot name it") {
			t.Errorf("%s is not told", n)
		}
	}
}

// An account that one file names by id and handle and another by handle is one;
// one that changed its handle has a row for each; what only a person can tell is
// asked.
func TestAccounts(t *testing.T) {
	renamed := strings.NewReplacer(`"mfa_one"`, `"mfa_first"`, `"id":"11"`, `"id":"12"`).Replace(page)
	dir := folder(t, map[string]string{"raw/a.jsonl": page, "raw/b.jsonl": renamed, "raw/c.csv": sheet})
	_, accounts, _ := start(t, dir)
	want := "platform,account_id,handle,country,organization,organization_type,host_country,person,valid_from,valid_to\n" +
		"instagram,,mfa_one,,One,,,,,\nx,1,mfa_one,,One,,,,,\nx,1,mfa_first,,One,,,,,\n"
	if accounts != want {
		t.Errorf("got\n%swant\n%s", accounts, want)
	}
	p := &Proposal{Accounts: []Account{
		{Platform: "telegram", ID: "7"}, {Platform: "telegram", Handles: []string{"mfa"}},
		{Platform: "x", ID: "1", Handles: []string{"a"}}, {Platform: "x", ID: "2", Handles: []string{"A"}},
	}}
	notes := strings.Join(p.unsure(), "\n")
	if !strings.Contains(notes, "telegram 7 has no handle") || !strings.Contains(notes, "x @a stands with the ids 1, 2") {
		t.Errorf("got %s", notes)
	}
}

// A timeline cut at a round number of posts is proposed as capped.
func TestCapped(t *testing.T) {
	lines := ""
	for i := range 200 {
		lines += strings.NewReplacer(`"id":"11"`, fmt.Sprintf(`"id":"1%d"`, i+100)).Replace(page)
	}
	dir := folder(t, map[string]string{"a.jsonl": lines})
	start(t, dir)
	if c := fill(t, dir).Sources[0].Coverage; c.Completeness != "capped" || !c.Inferred {
		t.Errorf("got %+v", c)
	}
}

// A folder where nothing is recognized gives a study that says so.
func TestNothingRecognized(t *testing.T) {
	dir := folder(t, map[string]string{"colours.csv": "colour;number\nred;1\n"})
	toml, _, said := start(t, dir)
	if !strings.Contains(toml, "# colours.csv\n#   it is a table with the columns colour, number. No adapter reads it yet.") || !strings.Contains(toml, "# [source.mapping]\n") ||
		!strings.Contains(said, "left out: it is a table with the columns colour, number.") {
		t.Errorf("study.toml:\n%s\nsaid:\n%s", toml, said)
	}
}

// Telegram Desktop calls every export result.json: its folder says when it was
// made. Ids tell nothing of either name.
func TestTelegramExports(t *testing.T) {
	chat := `{"name":"M","type":"public_channel","id":77,"messages":[{"id":1,"type":"message","date":"2024-07-01T10:00:00","date_unixtime":"1719800000","from":"M","from_id":"channel77","text":"a"}]}`
	for _, c := range []struct{ file, id, to string }{
		{"raw/result.json", "telegram_desktop", "2024-07-02"},
		{"raw/ChatExport_2024-07-04/result.json", "telegram_desktop", "2024-07-05"},
		{"raw/ministry/result.json", "telegram_desktop", "2024-07-02"},
	} {
		dir := folder(t, map[string]string{c.file: chat})
		start(t, dir)
		src := fill(t, dir).Sources[0]
		if src.ID != c.id || src.Coverage.To.V.String() != c.to {
			t.Errorf("%s: id %q, covered to %s; want %q, %s", c.file, src.ID, src.Coverage.To.V, c.id, c.to)
		}
	}
}

func TestStartOfAFile(t *testing.T) {
	dir := folder(t, map[string]string{"raw/a.csv": sheet})
	err := Study(context.Background(), filepath.Join(dir, "raw", "a.csv"), &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "is a file; name the folder") {
		t.Errorf("got %v", err)
	}
}
