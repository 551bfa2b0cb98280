package enrich

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/study"
)

// sheet is a file that a study's author filled in: rows under a header.
type sheet struct {
	columns map[string]int
	rows    []sheetRow
}

// sheetRow is one row, its cells without white space at the ends.
type sheetRow struct {
	sheet *sheet
	at    string // file and line
	cells []string
}

// cell returns the cell of a column, "" where the file has no such column.
func (r *sheetRow) cell(column string) string {
	if i, ok := r.sheet.columns[column]; ok {
		return r.cells[i]
	}
	return ""
}

// need returns the cell of a column that may not be empty.
func (r *sheetRow) need(column string) (string, error) {
	if v := r.cell(column); v != "" {
		return v, nil
	}
	return "", fmt.Errorf("%s: %s: found nothing, expected a value", r.at, column)
}

// readSheet reads CSV in UTF-8 with a header, separated by commas or, as some
// spreadsheets write it, by semicolons. Columns come in any order; those that
// are optional may be missing. Rows of nothing but empty cells are passed over.
func readSheet(name string, data []byte, required, optional []string) (*sheet, error) {
	text := strings.TrimPrefix(string(data), "\ufeff")
	if line := datasets.FirstInvalidUTF8(text); line > 0 {
		return nil, fmt.Errorf("%s:%d: not UTF-8; save the file as CSV in UTF-8", name, line)
	}
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	if first, _, _ := strings.Cut(text, "\n"); !strings.Contains(first, ",") && strings.Contains(first, ";") {
		r.Comma = ';'
	}
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s:1: the file is empty, expected the header %s", name, strings.Join(required, ","))
	}
	if err != nil {
		return nil, sheetError(name, err)
	}
	s := &sheet{columns: map[string]int{}}
	all := slices.Concat(required, optional)
	for i, c := range header {
		c = strings.TrimSpace(c)
		if !slices.Contains(all, c) {
			return nil, fmt.Errorf("%s:1: unknown column %q; %s", name, c, study.Nearest(c, all))
		}
		if _, twice := s.columns[c]; twice {
			return nil, fmt.Errorf("%s:1: column %q stands twice; remove one", name, c)
		}
		s.columns[c] = i
	}
	for _, c := range required {
		if _, ok := s.columns[c]; !ok {
			return nil, fmt.Errorf("%s:1: column %q is missing, expected the header %s", name, c, strings.Join(required, ","))
		}
	}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil {
			return nil, sheetError(name, err)
		}
		line, _ := r.FieldPos(0)
		if len(record) != len(header) {
			return nil, fmt.Errorf("%s:%d: found %d cells, expected %d as in the header", name, line, len(record), len(header))
		}
		empty := true
		for i := range record {
			record[i] = strings.TrimSpace(record[i])
			empty = empty && record[i] == ""
		}
		if !empty {
			s.rows = append(s.rows, sheetRow{s, fmt.Sprintf("%s:%d", name, line), record})
		}
	}
}

// sheetError names the line on which a broken record begins.
func sheetError(name string, err error) error {
	var broken *csv.ParseError
	if errors.As(err, &broken) {
		return fmt.Errorf("%s:%d: not CSV: %w", name, broken.StartLine, broken.Err)
	}
	return fmt.Errorf("%s: %w", name, err)
}

// country returns the cell of the column country, "" where it is empty.
func (r *sheetRow) country() (string, error) {
	c := r.cell("country")
	if c == "" {
		return "", nil
	}
	if err := study.CheckCountry(c); err != nil {
		return "", fmt.Errorf("%s: country: %w", r.at, err)
	}
	return c, nil
}

// words returns the rules of the column words, which semicolons part.
func (r *sheetRow) words() ([]string, error) {
	all, err := r.need("words")
	if err != nil {
		return nil, err
	}
	var rules []string
	for rule := range strings.SplitSeq(all, ";") {
		if rule = strings.TrimSpace(rule); rule == "" {
			continue
		}
		if _, err := wordsOf(rule); err != nil {
			return nil, fmt.Errorf("%s: words: %w", r.at, err)
		}
		rules = append(rules, rule)
	}
	if len(rules) == 0 {
		return nil, fmt.Errorf("%s: words: found %q, expected words parted by semicolons", r.at, all)
	}
	return rules, nil
}
