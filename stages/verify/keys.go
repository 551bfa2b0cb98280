package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"diplometrics/datasets"
)

// checkKey checks that a row's primary key is there and follows the one before.
func (t *table) checkKey(batch []datasets.Cells, at int) {
	if t.key == nil {
		return
	}
	key := make([]any, len(t.key))
	for j, i := range t.key {
		if key[j] = batch[i].At(at); key[j] == nil {
			t.fail(Finding{Check: "nulls", Column: batch[i].Field.Name, Row: t.row + int64(at) + 1, Key: t.keyText(batch, at), Found: "null", Expected: "a value, since it is part of the primary key"})
		}
	}
	if t.previous != nil {
		order := slices.CompareFunc(t.previous, key, datasets.CompareCells)
		names := strings.Join(t.Schema.PrimaryKey, ", ")
		if order == 0 {
			t.fail(Finding{Check: "keys", Column: names, Row: t.row + int64(at) + 1, Key: t.keyText(batch, at), Found: "the primary key of the row before", Expected: "every key once"})
		}
		if order > 0 {
			t.fail(Finding{Check: "keys", Column: names, Row: t.row + int64(at) + 1, Key: t.keyText(batch, at), Found: "a key that sorts before that of the row before", Expected: "rows in the order of their key"})
		}
	}
	t.previous = key
	t.n.keys++
}

// foreign is a foreign key of the table.
type foreign struct {
	foreignTask
	columns []int
	set     map[string]struct{}
}

func (t *table) prepareForeign(fk foreignTask) error {
	f := foreign{foreignTask: fk}
	for _, name := range fk.Fields {
		i := t.column(name)
		if i < 0 {
			t.fail(Finding{Check: "references", Column: name, Found: "no such column", Expected: "one, since it is part of a foreign key"})
			return nil
		}
		f.columns = append(f.columns, i)
	}
	if len(fk.Fields) == 0 || len(fk.Fields) != len(fk.Target) {
		t.fail(Finding{Check: "references", File: descFile, Column: strings.Join(fk.Fields, ", "), Found: fmt.Sprintf("a foreign key of %d fields that refer to %d", len(fk.Fields), len(fk.Target)), Expected: "as many"})
		return nil
	}
	name := fk.Parquet + "\x00" + strings.Join(fk.Target, "\x00")
	set, ok := t.sets[name]
	if !ok {
		var err error
		if set, err = t.readSet(fk); err != nil {
			return err
		}
		t.sets[name] = set
	}
	if f.set = set; set != nil {
		t.foreign = append(t.foreign, f)
	}
	return nil
}

// readSet returns the keys that a table offers to others; nil, and a finding,
// where it lacks a column.
func (t *table) readSet(fk foreignTask) (map[string]struct{}, error) {
	refused := func(err error) error { return refuse(fk.Parquet, "%v", err) }
	file, err := open(t.root, fk.Parquet)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	foot, err := footerOf(file)
	if err != nil {
		return nil, refused(err)
	}
	var columns []int
	for _, name := range fk.Target {
		i := slices.IndexFunc(foot.Fields, func(f datasets.Field) bool { return f.Name == name })
		if i < 0 {
			t.fail(Finding{Check: "references", Column: strings.Join(fk.Fields, ", "), Found: fmt.Sprintf("%s, which has no column %.80q", fk.Parquet, name), Expected: "the columns that the foreign key names"})
			return nil, nil
		}
		columns = append(columns, i)
	}
	r, err := datasets.OpenReceived(context.Background(), file, foot.Fields)
	if err != nil {
		return nil, refused(err)
	}
	defer r.Close()
	set := map[string]struct{}{}
	for {
		batch, err := r.Next()
		if errors.Is(err, io.EOF) {
			return set, nil
		}
		if err != nil {
			return nil, refused(err)
		}
		for at := range batch[0].Len() {
			if key, ok := joined(batch, columns, at); ok {
				set[key] = struct{}{}
			}
		}
	}
}

// joined returns the values of several columns as one text that no others give;
// false where one is absent.
func joined(batch []datasets.Cells, columns []int, at int) (string, bool) {
	var b []byte
	for _, i := range columns {
		v := batch[i].At(at)
		if v == nil {
			return "", false
		}
		b = fmt.Appendf(b, "%q,", fmt.Sprint(v))
	}
	return string(b), true
}

func (t *table) checkForeign(batch []datasets.Cells, at int) {
	for _, f := range t.foreign {
		key, ok := joined(batch, f.columns, at)
		if !ok {
			continue // null refers to nothing
		}
		t.n.references++
		if _, ok := f.set[key]; !ok {
			var values []string
			for _, i := range f.columns {
				values = append(values, text(batch[i].At(at)))
			}
			t.fail(Finding{Check: "references", Column: strings.Join(f.Fields, ", "), Row: t.row + int64(at) + 1, Key: t.keyText(batch, at),
				Found: strings.Join(values, ", "), Expected: "a row of " + f.Parquet + " with these"})
		}
	}
}
