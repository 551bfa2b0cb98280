package adapters

import (
	"fmt"
	"strings"
	"time"

	"diplometrics/datasets"
)

// Cases of the adapters of collectors of X and TikTok and of 4CAT's tables, for
// the invariants that hold for every adapter.

// table is a format of delimited text: its header, a row with ¤, ~ and
// # for its number, time and a count, and what comes before and after the text of its last column.
func webTable(name, header, row string) format {
	cells := func(n int) string {
		return strings.NewReplacer("¤", fmt.Sprint(n), "~", fmt.Sprint(1_600_000_000+n), "#", fmt.Sprint(noise(n)%1000)).Replace(row)
	}
	return format{name: name, adapter: adapterNamed(name), quoted: true, head: header + "\n",
		file: File{Name: "f", Zone: time.UTC, Observed: datasets.Some(datasets.Micros(1_700_000_000_000_000))},
		row: func(n int) string {
			return cells(n) + fmt.Sprintf(",\"one \"\"%x\"\",\n line 2 Қазақстан\"\n", noise(n))
		},
		broken: strings.NewReplacer("¤", "2", "~", "yesterday", "#", "many").Replace(row) + ",two\n",
		long:   [2]string{cells(7) + ",\"", "\"\n"}}
}

// webLines are lines of JSON, each made by row; bad takes the place of a number.
func webLines(name string, row func(n int, text, count string) string) format {
	at := func(n int) string { return fmt.Sprint(noise(n) % 1000) }
	const mark = "\x00"
	long := strings.SplitN(row(7, mark, "1"), mark, 2)
	return format{name: name, adapter: adapterNamed(strings.Fields(name)[0]), file: File{Name: "f", Observed: datasets.Some(datasets.Micros(1_700_000_000_000_000))},
		row: func(n int) string {
			return row(n, fmt.Sprintf(`Қазақстан \"%x\" \u00e9\n`, noise(n)), at(n)) + "\n"
		},
		broken: row(2, "two", `"many"`) + "\n",
		long:   [2]string{long[0], long[1] + "\n"}}
}

// listed is a format of lines as one list.
func listed(f format) format {
	lines := f.row
	f.name += " list"
	f.head, f.between, f.tail = "[", ", ", "]"
	f.row = func(n int) string { return strings.TrimSuffix(lines(n), "\n") }
	f.broken, f.long[1] = strings.TrimSuffix(f.broken, "\n"), strings.TrimSuffix(f.long[1], "\n")
	return f
}

func webTweet(n int, text, count string) string {
	return fmt.Sprintf(`{"__typename":"Tweet","rest_id":"%d","core":{"user_results":{"result":{"rest_id":"11","core":{"screen_name":"mfa_one"}}}},"views":{"count":"5"},"legacy":{"created_at":"%s","full_text":"%s","favorite_count":%s,"entities":{}}}`,
		n, time.Unix(1_600_000_000+int64(n), 0).UTC().Format(time.RubyDate), text, count)
}

func zeeschuimerLine(n int, site, data string) string {
	return fmt.Sprintf(`{"nav_index":"1:2:0","item_id":"%d","timestamp_collected":%d,"source_platform":"%s","source_url":"`+address+`","user_agent":"SECRET","data":%s}`, n, 1_700_000_000_000+int64(n), site, data)
}

func tikTokItem(n int, text, count string) string {
	return fmt.Sprintf(`{"id":"%d","desc":"%s","createTime":%d,"author":{"id":"11","uniqueId":"mfa.one"},"stats":{"diggCount":%s},"video":{}}`, n, text, 1_600_000_000+n, count)
}

func scrapedLine(n int, more, text, count string) string {
	return fmt.Sprintf(`{"url":"%s","date":"2020-09-13T12:26:40+00:00","rawContent":"%s","id":%d,%s"user":{"id":11,"username":"mfa_one"},"retweetCount":1,"replyCount":1,"likeCount":%s,"media":null}`, address, text, n, more, count)
}

func webFormats() []format {
	zeeschuimer := webLines("x_zeeschuimer", func(n int, text, count string) string { return zeeschuimerLine(n, "x.com", webTweet(n, text, count)) })
	after := webLines("x_zeeschuimer after 4CAT", func(n int, text, count string) string {
		return strings.TrimSuffix(webTweet(n, text, count), "}") + fmt.Sprintf(`,"__import_meta":{"timestamp_collected":%d,"source_platform":"twitter.com"}}`, 1_700_000_000_000+int64(n))
	})
	answers := webLines("x_graphql", func(n int, text, count string) string {
		return `{"data":{"user":{"result":{"__typename":"User","timeline":{"timeline":{"instructions":[{"type":"TimelineAddEntries","entries":[{"content":{"itemContent":{"itemType":"TimelineTweet","tweet_results":{"result":` +
			webTweet(n, text, count) + `}}}},{"content":{"entryType":"TimelineTimelineCursor","value":"SECRET"}}]}]}}}}}}`
	})
	twscrape := webLines("twscrape", func(n int, text, count string) string {
		return scrapedLine(n, fmt.Sprintf(`"id_str":"%d",`, n), text, count)
	})
	snscrape := webLines("snscrape", func(n int, text, count string) string {
		return scrapedLine(n, `"_type":"snscrape.modules.twitter.Tweet",`, text, count)
	})
	tikTok := webLines("tiktok_zeeschuimer", func(n int, text, count string) string {
		return zeeschuimerLine(n, "tiktok.com", tikTokItem(n, text, count))
	})
	return []format{
		{name: "minet_tweets", adapter: adapterNamed("minet_tweets"), file: File{Name: "f", Zone: time.UTC}, quoted: true,
			head: "id,timestamp_utc,user_screen_name,user_id,retweet_count,retweeted_id,collection_time,text\n",
			row: func(n int) string {
				return fmt.Sprintf("%d,%d.0,mfa_one,11,%d,,2024-01-31T10:00:00.5,\"one \"\"%x\"\",\n line 2 Қазақстан\"\n", n, 1_600_000_000+n, noise(n)%1000, noise(n))
			},
			broken: "2,yesterday,mfa_one,11,1,,2024-01-31T10:00:00.5,two\n",
			long:   [2]string{"7,1600000000.0,mfa_one,11,1,,2024-01-31T10:00:00.5,\"", "\"\n"}},
		{name: "minet_users", adapter: adapterNamed("minet_users"), file: File{Name: "f", Observed: datasets.Some(datasets.Micros(1_700_000_000_000_000))}, quoted: true,
			head: "id,screen_name,description,timestamp_utc,tweets,followers,friends,likes\n",
			row: func(n int) string {
				return fmt.Sprintf("%d,mfa_%d,\"about \"\"%x\"\",\n line 2 Қазақстан\",1502908414,5,%d,475,3230\n", n, n, noise(n), noise(n)%1000)
			},
			broken: "2,mfa_one,two,1502908414,5,many,475,3230\n",
			long:   [2]string{"7,mfa_seven,\"", "\",1502908414,5,729,475,3230\n"}},
		zeeschuimer, after, answers, listed(answers), twscrape, listed(twscrape), snscrape, tikTok,
		webTable("x_4cat", x4CATHead, x4CATRow),
		webTable("instagram_4cat", instagram4CATHead, instagram4CATRow),
		webTable("tiktok_4cat", tikTok4CATHead, tikTok4CATRow),
		webTable("linkedin_4cat", linkedIn4CATHead, linkedIn4CATRow),
		webTable("vk_4cat", vk4CATHead, vk4CATRow),
		webTable("telegram_4cat", telegram4CATHead, telegram4CATRow),
		webTable("facebook_4cat", facebook4CATHead, facebook4CATRow),
		webTable("x_zeeschuimer_decoder", decoderHead, decoderRow),
	}
}

const (
	x4CATHead        = "id,thread_id,unix_timestamp,author,author_id,language_guess,retweet_count,reply_count,like_count,quote_count,is_retweet,is_reply,urls,images,videos,body"
	x4CATRow         = "¤,¤,~,mfa_one,11,ru,#,1,1,0,no,no,,,"
	linkedIn4CATHead = "id,thread_id,timestamp_ago,is_promoted,author,author_name,image_urls,video_thumb_url,post_url,link_url,comments,shares,reactions,unix_timestamp_collected,body"
	vk4CATHead       = "id,thread_id,unix_timestamp,link,item_type,author_id,author_screen_name,views,likes,post_comments,photos,videos,audio,links,docs,body"
	linkedIn4CATRow  = "¤,¤,1h,no,company/mfa-one,MFA One,,,https://www.linkedin.com/feed/update/urn:li:activity:¤,,1,1,#,~"
	vk4CATRow        = "¤,¤,~,https://vk.com/wall-100_¤,post,-100,,250,#,1,,,,,"
	tikTok4CATHead   = "id,thread_id,unix_timestamp,author,author_full,likes,comments,shares,plays,tiktok_url,body"
	tikTok4CATRow    = "¤,¤,~,mfa.one,MFA One,#,1,1,1,https://www.tiktok.com/@mfa.one/video/¤"
	decoderHead      = "index,id,url,is_retweet,author,author_followers,view_count,heart_count,retweet_count,reply_count,search_url,tweet"
	decoderRow       = "¤,¤,https://www.twitter.com/@mfa_one/status/¤,False,MFA One,,5,#,1,1,https://twitter.com/search?q=a&token=SECRET"
)

// oneRow is a table of one row, in which some of its cells are others: column=text.
func oneRow(head, row string, other ...string) string {
	names, cells := strings.Split(head, ","), append(strings.Split(strings.NewReplacer("¤", "1", "~", "1600000000", "#", "5").Replace(row), ","), "one")
	for _, o := range other {
		name, text, _ := strings.Cut(o, "=")
		for i := range names {
			if names[i] == name {
				cells[i] = `"` + text + `"`
			}
		}
	}
	return head + "\n" + strings.Join(cells, ",") + "\n"
}

// rows joins tables that have the same header.
func rows(tables ...string) string {
	for i, t := range tables[1:] {
		_, tables[i+1], _ = strings.Cut(t, "\n")
	}
	return strings.Join(tables, "")
}

// webTables are the tables above, with a column of a count; "" where there is none.
func webTables() (out []struct{ name, head, row, count string }) {
	for _, f := range webFormats() {
		count := map[string]string{"x_4cat": "like_count", "instagram_4cat": "num_likes", "tiktok_4cat": "likes", "linkedin_4cat": "reactions", "vk_4cat": "likes", "telegram_4cat": "views", "facebook_4cat": "unix_timestamp", "x_zeeschuimer_decoder": "heart_count"}[f.name]
		if count != "" {
			row, _, _ := strings.Cut(f.long[0], ",\"")
			out = append(out, struct{ name, head, row, count string }{f.name, strings.TrimSpace(f.head), row, count})
		}
	}
	return out
}

func webTokenTables() (out []tokenCase) {
	for _, t := range webTables() {
		text := "body"
		if t.name == "x_zeeschuimer_decoder" {
			text = "tweet"
		}
		out = append(out, tokenCase{t.name, "", rows(oneRow(t.head, t.row, text+"=see "+address), oneRow(t.head, t.row, text+"=see "+address, t.count+"="+address)), 1, 1})
	}
	return out
}

var webTokens = append([]tokenCase{
	{"minet_tweets", "", "id,timestamp_utc,user_screen_name,user_id,retweet_count,retweeted_id,collection_time,text,url\n" +
		"1,1600000000.0,a,11,1,,2024-01-31T10:00:00,see " + address + "," + address + "\n2,1600000000.0,a,11,\"" + address + "\",,2024-01-31T10:00:00,see " + address + ",\n", 1, 1},
	{"minet_users", "", "id,screen_name,timestamp_utc,tweets,followers,friends,likes,url\n11,a,1,5,5,5,5," + address + "\n12,b,1,5," + address + ",5,5,\n", 1, 1},
	{"x_zeeschuimer", "", zeeschuimerLine(1, "x.com", webTweet(1, "see "+address, "1")) + "\n" + zeeschuimerLine(2, "x.com", webTweet(2, "see "+address, `"`+address+`"`)) + "\n", 1, 1},
	{"x_graphql", "", `{"data":{"tweetResult":{"result":` + webTweet(1, "see "+address, "1") + `}}}` + "\n" + `{"data":{"tweetResult":{"result":` + webTweet(2, "see "+address, `"`+address+`"`) + `}}}` + "\n", 1, 1},
	{"twscrape", "", scrapedLine(1, `"id_str":"1",`, "see "+address, "1") + "\n" + scrapedLine(2, `"id_str":"2",`, "see "+address, `"`+address+`"`) + "\n", 1, 1},
	{"snscrape", "", scrapedLine(1, "", "see "+address, "1") + "\n" + scrapedLine(2, "", "see "+address, `"`+address+`"`) + "\n", 1, 1},
	{"tiktok_zeeschuimer", "", zeeschuimerLine(1, "tiktok.com", tikTokItem(1, "see "+address, "1")) + "\n" + zeeschuimerLine(2, "tiktok.com", tikTokItem(2, "see "+address, `"`+address+`"`)) + "\n", 1, 1},
	{"vk_4cat", "", oneRow(vk4CATHead, vk4CATRow, "links="+address, "docs="+address), 1, 0},
	{"facebook_4cat", "", oneRow(facebook4CATHead, facebook4CATRow, "url="+address), 1, 0},
}, webTokenTables()...)

var webIDs = []idCase{
	{"minet_tweets", "", "id,timestamp_utc,user_screen_name,user_id,retweet_count,retweeted_id,collection_time,text\n\"¤\",1600000000.0,a,11,1,,2024-01-31T10:00:00,one\n", "post_id"},
	{"minet_users", "", "id,screen_name,timestamp_utc,tweets,followers,friends,likes\n\"¤\",a,1,5,5,5,5\n", "account_id"},
	{"x_zeeschuimer", "", zeeschuimerLine(1, "x.com", strings.Replace(webTweet(1, "one", "1"), `"rest_id":"1"`, `"rest_id":"¤"`, 1)), "rest_id"},
	{"x_zeeschuimer", "", zeeschuimerLine(1, "x.com", strings.Replace(webTweet(1, "one", "1"), `"rest_id":"11"`, `"rest_id":"¤"`, 1)), "rest_id"},
	{"x_graphql", "", `{"data":{"tweetResult":{"result":` + strings.Replace(webTweet(1, "one", "1"), `"rest_id":"1"`, `"rest_id":1.34709E+18`, 1) + `}}}`, "rest_id"},
	{"twscrape", "", scrapedLine(1, `"id_str":"¤",`, "one", "1"), "id_str"},
	{"snscrape", "", strings.Replace(scrapedLine(1, "", "one", "1"), `"id":1,`, `"id":1.34709E+18,`, 1), "id"},
	{"snscrape", "", scrapedLine(1, `"inReplyToTweetId":"¤",`, "one", "1"), "inReplyToTweetId"},
	{"tiktok_zeeschuimer", "", zeeschuimerLine(1, "tiktok.com", strings.Replace(tikTokItem(1, "one", "1"), `{"id":"1"`, `{"id":"¤"`, 1)), "id"},
	{"x_4cat", "", oneRow(x4CATHead, x4CATRow, "id=¤"), "post_id"},
	{"x_4cat", "", oneRow(x4CATHead, x4CATRow, "author_id=¤"), "account_id"},
	{"tiktok_4cat", "", oneRow(tikTok4CATHead, tikTok4CATRow, "id=¤"), "post_id"},
	{"linkedin_4cat", "", oneRow(linkedIn4CATHead, linkedIn4CATRow, "id=¤"), "post_id"},
	{"vk_4cat", "", oneRow(vk4CATHead, vk4CATRow, "author_id=¤"), "account_id"},
	{"telegram_4cat", "", oneRow(telegram4CATHead, telegram4CATRow, "reply_to=¤"), "reply_to_id"},
	{"facebook_4cat", "", oneRow(facebook4CATHead, facebook4CATRow, "id=¤"), "post_id"},
	{"x_zeeschuimer_decoder", "", oneRow(decoderHead, decoderRow, "id=¤"), "post_id"},
}

func webHiddenTables() (out []hiddenCase) {
	for _, t := range webTables() {
		if t.name == "facebook_4cat" || t.name == "telegram_4cat" {
			continue
		}
		out = append(out, hiddenCase{t.name, "", rows(oneRow(t.head, t.row, t.count+"="), oneRow(t.head, t.row, t.count+"=0")), likes})
	}
	return out
}

var webHidden = append([]hiddenCase{
	{"minet_tweets", "", "id,timestamp_utc,user_screen_name,user_id,retweet_count,retweeted_id,collection_time,text\n1,1600000000.0,a,11,,,2024-01-31T10:00:00,one\n2,1600000000.0,a,11,0.0,,2024-01-31T10:00:00,two\n", shares},
	{"minet_users", "", "id,screen_name,timestamp_utc,tweets,followers,friends,likes\n11,a,1,5,,5,5\n12,b,1,5,0,5,5\n", followersSeen},
	{"x_zeeschuimer", "", zeeschuimerLine(1, "x.com", webTweet(1, "one", "null")) + "\n" + zeeschuimerLine(2, "x.com", webTweet(2, "two", "0")) + "\n", likes},
	{"x_zeeschuimer", "", zeeschuimerLine(1, "x.com", strings.Replace(webTweet(1, "one", "1"), `"count":"5"`, `"state":"Enabled"`, 1)) + "\n" +
		zeeschuimerLine(2, "x.com", strings.Replace(webTweet(2, "two", "0"), `"count":"5"`, `"count":"0"`, 1)) + "\n", views},
	{"x_graphql", "", `{"data":{"tweetResult":{"result":` + webTweet(1, "one", "null") + `}}}` + "\n" + `{"data":{"tweetResult":{"result":` + webTweet(2, "two", "0") + `}}}` + "\n", likes},
	{"x_graphql", "", `{"data":{"users":[{"result":{"__typename":"User","rest_id":"11","core":{},"relationship_counts":{"following":1}}},{"result":{"__typename":"User","rest_id":"12","core":{},"relationship_counts":{"followers":0}}}]}}` + "\n", followersSeen},
	{"twscrape", "", scrapedLine(1, `"id_str":"1",`, "one", "null") + "\n" + scrapedLine(2, `"id_str":"2",`, "two", "0") + "\n", likes},
	{"snscrape", "", scrapedLine(1, "", "one", "null") + "\n" + scrapedLine(2, "", "two", "0") + "\n", likes},
	{"tiktok_zeeschuimer", "", zeeschuimerLine(1, "tiktok.com", tikTokItem(1, "one", "null")) + "\n" + zeeschuimerLine(2, "tiktok.com", tikTokItem(2, "two", "0")) + "\n", likes},
	{"instagram_4cat", "", rows(oneRow(instagram4CATHead, instagram4CATRow, "likes_hidden=yes", "num_likes=3"), oneRow(instagram4CATHead, instagram4CATRow, "num_likes=0")), likes},
	{"instagram_4cat", "", rows(oneRow(instagram4CATHead, instagram4CATRow, "num_likes=-1"), oneRow(instagram4CATHead, instagram4CATRow, "num_likes=0")), likes},
	// It has no counts: what stands for all that it lacks is a time.
	{"facebook_4cat", "", rows(oneRow(facebook4CATHead, facebook4CATRow, "unix_timestamp="), oneRow(facebook4CATHead, facebook4CATRow, "unix_timestamp=1600000000")),
		func(b *Batch, i int) datasets.Opt[int64] {
			at := b.Posts[i].Row.CreatedAt
			return datasets.Opt[int64]{V: int64(at.V) % 1_600_000_000, OK: at.OK}
		}},
	{"telegram_4cat", "", rows(oneRow(telegram4CATHead, telegram4CATRow, "views="), oneRow(telegram4CATHead, telegram4CATRow, "views=0")), views},
}, webHiddenTables()...)

const (
	instagram4CATHead = "id,thread_id,unix_timestamp,author,media_type,num_media,likes_hidden,num_likes,num_comments,body"
	instagram4CATRow  = "C¤,C¤,~,mfa_one,photo,1,no,#,2"
	facebook4CATHead  = "id,url,author,author_name,image_url,video_url,is_in_group,group_name,unix_timestamp,body"
	facebook4CATRow   = "¤,https://www.facebook.com/mfa_one/posts/¤,mfa_one,MFA One,,,no,,~"
	telegram4CATHead  = "id,thread_id,chat,author_username,reply_to,views,unix_timestamp,unix_timestamp_edited,unix_timestamp_forwarded_from,attachment_type,body"
	telegram4CATRow   = "mfa_one-¤,mfa_one,mfa_one,mfa_one,,#,~,,,"
)

// adapterNamed is an adapter of the shelf.
func adapterNamed(name string) *Adapter {
	for i := range All() {
		if All()[i].Name == name {
			return &All()[i]
		}
	}
	panic("no adapter " + name)
}

// wordIDs are adapters whose ids are words or are no numbers.
var wordIDs = []string{"instagram_4cat"}
