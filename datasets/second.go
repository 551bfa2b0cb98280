package datasets

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"

	"github.com/xitongsys/parquet-go/parquet"
	"github.com/xitongsys/parquet-go/reader"
	"github.com/xitongsys/parquet-go/source"
)

// secondFile lets the second library read an ordinary file.
type secondFile struct{ *os.File }

func (f secondFile) Open(name string) (source.ParquetFile, error) {
	if name != "" {
		return nil, fmt.Errorf("a column lies in another file, %q", name)
	}
	file, err := os.Open(f.Name())
	return secondFile{file}, err
}

func (f secondFile) Create(string) (source.ParquetFile, error) {
	return nil, errors.New("this file is only read")
}

// secondReader reads a file by column with the second library, xitongsys.
type secondReader struct {
	file   *os.File
	reader *reader.ParquetReader
}

func openSecond(path string) (*secondReader, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r, err := reader.NewParquetColumnReader(secondFile{file}, 1)
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("the second Parquet library cannot open it: %w", err)
	}
	return &secondReader{file, r}, nil
}

func (r *secondReader) close() { r.file.Close() }

func (r *secondReader) footer() *parquet.FileMetaData { return r.reader.Footer }

// sameColumns checks names, types, units and nullability of all columns.
func (r *secondReader) sameColumns(want []checkField) error {
	elements := r.footer().GetSchema()
	if got := len(elements) - 1; got != len(want) {
		return fmt.Errorf("found %d columns, but %d were written", got, len(want))
	}
	if elements[0].GetRepetitionType() == parquet.FieldRepetitionType_REPEATED {
		return errors.New("the root of its schema is repeated, which other readers refuse or misread")
	}
	for i, f := range want {
		e := elements[i+1]
		// The library renames the elements for its own use.
		if name := r.reader.SchemaHandler.Infos[i+1].ExName; name != f.Name {
			return fmt.Errorf("column %d is called %s, but was written as %s", i, name, f.Name)
		}
		if got, want := storedType(e), storedTypes[f.Kind]; got != want {
			return fmt.Errorf("column %s is stored as %s, expected %s", f.Name, got, want)
		}
		repetition := parquet.FieldRepetitionType_REQUIRED
		if f.Nullable {
			repetition = parquet.FieldRepetitionType_OPTIONAL
		}
		if got := e.GetRepetitionType(); got != repetition {
			return fmt.Errorf("column %s is %s, expected %s", f.Name, got, repetition)
		}
	}
	return nil
}

var storedTypes = map[Kind]string{
	String:    "BYTE_ARRAY UTF8",
	Int:       "INT64 INT_64",
	Float:     "DOUBLE",
	Bool:      "BOOLEAN",
	Date:      "INT32 DATE",
	Timestamp: "INT64 TIMESTAMP_MICROS UTC",
}

// storedType describes the physical type of a column and its meaning.
func storedType(e *parquet.SchemaElement) string {
	s := e.GetType().String()
	if e.IsSetConvertedType() {
		s += " " + e.GetConvertedType().String()
	}
	if l := e.GetLogicalType(); l != nil && l.IsSetTIMESTAMP() {
		switch {
		case !l.TIMESTAMP.GetUnit().IsSetMICROS():
			s += " of another logical unit"
		case l.TIMESTAMP.GetIsAdjustedToUTC():
			s += " UTC"
		}
	}
	return s
}

// compareColumn reads all pages of column i and compares every value; the error
// starts with the row.
func (r *secondReader) compareColumn(i int, want *checkReader) (err error) {
	defer secondPanics(&err)
	at := int64(0) // the first row of the group
	var buf []byte
	var page secondPage
	var column *reader.ColumnBufferType
	for g := range want.groups {
		var w *vector
		if w, buf, err = want.column(g, i, buf); err != nil {
			return fmt.Errorf("its check file: %w", err)
		}
		if column == nil {
			column, err = reader.NewColumnBuffer(r.reader.PFile, r.reader.Footer, r.reader.SchemaHandler, r.reader.SchemaHandler.ValueColumns[i])
			if err != nil {
				return fmt.Errorf("row %d: %w", at, err)
			}
			defer column.PFile.Close()
		} else if err = column.NextRowGroup(); err != nil {
			return fmt.Errorf("row %d: %w", at, err)
		}
		c := comparison{field: want.Fields[i], want: w, first: at, limits: limitsOf(column.ChunkHeader.MetaData)}
		for c.row < len(w.bits) {
			if err := page.read(column, c.field.Nullable); err != nil {
				return fmt.Errorf("row %d: found %d values from row %d on, but %d were written: %w", at+int64(c.row), c.row, at, len(w.bits), err)
			}
			if err := c.page(&page); err != nil {
				return err
			}
		}
		at += int64(len(w.bits))
	}
	return nil
}

// comparison compares the values of a column in a row group.
type comparison struct {
	field  checkField
	want   *vector
	first  int64 // the group's first row in the file
	limits limits
	row    int // first row of the group that is not compared yet

	dictionary []any
	bits       []uint64 // of the values of the dictionary
}

func (c *comparison) page(p *secondPage) error {
	if p.dictionary {
		values, err := p.values(p.rows)
		if err == nil {
			// Every text of a dictionary is one of the values.
			err = c.limits.check(values, c.first)
		}
		if err != nil {
			return err
		}
		c.dictionary, c.bits = values, make([]uint64, len(values))
		for i, value := range values {
			bits, ok := bitsOfValue(c.field.Kind, value)
			if !ok {
				return fmt.Errorf("row %d: found a dictionary of type %T, but a %s was written", c.first, value, c.field.Kind)
			}
			c.bits[i] = bits
		}
		return nil
	}
	if left := len(c.want.bits) - c.row; p.rows > left {
		return fmt.Errorf("row %d: found a page of %d values, but %d were written", c.first+int64(c.row), p.rows, left)
	}
	next := 0 // of the codes, or of the values
	var values []any
	for i := range p.rows {
		row := c.row + i
		present := p.has(i)
		if !present && !c.want.present(row) {
			continue
		}
		at := c.first + int64(row)
		if !present {
			return fmt.Errorf("row %d: found null, but %s was written", at, c.field.show(c.want.bits[row]))
		}
		if !p.coded && next == len(values) {
			var err error
			if values, err = p.values(secondValues); err == nil {
				err = c.limits.check(values, at)
			}
			if err != nil {
				return err
			}
			next = 0
		}
		var value any
		var bits uint64
		ok := true
		if p.coded {
			code := p.codes[next]
			if int(code) >= len(c.bits) {
				return fmt.Errorf("row %d: found number %d of a dictionary of %d", at, code, len(c.bits))
			}
			value, bits = c.dictionary[code], c.bits[code]
		} else {
			value = values[next]
			bits, ok = bitsOfValue(c.field.Kind, value)
		}
		next++
		switch {
		case !c.want.present(row):
			return fmt.Errorf("row %d: found %v, but null was written", at, value)
		case !ok:
			return fmt.Errorf("row %d: found a value of type %T, but a %s was written", at, value, c.field.Kind)
		case bits != c.want.bits[row]:
			found := c.field.show(bits)
			if s, ok := value.(string); ok {
				found = fmt.Sprintf("%.80q, %s", s, found)
			}
			return fmt.Errorf("row %d: found %s, but %s was written", at, found, c.field.show(c.want.bits[row]))
		}
	}
	c.row += p.rows
	return nil
}

// limits are the statistics of a column chunk, by which readers pass over row
// groups: a value beyond them is one that a query does not find.
type limits struct {
	texts       bool
	least, most string
	ints        bool
	low, high   int64
	floats      bool
	min, max    float64
}

func limitsOf(m *parquet.ColumnMetaData) (l limits) {
	s := m.GetStatistics()
	if s == nil || s.MinValue == nil || s.MaxValue == nil {
		return l
	}
	a, b := s.MinValue, s.MaxValue
	switch {
	case m.GetType() == parquet.Type_BYTE_ARRAY:
		l.texts, l.least, l.most = true, string(a), string(b)
	case m.GetType() == parquet.Type_INT64 && len(a) == 8 && len(b) == 8:
		l.ints, l.low, l.high = true, int64(binary.LittleEndian.Uint64(a)), int64(binary.LittleEndian.Uint64(b))
	case m.GetType() == parquet.Type_INT32 && len(a) == 4 && len(b) == 4:
		l.ints, l.low, l.high = true, int64(int32(binary.LittleEndian.Uint32(a))), int64(int32(binary.LittleEndian.Uint32(b)))
	case m.GetType() == parquet.Type_DOUBLE && len(a) == 8 && len(b) == 8:
		l.floats, l.min, l.max = true, math.Float64frombits(binary.LittleEndian.Uint64(a)), math.Float64frombits(binary.LittleEndian.Uint64(b))
	}
	return l
}

// check reports the first value beyond the limits; row is where they begin.
func (l *limits) check(values []any, row int64) error {
	for _, value := range values {
		beyond := false
		switch x := value.(type) {
		case string:
			beyond = l.texts && (x < l.least || x > l.most)
		case int64:
			beyond = l.ints && (x < l.low || x > l.high)
		case int32:
			beyond = l.ints && (int64(x) < l.low || int64(x) > l.high)
		case float64:
			beyond = l.floats && (x < l.min || x > l.max)
		}
		if beyond {
			return fmt.Errorf("row %d or a later one: found %.80v, which lies beyond the least and greatest value that the file states of its row group", row, value)
		}
	}
	return nil
}

// bitsOfValue returns what a check file holds for a value of the second
// library, or false where the value is not of the kind.
func bitsOfValue(k Kind, value any) (uint64, bool) {
	switch x := value.(type) {
	case string:
		return textBits(x, true), k == String
	case int64:
		return bitsOfInt(x), k == Int || k == Timestamp
	case int32:
		return bitsOfInt(x), k == Date
	case float64:
		return math.Float64bits(x), k == Float
	case bool:
		return bitsOfBool(x), k == Bool
	}
	return 0, false
}

// show prints bits of a check file.
func (f checkField) show(bits uint64) string {
	switch f.Kind {
	case String:
		return fmt.Sprintf("text with hash %016x", bits)
	case Float:
		return fmt.Sprint(math.Float64frombits(bits))
	case Bool:
		return fmt.Sprint(boolOfBits(bits))
	case Date:
		return dayOfBits(bits).String()
	case Timestamp:
		return timeOfBits(bits).String()
	}
	return fmt.Sprint(intOfBits(bits))
}
