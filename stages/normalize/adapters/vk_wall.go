package adapters

import (
	"cmp"
	"html"
	"regexp"
	"strings"

	"github.com/zeebo/xxh3"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters/jsontape"
)

// VKWall reads posts of walls as VK's API gives them.
var VKWall = Adapter{
	Name: "vk_wall", Tables: []string{"posts", "account_snapshots"}, Version: 1,
	Doc: "Posts of walls of VK as wall.get and wall.getById give them: whole answers, extended or not, the answers of one execute, lists of posts, posts one a line, and the old API with its number before the posts and its <br> in them. " +
		"The id of an account is its owner_id, with a minus before that of a community: accounts.csv has to write -1 for vk.com/club1. The id of a post is that of its wall and its own: -1_340364. " +
		"What other people posted on a wall is theirs, by from_id. A post with copy_history is a repost: its own likes and views are left out, its text is its own or, where it has none, its original's. " +
		"Advertisements, deleted posts, comments and posts that are not published are left out. A pinned post comes first and again in its place; the two are one post. Posts for paying subscribers (donut) are read as others. A count that is not there is missing, such as the views of old posts. An empty answer, of whichever method, holds no posts.",
	Lacks:  "When it was collected: give observed_at in study.toml, or likes and views cannot be dated. The followers of the account, unless an extended answer has members_count: keep groups.getById as well. The handle, unless the answer is extended: that of the file in study.toml is taken where it holds one wall.",
	Detect: detectVKWall,
	Split:  splitVK,
	New: func(f File) (Decoder, error) {
		w := &vkWall{file: f, observed: observed(datasets.None[datasets.Micros](), f)}
		return func(rec Record, into *Batch) error {
			return eachPage(&w.parsers, rec, into, func(v jsontape.Value, rec Record) error {
				walk := &vkWalk{inPage: newPage(into, rec.Line), lists: []string{"items", "wall"}}
				walk.decode = func(v jsontape.Value, raw []byte, f *jsonFields, beside map[string]Ref) {
					w.post(v, raw, f, beside, into)
				}
				walk.seen = func(group jsontape.Value) { w.seen(group, rec.Line, into) }
				walk.answer(v, nil)
				return walk.err()
			})
		}, nil
	},
	Finish: func(posts []Row[Post]) (out []Row[Post], merged int64) {
		oneHandle(posts)
		return posts, 0
	},
}

func detectVKWall(head []byte, _ string) bool {
	return vkHas(head, []string{"owner_id", "to_id"}, []string{"from_id"}, []string{"date"}, []string{"text"},
		[]string{"likes", "reposts", "comments", "post_type", "copy_history", "post_source"}) ||
		vkHas(head, []string{"error.error_code"}, []string{"error.error_msg"}) ||
		vkHas(head, []string{"response"}) && vkEmpty(firstJSON(head)) && !vkHas(head, []string{"id", "gid", "uid"})
}

// vkEmpty tells whether an answer has no records; it does not say of which kind.
func vkEmpty(v jsontape.Value) bool {
	r := v.Get("response")
	list := r.GetArray() // of the old API, with their number before them
	return emptyList(r) || emptyList(r.Get("items")) || len(list) == 1 && list[0].String() == "0"
}

type vkWall struct {
	file     File
	observed observation
	parsers  jsontape.Pool
}

// seen notes how many members a community had that an extended answer describes.
func (w *vkWall) seen(group jsontape.Value, line int64, into *Batch) {
	f := jsonFields{line: line}
	id, members := f.id(group.Get("id"), "groups.id"), f.count(group.Get("members_count"), "groups.members_count")
	if f.err == nil && id != "" && members.OK && w.observed.at.OK {
		into.seen(vkSnapshot(w.observed, line, Ref{ID: "-" + id, Handle: stringField(group, "screen_name"), Name: shownName(group)}, members))
	}
}

// vkKind is what kind of post the wall holds there. Newer versions of the API
// call it type.
func vkKind(v jsontape.Value) string {
	return cmp.Or(stringField(v, "post_type"), stringField(v, "type"))
}

// vkTrue reads true, which VK writes as 1 too.
func vkTrue(v jsontape.Value) bool {
	n, _ := v.Int64()
	return v.GetBool() || n == 1
}

// vkLeftOut says why a post is none of a wall, "" where it is one.
func vkLeftOut(v jsontape.Value) string {
	deleted := vkTrue(v.Get("is_deleted")) || has(v, "deleted_reason")
	switch kind := vkKind(v); {
	case vkTrue(v.Get("marked_as_ads")) || kind == "post_ads":
		return "advertisement"
	case deleted:
		return "deleted post"
	case kind == "postpone" || kind == "suggest":
		return "post that is not published: " + kind
	case kind == "reply" || has(v, "parents_stack") || has(v, "reply_to_comment") || kind == "" && has(v, "post_id"):
		return "comment"
	}
	return ""
}

// post makes a post of an element of an answer, or leaves it out.
func (w *vkWall) post(v jsontape.Value, raw []byte, f *jsonFields, beside map[string]Ref, into *Batch) {
	if v.Type() != jsontape.Object || !v.Exists("id") && !v.Exists("date") {
		f.fail("", shorten(head(raw), 80), "expected a post of a wall as VK's API gives it")
		return
	}
	if why := vkLeftOut(v); why != "" {
		into.Filter(why)
		return
	}
	wall, old := f.signedID(v.Get("owner_id"), "owner_id"), false
	if wall == "" {
		wall, old = f.signedID(v.Get("to_id"), "to_id"), true
	}
	if wall == "" {
		f.fail("owner_id", "", "expected the id of the wall")
	}
	author := f.signedID(v.Get("from_id"), "from_id")
	if author == "" {
		author = wall
	}
	ref := beside[author]
	ref.Platform, ref.ID = "vk", author
	if a := w.file.Account; ref.Handle == "" && author == wall && (a.ID == "" || a.ID == author) {
		ref.Handle = strings.TrimPrefix(a.Handle, "@")
	}
	id := f.id(v.Get("id"), "id")
	if id == "" {
		f.fail("id", "", "expected the id of the post")
	}
	post := Post{Digest: xxh3.Hash(raw)}
	post.Platform, post.PostID, post.Parts, post.PostType = "vk", wall+"_"+id, 1, datasets.Original
	w.observed.of(&post.Post)
	post.URL = datasets.Some("https://vk.com/wall" + post.PostID)
	if post.CreatedAt = vkTime(v.Get("date"), "date", f); !post.CreatedAt.OK {
		f.fail("date", "", "expected seconds since 1970")
	}
	post.EditedAt = vkTime(v.Get("edited"), "edited", f)
	shown := v // whose media the post shows
	text := f.text(v.Get("text"), "text")
	if original := vkOriginal(v, f, &post.Post); post.PostType == datasets.Repost {
		if own := f.text(v.Get("copy_text"), "copy_text"); own != "" {
			text = own
		} else if text == "" && original.Exists() {
			text = f.text(original.Get("text"), "copy_history.text")
		}
		if original.Exists() && len(vkAttachments(v, f)) == 0 {
			shown = original
		}
	} else {
		count := func(field string) datasets.Opt[int64] {
			if o := f.object(v.Get(field), field); o.Exists() {
				return f.count(o.Get("count"), field+".count")
			}
			return datasets.None[int64]()
		}
		post.Counts = datasets.Counts{Like: count("likes"), Comment: count("comments"), Share: count("reposts"), View: count("views")}
	}
	post.Text = optString(vkText(text, old))
	post.MediaType = vkMedia(vkAttachments(shown, f), post.Text.OK)
	if f.err == nil {
		into.Posts = append(into.Posts, Row[Post]{Ref: ref, Line: f.line, Row: post})
	}
}

// vkOriginal says of a post what it repeats: the post inside it, absent
// where it has none.
func vkOriginal(v jsontape.Value, f *jsonFields, post *datasets.Post) jsontape.Value {
	owner, id := v.Get("copy_owner_id"), v.Get("copy_post_id")
	history := f.list(v.Get("copy_history"), "copy_history")
	if len(history) == 0 && !owner.Exists() && vkKind(v) != "copy" {
		return jsontape.Value{}
	}
	post.PostType = datasets.Repost
	var original jsontape.Value
	if len(history) > 0 {
		original = history[0]
		owner, id = original.Get("owner_id"), original.Get("id")
	}
	if o, i := f.signedID(owner, "copy_history.owner_id"), f.id(id, "copy_history.id"); o != "" && i != "" {
		post.RepostOfID = datasets.Some(o + "_" + i)
	}
	return original
}

// vkTime reads seconds since 1970, absent where they are 0.
func vkTime(v jsontape.Value, field string, f *jsonFields) (none datasets.Opt[datasets.Micros]) {
	sec := f.count(v, field)
	if sec.V == 0 {
		return none
	}
	return f.epoch(sec, seconds, field)
}

var vkBreak = regexp.MustCompile(`<br ?/?>`)

// vkText is a text without the line ends and characters of HTML that the old API
// writes.
func vkText(text string, old bool) string {
	if !old {
		return text
	}
	return html.UnescapeString(vkBreak.ReplaceAllString(text, "\n"))
}

// vkAttachments are the kinds of what is attached to a post.
func vkAttachments(v jsontape.Value, f *jsonFields) (kinds []string) {
	for _, a := range f.list(v.Get("attachments"), "attachments") {
		kinds = append(kinds, stringField(a, "type"))
	}
	if a := v.Get("attachment"); len(kinds) == 0 && a.Exists() {
		kinds = append(kinds, stringField(a, "type"))
	}
	return kinds
}

// vkMedia is what a post shows, photos and videos before anything else.
func vkMedia(kinds []string, hasText bool) datasets.Opt[string] {
	seen := map[string]int{}
	for _, k := range kinds {
		switch k {
		case "photo", "posted_photo", "graffiti":
			seen["photo"]++
		case "video", "short_video", "clip":
			seen["video"]++
		case "album", "photos_list":
			seen["album"]++
		case "poll":
			seen["poll"]++
		case "link", "page", "article":
			seen["link"]++
		default:
			seen["other"]++
		}
	}
	if seen["photo"]+seen["video"] > 1 {
		return datasets.Some("album")
	}
	for _, k := range []string{"album", "photo", "video", "poll", "link", "other"} {
		if seen[k] > 0 {
			return datasets.Some(k)
		}
	}
	if hasText {
		return datasets.Some("text")
	}
	return datasets.None[string]()
}
