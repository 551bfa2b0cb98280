package sample

import (
	"math"
	"slices"

	"diplometrics/datasets"
)

// Term is one independently resampled part of a statistic: the clusters of
// one country on one platform, say, where a cluster is an account with all its
// posts. A statistic is the sum over its terms of Weight times Statistic: one
// term of weight 1 is an estimate, a second of weight -1 makes it a difference
// of two countries, and weights over platforms standardise it.
type Term struct {
	Weight   float64
	Clusters int
	// Statistic gives the statistic where cluster i is taken times[i] times.
	// times is as long as there are clusters and may hold any numbers from 0;
	// the function neither keeps nor changes it. A result that is not finite
	// counts as absent.
	Statistic func(times []int) datasets.Opt[float64]
	// Source is the term's own stream of random numbers, so that what is drawn
	// for one term moves no other. It is not read where all resamples are
	// counted.
	Source Uniform
}

// Resample is the distribution of a statistic over bootstrap resamples.
type Resample struct {
	// Values are the values of the statistic in ascending order.
	Values []float64
	// Counts says of how many resamples each value stands; nil where each
	// stands for one. Over Total it is the multinomial probability.
	Counts []int64
	// Total is the number of resamples, those without a value included.
	Total int64
	// Absent is the number of resamples for which the statistic is absent. They
	// have no part in Values: an interval speaks of the others only.
	Absent int64
	// Exact says that every possible resample was counted, none drawn.
	Exact bool
}

// Up to how many multisets of clusters a bootstrap counts them all: of one
// term (eight clusters have C(15,8) = 6435), and of all terms together (six
// clusters against six have 462 * 462 = 213,444).
const (
	maxMultisets         = 6_435
	maxMultisetsTogether = 250_000
)

// Bootstrap resamples whole clusters with replacement, as many as there are,
// each term by itself (the cluster bootstrap: Davison and Hinkley 1997,
// Bootstrap Methods and their Application, section 3.8). Where clusters are few
// enough, up to 8 in a term and 250,000 combinations of multisets over all
// terms, every multiset is counted with the number of ordered resamples that
// give it, G!/(m1!...mG!) of G^G, and chance has no part. Otherwise as many
// resamples as draws says are drawn. A term of one cluster never varies: what
// it adds to the uncertainty is not in the result. Without terms, without
// clusters in one, or with nothing drawn, the result has no values.
func Bootstrap(draws int, terms ...Term) Resample {
	if len(terms) == 0 {
		return Resample{}
	}
	together, few := 1, true
	for _, t := range terms {
		if t.Clusters < 1 {
			return Resample{}
		}
		if n := multisets(t.Clusters); few && n <= maxMultisets {
			together *= n
			few = together <= maxMultisetsTogether
		} else {
			few = false
		}
	}
	if few {
		return enumerate(terms)
	}
	return drawResamples(draws, terms)
}

// NewResample is the distribution of replicates that were computed elsewhere,
// each standing for one resample.
func NewResample(replicates []datasets.Opt[float64]) Resample {
	r := Resample{Total: int64(len(replicates))}
	for _, v := range replicates {
		r.add(v)
	}
	slices.Sort(r.Values)
	return r
}

func (r *Resample) add(v datasets.Opt[float64]) {
	if !v.OK || !finite(v.V) {
		r.Absent++
		return
	}
	r.Values = append(r.Values, v.V)
}

func drawResamples(draws int, terms []Term) Resample {
	r := Resample{Total: int64(max(draws, 0)), Values: make([]float64, 0, max(draws, 0))}
	most := 0
	for _, t := range terms {
		most = max(most, t.Clusters)
	}
	scratch := make([]int, most)
	for range draws {
		sum := datasets.Some(0.0)
		for _, t := range terms {
			times := scratch[:t.Clusters]
			take(times, t.Source)
			sum = plus(sum, t, times)
		}
		r.add(sum)
	}
	slices.Sort(r.Values)
	return r
}

// take sets how often each of the clusters is taken in one resample: as many
// numbers as there are clusters, each of which takes cluster floor(u*n).
func take(times []int, u Uniform) {
	clear(times)
	for range times {
		times[below(u, len(times))]++
	}
}

// plus adds a term to a sum. It is absent where either is.
func plus(sum datasets.Opt[float64], t Term, times []int) datasets.Opt[float64] {
	if !sum.OK {
		return sum
	}
	v := t.Statistic(times)
	if !v.OK || !finite(v.V) {
		return datasets.None[float64]()
	}
	return datasets.Some(sum.V + t.Weight*v.V)
}

// multisets is C(2g-1, g), the number of ways to take g of g with replacement
// without regard to order, or more than any bound where that is large.
func multisets(g int) int {
	if g > 16 {
		return math.MaxInt
	}
	n := 1
	for k := 1; k <= g; k++ {
		n = n * (g - 1 + k) / k
	}
	return n
}

// tally is a value and the number of ordered resamples that give it.
type tally struct {
	value float64
	count int64
}

func enumerate(terms []Term) Resample {
	r := Resample{Total: 1, Exact: true}
	sums := []tally{{0, 1}}
	for i, t := range terms {
		part := enumerateTerm(t)
		for range t.Clusters {
			r.Total *= int64(t.Clusters)
		}
		if i == 0 {
			sums = part
			continue
		}
		sums = product(sums, part)
	}
	r.Values = make([]float64, 0, len(sums))
	r.Counts = make([]int64, 0, len(sums))
	r.Absent = r.Total
	for _, s := range sums {
		if !finite(s.value) {
			continue
		}
		r.Values = append(r.Values, s.value)
		r.Counts = append(r.Counts, s.count)
		r.Absent -= s.count
	}
	return r
}

// enumerateTerm returns the weighted values of all multisets for which the
// statistic is not absent.
func enumerateTerm(t Term) []tally {
	times := make([]int, t.Clusters)
	all := make([]tally, 0, multisets(t.Clusters))
	// place decides how often the clusters from g on are taken, left in all;
	// ways is the number of orders of those before among all places.
	var place func(g, left int, ways int64)
	place = func(g, left int, ways int64) {
		if g == len(times)-1 {
			times[g] = left
			if v := plus(datasets.Some(0.0), t, times); v.OK {
				all = append(all, tally{v.V, ways})
			}
			return
		}
		choose := int64(1)
		for m := 0; m <= left; m++ {
			times[g] = m
			place(g+1, left-m, ways*choose)
			choose = choose * int64(left-m) / int64(m+1)
		}
	}
	place(0, t.Clusters, 1)
	return sortTallies(all)
}

// sortTallies sorts by value, in place, and joins equal values.
func sortTallies(all []tally) []tally {
	// The values are finite: cmp.Compare would look for NaN at every step.
	slices.SortFunc(all, func(a, b tally) int {
		switch {
		case a.value < b.value:
			return -1
		case a.value > b.value:
			return 1
		}
		return 0
	})
	return joinEqual(all)
}

// joinEqual joins equal values of sorted tallies, in place.
func joinEqual(all []tally) []tally {
	kept := all[:0]
	for _, a := range all {
		if n := len(kept); n > 0 && kept[n-1].value == a.value {
			kept[n-1].count += a.count
			continue
		}
		kept = append(kept, a)
	}
	return kept
}

// product is the distribution of the sum of two independent parts, both sorted
// by value. Each value of a gives a sorted run of sums; the runs are merged two
// by two, which takes about half the time of sorting them anew.
func product(a, b []tally) []tally {
	runs := make([]tally, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			runs = append(runs, tally{x.value + y.value, x.count * y.count})
		}
	}
	merged := make([]tally, len(runs))
	for run := len(b); run < len(runs); run *= 2 {
		for from := 0; from < len(runs); from += 2 * run {
			mid, to := min(from+run, len(runs)), min(from+2*run, len(runs))
			left, right := runs[from:mid], runs[mid:to]
			out := merged[from:to]
			for i := range out {
				if len(right) == 0 || len(left) > 0 && left[0].value <= right[0].value {
					out[i], left = left[0], left[1:]
				} else {
					out[i], right = right[0], right[1:]
				}
			}
		}
		runs, merged = merged, runs
	}
	return joinEqual(runs)
}

// Estimate is the statistic of the data themselves, each cluster taken once:
// the sum over the terms of Weight times Statistic. Absent where a term is.
func Estimate(terms ...Term) datasets.Opt[float64] {
	if len(terms) == 0 {
		return datasets.None[float64]()
	}
	sum := datasets.Some(0.0)
	for _, t := range terms {
		sum = plus(sum, t, once(t.Clusters))
	}
	return sum
}

// Jackknife returns, for each term, the whole statistic without each of the
// term's clusters in turn (Efron and Tibshirani 1993, An Introduction to the
// Bootstrap, chapter 11). It is nil where any of these is absent, as where a
// term has one cluster only.
func Jackknife(terms ...Term) [][]float64 {
	out := make([][]float64, len(terms))
	for i, left := range terms {
		rest := datasets.Some(0.0)
		for j, t := range terms {
			if j != i {
				rest = plus(rest, t, once(t.Clusters))
			}
		}
		times := once(left.Clusters)
		out[i] = make([]float64, len(times))
		for g := range times {
			times[g] = 0
			v := plus(rest, left, times)
			times[g] = 1
			if !v.OK {
				return nil
			}
			out[i][g] = v.V
		}
	}
	return out
}

func once(clusters int) []int {
	times := make([]int, max(clusters, 0))
	for i := range times {
		times[i] = 1
	}
	return times
}

// Quantile returns the quantile of type 7 of Hyndman and Fan (1996) over the
// resamples that have a value, each value standing as often as Counts says:
// linear between the order statistics at (n-1)p of the n ordered resamples.
// Absent where there is none or p is outside 0 to 1.
func (r Resample) Quantile(p float64) datasets.Opt[float64] {
	n := r.Total - r.Absent
	if n < 1 || !(p >= 0 && p <= 1) {
		return datasets.None[float64]()
	}
	h := float64(n-1) * p
	i := int64(h)
	low, high := r.at(i)
	return datasets.Some(low + (h-float64(i))*(high-low))
}

// at returns the values at i and i+1, from 0, of the ordered resamples, the
// last where there is none after it.
func (r Resample) at(i int64) (low, high float64) {
	last := len(r.Values) - 1
	if r.Counts == nil {
		return r.Values[i], r.Values[min(int(i)+1, last)]
	}
	k := 0
	for i >= r.Counts[k] && k < last {
		i -= r.Counts[k]
		k++
	}
	if i+1 < r.Counts[k] || k == last {
		return r.Values[k], r.Values[k]
	}
	return r.Values[k], r.Values[k+1]
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
