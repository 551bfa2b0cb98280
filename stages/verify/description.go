package verify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"diplometrics/datasets"
)

const descFile = "datapackage.json"

// The parts of a Data Package v2 that are checked
// (https://datapackage.org/standard/data-package/).
type (
	description struct {
		Name      string     `json:"name"`
		Version   string     `json:"version"`
		Simulated bool       `json:"simulated"`
		Resources []resource `json:"resources"`
	}
	resource struct {
		Name   string       `json:"name"`
		Path   string       `json:"path"`
		Format string       `json:"format"`
		Bytes  *int64       `json:"bytes"`
		Hash   string       `json:"hash"`
		Schema *tableSchema `json:"schema"`
	}
	tableSchema struct {
		Fields      []fieldSchema `json:"fields"`
		PrimaryKey  names         `json:"primaryKey"`
		ForeignKeys []foreignKey  `json:"foreignKeys"`
	}
	fieldSchema struct {
		Name        string                     `json:"name"`
		Type        string                     `json:"type"`
		Unit        string                     `json:"unit"`
		Constraints map[string]json.RawMessage `json:"constraints"`
	}
	foreignKey struct {
		Fields    names     `json:"fields"`
		Reference reference `json:"reference"`
	}
	reference struct {
		Resource string `json:"resource"`
		Fields   names  `json:"fields"`
	}
	names []string // one name may stand without brackets
)

// UnmarshalJSON reads an array of names, or one name.
func (n *names) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*n = names{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(n))
}

// parseDescription reads a datapackage.json of any origin.
func parseDescription(b []byte) (*description, error) {
	switch deep, values := extent(b); {
	case deep > maxJSONDepth:
		return nil, refuse(descFile, "found objects and arrays more than %d deep, expected a few", maxJSONDepth)
	case values > maxJSONValues:
		return nil, refuse(descFile, "found about %d values, at most %d are read", values, maxJSONValues)
	}
	d := &description{}
	if err := json.Unmarshal(b, d); err != nil {
		return nil, refuse(descFile, "cannot be read: %v; expected a Data Package", err)
	}
	if len(d.Resources) > maxResources {
		return nil, refuse(descFile, "found %d resources, at most %d are read", len(d.Resources), maxResources)
	}
	seen, paths := map[string]bool{}, map[string]bool{}
	for i, r := range d.Resources {
		at := fmt.Sprintf("resource %d (%.80q)", i+1, r.Name)
		if r.Name == "" || seen[r.Name] {
			return nil, refuse(descFile, "%s: its name is empty or that of another", at)
		}
		if why := badPath(r.Path); why != "" {
			return nil, refuse(descFile, "%s: path %.80q: %s", at, r.Path, why)
		}
		if paths[r.Path] {
			return nil, refuse(descFile, "%s: path %.80q is that of another resource", at, r.Path)
		}
		seen[r.Name], paths[r.Path] = true, true
		if s := r.Schema; s != nil {
			if len(s.Fields) > maxColumns {
				return nil, refuse(descFile, "%s: found %d fields, at most %d are read", at, len(s.Fields), maxColumns)
			}
			if tooMany(s.PrimaryKey, s.ForeignKeys) {
				return nil, refuse(descFile, "%s: found more than %d foreign keys, or keys of more than %d fields", at, maxKey, maxKey)
			}
			fields := map[string]bool{}
			for _, f := range s.Fields {
				if fields[fold(f.Name)] {
					return nil, refuse(descFile, "%s: the field %.80q is there twice", at, f.Name)
				}
				fields[fold(f.Name)] = true
			}
		}
	}
	return d, nil
}

func tooMany(key names, foreign []foreignKey) bool {
	return len(key) > maxKey || len(foreign) > maxKey || slices.ContainsFunc(foreign, func(f foreignKey) bool {
		return len(f.Fields) > maxKey || len(f.Reference.Fields) > maxKey
	})
}

// extent returns how many objects and arrays lie in each other and about how many
// values there are, without taking memory for them.
func extent(b []byte) (most, values int) {
	deep, text := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case text && c == '\\':
			i++
		case c == '"':
			text = !text
		case text:
		case c == '{' || c == '[':
			deep++
			values++
			most = max(most, deep)
		case c == '}' || c == ']':
			deep--
		case c == ',':
			values++
		}
	}
	return most, values
}

// describe reads datapackage.json and compares it with the files.
func (p *Package) describe(ctx context.Context) error {
	b, err := readAll(ctx, p.root, descFile, maxDescribed)
	if errors.Is(err, os.ErrNotExist) {
		return refuse(descFile, "there is no such file; nothing says what the tables hold. Get the package again")
	}
	if err != nil {
		return err
	}
	if p.desc, err = parseDescription(b); err != nil {
		return err
	}
	p.Name, p.Version, p.Simulated = p.desc.Name, p.desc.Version, p.desc.Simulated
	there, c := p.paths(), p.check("description")
	for _, r := range p.desc.Resources {
		f, ok := there[r.Path]
		if !ok {
			c.fail(Finding{File: r.Path, Found: "no such file", Expected: "one, as resource " + r.Name + " of datapackage.json says"})
			continue
		}
		c.n++
		if r.Bytes == nil {
			p.Skip("size of "+r.Path, "datapackage.json does not say it")
		} else if f.Bytes != *r.Bytes {
			c.fail(Finding{File: r.Path, Found: fmt.Sprintf("%d bytes", f.Bytes), Expected: fmt.Sprintf("%d, as datapackage.json says", *r.Bytes)})
		}
		sum, ok := strings.CutPrefix(r.Hash, "sha256:")
		if !ok {
			p.Skip("hash of "+r.Path+" in datapackage.json", fmt.Sprintf("found %.80q, expected sha256: and 64 hex digits", r.Hash))
			continue
		}
		got := p.hashes[r.Path]
		if got == "" { // SHA256SUMS does not list it
			if got, _, err = hash(ctx, p.root, r.Path); err != nil {
				return err
			}
		}
		if got != strings.ToLower(sum) {
			c.fail(Finding{File: r.Path, Found: "SHA-256 " + got, Expected: sum + ", as datapackage.json says"})
		}
	}
	c.say("%d resources of datapackage.json, each there with its size and hash", c.n)
	return p.findTables()
}

// findTables lists the tables: every Parquet file, and the CSV file of the same
// name beside it.
func (p *Package) findTables() error {
	there, described := p.paths(), map[string]resource{}
	for _, r := range p.desc.Resources {
		described[r.Path] = r
	}
	var order []string
	for _, r := range p.desc.Resources {
		if path.Ext(r.Path) == ".parquet" {
			order = append(order, r.Path)
		}
	}
	for _, f := range p.Files {
		if _, ok := described[f.Path]; !ok && path.Ext(f.Path) == ".parquet" {
			p.check("description").fail(Finding{File: f.Path, Found: "a Parquet file that datapackage.json does not describe", Expected: "none, or a resource for it"})
		}
	}
	if len(order) > maxTables {
		return refuse(descFile, "found %d Parquet files, at most %d are read", len(order), maxTables)
	}
	tables := map[string]bool{}
	for _, pq := range order {
		if _, ok := there[pq]; !ok {
			continue
		}
		t := TableInfo{Name: strings.TrimSuffix(path.Base(pq), ".parquet"), Parquet: pq}
		if tables[t.Name] { // a name in several folders, of which the first keeps it
			t.Name = strings.TrimSuffix(pq, ".parquet")
		}
		tables[t.Name] = true
		csv := strings.TrimSuffix(pq, ".parquet") + ".csv"
		if _, ok := there[csv]; ok {
			t.CSV = csv
		}
		p.Tables = append(p.Tables, t)
		if r, ok := described[csv]; ok && t.CSV != "" {
			p.sameSchemas(described[pq], r)
		}
	}
	if len(p.Tables) == 0 {
		return refuse(descFile, "found no table, so that there is nothing to check")
	}
	return nil
}

// sameSchemas checks that the two resources of a table are described alike.
// References differ, since each names resources of its own format.
func (p *Package) sameSchemas(pq, csv resource) {
	a, b := pq.Schema, csv.Schema
	if a == nil || b == nil {
		return // its missing schema is told by checkTables
	}
	same := slices.Equal(a.PrimaryKey, b.PrimaryKey) && slices.EqualFunc(a.Fields, b.Fields, func(a, b fieldSchema) bool {
		if a.Name != b.Name || a.Type != b.Type || a.Unit != b.Unit || len(a.Constraints) != len(b.Constraints) {
			return false
		}
		for k, v := range a.Constraints {
			if string(b.Constraints[k]) != string(v) {
				return false
			}
		}
		return true
	})
	if !same {
		p.check("description").fail(Finding{File: descFile, Table: pq.Name, Found: "resource " + csv.Name + " with other fields, constraints or another primary key",
			Expected: "those of " + pq.Name})
	}
}

var kindsOf = map[string]datasets.Kind{
	"string": datasets.String, "integer": datasets.Int, "number": datasets.Float,
	"boolean": datasets.Bool, "date": datasets.Date, "datetime": datasets.Timestamp,
}

// required says whether a field may not be null.
func (f fieldSchema) required() bool { return string(f.Constraints["required"]) == "true" }

// tellGaps says which files nothing but their hash was checked of.
func (p *Package) tellGaps() {
	p.Checked(sumsFile)
	p.Checked(descFile)
	for _, t := range p.Tables {
		p.Checked(t.Parquet)
		p.Checked(t.CSV)
	}
	known := []string{"README.md", "CITATION.cff", "codebook.csv", "codebook.html", "manifest.json", "croissant.json", "report.html", "tables.xlsx"}
	described := map[string]bool{}
	for _, r := range p.desc.Resources {
		described[r.Path] = true
	}
	var hashed, unknown []string
	for _, f := range p.Files {
		switch top, _, _ := strings.Cut(f.Path, "/"); {
		case p.checked[f.Path]:
		case described[f.Path] || slices.Contains(known, f.Path) || top == "figures" || top == "ids":
			hashed = append(hashed, f.Path)
		default:
			unknown = append(unknown, f.Path)
		}
	}
	if len(hashed) > 0 {
		p.Skip(some(hashed), "only their hashes were; this check does not read them")
	}
	if len(unknown) > 0 {
		p.Skip(some(unknown), "unknown: this program writes no file of such a name, and nothing describes it")
	}
}

// some names the first of many files.
func some(files []string) string {
	const most = 6
	if len(files) <= most {
		return strings.Join(files, ", ")
	}
	return fmt.Sprintf("%s and %d more files", strings.Join(files[:most], ", "), len(files)-most)
}
