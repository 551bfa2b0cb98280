package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"diplometrics/datasets"
	"diplometrics/plots"
)

func platform(p string) string { return plots.PlatformName(p) }

// firstPage fills in what a reader sees first.
func (b *builder) firstPage(v *view) {
	v.Window = window(b.Study.From, b.Study.To)
	v.Cannot = b.cannot()
	v.Answers = b.answers(v.Cannot)
	v.Sections = []section{b.coverage(), b.growth(), b.posting(), b.engagement(), b.audit()}
	v.Primary, v.Contrasts = b.primaryTable(), b.keyFigure("primary")
	v.Exploratory = b.exploratory()
}

// exploratory counts what the other comparisons over the shared platforms show.
func (b *builder) exploratory() string {
	tested, found := int64(0), int64(0)
	for _, c := range b.Comparisons {
		if c.Family != datasets.Exploratory || c.Method != contrast || c.Platform != standardised || !c.PAdjusted.OK {
			continue
		}
		tested++
		if judge(&c) == difference {
			found++
		}
	}
	if tested == 0 {
		return ""
	}
	return fmt.Sprintf("Of %s over the shared platforms that could be tested, %s both an interval and an adjusted p (Benjamini and Hochberg) that leave out equality. They suggest what to look at, and establish nothing; the appendix lists them.",
		number(tested, "exploratory comparison of means", "exploratory comparisons of means"), number(found, "has", "have"))
}

// keyFigures names the figures of each section of the first page, the first that
// there is being shown.
var keyFigures = map[string][]string{
	"coverage":   {"coverage", "platform_presence"},
	"growth":     {"growth_rates", "follower_growth", "followers"},
	"posting":    {"posting", "posting_rates"},
	"engagement": {"engagement", "engagement_p3"},
	"audit":      {"audit"},
	"primary":    {"contrasts"},
}

// keyFigure returns the figure of a section; nil where there is none.
func (b *builder) keyFigure(section string) *figure {
	for _, name := range keyFigures[section] {
		if i := slices.IndexFunc(b.figures, func(f *figure) bool { return f.Name == name }); i >= 0 {
			return b.figures[i]
		}
	}
	return nil
}

// compares tells whether a country is one of those that the study compares.
func (b *builder) compares(a *datasets.Account) bool {
	return a.Country.OK && slices.Contains(b.Study.Countries, a.Country.V)
}

// answers are the five questions that a reader comes with.
func (b *builder) answers(cannot []group) []Pair {
	return []Pair{
		{"Who was compared?", b.who()},
		{"Over what period?", b.when()},
		{"Which differences are real?", b.real()},
		{"How sure is that?", b.sure()},
		{"What can the data not say?", b.unsaid(cannot)},
	}
}

func (b *builder) who() string {
	byCountry, platforms, organizations := map[string]int64{}, map[string]bool{}, map[string]bool{}
	others, persons, all := int64(0), int64(0), int64(0)
	for _, a := range b.Accounts {
		if !b.compares(&a) {
			others++
			continue
		}
		all++
		byCountry[a.Country.V]++
		platforms[platform(a.Platform)] = true
		organizations[a.Organization] = true
		if a.Person {
			persons++
		}
	}
	var parts []string
	for _, c := range b.Study.Countries {
		parts = append(parts, fmt.Sprintf("%s (%s)", country(c), count(byCountry[c])))
	}
	s := fmt.Sprintf("%s of %s on %s: %s.", number(all, "account", "accounts"), number(int64(len(organizations)), "organization", "organizations"),
		enumerate(slices.Sorted(maps.Keys(platforms))), enumerate(parts))
	if all == 0 {
		s = fmt.Sprintf("Nobody: accounts.csv names no account of %s.", enumerate(names(b.Study.Countries)))
	}
	if others > 0 {
		s += fmt.Sprintf(" %s of international bodies or other countries: described, never compared.", number(others, "more account is", "more accounts are"))
	}
	if persons > 0 {
		s += fmt.Sprintf(" %s to a person and %s compared like an institution.", number(persons, "account belongs", "accounts belong"), isAre(persons))
	}
	return s
}

func isAre(n int64) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func (b *builder) when() string {
	s := window(b.Study.From, b.Study.To) + "."
	if n := b.observed(); n.posts > 0 {
		s += fmt.Sprintf(" Posts were exported of %s, observed on %s of the days of the window on average.", number(n.accounts, "account", "accounts"), share(n.days/float64(n.accounts)/float64(b.Study.To-b.Study.From)))
	}
	if b.Snapshots.N > 0 {
		s += fmt.Sprintf(" Pages were seen from %s to %s.", date(b.Snapshots.First), date(b.Snapshots.Last))
	}
	return s
}

func share(v float64) string { return say(100*v) + " %" }

// seen is what was observed of posts.
type seen struct {
	accounts int64 // with observed time
	posts    int64
	days     float64
}

// observed adds up the posts of the study window in observed time.
func (b *builder) observed() (s seen) {
	for _, v := range b.Values {
		if b.isObserved(&v) && v.Value.OK {
			s.accounts++
			s.posts += v.NObserved
			s.days += v.ExposureDays.V
		}
	}
	return s
}

// isObserved tells of the posting rate of an account in the study window.
func (b *builder) isObserved(v *datasets.Value) bool {
	return v.Metric == "posts_per_month" && v.Part == "observed" && v.PeriodKind == "window"
}

func (b *builder) real() string {
	rows := b.primary()
	if len(rows) == 0 {
		return "None that these data could test. The primary comparisons are the same in every study: posting rate, engagement, and share of posts without any interaction, country against country. " + b.unmade() + " The sections below say what was measured of single countries."
	}
	var found []string
	tested := int64(0)
	for _, c := range rows {
		if c.PAdjusted.OK {
			tested++
		}
		if judge(&c) == difference {
			o := outcomeOf(&c)
			found = append(found, o.effect(&c, country(c.CountryA), country(c.CountryB))+" (95 % interval "+o.interval(&c)+", adjusted p "+sayP(c.PAdjusted.V)+")")
		}
	}
	if len(found) == 0 {
		return fmt.Sprintf("None is established: of %s, %s tested, none has both an interval and an adjusted p that leave out equality. That no difference is shown does not mean that there is none.", number(int64(len(rows)), "primary comparison", "primary comparisons"), count(tested))
	}
	rest := ""
	if n := int64(len(rows) - len(found)); n > 0 {
		rest = fmt.Sprintf(" The other %s no established difference, which does not mean that there is none.", number(n, "shows", "show"))
	}
	return fmt.Sprintf("%d of %s: %s.%s", len(found), number(int64(len(rows)), "primary comparison", "primary comparisons"), strings.Join(found, "; "), rest)
}

// unmade says why the study has no primary comparison.
func (b *builder) unmade() string {
	kept := map[string]int64{}
	for _, c := range b.Comparisons {
		for _, w := range separate(c.Warnings.V) {
			if why, ok := strings.CutPrefix(w, "not in the primary family: "); ok {
				kept[named(why)]++
			}
		}
	}
	if len(kept) > 0 {
		return "Here they count as exploratory: " + enumerate(mostFirst(kept)) + "."
	}
	return "They need single posts, with the time over which these were collected, of two countries on a platform that both have, and this study has none."
}

func (b *builder) sure() string {
	rows := b.primary()
	if len(rows) == 0 {
		return "Where there are enough accounts, a value of a country has a 95 % interval over its accounts; where there are not, the sentence says so. Nothing here was tested."
	}
	noted := int64(0)
	for _, c := range rows {
		if len(caveats(c.Warnings.V)) > 0 {
			noted++
		}
	}
	s := fmt.Sprintf("The account is the unit, not the post. A difference is called one only where both its 95 %% interval and its p, adjusted (Holm) for %s, leave out equality. The primary comparisons are the same in every study, and so were not chosen after its data were seen.", number(int64(b.family()), "tested primary comparison", "tested primary comparisons"))
	if noted > 0 {
		s += fmt.Sprintf(" %s with a note on how far the interval can be believed.", number(noted, "comparison comes", "comparisons come"))
	}
	return s
}

func (b *builder) unsaid(cannot []group) string {
	var heads []string
	for _, g := range cannot {
		heads = append(heads, lower(g.Title)+" ("+count(int64(len(g.Items)))+")")
	}
	if len(heads) == 0 {
		return "Nothing was left out, refused or rejected. What a snapshot of public pages cannot show, such as who reads them and why, these data cannot say either."
	}
	return "What is listed under this head below: " + enumerate(heads) + "."
}

func lower(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// coverage says who was seen, on what.
func (b *builder) coverage() section {
	s := section{ID: "coverage", Title: "Who was seen, and how fully", Figure: b.keyFigure("coverage"), Table: b.coverageTable()}
	n := b.observed()
	if n.posts > 0 {
		s.Text = append(s.Text, fmt.Sprintf("%s of %s lie in observed time in the study window.", number(n.posts, "post", "posts"), number(n.accounts, "account", "accounts")))
	} else {
		s.Text = append(s.Text, "The study has no exported posts, so that nothing is known of single posts.")
	}
	if posts, accounts := b.counted(); accounts > 0 {
		s.Text = append(s.Text, fmt.Sprintf("Windows of %s were counted by hand or printed, with %s.", number(accounts, "account", "accounts"), number(posts, "post", "posts")))
	}
	return s
}

// counted adds up the counted posts, of an account the largest count.
func (b *builder) counted() (posts, accounts int64) {
	most := map[[2]string]int64{}
	for _, v := range b.Values {
		if v.Metric == "posts_per_month" && v.Part == "counted" && v.Value.OK {
			k := [2]string{v.Platform, v.AccountID}
			most[k] = max(most[k], v.NObserved)
		}
	}
	for _, n := range most {
		posts += n
	}
	return posts, int64(len(most))
}

// cell of the table of coverage.
type covered struct {
	accounts, followers, withPosts, posts, counted int64
	days                                           float64
}

func (b *builder) coverageTable() *table {
	at := map[[2]string]*covered{}
	of := map[[2]string]*covered{}
	for _, a := range b.Accounts {
		k := [2]string{"", a.Platform} // others
		if b.compares(&a) {
			k[0] = a.Country.V
		}
		if at[k] == nil {
			at[k] = &covered{}
		}
		of[[2]string{a.Platform, a.AccountID}] = at[k]
		at[k].accounts++
		if b.Snapshots.Accounts[[2]string{a.Platform, a.AccountID}] > 0 {
			at[k].followers++
		}
	}
	counted := map[[2]string]bool{}
	for _, v := range b.Values {
		k := [2]string{v.Platform, v.AccountID}
		c := of[k]
		switch {
		case c == nil || !v.Value.OK:
		case b.isObserved(&v):
			c.withPosts++
			c.posts += v.NObserved
			c.days += v.ExposureDays.V
		case v.Metric == "posts_per_month" && v.Part == "counted" && !counted[k]:
			counted[k] = true
			c.counted++
		}
	}
	t := &table{ID: "coverage-table", Title: "Accounts and posts by country and platform", Head: []string{"country", "platform", "accounts", "with followers", "with observed posts", "posts", "days observed, mean", "counted by hand or printed"}}
	for _, c := range append(slices.Clone(b.Study.Countries), "") {
		for _, k := range slices.SortedFunc(maps.Keys(at), func(x, y [2]string) int { return strings.Compare(x[1], y[1]) }) {
			if k[0] != c {
				continue
			}
			r := at[k]
			name := "not compared"
			if c != "" {
				name = country(c)
			}
			var posts, mean any // not known where nothing was observed
			if r.withPosts > 0 {
				posts, mean = r.posts, r.days/float64(r.withPosts)
			}
			t.add(name, platform(k[1]), r.accounts, r.followers, r.withPosts, posts, mean, r.counted)
		}
	}
	return t
}

func (b *builder) growth() section {
	s := section{ID: "growth", Title: "Followers and growth", Figure: b.keyFigure("growth")}
	if b.Snapshots.N == 0 {
		s.Text = []string{"Nobody noted followers of any account, so that nothing can be said of audiences or their growth."}
		return s
	}
	s.Text = append(s.Text, fmt.Sprintf("Followers are known of %s, from %s between %s and %s.", number(int64(len(b.Snapshots.Accounts)), "account", "accounts"), number(int64(b.Snapshots.N), "snapshot", "snapshots"), date(b.Snapshots.First), date(b.Snapshots.Last)))
	b.tell(&s, growths, true)
	return s
}

func (b *builder) posting() section {
	s := section{ID: "posting", Title: "Posting rate", Figure: b.keyFigure("posting")}
	b.tell(&s, rates, false)
	return s
}

func (b *builder) engagement() section {
	s := section{ID: "engagement", Title: "Engagement", Figure: b.keyFigure("engagement")}
	b.tell(&s, engagements, false)
	if b.pick(zeros) != nil {
		b.tell(&s, zeros, false)
	}
	return s
}

// tell adds what is known of an outcome: by country, then country against
// country.
func (b *builder) tell(s *section, all []outcome, growth bool) {
	o := b.pick(all)
	if o == nil {
		s.Text = append(s.Text, b.nothing(&all[0]))
		return
	}
	rows := b.estimates(o)
	head := fmt.Sprintf("%s, %s", upper(o.noun), how(rows[0].Method, rows[0].Platform == standardised))
	if o.back != "" {
		head += ". " + o.back
	}
	var found []finding
	for _, e := range rows {
		found = append(found, o.estimated(&e, growth))
		s.Doubts = append(s.Doubts, doubts(country(e.Country)+": ", e.Flag.V)...)
	}
	for _, note := range shared(found) {
		head += ". " + strings.TrimSuffix(note, ".")
	}
	family := b.family()
	for _, c := range b.contrasts(o) {
		f := compared(&c, family)
		if judge(&c) == difference {
			if w := b.otherwise(&c); w != "" {
				f.Notes = append([]string{w}, f.Notes...)
			}
		}
		found = append(found, f)
		s.Doubts = append(s.Doubts, doubts(country(c.CountryA)+" against "+country(c.CountryB)+": ", c.Warnings.V)...)
	}
	s.Told = append(s.Told, told{head + ":", found})
	slices.Sort(s.Doubts)
	s.Doubts = slices.Compact(s.Doubts)
}

// shared takes the notes that all of several findings carry off them.
func shared(found []finding) (notes []string) {
	if len(found) < 2 {
		return nil
	}
	for _, n := range slices.Clone(found[0].Notes) {
		if slices.ContainsFunc(found, func(f finding) bool { return !slices.Contains(f.Notes, n) }) {
			continue
		}
		notes = append(notes, n)
		for i := range found {
			found[i].Notes = slices.DeleteFunc(slices.Clone(found[i].Notes), func(m string) bool { return m == n })
		}
	}
	return notes
}

// how says how a country's estimate is made.
func how(method string, over bool) string {
	s := strings.ReplaceAll(method, "_", " ")
	if over {
		return s + ", each platform that the countries share with equal weight"
	}
	return s + ", platform by platform, since no platform has values of all countries"
}

// doubts are the warnings that are not said with a sentence.
func doubts(head, warnings string) (out []string) {
	for _, w := range separate(warnings) {
		if isGrave(w) {
			continue
		}
		if len(w) > 5 && w[3] == ':' && code.MatchString(w[:3]) { // of one country
			out = append(out, named(w))
			continue
		}
		out = append(out, head+named(w))
	}
	return out
}

// nothing says why an outcome has no value.
func (b *builder) nothing(o *outcome) string {
	why := map[string]int{}
	for _, e := range b.Estimates {
		if o.has(&e) {
			why[reason(e.Flag.Or(e.Uncertainty))]++
		}
	}
	if len(why) == 0 {
		return fmt.Sprintf("Nothing is known of this: no account has what the %s is computed from.", o.noun)
	}
	return fmt.Sprintf("Nothing is known of the %s: %s", o.noun, sentence(strings.Join(slices.Sorted(maps.Keys(why)), "; ")))
}

func (b *builder) audit() section {
	s := section{ID: "audit", Title: "Audit of published numbers", Figure: b.keyFigure("audit")}
	n := map[string]int64{}
	wrong, sources := map[string]int64{}, map[string]bool{}
	for _, r := range b.Audit {
		n[r.Verdict]++
		if r.Verdict == datasets.Inconsistent {
			wrong[r.Rule]++
		}
		if r.Verdict != datasets.NotApplicable {
			sources[r.Source] = true
		}
	}
	applied := n[datasets.Consistent] + n[datasets.Inconsistent] + n[datasets.NotTestable]
	if applied == 0 {
		s.Text = []string{"No published number or claim in these data could be checked against another."}
		return s
	}
	s.Text = append(s.Text, fmt.Sprintf("Of %s of published numbers and claims in %s, %s inconsistent with a rule of the audit, %s consistent, and %s cannot be tested. Inconsistent means that they fail a rule, such as that printed numbers cannot all be true; it does not say which is wrong. No estimate here uses the audit.",
		number(applied, "check", "checks"), number(int64(len(sources)), "source", "sources"), number(n[datasets.Inconsistent], "is", "are"), count(n[datasets.Consistent]), count(n[datasets.NotTestable])))
	var parts []string
	for _, r := range mostFirst(wrong) {
		parts = append(parts, fmt.Sprintf("%s %s", r, count(wrong[r])))
	}
	if len(parts) > 0 {
		s.Text = append(s.Text, "Inconsistent by rule: "+strings.Join(parts, ", ")+". The methods define the rules.")
	}
	return s
}

// mostFirst returns the keys by falling count, equal ones by name.
func mostFirst(n map[string]int64) []string {
	keys := slices.Sorted(maps.Keys(n))
	slices.SortStableFunc(keys, func(a, b string) int { return int(n[b] - n[a]) })
	return keys
}

// primaryTable is the primary family in words; where there is none, what the
// first page would have compared, with the reasons.
func (b *builder) primaryTable() table {
	rows := b.primary()
	t := table{ID: "primary-table", Title: "The primary comparisons", Sort: true}
	if len(rows) == 0 {
		t.Title = "What would be compared, and why it is not tested as a primary comparison"
		for _, all := range [][]outcome{growths, rates, engagements} {
			if o := b.pick(all); o != nil {
				rows = append(rows, b.contrasts(o)...)
			}
		}
	}
	t.Head = []string{"verdict", "in words", "adjusted p", "least p possible", "accounts", "reservations"}
	for _, c := range rows {
		f := compared(&c, b.family())
		p, least := "", ""
		if c.PAdjusted.OK {
			p = digits(c.PAdjusted.V)
		}
		if c.PAttainable.OK {
			least = digits(c.PAttainable.V)
		}
		t.add(f.Label, f.Text, p, least, fmt.Sprintf("%d and %d", c.NAccountsA, c.NAccountsB), strings.Join(f.Notes, " "))
		t.Classes = append(t.Classes, f.Class)
	}
	return t
}
