package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"diplometrics/stages/inspect"
	"diplometrics/stages/study"
)

type inspectCmd struct {
	Files    []string `arg:"" name:"file" help:"Raw file, compressed or not."`
	Format   string   `enum:"text,json" default:"text" help:"text, or json: an array with one object a file."`
	Adapter  string   `help:"Read it as this format instead of detecting it." placeholder:"NAME"`
	Encoding string   `help:"Code page of a text that is not Unicode, such as windows-1251." placeholder:"NAME"`
	Sheet    string   `help:"Sheet of a workbook. Default: the first." placeholder:"NAME"`
	Zone     string   `help:"Time zone of times without one, such as Asia/Almaty." placeholder:"NAME"`
}

// run prints what each file is. Files that cannot be opened are an error after
// all others were inspected; files that are refused are not.
func (c *inspectCmd) run(ctx context.Context, stdout io.Writer) error {
	if c.Zone != "" {
		if err := study.CheckZone(c.Zone); err != nil {
			return usageError{fmt.Errorf("--zone: %w", err)}
		}
	}
	var reports []*inspect.Report
	var closed error
	for _, f := range c.Files {
		o, note := c.options(f)
		r, err := inspect.Read(ctx, f, o)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			closed = errors.Join(closed, err)
			continue
		}
		r.Note = note
		if c.Format == "text" {
			if len(reports) > 0 {
				fmt.Fprintln(stdout)
			}
			r.WriteText(stdout)
		}
		reports = append(reports, r)
	}
	if c.Format == "json" {
		if err := inspect.WriteJSON(stdout, reports); err != nil {
			return err
		}
	}
	return closed
}

// options are what the study of the file says of it, and the flags above that.
func (c *inspectCmd) options(file string) (o inspect.Options, note string) {
	o, err := inspect.Find(file)
	if err != nil {
		note = fmt.Sprintf("inspected without the study that it lies in: %v", err)
	}
	o.Adapter, o.Encoding, o.Sheet = cmp.Or(c.Adapter, o.Adapter), cmp.Or(c.Encoding, o.Encoding), cmp.Or(c.Sheet, o.Sheet)
	if c.Zone != "" {
		o.File.Zone, _ = time.LoadLocation(c.Zone)
	}
	return o, note
}
