package adapters

import (
	"regexp"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/study"
)

var publishedLayout = layout{
	required: []string{"id", "source", "locator", "country", "subject", "platform", "indicator", "period", "value_text", "value", "unit"},
	optional: []string{"note"},
}

// period is a year, month or day, or a range of two.
var period = regexp.MustCompile(`^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?(/[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?)?$`)

// PublishedCSV reads values transcribed from documents, one row a value.
var PublishedCSV = Adapter{
	Name: "published_csv", Tables: []string{"published"}, Strict: true, Version: 1,
	Doc:    "Values transcribed from documents, one row a value, in the columns of the table published. Text as printed stands beside the parsed number.",
	Detect: detectHeader("id", "locator", "indicator", "value_text"),
	Split:  splitCSV,
	New: func(f File) (Decoder, error) {
		at, err := publishedLayout.columns(f.Header)
		if err != nil {
			return nil, err
		}
		return func(rec Record, into *Batch) error {
			c := &cells{rec: rec, at: at}
			row := datasets.PublishedValue{
				ID: c.text("id"), Source: c.text("source"), Locator: c.text("locator"),
				Country: c.optCountry("country"), Subject: c.text("subject"),
				Platform: c.optOneOf("platform", study.Platforms), Indicator: c.text("indicator"),
				Period: c.optText("period"), ValueText: c.text("value_text"), Value: c.optNumber("value"),
				Unit: c.optText("unit"), Note: c.optText("note"),
			}
			if !strings.HasPrefix(row.ID, row.Source+".") {
				c.fail("id", row.ID, "expected the source, a dot and a slug: "+row.Source+".…")
			}
			if row.Value.OK && !row.Unit.OK {
				c.fail("unit", "", "expected the unit of the value")
			}
			if row.Period.OK && !period.MatchString(row.Period.V) {
				c.fail("period", row.Period.V, "expected a year, month, day or two of them with a slash between: 2024, 2024-05, 2024-05-10, 2024-01/2024-05")
			}
			if row.Value.OK && row.Value.V < 0 && (row.Unit.V == "count" || row.Unit.V == "persons" || row.Unit.V == "rank") {
				c.fail("value", c.raw("value"), "expected no negative "+row.Unit.V)
			}
			if c.err != nil {
				return c.err
			}
			into.Published = append(into.Published, Row[datasets.PublishedValue]{Line: rec.Line, Row: row})
			return nil
		}, nil
	},
}
