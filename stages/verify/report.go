package verify

import (
	"cmp"
	"fmt"
	"io"
	"strings"
)

// The kinds of checks, in the order of the report. Recompute may add others.
var checks = []string{"files", "hashes", "description", "schemas", "nulls", "keys", "references", "ranges", "csv", "libraries"}

// Finding is one difference between what the package holds and what it should.
type Finding struct {
	Check    string // kind of check, such as hashes
	File     string // path inside the package
	Table    string // "" where it is about no table; so are the next three
	Column   string
	Row      int64  // from 1, as lines of a CSV below its header; 0 for no row
	Key      string // the row's primary key
	Found    string
	Expected string
}

// Check is what one kind of check came to.
type Check struct {
	Name   string
	Failed int      // differences; past the first of a column only their number is kept
	First  *Finding // nil where all is right

	n    int // what was counted
	done string
}

// Gap is something that was not checked.
type Gap struct{ What, Why string }

// Report is what is known of a package.
type Report struct {
	Path       string // as the caller gave it
	Title      string // name, version, tables and rows
	Checks     []*Check
	NotChecked []Gap
	Refused    *RefusedError // why the check ended early; nil where it did not
}

// Identical says whether every check passed.
func (r *Report) Identical() bool {
	for _, c := range r.Checks {
		if c.Failed > 0 {
			return false
		}
	}
	return r.Refused == nil
}

// tellUnreached says which checks a refusal left undone.
func (r *Report) tellUnreached() {
	var left []string
	for _, c := range r.Checks {
		if c.done == "" && c.First == nil {
			left = append(left, c.Name)
		}
	}
	if len(left) > 0 {
		r.NotChecked = append(r.NotChecked, Gap{strings.Join(left, ", "), "the package was refused before the end"})
	}
}

// tablesFailed says whether a check of what is in tables failed.
func (p *Package) tablesFailed() bool {
	for _, c := range p.report.Checks {
		if c.Failed > 0 && c.Name != "files" && c.Name != "hashes" && c.Name != "description" {
			return true
		}
	}
	return false
}

// check returns the check of a name, adding it to the report where it is new.
func (p *Package) check(name string) *Check {
	for _, c := range p.report.Checks {
		if c.Name == name {
			return c
		}
	}
	c := &Check{Name: name}
	p.report.Checks = append(p.report.Checks, c)
	return c
}

func (c *Check) fail(f Finding) {
	f.Check = c.Name
	if c.Failed++; c.First == nil {
		c.First = &f
	}
}

func (c *Check) say(format string, args ...any) { c.done = fmt.Sprintf(format, args...) }

// WriteText writes a line for each kind of check, the first difference of each
// that failed, what was not checked, and the verdict. Text of the package is
// shown so that it cannot steer a terminal.
func (r *Report) WriteText(w io.Writer) error {
	b := &strings.Builder{}
	fmt.Fprintf(b, "%s: %s\n", shown(r.Path), cmp.Or(r.Title, "a package that could not be read"))
	failed := []string{}
	for _, c := range r.Checks {
		switch {
		case c.Failed > 0:
			failed = append(failed, c.Name)
			s := ""
			if c.Failed > 1 {
				s = "s"
			}
			fmt.Fprintf(b, "  %s: FAILED, %d difference%s; the first:\n", c.Name, c.Failed, s)
			c.First.write(b)
		case c.done != "":
			fmt.Fprintf(b, "  %s: %s\n", c.Name, c.done)
		}
	}
	if len(r.NotChecked) > 0 {
		b.WriteString("not checked\n")
		for _, g := range r.NotChecked {
			fmt.Fprintf(b, "  %s: %s\n", plain(g.What), plain(g.Why))
		}
	}
	switch {
	case r.Refused != nil:
		fmt.Fprintf(b, "refused: %s\n", plain(r.Refused.Error()))
	case len(failed) > 0:
		fmt.Fprintf(b, "different: %s\n", strings.Join(failed, ", "))
	default:
		b.WriteString("identical\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (f *Finding) write(b *strings.Builder) {
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(b, "    %-9s %s\n", name, plain(value))
		}
	}
	line("file", f.File)
	line("table", f.Table)
	line("column", f.Column)
	if f.Row > 0 {
		line("row", fmt.Sprint(f.Row))
	}
	line("key", f.Key)
	line("found", f.Found)
	line("expected", f.Expected)
}

// plain returns the text on one line, without what steers a terminal, and cut.
func plain(s string) string {
	const most = 1000
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "..."
	}
	q := fmt.Sprintf("%q", s)
	if q = q[1 : len(q)-1]; strings.ReplaceAll(strings.ReplaceAll(q, `\"`, `"`), `\\`, `\`) == s {
		return s
	}
	return q
}
