package rules

import (
	"strings"
	"testing"

	"diplometrics/datasets"
)

// value is a published value with its print.
func value(t *testing.T, name string, p datasets.PublishedValue) Input {
	t.Helper()
	n, err := Published(&p)
	if err != nil {
		t.Fatal(err)
	}
	return Input{Name: name, Number: n}
}

func some(text string, v float64, unit string) datasets.PublishedValue {
	return datasets.PublishedValue{ID: "doc.a", Source: "doc", ValueText: text, Value: datasets.Some(v), Unit: datasets.Some(unit)}
}

func literal(name, text string) Input { return Input{Name: name, Number: Literal(text)} }

func judge(t *testing.T, r Rule, inputs ...Input) datasets.AuditRow {
	t.Helper()
	row, err := r.Claim(&Claim{Rule: r.Name, Inputs: inputs})
	if err != nil {
		t.Fatalf("%s: %v", r.Name, err)
	}
	return row
}

// Both verdicts of each rule of claims; the arithmetic is in the comments.
func TestClaimVerdicts(t *testing.T) {
	in := func(p datasets.PublishedValue, period, country, indicator string) datasets.PublishedValue {
		p.Period, p.Country, p.Indicator, p.Subject = opt(period), opt(country), indicator, "country"
		return p
	}
	on := func(platform, indicator, text string, v float64, unit string) datasets.PublishedValue {
		p := some(text, v, unit)
		p.Platform, p.Indicator = opt(platform), indicator
		return p
	}
	v := func(name string, p datasets.PublishedValue) Input { return value(t, name, p) }
	rank := func(country string, r float64) datasets.PublishedValue {
		return in(some(show(rat(r), 0), r, "rank"), "2016", country, "ddr_rank")
	}
	for _, c := range []struct {
		name   string
		rule   Rule
		inputs []Input
		want   string
	}{
		// 4381/458 = 9.57 rounds to 10; 30/13 lies in 29.5/13.5 to 30.5/12.5.
		{"ratio", ratioClaim, []Input{literal("first", "4381"), literal("second", "458"), literal("claimed", "10")}, datasets.Consistent},
		{"no ratio", ratioClaim, []Input{v("first", some("30", 30, "likes/post")), v("second", some("13", 13, "likes/post")), literal("claimed", "10")}, datasets.Inconsistent},
		{"ratio to nothing", ratioClaim, []Input{literal("first", "4"), literal("second", "0"), literal("claimed", "10")}, datasets.NotTestable},
		{"difference", differenceClaim, []Input{literal("first", "78"), literal("second", "67"), literal("claimed", "11")}, datasets.Consistent},
		// 17 and 15 rounded differ by 1 to 3, which may be 2.2 but not 3.2.
		{"rounded difference", differenceClaim, []Input{v("first", some("17", 17, "posts/month")), v("second", some("15", 15, "posts/month")), literal("claimed", "2.2")}, datasets.Consistent},
		{"no difference", differenceClaim, []Input{v("first", some("17", 17, "posts/month")), v("second", some("15", 15, "posts/month")), literal("claimed", "3.2")}, datasets.Inconsistent},
		// 26.74/0.766 = 34.91, 5.35/0.153 = 34.97 million, within rounding.
		{"one population", impliedTotal, []Input{v("part", some("26.74 million", 26.74e6, "persons")), v("percent", some("76.6%", 76.6, "percent")), v("part", some("5.35 million", 5.35e6, "persons")), v("percent", some("15.3%", 15.3, "percent"))}, datasets.Consistent},
		// 19/0.284 = 66.9 million against 18.19/0.923 = 19.7 million.
		{"two populations", impliedTotal, []Input{v("part", some("19 million", 19e6, "persons")), v("percent", some("28.4%", 28.4, "percent")), v("part", some("18.19 million", 18.19e6, "persons")), v("percent", some("92.3 percent", 92.3, "percent"))}, datasets.Inconsistent},
		{"one pair", impliedTotal, []Input{v("part", some("9,9 million", 9.9e6, "persons")), v("percent", some("55,8%", 55.8, "percent"))}, datasets.NotTestable},
		// 47.7/(47.7 + 2.9) = 94.27 %.
		{"share", partOfTotal, []Input{v("percent", some("94%", 94, "percent")), v("part", some("47,7 million", 47.7e6, "count")), v("rest", some("2,9 million", 2.9e6, "count"))}, datasets.Consistent},
		{"no share", partOfTotal, []Input{v("percent", some("62%", 62, "percent")), v("part", some("47,7 million", 47.7e6, "count")), v("rest", some("2,9 million", 2.9e6, "count"))}, datasets.Inconsistent},
		// 2.30/11.85 = 19.4 %.
		{"share of a total", partOfTotal, []Input{v("percent", some("19.4%", 19.4, "percent")), v("part", some("2.30 million", 2.3e6, "persons")), v("total", some("11.85 million", 11.85e6, "persons"))}, datasets.Consistent},
		// 47.65 to 47.75 and 2.85 to 2.95 add up to 50.5 to 50.7 million.
		{"sum", sumOfParts, []Input{v("part", some("47,7 million", 47.7e6, "count")), v("part", some("2,9 million", 2.9e6, "count")), v("total", some("51 million", 51e6, "count"))}, datasets.Consistent},
		{"no sum", sumOfParts, []Input{v("part", some("47,7 million", 47.7e6, "count")), v("part", some("2,9 million", 2.9e6, "count")), v("total", some("223 million", 223e6, "count"))}, datasets.NotTestable},
		{"no sum of all", sumOfParts, []Input{v("part", some("47,7 million", 47.7e6, "count")), v("part", some("2,9 million", 2.9e6, "count")), v("total", some("223 million", 223e6, "count")), literal("all", "1")}, datasets.Inconsistent},
		{"more than the total", sumOfParts, []Input{literal("part", "3"), literal("part", "4"), literal("total", "6")}, datasets.Inconsistent},
		// 4 x 2.305 = 9.22 million; 6 x 2.305 = 13.83 million.
		{"covers", largestPart, []Input{v("largest", some("2.30 million", 2.3e6, "persons")), v("total", some("11.85 million", 11.85e6, "persons")), literal("named", "6")}, datasets.Consistent},
		{"covers to the last", largestPart, []Input{literal("largest", "3"), literal("total", "6"), literal("named", "2")}, datasets.Consistent},
		{"does not cover", largestPart, []Input{v("largest", some("2.30 million", 2.3e6, "persons")), v("total", some("11.85 million", 11.85e6, "persons")), literal("named", "4")}, datasets.NotTestable},
		{"does not cover all", largestPart, []Input{v("largest", some("2.30 million", 2.3e6, "persons")), v("total", some("11.85 million", 11.85e6, "persons")), literal("named", "4"), literal("all", "1")}, datasets.Inconsistent},
		{"in the list", withinTotal, []Input{literal("number", "6"), literal("entries", "6")}, datasets.Consistent},
		{"beyond the list", withinTotal, []Input{literal("number", "7"), literal("entries", "6")}, datasets.Inconsistent},
		{"index", unitScale, []Input{v("value", some("86.28%", 86.28, "percent")), v("reference", some("0.86280", 0.8628, "index"))}, datasets.Consistent},
		{"index in per cent", unitScale, []Input{v("value", some("0.8628%", 0.8628, "percent")), v("reference", some("0.86280", 0.8628, "index"))}, datasets.Inconsistent},
		{"same number", sameStatement, []Input{literal("value", "38"), v("value", some("38th", 38, "rank"))}, datasets.Consistent},
		{"other number", sameStatement, []Input{literal("value", "10"), literal("value", "12")}, datasets.Inconsistent},
		{"same within rounding", sameStatement, []Input{v("value", some("3.3 million", 3.3e6, "persons")), v("value", some("3.34 million", 3.34e6, "persons"))}, datasets.Consistent},
		{"same text", sameStatement, []Input{literal("value", "in  November"), literal("value", "In november")}, datasets.Consistent},
		{"other text", sameStatement, []Input{literal("value", "November"), literal("value", "December")}, datasets.Inconsistent},
		{"same order", sameOrder, []Input{v("first", rank("KAZ", 38)), v("first", rank("KGZ", 96)), v("second", rank("KGZ", 137)), v("second", rank("KAZ", 44))}, datasets.Consistent},
		{"other order", sameOrder, []Input{v("first", rank("UZB", 124)), v("first", rank("KGZ", 96)), v("second", rank("UZB", 133)), v("second", rank("KGZ", 137))}, datasets.Inconsistent},
		{"one year", onePeriod, []Input{v("value", rank("KAZ", 38)), literal("value", "2016")}, datasets.Consistent},
		{"two years", onePeriod, []Input{v("value", rank("KAZ", 38)), literal("value", "2017")}, datasets.Inconsistent},
		{"no year", onePeriod, []Input{v("value", some("38", 38, "rank")), literal("value", "2017")}, datasets.NotTestable},
		{"one country", oneCountry, []Input{v("value", rank("KAZ", 38)), v("value", rank("KAZ", 44))}, datasets.Consistent},
		{"two countries", oneCountry, []Input{v("value", rank("KAZ", 38)), v("value", rank("UZB", 44))}, datasets.Inconsistent},
		{"no country", oneCountry, []Input{v("value", rank("KAZ", 38)), v("value", rank("", 44))}, datasets.NotTestable},
		{"one measure", oneMeasure, []Input{v("value", rank("KAZ", 38)), v("value", rank("UZB", 44))}, datasets.Consistent},
		{"two units", oneMeasure, []Input{v("value", rank("KAZ", 38)), v("value", in(some("38", 38, "count"), "", "", "ddr_rank"))}, datasets.Inconsistent},
		{"called otherwise", oneMeasure, []Input{v("value", rank("KAZ", 38)), literal("value", "users")}, datasets.Inconsistent},
		{"later document", notBefore, []Input{literal("document", "2016"), literal("about", "2016-12")}, datasets.Consistent},
		{"earlier document", notBefore, []Input{literal("document", "2016-02-08"), literal("about", "2016-12")}, datasets.Inconsistent},
		{"leads", leadsOnPrinted, []Input{v("leader", on("x", "posts", "82", 82, "count")), v("other", on("vk", "posts", "47", 47, "count"))}, datasets.Consistent},
		{"ties", leadsOnPrinted, []Input{v("leader", on("x", "posts", "82", 82, "count")), v("other", on("vk", "posts", "82", 82, "count"))}, datasets.Inconsistent},
		// 192/1396986 = 0.137 against 134/694944 = 0.193 per 1,000.
		{"behind per follower", leadsPerFollower, []Input{
			v("leader", on("linkedin", "likes_mean", "192", 192, "likes/post")), v("leader", on("linkedin", "followers", "1 396 986", 1396986, "count")),
			v("other", on("x", "likes_mean", "134", 134, "likes/post")), v("other", on("x", "followers", "694 944", 694944, "count"))}, datasets.Inconsistent},
		{"ahead per follower", leadsPerFollower, []Input{
			v("other", on("linkedin", "likes_mean", "192", 192, "likes/post")), v("other", on("linkedin", "followers", "1 396 986", 1396986, "count")),
			v("leader", on("x", "likes_mean", "134", 134, "likes/post")), v("leader", on("x", "followers", "694 944", 694944, "count"))}, datasets.Consistent},
		// 3/1400: 1.79 to 2.5; 2/612: 2.45 to 4.08: the ranges overlap.
		{"hidden by rounding", leadsPerFollower, []Input{
			v("leader", on("facebook", "likes_mean", "3", 3, "likes/post")), v("leader", on("facebook", "followers", "1 400", 1400, "count")),
			v("other", on("instagram", "likes_mean", "2", 2, "likes/post")), v("other", on("instagram", "followers", "612", 612, "count"))}, datasets.NotTestable},
	} {
		t.Run(c.rule.Name+"/"+c.name, func(t *testing.T) {
			row := judge(t, c.rule, c.inputs...)
			if row.Verdict != c.want {
				t.Errorf("got %s, want %s: %s", row.Verdict, c.want, row.Explanation)
			}
			if row.Explanation == "" {
				t.Error("no explanation")
			}
		})
	}
}

func TestValuesPrinted(t *testing.T) {
	published := []datasets.PublishedValue{
		{ID: "doc.a", Indicator: "followers", Value: datasets.Some(5.0)},
		{ID: "doc.b", Indicator: "posts"}, // text
	}
	for _, c := range []struct {
		promised string
		wanted   []string
		verdict  string
		n        int64
	}{
		{"some", []string{"posts"}, datasets.Inconsistent, 0},
		{"some", []string{"posts", "followers"}, datasets.Consistent, 1},
		{"none", nil, datasets.Inconsistent, 1},
		{"none", []string{"likes_mean"}, datasets.Consistent, 0},
	} {
		claim := Claim{Published: published, Inputs: []Input{literal("promised", c.promised)}}
		for _, w := range c.wanted {
			claim.Inputs = append(claim.Inputs, literal("indicator", w))
		}
		row, err := valuesPrinted.Claim(&claim)
		if err != nil || row.Verdict != c.verdict || row.N != datasets.Some(c.n) {
			t.Errorf("%s of %v: got %s, %d, %v", c.promised, c.wanted, row.Verdict, row.N.V, err)
		}
	}
}

func TestInputsThatDoNotFit(t *testing.T) {
	for _, c := range []struct {
		rule   Rule
		inputs []Input
		want   string
	}{
		{ratioClaim, []Input{literal("first", "many"), literal("second", "2"), literal("claimed", "3")}, `first is "many", expected a number`},
		{impliedTotal, []Input{literal("part", "1"), literal("part", "2"), literal("percent", "3")}, "2 part and 1 percent"},
		{impliedTotal, []Input{literal("part", "1"), literal("percent", "0")}, "percent 0 may be 0"},
		{partOfTotal, []Input{literal("percent", "1"), literal("part", "2")}, "expected either rest or total"},
		{partOfTotal, []Input{literal("percent", "1"), literal("part", "0"), literal("total", "0")}, "may be 0"},
		{notBefore, []Input{literal("document", "winter"), literal("about", "2016")}, `document has the date "winter"`},
		{notBefore, []Input{literal("document", "2016"), literal("about", "")}, `about has the period ""`},
		{sameOrder, []Input{literal("first", "1"), literal("second", "1")}, "expected as many of one as of the other"},
		{sameOrder, []Input{literal("first", "1"), literal("first", "2"), literal("second", "3"), literal("second", "4")}, "first has 1, second has not"},
		{oneCountry, []Input{literal("value", "KAZ"), literal("value", "UZB")}, "expected the id of a published value"},
		{leadsOnPrinted, []Input{literal("leader", "1"), literal("other", "2")}, "no other has it"},
		{leadsPerFollower, []Input{literal("leader", "1"), literal("other", "2")}, "no value has the indicator likes_mean"},
		{grim, []Input{literal("mean", "1.5"), literal("n", "2.5")}, "positive whole number as n"},
		{grim, []Input{literal("mean", "1.5"), literal("n", "2"), literal("items", "0")}, "items is 0"},
		{valuesPrinted, []Input{literal("promised", "all")}, `promised is "all", expected #some or #none`},
	} {
		_, err := c.rule.Claim(&Claim{Inputs: c.inputs})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.rule.Name, err, c.want)
		}
	}
}
