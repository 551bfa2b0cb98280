package datasets

import (
	"cmp"
	"strings"
)

// Value is the value of one metric for one account and period.
type Value struct {
	Metric       string
	Part         string
	Platform     string
	AccountID    string
	PeriodKind   string
	PeriodStart  Day
	PeriodEnd    Day
	Value        Opt[float64]
	Low          Opt[float64]
	High         Opt[float64]
	CILow        Opt[float64]
	CIHigh       Opt[float64]
	Uncertainty  string
	Unit         string
	N            int64
	NObserved    int64
	ExposureDays Opt[float64]
	Flag         Opt[string]
	Source       string
}

// ShortSpan begins the flag of values that no comparison uses because the
// snapshots behind them lie too close together.
const ShortSpan = "short span:"

// InferredCoverage is the flag of values whose exposure nobody stated. They never
// enter the primary family.
const InferredCoverage = "coverage inferred from the posts themselves"

// Undated begins the flag of values of accounts with posts whose time is not
// known: they lie in no period, so that rates are too low. Like values from
// inferred coverage they never enter the primary family.
const Undated = "posts without a time:"

// SeemsCut begins the flag of values of accounts whose posts end where those of
// others end too, in a source that is said to be whole: what lies behind may be
// missing, so that rates are lower bounds. They never enter the primary family.
const SeemsCut = "the posts seem cut"

// UnitRange returns the least and the greatest value that a unit of values and
// estimates allows; absent where it sets no bound.
func UnitRange(unit string) (least, most Opt[float64]) {
	switch {
	case unit == "share" || unit == "1 or 0":
		return Some(0.), Some(1.)
	case unit == "bits" || strings.HasPrefix(unit, "ln(1 + "):
		return Some(0.), None[float64]()
	}
	return None[float64](), None[float64]()
}

// Values is the table of metric values.
var Values = Table[Value]{
	Name: "values",
	Doc:  "One row a metric, part, account and period: its value, the bounds that rounding allows, and its interval or why it has none.",
	Key:  []string{"metric", "part", "platform", "account_id", "period_kind", "period_start", "period_end", "source"},
	Columns: []Column[Value]{
		fewCol("metric", "Name of the metric; the methods in report.html define it, and so does diplometrics list metrics.", func(r *Value) *string { return &r.Metric }),
		fewCol("part", "Which way of measuring it, or which component.", func(r *Value) *string { return &r.Part }),
		platformCol(func(r *Value) *string { return &r.Platform }),
		strCol("account_id", "", docAccountID, func(r *Value) *string { return &r.AccountID }),
		fewCol("period_kind", "week, month or window. A window is one that was counted, or the span between two snapshots.", func(r *Value) *string { return &r.PeriodKind }).among("week", "month", "window"),
		dayCol("period_start", "First day of the period.", func(r *Value) *Day { return &r.PeriodStart }),
		dayCol("period_end", "Day after the last day of the period.", func(r *Value) *Day { return &r.PeriodEnd }),
		floatOptCol("value", "see unit", "The value. Null where it cannot be computed; flag says why.", func(r *Value) *Opt[float64] { return &r.Value }),
		floatOptCol("low", "see unit", "Least value that the rounding of the printed or shown inputs allows. Null where the inputs are exact or unbounded.", func(r *Value) *Opt[float64] { return &r.Low }),
		floatOptCol("high", "see unit", "Greatest value that the rounding of the printed or shown inputs allows. Null where the inputs are exact or unbounded.", func(r *Value) *Opt[float64] { return &r.High }),
		floatOptCol("ci_low", "see unit", "Lower end of the 95 % interval named in uncertainty. Null where there is none.", func(r *Value) *Opt[float64] { return &r.CILow }),
		floatOptCol("ci_high", "see unit", "Upper end of the 95 % interval named in uncertainty. Null where there is none.", func(r *Value) *Opt[float64] { return &r.CIHigh }),
		fewCol("uncertainty", "Method and assumption of the interval, or why there is none.", func(r *Value) *string { return &r.Uncertainty }),
		fewCol("unit", "Unit of the value and its bounds.", func(r *Value) *string { return &r.Unit }),
		intCol("n", "see metric", "Number of observations that the metric could use: posts or snapshots, as the metric says.", func(r *Value) *int64 { return &r.N }),
		intCol("n_observed", "see metric", "Number of those with every count that the metric needs.", func(r *Value) *int64 { return &r.NObserved }),
		floatOptCol("exposure_days", "days", "Days of the period that were observed. Null where the metric needs none.", func(r *Value) *Opt[float64] { return &r.ExposureDays }).atLeast(0),
		strOptCol("flag", "", "What a reader must know, or why value is null. Null where there is nothing to say.", func(r *Value) *Opt[string] { return &r.Flag }),
		fewCol("source", "Id of the source of the inputs; two ids joined by + where two were needed.", func(r *Value) *string { return &r.Source }),
	},
	Compare: func(a, b *Value) int {
		return cmp.Or(cmp.Compare(a.Metric, b.Metric), cmp.Compare(a.Part, b.Part),
			cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.AccountID, b.AccountID),
			cmp.Compare(a.PeriodKind, b.PeriodKind), cmp.Compare(a.PeriodStart, b.PeriodStart),
			cmp.Compare(a.PeriodEnd, b.PeriodEnd), cmp.Compare(a.Source, b.Source))
	},
}

// Estimate is an estimate for one country.
type Estimate struct {
	Metric      string
	Part        string
	Country     string
	Platform    string
	Method      string
	Value       Opt[float64]
	Low         Opt[float64]
	High        Opt[float64]
	Uncertainty string
	Unit        string
	NAccounts   Opt[int64]
	N           int64
	Flag        Opt[string]
}

// Estimates is the table of estimates by country.
var Estimates = Table[Estimate]{
	Name: "estimates",
	Doc:  "One row a metric, country, platform and method: the estimate for the country, its 95 % interval, and n.",
	Key:  []string{"metric", "part", "country", "platform", "method"},
	Columns: []Column[Estimate]{
		fewCol("metric", "Name of the metric, or of the national indicator.", func(r *Estimate) *string { return &r.Metric }),
		fewCol("part", "Part of the metric; the source's id for an indicator of the whole country.", func(r *Estimate) *string { return &r.Part }),
		fewCol("country", "ISO 3166-1 alpha-3 code.", func(r *Estimate) *string { return &r.Country }),
		fewCol("platform", "Platform; standardised for the mean over the platforms that the countries share; national for an indicator of the whole country.", func(r *Estimate) *string { return &r.Platform }),
		fewCol("method", "How it is estimated. median_of_accounts: with the interval of the sign test, from six accounts. mean_of_accounts, geometric_mean_of_accounts: t interval from four accounts. pooled_mean, pooled_median: of all posts of the country on the platform, cluster bootstrap over accounts (BCa from eight, percentile from four). direct_standardised: posting rate with each platform of equal weight, interval of Fay and Feuer for these accounts. share_of_voice: of the posts or interactions of the study's countries. trend_per_year: least squares on the year.", func(r *Estimate) *string { return &r.Method }),
		floatOptCol("value", "see unit", "The estimate. Null where it cannot be computed; flag says why.", func(r *Estimate) *Opt[float64] { return &r.Value }),
		floatOptCol("low", "see unit", "Lower end of the 95 % interval. Null where there is none; uncertainty says why.", func(r *Estimate) *Opt[float64] { return &r.Low }),
		floatOptCol("high", "see unit", "Upper end of the 95 % interval. Null where there is none; uncertainty says why.", func(r *Estimate) *Opt[float64] { return &r.High }),
		strCol("uncertainty", "", "Method and assumption of the interval, or why there is none.", func(r *Estimate) *string { return &r.Uncertainty }),
		fewCol("unit", "Unit of the estimate and its interval.", func(r *Estimate) *string { return &r.Unit }),
		intOptCol("n_accounts", "accounts", "Accounts behind the estimate. Null for a national indicator.", func(r *Estimate) *Opt[int64] { return &r.NAccounts }),
		intCol("n", "see metric", "Observations behind the estimate: posts or snapshots of those accounts, or years of the indicator.", func(r *Estimate) *int64 { return &r.N }),
		strOptCol("flag", "", "What a reader must know, or why value is null. Null where there is nothing to say.", func(r *Estimate) *Opt[string] { return &r.Flag }),
	},
	Compare: func(a, b *Estimate) int {
		return cmp.Or(cmp.Compare(a.Metric, b.Metric), cmp.Compare(a.Part, b.Part), cmp.Compare(a.Country, b.Country),
			cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.Method, b.Method))
	},
}

// Verdicts of the audit.
const (
	Consistent    = "consistent"
	Inconsistent  = "inconsistent"
	NotTestable   = "not_testable"
	NotApplicable = "not_applicable"
)

// AuditRow is the verdict of one rule on one published cell or claim.
type AuditRow struct {
	Source      string
	Locator     string
	Rule        string
	Entry       Opt[int64]
	Subject     string
	Platform    Opt[string]
	Indicator   string
	ValueText   Opt[string]
	Verdict     string
	Rounding    Opt[string]
	ImpliedLow  Opt[float64]
	ImpliedHigh Opt[float64]
	ImpliedUnit Opt[string]
	N           Opt[int64]
	Explanation string
}

// Audit is the table of the audit.
var Audit = Table[AuditRow]{
	Name: "audit",
	Doc:  "One row a published cell or claim and rule: whether it can be true together with the numbers printed beside it. It feeds no estimate and never says which number is wrong.",
	Key:  []string{"source", "locator", "rule"},
	Columns: []Column[AuditRow]{
		fewCol("source", docSource, func(r *AuditRow) *string { return &r.Source }),
		strCol("locator", "", "Table and cell, figure or section.", func(r *AuditRow) *string { return &r.Locator }),
		fewCol("rule", "Name of the rule; the methods in report.html define it, and so does diplometrics list rules.", func(r *AuditRow) *string { return &r.Rule }),
		intOptCol("entry", "", "Number of the inconsistency in the study's claims list. Null where the row answers no entry of it.", func(r *AuditRow) *Opt[int64] { return &r.Entry }),
		strCol("subject", "", "Whom or what the claim is about.", func(r *AuditRow) *string { return &r.Subject }),
		fewOptCol("platform", "Platform that the claim is about. Null where it is about none.", func(r *AuditRow) *Opt[string] { return &r.Platform }),
		fewCol("indicator", "What the cell or claim states.", func(r *AuditRow) *string { return &r.Indicator }),
		strOptCol("value_text", "", "The value or claim as printed. Null where the source prints nothing of the kind.", func(r *AuditRow) *Opt[string] { return &r.ValueText }),
		fewCol("verdict", "consistent, inconsistent, not_testable or not_applicable.", func(r *AuditRow) *string { return &r.Verdict }).among("consistent", "inconsistent", "not_testable", "not_applicable"),
		fewOptCol("rounding", "Ways of rounding that reproduce the cell: nearest, floor, ceil, joined by |. Null where none does or rounding plays no part.", func(r *AuditRow) *Opt[string] { return &r.Rounding }),
		floatOptCol("implied_low", "see implied_unit", "Lower end of what the other numbers imply for the cell. Null where nothing is implied.", func(r *AuditRow) *Opt[float64] { return &r.ImpliedLow }),
		floatOptCol("implied_high", "see implied_unit", "Upper end of what the other numbers imply for the cell. Null where nothing is implied.", func(r *AuditRow) *Opt[float64] { return &r.ImpliedHigh }),
		fewOptCol("implied_unit", "What the implied interval counts. Null where there is none.", func(r *AuditRow) *Opt[string] { return &r.ImpliedUnit }),
		intOptCol("n", "see rule", "Number of observations that the rule uses: posts for a mean. Null where there is none.", func(r *AuditRow) *Opt[int64] { return &r.N }),
		strCol("explanation", "", "The arithmetic, or the reason for the verdict, as a sentence.", func(r *AuditRow) *string { return &r.Explanation }),
	},
	Compare: func(a, b *AuditRow) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Locator, b.Locator), cmp.Compare(a.Rule, b.Rule))
	},
}
