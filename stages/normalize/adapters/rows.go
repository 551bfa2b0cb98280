package adapters

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"io"
	"math/bits"
	"slices"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters/jsontape"
)

// cellEnd follows each cell of a row in text that holds several.
const cellEnd = '\x1f'

// cutCells appends the cells of the row that text begins with to cells, each
// followed by cellEnd, and where each ends to ends. The row has n bytes with its
// line end. Where text does not hold the whole row, its quotes break the rules,
// or a cell is not UTF-8, n is 0, and a reader of each byte has to tell what it
// is. Line ends in cells are LF. The dialect is plain.
func (d dialect) cutCells(text, cells []byte, ends []int) (_ []byte, _ []int, n int) {
	line := -1          // the next line end, from i on
	for i := 0; ; i++ { // i is where a cell starts
		start := len(cells)
		if i < len(text) && text[i] == d.quote {
			for {
				i++
				k := bytes.IndexByte(text[i:], d.quote)
				if k < 0 || i+k+1 == len(text) {
					return cells, ends, 0
				}
				cells = appendLines(cells, text[i:i+k])
				if i += k + 1; text[i] != d.quote {
					break
				}
				cells = append(cells, d.quote)
			}
			if bytes.HasPrefix(text[i:], []byte("\r\n")) {
				i++
			}
			if text[i] != '\n' && text[i] != d.delimiter || !datasets.ValidUTF8(cells[start:]) {
				return cells, ends, 0
			}
			ends = append(ends, len(cells))
			cells = append(cells, cellEnd)
			if text[i] == '\n' {
				return cells, ends, i + 1
			}
			continue
		}
		if line < i {
			k := bytes.IndexByte(text[i:], '\n')
			if k < 0 {
				return cells, ends, 0
			}
			line = i + k
		}
		// All cells until the next quote, or until the line ends, are copied at once.
		upTo, last := line, true
		if k := bytes.IndexByte(text[i:line], d.quote); k >= 0 {
			if upTo, last = i+k, false; text[upTo-1] != d.delimiter {
				return cells, ends, 0
			}
		}
		stretch := text[i:upTo]
		if last {
			stretch = bytes.TrimSuffix(stretch, []byte("\r"))
		}
		cells = append(cells, stretch...)
		var ascii bool
		if ends, ascii = appendPlaces(ends, cells[start:], d.delimiter, start); last {
			ends = append(ends, len(cells))
			cells = append(cells, cellEnd)
		}
		if !ascii && !datasets.ValidUTF8(cells[start:]) {
			return cells, ends, 0
		}
		if last {
			return cells, ends, upTo + 1
		}
		i = upTo - 1
	}
}

// appendPlaces appends where c stands in text, counted from first, writes cellEnd
// there, and tells whether text is ASCII.
func appendPlaces(to []int, text []byte, c byte, first int) (_ []int, ascii bool) {
	const each = 0x0101010101010101
	var all uint64
	n := 0
	for ; n+8 <= len(text); n += 8 {
		word := binary.LittleEndian.Uint64(text[n:])
		all |= word
		// A byte that is c has its high bit in found, and no other has.
		other := word ^ each*uint64(c)
		found := ^((other & ^uint64(each<<7)) + ^uint64(each<<7) | other) & (each << 7)
		for ; found != 0; found &= found - 1 {
			at := n + bits.TrailingZeros64(found)/8
			text[at] = cellEnd
			to = append(to, first+at)
		}
	}
	for ; n < len(text); n++ {
		all |= uint64(text[n])
		if text[n] == c {
			text[n] = cellEnd
			to = append(to, first+n)
		}
	}
	return to, all&(each<<7) == 0
}

// appendLines appends text with CR LF as LF.
func appendLines(to, text []byte) []byte {
	for {
		k := bytes.IndexByte(text, '\r')
		if k < 0 {
			return append(to, text...)
		}
		to = append(to, text[:k]...)
		if k+1 == len(text) || text[k+1] != '\n' {
			to = append(to, '\r')
		}
		text = text[k+1:]
	}
}

// rowReader gives rows their cells.
type rowReader struct {
	text  []byte
	ends  []int
	cells []string
	kept  jsontape.Texts
	plain *rowParser
}

// read gives a row that Split left whole its cells. They are good until the next
// row; their text stays.
func (r *rowReader) read(rec *Record) *RecordError {
	if len(rec.Raw) <= maxCommas {
		var n int
		r.text, r.ends, n = dialect{delimiter: rec.delimiter, quote: '"'}.cutCells(rec.Raw, r.text[:0], r.ends[:0])
		if n == len(rec.Raw) {
			rec.text = r.kept.Copy(r.text)
			r.cells = appendCells(r.cells[:0], rec.text, r.ends)
			rec.Raw, rec.Cells = nil, r.cells
			return nil
		}
	}
	if wrong := validRow(rec.Raw, rec.Line); wrong != nil {
		return wrong
	}
	if r.plain == nil {
		r.plain = newRowParser(rune(rec.delimiter))
	}
	if rec.Cells = r.plain.parse(rec.Raw); rec.Cells == nil {
		return wrongQuotes(rec.Raw, rec.Line)
	}
	rec.Raw = nil
	return nil
}

// appendCells appends the cells of a row.
func appendCells(to []string, text string, ends []int) []string {
	size, start := len(to), 0
	to = slices.Grow(to, len(ends))[:size+len(ends)]
	for i, end := range ends {
		to[size+i] = text[start:end]
		start = end + 1
	}
	return to
}

func validRow(raw []byte, line int64) *RecordError {
	if datasets.ValidUTF8(raw) {
		return nil
	}
	return &RecordError{Line: line, Want: "not UTF-8; save the file as \"CSV UTF-8\""}
}

func wrongQuotes(raw []byte, line int64) *RecordError {
	return &RecordError{Line: line, Found: string(raw[:min(len(raw), 200)]), Want: "the quotes are wrong"}
}

// maxCommas bounds the cells of a row. The text of a post can have many commas.
const maxCommas = 1 << 20

// rowParser parses rows: strictly, or, where that fails, with quotes that break
// the rules as text.
type rowParser struct {
	text  *bytes.Reader
	in    *bufio.Reader
	modes [2]*csv.Reader
}

func newRowParser(comma rune) *rowParser {
	p := &rowParser{text: new(bytes.Reader)}
	p.in = bufio.NewReader(p.text)
	for i := range p.modes {
		r := csv.NewReader(p.in)
		r.Comma, r.FieldsPerRecord, r.LazyQuotes = comma, -1, i > 0
		p.modes[i] = r
	}
	return p
}

// parse returns the cells of one row, nil where it is not one row, or might
// have more cells than memory is for.
func (p *rowParser) parse(raw []byte) []string {
	if bytes.Count(raw, []byte(string(p.modes[0].Comma))) > maxCommas {
		return nil
	}
	for _, r := range p.modes {
		p.text.Reset(raw)
		p.in.Reset(p.text)
		cells, err := r.Read()
		if err != nil {
			continue
		}
		if _, err := r.Read(); err == io.EOF {
			return cells
		}
	}
	return nil
}
