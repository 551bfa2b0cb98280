package adapters

import (
	"regexp"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters/jsontape"
)

// LinkedInZeeschuimer reads what Zeeschuimer captured on linkedin.com.
var LinkedInZeeschuimer = Adapter{
	Name: "linkedin_zeeschuimer", Tables: []string{"posts", "account_snapshots"}, Version: 1,
	Doc: "Posts of LinkedIn that older versions of Zeeschuimer captured while somebody scrolled (Voyager V2), NDJSON, as it was saved or after 4CAT took it up (__import_meta). " +
		"LinkedIn sends no time: a post was posted when the id of its activity says, to the second. An update that joins several activities is the first of them. " +
		"like_count is all reactions. A post under the line \"… reposted this\" is a repost by the account which that line names, without counts, as is one passed on without a word; one passed on with words is a quote. " +
		"Under other lines (likes this, commented on this) it is the post of its author. Advertisements are left out: they show no time, or say that somebody paid. " +
		"The handle of a page is what stands behind company/ in its address, that of a member in/ and what follows. A page's followers are taken from below its name.",
	Lacks:  "Times before 2012, and of posts whose id is none of a time. Views, except of one's own posts. Reposts where the line above them is in none of English, Russian, German, French, Spanish, Turkish, Dutch: they look like posts of the first author. Which posts of an account were not scrolled past: say in study.toml what the capture covers.",
	Detect: func(head []byte, _ string) bool { return detectZeeschuimer(head, "linkedin.com") },
	Split:  splitJSON,
	New: func(f File) (Decoder, error) {
		var parsers jsontape.Pool
		return func(rec Record, into *Batch) error {
			return eachJSON(&parsers, rec, into, func(v jsontape.Value, rec Record) error {
				fields := jsonFields{line: rec.Line}
				c := zeeschuimerItem(v, &fields, f, "linkedin.com")
				if fields.err != nil {
					return fields.err
				}
				u := linkedinUpdate{jsonFields: &fields, item: c.item, observation: c.at, into: into}
				if u.row(xxh3.Hash(rec.Raw)); fields.err != nil {
					return c.reject(&fields, into)
				}
				return nil
			})
		}, nil
	},
}

// repostedThis are the words over a post that somebody passed on as it is.
var repostedThis = regexp.MustCompile(`(?i)\breposted\b|\breshared\b|\bshared this\b|репост|поделил|repostet|geteilt|republié|partagé|reposte|compartid|yeniden yayın|paylaştı|gerepost|gedeeld`)

// justNow is what stands where the time of a post would, in its first minute.
var justNow = regexp.MustCompile(`(?i)^\s*(?:just )?now\b|^\s*(?:сейчас|только что|jetzt|maintenant|à l’instant|ahora|şimdi|nu\b)`)

// linkedinUpdate is one captured update: a post and what stands around it.
type linkedinUpdate struct {
	*jsonFields
	item jsontape.Value
	observation
	into *Batch
}

// ids are those of the activities of the update; fails where there is none.
func (u *linkedinUpdate) ids() []string {
	for _, path := range [][]string{{"updateMetadata", "urn"}, {"metadata", "backendUrn"}, {"preDashEntityUrn"}, {"entityUrn"}, {"dashEntityUrn"}, {"id"}} {
		field := strings.Join(path, ".")
		v := u.item.Get(path...)
		if v.Type() == jsontape.Null {
			continue
		}
		urn := u.text(v, field)
		all := activities(urn)
		for _, id := range all {
			if want := xID(id); want != "" {
				u.fail(field, urn, want)
			}
		}
		if len(all) > 0 || u.err != nil {
			return all
		}
	}
	u.fail("updateMetadata.urn", "", "expected the name of an activity, such as urn:li:activity:7194500000000000000")
	return nil
}

// advertisement tells whether somebody paid for showing the update.
func (u *linkedinUpdate) advertisement() bool {
	for _, in := range []string{"updateMetadata", "metadata"} {
		if t := u.item.Get(in, "trackingData"); t.Exists() && (has(t, "sponsoredTracking") || has(t, "sponsoredMetadata")) {
			return true
		}
	}
	when := u.item.Text("actor", "subDescription", "text")
	return strings.TrimSpace(when) != "" && !strings.ContainsAny(when, "0123456789") && !justNow.MatchString(when)
}

// thread is the activity that reactions and comments belong to, "" where the
// update does not name one.
func (u *linkedinUpdate) thread(social jsontape.Value) string {
	for _, field := range []string{"urn", "threadUrn", "entityUrn", "dashEntityUrn"} {
		urn := social.Text(field)
		if _, rest, ok := strings.Cut(urn, "("); ok {
			urn, _, _ = strings.Cut(rest, ",")
		}
		if ids := activities(urn); len(ids) > 0 && xID(ids[0]) == "" {
			return ids[0]
		}
	}
	return ""
}

// row makes a post of the update, or filters it.
func (u *linkedinUpdate) row(digest uint64) {
	actor := u.object(u.item.Get("actor"), "actor")
	author := linkedinActor(actor, "name")
	if author.ID == "" && author.Handle == "" {
		u.fail("actor", "", "expected who posted it: the address of a page or member")
	}
	ids := u.ids()
	if u.err != nil {
		return
	}
	if u.advertisement() {
		u.into.Filter(igAd)
		return
	}
	social := u.item.Get("*socialDetail")
	if !social.Exists() {
		social = u.item.Get("socialDetail")
	}
	post, ref := Post{Digest: digest}, author
	post.Platform, post.PostID, post.Parts, post.PostType = "linkedin", ids[0], 1, datasets.Original
	u.of(&post.Post)
	post.Text = optString(u.text(u.item.Get("commentary", "text", "text"), "commentary.text.text"))
	post.MediaType = linkedinMedia(u.item.Get("content"))
	first := u.thread(social)
	own := slices.Contains(ids, first)
	line := u.item.Get("header")
	repost := repostedThis.Match(line.GetStringBytes("text", "text"))
	if repost {
		post.PostType, post.RepostOfID = datasets.Repost, optString(first)
		if ref = linkedinActor(line, "text"); ref.ID == "" && ref.Handle == "" {
			u.fail("header", head(line.GetStringBytes("text", "text")), "the line over the post does not lead to the account that reposted it")
		}
	} else if u.reshared(&post); post.PostType == datasets.Original && first != "" && !own {
		post.PostID = first // what was shown is somebody's reaction to it
	}
	// Counts under a repost are the original's, so that an activity which has them
	// is the original, of another time.
	if post.CreatedAt = linkedinCreated(post.PostID); repost && own || u.at.OK && post.CreatedAt.V > u.at.V+aDay {
		post.CreatedAt = datasets.None[datasets.Micros]()
	}
	post.URL = datasets.Some("https://www.linkedin.com/feed/update/urn:li:activity:" + post.PostID + "/")
	if post.PostType != datasets.Repost {
		post.Counts = u.counts(social)
	}
	if u.err != nil {
		return
	}
	u.into.Posts = append(u.into.Posts, Row[Post]{Ref: ref, Line: u.line, Row: post})
	if followers := linkedinFollowers(author, actor.Text("description", "text")); followers.V.OK && u.at.OK {
		none := datasets.None[int64]()
		row := u.snapshot(u.line, author, followers.V, none, none)
		row.Row.Platform = "linkedin"
		u.into.seen(row)
	}
}

// reshared tells what a post passes on: with words of its own a quote, without
// any a repost, whose text is the other's.
func (u *linkedinUpdate) reshared(p *Post) {
	other := u.item.Get("resharedUpdate")
	if other.Type() != jsontape.Object {
		other = u.item.Get("*resharedUpdate")
	}
	if other.Type() != jsontape.Object {
		return
	}
	of := datasets.None[string]()
	f := jsonFields{}
	if ids := (&linkedinUpdate{jsonFields: &f, item: other}).ids(); f.err == nil {
		of = datasets.Some(ids[0])
	}
	if p.Text.OK {
		p.PostType, p.QuoteOfID = datasets.Quoted, of
		return
	}
	p.PostType, p.RepostOfID = datasets.Repost, of
	p.Text = optString(u.text(other.Get("commentary", "text", "text"), "resharedUpdate.commentary.text.text"))
	p.MediaType = linkedinMedia(other.Get("content"))
}

// counts are the reactions, comments and reposts, and the impressions where they
// are shown.
func (u *linkedinUpdate) counts(social jsontape.Value) datasets.Counts {
	total := social.Get("*totalSocialActivityCounts")
	if total.Type() != jsontape.Object {
		total = social.Get("totalSocialActivityCounts")
	}
	if total.Type() != jsontape.Object {
		return datasets.Counts{
			Like:    u.count(social.Get("likes", "paging", "total"), "socialDetail.likes.paging.total"),
			Comment: u.count(social.Get("comments", "paging", "total"), "socialDetail.comments.paging.total"),
			Share:   u.count(social.Get("totalShares"), "socialDetail.totalShares"),
		}
	}
	return datasets.Counts{
		Like: u.count(total.Get("numLikes"), "numLikes"), Comment: u.count(total.Get("numComments"), "numComments"),
		Share: u.count(total.Get("numShares"), "numShares"), View: u.count(total.Get("numImpressions"), "numImpressions"),
	}
}
