package adapters

import (
	"cmp"
	"strings"

	"github.com/zeebo/xxh3"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters/jsontape"
)

// TelegramPyrogram reads messages as Pyrogram prints them.
var TelegramPyrogram = Adapter{
	Name: "telegram_pyrogram", Tables: []string{"posts"}, Version: 1,
	Doc: "Messages of channels as Pyrogram prints them (str(message)), in a list or one a line. Its times are those of the computer's clock and have no zone: give zone in study.toml. " +
		"The id of a channel is read without the -100 before it, as other formats of Telegram have it. The text is text, or caption under a photo or video. Service messages, deleted messages and those of chats that are no channels are left out. " +
		"The messages of an album (media_group_id) are one post: the likes of its parts are added up, of views and forwards, which each part counts anew, the largest is taken. Forwarded messages are reposts; the post that they repeat is named where it is one of the same channel. like_count is the sum of all reactions.",
	Lacks: "Comments, which Pyrogram does not print: no interactions. When it was collected: give observed_at in study.toml. Followers. " +
		"A message without reactions cannot be told from one whose reactions are hidden.",
	Detect: func(head []byte, _ string) bool {
		p := jsonPaths(head)
		return p["_"] && p["chat.id"] && p["chat.type"] && p["date"] && (p["id"] || p["message_id"])
	},
	Split: splitJSON,
	New: func(f File) (Decoder, error) {
		y := &pyrogram{telethon{file: f, observed: observed(datasets.None[datasets.Micros](), f)}}
		return func(rec Record, into *Batch) error {
			return eachJSON(&y.parsers, rec, into, func(v jsontape.Value, rec Record) error {
				f := jsonFields{line: rec.Line}
				if y.message(v, &f, rec.Raw, into); f.err != nil {
					return f.err
				}
				return nil
			})
		}, nil
	},
	Finish: finishTelethon,
}

type pyrogram struct{ telethon }

// plainEnum is a value of one of Pyrogram's enumerations, without its class.
func plainEnum(v jsontape.Value, field string) string {
	s := stringField(v, field)
	return strings.ToLower(s[strings.LastIndexByte(s, '.')+1:])
}

func (y *pyrogram) message(m jsontape.Value, f *jsonFields, raw []byte, into *Batch) {
	if m.Type() != jsontape.Object || stringField(m, "_") != "Message" {
		f.fail("_", shorten(head(raw), 80), "expected Message, a message as Pyrogram prints it")
		return
	}
	chat := f.object(m.Get("chat"), "chat")
	switch kind := plainEnum(chat, "type"); {
	case has(m, "service"):
		into.Filter("service message")
		return
	case m.GetBool("empty"):
		into.Filter("deleted message")
		return
	case chat.Exists() && kind != "channel":
		into.Filter("message of a chat that is no channel")
		return
	}
	id := strings.TrimPrefix(f.signedID(chat.Get("id"), "chat.id"), "-100")
	ref := Ref{Platform: "telegram", ID: id, Handle: stringField(chat, "username"), Name: stringField(chat, "title")}
	if ref.ID == "" || strings.HasPrefix(ref.ID, "-") {
		f.fail("chat.id", ref.ID, "expected the id of a channel")
	}
	y.givenHandle(&ref)
	post := Post{Digest: xxh3.Hash(raw), Album: plainID(m.Get("media_group_id"))}
	post.Platform, post.Parts, post.PostType = "telegram", 1, datasets.Original
	y.observed.of(&post.Post)
	field := "id"
	if !m.Exists(field) {
		field = "message_id" // until version 2
	}
	if post.PostID = f.id(m.Get(field), field); post.PostID == "" {
		f.fail(field, "", "expected the id of the message")
	}
	if post.CreatedAt = y.moment(m.Get("date"), "date", f); !post.CreatedAt.OK {
		f.fail("date", "", "expected a time")
	}
	if !m.GetBool("edit_hidden") {
		post.EditedAt = y.moment(m.Get("edit_date"), "edit_date", f)
	}
	post.Text = optString(cmp.Or(f.text(m.Get("text"), "text"), f.text(m.Get("caption"), "caption")))
	post.MediaType = pyrogramMedia(m, post.Text.OK)
	post.URL = telethonURL(ref.Handle, post.PostID)
	if !y.repeats(m, id, &post.Post, f) {
		post.Counts = datasets.Counts{Like: pyrogramReactions(m, f), View: f.count(m.Get("views"), "views"), Share: f.count(m.Get("forwards"), "forwards")}
	}
	if f.err == nil {
		into.Posts = append(into.Posts, Row[Post]{Ref: ref, Line: f.line, Row: post})
	}
}

// repeats says of a post what it forwards or answers; true where it is a repost.
func (y *pyrogram) repeats(m jsontape.Value, channel string, post *datasets.Post, f *jsonFields) bool {
	for _, from := range []string{"forward_date", "forward_from_chat", "forward_from", "forward_sender_name", "forward_origin"} {
		if has(m, from) {
			post.PostType = datasets.Repost
			if strings.TrimPrefix(plainID(m.Get("forward_from_chat", "id")), "-100") == channel {
				post.RepostOfID = optString(f.id(m.Get("forward_from_message_id"), "forward_from_message_id"))
			}
			return true
		}
	}
	if id := f.id(m.Get("reply_to_message_id"), "reply_to_message_id"); id != "" {
		post.PostType, post.ReplyToID = datasets.Reply, datasets.Some(id)
	}
	return false
}

func pyrogramMedia(m jsontape.Value, hasText bool) datasets.Opt[string] {
	switch kind := plainEnum(m, "media"); kind {
	case "photo", "poll":
		return datasets.Some(kind)
	case "video", "animation", "video_note":
		return datasets.Some("video")
	case "web_page", "web_page_preview":
		return datasets.Some("link")
	case "":
		if hasText && !has(m, "media") {
			return datasets.Some("text")
		}
		return datasets.None[string]()
	}
	return datasets.Some("other")
}

// pyrogramReactions is the sum of all reactions, absent where the message names
// none: they are a list, or an object with the list in it.
func pyrogramReactions(m jsontape.Value, f *jsonFields) (none datasets.Opt[int64]) {
	list := m.Get("reactions")
	if list.Type() == jsontape.Object {
		list = list.Get("reactions")
	}
	if list.Type() == jsontape.Null {
		return none
	}
	var sum int64
	for _, r := range f.list(list, "reactions") {
		n := f.count(r.Get("count"), "reactions.count")
		if !n.OK {
			f.fail("reactions", head([]byte(r.String())), "expected the count of a reaction")
		}
		sum += n.V
	}
	return datasets.Some(sum)
}
