package simulate

import (
	"strconv"
	"time"

	"diplometrics/datasets"
)

// tweets is what twarc2's pages and flattened posts have in common.
type tweets struct {
	s    *simulation
	t    *truth
	a    *Account
	seen int64
	page int // number of the page, over all accounts of the file
	n    int // posts on it
	buf  []byte
}

// perPage is how many posts the API answers at once.
const perPage = 100

func (*tweets) adapter() string             { return "x_v2" }
func (t *tweets) open(_ *output, to *truth) { t.t, t.page = to, 0 }
func (*tweets) close(*output)               {}

func (t *tweets) account(_ *output, _ *collection, a *Account, seen int64) {
	t.a, t.seen, t.n = a, seen, 0
}

// at is when the page at hand was retrieved: two seconds after the one before.
func (t *tweets) at(c *collection) int64 { return c.at + 2*int64(t.page) }

// shown notes that a page showed its account.
func (t *tweets) shown(c *collection) {
	at := t.at(c)
	t.t.snapshot(t.a, c.source, at, "second", "field", exactly(t.followers(at)), exactly(t.a.following()), exactly(t.a.tweetsBefore()+t.seen))
}

// snowflake is the id that X gives a post of a moment.
func snowflake(a *Account, at int64, seed uint64) int64 {
	return (at*1000+int64(seed%1000)-1288834974657)<<22 | int64(a.index&0x3fffff)
}

func (a *Account) tweetID(p *post, edited bool) int64 {
	if edited {
		return snowflake(a, p.edited, p.seed>>10)
	}
	return snowflake(a, p.at, p.seed)
}

// other is the account that a post refers to.
func other(p *post) (id, handle string) {
	n := strconv.FormatUint(p.seed%97, 10)
	return "99000000000000" + n, "sim_other_" + n
}

// otherID is the id of the post that a post refers to, of some hours before it.
func otherID(p *post) int64 {
	return ((p.at-int64(p.seed%36000)-60)*1000-1288834974657)<<22 | 0x3fffff
}

// user appends an account as the API shows it.
func appendUser(b []byte, id, handle, name string, followers, following, posts int64) []byte {
	b = append(b, `{"id": "`...)
	b = append(b, id...)
	b = append(b, `", "username": "`...)
	b = append(b, handle...)
	b = append(b, `", "name": `...)
	b = appendJSON(b, name, true)
	b = append(b, `, "created_at": "2012-05-04T10:11:12.000Z", "verified": false, "protected": false, "public_metrics": {"followers_count": `...)
	b = strconv.AppendInt(b, followers, 10)
	b = append(b, `, "following_count": `...)
	b = strconv.AppendInt(b, following, 10)
	b = append(b, `, "tweet_count": `...)
	b = strconv.AppendInt(b, posts, 10)
	return append(b, `, "listed_count": 3}}`...)
}

// metrics of an account on the page at hand.
func (t *tweets) followers(at int64) int64 { return t.s.followersOn(t.a, datasets.Day(at/86400)) }
func (a *Account) following() int64        { return 50 + int64(mix(uint64(a.index))%400) }

// tweetsBefore are those from before the study.
func (a *Account) tweetsBefore() int64 { return 500 + int64(mix(uint64(a.index)+7)%20_000) }

func (t *tweets) appendAuthor(b []byte, at int64) []byte {
	return appendUser(b, t.a.ID, t.a.Handle, t.a.Organization, t.followers(at), t.a.following(), t.a.tweetsBefore()+t.seen)
}

// Fields at which posts of X are broken.
const (
	likesOnX = "public_metrics.like_count"
	timeOnX  = "created_at"
)

// appendTweet appends a post without its closing bracket. Inline is for the
// flattened form, where what it refers to stands inside.
func (t *tweets) appendTweet(b []byte, c *collection, r *record, inline bool) []byte {
	p, a := r.p, r.a
	id := strconv.FormatInt(a.tweetID(p, false), 10)
	history := `["` + id + `"]`
	created := p.at
	if r.edited {
		last := strconv.FormatInt(a.tweetID(p, true), 10)
		history, id, created = `["`+id+`", "`+last+`"]`, last, p.edited
	}
	field := "none"
	if r.broken > 0 {
		field = t.field(r)
	}
	_, handle := other(p)
	text := r.text
	if p.kind == datasets.Repost {
		text = "RT @" + handle + ": " + r.text
		if len([]rune(text)) > 140 {
			text = string([]rune(text)[:139]) + "…"
		}
	}
	long := ""
	if runes := []rune(text); len(runes) > 280 {
		long, text = text, string(runes[:276])+"…"
	}
	b = append(b, `{"id": "`...)
	b = append(b, id...)
	b = append(b, `", "edit_history_tweet_ids": `...)
	b = append(b, history...)
	b = append(b, `, "created_at": "`...)
	if field == timeOnX {
		b = append(b, "yesterday"...)
	} else {
		b = time.Unix(created, 0).UTC().AppendFormat(b, "2006-01-02T15:04:05.000Z")
	}
	b = append(b, `", "author_id": "`...)
	b = append(b, a.ID...)
	b = append(b, `", "conversation_id": "`...)
	if p.kind == datasets.Reply {
		b = strconv.AppendInt(b, otherID(p), 10)
	} else {
		b = append(b, id...)
	}
	b = append(b, `", "lang": "`...)
	b = append(b, languageOnX(p)...)
	b = append(b, `", "text": `...)
	b = appendJSON(b, text, true)
	if long != "" {
		b = append(b, `, "note_tweet": {"text": `...)
		b = appendJSON(b, long, true)
		b = append(b, '}')
	}
	b = t.appendMetrics(b, c, r, field)
	b = t.appendReference(b, r, inline)
	b = appendEntities(b, r)
	return t.appendMedia(b, r, inline)
}

func (*tweets) field(r *record) string {
	if r.p.kind == datasets.Repost { // whose counts nobody reads
		return timeOnX
	}
	return r.harm(likesOnX, timeOnX)
}

func (t *tweets) appendMetrics(b []byte, c *collection, r *record, field string) []byte {
	count := func(name string, n datasets.Opt[int64]) {
		b = append(b, name...)
		b = strconv.AppendInt(b, n.V, 10)
	}
	n := r.counts
	if r.p.kind == datasets.Repost { // of the original, whose shares X repeats
		n = datasets.Counts{Share: datasets.Some(int64(r.p.seed % 500))}
	}
	count(`, "public_metrics": {"retweet_count": `, n.Share)
	count(`, "reply_count": `, n.Comment)
	if field == likesOnX {
		b = append(b, `, "like_count": "many"`...)
	} else {
		count(`, "like_count": `, n.Like)
	}
	count(`, "quote_count": `, n.Quote)
	if c.at >= viewsSince {
		count(`, "bookmark_count": `, n.Save)
		count(`, "impression_count": `, n.View)
	}
	return append(b, '}')
}

// viewsSince is when the API began to show impressions and bookmarks, about.
var viewsSince = time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC).Unix()

func (t *tweets) appendReference(b []byte, r *record, inline bool) []byte {
	kind := map[string]string{datasets.Repost: "retweeted", datasets.Reply: "replied_to", datasets.Quoted: "quoted"}[r.p.kind]
	if kind == "" {
		return b
	}
	author, handle := other(r.p)
	b = append(b, `, "referenced_tweets": [{"type": "`...)
	b = append(b, kind...)
	b = append(b, `", "id": "`...)
	b = strconv.AppendInt(b, otherID(r.p), 10)
	b = append(b, '"')
	if inline && kind == "retweeted" {
		b = append(b, `, "text": `...)
		b = appendJSON(b, r.text, true)
		b = append(b, `, "author": `...)
		b = appendUser(b, author, handle, handle, 1000, 10, 100)
	}
	b = append(b, `}]`...)
	if kind == "replied_to" {
		b = append(b, `, "in_reply_to_user_id": "`...)
		b = append(b, author...)
		b = append(b, '"')
	}
	return b
}

func appendEntities(b []byte, r *record) []byte {
	if r.p.kind == datasets.Repost || r.link == "" && len(r.tags) == 0 {
		return b
	}
	b = append(b, `, "entities": {`...)
	if r.link != "" {
		b = append(b, `"urls": [{"start": 0, "end": 23, "url": "`...)
		b = append(b, shortLink(r.p)...)
		b = append(b, `", "expanded_url": "`...)
		b = append(b, r.link...)
		b = append(b, `", "display_url": "sim.example"}]`...)
	}
	for i, tag := range r.tags {
		switch {
		case i > 0:
			b = append(b, ", "...)
		case r.link != "":
			b = append(b, `, "hashtags": [`...)
		default:
			b = append(b, `"hashtags": [`...)
		}
		b = append(b, `{"start": 0, "end": 1, "tag": `...)
		b = appendJSON(b, tag, true)
		b = append(b, '}')
	}
	if len(r.tags) > 0 {
		b = append(b, ']')
	}
	return append(b, '}')
}

// keys are the media of a post of X, by key and type.
func keys(r *record) (out [][2]string) {
	id := strconv.FormatInt(r.a.tweetID(r.p, false), 10)
	switch r.p.media {
	case "photo":
		out = [][2]string{{"3_" + id, "photo"}}
	case "video":
		out = [][2]string{{"7_" + id, "video"}}
	case "album":
		out = [][2]string{{"3_" + id, "photo"}, {"3_" + id + "1", "photo"}}
	}
	if r.p.kind == datasets.Repost {
		return nil
	}
	return out
}

func (t *tweets) appendMedia(b []byte, r *record, inline bool) []byte {
	ks := keys(r)
	switch {
	case r.p.kind == datasets.Repost:
	case r.p.media == "poll":
		b = append(b, `, "attachments": {"poll_ids": ["1"]}`...)
	case len(ks) > 0:
		b = append(b, `, "attachments": {"media_keys": [`...)
		for i, k := range ks {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = append(b, `"`+k[0]+`"`...)
		}
		b = append(b, ']')
		if inline {
			b = append(b, `, "media": [`...)
			b = appendKeys(b, ks)
			b = append(b, ']')
		}
		b = append(b, '}')
	}
	return b
}

func appendKeys(b []byte, ks [][2]string) []byte {
	for i, k := range ks {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(b, `{"media_key": "`+k[0]+`", "type": "`+k[1]+`"}`...)
	}
	return b
}

// appendTwarc appends what twarc2 says of itself.
func appendTwarc(b []byte, at int64) []byte {
	b = append(b, `"__twarc": {"url": "https://api.twitter.com/2/tweets?expansions=author_id%2Cattachments.media_keys&max_results=100", "version": "2.14.0", "retrieved_at": "`...)
	b = time.Unix(at, 0).UTC().AppendFormat(b, "2006-01-02T15:04:05+00:00")
	return append(b, `"}`...)
}

// languageOnX is the language that X would find: it knows neither Kazakh nor
// Kyrgyz nor Uzbek.
func languageOnX(p *post) string {
	switch p.language {
	case "en", "ru":
		return p.language
	case "uz":
		if p.seed%3 == 0 {
			return "tr"
		}
	case "uz-Cyrl":
		return "ru"
	default:
		if p.seed%5 < 2 {
			return "ru"
		}
	}
	return "und"
}

// pages writes the answers of the API as twarc2 does: a page of posts a line.
type pages struct {
	tweets
	media, originals, users []byte
}

func (f *pages) post(o *output, c *collection, r *record) (at, line int64) {
	at, line = f.at(c), o.line
	for range r.times {
		f.buf = append(f.appendTweet(join(f.buf), c, r, false), '}')
		f.n++
	}
	if ks := keys(r); len(ks) > 0 {
		f.media = appendKeys(join(f.media), ks)
	}
	if r.a != f.a { // of an account that nobody asked for
		f.users = appendUser(join(f.users), r.a.ID, r.a.Handle, r.a.Organization, 10, 10, 10)
	}
	if r.p.kind == datasets.Repost {
		author, handle := other(r.p)
		f.originals = append(join(f.originals), `{"id": "`...)
		f.originals = strconv.AppendInt(f.originals, otherID(r.p), 10)
		f.originals = append(f.originals, `", "author_id": "`+author+`", "text": `...)
		f.originals = append(appendJSON(f.originals, r.text, true), '}')
		f.users = appendUser(join(f.users), author, handle, handle, 1000, 10, 100)
	}
	if f.n >= perPage {
		f.flush(o, c)
	}
	return at, line
}

// join puts a comma before the next element of a list.
func join(b []byte) []byte {
	if len(b) > 0 {
		return append(b, ", "...)
	}
	return b
}

// flush writes the page at hand.
func (f *pages) flush(o *output, c *collection) {
	o.text(`{"data": [`)
	o.write(f.buf)
	o.text(`], "includes": {"users": [`)
	o.write(f.appendAuthor(f.buf[:0], f.at(c)))
	if len(f.users) > 0 {
		o.text(", ")
	}
	o.write(f.users)
	o.text(`], "tweets": [`)
	o.write(f.originals)
	o.text(`], "media": [`)
	o.write(f.media)
	o.text(`]}, "meta": {"result_count": ` + strconv.Itoa(f.n) + `}, `)
	o.write(appendTwarc(f.buf[:0], f.at(c)))
	o.text("}\n")
	f.shown(c)
	f.buf, f.media, f.originals, f.users, f.n = f.buf[:0], f.media[:0], f.originals[:0], f.users[:0], 0
	f.page++
}

func (f *pages) end(o *output, c *collection) {
	if f.n > 0 {
		f.flush(o, c)
	}
}

// flat writes posts as twarc2 flatten does: one a line, each with its author.
type flat struct {
	tweets
	whole bool // a post of the page at hand is not broken
}

func (f *flat) field(r *record) string {
	if r.broken%3 == 0 {
		return "" // the line breaks off
	}
	return f.tweets.field(r)
}

func (f *flat) post(o *output, c *collection, r *record) (at, line int64) {
	at, line = f.at(c), o.line
	f.buf = append(f.appendTweet(f.buf[:0], c, r, true), `, "author": `...)
	if r.a == f.a {
		f.buf = f.appendAuthor(f.buf, at)
	} else {
		f.buf = appendUser(f.buf, r.a.ID, r.a.Handle, r.a.Organization, 10, 10, 10)
	}
	f.buf = append(f.buf, ", "...)
	f.buf = append(appendTwarc(f.buf, at), "}\n"...)
	if r.broken > 0 && f.field(r) == "" {
		f.buf = append(f.buf[:len(f.buf)*2/3], '\n')
	}
	for range r.times {
		o.write(f.buf)
	}
	f.whole = f.whole || r.broken == 0 && r.a == f.a
	if f.n++; f.n >= perPage {
		f.turn(c)
	}
	return at, line
}

// turn begins a page.
func (f *flat) turn(c *collection) {
	if f.whole {
		f.shown(c)
	}
	f.n, f.whole = 0, false
	f.page++
}

func (f *flat) end(_ *output, c *collection) {
	if f.n > 0 {
		f.turn(c)
	}
}
