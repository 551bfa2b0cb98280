package adapters

import (
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/study"
)

var publishedLayout = layout{
	required: []string{"id", "source", "locator", "country", "subject", "platform", "indicator", "period", "value_text", "value", "unit"},
	optional: []string{"note"},
}

// PublishedCSV reads values transcribed from documents, one row a value.
var PublishedCSV = Adapter{
	Name: "published_csv", Table: "published", Version: 1,
	Doc:    "Values transcribed from documents, one row a value, in the columns of the table published. Text as printed stands beside the parsed number.",
	Detect: detectHeader("id", "locator", "indicator", "value_text"),
	Split:  splitCSV,
	New: func(header []string) (Decoder, error) {
		at, err := publishedLayout.columns(header)
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
			if c.err != nil {
				return c.err
			}
			into.Published = append(into.Published, Row[datasets.PublishedValue]{Line: rec.Line, Row: row})
			return nil
		}, nil
	},
}
