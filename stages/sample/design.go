package sample

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// design is a checked regression problem. Its columns are made orthonormal, so
// that no choice of units or origins for the covariates costs digits.
type design struct {
	n, k         int
	y            []float64
	offset       []float64
	q            *mat.Dense // n by k, orthonormal columns spanning those of x
	back         *mat.Dense // coefficients of x = back * coefficients of q
	lnFactorials float64    // sum of ln y!
}

func newDesign(x [][]float64, y []int64, offset []float64) (*design, error) {
	n := len(x)
	if len(y) != n || offset != nil && len(offset) != n {
		panic("sample: design, counts and offset differ in length")
	}
	if n == 0 {
		return nil, errors.New("no rows")
	}
	k := len(x[0])
	if k == 0 || n < k {
		return nil, fmt.Errorf("%d rows for %d coefficients", n, k)
	}
	d := &design{n: n, k: k, y: make([]float64, n), offset: make([]float64, n)}
	a := mat.NewDense(n, k, nil)
	events := false
	for i, row := range x {
		if len(row) != k {
			panic("sample: rows of the design differ in length")
		}
		for j, v := range row {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("row %d, column %d: %v is no finite number", i+1, j+1, v)
			}
			a.Set(i, j, v)
		}
		if y[i] < 0 {
			return nil, fmt.Errorf("row %d: negative count %d", i+1, y[i])
		}
		if offset != nil {
			if math.IsNaN(offset[i]) || math.IsInf(offset[i], 0) {
				return nil, fmt.Errorf("row %d: offset %v is no finite number; leave out rows without exposure", i+1, offset[i])
			}
			d.offset[i] = offset[i]
		}
		d.y[i] = float64(y[i])
		l, _ := math.Lgamma(d.y[i] + 1)
		d.lnFactorials += l
		events = events || y[i] > 0
	}
	if !events {
		return nil, errors.New("no row has an event")
	}
	if column := d.orthonormalise(a); column > 0 {
		return nil, fmt.Errorf("column %d is 0 or a combination of the columns before it", column)
	}
	if i := d.separation(); i >= 0 {
		return nil, fmt.Errorf("no finite fit: the columns tell some rows without events (one is row %d) from all rows with events, so that a coefficient runs to infinity", i+1)
	}
	return d, nil
}

// orthonormalise sets q and back by Gram and Schmidt's process, each column
// swept twice so that rounding leaves it orthogonal. (gonum's mat.QR gives q
// only as a square of the number of rows.) It returns the number, from 1, of
// the first column that the ones before it leave nothing of, or 0.
func (d *design) orthonormalise(x *mat.Dense) int {
	d.q, d.back = mat.NewDense(d.n, d.k, nil), mat.NewDense(d.k, d.k, nil)
	for j := range d.k {
		v, b := mat.Col(nil, j, x), make([]float64, d.k)
		length := floats.Norm(v, 2)
		if length == 0 {
			return j + 1
		}
		floats.Scale(1/length, v)
		b[j] = 1 / length
		for range 2 {
			for i := range j {
				q := mat.Col(nil, i, d.q)
				shadow := floats.Dot(q, v)
				floats.AddScaled(v, -shadow, q)
				floats.AddScaled(b, -shadow, mat.Col(nil, i, d.back))
			}
		}
		rest := floats.Norm(v, 2)
		if rest < 1e-9 {
			return j + 1
		}
		floats.Scale(1/rest, v)
		floats.Scale(1/rest, b)
		d.q.SetCol(j, v)
		d.back.SetCol(j, b)
	}
	return 0
}

// covariance carries the leading k by k block of a covariance of the
// coefficients of q over to those of x.
func (d *design) covariance(v mat.Symmetric) *mat.SymDense {
	block := mat.NewSymDense(d.k, nil)
	for i := range d.k {
		for j := i; j < d.k; j++ {
			block.SetSym(i, j, v.At(i, j))
		}
	}
	var product mat.Dense
	product.Product(d.back, block, d.back.T())
	c := mat.NewSymDense(d.k, nil)
	for i := range d.k {
		for j := i; j < d.k; j++ {
			c.SetSym(i, j, product.At(i, j))
		}
	}
	return c
}

// start returns the coefficients of one rate for all rows, as far as the
// columns can give it.
func (d *design) start() []float64 {
	var exposure float64
	for _, o := range d.offset {
		exposure += math.Exp(o)
	}
	level := make([]float64, d.n)
	floats.AddConst(math.Log(floats.Sum(d.y)/exposure), level)
	theta := make([]float64, d.k)
	mat.NewVecDense(d.k, theta).MulVec(d.q.T(), mat.NewVecDense(d.n, level))
	return theta
}

// score holds the derivatives of one row's log likelihood by the linear
// predictor (eta) and by ln alpha (log): first, second and crossed.
type score struct{ eta, eta2, log, log2, cross float64 }

// likelihood returns the log likelihood of the count y, without -ln y!, and
// its derivatives.
type likelihood func(y, eta, lnAlpha float64) (float64, score)

// place is the maximum of a log likelihood.
type place struct {
	theta   []float64     // coefficients of q and, where the model has it, ln alpha last
	height  float64       // log likelihood without the terms -ln y!
	inverse *mat.SymDense // of the negative Hessian
	scores  []score       // of each row
}

// maximise climbs from theta by Newton's steps, halved where they overshoot
// and ridged where the likelihood is not concave. theta is overwritten.
func (d *design) maximise(theta []float64, row likelihood) (place, error) {
	p := len(theta)
	here := d.height(theta, row)
	last := math.Inf(1)
	step := mat.NewVecDense(p, nil)
	for range 200 {
		gradient, curve, _ := d.slopes(theta, row)
		var chol mat.Cholesky
		concave := chol.Factorize(curve)
		if concave && chol.Cond() > 1e13 || !concave && !ridged(&chol, curve) {
			break
		}
		if err := chol.SolveVecTo(step, gradient); err != nil && !errors.As(err, new(mat.Condition)) {
			break
		}
		shift := d.shift(step)
		// A small step that no longer shrinks is rounding.
		if concave && (shift < 1e-9 || shift < 1e-5 && shift > last/2) {
			// The step is below what rounding lets the height show, and what
			// is left after it is its square.
			floats.Add(theta, step.RawVector().Data)
			_, curve, scores := d.slopes(theta, row)
			inverse := mat.NewSymDense(p, nil)
			if !chol.Factorize(curve) {
				break
			}
			if err := chol.InverseTo(inverse); err != nil && !errors.As(err, new(mat.Condition)) {
				break
			}
			return place{theta, d.height(theta, row), inverse, scores}, nil
		}
		last = shift
		size := 1.0
		next := make([]float64, p)
		for ; size > 1e-15; size /= 2 {
			floats.AddScaledTo(next, theta, size, step.RawVector().Data)
			if there := d.height(next, row); there >= here-1e-13*math.Abs(here) && !math.IsInf(there, 0) {
				here = there
				break
			}
		}
		if size <= 1e-15 {
			break
		}
		theta = next
	}
	return place{}, errors.New("no convergence")
}

// separation returns a row without events whose mean can run to 0 at no cost,
// so that the likelihood has no top, or -1: there is a change of the
// coefficients that leaves the predictor of every row with an event, raises no
// other, and lowers that row's (Santos Silva and Tenreyro 2010, Econ. Lett.
// 107:310-312). Among the changes that leave the rows with events, Newton's
// steps for the least sum of means come to such a one where there is any.
func (d *design) separation() int {
	events := mat.NewSymDense(d.k, nil)
	var zeros []int
	for i, y := range d.y {
		if y > 0 {
			events.SymRankOne(events, 1, d.q.RowView(i))
		} else {
			zeros = append(zeros, i)
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(events, true) {
		return -1
	}
	free := 0
	for _, v := range eigen.Values(nil) { // ascending
		if v < 1e-12 {
			free++
		}
	}
	if free == 0 {
		return -1
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	rows := mat.NewDense(len(zeros), d.k, nil)
	for j, i := range zeros {
		rows.SetRow(j, d.q.RawRowView(i))
	}
	only := &design{n: len(zeros), k: free, y: make([]float64, len(zeros)), offset: make([]float64, len(zeros)), q: mat.NewDense(len(zeros), free, nil)}
	only.q.Mul(rows, vectors.Slice(0, d.k, 0, free))
	theta, step := make([]float64, free), mat.NewVecDense(free, nil)
	for range 100 {
		gradient, curve, _ := only.slopes(theta, poissonRow)
		var chol mat.Cholesky
		if !chol.Factorize(curve) || chol.SolveVecTo(step, gradient) != nil {
			return -1
		}
		if j := only.falling(step); j >= 0 {
			return zeros[j]
		}
		shift := only.shift(step)
		if shift < 1e-9 {
			return -1
		}
		floats.AddScaled(theta, math.Min(1, 2/shift), step.RawVector().Data)
	}
	return -1
}

// falling returns the first row whose predictor the direction lowers, or -1
// where it raises any.
func (d *design) falling(direction *mat.VecDense) int {
	var change mat.VecDense
	change.MulVec(d.q, direction)
	slack := 1e-6 * mat.Norm(&change, math.Inf(1))
	first := -1
	for i := range d.n {
		c := change.AtVec(i)
		if c > slack {
			return -1
		}
		if first < 0 && c < -slack {
			first = i
		}
	}
	return first
}

// ridged factorises the curve with the least ridge, by powers of ten, that
// makes it positive definite.
func ridged(chol *mat.Cholesky, curve *mat.SymDense) bool {
	p := curve.SymmetricDim()
	for ridge := 1e-6; ridge < 1e9; ridge *= 10 {
		raised := mat.NewSymDense(p, nil)
		raised.CopySym(curve)
		for j := range p {
			raised.SetSym(j, j, curve.At(j, j)+ridge*(1+math.Abs(curve.At(j, j))))
		}
		if chol.Factorize(raised) {
			return true
		}
	}
	return false
}

// eta returns the linear predictor.
func (d *design) eta(theta []float64) []float64 {
	eta := make([]float64, d.n)
	mat.NewVecDense(d.n, eta).MulVec(d.q, mat.NewVecDense(d.k, theta[:d.k]))
	floats.Add(eta, d.offset)
	return eta
}

// shift returns the largest change that a step makes to a linear predictor or
// to ln alpha.
func (d *design) shift(step *mat.VecDense) float64 {
	var change mat.VecDense
	change.MulVec(d.q, step.SliceVec(0, d.k))
	largest := mat.Norm(&change, math.Inf(1))
	if step.Len() > d.k {
		largest = math.Max(largest, math.Abs(step.AtVec(d.k)))
	}
	return largest
}

func (d *design) height(theta []float64, row likelihood) float64 {
	var sum float64
	for i, eta := range d.eta(theta) {
		l, _ := row(d.y[i], eta, theta[len(theta)-1])
		sum += l
	}
	return sum
}

// slopes returns the gradient, the negative Hessian, and each row's part.
func (d *design) slopes(theta []float64, row likelihood) (*mat.VecDense, *mat.SymDense, []score) {
	p := len(theta)
	gradient, curve := mat.NewVecDense(p, nil), mat.NewSymDense(p, nil)
	scores := make([]score, d.n)
	for i, eta := range d.eta(theta) {
		_, s := row(d.y[i], eta, theta[p-1])
		scores[i] = s
		q := d.q.RawRowView(i)
		for a, v := range q {
			gradient.SetVec(a, gradient.AtVec(a)+s.eta*v)
			for b := a; b < d.k; b++ {
				curve.SetSym(a, b, curve.At(a, b)-s.eta2*v*q[b])
			}
			if p > d.k {
				curve.SetSym(a, d.k, curve.At(a, d.k)-s.cross*v)
			}
		}
		if p > d.k {
			gradient.SetVec(d.k, gradient.AtVec(d.k)+s.log)
			curve.SetSym(d.k, d.k, curve.At(d.k, d.k)-s.log2)
		}
	}
	return gradient, curve, scores
}
