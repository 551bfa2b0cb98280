package adapters

import (
	"encoding/binary"
	"regexp"
	"strings"

	"github.com/valyala/fastjson"
	"github.com/zeebo/xxh3"

	"diplometrics/datasets"
)

// telethonReactions is the sum of all reactions, absent where Telegram gives
// none. Until 2022 a reaction was its emoji.
func telethonReactions(m *fastjson.Value, f *jsonFields) (none datasets.Opt[int64]) {
	reactions := f.object(m.Get("reactions"), "reactions")
	if reactions == nil {
		return none
	}
	var sum int64
	for _, r := range f.list(reactions.Get("results"), "reactions.results") {
		n := f.count(r.Get("count"), "reactions.results.count")
		if !n.OK {
			f.fail("reactions.results", head([]byte(r.String())), "expected the count of a reaction")
		}
		sum += n.V
	}
	return datasets.Some(sum)
}

// telethonMedia is what a message shows.
func telethonMedia(media *fastjson.Value, hasText bool) datasets.Opt[string] {
	if media == nil || media.Type() == fastjson.TypeNull {
		if hasText {
			return datasets.Some("text")
		}
		return datasets.None[string]()
	}
	switch strings.TrimPrefix(kindOf(media), "MessageMedia") {
	case "":
		return datasets.None[string]()
	case "Photo":
		return datasets.Some("photo")
	case "WebPage":
		return datasets.Some("link")
	case "Poll":
		return datasets.Some("poll")
	case "Document":
		if strings.HasPrefix(string(media.GetStringBytes("document", "mime_type")), "video/") {
			return datasets.Some("video")
		}
		for _, a := range media.GetArray("document", "attributes") {
			if kind := kindOf(a); kind == "DocumentAttributeVideo" || kind == "DocumentAttributeAnimated" {
				return datasets.Some("video")
			}
		}
	}
	return datasets.Some("other")
}

// telethonURL is the address of a message; absent where the handle is not known.
func telethonURL(handle, id string) datasets.Opt[string] {
	if !telegramName.MatchString(handle) {
		return datasets.None[string]()
	}
	return datasets.Some("https://t.me/" + handle + "/" + id)
}

var telegramName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

// finishTelethon gives the posts of a channel the handle that the file has for
// it somewhere else, and makes the messages of an album one post.
func finishTelethon(posts []Row[Post]) (out []Row[Post], merged int64) {
	channels := map[string]Ref{}
	for _, p := range posts {
		if p.Row.PostID == "" {
			channels[p.Ref.ID] = p.Ref
		}
	}
	for _, p := range posts {
		if p.Row.PostID == "" {
			continue
		}
		if c, ok := channels[p.Ref.ID]; ok {
			p.Ref.Name = c.Name
			if c.Handle != "" {
				p.Ref.Handle, p.Row.URL = c.Handle, telethonURL(c.Handle, p.Row.PostID)
			}
		}
		if n := len(out); n > 0 && p.Row.Album != "" && out[n-1].Row.Album == p.Row.Album && out[n-1].Ref == p.Ref && out[n-1].Row.PostID != p.Row.PostID {
			joinAlbum(&out[n-1], p)
			merged++
			continue
		}
		out = append(out, p)
	}
	oneHandle(out)
	return out, merged
}

// joinAlbum makes p a part of the album, which has the id, time and address of
// its first message, and the caption of whichever has one.
func joinAlbum(album *Row[Post], p Row[Post]) {
	a, b := album.Row, p.Row
	if earlierID(b.PostID, a.PostID) { // the newest message comes first in most files
		a, b = b, a
	}
	a.MediaType = datasets.Some("album")
	a.Parts += b.Parts
	if !a.Text.OK {
		a.Text = b.Text
	}
	if b.EditedAt.OK && b.EditedAt.V > a.EditedAt.Or(0) {
		a.EditedAt = b.EditedAt
	}
	a.Counts.Like = added(a.Counts.Like, b.Counts.Like)
	a.Counts.Comment = added(a.Counts.Comment, b.Counts.Comment)
	a.Counts.View = larger(a.Counts.View, b.Counts.View)
	a.Counts.Share = larger(a.Counts.Share, b.Counts.Share)
	both := binary.LittleEndian.AppendUint64(nil, a.Digest)
	a.Digest = xxh3.Hash(binary.LittleEndian.AppendUint64(both, b.Digest))
	album.Row = a
}

// earlierID tells whether a is the smaller of two ids of digits.
func earlierID(a, b string) bool { return len(a) < len(b) || len(a) == len(b) && a < b }

func added(a, b datasets.Opt[int64]) datasets.Opt[int64] {
	return datasets.Opt[int64]{V: a.V + b.V, OK: a.OK || b.OK}
}

func larger(a, b datasets.Opt[int64]) datasets.Opt[int64] {
	return datasets.Opt[int64]{V: max(a.V, b.V), OK: a.OK || b.OK}
}
