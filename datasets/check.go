package datasets

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	b = slices.Grow(b, len(v.valid)+8*(len(v.bits)+len(v.strs)))
	for _, ok := range v.valid {
		b = append(b, byte(bitsOfBool(ok)))
	}
	for _, x := range v.bits {
		b = binary.LittleEndian.AppendUint64(b, x)
	}
	for i, s := range v.strs {
		b = binary.LittleEndian.AppendUint64(b, textBits(s, v.present(i)))
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

type checkReader struct {
	checkHeader
	buf  *bufio.Reader
	rows uint64
	tmp  []byte
}

func newCheckReader(r io.Reader) (*checkReader, error) {
	c := &checkReader{buf: bufio.NewReaderSize(r, 1<<18)}
	magic := make([]byte, len(checkMagic))
	if _, err := io.ReadFull(c.buf, magic); err != nil || string(magic) != checkMagic {
		return nil, errors.New("not a check file of this program")
	}
	n, err := c.uint32()
	if err != nil {
		return nil, err
	}
	js := make([]byte, n)
	if _, err := io.ReadFull(c.buf, js); err != nil {
		return nil, err
	}
	return c, json.Unmarshal(js, &c.checkHeader)
}

func (c *checkReader) uint32() (int, error) {
	var b [4]byte
	_, err := io.ReadFull(c.buf, b[:])
	return int(binary.LittleEndian.Uint32(b[:])), err
}

// rowGroup returns the rows of the next row group, or 0 after the last.
func (c *checkReader) rowGroup() (int, error) {
	n, err := c.uint32()
	if err != nil || n > 0 {
		c.rows += uint64(n)
		return n, err
	}
	var b [8]byte
	if _, err := io.ReadFull(c.buf, b[:]); err != nil {
		return 0, err
	}
	if total := binary.LittleEndian.Uint64(b[:]); total != c.rows {
		return 0, fmt.Errorf("its row groups hold %d rows, its end says %d", c.rows, total)
	}
	return 0, nil
}

// column returns the next column of a row group. bits of text are hashes. The
// vector is valid until the next call.
func (c *checkReader) column(f checkField, rows int) (*vector, error) {
	size := 8 * rows
	if f.Nullable {
		size += rows
	}
	if cap(c.tmp) < size {
		c.tmp = make([]byte, size)
	}
	b := c.tmp[:size]
	if _, err := io.ReadFull(c.buf, b); err != nil {
		return nil, err
	}
	v := &vector{bits: make([]uint64, rows)}
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
	return v, nil
}
