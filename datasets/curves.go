package datasets

import "cmp"

// Curve is one point of something that figures draw.
type Curve struct {
	Curve     string
	Country   string // "" for none
	Platform  string // "" for none
	AccountID string // "" for none
	Series    string
	X         float64
	Y         Opt[float64]
	Low       Opt[float64]
	High      Opt[float64]
	N         int64
}

func curveCols(names string) []Column[Curve] {
	return []Column[Curve]{
		fewCol("curve", names, func(r *Curve) *string { return &r.Curve }),
		fewCol("country", "ISO 3166-1 alpha-3 code; empty where the point is of no one country.", func(r *Curve) *string { return &r.Country }),
		fewCol("platform", "Platform; empty where the point is of no one platform.", func(r *Curve) *string { return &r.Platform }),
		strCol("account_id", "", "Account; empty where the point is of a country.", func(r *Curve) *string { return &r.AccountID }),
		strCol("series", "", "Which of several lines of the curve; empty where there is one.", func(r *Curve) *string { return &r.Series }),
		floatCol("x", "see curve", "Where the point stands.", func(r *Curve) *float64 { return &r.X }),
		floatOptCol("y", "see curve", "Its value. Null where it is not known.", func(r *Curve) *Opt[float64] { return &r.Y }),
		floatOptCol("low", "see curve", "Lower end of the 95 % interval or band that the curve says. Null where there is none.", func(r *Curve) *Opt[float64] { return &r.Low }),
		floatOptCol("high", "see curve", "Upper end of it. Null where there is none.", func(r *Curve) *Opt[float64] { return &r.High }),
		intCol("n", "see curve", "Number of observations behind the curve, or the point where the curve says so.", func(r *Curve) *int64 { return &r.N }),
	}
}

func compareCurves(a, b *Curve) int {
	return cmp.Or(cmp.Compare(a.Curve, b.Curve), cmp.Compare(a.Country, b.Country), cmp.Compare(a.Platform, b.Platform),
		cmp.Compare(a.AccountID, b.AccountID), cmp.Compare(a.Series, b.Series), cmp.Compare(a.X, b.X))
}

var curveKey = []string{"curve", "country", "platform", "account_id", "series", "x"}

// Curves of accounts, as AccountCurves names them.
const (
	HourByWeekday = "hour_by_weekday"
	RateQuantiles = "rate_quantiles"
	Responses     = "responses"
	CountsKnown   = "counts_known"

	LanguagesGiven = "languages_given"
)

// AccountCurves is the table of what single accounts are like in the study
// window, of which figures and curves of countries are made.
var AccountCurves = Table[Curve]{
	Name: "account_curves",
	Doc:  "One row a point of what an account was like in the study window: what figures draw and curves of countries are made of.",
	Key:  curveKey,
	Columns: curveCols("hour_by_weekday: posts of any type by local time; series is the weekday from 1, Monday; x the hour; y the posts; n those of the account with a local time. " +
		"rate_quantiles: interactions by 1,000 followers at posting, of own posts; x is the share of posts, y the quantile (type 7), n the posts. " +
		"responses: series is the number of an event that the account was watched in; x the hours to the first post on it, or to the end of watching; y is 1 where it was answered and 0 where not; n is 1. " +
		"counts_known: series is like, comment, share, quote or view; x is 0; y the own posts of which that count is known; n all own posts. " +
		"languages_given: series is the language that the platform gave, as ISO 639 writes it without region, a space and the language that the text was told to be in; x is 0; y the own posts; n those that have both."),
	Compare: compareCurves,
}

// Curves of countries, as Curves names them.
const (
	CCDF          = "interactions_ccdf"
	ZeroPosts     = "interactions_zero"
	LorenzCurve   = "interactions_lorenz"
	PooledGini    = "interactions_gini"
	PostsByWeek   = "posts_by_week"
	Latency       = "latency"
	NullBurst     = "burstiness_null"
	EventMoments  = "events"
	CoverageShare = "coverage_by_week"
)

// Curves is the table of what accounts of a country are like together.
var Curves = Table[Curve]{
	Name: "curves",
	Doc:  "One row a point of a curve that figures draw: accounts of a country on a platform taken together in the study window. Posts are pooled, so that an account with many has much weight: they describe, and no test uses them.",
	Key:  curveKey,
	Columns: curveCols("interactions_ccdf: share y of own posts with at least x interactions, x from 1, at no more than 200 of the values that occur; n is the posts. " +
		"interactions_zero: x is 0, y the share of own posts without an interaction. " +
		"interactions_lorenz: share y of all interactions that the share x of posts with the fewest has; at no more than 200 points. interactions_gini: x is 0, y Gini's coefficient of those posts. " +
		"hour_by_weekday: share y of posts of any type by local time; series is the weekday from 1, Monday; x the hour. " +
		"posts_by_week: posts y an account and week of 7 observed days, with the interval of a Poisson count (Garwood); x is the first day of the week, as days since 1970-01-01; n the posts; null where no day was observed. " +
		"coverage_by_week: share y of the account-days of the week that were observed; n is the accounts. " +
		"latency: share y of events that were answered within x hours, by Kaplan and Meier over the events of all accounts of the country; no interval, since the events of an account and the accounts of an event depend on each other; n is the events. " +
		"counts_known: share y of own posts of which a count is known; series is like, comment, share, quote or view; x is 0; n the posts. " +
		"languages_given: series is the language that the platform gave, a space and the language that the text was told to be in; x is 0; y the own posts, n those that have both. " +
		"burstiness_null: what chance alone gives: median y and 95 % band of the part finite of burstiness for x intervals between posts at random times; n is the draws. " +
		"events: series is an event of events.csv, x its moment as days since 1970-01-01; y is null."),
	Compare: compareCurves,
}
