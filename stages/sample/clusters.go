package sample

import (
	"cmp"
	"slices"

	"diplometrics/datasets"
)

// Clusters holds what the mean and the median of all values need where whole
// clusters are taken any number of times: the values of the posts of each
// account, say. It is built once; its methods read it only, allocate nothing,
// and may run at the same time.
type Clusters struct {
	sums    []float64
	counts  []int
	invalid bool // a value was not finite

	sorted []float64 // all values, ascending
	of     []uint32  // the cluster of each
	block  int
	upto   []uint32 // row r: how many values each cluster has among the first r*block of sorted
}

// NewClusters takes the values of each cluster, in any order; a cluster may be
// empty. Where a value is NaN or infinite, every statistic is absent.
func NewClusters(values [][]float64) *Clusters {
	c := &Clusters{sums: make([]float64, len(values)), counts: make([]int, len(values))}
	n := 0
	for _, v := range values {
		n += len(v)
	}
	type entry struct {
		value   float64
		cluster uint32
	}
	all := make([]entry, 0, n)
	for g, v := range values {
		c.counts[g] = len(v)
		for _, x := range v {
			c.sums[g] += x
			c.invalid = c.invalid || !finite(x)
			all = append(all, entry{x, uint32(g)})
		}
	}
	if c.invalid {
		return c
	}
	slices.SortFunc(all, func(a, b entry) int { return cmp.Compare(a.value, b.value) })
	c.sorted = make([]float64, n)
	c.of = make([]uint32, n)
	// Looking up a row costs a step a cluster and looking through a block a
	// step a value; with as many of one as of the other the rows take no more
	// memory than the values.
	c.block = max(len(values), 16)
	c.upto = make([]uint32, 0, (n/c.block+1)*len(values))
	running := make([]uint32, len(values))
	for i, e := range all {
		if i%c.block == 0 {
			c.upto = append(c.upto, running...)
		}
		running[e.cluster]++
		c.sorted[i], c.of[i] = e.value, e.cluster
	}
	return c
}

// Len is the number of clusters.
func (c *Clusters) Len() int { return len(c.counts) }

// Mean returns the mean of all values where cluster i is taken times[i] times:
// the sum of times*sum by the sum of times*count, so that a cluster weighs as
// much as it has values. Absent where no value is taken.
func (c *Clusters) Mean(times []int) datasets.Opt[float64] {
	c.check(times)
	var sum float64
	n := 0
	for g, t := range times {
		sum += float64(t) * c.sums[g]
		n += t * c.counts[g]
	}
	if n == 0 || c.invalid || !finite(sum) {
		return datasets.None[float64]()
	}
	return datasets.Some(sum / float64(n))
}

// Median returns the median of all values where cluster i is taken times[i]
// times, exactly: what Median gives for the values written out, the mean of
// the two middle ones where their number is even. Absent where no value is
// taken.
func (c *Clusters) Median(times []int) datasets.Opt[float64] {
	c.check(times)
	n := 0
	for g, t := range times {
		n += t * c.counts[g]
	}
	if n == 0 || c.invalid {
		return datasets.None[float64]()
	}
	k := (n - 1) / 2
	// The last row with at most k values before it.
	row, before, end := 0, 0, len(c.upto)/len(times)
	for end-row > 1 {
		mid := (row + end) / 2
		if m := c.before(mid, times); m <= k {
			row, before = mid, m
		} else {
			end = mid
		}
	}
	i := row * c.block
	for {
		before += times[c.of[i]]
		if before > k {
			break
		}
		i++
	}
	low := c.sorted[i]
	for before <= n/2 {
		i++
		before += times[c.of[i]]
	}
	return datasets.Some(low + 0.5*(c.sorted[i]-low))
}

// before is the number of values taken before a row.
func (c *Clusters) before(row int, times []int) int {
	upto := c.upto[row*len(times):][:len(times)]
	n := 0
	for g, t := range times {
		n += t * int(upto[g])
	}
	return n
}

func (c *Clusters) check(times []int) {
	if len(times) != len(c.counts) {
		panic("sample: as many times as clusters are needed")
	}
}
