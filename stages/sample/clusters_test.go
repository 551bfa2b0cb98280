package sample

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"diplometrics/datasets"

	"gonum.org/v1/gonum/stat"
	"pgregory.net/rapid"
)

// posts makes the integer-valued, heavy-tailed interactions of accounts that
// post unequally.
func posts(accounts, total int, seed uint64) [][]float64 {
	rng := rand.New(rand.NewPCG(seed, 1))
	share := make([]float64, accounts)
	var sum float64
	for i := range share {
		share[i] = rng.ExpFloat64()
		sum += share[i]
	}
	values := make([][]float64, accounts)
	for i := range values {
		level := rng.ExpFloat64() * 100
		for range int(share[i] / sum * float64(total)) {
			x := rng.ExpFloat64()
			values[i] = append(values[i], float64(int(level*x*x)))
		}
	}
	return values
}

// writtenOut are the values of the clusters, each taken times[i] times: what
// the sufficient statistics stand for.
func writtenOut(values [][]float64, times []int) (out []float64) {
	for i, n := range times {
		out = append(out, slices.Repeat(values[i], n)...)
	}
	return out
}

// Draw by draw, the median is that of Median over the values written out, to
// the bit, and the mean is that of their sum in any order, to rounding.
func TestClustersMatchTheNaiveBootstrap(t *testing.T) {
	fractions := posts(30, 3_000, 5)
	for _, v := range fractions {
		for i := range v {
			v[i] = math.Log1p(v[i] / 7)
		}
	}
	for what, values := range map[string][][]float64{
		"counts": posts(200, 20_000, 4), "fractions": fractions, "one post each": {{3}, {1}, {2}, {2}},
		"some without posts": {nil, {1, 1, 1, 5}, {}, {2, 9}, nil}, "all equal": {{4, 4, 4}, {4}, {4, 4}},
	} {
		c := NewClusters(values)
		term := Term{Weight: 1, Clusters: c.Len(), Source: NewLEcuyer("3")}
		term.Statistic = func(times []int) datasets.Opt[float64] {
			out := writtenOut(values, times)
			got, want := c.Median(times), Median(out)
			if got != want {
				t.Errorf("%s, times %v: median %v, want %v", what, times, got, want)
			}
			mean := c.Mean(times)
			if mean.OK != (len(out) > 0) {
				t.Errorf("%s, times %v: mean %v of %d values", what, times, mean, len(out))
			}
			if mean.OK {
				near(t, what+" mean", mean.V, stat.Mean(out, nil), 1e-12*math.Abs(mean.V))
			}
			return got
		}
		drawResamples(300, []Term{term})
	}
}

func TestClustersProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.Float64Range(-5, 5), rapid.Map(rapid.IntRange(0, 3), func(i int) float64 { return float64(i) }))
		values := rapid.SliceOfN(rapid.SliceOfN(value, 0, 60), 1, 6).Draw(t, "values")
		times := rapid.SliceOfN(rapid.IntRange(0, 4), len(values), len(values)).Draw(t, "times")
		c := NewClusters(values)
		out := writtenOut(values, times)
		if got, want := c.Median(times), Median(out); got != want {
			t.Fatalf("median %v, want %v", got, want)
		}
		mean := c.Mean(times)
		if mean.OK != (len(out) > 0) {
			t.Fatalf("mean %v of %d values", mean, len(out))
		}
		if mean.OK && (mean.V < slices.Min(out)-1e-9 || mean.V > slices.Max(out)+1e-9) {
			t.Fatalf("mean %v is outside of the values", mean.V)
		}
	})
}

func TestClustersRefuse(t *testing.T) {
	for what, values := range map[string][][]float64{
		"nothing": nil, "no posts": {nil, {}}, "NaN": {{1}, {math.NaN(), 2}}, "Inf": {{1}, {math.Inf(-1)}},
	} {
		c := NewClusters(values)
		times := once(len(values))
		if c.Mean(times).OK || c.Median(times).OK {
			t.Errorf("%s: mean %v, median %v", what, c.Mean(times), c.Median(times))
		}
	}
	huge := NewClusters([][]float64{{math.MaxFloat64}, {math.MaxFloat64}})
	if huge.Mean([]int{1, 1}).OK {
		t.Error("a sum beyond a float is absent")
	}
}

func TestClustersAllocateNothing(t *testing.T) {
	values := posts(20, 1_000, 6)
	before := make([][]float64, len(values))
	for i, v := range values {
		before[i] = slices.Clone(v)
	}
	c := NewClusters(values)
	if !slices.EqualFunc(values, before, slices.Equal) {
		t.Error("the values were changed")
	}
	times := once(c.Len())
	if n := testing.AllocsPerRun(100, func() { c.Mean(times); c.Median(times) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// The bar is half a second for building, mean and median together, on two
// cores: 10,000 resamples of three countries of 200 accounts, 1,000,000 posts.
func BenchmarkClusterBootstrap(b *testing.B) {
	countries := make([][][]float64, 3)
	n := 0
	for i := range countries {
		countries[i] = posts(200, 333_500, uint64(i))
		for _, v := range countries[i] {
			n += len(v)
		}
	}
	if n < 1_000_000 {
		b.Fatalf("only %d posts", n)
	}
	country := func(i int) {
		c := NewClusters(countries[i])
		Bootstrap(10_000, Term{1, c.Len(), c.Mean, NewLEcuyer(fmt.Sprint(i))})
		Bootstrap(10_000, Term{1, c.Len(), c.Median, NewLEcuyer(fmt.Sprint(i))})
	}
	b.Run("all on one core", func(b *testing.B) {
		for b.Loop() {
			for i := range countries {
				country(i)
			}
		}
	})
	b.Run("all, a country a goroutine", func(b *testing.B) {
		for b.Loop() {
			var wait sync.WaitGroup
			for i := range countries {
				wait.Go(func() { country(i) })
			}
			wait.Wait()
		}
	})
	c := make([]*Clusters, len(countries))
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			for i, v := range countries {
				c[i] = NewClusters(v)
			}
		}
	})
	b.Run("mean", func(b *testing.B) {
		for b.Loop() {
			for i, c := range c {
				Bootstrap(10_000, Term{1, c.Len(), c.Mean, NewLEcuyer(fmt.Sprint(i))})
			}
		}
	})
	b.Run("median", func(b *testing.B) {
		for b.Loop() {
			for i, c := range c {
				Bootstrap(10_000, Term{1, c.Len(), c.Median, NewLEcuyer(fmt.Sprint(i))})
			}
		}
	})
	b.Run("naive median, 10 resamples", func(b *testing.B) {
		for b.Loop() {
			for i, v := range countries {
				drawResamples(10, []Term{{1, len(v), func(times []int) datasets.Opt[float64] { return Median(writtenOut(v, times)) }, NewLEcuyer(fmt.Sprint(i))}})
			}
		}
	})
}

// What a simulated study asks for: few accounts, counted or drawn.
func BenchmarkSmallBootstrap(b *testing.B) {
	for _, g := range []int{4, 6, 8, 20} {
		values := posts(g, 50*g, 9)
		c := NewClusters(values)
		b.Run(fmt.Sprintf("mean of %d accounts", g), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Bootstrap(1_999, Term{1, g, c.Mean, NewLEcuyer("1")})
			}
		})
		b.Run(fmt.Sprintf("difference of %d and %d", g, g), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Bootstrap(1_999, Term{1, g, c.Mean, NewLEcuyer("1")}, Term{-1, g, c.Mean, NewLEcuyer("1")})
			}
		})
	}
}
