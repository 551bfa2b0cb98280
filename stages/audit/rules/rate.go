package rules

import (
	"fmt"
	"math/big"
	"strings"
	"time"

	"diplometrics/datasets"
)

var rate = Rule{
	Name: "rate",
	Doc: `Whether the printed average of posts per month can come from the printed number of posts n and the stated number of months k ("RAPM", reported against printed monthly mean).
The printed average m, with the decimals that it is printed with, is reproduced by rounding to nearest if |n/k - m| is at most half a unit of its last digit (either way at exactly one half), by truncation (floor) if m <= n/k < m + unit, and by rounding up (ceil) if m - unit < n/k <= m. The cell is consistent if any of the three reproduces it and inconsistent if none does; the column rounding names those that do.
Implied are the numbers of posts that m would need over k months when rounded to nearest, and, in the explanation, the months over which n posts would average m. Where months are not stated but the window is a whole number of calendar months, that number is used; otherwise the cell is not testable. Only posts, months and average are compared: which of them is wrong cannot be told, nor whether the window was observed to its end (see observed_window).`,
	Source:  "Arithmetic of the definition; the idea of checking a printed mean against its n follows Brown and Heathers (2017), doi:10.1177/1948550616673876.",
	Version: 2,
	Window:  rateOfWindow,
}

// monthly is what a printed monthly average m says about n posts in k months.
type monthly struct {
	rounding []string   // ways of rounding n/k that print m
	posts    Interval   // numbers of posts that round to m over k months, not below 0
	months   []*big.Rat // least and greatest k over which n posts round to m; the greatest is missing where m can be 0
}

func checkRate(n int64, k *big.Rat, m Number) monthly {
	posts := new(big.Rat).SetInt64(n)
	mean := new(big.Rat).Quo(posts, k)
	near := m.Rounded()
	var r monthly
	if near.Low.Cmp(mean) <= 0 && mean.Cmp(near.High) <= 0 {
		r.rounding = append(r.rounding, "nearest")
	}
	if m.Value.Cmp(mean) <= 0 && mean.Cmp(new(big.Rat).Add(m.Value, m.Step)) < 0 {
		r.rounding = append(r.rounding, "floor")
	}
	if mean.Cmp(m.Value) <= 0 && mean.Cmp(new(big.Rat).Sub(m.Value, m.Step)) > 0 {
		r.rounding = append(r.rounding, "ceil")
	}
	low, high, ok := integersIn(near.times(Interval{k, k}))
	if ok {
		r.posts = Interval{new(big.Rat).SetInt(low), new(big.Rat).SetInt(high)}
	}
	if near.High.Sign() > 0 {
		r.months = append(r.months, new(big.Rat).Quo(posts, near.High))
	}
	if near.Low.Sign() > 0 {
		r.months = append(r.months, new(big.Rat).Quo(posts, near.Low))
	}
	return r
}

func rateOfWindow(w *datasets.AccountWindow) (datasets.AuditRow, bool) {
	row := datasets.AuditRow{
		Indicator: "posts_per_month",
		ValueText: asPrinted(w.PostsPerMonthText.V),
		N:         w.Posts,
		Verdict:   datasets.NotApplicable,
	}
	m, ok, err := cell(w.PostsPerMonthText, w.PostsPerMonth)
	switch {
	case err != nil:
		row.Verdict, row.Explanation = datasets.NotTestable, "The printed average cannot be read: "+err.Error()+"."
		return row, true
	case !ok:
		row.Explanation = "No monthly average is printed."
		return row, true
	}
	row.ValueText = asPrinted(m.Text)
	row.Verdict = datasets.NotTestable
	if !w.Posts.OK {
		row.Explanation = "The number of posts is not printed."
		return row, true
	}
	k, ok := monthsOf(w)
	if !ok {
		row.Explanation = fmt.Sprintf("The number of months is not stated, and %s to %s is no whole number of calendar months.", w.WindowFrom, w.WindowTo)
		return row, true
	}
	c := checkRate(w.Posts.V, k, m)
	row.Verdict = verdict(len(c.rounding) > 0)
	row.Rounding = opt(strings.Join(c.rounding, "|"))
	row.Explanation = fmt.Sprintf("%d posts in %s months are %s a month, ",
		w.Posts.V, show(k, 3), show(new(big.Rat).Quo(new(big.Rat).SetInt64(w.Posts.V), k), 3))
	switch {
	case len(c.rounding) == 0:
		row.Explanation += "which no way of rounding prints as " + m.Text
	case len(c.rounding) == 1 && c.rounding[0] == "floor":
		row.Explanation += "printed as " + m.Text + ": only truncation gives that"
	case len(c.rounding) == 1 && c.rounding[0] == "ceil":
		row.Explanation += "printed as " + m.Text + ": only rounding up gives that"
	default:
		row.Explanation += "printed as " + m.Text + " (" + strings.Join(c.rounding, ", ") + ")"
	}
	if c.posts.Low == nil {
		row.Explanation += ". No number of posts rounds to " + m.Text + " over these months."
		return row, true
	}
	c.posts.imply(&row, "posts")
	row.Explanation += fmt.Sprintf(". Rounded to nearest, %s stands for %s posts", m.Text, c.posts)
	switch {
	case w.Posts.V == 0: // their average is 0 over any number of months
	case len(c.months) == 2:
		row.Explanation += fmt.Sprintf(", or for %s to %s months", show(c.months[0], 2), show(c.months[1], 2))
	case len(c.months) == 1:
		row.Explanation += fmt.Sprintf(", or for at least %s months", show(c.months[0], 2))
	}
	row.Explanation += "."
	return row, true
}

// monthsOf returns the number of months that the window's average divides by:
// as stated, else the whole calendar months of the window.
func monthsOf(w *datasets.AccountWindow) (*big.Rat, bool) {
	if w.MonthsStated.OK {
		return rat(w.MonthsStated.V), w.MonthsStated.V > 0
	}
	from, to := w.WindowFrom.Time(), w.WindowTo.Time()
	if from.Day() != to.Day() || !from.Before(to) {
		return nil, false
	}
	k := (to.Year()-from.Year())*12 + int(to.Month()-from.Month())
	// A day that a month lacks would have rolled over into the next one.
	if !from.AddDate(0, k, 0).Equal(to.In(time.UTC)) {
		return nil, false
	}
	return big.NewRat(int64(k), 1), true
}
