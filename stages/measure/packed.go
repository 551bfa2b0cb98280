package measure

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"diplometrics/datasets"
)

// column is what the rows of one account that stand together in a table have in
// common: metric and part, or curve and country.
type column struct{ name, part, unit string }

func (c column) compare(d column) int {
	return cmp.Or(cmp.Compare(c.name, d.name), cmp.Compare(c.part, d.part))
}

// piece is where the rows of an account and column lie in a block of the store.
type piece struct {
	account, column int32
	block           int32
	from, size      int32
}

// measured is what one account gives.
type measured struct {
	number  int
	country int // of the input; -1 for none
	scores  []datasets.PostScore
	undated int64

	block                           []byte
	values, periods, counts, curves []piece
	rows, absent                    int64 // of values
}

// packing is what a worker has of one account, and packs: rows of a table are
// ten times as large as what they say.
type packing struct {
	periods []datasets.AccountPeriod
	counts  []datasets.InteractionCount
	curves  []datasets.Curve

	encoder
	order []int32 // of rows
	start []int32 // of columns in order
}

// pack puts the rows of the account into the order of their tables and packs
// them. Two rows of the same key are an error.
func (w *worker) pack(out *measured) error {
	w.b = w.b[:0]
	piece := func(column int, from int) piece {
		return piece{account: int32(out.number), column: int32(column), from: int32(from), size: int32(len(w.b) - from)}
	}
	w.byColumn()
	for i := 0; i < len(w.order); {
		first, end := &w.rows[w.order[i]], i+1
		for end < len(w.order) && w.rows[w.order[end]].column == first.column {
			end++
		}
		rows, from := w.order[i:end], len(w.b)
		i = end
		if err := w.sort(rows); err != nil {
			return err
		}
		w.texts = w.texts[:0]
		for _, r := range rows {
			w.value(&w.rows[r])
			if !w.rows[r].V.OK {
				out.absent++
			}
		}
		out.values, out.rows = append(out.values, piece(first.column, from)), out.rows+int64(len(rows))
	}
	if len(w.periods) > 0 {
		slices.SortFunc(w.periods, func(a, b datasets.AccountPeriod) int { return datasets.AccountPeriods.Compare(&a, &b) })
		from := len(w.b)
		w.texts = w.texts[:0]
		for i := range w.periods {
			w.period(&w.periods[i])
		}
		out.periods = append(out.periods, piece(0, from))
	}
	if len(w.counts) > 0 {
		from := len(w.b)
		for _, c := range w.counts {
			w.int(c.Interactions)
			w.int(c.Posts)
		}
		out.counts = append(out.counts, piece(0, from))
	}
	for rows := w.curves; len(rows) > 0; {
		n := 1
		for n < len(rows) && rows[n].Curve == rows[0].Curve {
			n++
		}
		from := len(w.b)
		w.texts = w.texts[:0]
		for i := range rows[:n] {
			w.point(&rows[i])
		}
		out.curves = append(out.curves, piece(w.m.curves.of(column{name: rows[0].Curve, part: rows[0].Country}), from))
		rows = rows[n:]
	}
	out.block = slices.Clone(w.b)
	return nil
}

// byColumn orders rows by column, those of one as they came.
func (w *worker) byColumn() {
	most := 0
	for i := range w.rows {
		most = max(most, w.rows[i].column)
	}
	w.start = append(w.start[:0], make([]int32, most+2)...)
	for i := range w.rows {
		w.start[w.rows[i].column+1]++
	}
	for i := range w.start[1:] {
		w.start[i+1] += w.start[i]
	}
	w.order = slices.Grow(w.order[:0], len(w.rows))[:len(w.rows)]
	for i := range w.rows {
		c := w.rows[i].column
		w.order[w.start[c]] = int32(i)
		w.start[c]++
	}
}

// sort sorts the rows of one column, which hardly ever takes anything.
func (w *worker) sort(rows []int32) error {
	compare := func(i, j int32) int {
		a, b := &w.rows[i], &w.rows[j]
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Source, b.Source))
	}
	if !slices.IsSortedFunc(rows, compare) {
		slices.SortFunc(rows, compare)
	}
	for i := range rows[1:] {
		if compare(rows[i], rows[i+1]) == 0 {
			r := &w.rows[rows[i]]
			c := w.m.columns.list()[r.column]
			return fmt.Errorf("metric %s: emits two values of part %q for the same %s from %s and source", c.name, c.part, r.Kind, r.From)
		}
	}
	return nil
}

// encoder packs rows that differ little from each other.
type encoder struct {
	b     []byte
	texts []string // that were written: a text is written once
}

func (e *encoder) int(x int64) { e.b = binary.AppendVarint(e.b, x) }

func (e *encoder) float(x float64) {
	e.b = binary.LittleEndian.AppendUint64(e.b, math.Float64bits(x))
}

func (e *encoder) text(s string) {
	i := slices.Index(e.texts, s)
	if i >= 0 {
		e.b = binary.AppendUvarint(e.b, uint64(i))
		return
	}
	e.b = binary.AppendUvarint(e.b, uint64(len(e.texts)))
	e.b = binary.AppendUvarint(e.b, uint64(len(s)))
	e.b = append(e.b, s...)
	e.texts = append(e.texts, s)
}

// present packs which values are there.
func (e *encoder) present(ok ...bool) {
	var bits uint64
	for i, b := range ok {
		if b {
			bits |= 1 << i
		}
	}
	e.b = binary.AppendUvarint(e.b, bits)
}

// decoder unpacks what an encoder packed, in the same order.
type decoder struct {
	b     []byte
	texts []string
	known map[string]string // texts of all accounts: most say the same
	whole string            // of which b is the rest, where there are texts that stand once
}

// reset begins a piece.
func (d *decoder) reset() { d.texts = d.texts[:0] }

func (d *decoder) int() int64 {
	x, n := binary.Varint(d.b)
	d.b = d.b[n:]
	return x
}

func (d *decoder) uint() uint64 {
	if x := d.b[0]; x < 0x80 { // as most are
		d.b = d.b[1:]
		return uint64(x)
	}
	x, n := binary.Uvarint(d.b)
	d.b = d.b[n:]
	return x
}

func (d *decoder) float() float64 {
	x := math.Float64frombits(binary.LittleEndian.Uint64(d.b))
	d.b = d.b[8:]
	return x
}

func (d *decoder) text() string {
	i := d.uint()
	if i < uint64(len(d.texts)) {
		return d.texts[i]
	}
	n := d.uint()
	s, ok := d.known[string(d.b[:n])]
	if !ok {
		if len(d.known) > 1<<12 {
			clear(d.known)
		}
		s = string(d.b[:n])
		d.known[s] = s
	}
	d.b = d.b[n:]
	d.texts = append(d.texts, s)
	return s
}

func (e *encoder) value(r *row) {
	e.present(r.V.OK, r.Low.OK, r.High.OK, r.CI.Low.OK, r.CI.High.OK, r.ExposureDays.OK, r.Flag != "")
	for _, o := range []*datasets.Opt[float64]{&r.V, &r.Low, &r.High, &r.CI.Low, &r.CI.High, &r.ExposureDays} {
		if o.OK {
			e.float(o.V)
		}
	}
	e.text(r.Kind)
	e.int(int64(r.From))
	e.int(int64(r.To - r.From))
	e.text(r.Uncertainty)
	e.int(r.N)
	e.int(r.NObserved)
	e.text(r.Source)
	if r.Flag != "" {
		e.text(r.Flag)
	}
}

func (d *decoder) value(r *datasets.Value) {
	bits := d.uint()
	for i, o := range []*datasets.Opt[float64]{&r.Value, &r.Low, &r.High, &r.CILow, &r.CIHigh, &r.ExposureDays} {
		if o.OK = bits>>i&1 != 0; o.OK {
			o.V = d.float()
		}
	}
	r.PeriodKind = d.text()
	r.PeriodStart = datasets.Day(d.int())
	r.PeriodEnd = r.PeriodStart + datasets.Day(d.int())
	r.Uncertainty = d.text()
	r.N, r.NObserved = d.int(), d.int()
	r.Source = d.text()
	if bits>>6&1 != 0 {
		r.Flag = datasets.Some(d.text())
	}
}

// The numbers of a period, which are packed in this order.
func periodCounts(r *datasets.AccountPeriod) []*datasets.Opt[int64] {
	return []*datasets.Opt[int64]{&r.Posts, &r.PostsObserved, &r.Own, &r.Reposts, &r.Replies, &r.Quotes,
		&r.Like.Known, &r.Like.Sum, &r.Like.Nonzero, &r.Comment.Known, &r.Comment.Sum, &r.Comment.Nonzero, &r.Share.Known, &r.Share.Sum, &r.Share.Nonzero,
		&r.Quote.Known, &r.Quote.Sum, &r.Quote.Nonzero, &r.View.Known, &r.View.Sum, &r.View.Nonzero,
		&r.InteractionsKnown, &r.InteractionsSum, &r.InteractionsZero, &r.RateKnown, &r.Snapshots, &r.First, &r.Last}
}

func periodFloats(r *datasets.AccountPeriod) []*datasets.Opt[float64] {
	return []*datasets.Opt[float64]{&r.ExposureDays, &r.RateSum, &r.LogRateSum, &r.LikesMean, &r.FollowersNow, &r.FollowersMean}
}

func (e *encoder) period(r *datasets.AccountPeriod) {
	var bits uint64
	for i, o := range periodCounts(r) {
		if o.OK {
			bits |= 1 << i
		}
	}
	for i, o := range periodFloats(r) {
		if o.OK {
			bits |= 1 << (32 + i)
		}
	}
	if r.Flag.OK {
		bits |= 1 << 40
	}
	e.b = binary.AppendUvarint(e.b, bits)
	for _, o := range periodCounts(r) {
		if o.OK {
			e.int(o.V)
		}
	}
	for _, o := range periodFloats(r) {
		if o.OK {
			e.float(o.V)
		}
	}
	e.text(r.Basis)
	e.text(r.PeriodKind)
	e.int(int64(r.PeriodStart))
	e.int(int64(r.PeriodEnd - r.PeriodStart))
	e.text(r.Source)
	if r.Flag.OK {
		e.text(r.Flag.V)
	}
}

func (d *decoder) period(r *datasets.AccountPeriod) {
	bits := d.uint()
	for i, o := range periodCounts(r) {
		if o.OK = bits>>i&1 != 0; o.OK {
			o.V = d.int()
		}
	}
	for i, o := range periodFloats(r) {
		if o.OK = bits>>(32+i)&1 != 0; o.OK {
			o.V = d.float()
		}
	}
	r.Basis, r.PeriodKind = d.text(), d.text()
	r.PeriodStart = datasets.Day(d.int())
	r.PeriodEnd = r.PeriodStart + datasets.Day(d.int())
	r.Source = d.text()
	if bits>>40&1 != 0 {
		r.Flag = datasets.Some(d.text())
	}
}

func (d *decoder) count(r *datasets.InteractionCount) { r.Interactions, r.Posts = d.int(), d.int() }

func (e *encoder) point(r *datasets.Curve) {
	e.text(r.Series)
	e.float(r.X)
	e.float(r.Y.V)
	e.int(r.N)
}

func (d *decoder) point(r *datasets.Curve) {
	r.Series, r.X = d.text(), d.float()
	r.Y, r.N = datasets.Some(d.float()), d.int()
}
