package inspect

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// most is how many accounts, languages and reasons WriteText lists of each.
const most = 20

// WriteText writes the report for a reader.
func (r *Report) WriteText(w io.Writer) {
	fmt.Fprintln(w, r.File)
	line := func(name, format string, args ...any) {
		fmt.Fprintf(w, "  %-10s %s\n", name, wrap(fmt.Sprintf(format, args...), 13))
	}
	if r.Adapter != "" {
		first, _, _ := strings.Cut(r.Doc, ". ")
		line("format", "%s: %s", r.Adapter, strings.TrimSuffix(first, "."))
	}
	if r.Note != "" {
		line("note", "%s", r.Note)
	}
	if r.Refused != "" {
		line("refused", "%s", r.Refused)
		return
	}
	line("records", "%s = %s kept + %s merged + %s filtered + %s rejected", number(r.Records), number(r.Kept), number(r.Merged), number(total(r.Filtered)), number(total(r.Rejected)))
	list(w, "filtered", r.Filtered, func(f Reason) string { return fmt.Sprintf("%s: %s", f.Name, number(f.N)) })
	list(w, "rejected", r.Rejected, func(x Reason) string {
		s := wrap(fmt.Sprintf("%s: %s, the first at line %d:", x.Name, number(x.N), x.First.Line), 6)
		if x.First.Excerpt == "" {
			return strings.TrimSuffix(s, ":")
		}
		return s + "\n      " + short(x.First.Excerpt)
	})
	if r.Posts > 0 {
		var parts []string
		for _, t := range types {
			parts = append(parts, fmt.Sprintf("%s %s", t, number(r.PostTypes[t])))
		}
		line("posts", "%s: %s", number(r.Posts), strings.Join(parts, ", "))
		line("posted", "%s%s", r.Created, without(r.Undated, "created_at"))
		line("observed", "%s%s", r.Observed, without(r.Unobserved, "observed_at"))
		r.sums(w)
		list(w, fmt.Sprintf("%-10s %d", "languages", len(r.Languages)), r.Languages, func(l Reason) string {
			if l.Name == "" {
				return "not given: " + number(l.N)
			}
			return fmt.Sprintf("%s: %s", l.Name, number(l.N))
		})
	}
	if r.PostSnapshots > 0 {
		line("tables", "posts %s, post_snapshots %s, account_snapshots %s%s", number(r.Posts), number(r.PostSnapshots), number(r.AccountSnapshots), shownFrom(r.Shown))
	}
	if r.Posts == 0 && r.AccountSnapshots > 0 {
		line("tables", "account_snapshots %s%s", number(r.AccountSnapshots), shownFrom(r.Shown))
	}
	if r.AccountWindows > 0 {
		line("tables", "account_windows %s, %s to %s", number(r.AccountWindows), r.Windows.First.V.Day(), r.Windows.Last.V.Day())
	}
	if r.Published > 0 {
		line("tables", "published %s", number(r.Published))
	}
	list(w, fmt.Sprintf("%-10s %d", "accounts", len(r.Accounts)), r.Accounts, func(a Account) string {
		s := a.Ref.String()
		if a.Name != "" {
			s += ", " + a.Name
		}
		if len(a.Handles) > 1 {
			s += " also @" + strings.Join(a.Handles[1:], ", @")
		}
		if r.Posts > 0 {
			return fmt.Sprintf("%s: posts %s", s, number(a.Posts))
		}
		return fmt.Sprintf("%s: records %s", s, number(a.Records))
	})
	if r.Beside > 0 {
		line("beside", "%s seen only beside the posts (mentioned, answered, repeated); their counts become account_snapshots where accounts.csv names them", several(r.Beside, "account"))
	}
	list(w, "cannot tell", r.cannot(), func(s string) string { return wrap(s, 4) })
}

// cannot says what the format and this file do not tell, which metrics that
// costs, and what would supply it.
func (r *Report) cannot() []string {
	var out []string
	if r.Lacks != "" {
		out = append(out, r.Lacks)
	}
	if r.Posts == 0 {
		return out
	}
	switch {
	case r.Untimed > 0:
		out = append(out, fmt.Sprintf("When the followers of %s were counted, which stand beside the posts: give observed_at in study.toml, and they are account snapshots. For their growth collect again, or add a sheet of snapshots (diplometrics template snapshots).", several(r.Untimed, "account")))
	case r.AccountSnapshots == 0 && r.Followers == 0:
		out = append(out, "No followers: engagement by followers and their growth need a sheet of snapshots (diplometrics template snapshots).")
	}
	handles := 0
	for _, a := range r.Accounts {
		if len(a.Handles) > 0 {
			handles++
		}
	}
	if handles == 0 {
		out = append(out, "No handles: accounts.csv has to give the ids.")
	}
	if r.Unobserved > 0 {
		out = append(out, fmt.Sprintf("When the counts of %s were seen: counts grow for days, and rates end where the collection did; give observed_at in study.toml.", several(r.Unobserved, "post")))
	}
	if r.Undated > 0 {
		out = append(out, fmt.Sprintf("When %s came out: without it a post has no month and takes part in no rate.", several(r.Undated, "post")))
	}
	return out
}

// wrap breaks a text into lines of about 100 characters, the later ones
// indented.
func wrap(text string, indent int) string {
	var b strings.Builder
	column := indent
	for i, word := range strings.Fields(text) {
		switch n := utf8.RuneCountInString(word); {
		case i == 0:
			column += n
		case column+1+n > 100:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			column = indent + n
		default:
			b.WriteByte(' ')
			column += 1 + n
		}
		b.WriteString(word)
	}
	return b.String()
}

// sums writes the sum of each count, and names those that no post shows.
func (r *Report) sums(w io.Writer) {
	own := r.Posts - r.PostTypes[types[0]]
	fmt.Fprintf(w, "  %-10s over the latest observation of each post, without reposts\n", "sums")
	var none []string
	for _, s := range r.Sums {
		switch {
		case !s.V.OK:
			none = append(none, s.Name)
		case s.N < own:
			fmt.Fprintf(w, "    %s: %s (%s of %s posts show it)\n", s.Name, number(s.V.V), number(s.N), number(own))
		default:
			fmt.Fprintf(w, "    %s: %s\n", s.Name, number(s.V.V))
		}
	}
	if len(none) > 0 {
		fmt.Fprintf(w, "    in no post: %s\n", strings.Join(none, ", "))
	}
}

// list writes a heading and the first entries, where there are any.
func list[T any](w io.Writer, name string, all []T, of func(T) string) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(w, "  %s\n", name)
	for i, x := range all {
		if i == most {
			fmt.Fprintf(w, "    and %d more\n", len(all)-most)
			return
		}
		fmt.Fprintf(w, "    %s\n", printable(of(x)))
	}
}

// String is the span with both ends, or unknown.
func (s Span) String() string {
	switch {
	case !s.First.OK:
		return "unknown"
	case s.First.V == s.Last.V:
		return s.First.V.String()
	}
	return s.First.V.String() + " to " + s.Last.V.String()
}

func without(n int64, what string) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s without %s)", several(n, "post"), what)
}

// number groups the digits of a count: 44,142,591.
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Summary is the report in a line.
func (r *Report) Summary() string {
	var parts []string
	add := func(n int64, what string) {
		if n > 0 {
			parts = append(parts, several(n, what))
		}
	}
	add(r.Posts, "post")
	if r.Posts == 0 {
		add(r.AccountSnapshots, "account snapshot")
	}
	add(r.AccountWindows, "account window")
	add(r.Published, "published value")
	s := strings.Join(parts, ", ")
	if n := len(r.Accounts); n > 0 {
		s += " of " + several(int64(n), "account")
	}
	switch {
	case r.Created.First.OK:
		s += ", posted " + days(r.Created)
	case r.Windows.First.OK:
		s += ", " + days(r.Windows)
	case r.Shown.First.OK:
		s += ", observed " + days(r.Shown)
	}
	if n := total(r.Rejected); n > 0 {
		s += fmt.Sprintf("; %s of %s records rejected", number(n), number(r.Records))
	}
	return s
}

// shownFrom says when account snapshots were taken.
func shownFrom(s Span) string {
	if !s.First.OK {
		return ""
	}
	return " (observed " + s.String() + ")"
}

// several is a number of things.
func several(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return number(n) + " " + thing + "s"
}

func days(s Span) string {
	return fmt.Sprintf("%s to %s", s.First.V.Day(), s.Last.V.Day())
}

// short is the beginning of an excerpt.
func short(s string) string {
	if r := []rune(s); len(r) > 90 {
		return string(r[:89]) + "…"
	}
	return s
}

// printable takes from a text of a file what would move the cursor of a
// terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return '\uFFFD'
		}
		return r
	}, s)
}
