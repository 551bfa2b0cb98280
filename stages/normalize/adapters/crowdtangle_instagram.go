package adapters

import (
	"bytes"
	"slices"
	"strings"

	"diplometrics/datasets"
)

// CrowdTangleInstagram reads the tables of Instagram posts that CrowdTangle's
// dashboards exported.
var CrowdTangleInstagram = Adapter{
	Name: "crowdtangle_instagram", Tables: []string{"posts", "account_snapshots"}, Version: 2,
	Doc: "CrowdTangle, CSV of Instagram accounts, of any year and with columns left out. The text is the Description, the id the short code in the address. " +
		"view_count is Views; 0 is no count except for videos. Times are read in the time zone that stands behind them. " +
		"The counts were observed when the file was made, which its name says.",
	Lacks: "Deleted posts, stories, shares and the language are not exported. Where Followers at Posting is empty, add a sheet of account snapshots.",
	Detect: func(head []byte, _ string) bool {
		h := headerOf(head)
		has := func(name string) bool { return slices.Contains(h, name) }
		return has("Account") && has("URL") && (has("Post Created") || has("Created")) &&
			(has("User Name") || bytes.Contains(head, []byte("instagram.com/")))
	},
	Split: splitCrowdTangle,
	New: func(f File) (Decoder, error) {
		t, err := newCrowdTangle(f)
		if err != nil {
			return nil, err
		}
		for _, name := range []string{"URL", "User Name"} {
			if !t.has(name) {
				return nil, &Refused{Reason: "it has no column " + name + "; export the posts again with all columns"}
			}
		}
		return t.instagram, nil
	},
}

func (t *crowdTangle) instagram(rec Record, into *Batch) error {
	c, err := t.row(rec)
	if err != nil {
		return err
	}
	address, ok := instagramPost(c.cell(t.url))
	if !ok {
		c.badAddress("URL", "Instagram")
	}
	created, err := t.created(&c)
	if err != nil {
		return err
	}
	media := crowdTangleMedia(strings.TrimSpace(c.cell(t.kind)))
	post := into.nextPost()
	p := &post.Row.Post
	p.PostID, p.URL, p.CreatedAt = address.id, address.url, created
	p.PostType, p.MediaType, p.Text = datasets.Original, media, c.exportText(t.description)
	p.FollowersAtPosting = c.exportCount(t.followers)
	p.Counts.Like, p.Counts.Comment = c.exportCount(t.likes), c.exportCount(t.comments)
	p.Counts.View = c.exportViews(t.views, media.V == "video")
	handle := strings.TrimPrefix(strings.TrimSpace(c.cell(t.user)), "@")
	if handle == "" {
		c.fail("User Name", "", "expected the name of the account")
	}
	post.Ref = Ref{Platform: "instagram", Handle: handle, Name: strings.TrimSpace(c.cell(t.account))}
	return t.add(&c, post, into)
}
