package start

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// jsonRows returns the beginning of JSON lines, or of a JSON list, as rows: the
// paths of all single values at most two deep as the header, and the values of
// each record. The last record may be cut.
func jsonRows(head []byte) [][]string {
	head = bytes.TrimSpace(head)
	head = bytes.TrimPrefix(head, []byte("["))
	var records []map[string]string
	paths := map[string]bool{}
	for len(records) < 1000 {
		head = bytes.TrimLeft(head, " \t\r\n,")
		d := json.NewDecoder(bytes.NewReader(head))
		d.UseNumber()
		var v map[string]any
		if d.Decode(&v) != nil {
			break
		}
		head = head[d.InputOffset():]
		r := map[string]string{}
		flatten(r, "", v)
		for p := range r {
			paths[p] = true
		}
		records = append(records, r)
	}
	header := slices.Sorted(maps.Keys(paths))
	rows := [][]string{header}
	for _, r := range records {
		row := make([]string, len(header))
		for i, p := range header {
			row[i] = r[p]
		}
		rows = append(rows, row)
	}
	return rows
}

// flatten puts the single values of an object into a record by their paths.
func flatten(into map[string]string, prefix string, v map[string]any) {
	for k, x := range v {
		switch x := x.(type) {
		case nil, []any:
		case map[string]any:
			if prefix == "" {
				flatten(into, k+".", x)
			}
		default:
			into[prefix+k] = fmt.Sprint(x)
		}
	}
}
