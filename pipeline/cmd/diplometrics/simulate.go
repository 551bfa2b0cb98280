package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"diplometrics/stages/simulate"
)

type simulateCmd struct {
	Out        string `required:"" help:"Folder of the study. What an earlier simulation wrote there is replaced while it is as it was written, and nothing else." placeholder:"DIR"`
	Seed       uint64 `required:"" help:"Seed of all random numbers: the same seed gives the same files." placeholder:"N"`
	Accounts   int    `default:"90" help:"Accounts, in all countries together."`
	Posts      int    `help:"Posts made until the last collection, on the mean; those that no collection saw are in no table. Default: as many as the parameters make, about 20,000." placeholder:"N"`
	Months     int    `default:"6" help:"Months of the study window."`
	Parameters string `help:"Parameters of the process, in the form of those that ship: diplometrics list parameters." placeholder:"FILE"`
}

// options reads the parameters.
func (c *simulateCmd) options() (simulate.Options, error) {
	o := simulate.Options{Seed: c.Seed, Accounts: c.Accounts, Posts: c.Posts, Months: c.Months}
	for _, x := range []struct {
		flag            string
		value, from, to int
	}{{"--accounts", c.Accounts, 1, 100_000}, {"--posts", c.Posts, 0, 1_000_000_000}, {"--months", c.Months, 1, 240}} {
		if x.value < x.from || x.value > x.to {
			return o, usageError{fmt.Errorf("%s: found %d, expected a whole number from %d to %d", x.flag, x.value, x.from, x.to)}
		}
	}
	var err error
	o.Parameters, err = readParameters(c.Parameters)
	return o, err
}

// readParameters reads a file of parameters; nil for none.
func readParameters(file string) (*simulate.Parameters, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, usageError{fmt.Errorf("--parameters: %w", err)}
	}
	return simulate.ReadParameters(file, text)
}

func (c *simulateCmd) run(ctx context.Context, p *progress, stdout io.Writer) error {
	o, err := c.options()
	if err != nil {
		return err
	}
	t, err := simulate.Run(ctx, c.Out, o, p.counter("simulate", "accounts", 10))
	if err != nil {
		return err
	}
	var records int64
	for _, f := range t.Files {
		records += f.Records
	}
	_, err = fmt.Fprintf(stdout, "%s: SIMULATED: %d accounts, %d posts, %d records in %d files in raw/; what they must come to is in truth/\nRun it: diplometrics --study %s run\n",
		c.Out, len(t.Accounts), t.Posts, records, len(t.Files), filepath.Clean(c.Out))
	return err
}
