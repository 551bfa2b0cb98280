package stages

import (
	"os"
	"path/filepath"

	"diplometrics/plots"
)

// Doc defines one stage.
type Doc struct{ Name, Doc string }

// Docs defines the stages, in the order of the flow.
var Docs = []Doc{
	{"normalize", "Reads raw files and accounts.csv into one set of tables. Every record is kept, merged with an equal one, filtered or rejected, and counted in sources. Every file written is read back whole by a second Parquet library and compared value by value."},
	{"enrich", "Adds to every post the followers of its account when it was posted (given, interpolated between snapshots, or carried), the local date, hour and weekday, finds posts that repeat each other on two platforms of one organization, and finds topics, events and holidays in texts by the rules of the codebook."},
	{"measure", "Computes every metric for every account: from its snapshots and counted windows, with the bounds of rounding, and from its posts by week, month and study window, in the time that was observed; with an interval where it may be had, and the reason where not."},
	{"audit", "Checks published numbers and claims against each other. Says whether they can be true together, never which is wrong. No estimate uses it."},
	{"reconcile", "Compares what two sources tell of one account and period, and people who counted the same windows. Says whether they agree, never which is wrong. No estimate uses it."},
	{"compare", "Summarizes accounts by country and platform and compares countries, by platform first and then over the platforms that they share, with effect, interval, p and the least p that the numbers of accounts allow; refuses a test where a country has fewer than two accounts and an interval where it has fewer than four. Makes the primary comparisons again in other ways, draws the values of small accounts towards those like them, and fits trends of national indicators."},
	{"summarize", "Takes the accounts of each country on a platform together in the curves that figures draw: distributions and concentration of interactions, hours of the week, posts by week, answers to events, counts that are not known. No test uses them."},
	{"tabulate", "Writes every table as CSV and all of them as one XLSX with the codebook first, and the metrics of accounts by period as one wide table, account_month."},
	{"render", "Draws the figures as SVG, PDF and PNG, with the plotted values beside each as CSV; for two columns of a journal, and in every other size that was asked for once."},
	{"report", "Makes one HTML file that opens offline: what was compared and found, in sentences made from estimates and comparisons, what the data cannot say, and as an appendix every figure with its values, tables, methods, codebook, exclusions and provenance."},
	{"publish", "Makes the package to share, as a folder and a zip: Parquet and CSV, a Data Package description of all of it, and made from that codebook, citation, Croissant and README; and checksums."},
}

// FiguresDir returns where the figures of a study go: plots/out/<study> for a
// study in the datasets folder of this repository, figures in its own folder
// for any other.
func FiguresDir(study string) string {
	root := filepath.Dir(filepath.Dir(study))
	if filepath.Base(filepath.Dir(study)) == "datasets" && exists(filepath.Join(root, "go.mod")) && exists(filepath.Join(root, "plots")) {
		return filepath.Join(root, "plots", "out", filepath.Base(study))
	}
	return filepath.Join(study, "figures")
}

// sizes returns the sizes in which the study has figures: the usual one, as "",
// and each that has a folder among the figures. A size is asked for by making
// its folder, which AddSize does, and given up by removing it.
func sizes(dir string) []plots.Size {
	out := []plots.Size{""}
	for _, s := range plots.Sizes {
		if s != plots.TwoColumn && exists(sizeDir(dir, s)) {
			out = append(out, s)
		}
	}
	return out
}

func sizeDir(dir string, size plots.Size) string {
	return filepath.Join(FiguresDir(dir), string(size))
}

// AddSize gives the study in dir figures of a size beside those that it has; from
// then on every run keeps them up to date.
func AddSize(dir string, size plots.Size) error {
	if size == "" || size == plots.TwoColumn {
		return nil
	}
	return os.MkdirAll(sizeDir(dir, size), 0o777)
}

// RenderUnit is the name of the unit that draws a figure at a size.
func RenderUnit(figure string, size plots.Size) string {
	if size == "" || size == plots.TwoColumn {
		return "render/" + figure
	}
	return "render/" + string(size) + "/" + figure
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// Names returns the names of the stages, in the order of the flow.
func Names() []string {
	names := make([]string, len(Docs))
	for i, d := range Docs {
		names[i] = d.Name
	}
	return names
}
