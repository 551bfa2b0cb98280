package datasets

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"

	"github.com/zeebo/xxh3"
)

// A run file holds rows of a table between two steps of the pipeline: sections
// of sorted rows, as many as did not fit into memory together. It is no format
// to share: it is read by the program that wrote it, and made again by another.
//
//	name with the version, xxh3 of the table's columns (uint64)
//	blocks: size (uint32), xxh3 of the rows (uint64), rows
//	end: start of each section (uint64 each), their number, magic (uint32)
//
// All numbers are little-endian. A section starts where it says and goes to the
// next; a block holds whole rows. They are not compressed: to save 300 MB a million
// posts cost a twentieth of the time of normalize.
const (
	runEnd    = 0x52554e31
	runBlock  = 64 << 10
	runHeader = 12
)

// RunVersion is raised when run files hold rows in another way. The program reads
// none of another version.
const RunVersion = 2

// RunWriter writes a run file. It is open only inside a section, so that any
// number of runs can be written side by side.
type RunWriter[R any] struct {
	table    *Table[R]
	path     string
	file     *os.File // nil outside a section
	err      error
	at       uint64
	sections []uint64
	block    []byte // room for its header, then its rows
	coder    coder
}

// NewRunWriter creates a run file at path, replacing what is there. The caller
// must call Close.
func (t *Table[R]) NewRunWriter(path string) (*RunWriter[R], error) {
	head := t.runHead()
	if err := os.WriteFile(path, head, 0o666); err != nil {
		return nil, fmt.Errorf("table %s: create a run: %w", t.Name, err)
	}
	return &RunWriter[R]{table: t, path: path, at: uint64(len(head))}, nil
}

// runHead is how a run of the table begins.
func (t *Table[R]) runHead() []byte {
	var columns []byte
	for _, c := range t.Columns {
		columns = fmt.Appendf(columns, "%s %s %t\n", c.Name, c.Kind, c.Nullable)
	}
	return binary.LittleEndian.AppendUint64(fmt.Appendf(nil, "diplometrics run %d\n", RunVersion), xxh3.Hash(columns))
}

func (w *RunWriter[R]) open() {
	if w.err == nil {
		w.file, w.err = os.OpenFile(w.path, os.O_WRONLY|os.O_APPEND, 0)
	}
}

func (w *RunWriter[R]) write(b []byte) {
	if w.err != nil {
		return
	}
	_, w.err = w.file.Write(b)
	w.at += uint64(len(b))
}

// Begin begins a section: what is written until End is in its order by itself.
func (w *RunWriter[R]) Begin() {
	w.open()
	w.sections = append(w.sections, w.at)
	w.block = make([]byte, runHeader, runBlock+ordinaryRow)
}

// End ends the section and returns the first error so far.
func (w *RunWriter[R]) End() error {
	w.flush()
	w.block = nil
	w.close()
	return w.err
}

func (w *RunWriter[R]) close() {
	if w.file != nil {
		w.err = cmp.Or(w.err, w.file.Close())
		w.file = nil
	}
}

// Write appends a row to the section.
func (w *RunWriter[R]) Write(r *R) { w.wrote(w.table.packRow(&w.coder, w.block, r)) }

// WritePacked appends a row as a Pile of the same table holds it.
func (w *RunWriter[R]) WritePacked(row []byte) { w.wrote(append(w.block, row...)) }

func (w *RunWriter[R]) wrote(block []byte) {
	if w.block = block; len(block) >= runBlock {
		w.flush()
	}
}

func (w *RunWriter[R]) flush() {
	rows := w.block[runHeader:]
	if len(rows) == 0 {
		return
	}
	binary.LittleEndian.PutUint32(w.block, uint32(len(rows)))
	binary.LittleEndian.PutUint64(w.block[4:], xxh3.Hash(rows))
	w.write(w.block)
	w.block = w.block[:runHeader]
}

// Close writes the end. It returns the first error of all that was written; the
// file is of no use then.
func (w *RunWriter[R]) Close() error {
	w.open()
	var b []byte
	for _, at := range w.sections {
		b = binary.LittleEndian.AppendUint64(b, at)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(w.sections)))
	w.write(binary.LittleEndian.AppendUint32(b, runEnd))
	w.close()
	return w.err
}

// WriteRun writes rows, in their order, as a run of one section.
func (t *Table[R]) WriteRun(path string, rows []R) error {
	w, err := t.NewRunWriter(path)
	if err != nil {
		return err
	}
	w.Begin()
	for i := range rows {
		w.Write(&rows[i])
	}
	w.End()
	return w.Close()
}

// ReadRun returns the rows of a run file, section after section. See Sections.
func (t *Table[R]) ReadRun(ctx context.Context, path string) iter.Seq2[[]R, error] {
	return func(yield func([]R, error) bool) {
		sections, err := t.Sections(ctx, path)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, s := range sections {
			for rows, err := range s {
				if !yield(rows, err) || err != nil {
					return
				}
			}
		}
	}
}

// Sections returns the sections of a run file, each to be read once, in
// batches of some 64 KiB of text. A batch is valid until the next; its text stays
// and shares memory with all text of the batch. After an error, which comes with
// a nil batch, nothing follows. The file is open only while a batch is read, so
// that any number of sections can be read side by side.
func (t *Table[R]) Sections(ctx context.Context, path string) ([]iter.Seq2[[]R, error], error) {
	fail := func(err error) error { return fmt.Errorf("table %s: %s: read a run: %w", t.Name, path, err) }
	f, err := os.Open(path)
	if err != nil {
		return nil, fail(err)
	}
	defer f.Close()
	starts, err := readEnd(f, t.runHead())
	if err != nil {
		return nil, fail(err)
	}
	var out []iter.Seq2[[]R, error]
	for i := range starts[:len(starts)-1] {
		out = append(out, func(yield func([]R, error) bool) {
			var (
				block, text []byte
				rows        []R
				c           coder
				at          = starts[i]
			)
			for at < starts[i+1] {
				err := ctx.Err()
				if err == nil {
					at, block, text, err = readBlock(path, at, starts[i+1], block)
				}
				if err == nil {
					rows, err = t.takeRows(&c, string(text), rows[:0])
				}
				if err != nil {
					yield(nil, fail(err))
					return
				}
				if !yield(rows, nil) {
					return
				}
			}
		})
	}
	return out, nil
}

func (t *Table[R]) takeRows(c *coder, s string, rows []R) ([]R, error) {
	var err error
	for s != "" && err == nil {
		var zero R
		rows = append(rows, zero)
		s, err = t.unpackRow(c, s, &rows[len(rows)-1])
	}
	return rows, err
}

var errRun = errors.New("not a whole run of this program; remove the file and run again")

// readEnd returns where the sections start and where the last ends.
func readEnd(f *os.File, want []byte) ([]uint64, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	size := uint64(info.Size())
	head, tail := make([]byte, len(want)), make([]byte, 8)
	if size < uint64(len(head)+len(tail)) {
		return nil, errRun
	}
	if _, err := f.ReadAt(head, 0); err != nil {
		return nil, err
	}
	if _, err := f.ReadAt(tail, int64(size)-8); err != nil {
		return nil, err
	}
	n := uint64(binary.LittleEndian.Uint32(tail))
	if !bytes.Equal(head, want) || binary.LittleEndian.Uint32(tail[4:]) != runEnd || size-8-uint64(len(head)) < 8*n {
		return nil, errRun
	}
	b := make([]byte, 8*n)
	end := size - 8 - 8*n
	if _, err := f.ReadAt(b, int64(end)); err != nil {
		return nil, err
	}
	starts := make([]uint64, 0, n+1)
	for i := range n {
		starts = append(starts, binary.LittleEndian.Uint64(b[8*i:]))
	}
	starts = append(starts, end)
	if !slices.IsSorted(starts) || starts[0] < uint64(len(head)) {
		return nil, errRun
	}
	return starts, nil
}

// readBlock reads the block at an offset into a buffer, and returns where it ends,
// the buffer and the rows, which lie in it.
func readBlock(path string, at, limit uint64, buffer []byte) (uint64, []byte, []byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return at, buffer, nil, err
	}
	defer f.Close()
	// What follows the header is read with it: a block is seldom larger.
	n := min(limit-at, runBlock+ordinaryRow)
	buffer = slices.Grow(buffer[:0], int(n))[:n]
	if _, err := f.ReadAt(buffer, int64(at)); err != nil {
		return at, buffer, nil, err
	}
	if len(buffer) < runHeader {
		return at, buffer, nil, errRun
	}
	size, sum := uint64(binary.LittleEndian.Uint32(buffer)), binary.LittleEndian.Uint64(buffer[4:])
	if size > limit-at-runHeader {
		return at, buffer, nil, errRun
	}
	if have := len(buffer); uint64(have) < runHeader+size {
		buffer = slices.Grow(buffer, int(runHeader+size)-have)[:runHeader+size]
		if _, err := f.ReadAt(buffer[have:], int64(at)+int64(have)); err != nil && err != io.EOF {
			return at, buffer, nil, err
		}
	}
	rows := buffer[runHeader : runHeader+size]
	if xxh3.Hash(rows) != sum {
		return at, buffer, nil, errors.New("its bytes are not those that were written; remove the file and run again")
	}
	return at + runHeader + size, buffer, rows, nil
}

// Merged is a row of a merge and the number of the sequence that it is from.
type Merged[R any] struct {
	Row  *R
	From int
}

// MergeRuns yields the rows of sequences, each in the order that order gives, in
// that order over all; rows that are equal in it come in the order of their
// sequences. A row is valid until the next; its text stays.
func MergeRuns[R any](order Order[R], all []iter.Seq2[[]R, error]) iter.Seq2[Merged[R], error] {
	type head struct {
		next func() ([]R, error, bool)
		rows []R
		key  []byte // by the first columns of the order
		tie  []byte // by the others, once it was asked for
		tied bool
		from int
	}
	// Most rows differ in what names them.
	first := order.columns[:min(3, len(order.columns))]
	rest := order.columns[len(first):]
	return func(yield func(Merged[R], error) bool) {
		var heap []*head
		less := func(a, b *head) bool {
			c := bytes.Compare(a.key, b.key)
			if c == 0 {
				for _, h := range [2]*head{a, b} {
					if !h.tied {
						h.tie, h.tied = appendOrder(h.tie[:0], &h.rows[0], rest), true
					}
				}
				c = bytes.Compare(a.tie, b.tie)
			}
			return c < 0 || c == 0 && a.from < b.from
		}
		// advance lets h stand at its next row.
		advance := func(h *head) (more bool, err error) {
			if len(h.rows) > 0 {
				h.rows = h.rows[1:]
			}
			for len(h.rows) == 0 {
				rows, err, ok := h.next()
				if !ok || err != nil {
					return false, err
				}
				h.rows = rows
			}
			h.key, h.tied = appendOrder(h.key[:0], &h.rows[0], first), false
			return true, nil
		}
		down := func(i int) {
			for {
				least := i
				for _, c := range [2]int{2*i + 1, 2*i + 2} {
					if c < len(heap) && less(heap[c], heap[least]) {
						least = c
					}
				}
				if least == i {
					return
				}
				heap[i], heap[least] = heap[least], heap[i]
				i = least
			}
		}
		for i, seq := range all {
			next, stop := iter.Pull2(seq)
			defer stop()
			h := &head{next: next, from: i}
			more, err := advance(h)
			if err != nil {
				yield(Merged[R]{}, err)
				return
			}
			if more {
				heap = append(heap, h)
			}
		}
		for i := len(heap)/2 - 1; i >= 0; i-- {
			down(i)
		}
		for len(heap) > 0 {
			h := heap[0]
			if !yield(Merged[R]{&h.rows[0], h.from}, nil) {
				return
			}
			more, err := advance(h)
			if err != nil {
				yield(Merged[R]{}, err)
				return
			}
			if !more {
				last := len(heap) - 1
				heap[0] = heap[last]
				heap = heap[:last]
			}
			down(0)
		}
	}
}
