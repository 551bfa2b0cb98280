// Package template writes the sheets that people fill in by hand: what they
// counted on the pages of accounts, and which accounts there are. Each imports
// as it is.
package template

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/study"

	"github.com/xuri/excelize/v2"
)

// Kinds are the sheets that Write knows.
var Kinds = []string{"snapshots", "windows", "accounts"}

// form is a sheet to fill in.
type form struct {
	title   string
	notes   []string
	columns []column
}

// column is a column of a form.
type column struct {
	name     string
	required bool
	doc      string
	look     look
	choices  []string // of the drop-down; nil where anything can be typed
	example  [2]any   // cells of the two rows of the example: string, int, datasets.Day or nil
}

type look uint8

const (
	text   look = iota // kept as typed: Excel makes no number of an id
	whole              // a whole number
	number             // a number with all its decimals
	date
)

// dropDowns is how many rows have drop-downs, at least.
const dropDowns = 2000

func day(s string) datasets.Day {
	d, err := study.ParseDay(s)
	if err != nil {
		panic("template: " + err.Error())
	}
	return d
}

var (
	docPlatform = "Platform of the account."
	docHandle   = "Handle as the platform shows it, with or without @. Leave it empty only where there is an account_id."
	docID       = "The platform's own id of the account, where you know it. The column keeps it as text: do not change its format."
)

var forms = map[string]form{
	"snapshots": {
		title: "Counts that the pages of accounts showed",
		notes: []string{
			"One row for each account and day on which you looked at its page.",
			"Type a count as the page shows it: 12400, 12 400, 50.8K, 1,2 тыс., >39 000. Its text is kept and its bounds are worked out.",
			"Leave a cell empty where the page shows no count. A zero is a zero.",
		},
		columns: []column{
			{"platform", true, docPlatform, text, study.Platforms, [2]any{"x", "telegram"}},
			{"handle", true, docHandle, text, nil, [2]any{"mfa_one", "mfa_one"}},
			{"account_id", false, docID, text, nil, [2]any{nil, nil}},
			{"observed_at", true, "Day on which you looked, as a date; or the moment with its offset, such as 2024-01-31T09:30:00+05:00.", date, nil, [2]any{day("2024-01-31"), day("2024-01-31")}},
			{"observed_precision", false, "How exactly the time is known. Empty: a date is known to the day, a moment to the second. For month or year give the first day of it.", text, []string{"second", "day", "month", "year"}, [2]any{"day", nil}},
			{"followers", true, "Followers or subscribers, as shown.", text, nil, [2]any{"50.8K", "12400"}},
			{"following", false, "Accounts that it follows, as shown.", text, nil, [2]any{"120", nil}},
			{"posts_total", false, "Posts that the page says the account has, as shown.", text, nil, [2]any{nil, nil}},
			{"likes_total", false, "Likes that the page says the account has, as shown.", text, nil, [2]any{nil, nil}},
			{"locator", false, "Where it can be looked up: a screenshot, an archived page.", text, nil, [2]any{"screenshot 1", nil}},
		},
	},
	"windows": {
		title: "Posts and reactions counted over a window",
		notes: []string{
			"One row for each account, window and person who counted. Two people who count the same window are two rows.",
			"window_to is the day after the last one: for January and February 2024 give 2024-01-01 and 2024-03-01.",
			"Counts are whole numbers. Leave a cell empty where nothing was counted. A zero is a zero.",
			"For a table that somebody printed, give what it prints, uncorrected: diplometrics audit says which printed averages cannot come from the numbers beside them.",
		},
		columns: []column{
			{"platform", true, docPlatform, text, study.Platforms, [2]any{"x", "facebook"}},
			{"handle", true, docHandle, text, nil, [2]any{"mfa_one", "mfa.one"}},
			{"account_id", false, docID, text, nil, [2]any{nil, nil}},
			{"window_from", true, "First day of the window.", date, nil, [2]any{day("2024-01-01"), day("2024-01-01")}},
			{"window_to", true, "Day after its last day.", date, nil, [2]any{day("2024-03-01"), day("2024-03-01")}},
			{"retrieved_on", false, "Day on which the page was read. Where it lies before window_to, the window counts only until then.", date, nil, [2]any{day("2024-03-04"), nil}},
			{"posts", true, "Posts in the window.", whole, nil, [2]any{47, 0}},
			{"posts_per_month", false, "Average of posts a month that the source prints, as a number.", number, nil, [2]any{nil, nil}},
			{"posts_per_month_text", false, "That average exactly as printed, such as 15,6 or 10.0: its decimals bound the rounding.", text, nil, [2]any{nil, nil}},
			{"months_stated", false, "Number of months by which the source divides, where it says so.", number, nil, [2]any{nil, nil}},
			{"likes", false, "Sum of likes or reactions.", whole, nil, [2]any{1310, nil}},
			{"likes_mean", false, "Mean of likes a post that the source prints, as a number.", number, nil, [2]any{nil, nil}},
			{"likes_mean_text", false, "That mean exactly as printed.", text, nil, [2]any{nil, nil}},
			{"likes_n", false, "Number of posts behind likes or likes_mean: that of posts where it is all of them. Empty: not known.", whole, nil, [2]any{47, nil}},
			{"comments", false, "Sum of comments or replies.", whole, nil, [2]any{85, nil}},
			{"shares", false, "Sum of shares, reposts or forwards.", whole, nil, [2]any{nil, nil}},
			{"views", false, "Sum of views.", whole, nil, [2]any{nil, nil}},
			{"counted_by", true, "Who counted: initials.", text, nil, [2]any{"AB", "AB"}},
			{"evidence", false, "What shows the count: a screenshot, an archived page.", text, nil, [2]any{nil, nil}},
			{"locator", false, "Where in that.", text, nil, [2]any{nil, nil}},
		},
	},
	"accounts": {
		title: "Accounts of the study",
		notes: []string{
			"Save it beside study.toml as accounts.xlsx, in place of accounts.csv; it is no file for raw/.",
			"One row for each account. Several rows with one account_id, or with one handle and organization, are one account.",
			"The same text in organization joins the accounts of an institution on several platforms.",
		},
		columns: []column{
			{"platform", true, docPlatform, text, study.Platforms, [2]any{"x", "telegram"}},
			{"handle", true, docHandle, text, nil, [2]any{"mfa_one", "mfa_one"}},
			{"account_id", false, docID, text, nil, [2]any{nil, nil}},
			{"country", true, "Country that the account speaks for, as its ISO 3166-1 alpha-3 code. Empty for an international body, which is never compared.", text, study.CountryCodes(), [2]any{"KAZ", "KAZ"}},
			{"organization", false, "Institution that runs the account.", text, nil, [2]any{"Ministry of Foreign Affairs", "Ministry of Foreign Affairs"}},
			{"organization_type", false, "Kind of the institution.", text, study.OrganizationTypes, [2]any{"ministry", "ministry"}},
			{"host_country", false, "Country where an embassy or mission sits, as its code.", text, study.CountryCodes(), [2]any{nil, nil}},
			{"person", false, "true where the account belongs to a person rather than an institution.", text, []string{"true", "false"}, [2]any{"false", "false"}},
			{"valid_from", false, "First day on which the account spoke for the institution. Empty: not limited.", date, nil, [2]any{nil, day("2019-03-01")}},
			{"valid_to", false, "Last such day. Empty: not limited.", date, nil, [2]any{nil, nil}},
		},
	},
}

// Write writes an XLSX workbook to fill in, of a kind of Kinds: a sheet with an
// example in two rows, to be written over, and drop-downs; the notes; and the
// lists of the drop-downs, hidden. A file that exists is left alone, with an
// error. The same kind is the same bytes.
func Write(path, kind string) error {
	rows := []map[string]any{{}, {}}
	for _, c := range forms[kind].columns {
		for i, v := range c.example {
			rows[i][c.name] = v
		}
	}
	return write(path, kind, rows, exampleNote)
}

// Fill is Write with the given rows in place of the example: cells by the name
// of their column, of type string, int, float64 or datasets.Day; those that are
// left out stay empty.
func Fill(path, kind string, rows []map[string]any) error {
	return write(path, kind, rows, "")
}

const exampleNote = "The two rows of the sheet are an example: write over them. "

// write writes the workbook. The note goes before what all sheets say.
func write(path, kind string, rows []map[string]any, note string) error {
	f, ok := forms[kind]
	if !ok {
		return fmt.Errorf("no template %q; %s", kind, study.Nearest(kind, Kinds))
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: a file of this name exists, and may be filled in; name another", path)
	}
	book := excelize.NewFile()
	defer book.Close()
	b := builder{book: book, sheet: kind}
	b.do(book.SetSheetName("Sheet1", kind))
	b.styles()
	b.lists(f)
	b.fill(f, rows)
	b.notes(f, note)
	if b.err != nil {
		return fmt.Errorf("template %s: %w", kind, b.err)
	}
	return datasets.SaveXLSX(book, path, f.title)
}

// builder fills a workbook until the first error.
type builder struct {
	book   *excelize.File
	sheet  string
	header map[bool]int // style of the names of columns, by required
	looks  map[look]int
	wrap   int
	err    error
}

func (b *builder) do(err error) {
	if b.err == nil {
		b.err = err
	}
}

func (b *builder) style(s excelize.Style) int {
	id, err := b.book.NewStyle(&s)
	b.do(err)
	return id
}

func (b *builder) styles() {
	dates, asText := "yyyy-mm-dd", 49
	fill := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}}
	b.header = map[bool]int{
		true:  b.style(excelize.Style{Font: &excelize.Font{Bold: true}, Fill: fill, NumFmt: asText}),
		false: b.style(excelize.Style{Fill: fill, NumFmt: asText}),
	}
	b.looks = map[look]int{text: b.style(excelize.Style{NumFmt: asText}), whole: b.style(excelize.Style{NumFmt: 1}), number: b.style(excelize.Style{NumFmt: 0}), date: b.style(excelize.Style{CustomNumFmt: &dates})}
	b.wrap = b.style(excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
}

// lists puts the drop-down that is too long for a cell's own list on a hidden
// sheet.
func (b *builder) lists(f form) {
	i := slices.IndexFunc(f.columns, func(c column) bool { return long(c.choices) })
	if i < 0 {
		return
	}
	_, err := b.book.NewSheet("lists")
	b.do(err)
	b.do(b.book.SetSheetVisible("lists", false))
	for k, choice := range f.columns[i].choices {
		b.do(b.book.SetCellStr("lists", fmt.Sprintf("A%d", k+1), choice))
	}
}

// A list in the cell itself has at most 255 characters. The only longer list is
// that of countries.
func long(choices []string) bool { return len(strings.Join(choices, ",")) > 255 }

func (b *builder) fill(f form, rows []map[string]any) {
	for i, c := range f.columns {
		letter, err := excelize.ColumnNumberToName(i + 1)
		b.do(err)
		b.do(b.book.SetColWidth(b.sheet, letter, letter, float64(max(len(c.name), 10)+4)))
		b.do(b.book.SetColStyle(b.sheet, letter, b.looks[c.look]))
		b.do(b.book.SetCellStr(b.sheet, letter+"1", c.name))
		b.do(b.book.SetCellStyle(b.sheet, letter+"1", letter+"1", b.header[c.required]))
		for k, row := range rows {
			b.cell(fmt.Sprintf("%s%d", letter, k+2), row[c.name], b.looks[c.look])
		}
		if c.choices == nil {
			continue
		}
		v := excelize.NewDataValidation(true)
		v.Sqref = fmt.Sprintf("%s2:%s%d", letter, letter, max(dropDowns, len(rows)+1))
		if long(c.choices) {
			v.SetSqrefDropList(fmt.Sprintf("lists!$A$1:$A$%d", len(c.choices)))
		} else {
			b.do(v.SetDropList(c.choices))
		}
		v.SetError(excelize.DataValidationErrorStyleStop, c.name, "Choose one of the list.")
		b.do(b.book.AddDataValidation(b.sheet, v))
	}
	b.do(b.book.SetPanes(b.sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
}

func (b *builder) cell(at string, v any, style int) {
	switch v := v.(type) {
	case nil:
		return
	case string:
		b.do(b.book.SetCellStr(b.sheet, at, v))
	case int:
		b.do(b.book.SetCellInt(b.sheet, at, int64(v)))
	case float64:
		b.do(b.book.SetCellFloat(b.sheet, at, v, -1, 64))
	case datasets.Day:
		b.do(b.book.SetCellInt(b.sheet, at, int64(v)+25_569)) // Excel's number of 1970-01-01
	}
	b.do(b.book.SetCellStyle(b.sheet, at, at, style))
}

func (b *builder) notes(f form, note string) {
	_, err := b.book.NewSheet("notes")
	b.do(err)
	lines := [][2]string{{f.title, ""}}
	for _, n := range f.notes {
		lines = append(lines, [2]string{"", n})
	}
	lines = append(lines, [2]string{"", note + "Columns in bold are needed, the others can stay empty or be deleted. Keep the names of the columns."}, [2]string{"column", "what to give"})
	for _, c := range f.columns {
		doc := c.doc
		if c.choices != nil && !long(c.choices) {
			doc += " One of " + strings.Join(c.choices, ", ") + "."
		}
		lines = append(lines, [2]string{c.name, doc})
	}
	for i, l := range lines {
		a, c := fmt.Sprintf("A%d", i+1), fmt.Sprintf("B%d", i+1)
		b.do(b.book.SetCellStr("notes", a, l[0]))
		b.do(b.book.SetCellStr("notes", c, l[1]))
		required := slices.ContainsFunc(f.columns, func(c column) bool { return c.name == l[0] && c.required })
		if required || i == 0 || l[0] == "column" {
			b.do(b.book.SetCellStyle("notes", a, a, b.header[true]))
		}
		b.do(b.book.SetCellStyle("notes", c, c, b.wrap))
	}
	b.do(b.book.SetColWidth("notes", "A", "A", 24))
	b.do(b.book.SetColWidth("notes", "B", "B", 100))
}

// Example returns the two rows of the example of a kind of Kinds: its cells as
// text by the name of their column, days as 2006-01-02, empty ones left out.
func Example(kind string) []map[string]string {
	out := []map[string]string{{}, {}}
	for _, c := range forms[kind].columns {
		for i, v := range c.example {
			if v != nil {
				out[i][c.name] = fmt.Sprint(v)
			}
		}
	}
	return out
}
