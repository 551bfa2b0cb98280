package adapters

import (
	"bufio"
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"diplometrics/datasets"
	"diplometrics/stages/study"
)

// The presets: tables of collectors that need no code, one file each. The file
// is called as the format is.
//
//go:embed presets
var presetFiles embed.FS

// preset is what a file of presets says.
type preset struct {
	Doc      string        `toml:"doc"`
	Lacks    string        `toml:"lacks"`
	Version  int           `toml:"version"`
	Platform string        `toml:"platform"`  // of all rows; "" where a column or study.toml gives it
	Columns  []string      `toml:"columns"`   // a header, or the keys of JSON, with all of these is of this format
	Without  []string      `toml:"without"`   // and with none of these
	FileTime fileTime      `toml:"file_time"` // what the file's name says of the time of collection; nothing where left out
	Mapping  study.Mapping `toml:"mapping"`   // as [source.mapping] of study.toml, where gaps are missing too; its sheet is the one of a workbook that is of this format

	HeaderRows []int             `toml:"header_rows"` // rows one of which names the columns, where more than one can
	Also       map[string]string `toml:"also"`        // other names that columns have had = names in the mapping
}

// fileTime is how a collector writes the time of collection into the name of a
// file.
type fileTime struct {
	Pattern string `toml:"pattern"` // regular expression; its group is the time
	Layout  string `toml:"layout"`  // of the time, in Go's way, to the day at least

	matches *regexp.Regexp
}

// settle checks what the preset says.
func (t *fileTime) settle() (err error) {
	if *t == (fileTime{}) {
		return nil
	}
	if t.matches, err = regexp.Compile(t.Pattern); err != nil {
		return err
	}
	// The clock of the machine that collected has no zone in the name.
	if t.matches.NumSubexp() != 1 || study.Precision(t.Layout) != "day" {
		return errors.New("file_time: expected a pattern with one group, and a layout of a day")
	}
	return nil
}

// of returns the file with the time in its name, where study.toml gives none.
func (t *fileTime) of(f File) File {
	if t.matches == nil || f.Observed.OK {
		return f
	}
	if m := t.matches.FindStringSubmatch(f.Name); m != nil {
		if day, err := time.Parse(t.Layout, m[1]); err == nil {
			f.Observed, f.ObservedPrecision, f.ObservedSource = datasets.Some(datasets.MicrosOf(day)), "day", "file name"
		}
	}
	return f
}

// presets returns the adapters that the files of a folder describe, sorted by
// name. A file that cannot be read is a mistake of the program.
func presets(files fs.FS) []Adapter {
	names, err := fs.Glob(files, "presets/*.toml")
	if err != nil || len(names) == 0 {
		panic(fmt.Sprintf("adapters: no presets: %v", err))
	}
	out := make([]Adapter, len(names))
	for i, name := range names {
		text, err := fs.ReadFile(files, name)
		if err == nil {
			out[i], err = presetOf(strings.TrimSuffix(path.Base(name), ".toml"), string(text))
		}
		if err != nil {
			panic(fmt.Sprintf("adapters: %s: %v", name, err))
		}
	}
	return out
}

// presetOf makes an adapter of the text of a preset.
func presetOf(name, text string) (Adapter, error) {
	var p preset
	md, err := toml.Decode(text, &p)
	if err != nil {
		return Adapter{}, err
	}
	if left := md.Undecoded(); len(left) > 0 {
		return Adapter{}, fmt.Errorf("unknown key %s", left[0])
	}
	// What a preset leaves open, study.toml or the file says.
	given := &study.Source{Platform: p.Platform, Handle: "-", ObservedAt: datasets.Some(datasets.Micros(0))}
	if given.Platform == "" {
		given.Platform = "-"
	}
	if err := p.Mapping.Settle(given); err != nil {
		return Adapter{}, err
	}
	if len(p.Columns) == 0 || p.Doc == "" || p.Version < 1 {
		return Adapter{}, errors.New("expected columns, doc and version")
	}
	if err := p.FileTime.settle(); err != nil {
		return Adapter{}, err
	}
	for name, f := range p.Mapping.Fields {
		if !readsGaps(p.Mapping.Table, name) {
			f.Missing = append(f.Missing, gaps...)
		}
		if p.Mapping.Table == "posts" && study.MappedFields["posts"][name] == study.CountField && f.Type == "" && f.RoundedDown == 0 {
			f.Type = "float" // as Python writes a column with gaps
		}
		p.Mapping.Fields[name] = f
	}
	a := Adapter{Name: name, Doc: p.Doc, Lacks: p.Lacks, Version: p.Version, Tables: []string{p.Mapping.Table}, Sheet: p.Mapping.Sheet,
		Detect: p.detect,
		Split: func(r io.Reader, yield func(Record, error) bool) {
			in := bufio.NewReaderSize(r, headBytes)
			top, _ := in.Peek(headBytes)
			m := p.Mapping
			if row := p.headerRow(top); row > 0 {
				m.HeaderRow = &row
			}
			splitMapped(&m, in, yield)
		},
		New: func(f File) (Decoder, error) {
			f.Header = p.renamed(f.Header)
			if f.Platform == "" {
				f.Platform = p.Platform
			}
			f = p.FileTime.of(f)
			if err := p.complete(f); err != nil {
				return nil, err
			}
			return newMapper(&p.Mapping, f)
		}}
	if p.FileTime.matches != nil {
		a.Finish = func(posts []Row[Post]) ([]Row[Post], int64) {
			forgetFolder(posts)
			return posts, 0
		}
	}
	return a, nil
}

// gaps are what R and Python write for a value that is missing, when they save a
// collector's table again.
var gaps = []string{"NA", "NaN", "nan", "None", "null", "<NA>"}

// readsGaps tells whether such a text can be the value of a field: it can be a
// text or a name, but no id, count, time, address or kind of media.
func readsGaps(table, field string) bool {
	kind := study.MappedFields[table][field]
	return kind == study.PostTypeField || kind == study.PlatformField || kind == study.TextField && field != "media_type"
}

// detect tells whether a file has the preset's columns.
func (p *preset) detect(head []byte, _ string) bool {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	first := bytes.TrimSpace(head[:min(len(head), 100)])
	has := func(string) bool { return false }
	if len(first) > 0 && (first[0] == '{' || first[0] == '[') {
		if p.Mapping.Format == "csv" {
			return false
		}
		paths := jsonPaths(head)
		has = func(c string) bool { return paths[c] }
	} else {
		return p.headerRow(head) > 0
	}
	return p.fits(has)
}

func (p *preset) fits(has func(column string) bool) bool {
	return !slices.ContainsFunc(p.Columns, func(c string) bool { return !has(c) }) && !slices.ContainsFunc(p.Without, has)
}

// headerRow is the row of a table that has the preset's columns, 0 where none of
// those does that can.
func (p *preset) headerRow(head []byte) int {
	if size, _ := separator(head); size > 0 {
		head = head[size:]
	}
	rows := p.HeaderRows
	if rows == nil {
		rows = []int{p.Mapping.Header()}
	}
	for _, row := range rows {
		columns := p.renamed(columnsOf(skipRows(head, row-1)))
		if p.fits(func(c string) bool { return slices.Contains(columns, c) }) {
			return row
		}
	}
	return 0
}

// renamed is a header in the names of the mapping.
func (p *preset) renamed(header []string) []string {
	out := slices.Clone(header)
	for i, c := range header {
		if to, ok := p.Also[c]; ok && !slices.Contains(header, to) {
			out[i] = to
		}
	}
	return out
}

// complete tells what study.toml has to say of a file that its rows do not.
func (p *preset) complete(f File) error {
	given := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { _, ok := p.Mapping.Fields[n]; return ok })
	}
	switch {
	case !given("account_id", "handle") && f.Account.ID == "" && f.Account.Handle == "":
		return &Refused{Reason: "it does not name its account; give platform and handle, or account, beside the file in study.toml"}
	case !given("platform") && f.Platform == "":
		return &Refused{Reason: "it does not name its platform; give platform beside the file in study.toml"}
	case p.Mapping.Table == "account_snapshots" && !given("observed_at") && !f.Observed.OK:
		return noTime
	}
	return nil
}
