package compare

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// calibrationCSV says how often each interval held the truth in simulated
// studies; package calibrate writes it and tells its columns.
//
//go:embed calibration.csv
var calibrationCSV string

// measured is the coverage of one interval in one simulated cell.
type measured struct {
	outcome, quantity, method string
	accounts                  int  // of a country
	several                   bool // platforms
	coverage                  float64
}

// readCalibration reads the coverages of the table. An error names the line.
func readCalibration(text string) ([]measured, error) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("calibration.csv: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	at := map[string]int{}
	for _, name := range []string{"outcome", "quantity", "method", "platforms", "accounts", "coverage"} {
		if at[name] = slices.Index(rows[0], name); at[name] < 0 {
			return nil, fmt.Errorf("calibration.csv: no column %s", name)
		}
	}
	var out []measured
	for i, row := range rows[1:] {
		if row[at["coverage"]] == "" {
			continue // a test
		}
		accounts, e1 := strconv.Atoi(row[at["accounts"]])
		platforms, e2 := strconv.Atoi(row[at["platforms"]])
		coverage, e3 := strconv.ParseFloat(row[at["coverage"]], 64)
		if e1 != nil || e2 != nil || e3 != nil || !(coverage >= 0 && coverage <= 1) {
			return nil, fmt.Errorf("calibration.csv: line %d: expected numbers of accounts and platforms and a coverage from 0 to 1, found %q", i+2, row)
		}
		out = append(out, measured{row[at["outcome"]], row[at["quantity"]], row[at["method"]], accounts, platforms > 1, coverage})
	}
	return out, nil
}

// Quantities of the calibration.
const (
	ofContrast = "contrast"
	ofCountry  = "country"
)

// coverage says how often an interval of 95 % held the truth in simulated
// studies with the largest number of accounts that is not above the given one:
// "" where that was 93 to 97 % in all of them, or where none was simulated. A
// metric that was not simulated is judged by those that were.
func (s *study) coverage(metric, quantity, method, platform string, accounts int) string {
	if !slices.ContainsFunc(s.calibration, func(m measured) bool { return m.outcome == metric }) {
		metric = ""
	}
	low, high, at := math.Inf(1), math.Inf(-1), 0
	for _, m := range s.calibration {
		if m.quantity != quantity || m.method != method || m.several != (platform == standardised) || metric != "" && m.outcome != metric ||
			m.accounts > accounts || m.accounts < at {
			continue
		}
		if m.accounts > at {
			low, high, at = math.Inf(1), math.Inf(-1), m.accounts
		}
		low, high = min(low, m.coverage), max(high, m.coverage)
	}
	if at == 0 || low >= 0.93 && high <= 0.97 {
		return ""
	}
	share := fmt.Sprintf("%.1f to %.1f", 100*low, 100*high)
	if low == high {
		share = fmt.Sprintf("%.1f", 100*low)
	}
	return fmt.Sprintf("in simulated studies of %d accounts a country this interval held the truth in %s %%, not in 95 %%", at, share)
}
