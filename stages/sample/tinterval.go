package sample

import (
	"math"

	"diplometrics/datasets"

	"gonum.org/v1/gonum/stat/distuv"
)

// TContrast is a weighted sum or difference of means with its t interval.
type TContrast struct {
	Difference datasets.Opt[float64]
	SE         datasets.Opt[float64] // standard error of Difference
	DF         datasets.Opt[float64] // degrees of freedom of SE, rarely a whole number
	Interval   Interval
}

// TStratum is what two countries have in one stratum: a value for each account
// on one platform, say, on a scale where means are fair, such as the logarithm.
type TStratum struct {
	A, B   []float64
	Weight float64
}

// TInterval returns Student's interval of the mean, as R's t.test(x). Absent
// below two values, where all are equal (R: "data are essentially constant"),
// and where one is not finite.
func TInterval(x []float64, confidence float64) Interval {
	var m moments
	m.add(x, 1)
	return m.separate(confidence).Interval
}

// Welch returns the difference of the means of a and b with the interval and
// the degrees of freedom of Welch (1947) and Satterthwaite (1946), as R's
// t.test(a, b). The difference is absent where a side is empty; the interval
// where a side has one value, where both are constant, and where a value is
// not finite.
func Welch(a, b []float64, confidence float64) (difference datasets.Opt[float64], i Interval, df datasets.Opt[float64]) {
	var m moments
	m.add(a, 1)
	m.add(b, -1)
	c := m.separate(confidence)
	return c.Difference, c.Interval, c.DF
}

// StratifiedT returns the sum over strata of weight * (mean A - mean B), with
// variance
//
//	V = sum of w^2 (s_a^2/n_a + s_b^2/n_b)
//
// and the degrees of freedom of Satterthwaite (1946, Biometrics Bulletin
// 2:110-114) over all 2k terms v: V^2 / sum of v^2/(n-1). Weights are taken as
// given: they should sum to 1. A stratum of weight 0 has no part. Difference is
// absent where a stratum has an empty side, since leaving the stratum out would
// estimate something else; SE, DF and Interval are also absent where a side
// has one value, which has no variance of its own (StratifiedTPooled borrows
// one), and where all sides are constant. Everything is absent where a number
// is not finite.
func StratifiedT(strata []TStratum, confidence float64) TContrast {
	m := addStrata(strata)
	return m.separate(confidence)
}

// StratifiedTPooled is StratifiedT with one variance for all cells, a cell
// being one side of one stratum: s^2 = sum of squares within cells by (values -
// cells), V = s^2 * sum of w^2 (1/n_a + 1/n_b), with (values - cells) degrees
// of freedom, the t interval of a contrast in a one-way analysis of variance
// (Scheffe 1959, The Analysis of Variance, chapter 3). It takes for granted
// that accounts spread alike in every cell, and in turn carries cells of one
// account. A stratum of weight 0 adds no difference but lends its variance, and
// may have empty sides. SE, DF and Interval are absent where no degree of
// freedom is left and where every cell is constant.
func StratifiedTPooled(strata []TStratum, confidence float64) TContrast {
	m := addStrata(strata)
	return m.pooled(confidence)
}

// StratifiedMean is the weighted sum of the means of cells, one country's
// standardised estimate: StratifiedT with one side only. Difference holds the
// sum.
func StratifiedMean(cells [][]float64, weights []float64, confidence float64) TContrast {
	m := addCells(cells, weights)
	return m.separate(confidence)
}

// StratifiedMeanPooled is StratifiedMean with one variance for all cells, as
// StratifiedTPooled.
func StratifiedMeanPooled(cells [][]float64, weights []float64, confidence float64) TContrast {
	m := addCells(cells, weights)
	return m.pooled(confidence)
}

func addStrata(strata []TStratum) (m moments) {
	for _, s := range strata {
		m.add(s.A, s.Weight)
		m.add(s.B, -s.Weight)
	}
	return m
}

func addCells(cells [][]float64, weights []float64) (m moments) {
	if len(cells) != len(weights) {
		panic("sample: as many weights as cells are needed")
	}
	for i, x := range cells {
		m.add(x, weights[i])
	}
	return m
}

// moments gathers what the intervals of a weighted sum of means need.
type moments struct {
	sum      float64 // of w * mean
	size     float64 // of |w * mean|
	variance float64 // of v = w^2 s^2/n
	spread   float64 // of v^2/(n-1)
	inverse  float64 // of w^2/n
	residual float64 // sum of squares within cells
	df       int     // values less cells
	weighted int     // cells of weight other than 0
	empty    bool    // a weighted cell is empty
	single   bool    // a weighted cell has one value
}

func (m *moments) add(x []float64, weight float64) {
	if weight != 0 {
		m.weighted++
		m.empty = m.empty || len(x) == 0
		m.single = m.single || len(x) == 1
	}
	if len(x) == 0 {
		return
	}
	n := float64(len(x))
	var mean, squares float64
	for _, v := range x {
		mean += v
	}
	mean /= n
	for _, v := range x {
		squares += (v - mean) * (v - mean)
	}
	m.residual += squares
	m.df += len(x) - 1
	m.sum += weight * mean
	m.size += math.Abs(weight * mean)
	m.inverse += weight * weight / n
	if len(x) > 1 {
		v := weight * weight * squares / (n - 1) / n
		m.variance += v
		m.spread += v * v / (n - 1)
	}
}

func (m *moments) separate(confidence float64) TContrast {
	if m.single {
		return m.contrast(math.NaN(), math.NaN(), confidence)
	}
	return m.contrast(m.variance, m.variance*m.variance/m.spread, confidence)
}

func (m *moments) pooled(confidence float64) TContrast {
	df := float64(m.df)
	return m.contrast(m.residual/df*m.inverse, df, confidence)
}

// contrast leaves out what is not finite: the caller passes NaN, or divides 0
// by 0, where there is no variance or no degree of freedom.
func (m *moments) contrast(variance, df, confidence float64) (c TContrast) {
	if m.weighted == 0 || m.empty || !finite(m.sum) || !finite(m.residual) {
		return c
	}
	c.Difference = datasets.Some(m.sum)
	se := math.Sqrt(variance)
	// R's t.test takes data for constant below ten units of rounding.
	const rounding = 10 * 0x1p-52
	if !finite(df) || !(se > rounding*m.size) || !finite(se) {
		return c
	}
	c.SE, c.DF = datasets.Some(se), datasets.Some(df)
	if !(confidence > 0 && confidence < 1) {
		return c
	}
	half := se * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile((1+confidence)/2)
	c.Interval = Interval{datasets.Some(m.sum - half), datasets.Some(m.sum + half)}
	return c
}
