package adapters

import (
	"fmt"
	"strings"
	"time"

	"diplometrics/datasets"
)

// Cases of the adapters of messengers, video and community platforms, for the invariants that hold for every
// adapter.

// readAt is when the files of these cases were collected.
var readAt = datasets.Some(datasets.Micros(1_700_000_000_000_000))

func messengerFormats() []format {
	at := func(n int) string { return time.Unix(1_600_000_000+int64(n), 0).UTC().Format(time.RFC3339) }
	observed := File{Name: "f", Observed: readAt}
	telethon := func(n int) string {
		return fmt.Sprintf(`{"_":"Message","id":%d,"peer_id":{"_":"PeerChannel","channel_id":11},"date":"%s","message":"Қазақстан \"%x\" \u00e9\n","views":%d}`, n, at(n), noise(n), noise(n)%1000)
	}
	telethonText := [2]string{`{"_":"Message","id":7,"peer_id":{"channel_id":11},"date":"2020-09-13T12:26:40+00:00","message":"`, `"}`}
	telethonBroken := `{"_":"Message","id":"two","peer_id":{"channel_id":11},"date":"2020-09-13T12:26:40+00:00","message":"two"}`
	wall := func(n int) string {
		return fmt.Sprintf(`{"id":%d,"owner_id":-11,"from_id":-11,"date":%d,"text":"Қазақстан \"%x\" \u00e9\n","likes":{"count":%d}}`, n, 1_600_000_000+n, noise(n), noise(n)%1000)
	}
	wallText := [2]string{`{"id":7,"owner_id":-11,"from_id":-11,"date":1600000000,"likes":{"count":1},"text":"`, `"}`}
	wallBroken := `{"id":"two","owner_id":-11,"from_id":-11,"date":1600000000,"likes":{"count":1},"text":"two"}`
	group := func(n int) string {
		return fmt.Sprintf(`{"id":%d,"name":"MFA \"%x\"","screen_name":"mfa_%d","is_closed":0,"members_count":%d}`, n, noise(n), n, noise(n)%1000)
	}
	groupText := [2]string{`{"id":7,"screen_name":"mfa_seven","is_closed":0,"members_count":5,"name":"`, `"}`}
	groupBroken := `{"id":"two","name":"two","screen_name":"mfa_two","is_closed":0,"members_count":5}`
	video := func(n int) string {
		return fmt.Sprintf(`{"kind":"youtube#video","id":"video%06d","snippet":{"publishedAt":"%s","channelId":"UCmfa_one","title":"Қазақстан \"%x\" \u00e9\n"},"statistics":{"likeCount":"%d"}}`, n, at(n), noise(n), noise(n)%1000)
	}
	videoText := [2]string{`{"kind":"youtube#video","id":"video000007","snippet":{"channelId":"UCmfa_one","title":"`, `"}}`}
	videoBroken := `{"kind":"youtube#video","id":"two","snippet":{"channelId":"UCmfa_one","title":"two"}}`
	pyrogram := func(n int) string {
		return fmt.Sprintf(`{"_":"Message","id":%d,"chat":{"_":"Chat","id":-10011,"type":"ChatType.CHANNEL"},"date":"%s","text":"Қазақстан \"%x\" \u00e9\n","views":%d}`, n, strings.Trim(strings.Replace(at(n), "T", " ", 1), "Z"), noise(n), noise(n)%1000)
	}
	pyrogramText := [2]string{`{"_":"Message","id":7,"chat":{"id":-10011,"type":"ChatType.CHANNEL"},"date":"2020-09-13 12:26:40","text":"`, `"}`}
	pyrogramBroken := `{"_":"Message","id":"two","chat":{"id":-10011,"type":"ChatType.CHANNEL"},"date":"2020-09-13 12:26:40","text":"two"}`
	ofOne := File{Name: "f", Observed: readAt, Account: Ref{Platform: "ok", Handle: "mfa_one"}}
	topic := func(n int) string {
		return fmt.Sprintf(`{"id":"%d","created_ms":%d000,"likes":%d,"more":"Қазақстан \"%x\" \u00e9\n"}`, n, 1_600_000_000+n, noise(n)%1000, noise(n))
	}
	topicText := [2]string{`{"id":"7","created_ms":1600000000000,"likes":1,"more":"`, `"}`}
	topicBroken := `{"id":"two","created_ms":1600000000000,"likes":1}`
	return []format{
		{name: "telegram_telethon", adapter: &TelegramTelethon, file: observed, row: func(n int) string { return telethon(n) + "\n" },
			broken: telethonBroken + "\n", long: [2]string{telethonText[0], telethonText[1] + "\n"}},
		{name: "telegram_telethon list", adapter: &TelegramTelethon, file: observed, head: "[\n", between: ",\n", tail: "\n]\n", row: telethon, broken: telethonBroken, long: telethonText},
		{name: "telegram_telethon answer", adapter: &TelegramTelethon, file: observed,
			head: `{"_":"ChannelMessages","chats":[{"_":"Channel","id":11,"username":"mfa_one","title":"MFA One"}],"messages":[`, between: ",", tail: `]}`,
			row: telethon, broken: telethonBroken, long: telethonText},
		{name: "telegram_pyrogram", adapter: &TelegramPyrogram, file: File{Name: "f", Zone: time.UTC}, row: func(n int) string { return pyrogram(n) + "\n" },
			broken: pyrogramBroken + "\n", long: [2]string{pyrogramText[0], pyrogramText[1] + "\n"}},
		{name: "telegram_pyrogram list", adapter: &TelegramPyrogram, file: File{Name: "f", Zone: time.UTC}, head: "[", between: ", ", tail: "]\n", row: pyrogram, broken: pyrogramBroken, long: pyrogramText},
		{name: "ok_group_statistics", adapter: &OKGroupStatistics, file: ofOne, row: func(n int) string { return topic(n) + "\n" },
			broken: topicBroken + "\n", long: [2]string{topicText[0], topicText[1] + "\n"}},
		{name: "ok_group_statistics answers", adapter: &OKGroupStatistics, file: ofOne, pages: true, head: "[\n", between: ",\n", tail: "\n]\n",
			row:    func(n int) string { return `{"topics":[` + topic(n) + `],"has_more":true}` },
			broken: `{"topics":[` + topicBroken + `]}`, long: [2]string{`{"topics":[` + topicText[0], topicText[1] + `]}`}},
		{name: "vk_wall", adapter: &VKWall, file: observed, row: func(n int) string { return wall(n) + "\n" },
			broken: wallBroken + "\n", long: [2]string{wallText[0], wallText[1] + "\n"}},
		{name: "vk_wall list", adapter: &VKWall, file: observed, head: "[\n42,", between: ",\n", tail: "\n]\n", row: wall, broken: wallBroken, long: wallText},
		{name: "vk_wall answers", adapter: &VKWall, file: observed, pages: true, head: "[\n", between: ",\n", tail: "\n]\n",
			row:    func(n int) string { return `{"response":{"items":[` + wall(n) + `],"count":1}}` },
			broken: `{"response":{"items":[` + wallBroken + `]}}`, long: [2]string{`{"response":{"items":[` + wallText[0], wallText[1] + `],"count":1}}`}},
		{name: "vk_groups", adapter: &VKGroups, file: observed, row: func(n int) string { return group(n) + "\n" },
			broken: groupBroken + "\n", long: [2]string{groupText[0], groupText[1] + "\n"}},
		{name: "vk_groups answers", adapter: &VKGroups, file: observed, pages: true, head: "[\n", between: ",\n", tail: "\n]\n",
			row:    func(n int) string { return `{"response":{"groups":[` + group(n) + `],"profiles":[]}}` },
			broken: `{"response":[` + groupBroken + `]}`, long: [2]string{`{"response":[` + groupText[0], groupText[1] + `]}`}},
		{name: "youtube_api", adapter: &YouTubeAPI, file: observed, row: func(n int) string { return video(n) + "\n" },
			broken: videoBroken + "\n", long: [2]string{videoText[0], videoText[1] + "\n"}},
		{name: "youtube_api pages", adapter: &YouTubeAPI, file: observed, pages: true, head: "[\n", between: ",\n", tail: "\n]\n",
			row: func(n int) string {
				return `{"kind":"youtube#videoListResponse","items":[` + video(n) + `],"etag":"e"}`
			},
			broken: `{"kind":"youtube#videoListResponse","items":[` + videoBroken + `]}`, long: [2]string{`{"kind":"youtube#videoListResponse","items":[` + videoText[0], videoText[1] + `]}`}},
		{name: "youtube_api channels", adapter: &YouTubeAPI, file: observed, head: "[", between: ", ", tail: "]",
			row: func(n int) string {
				return fmt.Sprintf(`{"kind":"youtube#channel","id":"UCmfa_%d","snippet":{"title":"MFA \"%x\""},"statistics":{"subscriberCount":"%d"}}`, n, noise(n), noise(n)%1000)
			},
			broken: `{"kind":"youtube#channel","id":"two","statistics":{"subscriberCount":"5"}}`,
			long:   [2]string{`{"kind":"youtube#channel","id":"UCmfa_seven","statistics":{"subscriberCount":"5"},"snippet":{"title":"`, `"}}`}},
		{name: "telegram_tracker", adapter: adapterNamed("telegram_tracker"), file: observed, quoted: true,
			head: "channel_id,channel_name,msg_id,message,date,views,number_replies,number_forwards,is_forward,reply_to_msg_id\n",
			row: func(n int) string {
				return fmt.Sprintf("11,mfa_one,%d,\"one \"\"%x\"\",\n line 2 Қазақстан\",%s,%d,0,0,0,\n", n, noise(n), at(n), noise(n)%1000)
			},
			broken: "11,mfa_one,2,two,yesterday,1,0,0,0,\n",
			long:   [2]string{"11,mfa_one,7,\"", "\",2020-09-13 12:26:40+00:00,1,0,0,0,\n"}},
		{name: "telegram_tracker_chats", adapter: adapterNamed("telegram_tracker_chats"), file: observed, quoted: true,
			head: "_,id,title,date,username,participants_count\n",
			row: func(n int) string {
				return fmt.Sprintf("Channel,%d,\"MFA \"\"%x\"\",\n line 2 Қазақстан\",%s,mfa_%d,%d\n", n, noise(n), at(n), n, 1+noise(n)%1000)
			},
			broken: "Channel,2,MFA,2020-09-13,mfa_two,many\n",
			long:   [2]string{"Channel,7,\"", "\",2020-09-13,mfa_seven,5\n"}},
		{name: "telegram_snscrape", adapter: adapterNamed("telegram_snscrape"), file: observed,
			row: func(n int) string {
				return fmt.Sprintf(`{"url":"https://t.me/s/mfa_one/%d","date":"%s","content":"Қазақстан \"%x\" \u00e9\n","outlinks":[],"linkPreview":null}`+"\n", n, at(n), noise(n))
			},
			broken: `{"url":"https://t.me/s/mfa_one/two","date":"2020-09-13T12:26:40+00:00","content":"two","outlinks":[],"linkPreview":null}` + "\n",
			long:   [2]string{`{"url":"https://t.me/s/mfa_one/7","date":"2020-09-13T12:26:40+00:00","outlinks":[],"linkPreview":null,"content":"`, "\"}\n"}},
		{name: "youtube_data_tools_videos", adapter: adapterNamed("youtube_data_tools_videos"), file: observed, quoted: true,
			head: "position,channelId,videoId,publishedAt,videoTitle,viewCount,commentCount\n",
			row: func(n int) string {
				return fmt.Sprintf("%d,UCmfa_one,video%06d,%s,\"one \"\"%x\"\",\n line 2 Қазақстан\",%d,0\n", n, n, at(n), noise(n), noise(n)%1000)
			},
			broken: "2,UCmfa_one,video000002,yesterday,two,1,0\n",
			long:   [2]string{"7,UCmfa_one,video000007,2020-09-13T12:26:40Z,\"", "\",1,0\n"}},
		{name: "youtube_data_tools_channels", adapter: adapterNamed("youtube_data_tools_channels"), file: observed, quoted: true,
			head: "id,title,publishedAt,viewCount,subscriberCount,videoCount,keywords,topicDetails\n",
			row: func(n int) string {
				return fmt.Sprintf("UCmfa_%d,\"MFA \"\"%x\"\",\n line 2 Қазақстан\",%s,5,%d,5,a|b,c\n", n, noise(n), at(n), noise(n)%1000)
			},
			broken: "UCmfa_two,MFA,2010-01-01T00:00:00Z,5,many,5,,\n",
			long:   [2]string{"UCmfa_seven,\"", "\",2010-01-01T00:00:00Z,5,5,5,,\n"}},
	}
}

var messengerTokens = []tokenCase{
	{"telegram_telethon", "", `{"_":"Message","id":1,"peer_id":{"channel_id":11},"date":"2024-01-31T09:30:00+00:00","message":"see ` + address + `","media":{"_":"MessageMediaWebPage","webpage":{"url":"` + address + `"}}}` + "\n" +
		`{"_":"Message","id":2,"peer_id":{"channel_id":11},"date":"` + address + `","message":"` + address + `"}` + "\n", 1, 1},
	{"telegram_pyrogram", "", `{"_":"Message","id":1,"chat":{"id":-10011,"type":"ChatType.CHANNEL"},"date":"2024-01-31 09:30:00","text":"see ` + address + `","web_page":{"url":"` + address + `"}}` + "\n" +
		`{"_":"Message","id":2,"chat":{"id":-10011,"type":"ChatType.CHANNEL"},"date":"` + address + `","caption":"` + address + `"}` + "\n", 1, 1},
	{"ok_group_statistics", "", `{"topics":[{"id":"1","created_ms":1600000000000,"likes":1,"url":"` + address + `"},{"id":"2","created_ms":"` + address + `","likes":1}]}`, 1, 1},
	{"vk_wall", "", `{"response":{"items":[{"id":1,"owner_id":-11,"from_id":-11,"date":1600000000,"text":"see ` + address + `","attachments":[{"type":"link","link":{"url":"` + address + `"}}]},` +
		`{"id":2,"owner_id":-11,"from_id":-11,"date":"` + address + `","text":"` + address + `"}],"groups":[{"id":11,"name":"A","photo_50":"` + address + `"}]}}`, 1, 1},
	{"vk_groups", "", `{"response":[{"id":1,"name":"A","screen_name":"a","is_closed":0,"members_count":5,"photo_50":"` + address + `"},{"id":2,"name":"B","screen_name":"b","is_closed":0,"members_count":"` + address + `"}]}`, 1, 1},
	{"youtube_api", "", `{"kind":"youtube#videoListResponse","items":[{"kind":"youtube#video","id":"video000001","snippet":{"channelId":"UCmfa_one","title":"see ` + address + `","description":"` + address + `"}},` +
		`{"kind":"youtube#video","id":"` + address + `","snippet":{"channelId":"UCmfa_one","title":"` + address + `"}}]}`, 1, 1},
	{"telegram_tracker", "", "channel_id,channel_name,msg_id,message,date,views,number_replies,number_forwards,is_forward,reply_to_msg_id,url\n" +
		"11,a,1,see " + address + ",2024-01-31 09:30:00+00:00,1,0,0,0,," + address + "\n11,a,2,see " + address + ",\"" + address + "\",1,0,0,0,,\n", 1, 1},
	{"telegram_tracker_chats", "", "_,id,title,date,username,participants_count\nChannel,1," + address + ",2020-09-13,mfa_one,5\nChannel,2," + address + ",2020-09-13," + address + ",5\n", 1, 1},
	{"telegram_snscrape", "", `{"url":"https://t.me/s/mfa_one/1","date":"2024-01-31T09:30:00+00:00","content":"see ` + address + `","outlinks":["` + address + `"],"linkPreview":null}` + "\n" +
		`{"url":"` + address + `","date":"2024-01-31T09:30:00+00:00","content":"` + address + `","outlinks":[],"linkPreview":null}` + "\n", 1, 1},
	{"youtube_data_tools_videos", "", "position,channelId,videoId,publishedAt,videoTitle,videoDescription,viewCount,commentCount\n" +
		"1,UCa,video000001,2024-01-31T09:30:00Z,see " + address + "," + address + ",1,0\n2,UCa,video000002,\"" + address + "\",see " + address + ",,1,0\n", 1, 1},
	{"youtube_data_tools_channels", "", "id,title,publishedAt,viewCount,subscriberCount,videoCount,keywords,topicDetails,thumbnail\n" +
		"UCa,A,2010-01-01T00:00:00Z,5,5,5,,," + address + "\nUCb,B,2010-01-01T00:00:00Z,5," + address + ",5,,,\n", 1, 1},
}

var messengerIDs = []idCase{
	{"telegram_telethon", "", `{"_":"Message","id":"¤","peer_id":{"channel_id":11},"date":"2024-01-31T09:30:00+00:00","message":"one"}`, "id"},
	{"telegram_telethon", "", `{"_":"Message","id":1,"peer_id":{"channel_id":"¤"},"date":"2024-01-31T09:30:00+00:00","message":"one"}`, "peer_id.channel_id"},
	{"telegram_telethon", "", `{"_":"Message","id":1.34709E+18,"peer_id":{"channel_id":11},"date":"2024-01-31T09:30:00+00:00","message":"one"}`, "id"},
	{"telegram_pyrogram", "", `{"_":"Message","id":"¤","chat":{"id":-10011,"type":"ChatType.CHANNEL"},"date":"2024-01-31 09:30:00"}`, "id"},
	{"telegram_pyrogram", "", `{"_":"Message","id":1,"chat":{"id":"¤","type":"ChatType.CHANNEL"},"date":"2024-01-31 09:30:00"}`, "chat.id"},
	{"ok_group_statistics", "", `{"id":"¤","created_ms":1600000000000,"likes":1}`, "id"},
	{"vk_wall", "", `{"id":"¤","owner_id":-11,"from_id":-11,"date":1600000000,"text":"one","likes":{"count":1}}`, "id"},
	{"vk_wall", "", `{"id":1,"owner_id":"¤","from_id":-11,"date":1600000000,"text":"one","likes":{"count":1}}`, "owner_id"},
	{"vk_wall", "", `{"id":1,"owner_id":-11,"from_id":-1.34709E+18,"date":1600000000,"text":"one","likes":{"count":1}}`, "from_id"},
	{"vk_groups", "", `{"id":"¤","name":"A","screen_name":"a","is_closed":0,"members_count":5}`, "id"},
	{"youtube_api", "", `{"kind":"youtube#video","id":"¤","snippet":{"channelId":"UCmfa_one","title":"one"}}`, "id"},
	{"youtube_api", "", `{"kind":"youtube#video","id":"video000001","snippet":{"channelId":"¤","title":"one"}}`, "snippet.channelId"},
	{"youtube_api", "", `{"kind":"youtube#channel","id":"¤","statistics":{"subscriberCount":"5"}}`, "id"},
	{"telegram_tracker", "", "channel_id,channel_name,msg_id,message,date,views,number_replies,number_forwards,is_forward,reply_to_msg_id\n11,a,\"¤\",one,2024-01-31 09:30:00+00:00,1,0,0,0,\n", "post_id"},
	{"telegram_tracker", "", "channel_id,channel_name,msg_id,message,date,views,number_replies,number_forwards,is_forward,reply_to_msg_id\n\"¤\",a,1,one,2024-01-31 09:30:00+00:00,1,0,0,0,\n", "account_id"},
	{"telegram_tracker_chats", "", "_,id,title,date,username,participants_count\nChannel,\"¤\",A,2020-09-13,mfa_one,5\n", "account_id"},
	{"youtube_data_tools_videos", "", "position,channelId,videoId,publishedAt,videoTitle,viewCount,commentCount\n1,UCa,\"¤\",2024-01-31T09:30:00Z,one,1,0\n", "post_id"},
	{"youtube_data_tools_channels", "", "id,title,publishedAt,viewCount,subscriberCount,videoCount,keywords,topicDetails\n\"¤\",A,2010-01-01T00:00:00Z,5,5,5,,\n", "account_id"},
}

var messengerHidden = []hiddenCase{
	{"telegram_telethon", "", telethonCounts(`"views":null`, `"views":0`), views},
	{"telegram_telethon", "", telethonCounts(`"forwards":null`, `"forwards":0`), shares},
	{"telegram_telethon", "", telethonCounts(`"reactions":null`, `"reactions":{"results":[]}`), likes},
	{"telegram_telethon", "", telethonCounts(`"replies":null`, `"replies":{"replies":0}`), comments},
	{"telegram_pyrogram", "", `{"_":"Message","id":1,"chat":{"id":-10011,"type":"ChatType.CHANNEL"},"date":"2024-01-31 09:30:00"}` + "\n" +
		`{"_":"Message","id":2,"chat":{"id":-10011,"type":"ChatType.CHANNEL"},"date":"2024-01-31 09:30:00","views":0}` + "\n", views},
	{"ok_group_statistics", "", `{"topics":[{"id":"1","created_ms":1600000000000,"likes":null},{"id":"2","created_ms":1600000000000,"likes":0}]}`, likes},
	{"vk_wall", "", wallCounts("", `,"likes":{"count":0}`), likes},
	{"vk_wall", "", wallCounts(`,"views":null`, `,"views":{"count":0}`), views},
	{"vk_wall", "", wallCounts(`,"reposts":{}`, `,"reposts":{"count":0}`), shares},
	{"vk_wall", "", wallCounts("", `,"comments":{"count":0,"can_post":0}`), comments},
	// A community that does not say its members is rejected.
	{"vk_groups", "", `{"response":[{"id":1,"name":"A","screen_name":"a","is_closed":0,"members_count":0},{"id":2,"name":"B","screen_name":"b","is_closed":0,"members_count":5}]}`, zeroFirst},
	{"youtube_api", "", videoCounts(`"viewCount":"5"`, `"viewCount":"5","likeCount":"0"`), likes},
	{"youtube_api", "", videoCounts(`"viewCount":"5"`, `"viewCount":"5","commentCount":0`), comments},
	{"youtube_api", "", `{"kind":"youtube#channel","id":"UCmfa_one","statistics":{"subscriberCount":"0","hiddenSubscriberCount":true,"videoCount":"5"}}` + "\n" +
		`{"kind":"youtube#channel","id":"UCmfa_two","statistics":{"subscriberCount":"0","hiddenSubscriberCount":false,"videoCount":"5"}}` + "\n", followersSeen},
	{"youtube_api", "", `{"kind":"youtube#channel","id":"UCmfa_one","statistics":{"subscriberCount":"0","hiddenSubscriberCount":"true","videoCount":"5"}}` + "\n" +
		`{"kind":"youtube#channel","id":"UCmfa_two","statistics":{"subscriberCount":"0","hiddenSubscriberCount":"false","videoCount":"5"}}` + "\n", followersSeen},
	// telegram-tracker writes 0 for what is hidden: a zero cannot be shown.
	{"telegram_tracker", "", "channel_id,channel_name,msg_id,message,date,views,number_replies,number_forwards,is_forward,reply_to_msg_id\n" +
		"11,a,1,one,2024-01-31 09:30:00+00:00,0,0,0,0,\n11,a,2,two,2024-01-31 09:30:00+00:00,5,0,0,0,\n", lessFive(views)},
	{"telegram_tracker_chats", "", "_,id,title,date,username,participants_count\nChannel,1,A,2020-09-13,mfa_one,5\nChannel,2,B,2020-09-13,mfa_two,6\nChannel,3,C,2020-09-13,mfa_three,0\n",
		func(b *Batch, i int) datasets.Opt[int64] {
			return datasets.Opt[int64]{OK: i == 1 && len(b.Snapshots) == 2}
		}},
	{"telegram_snscrape", "", `{"url":"https://t.me/s/mfa_one/1","date":"2024-01-31T09:30:00+00:00","content":"one","outlinks":[],"linkPreview":null}` + "\n" +
		`{"url":"https://t.me/s/mfa_one/2","date":"2024-01-31T09:30:00+00:00","content":"two","outlinks":[],"linkPreview":null,"views":0}` + "\n", views},
	{"youtube_data_tools_videos", "", "position,channelId,videoId,publishedAt,videoTitle,viewCount,commentCount\n1,UCa,video000001,2024-01-31T09:30:00Z,one,1,\n2,UCa,video000002,2024-01-31T09:30:00Z,two,1,0\n", comments},
	{"youtube_data_tools_channels", "", "id,title,publishedAt,viewCount,subscriberCount,videoCount,keywords,topicDetails\nUCa,A,2010-01-01T00:00:00Z,5,0,,,\nUCb,B,2010-01-01T00:00:00Z,5,0,0,,\n",
		func(b *Batch, i int) datasets.Opt[int64] {
			if b.Snapshots[i].Row.Followers.V.OK { // YouTube gives 0 for hidden ones
				return datasets.Some(int64(-1))
			}
			return b.Snapshots[i].Row.PostsTotal.V
		}},
}

// lessFive is a count less 5, for formats in which a zero is a count that is
// missing.
func lessFive(of func(*Batch, int) datasets.Opt[int64]) func(*Batch, int) datasets.Opt[int64] {
	return func(b *Batch, i int) datasets.Opt[int64] {
		n := of(b, i)
		n.V -= 5
		return n
	}
}

// videoCounts are two videos with their counts.
func videoCounts(hidden, zero string) string {
	const video = `{"kind":"youtube#video","id":"video00000%d","snippet":{"channelId":"UCmfa_one","title":"text"},"statistics":{%s}}` + "\n"
	return fmt.Sprintf(video+video, 1, hidden, 2, zero)
}

// wallCounts are two posts with a count each.
func wallCounts(hidden, zero string) string {
	const post = `{"id":%d,"owner_id":-11,"from_id":-11,"date":1600000000,"post_type":"post","text":"text"%s}` + "\n"
	return fmt.Sprintf(post+post, 1, hidden, 2, zero)
}

// zeroFirst are the followers of the first row where the second is asked for, for
// formats that have no row for a count that is hidden.
func zeroFirst(b *Batch, i int) datasets.Opt[int64] {
	if i == 0 {
		return datasets.None[int64]()
	}
	return b.Snapshots[0].Row.Followers.V
}

// telethonCounts are two messages with a count each.
func telethonCounts(hidden, zero string) string {
	const message = `{"_":"Message","id":%d,"peer_id":{"channel_id":11},"date":"2024-01-31T09:30:00+00:00","message":"text",%s}` + "\n"
	return fmt.Sprintf(message+message, 1, hidden, 2, zero)
}

func comments(b *Batch, i int) datasets.Opt[int64] { return b.Posts[i].Row.Counts.Comment }

// messengerWordIDs are adapters that read ids out of addresses.
var messengerWordIDs = []string{"telegram_snscrape"}
