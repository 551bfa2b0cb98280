package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"diplometrics/stages"
	"diplometrics/stages/verify"
)

type verifyCmd struct {
	Package string `arg:"" name:"package" help:"Folder or zip of a package." type:"path"`
}

// readTables is the hidden command by which a running program has the tables of
// a received package read in a child process, which may die of them.
const readTables = "read-tables"

// run prints what was checked. A difference is an error, and so is a package
// that is refused.
func (c *verifyCmd) run(ctx context.Context, stdout io.Writer) error {
	if _, err := os.Stat(c.Package); errors.Is(err, os.ErrNotExist) {
		return usageError{err}
	}
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	r, err := verify.Run(ctx, c.Package, verify.Options{Exe: []string{exe, readTables}, Recompute: stages.Recompute})
	if r == nil {
		return err
	}
	r.Path = short(c.Package)
	if err := r.WriteText(stdout); err != nil {
		return err
	}
	switch {
	case r.Refused != nil:
		return fmt.Errorf("%s: the package is refused: %w", r.Path, err)
	case !r.Identical():
		return fmt.Errorf("%s: the package is not what it says", r.Path)
	}
	return nil
}
