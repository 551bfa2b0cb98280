package calibrate

import (
	"bytes"
	"context"
	"encoding/csv"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// few returns the table of so many studies of the cells that match.
func few(t *testing.T, studies int, match func(cell) bool) []Row {
	t.Helper()
	all := slices.DeleteFunc(cells(), func(c cell) bool { return !match(c) })
	rows, err := run(context.Background(), all, studies, 1, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func text(t *testing.T, rows []Row) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteCSV(&b, rows); err != nil {
		t.Fatal(err)
	}
	if err := WriteSummary(&b, rows); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The same seed gives the same bytes on one core and on several.
func TestSameBytesOnAnyNumberOfCores(t *testing.T) {
	match := func(c cell) bool { return c.posting == unequal && c.distribution == logNormal && c.effect == none }
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one := text(t, few(t, 3, match))
	runtime.GOMAXPROCS(4)
	if several := text(t, few(t, 3, match)); several != one {
		t.Errorf("one core gives\n%s\nfour give\n%s", one, several)
	}
}

// Sixty studies a cell show what is grossly wrong: the standard error of a
// coverage of 95 % is 2.8 points.
func TestSixtyStudiesLong(t *testing.T) {
	if os.Getenv("DIPLOMETRICS_LONG") == "" {
		t.Skip("make test-long runs it")
	}
	rows := few(t, 60, func(c cell) bool {
		return c.accounts() == 8 && (len(c.a) == 1 || c.distribution == logNormal && c.effect == none)
	})
	seen := map[string]int{}
	for _, r := range rows {
		if r.Studies != 60 || r.Accounts != 8 {
			t.Errorf("%s: %d studies, %d accounts", r, r.Studies, r.Accounts)
		}
		if r.Coverage.OK != (r.Kind == interval && r.Without <= 0.95) || r.Rejection.OK != (r.Kind == test && r.Without <= 0.95) || r.Width.OK != r.Coverage.OK {
			t.Errorf("%s %s: coverage %v, rejection %v, width %v", r.Kind, r, r.Coverage, r.Rejection, r.Width)
		}
		switch {
		case r.Quantity == contrast && slices.Contains(candidates[:2], r.Method) && r.Outcome != zeroShare:
			seen["t"]++
			if r.Coverage.V < 0.82 {
				t.Errorf("%s covers %v", r, r.Coverage.V)
			}
		case strings.HasPrefix(r.Method, "naive_posts") && r.Kind == test && r.Effect == none && r.Outcome == engagement:
			seen["naive"]++
			if r.Rejection.V < 0.25 {
				t.Errorf("%s rejects %v: posts of one account are not independent, so that it should reject far above 0.05", r, r.Rejection.V)
			}
		case slices.Contains(permutations, r.Method) && r.Effect == none:
			seen["permutation"]++
			// 0.05 and five standard errors of 0.028.
			if r.Rejection.V > 0.19 {
				t.Errorf("%s rejects %v", r, r.Rejection.V)
			}
		}
	}
	// Two methods in eight cells of engagement and four of posting on one
	// platform, and in one of each on three.
	if want := 2 * (8 + 4 + 1 + 1); seen["t"] != want {
		t.Errorf("%d t intervals, want %d", seen["t"], want)
	}
	if seen["naive"] == 0 || seen["permutation"] == 0 {
		t.Errorf("seen %v", seen)
	}
	if bad := TooOften(rows); len(bad) > 0 {
		t.Errorf("rejects too often: %s", bad[0])
	}
}

func TestColumns(t *testing.T) {
	rows := few(t, 2, func(c cell) bool { return c.layout() == "4:4" && c.posting == equal })
	var b bytes.Buffer
	if err := WriteCSV(&b, rows); err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(records[0], Columns) {
		t.Errorf("columns %v", records[0])
	}
	keys := map[string]bool{}
	for _, r := range records[1:] {
		key := strings.Join(r[:10], ",")
		if keys[key] {
			t.Errorf("%s twice", key)
		}
		keys[key] = true
		for _, v := range r {
			if strings.Contains(v, "NaN") || strings.Contains(v, "Inf") {
				t.Errorf("%v", r)
			}
		}
	}
}

// What is computed is what a large simulation gives, within five standard
// errors of it.
func TestTruthIsTheMeanOfManyAccounts(t *testing.T) {
	for _, c := range []cell{
		{[]int{4}, []int{4}, unequal, logNormal, doubled},
		{[]int{4}, []int{4}, equal, zeroInflated, none},
	} {
		p := c.process(0, true)
		r := newRandom(7, 7)
		var y, zero, rate, expected, pooled []float64
		for range 30_000 {
			a := p.draw(r)
			expected = append(expected, float64(len(a.y)))
			if len(a.y) == 0 {
				continue
			}
			y, zero = append(y, a.meanY()), append(zero, a.zeroShare())
			rate = append(rate, a.logRate())
			// One post an account: the mean over posts is dominated by few
			// accounts, but of independent ones its error is known.
			pooled = append(pooled, a.interactions[0])
		}
		check := func(what string, x []float64, want float64) {
			t.Helper()
			i := sample.TInterval(x, confidence)
			mean, se := (i.Low.V+i.High.V)/2, (i.High.V-i.Low.V)/2/1.96
			if !(math.Abs(mean-want) < 5*se) {
				t.Errorf("%s: %s: computed %v, simulated %v with standard error %v", c.name(), what, want, mean, se)
			}
		}
		check(engagement, y, p.meanY())
		check(zeroShare, zero, p.zeroShare())
		check("posts", expected, p.posts*math.Exp(p.postsSpread*p.postsSpread/2))
		check(perPost, pooled, p.meanInteractions())
		if c.posting == unequal {
			// Of equal posting the half post shows: by 1/(8 lambda^2) and less, far
			// below what intervals can see.
			check(posting, rate, p.logRate())
		}
		if median := sample.Median(pooled).V; math.Abs(median-p.medianInteractions()) > 0.03*median+1 {
			t.Errorf("%s: median computed %v, simulated %v", c.name(), p.medianInteractions(), median)
		}
	}
}

func TestTooOften(t *testing.T) {
	row := func(method, effect string, rejection float64) Row {
		return Row{Method: method, Effect: effect, Kind: test, Studies: 2000, Rejection: datasets.Some(rejection)}
	}
	// 0.05 + 3 sqrt(0.05*0.95/2000) = 0.0646.
	rows := []Row{row(permutation, none, 0.064), row(permutation, none, 0.0652), row(permutation, doubled, 0.5), row("welch_t", none, 0.5)}
	if bad := TooOften(rows); len(bad) != 1 || bad[0].Rejection.V != 0.0652 {
		t.Errorf("got %v", bad)
	}
}

func TestPrimary(t *testing.T) {
	row := func(method string, accounts int, coverage, width float64) Row {
		return Row{Quantity: contrast, Kind: interval, Method: method, Accounts: accounts, Studies: 2000, Coverage: datasets.Some(coverage), Width: datasets.Some(width)}
	}
	rows := []Row{
		row(welch, 4, 0.5, 9), row(welch, 8, 0.95, 2), row(welch, 20, 0.971, 1),
		row(pooledT, 8, 0.95, 1.5), row(pooledT, 20, 0.92, 1),
		row(percentile, 8, 0.9, 1), row(percentile, 20, 0.92, 1),
		row(bca, 8, 0.9, 1), row(bca, 20, 0.929, 1),
	}
	method, outside := Primary(rows)
	if method != pooledT || len(outside) != 1 || outside[0].Coverage.V != 0.92 {
		t.Errorf("got %s, outside %v", method, outside)
	}
	// No cell within the bounds names none, nor do so few studies that the Monte
	// Carlo standard error, sqrt(0.95*0.05/n), is above one point: below 475.
	if method, _ := Primary(rows[5:]); method != "" {
		t.Errorf("%s is named on a tie at no cell", method)
	}
	for studies, want := range map[int]string{5: "", 474: "", 475: pooledT} {
		for i := range rows {
			rows[i].Studies = studies
		}
		if method, _ := Primary(rows); method != want {
			t.Errorf("%d studies name %q, want %q", studies, method, want)
		}
		var b bytes.Buffer
		if err := WriteSummary(&b, rows); err != nil {
			t.Fatal(err)
		}
		if named := strings.Contains(b.String(), "The primary interval is"); named != (want != "") || named == strings.Contains(b.String(), "No primary interval is named") {
			t.Errorf("%d studies:\n%s", studies, b.String())
		}
	}
}

// By hand: of 5 of 5 intervals (5+1)/(5+2) = 6/7, and sqrt(6/7*1/7/5) = 0.15649.
// Other shares keep their own.
func TestStandardErrorAtTheBounds(t *testing.T) {
	all := Row{Studies: 10, Without: 0.5, Coverage: datasets.Some(1.0), StandardError: datasets.Some(0.0)}
	none := all
	none.Coverage.V = 0
	for _, r := range []Row{all, none} {
		if se := r.standardError(); math.Abs(se.V-0.156492159287) > 1e-11 {
			t.Errorf("coverage %v: got %v", r.Coverage.V, se)
		}
	}
	if se := (Row{Studies: 10, Coverage: datasets.Some(0.9), StandardError: datasets.Some(0.094)}).standardError(); se.V != 0.094 {
		t.Errorf("got %v", se)
	}
}

// Calibration stops when it is told to.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if rows, err := run(ctx, cells()[:1], 100, 1, func(int, int) {}); err == nil || rows != nil {
		t.Errorf("%d rows, error %v", len(rows), err)
	}
}

// The committed table is what the code gives: its cheapest cell is simulated
// again. Where this fails, run make calibrate.
func TestTableIsUpToDate(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the table was made on amd64; fused multiplication may move its last digits")
	}
	committed, err := os.ReadFile("../calibration.csv")
	if err != nil {
		t.Fatal(err)
	}
	cheap := func(c cell) bool {
		return c.layout() == "2+1+1:1+2+1" && c.distribution == zeroInflated && c.effect == doubled
	}
	var now bytes.Buffer
	if err := WriteCSV(&now, few(t, 2000, cheap)); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(now.String()) {
		if !bytes.Contains(committed, []byte(line)) {
			t.Errorf("not in the table: %s", line)
		}
	}
}
