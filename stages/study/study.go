// Package study reads study.toml, the description of a study: which countries
// it compares, over which window, and which raw files it is built from.
package study

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"diplometrics/datasets"

	"github.com/BurntSushi/toml"
)

// Study is a study as its study.toml describes it.
type Study struct {
	Dir  string `json:"-"` // folder of the study, absolute
	Name string `json:"-"` // base name of the folder

	Accounts string `json:"-"` // its registry of accounts, below Dir: accounts.csv or accounts.xlsx

	Title        string                     `json:"title"`
	Description  string                     `json:"description,omitempty"`
	Version      string                     `json:"version,omitempty"` // of the data, for citation
	Released     datasets.Opt[datasets.Day] `json:"-"`
	Authors      []Author                   `json:"authors,omitempty"`
	Licence      string                     `json:"licence,omitempty"` // SPDX id of what is published from the study
	Countries    []string                   `json:"countries"`         // ISO 3166-1 alpha-3, in the order of every table and figure
	From         datasets.Day               `json:"from"`              // first day of the study window
	To           datasets.Day               `json:"to"`                // day after its last day
	Seed         uint64                     `json:"seed"`              // of every random draw
	Simulated    bool                       `json:"simulated"`
	MaxReject    float64                    `json:"max_reject_share"`       // share of records that cannot be used past which a file fails; those of unknown accounts do not count
	Zones        map[string]string          `json:"zones,omitempty"`        // IANA zone of a country's accounts
	Interactions map[string][]string        `json:"interactions,omitempty"` // counts that make up interactions, by platform, where the study chooses them
	Sources      []Source                   `json:"sources"`                // one for each raw file, sorted by file
}

// Source is one raw file and what study.toml says of it.
type Source struct {
	ID      string `json:"id"`
	File    string `json:"file"`            // slash-separated path below the study
	Table   string `json:"table,omitempty"` // table that its rows are; "" where the adapter decides, record by record
	Title   string `json:"title"`
	Cite    string `json:"cite,omitempty"` // how captions name it
	URL     string `json:"url,omitempty"`
	Licence string `json:"licence,omitempty"`
	Line    int    `json:"-"` // line of its [[source]] in study.toml

	Adapter           string                        `json:"adapter,omitempty"`            // that reads it, instead of the one found from its content; mapping where there is a Mapping
	Encoding          string                        `json:"encoding,omitempty"`           // of text that is not UTF-8 or UTF-16, such as windows-1251
	Zone              string                        `json:"zone,omitempty"`               // IANA zone of times without an offset
	ObservedAt        datasets.Opt[datasets.Micros] `json:"observed_at,omitzero"`         // when it was collected, where its records do not say; of a date its start in UTC, as everywhere
	ObservedPrecision string                        `json:"observed_precision,omitempty"` // how exactly that is known: second or day; "" where ObservedAt is absent
	Platform          string                        `json:"platform,omitempty"`           // where its records do not say
	Account           string                        `json:"account,omitempty"`            // id of the account, where its records do not say
	Handle            string                        `json:"handle,omitempty"`             // and its handle, without @
	Coverage          Coverage                      `json:"coverage,omitzero"`            // of the accounts that Accounts does not name
	Accounts          []Coverage                    `json:"accounts,omitempty"`           // of single accounts, [[source.coverage]]
	Mapping           *Mapping                      `json:"mapping,omitempty"`            // nil where an adapter knows the format
}

// Coverage says over which days a source holds the posts of its accounts, and
// how fully.
type Coverage struct {
	Platform     string                     `json:"platform,omitempty"` // with Account or Handle: of which account; all "": of all
	Account      string                     `json:"account,omitempty"`
	Handle       string                     `json:"handle,omitempty"`
	From         datasets.Opt[datasets.Day] `json:"covered_from,omitzero"`  // first day
	To           datasets.Opt[datasets.Day] `json:"covered_to,omitzero"`    // day after the last
	Completeness string                     `json:"completeness,omitempty"` // all, capped (the last n posts) or sample; "" where it is not known
	Inferred     bool                       `json:"inferred,omitempty"`     // proposed from the posts themselves, not stated by who collected them
	Line         int                        `json:"-"`                      // line of study.toml that names the account; 0 where it is of all
}

// Tables that a source can be.
var sourceTables = []string{"posts", "account_snapshots", "account_windows", "published"}

// Completenesses of a source.
var Completenesses = []string{"all", "capped", "sample"}

type file struct {
	Title        string              `toml:"title"`
	Description  string              `toml:"description"`
	Version      string              `toml:"version"`
	Released     string              `toml:"released"`
	Authors      []Author            `toml:"authors"`
	Licence      string              `toml:"licence"`
	Countries    []string            `toml:"countries"`
	Window       []string            `toml:"window"`
	Seed         *int64              `toml:"seed"`
	Simulated    bool                `toml:"simulated"`
	MaxReject    *float64            `toml:"max_reject_share"`
	Zones        map[string]string   `toml:"zones"`
	Interactions map[string][]string `toml:"interactions"`
	Source       []sourceTable       `toml:"source"`
}

type sourceTable struct {
	ID         string   `toml:"id"`
	File       string   `toml:"file"`
	Table      string   `toml:"table"`
	Title      string   `toml:"title"`
	Cite       string   `toml:"cite"`
	URL        string   `toml:"url"`
	Licence    string   `toml:"licence"`
	Adapter    string   `toml:"adapter"`
	Encoding   string   `toml:"encoding"`
	Zone       string   `toml:"zone"`
	ObservedAt string   `toml:"observed_at"`
	Mapping    *Mapping `toml:"mapping"`
	coverageTable
	Coverage []coverageTable `toml:"coverage"`
}

type coverageTable struct {
	Platform     string `toml:"platform"`
	Account      string `toml:"account"`
	Handle       string `toml:"handle"`
	From         string `toml:"covered_from"`
	To           string `toml:"covered_to"`
	Completeness string `toml:"completeness"`
	Inferred     bool   `toml:"inferred"`
}

// The keys that study.toml may have, by table; "" is the top.
var keys = map[string][]string{
	"": {"title", "description", "version", "released", "authors", "licence", "countries", "window", "seed", "simulated", "max_reject_share", "zones", "interactions", "source"},
	"source": {"id", "file", "table", "title", "cite", "url", "licence", "adapter", "encoding", "zone", "observed_at", "platform", "account", "handle",
		"covered_from", "covered_to", "completeness", "inferred", "coverage", "mapping"},
	"authors":         {"family", "given", "name", "orcid"},
	"source.coverage": {"platform", "account", "handle", "covered_from", "covered_to", "completeness", "inferred"},
	"source.mapping": {"table", "format", "sheet", "header_row", "delimiter", "quote", "escape", "missing", "unpivot", "leave_out",
		"fields", "columns", "constants"},
	"source.mapping.unpivot":   {"columns", "pattern", "name", "value"},
	"source.mapping.leave_out": conditionKeys,
	"source.mapping.fields": {"column", "value", "type", "optional", "cases", "missing", "zeros_missing", "zeros_missing_where", "pattern", "unmatched", "values",
		"default", "layout", "zone", "months", "precision", "decimal", "rounded_down", "rounded"},
	"source.mapping.fields.zeros_missing_where": conditionKeys,
	"source.mapping.fields.cases":               append([]string{"value"}, conditionKeys...),
}

var conditionKeys = []string{"column", "equals", "matches", "not", "reason", "optional"}

// tableOf is the table of a key by its path, for keys and for messages: the
// name of a field is left out.
func tableOf(path []string) string {
	path = slices.Clone(path[:len(path)-1])
	if len(path) > 3 && path[2] == "fields" {
		path = slices.Delete(path, 3, 4)
	}
	return strings.Join(path, ".")
}

// Load reads study.toml in the folder dir and expands the globs of its
// sources. Errors are one line: file, line, field, what was found, what was
// expected and what to do.
func Load(dir string) (*Study, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if _, err := os.ReadDir(abs); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: no such folder; name a study with --study DIR", dir)
		}
		return nil, fmt.Errorf("%s: the folder cannot be read: %w", dir, unreadable(err))
	}
	path := filepath.Join(abs, "study.toml")
	text, err := os.ReadFile(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: no study.toml here; a study is a folder with one: name it with --study DIR", dir)
		}
		return nil, fmt.Errorf("study.toml: cannot be read: %w", unreadable(err))
	}
	s, err := parse(string(text))
	if err != nil {
		return nil, err
	}
	s.Dir, s.Name = abs, filepath.Base(abs)
	if s.Accounts, err = registry(abs); err != nil {
		return nil, err
	}
	if err := s.expand(); err != nil {
		return nil, err
	}
	return s, nil
}

// Untitled is the title of a study that nobody gave one.
const Untitled = "Untitled study"

// FillIn marks what init leaves to the researcher.
const FillIn = "FILL IN"

// Unfilled names the titles of study.toml that are still as init wrote them; ""
// where there are none.
func (s *Study) Unfilled() string {
	var what, sources []string
	if s.Title == Untitled || strings.Contains(s.Title, FillIn) {
		what = append(what, "title")
	}
	for _, src := range s.Sources {
		if strings.Contains(src.Title, FillIn) && !slices.Contains(sources, src.ID) {
			sources = append(sources, src.ID)
		}
	}
	if len(sources) > 0 {
		what = append(what, "title of source "+strings.Join(sources, ", "))
	}
	return strings.Join(what, "; ")
}

// registry returns the name of the file that names the study's accounts:
// accounts.csv, or the workbook that was filled in instead.
func registry(dir string) (string, error) {
	const table, sheet = "accounts.csv", "accounts.xlsx"
	if _, err := os.Stat(filepath.Join(dir, sheet)); err != nil {
		return table, nil
	}
	if _, err := os.Stat(filepath.Join(dir, table)); err == nil {
		return "", fmt.Errorf("%s and %s: both are there, and one of them names the accounts of the study; remove the other", table, sheet)
	}
	return sheet, nil
}

// unreadable is why a file or folder cannot be read, and what to do where that
// can be told.
func unreadable(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%w; check its permissions", pathless(err))
	}
	return pathless(err)
}

func pathless(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func parse(text string) (*Study, error) {
	if line := datasets.FirstInvalidUTF8(text); line > 0 {
		return nil, fmt.Errorf("study.toml:%d: not UTF-8; save the file as UTF-8", line)
	}
	var f file
	md, err := toml.Decode(text, &f)
	if err != nil {
		var pe toml.ParseError
		if errors.As(err, &pe) {
			return nil, fmt.Errorf("study.toml:%d: %s", pe.Position.Line, strings.TrimPrefix(pe.Message, "toml: "))
		}
		if m := wrongType.FindStringSubmatch(err.Error()); m != nil {
			return nil, fmt.Errorf("study.toml:%s: %s: found %s, expected %s", m[1], m[2], words(m[3]), words(m[4]))
		}
		return nil, fmt.Errorf("study.toml: %w", err)
	}
	for _, k := range md.Keys() {
		// The TOML library takes keys in any case; a reader of the file does not.
		if len(k) == 1 && !slices.Contains(keys[""], k[0]) {
			return nil, fmt.Errorf("study.toml:%d: unknown key %q; %s", lineOfKey(text, k[0]), k[0], Nearest(k[0], keys[""]))
		}
	}
	for _, k := range md.Undecoded() {
		table, name := tableOf(k), k[len(k)-1]
		where := ""
		if table != "" {
			where = " in " + table
		}
		return nil, fmt.Errorf("study.toml:%d: unknown key %q%s; %s", lineOfKey(text, name), name, where, Nearest(name, keys[table]))
	}
	top, _, _ := strings.Cut(text, "\n[")
	at := func(key string) string { return fmt.Sprintf("study.toml:%d: %s", lineOfKey(top, key), key) }
	inZones := func(key string) string { return fmt.Sprintf("study.toml:%d: %s", lineOfKey(text, key), key) }

	s := &Study{Title: f.Title, Description: f.Description, Version: f.Version, Authors: f.Authors, Licence: f.Licence,
		Countries: f.Countries, Simulated: f.Simulated, Zones: f.Zones, Interactions: f.Interactions, Seed: 1, MaxReject: 0.01}
	if strings.TrimSpace(f.Title) == "" {
		return nil, fmt.Errorf("%s: missing; every study has a title", at("title"))
	}
	if len(f.Countries) < 2 {
		return nil, fmt.Errorf("%s: found %d; a comparison needs at least two ISO 3166-1 alpha-3 codes, such as [\"KAZ\", \"UZB\", \"KGZ\"]", at("countries"), len(f.Countries))
	}
	for i, c := range f.Countries {
		if err := CheckCountry(c); err != nil {
			return nil, fmt.Errorf("%s: %w", at("countries"), err)
		}
		if slices.Contains(f.Countries[:i], c) {
			return nil, fmt.Errorf("%s: %q stands twice; name each country once", at("countries"), c)
		}
	}
	if len(f.Window) != 2 {
		return nil, fmt.Errorf("%s: found %d dates, expected two: the first day and the day after the last, such as [\"2024-01-01\", \"2024-06-01\"]", at("window"), len(f.Window))
	}
	for i, d := range []*datasets.Day{&s.From, &s.To} {
		if *d, err = ParseDay(f.Window[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", at("window"), err)
		}
	}
	if s.From >= s.To {
		return nil, fmt.Errorf("%s: %s is not before %s; the second date is the day after the last", at("window"), s.From, s.To)
	}
	if f.Released != "" {
		d, err := ParseDay(f.Released)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", at("released"), err)
		}
		s.Released = datasets.Some(d)
	}
	for i := range s.Authors {
		if err := s.Authors[i].check(); err != nil {
			return nil, fmt.Errorf("%s: %w", at("authors"), err)
		}
	}
	if f.Seed != nil {
		if *f.Seed < 0 {
			return nil, fmt.Errorf("%s: found %d, expected a whole number from 0", at("seed"), *f.Seed)
		}
		s.Seed = uint64(*f.Seed)
	}
	if f.MaxReject != nil {
		if *f.MaxReject < 0 || *f.MaxReject > 1 {
			return nil, fmt.Errorf("%s: found %v, expected a share from 0 to 1", at("max_reject_share"), *f.MaxReject)
		}
		s.MaxReject = *f.MaxReject
	}
	for _, c := range sortedKeys(f.Zones) {
		if err := CheckCountry(c); err != nil {
			return nil, fmt.Errorf("%s: %w", inZones(c), err)
		}
		if err := CheckZone(f.Zones[c]); err != nil {
			return nil, fmt.Errorf("%s: %w", inZones(c), err)
		}
	}
	for _, platform := range sortedKeys(f.Interactions) {
		if err := checkInteractions(platform, f.Interactions[platform]); err != nil {
			return nil, fmt.Errorf("%s: %w", inZones(platform), err)
		}
	}
	lines := linesOf(text, regexp.MustCompile(`^\s*\[\[\s*source\s*\]\]`))
	for i, src := range f.Source {
		line := 0
		if i < len(lines) {
			line = lines[i]
		}
		at := func(field string) string {
			if l := lineOfKeyFrom(text, field, line); l > 0 {
				return fmt.Sprintf("study.toml:%d: source %s", l, field)
			}
			return fmt.Sprintf("study.toml:%d: source %s", line, field)
		}
		switch {
		case src.ID == "":
			return nil, fmt.Errorf("%s: missing; every source has an id", at("id"))
		case !regexp.MustCompile(`^[a-z0-9_]+$`).MatchString(src.ID):
			return nil, fmt.Errorf("%s: found %q, expected lower-case letters, digits and _", at("id"), src.ID)
		case src.File == "":
			return nil, fmt.Errorf("%s: missing; every source has a file, or a pattern such as raw/*.csv", at("file"))
		case filepath.IsAbs(src.File) || strings.Contains(src.File, "..") || strings.Contains(src.File, `\`):
			return nil, fmt.Errorf("%s: found %q, expected a path below the study with forward slashes, such as raw/posts.csv", at("file"), src.File)
		case src.Title == "":
			return nil, fmt.Errorf("%s: missing; say what the source is", at("title"))
		case src.Table != "" && !slices.Contains(sourceTables, src.Table):
			return nil, fmt.Errorf("%s: found %q; %s", at("table"), src.Table, Nearest(src.Table, sourceTables))
		}
		one := Source{ID: src.ID, File: src.File, Table: src.Table, Title: src.Title, Cite: src.Cite, URL: src.URL, Licence: src.Licence, Line: line}
		if err := src.settle(&one, text); err != nil {
			return nil, err
		}
		s.Sources = append(s.Sources, one)
	}
	return s, nil
}

// wrongType is how the TOML library words a value of another type.
var wrongType = regexp.MustCompile(`^toml: line ([0-9]+) \(last key "(?:[^"]*\.)?([^".]+)"\): incompatible types: TOML value has type (.+); destination has type (.+)$`)

// words names a type as a person would.
func words(goType string) string {
	switch {
	case goType == "string":
		return "a text in quotes"
	case goType == "bool" || goType == "boolean":
		return "true or false"
	case strings.HasPrefix(goType, "int") || goType == "integer":
		return "a whole number"
	case strings.HasPrefix(goType, "float"):
		return "a number"
	case strings.HasPrefix(goType, "[]") || goType == "slice" || goType == "array":
		return "a list in square brackets"
	case strings.HasPrefix(goType, "map") || strings.HasPrefix(goType, "struct") || goType == "table":
		return "a table"
	case strings.HasPrefix(goType, "time."):
		return "a date without quotes"
	}
	return goType
}

// made lists the folders that the program writes: no raw file lies there.
var made = []string{"normalized", "metrics", "package", "figures", ".diplometrics"}

// expand replaces the patterns of the sources by the files that match.
func (s *Study) expand() error {
	var all []Source
	byFile := map[string]Source{}
	for _, src := range s.Sources {
		names, err := fs.Glob(os.DirFS(s.Dir), src.File)
		if err != nil {
			return fmt.Errorf("study.toml:%d: source file: %q is no pattern: %v", src.Line, src.File, err)
		}
		if len(names) == 0 {
			// Glob passes over folders that it cannot read.
			if _, err := os.ReadDir(filepath.Join(s.Dir, filepath.Dir(src.File))); errors.Is(err, fs.ErrPermission) {
				return fmt.Errorf("study.toml:%d: source file: %s cannot be looked for: %w; check the permissions of its folder", src.Line, src.File, pathless(err))
			}
			return fmt.Errorf("study.toml:%d: source file: no file matches %q; put it there or correct the path", src.Line, src.File)
		}
		for _, n := range names {
			first, _, _ := strings.Cut(n, "/")
			if strings.ContainsFunc(n, unicode.IsControl) {
				return fmt.Errorf("study.toml:%d: source file: found the name %q, expected one without line breaks and other control characters; rename the file", src.Line, n)
			}
			if slices.Contains(made, first) {
				return fmt.Errorf("study.toml:%d: source file: %s is written by the program; put what was collected into raw/", src.Line, n)
			}
			if info, err := os.Stat(filepath.Join(s.Dir, filepath.FromSlash(n))); err == nil && !info.Mode().IsRegular() {
				return fmt.Errorf("study.toml:%d: source file: %s is no file; expected a file, or a pattern such as %s/*.csv", src.Line, n, n)
			}
			if other, ok := byFile[n]; ok {
				return fmt.Errorf("study.toml:%d: source file: %s belongs to source %s already; name each file once", src.Line, n, other.ID)
			}
			one := src
			one.File = n
			byFile[n] = one
			all = append(all, one)
		}
	}
	slices.SortFunc(all, func(a, b Source) int { return strings.Compare(a.File, b.File) })
	s.Sources = all
	return nil
}

// ParseDay reads a date like 2024-01-31.
func ParseDay(text string) (datasets.Day, error) {
	var d datasets.Day
	err := d.UnmarshalText([]byte(text))
	return d, err
}

// lineOfPath returns the line that sets a key below the [[source]] at line
// from, or else the nearest table or inline table that would hold it. The
// second of several tables of one name is called name[1].
func lineOfPath(text string, from int, path []string) int {
	best, most := from, 0
	var table []string
	count := map[string]int{}
	lines := strings.Split(text, "\n")
	for i := from; i < len(lines); i++ {
		var set []string
		if head := tableHead.FindStringSubmatch(lines[i]); head != nil {
			table = splitKey(head[2])
			if table[0] != "source" || len(table) == 1 {
				break
			}
			table = table[1:]
			if head[1] == "[[" {
				n := count[head[2]]
				count[head[2]]++
				table[len(table)-1] += fmt.Sprintf("[%d]", n)
			}
			set = table
		} else if key := keyHead.FindStringSubmatch(lines[i]); key != nil {
			set = append(slices.Clone(table), splitKey(key[1])...)
		}
		n := 0
		for n < len(set) && n < len(path) && (set[n] == path[n] || strings.HasPrefix(path[n], set[n]+"[")) {
			n++
		}
		if n == len(set) && n > most {
			best, most = i+1, n
		}
	}
	return best
}

var (
	tableHead = regexp.MustCompile(`^\s*(\[\[?)\s*([^\[\]]+?)\s*\]`)
	keyHead   = regexp.MustCompile(`^\s*([A-Za-z0-9_"'.\- ]+?)\s*=`)
)

func splitKey(key string) []string {
	parts := strings.Split(key, ".")
	for i, p := range parts {
		parts[i] = strings.Trim(strings.TrimSpace(p), `"'`)
	}
	return parts
}

func lineOfKey(text, key string) int { return lineOfKeyFrom(text, key, 0) }

// lineOfKeyFrom returns the first line after line from, and before the next
// table where from is the head of one, that sets the key; 0 where none does.
func lineOfKeyFrom(text, key string, from int) int {
	re := regexp.MustCompile(`^\s*"?` + regexp.QuoteMeta(key) + `"?\s*=|[{,]\s*"?` + regexp.QuoteMeta(key) + `"?\s*=|^\s*\[+\s*` + regexp.QuoteMeta(key) + `\s*\]`)
	for i, l := range strings.Split(text, "\n") {
		if i+1 <= from {
			continue
		}
		if from > 0 && strings.HasPrefix(strings.TrimSpace(l), "[") {
			return 0
		}
		if re.MatchString(l) {
			return i + 1
		}
	}
	if from > 0 {
		return 0
	}
	return 1
}

func linesOf(text string, re *regexp.Regexp) []int {
	var lines []int
	for i, l := range strings.Split(text, "\n") {
		if re.MatchString(l) {
			lines = append(lines, i+1)
		}
	}
	return lines
}

func sortedKeys[V any](m map[string]V) []string {
	ks := make([]string, 0, len(m))
	for k := range m {
		ks = append(ks, k)
	}
	slices.Sort(ks)
	return ks
}

// checkInteractions checks the counts that a study takes for the interactions
// of a platform: at least one, none twice, and only such as the platform has.
func checkInteractions(platform string, counts []string) error {
	has := datasets.Components(platform)
	if has == nil {
		return fmt.Errorf("found %q, expected a platform that has likes; %s", platform, Nearest(platform, Platforms))
	}
	if len(counts) == 0 {
		return fmt.Errorf("found no count, expected some of %s", strings.Join(has, ", "))
	}
	for i, c := range counts {
		switch {
		case !slices.Contains(has, c):
			return fmt.Errorf("found %q, which is no count of %s; expected some of %s", c, platform, strings.Join(has, ", "))
		case slices.Contains(counts[:i], c):
			return fmt.Errorf("found %q twice; name each count once", c)
		}
	}
	return nil
}
