package main

import (
	"fmt"
	"io"

	"diplometrics/stages/template"
)

type templateCmd struct {
	Kind string `arg:"" enum:"snapshots,windows,accounts" help:"snapshots (followers by day), windows (posts counted over a time) or accounts."`
	Out  string `help:"File to write. Default: the kind with .xlsx." placeholder:"FILE"`
}

func (c *templateCmd) run(stdout io.Writer) error {
	out := c.Out
	if out == "" {
		out = c.Kind + ".xlsx"
	}
	if err := template.Write(out, c.Kind); err != nil {
		return err
	}
	todo := "fill it in, save it into raw/ and name it in study.toml"
	if c.Kind == "accounts" {
		todo = "fill it in and save it beside study.toml as accounts.xlsx, in place of accounts.csv"
	}
	_, err := fmt.Fprintf(stdout, "%s: %s\n", out, todo)
	return err
}
