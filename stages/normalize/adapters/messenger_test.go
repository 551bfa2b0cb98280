package adapters

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

func FuzzDecodeTelegramTelethon(f *testing.F)  { fuzzPosts(f, TelegramTelethon) }
func FuzzDecodeTelegramPyrogram(f *testing.F)  { fuzzPosts(f, TelegramPyrogram) }
func FuzzDecodeVKWall(f *testing.F)            { fuzzPosts(f, VKWall) }
func FuzzDecodeVKGroups(f *testing.F)          { fuzzPosts(f, VKGroups) }
func FuzzDecodeYouTubeAPI(f *testing.F)        { fuzzPosts(f, YouTubeAPI) }
func FuzzDecodeOKGroupStatistics(f *testing.F) { fuzzPosts(f, OKGroupStatistics) }
func FuzzDecodeTelegramTracker(f *testing.F)   { fuzzExport(f, *adapterNamed("telegram_tracker")) }
func FuzzDecodeTelegramTrackerChats(f *testing.F) {
	fuzzExport(f, *adapterNamed("telegram_tracker_chats"))
}
func FuzzDecodeTelegramSnscrape(f *testing.F) { fuzzPosts(f, *adapterNamed("telegram_snscrape")) }
func FuzzDecodeYouTubeDataToolsVideos(f *testing.F) {
	fuzzExport(f, *adapterNamed("youtube_data_tools_videos"))
}
func FuzzDecodeYouTubeDataToolsChannels(f *testing.F) {
	fuzzExport(f, *adapterNamed("youtube_data_tools_channels"))
}

// telethonMessage is a message of channel 11 with more fields.
func telethonMessage(id int, fields string) string {
	return fmt.Sprintf(`{"_":"Message","id":%d,"peer_id":{"_":"PeerChannel","channel_id":11},"date":"2024-02-29T10:00:00+00:00"%s}`, id, fields)
}

// An album is the messages with one grouped_id of a channel, in any order of the
// file, in pages that overlap or end inside it, each of them once.
func TestTelethonAlbums(t *testing.T) {
	part := func(id int, group string) string {
		return telethonMessage(id, `,"views":`+fmt.Sprint(id)+`,"grouped_id":`+group)
	}
	for _, c := range []struct {
		name   string
		parts  []string
		want   string // id, parts and views of each post
		merged int64
	}{
		{"oldest first", []string{part(5, "1"), part(6, "1"), part(7, "1")}, "5:3:7 ", 2},
		{"newest first", []string{part(7, "1"), part(6, "1"), part(5, "1")}, "5:3:7 ", 2},
		{"no order", []string{part(6, "1"), part(5, "1"), part(7, "1")}, "5:3:7 ", 2},
		{"ids of other lengths", []string{part(10, "1"), part(9, "1")}, "9:2:10 ", 1},
		{"two albums", []string{part(5, "1"), part(6, "1"), part(7, "2"), part(8, "2")}, "5:2:6 7:2:8 ", 2},
		{"apart", []string{part(5, "1"), telethonMessage(6, ""), part(7, "1")}, "5:2:7 6:1:0 ", 1},
		{"twice", []string{part(5, "1"), part(5, "1")}, "5:1:5 ", 1},
		{"overlapping pages", []string{part(9, "2"), part(3, "1"), part(2, "1"), part(3, "1"), part(2, "1"), telethonMessage(1, "")}, "9:1:9 2:2:3 1:1:0 ", 3},
		{"a part twice", []string{part(3, "1"), part(3, "1"), part(2, "1")}, "2:2:3 ", 2},
		{"cut by pages", []string{part(3, "1"), part(2, "1"), part(2, "1"), part(1, "1")}, "1:3:3 ", 3},
		{"ids as text", []string{part(5, `"1"`), part(6, `"1"`)}, "5:2:6 ", 1},
		{"no album", []string{part(5, "null"), part(6, "null")}, "5:1:5 6:1:6 ", 0},
	} {
		b, _, err := decode(TelegramTelethon, "["+strings.Join(c.parts, ",")+"]")
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, p := range b.Posts {
			got += fmt.Sprintf("%s:%d:%d ", p.Row.PostID, p.Row.Parts, p.Row.Counts.View.V)
		}
		if n := int64(len(c.parts)); got != c.want || b.Merged != c.merged || b.Records() != n {
			t.Errorf("%s: got %s, merged %d; want %s, %d", c.name, got, b.Merged, c.want, c.merged)
		}
	}
}

// Of a message of an album that a file has twice its latest showing counts, and
// only that; an album of another channel is another.
func TestTelethonAlbumAgain(t *testing.T) {
	part := func(id, channel, views, likes int, text string) string {
		return fmt.Sprintf(`{"_":"Message","id":%d,"peer_id":{"_":"PeerChannel","channel_id":%d},"date":"2024-02-29T10:00:00+00:00","grouped_id":1,"message":%q,"views":%d,`+
			`"reactions":{"results":[{"reaction":"a","count":%d}]}}`, id, channel, text, views, likes)
	}
	parts := []string{part(5, 11, 100, 4, "раньше"), part(6, 11, 90, 2, ""), part(5, 12, 1, 1, ""), part(5, 11, 200, 3, "кейін"), part(6, 11, 95, 5, "")}
	want := ""
	for range parts {
		b, _, err := decode(TelegramTelethon, strings.Join(parts, "\n")+"\n")
		if err != nil || len(b.Posts) != 2 || b.Merged != 3 {
			t.Fatalf("%v\n%s", err, shownBatch(&b))
		}
		slices.SortFunc(b.Posts, func(a, b Row[Post]) int { return strings.Compare(a.Ref.ID, b.Ref.ID) })
		p := b.Posts[0].Row
		if got := fmt.Sprint(p.Text.V, p.Parts, p.Counts.View.V, p.Counts.Like.V, p.Digest); want == "" {
			want = got
		} else if got != want {
			t.Errorf("in another order %s, not %s", got, want)
		}
		if p.Text.V != "кейін" || p.Parts != 2 || p.Counts.View.V != 200 || p.Counts.Like.V != 8 {
			t.Errorf("%s", shownBatch(&b))
		}
		parts = append(parts[1:], parts[0])
	}
}

// A later page that does not have the handle of a channel leaves the one that an
// earlier page had.
func TestTelethonHandleStays(t *testing.T) {
	answer := func(id int, chat string) string {
		return `{"messages":[` + telethonMessage(id, "") + `],"chats":[{"_":"Channel","id":11` + chat + `}]}`
	}
	b, _, err := decode(TelegramTelethon, answer(1, `,"username":"mfa_one","title":"MFA One"`)+answer(2, `,"username":null`))
	if err != nil || len(b.Posts) != 2 || b.Posts[1].Ref.Handle != "mfa_one" || b.Posts[0].Ref != b.Posts[1].Ref || b.Posts[1].Ref.Name != "MFA One" {
		t.Errorf("%v\n%s", err, shownBatch(&b))
	}
}

// A part of an album that is not seen by its parts is not zero.
func TestTelethonAlbumHidden(t *testing.T) {
	text := "[" + telethonMessage(5, `,"grouped_id":1`) + "," + telethonMessage(6, `,"grouped_id":1`) + "]"
	b, _, err := decode(TelegramTelethon, text)
	if none := (Post{}).Counts; err != nil || len(b.Posts) != 1 || b.Posts[0].Row.Counts != none {
		t.Errorf("%v\n%s", err, shownBatch(&b))
	}
}

// Escapes that are no JSON are mended as in an export of Telegram Desktop.
func TestTelethonMends(t *testing.T) {
	b, _, err := decode(TelegramTelethon, telethonMessage(5, `,"message":"a\x01b \\x01"`)+"\n")
	if err != nil || len(b.Posts) != 1 || b.Posts[0].Row.Text.V != "a\x01b \\x01" {
		t.Errorf("%v\n%s", err, shownBatch(&b))
	}
}

// An answer may be larger than any record, and a file hold several.
func TestTelethonLargeAnswer(t *testing.T) {
	if testing.Short() {
		t.Skip("140 MB")
	}
	const messages, size = 140, 1 << 20
	parts := []io.Reader{strings.NewReader(`{"count":1,"messages":[`)}
	long := strings.Repeat("Қ", size/2)
	for i := range messages {
		start := strings.TrimSuffix(telethonMessage(i+1, `,"message":"`), "}")
		if i > 0 {
			start = "," + start
		}
		parts = append(parts, strings.NewReader(start), strings.NewReader(long), strings.NewReader(`"}`))
	}
	parts = append(parts, strings.NewReader(`],"chats":[{"_":"Channel","id":11,"username":"mfa_one"}]}{"messages":[`+telethonMessage(999, "")+`]}`))
	b, err := TelegramTelethon.Read(context.Background(), io.MultiReader(parts...), File{Name: "f"}, 2)
	if err != nil || len(b.Posts) != messages+1 || len(b.Rejects) > 0 {
		t.Fatalf("%v, %d posts, %d rejects", err, len(b.Posts), len(b.Rejects))
	}
	if first, last := b.Posts[0], b.Posts[messages]; first.Row.URL.V != "https://t.me/mfa_one/1" || last.Ref.Handle != "mfa_one" {
		t.Errorf("first %v at %s, last %v", first.Ref, first.Row.URL.V, last.Ref)
	}
}
