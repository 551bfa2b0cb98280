package publish

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"diplometrics/datasets"
)

// The parts of a Data Package v2 that the package uses
// (https://datapackage.org/standard/data-package/). A dataPackage is all that is
// known of a package: every other description is made from it alone. What the
// standard has no name for stands under names of our own, which it allows:
// released, simulated, countries, window, leftOut, rows, contentHash, unit.
type (
	dataPackage struct {
		Schema       string        `json:"$schema"`
		Name         string        `json:"name"`
		Title        string        `json:"title"`
		Description  string        `json:"description,omitempty"`
		Version      string        `json:"version,omitempty"`
		Released     string        `json:"released,omitempty"` // date, as 2006-01-02
		Simulated    bool          `json:"simulated,omitempty"`
		Keywords     []string      `json:"keywords,omitempty"`
		Countries    []string      `json:"countries,omitempty"` // ISO 3166-1 alpha-3, in the order of the study
		Window       *window       `json:"window,omitempty"`
		Licenses     []license     `json:"licenses,omitempty"`
		Contributors []contributor `json:"contributors,omitempty"`
		Sources      []source      `json:"sources,omitempty"`
		LeftOut      []string      `json:"leftOut,omitempty"` // what the study has and the package has not, a sentence each
		Resources    []resource    `json:"resources"`
	}
	window struct {
		From string `json:"from"` // first day
		To   string `json:"to"`   // last day
	}
	license struct {
		Name  string `json:"name"`
		Path  string `json:"path,omitempty"`
		Title string `json:"title,omitempty"`
	}
	contributor struct {
		Title        string   `json:"title"`
		Path         string   `json:"path,omitempty"` // ORCID, as an address
		GivenName    string   `json:"givenName,omitempty"`
		FamilyName   string   `json:"familyName,omitempty"`
		Organization string   `json:"organization,omitempty"` // the contributor itself, where it is no person
		Roles        []string `json:"roles"`
	}
	source struct {
		Title   string `json:"title"`
		Path    string `json:"path,omitempty"`
		License string `json:"license,omitempty"` // as study.toml gives it
	}
	// resource is one file. A table is two, under the same definition: NAME is the
	// CSV and NAME-parquet the Parquet file.
	resource struct {
		Name        string       `json:"name"`
		Type        string       `json:"type,omitempty"` // table, or "" for what is none
		Path        string       `json:"path"`
		Title       string       `json:"title,omitempty"` // name of the table
		Description string       `json:"description"`
		Format      string       `json:"format,omitempty"`
		MediaType   string       `json:"mediatype"`
		Encoding    string       `json:"encoding,omitempty"`
		Bytes       int64        `json:"bytes"`
		Hash        string       `json:"hash"`                  // of the bytes
		ContentHash string       `json:"contentHash,omitempty"` // of the rows, see datasets.ContentHash
		Rows        *int         `json:"rows,omitempty"`
		Dialect     *dialect     `json:"dialect,omitempty"`
		Table       *tableSchema `json:"schema,omitempty"`
	}
	dialect struct {
		Delimiter      string `json:"delimiter"`
		LineTerminator string `json:"lineTerminator"`
	}
	tableSchema struct {
		Fields        []fieldSchema `json:"fields"`
		MissingValues []string      `json:"missingValues"`
		PrimaryKey    []string      `json:"primaryKey"`
		ForeignKeys   []foreignKey  `json:"foreignKeys,omitempty"`
	}
	fieldSchema struct {
		Name          string       `json:"name"`
		Type          string       `json:"type"`
		Description   string       `json:"description"`
		Unit          string       `json:"unit,omitempty"`
		MissingValues *[]string    `json:"missingValues,omitempty"` // instead of the table's
		Constraints   *constraints `json:"constraints,omitempty"`
	}
	constraints struct {
		Required bool     `json:"required,omitempty"`
		Enum     []string `json:"enum,omitempty"`
		Minimum  *float64 `json:"minimum,omitempty"`
		Maximum  *float64 `json:"maximum,omitempty"`
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

var fieldTypes = map[datasets.Kind]string{
	datasets.String: "string", datasets.Int: "integer", datasets.Float: "number",
	datasets.Bool: "boolean", datasets.Date: "date", datasets.Timestamp: "datetime",
}

// schemaOf describes a table; suffix is that of the resources it refers to.
func schemaOf(t datasets.Schema, suffix string) *tableSchema {
	s := &tableSchema{MissingValues: []string{""}, PrimaryKey: t.Key}
	ofAccount := 0
	for _, f := range t.Fields {
		fs := fieldSchema{Name: f.Name, Type: fieldTypes[f.Kind], Description: f.Doc, Unit: f.Unit}
		c := constraints{Required: !f.Nullable, Enum: f.Values}
		if f.Least.OK {
			c.Minimum = &f.Least.V
		}
		if f.Most.OK {
			c.Maximum = &f.Most.V
		}
		if c.Required || c.Enum != nil || c.Minimum != nil || c.Maximum != nil {
			fs.Constraints = &c
		}
		if f.Kind == datasets.String && !f.Nullable {
			fs.MissingValues = &[]string{} // an empty text is a text
		}
		// Curves of countries have no account and no platform: empty texts.
		if f.Name == "account_id" || f.Name == "platform" && f.Values != nil {
			ofAccount++
		}
		s.Fields = append(s.Fields, fs)
	}
	if ofAccount == 2 && t.Name != "accounts" {
		key := []string{"platform", "account_id"}
		s.ForeignKeys = []foreignKey{{key, reference{"accounts" + suffix, key}}}
	}
	return s
}

// json returns the text of datapackage.json.
func (p *dataPackage) json() (string, error) { return indented(p) }

// indented writes JSON for people: two spaces, no HTML escapes, LF at the end.
func indented(v any) (string, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(v)
	return out.String(), err
}

// tables returns the CSV resources, one for each table.
func (p *dataPackage) tables() []resource {
	var tables []resource
	for _, r := range p.Resources {
		if r.Type == "table" && r.Format == "csv" {
			tables = append(tables, r)
		}
	}
	return tables
}

// has tells whether the package has a file of that name, or files in a folder
// whose name ends in a slash.
func (p *dataPackage) has(path string) bool {
	for _, r := range p.Resources {
		if r.Path == path || strings.HasSuffix(path, "/") && strings.HasPrefix(r.Path, path) {
			return true
		}
	}
	return false
}

// simulated begins every definition of a simulated study; "" in any other.
func (p *dataPackage) simulated() string {
	if p.Simulated {
		return "SIMULATED. "
	}
	return ""
}

// allowed says in words which values a field can have; "" where any is.
func (f *fieldSchema) allowed() string {
	c := f.Constraints
	switch {
	case c == nil:
		return ""
	case c.Enum != nil:
		return strings.Join(c.Enum, ", ")
	case c.Minimum != nil && c.Maximum != nil:
		return fmt.Sprintf("%v to %v", *c.Minimum, *c.Maximum)
	case c.Minimum != nil:
		return fmt.Sprintf("%v or more", *c.Minimum)
	case c.Maximum != nil:
		return fmt.Sprintf("%v or less", *c.Maximum)
	}
	return ""
}

// required tells whether the field is never null.
func (f *fieldSchema) required() bool { return f.Constraints != nil && f.Constraints.Required }
