package stages

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diplometrics/datasets"
	"diplometrics/stages/inspect"
)

// writeStudy makes a study of files, of which those below raw/ are its sources
// a, b, c and so on in the given order.
func writeStudy(t *testing.T, raw []string, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "study")
	toml := "title = \"A study\"\ncountries = [\"KAZ\", \"UZB\"]\nwindow = [\"2023-12-01\", \"2024-03-01\"]\n"
	for i, f := range raw {
		toml += fmt.Sprintf("[[source]]\nid = \"%c\"\nfile = %q\ntitle = \"T\"\n", 'a'+i, f)
	}
	all := map[string]string{"study.toml": toml, "accounts.csv": "platform,account_id,handle,country,organization\nx,1,mfa_1,KAZ,First\nx,2,mfa_2,UZB,Second\n"}
	for n, text := range files {
		all[n] = text
	}
	for n, text := range all {
		p := filepath.Join(dir, filepath.FromSlash(n))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// What two sources show alike of an account at one moment is one observation;
// where they differ each keeps its own. Repeated users of one answer are one,
// and inspect counts them so too.
func TestOneObservationOfTwoSources(t *testing.T) {
	user := func(id, retrieved string, followers int) string {
		return fmt.Sprintf(`{"id":"%s","username":"mfa_%s","name":"M","public_metrics":{"followers_count":%d,"following_count":1,"tweet_count":5},"__twarc":{"retrieved_at":"%s"}}`+"\n", id, id, followers, retrieved)
	}
	const head = "platform,handle,observed_at,followers\n"
	users := user("1", "2024-01-31T00:00:00Z", 10) + user("1", "2024-01-31T00:00:00Z", 11) + user("2", "2024-01-31T00:00:00Z", 7)
	dir := writeStudy(t, []string{"raw/c.csv", "raw/a.csv", "raw/users.jsonl"}, map[string]string{
		"raw/a.csv":       head + "x,mfa_1,2024-01-01,100\nx,mfa_1,2024-02-01,110\nx,mfa_2,2024-01-01,5\n",
		"raw/c.csv":       head + "x,mfa_1,2024-01-01,100\nx,mfa_1,2024-02-01,111\nx,mfa_2,2024-01-01,5\nx,mfa_2,2024-01-01,5\n",
		"raw/users.jsonl": users,
	})
	runStudy(t, dir, "normalize")
	got := ""
	for _, s := range partitions(t, dir, &datasets.AccountSnapshots) {
		got += fmt.Sprintln(s.AccountID, s.ObservedAt.Day(), s.Followers.V.V, s.Source)
	}
	// Source a is raw/c.csv, b is raw/a.csv.
	want := "1 2024-01-01 100 a\n1 2024-01-31 11 c\n1 2024-02-01 111 a\n1 2024-02-01 110 b\n2 2024-01-01 5 a\n2 2024-01-31 7 c\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	kept := ""
	for _, s := range readAll(t, &datasets.Sources, filepath.Join(dir, "normalized/sources.parquet")) {
		kept += fmt.Sprintln(s.File, s.Records.V, s.Kept.V, s.Merged.V, s.Filtered.V, s.Rejected.V)
	}
	if want := "raw/a.csv 3 1 2 0 0\nraw/c.csv 4 3 1 0 0\nraw/users.jsonl 3 2 1 0 0\n"; kept != want {
		t.Errorf("got\n%swant\n%s", kept, want)
	}
	r, err := inspect.Read(context.Background(), filepath.Join(dir, "raw/users.jsonl"), inspect.Options{})
	if err != nil || r.Kept != 2 || r.Merged != 1 {
		t.Errorf("inspect: %+v, %v", r, err)
	}
	if n := strings.Count(users, "\n"); r.Records != int64(n) {
		t.Errorf("%d records, want %d", r.Records, n)
	}
}

// A date in study.toml is known to the day, a moment to the second; neither can
// lie before a post that was observed then.
func TestObservedAtOfStudy(t *testing.T) {
	user := `{"id":"1","username":"mfa_1","name":"M","public_metrics":{"followers_count":5,"following_count":1,"tweet_count":5}}` + "\n"
	post := `{"id":"7","author_id":"1","text":"A","created_at":"2024-01-31T12:00:00.000Z","public_metrics":{"like_count":1,"reply_count":0,"retweet_count":1,"quote_count":0}}` + "\n"
	for _, c := range []struct{ at, moment, precision, wrong string }{
		{"2024-01-31", "2024-01-31T00:00:00Z", "day", ""},
		{"2024-01-31T13:00:00Z", "2024-01-31T13:00:00Z", "second", ""},
		{"2024-01-31T00:00:00Z", "", "", "raw/posts.jsonl:1: study.toml says that it was collected at 2024-01-31T00:00:00Z, but post 7 was posted at 2024-01-31T12:00:00Z; correct observed_at, or leave it out"},
		{"2024-01-29", "", "", "raw/posts.jsonl:1: study.toml says that it was collected at 2024-01-29, but post 7 was posted at 2024-01-31T12:00:00Z"},
	} {
		dir := writeStudy(t, []string{"raw/posts.jsonl", "raw/users.jsonl"}, map[string]string{"raw/posts.jsonl": post, "raw/users.jsonl": user})
		edit(t, dir, func(toml string) string {
			return strings.ReplaceAll(toml, "title = \"T\"\n", "title = \"T\"\nobserved_at = \""+c.at+"\"\n")
		})
		_, err := tryStudy(dir, "normalize")
		if c.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), c.wrong) {
				t.Errorf("%s: got %v, want %s", c.at, err, c.wrong)
			}
			o, err := inspect.Find(filepath.Join(dir, "raw/posts.jsonl"))
			if err != nil {
				t.Fatal(err)
			}
			if r, err := inspect.Read(context.Background(), filepath.Join(dir, "raw/posts.jsonl"), o); err != nil || !strings.HasPrefix(r.Refused, "study.toml says") {
				t.Errorf("inspect: %+v, %v", r, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		s := partitions(t, dir, &datasets.AccountSnapshots)
		if len(s) != 1 || s[0].ObservedAt.String() != c.moment || s[0].ObservedPrecision != c.precision || s[0].TimeSource != "study.toml" {
			t.Errorf("%s: %+v", c.at, s)
		}
		for part, rows := range everywhere(t, &datasets.PostSnapshots, dir) {
			if len(rows) != 1 || rows[0].ObservedAt.V.String() != c.moment || rows[0].TimeSource.V != "study.toml" {
				t.Errorf("%s: %s: %+v", c.at, part, rows)
			}
		}
	}
}

// edit changes the study.toml of a study.
func edit(t *testing.T, dir string, change func(string) string) {
	t.Helper()
	p := filepath.Join(dir, "study.toml")
	b, err := os.ReadFile(p)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(change(string(b))), 0o644); err != nil {
		t.Fatal(err)
	}
}

// The folder of a Telegram export says when it was made, unless it cannot be.
func TestDayOfTelegramFolder(t *testing.T) {
	chat := func(unix string) string {
		return `{"name":"M","type":"public_channel","id":77,"messages":[{"id":1,"type":"message","date":"2024-07-01T10:00:00","date_unixtime":"` + unix + `","from":"M","from_id":"channel77","text":"a"}]}`
	}
	accounts := "platform,account_id,handle,country,organization\ntelegram,77,mfa_one,KAZ,First\nx,2,mfa_2,UZB,Second\n"
	for _, c := range []struct{ folder, unix, at, source string }{
		{"ChatExport_2024-07-02", "1719800000", "2024-07-02T00:00:00Z", "file name"}, // posted 2024-07-01T02:13:20Z
		{"ChatExport_2024-07-02 (1)", "1719800000", "2024-07-02T00:00:00Z", "file name"},
		{"ChatExport_2024-06-01", "1719800000", "", ""},
		{"ministry", "1719800000", "", ""},
	} {
		file := "raw/" + c.folder + "/result.json"
		dir := writeStudy(t, []string{file}, map[string]string{file: chat(c.unix), "accounts.csv": accounts})
		runStudy(t, dir, "normalize")
		posts := readAll(t, &datasets.Posts, filepath.Join(dir, "normalized/posts/country_code=KAZ/year=2024/posts.parquet"))
		at := ""
		if posts[0].ObservedAt.OK {
			at = posts[0].ObservedAt.V.String()
		}
		if len(posts) != 1 || at != c.at || posts[0].TimeSource.V != c.source {
			t.Errorf("%s: %+v", c.folder, posts)
		}
		// accounts.csv alone gives the handle.
		if posts[0].URL.V != "https://t.me/mfa_one/1" {
			t.Errorf("address %+v", posts[0].URL)
		}
	}
}

// Account snapshots lie by country and year: a year ends in UTC, a body of no country
// is in none, and followers at posting are known from any year. Tables of the whole
// are in the order of the key, whatever the partition, and no byte of any follows the
// order of study.toml.
func TestSnapshotsByCountryAndYear(t *testing.T) {
	const head = "platform,handle,observed_at,followers\n"
	posts := tweet("7", "1", "2024-07-02T00:00:00.000Z", "2026-01-01T00:00:00Z", 3)
	files := map[string]string{
		"accounts.csv": "platform,account_id,handle,country,organization\nx,1,mfa_1,UZB,First\nx,2,mfa_2,KAZ,Second\nx,3,un_3,,Third\n",
		"raw/a.csv":    head + "x,mfa_1,2023-12-31T23:59:59Z,100\nx,mfa_1,2025-01-01T00:00:01Z,300\nx,mfa_2,2024-05-01,7K\nx,un_3,2024-05-01,9\n",
		"raw/b.csv":    head + "x,mfa_1,2025-01-01T00:00:01Z,301\nx,mfa_1,2023-01-01,90\nx,mfa_2,2024-05-01,7.0K\n",
		"raw/posts.jl": posts,
	}
	var want map[string]string
	for i, order := range [][]string{{"raw/a.csv", "raw/b.csv", "raw/posts.jl"}, {"raw/posts.jl", "raw/b.csv", "raw/a.csv"}} {
		dir := writeStudy(t, order, files)
		edit(t, dir, func(toml string) string {
			for n, f := range order {
				id := map[string]string{"raw/a.csv": "one", "raw/b.csv": "one", "raw/posts.jl": "posts"}[f]
				toml = strings.Replace(toml, fmt.Sprintf("id = \"%c\"", 'a'+n), fmt.Sprintf("id = %q", id), 1)
			}
			return toml
		})
		runStudy(t, dir, "tabulate")
		if i == 0 {
			got := ""
			for part, rows := range everywhere(t, &datasets.AccountSnapshots, dir) {
				for _, s := range rows {
					if !strings.HasSuffix(part, "="+s.ObservedAt.String()[:4]) {
						t.Errorf("%s: %+v", part, s)
					}
				}
				got += fmt.Sprintln(part, len(rows))
			}
			for _, w := range []string{"country_code=UZB/year=2023 2\n", "country_code=UZB/year=2025 1\n", "country_code=KAZ/year=2024 1\n", "country_code=none/year=2024 1\n", "country_code=UZB/year=2026 1\n"} {
				if !strings.Contains(got, w) {
					t.Errorf("got\n%swithout %s", got, w)
				}
			}
			csv, err := os.ReadFile(filepath.Join(dir, "metrics/account_snapshots.csv"))
			if err != nil {
				t.Fatal(err)
			}
			lines := ""
			for _, l := range strings.Split(strings.TrimSpace(string(csv)), "\n")[1:] {
				c := strings.Split(l, ",")
				lines += strings.TrimSpace(strings.Join([]string{c[1], c[2], c[4], c[5]}, " ")) + "\n"
			}
			// Of two counts of one source at one moment the larger stands, of equal ones that of the first file.
			if want := "1 2023-01-01T00:00:00Z 90\n1 2023-12-31T23:59:59Z 100\n1 2025-01-01T00:00:01Z 301\n1 2026-01-01T00:00:00Z 100\n2 2024-05-01T00:00:00Z 7000 7K\n3 2024-05-01T00:00:00Z 9\n"; lines != want {
				t.Errorf("got\n%swant\n%s", lines, want)
			}
			for part, rows := range everywhere(t, &datasets.PostContexts, dir) {
				if c := rows[0]; len(rows) != 1 || c.FollowersMethod.V != datasets.FollowersInterpolated || c.Followers.V < 200 || c.Followers.V > 201 {
					t.Errorf("%s: %+v", part, rows)
				}
			}
			want = snapshotOf(t, dir)
			continue
		}
		for name, sum := range snapshotOf(t, dir) {
			if want[name] != sum {
				t.Errorf("%s follows the order of study.toml", name)
			}
		}
	}
}
