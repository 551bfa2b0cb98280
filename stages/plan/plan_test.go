package plan

import (
	"bytes"
	"context"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"diplometrics/datasets"
	"diplometrics/stages/simulate"

	"github.com/xuri/excelize/v2"
)

func design(t *testing.T) Design {
	t.Helper()
	p, err := simulate.ReadParameters("parameters.toml", simulate.DefaultParameters)
	if err != nil {
		t.Fatal(err)
	}
	return Design{Countries: []Side{{"KAZ", 8}, {"UZB", 8}}, Months: 6, Platforms: []string{"facebook"}, Kind: "embassy", Seed: 1, Studies: 1000, Parameters: p}
}

func outcomes(t *testing.T, d Design) []Outcome {
	t.Helper()
	pairs, err := d.pairs(context.Background(), 9, d.populations())
	if err != nil {
		t.Fatal(err)
	}
	return pairs[0].Outcomes
}

// Where an account posts so often that chance in its posts has no part, the log
// of the posting rate is normal, and the plan is that of a two-sample t test with
// 8 on each side and a spread of 0.5. SciPy 1.17.1, the upper tail of stats.nct
// with df = 14, nc = d/0.5 * sqrt(8/2) beyond stats.t.ppf(1 - alpha/2, 14),
// is 0.8 at d = 0.753318 for alpha = 0.05 and at 1.050094 for 0.05/9; the mean
// width 2 * t.ppf(0.975, 14) * 0.5 * sqrt(2/8) * c4(14) is 1.053429.
func TestPlanIsThatOfATTest(t *testing.T) {
	d := design(t)
	d.Studies = 3000
	for i := range d.Parameters.Medians {
		d.Parameters.Medians[i].Posts *= 2000
	}
	p := d.populations()[0]
	pair := &Pair{A: d.Countries[0], B: d.Countries[1]}
	near := func(what string, got, want, tol float64) {
		t.Helper()
		if math.Abs(got-want) > tol {
			t.Errorf("%s: got %.4f, want %.4f", what, got, want)
		}
	}
	near("width", p.width(pair), 1.053429, 0.03)
	near("log ratio at 5 %", math.Log(p.detectable(pair, 0.05)), 0.753318, 0.04)
	near("log ratio at 0.56 %", math.Log(p.detectable(pair, 0.05/9)), 1.050094, 0.05)
}

// More accounts and more months never cost; a strict level finds less.
func TestMoreFindsMore(t *testing.T) {
	d := design(t)
	d.Studies = 300
	base := outcomes(t, d)
	for name, more := range map[string]Design{"accounts": d.times(3, 1), "months": d.times(1, 4)} {
		for i, o := range outcomes(t, more) {
			// Months take away little where accounts differ much.
			if o.Width > base[i].Width*1.02 || o.Alone > base[i].Alone*1.02 {
				t.Errorf("more %s: %s: width %v after %v, ratio %v after %v", name, o.Metric, o.Width, base[i].Width, o.Alone, base[i].Alone)
			}
		}
	}
	for _, o := range base[:2] {
		if !(o.Family >= o.Alone && o.Alone > 1) {
			t.Errorf("%s: %v alone, %v in the family", o.Metric, o.Alone, o.Family)
		}
	}
}

// What cannot be had is not there: an interval below four accounts, a ratio
// where no p can be small enough. Three against three can reach 0.1
// (methods: minimum attainable two-sided p).
func TestTooFew(t *testing.T) {
	d := design(t)
	d.Studies = 200
	d.Countries = []Side{{"KAZ", 3}, {"UZB", 3}}
	pairs, err := d.pairs(context.Background(), 9, d.populations())
	if err != nil {
		t.Fatal(err)
	}
	if p := pairs[0]; math.Abs(p.LeastP-0.1) > 1e-12 || !math.IsNaN(p.Outcomes[0].Width) || !math.IsInf(p.Outcomes[0].Alone, 1) {
		t.Errorf("three against three: %+v", p)
	}
	for _, c := range []Design{{Countries: []Side{{"KAZ", 3}}}, {Countries: []Side{{"KAZ", 3}, {"UZB", 0}}}} {
		if _, err := Run(context.Background(), c, func(int, int) {}); err == nil {
			t.Errorf("%+v: no error", c.Countries)
		}
	}
}

// The same design is the same text, and every pair stands in it.
func TestText(t *testing.T) {
	d := design(t)
	d.Studies, d.Months = 100, 1
	d.Countries = append(d.Countries, Side{"KGZ", 2})
	write := func() string {
		p, err := Run(context.Background(), d, func(int, int) {})
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := p.WriteText(&out); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	first := write()
	if first != write() {
		t.Error("the same design gives another text")
	}
	for _, want := range []string{"KAZ and UZB", "KAZ and KGZ", "UZB and KGZ", "SIMULATED", "9 primary comparisons", "facebook 1400 followers"} {
		if !strings.Contains(first, want) {
			t.Errorf("the text has no %q", want)
		}
	}
	for _, line := range strings.Split(first, "\n") {
		if len([]rune(line)) > 100 || strings.HasSuffix(line, " ") {
			t.Errorf("a line is too long or ends with a space: %q", line)
		}
	}
}

// The sheet has a row for each account and day, with real dates.
func TestSheet(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sheet.xlsx")
	d := design(t)
	s := Sheet{From: datasets.Day(20_000), To: datasets.Day(20_015), Every: 7, Accounts: d.Expected()}
	rows, err := s.Write(path)
	if err != nil || rows != 3*16 {
		t.Fatalf("%d rows, %v", rows, err)
	}
	book, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	cells, err := book.GetRows("snapshots")
	if err != nil || len(cells) != 49 {
		t.Fatalf("%d rows in the workbook, %v", len(cells), err)
	}
	if got := cells[1][:4]; got[0] != "facebook" || got[1] != "FILL IN KAZ 1" || got[3] != datasets.Day(20_000).String() {
		t.Errorf("the first row is %q", got)
	}
}
