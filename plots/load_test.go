package plots

import (
	"cmp"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"diplometrics/datasets"
)

// thesis reads the raw files of the thesis study. Metric values and audit
// rows, which stages compute from them, are stood in for by standIns.
func thesis(t testing.TB) *Data {
	t.Helper()
	dir := filepath.Join("..", "datasets", "thesis")
	d := &Data{Study: Study{Name: "thesis", Title: "The published record", Countries: []string{"KAZ", "UZB", "KGZ"}}}
	handles := map[[2]string]string{}
	for _, r := range readCSV(t, filepath.Join(dir, "accounts.csv")) {
		a := datasets.Account{
			Platform: r["platform"], AccountID: cmp.Or(r["account_id"], "@"+strings.ToLower(r["handle"])),
			Handle: optional(r["handle"]), Country: optional(r["country"]), Organization: r["organization"],
			OrganizationType: optional(r["organization_type"]), HostCountry: optional(r["host_country"]),
		}
		handles[[2]string{a.Platform, strings.ToLower(r["handle"])}] = a.AccountID
		d.Accounts = append(d.Accounts, a)
	}
	id := func(r map[string]string) string {
		return cmp.Or(r["account_id"], handles[[2]string{r["platform"], strings.ToLower(r["handle"])}])
	}
	files, err := filepath.Glob(filepath.Join(dir, "raw", "*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no raw files of the thesis: %v", err)
	}
	for _, f := range files {
		for _, r := range readCSV(t, f) {
			switch {
			case strings.HasSuffix(f, "_windows.csv"):
				d.Windows = append(d.Windows, datasets.AccountWindow{
					Platform: r["platform"], AccountID: id(r), WindowFrom: day(t, r["window_from"]), WindowTo: day(t, r["window_to"]),
					RetrievedOn: datasets.Some(day(t, r["retrieved_on"])), Posts: integer(r["posts"]), MonthsStated: float(r["months_stated"]),
					PostsPerMonth: float(r["posts_per_month"]), PostsPerMonthText: optional(r["posts_per_month_text"]),
					LikesMean: float(r["likes_mean"]), LikesMeanText: optional(r["likes_mean_text"]), LikesN: integer(r["likes_n"]),
					CountedBy: r["counted_by"], Source: r["source"], Locator: optional(r["locator"]),
				})
			case strings.HasSuffix(f, "_snapshots.csv"):
				at, err := time.Parse(time.RFC3339Nano, r["observed_at"])
				if err != nil {
					at = day(t, r["observed_at"]).Time()
				}
				d.Followers.Seen = append(d.Followers.Seen, Observation{
					Platform: r["platform"], AccountID: id(r), ObservedAt: datasets.MicrosOf(at), ObservedPrecision: r["observed_precision"],
					Followers: datasets.Shown{V: integer(r["followers"]), Text: optional(r["followers_text"]), Low: integer(r["followers_low"]), High: integer(r["followers_high"])},
					Source:    r["source"], Locator: optional(r["locator"]),
				})
			default:
				d.Published = append(d.Published, datasets.PublishedValue{
					ID: r["id"], Source: r["source"], Locator: r["locator"], Country: optional(r["country"]), Subject: r["subject"],
					Platform: optional(r["platform"]), Indicator: r["indicator"], Period: optional(r["period"]), ValueText: r["value_text"],
					Value: float(r["value"]), Unit: optional(r["unit"]), Note: optional(r["note"]),
				})
			}
		}
	}
	slices.SortFunc(d.Accounts, func(a, b datasets.Account) int { return datasets.Accounts.Compare(&a, &b) })
	slices.SortFunc(d.Windows, func(a, b datasets.AccountWindow) int { return datasets.AccountWindows.Compare(&a, &b) })
	d.Followers = shownOf(d.Followers.Seen)
	slices.SortFunc(d.Published, func(a, b datasets.PublishedValue) int { return datasets.Published.Compare(&a, &b) })
	for _, s := range []struct{ id, title string }{
		{"thesis_2024", "Amrina, Ozganbay & Bekbauova, bachelor thesis, Astana 2024"},
		{"un_egov_survey", "United Nations, Department of Economic and Social Affairs, E-Government Survey 2010–2024, data tables"},
		{"tassilova_2018", "Tassilova et al., Comparative analysis on digital diplomacy in the Republic of Kazakhstan, Uzbekistan and Kyrgyzstan, Astra Salvensis VI(11), 2018, 321–332"},
	} {
		d.Sources = append(d.Sources, datasets.Source{ID: s.id, File: s.id + ".csv", Title: s.title})
	}
	standIns(d)
	standInPosts(t, d, []string{"facebook", "instagram", "x"}, 4)
	return d
}

// standIns adds values and audit rows of the form that the stages give them,
// with the numbers of the published tables.
func standIns(d *Data) {
	round := func(v float64) (float64, float64) {
		if v == math.Trunc(v) {
			return max(0, v-.5), v + .5
		}
		return v - .05, v + .05
	}
	for _, w := range d.Windows {
		days := float64(w.RetrievedOn.V - w.WindowFrom + 1)
		v := datasets.Value{Platform: w.Platform, AccountID: w.AccountID, PeriodKind: "window", PeriodStart: w.WindowFrom, PeriodEnd: w.WindowTo, N: w.Posts.V, NObserved: w.Posts.V, Source: w.Source, Unit: "posts/month", ExposureDays: datasets.Some(days)}
		v.Metric, v.Part, v.Value = "posts_per_month", "printed", w.PostsPerMonth
		d.Values = append(d.Values, v)
		v.Part, v.Value = "stated_months", datasets.Some(float64(w.Posts.V)/w.MonthsStated.V)
		d.Values = append(d.Values, v)
		n, scale := float64(w.Posts.V), 30.4375/days
		v.Part, v.Value = "counted", datasets.Some(n*scale)
		v.CILow, v.CIHigh = datasets.Some((n-1.96*math.Sqrt(n))*scale), datasets.Some((n+1.96*math.Sqrt(n))*scale)
		d.Values = append(d.Values, v)
		for _, s := range d.Followers.Seen {
			if s.Platform == w.Platform && s.AccountID == w.AccountID && s.Source == w.Source {
				lo, hi := round(w.LikesMean.V)
				f := 1000 / float64(s.Followers.V.V)
				d.Values = append(d.Values, datasets.Value{Metric: "likes_per_post_per_1000_followers", Part: "printed", Platform: w.Platform, AccountID: w.AccountID,
					PeriodKind: "window", PeriodStart: w.WindowFrom, PeriodEnd: w.WindowTo, Value: datasets.Some(w.LikesMean.V * f),
					Low: datasets.Some(lo * f), High: datasets.Some(hi * f), Unit: "likes/post/1000 followers", N: w.Posts.V, NObserved: w.Posts.V, Source: w.Source})
			}
		}
		verdict := datasets.Inconsistent
		exact := n / w.MonthsStated.V
		if m := w.PostsPerMonth.V; math.Round(exact) == m || math.Floor(exact) == m {
			verdict = datasets.Consistent
		}
		row := datasets.AuditRow{Source: w.Source, Locator: w.Locator.V, Rule: "rate", Subject: w.AccountID, Platform: datasets.Some(w.Platform), Indicator: "posts_per_month", ValueText: datasets.Some(w.PostsPerMonthText.V), Verdict: verdict,
			Explanation: w.PostsPerMonthText.V + " printed for " + strconv.FormatInt(w.Posts.V, 10) + " posts over 5 months: no way of rounding gives it, the quotient is " + strconv.FormatFloat(exact, 'g', 4, 64) + "."}
		d.Audit = append(d.Audit, row)
		row.Rule, row.Verdict, row.Indicator = "grim", datasets.NotTestable, "likes_mean"
		d.Audit = append(d.Audit, row)
	}
	for part, value := range map[string]float64{"net_per_month": 419.6, "ratio": 2.214} {
		d.Values = append(d.Values, datasets.Value{Metric: "follower_growth", Part: part, Platform: "x", AccountID: "427136193", PeriodKind: "window",
			PeriodStart: day(nil, "2018-12-09"), PeriodEnd: day(nil, "2024-05-28"), Value: datasets.Some(value), Source: "nmrma1_2018+thesis_2024"})
	}
	for i, verdict := range []string{datasets.Inconsistent, datasets.Inconsistent, datasets.NotTestable, datasets.Consistent, datasets.NotApplicable} {
		for k, rule := range []string{"part_of_total", "unit_scale", "same_statement", "not_computable"} {
			for _, source := range []string{"allamurodov_2023", "tassilova_2018", "thesis_2024"} {
				d.Audit = append(d.Audit, datasets.AuditRow{Source: source, Locator: "section 1." + strconv.Itoa(i) + ", paragraph 'In 2023, 90.9 % of the total'", Rule: rule, Entry: datasets.Some(int64(i*4 + k)), Subject: "KAZ", Indicator: "claim",
					ValueText: datasets.Some("28.4% of residents, which are 19 million"), Verdict: verdict, Explanation: "28.4 % of 19 000 000 are 5 396 000; the population would have to be 66.9 million, which no source prints."})
			}
		}
	}
	slices.SortFunc(d.Values, func(a, b datasets.Value) int { return datasets.Values.Compare(&a, &b) })
	slices.SortFunc(d.Audit, func(a, b datasets.AuditRow) int { return datasets.Audit.Compare(&a, &b) })
}

func readCSV(t testing.TB, path string) []map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	var out []map[string]string
	for _, r := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[name] = r[i]
		}
		out = append(out, row)
	}
	return out
}

func optional(s string) datasets.Opt[string] { return datasets.Opt[string]{V: s, OK: s != ""} }

func integer(s string) datasets.Opt[int64] {
	v, err := strconv.ParseInt(s, 10, 64)
	return datasets.Opt[int64]{V: v, OK: err == nil}
}

func float(s string) datasets.Opt[float64] {
	v, err := strconv.ParseFloat(s, 64)
	return datasets.Opt[float64]{V: v, OK: err == nil}
}

func day(t testing.TB, s string) datasets.Day {
	at, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatalf("day %q: %v", s, err)
	}
	return datasets.DayOf(at)
}
