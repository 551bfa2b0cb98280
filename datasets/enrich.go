package datasets

import "cmp"

// How the followers of an account when it posted are known.
const (
	FollowersGiven          = "given"           // the export says so with the post
	FollowersInterpolated   = "interpolated"    // between the snapshots around it
	FollowersCarriedForward = "carried_forward" // from the last snapshot, which is earlier
	FollowersCarriedBack    = "carried_back"    // from the first snapshot, which is later
)

// PostContext is what a post's row does not say by itself: how many followers
// its account had then, and what the local clock showed.
type PostContext struct {
	Platform           string
	AccountID          string
	PostID             string
	Followers          Opt[float64]
	FollowersLow       Opt[float64]
	FollowersHigh      Opt[float64]
	FollowersMethod    Opt[string]
	FollowersGapDays   Opt[float64]
	FollowersPrecision Opt[string]
	FollowersAbsent    Opt[string] // why Followers is absent
	LocalDate          Opt[Day]
	LocalHour          Opt[int64]
	LocalWeekday       Opt[int64]
	Zone               Opt[string]
	ZoneOf             Opt[string]
	LocalAbsent        Opt[string] // why the five local columns are absent
	Language           Opt[string]
	LanguageShares     [len(Languages)]Opt[float64] // in the order of Languages
}

// Languages are those that are told from texts, as ISO 639-1 writes them.
var Languages = [...]string{"kk", "ky", "uz", "ru", "en"}

// Undetermined is what is in none of them, or too short to tell.
const Undetermined = "und"

// languageShareCols are the shares of a post's letters.
func languageShareCols() []Column[PostContext] {
	var cols []Column[PostContext]
	for i, name := range [len(Languages)]string{"Kazakh", "Kyrgyz", "Uzbek", "Russian", "English"} {
		cols = append(cols, floatOptCol(Languages[i]+"_share", "share", "Share of the letters of the post's text that stand in "+name+". Null where language is.", func(r *PostContext) *Opt[float64] { return &r.LanguageShares[i] }).within(0, 1))
	}
	return cols
}

// PostContexts is the table of contexts, one a post.
var PostContexts = Table[PostContext]{
	Name: "post_context",
	Doc:  "One row a post: followers of its account when it was posted, its local date and hour, and the language of its text with the share of its letters in each; what the shares lack to 1 is in no language that is told.",
	Key:  []string{"platform", "account_id", "post_id"},
	Columns: append([]Column[PostContext]{
		platformCol(func(r *PostContext) *string { return &r.Platform }),
		fewCol("account_id", docAccountID, func(r *PostContext) *string { return &r.AccountID }),
		strCol("post_id", "", "The platform's id of the post, as text.", func(r *PostContext) *string { return &r.PostID }),
		floatOptCol("followers_at_posting", "count", "Followers of the account when it posted. No whole number where it is interpolated. Null where it cannot be known; followers_absent says why.", func(r *PostContext) *Opt[float64] { return &r.Followers }).atLeast(0),
		floatOptCol("followers_low", "count", "Least followers_at_posting that the text of the snapshots allows: 50.8K is at least 50,750. Null where there is none or nothing bounds it.", func(r *PostContext) *Opt[float64] { return &r.FollowersLow }).atLeast(0),
		floatOptCol("followers_high", "count", "Greatest followers_at_posting that the text of the snapshots allows. Null where there is none or nothing bounds it.", func(r *PostContext) *Opt[float64] { return &r.FollowersHigh }).atLeast(0),
		fewOptCol("followers_method", "given: the export says so with the post. interpolated: on the straight line between the snapshots before and after, or of a snapshot of that moment. carried_forward: of the last snapshot, which is earlier. carried_back: of the first snapshot, which is later. Null where followers_at_posting is.", func(r *PostContext) *Opt[string] { return &r.FollowersMethod }),
		floatOptCol("followers_gap_days", "days", "Time between the post and the nearest snapshot used. Null where no snapshot was used.", func(r *PostContext) *Opt[float64] { return &r.FollowersGapDays }).atLeast(0),
		fewOptCol("followers_precision", "How exactly the times of the snapshots used are known: second, day or month; the coarser of two. A day is taken at its start in UTC, a month at its middle and only where the account has nothing better in that month; snapshots known to the year are not used. Null where no snapshot was used.", func(r *PostContext) *Opt[string] { return &r.FollowersPrecision }),
		fewOptCol("followers_absent", "Why followers_at_posting is null. Null where it is known.", func(r *PostContext) *Opt[string] { return &r.FollowersAbsent }),
		dayOptCol("local_date", "Date of the post in zone. Null where its time or zone is not known; local_absent says which.", func(r *PostContext) *Opt[Day] { return &r.LocalDate }),
		intOptCol("local_hour", "h", "Hour of the post in zone, 0 to 23. Null where local_date is.", func(r *PostContext) *Opt[int64] { return &r.LocalHour }).within(0, 23),
		intOptCol("local_weekday", "", "Day of the week of local_date: 1 is Monday, 7 is Sunday. Null where local_date is.", func(r *PostContext) *Opt[int64] { return &r.LocalWeekday }).within(1, 7),
		fewOptCol("zone", "IANA name of the time zone used. Null where local_date is.", func(r *PostContext) *Opt[string] { return &r.Zone }),
		fewOptCol("zone_of", "Whose zone it is: host_country of the account where study.toml gives it a zone, else country; an account abroad with country keeps the clock of its capital. Null where local_date is.", func(r *PostContext) *Opt[string] { return &r.ZoneOf }),
		fewOptCol("local_absent", "Why local_date is null. Null where it is known.", func(r *PostContext) *Opt[string] { return &r.LocalAbsent }),
		fewOptCol("language", "Language of the text as this program tells it: kk, ky, uz, ru or en, or und where most letters stand in another language or too few words tell. Names say little, and lists of names and single words often come as und; Karakalpak mostly comes as kk. Addresses, @names and #tags take no part. What the platform gave stands in posts as language_given. Null where the post has no text.", func(r *PostContext) *Opt[string] { return &r.Language }).among(append(Languages[:], Undetermined)...),
	}, languageShareCols()...),
	Compare: func(a, b *PostContext) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.AccountID, b.AccountID), cmp.Compare(a.PostID, b.PostID))
	},
}

// What makes two posts a cross-post.
const (
	CrossText = "text"
	CrossLink = "link"
)

// CrossPost is a post and another of the same organization that says the same
// on another platform.
type CrossPost struct {
	Platform       string
	AccountID      string
	PostID         string
	OtherPlatform  string
	OtherAccountID string
	OtherPostID    string
	CreatedAt      Micros
	Similarity     Opt[float64]
	LagS           float64
	How            string
}

// CrossPosts is the table of cross-posts.
var CrossPosts = Table[CrossPost]{
	Name: "cross_posts",
	Doc:  "One row an ordered pair of posts of one organization on two platforms, at most 48 hours apart, that say the same or share a link: every pair stands here twice, once from each side. Reposts and posts without a time take no part.",
	Key:  []string{"platform", "account_id", "post_id", "other_platform", "other_account_id", "other_post_id"},
	Columns: []Column[CrossPost]{
		platformCol(func(r *CrossPost) *string { return &r.Platform }),
		fewCol("account_id", docAccountID, func(r *CrossPost) *string { return &r.AccountID }),
		strCol("post_id", "", "The platform's id of the post, as text.", func(r *CrossPost) *string { return &r.PostID }),
		fewCol("other_platform", "Platform of the other post; never the same.", func(r *CrossPost) *string { return &r.OtherPlatform }),
		fewCol("other_account_id", "Account of the other post.", func(r *CrossPost) *string { return &r.OtherAccountID }),
		strCol("other_post_id", "", "Id of the other post, as text.", func(r *CrossPost) *string { return &r.OtherPostID }),
		timeCol("created_at", "When the post was posted.", func(r *CrossPost) *Micros { return &r.CreatedAt }),
		floatOptCol("similarity", "", "Jaccard similarity, 0 to 1, of the sets of 5 successive characters in the two texts without case, white space, addresses and closing hashtags. Null where one of them has fewer than 5 characters left.", func(r *CrossPost) *Opt[float64] { return &r.Similarity }).within(0, 1),
		floatCol("lag_s", "s", "Time from the post to the other; negative where the other is earlier.", func(r *CrossPost) *float64 { return &r.LagS }),
		fewCol("how", "text: similarity is at least 0.6. link: it is not, but both texts hold the same address, which is neither a bare site nor one that either account repeats in more than 3 posts within 30 days of it.", func(r *CrossPost) *string { return &r.How }),
	},
	Compare: func(a, b *CrossPost) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.AccountID, b.AccountID), cmp.Compare(a.PostID, b.PostID),
			cmp.Compare(a.OtherPlatform, b.OtherPlatform), cmp.Compare(a.OtherAccountID, b.OtherAccountID), cmp.Compare(a.OtherPostID, b.OtherPostID))
	},
}
