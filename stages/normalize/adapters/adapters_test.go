package adapters

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fixtures holds a small valid file for each adapter.
var fixtures = map[string]string{
	"x_v2": `{"id":"1","author_id":"11","text":"one","edit_history_tweet_ids":["1"]}` + "\n" +
		`{"id":"2","author_id":"11","text":"two","edit_history_tweet_ids":["2"]}` + "\n",
	"twarc_csv": "id,author_id,text,created_at,referenced_tweets.retweeted.id,public_metrics.like_count\n" +
		"1,11,one,2023-09-08T06:00:00.000Z,,1.0\n2,11,two,2023-09-08T06:00:00.000Z,,\n",
	"x_v1_1": `{"created_at":"Wed Dec 05 22:58:32 +0000 2018","id_str":"1","text":"one","entities":{},"user":{"id_str":"11"}}` + "\n" +
		`{"created_at":"Wed Dec 05 22:58:32 +0000 2018","id_str":"2","text":"two","entities":{},"user":{"id_str":"11"}}` + "\n",
	"account_snapshots_csv": "platform,handle,observed_at,followers,followers_text,followers_low,followers_high\n" +
		"x,a,2024-01-01T05:00:00+05:00,50800,50.8K,50750,50849\nx,@b,2024-01-01T00:00:00.25Z,0,,,\nx,c,2024-01-01T00:00:00Z,,,,\n",
	"account_windows_csv": "platform,handle,window_from,window_to,posts,counted_by,likes_mean,likes_mean_text\n" +
		"x,a,2024-01-01,2024-06-01,47,AB,0.1,\"0,1\"\nx,b,2024-01-01,2024-06-01,0,AB,,\n",
	"published_csv": "id,source,locator,country,subject,platform,indicator,period,value_text,value,unit,note\n" +
		"s.a,s,Table 1,KAZ,country,,egdi,2022,0.8628%,0.8628,percent,\"two\nlines\"\ns.b,s,Table 2,,study,x,claim,,just over 2 million,,,\n",
	"telegram_desktop": `{"name": "MFA One", "type": "public_channel", "id": 1000000001, "messages": [
{"id": 1, "type": "message", "date_unixtime": "1704085200", "text": "one"},
{"id": 2, "type": "message", "date_unixtime": "1704085201", "text": "two"}]}
`,
	"crowdtangle_facebook": "Page Name,Post Created,Shares,Message,URL\nMFA One,2023-11-05 22:56:36 EST,1,one,https://www.facebook.com/mfa_one/posts/1\n" +
		"MFA One,2023-10-27 12:10:13 EDT,0,\"two\nlines\",https://www.facebook.com/mfa_one/posts/2\n",
	"crowdtangle_instagram": "Account,User Name,Post Created,Likes,URL\nMFA One,mfa_one,2023-11-05 22:56:36 EST,1,https://www.instagram.com/p/Aa1/\n" +
		"MFA One,mfa_one,2023-10-27 12:10:13 EDT,0,https://www.instagram.com/p/Bb2/\n",
	"crowdtangle_history": "ID,Score Date (GMT),Likes,Comments,\"Post Date (GMT)\",\"2021-07-04 22:38:03\",https://www.instagram.com/mfa_one/p/Aa1/\n" +
		"\"1\t\",2021-07-04 22:53:03,0,0\n\"1\t\",2021-07-04 23:08:03,5,1\n",
}

// decode runs a file through an adapter.
func decode(a Adapter, text string) (Batch, int, error) {
	b, err := a.Read(context.Background(), strings.NewReader(text), File{Name: "f"}, 2)
	if err != nil {
		return Batch{}, 0, err
	}
	return *b, int(b.Records()), nil
}

// The shelf holds what All lists, one file an adapter, each with a fixture that
// it alone recognizes.
func TestShelf(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	shared := []string{"adapters", "read", "presets", "csv", "accounts_csv", "open", "compressed", "workbook", "delimited", "shown", "tokens", "mapping", "mapping_split", "mapping_values",
		"json", "json_page", "json_split", "epoch", "x", "zeeschuimer", "clock", "observed", "unrecognized", "crowdtangle", "crowdtangle_split", "telegram_desktop_albums", "telegram_desktop_json",
		"expanded", "telegram_desktop_split", "instagram", "linkedin", "nested_table", "python_literal", "x_web", "x_scrape", "json_id", "telegram_telethon_parts", "telegram_telethon_split",
		"vk", "rows", "utf8"}
	var want, got []string
	for _, f := range files {
		if n, ok := strings.CutSuffix(f.Name(), ".go"); ok && !slices.Contains(shared, n) && !strings.HasSuffix(n, "_test") {
			want = append(want, n)
		}
	}
	for _, f := range presetNames(t) {
		want = append(want, f)
	}
	slices.Sort(want)
	small := smallFiles(t)
	for _, a := range All() {
		got = append(got, a.Name)
		text, ok := small[a.Name]
		if !ok || a.Doc == "" || a.Version < 1 {
			t.Errorf("adapter %s lacks a fixture, documentation or version", a.Name)
		}
		for _, b := range All() {
			if b.Detect([]byte(text), "f.csv") != (a.Name == b.Name) {
				t.Errorf("adapter %s on the fixture of %s: detected %v", b.Name, a.Name, a.Name != b.Name)
			}
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("All lists %v, the folder holds %v", got, want)
	}
}

// presetNames are the names of the files of presets.
func presetNames(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("presets/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no presets: %v", err)
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(filepath.Base(f), ".toml")
	}
	return files
}

// smallFiles are the fixtures above, and a small file of every format.
func smallFiles(t testing.TB) map[string]string {
	t.Helper()
	small := map[string]string{}
	for _, f := range formats(t) {
		if small[f.adapter.Name] == "" {
			small[f.adapter.Name] = f.whole(2)
		}
	}
	maps.Copy(small, fixtures)
	return small
}

func TestFixtures(t *testing.T) {
	for _, a := range All() {
		if fixtures[a.Name] == "" {
			continue
		}
		b, n, err := decode(a, fixtures[a.Name])
		if err != nil {
			t.Fatalf("%s: %v", a.Name, err)
		}
		if rows := len(b.Published) + len(b.Snapshots) + len(b.Windows) + len(b.Posts); rows != n || n < 2 {
			t.Errorf("%s: %d rows from %d records", a.Name, rows, n)
		}
		// A byte order mark and Windows line ends change nothing.
		c, _, err := decode(a, "\xef\xbb\xbf"+strings.ReplaceAll(fixtures[a.Name], "\n", "\r\n"))
		if err != nil || len(c.Snapshots) != len(b.Snapshots) || len(c.Posts) != len(b.Posts) || len(c.Windows) != len(b.Windows) || len(c.Published) != len(b.Published) {
			t.Errorf("%s with a byte order mark: %v", a.Name, err)
		}
	}
	b, _, _ := decode(AccountSnapshotsCSV, fixtures["account_snapshots_csv"])
	s := b.Snapshots
	if s[0].Row.ObservedAt.String() != "2024-01-01T00:00:00Z" || s[1].Row.ObservedAt.String() != "2024-01-01T00:00:00.25Z" {
		t.Errorf("times %v, %v", s[0].Row.ObservedAt, s[1].Row.ObservedAt)
	}
	if f := s[0].Row.Followers; f.V.V != 50800 || f.Text.V != "50.8K" || f.Low.V != 50750 || f.High.V != 50849 {
		t.Errorf("50.8K: %+v", f)
	}
	if f := s[1].Row.Followers; !f.V.OK || f.V.V != 0 || !f.Low.OK || f.Text.OK {
		t.Errorf("a zero is a zero: %+v", f)
	}
	if f := s[2].Row.Followers; f.V.OK || f.Low.OK || f.High.OK {
		t.Errorf("an empty cell is absent: %+v", f)
	}
	if s[1].Ref.Handle != "b" {
		t.Errorf("handle %q", s[1].Ref.Handle)
	}
	b, _, _ = decode(AccountWindowsCSV, fixtures["account_windows_csv"])
	if w := b.Windows[0].Row; w.LikesMean.V != 0.1 || w.LikesMeanText.V != "0,1" {
		t.Errorf("the printed text is kept: %+v", w)
	}
	b, _, _ = decode(PublishedCSV, fixtures["published_csv"])
	if p := b.Published[1]; p.Line != 4 || p.Row.Value.OK || p.Row.Country.OK || p.Row.ValueText != "just over 2 million" {
		t.Errorf("got line %d, %+v", p.Line, p.Row)
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		adapter    Adapter
		from, to   string
		wantPrefix string
	}{
		{AccountSnapshotsCSV, "2024-01-01T05:00:00+05:00", "2024-01-01 05:00", `2: observed_at: found "2024-01-01 05:00"; expected a time with its offset`},
		{AccountSnapshotsCSV, "50800", "50 80", `2: followers: found "50 80"; expected a count such as`},
		{AccountSnapshotsCSV, "50750", "50900", `2: followers_low: found "50900"; expected at most followers`},
		{AccountSnapshotsCSV, "50849", "50700", `2: followers_high: found "50700"; expected at least followers`},
		{AccountSnapshotsCSV, "handle", "handel", `1: header: found "handel"; unknown column; did you mean "handle"?`},
		{AccountSnapshotsCSV, "followers_high", "followers_low", `1: header: found "followers_low"; the column stands twice`},
		{AccountSnapshotsCSV, "50800,50.8K", ",50.8K", `2: followers: empty; expected the count beside its bounds`},
		{AccountSnapshotsCSV, "2024-01-01T05:00:00+05:00", "0001-01-01T05:00:00+05:00", `2: observed_at: found "0001-01-01T05:00:00+05:00"; expected a year`},
		{AccountSnapshotsCSV, "50.8K", "50.8\x00K", `2: column 5: found the control character U+0000`},
		{AccountSnapshotsCSV, "50.8K", strings.Repeat("8", 40000), `2: column 5: found 40000 characters in one cell`},
		{PublishedCSV, ",2022,", ",20x2,", `2: period: found "20x2"; expected a year`},
		{PublishedCSV, "0.8628,percent", "1e100,percent", `2: value: found "1e100"; expected a number with a decimal point`},
		{PublishedCSV, "0.8628,percent", "1000000000000000,percent", `2: value: found "1000000000000000"; expected a number below 1e15`},
		{PublishedCSV, "0.8628,percent", "-5,persons", `2: value: found "-5"; expected no negative persons`},
		{AccountWindowsCSV, "2024-06-01", "2024-01-01", `2: window_to: found "2024-01-01"; expected the day after`},
		{AccountWindowsCSV, "0.1,", "NaN,", `2: likes_mean: found "NaN"; expected a number`},
		{AccountWindowsCSV, "0.1,", "-1,", `2: likes_mean: found "-1"; expected a number from 0`},
		{AccountWindowsCSV, ",AB,", ",,", `2: counted_by: empty; expected a text`},
		{PublishedCSV, "s.a,s", "s.a,t", `2: id: found "s.a"; expected the source, a dot and a slug: t.…`},
		{PublishedCSV, "percent", "", `2: unit: empty; expected the unit of the value`},
		{PublishedCSV, "\"two\nlines\"", "\"two", `2: column`},
		{PublishedCSV, "note\n", "remark\n", `1: header: found "remark"; unknown column`},
		{PublishedCSV, ",value_text", "", `1: value_text: `},
	} {
		text := strings.Replace(fixtures[c.adapter.Name], c.from, c.to, 1)
		_, _, err := decode(c.adapter, text)
		if err == nil || !strings.HasPrefix(err.Error(), c.wantPrefix) {
			t.Errorf("%s with %q for %q:\ngot  %v\nwant %s", c.adapter.Name, c.to, c.from, err, c.wantPrefix)
		}
	}
}

// No bytes make a decoder panic, and every record becomes one row or an error.
func FuzzAdapters(f *testing.F) {
	for _, text := range smallFiles(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, a := range All() {
			b, n, err := decode(a, text)
			rows := len(b.Published) + len(b.Snapshots) + len(b.Windows) + len(b.Posts)
			if left := n - rows - len(b.Rejects) - int(b.Merged); a.Strict && rows != n || left < 0 {
				t.Errorf("%s: %d rows from %d records, %v", a.Name, rows, n, err)
			}
			a.Detect([]byte(text), "f.csv")
		}
		if _, err := ReadAccounts(strings.NewReader(text)); err != nil && err.Error() == "" {
			t.Error("an error without a message")
		}
	})
}

// A count beside the text that it was read from is as exact as that text.
func TestTextBoundsItsCount(t *testing.T) {
	b, _, err := decode(AccountSnapshotsCSV, "platform,handle,observed_at,followers,followers_text\nx,a,2024-01-01,50800,50.8K\nx,b,2024-01-01,50800,50 800\n")
	if err != nil {
		t.Fatal(err)
	}
	if f := b.Snapshots[0].Row.Followers; f.Low.V != 50750 || f.High.V != 50849 || f.Text.V != "50.8K" {
		t.Errorf("50.8K: %+v", f)
	}
	if f := b.Snapshots[1].Row.Followers; f.Low.V != 50800 || f.High.V != 50800 {
		t.Errorf("50 800: %+v", f)
	}
}
