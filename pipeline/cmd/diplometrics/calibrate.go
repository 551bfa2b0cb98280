package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"diplometrics/stages/compare/calibrate"
)

type calibrateCmd struct {
	Studies int    `default:"2000" help:"Studies to simulate for each cell."`
	Seed    uint64 `default:"1" help:"Seed of all random numbers."`
	Out     string `default:"calibration.csv" help:"Table to write." placeholder:"FILE"`
}

// run simulates, writes the table and prints what it says. That a permutation
// test rejects too often is an error, after both.
func (c *calibrateCmd) run(ctx context.Context, quiet bool, stdout, stderr io.Writer) error {
	if c.Studies < 1 {
		return usageError{fmt.Errorf("--studies: %d is no number of studies; the least is 1", c.Studies)}
	}
	// Better now than after ten minutes.
	if _, err := os.Stat(filepath.Dir(c.Out)); err != nil {
		return usageError{fmt.Errorf("--out: the table has no folder to go to: %w", err)}
	}
	rows, err := calibrate.Run(ctx, c.Studies, c.Seed, func(done, of int) {
		if !quiet {
			fmt.Fprintf(stderr, "calibrate: %d of %d cells\n", done, of)
		}
	})
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
	if bad := calibrate.TooOften(rows); len(bad) > 0 {
		return fmt.Errorf("calibrate: %d permutation tests reject more often than 5 %% and three standard errors without an effect, first %s", len(bad), bad[0])
	}
	return nil
}
