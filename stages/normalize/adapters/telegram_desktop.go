package adapters

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zeebo/xxh3"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters/jsontape"
)

// TelegramDesktop reads the JSON export of Telegram Desktop.
var TelegramDesktop = Adapter{
	Name: "telegram_desktop", Tables: []string{"posts"}, Version: 2,
	Doc: "Telegram Desktop, result.json: one channel, or a full account of which only the channels are read. " +
		"Service messages are left out. The messages of an album are one post: up to 10 messages with consecutive ids and the same second, " +
		"photos and videos or only other files, a caption on at most one of them; their reactions are added up. " +
		"Forwarded messages are reposts, of a post that the export does not name. like_count is the sum of all reactions; " +
		"it is null where a message has none, because Telegram Desktop writes nothing for a message without reactions, " +
		"for a channel that hides them, and in versions that did not know them.",
	Lacks: "Views, forwards, comments, followers and the handle are not exported: no engagement ratio, no views, no address of a post. " +
		"A post without reactions cannot be told from one whose reactions are not shown: the share of posts without likes cannot be had, and means are over posts with reactions. " +
		"Add a sheet of account snapshots for followers, and the handle of the channel in study.toml for addresses.",
	Detect: detectTelegramDesktop,
	Split:  splitTelegramDesktop,
	New: func(f File) (Decoder, error) {
		d := &telegramDesktop{file: f, observed: observed(datasets.None[datasets.Micros](), f)}
		if !d.observed.at.OK {
			d.observed = exportDay(f.Folder)
		}
		return d.record, nil
	},
	Finish: func(posts []Row[Post]) (out []Row[Post], merged int64) {
		forgetFolder(posts)
		return mergeAlbums(posts)
	},
}

// notChannels are the kinds of chats that are never read, in words.
var notChannels = map[string]string{
	"personal_chat":      "a personal chat",
	"bot_chat":           "a chat with a bot",
	"saved_messages":     "the saved messages of a person",
	"replies":            "the replies to a person",
	"verification_codes": "the verification codes of a person",
	"private_group":      "a private group",
	"private_supergroup": "a private group",
	"public_supergroup":  "a group in which many people write",
}

// notChannel says in words what kind of chat it is; "" for a channel.
func notChannel(kind string) string {
	if kind == "public_channel" || kind == "private_channel" {
		return ""
	}
	if words, ok := notChannels[kind]; ok {
		return words
	}
	return "a chat of an unknown kind"
}

var (
	chatStart    = regexp.MustCompile(`^\{\s*"(name|type|id)"\s*:`)
	chatKind     = regexp.MustCompile(`"type"\s*:\s*"(public_channel|private_channel|public_supergroup|private_supergroup|private_group|personal_chat|bot_chat|saved_messages|replies|verification_codes)"`)
	chatMessages = regexp.MustCompile(`"messages"\s*:\s*\[`)
	accountStart = regexp.MustCompile(`^\{\s*"(about|personal_information|profile_pictures|contacts|frequent_contacts|chats|left_chats)"\s*:`)
	accountWords = regexp.MustCompile(`Telegram|"(chats|left_chats|personal_information)"\s*:`)
)

func detectTelegramDesktop(head []byte, _ string) bool {
	head = bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
	switch {
	case bytes.HasPrefix(head, []byte("<")):
		return bytes.Contains(head, []byte("page_wrap")) && bytes.Contains(head, []byte("Exported Data"))
	case chatStart.Match(head):
		return chatKind.Match(head) && chatMessages.Match(head)
	}
	return accountStart.Match(head) && accountWords.Match(head)
}

// telegramDesktop decodes the messages of one file.
type telegramDesktop struct {
	file     File
	observed observation
	parsers  jsontape.Pool
}

func (d *telegramDesktop) record(rec Record, into *Batch) error {
	kind, ref, err := d.chat(rec.Head)
	if words := notChannel(kind); words != "" {
		into.Filter("message of " + words + ", not of a channel")
		return nil
	}
	if err != nil {
		return err
	}
	p := d.parsers.Get()
	defer d.parsers.Put(p)
	m, err := parseMessage(p, rec.Raw)
	if err != nil {
		return err
	}
	switch kind := stringField(m, "type"); kind {
	case "message":
	case "service":
		into.Filter("service message")
		return nil
	case "unsupported":
		into.Filter("message of a kind that Telegram Desktop could not export")
		return nil
	default:
		return &RecordError{Line: rec.Line, Field: "type", Found: kind, Want: "expected message, service or unsupported"}
	}
	post, err := d.post(m, ref)
	if err != nil {
		return err
	}
	post.Digest = xxh3.Hash(rec.Raw)
	into.Posts = append(into.Posts, Row[Post]{Ref: ref, Line: rec.Line, Row: *post})
	return nil
}

// chat reads what encloses a message: the kind of its chat and its account. A
// handle of study.toml is that of the one chat of a file.
func (d *telegramDesktop) chat(head []byte) (kind string, ref Ref, err error) {
	p := d.parsers.Get()
	defer d.parsers.Put(p)
	chat, err := p.Parse(head)
	if err != nil {
		return "", ref, errors.New("the chat of the message cannot be read")
	}
	one := true
	for _, list := range []string{"chats", "left_chats"} {
		if c := chat.Get(list, "list", "0"); c.Exists() {
			chat, one = c, false
		}
	}
	kind = stringField(chat, "type")
	id, err := wholeNumber(chat, "id")
	if err != nil {
		return kind, ref, err
	}
	ref = Ref{Platform: "telegram", ID: id, Name: shownName(chat)}
	if a := d.file.Account; one && (a.ID == "" || strings.TrimPrefix(a.ID, "-100") == id) {
		ref.Handle = strings.TrimPrefix(a.Handle, "@")
	}
	return kind, ref, nil
}

func (d *telegramDesktop) post(m jsontape.Value, ref Ref) (*Post, error) {
	id, err := wholeNumber(m, "id")
	if err != nil {
		return nil, err
	}
	created, err := d.moment(m, "date")
	if err != nil {
		return nil, err
	}
	if !created.OK {
		return nil, &RecordError{Field: "date", Want: "expected a time"}
	}
	post := &Post{Post: datasets.Post{Platform: "telegram", PostID: id, CreatedAt: created,
		PostType: datasets.Original, Parts: 1}}
	d.observed.of(&post.Post)
	if post.EditedAt, err = d.moment(m, "edited"); err != nil {
		return nil, err
	}
	if post.Text, err = messageText(m); err != nil {
		return nil, err
	}
	post.MediaType = messageMedia(m, post.Text.OK)
	if ref.Handle != "" {
		post.URL = datasets.Some("https://t.me/" + ref.Handle + "/" + id)
	}
	switch {
	case m.Exists("forwarded_from") || m.Exists("forwarded_from_id"):
		post.PostType = datasets.Repost
		return post, nil
	case m.Exists("reply_to_message_id"):
		post.PostType = datasets.Reply
		answered, err := wholeNumber(m, "reply_to_message_id")
		if err != nil {
			return nil, err
		}
		// Ids of messages count from 1 in every chat.
		if peer := stringField(m, "reply_to_peer_id"); peer == "" || peer == "channel"+ref.ID {
			post.ReplyToID = datasets.Some(answered)
		}
	}
	post.Counts.Like, err = reactionSum(m)
	return post, err
}

// moment reads a time, from its seconds where the export has them, else from
// the local time of the computer that made it. Telegram Desktop wrote 1970 for
// a message that was never edited.
func (d *telegramDesktop) moment(m jsontape.Value, field string) (none datasets.Opt[datasets.Micros], err error) {
	if v := m.Get(field + "_unixtime"); v.Exists() {
		s := stringField(m, field+"_unixtime")
		if v.Type() == jsontape.Number {
			s = v.String()
		}
		sec, err := strconv.ParseInt(s, 10, 64)
		if err == nil && sec == 0 {
			return none, nil
		}
		at, want := epoch(sec, seconds)
		if want != "" {
			return none, &RecordError{Field: field + "_unixtime", Found: v.String(), Want: want}
		}
		return datasets.Some(at), nil
	}
	if !m.Exists(field) {
		return none, nil
	}
	s := stringField(m, field)
	wall, err := time.Parse("2006-01-02T15:04:05", s)
	if err != nil {
		return none, &RecordError{Field: field, Found: m.Get(field).String(), Want: "expected a time like 2020-01-31T09:30:00"}
	}
	if field == "edited" && wall.Year() <= 1970 {
		return none, nil
	}
	if d.file.Zone == nil {
		return none, &Refused{Reason: "its times have no time zone: it was made by a Telegram Desktop that wrote only the local time of the computer. " +
			"Write the zone of that computer beside the file in study.toml, for instance zone = \"Asia/Almaty\""}
	}
	t, err := wallTime(wall, d.file.Zone, "")
	if err != nil && field == "edited" {
		return none, nil // one of two hours; the post itself is known
	}
	if err != nil {
		return none, &RecordError{Field: field, Found: s, Want: err.Error()}
	}
	return datasets.Some(datasets.MicrosOf(t)), nil
}

// messageText joins the pieces of a text, without their formatting and the
// targets of links.
func messageText(m jsontape.Value) (none datasets.Opt[string], err error) {
	v := m.Get("text")
	if !v.Exists() {
		v = m.Get("text_entities")
	}
	if !v.Exists() {
		return none, nil
	}
	wrong := &RecordError{Field: "text", Found: v.String(), Want: "expected a text or a list of texts"}
	pieces := []jsontape.Value{v}
	if v.Type() == jsontape.Array {
		pieces = v.GetArray()
	}
	var all strings.Builder
	for _, piece := range pieces {
		if piece.Type() == jsontape.Object {
			piece = piece.Get("text")
		}
		if piece.Type() != jsontape.String {
			return none, wrong
		}
		all.Write(piece.GetStringBytes())
	}
	if all.Len() == 0 {
		return none, nil
	}
	return datasets.Some(all.String()), nil
}

func messageMedia(m jsontape.Value, hasText bool) datasets.Opt[string] {
	switch media := stringField(m, "media_type"); {
	case m.Exists("photo"):
		return datasets.Some("photo")
	case media == "video_file" || media == "video_message" || media == "animation":
		return datasets.Some("video")
	case m.Exists("poll"):
		return datasets.Some("poll")
	case media != "" || m.Exists("file") || m.Exists("location_information") || m.Exists("contact_information"):
		return datasets.Some("other")
	case hasText:
		return datasets.Some("text")
	}
	return datasets.None[string]()
}

// reactionSum is the sum of all reactions, absent where the message names none.
func reactionSum(m jsontape.Value) (none datasets.Opt[int64], err error) {
	v := m.Get("reactions")
	if !v.Exists() {
		return none, nil
	}
	wrong := &RecordError{Field: "reactions", Found: v.String(), Want: "expected a list of reactions with their counts"}
	if v.Type() != jsontape.Array {
		return none, wrong
	}
	var sum int64
	for _, r := range v.GetArray() {
		n, err := wholeNumber(r, "count")
		if err != nil {
			return none, wrong
		}
		count, err := strconv.ParseInt(n, 10, 32)
		if err != nil {
			return none, wrong
		}
		sum += count
	}
	return datasets.Some(sum), nil
}

// shownName is the name that the platform shows of an account, "" where the file
// does not say: no record is rejected for it.
func shownName(v jsontape.Value) string { return nameIn(v.Get("name")) }

func nameIn(v jsontape.Value) string {
	s := v.Text()
	if !v.ValidUTF8() {
		s = strings.ToValidUTF8(s, "")
	}
	return strings.TrimSpace(s)
}

// stringField returns a string field, "" where it is absent or no string.
func stringField(v jsontape.Value, field string) string { return v.Text(field) }

// wholeNumber returns a whole number as the text that it is.
func wholeNumber(v jsontape.Value, field string) (string, error) {
	n := v.Get(field)
	if !n.Exists() {
		return "", &RecordError{Field: field, Want: "expected a whole number"}
	}
	s := n.String()
	for _, r := range s {
		if r < '0' || r > '9' {
			want := "expected a whole number"
			if roundedID.MatchString(s) {
				want = "another program rounded this id; export the channel again"
			}
			return "", &RecordError{Field: field, Found: s, Want: want}
		}
	}
	return s, nil
}

// roundedID is a number as a spreadsheet or a program writes it after it lost
// its last digits.
var roundedID = regexp.MustCompile(`^-?[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+$`)

// forgetFolder takes the day of the export by the name of its folder or file from
// all posts where one of them is younger: it was named anew.
func forgetFolder(posts []Row[Post]) {
	younger := slices.ContainsFunc(posts, func(p Row[Post]) bool {
		return p.Row.TimeSource.V == "file name" && p.Row.CreatedAt.OK && p.Row.CreatedAt.V > p.Row.ObservedAt.V+aDay
	})
	for i := range posts {
		if younger {
			posts[i].Row.ObservedAt, posts[i].Row.TimeSource = datasets.None[datasets.Micros](), datasets.None[string]()
		}
	}
}

// refuseChat is why a file with one chat of that kind is not read.
func refuseChat(kind string) *Refused {
	return &Refused{Reason: fmt.Sprintf("it is an export of %s, not of a channel; only channels are read, so that nobody's private messages enter a study. Export the channel itself", notChannel(kind))}
}
