package verify

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"diplometrics/datasets"
)

func TestVerifyGoodPackage(t *testing.T) {
	p := newPack(t).write()
	for _, path := range []string{p.dir, p.zip()} {
		r, text := check(t, path)
		if !r.Identical() {
			t.Errorf("%s", text)
		}
		// 3 accounts of 10 columns and 4 values of 19: 106 cells.
		wants(t, text, "small, version 1.0, 2 tables, 7 rows", "files: 9, each", "hashes: 8 files as", "description: 4 resources", "2 of the tables are this program's",
			"2 tables, 7 rows in the order of their primary key", "references: 4 rows", "csv: 2 tables, 106 cells", "libraries: 2 tables, 106 values", "not checked\n  estimates", "  CITATION.cff, README.md, codebook.csv: only", "\nidentical\n")
	}
}

// Every change of a good package is found, by the check that is for it, and the
// report names where it is.
func TestVerifyFindsChanges(t *testing.T) {
	unordered := func(p *pack) { p.valued.Compare = func(a, b *datasets.Value) int { return -1 } }
	column := func(p *pack, name string, change func(f *datasets.Field)) {
		p.valued.Columns = append([]datasets.Column[datasets.Value]{}, p.valued.Columns...)
		for i := range p.valued.Columns {
			if f := &p.valued.Columns[i].Field; f.Name == name {
				change(f)
			}
		}
	}
	flip := func(name string) func(p *pack) {
		return func(p *pack) {
			b := []byte(p.write().read(name))
			b[len(b)/2] ^= 1
			p.file(name, string(b))
		}
	}
	constrained := func(column string, c map[string]any) func(p *pack) {
		return func(p *pack) {
			p.write().field("values", column, func(f map[string]any) { f["constraints"] = c })
			p.describe().seal()
		}
	}
	for name, test := range map[string]struct {
		change func(p *pack)
		wants  []string
	}{
		"flipped byte of CSV":      {flip("data/values.csv"), []string{"hashes: FAILED", "file      data/values.csv", "found     SHA-256 ", "expected  "}},
		"flipped byte of Parquet":  {flip("data/values.parquet"), []string{"hashes: FAILED", "data/values.parquet"}},
		"flipped byte of README":   {flip("README.md"), []string{"hashes: FAILED", "file      README.md", "different: hashes\n"}},
		"flipped byte of codebook": {flip("codebook.csv"), []string{"hashes: FAILED", "file      codebook.csv", "different: hashes\n"}},
		"flipped byte of citation": {flip("CITATION.cff"), []string{"hashes: FAILED", "file      CITATION.cff", "different: hashes\n"}},
		"changed description":      {func(p *pack) { p.write().edit(descFile, "small", "Small") }, []string{"hashes: FAILED", "file      datapackage.json", "different: hashes\n"}},
		"changed sums":             {func(p *pack) { p.write().edit(sumsFile, "  README.md", "0  README.md") }, []string{"refused: SHA256SUMS: line", "expected 64 hex digits"}},
		"another hash in the description": {func(p *pack) {
			p.write().resources[0]["hash"] = "sha256:00"
			p.describe().edit(descFile, "sha256:", "sha256:00")
			p.seal()
		}, []string{"description: FAILED", "file      data/accounts.csv", "as datapackage.json says"}},
		"another size in the description": {func(p *pack) { p.write().edit(descFile, `"bytes": `, `"bytes": 1`); p.seal() }, []string{"description: FAILED", "file      data/accounts.csv", "bytes"}},

		"another value in CSV, consistent hashes": {func(p *pack) { p.write().edit("data/values.csv", ",0.1,", ",0.15,"); p.describe().seal() },
			[]string{"csv: FAILED", "file      data/values.csv", "table     values", "column    value", "row       ", `key       metric "zero_share"`, "found     0.15", "expected  0.1, as in Parquet", "different: csv\n"}},
		"another text in CSV, consistent hashes": {func(p *pack) { p.write().edit("data/accounts.csv", "Әлем", "Алем"); p.describe().seal() },
			[]string{"csv: FAILED", "column    organization", "row       1", "Алем", "Әлем"}},
		"absent in CSV, consistent hashes": {func(p *pack) { p.write().edit("data/values.csv", ",0.1,", ",,"); p.describe().seal() },
			[]string{"csv: FAILED", "column    value", "found     an empty cell"}},
		"empty text for absent in CSV": {func(p *pack) { p.write().edit("data/accounts.csv", "x,1,,", `x,1,"",`); p.describe().seal() },
			[]string{"csv: FAILED", "column    handle", `found     ""`, "expected  an empty cell, as in Parquet"}},
		"row more in CSV": {func(p *pack) {
			p.write().file("data/accounts.csv", p.read("data/accounts.csv")+"x,4,,,,,,false,,\n")
			p.describe().seal()
		},
			[]string{"csv: FAILED", "file      data/accounts.csv", "row       4", "found     more rows", "expected  3, as in Parquet"}},
		"row less in CSV": {func(p *pack) {
			s := p.write().read("data/accounts.csv")
			p.file("data/accounts.csv", s[:strings.LastIndex(s[:len(s)-1], "\n")+1])
			p.describe().seal()
		}, []string{"csv: FAILED", "found     2 rows", "expected  3, as in Parquet"}},
		"cut CSV": {func(p *pack) {
			s := p.write().read("data/accounts.csv")
			p.file("data/accounts.csv", s[:len(s)-3])
			p.describe().seal()
		}, []string{"csv: FAILED", "row       3", "it ends in the middle of a line"}},
		"other header in CSV": {func(p *pack) { p.write().edit("data/accounts.csv", "handle", "Handle"); p.describe().seal() }, []string{"csv: FAILED", "column    handle", `the header "Handle"`}},
		"column more in CSV": {func(p *pack) {
			p.write().file("data/accounts.csv", strings.ReplaceAll(p.read("data/accounts.csv"), "\n", ",\n"))
			p.describe().seal()
		},
			[]string{"csv: FAILED", "found     11 cells", "expected  10"}},

		"duplicated key": {func(p *pack) { unordered(p); p.values[1] = p.values[0]; p.write() }, []string{"keys: FAILED", "table     values", "row       2", "found     the primary key of the row before", "different: keys\n"}},
		"rows out of order": {func(p *pack) { unordered(p); p.values[1], p.values[2] = p.values[2], p.values[1]; p.write() },
			[]string{"keys: FAILED", "row       3", "found     a key that sorts before"}},
		"reference without a row": {func(p *pack) { p.accounts = p.accounts[:2]; p.accounts[1].AccountID = "15"; p.write() },
			[]string{"references: FAILED, 2 differences", "column    platform, account_id", `found     "x", "`, "expected  a row of data/accounts.parquet", "different: references\n"}},
		"reference to no table": {func(p *pack) {
			p.write().edit(descFile, `"resource": "accounts-parquet"`, `"resource": "people"`)
			p.seal()
		},
			[]string{"references: FAILED", `a reference to "people"`}},
		"share above one": {func(p *pack) {
			p.values[1].Value, p.values[1].High = datasets.Some(1.5), datasets.Some(2.)
			p.write()
		}, []string{"ranges: FAILED", "column    value", "row       2", "found     1.5", "expected  at most 1, since its unit is share"}},
		"value above its high": {func(p *pack) { p.values[1].High = p.values[1].Low; p.values[1].Value = datasets.Some(.9); p.write() },
			[]string{"ranges: FAILED", "column    value", "row       2", "found     0.9", "the high of the row"}},
		"low above high":         {func(p *pack) { p.values[1].CILow, p.values[1].CIHigh = datasets.Some(2.), datasets.Some(1.); p.write() }, []string{"ranges: FAILED", "column    ci_low", "found     2", "the ci_high of the row"}},
		"below a minimum":        {constrained("n", map[string]any{"required": true, "minimum": 6}), []string{"ranges: FAILED, 4 differences", "column    n\n", "found     5", "at least 6, as datapackage.json says"}},
		"after a maximum":        {constrained("period_end", map[string]any{"required": true, "maximum": "2022-03-01"}), []string{"ranges: FAILED", "column    period_end", "found     2022-", "at most 2022-03-01"}},
		"outside an enumeration": {constrained("metric", map[string]any{"required": true, "enum": []string{"posts"}}), []string{"ranges: FAILED, 4", "column    metric", `found     "zero_share"`, "one of posts"}},
		"unknown constraint":     {constrained("metric", map[string]any{"required": true, "pattern": "z.*"}), []string{`constraint "pattern" of values.metric`, "\nidentical\n"}},
		"missing file":           {func(p *pack) { p.must(os.Remove(p.write().path("README.md"))) }, []string{"files: FAILED", "file      README.md", "no such file"}},
		"missing table":          {func(p *pack) { p.must(os.Remove(p.write().path("data/values.csv"))); p.seal() }, []string{"description: FAILED", "file      data/values.csv", "no such file"}},
		"extra file":             {func(p *pack) { p.write().file("data/values.parquet.check", "x") }, []string{"files: FAILED", "file      data/values.parquet.check", "a file that SHA256SUMS does not list"}},
		"unknown file":           {func(p *pack) { p.write().file("notes.txt", "x"); p.seal() }, []string{"notes.txt: unknown", "\nidentical\n"}},
		"Parquet nobody describes": {func(p *pack) {
			p.write().file("data/more.parquet", p.read("data/values.parquet"))
			p.seal()
		}, []string{"description: FAILED", "file      data/more.parquet"}},
		"renamed column": {func(p *pack) { column(p, "unit", func(f *datasets.Field) { f.Name = "units" }); p.write() },
			[]string{"schemas: FAILED", "column    unit", "found     units as column 14", "as this program's table values has"}},
		"column renamed in the description": {func(p *pack) {
			p.write().field("values", "unit", func(f map[string]any) { f["name"] = "units" })
			p.describe().seal()
		}, []string{"schemas: FAILED", "column    units", "found     unit as column 14", "as datapackage.json says"}},
		"another type in the description": {func(p *pack) {
			p.write().field("values", "n", func(f map[string]any) { f["type"] = "number" })
			p.describe().seal()
		}, []string{"schemas: FAILED", "column    n\n", "found     type integer", "expected  number, as datapackage.json says"}},
		"unknown type in the description": {func(p *pack) {
			p.write().field("values", "n", func(f map[string]any) { f["type"] = "geopoint" })
			p.describe().seal()
		}, []string{"schemas: FAILED", `the type "geopoint"`}},
		"resources described differently": {func(p *pack) { p.write().edit(descFile, `"type": "date"`, `"type": "string"`); p.seal() }, []string{"description: FAILED", "other fields"}},
		"nulls in a required column": {func(p *pack) { column(p, "unit", func(f *datasets.Field) { f.Nullable = true }); p.write() },
			[]string{"nulls: FAILED", "column    unit", "a column that may be null: true", "expected  false, as this program's table values has"}},
		"nulls in the key": {func(p *pack) { column(p, "source", func(f *datasets.Field) { f.Nullable = true }); p.write() }, []string{"nulls: FAILED", "column    source"}},
		"rows of another table": {func(p *pack) {
			p.write().file("data/accounts.parquet", p.read("data/values.parquet"))
			p.describe().seal()
		}, []string{"schemas: FAILED", `the rows of table "values"`}},
		"name in two folders": {func(p *pack) {
			p.write().file("ids/values.parquet", p.read("data/values.parquet"))
			all := p.resources
			p.resources = append(all, map[string]any{"name": "ids", "path": "ids/values.parquet", "schema": all[3]["schema"]})
			p.describe().seal()
		}, []string{"3 tables, 11 rows", "table     ids/values", `the rows of table "values"`}},
		"unknown table": {func(p *pack) {
			p.valued.Name = "other"
			p.write()
		}, []string{"columns of other: this program has no table of that name", "\nidentical\n"}},
		"no schema": {func(p *pack) { delete(p.write().resources[3], "schema"); p.describe().seal() }, []string{"schemas: FAILED", "no schema"}},
		"no CSV": {func(p *pack) {
			p.must(os.Remove(p.write().path("data/values.csv")))
			p.resources = p.resources[:2:2]
			put2(p)
			p.describe().seal()
		}, []string{"CSV of values: the package has none", "\nidentical\n"}},
		"not SIMULATED":      {func(p *pack) { p.write().edit(descFile, `"version"`, `"simulated": true, "version"`); p.seal() }, []string{"schemas: FAILED", "simulated: true, as datapackage.json says", "SIMULATED: small"}},
		"control characters": {func(p *pack) { p.write().edit("data/accounts.csv", "Әлем", "\x1b[2J\u202e"); p.describe().seal() }, []string{`\x1b[2J\u202e`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPack(t)
			test.change(p)
			_, text := check(t, p.dir)
			wants(t, text, test.wants...)
		})
	}
}

// put2 describes values again without its CSV.
func put2(p *pack) {
	all := p.resources
	p.resources = nil
	put(p, &p.valued, p.values)
	p.must(os.Remove(p.path("data/values.csv")))
	p.resources = append(all, p.resources[1])
}

func TestVerifyRecompute(t *testing.T) {
	p := newPack(t).write()
	o := Options{Exe: child(t, "read"), Recompute: func(_ context.Context, p *Package) ([]Finding, error) {
		path, known := p.Path("values")
		if !known || path != filepath.Join(p.Dir, "data", "values.parquet") || len(p.Tables) != 2 {
			t.Errorf("got %q, %t, tables %v", path, known, p.Tables)
		}
		if all, err := datasets.Values.ReadAll(context.Background(), path); err != nil || len(all) != 4 {
			t.Errorf("got %d rows, %v", len(all), err)
		}
		p.Say("estimates", "75 rows computed again")
		p.Skip("metrics", "no posts are shared")
		return []Finding{{Check: "comparisons", Table: "comparisons", Column: "p", Row: 3, Found: "0.1", Expected: "0.2"}}, nil
	}}
	_, text := checkWith(t, p.zip(), o)
	wants(t, text, "  estimates: 75 rows computed again\n", "  metrics: no posts are shared\n", "  comparisons: FAILED, 1 difference; the first:\n    table     comparisons\n    column    p\n    row       3\n", "\ndifferent: comparisons\n")

	p.edit("data/values.csv", ",0.1,", ",0.2,")
	o.Recompute = func(context.Context, *Package) ([]Finding, error) { t.Error("called"); return nil, nil }
	_, text = checkWith(t, p.dir, o)
	wants(t, text, "not computed again")
}

// A folder is only read, also one that nobody may write to, and nothing stays in
// scratch.
func TestVerifyWritesNowhere(t *testing.T) {
	p := newPack(t).write()
	archive := p.zip()
	scratch := t.TempDir()
	t.Setenv("TMPDIR", scratch)
	before := listing(t, filepath.Dir(p.dir))
	for _, path := range []string{p.dir, archive} {
		check(t, path)
	}
	if after := listing(t, filepath.Dir(p.dir)); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
	if left := listing(t, scratch); left != ".\n" {
		t.Errorf("left in scratch:\n%s", left)
	}
}

func TestVerifyStopsAtOnce(t *testing.T) {
	p := newPack(t).write()
	scratch := t.TempDir()
	archive := p.zip()
	t.Setenv("TMPDIR", scratch)
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(200*time.Millisecond, cancel)
	start := time.Now()
	_, err := Run(ctx, archive, Options{Exe: child(t, "hang")})
	if took := time.Since(start); !errors.Is(err, context.Canceled) || took > time.Second {
		t.Errorf("%v after %v", err, took)
	}
	if left := listing(t, scratch); left != ".\n" {
		t.Errorf("left in scratch:\n%s", left)
	}
}

func TestVerifySurvivesItsChild(t *testing.T) {
	p := newPack(t).write()
	for mode, want := range map[string]string{"panic": "panic: as a library does", "eat": "memory", "stop": "it said nothing", "hang": "took longer than 300ms"} {
		start := time.Now()
		_, text := checkWith(t, p.dir, Options{Exe: child(t, mode), tableTime: 300 * time.Millisecond * map[bool]time.Duration{true: 1, false: 100}[mode == "hang"]})
		wants(t, text, "refused: data/accounts.parquet: ", want)
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%s took %v", mode, took)
		}
	}
}
