package verify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"diplometrics/datasets"
)

// ReadMain is the reading process: it reads its job from standard input, checks
// table after table and reports on each. The error it returns is about the
// conversation; a table that differs or is refused is reported. It bounds its
// own memory and time, so it must be the only work of its process. An interrupt
// is left to whoever started it, and ends it.
func ReadMain(stdin io.Reader, stdout io.Writer) error {
	boundMemory(childMemory, childSlack)
	var j job
	if err := json.NewDecoder(stdin).Decode(&j); err != nil {
		return fmt.Errorf("read the list of tables to check: %w", err)
	}
	root, err := os.OpenRoot(j.Dir)
	if err != nil {
		return err
	}
	defer root.Close()
	// Whoever started it ends it sooner, if still there.
	late := time.AfterFunc(2*tableTime, func() { os.Exit(1) })
	sets := map[string]map[string]struct{}{}
	enc := json.NewEncoder(stdout)
	for _, t := range j.Tasks {
		if err := enc.Encode(answer{Table: t.Name}); err != nil {
			return err
		}
		late.Reset(2 * tableTime)
		a := answer{Table: t.Name, Done: true}
		c := &table{task: t, root: root, sets: sets, first: map[[2]string]int{}}
		if err := c.check(); err != nil {
			a.File, a.Refused = t.Parquet, err.Error()
			var refused *RefusedError
			if errors.As(err, &refused) {
				a.File, a.Refused = refused.File, refused.Why
			}
		}
		c.out.Counts = map[string]int64{"schemas": c.n.schemas, "nulls": c.n.nulls, "keys": c.n.keys, "references": c.n.references,
			"ranges": c.n.ranges, "csv": c.n.csv, "libraries": c.n.libraries}
		a.Result = c.out
		if err := enc.Encode(a); err != nil {
			return err
		}
	}
	return nil
}

// table checks one table.
type table struct {
	task
	root   *os.Root
	footer *footer
	sets   map[string]map[string]struct{} // keys of tables that others refer to
	first  map[[2]string]int              // check and column -> index of its finding

	key      []int // columns of the primary key
	previous []any // the key of the row before
	foreign  []foreign
	ranges   []bounds
	brackets []bracket
	csv      *csvReader
	row      int64 // rows before the batch

	n   struct{ schemas, nulls, keys, references, ranges, csv, libraries int64 }
	out result
}

// fail keeps the first finding of a check in a column, and counts the others.
func (t *table) fail(f Finding) {
	f.Table = t.Name
	if f.File == "" {
		f.File = t.Parquet
	}
	at := [2]string{f.Check, f.Column}
	if i, ok := t.first[at]; ok {
		t.out.Findings[i].N++
		return
	}
	f.Found, f.Expected, f.Key = plain(f.Found), plain(f.Expected), plain(f.Key)
	t.first[at] = len(t.out.Findings)
	t.out.Findings = append(t.out.Findings, counted{f, 1})
}

// skip adds to what was not checked, up to a number that somebody may read.
func (t *table) skip(what, why string) {
	const most = 20
	switch n := len(t.out.Gaps); {
	case n < most:
		t.out.Gaps = append(t.out.Gaps, Gap{what, why})
	case n == most:
		t.out.Gaps = append(t.out.Gaps, Gap{"more of " + t.Name, "for reasons like those above"})
	}
}

// check reads the table. An error refuses its file.
func (t *table) check() error {
	file, err := open(t.root, t.Parquet)
	if err != nil {
		return err
	}
	defer file.Close()
	if t.footer, err = footerOf(file); err != nil {
		return err
	}
	t.out.Rows = t.footer.Rows
	t.checkSchema()
	if err := t.prepare(); err != nil {
		return err
	}
	if t.CSV != "" {
		f, err := open(t.root, t.CSV)
		if err != nil {
			return err
		}
		defer f.Close()
		t.csv = newCSVReader(f)
		t.checkHeader()
	}
	r, err := datasets.OpenReceived(context.Background(), file, t.footer.Fields)
	if err != nil {
		return err
	}
	defer r.Close()
	for {
		batch, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("after row %d: %w", t.row, err)
		}
		if err := t.checkBatch(r, batch); err != nil {
			return err
		}
	}
	if t.row != t.footer.Rows {
		return fmt.Errorf("the first Parquet library, arrow, found %d rows, and the footer says %d", t.row, t.footer.Rows)
	}
	if t.csv != nil {
		t.checkEnd()
	}
	return nil
}

func footerOf(file *os.File) (*footer, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	return readFooter(file, info.Size())
}

// checkBatch checks the next rows.
func (t *table) checkBatch(r *datasets.Received, batch []datasets.Cells) error {
	rows := batch[0].Len()
	for i, c := range batch {
		second, err := r.Second(i, rows)
		if err != nil {
			return fmt.Errorf("column %s, after row %d: %w", c.Field.Name, t.row, err)
		}
		if at := c.Differs(second); at >= 0 {
			t.fail(Finding{Check: "libraries", Column: c.Field.Name, Row: t.row + int64(at) + 1, Key: t.keyText(batch, at),
				Found: "parquet-go reads " + text(second.At(at)), Expected: text(c.At(at)) + ", as arrow reads"})
		}
		t.n.libraries += int64(rows)
		if at, err := c.Invalid(); err != nil {
			t.fail(Finding{Check: "ranges", Column: c.Field.Name, Row: t.row + int64(at) + 1, Key: t.keyText(batch, at), Found: err.Error(), Expected: "what a table may hold"})
		}
		t.checkColumn(i, batch)
	}
	for at := range rows {
		t.checkKey(batch, at)
		t.checkForeign(batch, at)
		t.checkBrackets(batch, at)
	}
	if t.csv != nil {
		t.checkRecords(batch, rows)
	}
	t.row += int64(rows)
	return nil
}

// keyText names a row by its primary key.
func (t *table) keyText(batch []datasets.Cells, at int) string {
	var s []string
	for _, i := range t.key {
		s = append(s, fmt.Sprintf("%s %s", batch[i].Field.Name, text(batch[i].At(at))))
	}
	return strings.Join(s, ", ")
}

// text shows a value.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return fmt.Sprintf("%.120q", v)
	}
	return fmt.Sprint(v)
}
