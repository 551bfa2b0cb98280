package adapters

import (
	"slices"
	"strconv"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters/jsontape"
)

// Instagram describes a post in two ways, and collectors keep either, or one
// inside the other: the item list of its apps (media_type, taken_at, like_count)
// and the older graph (GraphImage, edge_media_to_caption, edge_media_preview_like).
// Their keys do not clash, so that one reader takes both.

// igPost reads one post. The first of several descriptions that says something
// counts.
type igPost struct {
	*jsonFields
	from []jsontape.Value
}

// get returns the first value other than null at one of the paths, such as
// caption.text, and its path.
func (p *igPost) get(paths ...string) (v jsontape.Value, path string) {
	for _, from := range p.from {
		for _, path := range paths {
			if v := from.Get(strings.Split(path, ".")...); v.Type() != jsontape.Null {
				return v, path
			}
		}
	}
	return jsontape.Value{}, paths[0]
}

// whole returns a whole number from 0, which some answers write as text.
func (p *igPost) whole(v jsontape.Value, field string) datasets.Opt[int64] {
	if v.Type() == jsontape.String {
		n, err := strconv.ParseInt(p.text(v, field), 10, 64)
		if err != nil || n < 0 {
			p.fail(field, head(v.GetStringBytes()), "expected a whole number from 0")
		}
		return datasets.Some(n)
	}
	return p.count(v, field)
}

// shown returns a count; -1 is how the graph says that it is hidden.
func (p *igPost) shown(paths ...string) datasets.Opt[int64] {
	v, path := p.get(paths...)
	if v.Type() == jsontape.Number && v.String() == "-1" {
		return datasets.None[int64]()
	}
	return p.whole(v, path)
}

// igID returns an id of digits, "" where there is none.
func igID(f *jsonFields, v jsontape.Value, field string) string {
	id := ""
	switch {
	case v.Type() == jsontape.Null:
	case v.Type() == jsontape.Number:
		id = v.String()
	default:
		id = f.text(v, field)
	}
	if want := xID(id); id != "" && want != "" {
		f.fail(field, id, want)
	}
	return id
}

// igAccount names the account that a user of Instagram is. The id of some new
// answers is another number, that of Meta's programming interfaces: 17 digits
// from 17841 on.
func igAccount(f *jsonFields, u jsontape.Value, field string) Ref {
	ref := Ref{Platform: "instagram", ID: igID(f, u.Get("pk"), field+".pk"), Handle: f.text(u.Get("username"), field+".username"),
		Name: nameIn(u.Get("full_name"))}
	if id := igID(f, u.Get("id"), field+".id"); ref.ID == "" && !(len(id) == 17 && strings.HasPrefix(id, "17841")) {
		ref.ID = id
	}
	return ref
}

// account is the account above the post, whoever else signs it.
func (p *igPost) account(file File) Ref {
	for _, from := range p.from {
		for _, field := range []string{"user", "owner"} {
			if ref := igAccount(p.jsonFields, p.object(from.Get(field), field), field); ref.ID != "" || ref.Handle != "" {
				return ref
			}
		}
	}
	ref := file.Account
	if ref.Platform = "instagram"; ref.ID == "" && ref.Handle == "" {
		p.fail("user", "", "the post does not name its account; name the account in study.toml")
	}
	return ref
}

// igDigits are those of a short code, which is the number of a post in them.
const igDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// id is the short code of the post; where only its number is there, the code of
// that.
func (p *igPost) id() string {
	v, field := p.get("code", "shortcode")
	if code := p.text(v, field); code != "" {
		if !shortCode.MatchString(code) {
			p.fail(field, code, "expected the short code of a post, as in its address")
		}
		return code
	}
	v, field = p.get("pk", "id")
	if v.Type() == jsontape.String {
		whole := p.text(v, field)
		media, _, _ := strings.Cut(strings.TrimPrefix(whole, "POLARIS_"), "_")
		if want := xID(media); want != "" {
			p.fail(field, whole, want)
			return ""
		}
		return igCode(media)
	}
	return igCode(igID(p.jsonFields, v, field))
}

// igCode is the short code of a post by its number, "" where that is none.
func igCode(id string) string {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return ""
	}
	var code []byte
	for ; n > 0; n /= 64 {
		code = append(code, igDigits[n%64])
	}
	slices.Reverse(code)
	return string(code)
}

// caption is the text of the post.
func (p *igPost) caption() datasets.Opt[string] {
	v, field := p.get("caption.text", "caption")
	if edges, _ := p.get("edge_media_to_caption.edges"); len(edges.GetArray()) > 0 && v.Type() != jsontape.String {
		v, field = edges.GetArray()[0].Get("node", "text"), "edge_media_to_caption.edges.node.text"
	}
	if v.Type() == jsontape.Object {
		return datasets.None[string]() // a caption without text
	}
	return optString(p.text(v, field))
}

// created is when it was posted. The number of a post holds a time too, but that
// of its upload: minutes before or after, and days where the post was planned.
func (p *igPost) created() datasets.Opt[datasets.Micros] {
	v, field := p.get("taken_at", "taken_at_timestamp", "date")
	return p.epoch(p.whole(v, field), seconds, field)
}

// media is what the post shows.
func (p *igPost) media() datasets.Opt[string] {
	v, field := p.get("media_type")
	switch n := p.whole(v, field); {
	case n.OK && n.V == 1:
		return datasets.Some("photo")
	case n.OK && n.V == 2:
		return datasets.Some("video")
	case n.OK && n.V == 8:
		return datasets.Some("album")
	case n.OK:
		return datasets.Some("other")
	}
	v, field = p.get("__typename")
	name := p.text(v, field)
	for _, kind := range []struct{ part, media string }{
		{"Sidecar", "album"}, {"Carousel", "album"}, {"Video", "video"}, {"Image", "photo"}, {"Photo", "photo"},
	} {
		if strings.Contains(name, kind.part) {
			return datasets.Some(kind.media)
		}
	}
	if v, _ := p.get("is_video"); v.GetBool() {
		return datasets.Some("video")
	}
	return datasets.None[string]()
}

// said tells whether something is true of the post.
func (p *igPost) said(field string) bool {
	v, _ := p.get(field)
	return v.GetBool()
}

// counts are the likes, comments and views.
func (p *igPost) counts(video bool) (c datasets.Counts) {
	c.Like = p.shown("like_count", "edge_media_preview_like.count", "edge_liked_by.count")
	c.Comment = p.shown("comment_count", "edge_media_to_comment.count", "edge_media_to_parent_comment.count", "edge_media_preview_comment.count")
	if v, _ := p.get("comments"); !c.Comment.OK && v.Type() == jsontape.Number {
		c.Comment = p.shown("comments")
	}
	views, plays := p.shown("view_count", "video_view_count"), p.shown("play_count", "video_play_count")
	if !views.OK || views.V == 0 && plays.V > 0 {
		views = plays
	}
	if video {
		c.View = views
	}
	if p.said("like_and_view_counts_disabled") {
		c.Like, c.View = datasets.None[int64](), datasets.None[int64]() // what stands there is made up: 3 likes
	}
	if p.said("comments_disabled") && c.Comment.V == 0 {
		c.Comment = datasets.None[int64]()
	}
	return c
}

// Why a post is left out.
const (
	igAd    = "advertisement"
	igStory = "story: gone after a day, and no post of the timeline"
)

// left is why the post is left out on purpose; "" where it is not.
func (p *igPost) left() string {
	word := func(field string) string {
		v, _ := p.get(field)
		return v.Text()
	}
	action, _ := p.get("ad_action")
	switch {
	case word("product_type") == "ad" || strings.HasPrefix(word("link"), "https://www.facebook.com/ads/") || action.Exists():
		return igAd
	case word("product_type") == "story" || strings.HasPrefix(word("__typename"), "GraphStory"):
		return igStory
	}
	return ""
}

// row decodes the post; what it lacks or has wrong is in err.
func (p *igPost) row(file File, o observation, digest uint64) Row[Post] {
	post := Post{Digest: digest}
	post.Platform, post.PostType, post.Parts = "instagram", datasets.Original, 1
	if post.PostID = p.id(); post.PostID == "" {
		p.fail("code", "", "expected the short code or the number of the post")
	}
	o.of(&post.Post)
	post.CreatedAt, post.Text, post.MediaType = p.created(), p.caption(), p.media()
	post.Counts = p.counts(post.MediaType.V == "video")
	post.URL = datasets.Some("https://www.instagram.com/p/" + post.PostID + "/")
	return Row[Post]{Ref: p.account(file), Line: p.line, Row: post}
}

// igCounts is what an account showed; false where it shows no counts.
func igCounts(f *jsonFields, users []jsontape.Value, ref Ref, o observation) (Row[datasets.AccountSnapshot], bool) {
	p := igPost{f, users}
	row := o.snapshot(f.line, ref, p.shown("follower_count", "edge_followed_by.count"),
		p.shown("following_count", "edge_follow.count"), p.shown("media_count", "edge_owner_to_timeline_media.count"))
	row.Row.Platform = "instagram"
	return row, row.Row.Followers.V.OK || row.Row.Following.V.OK || row.Row.PostsTotal.V.OK
}
