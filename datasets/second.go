package datasets

import (
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

func (r *secondReader) close() {
	for _, c := range r.reader.ColumnBuffers {
		c.PFile.Close()
	}
	r.file.Close()
}

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

// compareColumn reads the next values of column i, as many as want has, and
// compares them. first is the row of the first; the error starts with the row.
func (r *secondReader) compareColumn(i int, f checkField, want *vector, first int64) error {
	n := len(want.bits)
	values, _, _, err := r.reader.ReadColumnByIndex(int64(i), int64(n))
	if err != nil {
		return fmt.Errorf("row %d: %w", first, err)
	}
	for row, value := range values[:min(n, len(values))] {
		at := first + int64(row)
		switch {
		case !want.present(row):
			if value != nil {
				return fmt.Errorf("row %d: found %v, but null was written", at, value)
			}
		case value == nil:
			return fmt.Errorf("row %d: found null, but %s was written", at, f.show(want.bits[row]))
		default:
			bits, ok := bitsOfValue(f.Kind, value)
			if !ok {
				return fmt.Errorf("row %d: found a value of type %T, but a %s was written", at, value, f.Kind)
			}
			if bits != want.bits[row] {
				found := f.show(bits)
				if s, ok := value.(string); ok {
					found = fmt.Sprintf("%.80q, %s", s, found)
				}
				return fmt.Errorf("row %d: found %s, but %s was written", at, found, f.show(want.bits[row]))
			}
		}
	}
	if len(values) != n {
		return fmt.Errorf("row %d: found %d values from row %d on, but %d were written", first+int64(min(n, len(values))), len(values), first, n)
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
