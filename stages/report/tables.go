package report

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"diplometrics/datasets"
)

// most is how many rows of a table the page shows.
const most = 250

// longest is how many letters of a text such a table shows.
const longest = 160

// table is a table of the page.
type table struct {
	ID, Title string
	Text      string // below the head
	More      string // how many rows are elsewhere, and where
	Head      []string
	Rows      [][]cell
	Classes   []string // of the rows; none, or one a row
	Sort      bool     // whether a reader may sort it
}

// cell is one cell.
type cell struct {
	Text    string
	Numeric bool
}

// Class is the class of a row in the style sheet.
func (t *table) Class(i int) string {
	if i < len(t.Classes) {
		return t.Classes[i]
	}
	return ""
}

// add adds a row of strings and numbers; nil is empty.
func (t *table) add(cells ...any) {
	var row []cell
	for _, c := range cells {
		switch c := c.(type) {
		case nil:
			row = append(row, cell{})
		case int64:
			row = append(row, cell{count(c), true})
		case int:
			row = append(row, cell{count(int64(c)), true})
		case float64:
			row = append(row, cell{digits(c), true})
		case string:
			row = append(row, cell{c, isNumber(c)})
		default:
			row = append(row, cell{fmt.Sprint(c), false})
		}
	}
	t.Rows = append(t.Rows, row)
}

// isNumber tells whether a text is a number.
func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789.,-") == "" && s != "-"
}

// appendix fills in all that follows the first page.
func (b *builder) appendix(v *view) {
	shown := map[*figure]bool{}
	for i := range v.Sections {
		f := v.Sections[i].Figure
		if f == nil || shown[f] {
			v.Sections[i].Figure = nil
			continue
		}
		shown[f] = true
		v.Shown = append(v.Shown, f)
	}
	if f := v.Contrasts; f != nil {
		shown[f] = true
		v.Shown = append(v.Shown, f)
	}
	for _, f := range b.figures {
		if !shown[f] {
			v.Figures = append(v.Figures, f)
		}
	}
	for i, f := range slices.Concat(v.Shown, v.Figures) {
		f.Number = i + 1
	}
	for _, f := range b.Figures {
		if f.LeftOut != "" {
			v.LeftOut = append(v.LeftOut, f)
		}
	}
	for _, t := range []table{b.comparisonsTable(), b.estimatesTable(), b.auditTable(), b.reconcileTable(), b.languagesTable(), b.codersTable()} {
		if len(t.Rows) > 0 {
			v.Tables = append(v.Tables, t)
		}
	}
	v.Methods, v.Codebook = b.Methods, b.Codebook
	v.Excluded = b.excluded()
	v.Origin = b.origin()
	v.Program = b.Provenance.Program
}

// weight orders metrics: those of the first page first.
func weight(metric string) int {
	for i, all := range [][]outcome{engagements[:1], rates[:1], zeros, growths, engagements, rates} {
		for _, o := range all {
			if o.metric == metric {
				return i
			}
		}
	}
	return 9
}

func first(b bool) int {
	if b {
		return 0
	}
	return 1
}

func (b *builder) comparisonsTable() table {
	t := table{ID: "comparisons", Title: "Comparisons", Sort: true, Text: "The primary family first, then what is compared over the shared platforms. Exploratory comparisons suggest what to look at; they establish nothing. Long texts are cut at …; the file has them whole.",
		Head: []string{"metric", "part", "countries", "platform", "method", "effect", "kind", "95 % low", "95 % high", "p adjusted", "accounts", "family", "why not, or warnings"}}
	rows := slices.Clone(b.Comparisons)
	slices.SortStableFunc(rows, func(x, y datasets.Comparison) int {
		return cmp.Or(first(x.Family == datasets.Primary)-first(y.Family == datasets.Primary), first(x.Method == contrast)-first(y.Method == contrast),
			first(x.Platform == standardised)-first(y.Platform == standardised), weight(x.Metric)-weight(y.Metric))
	})
	for _, c := range rows[:min(len(rows), most)] {
		t.add(c.Metric, c.Part, c.CountryA+" "+c.CountryB, c.Platform, c.Method, optional(c.Effect), c.EffectKind, optional(c.Low), optional(c.High), optional(c.PAdjusted),
			fmt.Sprintf("%d and %d", c.NAccountsA, c.NAccountsB), c.Family, clip(join(c.Reason.V, c.Warnings.V)))
	}
	t.left(len(rows), b.Place+"/comparisons.csv")
	return t
}

// left says how many rows of all are not shown.
func (t *table) left(all int, file string) {
	if n := all - len(t.Rows); n > 0 {
		t.More = fmt.Sprintf("%s of %s are shown; the other %s are in %s.", count(int64(len(t.Rows))), number(int64(all), "row", "rows"), count(int64(n)), file)
	}
}

// clip cuts a long text where a word ends.
func clip(s string) string {
	letters := []rune(s)
	if len(letters) <= longest {
		return s
	}
	cut := string(letters[:longest])
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	}
	return cut + " …"
}

func join(a, b string) string {
	if a != "" && b != "" {
		return a + "; " + b
	}
	return a + b
}

func optional(v datasets.Opt[float64]) any {
	if !v.OK || math.IsNaN(v.V) {
		return nil
	}
	return v.V
}

func (b *builder) estimatesTable() table {
	t := table{ID: "estimates", Title: "Estimates of countries", Sort: true, Text: "The metrics of the first page first, and of each what is estimated over the shared platforms. Long texts are cut at …; the file has them whole.",
		Head: []string{"metric", "part", "country", "platform", "method", "value", "95 % low", "95 % high", "unit", "accounts", "n", "interval", "what to know"}}
	rows := slices.Clone(b.Estimates)
	slices.SortStableFunc(rows, func(x, y datasets.Estimate) int {
		return cmp.Or(weight(x.Metric)-weight(y.Metric), first(x.Platform == standardised)-first(y.Platform == standardised))
	})
	for _, e := range rows[:min(len(rows), most)] {
		var accounts any
		if e.NAccounts.OK {
			accounts = e.NAccounts.V
		}
		t.add(e.Metric, e.Part, e.Country, e.Platform, e.Method, optional(e.Value), optional(e.Low), optional(e.High), e.Unit, accounts, e.N, clip(e.Uncertainty), clip(e.Flag.V))
	}
	t.left(len(rows), b.Place+"/estimates.csv")
	return t
}

// order is the place of a verdict in a table that shows what is odd first.
var order = map[string]int{datasets.Inconsistent: 0, datasets.Disagree: 0, datasets.NotTestable: 1, datasets.Consistent: 2, datasets.Agree: 2, datasets.NotApplicable: 3}

func (b *builder) auditTable() table {
	t := table{ID: "audit-table", Title: "Audit", Sort: true, Text: "Inconsistent first.",
		Head: []string{"verdict", "source", "place", "rule", "about", "indicator", "as printed", "why"}}
	rows := slices.Clone(b.Audit)
	slices.SortStableFunc(rows, func(x, y datasets.AuditRow) int { return order[x.Verdict] - order[y.Verdict] })
	for _, r := range rows[:min(len(rows), most)] {
		t.add(strings.ReplaceAll(r.Verdict, "_", " "), r.Source, r.Locator, r.Rule, r.Subject, r.Indicator, clip(r.ValueText.V), r.Explanation)
	}
	t.left(len(rows), b.Place+"/audit.csv")
	return t
}

func (b *builder) reconcileTable() table {
	t := table{ID: "reconcile", Title: "What two sources tell of one account and period", Sort: true, Text: "Disagreements first, the largest in per cent before the others.",
		Head: []string{"verdict", "quantity", "platform", "account", "from", "to", "first source", "second source", "first", "second", "difference in %"}}
	rows := slices.Clone(b.Reconcile)
	slices.SortStableFunc(rows, func(x, y datasets.Reconciled) int {
		return cmp.Or(order[x.Verdict]-order[y.Verdict], cmp.Compare(math.Abs(y.Percent.V), math.Abs(x.Percent.V)))
	})
	accounts := b.handles()
	persons := b.persons()
	kept := slices.DeleteFunc(rows, func(r datasets.Reconciled) bool { return persons[[2]string{r.Platform, r.AccountID}] })
	if n := int64(len(b.Reconcile) - len(kept)); n > 0 {
		t.Text += fmt.Sprintf(" Left out: %s about accounts of persons.", number(n, "row", "rows"))
	}
	for _, r := range kept[:min(len(kept), most)] {
		t.add(strings.ReplaceAll(r.Verdict, "_", " "), r.Quantity, r.Platform, accounts[[2]string{r.Platform, r.AccountID}], r.PeriodStart.String(), (r.PeriodEnd - 1).String(), r.SourceA, r.SourceB, optional(r.A), optional(r.B), optional(r.Percent))
	}
	t.left(len(kept), b.Place+"/reconcile.csv")
	return t
}

// handles names the accounts.
func (b *builder) handles() map[[2]string]string {
	out := map[[2]string]string{}
	for _, a := range b.Accounts {
		out[[2]string{a.Platform, a.AccountID}] = a.Handle.Or(a.AccountID)
	}
	return out
}

// persons are the accounts of persons, which are not named here: a report is
// passed on.
func (b *builder) persons() map[[2]string]bool {
	out := map[[2]string]bool{}
	for _, a := range b.Accounts {
		if a.Person {
			out[[2]string{a.Platform, a.AccountID}] = true
		}
	}
	return out
}

func (b *builder) codersTable() table {
	t := table{ID: "coders", Title: "People who counted the same", Sort: true, Head: []string{"quantity", "first", "second", "windows", "same number, %", "Krippendorff’s alpha", "why not"}}
	for _, c := range b.Coders {
		t.add(c.Quantity, c.CoderA, c.CoderB, c.N, optional(c.Equal), optional(c.Alpha), c.Reason.V)
	}
	return t
}

// excluded lists what became of records.
func (b *builder) excluded() []table {
	rejects := table{ID: "rejects", Title: "Records that could not be used, by reason", Sort: true, Head: []string{"file", "field", "reason", "records"}}
	all := slices.Clone(b.Rejects)
	slices.SortStableFunc(all, func(x, y Reject) int { return y.N - x.N })
	for _, r := range all[:min(len(all), most)] {
		rejects.add(r.File, r.Field, r.Reason, r.N)
	}
	rejects.left(len(all), b.Place+"/rejects.csv")
	if len(all) == 0 {
		rejects.Text = "No record was rejected."
	}
	sources := table{ID: "sources", Title: "Sources, and what became of their records", Sort: true, Text: "Every record is kept, merged with an equal one, left out on purpose, or rejected.",
		Head: []string{"source", "file", "title", "read by", "records", "kept", "merged", "left out", "rejected"}}
	for _, s := range b.Sources[:min(len(b.Sources), most)] {
		sources.add(s.ID, s.File, s.Title, s.Adapter, known(s.Records), known(s.Kept), known(s.Merged), known(s.Filtered), known(s.Rejected))
	}
	sources.left(len(b.Sources), b.Place+"/sources.csv")
	return []table{rejects, sources}
}

// known is a count, nil where it is not told.
func known(n datasets.Opt[int64]) any {
	if !n.OK {
		return nil
	}
	return n.V
}

// origin lists what made the report.
func (b *builder) origin() []table {
	parameters := table{ID: "parameters", Title: "Parameters of study.toml", Head: []string{"key", "value"}}
	for _, p := range b.Provenance.Parameters {
		parameters.add(p.Name, p.Value)
	}
	coverage := table{ID: "stated", Title: "What study.toml says that sources cover", Head: []string{"source", "account", "first day", "day after the last", "completeness"}}
	for _, c := range b.Provenance.Coverage {
		coverage.add(c.Source, c.Account, c.From, c.To, c.Completeness)
	}
	inputs := table{ID: "inputs", Title: "Inputs", Sort: true, Head: []string{"file", "SHA-256"}}
	for _, f := range b.Provenance.Inputs {
		inputs.add(f.Name, f.SHA256)
	}
	for _, s := range b.Sources[:min(len(b.Sources), most)] {
		inputs.add(s.File, s.SHA256)
	}
	inputs.left(len(b.Provenance.Inputs)+len(b.Sources), b.Place+"/sources.csv")
	versions := table{ID: "versions", Title: "Versions of the parts of the program", Sort: true, Head: []string{"part", "version"}}
	for _, n := range slices.Sorted(maps.Keys(b.Provenance.Versions)) {
		versions.add(n, b.Provenance.Versions[n])
	}
	return slices.DeleteFunc([]table{parameters, coverage, inputs, versions}, func(t table) bool { return len(t.Rows) == 0 })
}
