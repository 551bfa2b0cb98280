package compare

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"sync"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// waiting holds the tests whose relabelings are still to be drawn, by shape, so
// that those of one shape take the same draws: dealing labels to some hundred
// accounts takes forty times as long as adding up their values.
type waiting struct {
	mu      sync.Mutex
	byShape map[string][]waitingTest
}

type waitingTest struct {
	row  rowName
	test *sample.Relabeling
}

// rowName names a row of comparisons, or of sensitivity.
type rowName struct{ metric, part, a, b, platform, method, variant string }

func nameOf(r *datasets.Comparison, variant string) rowName {
	return rowName{r.Metric, r.Part, r.CountryA, r.CountryB, r.Platform, r.Method, variant}
}

func (w *waiting) add(row rowName, test *sample.Relabeling) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.byShape == nil {
		w.byShape = map[string][]waitingTest{}
	}
	shape := test.Shape()
	w.byShape[shape] = append(w.byShape[shape], waitingTest{row, test})
}

// draw makes the draws of all waiting tests and returns p by row. Nothing waits
// afterwards.
func (s *study) draw(ctx context.Context) (map[rowName]float64, error) {
	var jobs []func()
	beyond := map[string]*[sample.Rounds][]int64{}
	for _, shape := range slices.Sorted(maps.Keys(s.waiting.byShape)) {
		var tests []*sample.Relabeling
		for _, w := range s.waiting.byShape[shape] {
			tests = append(tests, w.test)
		}
		rounds := &[sample.Rounds][]int64{}
		beyond[shape] = rounds
		for round := range rounds {
			jobs = append(jobs, func() {
				rounds[round] = sample.DrawRound(round, s.stream("relabelings", shape, strconv.Itoa(round)), tests)
			})
		}
	}
	if err := parallel(ctx, jobs); err != nil {
		return nil, err
	}
	ps := map[rowName]float64{}
	for shape, tests := range s.waiting.byShape {
		for i, w := range tests {
			var n int64
			for _, round := range beyond[shape] {
				n += round[i]
			}
			ps[w.row] = w.test.Drawn(n).P
		}
	}
	s.waiting.byShape = nil
	return ps, nil
}

// fillIn sets the p that was drawn for a row, if any was.
func fillIn(r *datasets.Comparison, variant string, drawn map[rowName]float64) {
	if p, ok := drawn[nameOf(r, variant)]; ok {
		r.P = datasets.Some(p)
	}
}
