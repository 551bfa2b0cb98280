package sample

import (
	"errors"
	"fmt"

	"diplometrics/datasets"

	"gonum.org/v1/gonum/mat"
)

// FewClusters is the number of clusters below which ClusterRobust warns: the
// sandwich is right for many clusters (Cameron, Gelbach and Miller 2008, Rev.
// Econ. Stat. 90:414-427).
const FewClusters = 12

// ClusterRobust returns the fit's coefficients with a covariance that allows
// any dependence within a cluster (an account) and none between clusters:
// c * B (sum of s s') B, where B is the inverse of the negative Hessian, s a
// cluster's sum of scores, and c = G/(G-1) * (N-1)/(N-K) with G clusters, N rows
// and K parameters, Alpha among them (Liang and Zeger 1986, Biometrika
// 73:13-22; statsmodels cov_type="cluster", R sandwich::vcovCL type "HC1").
// Tests and intervals take Student's t with G-1 degrees of freedom. cluster
// names each row's cluster. Below FewClusters the coefficients carry a
// warning. A contrast that one cluster settles alone has no standard error:
// the sandwich would show it as if it hardly varied. The error says why there
// is no covariance at all.
func ClusterRobust(f Fit, cluster []int) (Coefficients, error) {
	d := f.design
	if len(cluster) != d.n {
		panic("sample: one cluster is needed for each row")
	}
	p := f.inverse.SymmetricDim()
	index := map[int]int{}
	var sums []*mat.VecDense
	var grams []*mat.SymDense
	for i, c := range cluster {
		g, seen := index[c]
		if !seen {
			g = len(sums)
			index[c] = g
			sums = append(sums, mat.NewVecDense(p, nil))
			grams = append(grams, mat.NewSymDense(d.k, nil))
		}
		for a, v := range d.q.RawRowView(i) {
			sums[g].SetVec(a, sums[g].AtVec(a)+f.scores[i].eta*v)
		}
		if p > d.k {
			sums[g].SetVec(d.k, sums[g].AtVec(d.k)+f.scores[i].log)
		}
		grams[g].SymRankOne(grams[g], 1, d.q.RowView(i))
	}
	count := len(sums)
	if count < 2 {
		return Coefficients{}, errors.New("cluster-robust covariance: all rows are of one cluster")
	}
	if d.n <= p {
		return Coefficients{}, fmt.Errorf("cluster-robust covariance: %d rows for %d parameters", d.n, p)
	}
	meat := mat.NewSymDense(p, nil)
	for _, s := range sums {
		var spread mat.VecDense
		spread.MulVec(f.inverse, s)
		meat.SymRankOne(meat, 1, &spread)
	}
	n, g := float64(d.n), float64(count)
	meat.ScaleSym(g/(g-1)*(n-1)/(n-float64(p)), meat)
	r := f.Coefficients
	r.Cov, r.model = d.covariance(meat), f.Cov
	r.DF = datasets.Some(g - 1)
	r.alone = nil
	for _, gram := range grams {
		var eigen mat.EigenSym
		if !eigen.Factorize(gram, true) {
			return Coefficients{}, errors.New("cluster-robust covariance: no eigenvalues")
		}
		var vectors mat.Dense
		eigen.VectorsTo(&vectors)
		for j, v := range eigen.Values(nil) {
			// The columns of q are orthonormal over all rows: a direction with
			// the whole length within one cluster is 0 outside of it.
			if v > 1-1e-9 {
				r.alone = append(r.alone, mat.VecDenseCopyOf(vectors.ColView(j)))
			}
		}
	}
	r.Warnings = append([]string(nil), f.Warnings...)
	if count < FewClusters {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d clusters, below %d: cluster-robust errors are too small as a rule", count, FewClusters))
	}
	return r, nil
}
