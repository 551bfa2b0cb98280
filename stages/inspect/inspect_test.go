package inspect

import (
	"bytes"
	"context"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares what was got with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: got\n%s\nwant\n%s", path, got, want)
	}
}

func read(t *testing.T, path string, o Options) *Report {
	t.Helper()
	r, err := Read(context.Background(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	if r.Refused == "" {
		balanced(t, r)
	}
	return r
}

// balanced checks that every record is accounted for.
func balanced(t *testing.T, r *Report) {
	t.Helper()
	if r.Kept < 0 || r.Merged < 0 || r.Records != r.Kept+r.Merged+total(r.Filtered)+total(r.Rejected) {
		t.Errorf("%s: %d records, but %d kept + %d merged + %d filtered + %d rejected", r.File, r.Records, r.Kept, r.Merged, total(r.Filtered), total(r.Rejected))
	}
	if r.Kept != r.Posts+r.Published+r.AccountWindows && r.AccountSnapshots == 0 {
		t.Errorf("%s: %d kept, but %d posts, %d published and %d windows", r.File, r.Kept, r.Posts, r.Published, r.AccountWindows)
	}
}

// The files of testdata as a researcher and as a program read about them.
func TestGolden(t *testing.T) {
	var text bytes.Buffer
	var reports []*Report
	for _, n := range []string{"pages.jsonl", "followers.csv", "windows.csv", "messages.html", "colours.csv", "empty.json"} {
		r := read(t, filepath.Join("testdata", n), Options{})
		r.File = n
		// The shelf words these.
		if r.Doc != "" {
			r.Doc = "What it is. And more of it."
		}
		if r.Lacks != "" {
			r.Lacks = "What it lacks."
		}
		r.Refused, _, _ = strings.Cut(r.Refused, "; tried ")
		r.WriteText(&text)
		reports = append(reports, r)
	}
	golden(t, "report.txt", text.Bytes())
	var js bytes.Buffer
	if err := WriteJSON(&js, reports); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.json", js.Bytes())
}

// The numbers of pages.jsonl, counted by hand: post 11 stands there twice, first
// with 5 likes, later with 8; 12 is a repost; 13 a reply with 1 like; one id is
// ruined, one line is cut, and one error stands for a deleted post.
func TestPages(t *testing.T) {
	r := read(t, "testdata/pages.jsonl", Options{})
	if r.Records != 7 || r.Kept != 3 || r.Merged != 1 || total(r.Filtered) != 1 || total(r.Rejected) != 2 {
		t.Errorf("%d records = %d kept, %d merged, %v filtered, %v rejected; want 7 = 3, 1, 1, 2", r.Records, r.Kept, r.Merged, r.Filtered, r.Rejected)
	}
	if s := r.Sums[0]; s.V.V != 9 || s.N != 2 {
		t.Errorf("likes %d of %d posts, want 9 of 2: the latest observation, without reposts", s.V.V, s.N)
	}
	if s := r.Sums[4]; s.V.OK {
		t.Errorf("views %d, want none: no post shows them", s.V.V)
	}
	if r.PostSnapshots != 3 || r.AccountSnapshots != 3 || r.Beside != 1 {
		t.Errorf("%d post snapshots, %d account snapshots, %d accounts beside, want 3, 3, 1", r.PostSnapshots, r.AccountSnapshots, r.Beside)
	}
	if got := r.Created.Last.V.String(); got != "2024-03-03T09:00:00Z" {
		t.Errorf("last post at %s", got)
	}
}

// Which observation is the latest does not depend on the order of the file.
func TestLatestObservation(t *testing.T) {
	at := func(micros int64, likes int64, digest uint64) adapters.Row[adapters.Post] {
		p := adapters.Post{Digest: digest}
		p.PostID, p.PostType = "1", datasets.Original
		if micros > 0 {
			p.ObservedAt = datasets.Some(datasets.Micros(micros))
		}
		if likes >= 0 {
			p.Counts.Like = datasets.Some(likes)
		}
		return adapters.Row[adapters.Post]{Ref: adapters.Ref{Platform: "x", ID: "1"}, Row: p}
	}
	for _, c := range []struct {
		name  string
		rows  []adapters.Row[adapters.Post]
		likes int64
		shown bool
		snaps int64
	}{
		{"unknown times come first", []adapters.Row[adapters.Post]{at(0, 9, 1), at(5, 3, 2)}, 3, true, 2},
		{"then the larger count", []adapters.Row[adapters.Post]{at(5, 4, 2), at(5, 3, 9)}, 4, true, 2},
		{"a count is larger than none", []adapters.Row[adapters.Post]{at(5, -1, 9), at(5, 0, 2)}, 0, true, 2},
		{"none at the latest is none", []adapters.Row[adapters.Post]{at(6, -1, 9), at(5, 7, 2)}, 0, false, 2},
		{"equal ones are one observation", []adapters.Row[adapters.Post]{at(5, 3, 1), at(5, 3, 2)}, 3, true, 1},
	} {
		for range 2 {
			r := &Report{PostTypes: map[string]int64{}}
			r.count(&adapters.Batch{Posts: c.rows})
			if r.Posts != 1 || r.Merged != 1 || r.Sums[0].V.V != c.likes || r.Sums[0].V.OK != c.shown || r.PostSnapshots != c.snaps {
				t.Errorf("%s: %d posts, %d merged, likes %v, %d snapshots", c.name, r.Posts, r.Merged, r.Sums[0].V, r.PostSnapshots)
			}
			c.rows[0], c.rows[1] = c.rows[1], c.rows[0]
		}
	}
}

// What a study says of its file is used; what it cannot say is told.
func TestFind(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "raw", "a.csv")
	toml := "title = \"A\"\ncountries = [\"KAZ\", \"UZB\"]\nwindow = [\"2024-01-01\", \"2024-02-01\"]\n[[source]]\nid = \"a\"\nfile = \"raw/*.csv\"\n" +
		"title = \"A\"\nencoding = \"windows-1251\"\nzone = \"Asia/Almaty\"\nplatform = \"telegram\"\nhandle = \"@mfa_one\"\nobserved_at = \"2024-01-31T00:00:00Z\"\n"
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{file: "x\n", filepath.Join(dir, "b.csv"): "x\n", filepath.Join(dir, "study.toml"): toml} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	o, err := Find(file)
	if err != nil || o.Encoding != "windows-1251" || o.File.Zone.String() != "Asia/Almaty" || o.File.Account.Handle != "mfa_one" || o.File.Observed.V.String() != "2024-01-31T00:00:00Z" {
		t.Errorf("got %+v, %v", o, err)
	}
	if o, err := Find(filepath.Join(dir, "b.csv")); err != nil || o.Encoding != "" {
		t.Errorf("a file that the study does not name: %+v, %v", o, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "study.toml"), []byte(strings.Replace(toml, `"UZB"`, "", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Find(file); err == nil || !strings.Contains(err.Error(), "countries") {
		t.Errorf("got %v, want what is wrong with the study", err)
	}
}

func TestOptions(t *testing.T) {
	r := read(t, "testdata/colours.csv", Options{Adapter: "x_v3"})
	if !strings.Contains(r.Refused, `there is no adapter "x_v3"; did you mean "x_v2"?`) {
		t.Errorf("got %q", r.Refused)
	}
	if _, err := Read(context.Background(), "testdata/nothing.json", Options{}); err == nil || !strings.HasPrefix(err.Error(), "testdata/nothing.json: ") {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Read(ctx, "testdata/pages.jsonl", Options{}); err == nil {
		t.Error("no error after an interrupt")
	}
}

// What a file cannot tell is said of the file, not only of its format.
func TestCannotTell(t *testing.T) {
	p := adapters.Post{}
	p.PostID, p.PostType = "1", datasets.Original
	r := &Report{PostTypes: map[string]int64{}}
	r.count(&adapters.Batch{Posts: []adapters.Row[adapters.Post]{{Ref: adapters.Ref{Platform: "telegram", ID: "1"}, Row: p}}})
	got := strings.Join(r.cannot(), "\n")
	for _, want := range []string{"No followers", "diplometrics template snapshots", "No handles", "observed_at in study.toml", "no month"} {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
}

// Every file of a folder of real exports is counted whole, or refused with the
// reason.
func TestSamples(t *testing.T) {
	top := os.Getenv("DIPLOMETRICS_SAMPLES")
	if top == "" {
		t.Skip("DIPLOMETRICS_SAMPLES names no folder of real exports")
	}
	files, refused := 0, 0
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		start := time.Now()
		r, err := Read(context.Background(), path, Options{})
		if err != nil {
			t.Errorf("%v", err)
			return nil
		}
		name, _ := filepath.Rel(top, path)
		if r.Refused != "" {
			refused++
			t.Logf("%s: refused by %q: %s", name, r.Adapter, r.Refused)
			return nil
		}
		balanced(t, r)
		t.Logf("%s: %s: %d records = %d kept + %d merged + %d filtered + %d rejected; posts %v; likes %v; %d snapshots; %v",
			name, r.Adapter, r.Records, r.Kept, r.Merged, total(r.Filtered), total(r.Rejected), r.PostTypes, r.Sums[0].V, r.AccountSnapshots, time.Since(start).Round(time.Millisecond))
		for _, x := range r.Rejected {
			t.Logf("  rejected %d: %s (the first at %d)", x.N, x.Name, x.First.Line)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d files, %d refused", files, refused)
}

// What a file is that nothing reads is said, with what can be done.
func TestUnrecognized(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"platform,handle,country\nx,a,KAZ\n", "it is a registry of accounts, which is no collected file: put it beside study.toml as accounts.csv or accounts.xlsx"},
		{`{"nav_index":"1","item_id":"7","source_platform":"instagram.com","data":{"a":1}}` + "\n" + `{"nav_index":"1"}`, "it looks like what Zeeschuimer captured: JSON lines with the keys data, item_id, nav_index, source_platform. No adapter reads it yet. Say in study.toml which key is what"},
		{`{"response":{"count":1,"items":[{"id":1,"owner_id":-2}]}}`, "it looks like an answer of VK's API, of neither wall.get nor groups.getById: one JSON document with the keys response."},
		{"Post ID,Permalink,Post Message,Type,Posted\n1,p,m,Link,01/02/2020 10:00:00 AM\n", "it looks like posts as Facebook Page Insights exported them until 2023: a table with the columns Post ID, Permalink"},
		{"a;b\n1;2\n", "it is a table with the columns a, b. No adapter reads it yet. Say in study.toml which column is what"},
		{"once upon a time\n", "it is text, neither JSON nor a table"},
		{" \n", "the file is empty"},
		{`{"data":[{"end":"2024-01-02T00:00:00Z","start":"2024-01-01T00:00:00Z","tweet_count":3}],"meta":{"total_tweet_count":3}}`, "it holds counts of posts by time (twarc2 counts)"},
		{`{"data":[{"id":"1","name":"A list","private":false,"owner_id":"3"}],"__twarc":{"retrieved_at":"2024-01-01T00:00:00+00:00"}}`, "it holds lists of accounts as X names them"},
		{`{"id":"1","action":"delete","created_at":"2024-01-01T00:00:00.000Z","redacted_at":"2024-01-02T00:00:00.000Z","reason":"deleted"}`, "it is the answer of a compliance check"},
	} {
		path := filepath.Join(t.TempDir(), "a.txt")
		if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		if r := read(t, path, Options{}); !strings.HasPrefix(r.Refused, c.want) {
			t.Errorf("%.30q: got %q, want %q", c.text, r.Refused, c.want)
		}
	}
}

// A folder and a missing file are errors that say so.
func TestNoFile(t *testing.T) {
	for path, want := range map[string]string{t.TempDir(): "is a folder; name the files in it", filepath.Join(t.TempDir(), "none"): "no such file"} {
		if _, err := Read(context.Background(), path, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// Followers that stand beside the posts and lack only the time of collection are
// told apart from none.
func TestFollowersWithoutTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jsonl")
	post := `{"id":"7","author_id":"1","text":"A","created_at":"2024-01-31T12:00:00.000Z","public_metrics":{"like_count":1,"reply_count":0,"retweet_count":1,"quote_count":0},` +
		`"author":{"id":"1","username":"mfa_one","name":"M","public_metrics":{"followers_count":100,"following_count":1,"tweet_count":5}}}` + "\n"
	if err := os.WriteFile(path, []byte(post), 0o644); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(read(t, path, Options{}).cannot(), "\n")
	if !strings.Contains(got, "When the followers of 1 account were counted, which stand beside the posts: give observed_at in study.toml") || strings.Contains(got, "No followers") {
		t.Errorf("got %s", got)
	}
}

// The time of account snapshots is not that of the posts.
func TestTimesOfCrowdTangle(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	csv := "Account,User Name,Followers at Posting,Post Created,Type,Likes,Comments,Views,URL,Link,Photo,Title,Description\n" +
		"Ministry,mfa_one,100,2024-01-31 12:00:00 UTC,Photo,5,1,0,https://www.instagram.com/p/AbC/,,,,A\n"
	if err := os.WriteFile(path, []byte(csv), 0o644); err != nil {
		t.Fatal(err)
	}
	r := read(t, path, Options{})
	var b bytes.Buffer
	r.WriteText(&b)
	if r.Refused != "" || r.Observed.First.OK || r.Shown.First.V.String() != "2024-01-31T12:00:00Z" || !strings.Contains(b.String(), "observed   unknown (1 post without observed_at)") {
		t.Errorf("%+v\n%s", r, b.String())
	}
}
