// Package normalize turns raw files and accounts.csv into the tables that
// everything else reads. Nothing is dropped without a trace: every record of
// every file is kept, merged with another observation, filtered or rejected,
// and counted in the sources table.
//
// It goes in two steps, so that a new file costs its own reading and the
// partitions that it touches, not the study. Read turns one raw file into a
// run: its rows split by country and year, in sections of what memory holds,
// each sorted. Settle finds the year of posts about which files disagree;
// Partition merges the posts of one country and year, and Snapshots what accounts
// showed then; Merge merges the other tables; Count counts. None holds more than a
// part of its rows in memory.
package normalize

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters"
)

// Version of the stage; raised when the same raw files would give other rows.
const Version = 5

// Versions of the adapters, for staleness.
func Versions() map[string]int {
	v := map[string]int{"normalize": Version, "runs": datasets.RunVersion}
	for _, a := range adapters.All() {
		v["adapter "+a.Name] = a.Version
	}
	v["adapter "+adapters.Mapping.Name] = adapters.Mapping.Version
	return v
}

// RunDir is the tree of a raw file's run.
func RunDir(file string) string {
	return "normalized/runs/" + strings.NewReplacer("%", "%25", "/", "%2F").Replace(file) + "/"
}

// Files of every run beside those of its partitions.
const (
	runIndex     = "index.json"
	runSource    = "source.run"
	runRejects   = "rejects.run"
	runWindows   = "account_windows.run"
	runPublished = "published.run"
)

// Part names a partition of posts or of account snapshots: a country and a year,
// both as their folders spell them.
type Part struct {
	Country string `json:"country"` // alpha-3 code, or none
	Year    string `json:"year"`    // four digits, or unknown
}

// noCountry holds the posts of international bodies. Hive's own name for a null
// is text to DuckDB, and pandas stops at it.
const noCountry = "none"

// unknownYear holds posts without a time.
const unknownYear = "unknown"

// partOf is where a row of an account of a country lies by its moment.
func partOf(country datasets.Opt[string], at datasets.Opt[datasets.Micros]) Part {
	part := Part{country.Or(noCountry), unknownYear}
	if at.OK {
		part.Year = yearOf(at.V)
	}
	return part
}

// yearOf is the year of a moment in UTC, as partitions spell it.
func yearOf(t datasets.Micros) string { return t.Time().Format("2006") }

func (p Part) compare(q Part) int {
	return cmp.Or(cmp.Compare(p.Country, q.Country), cmp.Compare(p.Year, q.Year))
}

// runFile is the file of a partition's posts in a run.
func (p Part) runFile() string { return "posts/" + p.Name() + ".run" }

// snapshotsRun is the file of a partition's account snapshots in a run.
func (p Part) snapshotsRun() string { return "account_snapshots/" + p.Name() + ".run" }

// Name is the partition in the name of its unit.
func (p Part) Name() string { return p.Country + "-" + p.Year }

// partNamed is the partition of a name.
func partNamed(name string) Part {
	country, year, _ := strings.Cut(name, "-")
	return Part{country, year}
}

// Folder is the partition in the path of its files, as Hive spells it. Neither
// name is that of a column in a file: pyarrow and pandas refuse a column that
// comes from both.
func (p Part) Folder() string { return CountryFolder(p.Country) + "/year=" + p.Year }

// CountryFolder is the folder of what is partitioned by country alone.
func CountryFolder(country string) string { return "country_code=" + country }

// Posts, Snapshots and Tally are the files that Partition writes.
func (p Part) Posts() string { return "normalized/posts/" + p.Folder() + "/posts.parquet" }

// Snapshots is the partition's file of post_snapshots.
func (p Part) Snapshots() string {
	return "normalized/post_snapshots/" + p.Folder() + "/post_snapshots.parquet"
}

// TallyFolder holds counts of rows by file, which Count adds up.
const TallyFolder = "normalized/tally/"

// Tally is the partition's count of posts by file.
func (p Part) Tally() string { return TallyFolder + p.Name() + ".parquet" }

// AccountSnapshotsFolder holds the partitions of account_snapshots.
const AccountSnapshotsFolder = "normalized/account_snapshots/"

// AccountSnapshots and SnapshotsTally are the files that Layout.Snapshots writes.
func (p Part) AccountSnapshots() string {
	return AccountSnapshotsFolder + p.Folder() + "/account_snapshots.parquet"
}

// SnapshotsTally is the partition's count of account snapshots by file.
func (p Part) SnapshotsTally() string {
	return TallyFolder + "account_snapshots/" + p.Name() + ".parquet"
}

// index is what a run says of its partitions.
type index struct {
	Parts     []Part `json:"parts"`     // of its posts, sorted
	Loose     []Part `json:"loose"`     // those of them that hold loose observations
	Snapshots []Part `json:"snapshots"` // of its account snapshots, sorted
}

func readIndex(path string) (index, error) {
	var x index
	b, err := os.ReadFile(path)
	if err != nil {
		return x, err
	}
	if err := json.Unmarshal(b, &x); err != nil {
		return x, fmt.Errorf("%s: %w; remove the folder and run again", path, err)
	}
	return x, nil
}

// Layout is how the posts and the account snapshots of a study lie in partitions.
type Layout struct {
	Parts []Part            // of posts, sorted
	Loose []string          // countries whose posts may have to move: those of several years with loose observations; sorted
	files map[Part][]string // raw files whose runs hold posts of it
	loose map[Part][]string // those of them whose posts there are loose

	Seen []Part            // of account snapshots, sorted
	seen map[Part][]string // raw files whose runs hold account snapshots of it
}

// Lay returns the partitions that the runs of the files hold, as the index of
// each run says. A file whose run was not made yet has none.
func Lay(study string, files []string) (*Layout, error) {
	l := &Layout{files: map[Part][]string{}, loose: map[Part][]string{}, seen: map[Part][]string{}}
	for _, f := range files {
		x, err := readIndex(filepath.Join(study, filepath.FromSlash(RunDir(f)), runIndex))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, p := range x.Parts {
			if l.files[p] == nil {
				l.Parts = append(l.Parts, p)
			}
			l.files[p] = append(l.files[p], f)
		}
		for _, p := range x.Loose {
			l.loose[p] = append(l.loose[p], f)
		}
		for _, p := range x.Snapshots {
			if l.seen[p] == nil {
				l.Seen = append(l.Seen, p)
			}
			l.seen[p] = append(l.seen[p], f)
		}
	}
	slices.SortFunc(l.Parts, Part.compare)
	slices.SortFunc(l.Seen, Part.compare)
	for from := 0; from < len(l.Parts); {
		to, some := from, false
		for ; to < len(l.Parts) && l.Parts[to].Country == l.Parts[from].Country; to++ {
			some = some || len(l.loose[l.Parts[to]]) > 0
		}
		if some && to-from > 1 {
			l.Loose = append(l.Loose, l.Parts[from].Country)
		}
		from = to
	}
	return l, nil
}

// SnapshotsInputs returns the files that Snapshots reads.
func (l *Layout) SnapshotsInputs(p Part) []string {
	var out []string
	for _, f := range l.seen[p] {
		out = append(out, RunDir(f)+p.snapshotsRun())
	}
	return out
}

// Inputs returns the files that Partition reads.
func (l *Layout) Inputs(p Part) []string {
	var out []string
	for _, f := range l.files[p] {
		out = append(out, RunDir(f)+p.runFile())
	}
	if l.moves(p) {
		out = append(out, MovesFile(p.Country))
	}
	return out
}

// Members returns the files of a run that Merge and Count read.
func Members(file string) []string {
	var out []string
	for _, n := range []string{runWindows, runPublished, runRejects, runSource} {
		out = append(out, RunDir(file)+n)
	}
	return out
}
