package adapters

import (
	"diplometrics/datasets"
)

var windowsLayout = layout{
	required: []string{"platform", "handle", "window_from", "window_to", "posts", "counted_by"},
	optional: []string{"account_id", "retrieved_on", "months_stated", "posts_per_month", "posts_per_month_text",
		"likes", "likes_mean", "likes_mean_text", "likes_n", "comments", "shares", "views", "evidence", "source", "locator"},
}

// AccountWindowsCSV reads totals counted by hand or published for a window.
var AccountWindowsCSV = Adapter{
	Name: "account_windows_csv", Tables: []string{"account_windows"}, Strict: true, Version: 1,
	Doc:    "Totals of an account over a window, counted by hand or printed in a document, one row an account, window and counter, in the columns of the table account_windows, as CSV or XLSX.",
	Detect: detectHeader("platform", "window_from", "window_to", "posts"),
	Split:  splitCSV,
	New: func(f File) (Decoder, error) {
		at, err := windowsLayout.columns(f.Header)
		if err != nil {
			return nil, err
		}
		return func(rec Record, into *Batch) error {
			c := &cells{rec: rec, at: at}
			ref := c.ref()
			row := datasets.AccountWindow{
				Platform: ref.Platform, WindowFrom: c.day("window_from"), WindowTo: c.day("window_to"), RetrievedOn: c.optDay("retrieved_on"),
				Posts: c.optCount("posts"), MonthsStated: c.optNumber("months_stated"),
				PostsPerMonth: c.optNumber("posts_per_month"), PostsPerMonthText: c.optText("posts_per_month_text"),
				Likes: c.optCount("likes"), LikesMean: c.optNumber("likes_mean"), LikesMeanText: c.optText("likes_mean_text"), LikesN: c.optCount("likes_n"),
				Comments: c.optCount("comments"), Shares: c.optCount("shares"), Views: c.optCount("views"),
				CountedBy: c.text("counted_by"), Evidence: c.optText("evidence"), Source: c.raw("source"), Locator: c.optText("locator"),
			}
			if row.WindowFrom >= row.WindowTo {
				c.fail("window_to", c.raw("window_to"), "expected the day after the last day of the window, later than window_from")
			}
			if row.RetrievedOn.OK && row.RetrievedOn.V < row.WindowFrom {
				c.fail("retrieved_on", c.raw("retrieved_on"), "expected a day in or after the window")
			}
			for _, f := range []string{"months_stated", "posts_per_month", "likes_mean"} {
				if v := c.optNumber(f); v.OK && v.V < 0 {
					c.fail(f, c.raw(f), "expected a number from 0")
				}
			}
			if row.MonthsStated.OK && row.MonthsStated.V == 0 {
				c.fail("months_stated", c.raw("months_stated"), "expected a number above 0, or an empty cell")
			}
			if c.err != nil {
				return c.err
			}
			into.Windows = append(into.Windows, Row[datasets.AccountWindow]{Ref: ref, Line: rec.Line, Row: row})
			return nil
		}, nil
	},
}
