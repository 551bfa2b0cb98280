package adapters

import (
	"strings"
	"testing"
)

// A time is read in the unit that the format has; one that is in another, or
// before or after there were posts, is rejected with what it is.
func TestEpoch(t *testing.T) {
	for _, c := range []struct {
		n, unit int64
		want    string // time, or what is wrong
	}{
		{946_684_800, seconds, "2000-01-01T00:00:00Z"},
		{1_709_200_800_123, milliseconds, "2024-02-29T10:00:00.123Z"},
		{1_709_200_800_123, seconds, "expected seconds since 1970, found milliseconds"},
		{1_709_200_800, milliseconds, "expected milliseconds since 1970, found seconds"},
		{1_709_200_800_123_456, milliseconds, "expected milliseconds since 1970, found microseconds"},
		{946_684_799, seconds, "expected seconds since 1970"},
		{4_102_444_800, seconds, "expected seconds since 1970"},
		{0, seconds, "expected seconds since 1970"},
		{-1 << 63, milliseconds, "expected milliseconds since 1970"},
		{1<<63 - 1, seconds, "expected seconds since 1970"},
	} {
		at, want := epoch(c.n, c.unit)
		if got := map[bool]string{true: at.String(), false: want}[want == ""]; got != c.want {
			t.Errorf("%d: got %s, want %s", c.n, got, c.want)
		}
	}
	mapped := strings.Replace(mappedPosts, "[source.mapping.constants]", "[source.mapping.fields]\ncreated_at = { column = \"at\", layout = \"unix\" }\n[source.mapping.constants]", 1)
	for _, c := range []struct{ adapter, toml, text string }{
		{"tiktok_zeeschuimer", "", capturedOn("www.tiktok.com", `{"id":"1","createTime":1709200800123,"author":{"id":"2","uniqueId":"mfa_one"}}`)},
		{"instagram_zeeschuimer", "", strings.Replace(capturedOn("www.instagram.com", `{"code":"A1","taken_at":1709200800,"user":{"pk":"1"}}`), "1700000000000", "1700000000", 1)},
		{"ok_group_statistics", "", `{"topics":[{"id":"1","created_ms":1709200800,"likes":1}]}`},
		{"vk_wall", "", `{"id":1,"owner_id":-11,"from_id":-11,"date":1709200800123,"text":"a","likes":{"count":1}}`},
		{"telegram_telethon", "", `{"_":"Message","id":1,"peer_id":{"channel_id":11},"date":1709200800123.0}`},
		{"mapping", mapped, "id,author,who,text,url,likes,at\n1,11,a,b,,5,1709200800123\n"},
		{"mapping", strings.Replace(mapped, `"unix"`, `"unix_ms"`, 1), "id,author,who,text,url,likes,at\n1,11,a,b,,5,1709200800\n"},
	} {
		b, err := readAs(t, c.adapter, c.toml, c.text)
		if err != nil || len(b.Posts) != 0 || len(b.Rejects) != 1 || !strings.Contains(b.Rejects[0].Reason, "since 1970, found ") {
			t.Errorf("%s: %v\n%s", c.adapter, err, shownBatch(b))
		}
	}
	b, err := readAs(t, "snscrape", "", `{"_type":"snscrape.modules.twitter.Tweet","url":"https://twitter.com/mfa_one/status/1","date":1672531200000,"content":"a","id":1,"replyCount":1,"retweetCount":1,"user":{"_type":"snscrape.modules.twitter.User","username":"mfa_one","id":2}}`+"\n")
	if err != nil || len(b.Posts) != 1 || b.Posts[0].Row.CreatedAt.V.String() != "2023-01-01T00:00:00Z" {
		t.Errorf("snscrape after pandas: %v\n%s", err, shownBatch(b))
	}
}
