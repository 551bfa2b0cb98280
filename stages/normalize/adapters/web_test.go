package adapters

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"diplometrics/datasets"
)

func FuzzDecodeXZeeschuimer(f *testing.F)      { fuzzPosts(f, XZeeschuimer) }
func FuzzDecodeXGraphQL(f *testing.F)          { fuzzPosts(f, XGraphQL) }
func FuzzDecodeTwscrape(f *testing.F)          { fuzzPosts(f, Twscrape) }
func FuzzDecodeSnscrape(f *testing.F)          { fuzzPosts(f, Snscrape) }
func FuzzDecodeTikTokZeeschuimer(f *testing.F) { fuzzPosts(f, TikTokZeeschuimer) }
func FuzzDecodeX4CAT(f *testing.F)             { fuzzExport(f, *adapterNamed("x_4cat")) }
func FuzzDecodeInstagram4CAT(f *testing.F)     { fuzzExport(f, *adapterNamed("instagram_4cat")) }

// webRead reads a text that has to be readable.
func webRead(t *testing.T, a *Adapter, f File, text string) *Batch {
	t.Helper()
	b, err := a.Read(context.Background(), strings.NewReader(text), f, 2)
	if err != nil {
		t.Fatalf("%s: %v", a.Name, err)
	}
	return b
}

// A post is told by what it answers, repeats or quotes, in this order: repost,
// reply, quote.
func TestWebPostTypes(t *testing.T) {
	const reply, quote = `,"in_reply_to_status_id_str":"5","in_reply_to_screen_name":"mfa_two"`, `,"is_quote_status":true,"quoted_status_id_str":"6"`
	const repost = `,"retweeted_status_result":{"result":{"rest_id":"7","legacy":{"full_text":"whole"}}}`
	for more, want := range map[string]string{
		"": datasets.Original, reply: datasets.Reply, quote: datasets.Quoted, reply + quote: datasets.Reply, reply + quote + repost: datasets.Repost,
		`,"retweeted_status_result":{}`: datasets.Repost, `,"is_quote_status":true`: datasets.Quoted, `,"in_reply_to_screen_name":"mfa_two"`: datasets.Reply,
	} {
		item := strings.Replace(webTweet(1, "one", "1"), `"entities":{}`, `"entities":{}`+more, 1)
		b := webRead(t, &XZeeschuimer, File{Name: "f"}, zeeschuimerLine(1, "x.com", item))
		if len(b.Posts) != 1 || b.Posts[0].Row.PostType != want {
			t.Errorf("%s: %s", more, shownBatch(b))
			continue
		}
		p := b.Posts[0].Row
		if repost := want == datasets.Repost; repost != (p.Counts == datasets.Counts{}) || repost && p.QuoteOfID.OK {
			t.Errorf("%s: %+v", more, p)
		}
	}
}

// The handle of a post without its author comes from its own media alone: media
// of other posts have the handles of others.
func TestWebHandleOfMedia(t *testing.T) {
	for address, want := range map[string]string{
		"https://twitter.com/mfa_one/status/1/photo/1": "mfa_one", "https://x.com/mfa_one/status/1/video/1": "mfa_one",
		"https://twitter.com/mfa_two/status/2/photo/1": "", "https://example.org/mfa_two/status/1/photo/1": "",
	} {
		item := `{"rest_id":"1","core":{"user_results":{}},"legacy":{"user_id_str":"11","full_text":"one","entities":{"media":[{"type":"photo","expanded_url":"` + address + `"}]}}}`
		b := webRead(t, &XZeeschuimer, File{Name: "f"}, zeeschuimerLine(1, "twitter.com", item))
		if len(b.Posts) != 1 || b.Posts[0].Ref.Handle != want || b.Posts[0].Ref.ID != "11" {
			t.Errorf("%s: %s", address, shownBatch(b))
		}
	}
}

// Accounts without a time refuse a file that holds nothing else, and are
// rejected beside posts.
func TestScrapedUsersWithoutTime(t *testing.T) {
	user := `{"_type":"snscrape.modules.twitter.User","username":"mfa_one","id":11,"displayname":"MFA One","followersCount":5}` + "\n"
	_, err := Snscrape.Read(context.Background(), strings.NewReader(user), File{Name: "f"}, 1)
	var refused *Refused
	if !errors.As(err, &refused) || refused != noTime {
		t.Errorf("accounts alone: %v", err)
	}
	b := webRead(t, &Snscrape, File{Name: "f"}, user+scrapedLine(1, "", "one", "1")+"\n")
	if len(b.Posts) != 1 || len(b.Rejects) != 1 || !strings.Contains(b.Rejects[0].Reason, "observed_at") {
		t.Errorf("beside a post: %s", shownBatch(b))
	}
	_, err = Snscrape.Read(context.Background(), strings.NewReader(`{"_type":"snscrape.modules.twitter.Trend","name":"a"}`), File{Name: "f"}, 1)
	if err == nil || !strings.Contains(err.Error(), "trends") {
		t.Errorf("trends: %v", err)
	}
}

// A count of an account that cannot be read is missing, and costs neither the
// post nor the other counts.
func TestUnreadableCountOfAccount(t *testing.T) {
	web := strings.Replace(webTweet(1, "one", "1"), `"core":{"screen_name":"mfa_one"}`, `"core":{"screen_name":"mfa_one"},"legacy":{"followers_count":"many","friends_count":-1,"statuses_count":7}`, 1)
	scraped := strings.Replace(scrapedLine(1, "", "one", "1"), `"username":"mfa_one"`, `"username":"mfa_one","followersCount":"5K","friendsCount":{},"statusesCount":7`, 1)
	tok := strings.Replace(tikTokItem(1, "one", "1"), `"stats"`, `"authorStats":{"followerCount":-5,"followingCount":"x","videoCount":7},"stats"`, 1)
	for _, c := range []struct {
		adapter *Adapter
		text    string
	}{{&XZeeschuimer, zeeschuimerLine(1, "x.com", web)}, {&Snscrape, scraped}, {&TikTokZeeschuimer, zeeschuimerLine(1, "tiktok.com", tok)}} {
		b := webRead(t, c.adapter, File{Name: "f", Observed: readAt}, c.text+"\n")
		if len(b.Posts) != 1 || len(b.Accounts) != 1 || b.Accounts[0].Row.PostsTotal.V.V != 7 || b.Accounts[0].Row.Followers.V.OK || b.Accounts[0].Row.Following.V.OK {
			t.Errorf("%s: %s", c.adapter.Name, shownBatch(b))
		}
	}
}

// What is rejected of a capture shows the post, not what surrounds it.
func TestCaptureRejected(t *testing.T) {
	for site, item := range map[string]string{"x.com": webTweet(1, "one", `"many"`), "tiktok.com": tikTokItem(1, "one", `"many"`)} {
		a := map[string]*Adapter{"x.com": &XZeeschuimer, "tiktok.com": &TikTokZeeschuimer}[site]
		b := webRead(t, a, File{Name: "f"}, zeeschuimerLine(1, site, item)+"\n")
		if len(b.Rejects) != 1 || b.Records() != 1 || !strings.HasPrefix(item, strings.TrimSuffix(b.Rejects[0].Excerpt, "…")) {
			t.Errorf("%s: %s", site, shownBatch(b))
		}
	}
}

// twscrape keeps of a repost whose original X withheld its beginning alone.
func TestTwscrapeOldRepost(t *testing.T) {
	for text, want := range map[string]string{"RT @mfa_two: бір …": datasets.Repost, "RT @mfa_two бір": datasets.Original, "See RT @mfa_two: a": datasets.Original} {
		b := webRead(t, &Twscrape, File{Name: "f"}, scrapedLine(1, `"id_str":"1","retweetedTweet":null,`, text, "5")+"\n")
		if p := b.Posts[0].Row; p.PostType != want || p.Counts.Like.OK != (want != datasets.Repost) || p.Text.V != text {
			t.Errorf("%s: %s", text, shownBatch(b))
		}
	}
}

// Ids are read by their digits, however large, and never as a rounded number.
func TestScrapedIDs(t *testing.T) {
	for id, want := range map[string]string{"9007199254740993": "9007199254740993", `"9007199254740993"`: "9007199254740993", "1.2E+18": "", "12.0": "", `"C1a"`: ""} {
		b := webRead(t, &Snscrape, File{Name: "f"}, strings.Replace(scrapedLine(1, "", "one", "1"), `"id":1,`, `"id":`+id+`,`, 1))
		got := ""
		if len(b.Posts) == 1 {
			got = b.Posts[0].Row.PostID
		}
		if got != want || want == "" && len(b.Rejects) != 1 {
			t.Errorf("%s: %s", id, shownBatch(b))
		}
	}
}

// twscrape writes 0 for bookmarks that X did not give.
func TestTwscrapeBookmarks(t *testing.T) {
	for count, want := range map[string]datasets.Opt[int64]{"0": datasets.None[int64](), "3": datasets.Some(int64(3)), "null": datasets.None[int64]()} {
		b := webRead(t, &Twscrape, File{Name: "f"}, scrapedLine(1, `"id_str":"1","bookmarkedCount":`+count+`,`, "one", "1"))
		if got := b.Posts[0].Row.Counts.Save; got != want {
			t.Errorf("%s: %+v, want %+v", count, got, want)
		}
	}
}

// TikTok's pages round from 10 000 on.
func TestTikTokShown(t *testing.T) {
	for _, c := range []struct{ n, low, high int64 }{
		{0, 0, 0}, {9999, 9999, 9999}, {12345, 12345, 12345}, {10_000, 9901, 10_099}, {277_400, 277_301, 277_499}, {999_900, 999_801, 999_999},
		{3_500_000, 3_400_001, 3_599_999}, {1_234_500, 1_234_500, 1_234_500},
	} {
		s := roundedTo(datasets.Some(c.n), tikTokRounds)
		if s.V.V != c.n || s.Low.V != c.low || s.High.V != c.high || s.Text.OK != (c.low != c.high) {
			t.Errorf("%d: %+v", c.n, s)
		}
	}
	if s := roundedTo(datasets.Some(int64(9_223_372_036_854_700_000)), tikTokRounds); s.High.V < s.V.V {
		t.Errorf("the largest: %+v", s)
	}
	if s := roundedTo(datasets.None[int64](), tikTokRounds); s != (datasets.Shown{}) {
		t.Errorf("absent: %+v", s)
	}
}

const casesTOML = `[source.mapping]
table = "posts"
[[source.mapping.leave_out]]
column = "ad"
equals = ["yes"]
optional = true
reason = "advertisement"
[source.mapping.columns]
post_id = "id"
handle = "who"
[source.mapping.fields]
created_at = { column = "id", layout = "x_id" }
like_count = { column = "likes", cases = [{ column = "hidden", equals = ["yes"], value = "" }] }
post_type = { value = "original", cases = [{ column = "rt", equals = ["yes"], value = "repost" }, { column = "re", matches = ".", value = "reply", optional = true }] }
`

// The first case that a row meets gives the field its value; a case or a row to
// be left out can name a column that the table lacks.
func TestMappingOfCases(t *testing.T) {
	b, err := mapText(t, casesTOML, "id,who,likes,hidden,rt\n1763440000000000001,a,3,yes,no\n1763440000000000002,a,3,no,no\n1763440000000000003,a,3,no,yes\n")
	if err != nil || len(b.Posts) != 3 {
		t.Fatalf("%v\n%s", err, shownBatch(b))
	}
	at := time.Date(2024, 3, 1, 5, 43, 53, 0, time.UTC)
	for i, want := range []struct {
		kind  string
		likes datasets.Opt[int64]
	}{{datasets.Original, datasets.None[int64]()}, {datasets.Original, datasets.Some(int64(3))}, {datasets.Repost, datasets.None[int64]()}} {
		p := b.Posts[i].Row
		if p.PostType != want.kind || p.Counts.Like != want.likes || p.CreatedAt.V != datasets.MicrosOf(at) {
			t.Errorf("%d: %+v", i, p)
		}
	}
	b, err = mapText(t, casesTOML, "id,who,likes,hidden,rt,re,ad\n1763440000000000001,a,3,no,yes,5,no\n1763440000000000002,a,3,no,no,5,no\n1763440000000000003,a,3,no,no,,yes\n20,a,3,no,no,,no\n")
	if err != nil || len(b.Posts) != 2 || b.Posts[0].Row.PostType != datasets.Repost || b.Posts[1].Row.PostType != datasets.Reply || b.Filtered["advertisement"] != 1 {
		t.Fatalf("%v\n%s", err, shownBatch(b))
	}
	if len(b.Rejects) != 1 || !strings.Contains(b.Rejects[0].Reason, "carries the time of posting") {
		t.Errorf("an id without a time: %s", shownBatch(b))
	}
	if _, err = mapText(t, casesTOML, "id,who,likes,rt\n1,a,3,no\n"); err == nil || !strings.Contains(err.Error(), `"hidden"; no column has this name`) {
		t.Errorf("a case of no column: %v", err)
	}
}

// A record of which a count of the account is wrong is rejected once, and gives
// no post.
func TestMappingOfWrongAccount(t *testing.T) {
	head := x4CATHead + ",author_followers"
	b := webRead(t, adapterNamed("x_4cat"), File{Name: "f"}, head+"\n"+strings.NewReplacer("¤", "1", "~", "1600000000", "#", "5").Replace(x4CATRow)+",one,many\n")
	if len(b.Posts) != 0 || len(b.Rejects) != 1 || b.Rejects[0].Field != "account_followers" {
		t.Error(shownBatch(b))
	}
}

// Of several columns that a table lacks, the message names the same one every
// time.
func TestMappingOfForeignTable(t *testing.T) {
	said := map[string]bool{}
	for range 20 {
		_, err := adapterNamed("x_4cat").Read(context.Background(), strings.NewReader("a,b\n1,2\n"), File{Name: "f"}, 1)
		said[err.Error()] = true
	}
	if len(said) != 1 {
		t.Errorf("%d messages: %v", len(said), said)
	}
}
