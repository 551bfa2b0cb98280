package adapters

import (
	"fmt"
	"slices"
	"strings"

	"github.com/valyala/fastjson"
)

// nestedTable makes a JSON record of each row of a table that a script wrote of
// such records: columns are called account.name, or hold a whole record as
// Python prints it.
type nestedTable struct {
	header []string
	paths  []string // key, with points between, that a column holds; "" where none is read
	whole  []string // paths that hold records
}

// newNestedTable prepares reading a table. A path that stands twice is refused.
func newNestedTable(f File, paths []string, whole ...string) (*nestedTable, error) {
	for i, p := range paths {
		if p != "" && slices.Contains(paths[i+1:], p) {
			return nil, &Refused{Reason: fmt.Sprintf("the column %s stands twice; keep one", f.Header[i])}
		}
	}
	return &nestedTable{header: f.Header, paths: paths, whole: whole}, nil
}

// each gives the record of a row, with texts as values; a missing one has no
// key. The value is void once use returns.
func (t *nestedTable) each(rec Record, use func(v *fastjson.Value) error) error {
	var arena fastjson.Arena
	row := arena.NewObject()
	for i, path := range t.paths {
		cell := rec.Cells[i]
		if path == "" || slices.Contains(noCount, strings.TrimSpace(cell)) || cell == "None" {
			continue
		}
		if !slices.Contains(t.whole, path) {
			put(&arena, row, path, arena.NewString(cell))
			continue
		}
		text, err := pythonJSON(cell)
		if err == nil {
			var v *fastjson.Value
			if v, err = fastjson.ParseBytes(text); err == nil {
				put(&arena, row, path, v)
			}
		}
		if err != nil {
			return &RecordError{Line: rec.Line, Field: t.header[i], Found: cell, Want: errPython.Error()}
		}
	}
	return use(row)
}

// put sets a value at a path.
func put(arena *fastjson.Arena, at *fastjson.Value, path string, v *fastjson.Value) {
	for {
		key, rest, deeper := strings.Cut(path, ".")
		if !deeper {
			at.Set(key, v)
			return
		}
		next := at.Get(key)
		if next == nil || next.Type() != fastjson.TypeObject {
			next = arena.NewObject()
			at.Set(key, next)
		}
		at, path = next, rest
	}
}
