package compare

import (
	"context"
	"fmt"
	"math"
	"testing"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// window is 2024-01-01 to 2024-06-01.
var params = Params{Countries: []string{"KAZ", "UZB", "KGZ"}, From: 19723, To: 19875, Seed: 20240527, Scales: map[string]string{
	"posts_per_month/observed": Ratio, "log_interactions_per_1000_followers/at_posting": Difference, "log_interactions_per_1000_followers/now": Difference,
	"zero_share/all": Difference, "interactions_per_post/median": Ratio, "m/ratio": Ratio, "m/difference": Difference}}

func run(t *testing.T, p Params, in Input) Output {
	t.Helper()
	out, err := Run(context.Background(), p, in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// invented is a study of 4 to 9 accounts of each country on two platforms, with
// posts drawn from heavy-tailed distributions. Three are ministries and the
// others embassies; the first two of each country are on both platforms.
func invented() Input {
	u := sample.NewLEcuyer("invented")
	normal := func() float64 { return math.Sqrt(-2*math.Log(u.Float64())) * math.Cos(2*math.Pi*u.Float64()) }
	sizes := map[string][2]int{"KAZ": {9, 4}, "UZB": {8, 4}, "KGZ": {5, 4}}
	var in Input
	for _, c := range params.Countries {
		for p, platform := range []string{"facebook", "x"} {
			for i := range sizes[c][p] {
				a := datasets.Account{Platform: platform, AccountID: fmt.Sprintf("@%s_%d", c, i), Country: datasets.Some(c),
					Organization: fmt.Sprintf("%s %s %d", c, platform, i), OrganizationType: datasets.Some("embassy")}
				if i < 2 {
					a.Organization, a.OrganizationType = fmt.Sprintf("%s %d", c, i), datasets.Some("ministry")
				}
				in.Accounts = append(in.Accounts, a)
				in.add(a, 4+20*math.Exp(normal()), 100+50*u.Float64(), normal)
			}
		}
	}
	return in
}

// add gives an account posts and the values of every metric that they make up.
func (in *Input) add(a datasets.Account, expected, days float64, normal func() float64) {
	posts := max(3, int(expected))
	followers := math.Round(2000 * math.Exp(normal()))
	account, bigger := normal(), 0.0
	counts := map[int64]int64{}
	var sum, now, zeros float64
	var all []float64
	for range posts {
		i := math.Floor(math.Max(0, 8*math.Exp(account/2+normal())-4))
		counts[int64(i)]++
		all = append(all, i)
		sum += math.Log1p(1000 * i / followers)
		now += math.Log1p(1000 * i / (followers * 1.07))
		bigger = math.Max(bigger, math.Log1p(1000*i/followers))
		if i == 0 {
			zeros++
		}
	}
	for i := range int64(100_000) {
		if n := counts[i]; n > 0 {
			in.Counts = append(in.Counts, datasets.InteractionCount{Platform: a.Platform, AccountID: a.AccountID, Interactions: i, Posts: n})
		}
	}
	n := float64(posts)
	for _, v := range []struct {
		metric, part, unit string
		value              float64
	}{
		{postingRate, "observed", "posts/30.4375 days", n / days * sample.DaysPerMonth},
		{engagement, "at_posting", "ln", sum / n}, {engagement, "now", "ln", now / n}, {engagement, withoutTop, "ln", (sum - bigger) / (n - 1)},
		{zeroShare, "all", "share", zeros / n}, {perPost, "median", "interactions/post", sample.Median(all).V},
	} {
		in.Values = append(in.Values, datasets.Value{Metric: v.metric, Part: v.part, Platform: a.Platform, AccountID: a.AccountID, PeriodKind: "window",
			PeriodStart: params.From, PeriodEnd: params.To, Value: datasets.Some(v.value), Unit: v.unit, N: int64(posts), NObserved: int64(posts),
			ExposureDays: datasets.Some(days), Source: "invented"})
	}
}

// Row groups without a metric that is used are not read.
func TestUsesMetric(t *testing.T) {
	p := Params{From: 0, To: 10, Scales: map[string]string{"topic_share/*": Difference, "gini/g": Ratio}}
	for metric, want := range map[string]bool{"topic_share": true, "gini": true, engagement: true, "topic": false, "hour_of_day": false} {
		if got := p.UsesMetric(metric); got != want {
			t.Errorf("%s: got %v", metric, got)
		}
		for _, part := range []string{"g", "any", withoutTop} {
			v := datasets.Value{Metric: metric, Part: part, PeriodKind: "window", PeriodEnd: 5}
			if p.Uses(&v) && !want {
				t.Errorf("%s %s is used", metric, part)
			}
		}
	}
}
