package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages"
	"diplometrics/stages/audit"
)

type auditCmd struct {
	File   string `arg:"" help:"Table with the columns that diplometrics template windows writes, CSV or XLSX."`
	Out    string `help:"Companion table to write, as CSV. Default: the name of the file with -audit.csv, in the current folder. A file that holds something else is never written over." placeholder:"FILE"`
	Format string `enum:"text,json" default:"text" help:"text: a methods paragraph to paste; json: it and the counts for programs."`
}

// run writes the companion table and prints the methods paragraph. Inconsistent
// cells are a result, not a failure: the exit status is 0.
func (c *auditCmd) run(ctx context.Context, stdout io.Writer) error {
	rows, err := stages.AuditFile(ctx, c.File)
	if err != nil {
		return err
	}
	base := filepath.Base(c.File)
	out := cmp.Or(c.Out, strings.TrimSuffix(base, filepath.Ext(base))+"-audit.csv")
	if err := companion(c.File, out, rows); err != nil {
		return err
	}
	program := release()
	methods := audit.Methods(base, filepath.Base(out), program, rows)
	if c.Format == "json" {
		return auditJSON(stdout, auditReport{File: c.File, Companion: out, Program: program, Methods: methods}, rows)
	}
	_, err = fmt.Fprintf(stdout, "%s: %d verdicts on %s\n\n%s", out, len(rows), c.File, methods)
	return err
}

// companion writes the rows, whole or not at all. A file that exists stays as
// it is: with the same content it is what is wanted, with another it is an error.
func companion(in, out string, rows []datasets.AuditRow) error {
	var b bytes.Buffer
	if err := datasets.Audit.WriteCSV(&b, func(yield func([]datasets.AuditRow, error) bool) { yield(rows, nil) }); err != nil {
		return err
	}
	before, err := os.ReadFile(out)
	switch {
	case err == nil && bytes.Equal(before, b.Bytes()):
		return nil
	case err == nil && same(in, out):
		return usageError{fmt.Errorf("--out: %s is the table that is audited; name another file", out)}
	case err == nil:
		return fmt.Errorf("%s: a file of this name exists and holds something else; remove it, or name another with --out", out)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(out), ".audit-*")
	if err != nil {
		return fmt.Errorf("%s: cannot be written: %w", out, err)
	}
	defer os.Remove(f.Name()) // gone already where it was put in place
	_, err = f.Write(b.Bytes())
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), out)
	}
	if err != nil {
		return fmt.Errorf("%s: cannot be written: %w", out, err)
	}
	return nil
}

func same(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// auditReport is what audit prints for programs.
type auditReport struct {
	File         string         `json:"file"`
	Companion    string         `json:"companion"`
	Program      string         `json:"program"`
	Rules        []ruleVerdicts `json:"rules"`
	Inconsistent []auditCell    `json:"inconsistent"`
	Methods      string         `json:"methods"`
}

type ruleVerdicts struct {
	Rule          string `json:"rule"`
	Consistent    int    `json:"consistent"`
	Inconsistent  int    `json:"inconsistent"`
	NotTestable   int    `json:"not_testable"`
	NotApplicable int    `json:"not_applicable"`
}

type auditCell struct {
	Source      string  `json:"source"`
	Locator     string  `json:"locator"`
	Rule        string  `json:"rule"`
	ValueText   *string `json:"value_text"`
	Explanation string  `json:"explanation"`
}

func auditJSON(w io.Writer, report auditReport, rows []datasets.AuditRow) error {
	report.Inconsistent = []auditCell{}
	for i := range rows {
		r := &rows[i]
		at := slices.IndexFunc(report.Rules, func(v ruleVerdicts) bool { return v.Rule == r.Rule })
		if at < 0 {
			at = len(report.Rules)
			report.Rules = append(report.Rules, ruleVerdicts{Rule: r.Rule})
		}
		v := &report.Rules[at]
		switch r.Verdict {
		case datasets.Consistent:
			v.Consistent++
		case datasets.Inconsistent:
			v.Inconsistent++
			cell := auditCell{Source: r.Source, Locator: r.Locator, Rule: r.Rule, Explanation: r.Explanation}
			if r.ValueText.OK {
				cell.ValueText = &r.ValueText.V
			}
			report.Inconsistent = append(report.Inconsistent, cell)
		case datasets.NotTestable:
			v.NotTestable++
		case datasets.NotApplicable:
			v.NotApplicable++
		}
	}
	slices.SortFunc(report.Rules, func(a, b ruleVerdicts) int { return cmp.Compare(a.Rule, b.Rule) })
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(report)
}
