package adapters

import (
	"cmp"
	"slices"
	"strings"

	"diplometrics/datasets"
)

// CrowdTangleFacebook reads the tables of Facebook posts that CrowdTangle's
// dashboards exported.
var CrowdTangleFacebook = Adapter{
	Name: "crowdtangle_facebook", Tables: []string{"posts", "account_snapshots"}, Version: 2,
	Doc: "CrowdTangle, CSV of Facebook pages or groups, of any year and with columns left out. like_count is the sum of all reactions, " +
		"from their columns, or, where some are left out, Total Interactions less comments and shares. view_count is Post Views; 0 is no count except for videos of the page. " +
		"Times are read in the time zone that stands behind them. The counts were observed when the file was made, which its name says. " +
		"The address of the post gives its id, and its account where there is no Facebook Id. " +
		"A post whose link is a post of another page is a quote, or a repost where it has no message of its own; what follows :=: in a message is the other page's, unless it is the address of a link.",
	Lacks: "Deleted posts and the language are not exported. The size of a page at posting (likes) is not its followers: where Followers at Posting is empty, add a sheet of account snapshots.",
	Detect: func(head []byte, _ string) bool {
		h := headerOf(head)
		has := func(name string) bool { return slices.Contains(h, name) }
		return has("URL") && !has("Account") && (has("Page Name") || has("Group Name") ||
			has("Name") && has("Size at Posting") || has("Facebook Id") && has("Likes at Posting"))
	},
	Split: splitCrowdTangle,
	New: func(f File) (Decoder, error) {
		t, err := newCrowdTangle(f)
		if err != nil {
			return nil, err
		}
		if !t.has("URL") {
			return nil, &Refused{Reason: "it has no column URL, which tells the posts apart; export them again with all columns"}
		}
		if !t.has("Post Created") && !t.has("Created") && !t.has("Post Created Date", "Post Created Time") &&
			!t.has("Likes") && !t.has("Comments") && !t.has("Shares") && !t.has("Total Interactions") {
			return nil, &Refused{Reason: "it has columns of CrowdTangle, but neither the times nor the counts of posts: it is a list of pages or links. Use the export that it was made from"}
		}
		return t.facebook, nil
	},
}

// facebookVideos are the types of posts that have views of their own.
var facebookVideos = []string{"Native Video", "Live Video", "Live Video Complete"}

func (t *crowdTangle) facebook(rec Record, into *Batch) error {
	c, err := t.row(rec)
	if err != nil {
		return err
	}
	address, ok := facebookPost(c.cell(t.url))
	if !ok {
		c.badAddress("URL", "Facebook")
	}
	created, err := t.created(&c)
	if err != nil {
		return err
	}
	kind := strings.TrimSpace(c.cell(t.kind))
	post := into.nextPost()
	p, ref := &post.Row.Post, &post.Ref
	p.PostID, p.URL, p.CreatedAt = address.id, address.url, created
	p.PostType, p.MediaType = datasets.Original, crowdTangleMedia(kind)
	p.FollowersAtPosting = c.exportCount(t.followers)
	p.Counts.Like, p.Counts.Comment, p.Counts.Share = t.reactions(&c), c.exportCount(t.comments), c.exportCount(t.shares)
	p.Counts.View = c.exportViews(t.postViews, slices.Contains(facebookVideos, kind))
	p.Text = ownText(c.cell(t.message))
	ref.Platform, ref.ID, ref.Handle = "facebook", c.exportID(t.facebookID), strings.TrimSpace(c.cell(t.user))
	ref.Name = strings.TrimSpace(cmp.Or(c.cell(t.page), c.cell(t.group), c.cell(t.name)))
	switch {
	case isDigits(address.owner):
		if ref.ID == "" {
			ref.ID = address.owner
		}
	case ref.Handle == "" && ref.ID == "":
		ref.Handle = address.owner
	}
	if ref.ID == "" && ref.Handle == "" {
		c.fail("Facebook Id", "", "expected a Facebook Id or a User Name, or an address that names the page")
	}
	shareOf(p, []string{c.cell(t.link), c.cell(t.finalLink)}, ref.Handle, address.owner, ref.ID)
	return t.add(&c, post, into)
}

// shareOf makes a post a quote, or a repost where it has no text of its own, if
// one of its links is a post of another page.
func shareOf(p *datasets.Post, links []string, names ...string) {
	if id, shared := sharedPost(links, names...); shared && p.Text.OK {
		p.PostType, p.QuoteOfID = datasets.Quoted, datasets.Some(id)
	} else if shared {
		p.PostType, p.RepostOfID = datasets.Repost, datasets.Some(id)
	}
}

// ownText is a message without the words of another page, which CrowdTangle
// sets behind :=:. The address that a short link leads to stands behind it too,
// amid the page's own words, and stays.
func ownText(message string) datasets.Opt[string] {
	for at := 0; ; {
		n := strings.Index(message[at:], ":=:")
		if n < 0 {
			break
		}
		at += n + len(":=:")
		if rest := message[at:]; !strings.HasPrefix(rest, "http://") && !strings.HasPrefix(rest, "https://") {
			message = strings.TrimSpace(message[:at-len(":=:")])
			break
		}
	}
	return datasets.Opt[string]{V: message, OK: strings.TrimSpace(message) != ""}
}

// sharedPost returns the id of the post of another page that a post links to.
// Pages are compared by their names, never by their ids, of which a page can
// have several; but an old address that ends in its id is that of the same page.
func sharedPost(links []string, names ...string) (id string, shared bool) {
	for _, link := range links {
		a, ok := facebookPost(link)
		if !ok || a.owner == "" || isDigits(a.owner) {
			continue
		}
		named := false
		for _, name := range names {
			if strings.EqualFold(name, a.owner) || isDigits(name) && strings.HasSuffix(a.owner, "-"+name) {
				return "", false
			}
			named = named || name != "" && !isDigits(name)
		}
		if named {
			return a.id, true
		}
	}
	return "", false
}

// reactions is the sum of all reactions; absent where it cannot be had.
func (t *crowdTangle) reactions(c *cells) (none datasets.Opt[int64]) {
	if t.reacted != nil {
		var sum int64
		for _, kind := range t.reacted {
			n := c.exportCount(kind)
			// Care began in 2020, and Thankful was seasonal: a gap is a reaction that there was not.
			if !n.OK && kind.name != "Care" && kind.name != "Thankful" {
				return none
			}
			sum += n.V
		}
		return datasets.Some(sum)
	}
	total, comments, shares := t.total(c), c.exportCount(t.comments), c.exportCount(t.shares)
	if !total.OK || !comments.OK || !shares.OK {
		return none
	}
	n := total.V - comments.V - shares.V
	if n < 0 {
		c.fail("Total Interactions", c.raw("Total Interactions"), "expected at least the sum of Comments and Shares")
		return none
	}
	return datasets.Some(n)
}

// total reads Total Interactions, which is written as the language of the
// dashboard writes numbers: 407,137 or 407.137.
func (t *crowdTangle) total(c *cells) datasets.Opt[int64] {
	return c.groupedCount("Total Interactions")
}

// crowdTangleTypes are the media of the types of posts.
var crowdTangleTypes = map[string]string{
	"Photo": "photo", "Link": "link", "Status": "text", "Album": "album", "Video": "video", "Native Video": "video",
	"Live Video": "video", "Live Video Complete": "video", "Live Video Scheduled": "video", "YouTube": "video", "IGTV": "video", "Reel": "video",
}

// crowdTangleMedia is the medium of a type of post, absent where the table has
// no types.
func crowdTangleMedia(kind string) datasets.Opt[string] {
	if kind == "" {
		return datasets.None[string]()
	}
	if m, ok := crowdTangleTypes[kind]; ok {
		return datasets.Some(m)
	}
	return datasets.Some("other")
}
