// Package report makes the report of a study: one HTML file that explains the
// study to somebody who has only that file. It takes tables and the files of
// figures and computes no statistic; every sentence with a number is made from a
// row of a table, and claims no more than the interval and the test in that row
// carry.
package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"

	"diplometrics/datasets"
)

// Version of the stage; raised when the same input would give another report.
const Version = 6

// Input is all that a report is made of. Rows of tables are in the order of
// their keys.
type Input struct {
	Study       Study
	Accounts    []datasets.Account
	Snapshots   Snapshots
	Values      []datasets.Value // of windows, not of weeks and months
	Estimates   []datasets.Estimate
	Comparisons []datasets.Comparison
	Sensitivity []datasets.Variant
	Audit       []datasets.AuditRow
	Reconcile   []datasets.Reconciled
	Coders      []datasets.CoderAgreement
	Languages   []datasets.Curve // languages_given of countries
	Sources     []datasets.Source
	Rejects     []Reject
	Figures     []Figure // in the order in which they are shown
	Methods     Methods
	Codebook    []datasets.Schema
	Provenance  Provenance
	Place       string // folder of the tables as CSV, as readers see it
}

// Study is what study.toml says of the study.
type Study struct {
	Name        string
	Title       string
	Description string
	Countries   []string // ISO 3166-1 alpha-3
	From, To    datasets.Day
	Simulated   bool
	Version     string
	Authors     []string
	Licence     string
}

// Snapshots counts the snapshots of accounts.
type Snapshots struct {
	N           int
	First, Last datasets.Day
	Accounts    map[[2]string]int // snapshots with followers, by platform and id
}

// Reject counts records that could not be used for one reason.
type Reject struct {
	File, Field, Reason string
	N                   int
}

// Figure is a figure as render wrote it, or why there is none.
type Figure struct {
	Name    string
	Doc     string // what it shows and how to read it
	SVG     []byte
	CSV     []byte // the plotted values
	LeftOut string // why the study has no such figure; "" where it has
}

// Methods is how the numbers come about.
type Methods struct {
	Conventions []string // one paragraph an entry
	Stages      []Entry
	Metrics     []Entry
	Rules       []Entry // of the audit
}

// Entry defines one stage, metric or rule.
type Entry struct {
	Name, Unit, Formula, Doc, Source string
	Parts                            []Part
}

// Part defines a part of a metric.
type Part struct{ Name, Unit, Doc string }

// Provenance is what made the report, without times and names of machines.
type Provenance struct {
	Program    string
	Versions   map[string]int // of stages, adapters, metrics, rules and figures
	Parameters []Pair         // of study.toml
	Coverage   []Coverage     // of study.toml
	Inputs     []InputFile    // beside the raw files, which are in Sources
}

// Pair is a name and what it stands for.
type Pair struct{ Name, Value string }

// Coverage is what study.toml says that a source covers.
type Coverage struct{ Source, Account, From, To, Completeness string }

// InputFile is a file that the study is built from.
type InputFile struct{ Name, SHA256 string }

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

//go:embed page.js
var pageJS string

var page = template.Must(template.New("page").Parse(pageHTML))

// HTML returns the report. The same input gives the same bytes. It opens
// offline: it holds its styles, its script, its figures and their values, and
// its Content-Security-Policy forbids every request.
func HTML(in *Input) ([]byte, error) {
	figures, faces, err := drawn(in.Figures)
	if err != nil {
		return nil, err
	}
	css := pageCSS + faces
	v := view{
		Study: in.Study, Countries: enumerate(names(in.Study.Countries)), CSS: template.CSS(css), JS: template.JS(pageJS),
		Policy: "default-src 'none'; style-src " + hash(css) + "; script-src " + hash(pageJS) + "; img-src data:; font-src data:; base-uri 'none'; form-action 'none'",
	}
	b := &builder{Input: in, figures: figures}
	b.firstPage(&v)
	b.appendix(&v)
	var out bytes.Buffer
	if err := page.Execute(&out, &v); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// hash is the source expression of an inline style or script in a
// Content-Security-Policy.
func hash(content string) string {
	sum := sha256.Sum256([]byte(content))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// builder turns the input into what the page shows.
type builder struct {
	*Input
	figures []*figure // those that were drawn
}

// view is what the template reads.
type view struct {
	Study     Study
	Countries string
	CSS       template.CSS
	JS        template.JS
	Policy    string

	Window   string
	Answers  []Pair // question and answer
	Sections []section
	Primary  table
	// Contrasts is the figure of the primary family; nil where there is none.
	Contrasts *figure
	// Exploratory says what is beyond the primary family.
	Exploratory string
	Cannot      []group

	Figures  []*figure // those that no section shows
	Shown    []*figure // those that a section shows
	LeftOut  []Figure
	Tables   []table
	Methods  Methods
	Codebook []datasets.Schema
	Excluded []table
	Origin   []table
	Program  string
}

// section is one subject of the first page.
type section struct {
	ID, Title string
	Text      []string
	Told      []told
	Table     *table
	Doubts    []string
	Figure    *figure
}

// told is what is known of one outcome.
type told struct {
	Head     string
	Findings []finding
}

// finding is one sentence with what it may claim.
type finding struct {
	Class string // of the label in the style sheet
	Label string
	Text  string
	Notes []string
}

// group is a head with the items below it.
type group struct {
	Title string
	Items []string
}
