package plots

import (
	"fmt"
	"slices"
	"testing"

	"diplometrics/datasets"
)

// crowded is a simulated study of five countries that is hard to draw: long
// names in several scripts, values on top of each other, many accounts, and
// tables that the thesis does not fill.
func crowded(t testing.TB) *Data {
	d := &Data{Study: Study{Name: "crowded", Title: "Crowded", Countries: []string{"KAZ", "UZB", "KGZ", "TJK", "BIH"}, Simulated: true}}
	some, number := datasets.Some[string], datasets.Some[float64]
	add := func(p datasets.PublishedValue) {
		p.ID = fmt.Sprintf("%s.%05d", p.Source, len(d.Published))
		d.Published = append(d.Published, p)
	}
	for i, c := range d.Study.Countries {
		for year := 2005; year < 2025; year++ {
			v := .3 + float64(year-2005)*.03 + float64(i)*.001
			for _, indicator := range []string{"egdi", "e_participation_index"} {
				add(datasets.PublishedValue{Source: "survey", Country: some(c), Subject: "country", Indicator: indicator, Period: some(fmt.Sprint(year)), Value: number(v), Unit: some("index")})
			}
			add(datasets.PublishedValue{Source: "survey", Country: some(c), Subject: "country", Indicator: "internet_users_percent", Period: some(fmt.Sprint(year)), Value: number(v * 100), Unit: some("percent")})
		}
		for k, edition := range []string{"2018", "2020", "2022"} {
			unit, scale := "index", 1.
			if k > 0 {
				unit, scale = "points", 100
			}
			add(datasets.PublishedValue{Source: "survey", Country: some(c), Subject: "country", Indicator: "gci_score", Period: some(edition), Value: number((.8 + float64(i)*.001) * scale), Unit: some(unit)})
			add(datasets.PublishedValue{Source: "survey", Country: some(c), Subject: "country", Indicator: "gci_rank", Period: some(edition), Value: number(float64(100 + i)), Unit: some("rank")})
			add(datasets.PublishedValue{Source: "survey", Country: some(c), Subject: "country", Indicator: "ddr_rank", Period: some(edition), Value: number(float64(100 + i)), Unit: some("rank")})
		}
		for _, platform := range []string{"", "x", "facebook", "instagram", "vk", "ok", "youtube", "telegram", "website", "linkedin", "flickr", "mymir"} {
			add(datasets.PublishedValue{Source: "a_source_with_a_long_name_2023", Country: some(c), Subject: "country", Platform: optional(platform), Indicator: "social_network_users", Period: some("2023-01/2023-12"), Value: number(1e6), Unit: some("persons")})
			add(datasets.PublishedValue{Source: "survey", Country: some(c), Subject: "Ministry", Platform: optional(platform), Indicator: "ministry_on_platform", Period: some("2023"), ValueText: "yes"})
			add(datasets.PublishedValue{Source: "survey", Country: some(c), Subject: "country", Platform: optional(platform), Indicator: "embassies_on_platform", Period: some("2023"), Value: number(120), Unit: some("count")})
			for _, host := range []string{"A", "B"} {
				add(datasets.PublishedValue{Source: "survey", Country: some(c), Subject: "Embassy in " + host, Platform: optional(platform), Indicator: "embassy_on_platform", Period: some("2023"), ValueText: map[string]string{"A": "yes", "B": "no"}[host]})
			}
		}
		for k, name := range []string{"Қазақстан Республикасы Сыртқы істер министрлігі: ресми баспасөз қызметі", "Oʻzbekiston Respublikasi Tashqi ishlar vazirligi", "Кыргыз Республикасынын Тышкы иштер министрлиги", "Verylongnamewithoutanyspacewhatsoeverthatcannotbebrokenanywhere"} {
			platform := []string{"x", "facebook", "vk"}[k%3]
			id := fmt.Sprintf("@%s%d", c, k)
			d.Accounts = append(d.Accounts, datasets.Account{Platform: platform, AccountID: id, Handle: some(id[1:]), Country: some(c), Organization: name})
			for n, moment := range []string{"2019-01-01", "2021-06-15", "2024-12-31"} {
				count := datasets.Some(int64(1000*(i+1) + n))
				if k == 1 {
					count.V = int64(3) << (10 * n)
				}
				d.Followers.Seen = append(d.Followers.Seen, Observation{Platform: platform, AccountID: id, ObservedAt: day(t, moment).Micros(), ObservedPrecision: "day", Followers: datasets.Shown{V: count, Low: count}, Source: "survey"})
			}
			from, to := day(t, "2024-01-01"), day(t, "2024-06-01")
			value := func(metric, part string, v, lo, hi float64) {
				d.Values = append(d.Values, datasets.Value{Metric: metric, Part: part, Platform: platform, AccountID: id, PeriodKind: "window", PeriodStart: from, PeriodEnd: to,
					Value: number(v), Low: number(lo), High: number(hi), CILow: number(lo), CIHigh: number(hi), N: 1234567, Source: "survey/counter"})
			}
			value("posts_per_month", "counted", float64(k)*1000, float64(k)*900, float64(k)*1100+.01)
			value("posts_per_month", "printed", float64(k)*1001, float64(k), float64(k))
			value("likes_per_post_per_1000_followers", "now", float64(k)*.0001, 0, float64(k)*.0002+.00001)
			d.Windows = append(d.Windows, datasets.AccountWindow{Platform: platform, AccountID: id, WindowFrom: from, WindowTo: to, CountedBy: "counter", Source: "survey", Locator: some(id)})
			d.Audit = append(d.Audit, datasets.AuditRow{Source: "survey", Locator: id, Rule: "rate", Verdict: datasets.Inconsistent, Explanation: "Too long to be told in a line, " + name + ", and more of it, " + name + "."})
			add(datasets.PublishedValue{Source: "survey", Country: some(c), Subject: name, Platform: some(platform), Indicator: "publication_topic", ValueText: "мавзу " + name + fmt.Sprint(i)})
		}
		for k := range 60 {
			d.Audit = append(d.Audit, datasets.AuditRow{Source: "survey_" + c, Locator: fmt.Sprint(k), Rule: fmt.Sprintf("rule_number_%d_of_many", k%7), Verdict: verdicts[k%4], Explanation: "x"})
		}
	}
	addPosts(t, d)
	crowdPosts(d)
	slices.SortFunc(d.Accounts, func(a, b datasets.Account) int { return datasets.Accounts.Compare(&a, &b) })
	d.Followers = shownOf(d.Followers.Seen)
	slices.SortFunc(d.Windows, func(a, b datasets.AccountWindow) int { return datasets.AccountWindows.Compare(&a, &b) })
	slices.SortFunc(d.Published, func(a, b datasets.PublishedValue) int { return datasets.Published.Compare(&a, &b) })
	slices.SortFunc(d.Values, func(a, b datasets.Value) int { return datasets.Values.Compare(&a, &b) })
	slices.SortFunc(d.Audit, func(a, b datasets.AuditRow) int { return datasets.Audit.Compare(&a, &b) })
	standInPosts(t, d, []string{"facebook", "flickr", "instagram", "linkedin", "mymir", "ok", "telegram", "tiktok", "vk", "x", "youtube"}, 40)
	slices.SortFunc(d.Estimates, func(a, b datasets.Estimate) int { return datasets.Estimates.Compare(&a, &b) })
	slices.SortFunc(d.Comparisons, func(a, b datasets.Comparison) int { return datasets.Comparisons.Compare(&a, &b) })
	slices.SortFunc(d.Sensitivity, func(a, b datasets.Variant) int { return datasets.Sensitivity.Compare(&a, &b) })
	slices.SortFunc(d.Shrunken, func(a, b datasets.Shrunken) int { return datasets.ShrunkenValues.Compare(&a, &b) })
	slices.SortFunc(d.Reconcile, func(a, b datasets.Reconciled) int { return datasets.Reconcile.Compare(&a, &b) })
	slices.SortFunc(d.Curves, func(a, b datasets.Curve) int { return datasets.Curves.Compare(&a, &b) })
	return d
}

// crowdPosts adds what comes of posts: shares of many topics and languages,
// shrunken values on top of each other, counts that are known of few posts,
// comparisons made in many ways, and sources that tell of the same.
func crowdPosts(d *Data) {
	some, number := datasets.Some[string], datasets.Some[float64]
	shares := func(metric, part, platform string, v float64) {
		for i, c := range d.Study.Countries {
			e := datasets.Estimate{Metric: metric, Part: part, Country: c, Platform: platform, Method: "mean_of_accounts", Value: number(v + float64(i)*.001), Unit: "share",
				NAccounts: datasets.Some(int64(1234)), N: 1234567, Uncertainty: "welch_t_95: of means of accounts", Flag: some("over x, facebook and vk, which every country of the study shares, with equal weights; in simulated studies of 8 accounts a country this interval held the truth in 70.9 to 95.3 %, not in 95 %")}
			if i != 1 {
				e.Low, e.High = number(v-.2), number(v+.3)
			}
			d.Estimates = append(d.Estimates, e)
			for _, other := range d.Study.Countries[i+1:] {
				d.Comparisons = append(d.Comparisons, datasets.Comparison{Metric: metric, Part: part, CountryA: c, CountryB: other, Platform: platform, Method: "mean_contrast",
					Effect: number(-.123), Low: number(-.2), High: number(-.01), PAdjusted: number(.01), EffectKind: "difference_of_means"})
			}
		}
	}
	for k := range 40 {
		shares("topic_share", fmt.Sprintf("codebook_%d.a_topic_with_a_long_name_that_takes_more_than_one_line_%02d", k%3, k), "standardised", float64(k)/40)
	}
	for k, l := range languages {
		for _, platform := range []string{"x", "facebook", "standardised"} {
			shares("language_share", l[0], platform, float64(k)*.1)
		}
	}
	for i, a := range d.Accounts {
		for _, platform := range []string{a.Platform, "youtube", "ok", "flickr", "telegram", "instagram", "tiktok", "threads"} {
			for _, metric := range []string{"posts_per_month", "log_interactions_per_1000_followers"} {
				part := map[string]string{"posts_per_month": "observed", "log_interactions_per_1000_followers": "at_posting"}[metric]
				v := float64(i%4) * .5
				s := datasets.Shrunken{Metric: metric, Part: part, Platform: platform, AccountID: a.AccountID, Country: a.Country.V, Value: number(v), Shrunken: number(v*.9 + .1), Low: number(v), High: number(v + 1), N: int64(i)}
				if i%7 == 0 {
					s.Shrunken, s.Low, s.High = datasets.None[float64](), datasets.None[float64](), datasets.None[float64]()
				}
				d.Shrunken = append(d.Shrunken, s)
			}
		}
	}
	for _, c := range d.Study.Countries {
		for _, platform := range []string{"x", "facebook", "vk", "ok", "telegram", "instagram", "youtube", "linkedin", "flickr", "website", "tiktok"} {
			for k, series := range knownCounts {
				d.Curves = append(d.Curves, datasets.Curve{Curve: datasets.CountsKnown, Country: c, Platform: platform, Series: series[0], Y: number([]float64{0, .004, .5, .9999, 1}[k]), N: 1234567})
			}
		}
	}
	for i, a := range d.Study.Countries {
		for _, b := range d.Study.Countries[i+1:] {
			for metric, kind := range map[string]string{"posts_per_month": "ratio_of_geometric_means", "log_interactions_per_1000_followers": "difference_of_means", "zero_share": "difference_of_means"} {
				variants := []string{"as_published", "ministries", "embassies", "followers_now", "without_top_post"}
				for k := range 30 {
					variants = append(variants, fmt.Sprintf("without x %d", k))
				}
				for k, variant := range variants {
					v := datasets.Variant{Variant: variant, Comparison: datasets.Comparison{Metric: metric, Part: "observed", CountryA: a, CountryB: b, Platform: "standardised", Method: "mean_contrast",
						Effect: number(.001 * float64(k+1)), EffectKind: kind, NAccountsA: 1234, NAccountsB: 1234, Family: datasets.Primary}}
					if k != 1 {
						v.Low, v.High, v.PAdjusted = number(.0001), number(1234.5), number(.01)
					}
					d.Sensitivity = append(d.Sensitivity, v)
				}
			}
		}
	}
	from, to := datasets.Day(19723), datasets.Day(19875)
	kinds := []string{"hand:survey/counter", "total:a_source_with_a_long_name_2023", "export:survey", "published:survey"}
	for i, a := range d.Accounts {
		for _, quantity := range quantities {
			for k, first := range kinds {
				for _, second := range kinds[k:] {
					d.Reconcile = append(d.Reconcile, datasets.Reconciled{Quantity: quantity, Platform: a.Platform, AccountID: a.AccountID, PeriodStart: from, PeriodEnd: to, SourceA: first, SourceB: second,
						A: number(1e6), B: number(0), Difference: number(1e6), Percent: number(float64(200 - i)), Verdict: []string{datasets.Agree, datasets.Disagree, datasets.NotTestable}[i%3],
						Explanation: first + " tells 1000000, " + second + " 0; " + a.Organization + " and more of it, which takes more than two lines on a page of two columns, so that the end is lost: " + a.Organization + "."})
				}
			}
		}
	}
}
