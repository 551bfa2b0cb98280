package adapters

import (
	"context"
	"fmt"
	"io"
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

// An album is the messages with one grouped_id that follow one another, in either
// order of the file; the same message again is an observation of its own.
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
		{"alone", []string{part(5, "1"), telethonMessage(6, ""), part(7, "1")}, "5:1:5 6:1:0 7:1:7 ", 0},
		{"twice", []string{part(5, "1"), part(5, "1")}, "5:1:5 5:1:5 ", 0},
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
		if got != c.want || b.Merged != c.merged {
			t.Errorf("%s: got %s, merged %d; want %s, %d", c.name, got, b.Merged, c.want, c.merged)
		}
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
