package enrich

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
)

// sorter sorts records, which are bytes, as bytes.Compare does. It holds some of
// them; when these are many, they go sorted to a file, and all such runs are
// merged in the end. What it holds in memory does not grow with the records.
type sorter struct {
	folder string // of the file of runs
	most   int    // bytes of records that are held

	data  []byte
	spans []span
	count int // records in all
	file  *os.File
	runs  []int64 // where each ends in the file
}

// span is where a record lies in data, with its first 16 bytes, which decide
// most comparisons.
type span struct {
	first, second uint64
	from, to      uint32
}

const (
	sorterBytes = 32 << 20
	runBuffer   = 64 << 10 // of each run that is merged
)

func newSorter(folder string) sorter { return sorter{folder: folder, most: sorterBytes} }

// add takes a record, whose bytes stay the caller's. After an error the sorter
// is of no use.
func (s *sorter) add(record []byte) error {
	if len(s.data)+len(record) > s.most && len(s.data) > 0 {
		if err := s.spill(); err != nil {
			return fmt.Errorf("sort in scratch: %w", err)
		}
	}
	s.count++
	from := len(s.data)
	s.data = append(s.data, record...)
	s.spans = append(s.spans, span{leading(record), leading(record[min(8, len(record)):]), uint32(from), uint32(len(s.data))})
	return nil
}

// leading is the first 8 bytes as a number that sorts as they do.
func leading(b []byte) uint64 {
	if len(b) >= 8 {
		return binary.BigEndian.Uint64(b)
	}
	var first [8]byte
	copy(first[:], b)
	return binary.BigEndian.Uint64(first[:])
}

func (s *sorter) sort() {
	slices.SortFunc(s.spans, func(a, b span) int {
		switch {
		case a.first < b.first:
			return -1
		case a.first > b.first:
			return 1
		case a.second < b.second:
			return -1
		case a.second > b.second:
			return 1
		}
		return bytes.Compare(s.data[a.from:a.to], s.data[b.from:b.to])
	})
}

// spill writes the records that are held as a run: each its length and itself.
func (s *sorter) spill() (err error) {
	if s.file == nil {
		if s.file, err = os.CreateTemp(s.folder, "sort-*"); err != nil {
			return err
		}
	}
	s.sort()
	w := bufio.NewWriterSize(s.file, 1<<18)
	end := int64(0)
	if len(s.runs) > 0 {
		end = s.runs[len(s.runs)-1]
	}
	for _, r := range s.spans {
		n := binary.AppendUvarint(w.AvailableBuffer(), uint64(r.to-r.from))
		w.Write(n)
		w.Write(s.data[r.from:r.to])
		end += int64(len(n)) + int64(r.to-r.from)
	}
	s.runs = append(s.runs, end)
	s.data, s.spans = s.data[:0], s.spans[:0]
	return w.Flush() // which keeps the first error
}

// close removes the file of runs. The sorter is of no use after it.
func (s *sorter) close() error {
	s.data, s.spans = nil, nil
	if s.file == nil {
		return nil
	}
	file := s.file
	s.file = nil
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

// run is a sequence of sorted records: those of the file between two places, or
// those that are held.
type run struct {
	file   *bufio.Reader
	record []byte
	held   []span
}

// next goes to the next record; false at the end.
func (r *run) next(data []byte) (bool, error) {
	if r.file == nil {
		if len(r.held) == 0 {
			return false, nil
		}
		r.record = data[r.held[0].from:r.held[0].to]
		r.held = r.held[1:]
		return true, nil
	}
	n, err := binary.ReadUvarint(r.file)
	if err == io.EOF {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	r.record = slices.Grow(r.record[:0], int(n))[:n]
	if _, err := io.ReadFull(r.file, r.record); err != nil {
		return false, io.ErrUnexpectedEOF
	}
	return true, nil
}

// sorted yields all records in order. A record is valid until the next one.
// Nothing can be added after it.
func (s *sorter) sorted() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		s.sort()
		runs := []*run{{held: s.spans}}
		from := int64(0)
		for _, to := range s.runs {
			runs = append(runs, &run{file: bufio.NewReaderSize(io.NewSectionReader(s.file, from, to-from), runBuffer)})
			from = to
		}
		// A heap: no run's record is below that of runs[(i-1)/2].
		down := func(i int) {
			for {
				least := i
				for _, c := range []int{2*i + 1, 2*i + 2} {
					if c < len(runs) && bytes.Compare(runs[c].record, runs[least].record) < 0 {
						least = c
					}
				}
				if least == i {
					return
				}
				runs[i], runs[least] = runs[least], runs[i]
				i = least
			}
		}
		advance := func(i int) error {
			more, err := runs[i].next(s.data)
			if !more {
				runs[i] = runs[len(runs)-1]
				runs = runs[:len(runs)-1]
			}
			return err
		}
		for i := len(runs) - 1; i >= 0; i-- {
			if err := advance(i); err != nil {
				yield(nil, fmt.Errorf("sort in scratch: %w", err))
				return
			}
		}
		for i := len(runs)/2 - 1; i >= 0; i-- {
			down(i)
		}
		count := 0
		for ; len(runs) > 0; count++ {
			if !yield(runs[0].record, nil) {
				return
			}
			if err := advance(0); err != nil {
				yield(nil, fmt.Errorf("sort in scratch: %w", err))
				return
			}
			down(0)
		}
		if count != s.count {
			yield(nil, fmt.Errorf("sort in scratch: found %d records, wrote %d", count, s.count))
		}
	}
}

// appendText appends text so that records which begin with it sort as the texts
// do, and nothing that follows takes part in that.
func appendText(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if b = append(b, s[i]); s[i] == 0 {
			b = append(b, 0xFF)
		}
	}
	return append(b, 0, 0)
}

// cutText undoes appendText.
func cutText(b []byte) (s string, rest []byte) {
	var text []byte
	for {
		i := bytes.IndexByte(b, 0)
		text = append(text, b[:i]...)
		if b[i+1] == 0 {
			return string(text), b[i+2:]
		}
		text = append(text, 0)
		b = b[i+2:]
	}
}
