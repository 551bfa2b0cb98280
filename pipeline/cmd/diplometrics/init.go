package main

import (
	"context"
	"io"

	"diplometrics/stages/start"
)

type initCmd struct {
	Dir string `arg:"" help:"Folder with what was collected, in its raw/ or directly in it."`
}

// run makes a study of the folder.
func (c *initCmd) run(ctx context.Context, stdout io.Writer) error {
	return start.Study(ctx, c.Dir, stdout)
}
