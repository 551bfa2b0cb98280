package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"diplometrics/datasets"
)

// hostile makes a study of files in raw/ and returns its folder. Of their
// records so many may be rejects.
func hostile(t *testing.T, share string, files map[string]string) string {
	t.Helper()
	study := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(study, name)), 0o777), os.WriteFile(filepath.Join(study, name), []byte(text), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	write("accounts.csv", "platform,account_id,handle,country,organization,organization_type\nx,1,mfa_one,KAZ,First ministry,ministry\nx,2,mfa_two,UZB,Second ministry,ministry\n")
	for name, text := range files {
		if name == "accounts.csv" {
			write(name, text)
		} else {
			write("raw/"+name, text)
		}
	}
	settings(t, study, share, slices.Sorted(maps.Keys(files))...)
	return study
}

// settings writes the study.toml of a hostile study.
func settings(t *testing.T, study, share string, files ...string) {
	t.Helper()
	toml := "title = \"Hostile\"\ncountries = [\"KAZ\", \"UZB\"]\nwindow = [\"2024-01-01\", \"2024-07-01\"]\nseed = 1\nmax_reject_share = " + share + "\n"
	for i, f := range files {
		if f == "accounts.csv" {
			continue
		}
		toml += fmt.Sprintf("\n[[source]]\nid = \"s%d\"\ntitle = \"Source\"\nfile = %q\ncovered_from = \"2024-01-01\"\ncovered_to = \"2024-07-01\"\ncompleteness = \"all\"\n", i, "raw/"+f)
		if strings.HasPrefix(f, "followers") {
			toml += "table = \"account_snapshots\"\n"
		}
	}
	if err := os.WriteFile(filepath.Join(study, "study.toml"), []byte(toml), 0o666); err != nil {
		t.Fatal(err)
	}
}

// hostilePost is a post of the first ministry as twarc2 writes it.
func hostilePost(id int, likes, text string) string {
	return fmt.Sprintf(`{"id": "%d", "author_id": "1", "created_at": "2024-02-03T04:05:06.000Z", "text": "%s", "edit_history_tweet_ids": ["%d"], "public_metrics": {"like_count": %s, "reply_count": 0, "retweet_count": 0, "quote_count": 0}, "__twarc": {"retrieved_at": "2024-08-01T00:00:00+00:00"}}`+"\n",
		id, text, id, likes)
}

// runHostile runs stages of a study in at most so many bytes of memory, and
// returns what the program said and its exit code.
func runHostile(t *testing.T, exe, study string, most int64, stages ...string) (string, int) {
	t.Helper()
	c := exec.Command(exe, append([]string{"--quiet", "--study", study, "run"}, stages...)...)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if peak := peakMemory(c.ProcessState); peak > most {
		t.Errorf("%d MiB of memory", peak>>20)
	}
	return out.String(), c.ProcessState.ExitCode()
}

// What nobody would collect is a reject, a refusal or the number that it is, in
// little memory, through the whole of normalize.
func TestHostileInput(t *testing.T) {
	const most = 600 << 20
	const first, second = 1753000000000000001, 1753000000000000009
	good := hostilePost(first, "1", "Сыртқы істер министрлігі")
	also := hostilePost(second, "2", "A post")
	deep := func(open, middle, end string) string {
		return strings.Repeat(open, 100_000) + middle + strings.Repeat(end, 100_000) + "\n"
	}
	header := "id,author_id,created_at,referenced_tweets.retweeted.id,public_metrics.like_count,public_metrics.reply_count,public_metrics.retweet_count,public_metrics.quote_count,text,__twarc.retrieved_at"
	row := func(id int, likes, rest string) string {
		return fmt.Sprintf("%d,1,2024-02-03T04:05:06.000Z,,%s,0.0,0.0,0.0,A post,2024-08-01T00:00:00+00:00%s\n", id, likes, rest)
	}
	columns := func(n int) string {
		var more strings.Builder
		for i := range n {
			fmt.Fprintf(&more, ",c%d", i)
		}
		text := header + more.String() + "\n"
		for i := range 300 {
			text += row(first+i, fmt.Sprintf("%d.0", i), strings.Repeat(",", n))
		}
		return text
	}
	const sheet = "platform,handle,observed_at,followers\n"
	exe := build(t)
	for name, c := range map[string]struct {
		file, text string
		code       int
		says       string
		likes      []int64 // of the posts, by id; nil where their number is in says
	}{
		"JSON nested deep":             {"a.jsonl", good + deep(`{"data":`, "1", "}") + also, 0, "expected one JSON object, whole and nested at most 300 deep (1)", []int64{1, 2}},
		"JSON nested deep that breaks": {"a.jsonl", good + deep(`{"data":`, "", "") + also, 0, "the record breaks off before the next one starts (1)", []int64{1, 2}},
		"lists nested deep":            {"a.jsonl", good + deep("[", "", "]") + also, 0, "nested at most 300 deep (1)", []int64{1, 2}},
		"JSON nested deep alone":       {"a.json", deep("[", "", "]"), 1, "raw/a.json: it begins as JSON does, and no record at its beginning has keys and is nested at most 300 deep", nil},
		"one beyond int64":             {"a.jsonl", good + hostilePost(first+1, "9223372036854775808", "a") + also, 0, "public_metrics.like_count: expected a whole number from 0 (1)", []int64{1, 2}},
		"one that wraps to 1":          {"a.jsonl", good + hostilePost(first+1, "18446744073709551617", "a") + also, 0, "public_metrics.like_count: expected a whole number from 0 (1)", []int64{1, 2}},
		"1e400":                        {"a.jsonl", good + hostilePost(first+1, "1e400", "a") + also, 0, "public_metrics.like_count: expected a whole number from 0 (1)", []int64{1, 2}},
		"the last int64":               {"a.jsonl", good + hostilePost(first+1, "9223372036854775807", "a") + also, 0, "rejects: 0", []int64{1, math.MaxInt64, 2}},
		"no float64":                   {"a.jsonl", good + hostilePost(first+1, "9007199254740993", "a") + also, 0, "rejects: 0", []int64{1, 9007199254740993, 2}},
		"no float64 in a table":        {"a.csv", header + "\n" + row(first, "9007199254740993", "") + row(second, "2.0", ""), 0, "rejects: 0", []int64{9007199254740993, 2}},
		"beyond int64 in a table":      {"a.csv", header + "\n" + row(first, "9223372036854775808.0", "") + row(first+1, "1e18", "") + row(first+2, "1.0", "") + row(second, "2.0", ""), 0, "public_metrics.like_count: expected a whole number from 0 (2)", []int64{1, 2}},
		"beyond int64 in a sheet":      {"followers.csv", sheet + "x,mfa_one,2024-02-01,9223372036854775808\n", 1, `raw/followers.csv:2: followers: found "9223372036854775808"; expected a count that is less than`, nil},
		"no UTF-8":                     {"a.jsonl", good + hostilePost(first+1, "3", "a\xff") + also, 0, "text: expected UTF-8 (1)", []int64{1, 2}},
		"no UTF-8 in a table":          {"a.csv", header + "\n" + strings.Replace(row(first, "1", ""), "A post", "Қазақстан", 1) + strings.Replace(row(first+1, "3", ""), "A post", "\xc3(", 1) + row(second, "2.0", ""), 0, "not UTF-8; save the file as UTF-8", []int64{1, 2}},
		"no UTF-8 in a sheet":          {"followers.csv", "platform,handle,observed_at,followers,locator\nx,mfa_one,2024-02-01,9,Қазақстан\nx,mfa_two\xff,2024-02-01,9,\n", 1, "raw/followers.csv:3: not UTF-8; save the file as", nil},
		"a NUL byte":                   {"a.jsonl", good + hostilePost(first+1, "3", "a\x00b") + also, 0, "expected one JSON object, whole and nested at most 300 deep (1)", []int64{1, 2}},
		"NUL bytes between records":    {"a.jsonl", good + "\x00\x00\n" + also, 0, "rejects: 0", []int64{1, 2}},
		"a NUL that JSON spells out":   {"a.jsonl", good + hostilePost(first+1, "3", `a\u0000b`) + also, 0, "rejects: 0", []int64{1, 3, 2}},
		"NUL bytes alone":              {"a.jsonl", strings.Repeat("\x00", 1<<20), 1, "raw/a.jsonl: refused: no text but the bytes of some program's own format", nil},
		"a NUL byte in a sheet":        {"followers.csv", sheet + "x,mfa_one\x00,2024-02-01,9\n", 1, "raw/followers.csv:2: column 2: found the control character U+0000; remove it", nil},
		"10,000 columns":               {"a.csv", columns(10_000), 0, "records: 300 = 300 kept + 0 merged + 0 filtered + 0 rejected", nil},
		"more columns than Excel has":  {"a.csv", columns(20_000), 1, "raw/a.csv:1: 301 of 301 records cannot be used, more than max_reject_share = 0.5; the first: the row has more than 16384 cells", nil},
		"10,000 columns in a sheet":    {"followers.csv", strings.TrimSpace(sheet) + strings.Repeat(",c", 10_000) + "\nx,mfa_one,2024-02-01,9" + strings.Repeat(",", 10_000) + "\n", 1, `raw/followers.csv:1: header: found "c"; unknown column; expected one of platform, handle`, nil},
		"what cannot be seen":          {"followers.csv", sheet + "x,mfa_one\u200b,2024-02-01,9\n", 0, `unknown account: x @mfa_one\u200b (1)`, nil},
		"what turns text around":       {"followers.csv", sheet + "x,\u202emfa_one,2024-02-01,9\n", 0, `unknown account: x @\u202emfa_one (1)`, nil},
		"what a terminal obeys":        {"a.jsonl", good + strings.Replace(hostilePost(first+1, "1", "a"), `"author_id": "1"`, `"author_id": "5", "author": {"id": "5", "username": "a\u001b[31m"}`, 1) + also, 0, `unknown account: x 5 (@a\x1b[31m) (1)`, []int64{1, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			study := hostile(t, "0.5", map[string]string{c.file: c.text})
			out, code := runHostile(t, exe, study, most, "normalize")
			if code != c.code || !strings.Contains(out, c.says) {
				t.Errorf("exit %d, want %d: %s\nwant: %s", code, c.code, out, c.says)
			}
			if c.likes == nil || code != 0 {
				return
			}
			rows, err := datasets.PostsByTime.ReadAll(t.Context(), filepath.Join(study, "normalized", "posts", "country_code=KAZ", "year=2024", "posts.parquet"))
			if err != nil {
				t.Fatal(err)
			}
			slices.SortFunc(rows, func(a, b datasets.Post) int { return strings.Compare(a.PostID, b.PostID) })
			var likes []int64
			for _, p := range rows {
				likes = append(likes, p.Counts.Like.V)
			}
			if !slices.Equal(likes, c.likes) {
				t.Errorf("likes %d, want %d", likes, c.likes)
			}
		})
	}
	// A sum of counts that no float64 holds is absent, of a post and of a period.
	study := hostile(t, "0.5", map[string]string{"a.jsonl": good + hostilePost(first+2, "9223372036854775807", "b") + strings.Replace(hostilePost(first+1, "9223372036854775807", "a"), `"reply_count": 0`, `"reply_count": 9`, 1) + also})
	if out, code := runHostile(t, exe, study, most, "measure"); code != 0 {
		t.Fatalf("exit %d: %s", code, out)
	}
	scores, err := datasets.PostScores.ReadAll(t.Context(), filepath.Join(study, "metrics", "post_scores", "country_code=KAZ", "post_scores.parquet"))
	if err != nil || len(scores) != 4 {
		t.Fatalf("%d scores, %v", len(scores), err)
	}
	for _, s := range scores {
		if want := map[string]datasets.Opt[int64]{fmt.Sprint(first): datasets.Some[int64](1), fmt.Sprint(first + 1): {}, fmt.Sprint(first + 2): {}, fmt.Sprint(second): datasets.Some[int64](2)}[s.PostID]; s.Interactions != want {
			t.Errorf("%s: interactions %v, want %v", s.PostID, s.Interactions, want)
		}
	}
	periods, err := datasets.AccountPeriods.ReadAll(t.Context(), filepath.Join(study, "metrics", "account_periods.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	whole := slices.IndexFunc(periods, func(p datasets.AccountPeriod) bool {
		return p.AccountID == "1" && p.Basis == datasets.FromPosts && p.PeriodKind == "window"
	})
	if whole < 0 {
		t.Fatal("no window of the first ministry")
	}
	if p := periods[whole]; p.Like.Known.V != 4 || p.Like.Sum.OK || p.InteractionsKnown.V != 2 || p.InteractionsSum != datasets.Some[int64](3) {
		t.Errorf("likes %+v, interactions %v of %v", p.Like, p.InteractionsSum, p.InteractionsKnown)
	}
	// No file of a study has a name that takes several lines.
	study = hostile(t, "0.5", map[string]string{"a.jsonl": good})
	if err := os.Rename(filepath.Join(study, "raw", "a.jsonl"), filepath.Join(study, "raw", "a\nb.jsonl")); err != nil {
		t.Skip("the system has no such names")
	}
	settings(t, study, "0.5", "*.jsonl")
	if out, code := runHostile(t, exe, study, most, "normalize"); code != 1 || !strings.HasSuffix(out, `source file: found the name "raw/a\nb.jsonl", expected one without line breaks and other control characters; rename the file`+"\n") {
		t.Errorf("exit %d: %s", code, out)
	}
}

// Names that a spreadsheet would compute, and names that are written from right
// to left or hold what cannot be seen, reach every table as they are: in CSV an
// apostrophe keeps a formula from being one, in XLSX it is a text.
func TestHostileNames(t *testing.T) {
	names := map[string]string{"mfa_one": `=HYPERLINK("http://a.example","x")`, "mfa_two": "\u202eyrtsinim\u200b\u2066 \u05d0\u05d1", "SUM(1)": "+1+1"}
	accounts := "platform,handle,country,organization,organization_type\n"
	followers := "platform,handle,observed_at,followers\n"
	for handle, name := range names {
		accounts += fmt.Sprintf("x,%s,KAZ,\"%s\",ministry\n", handle, strings.ReplaceAll(name, `"`, `""`))
		followers += "x," + handle + ",2024-02-01,1000\n"
	}
	study := hostile(t, "0.5", map[string]string{"accounts.csv": accounts, "followers.csv": followers})
	if out, code := runHostile(t, build(t), study, 600<<20, "tabulate"); code != 0 {
		t.Fatalf("exit %d: %s", code, out)
	}
	file, err := os.Open(filepath.Join(study, "metrics", "accounts.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, r := range rows[1:] {
		handle, organization := r[slices.Index(rows[0], "handle")], r[slices.Index(rows[0], "organization")]
		want := names[handle]
		if strings.ContainsAny(want[:1], "=+") {
			want = "'" + want
		}
		if organization != want {
			t.Errorf("%s: %q in CSV, want %q", handle, organization, want)
		}
	}
	book, err := excelize.OpenFile(filepath.Join(study, "metrics", "tables.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	found := 0
	for _, sheet := range book.GetSheetList() {
		cells, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for y, row := range cells {
			for x, text := range row {
				at, err := excelize.CoordinatesToCellName(x+1, y+1)
				if err != nil {
					t.Fatal(err)
				}
				if formula, err := book.GetCellFormula(sheet, at); err != nil || formula != "" {
					t.Fatalf("%s!%s computes %q, %v", sheet, at, formula, err)
				}
				for _, name := range names {
					if text == name {
						found++
					}
				}
			}
		}
	}
	if found < len(names) {
		t.Errorf("the names stand %d times in the workbook", found)
	}
}

// A line of 2 GB between two posts, and a cell of 2 GB between two rows, is one
// reject.
func TestTwoGigabyteLineLong(t *testing.T) {
	if os.Getenv("DIPLOMETRICS_LONG") == "" {
		t.Skip("make test-long runs it")
	}
	exe := build(t)
	header := "id,author_id,created_at,referenced_tweets.retweeted.id,public_metrics.like_count,text,__twarc.retrieved_at\n"
	for _, c := range []struct{ file, before, middle, after, says string }{
		{"posts.jsonl", hostilePost(1753000000000000001, "1", "A"), `{"id": "1753000000000000002", "text": "`, "\"}\n" + hostilePost(1753000000000000003, "1", "A"), "larger than 64 MiB, the largest record that is read (1)"},
		{"posts.csv", header + "1753000000000000001,1,2024-02-03T04:05:06.000Z,,1.0,A,2024-08-01T00:00:00+00:00\n", `1753000000000000002,1,2024-02-03T04:05:06.000Z,,1.0,"`,
			"\",2024-08-01T00:00:00+00:00\n1753000000000000003,1,2024-02-03T04:05:06.000Z,,1.0,A,2024-08-01T00:00:00+00:00\n", "the row is longer than 64 MiB; check the quotes before it (1)"},
	} {
		study := hostile(t, "0.5", map[string]string{c.file: ""})
		f, err := os.Create(filepath.Join(study, "raw", c.file))
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.WriteString(c.before + c.middle)
		block := bytes.Repeat([]byte("abcdefg "), 1<<17)
		for range 2 << 10 {
			_, wrong := f.Write(block)
			err = errors.Join(err, wrong)
		}
		_, wrong := f.WriteString(c.after)
		if err := errors.Join(err, wrong, f.Close()); err != nil {
			t.Fatal(err)
		}
		if out, code := runHostile(t, exe, study, 1280<<20, "normalize"); code != 0 || !strings.Contains(out, c.says) || !strings.Contains(out, "records: 3 = 2 kept + 0 merged + 0 filtered + 1 rejected") {
			t.Errorf("%s: exit %d: %s", c.file, code, out)
		}
		if err := os.RemoveAll(study); err != nil {
			t.Fatal(err)
		}
	}
}

// Thirty MB of gzip that unpack to 30 GiB of white space, of one line, or of
// lines that are no records, are refused before they take an hour or the memory.
func TestGzipBombLong(t *testing.T) {
	if os.Getenv("DIPLOMETRICS_LONG") == "" {
		t.Skip("make test-long runs it")
	}
	packed := func(text string) []byte {
		var out bytes.Buffer
		z := gzip.NewWriter(&out)
		if _, err := io.WriteString(z, text); errors.Join(err, z.Close()) != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	exe := build(t)
	for i, text := range []string{" ", "x", "x\n", "\n"} {
		bomb := append(packed(hostilePost(1753000000000000001, "1", "A")), bytes.Repeat(packed(strings.Repeat(text, 64<<20/len(text))), 30<<4)...)
		for _, layers := range []string{"one", "two"} {
			if layers == "two" {
				if i > 0 {
					break
				}
				bomb = packed(string(bomb))
			}
			study := hostile(t, "1.0", map[string]string{"posts.jsonl.gz": string(bomb)})
			start := time.Now()
			out, code := runHostile(t, exe, study, 1280<<20, "normalize")
			t.Logf("%q in %s: %v", text, layers, time.Since(start).Round(time.Second))
			if code != 1 || !strings.Contains(out, "raw/posts.jsonl.gz: refused: it unpacks to more than 64 MiB and more than 250 times its size") {
				t.Errorf("%q in %s: exit %d: %s", text, layers, code, out)
			}
		}
	}
}

// Ten million lines that are no posts, one post before and one after: the run
// fails and says which file and line, or, where study.toml allows it, writes
// every one of them as a reject; neither takes more memory than a few posts do.
func TestTenMillionRejectsLong(t *testing.T) {
	if os.Getenv("DIPLOMETRICS_LONG") == "" {
		t.Skip("make test-long runs it")
	}
	const lines, most = 10_000_000, 700 << 20
	exe := build(t)
	study := hostile(t, "0.01", map[string]string{"posts.jsonl": ""})
	f, err := os.Create(filepath.Join(study, "raw", "posts.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	post := func(id int) { w.WriteString(hostilePost(id, "1", "A post")) }
	post(1753000000000000001)
	for i := range lines {
		fmt.Fprintf(w, "no post %d\n", i)
	}
	post(1753000000000000002)
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		t.Fatal(err)
	}
	run := func() (string, int) { return runHostile(t, exe, study, most, "normalize") }
	if out, code := run(); code != 1 || !strings.Contains(out, fmt.Sprintf("raw/posts.jsonl:2: %d of %d records cannot be used", lines, lines+2)) {
		t.Errorf("exit %d: %s", code, out)
	}
	settings(t, study, "1.0", "posts.jsonl")
	if out, code := run(); code != 0 || !strings.Contains(out, fmt.Sprintf("rejects: %d", lines)) || !strings.Contains(out, "posts: 2 in 1 partitions") {
		t.Errorf("exit %d: %s", code, out)
	}
}
