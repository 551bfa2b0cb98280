package datasets

import (
	"cmp"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// Every table that the package declares is in the codebook.
func TestCodebookIsComplete(t *testing.T) {
	declared := 0
	fset := token.NewFileSet()
	for _, name := range []string{"tables.go", "posts.go", "enrich.go", "results.go", "comparisons.go", "scores.go", "agreement.go", "curves.go", "periods.go"} {
		file, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			if index, ok := lit.Type.(*ast.IndexExpr); ok {
				if ident, ok := index.X.(*ast.Ident); ok && ident.Name == "Table" {
					declared++
				}
			}
			return true
		})
	}
	if got := len(Codebook()); got != declared {
		t.Errorf("%d tables in the codebook, %d are declared", got, declared)
	}
}

func TestSchemas(t *testing.T) {
	names := map[string]bool{}
	for _, s := range Codebook() {
		if names[s.Name] {
			t.Errorf("two tables %s", s.Name)
		}
		names[s.Name] = true
		columns := map[string]Field{}
		for _, f := range s.Fields {
			if _, ok := columns[f.Name]; ok {
				t.Errorf("%s: two columns %s", s.Name, f.Name)
			}
			columns[f.Name] = f
			if !strings.HasSuffix(f.Doc, ".") {
				t.Errorf("%s.%s: the definition is no sentence: %q", s.Name, f.Name, f.Doc)
			}
			if f.Nullable && !strings.Contains(f.Doc, "Null") {
				t.Errorf("%s.%s: the definition does not say what null means: %q", s.Name, f.Name, f.Doc)
			}
		}
		for _, k := range s.Key {
			if f, ok := columns[k]; !ok || f.Nullable {
				t.Errorf("%s: key column %s is missing or nullable", s.Name, k)
			}
		}
	}
}

// Each column reads and writes a field of its own, through both accessors and
// Cell, and Compare orders by the key and nothing else.
func TestTables(t *testing.T) {
	testTable(t, &Accounts)
	testTable(t, &AccountSnapshots)
	testTable(t, &AccountWindows)
	testTable(t, &Published)
	testTable(t, &Sources)
	testTable(t, &Rejects)
	testTable(t, &Values)
	testTable(t, &Estimates)
	testTable(t, &Comparisons)
	testTable(t, &Audit)
	testTable(t, &kinds)
}

func testTable[R comparable](t *testing.T, table *Table[R]) {
	t.Run(table.Name, func(t *testing.T) {
		rows := make([]R, 1)
		value := func(f Field, n int) *vector {
			v := newVector(f, 1)
			if f.Nullable {
				v.valid[0] = true
			}
			switch f.Kind {
			case String:
				v.strs[0] = fmt.Sprintf("v%03d", n)
			case Bool:
				v.bits[0] = 1
			default:
				v.bits[0] = uint64(n)
			}
			return v
		}
		for i, c := range table.Columns {
			c.scatter(value(c.Field, i+1), 0, rows)
		}
		for i, c := range table.Columns {
			want, got := value(c.Field, i+1), c.gather(rows)
			if !slices.Equal(got.bits, want.bits) || !slices.Equal(got.strs, want.strs) || !slices.Equal(got.valid, want.valid) {
				t.Errorf("column %s shares its field with another column", c.Name)
			}
			if got := table.Cell(&rows[0], i); got == nil {
				t.Errorf("column %s: Cell is absent", c.Name)
			}
		}
		for i, c := range table.Columns {
			more := slices.Clone(rows)
			c.scatter(value(c.Field, i+500), 0, more)
			if c.Kind == Bool {
				continue
			}
			want := 0
			if slices.Contains(table.Key, c.Name) {
				want = -1
			}
			if got := cmp.Compare(table.Compare(&rows[0], &more[0]), 0); got != want {
				t.Errorf("rows that differ in %s only: Compare gives %d, want %d", c.Name, got, want)
			}
		}
		// An earlier column of the key outweighs all later ones.
		for i := range table.Key {
			a, b := make([]R, 1), make([]R, 1)
			for j, k := range table.Key {
				c := table.Columns[slices.IndexFunc(table.Columns, func(c Column[R]) bool { return c.Name == k })]
				low, high := 10, 11
				if j > i {
					low, high = high, low
				}
				if j < i {
					high = low
				}
				c.scatter(value(c.Field, low), 0, a)
				c.scatter(value(c.Field, high), 0, b)
			}
			if got := table.Compare(&a[0], &b[0]); got >= 0 {
				t.Errorf("Compare does not order by %s before %v", table.Key[i], table.Key[i+1:])
			}
		}
	})
}

func TestCodebookMarkdown(t *testing.T) {
	s := []Schema{{Name: "t", Doc: "One row a thing.", Key: []string{"a", "b"}, Fields: []Field{
		{Name: "a", Doc: "A | B.", Kind: Int, Unit: "count"}, {Name: "b", Doc: "B.", Kind: Timestamp, Nullable: true}}}}
	const want = `## t

One row a thing.

Key: a, b.

| column | type | unit | nullable | definition |
|---|---|---|---|---|
| a | integer | count | no | A \| B. |
| b | timestamp |  | yes | B. |
`
	var b strings.Builder
	if err := WriteCodebookMarkdown(&b, s); err != nil {
		t.Fatal(err)
	}
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestCodebookJSON(t *testing.T) {
	var b strings.Builder
	if err := WriteCodebookJSON(&b, Codebook()); err != nil {
		t.Fatal(err)
	}
	var got []struct {
		Name    string
		Key     []string
		Columns []struct {
			Name, Type, Unit, Doc string
			Nullable              bool
		}
	}
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	for i, s := range Codebook() {
		if got[i].Name != s.Name || !slices.Equal(got[i].Key, s.Key) || len(got[i].Columns) != len(s.Fields) {
			t.Fatalf("table %d is %+v, want %+v", i, got[i], s)
		}
		for j, f := range s.Fields {
			c := got[i].Columns[j]
			if c.Name != f.Name || c.Type != f.Kind.String() || c.Unit != f.Unit || c.Doc != f.Doc || c.Nullable != f.Nullable {
				t.Errorf("%s: column %+v, want %+v", s.Name, c, f)
			}
		}
	}
}
