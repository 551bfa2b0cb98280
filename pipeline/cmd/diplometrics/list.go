package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"diplometrics/datasets"
	"diplometrics/plots"
	"diplometrics/stages"
	"diplometrics/stages/audit/rules"
	"diplometrics/stages/measure/metrics"
	"diplometrics/stages/normalize/adapters"
	"diplometrics/stages/simulate"
	"diplometrics/stages/study"
)

// entry is one definition of the shelves, in the order in which it prints.
type entry struct {
	Name    string   `json:"name"`
	Unit    string   `json:"unit,omitempty"`
	Formula string   `json:"formula,omitempty"`
	Doc     string   `json:"definition"`
	Lacks   string   `json:"lacks,omitempty"` // what a format cannot tell
	Source  string   `json:"source,omitempty"`
	Periods []string `json:"periods,omitempty"` // for which a metric of posts is given
	Parts   []part   `json:"parts,omitempty"`
}

type part struct {
	Name  string `json:"name"`
	Unit  string `json:"unit,omitempty"`
	Doc   string `json:"definition"`
	Scale string `json:"scale,omitempty"` // on which countries are compared by it
}

// entries returns what list prints, from the Doc fields of the shelves.
func entries(what string) []entry {
	var out []entry
	switch what {
	case "stages":
		for _, s := range stages.Docs {
			out = append(out, entry{Name: s.Name, Doc: s.Doc})
		}
	case "adapters":
		for _, a := range adapters.All() {
			out = append(out, entry{Name: a.Name, Doc: a.Doc, Lacks: a.Lacks, Source: "tables " + strings.Join(a.Tables, ", ")})
		}
	case "tables":
		for _, t := range datasets.Codebook() {
			e := entry{Name: t.Name, Doc: t.Doc}
			for _, f := range t.Fields {
				e.Parts = append(e.Parts, part{Name: f.Name, Unit: f.Unit, Doc: f.Doc})
			}
			out = append(out, e)
		}
	case "metrics":
		for _, m := range metrics.All {
			e := entry{Name: m.Name, Unit: m.Unit, Formula: m.Formula, Doc: m.Doc, Source: m.Source}
			for _, kind := range []string{metrics.Week, metrics.Month, metrics.Whole} {
				if m.OfPosts != nil && !metrics.Shorter(kind, m.Shortest) {
					e.Periods = append(e.Periods, kind)
				}
			}
			for _, p := range m.Parts {
				e.Parts = append(e.Parts, part{p.Name, p.Unit, p.Doc, p.Scale})
			}
			out = append(out, e)
		}
	case "figures":
		for _, f := range plots.All {
			out = append(out, entry{Name: f.Name, Doc: f.Doc, Source: "tables " + strings.Join(f.Tables, ", ")})
		}
	case "rules":
		for _, r := range rules.All {
			out = append(out, entry{Name: r.Name, Doc: r.Doc, Source: r.Source})
		}
	case "mapping":
		for _, s := range study.ExplainMapping() {
			e := entry{Name: s.Name, Doc: s.Doc}
			for _, k := range s.Keys {
				e.Parts = append(e.Parts, part{Name: k.Name, Doc: k.Doc})
			}
			out = append(out, e)
		}
	}
	return out
}

func list(w io.Writer, what, format string) error {
	title := strings.ToUpper(what[:1]) + what[1:]
	switch {
	case what == "parameters" && format != "text":
		return usageError{fmt.Errorf("--format: found %s, but parameters are a file in TOML; expected text", format)}
	case what == "parameters":
		_, err := w.Write(simulate.DefaultParameters)
		return err
	case format == "json" && what == "tables":
		return datasets.WriteCodebookJSON(w, datasets.Codebook())
	case format == "json":
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(entries(what))
	case format == "markdown" && what == "tables":
		if _, err := fmt.Fprintf(w, "# %s\n\n", title); err != nil {
			return err
		}
		return datasets.WriteCodebookMarkdown(w, datasets.Codebook())
	}
	text := &strings.Builder{}
	if format == "markdown" {
		fmt.Fprintf(text, "# %s\n", title)
		if what == "metrics" {
			for _, c := range metrics.Conventions {
				fmt.Fprintf(text, "\n%s\n", c)
			}
		}
	}
	for _, e := range entries(what) {
		if format == "markdown" {
			e.markdown(text, what)
			continue
		}
		fmt.Fprintf(text, "%s\n", e.Name)
		if e.Formula != "" {
			fmt.Fprintf(text, "  %s\n", e.Formula)
		}
		fmt.Fprintf(text, "  %s\n", e.Doc)
		if e.Lacks != "" {
			fmt.Fprintf(text, "  Lacks: %s\n", e.Lacks)
		}
		for _, p := range e.Parts {
			fmt.Fprintf(text, "    %s: %s\n", p.Name, p.Doc)
		}
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func (e entry) markdown(w io.Writer, what string) {
	fmt.Fprintf(w, "\n## %s\n", e.Name)
	if e.Formula != "" {
		fmt.Fprintf(w, "\n> %s\n", e.Formula)
	}
	fmt.Fprintf(w, "\n%s\n", e.Doc)
	label := "Source"
	if what == "adapters" {
		label = "Gives"
	}
	for _, line := range [][2]string{{"Lacks", e.Lacks}, {"Unit", e.Unit}, {"Periods", strings.Join(e.Periods, ", ")}, {label, e.Source}} {
		if line[1] != "" {
			fmt.Fprintf(w, "\n%s: %s.\n", line[0], strings.TrimSuffix(line[1], "."))
		}
	}
	if len(e.Parts) == 0 {
		return
	}
	if what == "mapping" {
		fmt.Fprint(w, "\n| key | meaning |\n|---|---|\n")
	} else {
		fmt.Fprint(w, "\n| part | unit | definition | countries are compared by |\n|---|---|---|---|\n")
	}
	for _, p := range e.Parts {
		doc := strings.ReplaceAll(p.Doc, "|", `\|`)
		if what == "mapping" {
			fmt.Fprintf(w, "| `%s` | %s |\n", p.Name, doc)
		} else {
			fmt.Fprintf(w, "| `%s` | %s | %s | %s |\n", p.Name, p.Unit, doc, p.Scale)
		}
	}
}
