package jsontape

import (
	"strings"
	"testing"
)

// post has the shape of a flattened post of X, with a text in Cyrillic.
var post = []byte(`{"created_at": "2024-11-29T15:36:40.000Z", "text": "` + strings.Repeat("сегодня \\\"протест\\\" президент people ", 6) + `https://t.co/qlXO9y4qsJ", "id": "1862521062814646272", "edit_history_tweet_ids": ["1862521062814646272"], "lang": "en", "possibly_sensitive": false, "reply_settings": "everyone", "conversation_id": "1862521062814646272", "author_id": "112169647000040249", ` +
	`"public_metrics": {"retweet_count": 222, "reply_count": 123, "like_count": 1113, "quote_count": 27, "bookmark_count": 0, "impression_count": 44543}, "entities": {"hashtags": [{"start": 10, "end": 20, "tag": "live"}]}, ` +
	`"context_annotations": [` + strings.Repeat(`{"domain": {"id": "35", "name": "Politician", "description": "Politicians in the world, like Joe Biden"}, "entity": {"id": "344592713948", "name": "Political Body"}}, `, 5) + `null], ` +
	`"author": {"name": "Політик", "username": "user_KAZ_225", "created_at": "2012-05-04T10:11:12.000Z", "verified": true, "location": "KAZ", "id": "112169647000040249", "public_metrics": {"followers_count": 164718, "following_count": 512, "tweet_count": 20431, "listed_count": 77}}, ` +
	`"__twarc": {"url": "https://api.twitter.com/2/tweets/search/all?max_results=100", "version": "2.14.0", "retrieved_at": "2025-01-15T00:00:01+00:00"}}`)

func BenchmarkParse(b *testing.B) {
	var p Parser
	b.SetBytes(int64(len(post)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Parse(post); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkGet reads what is last in an object, and a text with escapes.
func BenchmarkGet(b *testing.B) {
	v, err := Parse(post)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if v.Get("__twarc", "retrieved_at").Type() != String || v.Exists("nothing") {
			b.Fatal("wrong")
		}
	}
}

func BenchmarkText(b *testing.B) {
	var p Parser
	b.ReportAllocs()
	for b.Loop() {
		v, err := p.ParseString(`["сегодня \"протест\" \u043f\u0440\u0435\u0437", "plain"]`)
		if err != nil || v.Get("0").Text() == "" || v.Get("1").Text() != "plain" {
			b.Fatal(err)
		}
	}
}

// BenchmarkMembers reads a post and its author, of whose members most are asked
// for.
func BenchmarkMembers(b *testing.B) {
	ofPost := KeysOf("__twarc", "id", "data", "includes", "errors", "meta", "title", "detail", "text", "author_id", "edit_history_tweet_ids", "username", "author",
		"created_at", "referenced_tweets", "note_tweet", "lang", "attachments", "entities", "public_metrics", "in_reply_to_user")
	ofUser := KeysOf("id", "username", "name", "public_metrics")
	v, err := Parse(post)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		v.doc.lists = v.doc.lists[:0]
		m := v.Members(ofPost)
		if m[12].Members(ofUser)[2].Type() != String || m[2].Exists() {
			b.Fatal("wrong")
		}
	}
}
