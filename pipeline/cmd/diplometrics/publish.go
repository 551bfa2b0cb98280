package main

import (
	"context"
	"io"
	"os"
	"path/filepath"

	"diplometrics/stages"
)

type publishCmd struct {
	Mode string `enum:"aggregates,ids,full" default:"aggregates" help:"What the package tells of single posts. aggregates: nothing; ids: bare lists of the ids of posts on X, for whoever may fetch them again; full: posts with their counts, without texts and links, where the terms of their platforms allow it. From then on every run keeps the package so; publish without --mode makes aggregates again." placeholder:"aggregates|ids|full"`
	Zip  bool   `help:"Make package.zip too, one file with the same content. From then on every run keeps it up to date, until it is removed."`
	Key  string `help:"File of the key for pseudonyms of persons, outside the study. Default: $DIPLOMETRICS_KEY, else pseudonym.key in the folder diplometrics among your settings; made with mode 0600 where it is missing and needed." placeholder:"FILE" type:"path"`
}

// publish brings the package of a study up to date.
func (c *cli) publish(ctx context.Context, p *progress, stdout io.Writer) error {
	st, e, err := c.load(p)
	if err != nil {
		return err
	}
	_, missing := os.Stat(filepath.Join(st.Dir, "package.zip"))
	states, err := stages.Publish(ctx, e, st, readBackFiles, stages.PackageOptions{Mode: c.Publish.Mode, Zip: c.Publish.Zip || missing == nil, Key: c.Publish.Key})
	if err != nil {
		return err
	}
	return summary(stdout, st, states)
}
