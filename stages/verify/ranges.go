package verify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"diplometrics/datasets"
)

// bounds are what datapackage.json and the unit allow in a column.
type bounds struct {
	least, most any                 // nil for no bound
	enum        map[string]struct{} // nil for any value
	why         string              // whence the bounds come
	byUnit      int                 // column that holds the unit of the value; -1 for none
}

// findBounds collects the bounds of all columns. Constraints that this check
// does not know are told.
func (t *table) findBounds() {
	t.ranges = make([]bounds, len(t.footer.Fields))
	unit := t.column("unit")
	for i, f := range t.footer.Fields {
		b := bounds{byUnit: -1, why: "as datapackage.json says"}
		for _, d := range t.Schema.Fields {
			if d.Name == f.Name {
				t.constraints(&b, f, d)
			}
		}
		// The unit of values and estimates stands in a column of its own. It binds
		// the value and not its interval, which can reach beyond and then says so.
		if f.Name == "value" && f.Kind == datasets.Float && unit >= 0 && t.footer.Fields[unit].Kind == datasets.String && (t.Name == "values" || t.Name == "estimates") {
			b.byUnit = unit
		}
		t.ranges[i] = b
	}
}

func (t *table) constraints(b *bounds, f datasets.Field, d fieldSchema) {
	if f.Kind == datasets.Float && d.Unit == "share" {
		b.least, b.most, b.why = 0., 1., "since its unit is share"
	}
	wrong := func(name string, raw []byte) {
		t.fail(Finding{Check: "ranges", File: descFile, Column: f.Name, Found: fmt.Sprintf("the constraint %s %.80q", name, raw), Expected: "a value of kind " + f.Kind.String()})
	}
	for _, name := range slices.Sorted(maps.Keys(d.Constraints)) {
		raw := d.Constraints[name]
		switch name {
		case "required":
		case "minimum", "maximum":
			v, ok := parse(f.Kind, raw)
			switch {
			case !ok:
				wrong(name, raw)
			case name == "minimum":
				b.least, b.why = v, "as datapackage.json says"
			default:
				b.most, b.why = v, "as datapackage.json says"
			}
		case "enum":
			var all []json.RawMessage
			if json.Unmarshal(raw, &all) != nil {
				wrong(name, raw)
				continue
			}
			b.enum = map[string]struct{}{}
			for _, one := range all {
				v, ok := parse(f.Kind, one)
				if !ok {
					wrong(name, one)
				}
				b.enum[fmt.Sprint(v)] = struct{}{}
			}
		default:
			t.skip(fmt.Sprintf("constraint %.40q of %s.%s", name, t.Name, f.Name), "this check knows required, minimum, maximum and enum")
		}
	}
}

// oneOf names the values that are allowed, where they are not many.
func (b *bounds) oneOf() string {
	if len(b.enum) > 20 {
		return fmt.Sprintf("one of %d values", len(b.enum))
	}
	return "one of " + strings.Join(slices.Sorted(maps.Keys(b.enum)), ", ")
}

// parse reads a bound of a constraint as a value of a kind.
func parse(k datasets.Kind, raw json.RawMessage) (any, bool) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return nil, false
	}
	if b, ok := v.(bool); ok {
		return b, k == datasets.Bool
	}
	s := fmt.Sprint(v) // of a number as it is written, of a text the text
	switch _, number := v.(json.Number); {
	case k == datasets.String:
		return s, !number
	case k == datasets.Int:
		n, err := strconv.ParseInt(s, 10, 64)
		return n, err == nil
	case k == datasets.Float:
		x, err := strconv.ParseFloat(s, 64)
		return x, err == nil
	case k == datasets.Date:
		d, err := time.Parse(time.DateOnly, s)
		return datasets.DayOf(d), err == nil
	case k == datasets.Timestamp:
		m, err := time.Parse(time.RFC3339, s)
		return datasets.MicrosOf(m), err == nil
	}
	return nil, false
}

// checkColumn checks the bounds of a column in all rows of a batch.
func (t *table) checkColumn(i int, batch []datasets.Cells) {
	c, b := batch[i], t.ranges[i]
	if b.least == nil && b.most == nil && b.enum == nil && b.byUnit < 0 {
		return
	}
	for at := range c.Len() {
		v := c.At(at)
		if v == nil {
			continue
		}
		t.n.ranges++
		least, most, why := b.least, b.most, b.why
		if b.byUnit >= 0 {
			if u, ok := batch[b.byUnit].At(at).(string); ok {
				low, high := datasets.UnitRange(u)
				if low.OK {
					least, why = low.V, "since its unit is "+u
				}
				if high.OK {
					most, why = high.V, "since its unit is "+u
				}
			}
		}
		expected := ""
		switch {
		case least != nil && datasets.CompareCells(v, least) < 0:
			expected = fmt.Sprintf("at least %v, %s", least, why)
		case most != nil && datasets.CompareCells(v, most) > 0:
			expected = fmt.Sprintf("at most %v, %s", most, why)
		case b.enum != nil:
			if _, ok := b.enum[fmt.Sprint(v)]; !ok {
				expected = b.oneOf() + ", " + why
			}
		}
		if expected != "" {
			t.fail(Finding{Check: "ranges", Column: c.Field.Name, Row: t.row + int64(at) + 1, Key: t.keyText(batch, at), Found: text(v), Expected: expected})
		}
	}
}

// bracket is a value with the two that bound it.
type bracket struct{ low, value, high int } // columns; value is -1 where it is of another quantity

// findBrackets finds columns low and high, X_low and X_high, of the same kind.
// X_low and X_high bound X; low and high bound the last column of their kind
// before them.
func (t *table) findBrackets() {
	fields := t.footer.Fields
	for low, f := range fields {
		of, ok := strings.CutSuffix(f.Name, "low")
		high := t.column(of + "high")
		if !ok || high < 0 || fields[high].Kind != f.Kind || of != "" && !strings.HasSuffix(of, "_") {
			continue
		}
		b := bracket{low, -1, high}
		if of != "" {
			b.value = t.column(strings.TrimSuffix(of, "_"))
		}
		for i := low - 1; of == "" && b.value < 0 && i >= 0; i-- {
			if fields[i].Kind == f.Kind {
				b.value = i
			}
		}
		if b.value >= 0 && fields[b.value].Kind != f.Kind {
			b.value = -1
		}
		t.brackets = append(t.brackets, b)
	}
}

func (t *table) checkBrackets(batch []datasets.Cells, at int) {
	for _, b := range t.brackets {
		low, high := batch[b.low].At(at), batch[b.high].At(at)
		var value any
		if b.value >= 0 {
			value = batch[b.value].At(at)
		}
		t.within(batch, at, b.low, low, b.high, high)
		t.within(batch, at, b.low, low, b.value, value)
		t.within(batch, at, b.value, value, b.high, high)
	}
}

// within checks that the value of one column is no greater than that of another.
func (t *table) within(batch []datasets.Cells, at, i int, less any, j int, more any) {
	if less == nil || more == nil {
		return
	}
	t.n.ranges++
	if datasets.CompareCells(less, more) > 0 {
		t.fail(Finding{Check: "ranges", Column: batch[i].Field.Name, Row: t.row + int64(at) + 1, Key: t.keyText(batch, at),
			Found: text(less), Expected: fmt.Sprintf("at most %s, the %s of the row", text(more), batch[j].Field.Name)})
	}
}
