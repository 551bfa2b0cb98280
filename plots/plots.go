// Package plots draws the figures of a study. It is a shelf: one file a
// figure, named after it, and one line in All. Figures select from the tables
// that the stages wrote and draw; they never compute a statistic.
package plots

import (
	"errors"

	"diplometrics/datasets"
)

// Study is what a figure must know about the study itself.
type Study struct {
	Name, Title string
	Countries   []string // ISO 3166-1 alpha-3, in the order of study.toml: the order of rows and labels
	Simulated   bool     // every page and table of values says so
	Size        Size     `json:",omitempty"` // of pages
}

// Data is what a study has. Rows are sorted by the key of their table. A
// figure never changes them. A table that a figure does not name in Tables
// may be left empty.
type Data struct {
	Study         Study
	Accounts      []datasets.Account
	Followers     Followers
	Windows       []datasets.AccountWindow
	Published     []datasets.PublishedValue
	Sources       []datasets.Source
	Values        []datasets.Value
	Estimates     []datasets.Estimate
	Comparisons   []datasets.Comparison
	Audit         []datasets.AuditRow
	Sensitivity   []datasets.Variant
	Shrunken      []datasets.Shrunken
	Reconcile     []datasets.Reconciled
	AccountCurves []datasets.Curve
	Curves        []datasets.Curve

	zoom float64 // of the page; 0: the first of its size
}

// Figure is one figure of the shelf.
type Figure struct {
	Name    string   // address: file name here and of the pictures
	Doc     string   // what it shows and how to read it, then what is left out
	Version int      // goes up when the same tables give another picture
	Tables  []string // names of the tables that it reads
	Metrics []string // whose values it reads, of months and windows; none where values are not among Tables
	Draw    func(*Data) (*Page, error)
}

// All lists the figures in the order in which a report shows them.
var All = []Figure{
	coverage,
	platformPresence,
	followers,
	followerGrowth,
	growthRates,
	posting,
	postingRates,
	publishedRecomputed,
	engagement,
	engagementP3,
	contrasts,
	sensitivity,
	reconcile,
	interactionsCCDF,
	postsByWeek,
	hoursOfWeek,
	lorenz,
	topics,
	topicShares,
	languageShares,
	shrinkage,
	latency,
	burstiness,
	missingCounts,
	ddrRank,
	egdi,
	internetUsers,
	cybersecurity,
	socialNetworkUsers,
	auditFigure,
}

// ErrNoData is wrapped by the error of Draw where the study lacks what the
// figure shows; the message says what. It is no failure: the figure is left
// out.
var ErrNoData = errors.New("no data")
