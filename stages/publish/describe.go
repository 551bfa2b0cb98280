package publish

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/study"
)

// The parts of a Data Package v2 that the package uses
// (https://datapackage.org/standard/data-package/).
type (
	dataPackage struct {
		Schema       string        `json:"$schema"`
		Name         string        `json:"name"`
		Title        string        `json:"title"`
		Description  string        `json:"description,omitempty"`
		Version      string        `json:"version,omitempty"`
		Simulated    bool          `json:"simulated,omitempty"`
		Licenses     []license     `json:"licenses,omitempty"`
		Contributors []contributor `json:"contributors,omitempty"`
		Sources      []source      `json:"sources,omitempty"`
		Resources    []resource    `json:"resources"`
	}
	license     struct{ Name, Path, Title string }
	contributor struct {
		Title string   `json:"title"`
		Roles []string `json:"roles"`
	}
	source struct {
		Title string `json:"title"`
		Path  string `json:"path,omitempty"`
	}
	resource struct {
		Schema      string      `json:"$schema,omitempty"`
		Name        string      `json:"name"`
		Type        string      `json:"type,omitempty"`
		Path        string      `json:"path"`
		Format      string      `json:"format"`
		MediaType   string      `json:"mediatype"`
		Encoding    string      `json:"encoding,omitempty"`
		Description string      `json:"description"`
		Bytes       int64       `json:"bytes"`
		Hash        string      `json:"hash"`
		Table       tableSchema `json:"schema"`
	}
	tableSchema struct {
		Fields        []fieldSchema `json:"fields"`
		MissingValues []string      `json:"missingValues"`
		PrimaryKey    []string      `json:"primaryKey"`
		ForeignKeys   []foreignKey  `json:"foreignKeys,omitempty"`
	}
	fieldSchema struct {
		Name        string       `json:"name"`
		Type        string       `json:"type"`
		Description string       `json:"description"`
		Unit        string       `json:"unit,omitempty"`
		Constraints *constraints `json:"constraints,omitempty"`
	}
	constraints struct {
		Required bool `json:"required"`
	}
	foreignKey struct {
		Fields    []string  `json:"fields"`
		Reference reference `json:"reference"`
	}
	reference struct {
		Resource string   `json:"resource"`
		Fields   []string `json:"fields"`
	}
)

// MarshalJSON writes the keys in lower case, and only those that are set.
func (l license) MarshalJSON() ([]byte, error) {
	m := map[string]string{"name": l.Name}
	if l.Path != "" {
		m["path"] = l.Path
	}
	if l.Title != "" {
		m["title"] = l.Title
	}
	return json.Marshal(m)
}

var fieldTypes = map[datasets.Kind]string{
	datasets.String: "string", datasets.Int: "integer", datasets.Float: "number",
	datasets.Bool: "boolean", datasets.Date: "date", datasets.Timestamp: "datetime",
}

func schemaOf(t datasets.Schema, suffix string) tableSchema {
	s := tableSchema{MissingValues: []string{""}, PrimaryKey: t.Key}
	has := map[string]bool{}
	for _, f := range t.Fields {
		has[f.Name] = true
		fs := fieldSchema{Name: f.Name, Type: fieldTypes[f.Kind], Description: f.Doc, Unit: f.Unit}
		if !f.Nullable {
			fs.Constraints = &constraints{Required: true}
		}
		s.Fields = append(s.Fields, fs)
	}
	// Points of curves are of countries, where account_id is empty.
	if has["account_id"] && t.Name != "accounts" && t.Name != "curves" {
		key := []string{"platform", "account_id"}
		s.ForeignKeys = []foreignKey{{key, reference{"accounts" + suffix, key}}}
	}
	return s
}

// licences gives the address of the licences that data are published under.
var licences = map[string][2]string{
	"CC-BY-4.0": {"https://creativecommons.org/licenses/by/4.0/", "Creative Commons Attribution 4.0"},
	"CC0-1.0":   {"https://creativecommons.org/publicdomain/zero/1.0/", "Creative Commons Zero 1.0"},
}

func (b *builder) datapackage() string {
	st := b.st
	p := dataPackage{Schema: "https://datapackage.org/profiles/2.0/datapackage.json", Name: strings.ReplaceAll(strings.ToLower(st.Name), " ", "-"),
		Title: title(st), Description: st.Description, Version: st.Version, Simulated: st.Simulated}
	if st.Licence != "" {
		l := licences[st.Licence]
		p.Licenses = []license{{st.Licence, l[0], l[1]}}
	}
	for _, a := range st.Authors {
		p.Contributors = append(p.Contributors, contributor{a.String(), []string{"creator"}})
	}
	seen := map[string]bool{}
	for _, s := range st.Sources {
		if !seen[s.Title] {
			seen[s.Title] = true
			p.Sources = append(p.Sources, source{s.Title, s.URL})
		}
	}
	for _, t := range b.tables {
		for _, f := range []struct{ suffix, ext, media, encoding string }{
			{"", "csv", "text/csv", "utf-8"}, {"-parquet", "parquet", "application/vnd.apache.parquet", ""},
		} {
			path := "data/" + t.Name + "." + f.ext
			sum, size := b.hash(path)
			p.Resources = append(p.Resources, resource{Name: t.Name + f.suffix, Type: "table", Path: path, Format: f.ext, MediaType: f.media,
				Encoding: f.encoding, Description: b.simulated() + t.Doc, Bytes: size, Hash: "sha256:" + sum, Table: schemaOf(t.Schema, f.suffix)})
		}
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(p); err != nil && b.err == nil {
		b.err = err
	}
	return out.String()
}

// simulated begins every definition of a simulated study; "" in any other.
func (b *builder) simulated() string {
	if b.st.Simulated {
		return "SIMULATED. "
	}
	return ""
}

// title carries the word SIMULATED where the study is.
func title(st *study.Study) string {
	if st.Simulated {
		return "SIMULATED: " + st.Title
	}
	return st.Title
}

func (b *builder) codebook() string {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	_ = w.Write([]string{"table", "column", "type", "unit", "may_be_null", "key", "definition"}) // a Buffer takes every write
	for _, t := range b.tables {
		for _, f := range t.Fields {
			key := ""
			for _, k := range t.Key {
				if k == f.Name {
					key = "yes"
				}
			}
			null := "no"
			if f.Nullable {
				null = "yes"
			}
			_ = w.Write([]string{t.Name, f.Name, f.Kind.String(), f.Unit, null, key, b.simulated() + f.Doc})
		}
	}
	w.Flush()
	return out.String()
}

// citation returns a CITATION.cff, version 1.2.0, for the study's data.
func citation(st *study.Study) string {
	var s strings.Builder
	s.WriteString("cff-version: 1.2.0\nmessage: \"If you use these data, please cite them as below.\"\ntype: dataset\n")
	fmt.Fprintf(&s, "title: %s\n", quote(title(st)))
	if st.Description != "" {
		fmt.Fprintf(&s, "abstract: %s\n", quote(st.Description))
	}
	s.WriteString("authors:\n")
	if len(st.Authors) == 0 {
		fmt.Fprintf(&s, "  - name: %s\n", quote("The authors of the study "+st.Name))
	}
	for _, a := range st.Authors {
		switch {
		case a.Name != "":
			fmt.Fprintf(&s, "  - name: %s\n", quote(a.Name))
		default:
			fmt.Fprintf(&s, "  - family-names: %s\n", quote(a.Family))
			if a.Given != "" {
				fmt.Fprintf(&s, "    given-names: %s\n", quote(a.Given))
			}
		}
		if a.ORCID != "" {
			fmt.Fprintf(&s, "    orcid: %s\n", quote(a.ORCID))
		}
	}
	if st.Version != "" {
		fmt.Fprintf(&s, "version: %s\n", quote(st.Version))
	}
	if st.Released.OK {
		fmt.Fprintf(&s, "date-released: %s\n", st.Released.V)
	}
	if st.Licence != "" {
		fmt.Fprintf(&s, "license: %s\n", st.Licence)
	}
	return s.String()
}

// quote writes a text as a double-quoted YAML scalar; JSON strings are such.
func quote(s string) string {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string always encodes
	return strings.TrimSpace(out.String())
}

func (b *builder) readme() string {
	st := b.st
	var s strings.Builder
	fmt.Fprintf(&s, "# %s\n\n", title(st))
	if st.Simulated {
		s.WriteString("**SIMULATED: no number in this package was observed.**\n\n")
	}
	if st.Description != "" {
		fmt.Fprintf(&s, "%s\n\n", st.Description)
	}
	fmt.Fprintf(&s, "Countries: %s. Study window: %s to %s.\n\n", strings.Join(st.Countries, ", "), st.From, st.To-1)
	s.WriteString("| table | rows | one row is |\n|---|---:|---|\n")
	for _, t := range b.tables {
		fmt.Fprintf(&s, "| `data/%s` | %d | %s |\n", t.Name, t.rows, b.simulated()+t.Doc)
	}
	s.WriteString(`
Every table is there as Parquet (zstd) and as CSV (UTF-8, comma, empty cell = not known).
An empty cell or null is never a zero. ` + "`codebook.csv`" + ` explains every column,
` + "`datapackage.json`" + ` says the same to programs, ` + "`SHA256SUMS`" + ` lets you check the files
(` + "`sha256sum -c SHA256SUMS`" + `), ` + "`CITATION.cff`" + ` says how to cite.

## Open it

` + "```r" + `
values <- arrow::read_parquet("data/values.parquet")
` + "```" + `

` + "```python" + `
import pandas as pd
values = pd.read_parquet("data/values.parquet")
` + "```" + `

` + "```sql" + `
-- DuckDB
SELECT metric, part, platform, account_id, value, n FROM 'data/values.parquet';
` + "```" + `
`)
	if b.left > 0 {
		fmt.Fprintf(&s, "\nLeft out: %d rows about accounts of persons.\n", b.left)
	}
	if st.Licence != "" {
		fmt.Fprintf(&s, "\nLicence: %s. The facts in `published`, `account_snapshots` and `account_windows` carry their sources; cite those too.\n", st.Licence)
	}
	return s.String()
}
