package adapters

import (
	"fmt"
	"slices"
	"strings"

	"diplometrics/stages/normalize/adapters/jsontape"
)

// nestedTable makes a JSON record of each row of a table that a script wrote of
// such records: columns are called account.name, or hold a whole record as
// Python prints it.
type nestedTable struct {
	header []string
	paths  []string // key, with points between, that a column holds; "" where none is read
	whole  []string // paths that hold records

	parsers jsontape.Pool
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
func (t *nestedTable) each(rec Record, use func(v jsontape.Value) error) error {
	row := branch{open: true}
	for i, path := range t.paths {
		cell := rec.Cells[i]
		if path == "" || slices.Contains(noCount, strings.TrimSpace(cell)) || cell == "None" {
			continue
		}
		if !slices.Contains(t.whole, path) {
			row.put(path, jsontape.AppendText(nil, cell))
			continue
		}
		text, err := pythonJSON(cell)
		if err == nil {
			_, err = jsontape.Parse(text)
		}
		if err != nil {
			return &RecordError{Line: rec.Line, Field: t.header[i], Found: cell, Want: errPython.Error()}
		}
		row.put(path, text)
	}
	p := t.parsers.Get()
	defer t.parsers.Put(p)
	v, err := p.Parse(row.append(nil))
	if err != nil { // nested too deeply
		return &RecordError{Line: rec.Line, Want: errPython.Error()}
	}
	return use(v)
}

// branch is a value at a path: JSON, or an object by its members.
type branch struct {
	key     string
	json    []byte
	open    bool // json is void
	members []*branch
}

// put sets the value at a path; what is no object on the way becomes one.
func (b *branch) put(path string, json []byte) {
	if !b.open {
		if v, err := jsontape.Parse(b.json); err == nil {
			v.Visit(func(key []byte, member jsontape.Value) {
				b.members = append(b.members, &branch{key: string(key), json: member.AppendTo(nil)})
			})
		}
		b.open = true
	}
	key, rest, deeper := strings.Cut(path, ".")
	at := slices.IndexFunc(b.members, func(m *branch) bool { return m.key == key })
	if at < 0 {
		at = len(b.members)
		b.members = append(b.members, &branch{key: key, open: deeper})
	}
	if deeper {
		b.members[at].put(rest, json)
	} else {
		*b.members[at] = branch{key: key, json: json}
	}
}

// append appends the value as JSON.
func (b *branch) append(to []byte) []byte {
	if !b.open {
		return append(to, b.json...)
	}
	to = append(to, '{')
	for i, m := range b.members {
		if i > 0 {
			to = append(to, ',')
		}
		to = m.append(append(jsontape.AppendText(to, m.key), ':'))
	}
	return append(to, '}')
}
