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
				d.Snapshots = append(d.Snapshots, datasets.AccountSnapshot{Platform: platform, AccountID: id, ObservedAt: day(t, moment).Micros(), ObservedPrecision: "day", Followers: datasets.Shown{V: count, Low: count}, Source: "survey"})
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
	slices.SortFunc(d.Accounts, func(a, b datasets.Account) int { return datasets.Accounts.Compare(&a, &b) })
	slices.SortFunc(d.Snapshots, func(a, b datasets.AccountSnapshot) int { return datasets.AccountSnapshots.Compare(&a, &b) })
	slices.SortFunc(d.Windows, func(a, b datasets.AccountWindow) int { return datasets.AccountWindows.Compare(&a, &b) })
	slices.SortFunc(d.Published, func(a, b datasets.PublishedValue) int { return datasets.Published.Compare(&a, &b) })
	slices.SortFunc(d.Values, func(a, b datasets.Value) int { return datasets.Values.Compare(&a, &b) })
	slices.SortFunc(d.Audit, func(a, b datasets.AuditRow) int { return datasets.Audit.Compare(&a, &b) })
	standInPosts(t, d, []string{"facebook", "flickr", "instagram", "linkedin", "mymir", "ok", "telegram", "tiktok", "vk", "x", "youtube"}, 40)
	return d
}
