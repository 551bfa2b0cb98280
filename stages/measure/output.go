package measure

import (
	"bufio"
	"cmp"
	"iter"
	"os"
	"slices"
	"sync"

	"diplometrics/datasets"
)

// Output is what the stage writes but for the scores of posts: tables, each
// sorted by its key. Their batches are valid until the next. Tables may be read
// side by side.
type Output struct {
	Rows    int64 // of Values
	Absent  int64 // of them, those without a value
	Metrics int   // that Values is of
	Undated int64 // posts without a time, which belong to no period

	accounts                        []datasets.Account
	rank                            []int32 // of accounts in the order of tables
	values, periods, counts, curves []piece
	columns, points                 []column // of values and of curves
	store                           store
}

func newOutput(in *Input) *Output {
	accounts := in.Accounts
	o := &Output{accounts: accounts, rank: make([]int32, len(accounts)), store: store{folder: in.Scratch, most: cmp.Or(in.held, heldMost)}}
	order := make([]int, len(accounts))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		return cmp.Or(cmp.Compare(accounts[i].Platform, accounts[j].Platform), cmp.Compare(accounts[i].AccountID, accounts[j].AccountID))
	})
	for place, i := range order {
		o.rank[i] = int32(place)
	}
	return o
}

// Close gives up what the tables are read from.
func (o *Output) Close() error { return o.store.close() }

// take adds what an account gives.
func (o *Output) take(r *measured) error {
	block, err := o.store.put(r.block)
	if err != nil {
		return err
	}
	for _, t := range []struct{ from, to *[]piece }{{&r.values, &o.values}, {&r.periods, &o.periods}, {&r.counts, &o.counts}, {&r.curves, &o.curves}} {
		for _, p := range *t.from {
			p.block = block
			*t.to = append(*t.to, p)
		}
	}
	o.Rows += r.rows
	o.Absent += r.absent
	o.Undated += r.undated
	return nil
}

// Values are the values of every metric, account and period.
func (o *Output) Values() iter.Seq2[[]datasets.Value, error] {
	return unpacked(o, o.values, o.columns, func(d *decoder, c *column, a *datasets.Account, r *datasets.Value) {
		*r = datasets.Value{Metric: c.name, Part: c.part, Unit: c.unit, Platform: a.Platform, AccountID: a.AccountID}
		d.value(r)
	})
}

// Periods are the counts and sums of every account and period.
func (o *Output) Periods() iter.Seq2[[]datasets.AccountPeriod, error] {
	return unpacked(o, o.periods, []column{{}}, func(d *decoder, _ *column, a *datasets.Account, r *datasets.AccountPeriod) {
		*r = datasets.AccountPeriod{Platform: a.Platform, AccountID: a.AccountID, Country: a.Country}
		d.period(r)
	})
}

// Counts are the distributions of interactions in the study window.
func (o *Output) Counts() iter.Seq2[[]datasets.InteractionCount, error] {
	return unpacked(o, o.counts, []column{{}}, func(d *decoder, _ *column, a *datasets.Account, r *datasets.InteractionCount) {
		*r = datasets.InteractionCount{Platform: a.Platform, AccountID: a.AccountID}
		d.count(r)
	})
}

// Curves are those of accounts in the study window.
func (o *Output) Curves() iter.Seq2[[]datasets.Curve, error] {
	return unpacked(o, o.curves, o.points, func(d *decoder, c *column, a *datasets.Account, r *datasets.Curve) {
		*r = datasets.Curve{Curve: c.name, Country: c.part, Platform: a.Platform, AccountID: a.AccountID}
		d.point(r)
	})
}

// unpacked yields the rows of pieces by column, then by account.
func unpacked[R any](o *Output, pieces []piece, columns []column, unpack func(*decoder, *column, *datasets.Account, *R)) iter.Seq2[[]R, error] {
	const batch = 4096
	return func(yield func([]R, error) bool) {
		place := make([]int32, len(columns))
		for i := range columns {
			for j := range columns {
				if columns[j].compare(columns[i]) < 0 {
					place[i]++
				}
			}
		}
		pieces := slices.SortedFunc(slices.Values(pieces), func(a, b piece) int {
			return cmp.Or(cmp.Compare(place[a.column], place[b.column]), cmp.Compare(o.rank[a.account], o.rank[b.account]))
		})
		d := decoder{known: map[string]string{}}
		most := int32(0)
		for _, p := range pieces {
			most = max(most, p.size)
		}
		buf, rows := make([]byte, 0, most), make([]R, 0, batch)
		for _, p := range pieces {
			var err error
			if d.b, err = o.store.get(p, buf); err != nil {
				yield(nil, err)
				return
			}
			d.reset()
			for len(d.b) > 0 {
				rows = rows[:len(rows)+1] // the whole of the row is set
				unpack(&d, &columns[p.column], &o.accounts[p.account], &rows[len(rows)-1])
				if len(rows) == batch {
					if !yield(rows, nil) {
						return
					}
					rows = rows[:0]
				}
			}
		}
		if len(rows) > 0 {
			yield(rows, nil)
		}
	}
}

// numbering numbers columns as they come up.
type numbering struct {
	mu     sync.Mutex
	number map[column]int
	all    []column
}

func (n *numbering) of(c column) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	i, ok := n.number[c]
	if !ok {
		if n.number == nil {
			n.number = map[column]int{}
		}
		i = len(n.all)
		n.number[c], n.all = i, append(n.all, c)
	}
	return i
}

// list returns the columns by number, as far as there are any.
func (n *numbering) list() []column {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.all)
}

// heldMost is how many bytes of what was computed are held: those of some two
// million posts. Reading a file back takes a call for every column of every
// account.
const heldMost = 64 << 20

// store keeps blocks of bytes: the first in memory, up to most bytes, the others
// in a file of the folder. Where there is no folder, all are held.
type store struct {
	folder string
	most   int
	held   [][]byte
	size   int // of those

	file   *os.File // nil until one is needed
	buf    *bufio.Writer
	starts []int64 // of blocks in the file
	end    int64
}

// put returns the number of the block, which is then the store's.
func (s *store) put(b []byte) (int32, error) {
	if s.file == nil && (s.folder == "" || s.size+len(b) <= s.most) {
		s.held, s.size = append(s.held, b), s.size+len(b)
		return int32(len(s.held) - 1), nil
	}
	if s.file == nil {
		var err error
		if s.file, err = os.CreateTemp(s.folder, "measured"); err != nil {
			return 0, err
		}
		s.buf = bufio.NewWriterSize(s.file, 1<<18)
	}
	s.starts = append(s.starts, s.end)
	s.end += int64(len(b))
	_, err := s.buf.Write(b)
	return int32(len(s.held) + len(s.starts) - 1), err
}

// finish is called between the last put and the first get.
func (s *store) finish() error {
	if s.file == nil {
		return nil
	}
	return s.buf.Flush()
}

// get returns a piece, which is read into buf where it is not held. It may be called side by side.
func (s *store) get(p piece, buf []byte) ([]byte, error) {
	if int(p.block) < len(s.held) {
		return s.held[p.block][p.from:][:p.size], nil
	}
	b := buf[:p.size]
	_, err := s.file.ReadAt(b, s.starts[int(p.block)-len(s.held)]+int64(p.from))
	return b, err
}

func (s *store) close() error {
	if s.file == nil {
		return nil
	}
	name := s.file.Name()
	err := s.file.Close()
	s.file = nil
	return cmp.Or(os.Remove(name), err)
}
