package datasets

import "cmp"

// Comparison is a comparison of two countries, or of all of them.
type Comparison struct {
	Metric      string
	Part        string
	CountryA    string
	CountryB    string
	Platform    string
	Method      string
	Effect      Opt[float64]
	EffectKind  string
	Low         Opt[float64]
	High        Opt[float64]
	Uncertainty string
	P           Opt[float64]
	PAdjusted   Opt[float64]
	PAttainable Opt[float64]
	NAccountsA  int64
	NAccountsB  int64
	NA          int64
	NB          int64
	Reason      Opt[string]
	Warnings    Opt[string]
	Family      string
}

func comparisonCols[R any](f func(*R) *Comparison) []Column[R] {
	return []Column[R]{
		fewCol("metric", "Name of the metric.", func(r *R) *string { return &f(r).Metric }),
		fewCol("part", "Part of the metric.", func(r *R) *string { return &f(r).Part }),
		fewCol("country_a", "ISO 3166-1 alpha-3 code of the first country; all where every country of the study is compared at once.", func(r *R) *string { return &f(r).CountryA }),
		fewCol("country_b", "ISO 3166-1 alpha-3 code of the second country; all where country_a is.", func(r *R) *string { return &f(r).CountryB }),
		fewCol("platform", "Platform; standardised for the mean over the platforms that the countries share, each with equal weight.", func(r *R) *string { return &f(r).Platform }),
		fewCol("method", "Estimator and test. mean_contrast: ratio of geometric means or difference of means of accounts, Welch t interval from four accounts a side, p by permuting the countries within platforms. crude_contrast: the same over all accounts whatever their platform, without a test. rank: Cliff's delta, p of Mann and Whitney or, over platforms, van Elteren. hodges_lehmann: shift on the metric's own scale, with the interval that inverts the rank test. kruskal_wallis: all countries at once. dunn: two of them after it. rate_ratio_poisson: of two single accounts, no p. negative_binomial, poisson_robust: regression of posts with the log of observed days as offset; errors of the model, and robust to dependence within an organization.", func(r *R) *string { return &f(r).Method }),
		floatOptCol("effect", "see effect_kind", "First country against second. Null where either has no account with a value.", func(r *R) *Opt[float64] { return &f(r).Effect }),
		fewCol("effect_kind", "What effect is: ratio_of_geometric_means, difference_of_means, cliffs_delta and so on.", func(r *R) *string { return &f(r).EffectKind }),
		floatOptCol("low", "see effect_kind", "Lower end of the 95 % interval. Null where there is none.", func(r *R) *Opt[float64] { return &f(r).Low }),
		floatOptCol("high", "see effect_kind", "Upper end of the 95 % interval. Null where there is none.", func(r *R) *Opt[float64] { return &f(r).High }),
		strCol("uncertainty", "", "Method and assumption of the interval, or why there is none.", func(r *R) *string { return &f(r).Uncertainty }),
		floatOptCol("p", "", "Two-sided p of the test in method. Null where none is made; reason says why.", func(r *R) *Opt[float64] { return &f(r).P }).within(0, 1),
		floatOptCol("p_adjusted", "", "p after adjustment for its family: Holm in the primary one, Benjamini and Hochberg in the other; of dunn, Holm over the pairs of its test. Null where p is.", func(r *R) *Opt[float64] { return &f(r).PAdjusted }).within(0, 1),
		floatOptCol("p_attainable", "", "Least p that the test can reach with these numbers of accounts and ties. Null where there is no test, and for tests by a formula for large samples: kruskal_wallis, dunn and the regressions.", func(r *R) *Opt[float64] { return &f(r).PAttainable }).within(0, 1),
		intCol("n_accounts_a", "accounts", "Accounts of the first country with a value.", func(r *R) *int64 { return &f(r).NAccountsA }),
		intCol("n_accounts_b", "accounts", "Accounts of the second country with a value.", func(r *R) *int64 { return &f(r).NAccountsB }),
		intCol("n_a", "see metric", "Observations behind the first country's values.", func(r *R) *int64 { return &f(r).NA }),
		intCol("n_b", "see metric", "Observations behind the second country's values.", func(r *R) *int64 { return &f(r).NB }),
		strOptCol("reason", "", "Why there is no effect or no test. Null where there are both.", func(r *R) *Opt[string] { return &f(r).Reason }),
		strOptCol("warnings", "", "Doubts that a reader must know, joined by semicolons. Null where there are none.", func(r *R) *Opt[string] { return &f(r).Warnings }),
		fewCol("family", "primary: named before any data were seen, nine at most. exploratory: all others.", func(r *R) *string { return &f(r).Family }).among("primary", "exploratory"),
	}
}

func (a *Comparison) compare(b *Comparison) int {
	return cmp.Or(cmp.Compare(a.Metric, b.Metric), cmp.Compare(a.Part, b.Part), cmp.Compare(a.CountryA, b.CountryA),
		cmp.Compare(a.CountryB, b.CountryB), cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.Method, b.Method))
}

// Families of comparisons.
const (
	Primary     = "primary"
	Exploratory = "exploratory"
)

// Comparisons is the table of comparisons between countries.
var Comparisons = Table[Comparison]{
	Name:    "comparisons",
	Doc:     "One row a metric, pair of countries, platform and method: effect, interval, p, the least p that the numbers of accounts allow, and why anything is missing.",
	Key:     []string{"metric", "part", "country_a", "country_b", "platform", "method"},
	Columns: comparisonCols(func(r *Comparison) *Comparison { return r }),
	Compare: func(a, b *Comparison) int { return a.compare(b) },
}

// Variant is a primary comparison made in another way.
type Variant struct {
	Variant string
	Comparison
}

// Sensitivity is the table of variants.
var Sensitivity = Table[Variant]{
	Name: "sensitivity",
	Doc:  "One row a primary comparison and another way of making it: with ministries or embassies only, without one account, with the followers of now, without each account's top post. A finding that holds in one row only is none.",
	Key:  []string{"metric", "part", "country_a", "country_b", "platform", "method", "variant"},
	Columns: concat(comparisonCols(func(r *Variant) *Comparison { return &r.Comparison }), []Column[Variant]{
		strCol("variant", "", "What is done otherwise: as_published (nothing), ministries, embassies, without PLATFORM ACCOUNT, followers_now, without_top_post.", func(r *Variant) *string { return &r.Variant }),
	}),
	Compare: func(a, b *Variant) int { return cmp.Or(a.compare(&b.Comparison), cmp.Compare(a.Variant, b.Variant)) },
}

// Shrunken is the value of an account drawn towards those of the accounts like
// it.
type Shrunken struct {
	Metric    string
	Part      string
	Platform  string
	AccountID string
	Country   string
	Value     Opt[float64]
	Shrunken  Opt[float64]
	Low       Opt[float64]
	High      Opt[float64]
	Unit      string
	Method    string
	NAccounts int64
	N         int64
	Flag      Opt[string]
}

// ShrunkenValues is the table of shrunken values.
var ShrunkenValues = Table[Shrunken]{
	Name: "shrunken",
	Doc:  "One row an account of a compared country and a metric for which few posts tell little: its value in the study window, and the same drawn towards the accounts of its country and platform (empirical Bayes). For rankings; no comparison uses it.",
	Key:  []string{"metric", "part", "platform", "account_id"},
	Columns: []Column[Shrunken]{
		fewCol("metric", "Name of the metric.", func(r *Shrunken) *string { return &r.Metric }),
		fewCol("part", "Part of the metric.", func(r *Shrunken) *string { return &r.Part }),
		platformCol(func(r *Shrunken) *string { return &r.Platform }),
		strCol("account_id", "", docAccountID, func(r *Shrunken) *string { return &r.AccountID }),
		fewCol("country", "ISO 3166-1 alpha-3 code.", func(r *Shrunken) *string { return &r.Country }),
		floatOptCol("value", "see unit", "The account's own value. Null where it has none; flag says why.", func(r *Shrunken) *Opt[float64] { return &r.Value }),
		floatOptCol("shrunken", "see unit", "The value drawn towards the others. Null where it cannot be had; flag says why.", func(r *Shrunken) *Opt[float64] { return &r.Shrunken }),
		floatOptCol("low", "see unit", "Lower end of the 95 % interval of shrunken. Null where there is none.", func(r *Shrunken) *Opt[float64] { return &r.Low }),
		floatOptCol("high", "see unit", "Upper end of the 95 % interval of shrunken. Null where there is none.", func(r *Shrunken) *Opt[float64] { return &r.High }),
		fewCol("unit", "Unit of the values.", func(r *Shrunken) *string { return &r.Unit }),
		fewCol("method", "gamma_poisson for rates, normal_normal for means.", func(r *Shrunken) *string { return &r.Method }).among("gamma_poisson", "normal_normal"),
		intCol("n_accounts", "accounts", "Accounts that it is drawn towards, its own included.", func(r *Shrunken) *int64 { return &r.NAccounts }),
		intCol("n", "posts", "Posts behind value.", func(r *Shrunken) *int64 { return &r.N }),
		strOptCol("flag", "", "What a reader must know. Null where there is nothing to say.", func(r *Shrunken) *Opt[string] { return &r.Flag }),
	},
	Compare: func(a, b *Shrunken) int {
		return cmp.Or(cmp.Compare(a.Metric, b.Metric), cmp.Compare(a.Part, b.Part), cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.AccountID, b.AccountID))
	},
}

// Reconciled is one account and period that two sources count.
type Reconciled struct {
	Quantity    string
	Platform    string
	AccountID   string
	PeriodStart Day
	PeriodEnd   Day
	SourceA     string
	SourceB     string
	A           Opt[float64]
	ALow        Opt[float64]
	AHigh       Opt[float64]
	B           Opt[float64]
	BLow        Opt[float64]
	BHigh       Opt[float64]
	Difference  Opt[float64]
	Percent     Opt[float64]
	Verdict     string
	Explanation string
}

// Verdicts of reconcile, beside NotTestable.
const (
	Agree    = "agree"
	Disagree = "disagree"
)

// Reconcile is the table of reconciled counts.
var Reconcile = Table[Reconciled]{
	Name: "reconcile",
	Doc:  "One row a quantity, account and period that two sources tell: a hand count, the difference of the totals that the page shows, an export. It never says which is wrong.",
	Key:  []string{"quantity", "platform", "account_id", "period_start", "period_end", "source_a", "source_b"},
	Columns: []Column[Reconciled]{
		fewCol("quantity", "posts, likes, comments, shares or views, summed over the period; followers, at its beginning.", func(r *Reconciled) *string { return &r.Quantity }).among("posts", "likes", "comments", "shares", "views", "followers"),
		platformCol(func(r *Reconciled) *string { return &r.Platform }),
		strCol("account_id", "", docAccountID, func(r *Reconciled) *string { return &r.AccountID }),
		dayCol("period_start", "First day of the period that is compared.", func(r *Reconciled) *Day { return &r.PeriodStart }),
		dayCol("period_end", "Day after its last day.", func(r *Reconciled) *Day { return &r.PeriodEnd }),
		fewCol("source_a", "Kind and id of the first source: hand:ID/COUNTER, total:ID, export:ID, published:ID.", func(r *Reconciled) *string { return &r.SourceA }),
		fewCol("source_b", "Kind and id of the second source.", func(r *Reconciled) *string { return &r.SourceB }),
		floatOptCol("a", "count", "What the first source tells. Null where it does not, as explanation says.", func(r *Reconciled) *Opt[float64] { return &r.A }),
		floatOptCol("a_low", "count", "Least that its rounding and precision of time allow. Null where nothing bounds it.", func(r *Reconciled) *Opt[float64] { return &r.ALow }),
		floatOptCol("a_high", "count", "Greatest that its rounding and precision of time allow. Null where nothing bounds it.", func(r *Reconciled) *Opt[float64] { return &r.AHigh }),
		floatOptCol("b", "count", "What the second source tells. Null where it does not, as explanation says.", func(r *Reconciled) *Opt[float64] { return &r.B }),
		floatOptCol("b_low", "count", "Least that its rounding and precision of time allow. Null where nothing bounds it.", func(r *Reconciled) *Opt[float64] { return &r.BLow }),
		floatOptCol("b_high", "count", "Greatest that its rounding and precision of time allow. Null where nothing bounds it.", func(r *Reconciled) *Opt[float64] { return &r.BHigh }),
		floatOptCol("difference", "count", "a less b. Null where either is.", func(r *Reconciled) *Opt[float64] { return &r.Difference }),
		floatOptCol("percent", "%", "difference by the mean of a and b. Null where difference is, or both are 0.", func(r *Reconciled) *Opt[float64] { return &r.Percent }),
		fewCol("verdict", "agree: the bounds overlap. disagree: they do not. not_testable: a value or a bound is missing, or the periods differ.", func(r *Reconciled) *string { return &r.Verdict }).among("agree", "disagree", "not_testable"),
		strCol("explanation", "", "The arithmetic, and what could explain a difference, as a sentence.", func(r *Reconciled) *string { return &r.Explanation }),
	},
	Compare: func(a, b *Reconciled) int {
		return cmp.Or(cmp.Compare(a.Quantity, b.Quantity), cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.AccountID, b.AccountID),
			cmp.Compare(a.PeriodStart, b.PeriodStart), cmp.Compare(a.PeriodEnd, b.PeriodEnd), cmp.Compare(a.SourceA, b.SourceA), cmp.Compare(a.SourceB, b.SourceB))
	},
}

// CoderAgreement is how far two people agree who counted the same windows.
type CoderAgreement struct {
	Quantity string
	CoderA   string
	CoderB   string
	N        int64
	Equal    Opt[float64]
	Alpha    Opt[float64]
	Reason   Opt[string]
}

// CoderAgreements is the table of agreement between those who counted.
var CoderAgreements = Table[CoderAgreement]{
	Name: "coder_agreement",
	Doc:  "One row a quantity and pair of people who counted the same accounts and windows by hand.",
	Key:  []string{"quantity", "coder_a", "coder_b"},
	Columns: []Column[CoderAgreement]{
		fewCol("quantity", "posts, likes, comments, shares or views.", func(r *CoderAgreement) *string { return &r.Quantity }).among("posts", "likes", "comments", "shares", "views"),
		fewCol("coder_a", "counted_by of the first, as account_windows names it; all for everybody.", func(r *CoderAgreement) *string { return &r.CoderA }),
		fewCol("coder_b", "counted_by of the second; all where coder_a is.", func(r *CoderAgreement) *string { return &r.CoderB }),
		intCol("n", "windows", "Windows that both counted.", func(r *CoderAgreement) *int64 { return &r.N }),
		floatOptCol("percent_equal", "%", "Share of them with the same number. Null where there is none.", func(r *CoderAgreement) *Opt[float64] { return &r.Equal }).within(0, 100),
		floatOptCol("alpha", "", "Krippendorff's alpha, ratio level. Null where it is not defined; reason says why.", func(r *CoderAgreement) *Opt[float64] { return &r.Alpha }),
		strOptCol("reason", "", "Why alpha is null. Null where it is known.", func(r *CoderAgreement) *Opt[string] { return &r.Reason }),
	},
	Compare: func(a, b *CoderAgreement) int {
		return cmp.Or(cmp.Compare(a.Quantity, b.Quantity), cmp.Compare(a.CoderA, b.CoderA), cmp.Compare(a.CoderB, b.CoderB))
	},
}
