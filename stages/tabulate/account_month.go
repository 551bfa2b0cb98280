package tabulate

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"diplometrics/datasets"
)

// accountPeriod names a row of the wide table.
type accountPeriod struct {
	platform, account, kind string
	start, end              datasets.Day
	source                  string
}

// wide is the wide form of values: one row an account, period and source, one
// column a metric and part, with its bounds, interval and n where any row has
// them. Months come one by one where posts are dated; a window that was counted
// as a whole is one row, because nothing says how it falls on months. Of a value
// the numbers alone are held.
type wide struct {
	accounts []datasets.Account
	rows     map[accountPeriod][]numbers
	at       map[measureName]int // index in measures
	measures []measure
}

type measureName struct{ metric, part string }

// measure is a metric and part, and which of its wideColumns any row has.
type measure struct {
	measureName
	unit string
	has  [6]bool
}

// numbers are those that a row has of a measure.
type numbers struct {
	measure                         int
	value, low, high, ciLow, ciHigh datasets.Opt[float64]
	n                               int64
}

func newWide(accounts []datasets.Account) *wide {
	return &wide{accounts: accounts, rows: map[accountPeriod][]numbers{}, at: map[measureName]int{}}
}

// add takes a value of a month or window.
func (w *wide) add(v *datasets.Value) {
	name := measureName{v.Metric, v.Part}
	i, ok := w.at[name]
	if !ok {
		i, name = len(w.measures), measureName{strings.Clone(v.Metric), strings.Clone(v.Part)}
		w.at[name] = i
		w.measures = append(w.measures, measure{measureName: name})
	}
	m := &w.measures[i]
	if m.unit != v.Unit {
		m.unit = strings.Clone(v.Unit)
	}
	x := numbers{i, v.Value, v.Low, v.High, v.CILow, v.CIHigh, v.NObserved}
	for j, c := range x.cells() {
		m.has[j] = m.has[j] || c != nil
	}
	k := accountPeriod{v.Platform, v.AccountID, v.PeriodKind, v.PeriodStart, v.PeriodEnd, v.Source}
	row, ok := w.rows[k]
	if !ok {
		k.platform, k.account, k.kind, k.source = strings.Clone(k.platform), strings.Clone(k.account), strings.Clone(k.kind), strings.Clone(k.source)
	}
	w.rows[k] = append(row, x)
}

func (w *wide) sheet() datasets.Sheet {
	s := datasets.Sheet{Name: "account_month", Doc: "One row an account, period (month or counted window) and source; one column a metric and part. A wide form of values for spreadsheets."}
	known := map[[2]string]*datasets.Account{}
	for i := range w.accounts {
		known[[2]string{w.accounts[i].Platform, w.accounts[i].AccountID}] = &w.accounts[i]
	}
	order := slices.Collect(maps.Keys(w.rows))
	slices.SortFunc(order, func(a, b accountPeriod) int {
		return cmp.Or(cmp.Compare(a.platform, b.platform), cmp.Compare(a.account, b.account), cmp.Compare(a.kind, b.kind),
			cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end), cmp.Compare(a.source, b.source))
	})
	columns := slices.Clone(w.measures)
	slices.SortFunc(columns, func(a, b measure) int { return cmp.Or(cmp.Compare(a.metric, b.metric), cmp.Compare(a.part, b.part)) })

	text := func(name, doc string, null bool) {
		s.Fields = append(s.Fields, datasets.Field{Name: name, Doc: doc, Kind: datasets.String, Nullable: null})
	}
	text("platform", "Platform.", false)
	text("account_id", "Id of the account, as in accounts.", false)
	text("organization", "Institution that runs the account.", false)
	text("country", "ISO 3166-1 alpha-3 code. Empty for an international body.", true)
	text("period_kind", "month or window.", false)
	s.Fields = append(s.Fields,
		datasets.Field{Name: "period_start", Doc: "First day of the period.", Kind: datasets.Date},
		datasets.Field{Name: "period_end", Doc: "Day after the last day of the period.", Kind: datasets.Date})
	text("source", "Id of the source of the inputs; two ids joined by + where two were needed.", false)
	for _, m := range columns {
		for j, c := range wideColumns {
			if !m.has[j] {
				continue
			}
			f := datasets.Field{Name: m.metric + "." + m.part + c.suffix, Unit: m.unit, Doc: c.doc, Kind: datasets.Float, Nullable: true}
			if c.suffix == "_n" {
				f.Kind, f.Unit = datasets.Int, "see metric"
			}
			s.Fields = append(s.Fields, f)
		}
	}

	s.Rows = func(yield func([]any, error) bool) {
		cells := make([][6]any, len(w.measures))
		for _, k := range order {
			a := known[[2]string{k.platform, k.account}]
			var country any
			if a.Country.OK {
				country = a.Country.V
			}
			row := []any{k.platform, k.account, a.Organization, country, k.kind, k.start, k.end, k.source}
			clear(cells)
			for _, x := range w.rows[k] {
				cells[x.measure] = x.cells()
			}
			for _, m := range columns {
				for j, c := range cells[w.at[m.measureName]] {
					if m.has[j] {
						row = append(row, c)
					}
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	}
	return s
}

// wideColumns are the columns of one metric and part.
var wideColumns = [6]struct{ suffix, doc string }{
	{"", "Value. Empty where it cannot be computed; values says why."},
	{"_low", "Least value that rounding allows."},
	{"_high", "Greatest value that rounding allows."},
	{"_ci_low", "Lower end of the 95 % interval."},
	{"_ci_high", "Upper end of the 95 % interval."},
	{"_n", "Observations behind the value."},
}

func (x *numbers) cells() [6]any {
	opt := func(o datasets.Opt[float64]) any {
		if o.OK {
			return o.V
		}
		return nil
	}
	return [6]any{opt(x.value), opt(x.low), opt(x.high), opt(x.ciLow), opt(x.ciHigh), x.n}
}
