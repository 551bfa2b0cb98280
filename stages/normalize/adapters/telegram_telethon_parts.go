package adapters

import (
	"cmp"
	"encoding/binary"
	"regexp"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters/jsontape"
)

// telethonReactions is the sum of all reactions, absent where Telegram gives
// none. Until 2022 a reaction was its emoji.
func telethonReactions(m jsontape.Value, f *jsonFields) (none datasets.Opt[int64]) {
	reactions := f.object(m.Get("reactions"), "reactions")
	if !reactions.Exists() {
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
func telethonMedia(media jsontape.Value, hasText bool) datasets.Opt[string] {
	if media.Type() == jsontape.Null {
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
		if strings.HasPrefix(media.Text("document", "mime_type"), "video/") {
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
// it somewhere else, and makes the messages of an album one post. Pages that
// overlap or end inside an album show its messages apart and again: all rows of
// the album in the file are joined, each message once.
func finishTelethon(posts []Row[Post]) (out []Row[Post], merged int64) {
	channels := map[string]Ref{}
	for _, p := range posts {
		if p.Row.PostID == "" {
			known := channels[p.Ref.ID]
			channels[p.Ref.ID] = Ref{Handle: cmp.Or(p.Ref.Handle, known.Handle), Name: cmp.Or(p.Ref.Name, known.Name)}
		}
	}
	type album struct{ channel, id string }
	albums, first := map[album][]Row[Post]{}, map[album]int{}
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
		if p.Row.Album != "" {
			of := album{p.Ref.ID, p.Row.Album}
			if albums[of] = append(albums[of], p); len(albums[of]) > 1 {
				merged++
				continue
			}
			first[of] = len(out)
		}
		out = append(out, p)
	}
	for of, at := range first {
		out[at].Row = joinAlbum(albums[of])
	}
	oneHandle(out)
	return out, merged
}

// joinAlbum makes one post of the messages of an album, in any order. Of a
// message that is there several times the latest showing counts.
func joinAlbum(rows []Row[Post]) (album Post) {
	slices.SortStableFunc(rows, func(a, b Row[Post]) int {
		return cmp.Or(len(a.Row.PostID)-len(b.Row.PostID), cmp.Compare(a.Row.PostID, b.Row.PostID), // ids of digits
			cmp.Compare(b.Row.Counts.View.V, a.Row.Counts.View.V), cmp.Compare(b.Row.EditedAt.V, a.Row.EditedAt.V),
			cmp.Compare(b.Row.Counts.Like.V, a.Row.Counts.Like.V), cmp.Compare(b.Row.Digest, a.Row.Digest))
	})
	rows = slices.CompactFunc(rows, func(a, b Row[Post]) bool { return a.Row.PostID == b.Row.PostID })
	for i, p := range rows {
		if i == 0 {
			album = p.Row
		} else {
			album = addPart(album, p.Row)
		}
	}
	return album
}

// addPart makes b a part of the album a, which has the id, time and address of
// its first message, and the caption of whichever has one.
func addPart(a, b Post) Post {
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
	return a
}

func added(a, b datasets.Opt[int64]) datasets.Opt[int64] {
	return datasets.Opt[int64]{V: a.V + b.V, OK: a.OK || b.OK}
}

func larger(a, b datasets.Opt[int64]) datasets.Opt[int64] {
	return datasets.Opt[int64]{V: max(a.V, b.V), OK: a.OK || b.OK}
}
