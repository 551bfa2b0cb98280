package calibrate

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"diplometrics/datasets"
)

// Row says what one method did in the studies of one cell.
type Row struct {
	Accounts     int    // of a country, over all platforms
	Platforms    int    // one, or three that weigh the same
	Layout       string // accounts by platform of country A, then of B: "4+2+2:2+4+2"
	Posting      string // equal or unequal
	Distribution string // of interactions: log_normal, zero_inflated, or any where it has no part
	Effect       string // none, or doubled
	Outcome      string // the metric
	Quantity     string // contrast of A and B, or country: A by itself
	Kind         string // interval or test
	Method       string

	Studies int // simulated
	// Coverage is the share of intervals that hold the truth, of those there
	// are; absent for a test, and where fewer than one study in twenty has an
	// interval: those few are not like the others.
	Coverage datasets.Opt[float64]
	// Rejection is the share of tests with p <= 0.05, of those there are: the
	// size where the effect is none, else the power. Absent for an interval, and
	// where fewer than one study in twenty has a p.
	Rejection datasets.Opt[float64]
	// StandardError is the Monte Carlo standard error of either share.
	StandardError datasets.Opt[float64]
	// Width is the mean width of the intervals there are, on the scale of the
	// outcome: of its logarithm for posts_per_month, but for direct standardisation.
	Width datasets.Opt[float64]
	// Without is the share of studies without an interval or a p.
	Without float64
}

// tally turns the scores of a cell's studies into rows.
func (c cell) tally(studies []scores) []Row {
	if len(studies) == 0 {
		return nil
	}
	for _, s := range studies {
		s.check(studies[0])
	}
	var rows []Row
	for i, first := range studies[0] {
		r := Row{Accounts: c.accounts(), Platforms: len(c.a), Layout: c.layout(), Posting: c.posting, Distribution: c.distribution, Effect: c.effect,
			Outcome: first.outcome, Quantity: first.quantity, Kind: first.kind, Method: first.method, Studies: len(studies)}
		if r.Outcome == posting {
			r.Distribution = whatever
		}
		var present, hits int
		var width float64
		for _, s := range studies {
			if !s[i].present {
				continue
			}
			present++
			width += s[i].width
			if s[i].hit {
				hits++
			}
		}
		n := float64(present)
		r.Without = 1 - n/float64(len(studies))
		if present > 0 && r.Without <= 0.95 {
			share := float64(hits) / n
			r.StandardError = datasets.Some(math.Sqrt(share * (1 - share) / n))
			if r.Kind == test {
				r.Rejection = datasets.Some(share)
			} else {
				r.Coverage, r.Width = datasets.Some(share), datasets.Some(width/n)
			}
		}
		rows = append(rows, r)
	}
	return rows
}

func sortRows(rows []Row) {
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Outcome, b.Outcome), cmp.Compare(a.Quantity, b.Quantity), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Method, b.Method),
			cmp.Compare(a.Platforms, b.Platforms), cmp.Compare(a.Accounts, b.Accounts), cmp.Compare(a.Posting, b.Posting),
			cmp.Compare(a.Distribution, b.Distribution), cmp.Compare(a.Effect, b.Effect))
	})
}

// Columns of the table, in their order and in the order by which it is sorted.
var Columns = []string{"outcome", "quantity", "kind", "method", "platforms", "accounts", "posting", "distribution", "effect", "layout",
	"studies", "coverage", "rejection_rate", "standard_error", "mean_width", "share_without"}

// WriteCSV writes the table: shares and widths with four decimals, absent ones
// empty.
func WriteCSV(w io.Writer, rows []Row) error {
	out := csv.NewWriter(w)
	out.Write(Columns) // csv.Writer keeps the error for Flush
	for _, r := range rows {
		out.Write([]string{r.Outcome, r.Quantity, r.Kind, r.Method, strconv.Itoa(r.Platforms), strconv.Itoa(r.Accounts), r.Posting, r.Distribution, r.Effect, r.Layout,
			strconv.Itoa(r.Studies), fixed(r.Coverage), fixed(r.Rejection), fixed(r.StandardError), fixed(r.Width), fixed(datasets.Some(r.Without))})
	}
	out.Flush()
	return out.Error()
}

func fixed(v datasets.Opt[float64]) string {
	if !v.OK {
		return ""
	}
	return fmt.Sprintf("%.4f", v.V)
}
