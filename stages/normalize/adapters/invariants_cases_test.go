package adapters

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"diplometrics/datasets"
)

// format is a way in which files of an adapter are written, as text made of a
// head, records and a tail.
type format struct {
	name    string
	adapter *Adapter
	file    File

	head, between, tail string
	row                 func(n int) string // record n: never two of the same account and time
	pages               bool               // a record is a page, of which what is whole is read though it is cut
	quoted              bool               // texts stand in quotes, where line ends are text
	broken              string             // a record that cannot be used
	long                [2]string          // what stands before and after a text without end in one record
}

// whole is a file of n records.
func (f *format) whole(n int) string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = f.row(i + 1)
	}
	return f.head + strings.Join(rows, f.between) + f.tail
}

// lines tells whether a file that ends behind a record is whole.
func (f *format) lines() bool { return f.tail == "" }

// noise is a number that compresses badly.
func noise(n int) uint64 {
	x := uint64(n) * 0x9E3779B97F4A7C15
	return (x ^ x>>29) * 0xBF58476D1CE4E5B9
}

// formats are those of All and of two mappings.
func formats(t testing.TB) []format {
	t.Helper()
	return slices.Concat(firstFormats(t), webFormats(), messengerFormats(), metaFormats(), facebookFormats())
}

func firstFormats(t testing.TB) []format {
	t.Helper()
	observed := File{Name: "f", Observed: datasets.Some(datasets.Micros(1_700_000_000_000_000))}
	at := func(n int) time.Time { return time.Unix(1_600_000_000+int64(n), 0).UTC() }
	iso := func(n int) string { return at(n).Format(time.RFC3339) }
	wall := func(n int) string { return at(n).Format("2006-01-02 15:04:05") }
	post := func(n int) string {
		return fmt.Sprintf(`{"id":"%d","author_id":"11","created_at":"%s","text":"Қазақстан \"%x\" \u00e9\n","edit_history_tweet_ids":["%d"],"public_metrics":{"like_count":%d}}`, n, iso(n), noise(n), n, noise(n)%1000)
	}
	status := func(n int) string {
		return fmt.Sprintf(`{"created_at":"%s","id_str":"%d","text":"Қазақстан \"%x\" \u00e9\n","favorite_count":%d,"entities":{},"user":{"id_str":"11"}}`, at(n).Format(time.RubyDate), n, noise(n), noise(n)%1000)
	}
	mapping := func(name string) (*Adapter, File) {
		_, a, f := mapped(t, "testdata/mapping/"+name)
		return a, f
	}
	lines, linesFile := mapping("json_lines")
	tabs, tabsFile := mapping("tab_separated")
	jsonText := [2]string{`{"id":"7","author_id":"11","text":"`, `"}`}
	return []format{
		{name: "account_snapshots_csv", adapter: &AccountSnapshotsCSV, file: observed, quoted: true,
			head: "platform,handle,observed_at,followers,locator\n",
			row: func(n int) string {
				return fmt.Sprintf("x,mfa_one,%s,%d,\"page \"\"%x\"\",\n line 2 Қазақстан\"\n", iso(n), noise(n)%100_000, noise(n))
			},
			long: [2]string{`x,mfa_one,2024-01-31,5,"`, "\"\n"}},
		{name: "account_windows_csv", adapter: &AccountWindowsCSV, file: observed, quoted: true,
			head: "platform,handle,window_from,window_to,posts,counted_by,evidence\n",
			row: func(n int) string {
				return fmt.Sprintf("x,mfa_one,2024-01-01,2024-06-01,%d,AB,\"archive \"\"%x\"\",\n line 2 Қазақстан\"\n", n, noise(n))
			},
			long: [2]string{`x,mfa_one,2024-01-01,2024-06-01,5,AB,"`, "\"\n"}},
		{name: "published_csv", adapter: &PublishedCSV, file: observed, quoted: true,
			head: "id,source,locator,country,subject,platform,indicator,period,value_text,value,unit,note\n",
			row: func(n int) string {
				return fmt.Sprintf("s.%d,s,Table 1,KAZ,country,,egdi,2022,0.%d,0.%d,percent,\"note \"\"%x\"\",\n line 2 Қазақстан\"\n", n, n, n, noise(n))
			},
			long: [2]string{`s.7,s,Table 1,KAZ,country,,egdi,2022,0.7,0.7,percent,"`, "\"\n"}},
		{name: "telegram_desktop", adapter: &TelegramDesktop, file: observed,
			head: `{"name": "MFA One", "type": "public_channel", "id": 1000000001, "messages": [` + "\n", between: ",\n", tail: "\n]}\n",
			row: func(n int) string {
				return fmt.Sprintf(`{"id": %d, "type": "message", "date_unixtime": "%d", "text": ["Қазақстан \"%x\" \u00e9\n", {"type": "bold", "text": "]}"}]}`, n, at(n).Unix(), noise(n))
			},
			broken: `{"id": 2, "type": "message", "text": "no time"}`,
			long:   [2]string{`{"id": 7, "type": "message", "date_unixtime": "1600000000", "text": "`, `"}`}},
		{name: "crowdtangle_facebook", adapter: &CrowdTangleFacebook, file: observed, quoted: true,
			head: "Page Name,Post Created,Shares,URL,Message\n",
			row: func(n int) string {
				return fmt.Sprintf("MFA One,%s EST,%d,https://www.facebook.com/mfa_one/posts/%d,\"one \"\"%x\"\",\n line 2 Қазақстан\"\n", wall(n), noise(n)%1000, n, noise(n))
			},
			broken: "MFA One,2023-11-05 22:56:36 EST,many,https://www.facebook.com/mfa_one/posts/2,two\n",
			long:   [2]string{`MFA One,2023-11-05 22:56:36 EST,1,https://www.facebook.com/mfa_one/posts/7,"`, "\"\n"}},
		{name: "crowdtangle_instagram", adapter: &CrowdTangleInstagram, file: observed, quoted: true,
			head: "Account,User Name,Post Created,Likes,URL,Description\n",
			row: func(n int) string {
				return fmt.Sprintf("MFA One,mfa_one,%s EST,%d,https://www.instagram.com/p/A%d/,\"one \"\"%x\"\",\n line 2 Қазақстан\"\n", wall(n), noise(n)%1000, n, noise(n))
			},
			broken: "MFA One,mfa_one,2023-11-05 22:56:36 EST,many,https://www.instagram.com/p/A2/,two\n",
			long:   [2]string{`MFA One,mfa_one,2023-11-05 22:56:36 EST,1,https://www.instagram.com/p/A7/,"`, "\"\n"}},
		{name: "crowdtangle_history", adapter: &CrowdTangleHistory, file: observed, quoted: true,
			head: "ID,Score Date (GMT),Likes,Comments,Timestep,\"Post Date (GMT)\",\"2021-07-04 22:38:03\",https://www.instagram.com/mfa_one/p/Aa1/\n",
			row: func(n int) string {
				return fmt.Sprintf("\"1\t\",%s,%d,%d,\"step \"\"%x\"\",\n line 2\"\n", wall(n), n, noise(n)%1000, noise(n))
			},
			broken: "\"1\t\",yesterday,1,2,\n",
			long:   [2]string{"\"1\t\",2021-07-04 22:53:03,5,1,\"", "\"\n"}},
		{name: "x_v2", adapter: &XV2, file: observed, row: func(n int) string { return post(n) + "\n" },
			broken: jsonText[0] + "no line end in it}\n", long: [2]string{jsonText[0], jsonText[1] + "\n"}},
		{name: "x_v2 pages", adapter: &XV2, file: observed, pages: true, head: "[\n", between: ",\n", tail: "\n]\n",
			row: func(n int) string {
				return `{"data":[` + post(n) + `],"meta":{"result_count":1},"__twarc":{"retrieved_at":"` + iso(n) + `"}}`
			},
			broken: `{"data":[{"id":"two","author_id":"11","text":"two"}]}`,
			long:   [2]string{`{"data":[` + jsonText[0], jsonText[1] + `],"meta":{"result_count":1}}`}},
		{name: "twarc_csv", adapter: &TwarcCSV, file: observed, quoted: true,
			head: "id,author_id,created_at,referenced_tweets.retweeted.id,public_metrics.like_count,text\n",
			row: func(n int) string {
				return fmt.Sprintf("%d,11,%s,,%d.0,\"one \"\"%x\"\",\n line 2 Қазақстан\"\n", n, iso(n), noise(n)%1000, noise(n))
			},
			broken: "2,11,yesterday,,1.0,two\n",
			long:   [2]string{`7,11,2023-09-08T06:00:00.000Z,,1.0,"`, "\"\n"}},
		{name: "x_v1_1", adapter: &XV11, file: observed, row: func(n int) string { return status(n) + "\n" },
			broken: `{"id_str":"two","user":{"id_str":"11"},"text":"two"}` + "\n",
			long:   [2]string{`{"id_str":"7","user":{"id_str":"11"},"entities":{},"text":"`, "\"}\n"}},
		{name: "x_v1_1 list", adapter: &XV11, file: observed, head: "[", between: ", ", tail: "]", row: status,
			broken: `{"id_str":"two","user":{"id_str":"11"},"text":"two"}`,
			long:   [2]string{`{"id_str":"7","user":{"id_str":"11"},"entities":{},"text":"`, `"}`}},
		{name: "mapping of JSON lines", adapter: lines, file: linesFile,
			row: func(n int) string {
				return fmt.Sprintf(`{"id":"%d","author":{"id":"11"},"time":"%s","text":"Қазақстан \"%x\" \u00e9\n","public_metrics":{"like_count":%d}}`+"\n", n, iso(n), noise(n), noise(n)%1000)
			},
			broken: `{"id":1.5E+18,"author":{"id":"11"},"text":"two"}` + "\n",
			long:   [2]string{`{"id":"7","author":{"id":"11"},"text":"`, "\"}\n"}},
		{name: "mapping of a table", adapter: tabs, file: tabsFile, quoted: true,
			head: "Post ID\tPosted\tViews\tKind\tLikes\tCopy of\tReply to\tStatus\n",
			row: func(n int) string {
				return fmt.Sprintf("%d\t%s\t5\tvideo\t%d\t\t\t\"kept \"\"%x\"\",\n line 2 Қазақстан\"\n", n, at(n).Format("02.01.2006 15:04"), noise(n)%1000, noise(n))
			},
			broken: "2\tyesterday\t5\tvideo\t5\t\t\tkept\n",
			long:   [2]string{"7\t01.01.2024 10:00\t5\tvideo\t5\t\t\t\"", "\"\n"}},
	}
}
