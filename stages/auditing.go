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
	"diplometrics/stages/template"
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
	case errors.As(err, &refused) && refused.Line > 0 && strings.EqualFold(filepath.Ext(path), ".xlsx"):
		return nil, fmt.Errorf("%s: is no workbook, whatever its name says; open it in the program that made it and save it as XLSX or CSV UTF-8", path)
	case errors.As(err, &refused) && refused.Line > 0: // a study would state its encoding
		return nil, fmt.Errorf("%s:%d: not UTF-8; save it as UTF-8 (in Excel \"CSV UTF-8\")", path, refused.Line)
	case errors.As(err, &refused) && strings.Contains(refused.Reason, "study.toml"):
		what, _, _ := strings.Cut(refused.Reason, ";")
		return nil, fmt.Errorf("%s: %s; expected one table as CSV or XLSX", path, what)
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
		if isExample(r.Ref.Handle, &w) {
			return nil, fmt.Errorf("%s:%d: the row is the example of the template; write over it, or remove it", path, line)
		}
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

// isExample tells whether a row is one of the example of the template, which
// prints no average.
func isExample(handle string, w *datasets.AccountWindow) bool {
	if w.PostsPerMonth.OK || w.PostsPerMonthText.OK || w.LikesMean.OK || w.LikesMeanText.OK {
		return false
	}
	said := map[string]string{"platform": w.Platform, "handle": handle, "window_from": w.WindowFrom.String(), "window_to": w.WindowTo.String(),
		"posts": fmt.Sprint(w.Posts.V), "counted_by": w.CountedBy}
	return slices.ContainsFunc(template.Example("windows"), func(example map[string]string) bool {
		for column, text := range said {
			if example[column] != text {
				return false
			}
		}
		return true
	})
}

// twoReadings matches a print whose mark may set apart thousands or decimals.
var twoReadings = regexp.MustCompile(`^[1-9][0-9]{0,2}[.,][0-9]{3}$`)
