package datasets

import "cmp"

// components lists the counts that make up the interactions of a platform: all
// that its public pages have. A platform that is not here has none defined.
var components = map[string][]string{
	"x":         {"like_count", "comment_count", "share_count", "quote_count"},
	"threads":   {"like_count", "comment_count", "share_count", "quote_count"},
	"facebook":  {"like_count", "comment_count", "share_count"},
	"instagram": {"like_count", "comment_count"},
	"telegram":  {"like_count", "comment_count", "share_count"},
	"youtube":   {"like_count", "comment_count"},
	"vk":        {"like_count", "comment_count", "share_count"},
	"ok":        {"like_count", "comment_count", "share_count"},
	"tiktok":    {"like_count", "comment_count", "share_count"},
	"linkedin":  {"like_count", "comment_count", "share_count"},
	"flickr":    {"like_count", "comment_count"},
}

// Components returns the names of the counts that make up the interactions of a
// platform; nil for a platform that has none defined. The caller does not
// change it.
func Components(platform string) []string { return components[platform] }

// Count returns a count by the name of its column; absent for other names.
func (c *Counts) Count(name string) Opt[int64] {
	switch name {
	case "like_count":
		return c.Like
	case "comment_count":
		return c.Comment
	case "share_count":
		return c.Share
	case "quote_count":
		return c.Quote
	case "view_count":
		return c.View
	case "save_count":
		return c.Save
	}
	return None[int64]()
}

// MaxSum is the greatest sum of counts: beyond it a float64, with which metrics
// reckon, is no longer exact. No post has as many interactions.
const MaxSum = 1 << 53

// Sum adds up the named counts. It is absent where one of them is or is below 0,
// where none is named, and where the sum is beyond MaxSum.
func (c *Counts) Sum(names []string) Opt[int64] {
	total := Opt[int64]{OK: len(names) > 0}
	for _, n := range names {
		v := c.Count(n)
		if !v.OK || v.V < 0 || v.V > MaxSum-total.V {
			return None[int64]()
		}
		total.V += v.V
	}
	return total
}

// PostTopic is a topic of a post.
type PostTopic struct {
	Platform  string
	AccountID string
	PostID    string
	Topic     string
}

// PostTopics is the table of topics.
var PostTopics = Table[PostTopic]{
	Name: "post_topics",
	Doc:  "One row a post and topic that the rules of the codebook, events and holidays find in its text; none where its words match no rule of the codebook. A post without a row has no word to read.",
	Key:  []string{"platform", "account_id", "post_id", "topic"},
	Columns: []Column[PostTopic]{
		platformCol(func(r *PostTopic) *string { return &r.Platform }),
		fewCol("account_id", docAccountID, func(r *PostTopic) *string { return &r.AccountID }),
		strCol("post_id", "", "The platform's id of the post, as text.", func(r *PostTopic) *string { return &r.PostID }),
		fewCol("topic", "Name of the topic in the codebook; event: and the id of an event; holiday: and the name of a holiday; none.", func(r *PostTopic) *string { return &r.Topic }),
	},
	Compare: func(a, b *PostTopic) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.AccountID, b.AccountID), cmp.Compare(a.PostID, b.PostID), cmp.Compare(a.Topic, b.Topic))
	},
}

// PostScore is how a post did against the posts of its account before it.
type PostScore struct {
	Platform     string
	AccountID    string
	PostID       string
	Interactions Opt[int64]
	AgeDays      Opt[float64]
	Expected     Opt[float64]
	Score        Opt[float64]
	LogRatio     Opt[float64]
	NPrior       int64
	Absent       Opt[string]
}

// PostScores is the table of scores.
var PostScores = Table[PostScore]{
	Name: "post_scores",
	Doc:  "One row a post that is no repost: its interactions at a comparable age, and how they stand to those of the posts before it.",
	Key:  []string{"platform", "account_id", "post_id"},
	Columns: []Column[PostScore]{
		platformCol(func(r *PostScore) *string { return &r.Platform }),
		fewCol("account_id", docAccountID, func(r *PostScore) *string { return &r.AccountID }),
		strCol("post_id", "", "The platform's id of the post, as text.", func(r *PostScore) *string { return &r.PostID }),
		intOptCol("interactions", "count", "Likes, comments and shares (and quotes on x), or those of them that study.toml names, at the first observation at least 7 days after posting, else at the latest. Null unless every one is known.", func(r *PostScore) *Opt[int64] { return &r.Interactions }),
		floatOptCol("age_days", "days", "Age of the post at that observation. Null where one of the two times is not known.", func(r *PostScore) *Opt[float64] { return &r.AgeDays }),
		floatOptCol("expected", "count", "Mean of the middle half of the interactions of the last 100 posts before it of the same account and media type. Null below 20 such posts.", func(r *PostScore) *Opt[float64] { return &r.Expected }),
		floatOptCol("overperforming", "", "CrowdTangle's score: interactions by expected where that is at least 1, else minus its inverse, and -2 expected for a post without interactions. Null where either is.", func(r *PostScore) *Opt[float64] { return &r.Score }),
		floatOptCol("log2_ratio", "", "log2((interactions + 1)/(expected + 1)): the symmetric form, for analysis. Null where either is.", func(r *PostScore) *Opt[float64] { return &r.LogRatio }),
		intCol("n_prior", "posts", "Posts before it that expected could use.", func(r *PostScore) *int64 { return &r.NPrior }),
		fewOptCol("absent", "Why overperforming is null. Null where it is known.", func(r *PostScore) *Opt[string] { return &r.Absent }),
	},
	Compare: func(a, b *PostScore) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.AccountID, b.AccountID), cmp.Compare(a.PostID, b.PostID))
	},
}

// InteractionCount says how many posts of an account had so many interactions.
type InteractionCount struct {
	Platform     string
	AccountID    string
	Interactions int64
	Posts        int64
}

// InteractionCounts is the table of distributions of interactions.
var InteractionCounts = Table[InteractionCount]{
	Name: "interaction_counts",
	Doc:  "One row an account and number of interactions: how many of its posts in the study window, reposts left out, had just so many. From it come quantiles, shares of zeros, Lorenz curves and the bootstrap of a country's posts.",
	Key:  []string{"platform", "account_id", "interactions"},
	Columns: []Column[InteractionCount]{
		platformCol(func(r *InteractionCount) *string { return &r.Platform }),
		fewCol("account_id", docAccountID, func(r *InteractionCount) *string { return &r.AccountID }),
		intCol("interactions", "count", "Interactions of a post, as post_scores defines them.", func(r *InteractionCount) *int64 { return &r.Interactions }),
		intCol("posts", "posts", "Posts with just so many.", func(r *InteractionCount) *int64 { return &r.Posts }),
	},
	Compare: func(a, b *InteractionCount) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.AccountID, b.AccountID), cmp.Compare(a.Interactions, b.Interactions))
	},
}
