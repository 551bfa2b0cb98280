package stages

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"diplometrics/datasets"
	"diplometrics/pipeline"
	"diplometrics/stages/compare"
	"diplometrics/stages/simulate"
	"diplometrics/stages/study"
)

// Proof is how often the primary interval of one contrast held the effect that
// was set, in whole studies that were simulated as raw files and run from
// there. It puts everything between the two to the test: the readers of
// formats, the followers at posting, the age of counts, gaps of coverage, the
// metrics, and the interval.
type Proof struct {
	Metric, CountryA, CountryB string
	Studies                    int     // with an interval
	Held                       int     // of them, whose interval holds the effect
	Effect                     float64 // that was set, on the scale of means: a log ratio for posts_per_month
	Mean                       float64 // of the estimates, on that scale
	SD                         float64 // of the estimates
	Width                      float64 // mean of the intervals', on that scale
}

// Coverage is the share of intervals that hold the effect.
func (p *Proof) Coverage() float64 { return float64(p.Held) / float64(p.Studies) }

// Nominal tells whether the coverage is 95 % but for three Monte Carlo standard
// errors.
func (p *Proof) Nominal() bool {
	return math.Abs(p.Coverage()-0.95) <= 3*math.Sqrt(0.95*0.05/float64(p.Studies))
}

// WriteProofs writes the table: shares with four decimals, effects with five.
func WriteProofs(w io.Writer, proofs []Proof) error {
	out := csv.NewWriter(w)
	out.Write([]string{"metric", "country_a", "country_b", "studies", "coverage", "standard_error", "effect", "mean_estimate", "sd_of_estimates", "mean_width"}) // csv.Writer keeps the error for Flush
	for _, p := range proofs {
		c := p.Coverage()
		row := []string{p.Metric, p.CountryA, p.CountryB, strconv.Itoa(p.Studies), fmt.Sprintf("%.4f", c), fmt.Sprintf("%.4f", math.Sqrt(c*(1-c)/float64(p.Studies)))}
		for _, v := range []float64{p.Effect, p.Mean, p.SD, p.Width} {
			row = append(row, fmt.Sprintf("%.5f", v))
		}
		out.Write(row)
	}
	out.Flush()
	return out.Error()
}

// SummarizeProofs writes what the table says, as Markdown.
func SummarizeProofs(w io.Writer, proofs []Proof) error {
	b := &strings.Builder{}
	fmt.Fprintf(b, "\n## Whole studies: simulated as raw files, run, and compared with what was set\n\n")
	fmt.Fprintf(b, "| metric | pair | studies | effect set | mean estimate | coverage of the primary interval, %% |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, p := range proofs {
		fmt.Fprintf(b, "| %s | %s and %s | %d | %.3f | %.3f | %.1f |\n", p.Metric, p.CountryA, p.CountryB, p.Studies, p.Effect, p.Mean, 100*p.Coverage())
	}
	fmt.Fprintf(b, "\nEffects of posts_per_month are log ratios, the others differences. The Monte Carlo standard error of a coverage of 95 %% is %.1f points.\n", 100*math.Sqrt(0.95*0.05/float64(max(1, proofs[0].Studies))))
	_, err := io.WriteString(w, b.String())
	return err
}

// proven is a study of accounts that are alike but for their country: eight
// embassies of each, on three platforms. Kinds of institutions in unequal
// numbers would make an interval that knows nothing of kinds too wide, and
// prove less.
func proven() (simulate.Options, error) {
	p, err := simulate.ReadParameters("parameters.toml", simulate.DefaultParameters)
	if err != nil {
		return simulate.Options{}, err
	}
	p.Organizations = slices.DeleteFunc(p.Organizations, func(o simulate.Organization) bool { return o.Type != "embassy" })
	for i := range p.Organizations {
		p.Organizations[i].Platforms = map[string]float64{"x": 1, "facebook": 1, "instagram": 1}
	}
	for i := range p.Countries {
		p.Countries[i].Share = 1
	}
	return simulate.Options{Accounts: 3 * 8 * len(p.Countries), Months: 5, Parameters: p}, nil
}

// Prove simulates so many studies below dir, one seed after another from the
// first, and returns how the intervals of the primary family did. progress is
// called with the number of studies that are done, of how many.
func Prove(ctx context.Context, dir string, studies int, first uint64, progress func(done, of int)) ([]Proof, error) {
	o, err := proven()
	if err != nil {
		return nil, err
	}
	var proofs []Proof
	var estimates [][]float64
	for i := range studies {
		o.Seed = first + uint64(i)
		folder := filepath.Join(dir, fmt.Sprintf("study-%d", o.Seed))
		effects, rows, err := proveOne(ctx, folder, o)
		if err != nil {
			return nil, fmt.Errorf("simulated study of seed %d: %w", o.Seed, err)
		}
		if err := os.RemoveAll(folder); err != nil {
			return nil, err
		}
		if i == 0 {
			for _, e := range effects {
				proofs = append(proofs, Proof{Metric: e.Metric, CountryA: e.CountryA, CountryB: e.CountryB})
			}
			estimates = make([][]float64, len(proofs))
		}
		for k, e := range effects {
			p := &proofs[k]
			at := slices.IndexFunc(rows, func(r datasets.Comparison) bool {
				return r.Metric == e.Metric && r.CountryA == e.CountryA && r.CountryB == e.CountryB
			})
			if at < 0 || !rows[at].Low.OK || !rows[at].High.OK {
				continue
			}
			effect, estimate, low, high := e.Effect, rows[at].Effect.V, rows[at].Low.V, rows[at].High.V
			if e.Metric == simulate.PostingRate {
				effect, estimate, low, high = math.Log(effect), math.Log(estimate), math.Log(low), math.Log(high)
			}
			p.Studies++
			p.Effect += effect
			p.Width += high - low
			estimates[k] = append(estimates[k], estimate)
			if low <= effect && effect <= high {
				p.Held++
			}
		}
		progress(i+1, studies)
	}
	for k := range proofs {
		p, n := &proofs[k], float64(proofs[k].Studies)
		p.Effect, p.Width = p.Effect/n, p.Width/n
		for _, v := range estimates[k] {
			p.Mean += v / n
		}
		for _, v := range estimates[k] {
			p.SD += (v - p.Mean) * (v - p.Mean) / (n - 1)
		}
		p.SD = math.Sqrt(p.SD)
	}
	return proofs, nil
}

// proveOne returns the standardised effects of one study as they were set and as
// they were measured.
func proveOne(ctx context.Context, dir string, o simulate.Options) ([]simulate.Effect, []datasets.Comparison, error) {
	truth, err := simulate.Run(ctx, dir, o, func(int, int) {})
	if err != nil {
		return nil, nil, err
	}
	st, err := study.Load(dir)
	if err != nil {
		return nil, nil, err
	}
	e := &pipeline.Engine{Study: st.Dir, Mounts: map[string]string{"figures": FiguresDir(st.Dir)}, Build: pipeline.ReadBuild()}
	unread := func(context.Context, []string) error { return nil } // other tests have tables read back
	if _, err := Run(ctx, e, st, unread, "measure"); err != nil {
		return nil, nil, err
	}
	f := flow{st: st}
	var in compare.Input
	if in.Accounts, err = datasets.Accounts.ReadAll(ctx, filepath.Join(dir, "normalized/accounts.parquet")); err != nil {
		return nil, nil, err
	}
	if in.Values, err = datasets.Values.ReadAll(ctx, filepath.Join(dir, "metrics/values.parquet")); err != nil {
		return nil, nil, err
	}
	rows, err := compare.PrimaryFamily(ctx, f.compareParams(), in)
	effects := slices.DeleteFunc(truth.Effects, func(e simulate.Effect) bool { return e.Platform != "standardised" })
	return effects, rows, err
}
