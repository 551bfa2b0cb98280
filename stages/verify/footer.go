package verify

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"diplometrics/datasets"
)

// footer is what a Parquet file says of itself, and what its pages confirm.
type footer struct {
	Fields []datasets.Field // names, kinds and which may be null; no Doc
	Meta   map[string]string
	Rows   int64
	groups []rowGroup
	end    int64 // where the footer begins and the pages must have ended
}

type rowGroup struct {
	rows    int64
	columns []chunk
}

// chunk is a column of a row group.
type chunk struct {
	file, encrypted             bool
	typ, codec                  int64
	encodings                   []int64
	path                        []string
	values                      int64
	unpacked, packed            int64
	data, dictionary, pageIndex int64 // offsets; -1 where there is none
}

// element is an element of the schema of a Parquet file.
type element struct {
	typ, repetition, children, converted int64 // -1 where it says nothing
	name                                 string
	logical                              int // which logical type, 0 where it has none
	utc, micros                          bool
	wide                                 int64 // bits of a logical integer
	signed                               bool
}

// readFooter reads the footer of a Parquet file of any origin and the headers of
// its pages, without a Parquet library. A file that announces more than tables
// have, or what the program never writes, is an error: nested columns, other
// types, encodings or compressions than those of the profile, pages that do not
// fill their columns. What it returns is safe to give to a library as far as
// numbers announced by the file go.
func readFooter(r io.ReaderAt, size int64) (*footer, error) {
	const magic = "PAR1"
	var tail [8]byte
	if size < 12 {
		return nil, fmt.Errorf("found %d bytes, fewer than any Parquet file has", size)
	}
	if _, err := r.ReadAt(tail[:4], 0); err != nil {
		return nil, err
	}
	if string(tail[:4]) != magic {
		return nil, fmt.Errorf("it begins with %q, expected %q: not a Parquet file", tail[:4], magic)
	}
	if _, err := r.ReadAt(tail[:], size-8); err != nil {
		return nil, err
	}
	if string(tail[4:]) != magic {
		return nil, fmt.Errorf("it ends with %q, expected %q: the file is cut or not Parquet", tail[4:], magic)
	}
	n := int64(binary.LittleEndian.Uint32(tail[:]))
	if n > maxFooter || n > size-12 {
		return nil, fmt.Errorf("its footer is said to have %d bytes in a file of %d, at most %d are read", n, size, maxFooter)
	}
	b := make([]byte, n)
	if _, err := r.ReadAt(b, size-8-n); err != nil {
		return nil, err
	}
	f, err := parseFooter(b)
	if err != nil {
		return nil, fmt.Errorf("its footer: %w", err)
	}
	f.end = size - 8 - n
	return f, f.checkChunks(r)
}

func parseFooter(b []byte) (*footer, error) {
	t := &thrift{b: b}
	f := &footer{Meta: map[string]string{}}
	var schema []element
	chunks := 0
	t.structure(thriftStruct, func(id int, typ byte) bool {
		switch id {
		case 2:
			t.list(typ, maxColumns+1, func(typ byte) { schema = append(schema, t.schemaElement(typ)) })
		case 3:
			f.Rows = t.int(typ)
		case 4:
			t.list(typ, maxGroups, func(typ byte) {
				g := t.group(typ)
				if chunks += len(g.columns); chunks > maxChunks {
					t.fail("found more than %d columns in all row groups", maxChunks)
				}
				f.groups = append(f.groups, g)
			})
		case 5:
			t.list(typ, 1000, func(typ byte) { t.pair(typ, f.Meta) })
		case 8, 9:
			t.fail("the file is encrypted")
		default:
			return false
		}
		return true
	})
	if t.err == nil && t.at != len(b) {
		t.fail("%d bytes follow it", len(b)-t.at)
	}
	if t.err != nil {
		return nil, t.err
	}
	var err error
	if f.Fields, err = fieldsOf(schema); err != nil {
		return nil, err
	}
	return f, f.checkGroups(schema)
}

func (t *thrift) pair(typ byte, into map[string]string) {
	var key, value string
	t.structure(typ, func(id int, typ byte) bool {
		switch id {
		case 1:
			key = string(t.text(typ))
		case 2:
			value = string(t.text(typ))
		default:
			return false
		}
		return true
	})
	into[key] = value
}

// schemaElement reads an element of the schema.
func (t *thrift) schemaElement(typ byte) element {
	e := element{typ: -1, repetition: -1, converted: -1}
	t.structure(typ, func(id int, typ byte) bool {
		switch id {
		case 1:
			e.typ = t.int(typ)
		case 3:
			e.repetition = t.int(typ)
		case 4:
			e.name = string(t.text(typ))
		case 5:
			e.children = t.int(typ)
		case 6:
			e.converted = t.int(typ)
		case 10:
			t.structure(typ, func(id int, typ byte) bool { e.logical = id; return t.logical(&e, id, typ) })
		default:
			return false
		}
		return true
	})
	return e
}

// logical reads what a logical type says beyond its number.
func (t *thrift) logical(e *element, kind int, typ byte) bool {
	switch kind {
	case 8: // TIMESTAMP
		t.structure(typ, func(id int, typ byte) bool {
			switch id {
			case 1:
				e.utc = t.bool(typ)
			case 2:
				t.structure(typ, func(id int, typ byte) bool { e.micros = id == 2; return false })
			default:
				return false
			}
			return true
		})
		return true
	case 10: // INTEGER
		t.structure(typ, func(id int, typ byte) bool {
			switch id {
			case 1:
				e.wide = t.int(typ)
			case 2:
				e.signed = t.bool(typ)
			default:
				return false
			}
			return true
		})
		return true
	}
	return false
}

func (t *thrift) group(typ byte) (g rowGroup) {
	t.structure(typ, func(id int, typ byte) bool {
		switch id {
		case 1:
			t.list(typ, maxColumns, func(typ byte) { g.columns = append(g.columns, t.chunk(typ)) })
		case 3:
			g.rows = t.int(typ)
		default:
			return false
		}
		return true
	})
	return g
}

func (t *thrift) chunk(typ byte) chunk {
	c := chunk{data: -1, dictionary: -1, pageIndex: -1, values: -1}
	t.structure(typ, func(id int, typ byte) bool {
		switch id {
		case 1:
			c.file = true
			t.text(typ)
		case 3:
			t.structure(typ, func(id int, typ byte) bool { return t.chunkMeta(&c, id, typ) })
		case 8, 9:
			c.encrypted = true
			return false
		default:
			return false
		}
		return true
	})
	return c
}

func (t *thrift) chunkMeta(c *chunk, id int, typ byte) bool {
	switch id {
	case 1:
		c.typ = t.int(typ)
	case 2:
		t.list(typ, 16, func(typ byte) { c.encodings = append(c.encodings, t.int(typ)) })
	case 3:
		t.list(typ, 16, func(typ byte) { c.path = append(c.path, string(t.text(typ))) })
	case 4:
		c.codec = t.int(typ)
	case 5:
		c.values = t.int(typ)
	case 6:
		c.unpacked = t.int(typ)
	case 7:
		c.packed = t.int(typ)
	case 9:
		c.data = t.int(typ)
	case 10:
		c.pageIndex = t.int(typ)
	case 11:
		c.dictionary = t.int(typ)
	default:
		return false
	}
	return true
}

// fieldsOf returns the columns of a flat schema.
func fieldsOf(schema []element) ([]datasets.Field, error) {
	if len(schema) == 0 || schema[0].children != int64(len(schema)-1) || len(schema) == 1 {
		return nil, errors.New("its columns are nested, or there are none; expected a flat table")
	}
	if schema[0].repetition == 2 {
		return nil, errors.New("the root of its schema is repeated, which other readers refuse or misread")
	}
	fields := make([]datasets.Field, 0, len(schema)-1)
	seen := map[string]bool{}
	for _, e := range schema[1:] {
		at := fmt.Sprintf("column %.80q", e.name)
		switch {
		case e.children > 0:
			return nil, fmt.Errorf("%s: it is nested; expected a flat table", at)
		case e.name == "" || len(e.name) > maxColumnName || !utf8.ValidString(e.name) ||
			strings.ContainsFunc(e.name, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '.' }):
			return nil, fmt.Errorf("%s: expected a name of 1 to %d characters without spaces and points", at, maxColumnName)
		case seen[fold(e.name)]:
			return nil, fmt.Errorf("%s: the name is there twice", at)
		case e.repetition != 0 && e.repetition != 1:
			return nil, fmt.Errorf("%s: found repetition %d, expected 0 (required) or 1 (optional)", at, e.repetition)
		}
		seen[fold(e.name)] = true
		kind, ok := e.kind()
		if !ok {
			return nil, fmt.Errorf("%s: found physical type %d, converted type %d and logical type %d, which are none of the six types that tables have", at, e.typ, e.converted, e.logical)
		}
		fields = append(fields, datasets.Field{Name: e.name, Kind: kind, Nullable: e.repetition == 1})
	}
	return fields, nil
}

// kind returns the kind of a column, by the numbers of parquet.thrift.
func (e element) kind() (datasets.Kind, bool) {
	switch {
	case e.typ == 0 && e.converted < 0 && e.logical == 0:
		return datasets.Bool, true
	case e.typ == 5 && e.converted < 0 && e.logical == 0:
		return datasets.Float, true
	case e.typ == 6 && e.converted == 0 && (e.logical == 0 || e.logical == 1):
		return datasets.String, true
	case e.typ == 1 && e.converted == 6 && (e.logical == 0 || e.logical == 6):
		return datasets.Date, true
	case e.typ == 2 && e.converted == 10 && e.logical == 8 && e.utc && e.micros:
		return datasets.Timestamp, true
	case e.typ == 2 && e.converted == 18 && (e.logical == 0 || e.logical == 10 && e.wide == 64 && e.signed):
		return datasets.Int, true
	}
	return 0, false
}

// checkGroups checks that row groups and columns fit each other.
func (f *footer) checkGroups(schema []element) error {
	if f.Rows < 0 || f.Rows > maxRows {
		return fmt.Errorf("found %d rows, at most %d are read", f.Rows, maxRows)
	}
	rows := int64(0)
	for i, g := range f.groups {
		at := fmt.Sprintf("row group %d", i+1)
		if g.rows < 0 || g.rows > maxGroupRows {
			return fmt.Errorf("%s: found %d rows, at most %d are read", at, g.rows, maxGroupRows)
		}
		if len(g.columns) != len(f.Fields) {
			return fmt.Errorf("%s: found %d columns, expected the %d of the schema", at, len(g.columns), len(f.Fields))
		}
		rows += g.rows
		unpacked := int64(0)
		for j, c := range g.columns {
			at := fmt.Sprintf("%s, column %s", at, f.Fields[j].Name)
			switch {
			case c.file || c.encrypted:
				return fmt.Errorf("%s: it lies in another file or is encrypted", at)
			case len(c.path) != 1 || c.path[0] != f.Fields[j].Name || c.typ != schema[j+1].typ:
				return fmt.Errorf("%s: found the column %.80q of type %d there", at, c.path, c.typ)
			case c.codec != 0 && c.codec != 1 && c.codec != 6:
				return fmt.Errorf("%s: found compression %d, expected none (0), snappy (1) or zstd (6)", at, c.codec)
			case c.values != g.rows:
				return fmt.Errorf("%s: found %d values for %d rows", at, c.values, g.rows)
			case c.unpacked < 0 || c.unpacked > maxGroupBytes:
				return fmt.Errorf("%s: found %d bytes unpacked, at most %d are read", at, c.unpacked, maxGroupBytes)
			case c.pageIndex >= 0:
				return fmt.Errorf("%s: it has an index page, which no writer makes", at)
			}
			for _, e := range c.encodings {
				if !slices.Contains([]int64{0, 2, 3, 8}, e) {
					return fmt.Errorf("%s: found encoding %d, expected plain or a dictionary", at, e)
				}
			}
			if unpacked += c.unpacked; unpacked > maxGroupBytes {
				return fmt.Errorf("%s: found more than %d bytes unpacked, no more are read", at, maxGroupBytes)
			}
		}
	}
	if rows != f.Rows {
		return fmt.Errorf("found %d rows in its row groups, and %d for the file", rows, f.Rows)
	}
	return nil
}
