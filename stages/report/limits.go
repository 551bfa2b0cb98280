package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"diplometrics/datasets"
)

// cannot lists what the data cannot say, by subject; each group has at least
// one item.
func (b *builder) cannot() []group {
	all := []group{
		{"Comparisons that could not be made, or not be sure", b.refusals()},
		{"Platforms without counts", b.withoutCounts()},
		{"Sources that disagree", b.disagreements()},
		{"Accounts that were not seen", b.unseen()},
		{"Records that could not be used", b.rejected()},
		{"Published numbers that cannot be checked", b.uncheckable()},
		{"Figures that the study has no data for", b.undrawn()},
	}
	return slices.DeleteFunc(all, func(g group) bool { return len(g.Items) == 0 })
}

// disagreements says by quantity how often two sources tell different things of
// an account and period.
func (b *builder) disagreements() (out []string) {
	var quantities []string
	apart, told := map[string]int64{}, map[string]int64{}
	for _, r := range b.Reconcile {
		switch r.Verdict {
		case datasets.Disagree:
			apart[r.Quantity]++
		case datasets.Agree:
		default:
			continue
		}
		if told[r.Quantity] == 0 {
			quantities = append(quantities, r.Quantity)
		}
		told[r.Quantity]++
	}
	slices.Sort(quantities)
	for _, q := range quantities {
		if apart[q] > 0 {
			out = append(out, fmt.Sprintf("%s: two sources disagree in %s of %s of one account and period, by more than rounding allows; which of them is wrong is not known.",
				strings.ReplaceAll(q, "_", " "), count(apart[q]), number(told[q], "pair", "pairs")))
		}
	}
	return out
}

// Kinds of reasons: what in the reason of a row shows its kind, and how it is
// said of many rows.
var kinds = []struct{ has, says string }{
	{"none with a usable value", "a country has accounts on the platform, but none with a usable value of the metric"},
	{"with a usable value of this metric on a platform that both have", "a country has no usable value of the metric on a platform that both have"},
	{"have usable values of this metric, but not on the same platform", "the countries have usable values, but not on the same platform"},
	{"on no common platform", "the countries have accounts on no common platform"},
	{"has no account", "a country has no account on the platform"},
	{"have no logarithm", "a value is 0 or below and has no logarithm, so that there is no ratio"},
	{"all values are equal", "all values are equal"},
	{"are not known", "the days observed of some accounts are not known"},
	{"two organizations on each side", "the accounts of a country belong to one organization"},
	{"needs two on each side", "a country has fewer than two accounts with a value"},
	{"needs four", "a country has fewer than four accounts with a value"},
	{"need four", "a country has fewer than four accounts with a value"},
	{"all alike", "the accounts of each country are all alike, so that their spread is not known"},
	{"do not overlap", "the two sides do not overlap"},
}

// Reasons for what a method never gives.
var byDesign = []string{"no test of its own", "platforms are mixed", "z is a test statistic", "there is no interval of epsilon squared", "it mixes the platforms", "the effect is the mean of the deltas"}

func kindOf(s string) string {
	for _, d := range byDesign {
		if strings.Contains(s, d) {
			return ""
		}
	}
	for _, k := range kinds {
		if strings.Contains(s, k.has) {
			return k.says
		}
	}
	return reason(s)
}

// refusals counts comparisons without an effect, without a test and without an
// interval, by the kind of reason.
func (b *builder) refusals() []string {
	effect, test, interval := map[string]int64{}, map[string]int64{}, map[string]int64{}
	for _, c := range b.Comparisons {
		switch {
		case !c.Effect.OK:
			effect[kindOf(c.Reason.V)]++
			continue
		case !c.P.OK && c.Reason.OK:
			test[kindOf(c.Reason.V)]++
		}
		if !c.Low.OK {
			interval[kindOf(c.Uncertainty)]++
		}
	}
	all := int64(len(b.Comparisons))
	return slices.Concat(tallied(effect, all, "give no effect"), tallied(test, all, "have no test"), tallied(interval, all, "have no interval"))
}

// tallied makes an item of each reason, the most frequent first; what has none
// is by design.
func tallied(n map[string]int64, all int64, what string) (out []string) {
	delete(n, "")
	for _, r := range mostFirst(n) {
		out = append(out, fmt.Sprintf("%s of %s %s: %s", count(n[r]), number(all, "comparison", "comparisons"), what, sentence(r)))
	}
	return out
}

// withoutCounts names, by platform, the metrics of which no account there has a
// value.
func (b *builder) withoutCounts() (out []string) {
	platforms, known, metrics := map[string]bool{}, map[[2]string]bool{}, map[string]bool{}
	for _, a := range b.Accounts {
		if b.compares(&a) {
			platforms[a.Platform] = true
		}
	}
	for _, v := range b.Values {
		metrics[v.Metric] = true
		if v.Value.OK {
			known[[2]string{v.Platform, v.Metric}] = true
		}
	}
	for _, p := range slices.Sorted(maps.Keys(platforms)) {
		var none, said []string
		for _, m := range slices.Sorted(maps.Keys(metrics)) {
			if !known[[2]string{p, m}] {
				none, said = append(none, m), append(said, strings.ReplaceAll(m, "_", " "))
			}
		}
		if len(none) > 0 {
			out = append(out, fmt.Sprintf("%s: no account has a value of %s%s", platform(p), enumerate(said), b.because(p, none)))
		}
	}
	return out
}

// because gives the most frequent reason why values of metrics are absent on a
// platform.
func (b *builder) because(p string, metrics []string) string {
	why := map[string]int64{}
	for _, v := range b.Values {
		if v.Platform == p && !v.Value.OK && v.Flag.OK && slices.Contains(metrics, v.Metric) {
			why[v.Flag.V]++
		}
	}
	if len(why) == 0 {
		return "."
	}
	return "; where a reason is given, most often: " + sentence(mostFirst(why)[0])
}

// unseen counts the accounts of compared countries without followers, without
// posts, and with doubtful coverage.
func (b *builder) unseen() (out []string) {
	total, noFollowers, noPosts, nothing := int64(0), int64(0), int64(0), int64(0)
	rate, any, inferred, cut, undated := map[[2]string]bool{}, map[[2]string]bool{}, map[[2]string]bool{}, map[[2]string]bool{}, map[[2]string]bool{}
	for _, v := range b.Values {
		k := [2]string{v.Platform, v.AccountID}
		if v.Value.OK {
			any[k] = true
		}
		if b.isObserved(&v) {
			rate[k] = rate[k] || v.Value.OK
			inferred[k] = inferred[k] || strings.Contains(v.Flag.V, datasets.InferredCoverage)
			cut[k] = cut[k] || strings.Contains(v.Flag.V, datasets.SeemsCut)
			undated[k] = undated[k] || strings.Contains(v.Flag.V, datasets.Undated)
		}
	}
	doubtful := map[string]int64{}
	for _, a := range b.Accounts {
		if !b.compares(&a) {
			continue
		}
		k := [2]string{a.Platform, a.AccountID}
		total++
		if b.Snapshots.Accounts[k] == 0 {
			noFollowers++
		}
		if !rate[k] {
			noPosts++
		}
		if !any[k] {
			nothing++
		}
		if inferred[k] {
			doubtful["coverage inferred from the posts themselves, which enters no primary comparison"]++
		}
		if cut[k] {
			doubtful["exactly as many posts as several others of the export, as if it had been cut there though it is said to be whole; rates of posting are lower bounds then, and enter no primary comparison"]++
		}
		if undated[k] {
			doubtful["posts without a time, which may lie in the window or not"]++
		}
	}
	for _, c := range []struct {
		n    int64
		what string
	}{{noFollowers, "no known number of followers"}, {noPosts, "no exported posts in stated observed time, so that nothing is known of single posts"}, {nothing, "no value of any metric at all"}} {
		if c.n > 0 {
			out = append(out, fmt.Sprintf("%s of %s %s %s.", count(c.n), number(total, "compared account", "compared accounts"), hasHave(c.n), c.what))
		}
	}
	for _, d := range mostFirst(doubtful) {
		out = append(out, fmt.Sprintf("%s %s %s.", number(doubtful[d], "account", "accounts"), hasHave(doubtful[d]), d))
	}
	return out
}

func hasHave(n int64) string {
	if n == 1 {
		return "has"
	}
	return "have"
}

// rejected counts records that could not be used, by reason.
func (b *builder) rejected() (out []string) {
	n := map[string]int64{}
	for _, r := range b.Rejects {
		what := r.Reason
		if r.Field != "" {
			what = r.Field + ": " + what
		}
		n[what] += int64(r.N)
	}
	const listed = 8
	for i, r := range mostFirst(n) {
		if i == listed {
			rest := int64(0)
			for _, r := range mostFirst(n)[listed:] {
				rest += n[r]
			}
			return append(out, fmt.Sprintf("%s for other reasons; the appendix lists them.", number(rest, "record", "records")))
		}
		out = append(out, fmt.Sprintf("%s: %s", number(n[r], "record", "records"), sentence(r)))
	}
	return out
}

func (b *builder) uncheckable() []string {
	n := map[string]int64{}
	for _, r := range b.Audit {
		if r.Verdict == datasets.NotTestable {
			n[r.Rule]++
		}
	}
	if len(n) == 0 {
		return nil
	}
	var parts []string
	total := int64(0)
	for _, r := range mostFirst(n) {
		parts = append(parts, r+" "+count(n[r]))
		total += n[r]
	}
	return []string{fmt.Sprintf("%s of the audit cannot be made, each for the reason in its row of the table; by rule: %s.", number(total, "check", "checks"), strings.Join(parts, ", "))}
}

func (b *builder) undrawn() (out []string) {
	for _, f := range b.Figures {
		if f.LeftOut != "" {
			out = append(out, fmt.Sprintf("%s: %s", strings.ReplaceAll(f.Name, "_", " "), sentence(strings.TrimPrefix(f.LeftOut, "no data: "))))
		}
	}
	return out
}
