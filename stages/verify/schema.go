package verify

import (
	"fmt"
	"slices"
	"strings"

	"diplometrics/datasets"
)

// checkSchema compares the columns of the Parquet file with those of
// datapackage.json, and with the program's own where it knows the table.
func (t *table) checkSchema() {
	if name, ok := t.meta("table"); ok && name != t.Name {
		t.fail(Finding{Check: "schemas", Found: fmt.Sprintf("the rows of table %.80q", name), Expected: "those of " + t.Name})
	}
	got := t.footer.Fields
	t.n.schemas += int64(len(got))
	var want []datasets.Field
	for _, f := range t.Schema.Fields {
		kind, ok := kindsOf[f.Type]
		if !ok {
			t.fail(Finding{Check: "schemas", File: descFile, Column: f.Name, Found: fmt.Sprintf("the type %.80q", f.Type), Expected: "string, integer, number, boolean, date or datetime"})
		}
		want = append(want, datasets.Field{Name: f.Name, Unit: f.Unit, Kind: kind, Nullable: !f.required()})
		if f.required() {
			t.n.nulls++
		}
	}
	if len(want) > 0 {
		t.sameFields(got, want, "as datapackage.json says")
	}
	if s, ok := t.meta("simulated"); ok != t.Simulated {
		t.fail(Finding{Check: "schemas", Found: fmt.Sprintf("the mark simulated %q", s), Expected: fmt.Sprintf("simulated: %t, as datapackage.json says", t.Simulated)})
	}
	t.checkKnown(got, want)
}

// meta returns a key-value pair of the file.
func (t *table) meta(key string) (string, bool) {
	v, ok := t.footer.Meta[key]
	return v, ok
}

// checkKnown compares the table with the program's own of the same name.
func (t *table) checkKnown(got, described []datasets.Field) {
	i := slices.IndexFunc(datasets.Codebook(), func(s datasets.Schema) bool { return s.Name == t.Name })
	version, _ := t.meta("schema_version")
	profile, _ := t.meta("profile")
	switch {
	case i < 0:
		t.skip("columns of "+t.Name, "this program has no table of that name; they are as datapackage.json says")
		return
	case version != datasets.SchemaVersion || profile != datasets.Profile:
		t.skip("columns of "+t.Name+" against this program's", fmt.Sprintf("the file has schema version %q and profile %q, this program %q and %q", version, profile, datasets.SchemaVersion, datasets.Profile))
		return
	}
	own, before := datasets.Codebook()[i], len(t.out.Findings)
	t.sameFields(got, own.Fields, "as this program's table "+own.Name+" has")
	if len(described) == len(own.Fields) {
		for i, f := range own.Fields {
			if described[i].Unit != f.Unit {
				t.fail(Finding{Check: "schemas", File: descFile, Column: f.Name, Found: fmt.Sprintf("the unit %.80q", described[i].Unit), Expected: fmt.Sprintf("%q, as this program's table has", f.Unit)})
			}
		}
	}
	if len(t.Schema.PrimaryKey) > 0 && !slices.Equal(t.Schema.PrimaryKey, own.Key) {
		t.fail(Finding{Check: "schemas", File: descFile, Found: "the primary key " + strings.Join(t.Schema.PrimaryKey, ", "), Expected: strings.Join(own.Key, ", ") + ", as this program's table has"})
	}
	t.out.Known = len(t.out.Findings) == before
}

// sameFields checks names, order, types and nullability.
func (t *table) sameFields(got, want []datasets.Field, as string) {
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			t.fail(Finding{Check: "schemas", Column: want[i].Name, Found: fmt.Sprintf("%d columns", len(got)), Expected: fmt.Sprintf("%d, %s", len(want), as)})
		case i >= len(want):
			t.fail(Finding{Check: "schemas", Column: got[i].Name, Found: fmt.Sprintf("%d columns", len(got)), Expected: fmt.Sprintf("%d, %s", len(want), as)})
		case got[i].Name != want[i].Name:
			t.fail(Finding{Check: "schemas", Column: want[i].Name, Found: fmt.Sprintf("%s as column %d", got[i].Name, i+1), Expected: want[i].Name + " there, " + as})
		case got[i].Kind != want[i].Kind:
			t.fail(Finding{Check: "schemas", Column: got[i].Name, Found: "type " + got[i].Kind.String(), Expected: want[i].Kind.String() + ", " + as})
		case got[i].Nullable != want[i].Nullable:
			t.fail(Finding{Check: "nulls", Column: got[i].Name, Found: fmt.Sprintf("a column that may be null: %t", got[i].Nullable), Expected: fmt.Sprintf("%t, %s", want[i].Nullable, as)})
		default:
			continue
		}
		return // what follows would repeat it
	}
}

// prepare finds the columns that checks need, and reads the keys that the table
// refers to.
func (t *table) prepare() error {
	for _, name := range t.Schema.PrimaryKey {
		i := t.column(name)
		if i < 0 {
			t.fail(Finding{Check: "keys", Column: name, Found: "no such column", Expected: "one, since it is part of the primary key"})
			t.key = nil
			break
		}
		t.key = append(t.key, i)
	}
	if len(t.Schema.PrimaryKey) == 0 {
		t.skip("primary key of "+t.Name, "datapackage.json names none")
	}
	t.findBounds()
	t.findBrackets()
	for _, fk := range t.Foreign {
		if err := t.prepareForeign(fk); err != nil {
			return err
		}
	}
	return nil
}

func (t *table) column(name string) int {
	return slices.IndexFunc(t.footer.Fields, func(f datasets.Field) bool { return f.Name == name })
}
