package main

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"runtime"

	"diplometrics/stages"
)

type reportCmd struct {
	Open bool `help:"Open it in the default browser."`
}

// report brings the report up to date, prints its path, and opens it if asked
// to.
func (c *cli) report(ctx context.Context, p *progress, stdout io.Writer) error {
	st, e, err := c.load(p)
	if err != nil {
		return err
	}
	states, err := stages.Run(ctx, e, st, readBackFiles, "report")
	if err != nil {
		return err
	}
	path := ""
	for _, s := range states {
		if s.Unit != "report" {
			continue
		}
		if s.Skipped != "" {
			return fmt.Errorf("report: left out: %s", s.Skipped)
		}
		for _, o := range s.Outputs {
			path = o
		}
	}
	if path == "" {
		return fmt.Errorf("report: the run made none")
	}
	if _, err := fmt.Fprintln(stdout, short(path)); err != nil || !c.Report.Open {
		return err
	}
	return openFile(ctx, path)
}

// openFile has the system open a file in the program that it chooses.
func openFile(ctx context.Context, path string) error {
	opener := []string{"xdg-open"}
	switch runtime.GOOS {
	case "darwin":
		opener = []string{"open"}
	case "windows":
		opener = []string{"rundll32", "url.dll,FileProtocolHandler"}
	}
	if out, err := exec.CommandContext(ctx, opener[0], append(opener[1:], path)...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s could not open %s: %w; open it in a browser yourself\n%s", opener[0], filepath.Base(path), err, out)
	}
	return nil
}
