package datasets

import (
	"path/filepath"
	"strings"
	"testing"
)

func contentOf(t *testing.T, rows []kindsRow, o WriteOptions) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kinds.parquet")
	if err := kinds.Write(path, rows, o); err != nil {
		t.Fatal(err)
	}
	sum, err := ContentHash(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// The hash is of the rows: not of how they are stored, and of every cell.
func TestContentHash(t *testing.T) {
	want := contentOf(t, kindsRows(50), WriteOptions{})
	if got := contentOf(t, kindsRows(50), WriteOptions{Zstd: true, Simulated: true}); got != want {
		t.Errorf("compression changes the hash: %s and %s", got, want)
	}
	seen := map[string]string{want: "the rows"}
	for what, change := range map[string]func(rows []kindsRow) []kindsRow{
		"one row less":     func(rows []kindsRow) []kindsRow { return rows[:49] },
		"no rows":          func(rows []kindsRow) []kindsRow { return nil },
		"another number":   func(rows []kindsRow) []kindsRow { rows[7].Float++; return rows },
		"another text":     func(rows []kindsRow) []kindsRow { rows[7].Text += " "; return rows },
		"absent, not zero": func(rows []kindsRow) []kindsRow { rows[8].OptText = None[string](); return rows },
		"text moves on": func(rows []kindsRow) []kindsRow {
			rows[2].Text, rows[3].Text = rows[2].Text+rows[3].Text[:1], rows[3].Text[1:]
			return rows
		},
	} {
		rows := kindsRows(50)
		if what == "absent, not zero" && rows[8].OptText != Some("") {
			t.Fatal("the row has a text")
		}
		sum := contentOf(t, change(rows), WriteOptions{})
		if other, ok := seen[sum]; ok {
			t.Errorf("%s has the hash of %s", what, other)
		}
		seen[sum] = what
	}
}

func TestContentHashOfNoTable(t *testing.T) {
	if _, err := ContentHash(t.Context(), filepath.Join(t.TempDir(), "none.parquet")); err == nil {
		t.Error("a file that is not there has a hash")
	}
}

func TestCheckBounds(t *testing.T) {
	bounded := kinds
	bounded.Columns = append([]Column[kindsRow]{}, kinds.Columns...)
	for i, c := range bounded.Columns {
		switch c.Name {
		case "few":
			bounded.Columns[i] = c.among("yes", "no")
		case "opt_float":
			bounded.Columns[i] = c.within(0, 1)
		}
	}
	good := func() []kindsRow {
		return []kindsRow{{ID: -1, Few: "yes", OptFloat: Some(0.)}, {ID: 2, Few: "no", OptFloat: Some(1.), OptInt: Some(int64(0))}, {ID: 3, Few: "no"}}
	}
	for _, c := range []struct {
		change func(rows []kindsRow)
		want   string
	}{
		{func(rows []kindsRow) {}, ""},
		{func(rows []kindsRow) { rows[2].Few = "" }, `row 2, column few: found "", expected one of yes, no`},
		{func(rows []kindsRow) { rows[1].OptFloat.V = 1.5 }, "row 1, column opt_float: found 1.5, expected 0 to 1"},
		{func(rows []kindsRow) { rows[1].OptInt.V = -1 }, "row 1, column opt_int: found -1, expected 0 or more"},
	} {
		rows := good()
		c.change(rows)
		path := filepath.Join(t.TempDir(), "kinds.parquet")
		if err := bounded.Write(path, rows, WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		switch err := bounded.Schema().CheckBounds(t.Context(), path); {
		case c.want == "" && err != nil:
			t.Error(err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

// What a definition lists, the column allows, and the other way round: the two
// are written side by side by hand.
func TestValuesStandInDefinitions(t *testing.T) {
	for _, s := range Codebook() {
		for _, f := range s.Fields {
			for _, v := range f.Values {
				if !strings.Contains(f.Doc, v) {
					t.Errorf("%s.%s allows %q, which its definition does not name: %s", s.Name, f.Name, v, f.Doc)
				}
			}
			if f.Values != nil && f.Kind != String || f.Least.OK && f.Kind != Int && f.Kind != Float {
				t.Errorf("%s.%s: %s with bounds of another type", s.Name, f.Name, f.Kind)
			}
		}
	}
}
