package report

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"diplometrics/datasets"
	"diplometrics/plots"
)

var update = flag.Bool("update", false, "rewrite the golden sentences")

func day(t testing.TB, s string) datasets.Day {
	t.Helper()
	var y, m, d int
	if _, err := fmt.Sscanf(s, "%d-%d-%d", &y, &m, &d); err != nil {
		t.Fatal(err)
	}
	days := datasets.Day(0)
	for ; days.String() != s; days++ {
		if days > 40_000 {
			t.Fatalf("no day %s", s)
		}
	}
	return days
}

func some(v float64) datasets.Opt[float64] { return datasets.Some(v) }

// row is a comparison of posting rates over the shared platforms.
func row(a, b string, effect, low, high, p, adjusted float64) datasets.Comparison {
	c := datasets.Comparison{Metric: "posts_per_month", Part: "observed", CountryA: a, CountryB: b, Platform: "standardised", Method: "mean_contrast",
		Effect: some(effect), EffectKind: "ratio_of_geometric_means", Low: some(low), High: some(high), Uncertainty: "welch_t_95: made up",
		P: some(p), PAdjusted: some(adjusted), PAttainable: some(0.0001), NAccountsA: 12, NAccountsB: 9, NA: 1200, NB: 45, Family: datasets.Primary}
	return c
}

// comparisons has one of each verdict.
func comparisons() map[string]datasets.Comparison {
	rows := map[string]datasets.Comparison{
		"difference":    row("KAZ", "UZB", 1.57, 1.22, 2.01, 0.0003, 0.0023),
		"not shown":     row("KAZ", "KGZ", 1.05, 0.541, 2.03, 0.88, 1),
		"interval only": row("KAZ", "KGZ", 1.6, 1.01, 2.4, 0.03, 0.18),
		"test only":     row("KAZ", "KGZ", 0.42, 0.126, 1.4, 0.004, 0.03),
	}
	c := row("UZB", "KGZ", 0.5, 0.2, 0.9, 0, 0)
	c.P, c.PAdjusted, c.PAttainable = datasets.None[float64](), datasets.None[float64](), datasets.None[float64]()
	c.Reason = datasets.Some("no test: the accounts of UZB are of one organization")
	rows["untested"] = c
	c = row("UZB", "KGZ", 2.5, 0, 0, 0.33, 1)
	c.Low, c.High, c.PAttainable = datasets.None[float64](), datasets.None[float64](), some(0.33)
	c.Uncertainty = "none: 2 accounts against 2 accounts; an interval needs four on each side; p by all 6 relabelings"
	rows["no interval"] = c
	c = row("UZB", "KGZ", 0, 0, 0, 0, 0)
	for _, v := range []*datasets.Opt[float64]{&c.Effect, &c.Low, &c.High, &c.P, &c.PAdjusted, &c.PAttainable} {
		*v = datasets.None[float64]()
	}
	c.Uncertainty, c.Reason = "none: there is no effect", datasets.Some("no effect: KGZ has no account on x in accounts.csv")
	rows["refused"] = c
	c = row("KAZ", "UZB", -0.16, -0.313, -0.007, 0.01, 0.04)
	c.Metric, c.Part, c.EffectKind = "zero_share", "all", "difference_of_means"
	c.Warnings = datasets.Some("KAZ: 1 account of a person, compared like an institution; in simulated studies of 8 accounts a country this interval held the truth in 83.7 to 95.1 %, not in 95 %")
	rows["points"] = c
	c = row("KAZ", "UZB", 0.4485, 0.2, 0.697, 0.0001, 0.0002)
	c.Metric, c.Part, c.EffectKind = "log_interactions_per_1000_followers", "at_posting", "difference_of_means"
	rows["logarithm"] = c
	return rows
}

func estimate(country, platform string, value, low, high float64) datasets.Estimate {
	return datasets.Estimate{Metric: "follower_growth", Part: "log_rate_per_month", Country: country, Platform: platform, Method: "mean_of_accounts",
		Value: some(value), Low: some(low), High: some(high), Uncertainty: "welch_t_95: made up", Unit: "1/30.4375 days", NAccounts: datasets.Some(int64(12)), N: 240}
}

// Sentences claim what the interval and the test in the row carry.
func TestSentences(t *testing.T) {
	var out strings.Builder
	rows := comparisons()
	for _, name := range []string{"difference", "not shown", "interval only", "test only", "untested", "no interval", "refused", "points", "logarithm"} {
		c := rows[name]
		f := compared(&c, 9)
		fmt.Fprintf(&out, "%s\n  [%s] %s\n", name, f.Label, f.Text)
		for _, n := range f.Notes {
			fmt.Fprintf(&out, "  note: %s\n", n)
		}
	}
	grows := estimate("KAZ", "standardised", 0.00915, 0.00476, 0.01355)
	unsure := estimate("UZB", "standardised", 0.01355, -0.00096, 0.02807)
	shrinks := estimate("KGZ", "x", -0.02, -0.03, -0.01)
	alone := estimate("KGZ", "x", 0.01, 0, 0)
	alone.Low, alone.High, alone.Uncertainty, alone.NAccounts = datasets.None[float64](), datasets.None[float64](), "none: 1 account; an interval needs four", datasets.Some(int64(1))
	none := estimate("KGZ", "x", 0, 0, 0)
	none.Value, none.Uncertainty, none.Flag = datasets.None[float64](), "none: there is no value", datasets.Some("no value: 2 accounts on x in accounts.csv, none with a value in the window")
	for _, e := range []datasets.Estimate{grows, unsure, shrinks, alone, none} {
		f := growths[0].estimated(&e, true)
		fmt.Fprintf(&out, "growth\n  %s: %s\n", f.Label, f.Text)
	}
	b := &builder{Input: small(t)}
	for _, a := range b.answers(b.cannot()) {
		fmt.Fprintf(&out, "%s\n  %s\n", a.Name, a.Value)
	}
	empty := &builder{Input: &Input{Study: b.Study}}
	for _, a := range empty.answers(empty.cannot()) {
		fmt.Fprintf(&out, "empty: %s\n  %s\n", a.Name, a.Value)
	}
	for _, s := range []section{b.coverage(), b.growth(), b.posting(), b.audit(), empty.coverage(), empty.growth(), empty.posting(), empty.engagement(), empty.audit()} {
		for _, text := range s.Text {
			fmt.Fprintf(&out, "%s\n  %s\n", s.ID, text)
		}
		for _, told := range s.Told {
			fmt.Fprintf(&out, "%s: %s\n", s.ID, told.Head)
		}
	}
	for _, g := range b.cannot() {
		for _, item := range g.Items {
			fmt.Fprintf(&out, "%s\n  %s\n", g.Title, item)
		}
	}
	got := strings.ReplaceAll(out.String(), "\u00a0", " ")
	const golden = "testdata/sentences.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the sentences changed; run this test with -update and read them:\n%s", got)
	}
}

// A verdict of a difference needs an interval and an adjusted p.
func TestVerdicts(t *testing.T) {
	rows := comparisons()
	for name, want := range map[string]verdict{"difference": difference, "not shown": notShown, "interval only": intervalOnly, "test only": testOnly,
		"untested": untested, "no interval": noInterval, "refused": refused, "points": difference, "logarithm": difference} {
		c := rows[name]
		if got := judge(&c); got != want {
			t.Errorf("%s: verdict %d, not %d", name, got, want)
		}
		if text := compared(&c, 9).Text; want != difference && strings.Contains(text, "differ") {
			t.Errorf("%s claims a difference: %s", name, text)
		}
	}
}

const drawing = `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="174mm" height="50mm" viewBox="0 0 493 142" font-family="'sans-0','Arial'">
<title>A &lt;finding&gt;</title>
<desc>In words.</desc>
<style>@font-face{font-family:'sans-0';src:url(data:font/ttf;base64,AAAA)}</style>
<rect id="a" width="493" height="142" fill="url(#b)"/>
<text x="1" y="20" font-weight="bold">Bold &amp; b</text>
<text x="1" y="40">plain</text>
</svg>
`

// small is a made-up study with one of everything.
func small(t testing.TB) *Input {
	t.Helper()
	in := &Input{
		Study: Study{Name: "small", Title: `Ministries <script>alert("1")</script> & others`, Countries: []string{"KAZ", "UZB", "KGZ"}, From: day(t, "2024-01-01"), To: day(t, "2024-07-01"), Simulated: true},
		Accounts: []datasets.Account{
			{Platform: "telegram", AccountID: "1", Country: datasets.Some("KGZ"), Organization: "C"},
			{Platform: "x", AccountID: "1", Country: datasets.Some("KAZ"), Organization: "A"},
			{Platform: "x", AccountID: "2", Country: datasets.Some("UZB"), Organization: "B", Person: true},
			{Platform: "x", AccountID: "3", Organization: "International"},
		},
		Snapshots: Snapshots{N: 3, First: day(t, "2024-01-02"), Last: day(t, "2024-06-30"), Accounts: map[[2]string]int{{"x", "1"}: 2, {"x", "2"}: 1}},
		Values: []datasets.Value{
			{Metric: "posts_per_month", Part: "observed", Platform: "x", AccountID: "1", PeriodKind: "window", Value: some(10), NObserved: 60, ExposureDays: some(182)},
			{Metric: "posts_per_month", Part: "observed", Platform: "telegram", AccountID: "1", PeriodKind: "window", Flag: datasets.Some("no observed time")},
			{Metric: "zero_share", Part: "all", Platform: "x", AccountID: "1", PeriodKind: "window", Value: some(0.2)},
		},
		Estimates: []datasets.Estimate{estimate("KAZ", "standardised", 0.00915, 0.00476, 0.01355), estimate("UZB", "standardised", 0.01355, -0.00096, 0.02807)},
		Audit: []datasets.AuditRow{{Source: "a", Locator: "Table 1", Rule: "rate", Verdict: datasets.Inconsistent, Explanation: "7/2 is not 4."},
			{Source: "a", Locator: "Table 2", Rule: "rate", Verdict: datasets.Consistent}, {Source: "a", Locator: "Table 3", Rule: "grim", Verdict: datasets.NotTestable}},
		Reconcile: []datasets.Reconciled{{Quantity: "posts", Platform: "x", AccountID: "1", SourceA: "hand:a", SourceB: "export:b", Verdict: datasets.Disagree, Percent: some(3)},
			{Quantity: "posts", Platform: "x", AccountID: "2", SourceA: "hand:a", SourceB: "export:b", Verdict: datasets.Agree}},
		Sources:    []datasets.Source{{ID: "a", File: "raw/a.csv", SHA256: strings.Repeat("0", 64), Records: datasets.Some(int64(5)), Kept: datasets.Some(int64(3)), Merged: datasets.Some(int64(0)), Filtered: datasets.Some(int64(0)), Rejected: datasets.Some(int64(2))}},
		Rejects:    []Reject{{"raw/a.csv", "likes", "expected a whole number", 2}},
		Figures:    []Figure{{Name: "coverage", Doc: "Coverage.", SVG: []byte(drawing), CSV: []byte("a,b\n1,2\n")}, {Name: "audit", Doc: "Audit.", SVG: []byte(drawing), CSV: bytes.Repeat([]byte("a,b\n"), 100_000)}, {Name: "egdi", Doc: "E-government.", LeftOut: "no data: no published value of egdi"}},
		Methods:    Methods{Conventions: []string{"The account is the unit."}, Metrics: []Entry{{Name: "zero_share", Unit: "share", Formula: "Σ[I = 0]/n", Doc: "Share of posts.", Source: "Nobody (2024)", Parts: []Part{{"all", "", "All posts."}}}}},
		Codebook:   datasets.Codebook(),
		Provenance: Provenance{Program: "diplometrics (test)", Versions: map[string]int{"report": 1, "measure": 2}, Parameters: []Pair{{"seed", "1"}}, Coverage: []Coverage{{"a", "all", "2024-01-01", "2024-07-01", "all"}}, Inputs: []InputFile{{"accounts.csv", strings.Repeat("1", 64)}}},
	}
	rows := comparisons()
	in.Comparisons = []datasets.Comparison{rows["difference"], rows["not shown"], rows["refused"]}
	variant := datasets.Variant{Variant: "ministries", Comparison: rows["difference"]}
	in.Sensitivity = []datasets.Variant{variant}
	return in
}

// requests are what a page asks for from elsewhere, or could run.
var requests = regexp.MustCompile(`(?i)(src|srcset|poster|action|data)="?[^d"]|<(iframe|object|embed|link|base|form)\b|@import|url\(["']?[^d#"'\\)]|\son[a-z]+=|href="https?:`)

func TestHTML(t *testing.T) {
	in := small(t)
	page, err := HTML(in)
	if err != nil {
		t.Fatal(err)
	}
	again, err := HTML(small(t))
	if err != nil || !bytes.Equal(page, again) {
		t.Errorf("the same input gave other bytes (%v)", err)
	}
	text := string(page)
	if len(page) > 400_000 {
		t.Errorf("the report of a small study has %d bytes", len(page))
	}
	for _, found := range requests.FindAllString(strings.ReplaceAll(text, `<link rel="icon" href="data:,">`, ""), -1) {
		t.Errorf("the page holds %q", found)
	}
	for _, want := range []string{
		`Ministries &lt;script&gt;`, `default-src &#39;none&#39;`, `id="figure-coverage-a"`, `url(#figure-coverage-b)`, `id="figure-audit-a"`,
		`aria-labelledby="figure-audit-title figure-audit-desc"`, `download="coverage.csv"`, `download="audit.csv.gz"`, `no published value of egdi`,
		`7/2 is not 4.`, strings.Repeat("0", 64), `Left out: 1 row about accounts of persons`, `Σ[I = 0]/n`, `diplometrics (test)`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not hold %q", want)
		}
	}
	if n := strings.Count(text, "@font-face"); n != 2 {
		t.Errorf("%d fonts are embedded, not one in two weights", n)
	}
	if n := strings.Count(text, "<h1"); n != 1 {
		t.Errorf("%d first heads", n)
	}
	heads := regexp.MustCompile(`<h2[^>]*>(.*?)</h2>`).FindAllStringSubmatch(text, -1)
	for _, h := range heads {
		if !strings.Contains(h[1], "SIMULATED") {
			t.Errorf("the head %s does not say that it is simulated", h[1])
		}
	}
	in.Study.Simulated = false
	if page, err = HTML(in); err != nil || bytes.Contains(page, []byte("SIMULATED")) {
		t.Errorf("a real study says that it is simulated (%v)", err)
	}
	if page, err = HTML(&Input{Study: Study{Title: "Nothing", Countries: []string{"KAZ"}, To: 1}}); err != nil || !bytes.Contains(page, []byte("Nobody")) {
		t.Errorf("a study without data: %v", err)
	}
}

// A drawing that could run or ask for something is refused.
func TestDrawingsAreChecked(t *testing.T) {
	for _, bad := range []string{`<script>1</script>`, `<image href="https://example.org/a.png"/>`, `<use href="https://example.org/a.svg#a"/>`, `<rect onload="1"/>`,
		`<rect style="fill:url(https://example.org)"/>`, `<rect fill="url(https://example.org)"/>`, `<foreignObject/>`} {
		svg := strings.Replace(drawing, "</svg>", bad+"</svg>", 1)
		if _, _, err := drawn([]Figure{{Name: "a", SVG: []byte(svg)}}); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}

func TestNumbers(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 0.004567: "0.00457", 1.5: "1.50", 12.34: "12.3", 123.4: "123", 12345.6: "12,346", -0.5: "−0.500", -123456: "−123,456"} {
		if got := say(v); got != want {
			t.Errorf("%v is said %s, not %s", v, got, want)
		}
	}
	if got := apart(1.0004, 1) + " " + apart(1, 1); got != "1.0004 1.00" {
		t.Errorf("told apart as %s", got)
	}
	for p, want := range map[float64]string{0.0002: "< 0.001", 0.0023: "= 0.002", 0.04: "= 0.040", 0.18432: "= 0.18", 1: "= 1"} {
		if got := strings.ReplaceAll(sayP(p), "\u00a0", " "); got != want {
			t.Errorf("p %v is said %s, not %s", p, got, want)
		}
	}
}

// TestKeyFigures: the figures that the first page asks for are on the shelf.
func TestKeyFigures(t *testing.T) {
	for section, names := range keyFigures {
		for _, name := range names {
			if !slices.ContainsFunc(plots.All, func(f plots.Figure) bool { return f.Name == name }) {
				t.Errorf("%s: no figure is named %s", section, name)
			}
		}
	}
}
