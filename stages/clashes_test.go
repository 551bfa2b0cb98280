package stages

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"diplometrics/plots"
	"diplometrics/stages/simulate"
	"diplometrics/stages/study"
)

// folder gives the files of a study that was run.
type folder string

func (f folder) In(name string) (string, error) {
	return filepath.Join(string(f), filepath.FromSlash(name)), nil
}

func (f folder) Under(name string) (names []string) {
	paths, _ := filepath.Glob(filepath.Join(string(f), filepath.FromSlash(name), "*", "*", "*.parquet"))
	for _, p := range paths {
		rel, _ := filepath.Rel(string(f), p)
		names = append(names, filepath.ToSlash(rel))
	}
	return names
}

// Of both studies that ship, every figure is whole at every size: no text covers
// another or leaves the page, and the typeface has its letters.
func TestFiguresOfStudiesLong(t *testing.T) {
	long(t)
	check := func(t *testing.T, dir string, least int) {
		runStudy(t, dir, "normalize", "audit", "reconcile", "compare", "summarize")
		st, err := study.Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		f := &flow{st: st}
		n := 0
		for _, fig := range plots.All {
			for _, size := range plots.Sizes {
				d, err := f.drawn(context.Background(), fig, size, folder(dir))
				if err != nil {
					t.Fatal(err)
				}
				page, err := fig.Page(d)
				if errors.Is(err, plots.ErrNoData) {
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				n++
				for _, clash := range page.Clashes() {
					t.Errorf("%s, %s: %s", fig.Name, size, clash)
				}
			}
		}
		if n < least*len(plots.Sizes) {
			t.Errorf("only %d pages", n)
		}
	}
	t.Run("thesis", func(t *testing.T) { check(t, copyStudy(t, "../datasets/thesis"), 14) })
	t.Run("demo", func(t *testing.T) {
		dir, _ := simulateStudy(t, simulate.Options{Seed: 2, Accounts: 90, Months: 6})
		check(t, dir, 20)
	})
}
