package start

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"diplometrics/stages/inspect"
)

// Sheets of followers as people make them become sources whose mapping gives
// the same rows once the study is loaded.
func TestTables(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		snapshots        int64
		first, account   string
	}{
		{"months side by side", "followers.csv", "Embassy,Platform,Handle,2024-01,2024-02\nOne,Twitter,@emb_one,100,\nTwo,Instagram,emb_two,50.8K,51K\n", 3, "2024-01-01", "x @emb_one"},
		{"days under a title", "sheet.csv", "Followers of our embassies;;\nAccount;01.01.2024;01.02.2024\nhttps://x.com/emb_one?lang=ru;100;110\n", 2, "2024-01-01", "x @emb_one"},
		{"Russian months", "подписчики telegram.csv", "Аккаунт;Январь 2024;февраль 2024\nmfa_one;12 400;1,2 тыс.\n", 2, "2024-01-01", "telegram @mfa_one"},
		{"a row a day", "telegram.tsv", "Дата\tНик\tПодписчиков\n2024-01-31\tmfa_one\t100\n2024-02-29\tmfa_one\t110\n", 2, "2024-01-31", "telegram @mfa_one"},
		{"ids", "long.csv", "date,platform,account_id,followers\n2024-01-31,facebook,100,1\n2024-02-29,VK,200,0\n", 2, "2024-01-31", "facebook 100"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(c.file+c.text, "telegram") && !strings.Contains(c.text, "latform") {
				c.file = "twitter " + c.file
			}
			dir := folder(t, map[string]string{"raw/" + c.file: c.text})
			toml, _, said := start(t, dir)
			st := fill(t, dir)
			if len(st.Sources) != 1 {
				t.Fatalf("%d sources\n%s\n%s", len(st.Sources), toml, said)
			}
			check(t, filepath.Join(dir, "raw", c.file), c.snapshots, c.first, c.account)
		})
	}
}

// check inspects a file in its study.
func check(t *testing.T, file string, snapshots int64, first, account string) {
	t.Helper()
	o, err := inspect.Find(file)
	if err != nil {
		t.Fatal(err)
	}
	r, err := inspect.Read(context.Background(), file, o)
	if err != nil || r.Refused != "" {
		t.Fatalf("%v, refused: %s", err, r.Refused)
	}
	if got := r.Shown.First.V.Day().String(); r.AccountSnapshots != snapshots || len(r.Rejected) > 0 || got != first {
		t.Errorf("%d snapshots from %s, rejected %v; want %d from %s", r.AccountSnapshots, got, r.Rejected, snapshots, first)
	}
	names := ""
	for _, a := range r.Accounts {
		names += a.Ref.String() + "\n"
	}
	if !strings.Contains(names, account+"\n") {
		t.Errorf("accounts\n%swant %s", names, account)
	}
}

// A workbook with the first days of months as dates, as Excel keeps them.
func TestWorkbook(t *testing.T) {
	f := excelize.NewFile()
	cells := map[string]any{"A1": "Embassy", "B1": "Platform", "C1": "Handle", "A2": "One", "B2": "X", "C2": "emb_one", "D2": 100, "E2": 110, "A3": "Two", "B3": "Facebook", "C3": "emb_two", "D3": 7, "E3": 0,
		"D1": time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), "E1": time.Date(2024, 2, 1, 0, 0, 0, 0, time.UTC)}
	for at, v := range cells {
		if err := f.SetCellValue("Sheet1", at, v); err != nil {
			t.Fatal(err)
		}
	}
	dir := folder(t, map[string]string{"raw/.keep": ""})
	file := filepath.Join(dir, "raw", "followers by month.xlsx")
	if err := f.SaveAs(file); err != nil {
		t.Fatal(err)
	}
	start(t, dir)
	fill(t, dir)
	check(t, file, 4, "2024-01-01", "x @emb_one")
}

// What had to be assumed is proposed, and left out until somebody checks it.
func TestUnsureTables(t *testing.T) {
	for _, c := range []struct{ file, text, want string }{
		{"counts.csv", "Platform,Handle,2024-01,2024-02\nx,a,1,2\n", "nothing says that followers are counted"},
		{"followers.csv", "Handle,2024-01,2024-02\na,1,2\n", "nothing says that the platform is x"},
		{"followers.csv", "Platform,Handle,2024-01,2024-02\nx,a,1,2\nMySpace,b,1,2\n", `nothing says which platform "MySpace" is`},
		{"followers.csv", "Platform,Handle,2024-01,2024-02\nx,a,1,2\nx,b,many,2\n", "what to do with rows such as line 3"},
	} {
		dir := folder(t, map[string]string{c.file: c.text})
		toml, accounts, said := start(t, dir)
		if !strings.Contains(toml, c.want) || !strings.Contains(said, c.want) || !strings.Contains(toml, "\n# [source.mapping]\n") || !strings.Contains(accounts, ",a,") {
			t.Errorf("want %s in\n%s\n%s\n%s", c.want, toml, said, accounts)
		}
		// Switched on, it is a source as any other.
		_, left, _ := strings.Cut(toml, "# Left out")
		on := strings.ReplaceAll(left[strings.Index(left, "# [[source]]"):], "\n# ", "\n")
		if err := os.WriteFile(filepath.Join(dir, "study.toml"), []byte(strings.TrimSuffix(toml, left)+"\n"+on[2:]), 0o644); err != nil {
			t.Fatal(err)
		}
		if st := fill(t, dir); len(st.Sources) != 1 {
			t.Errorf("%d sources in\n%s", len(st.Sources), text(t, dir, "study.toml"))
		}
	}
}

// Tables of other things are not taken for sheets of followers.
func TestOtherTables(t *testing.T) {
	for _, head := range []string{
		"", "colour;number\nred;1\n", "Handle,Name\na,b\n", "Date,Followers\n2024-01-01,5\n2024-01-02,6\n", "Handle,01/02/2024,02/03/2024\na,1,2\n",
		"Handle,Date,Followers\na,soon,5\nb,later,6\n", "2024-01,2024-02\n1,2\n", "\"Handle\n", "sep=;\nHandle;2024-01;2024-02\na;1;2\n",
	} {
		if got := tableOf([]byte(head), "x.csv"); got != nil {
			t.Errorf("%q: %+v", head, got.mapping)
		}
	}
}

func FuzzTableOf(f *testing.F) {
	f.Add("Embassy,Platform,Handle,2024-01,2024-02\nOne,Twitter,@emb_one,100,\n", "followers.csv")
	f.Add("Дата\tНик\tПодписчиков\n31.01.2024\tmfa_one\t100\n", "telegram.tsv")
	f.Fuzz(func(t *testing.T, head, name string) {
		if got := tableOf([]byte(head), name); got != nil && got.toml() == "" {
			t.Error("a table without a mapping")
		}
	})
}

// JSON lines are proposed too, switched off where something had to be assumed;
// so is what an adapter reads once study.toml says what the file does not.
func TestKnownTables(t *testing.T) {
	for _, c := range []struct{ file, text, why, account, line string }{
		{"one day.csv", "date;platform;account;followers\n31.1.2024;x;mfa_one;100\n", "", "x,,mfa_one", `fields.observed_at = { column = "date", layout = "2.1.2006" }`},
		{"f.jsonl", `{"day":"2024-01-31","acc":"mfa_one","n":100}` + "\n" + `{"day":"2024-02-29","acc":"mfa_one","n":110}` + "\n", "nothing says that n counts followers, nor that the platform is x", "x,,mfa_one", `# fields.followers = { column = "n" }`},
		{"list.json", `[{"date":"2024-01-31","account":{"username":"mfa_one"},"network":"VK","subscribers":"1,2 тыс."}]`, "", "", ""},
		{"list of handles.json", `[{"date":"2024-01-31","handle":"mfa_one","network":"VK","subscribers":"1,2 тыс."}]`, "", "vk,,mfa_one", `fields.followers = { column = "subscribers" }`},
		{"minet.csv", "id,timestamp_utc,local_time,user_screen_name,text,retweet_count,like_count,reply_count,impression_count,lang,to_tweetid,user_id,retweeted_id,quoted_id,collection_time,url\n" +
			"1700000000000000001,1610005273.0,2021-01-07T08:41:13,mfa_one,A,1,2,,,en,,11,,,2021-01-08T10:18:11.463413,https://twitter.com/mfa_one/status/1700000000000000001\n",
			"expected a time with its offset; give zone", "x,11,mfa_one", `# zone = "Asia/Almaty" # FILL IN`},
		{"minet users.csv", "id,screen_name,timestamp_utc,tweets,followers,friends,likes\n11,mfa_one,1502908414,5,729,475,3230\n", "it does not say when its accounts were counted", "x,11,mfa_one", `# observed_at = "2024-01-31" # FILL IN`},
	} {
		t.Run(c.file, func(t *testing.T) {
			dir := folder(t, map[string]string{"raw/" + c.file: c.text})
			toml, accounts, said := start(t, dir)
			if c.account == "" { // nothing names the account
				if !strings.Contains(said, "left out: it is a JSON list of records with the keys account, date, network, subscribers") {
					t.Errorf("said %s", said)
				}
				return
			}
			if !strings.Contains(accounts, c.account) || !strings.Contains(toml, c.line) || !strings.Contains(said, c.why) || (c.why == "") == strings.Contains(said, "left out") {
				t.Errorf("want %s, %s and %q in\n%s\n%s\n%s", c.account, c.line, c.why, toml, accounts, said)
			}
			if _, left, found := strings.Cut(toml, "# Left out"); found {
				on := strings.ReplaceAll(left[strings.Index(left, "# [[source]]"):], "\n# ", "\n")
				all := strings.Replace(strings.TrimSuffix(toml, left)+"\n"+on[2:], "window = [] # FILL IN", `window = ["2024-01-01", "2024-02-01"]`, 1)
				if err := os.WriteFile(filepath.Join(dir, "study.toml"), []byte(all), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			fill(t, dir)
			o, err := inspect.Find(filepath.Join(dir, "raw", c.file))
			if err != nil {
				t.Fatal(err)
			}
			r, err := inspect.Read(context.Background(), filepath.Join(dir, "raw", c.file), o)
			if err != nil || r.Refused != "" || r.Kept != r.Records || r.Kept == 0 {
				t.Errorf("%v, %s: %d of %d records kept, %v", err, r.Refused, r.Kept, r.Records, r.Rejected)
			}
		})
	}
}

// Many files of one format in a folder are one source, where a pattern names
// them and no others; what each of them is otherwise stays by itself.
func TestTogether(t *testing.T) {
	files := map[string]string{"raw/other/notes.json": "[1, 2]"}
	for i := range 12 {
		files[fmt.Sprintf("raw/mfa_one/2024-01-%02d_10-00-00_UTC.json", i+1)] = fmt.Sprintf(`{"node":{"shortcode":"A%d","date":%d,"owner":{"id":"11","username":"mfa_one"},"edge_media_preview_like":{"count":%d},"comments":1},"instaloader":{"node_type":"Post"}}`, i, 1704100000+86400*i, i)
	}
	toml, accounts, said := start(t, folder(t, files))
	if strings.Count(toml, "\n[[source]]") != 1 || !strings.Contains(toml, `file = "raw/mfa_one/*.json"`) || !strings.Contains(toml, "# 12 posts of 1 account, posted 2024-01-01 to 2024-01-12") ||
		!strings.Contains(toml, `covered_to = "2024-01-13"`) || strings.Count(accounts, "mfa_one") != 2 || !strings.Contains(said, "raw/mfa_one/*.json (12 files)\n  instagram_instaloader: 12 posts") {
		t.Errorf("%s\n%s\n%s", toml, accounts, said)
	}
	files["raw/mfa_one/notes.json"] = "[1, 2]"
	if toml, _, _ := start(t, folder(t, files)); strings.Count(toml, "\n[[source]]") != 12 {
		t.Errorf("a pattern that names another file:\n%s", toml)
	}
}
