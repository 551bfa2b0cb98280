package adapters

import (
	"github.com/zeebo/xxh3"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters/jsontape"
)

// InstagramInstaloader reads what Instaloader saved.
var InstagramInstaloader = Adapter{
	Name: "instagram_instaloader", Tables: []string{"posts", "account_snapshots"}, Version: 1,
	Doc: "Posts and profiles of Instagram as Instaloader saves them, .json or .json.xz: one a file, also joined line by line or in a list; from version 3 on. " +
		"A folder of files is one source: file = \"raw/*.json.xz\" (file = \"raw/*/*.json.xz\" for a folder an account). Each file takes a tenth of a second; thousands are read at once when joined: for f in *.json.xz; do xz -dc \"$f\"; echo; done > posts.jsonl. " +
		"What the iPhone's interface said (iphone_struct) goes before what the web said. Posts have their short code as id. Likes of -1 are hidden, and so are likes and views of posts that say so. " +
		"Views are those of videos: video_view_count, or the plays where there is none or 0. A joint post is one of the account that owns it. " +
		"Stories, hashtags, comments and Instaloader's own notes (iterator_….json.xz) are left out.",
	Lacks:  "When it was collected: give observed_at in study.toml, or followers cannot be dated; profiles are read only with it. Shares and the language. Whether a video's 0 views are hidden ones. How many posts an account has, which Instaloader leaves out of most profiles.",
	Detect: detectInstaloader,
	Split:  splitJSON,
	New: func(f File) (Decoder, error) {
		x := &instaloader{file: f}
		return func(rec Record, into *Batch) error {
			return eachJSON(&x.parsers, rec, into, func(v jsontape.Value, rec Record) error { return x.record(v, rec, into) })
		}, nil
	},
}

func detectInstaloader(head []byte, _ string) bool {
	p := jsonPaths(head)
	post := func(in string) bool {
		return (p[in+"shortcode"] || p[in+"code"]) && (p[in+"owner"] || p[in+"iphone_struct"])
	}
	switch {
	case p["__import_meta"] || p["source_platform"]:
		return false // Zeeschuimer keeps posts of the same shape
	case p["node"]:
		return p["instaloader.node_type"] || post("node.") || p["node.username"] && (p["node.edge_followed_by"] || p["node.iphone_struct"]) || p["node.query_hash"] && p["node.query_variables"]
	}
	return post("") && (p["taken_at_timestamp"] || p["date"]) || isInstaloaderComment(func(key string) bool { return p[key] })
}

// isInstaloaderComment tells a comment, which stands in a list of its own, by its
// keys.
func isInstaloaderComment(has func(key string) bool) bool {
	return has("created_at") && has("text") && has("likes_count") && has("answers") && has("owner")
}

type instaloader struct {
	file    File
	parsers jsontape.Pool
}

func (x *instaloader) record(v jsontape.Value, rec Record, into *Batch) error {
	f := jsonFields{line: rec.Line}
	if v.Type() != jsontape.Object {
		return &RecordError{Line: rec.Line, Found: head([]byte(v.String())), Want: notJSON}
	}
	node, kind := f.object(v.Get("node"), "node"), f.text(v.Get("instaloader", "node_type"), "instaloader.node_type")
	if !node.Exists() {
		node = v // version 3 wrote posts bare
	}
	switch {
	case kind != "":
	case node.Exists("shortcode") || node.Exists("code"):
		kind = "Post"
	case node.Exists("username"):
		kind = "Profile"
	case isInstaloaderComment(func(key string) bool { return v.Exists(key) }):
		kind = "comment"
	case node.Exists("query_hash"):
		kind = "FrozenNodeIterator"
	}
	o := observed(datasets.None[datasets.Micros](), x.file)
	switch kind {
	case "Post":
		p := igPost{&f, descriptions(&f, node)}
		if why := p.left(); why != "" && f.err == nil {
			into.Filter(why)
			return nil
		}
		row := p.row(x.file, o, xxh3.Hash(rec.Raw))
		if f.err == nil {
			into.Posts = append(into.Posts, row)
			x.owner(node, row.Ref, rec.Line, o, into)
		}
	case "Profile":
		ref := igAccount(&f, node, "node")
		row, ok := igCounts(&f, descriptions(&f, node), ref, o)
		switch {
		case f.err != nil:
		case ref.ID == "" && ref.Handle == "":
			f.fail("node.username", "", "expected the name or the id of the account")
		case !ok:
			f.fail("node.edge_followed_by", "", "the profile has no counts; save it again by name: instaloader --no-posts NAME")
		case !o.at.OK:
			return noTime
		default:
			into.Snapshots = append(into.Snapshots, row)
		}
	case "StoryItem":
		into.Filter(igStory)
	case "Hashtag":
		into.Filter("hashtag, not a post")
	case "FrozenNodeIterator":
		into.Filter("Instaloader's note of where it goes on after a break")
	case "comment":
		into.Filter("comment")
	default:
		f.fail("node", head([]byte(v.String())), "expected a post or a profile that Instaloader saved")
	}
	if f.err != nil {
		return f.err
	}
	return nil
}

// descriptions are those of a node: what the iPhone's interface said, then what
// the web said.
func descriptions(f *jsonFields, node jsontape.Value) []jsontape.Value {
	if more := f.object(node.Get("iphone_struct"), "iphone_struct"); more.Exists() {
		return []jsontape.Value{more, node}
	}
	return []jsontape.Value{node}
}

// owner notes the counts of the account that Instaloader put into its posts.
func (x *instaloader) owner(node jsontape.Value, ref Ref, line int64, o observation, into *Batch) {
	f := jsonFields{line: line}
	owner := f.object(node.Get("owner"), "owner")
	if !owner.Exists() || !o.at.OK {
		return
	}
	if of := igAccount(&f, owner, "owner"); !(of.ID != "" && of.ID == ref.ID || of.Handle != "" && of.Handle == ref.Handle) {
		return
	}
	if row, ok := igCounts(&f, descriptions(&f, owner), ref, o); ok && f.err == nil {
		into.seen(row)
	}
}
