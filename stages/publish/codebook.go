package publish

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"html/template"
	"slices"
	"strings"
)

// codebookCSV returns one row a column of a table.
func (p *dataPackage) codebookCSV() (string, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	_ = w.Write([]string{"table", "column", "type", "unit", "may_be_null", "key", "allowed", "definition"}) // a Buffer takes every write
	for _, t := range p.tables() {
		for _, f := range t.Table.Fields {
			_ = w.Write([]string{t.Name, f.Name, f.Type, f.Unit, when(!f.required(), "yes", "no"), when(slices.Contains(t.Table.PrimaryKey, f.Name), "yes", ""),
				f.allowed(), p.simulated() + f.Description})
		}
	}
	w.Flush()
	return out.String(), w.Error()
}

func when(is bool, then, otherwise string) string {
	if is {
		return then
	}
	return otherwise
}

//go:embed codebook.html.tmpl
var codebookPage string

var codebookTemplate = template.Must(template.New("codebook").Parse(codebookPage))

type (
	codebookView struct {
		Title, Description, Citation string
		Simulated                    bool
		Tables                       []tableView
	}
	tableView struct {
		Name, Doc, Key string
		Rows           int
		Parquet, CSV   string // paths
		Fields         []fieldView
	}
	fieldView struct{ Name, Type, Unit, Null, Allowed, Doc string }
)

// unsaid is what the field allows and its definition does not say already.
func (f *fieldSchema) unsaid() string {
	if c := f.Constraints; c != nil && c.Enum != nil && !slices.ContainsFunc(c.Enum, func(v string) bool { return !strings.Contains(f.Description, v) }) {
		return ""
	}
	return f.allowed()
}

// codebookHTML returns the codebook as one page that asks for nothing: a list of
// the tables, and for each what a row is, its key, its files and its columns.
func (p *dataPackage) codebookHTML() (string, error) {
	v := codebookView{Title: p.Title, Description: p.Description, Citation: p.citation(), Simulated: p.Simulated}
	for _, t := range p.tables() {
		tv := tableView{Name: t.Name, Doc: t.Description, Key: strings.Join(t.Table.PrimaryKey, ", "), Rows: *t.Rows,
			CSV: t.Path, Parquet: strings.TrimSuffix(t.Path, "csv") + "parquet"}
		for _, f := range t.Table.Fields {
			tv.Fields = append(tv.Fields, fieldView{f.Name, f.Type, f.Unit, when(f.required(), "never", "yes"), f.unsaid(), f.Description})
		}
		v.Tables = append(v.Tables, tv)
	}
	var out bytes.Buffer
	err := codebookTemplate.Execute(&out, v)
	return out.String(), err
}
