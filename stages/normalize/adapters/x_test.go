package adapters

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diplometrics/datasets"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var xShelf = []Adapter{XV2, TwarcCSV, XV11}

// xRead reads a text as normalize does.
func xRead(t *testing.T, a Adapter, text string, f File, workers int) *Batch {
	t.Helper()
	b, err := a.Read(context.Background(), strings.NewReader(text), f, workers)
	if err != nil {
		t.Fatalf("%s: %v", a.Name, err)
	}
	return b
}

// xFixtures returns the texts of the fixtures of an adapter by path.
func xFixtures(t testing.TB, a Adapter) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/" + a.Name + "/*")
	if err != nil || len(files) == 0 {
		t.Fatalf("%s has no fixtures: %v", a.Name, err)
	}
	texts := map[string]string{}
	for _, f := range files {
		if !strings.HasSuffix(f, ".golden") {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			texts[f] = string(text)
		}
	}
	return texts
}

func TestXGolden(t *testing.T) {
	for _, a := range xShelf {
		for file, text := range xFixtures(t, a) {
			for _, b := range xShelf {
				if b.Detect([]byte(text), file) != (a.Name == b.Name) {
					t.Errorf("%s: %s detects %v", file, b.Name, a.Name != b.Name)
				}
			}
			got := shownBatch(xRead(t, a, text, File{}, 1))
			for _, other := range []string{
				shownBatch(xRead(t, a, text, File{}, 4)),
				shownBatch(xRead(t, a, "\xef\xbb\xbf"+text, File{}, 2)),
				shownBatch(xRead(t, a, strings.ReplaceAll(text, "\n", "\r\n"), File{}, 2)),
			} {
				if other != got {
					t.Errorf("%s: other rows with 4 workers, a byte order mark or Windows line ends:\n%s\n%s", file, got, other)
				}
			}
			golden(t, strings.TrimPrefix(file, "testdata/")+".golden", got)
			if strings.Contains(got, "token") || strings.Contains(got, "utm_") {
				t.Errorf("%s: the query of an address reached a row", file)
			}
		}
	}
}

// A file that is cut anywhere gives the rows before the cut, and a reject for
// what is cut; it is never short without saying so.
func TestXCut(t *testing.T) {
	for _, a := range xShelf {
		for file, text := range xFixtures(t, a) {
			whole := xRead(t, a, text, File{}, 1)
			for n := range len(text) {
				b, err := a.Read(context.Background(), strings.NewReader(text[:n]), File{}, 1)
				var refused *Refused
				if errors.As(err, &refused) && a.Name == TwarcCSV.Name { // inside the header
					continue
				}
				if err != nil {
					t.Fatalf("%s cut at %d: %v", file, n, err)
				}
				if len(b.Rejects) > 0 && strings.Contains(b.Rejects[len(b.Rejects)-1].Reason, cutPage) {
					withoutPage(b.Posts, whole.Posts)
				}
				if len(b.Posts) > len(whole.Posts) || !samePosts(b.Posts, whole.Posts[:len(b.Posts)]) {
					t.Fatalf("%s cut at %d: rows that the whole file does not have\n%s", file, n, shownBatch(b))
				}
				atEnd := strings.TrimSpace(text[:n]) == "" || text[n-1] == '\n' || text[n] == '\n' || strings.TrimSpace(text[n:]) == ""
				if a.Name == TwarcCSV.Name {
					atEnd = atEnd || !strings.Contains(text[:n], "\n") || lastColumnIsNotRead(text, n)
				}
				if !atEnd && len(b.Rejects) == 0 {
					t.Fatalf("%s cut at %d: short without a reject\n%s", file, n, shownBatch(b))
				}
			}
		}
	}
}

// lastColumnIsNotRead tells whether a cut lies in the last cell of a row, of a
// table that has nothing there.
func lastColumnIsNotRead(text string, n int) bool {
	header, _, _ := strings.Cut(text, "\n")
	columns := strings.Split(header, ",")
	row, _, _ := strings.Cut(text[n:], "\n")
	return !slices.Contains(twarcColumns, columns[len(columns)-1]) && !strings.Contains(row, ",")
}

// withoutPage makes the posts of a page that is cut those of the whole page,
// where they differ only in what stands behind its posts.
func withoutPage(posts, whole []Row[Post]) {
	for i := range min(len(posts), len(whole)) {
		p, q := &posts[i], whole[i]
		if p.Ref.ID == q.Ref.ID && p.Row.PostID == q.Row.PostID && p.Row.PostType == q.Row.PostType && p.Row.Counts == q.Row.Counts && p.Row.CreatedAt == q.Row.CreatedAt {
			*p = q
		}
	}
}

func samePosts(a, b []Row[Post]) bool {
	for i := range a {
		p, q := a[i], b[i]
		p.Row.Digest, q.Row.Digest = 0, 0
		if p != q {
			return false
		}
	}
	return true
}

// Raw pages and flattened posts of the same answer are the same posts.
func TestXV2RawAndFlat(t *testing.T) {
	raw := xRead(t, XV2, xFixtures(t, XV2)["testdata/x_v2/pages.jsonl"], File{}, 1)
	flat := xRead(t, XV2, xFixtures(t, XV2)["testdata/x_v2/flat.jsonl"], File{}, 1)
	a, b := raw.Posts[0].Row.Post, flat.Posts[0].Row.Post
	if a != b {
		t.Errorf("raw  %+v\nflat %+v", a, b)
	}
}

func TestXRefused(t *testing.T) {
	for _, c := range []struct {
		adapter    Adapter
		text, want string
	}{
		{XV2, `{"data":[{"start":"2023-01-01T00:00:00.000Z","end":"2023-01-02T00:00:00.000Z","tweet_count":5}],"meta":{"total_tweet_count":5}}`, "counts of posts"},
		{XV2, `{"data":[{"id":"1","name":"Embassies","owner_id":"2","member_count":3,"follower_count":4,"private":false}],"meta":{"result_count":1}}`, "lists of accounts"},
		{XV2, `{"id":"1","action":"delete","created_at":"2023-01-01T00:00:00.000Z","redacted_at":"2023-01-02T00:00:00.000Z","reason":"deleted"}` + "\n\n", "compliance"},
		{XV2, `{"data":[{"id":"11","username":"mfa_one","public_metrics":{"followers_count":1,"tweet_count":2}}]}`, "observed_at"},
		{XV11, `[{"id_str":"11","screen_name":"mfa_one","followers_count":1}]`, "observed_at"},
		{TwarcCSV, "id,username,public_metrics.followers_count,name\n11,mfa_one,1,a\n", "observed_at"},
		{XV11, `{"ids":[1,2,3],"next_cursor":0,"next_cursor_str":"0"}`, "who follows"},
		{XV11, `{"users":[{"id":1,"id_str":"1","screen_name":"a","followers_count":3}],"next_cursor":0,"next_cursor_str":"0"}`, "who follows"},
		{TwarcCSV, "start,end,tweet_count,__twarc.version\na,b,5,2\n", "counts of posts"},
		{TwarcCSV, "id,action,created_at,redacted_at,reason\n1,delete,a,b,c\n", "compliance"},
		{TwarcCSV, "id,owner_id,created_at,name,description,member_count,follower_count,private\n1,2,,a,,3,4,False\n", "lists of accounts"},
		{TwarcCSV, "id,text,author_id,created_at,public_metrics.like_count\n1,a,2,,3\n", "lacks the column referenced_tweets.retweeted.id"},
	} {
		if !c.adapter.Detect([]byte(c.text), "") {
			t.Errorf("%s does not detect %s", c.adapter.Name, c.text)
		}
		_, err := c.adapter.Read(context.Background(), strings.NewReader(c.text), File{}, 2)
		var refused *Refused
		if !errors.As(err, &refused) || !strings.Contains(refused.Reason, c.want) {
			t.Errorf("%s on %s: got %v, want a refusal about %s", c.adapter.Name, c.text, err, c.want)
		}
	}
}

// Files of other tools are not taken for these.
func TestXNotDetected(t *testing.T) {
	for _, text := range []string{
		"", "{", "[]", "<html><body>", "id,text\n1,a\n", "Date,User,Tweet\n",
		`{"nav_index":"1","item_id":"2","timestamp_collected":3,"data":{"rest_id":"2","legacy":{"full_text":"a"}}}`,
		`{"_type":"snscrape.modules.twitter.Tweet","id":1,"date":"2024-03-16 10:51:31+00:00","user":{"id":1,"username":"a"}}`,
		`{"data":{"user":{"result":{"__typename":"User","rest_id":"1"}}}}`,
		`{"name":"a","type":"public_channel","id":1,"messages":[{"id":1,"type":"message","text":"a"}]}`,
		`{"data":[{"id":"1_2","message":"a","created_time":"2023-01-01T00:00:00+0000"}],"paging":{}}`,
		`{"kind":"youtube#videoListResponse","items":[{"id":"a","statistics":{"likeCount":"3"}}]}`,
	} {
		for _, a := range xShelf {
			if a.Detect([]byte(text), "f.json") {
				t.Errorf("%s detects %q", a.Name, text)
			}
		}
	}
}

// Where the file has no time or account of its own, study.toml gives them.
func TestXFromStudy(t *testing.T) {
	f := File{Observed: datasets.Some(datasets.Micros(1_700_000_000_000_000)), Account: Ref{Handle: "mfa_one"}}
	b := xRead(t, XV11, `[{"id_str":"11","screen_name":"a","followers_count":1,"_fetch_timestamp":"2018-12-06 06:34:27"},{"id_str":"12","screen_name":"b","followers_count":0}]`, f, 1)
	if len(b.Snapshots) != 2 || b.Snapshots[0].Row.TimeSource != "field" || b.Snapshots[1].Row.TimeSource != "study.toml" {
		t.Errorf("users: %s", shownBatch(b))
	}
	b = xRead(t, XV2, `{"data":[{"id":"1700000000000000008","text":"Nobody's"}],"meta":{"result_count":1}}`, f, 1)
	if len(b.Posts) != 1 || b.Posts[0].Ref != (Ref{Platform: "x", Handle: "mfa_one"}) || b.Posts[0].Row.ObservedAt != f.Observed {
		t.Errorf("posts: %s", shownBatch(b))
	}
}

func TestXIDs(t *testing.T) {
	for s, rounded := range map[string]bool{
		"1.34709E+18": true, "1,34709E+18": true, "1.2e18": true, "1347090000000000000.0": true, "abc": false, "-1": false, " 1": false, "@mfa_one": false,
	} {
		if want := xID(s); want == "" || strings.Contains(want, "rounded") != rounded {
			t.Errorf("%s: %q", s, want)
		}
	}
	if want := xID("1700000000000000001"); want != "" {
		t.Error(want)
	}
	if u := (&Batch{}).xURL("a?token=1", "1"); u.OK {
		t.Error(u.V)
	}
}

// JSON nested too deep, or longer than a record may be, is a reject.
func TestJSONLimits(t *testing.T) {
	deep := strings.Repeat(`{"data":`, 100_000) + "1" + strings.Repeat("}", 100_000)
	good := `{"data":[{"id":"1700000000000000002","author_id":"11","text":"Whole"}],"meta":{"result_count":1}}`
	for _, text := range []string{
		deep, strings.Repeat("[", 100_000), strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), strings.Repeat(`{"data":`, 100_000),
	} {
		if b := xRead(t, XV2, text, File{}, 2); len(b.Rejects) != 1 || b.Records() != 1 {
			t.Errorf("%.20s: %s", text, shownBatch(b))
		}
		XV2.Detect([]byte(text[:min(len(text), 64<<10)]), "")
	}
	if testing.Short() {
		t.Skip("large records")
	}
	line := func(n int) io.Reader {
		return io.MultiReader(strings.NewReader(good+"\n"+`{"data":"`), io.LimitReader(endless{}, int64(n)), strings.NewReader("\"}\n"+good+"\n"))
	}
	for _, n := range []int{MaxRecord + 1, 3 * MaxRecord} {
		b, err := XV2.Read(context.Background(), line(n), File{}, 2)
		if err != nil || len(b.Posts) != 2 || len(b.Rejects) != 1 || b.Rejects[0].Reason != tooLarge || b.Rejects[0].Line != 2 {
			t.Errorf("%d: %v", n, err)
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

func TestSplitJSON(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{" \n\n", ""},
		{`{"a":1}`, `1 {"a":1}`},
		{"{\"a\":1}\n\n{\"a\":2}\r\n", `1 {"a":1}|3 {"a":2}`},
		{"{\n \"a\": 1\n}\n{\n \"a\": 2\n}\n", "1 {\n \"a\": 1\n}|4 {\n \"a\": 2\n}"},
		{`[{"a":1},{"a":[2]} , {"a":"]}"}]`, `1 {"a":1}|2 {"a":[2]}|3 {"a":"]}"}`},
		{"[\n{\"a\":1},\n{\"a\":2}\n]\n", `2 {"a":1}|3 {"a":2}`},
		{"[{\"a\":1}]\n[{\"a\":2}]\n", `1 {"a":1}|1 {"a":2}`},
		{`["x,]",1,{"a":1}]`, `1 "x,]"|2 1|3 {"a":1}`},
		{"{\"a\":{}\n,\"b\":1}\n", "1 {\"a\":{}\n,\"b\":1}"},
		{"{\"a\":[\n{\"b\":1},\n{\"b\":2}\n]}\n", "1 {\"a\":[\n{\"b\":1},\n{\"b\":2}\n]}"},
		{"{\"a\":\"\\\"}\\\\\"}\n{\"b\":1}", `1 {"a":"\"}\\"}|2 {"b":1}`},
		{"{\"a\":\"x\n{\"b\":1}\n{\"c\":1}\n", `!1 ` + brokenLine + `|2 {"b":1}|3 {"c":1}`},
		{"{\"a\":[\n{\"b\":1}\n{\"c\":1}\n", `!1 ` + brokenOff + `|2 {"b":1}|3 {"c":1}`},
		{"{\"a\":1}\n{\"b\":", `1 {"a":1}|!2 ` + endsInside},
		{"{\n\"a\":1,", "!1 " + endsInside},
		{`[{"a":1},`, `1 {"a":1}|!1 the file ends before its list does`},
		{"junk\n{\"a\":1}\n", `1 junk|2 {"a":1}`},
	} {
		var got []string
		splitJSON(iotest{strings.NewReader(c.text)}, func(r Record, err error) bool {
			var wrong *RecordError
			if errors.As(err, &wrong) {
				got = append(got, fmt.Sprintf("!%d %s", wrong.Line, wrong.Want))
			} else {
				got = append(got, fmt.Sprintf("%d %s", r.Line, r.Raw))
			}
			return true
		})
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("%q:\ngot  %q\nwant %q", c.text, s, c.want)
		}
	}
}

// iotest reads one byte at a time.
type iotest struct{ r io.Reader }

func (r iotest) Read(p []byte) (int, error) { return r.r.Read(p[:min(1, len(p))]) }

// A damaged compression gives what was readable and one reject.
func TestJSONReadError(t *testing.T) {
	bad := errors.New("gzip: invalid checksum")
	for text, rejects := range map[string]int{"{\"id\":\"1\",\"author_id\":\"2\",\"text\":\"a\"}\n": 1, "{\"id\":\"1\",\"author_id\":\"2\",\"text\":\"a\"}\n{\"id\":": 1} {
		b, err := XV2.Read(context.Background(), io.MultiReader(strings.NewReader(text), failing{bad}), File{}, 1)
		if err != nil || len(b.Posts) != 1 || len(b.Rejects) != rejects || !strings.Contains(b.Rejects[0].Reason, "checksum") {
			t.Errorf("%q: %v %+v", text, err, b)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// jsonRecords counts the records of a text as the JSON package reads what the adapter cuts; false
// where that cannot be said.
func jsonRecords(a Adapter, text []byte, members ...string) (n int64, ok bool) {
	ok = true
	a.Split(bytes.NewReader(text), func(r Record, err error) bool {
		if err != nil {
			n++
			return true
		}
		var doc map[string]json.RawMessage
		if !json.Valid(r.Raw) || json.Unmarshal(r.Raw, &doc) != nil || bytes.Contains(r.Raw, []byte(`\u`)) {
			ok = false
			return false
		}
		if _, post := doc["id"]; post || doc["id_str"] != nil {
			n++
			return true
		}
		inside := int64(-1)
		for _, m := range members {
			var list []json.RawMessage
			switch raw := doc[m]; {
			case raw == nil || string(raw) == "null":
			case json.Unmarshal(raw, &list) == nil:
				inside = max(inside, 0) + int64(len(list))
			default:
				ok = false
			}
		}
		if inside < 0 {
			ok = false
		}
		n += inside
		return true
	})
	return n, ok
}

func fuzzX(f *testing.F, a Adapter, expected func(text []byte) (int64, bool)) {
	for _, text := range xFixtures(f, a) {
		f.Add([]byte(text))
		for _, line := range strings.SplitAfter(text, "\n") {
			f.Add([]byte(line))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		a.Detect(text, "f")
		one, err := a.Read(context.Background(), bytes.NewReader(text), File{}, 1)
		if err != nil {
			return
		}
		four, err := a.Read(context.Background(), iotest{bytes.NewReader(text)}, File{}, 4)
		if err != nil || shownBatch(one) != shownBatch(four) {
			t.Fatalf("other rows with 4 workers: %v\n%s\n%s", err, shownBatch(one), shownBatch(four))
		}
		if want, ok := expected(text); ok && one.Records() != want {
			t.Fatalf("%d records went in, %d came out\n%s", want, one.Records(), shownBatch(one))
		}
		for _, p := range one.Posts {
			if p.Row.PostID == "" || p.Ref.ID+p.Ref.Handle == "" || p.Row.PostType == datasets.Repost && p.Row.Counts != (datasets.Counts{}) {
				t.Fatalf("%+v", p)
			}
		}
	})
}

func FuzzDecodeXV2(f *testing.F) {
	fuzzX(f, XV2, func(text []byte) (int64, bool) { return jsonRecords(XV2, text, "data", "errors") })
}

func FuzzDecodeXV11(f *testing.F) {
	fuzzX(f, XV11, func(text []byte) (int64, bool) { return jsonRecords(XV11, text, "statuses") })
}

// The author of a flattened post is an account under its own id, whatever the post
// says; without an id it is none.
func TestAuthorIsAccount(t *testing.T) {
	post := func(fields string) string {
		return `{"id": "1862521062814646272", "text": "a", ` + fields + `, "__twarc": {"retrieved_at": "2025-01-15T00:00:01Z"}}` + "\n"
	}
	const counts = `"public_metrics": {"followers_count": 7}}`
	for _, c := range []struct{ fields, account, post string }{
		{`"author_id": "1", "author": {"id": "1", "username": "a", "name": " A ", ` + counts, "x 1 (@a)", "x 1 (@a)"},
		{`"author_id": "1", "author": {"id": "2", "username": "a", ` + counts, "x 2 (@a)", "x 1 (@a)"},
		{`"author": {"id": "2", "username": "a", ` + counts, "x 2 (@a)", "x 2 (@a)"},
		{`"author_id": "1", "author": {"username": "a", ` + counts, "", "x 1 (@a)"},
		{`"author_id": "1", "author": {"id": 1, "username": "a", ` + counts, "", "x 1 (@a)"},
		{`"author_id": "1", "author": {"id": "1", "username": "a"}`, "", "x 1 (@a)"},
		{`"author_id": "1", "author": null`, "", "x 1"},
		{`"author_id": "1", "entities": {"mentions": [{"id": "3", "username": "c"}, {"id": "4", "username": "d", ` + counts + `]}`, "x 4 (@d)", "x 1"},
		{`"author_id": "1", "referenced_tweets": [{"type": "quoted", "id": "9", "author": {"id": "5", "username": "e", ` + counts + `}]`, "x 5 (@e)", "x 1"},
	} {
		b, _, err := decode(XV2, post(c.fields))
		if err != nil || len(b.Posts) != 1 || b.Posts[0].Ref.String() != c.post {
			t.Fatalf("%s: %v, %s", c.fields, err, shownBatch(&b))
		}
		account := ""
		for _, a := range b.Accounts {
			account += a.Ref.String()
		}
		if account != c.account {
			t.Errorf("%s: accounts %s, want %s", c.fields, account, c.account)
		}
	}
}

func FuzzDecodeTwarcCSV(f *testing.F) {
	fuzzX(f, TwarcCSV, func(text []byte) (n int64, ok bool) {
		header := int64(0)
		splitTwarcCSV(bytes.NewReader(text), func(_ Record, err error) bool {
			if n++; err == nil {
				header = 1
			}
			return true
		})
		return n - header, true
	})
}
