package datasets

import "cmp"

// CountSums is what is known of one kind of count over the own posts of a period.
// All are absent where the basis does not tell, or no post shows the count.
type CountSums struct {
	Known   Opt[int64] // posts that show the count
	Sum     Opt[int64] // over them
	Nonzero Opt[int64] // of them, those with at least 1
}

// AccountPeriod is what is known of one account and period, in counts and sums.
type AccountPeriod struct {
	Platform     string
	AccountID    string
	Basis        string // FromPosts, FromCounts, FromFollowers or FromTotals
	PeriodKind   string
	PeriodStart  Day
	PeriodEnd    Day
	Source       string
	Country      Opt[string]
	ExposureDays Opt[float64]

	Posts         Opt[int64]
	PostsObserved Opt[int64]
	Own           Opt[int64]
	Reposts       Opt[int64]
	Replies       Opt[int64]
	Quotes        Opt[int64]

	Like, Comment, Share, Quote, View CountSums

	InteractionsKnown Opt[int64]
	InteractionsSum   Opt[int64]
	InteractionsZero  Opt[int64]
	RateKnown         Opt[int64]
	RateSum           Opt[float64]
	LogRateSum        Opt[float64]
	LikesMean         Opt[float64]

	FollowersNow  Opt[float64]
	FollowersMean Opt[float64]
	Snapshots     Opt[int64]
	First         Opt[int64]
	Last          Opt[int64]
	Flag          Opt[string]
}

// Bases of AccountPeriods.
const (
	FromPosts     = "posts"
	FromCounts    = "counted"
	FromFollowers = "followers"
	FromTotals    = "posts_total"
)

func sumCols(name, what string, f func(*AccountPeriod) *CountSums) []Column[AccountPeriod] {
	return []Column[AccountPeriod]{
		intOptCol(name+"_known", "posts", "Own posts that show their "+what+". Null where basis does not tell.", func(r *AccountPeriod) *Opt[int64] { return &f(r).Known }),
		intOptCol(name+"_sum", "count", "Sum of "+what+" over them. Null where none shows it or none was counted.", func(r *AccountPeriod) *Opt[int64] { return &f(r).Sum }),
		intOptCol(name+"_nonzero", "posts", "Of them, those with at least one. Null where none shows it, or basis does not tell.", func(r *AccountPeriod) *Opt[int64] { return &f(r).Nonzero }),
	}
}

// AccountPeriods is the table of the sufficient statistics: what posting rates,
// engagement, shares of zeros and growth are computed from, without a post.
var AccountPeriods = Table[AccountPeriod]{
	Name: "account_periods",
	Doc: "One row an account, period and basis: the counts and sums that its metrics are computed from. " +
		"posts_per_month is posts_observed by exposure_days times 30.4375 (counted: posts by exposure_days); zero_share is interactions_zero by interactions_known; " +
		"log_interactions_per_1000_followers is log_rate_sum by rate_known; likes_per_post is like_sum by like_known; follower_growth is ln(last/first) by exposure_days times 30.4375.",
	Key: []string{"platform", "account_id", "basis", "period_kind", "period_start", "period_end", "source"},
	Columns: concat(
		[]Column[AccountPeriod]{
			fewCol("platform", docPlatform, func(r *AccountPeriod) *string { return &r.Platform }),
			strCol("account_id", "", docAccountID, func(r *AccountPeriod) *string { return &r.AccountID }),
			fewCol("basis", "posts: posts that were collected one by one; counted: a window that was counted by hand or printed; followers and posts_total: from the first snapshot of the account that shows that count to the last.", func(r *AccountPeriod) *string { return &r.Basis }),
			fewCol("period_kind", "week, month or window. Weeks begin on Monday; weeks and months are cut at the ends of the study window.", func(r *AccountPeriod) *string { return &r.PeriodKind }),
			dayCol("period_start", "First day of the period.", func(r *AccountPeriod) *Day { return &r.PeriodStart }),
			dayCol("period_end", "Day after the last day of the period.", func(r *AccountPeriod) *Day { return &r.PeriodEnd }),
			strCol("source", "", "Sources behind the row, joined by +; of a counted window, who counted it too.", func(r *AccountPeriod) *string { return &r.Source }),
			strOptCol("country", "", "ISO 3166-1 alpha-3 code of the account's country. Null for international bodies.", func(r *AccountPeriod) *Opt[string] { return &r.Country }),
			floatOptCol("exposure_days", "days", "Observed time of the period, or the time between the two snapshots. Null where it is not known.", func(r *AccountPeriod) *Opt[float64] { return &r.ExposureDays }),
			intOptCol("posts", "posts", "Posts of any type in the period. Null where basis does not tell.", func(r *AccountPeriod) *Opt[int64] { return &r.Posts }),
			intOptCol("posts_observed", "posts", "Of them, those in observed time, which rates count. Null where basis does not tell or no time was observed.", func(r *AccountPeriod) *Opt[int64] { return &r.PostsObserved }),
			intOptCol("own_posts", "posts", "Posts that are no reposts. Null where basis does not tell.", func(r *AccountPeriod) *Opt[int64] { return &r.Own }),
			intOptCol("reposts", "posts", "Posts of others that the account repeats without words of its own. Null where basis does not tell.", func(r *AccountPeriod) *Opt[int64] { return &r.Reposts }),
			intOptCol("replies", "posts", "Own posts that answer a post. Null where basis does not tell.", func(r *AccountPeriod) *Opt[int64] { return &r.Replies }),
			intOptCol("quotes", "posts", "Own posts that show another. Null where basis does not tell.", func(r *AccountPeriod) *Opt[int64] { return &r.Quotes }),
		},
		sumCols("like", "likes or reactions", func(r *AccountPeriod) *CountSums { return &r.Like }),
		sumCols("comment", "comments or replies", func(r *AccountPeriod) *CountSums { return &r.Comment }),
		sumCols("share", "shares, reposts or forwards", func(r *AccountPeriod) *CountSums { return &r.Share }),
		sumCols("quote", "quotes", func(r *AccountPeriod) *CountSums { return &r.Quote }),
		sumCols("view", "views", func(r *AccountPeriod) *CountSums { return &r.View }),
		[]Column[AccountPeriod]{
			intOptCol("interactions_known", "posts", "Own posts whose interactions are known. Null where basis does not tell.", func(r *AccountPeriod) *Opt[int64] { return &r.InteractionsKnown }),
			intOptCol("interactions_sum", "count", "Sum of interactions over them. Null where there is none.", func(r *AccountPeriod) *Opt[int64] { return &r.InteractionsSum }),
			intOptCol("interactions_zero", "posts", "Of them, those without any. Null where there is none, and where posts without any cannot be told from those that do not show it.", func(r *AccountPeriod) *Opt[int64] { return &r.InteractionsZero }),
			intOptCol("rate_known", "posts", "Own posts whose interactions and followers at posting are known. Null where basis does not tell.", func(r *AccountPeriod) *Opt[int64] { return &r.RateKnown }),
			floatOptCol("rate_sum", "interactions/1000 followers", "Sum over them of interactions by 1,000 followers at posting. Null where there is none.", func(r *AccountPeriod) *Opt[float64] { return &r.RateSum }),
			floatOptCol("log_rate_sum", "ln(1 + interactions/1000 followers)", "Sum over them of ln(1 + interactions by 1,000 followers at posting), posts by time, then id. Null where there is none.", func(r *AccountPeriod) *Opt[float64] { return &r.LogRateSum }),
			floatOptCol("likes_mean", "likes/post", "Mean likes a post that the source of a counted window prints. Null where none is printed.", func(r *AccountPeriod) *Opt[float64] { return &r.LikesMean }),
			floatOptCol("followers_now", "count", "Followers at the account's last snapshot, whenever that was. Null where none shows more than 0.", func(r *AccountPeriod) *Opt[float64] { return &r.FollowersNow }),
			floatOptCol("followers_mean", "count", "Followers averaged over the period, straight lines between snapshots. Null likewise.", func(r *AccountPeriod) *Opt[float64] { return &r.FollowersMean }),
			intOptCol("snapshots", "count", "Snapshots that show the count, of basis followers and posts_total. Null for the others.", func(r *AccountPeriod) *Opt[int64] { return &r.Snapshots }),
			intOptCol("first", "count", "The count at the first of them. Null for other bases.", func(r *AccountPeriod) *Opt[int64] { return &r.First }),
			intOptCol("last", "count", "The count at the last of them. Null for other bases.", func(r *AccountPeriod) *Opt[int64] { return &r.Last }),
			strOptCol("flag", "", "What to know of the observed time. Null where there is nothing.", func(r *AccountPeriod) *Opt[string] { return &r.Flag }),
		}),
	Compare: func(a, b *AccountPeriod) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.AccountID, b.AccountID), cmp.Compare(a.Basis, b.Basis), cmp.Compare(a.PeriodKind, b.PeriodKind),
			cmp.Compare(a.PeriodStart, b.PeriodStart), cmp.Compare(a.PeriodEnd, b.PeriodEnd), cmp.Compare(a.Source, b.Source))
	},
}
