package adapters

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"diplometrics/datasets"
)

const mappedPosts = `[source.mapping]
table = "posts"
[source.mapping.columns]
post_id = "id"
account_id = "author"
handle = "who"
text = "text"
url = "url"
like_count = "likes"
[source.mapping.constants]
post_type = "original"
`

const mappedWindows = `[source.mapping]
table = "account_windows"
[source.mapping.columns]
handle = "who"
posts = "n"
evidence = "where"
[source.mapping.constants]
counted_by = "AB"
[source.mapping.fields.window]
column = "month"
layout = "2006-01"
`

// readAs reads a text by an adapter of the shelf, or by a mapping.
func readAs(t *testing.T, name, toml, text string) (*Batch, error) {
	t.Helper()
	if toml != "" {
		return mapText(t, toml, text)
	}
	i := slices.IndexFunc(All(), func(a Adapter) bool { return a.Name == name })
	if i < 0 {
		t.Fatalf("no adapter %s", name)
	}
	f := File{Name: "f", Zone: time.UTC, Observed: datasets.Some(datasets.Micros(1_700_000_000_000_000)), Account: Ref{Handle: "mfa_one"}}
	if name == "meta_content_library_producers" { // which do not say it
		f.Platform = "facebook"
	}
	return All()[i].Read(context.Background(), strings.NewReader(text), f, 2)
}

// missingAdapters are those of which a test has no case.
func missingAdapters(have map[string]bool, without ...string) (missing []string) {
	for _, a := range append(slices.Clone(All()), Mapping) {
		if !have[a.Name] && !slices.Contains(without, a.Name) {
			missing = append(missing, a.Name)
		}
	}
	return missing
}

// tokenCase is a file with addresses that hold tokens.
type tokenCase struct {
	name, toml, text string
	rows, rejects    int
}

// address is one that must lose its token, and only that.
const address = "https://example.org/a?access_token=SECRET&page=2"

// Tokens in the addresses of a file reach no table, neither in a row nor in a
// reject, and leave everything else of a text as it is.
func TestTokens(t *testing.T) {
	have := map[string]bool{}
	for _, c := range slices.Concat([]tokenCase{
		{"account_snapshots_csv", "", "platform,handle,observed_at,followers,locator\nx,a,2024-01-31,5,see " + address + " line 2\n", 1, 0},
		{"account_windows_csv", "", "platform,handle,window_from,window_to,posts,counted_by,evidence,locator\nx,a,2024-01-01,2024-02-01,5,AB," + address + ",www.example.org/?msToken=SECRET\n", 1, 0},
		{"published_csv", "", "id,source,locator,country,subject,platform,indicator,period,value_text,value,unit,note\ns.a,s," + address + ",KAZ,country,,egdi,2022,5,5,count,see " + address + "\n", 1, 0},
		{"telegram_desktop", "", `{"name": "A", "type": "public_channel", "id": 1, "messages": [` +
			`{"id": 1, "type": "message", "date_unixtime": "1704085200", "text": ["see ", {"type": "text_link", "text": "here", "href": "` + address + `"}, {"type": "link", "text": "` + address + `"}]},` +
			`{"id": 2, "type": "message", "date_unixtime": "` + address + `", "text": "` + address + `"}]}`, 1, 1},
		{"crowdtangle_facebook", "", "Page Name,Post Created,Shares,URL,Link,Final Link,Message\n" +
			"A,2023-11-05 22:56:36 EST,1,https://www.facebook.com/story.php?story_fbid=1&id=2&access_token=SECRET," + address + "," + address + ",see " + address + "\n" +
			"A,2023-11-05 22:56:36 EST,1,https://www.facebook.com/?access_token=SECRET,,,\n" +
			"A,2023-11-05 22:56:36 EST,\"" + address + "\",https://www.facebook.com/a/posts/3,,,\n", 1, 2},
		{"crowdtangle_instagram", "", "Account,User Name,Post Created,Likes,URL,Description\n" +
			"A,a,2023-11-05 22:56:36 EST,1,https://www.instagram.com/p/Aa1/?igshid=1&token=SECRET,see " + address + "\n" +
			"A,a,2023-11-05 22:56:36 EST,1,https://www.instagram.com/?token=SECRET,\n", 1, 1},
		{"crowdtangle_history", "", "ID,Score Date (GMT),Likes,Comments,\"Post Date (GMT)\",\"2021-07-04 22:38:03\",https://www.instagram.com/mfa_one/p/Aa1/?token=SECRET\n" +
			"\"1\t\",2021-07-04 22:53:03,0,0\n\"1\t\"," + address + ",0,0\n", 1, 1},
		{"x_v2", "", `{"data":[{"id":"1","author_id":"11","text":"see ` + address + `","entities":{"urls":[{"expanded_url":"` + address + `"}]}},{"id":"` + address + `","author_id":"11","text":"` + address + `"}],` +
			`"includes":{"users":[{"id":"11","username":"a","url":"` + address + `","public_metrics":{"followers_count":1}}]},"meta":{"result_count":2},` +
			`"__twarc":{"url":"https://api.twitter.com/2/tweets?access_token=SECRET","retrieved_at":"2024-01-31T00:00:00Z"}}`, 1, 1},
		{"twarc_csv", "", "id,author_id,text,created_at,referenced_tweets.retweeted.id,public_metrics.like_count,entities.urls,__twarc.url\n" +
			"1,11,see " + address + ",2023-09-08T06:00:00.000Z,,1.0,\"[{\"\"expanded_url\"\":\"\"" + address + "\"\"}]\",https://api.twitter.com/2/tweets?access_token=SECRET\n" +
			"2,11,see " + address + "," + address + ",,1.0,," + address + "\n", 1, 1},
		{"x_v1_1", "", `{"created_at":"Wed Dec 05 22:58:32 +0000 2018","id_str":"1","text":"see ` + address + `","entities":{"urls":[{"expanded_url":"` + address + `"}]},"user":{"id_str":"11","url":"` + address + `"}}` + "\n" +
			`{"created_at":"` + address + `","id_str":"2","text":"` + address + `","entities":{},"user":{"id_str":"11"}}` + "\n", 1, 1},
		{"mapping", mappedPosts, "id,author,who,text,url,likes\n1,11,a,see " + address + "," + address + ",5\n2,11,a,two," + address + "," + address + "\n3,11,https://x.com/a?auth_token=SECRET,three,,\n", 2, 1},
		{"mapping", mappedWindows, "who,n,where,month\na,5," + address + ",2024-01\n", 1, 0},
	}, webTokens, messengerTokens, metaTokens, facebookTokens) {
		have[c.name] = true
		b, err := readAs(t, c.name, c.toml, c.text)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := shownBatch(b)
		if strings.Contains(got, "SECRET") {
			t.Errorf("%s: a token in\n%s", c.name, got)
		}
		if rows := len(rowsShown(b)) - len(b.Accounts); rows != c.rows || len(b.Rejects) != c.rejects {
			t.Errorf("%s: %d rows and %d rejects, want %d and %d:\n%s", c.name, rows, len(b.Rejects), c.rows, c.rejects, got)
		}
		for _, p := range b.Posts {
			if p.Row.Text.OK && strings.HasPrefix(p.Row.Text.V, "see ") && !strings.Contains(p.Row.Text.V, "https://example.org/a?access_token=…&page=2") {
				t.Errorf("%s: text %q", c.name, p.Row.Text.V)
			}
			if strings.ContainsAny(p.Row.URL.V, "?#") {
				t.Errorf("%s: address %q", c.name, p.Row.URL.V)
			}
		}
	}
	for _, name := range missingAdapters(have) {
		t.Errorf("no case for %s", name)
	}
	for text, want := range map[string]string{
		"a?msToken=Ab-1&b=2":                     "a?msToken=…&b=2",
		"a?next=https%3A%2F%2Fb%3Fsig%3DAb1%26c": "a?next=https%3A%2F%2Fb%3Fsig%3D…%26c",
		"a&amp;API_KEY=1\nnext":                  "a&amp;API_KEY=…\nnext",
		"What is a token=1? x = y & z":           "What is a token=1? x = y & z",
		"https://t.me/a?text=1":                  "https://t.me/a?text=1",
		"access_token=A-1 and Api-Key=B":         "access_token=… and Api-Key=…",
		"a?v=1&key=AIzaSyA1&b=2":                 "a?v=1&key=AIza…&b=2",
		"key=1, tokens = 2, secret=3":            "key=1, tokens = 2, secret=3",
	} {
		if got := withoutTokens(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// What opens an API to whoever has it is in no reject either, however the file
// writes it and wherever the excerpt ends.
func TestTokensInRejects(t *testing.T) {
	for _, found := range []string{
		`{"error":{"error_code":5,"request_params":[{"key":"v","value":"5.199"},{"key":"access_token","value":"SECRET"},{"key":"client_secret","value":"SECRET"}]}}`,
		`{"key": "api_key", "value": "SECRET`,
		`{"access_token":"SECRET","page":2}`,
		`{"Api_Key" : "SE\/CRET\u0041", "x": "client_secret=SECRET"}`,
		`"{\"auth_token\":\"SECRET\",\"key\":\"token\",\"value\":\"SECRET\"}"`,
		"https://www.googleapis.com/youtube/v3/videos?part=snippet&key=AIzaSECRET",
		"oauth_token_secret=SECRET access_token%3DSECRET session-id=SECRET",
	} {
		for end := range len(found) + 1 {
			var b Batch
			e := RecordError{Found: found[:end], Want: "expected"}
			b.Reject(1, "", e.reason(), found[:end])
			if r := b.Rejects[0]; strings.Contains(r.Reason+r.Excerpt, "SE") || end == len(found) && !strings.Contains(r.Reason, "…") {
				t.Fatalf("%s: %+v", found[:end], r)
			}
		}
	}
	var b Batch
	b.Reject(1, "", `found "a"; expected`, `{"key":"v","value":"5.199"} tokens: "key":"page"`)
	if r := b.Rejects[0]; strings.Contains(r.Excerpt, "…") {
		t.Errorf("%+v", r)
	}
}

// idCase is a file of one record with an id, ¤, that a spreadsheet ruined.
type idCase struct{ name, toml, text, field string }

// An id that a spreadsheet made a number is named as such wherever a column of
// a table, or a number in JSON, holds one.
func TestRuinedIDs(t *testing.T) {
	have := map[string]bool{}
	mappedJSON := strings.Replace(mappedPosts, `"likes"`, `"counts.likes"`, 1)
	for _, c := range slices.Concat([]idCase{
		{"account_snapshots_csv", "", "platform,account_id,handle,observed_at,followers\nx,\"¤\",a,2024-01-31,5\n", "account_id"},
		{"account_windows_csv", "", "platform,account_id,handle,window_from,window_to,posts,counted_by\nx,\"¤\",a,2024-01-01,2024-02-01,5,AB\n", "account_id"},
		{"crowdtangle_facebook", "", "Page Name,Facebook Id,Post Created,Shares,URL\nA,\"¤\",2023-11-05 22:56:36 EST,1,https://www.facebook.com/a/posts/3\n", "Facebook Id"},
		{"crowdtangle_facebook", "", "Page Name,Post Created,Shares,URL\nA,2023-11-05 22:56:36 EST,1,\"https://www.facebook.com/a/posts/¤\"\n", "URL"},
		{"crowdtangle_history", "", "ID,Score Date (GMT),Likes,Comments,\"Post Date (GMT)\",\"2021-07-04 22:38:03\",https://www.instagram.com/mfa_one/p/Aa1/\n\"¤\",2021-07-04 22:53:03,0,0\n", "ID"},
		{"twarc_csv", "", "id,author_id,text,referenced_tweets.retweeted.id,public_metrics.like_count\n\"¤\",11,one,,1\n", "id"},
		{"twarc_csv", "", "id,author_id,text,referenced_tweets.retweeted.id,public_metrics.like_count\n1,\"¤\",one,,1\n", "author_id"},
		{"twarc_csv", "", "id,author_id,text,referenced_tweets.retweeted.id,public_metrics.like_count\n1,11,one,\"¤\",1\n", "referenced_tweets.retweeted.id"},
		{"twarc_csv", "", "id,username,public_metrics.followers_count\n\"¤\",a,1\n", "id"},
		{"x_v1_1", "", `{"created_at":"Wed Dec 05 22:58:32 +0000 2018","id":1.34709E+18,"text":"one","entities":{},"user":{"id_str":"11"}}`, "id"},
		{"telegram_desktop", "", `{"type": "public_channel", "id": 1, "messages": [{"id": 1.34709E+18, "type": "message", "date_unixtime": "1", "text": "one"}]}`, "id"},
		{"x_v2", "", `{"id":1.34709E+18,"author_id":"11","text":"one"}`, "id"},
		{"mapping", mappedPosts, "id,author,who,text,url,likes\n\"¤\",11,a,one,,5\n", "post_id"},
		{"mapping", mappedPosts, "id,author,who,text,url,likes\n1,\"¤\",a,one,,5\n", "account_id"},
		{"mapping", strings.Replace(mappedPosts, "[source.mapping.constants]\npost_type = \"original\"", "reply_to_id = \"to\"\nrepost_of_id = \"of\"\nquote_of_id = \"on\"", 1),
			"id,author,who,text,url,likes,to,of,on\n1,11,a,one,,5,\"¤\",,\n", "reply_to_id"},
		{"mapping", mappedJSON, `{"id":1.34709E+18,"author":"11","who":"a"}` + "\n", "post_id"},
	}, webIDs, messengerIDs, metaIDs, facebookIDs) {
		have[c.name] = true
		for _, id := range []string{"1.34709E+18", "1,34709E+18", "1.34709e18", "1E+18"} {
			b, err := readAs(t, c.name, c.toml, strings.ReplaceAll(c.text, "¤", id))
			said, field := "", ""
			switch {
			case err != nil:
				said, field = err.Error(), c.field
			case len(b.Rejects) == 1 && b.Records() == 1:
				said, field = b.Rejects[0].Reason, b.Rejects[0].Field
			}
			if field != c.field || !strings.Contains(said, "spreadsheet") && !strings.Contains(said, "rounded") {
				t.Errorf("%s with %s in %s: %q, %v\n%s", c.name, id, c.field, said, err, shownBatch(b))
			}
		}
	}
	// published_csv has no ids of accounts or posts; those of Instagram are no numbers.
	for _, name := range missingAdapters(have, slices.Concat(wordIDs, messengerWordIDs, []string{"published_csv", "crowdtangle_instagram"})...) {
		t.Errorf("no case for %s", name)
	}
}

// hiddenCase is a file of two records: the first does not show a count, the
// second shows that it is zero.
type hiddenCase struct {
	name, toml, text string
	of               func(b *Batch, i int) datasets.Opt[int64] // of row i
}

// What a file does not show is absent, a zero that it shows is a zero.
func TestHiddenIsNotZero(t *testing.T) {
	have := map[string]bool{}
	for _, c := range slices.Concat([]hiddenCase{
		{"account_snapshots_csv", "", "platform,handle,observed_at,followers\nx,a,2024-01-31,\nx,b,2024-01-31,0\n", followersSeen},
		{"account_windows_csv", "", "platform,handle,window_from,window_to,posts,counted_by,likes\nx,a,2024-01-01,2024-02-01,5,AB,\nx,b,2024-01-01,2024-02-01,5,AB,0\n",
			func(b *Batch, i int) datasets.Opt[int64] { return b.Windows[i].Row.Likes }},
		{"published_csv", "", "id,source,locator,country,subject,platform,indicator,period,value_text,value,unit\ns.a,s,T,KAZ,country,,egdi,2022,none,,\ns.b,s,T,KAZ,country,,egdi,2022,0,0,count\n",
			func(b *Batch, i int) datasets.Opt[int64] {
				v := b.Published[i].Row.Value
				return datasets.Opt[int64]{V: int64(v.V), OK: v.OK}
			}},
		// Telegram Desktop writes nothing for hidden reactions and for none; only a written zero is one.
		{"telegram_desktop", "", `{"type": "public_channel", "id": 1, "messages": [{"id": 1, "type": "message", "date_unixtime": "1704085200", "text": "one"},` +
			`{"id": 2, "type": "message", "date_unixtime": "1704085201", "text": "two", "reactions": [{"type": "emoji", "count": 0, "emoji": "👍"}]}]}`, likes},
		{"crowdtangle_facebook", "", "Page Name,Post Created,Shares,URL\nA,2023-11-05 22:56:36 EST,,https://www.facebook.com/a/posts/3\nA,2023-11-05 22:56:36 EST,0,https://www.facebook.com/a/posts/4\n", shares},
		{"crowdtangle_facebook", "", "Page Name,Post Created,Type,Post Views,URL\nA,2023-11-05 22:56:36 EST,Photo,0,https://www.facebook.com/a/posts/3\nA,2023-11-05 22:56:36 EST,Native Video,0,https://www.facebook.com/a/posts/4\n", views},
		{"crowdtangle_instagram", "", "Account,User Name,Post Created,Likes,URL\nA,a,2023-11-05 22:56:36 EST,N/A,https://www.instagram.com/p/Aa1/\nA,a,2023-11-05 22:56:36 EST,0,https://www.instagram.com/p/Aa2/\n", likes},
		{"crowdtangle_history", "", "ID,Score Date (GMT),Likes,Comments,\"Post Date (GMT)\",\"2021-07-04 22:38:03\",https://www.instagram.com/mfa_one/p/Aa1/\n\"1\t\",2021-07-04 22:53:03,,0\n\"1\t\",2021-07-04 23:53:03,0,0\n", likes},
		{"x_v2", "", `{"id":"1","author_id":"11","text":"one","public_metrics":{"reply_count":1}}` + "\n" + `{"id":"2","author_id":"11","text":"two","public_metrics":{"like_count":0}}` + "\n", likes},
		{"x_v2", "", `{"id":"1","author_id":"11","text":"one","public_metrics":{"like_count":null}}` + "\n" + `{"id":"2","author_id":"11","text":"two","public_metrics":{"like_count":0}}` + "\n", likes},
		{"twarc_csv", "", "id,author_id,text,referenced_tweets.retweeted.id,public_metrics.like_count\n1,11,one,,\n2,11,two,,0.0\n", likes},
		{"x_v1_1", "", `{"id_str":"1","text":"one","entities":{},"user":{"id_str":"11"}}` + "\n" + `{"id_str":"2","text":"two","entities":{},"favorite_count":0,"user":{"id_str":"11"}}` + "\n", likes},
		{"mapping", mappedPosts, "id,author,who,text,url,likes\n1,11,a,one,,\n2,11,a,two,,0\n", likes},
		{"mapping", mappedPosts, `{"id":"1","author":"11","likes":null}` + "\n" + `{"id":"2","author":"11","likes":0}` + "\n", likes},
	}, webHidden, messengerHidden, metaHidden, facebookHidden) {
		have[c.name] = true
		b, err := readAs(t, c.name, c.toml, c.text)
		if err != nil || len(rowsShown(b))-len(b.Accounts) != 2 {
			t.Errorf("%s: %v\n%s", c.name, err, shownBatch(b))
			continue
		}
		if v := c.of(b, 0); v.OK {
			t.Errorf("%s: hidden is %d, want nothing", c.name, v.V)
		}
		if v := c.of(b, 1); !v.OK || v.V != 0 {
			t.Errorf("%s: zero is %+v, want 0", c.name, v)
		}
	}
	for _, name := range missingAdapters(have) {
		t.Errorf("no case for %s", name)
	}
}

func likes(b *Batch, i int) datasets.Opt[int64]  { return b.Posts[i].Row.Counts.Like }
func shares(b *Batch, i int) datasets.Opt[int64] { return b.Posts[i].Row.Counts.Share }
func views(b *Batch, i int) datasets.Opt[int64]  { return b.Posts[i].Row.Counts.View }
func followersSeen(b *Batch, i int) datasets.Opt[int64] {
	return b.Snapshots[i].Row.Followers.V
}
