package stages

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/audit"
	"diplometrics/stages/normalize/adapters"
	"diplometrics/stages/sample"
)

// AuditFile applies the rules of the audit to one table in the windows template,
// CSV or XLSX, compressed or not, without a study. Rows come in the order of the
// table audit. A row without a source has the file's name as its source, and an
// account is known by its id, else by its handle.
//
// Where only the print of an average is given (posts_per_month_text,
// likes_mean_text), its number is read from that; a print that can be read in
// two ways is an error. Errors name the file, the row, the column, what was
// found and what to do.
func AuditFile(ctx context.Context, path string) ([]datasets.AuditRow, error) {
	in, err := adapters.Open(path, "", "")
	var refused *adapters.Refused
	switch {
	case errors.As(err, &refused) && refused.Line > 0:
		return nil, fmt.Errorf("%s:%d: %w", path, refused.Line, err)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	defer in.Close()
	if len(bytes.TrimSpace(in.Head)) == 0 {
		return nil, fmt.Errorf("%s: the file is empty; fill in the sheet that diplometrics template windows writes", path)
	}
	b, err := adapters.AccountWindowsCSV.Read(ctx, in, adapters.File{Name: in.Name}, 1)
	if err != nil {
		var wrong *adapters.RecordError
		if errors.As(err, &wrong) {
			wrong.Line = in.Row(wrong.Line)
		}
		return nil, fmt.Errorf("%s:%w", path, err)
	}
	if len(b.Windows) == 0 {
		return nil, fmt.Errorf("%s: no row follows the header; fill in the sheet that diplometrics template windows writes", path)
	}
	lines := map[audited]int64{}
	var windows []datasets.AccountWindow
	for _, r := range b.Windows {
		w, line := r.Row, in.Row(r.Line)
		w.AccountID = cmp.Or(r.Ref.ID, "@"+strings.ToLower(r.Ref.Handle))
		w.Source = cmp.Or(w.Source, filepath.Base(path))
		key := audited{w.Platform, w.AccountID, w.WindowFrom, w.WindowTo, w.CountedBy, w.Source, w.Locator}
		if before, ok := lines[key]; ok {
			return nil, fmt.Errorf("%s:%d: platform, account, window, counted_by: the same as in row %d; keep one, or tell them apart by locator", path, line, before)
		}
		lines[key] = line
		for _, c := range []struct {
			name  string
			text  datasets.Opt[string]
			value *datasets.Opt[float64]
		}{{"posts_per_month", w.PostsPerMonthText, &w.PostsPerMonth}, {"likes_mean", w.LikesMeanText, &w.LikesMean}} {
			if c.value.OK || !c.text.OK {
				continue
			}
			p, err := sample.ParsePrinted(c.text.V, true)
			if err != nil || p.Value < 0 || twoReadings.MatchString(c.text.V) {
				return nil, fmt.Errorf("%s:%d: %s_text: found %q, which cannot be read as one number; give the number in %s beside it", path, line, c.name, c.text.V, c.name)
			}
			*c.value = datasets.Some(p.Value)
		}
		windows = append(windows, w)
	}
	slices.SortStableFunc(windows, func(a, b datasets.AccountWindow) int { return datasets.AccountWindows.Compare(&a, &b) })
	return audit.Run(windows, nil, nil, nil)
}

// audited is what tells two rows of a table of windows apart.
type audited struct {
	platform, account string
	from, to          datasets.Day
	countedBy, source string
	locator           datasets.Opt[string]
}

// twoReadings matches a print whose mark may set apart thousands or decimals.
var twoReadings = regexp.MustCompile(`^[1-9][0-9]{0,2}[.,][0-9]{3}$`)
