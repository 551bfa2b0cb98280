package measure

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"io"
	"iter"
	"maps"
	"math"
	"os"
	"slices"

	"diplometrics/datasets"
	"diplometrics/stages/measure/metrics"
	"diplometrics/stages/study"
)

// spilled is a file of what a partition holds, account by account: it takes a
// buffer to read, where the tables of a partition take a hundred megabytes.
type spilled struct{ path string }

// spill writes what a partition holds to a new file in the folder.
func spill(part iter.Seq2[*collected, error], folder string) (*spilled, error) {
	file, err := os.CreateTemp(folder, "partition")
	if err != nil {
		return nil, err
	}
	s := &spilled{file.Name()}
	buf := bufio.NewWriterSize(file, 1<<18)
	var e encoder
	for c, bad := range part {
		if bad != nil {
			err = bad
			break
		}
		e.b, e.texts = e.b[:0], e.texts[:0]
		e.collected(c)
		c.release()
		buf.Write(binary.AppendUvarint(buf.AvailableBuffer(), uint64(len(e.b))))
		buf.Write(e.b) // Flush tells the first error
	}
	if err = cmp.Or(err, buf.Flush(), file.Close()); err != nil {
		s.remove()
		return nil, err
	}
	return s, nil
}

func (s *spilled) remove() { os.Remove(s.path) }

// accounts yields what was written.
func (s *spilled) accounts() iter.Seq2[*collected, error] {
	return func(yield func(*collected, error) bool) {
		file, err := os.Open(s.path)
		if err != nil {
			yield(nil, err)
			return
		}
		defer file.Close()
		buf := bufio.NewReaderSize(file, 1<<16)
		d := decoder{known: map[string]string{}}
		var b []byte
		for {
			n, err := binary.ReadUvarint(buf)
			if err == io.EOF {
				return
			}
			if err == nil {
				b = slices.Grow(b[:0], int(n))[:n]
				_, err = io.ReadFull(buf, b)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			d.reset()
			d.b, d.whole = b, string(b)
			if !yield(d.collected(), nil) {
				return
			}
		}
	}
}

func (e *encoder) collected(c *collected) {
	e.text(c.platform)
	e.text(c.id)
	e.int(c.undated)
	e.int(int64(len(c.held)))
	for _, source := range slices.Sorted(maps.Keys(c.held)) {
		h := c.held[source]
		e.text(source)
		e.present(h.First.OK, h.Observed.OK)
		e.int(int64(h.First.V))
		e.int(int64(h.Observed.V))
	}
	e.int(int64(len(c.posts)))
	for i, p := range c.posts {
		e.post(p)
		e.text(c.sources[i])
	}
}

func (d *decoder) collected() *collected {
	c := &collected{platform: d.text(), id: d.text(), undated: d.int(), held: map[string]*study.Capture{}}
	for range d.int() {
		source, bits := d.text(), d.uint()
		first, observed := datasets.Micros(d.int()), datasets.Micros(d.int())
		c.held[source] = &study.Capture{First: datasets.Opt[datasets.Micros]{V: first, OK: bits&1 != 0}, Observed: datasets.Opt[datasets.Micros]{V: observed, OK: bits&2 != 0}}
	}
	n := d.int()
	c.posts, c.sources = make([]*metrics.Post, n), make([]string, n)
	for i := range c.posts {
		c.posts[i] = c.post()
		d.post(c.posts[i])
		c.sources[i] = d.text()
	}
	return c
}

// postCounts are the integers of a post that may be absent.
func postCounts(p *metrics.Post) [7]*datasets.Opt[int64] {
	c := &p.Counts
	return [...]*datasets.Opt[int64]{&c.Like, &c.Comment, &c.Share, &c.Quote, &c.View, &c.Save, &p.Interactions}
}

// post packs a post as it is collected: Covered comes later.
func (e *encoder) post(p *metrics.Post) {
	var bits uint64
	for i, o := range postCounts(p) {
		if o.OK {
			bits |= 1 << i
		}
	}
	for i, ok := range [...]bool{p.AgeDays.OK, p.Followers.OK, p.Rounded, p.Local} {
		if ok {
			bits |= 1 << (8 + i)
		}
	}
	for i, s := range p.Shares {
		if math.Float64bits(s) != 0 {
			bits |= 1 << (16 + i)
		}
	}
	e.b = binary.AppendUvarint(e.b, bits)
	e.b = binary.AppendUvarint(e.b, uint64(len(p.ID)))
	e.b = append(e.b, p.ID...)
	e.int(int64(p.At))
	e.text(p.Type)
	e.text(p.Media)
	for _, o := range postCounts(p) {
		if o.OK {
			e.int(o.V)
		}
	}
	for _, o := range [...]datasets.Opt[float64]{p.AgeDays, p.Followers} {
		if o.OK {
			e.float(o.V)
		}
	}
	if p.Local {
		e.int(int64(p.Date))
		e.b = append(e.b, byte(p.Hour), byte(p.Weekday))
	}
	e.text(p.Language)
	for _, s := range p.Shares {
		if math.Float64bits(s) != 0 {
			e.float(s)
		}
	}
	e.text(p.Given)
	for _, list := range [...][]string{p.Topics, p.Cross} {
		e.int(int64(len(list)))
		for _, s := range list {
			e.text(s)
		}
	}
}

// post unpacks a post into a new one.
func (d *decoder) post(p *metrics.Post) {
	bits := d.uint()
	n := d.uint()
	at := len(d.whole) - len(d.b)
	p.ID, d.b = d.whole[at:][:n], d.b[n:]
	p.At, p.Type, p.Media = datasets.Micros(d.int()), d.text(), d.text()
	for i, o := range postCounts(p) {
		if o.OK = bits>>i&1 != 0; o.OK {
			o.V = d.int()
		}
	}
	for i, o := range [...]*datasets.Opt[float64]{&p.AgeDays, &p.Followers} {
		if o.OK = bits>>(8+i)&1 != 0; o.OK {
			o.V = d.float()
		}
	}
	p.Rounded, p.Local = bits>>10&1 != 0, bits>>11&1 != 0
	if p.Local {
		p.Date = datasets.Day(d.int())
		p.Hour, p.Weekday = int8(d.b[0]), int8(d.b[1])
		d.b = d.b[2:]
	}
	p.Language = d.text()
	for i := range p.Shares {
		if bits>>(16+i)&1 != 0 {
			p.Shares[i] = d.float()
		}
	}
	p.Given = d.text()
	for _, list := range [...]*[]string{&p.Topics, &p.Cross} {
		for range d.int() {
			*list = append(*list, d.text())
		}
	}
}
