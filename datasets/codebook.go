package datasets

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Codebook returns the schemas of all tables, in the order in which the data
// flow: what was collected, then what was computed.
func Codebook() []Schema {
	return []Schema{
		Accounts.Schema(),
		AccountSnapshots.Schema(),
		AccountWindows.Schema(),
		Posts.Schema(),
		PostSnapshots.Schema(),
		PostContexts.Schema(),
		CrossPosts.Schema(),
		PostTopics.Schema(),
		Published.Schema(),
		Sources.Schema(),
		Rejects.Schema(),
		Values.Schema(),
		AccountPeriods.Schema(),
		Estimates.Schema(),
		Comparisons.Schema(),
		Sensitivity.Schema(),
		ShrunkenValues.Schema(),
		InteractionCounts.Schema(),
		AccountCurves.Schema(),
		Curves.Schema(),
		PostScores.Schema(),
		Reconcile.Schema(),
		CoderAgreements.Schema(),
		TopicAgreements.Schema(),
		Audit.Schema(),
	}
}

// WriteCodebookMarkdown writes schemas as Markdown: a heading for each table,
// what a row is, the key, and a table of its columns.
func WriteCodebookMarkdown(w io.Writer, schemas []Schema) error {
	var b strings.Builder
	for i, s := range schemas {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "## %s\n\n%s\n\nKey: %s.\n\n", s.Name, s.Doc, strings.Join(s.Key, ", "))
		b.WriteString("| column | type | unit | nullable | definition |\n|---|---|---|---|---|\n")
		for _, f := range s.Fields {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", f.Name, f.Kind, inMarkdown(f.Unit), yesNo(f.Nullable), inMarkdown(f.Doc))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// inMarkdown escapes what would end a cell of a Markdown table.
func inMarkdown(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(s)
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// WriteCodebookJSON writes schemas as an indented JSON array with one object a
// table: name, doc, key, and columns with name, type, unit (left out where
// there is none), nullable and doc.
func WriteCodebookJSON(w io.Writer, schemas []Schema) error {
	type column struct {
		Name     string `json:"name"`
		Type     string `json:"type"`
		Unit     string `json:"unit,omitempty"`
		Nullable bool   `json:"nullable"`
		Doc      string `json:"doc"`
	}
	type table struct {
		Name    string   `json:"name"`
		Doc     string   `json:"doc"`
		Key     []string `json:"key"`
		Columns []column `json:"columns"`
	}
	tables := make([]table, len(schemas))
	for i, s := range schemas {
		tables[i] = table{s.Name, s.Doc, s.Key, make([]column, len(s.Fields))}
		for j, f := range s.Fields {
			tables[i].Columns[j] = column{f.Name, f.Kind.String(), f.Unit, f.Nullable, f.Doc}
		}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(tables)
}
