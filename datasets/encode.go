package datasets

import (
	"encoding/base64"
	"fmt"
	"io"
	"math"

	"github.com/apache/arrow/go/v15/arrow/flight"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/metadata"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
)

// Columns go to arrow's column writers directly, page by page: the way through
// arrow arrays copies every value twice more, and does not let the rows of a
// page be bounded.

// A page ends at pageRows rows or pageBytes bytes of text, whichever comes
// first. More rows make arrow v15 slow: it moves the null flags of a page each
// time that eight more come.
const (
	pageRows  = 4096
	pageBytes = 64 << 10
)

// newFile begins a Parquet file with the schema.
func (s Schema) newFile(w io.Writer, props *parquet.WriterProperties, o WriteOptions) (*file.Writer, error) {
	sheet := s.arrowSchema(o)
	schema, err := pqarrow.ToParquet(sheet, props, pqarrow.DefaultWriterProps())
	if err != nil {
		return nil, err
	}
	meta := metadata.NewKeyValueMetadata()
	for i, key := range sheet.Metadata().Keys() {
		if err := meta.Append(key, sheet.Metadata().Values()[i]); err != nil {
			return nil, err
		}
	}
	// The stored arrow schema is where readers find the columns' descriptions.
	stored := base64.StdEncoding.EncodeToString(flight.SerializeSchema(sheet, memory.DefaultAllocator))
	if err := meta.Append("ARROW:schema", stored); err != nil {
		return nil, err
	}
	return file.NewParquetWriter(w, schema.Root(), file.WithWriterProps(props), file.WithWriteMetadata(meta)), nil
}

// encode writes the vector as the pages of a column.
func (v *vector) encode(k Kind, out file.ColumnChunkWriter) error {
	switch out := out.(type) {
	case *file.ByteArrayColumnChunkWriter:
		return v.texts(out)
	case *file.Int64ColumnChunkWriter:
		return pages(v, out, intOfBits)
	case *file.Float64ColumnChunkWriter:
		return pages(v, out, math.Float64frombits)
	case *file.BooleanColumnChunkWriter:
		return pages(v, out, boolOfBits)
	case *file.Int32ColumnChunkWriter:
		return pages(v, out, func(b uint64) int32 { return int32(dayOfBits(b)) })
	}
	return fmt.Errorf("no writer of kind %s", k)
}

type columnOf[T any] interface {
	WriteBatch(values []T, defLevels, repLevels []int16) (int64, error)
	FlushCurrentPage() error
}

func pages[T any](v *vector, out columnOf[T], conv func(uint64) T) error {
	values, levels := make([]T, 0, pageRows), make([]int16, 0, pageRows)
	for from := 0; from < len(v.bits); from += pageRows {
		values, levels = values[:0], levels[:0]
		for i, b := range v.bits[from:min(from+pageRows, len(v.bits))] {
			if v.valid == nil {
				values = append(values, conv(b))
			} else if v.valid[from+i] {
				values, levels = append(values, conv(b)), append(levels, 1)
			} else {
				levels = append(levels, 0)
			}
		}
		if err := page(v, out, values, levels); err != nil {
			return err
		}
	}
	return nil
}

func (v *vector) texts(out columnOf[parquet.ByteArray]) error {
	values, levels := make([]parquet.ByteArray, 0, pageRows), make([]int16, 0, pageRows)
	for from := 0; from < len(v.strs); {
		to, size := from, 0
		for to < len(v.strs) && to-from < pageRows && (size < pageBytes) {
			size += len(v.strs[to])
			to++
		}
		// The writer's statistics keep the least and greatest text where it lies.
		text := make([]byte, 0, size)
		values, levels = values[:0], levels[:0]
		for i := from; i < to; i++ {
			if v.valid != nil && !v.valid[i] {
				levels = append(levels, 0)
				continue
			}
			start := len(text)
			text = append(text, v.strs[i]...)
			values, levels = append(values, text[start:]), append(levels, 1)
		}
		if err := page(v, out, values, levels); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// page writes one page: the values that are present, and for each row whether
// it has one.
func page[T any](v *vector, out columnOf[T], values []T, levels []int16) error {
	if v.valid == nil {
		levels = nil
	}
	if _, err := out.WriteBatch(values, levels, nil); err != nil {
		return err
	}
	return out.FlushCurrentPage()
}
