package datasets

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/zeebo/xxh3"
)

// A check file lies beside a Parquet file until Verify has compared the two.
// It holds, in little-endian order:
//
//	magic, length of the header (uint32), header (JSON of checkHeader)
//	for every row group: number of rows (uint32), and for every column
//	    if nullable: one byte a row, 1 where the value is present
//	    8 bytes a row: the bits of the value, xxh3-64 of text, 0 where absent
//	0 (uint32), number of rows in all (uint64)
const checkMagic = "diplometrics check 1\n"

// checkHeader names the table and its columns.
type checkHeader struct {
	Table  string
	Fields []checkField
}

type checkField struct {
	Name     string
	Kind     Kind
	Nullable bool
}

// checkPath returns where the check file of a Parquet file lies.
func checkPath(path string) string { return path + ".check" }

type checkWriter struct {
	file *os.File
	buf  *bufio.Writer // keeps the first error until Flush
	rows uint64
}

func newCheckWriter(path string, s Schema) (*checkWriter, error) {
	header := checkHeader{Table: s.Name}
	for _, f := range s.Fields {
		header.Fields = append(header.Fields, checkField{f.Name, f.Kind, f.Nullable})
	}
	js, err := json.Marshal(header)
	if err != nil {
		return nil, err
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	w := &checkWriter{file: file, buf: bufio.NewWriterSize(file, 1<<18)}
	w.buf.WriteString(checkMagic)
	w.uint32(len(js))
	w.buf.Write(js)
	return w, nil
}

func (w *checkWriter) uint32(n int) {
	w.buf.Write(binary.LittleEndian.AppendUint32(w.buf.AvailableBuffer(), uint32(n)))
}

// rowGroup appends a row group: of each column what appendCheck returned.
func (w *checkWriter) rowGroup(rows int, columns [][]byte) {
	w.rows += uint64(rows)
	w.uint32(rows)
	for _, c := range columns {
		w.buf.Write(c)
	}
}

// appendCheck appends what the check file holds of a column of a row group.
func (v *vector) appendCheck(b []byte) []byte {
	b = slices.Grow(b, len(v.valid)+8*v.rows())
	for _, ok := range v.valid {
		b = append(b, byte(bitsOfBool(ok)))
	}
	for _, x := range v.bits {
		b = binary.LittleEndian.AppendUint64(b, x)
	}
	// The hashes are of the texts themselves, not of the words that are written:
	// what is wrong with those must be noticed.
	last, hash := "", textBits("", true)
	for i, s := range v.strs {
		if !v.present(i) {
			b = binary.LittleEndian.AppendUint64(b, textBits("", false))
			continue
		}
		if s != last {
			last, hash = s, textBits(s, true)
		}
		b = binary.LittleEndian.AppendUint64(b, hash)
	}
	return b
}

func textBits(s string, present bool) uint64 {
	if !present {
		return 0
	}
	return xxh3.HashString(s)
}

func (w *checkWriter) close() error {
	w.uint32(0)
	w.buf.Write(binary.LittleEndian.AppendUint64(w.buf.AvailableBuffer(), w.rows))
	if err := w.buf.Flush(); err != nil {
		w.file.Close()
		return err
	}
	return w.file.Close()
}

func (w *checkWriter) discard() {
	w.file.Close()
	os.Remove(w.file.Name())
}

// checkReader reads a check file, several columns at once.
type checkReader struct {
	checkHeader
	file   *os.File
	groups []checkGroup
	rows   int64 // of all groups
}

// checkGroup is a row group of a check file.
type checkGroup struct {
	rows int
	at   []int64 // where each column starts
}

func newCheckReader(f *os.File) (*checkReader, error) {
	c := &checkReader{file: f}
	at := int64(0)
	read := func(n int) ([]byte, error) {
		b := make([]byte, n)
		_, err := f.ReadAt(b, at)
		at += int64(n)
		return b, err
	}
	if magic, err := read(len(checkMagic)); err != nil || string(magic) != checkMagic {
		return nil, errors.New("not a check file of this program")
	}
	b, err := read(4)
	if err != nil {
		return nil, err
	}
	if b, err = read(int(binary.LittleEndian.Uint32(b))); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(b, &c.checkHeader); err != nil {
		return nil, err
	}
	for {
		if b, err = read(4); err != nil {
			return nil, err
		}
		g := checkGroup{rows: int(binary.LittleEndian.Uint32(b))}
		if g.rows == 0 {
			break
		}
		for _, f := range c.Fields {
			g.at = append(g.at, at)
			at += int64(f.size(g.rows))
		}
		c.groups, c.rows = append(c.groups, g), c.rows+int64(g.rows)
	}
	if b, err = read(8); err != nil {
		return nil, err
	}
	if total := binary.LittleEndian.Uint64(b); total != uint64(c.rows) {
		return nil, fmt.Errorf("its row groups hold %d rows, its end says %d", c.rows, total)
	}
	return c, nil
}

// size is the bytes of a column of a row group.
func (f checkField) size(rows int) int {
	if f.Nullable {
		return 9 * rows
	}
	return 8 * rows
}

// column returns column i of row group g, in buf where it is large enough. bits
// of text are hashes.
func (c *checkReader) column(g, i int, buf []byte) (*vector, []byte, error) {
	f, rows := c.Fields[i], c.groups[g].rows
	buf = slices.Grow(buf[:0], f.size(rows))[:f.size(rows)]
	if _, err := c.file.ReadAt(buf, c.groups[g].at[i]); err != nil {
		return nil, buf, err
	}
	v, b := &vector{bits: make([]uint64, rows)}, buf
	if f.Nullable {
		v.valid = make([]bool, rows)
		for i := range v.valid {
			v.valid[i] = b[i] != 0
		}
		b = b[rows:]
	}
	for i := range v.bits {
		v.bits[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	return v, buf, nil
}
