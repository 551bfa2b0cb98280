package plots

import (
	"fmt"
	"strconv"

	"gonum.org/v1/plot/vg/draw"
)

var internetUsers = Figure{
	Name: "internet_users",
	Doc: "Internet users in per cent of the population over time. Lines join neighbouring years of the source with most values; " +
		"hollow marks are what other sources print for the same countries and differ from it.",
	Version: 2,
	Tables:  []string{"published", "sources"},
	Draw:    drawInternetUsers,
}

func drawInternetUsers(d *Data) (*Page, error) {
	say := func(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) + noBreak + "%" }
	tick := func(v float64) string { return saySignificant(v, 3) + noBreak + "%" }
	readings, undated := d.readings("internet_users_percent")
	readings = inUnit(d.ofStudy(readings), "percent")
	main, others := splitSource(readings)
	lines := timelines(main)
	if len(lines) == 0 {
		return nil, noData("no published value of internet_users_percent with a country of the study and a year")
	}
	title := standing("Internet users", lines, "years", say)
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("Share of the population that uses the internet, per cent, %s; n = %s of %s",
			years(readings), number(len(main)+len(others), "value", "values"), number(len(lines), "country", "countries")),
		Caption: caption(d.cite(sourcesOf(readings)), hollowNote(others), d.withoutNote(main), undatedNote(undated)),
		Alt:     "Line chart of internet users by country. " + title + ".",
		Header:  readingHeader(),
		Rows:    readingRows(append(main[:len(main):len(main)], others...)),
		fills:   true,
	}, 210, func(c draw.Canvas) {
		d.linesPanel(c, "", lines, others, 0, 100, say, tick, endLabelWidth(lines, say))
	}), nil
}
