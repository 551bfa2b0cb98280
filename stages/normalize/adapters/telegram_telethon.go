package adapters

import (
	"cmp"
	"strings"
	"time"

	"github.com/zeebo/xxh3"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters/jsontape"
)

// TelegramTelethon reads messages and channels as Telethon gives them.
var TelegramTelethon = Adapter{
	Name: "telegram_telethon", Tables: []string{"posts", "account_snapshots"}, Version: 1,
	Doc: "Messages of channels as Telethon gives them (to_dict, to_json): a list, one a line, whole answers with messages and chats such as the {channel}_messages.json of telegram-tracker, and the NDJSON of 4CAT. " +
		"Service messages and messages of people in groups are left out. The messages of an album are one post: the likes and comments of its parts are added up, of views and forwards, which each part counts anew, the largest is taken. " +
		"Forwarded messages are reposts; the post that they repeat is named where it is one of the same channel. like_count is the sum of all reactions. " +
		"A count that is null is missing: Telegram gives none for comments that are closed, and none for reactions that a message does not have or does not show. " +
		"A message of which only the reactions changed (edit_hide) is not edited. The handle is that of the channel in chats, else that of the file in study.toml where it holds one channel. " +
		"A full channel (messages.chatFull) is an account snapshot: participants_count at the time that study.toml gives.",
	Lacks: "When it was collected: give observed_at in study.toml, or views and followers cannot be dated. Followers, except in a full channel. " +
		"A message without reactions cannot be told from one whose reactions are hidden: the share of posts without likes cannot be had.",
	Detect: detectTelethon,
	Split:  splitTelethon,
	New: func(f File) (Decoder, error) {
		t := &telethon{file: f, observed: observed(datasets.None[datasets.Micros](), f)}
		return func(rec Record, into *Batch) error {
			p := t.parsers.Get()
			defer t.parsers.Put(p)
			v, err := parseMessage(p, rec.Raw)
			if err != nil {
				return &RecordError{Line: rec.Line, Found: head(rec.Raw), Want: err.Error()}
			}
			return t.record(v, rec, into)
		}, nil
	},
	Finish: finishTelethon,
}

func detectTelethon(head []byte, _ string) bool {
	p := jsonPaths(head)
	for _, in := range []string{"", "messages."} {
		if (p[in+"_"] || p[in+"_type"]) && p[in+"id"] && p[in+"date"] && (p[in+"peer_id"] || p[in+"to_id"]) {
			return true
		}
	}
	return p["full_chat.participants_count"] && p["full_chat.id"] ||
		p["messages"] && p["count"] && p["chats"] && !p["messages.id"] && emptyList(firstJSON(head).Get("messages"))
}

type telethon struct {
	file     File
	observed observation
	parsers  jsontape.Pool
}

// record decodes a message, a full channel, what follows the messages of an
// answer, or a whole answer.
func (t *telethon) record(v jsontape.Value, rec Record, into *Batch) error {
	f := jsonFields{line: rec.Line}
	switch {
	case v.Exists("full_chat"):
		t.channel(v, &f, into)
	case v.Exists("messages") && !v.Exists("peer_id"):
		t.chats(f.list(v.Get("chats"), "chats"), &f, into)
		var raw []byte
		for _, m := range f.list(v.Get("messages"), "messages") {
			raw = m.AppendTo(raw[:0])
			g := jsonFields{line: rec.Line}
			if t.message(m, &g, raw, into); g.err != nil {
				into.Reject(rec.Line, g.err.Field, g.err.reason(), head(raw))
			}
		}
	case v.Exists("chats") && !v.Exists("id"):
		t.chats(f.list(v.Get("chats"), "chats"), &f, into)
	default:
		t.message(v, &f, rec.Raw, into)
	}
	if f.err != nil {
		return f.err
	}
	return nil
}

// kindOf is the class that Telethon gives an object; 4CAT renames the key.
func kindOf(v jsontape.Value) string {
	return cmp.Or(stringField(v, "_"), stringField(v, "_type"))
}

// telethonHandle is the handle of a chat, "" where it has none.
func telethonHandle(chat jsontape.Value) string {
	if h := stringField(chat, "username"); h != "" {
		return h
	}
	for _, u := range chat.GetArray("usernames") {
		if u.GetBool("active") {
			return stringField(u, "username")
		}
	}
	return ""
}

// chats notes the handles of channels: for Finish, because they mostly follow
// the messages, in posts without an id that it takes out again.
func (t *telethon) chats(list []jsontape.Value, f *jsonFields, into *Batch) {
	for _, c := range list {
		if kind := kindOf(c); kind != "" && kind != "Channel" {
			continue
		}
		g := jsonFields{line: f.line}
		ref := Ref{Platform: "telegram", ID: g.id(c.Get("id"), "chats.id"), Handle: telethonHandle(c), Name: stringField(c, "title")}
		n := g.count(c.Get("participants_count"), "chats.participants_count")
		if g.err != nil || ref.ID == "" {
			continue
		}
		into.Posts = append(into.Posts, Row[Post]{Ref: ref, Line: f.line})
		if n.V > 0 && t.observed.at.OK {
			into.seen(t.snapshot(f.line, ref, n))
		}
	}
}

func (t *telethon) snapshot(line int64, ref Ref, followers datasets.Opt[int64]) Row[datasets.AccountSnapshot] {
	row := t.observed.snapshot(line, ref, followers, datasets.None[int64](), datasets.None[int64]())
	row.Row.Platform = "telegram"
	return row
}

// channel makes an account snapshot of a full channel.
func (t *telethon) channel(v jsontape.Value, f *jsonFields, into *Batch) {
	full := f.object(v.Get("full_chat"), "full_chat")
	ref := Ref{Platform: "telegram", ID: f.id(full.Get("id"), "full_chat.id")}
	for _, c := range f.list(v.Get("chats"), "chats") {
		if plainID(c.Get("id")) == ref.ID {
			ref.Handle, ref.Name = telethonHandle(c), stringField(c, "title")
		}
	}
	n := f.count(full.Get("participants_count"), "full_chat.participants_count")
	switch {
	case f.err != nil:
	case ref.ID == "":
		f.fail("full_chat.id", "", "expected the id of the channel")
	case !n.OK:
		f.fail("full_chat.participants_count", "", "expected the number of subscribers; the channel hides it, or the answer is not of a channel")
	case !t.observed.at.OK:
		f.fail("", ref.String(), noTime.Reason)
		f.err.All = noTime
	default:
		into.Snapshots = append(into.Snapshots, t.snapshot(f.line, ref, n))
	}
}

// account tells which channel a message is of; "" and why where it is of none.
func (t *telethon) account(m jsontape.Value, f *jsonFields) (ref Ref, other string) {
	field := "peer_id"
	if !m.Exists(field) {
		field = "to_id" // until 2020
	}
	peer := f.object(m.Get(field), field)
	ref = Ref{Platform: "telegram", ID: f.id(peer.Get("channel_id"), field+".channel_id")}
	switch {
	case f.err != nil:
	case ref.ID == "" && (peer.Exists("user_id") || peer.Exists("chat_id")):
		return ref, "message of a personal chat or group, not of a channel"
	case ref.ID == "":
		f.fail(field+".channel_id", "", "expected the id of the channel")
	case has(m, "from_id") && !m.GetBool("post") && plainID(m.Get("from_id", "channel_id")) != ref.ID:
		return ref, "message in a group, not of a channel"
	}
	if c := m.Get("_chat"); c.Exists() {
		ref.Handle, ref.Name = telethonHandle(c), stringField(c, "title")
	}
	t.givenHandle(&ref)
	return ref, ""
}

// givenHandle gives a channel without a handle that of study.toml, which may
// write its id with -100 before it.
func (t *telethon) givenHandle(ref *Ref) {
	if a := t.file.Account; ref.Handle == "" && (a.ID == "" || strings.TrimPrefix(a.ID, "-100") == ref.ID) {
		ref.Handle = strings.TrimPrefix(a.Handle, "@")
	}
}

// message makes a post of a message, or leaves it out.
func (t *telethon) message(m jsontape.Value, f *jsonFields, raw []byte, into *Batch) {
	if m.Type() != jsontape.Object {
		f.fail("", shorten(m.String(), 80), "expected a message")
		return
	}
	switch kind := kindOf(m); {
	case kind == "MessageService":
		into.Filter("service message")
		return
	case kind == "MessageEmpty":
		into.Filter("deleted message")
		return
	case kind != "Message":
		f.fail("_", kind, "expected Message, a message as Telethon writes it")
		return
	}
	ref, other := t.account(m, f)
	if other != "" {
		into.Filter(other)
		return
	}
	post := Post{Digest: xxh3.Hash(raw)}
	post.Platform, post.Parts, post.PostType = "telegram", 1, datasets.Original
	t.observed.of(&post.Post)
	if post.PostID = f.id(m.Get("id"), "id"); post.PostID == "" {
		f.fail("id", "", "expected the id of the message")
	}
	if post.CreatedAt = t.moment(m.Get("date"), "date", f); !post.CreatedAt.OK {
		f.fail("date", "", "expected a time")
	}
	if !m.GetBool("edit_hide") {
		post.EditedAt = t.moment(m.Get("edit_date"), "edit_date", f)
	}
	post.Text = optString(f.text(m.Get("message"), "message"))
	post.MediaType = telethonMedia(m.Get("media"), post.Text.OK)
	post.Album = f.id(m.Get("grouped_id"), "grouped_id")
	post.URL = telethonURL(ref.Handle, post.PostID)
	if !t.repeats(m, ref, &post.Post, f) {
		post.Counts = datasets.Counts{Like: telethonReactions(m, f), View: f.count(m.Get("views"), "views"), Share: f.count(m.Get("forwards"), "forwards")}
		if r := f.object(m.Get("replies"), "replies"); r.Exists() {
			post.Counts.Comment = f.count(r.Get("replies"), "replies.replies")
		}
	}
	if f.err == nil {
		into.Posts = append(into.Posts, Row[Post]{Ref: ref, Line: f.line, Row: post})
	}
}

// repeats says of a post what it forwards or answers; true where it is a repost.
func (t *telethon) repeats(m jsontape.Value, ref Ref, post *datasets.Post, f *jsonFields) bool {
	if fwd := f.object(m.Get("fwd_from"), "fwd_from"); fwd.Exists() {
		post.PostType = datasets.Repost
		id := f.id(fwd.Get("channel_post"), "fwd_from.channel_post")
		// Ids of messages count from 1 in every channel.
		if plainID(fwd.Get("from_id", "channel_id")) == ref.ID {
			post.RepostOfID = optString(id)
		}
		return true
	}
	reply := f.object(m.Get("reply_to"), "reply_to")
	field := "reply_to.reply_to_msg_id"
	if !reply.Exists() {
		reply, field = m, "reply_to_msg_id"
	}
	id := f.id(reply.Get("reply_to_msg_id"), field)
	if id == "" && reply == m {
		return false
	}
	post.PostType = datasets.Reply
	if !has(reply, "reply_to_peer_id") || plainID(reply.Get("reply_to_peer_id", "channel_id")) == ref.ID {
		post.ReplyToID = optString(id)
	}
	return false
}

// moment reads a time with its offset, seconds since 1970, or a local time in
// the zone of the file.
func (t *telethon) moment(v jsontape.Value, field string, f *jsonFields) (none datasets.Opt[datasets.Micros]) {
	if v.Type() == jsontape.Number {
		if sec := int64(v.Float64()); sec != 0 {
			return f.epoch(datasets.Some(sec), seconds, field)
		}
		return none
	}
	s := f.text(v, field)
	if s == "" {
		return none
	}
	s = strings.Replace(s, " ", "T", 1)
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return datasets.Some(datasets.MicrosOf(at))
	}
	wall, err := time.Parse("2006-01-02T15:04:05", s)
	switch {
	case err != nil:
		f.fail(field, s, "expected a time like 2024-01-31T09:30:00+00:00")
	case t.file.Zone == nil:
		f.fail(field, s, "a time without its offset; give the zone of the file in study.toml, for instance zone = \"Asia/Almaty\"")
		if f.err.All == nil {
			f.err.All = noZone
		}
	default:
		at, err := wallTime(wall, t.file.Zone, "")
		if err != nil && field == "edit_date" {
			return none // one of two hours; the post itself is known
		}
		if err != nil {
			f.fail(field, s, err.Error())
		}
		return datasets.Some(datasets.MicrosOf(at))
	}
	return none
}

// noZone is why a file of messages is not read of which no time has a zone.
var noZone = &Refused{Reason: "its times have no time zone: they are those of the clock of the computer that collected. " +
	"Write its zone beside the file in study.toml, for instance zone = \"Asia/Almaty\""}
