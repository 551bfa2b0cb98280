package datasets

import (
	"cmp"
	"iter"
	"slices"
)

// Counts are the interactions of a post at one observation, by the table of
// platforms: what a platform does not have or did not show is absent, and an
// observed zero is zero.
type Counts struct {
	Like    Opt[int64] // likes; all reactions on facebook and linkedin; sum of reactions on telegram
	Comment Opt[int64] // comments or replies
	Share   Opt[int64] // shares, retweets, reposts or forwards
	Quote   Opt[int64] // quotes, on x
	View    Opt[int64] // views, plays or impressions
	Save    Opt[int64] // saves or bookmarks
}

// Columns of counts, in the order in which two observations are compared.
func (c *Counts) all() [6]Opt[int64] {
	return [6]Opt[int64]{c.Like, c.Comment, c.Share, c.Quote, c.View, c.Save}
}

// Compare orders counts column by column, absent before present.
func (c *Counts) Compare(d *Counts) int {
	a, b := c.all(), d.all()
	for i := range a {
		if o := CompareOpt(a[i], b[i]); o != 0 {
			return o
		}
	}
	return 0
}

func countCols[R any](f func(*R) *Counts) []Column[R] {
	return []Column[R]{
		intOptCol("like_count", "count", "Likes; all reactions on facebook and linkedin; the sum of reactions on telegram. Null where hidden, not shown or not had by the platform.", func(r *R) *Opt[int64] { return &f(r).Like }),
		intOptCol("comment_count", "count", "Comments or replies. Null where hidden, not shown or not had by the platform.", func(r *R) *Opt[int64] { return &f(r).Comment }),
		intOptCol("share_count", "count", "Shares, retweets, reposts or forwards. Null where hidden, not shown or not had by the platform.", func(r *R) *Opt[int64] { return &f(r).Share }),
		intOptCol("quote_count", "count", "Quotes. Null except on x.", func(r *R) *Opt[int64] { return &f(r).Quote }),
		intOptCol("view_count", "count", "Views, plays or impressions; of videos only on facebook and instagram. Null where hidden, not shown or not had by the platform.", func(r *R) *Opt[int64] { return &f(r).View }),
		intOptCol("save_count", "count", "Saves or bookmarks. Null where hidden, not shown or not had by the platform.", func(r *R) *Opt[int64] { return &f(r).Save }),
	}
}

// Types of posts. The first that fits is taken, in this order.
const (
	Repost   = "repost"
	Reply    = "reply"
	Quoted   = "quote"
	Original = "original"
)

// Post is one post at its latest observation.
type Post struct {
	Platform           string
	AccountID          string
	PostID             string
	Country            Opt[string]
	CreatedAt          Opt[Micros]
	PostType           string
	Text               Opt[string]
	LanguageGiven      Opt[string]
	MediaType          Opt[string]
	URL                Opt[string]
	ReplyToID          Opt[string]
	RepostOfID         Opt[string]
	QuoteOfID          Opt[string]
	EditedAt           Opt[Micros]
	Parts              int64
	Counts             Counts // absent for reposts: the original's counts are not theirs
	FollowersAtPosting Opt[int64]
	ObservedAt         Opt[Micros]
	TimeSource         Opt[string]
	Observations       int64
	Source             string
}

// Posts is the table of posts.
var Posts = Table[Post]{
	Name: "posts",
	Doc:  "One row a post, at its latest observation: the greatest observed_at (unknown first); ties by the larger counts, column by column, then by the record's bytes.",
	Key:  []string{"platform", "account_id", "post_id"},
	code: func(c *coder, r *Post) { r.code(c) },
	Columns: concat([]Column[Post]{
		platformCol(func(r *Post) *string { return &r.Platform }),
		fewCol("account_id", docAccountID, func(r *Post) *string { return &r.AccountID }),
		strCol("post_id", "", "The platform's id of the post, as text. An edited post keeps its first id.", func(r *Post) *string { return &r.PostID }),
		fewOptCol("country", "ISO 3166-1 alpha-3 code of the account's country. Null for an international body.", func(r *Post) *Opt[string] { return &r.Country }),
		timeOptCol("created_at", "When it was posted, by the latest observation that says so. Null where no export says.", func(r *Post) *Opt[Micros] { return &r.CreatedAt }),
		fewCol("post_type", "repost, reply, quote or original; the first that fits in this order.", func(r *Post) *string { return &r.PostType }).among("repost", "reply", "quote", "original"),
		strOptCol("text", "", "Text as exported. Null where there is none or the export leaves it out.", func(r *Post) *Opt[string] { return &r.Text }),
		fewOptCol("language_given", "Language that the platform gave, as it gave it. Null where it gave none.", func(r *Post) *Opt[string] { return &r.LanguageGiven }),
		fewOptCol("media_type", "photo, video, album, link, poll, text or other. Null where the export does not say.", func(r *Post) *Opt[string] { return &r.MediaType }),
		strOptCol("url", "", "Address of the post, without query. Null where it cannot be known.", func(r *Post) *Opt[string] { return &r.URL }),
		strOptCol("reply_to_id", "", "Id of the post that it answers. Null where it answers none or the export does not say.", func(r *Post) *Opt[string] { return &r.ReplyToID }),
		strOptCol("repost_of_id", "", "Id of the post that it repeats. Null where it repeats none or the export does not say.", func(r *Post) *Opt[string] { return &r.RepostOfID }),
		strOptCol("quote_of_id", "", "Id of the post that it quotes. Null where it quotes none or the export does not say.", func(r *Post) *Opt[string] { return &r.QuoteOfID }),
		timeOptCol("edited_at", "When it was last edited. Null where it was not or the export does not say.", func(r *Post) *Opt[Micros] { return &r.EditedAt }),
		intCol("parts", "messages", "Messages or media that the platform shows as this one post: more than 1 for a Telegram album.", func(r *Post) *int64 { return &r.Parts }),
	}, countCols(func(r *Post) *Counts { return &r.Counts }), []Column[Post]{
		intOptCol("followers_at_posting", "count", "Followers when it was posted, where the export says so. Null elsewhere; enrich finds them from snapshots.", func(r *Post) *Opt[int64] { return &r.FollowersAtPosting }),
		timeOptCol("observed_at", "When the counts were observed; the start of the day where only that is known. Null where nothing says.", func(r *Post) *Opt[Micros] { return &r.ObservedAt }),
		fewOptCol("time_source", docTimeSource, func(r *Post) *Opt[string] { return &r.TimeSource }),
		intCol("observations", "count", "Different observations of the post in all files.", func(r *Post) *int64 { return &r.Observations }),
		fewCol("source", docSource, func(r *Post) *string { return &r.Source }),
	}),
	Compare: func(a, b *Post) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.AccountID, b.AccountID), cmp.Compare(a.PostID, b.PostID))
	},
}

// PostsByTime is the table as the partitions of a study store it: the posts of
// an account one after another, by time (unknown first), then by id, so that a
// query on an account or on some of its days reads few row groups. That no id
// comes twice is up to who writes it.
var PostsByTime = byTime()

func byTime() Table[Post] {
	t := Posts
	t.Compare = func(a, b *Post) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.AccountID, b.AccountID),
			CompareOpt(a.CreatedAt, b.CreatedAt), cmp.Compare(a.PostID, b.PostID))
	}
	return t
}

// ByKey yields posts that come account by account in the order of the key of
// Posts. It takes over the batches, and holds the posts of one account; what it
// yields is the caller's.
func ByKey(rows iter.Seq2[[]Post, error]) iter.Seq2[[]Post, error] {
	return func(yield func([]Post, error) bool) {
		var held []Post
		for batch, err := range rows {
			if err != nil {
				yield(nil, err)
				return
			}
			for from := 0; from < len(batch); {
				to := from
				for to < len(batch) && batch[to].AccountID == batch[from].AccountID && batch[to].Platform == batch[from].Platform {
					to++
				}
				if len(held) > 0 && (held[0].AccountID != batch[from].AccountID || held[0].Platform != batch[from].Platform) {
					if !yield(sortedByKey(held), nil) {
						return
					}
					held = nil
				}
				// Most accounts lie whole in a batch, and are not copied.
				if part := batch[from:to:to]; len(held) == 0 {
					held = part
				} else {
					held = append(held, part...)
				}
				from = to
			}
		}
		if len(held) > 0 {
			yield(sortedByKey(held), nil)
		}
	}
}

func sortedByKey(rows []Post) []Post {
	for i := 1; i < len(rows); i++ {
		if rows[i-1].PostID > rows[i].PostID {
			slices.SortFunc(rows, func(a, b Post) int { return cmp.Compare(a.PostID, b.PostID) })
			break
		}
	}
	return rows
}

// PostSnapshot is one observation of a post.
type PostSnapshot struct {
	Platform    string
	AccountID   string
	PostID      string
	Observation int64
	CreatedAt   Opt[Micros]
	ObservedAt  Opt[Micros]
	TimeSource  Opt[string]
	Counts      Counts
	Source      string
}

// PostSnapshots is the table of observations of posts.
var PostSnapshots = Table[PostSnapshot]{
	Name: "post_snapshots",
	Doc:  "One row an observation of a post, in the order of time: its counts then. Reposts have none of their own.",
	Key:  []string{"platform", "account_id", "post_id", "observation"},
	Columns: concat([]Column[PostSnapshot]{
		platformCol(func(r *PostSnapshot) *string { return &r.Platform }),
		fewCol("account_id", docAccountID, func(r *PostSnapshot) *string { return &r.AccountID }),
		strCol("post_id", "", "The platform's id of the post, as text.", func(r *PostSnapshot) *string { return &r.PostID }),
		intCol("observation", "", "Number of the observation, from 1 in the order of observed_at (unknown first), then of the counts.", func(r *PostSnapshot) *int64 { return &r.Observation }).atLeast(1),
		timeOptCol("created_at", "When the post was posted, as posts has it. Null where no export says.", func(r *PostSnapshot) *Opt[Micros] { return &r.CreatedAt }),
		timeOptCol("observed_at", "When the counts were observed; the start of the day where only that is known. Null where nothing says.", func(r *PostSnapshot) *Opt[Micros] { return &r.ObservedAt }),
		fewOptCol("time_source", docTimeSource, func(r *PostSnapshot) *Opt[string] { return &r.TimeSource }),
	}, countCols(func(r *PostSnapshot) *Counts { return &r.Counts }), []Column[PostSnapshot]{
		fewCol("source", docSource, func(r *PostSnapshot) *string { return &r.Source }),
	}),
	Compare: func(a, b *PostSnapshot) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.AccountID, b.AccountID),
			cmp.Compare(a.PostID, b.PostID), cmp.Compare(a.Observation, b.Observation))
	},
}
