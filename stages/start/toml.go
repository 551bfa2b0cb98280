package start

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"diplometrics/stages/inspect"
	"diplometrics/stages/study"
)

// studyTOML writes study.toml.
func (p *Proposal) studyTOML() []byte {
	var b bytes.Buffer
	from, to := p.span()
	window := "[] # FILL IN"
	if from.OK {
		window = fmt.Sprintf("[%q, %q]", from.V, to.V)
	}
	fmt.Fprintf(&b, `# A study, proposed from the files in its folder. Lines that begin with # are
# notes, or settings that are switched off. Fill in what says FILL IN and
# accounts.csv, then run the study.

# FILL IN: what the study is about; it stands on the package and in the report.
title = %q

# FILL IN: the countries to compare, as ISO 3166-1 alpha-3 codes, in the order of
# tables and figures, such as ["KAZ", "UZB", "KGZ"].
countries = []

# First day of the window of the study, and the day after its last day. Proposed:
# all that the files hold.
window = %s

# Time zone of each country's accounts, for local dates and hours, by its IANA name.
# [zones]
# KAZ = "Asia/Almaty"
# UZB = "Asia/Tashkent"
# KGZ = "Asia/Bishkek"

# Counts that make up the interactions of a platform, where the exports lack one of
# them. Left out: likes, comments, shares, and quotes on x; null unless all are known.
# [interactions]
# x = ["like_count", "share_count"]

# Files that may lie beside this one; the first three replace what ships with the
# program. topics.csv (topic,language,rule): topics by rules, words next to each
# other, word* for a beginning. holidays.csv (country,name,from,words,days,years):
# from is MM-DD, or a date for feasts that move. events.csv (id,at,words,country,
# horizon_hours): events to which accounts may respond. topics_coded.csv (platform,
# account_id,post_id,coder,topics): coded by hand, to measure the rules against.

# Sources: one block a file.
#   id            short name; it stands in the column source of every table, and in
#                 what you share: no name of a person
#   adapter       the format in which it was recognized
#   title         FILL IN: what it is, who collected it, and when
#   url, licence  where it can be looked up, and its licence; left out where there is none
#   covered_from  first day from which the file holds the posts of its accounts
#   covered_to    day after the last
#   completeness  all: every post of that time; capped: the last n posts of each
#                 account; sample: some of them
#   inferred      true while the coverage is only what the posts suggest. Rates
#                 from an inferred coverage are flagged and enter no main result:
#                 correct the days and completeness, then remove the line.
#   observed_at   when it was collected, where the file itself does not say
#   zone          zone of its times, where they have none
`, study.Untitled, window)
	used := map[string]bool{}
	files := together(p.Files)
	for _, f := range files {
		if f.Why == "" {
			fmt.Fprintf(&b, "\n%s", source(f, used))
		}
	}
	first := true
	for _, f := range files {
		if f.Why == "" {
			continue
		}
		if first {
			fmt.Fprintf(&b, "\n# Left out, and why. Where a block follows, fill in what it lacks, check the rest,\n# and remove the first # of its lines.\n")
			first = false
		}
		block := ""
		if f.usable() {
			block = comment(source(f, used))
		}
		fmt.Fprintf(&b, "\n# %s\n#   %s\n%s", oneLine(f.Path), oneLine(f.Why), block)
	}
	if slices.ContainsFunc(p.Files, func(f File) bool { return strings.Contains(f.Why, "[source.mapping]") }) {
		fmt.Fprintf(&b, "\n# A table or JSON lines that no adapter reads needs a block such as this, with its own\n# columns; diplometrics list mapping explains the keys.\n%s", comment(example))
	}
	return b.Bytes()
}

// example is a mapping for whoever has to write one.
const example = `[[source]]
id = "counts"
file = "raw/counts.csv"
title = "Followers read off the pages"
[source.mapping]
table = "account_snapshots"
constants.platform = "x"
columns.handle = "Account"
fields.observed_at = { column = "Date", layout = "02.01.2006" }
fields.followers = { column = "Followers", missing = ["-"] }
`

// source is the block of a file.
func source(f File, used map[string]bool) string {
	r := f.Report
	var b strings.Builder
	head(&b, f, used)
	fmt.Fprintf(&b, "# %s\n", oneLine(r.Summary()))
	if f.Needs != "" {
		fmt.Fprintf(&b, "%s # FILL IN\n", f.Needs)
	}
	if r.Posts > 0 && r.Created.First.OK {
		to := r.Created.Last.V
		if r.Observed.Last.OK && r.Observed.Last.V > to {
			to = r.Observed.Last.V
		}
		completeness, why := completeness(r)
		fmt.Fprintf(&b, "covered_from = %q\ncovered_to = %q\ncompleteness = %q # %s\ninferred = true\n", r.Created.First.V.Day(), to.Day()+1, completeness, why)
	}
	if r.Unobserved > 0 {
		fmt.Fprintf(&b, "# Posts that do not say when they were collected: %d. If you know, say it:\n# observed_at = \"2024-01-31T12:00:00+05:00\"\n", r.Unobserved)
	}
	if f.table != nil {
		if f.table.platform != "" {
			fmt.Fprintf(&b, "platform = %q\n", f.table.platform)
		}
		fmt.Fprintf(&b, "# Proposed from the header: check every line. diplometrics list mapping explains the keys.\n%s", f.table.toml())
	}
	return b.String()
}

func head(b *strings.Builder, f File, used map[string]bool) {
	fmt.Fprintf(b, "[[source]]\nid = %q\nfile = %s\n", sourceID(f, used), quote(cmp.Or(f.Pattern, pattern(f.Path))))
	if f.table == nil {
		fmt.Fprintf(b, "adapter = %q\n", f.Report.Adapter)
	}
	fmt.Fprintf(b, "title = %s # FILL IN\n", quote(study.FillIn+": "+f.Path))
}

// completeness proposes how fully the file holds the posts: capped where the
// accounts with most posts have one and the same round number of them.
func completeness(r *inspect.Report) (value, why string) {
	most, n := int64(0), 0
	for _, a := range r.Accounts {
		switch {
		case a.Posts > most:
			most, n = a.Posts, 1
		case a.Posts == most:
			n++
		}
	}
	if most >= 100 && most%50 == 0 && (n > 1 || len(r.Accounts) == 1) {
		return "capped", fmt.Sprintf("%d accounts have %d posts each, as many as a tool may give; check", n, most)
	}
	return "all", "or capped, or sample: check how it was collected"
}

// pattern is a path as the pattern that only it matches.
func pattern(name string) string {
	return strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]").Replace(name)
}

// quote writes a TOML string.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// oneLine keeps a text within a comment.
func oneLine(s string) string {
	return strings.ToValidUTF8(strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f {
			return ' '
		}
		return r
	}, s), "�")
}

// comment switches a block off.
func comment(block string) string {
	return "# " + strings.ReplaceAll(strings.TrimSuffix(block, "\n"), "\n", "\n# ") + "\n"
}
