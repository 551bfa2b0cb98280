package tabulate

import (
	"cmp"
	"slices"

	"diplometrics/datasets"
)

// accountPeriod names a row of the wide table.
type accountPeriod struct {
	platform, account, kind string
	start, end              datasets.Day
	source                  string
}

// accountMonth is the wide form of values: one row an account, period and
// source, one column a metric and part, with its bounds, interval and n where
// any row has them. Months come one by one where posts are dated; a window that
// was counted as a whole is one row, because nothing says how it falls on months.
func accountMonth(accounts []datasets.Account, values []datasets.Value) datasets.Sheet {
	s := datasets.Sheet{Name: "account_month", Doc: "One row an account, period (month or counted window) and source; one column a metric and part. A wide form of values for spreadsheets."}
	known := map[[2]string]*datasets.Account{}
	for i := range accounts {
		known[[2]string{accounts[i].Platform, accounts[i].AccountID}] = &accounts[i]
	}

	type measure struct{ metric, part string }
	rows := map[accountPeriod]map[measure]*datasets.Value{}
	units := map[measure]string{}
	has := map[measure]*[6]bool{}
	for i := range values {
		v := &values[i]
		if v.PeriodKind == "week" {
			continue
		}
		k, m := accountPeriod{v.Platform, v.AccountID, v.PeriodKind, v.PeriodStart, v.PeriodEnd, v.Source}, measure{v.Metric, v.Part}
		if rows[k] == nil {
			rows[k] = map[measure]*datasets.Value{}
		}
		rows[k][m] = v
		units[m] = v.Unit
		if has[m] == nil {
			has[m] = &[6]bool{}
		}
		for j, c := range wideCells(v) {
			has[m][j] = has[m][j] || c != nil
		}
	}
	order := make([]accountPeriod, 0, len(rows))
	for k := range rows {
		order = append(order, k)
	}
	slices.SortFunc(order, func(a, b accountPeriod) int {
		return cmp.Or(cmp.Compare(a.platform, b.platform), cmp.Compare(a.account, b.account), cmp.Compare(a.kind, b.kind),
			cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end), cmp.Compare(a.source, b.source))
	})
	measures := make([]measure, 0, len(units))
	for m := range units {
		measures = append(measures, m)
	}
	slices.SortFunc(measures, func(a, b measure) int { return cmp.Or(cmp.Compare(a.metric, b.metric), cmp.Compare(a.part, b.part)) })

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
	for _, m := range measures {
		for j, c := range wideColumns {
			if !has[m][j] {
				continue
			}
			f := datasets.Field{Name: m.metric + "." + m.part + c.suffix, Unit: units[m], Doc: c.doc, Kind: datasets.Float, Nullable: true}
			if c.suffix == "_n" {
				f.Kind, f.Unit = datasets.Int, "see metric"
			}
			s.Fields = append(s.Fields, f)
		}
	}

	s.Rows = func(yield func([]any, error) bool) {
		for _, k := range order {
			a := known[[2]string{k.platform, k.account}]
			var country any
			if a.Country.OK {
				country = a.Country.V
			}
			row := []any{k.platform, k.account, a.Organization, country, k.kind, k.start, k.end, k.source}
			for _, m := range measures {
				cells := [6]any{}
				if v := rows[k][m]; v != nil {
					cells = wideCells(v)
				}
				for j := range wideColumns {
					if has[m][j] {
						row = append(row, cells[j])
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

func wideCells(v *datasets.Value) [6]any {
	opt := func(o datasets.Opt[float64]) any {
		if o.OK {
			return o.V
		}
		return nil
	}
	return [6]any{opt(v.Value), opt(v.Low), opt(v.High), opt(v.CILow), opt(v.CIHigh), v.NObserved}
}
