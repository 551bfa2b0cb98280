package rules

import (
	"fmt"
	"math/big"
	"slices"
	"sort"
	"strings"

	"diplometrics/datasets"
)

var precision = Rule{
	Name:    "precision",
	Doc:     `Whether the cells of one column of one table are printed to the same decimals. Cells printed to different decimals were not rounded in one way, so their last digits do not bound them alike; the column is then inconsistent. A table is the part of the locator before its first comma; columns with fewer than two printed cells have no row. Judged are the printed averages of counted windows: posts_per_month and likes_mean.`,
	Source:  "Arithmetic of the definition.",
	Version: 1,
	Group:   precisionOfColumns,
}

func precisionOfColumns(g *Group) []datasets.AuditRow {
	type column struct {
		table, name string
		texts       []string
		steps       map[string]int // decimals of a cell -> how many cells
	}
	var columns []*column
	add := func(table, name string, text datasets.Opt[string], value datasets.Opt[float64]) {
		n, ok, err := cell(text, value)
		if err != nil || !ok || !text.OK {
			return
		}
		i := slices.IndexFunc(columns, func(c *column) bool { return c.table == table && c.name == name })
		if i < 0 {
			i = len(columns)
			columns = append(columns, &column{table: table, name: name, steps: map[string]int{}})
		}
		columns[i].texts = append(columns[i].texts, n.Text)
		columns[i].steps[decimals(n.Step)]++
	}
	for i := range g.Windows {
		w := &g.Windows[i]
		table, _, _ := strings.Cut(w.Locator.Or(""), ",")
		add(table, "posts_per_month", w.PostsPerMonthText, w.PostsPerMonth)
		add(table, "likes_mean", w.LikesMeanText, w.LikesMean)
	}
	var rows []datasets.AuditRow
	for _, c := range columns {
		if len(c.texts) < 2 {
			continue
		}
		var kinds []string
		for d, count := range c.steps {
			kinds = append(kinds, fmt.Sprintf("%d with %s", count, d))
		}
		sort.Strings(kinds)
		locator := "column " + c.name
		if c.table != "" {
			locator = c.table + ", " + locator
		}
		row := datasets.AuditRow{
			Locator: locator, Subject: "study", Indicator: c.name,
			ValueText:   asPrinted(strings.Join(c.texts, "; ")),
			Verdict:     verdict(len(kinds) == 1),
			N:           datasets.Some(int64(len(c.texts))),
			Explanation: fmt.Sprintf("Of %d cells, %s.", len(c.texts), strings.Join(kinds, " and ")),
		}
		rows = append(rows, row)
	}
	return rows
}

// decimals says to how many decimals a step prints.
func decimals(step *big.Rat) string {
	d := 0
	for d < 12 && tenth(d).Cmp(step) > 0 {
		d++
	}
	if d == 1 {
		return "1 decimal"
	}
	return fmt.Sprintf("%d decimals", d)
}
