// Package measure computes the metrics of every account.
package measure

import (
	"fmt"
	"slices"

	"diplometrics/datasets"
	"diplometrics/stages/measure/metrics"
)

// Version of the stage; raised when the same tables would give other values
// though no metric changed.
const Version = 1

// Versions of the stage and its metrics, for staleness.
func Versions() map[string]int {
	v := map[string]int{"measure": Version}
	for _, m := range metrics.All {
		v["metric "+m.Name] = m.Version
	}
	return v
}

// Run returns the values of every metric for every account, sorted by key.
// Snapshots and windows are sorted by theirs. A metric that emits a value of
// an undeclared part, or two for the same key, is an error.
func Run(accounts []datasets.Account, snapshots []datasets.AccountSnapshot, windows []datasets.AccountWindow) ([]datasets.Value, error) {
	type id struct{ platform, account string }
	bySnapshot, byWindow := map[id][]datasets.AccountSnapshot{}, map[id][]datasets.AccountWindow{}
	for _, s := range snapshots {
		bySnapshot[id{s.Platform, s.AccountID}] = append(bySnapshot[id{s.Platform, s.AccountID}], s)
	}
	for _, w := range windows {
		byWindow[id{w.Platform, w.AccountID}] = append(byWindow[id{w.Platform, w.AccountID}], w)
	}
	var out []datasets.Value
	for _, a := range accounts {
		k := id{a.Platform, a.AccountID}
		w := metrics.Window{Account: a, Snapshots: bySnapshot[k], Counted: byWindow[k]}
		for _, m := range metrics.All {
			var err error
			m.Of(&w, func(part string, v metrics.Value) {
				if !slices.ContainsFunc(m.Parts, func(p metrics.Part) bool { return p.Name == part }) {
					err = fmt.Errorf("metric %s: emits the part %q, which it does not declare", m.Name, part)
				}
				out = append(out, row(m, part, a, v))
			})
			if err != nil {
				return nil, err
			}
		}
	}
	slices.SortFunc(out, func(a, b datasets.Value) int { return datasets.Values.Compare(&a, &b) })
	return out, datasets.Values.Sorted(out)
}

func row(m metrics.Metric, part string, a datasets.Account, v metrics.Value) datasets.Value {
	r := datasets.Value{Metric: m.Name, Part: part, Platform: a.Platform, AccountID: a.AccountID,
		PeriodKind: v.Kind, PeriodStart: v.From, PeriodEnd: v.To, Value: v.V, Low: v.Low, High: v.High,
		CILow: v.CI.Low, CIHigh: v.CI.High, Uncertainty: v.Uncertainty, Unit: unit(m, part),
		N: v.N, NObserved: v.NObserved, ExposureDays: v.ExposureDays, Source: v.Source}
	if v.Flag != "" {
		r.Flag = datasets.Some(v.Flag)
	}
	return r
}

// unit is the unit of a part where it has its own, else of the metric.
func unit(m metrics.Metric, part string) string {
	for _, p := range m.Parts {
		if p.Name == part && p.Unit != "" {
			return p.Unit
		}
	}
	return m.Unit
}
