package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"diplometrics/stages"
	"diplometrics/stages/compare/calibrate"
)

type calibrateCmd struct {
	Studies int    `default:"2000" help:"Studies to simulate for each cell."`
	Seed    uint64 `default:"1" help:"Seed of all random numbers."`
	Out     string `default:"calibration.csv" help:"Table to write." placeholder:"FILE"`
	Whole   int    `default:"200" help:"Whole studies to simulate as raw files and run, one seed after another; 0 for none."`
	Proof   string `default:"proof.csv" help:"Table of the whole studies to write." placeholder:"FILE"`
}

// run simulates, writes the table and prints what it says. That a permutation
// test rejects too often is an error, after both.
func (c *calibrateCmd) run(ctx context.Context, p *progress, stdout io.Writer) error {
	if c.Studies < 1 {
		return usageError{fmt.Errorf("--studies: %d is no number of studies; the least is 1", c.Studies)}
	}
	if c.Whole < 0 || c.Whole == 1 {
		return usageError{fmt.Errorf("--whole: found %d, expected 0, or at least 2", c.Whole)}
	}
	// Better now than after ten minutes.
	for flag, file := range map[string]string{"--out": c.Out, "--proof": c.Proof} {
		if _, err := os.Stat(filepath.Dir(file)); err != nil {
			return usageError{fmt.Errorf("%s: the table has no folder to go to: %w", flag, err)}
		}
	}
	rows, err := calibrate.Run(ctx, c.Studies, c.Seed, p.counter("calibrate", "cells", 1))
	if err != nil {
		return err
	}
	var table bytes.Buffer
	if err := calibrate.WriteCSV(&table, rows); err != nil {
		return err
	}
	if err := os.WriteFile(c.Out, table.Bytes(), 0o644); err != nil {
		return fmt.Errorf("calibrate: %w", err)
	}
	if err := calibrate.WriteSummary(stdout, rows); err != nil {
		return err
	}
	wrong, err := c.prove(ctx, p, stdout)
	if err != nil {
		return err
	}
	if wrong != "" {
		return fmt.Errorf("calibrate: whole studies: %s", wrong)
	}
	if bad := calibrate.TooOften(rows); len(bad) > 0 {
		return fmt.Errorf("calibrate: %d permutation tests reject more often than 5 %% and three standard errors without an effect, first %s", len(bad), bad[0])
	}
	return nil
}

// prove runs whole studies, writes their table and prints what it says. Wrong
// is the first interval that does not hold the effect as often as it should, "" for none.
func (c *calibrateCmd) prove(ctx context.Context, p *progress, stdout io.Writer) (wrong string, err error) {
	if c.Whole == 0 {
		return "", nil
	}
	dir, err := os.MkdirTemp("", "diplometrics-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	proofs, err := stages.Prove(ctx, dir, c.Whole, c.Seed, p.counter("calibrate", "whole studies", 10))
	if err != nil {
		return "", err
	}
	var table bytes.Buffer
	if err := stages.WriteProofs(&table, proofs); err != nil {
		return "", err
	}
	if err := os.WriteFile(c.Proof, table.Bytes(), 0o644); err != nil {
		return "", fmt.Errorf("calibrate: %w", err)
	}
	for i := range proofs {
		if p := &proofs[i]; !p.Nominal() && wrong == "" {
			wrong = fmt.Sprintf("the interval of %s, %s and %s, holds the effect that was set in %.1f %% of %d, not in 95 %%", p.Metric, p.CountryA, p.CountryB, 100*p.Coverage(), p.Studies)
		}
	}
	return wrong, stages.SummarizeProofs(stdout, proofs)
}
