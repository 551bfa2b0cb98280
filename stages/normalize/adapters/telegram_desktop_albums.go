package adapters

import (
	"encoding/binary"
	"strconv"

	"github.com/zeebo/xxh3"

	"diplometrics/datasets"
)

// maxAlbum is the number of photos, videos or files that Telegram shows as one
// post at most.
const maxAlbum = 10

// mergeAlbums makes the messages of an album one post, which has the id of the
// first, the caption of whichever has it, and the sum of the reactions.
func mergeAlbums(posts []Row[Post]) (out []Row[Post], merged int64) {
	var last int64 // id of the last message of the post that may grow
	var media string
	for _, p := range posts {
		id, err := strconv.ParseInt(p.Row.PostID, 10, 64)
		if err != nil {
			id = -1
		}
		if n := len(out); n > 0 && err == nil && id == last+1 && sameAlbum(&out[n-1], media, &p) {
			growAlbum(&out[n-1].Row, &p.Row)
			merged++
		} else {
			out = append(out, p)
			media = p.Row.MediaType.Or("")
		}
		last = id
	}
	return out, merged
}

// sameAlbum tells whether p continues the post a, whose first message was of
// that media type.
func sameAlbum(a *Row[Post], media string, p *Row[Post]) bool {
	visual := func(m string) bool { return m == "photo" || m == "video" }
	m := p.Row.MediaType.Or("")
	return a.Ref == p.Ref && a.Row.CreatedAt == p.Row.CreatedAt && a.Row.Parts < maxAlbum &&
		(visual(media) && visual(m) || media == "other" && m == "other") &&
		!(a.Row.Text.OK && p.Row.Text.OK) &&
		a.Row.PostType == p.Row.PostType && a.Row.ReplyToID == p.Row.ReplyToID
}

func growAlbum(a, p *Post) {
	a.Parts += p.Parts
	a.MediaType = datasets.Some("album")
	if p.Text.OK {
		a.Text = p.Text
	}
	if p.EditedAt.OK && p.EditedAt.V > a.EditedAt.Or(0) {
		a.EditedAt = p.EditedAt
	}
	if p.Counts.Like.OK {
		a.Counts.Like = datasets.Some(a.Counts.Like.V + p.Counts.Like.V)
	}
	both := binary.LittleEndian.AppendUint64(nil, a.Digest)
	a.Digest = xxh3.Hash(binary.LittleEndian.AppendUint64(both, p.Digest))
}
