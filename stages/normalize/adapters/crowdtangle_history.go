package adapters

import (
	"fmt"
	"slices"
	"strings"

	"diplometrics/datasets"
)

// CrowdTangleHistory reads the history of one post, as CrowdTangle exported it.
var CrowdTangleHistory = Adapter{
	Name: "crowdtangle_history", Tables: []string{"posts"}, Version: 2,
	Doc: "CrowdTangle, CSV of the history of one post on Facebook or Instagram: each row is an observation of it at Score Date (GMT). " +
		"The time and the address of the post stand in the last cells of the header. like_count is the sum of all reactions on facebook, null where a column of theirs is missing. " +
		"Whether the post shares another is not exported: it counts as an original.",
	Lacks: "The text, the kind of the post and the followers are not exported; the table of posts of the same dashboard has them.",
	Detect: func(head []byte, _ string) bool {
		h := headerOf(head)
		return slices.Contains(h, "Score Date (GMT)") && slices.Contains(h, "Post Date (GMT)")
	},
	Split: splitCrowdTangle,
	New: func(f File) (Decoder, error) {
		t, err := newCrowdTangle(f)
		if err != nil {
			return nil, err
		}
		h := &postHistory{table: t, width: slices.Index(f.Header, "Post Date (GMT)")}
		if !t.has("Score Date (GMT)") || h.width < 0 || h.width+2 >= len(f.Header) {
			return nil, &Refused{Reason: "the time and the address of the post are missing; in a history of CrowdTangle they are the last cells of the first line"}
		}
		created, address := f.Header[h.width+1], f.Header[h.width+2]
		at, err := gmt(created)
		if err != nil {
			return nil, &Refused{Reason: fmt.Sprintf("the time of the post is %q; expected one like 2021-07-04 22:38:03 in the first line, after Post Date (GMT)", created)}
		}
		var known bool
		var a postAddress
		h.ref = Ref{Platform: "facebook"}
		if a, known = facebookPost(address); !known {
			h.ref.Platform = "instagram"
			a, known = instagramPost(address)
		}
		h.ref.Handle = a.owner
		if isDigits(a.owner) && h.ref.Platform == "facebook" {
			h.ref.ID, h.ref.Handle = a.owner, ""
		}
		if h.ref.ID == "" && h.ref.Handle == "" {
			given := f.Account
			h.ref.ID, h.ref.Handle = given.ID, strings.TrimPrefix(given.Handle, "@")
		}
		if !known {
			return nil, &Refused{Reason: "the address of the post is missing or is none of Facebook or Instagram; it is the last cell of the first line"}
		}
		if h.ref.ID == "" && h.ref.Handle == "" {
			return nil, &Refused{Reason: "neither the file nor study.toml names the account of the post; write its handle beside the file in study.toml"}
		}
		h.post = datasets.Post{PostID: a.id, URL: a.url, CreatedAt: datasets.Some(at), PostType: datasets.Original}
		return h.record, nil
	},
}

// postHistory reads the observations of one post.
type postHistory struct {
	table *crowdTangle
	width int // columns before the time and the address of the post, which the rows need not fill
	ref   Ref
	post  datasets.Post
}

func (h *postHistory) record(rec Record, into *Batch) error {
	if n := len(rec.Cells); n < h.width || n > len(h.table.file.Header) {
		return &RecordError{Line: rec.Line, Found: fmt.Sprintf("%d cells", n), Want: fmt.Sprintf("expected %d to %d", h.width, len(h.table.file.Header))}
	}
	c := cells{rec: rec, at: h.table.at}
	c.exportID(columnAt(c.at, "ID"))
	observed, err := gmt(c.raw("Score Date (GMT)"))
	if err != nil {
		c.fail("Score Date (GMT)", c.raw("Score Date (GMT)"), "expected a time like 2021-07-04 22:38:03")
	}
	post := into.nextPost()
	p := &post.Row.Post
	post.Ref, *p = h.ref, h.post
	observation{datasets.Some(observed), "second", "field"}.of(p)
	p.Counts.Comment = c.exportCount(h.table.comments)
	if h.ref.Platform == "facebook" {
		p.Counts.Like, p.Counts.Share = h.table.reactions(&c), c.exportCount(h.table.shares)
	} else {
		p.Counts.Like = c.exportCount(h.table.likes)
	}
	return h.table.add(&c, post, into)
}

func gmt(s string) (datasets.Micros, error) {
	t, err := wallClock(strings.TrimSpace(s))
	return datasets.MicrosOf(t), err
}
