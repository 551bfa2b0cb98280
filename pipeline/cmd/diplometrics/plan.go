package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"diplometrics/datasets"
	"diplometrics/stages/normalize"
	"diplometrics/stages/plan"
	"diplometrics/stages/simulate"
	"diplometrics/stages/study"
)

type planCmd struct {
	Accounts   string   `help:"Accounts of each country on each platform: KAZ=8,UZB=5,KGZ=3. Left out: those of --study." placeholder:"COUNTRY=N,..."`
	Months     float64  `default:"6" help:"Months over which posts are collected."`
	Platforms  []string `default:"x,facebook,instagram" help:"Platforms on which each country has its accounts."`
	Kind       string   `default:"embassy" help:"Kind of the accounts: embassy, ministry, president or regulator."`
	Parameters string   `help:"Parameters of the process, in the form of those that ship: diplometrics list parameters." placeholder:"FILE"`
	Studies    int      `default:"1000" help:"Studies to simulate for each number."`
	Seed       uint64   `default:"1" help:"Seed of all random numbers."`
	Sheet      string   `default:"collection_sheet.xlsx" help:"Sheet of followers to write, with a row for each account and day." placeholder:"FILE"`
	From       string   `help:"First day of collection. Default: the first of next month." placeholder:"DATE"`
	Every      int      `default:"7" help:"Days between two looks at the pages."`
}

// design is what the flags ask for, with the accounts of a study where one is
// named.
func (c *planCmd) design(dir string) (d plan.Design, accounts []plan.Account, err error) {
	d = plan.Design{Months: c.Months, Platforms: c.Platforms, Kind: c.Kind, Seed: c.Seed, Studies: c.Studies}
	if d.Parameters, err = readParameters(c.Parameters); err != nil {
		return d, nil, err
	}
	if d.Parameters == nil {
		if d.Parameters, err = simulate.ReadParameters("parameters.toml", simulate.DefaultParameters); err != nil {
			return d, nil, err
		}
	}
	switch {
	case !(c.Months > 0 && c.Months <= 240):
		return d, nil, usageError{fmt.Errorf("--months: found %g, expected a number above 0 and at most 240", c.Months)}
	case c.Studies < 100 || c.Studies > 100_000:
		return d, nil, usageError{fmt.Errorf("--studies: found %d, expected 100 to 100000: fewer tell nothing of 80 %%", c.Studies)}
	case filepath.Ext(c.Sheet) != ".xlsx":
		return d, nil, usageError{fmt.Errorf("--sheet: found %s, expected a name that ends in .xlsx", c.Sheet)}
	case c.Every < 1:
		return d, nil, usageError{fmt.Errorf("--every: found %d, expected a number of days from 1", c.Every)}
	}
	for i, p := range c.Platforms {
		if slices.Contains(c.Platforms[:i], p) {
			return d, nil, usageError{fmt.Errorf("--platforms: %s stands twice; name each once", p)}
		}
		if !d.Parameters.Has(c.Kind, p) {
			return d, nil, usageError{fmt.Errorf("--platforms, --kind: the parameters have no %s on %q; diplometrics list parameters shows those that there are", c.Kind, p)}
		}
	}
	if c.Accounts != "" {
		for _, pair := range strings.Split(c.Accounts, ",") {
			code, number, _ := strings.Cut(strings.TrimSpace(pair), "=")
			n, err := strconv.Atoi(strings.TrimSpace(number))
			if err != nil || n < 1 || n > 1000 {
				return d, nil, usageError{fmt.Errorf("--accounts: found %q, expected a country and a number from 1 to 1000, such as KAZ=8", pair)}
			}
			if err := study.CheckCountry(code); err != nil {
				return d, nil, usageError{fmt.Errorf("--accounts: %w", err)}
			}
			if slices.ContainsFunc(d.Countries, func(s plan.Side) bool { return s.Code == code }) {
				return d, nil, usageError{fmt.Errorf("--accounts: %s stands twice; name each country once", code)}
			}
			d.Countries = append(d.Countries, plan.Side{Code: code, Accounts: n})
		}
	}
	if len(d.Countries) == 1 || len(d.Countries) == 0 && dir == "" {
		return d, nil, usageError{fmt.Errorf("--accounts: found %d countries, expected at least two, such as KAZ=8,UZB=5,KGZ=3; or name a study with --study DIR", len(d.Countries))}
	}
	if dir == "" {
		return d, d.Expected(), nil
	}
	return registered(d, dir)
}

// registered takes the accounts of a study for the sheet, and their least number
// on a platform for the design where none is given.
func registered(d plan.Design, dir string) (plan.Design, []plan.Account, error) {
	st, err := study.Load(dir)
	if err != nil {
		return d, nil, err
	}
	all, err := normalize.ReadAccounts(filepath.Join(st.Dir, st.Accounts))
	if err != nil {
		return d, nil, err
	}
	var accounts []plan.Account
	n := map[[2]string]int{}
	for _, a := range all {
		id := a.AccountID
		if strings.HasPrefix(id, "@") {
			id = ""
		}
		accounts = append(accounts, plan.Account{Platform: a.Platform, Handle: a.Handle.V, ID: id})
		n[[2]string{a.Country.V, a.Platform}]++
	}
	if len(d.Countries) > 0 {
		return d, accounts, nil
	}
	for _, code := range st.Countries {
		least := 1000
		for _, p := range d.Platforms {
			least = min(least, n[[2]string{code, p}])
		}
		if least == 0 {
			return d, nil, usageError{fmt.Errorf("--platforms: %s has no account on some of %s in %s; name platforms that every country has", code, strings.Join(d.Platforms, ", "), st.Accounts)}
		}
		d.Countries = append(d.Countries, plan.Side{Code: code, Accounts: least})
	}
	return d, accounts, nil
}

func (c *planCmd) run(ctx context.Context, dir string, progress *progress, now time.Time, stdout io.Writer) error {
	d, accounts, err := c.design(dir)
	if err != nil {
		return err
	}
	from := datasets.DayOf(time.Date(now.Year(), now.Month()+1, 1, 0, 0, 0, 0, time.UTC))
	if c.From != "" {
		if from, err = study.ParseDay(c.From); err != nil {
			return usageError{fmt.Errorf("--from: %w", err)}
		}
	}
	p, err := plan.Run(ctx, d, progress.counter("plan", "designs", 1))
	if err != nil {
		return err
	}
	if err := p.WriteText(stdout); err != nil {
		return err
	}
	if _, err := os.Stat(c.Sheet); err == nil {
		_, err := fmt.Fprintf(stdout, "\n%s is there already and stays as it is; name another with --sheet\n", c.Sheet)
		return err
	}
	sheet := plan.Sheet{From: from, To: from + datasets.Day(d.Months*30.4375) + 1, Every: c.Every, Accounts: accounts}
	rows, err := sheet.Write(c.Sheet)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "\n%s: %d rows from %s to %s, every %d days; fill in what the pages show, save it into raw/ and name it in study.toml\n",
		c.Sheet, rows, sheet.From, sheet.To-1, c.Every)
	return err
}
