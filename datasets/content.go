package datasets

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
)

// ContentHash returns a hash of the rows of a Parquet file of this program:
// "sha256:" and 64 hex digits. Compression, encodings, row groups and metadata
// do not enter it, so that the same rows have the same hash however they are
// stored; the order of rows and columns does.
//
// It is the SHA-256 of one line a column, ended by LF: name, type as Kind prints
// it, and the SHA-256 of the column's values in hex, with a space between. The
// values are, row by row, the byte 0 for an absent one, else the byte 1 and:
//
//   - of text, its length in bytes (8 bytes) and the bytes of its UTF-8;
//   - of all others 8 bytes: the integer, the number as an IEEE 754 double, 1 or
//     0 for true or false, days since 1970-01-01, microseconds since then in UTC.
//
// Groups of 8 bytes are little-endian.
func ContentHash(ctx context.Context, path string) (string, error) {
	var fields []Field
	var columns []hash.Hash
	err := scan(ctx, path, func(i int, f Field, _ int64, v *vector) error {
		if i == len(fields) {
			fields, columns = append(fields, f), append(columns, sha256.New())
		}
		v.writeContent(columns[i])
		return nil
	})
	if err != nil {
		return "", err
	}
	all := sha256.New()
	for i, f := range fields {
		fmt.Fprintf(all, "%s %s %s\n", f.Name, f.Kind, hex.EncodeToString(columns[i].Sum(nil)))
	}
	return "sha256:" + hex.EncodeToString(all.Sum(nil)), nil
}

// writeContent writes the values as ContentHash defines them.
func (v *vector) writeContent(w io.Writer) {
	var b []byte
	for i := range max(len(v.bits), len(v.strs)) {
		switch {
		case !v.present(i):
			b = append(b, 0)
		case v.strs != nil:
			b = binary.LittleEndian.AppendUint64(append(b, 1), uint64(len(v.strs[i])))
			b = append(b, v.strs[i]...)
		default:
			b = binary.LittleEndian.AppendUint64(append(b, 1), v.bits[i])
		}
	}
	w.Write(b) // a hash takes every write
}

// scan calls f for every column of every batch of a Parquet file, in the order
// of the file: with the number of the column, the field as the file has it
// (name, kind, nullable), the number of the batch's first row, and its values.
// A file without rows is one batch of none.
func scan(ctx context.Context, path string, f func(column int, field Field, first int64, v *vector) error) error {
	return guard(path, func() error {
		r, err := openAny(path, nil, func(*arrow.Schema) error { return nil })
		if err != nil {
			return err
		}
		defer r.close()
		for first := int64(0); ; {
			if err := ctx.Err(); err != nil {
				return err
			}
			vectors, n, err := r.next()
			if err != nil {
				return err
			}
			if n == 0 && first > 0 {
				return nil
			}
			for i, field := range r.fields {
				v := newVector(field, 0)
				if n > 0 {
					v = vectors[i]
				}
				if err := f(i, field, first, v); err != nil {
					return err
				}
			}
			if n == 0 {
				return nil
			}
			first += int64(n)
		}
	})
}

// kindOf is the kind of a column that a file stores as an arrow type.
func kindOf(t arrow.DataType) (Kind, bool) {
	for k := String; k <= Timestamp; k++ {
		if arrow.TypeEqual(t, arrowType(k)) {
			return k, true
		}
	}
	return 0, false
}
