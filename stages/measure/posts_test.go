package measure

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"diplometrics/datasets"
	"diplometrics/stages/measure/metrics"
	"diplometrics/stages/study"

	"pgregory.net/rapid"
)

func moment(s string) datasets.Micros { return datasets.MicrosOf(at(s)) }

func some[T any](v T) datasets.Opt[T] { return datasets.Some(v) }

// The exposure rules of the study's sources, each by hand.
func TestCovered(t *testing.T) {
	held := func(first, last, observed string) *study.Capture {
		c := &study.Capture{}
		for _, s := range []string{first, last} {
			c.Include(some(moment(s)), some(moment(observed)))
		}
		return c
	}
	jan := held("2024-01-10T00:00:00Z", "2024-01-20T00:00:00Z", "2024-02-01T12:00:00Z")
	days := func(from, to string) study.Coverage {
		c := study.Coverage{Completeness: "all"}
		if from != "" {
			c.From = some(day(from + "T00:00:00Z"))
		}
		if to != "" {
			c.To = some(day(to + "T00:00:00Z"))
		}
		return c
	}
	with := func(c study.Coverage, completeness string, inferred bool) study.Coverage {
		c.Completeness, c.Inferred = completeness, inferred
		return c
	}
	mfa := accountOf("mfa")
	for _, c := range []struct {
		name   string
		source study.Source
		held   *study.Capture
		days   float64
		why    string
	}{
		{"stated days, whole", study.Source{Coverage: days("2024-01-01", "2024-02-01")}, jan, 31, ""},
		{"no end: the last observation is", study.Source{Coverage: days("2024-01-01", "")}, jan, 31.5, ""},
		{"capped: from just after the first post to the last observation", study.Source{Coverage: with(days("2024-01-01", "2024-03-01"), "capped", false)}, jan, 22.5, ""},
		{"capped without an observation: to the stated end", study.Source{Coverage: with(days("", "2024-01-31"), "capped", false)},
			&study.Capture{First: some(moment("2024-01-10T00:00:00Z"))}, 21, ""},
		{"a sample covers nothing", study.Source{Coverage: with(days("2024-01-01", "2024-02-01"), "sample", false)}, jan, 0, "a sample has no exposure"},
		{"nothing stated", study.Source{}, jan, 0, "study.toml gives no covered_from"},
		{"inferred", study.Source{Coverage: with(days("2024-01-01", "2024-02-01"), "all", true)}, jan, 31, datasets.InferredCoverage},
		{"completeness not said", study.Source{Coverage: with(days("2024-01-01", "2024-02-01"), "", false)}, jan, 31, "study.toml does not say whether the collection is complete"},
		{"the source holds nothing of the account", study.Source{Coverage: days("2024-01-01", "2024-02-01")}, nil, 0, "study.toml states no coverage of the account"},
		{"but names it: silence is observed", study.Source{Accounts: []study.Coverage{{Handle: "@MFA", From: some(day("2024-01-01T00:00:00Z")), To: some(day("2024-02-01T00:00:00Z")), Completeness: "all"}}}, nil, 31, ""},
		{"another account's coverage is not ours", study.Source{Accounts: []study.Coverage{{Platform: "facebook", Handle: "mfa", From: some(day("2024-01-01T00:00:00Z")), Completeness: "all"}}}, nil, 0, "study.toml states no coverage of the account"},
	} {
		c.source.ID = "s"
		all := map[string]*study.Capture{}
		if c.held != nil {
			all["s"] = c.held
		}
		spans, why := covered([]study.Source{c.source}, &mfa, all, &collection{}, 0)
		if got := (&metrics.Period{Covered: spans}).Days(); math.Abs(got-c.days) > 1e-9 || why != c.why {
			t.Errorf("%s: got %v days, %q; want %v, %q", c.name, got, why, c.days, c.why)
		}
	}
	// Two collections that overlap are observed once: 1 January to 15 February.
	spans, _ := covered([]study.Source{{ID: "a", Coverage: days("2024-01-01", "2024-02-01")}, {ID: "b", Coverage: days("2024-01-20", "2024-02-15")}}, &mfa,
		map[string]*study.Capture{"a": jan, "b": jan}, &collection{}, 0)
	if len(spans) != 1 || spans[0].Days() != 45 {
		t.Errorf("the union is %v", spans)
	}
}

// A list of pages that is exported month by month: an account that is silent in
// one of the months was observed then, and its posts are so few. A file that
// shares no account with the others says nothing of it.
func TestSilentMonthOfAList(t *testing.T) {
	feb := day("2024-02-01T00:00:00Z")
	month := func(id string, from, to datasets.Day) study.Source {
		return study.Source{ID: id, Coverage: study.Coverage{From: some(from), To: some(to), Completeness: "all"}}
	}
	post := func(account, id, created, source string) datasets.Post {
		return datasets.Post{Platform: "x", AccountID: account, PostID: id, CreatedAt: some(moment(created)), PostType: datasets.Original, Source: source}
	}
	posts := []datasets.Post{post("@alone", "0", "2024-01-04T00:00:00Z", "alone"), post("@quiet", "1", "2024-01-05T00:00:00Z", "jan"),
		post("@talks", "2", "2024-01-06T00:00:00Z", "jan"), post("@talks", "3", "2024-02-06T00:00:00Z", "feb")}
	in := &Input{Accounts: []datasets.Account{accountOf("alone"), accountOf("quiet"), accountOf("talks")}, Setting: &metrics.Setting{}, From: feb - 31, To: feb + 29,
		Sources:   []study.Source{month("alone", feb-31, feb), month("jan", feb-31, feb), month("feb", feb, feb+29)},
		Countries: [][]Partition{{{rows(posts...), rows(posts...), rows[datasets.PostContext](), rows[datasets.PostSnapshot](), rows[datasets.CrossPost](), rows[datasets.PostTopic]()}}}}
	out, err := Run(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{"@alone": 31, "@quiet": 60, "@talks": 60}
	for _, v := range values(out) {
		if v.Metric == "posts_per_month" && v.Part == "observed" && v.PeriodKind == metrics.Whole {
			near(t, v.AccountID, v.ExposureDays, want[v.AccountID], 1e-9)
			if doubted := v.Flag.V == Unseen; doubted != (v.AccountID == "@quiet") {
				t.Errorf("%s: flag %q", v.AccountID, v.Flag.V)
			}
		}
	}
}

// Three accounts of a source that is said to be whole stop at its most posts, 20;
// of a fourth it holds fewer, and study.toml names one of the three. Two that
// stop at the same number are chance, and so are three at 19.
func TestSeemsCut(t *testing.T) {
	jan := day("2024-01-01T00:00:00Z")
	whole := study.Coverage{From: some(jan), To: some(jan + 31), Completeness: "all"}
	flagged := func(most int, accounts ...string) (out []string) {
		in := &Input{Setting: &metrics.Setting{}, From: jan, To: jan + 31, Sources: []study.Source{{ID: "s", Coverage: whole}}}
		named := whole
		named.Handle = "named"
		in.Sources[0].Accounts = []study.Coverage{named}
		var posts []datasets.Post
		for _, a := range append(accounts, "few") {
			in.Accounts = append(in.Accounts, accountOf(a))
			n := most
			if a == "few" {
				n = 3
			}
			for i := range n {
				posts = append(posts, datasets.Post{Platform: "x", AccountID: "@" + a, PostID: fmt.Sprintf("%s%02d", a, i), CreatedAt: some(jan.Micros() + datasets.Micros(i)), PostType: datasets.Original, Source: "s"})
			}
		}
		slices.SortFunc(in.Accounts, func(a, b datasets.Account) int { return strings.Compare(a.AccountID, b.AccountID) })
		slices.SortFunc(posts, func(a, b datasets.Post) int { return strings.Compare(a.AccountID+a.PostID, b.AccountID+b.PostID) })
		in.Countries = [][]Partition{{{rows(posts...), rows(posts...), rows[datasets.PostContext](), rows[datasets.PostSnapshot](), rows[datasets.CrossPost](), rows[datasets.PostTopic]()}}}
		got, err := Run(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range values(got) {
			if v.Metric == "posts_per_month" && v.Part == "observed" && v.PeriodKind == metrics.Whole && strings.HasPrefix(v.Flag.V, datasets.SeemsCut) {
				out = append(out, v.AccountID)
			}
		}
		return out
	}
	for _, c := range []struct {
		most     int
		accounts []string
		want     []string
	}{{20, []string{"a", "b", "named"}, []string{"@a", "@b"}}, {19, []string{"a", "b", "c"}, nil}, {200, []string{"a", "b"}, nil}} {
		if got := flagged(c.most, c.accounts...); !slices.Equal(got, c.want) {
			t.Errorf("%d posts of %v: flagged %v, want %v", c.most, c.accounts, got, c.want)
		}
	}
}

// Numbers of posts of a list of accounts, and at which of them the list seems
// cut. Where all post about alike, many share a number by chance.
func TestCut(t *testing.T) {
	many := func(n, posts int) (out []int) {
		for range n {
			out = append(out, posts)
		}
		return out
	}
	for _, c := range []struct {
		name   string
		counts []int
		want   []int
	}{
		{"the last 200 and the last 20 posts", slices.Concat(many(12, 200), many(9, 20), []int{4, 17, 28, 30, 41, 66, 78, 113, 142, 165, 195}), []int{20, 200}},
		{"about 20 posts each", slices.Concat(many(5, 18), many(6, 19), many(7, 20), many(6, 21), many(5, 22), []int{23, 25}), nil},
		{"three that share a number by chance", slices.Concat(many(3, 57), []int{20, 90, 400}), nil},
		{"three at the most", slices.Concat(many(3, 57), []int{20, 33}), []int{57}},
	} {
		all := collection{lists: map[string]map[account]int{"s": {}}}
		for i, n := range c.counts {
			all.lists["s"][account{"x", fmt.Sprint(i)}] = n
		}
		seen := map[int]bool{}
		for of, n := range all.lists["s"] {
			if all.cut("s", of) != "" {
				seen[n] = true
			}
		}
		if got := slices.Sorted(maps.Keys(seen)); !slices.Equal(got, c.want) {
			t.Errorf("%s: cut at %v, want %v", c.name, got, c.want)
		}
	}
}

// An account whose posts reach back before the study window was seen whole in it,
// however its export was cut.
func TestCutBeforeTheWindow(t *testing.T) {
	jan := day("2024-01-01T00:00:00Z")
	src := study.Source{ID: "s", Coverage: study.Coverage{From: some(jan - 100), To: some(jan + 31), Completeness: "all"}}
	all := &collection{lists: map[string]map[account]int{"s": {{"x", "@mfa"}: 200, {"x", "2"}: 200, {"x", "3"}: 200}}}
	mfa := accountOf("mfa")
	for first, want := range map[datasets.Day]bool{jan - 3: false, jan + 3: true} {
		held := map[string]*study.Capture{"s": {First: some(first.Micros())}}
		if _, doubt := covered([]study.Source{src}, &mfa, held, all, jan.Micros()); strings.Contains(doubt, datasets.SeemsCut) != want {
			t.Errorf("first post on %s: %q", first, doubt)
		}
	}
}

// Weeks begin on Monday and are cut at the ends of the window: 2024-02-01 is a
// Thursday, and February 2024 has 29 days.
func TestPeriods(t *testing.T) {
	from, to := day("2024-02-01T00:00:00Z"), day("2024-03-03T00:00:00Z")
	var got []string
	for _, s := range calendar(from, to) {
		got = append(got, fmt.Sprint(s.kind, " ", s.from, " ", s.to))
	}
	want := []string{"month 2024-02-01 2024-03-01", "month 2024-03-01 2024-03-03", "week 2024-02-01 2024-02-05", "week 2024-02-05 2024-02-12", "week 2024-02-12 2024-02-19", "week 2024-02-19 2024-02-26", "week 2024-02-26 2024-03-03",
		"window 2024-02-01 2024-03-03"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if c := calendar(from, from); c != nil {
		t.Errorf("no window has no periods, got %v", c)
	}
}

// By hand: 100 followers on day 0, 200 on day 10, nothing else. Over days 0 to
// 20 the line rises for ten days (mean 150) and stays at 200: 175. The reading
// of 0 is none.
func TestFollowersOverTime(t *testing.T) {
	s := func(when string, n int64) datasets.AccountSnapshot { return snapshot("a", when, n, -1) }
	snapshots := []datasets.AccountSnapshot{s("2024-01-01T00:00:00Z", 100), s("2024-01-05T00:00:00Z", 0), s("2024-01-11T00:00:00Z", 200)}
	from, to := moment("2024-01-01T00:00:00Z"), moment("2024-01-21T00:00:00Z")
	shown := seriesOf(snapshots)
	near(t, "now", shown.last(), 200, 0)
	near(t, "mean", shown.mean(from, to), 175, 1e-9)
	if none := seriesOf(snapshots[1:2]); none.last().OK || none.mean(from, to).OK {
		t.Error("0 followers is no denominator")
	}
}

// CrowdTangle's score by its definition: 40 posts with 10 interactions expect
// 10 (the middle half of the posts before); 20 is 2 times, 5 is -2 times, 0 is
// -2*10; the 20th post of a type has too few before it.
func TestScores(t *testing.T) {
	c := &collected{platform: "x", id: "1"}
	add := func(n int64, media string) {
		c.posts = append(c.posts, &metrics.Post{ID: fmt.Sprintf("%03d", len(c.posts)), Type: datasets.Original, Media: media, At: datasets.Micros(len(c.posts)), Interactions: some(n)})
	}
	for range 40 {
		add(10, "photo")
	}
	add(20, "photo")
	add(5, "photo")
	add(0, "photo")
	add(7, "video")
	c.posts = append(c.posts, &metrics.Post{ID: "repost", Type: datasets.Repost})
	got := scores(c, nil)
	if len(got) != 44 {
		t.Fatalf("%d scores, want 44: a repost has none", len(got))
	}
	for i, want := range map[int]float64{20: 1, 40: 2, 41: -2, 42: -20} {
		near(t, fmt.Sprint("score ", i), got[i].Score, want, 1e-12)
	}
	near(t, "log ratio", got[42].LogRatio, -math.Log2(11), 1e-12)
	for _, i := range []int{19, 43} {
		if got[i].Score.OK || !got[i].Absent.OK {
			t.Errorf("post %d has a score from %d posts before it", i, got[i].NPrior)
		}
	}
}

// The middle half of the last hundred, kept by size as it slides, is what
// sorting them each time gives.
func TestRecentIsTheMiddleOfTheLastHundred(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(rapid.Float64Range(0, 5), 20, 300).Draw(t, "x")
		for i := range all {
			all[i] = math.Floor(all[i])
		}
		r := &recent{}
		for _, x := range all {
			r.add(x)
		}
		last := slices.Sorted(slices.Values(all[max(0, len(all)-prior):]))
		cut := len(last) / 4
		var sum float64
		for _, x := range last[cut : len(last)-cut] {
			sum += x
		}
		if want := sum / float64(len(last)-2*cut); math.Abs(r.middleMean()-want) > 1e-9 {
			t.Fatalf("got %v, want %v", r.middleMean(), want)
		}
	})
}

func rows[R any](r ...R) iter.Seq2[[]R, error] {
	return func(yield func([]R, error) bool) {
		for i := range r { // batches of one, the hardest case
			if !yield(r[i:i+1], nil) {
				return
			}
		}
	}
}

// What several tables of two years say of a post is put together under it, and
// the accounts come in the order of their key.
func TestAccountsAcrossYears(t *testing.T) {
	post := func(id, account, created, observed string, like int64, kind string) datasets.Post {
		return datasets.Post{Platform: "x", AccountID: account, PostID: id, CreatedAt: some(moment(created)), ObservedAt: some(moment(observed)), PostType: kind,
			Counts: datasets.Counts{Like: some(like), Comment: some(int64(0)), Share: some(int64(0)), Quote: some(int64(0))}, Source: "s"}
	}
	seen := func(p datasets.Post, observed string, like int64) datasets.PostSnapshot {
		c := p.Counts
		c.Like = some(like)
		return datasets.PostSnapshot{Platform: p.Platform, AccountID: p.AccountID, PostID: p.PostID, CreatedAt: p.CreatedAt, ObservedAt: some(moment(observed)), Counts: c, Source: "s"}
	}
	a1 := post("1", "a", "2023-12-30T00:00:00Z", "2024-02-01T00:00:00Z", 30, datasets.Original)
	a2 := post("2", "a", "2024-01-02T00:00:00Z", "2024-01-05T00:00:00Z", 5, datasets.Original)
	a3 := post("3", "a", "2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z", 0, datasets.Repost)
	a3.Counts = datasets.Counts{}
	b1 := post("9", "b", "2023-12-01T00:00:00Z", "2024-01-01T00:00:00Z", 1, datasets.Reply)
	undated := post("0", "a", "2023-12-01T00:00:00Z", "2024-01-01T00:00:00Z", 1, datasets.Reply)
	undated.CreatedAt = datasets.None[datasets.Micros]()
	none := func() Partition {
		return Partition{rows[datasets.Post](), rows[datasets.Post](), rows[datasets.PostContext](), rows[datasets.PostSnapshot](), rows[datasets.CrossPost](), rows[datasets.PostTopic]()}
	}
	y23, y24, unknown := none(), none(), none()
	y23.Posts = rows(a1, b1)
	// Three days after posting it had 12, eight days after 20, later 30: 20 count.
	y23.Snapshots = rows(seen(a1, "2024-01-02T00:00:00Z", 12), seen(a1, "2024-01-07T00:00:00Z", 20), seen(a1, "2024-02-01T00:00:00Z", 30))
	y23.Contexts = rows(datasets.PostContext{Platform: "x", AccountID: "a", PostID: "1", Followers: some(1000.0), LocalDate: some(day("2023-12-30T00:00:00Z")), LocalHour: some(int64(5)), LocalWeekday: some(int64(6))})
	y23.Cross = rows(datasets.CrossPost{Platform: "x", AccountID: "a", PostID: "1", OtherPlatform: "telegram", OtherPostID: "1"}, datasets.CrossPost{Platform: "x", AccountID: "a", PostID: "1", OtherPlatform: "telegram", OtherPostID: "2"})
	y24.Posts = rows(a2, a3)
	y24.Topics = rows(datasets.PostTopic{Platform: "x", AccountID: "a", PostID: "2", Topic: "culture"}, datasets.PostTopic{Platform: "x", AccountID: "a", PostID: "2", Topic: "visits"})
	unknown.Posts = rows(undated)
	collect := func(scratch string) (got []*collected) {
		for c, err := range accounts([]Partition{y24, y23, unknown}, &metrics.Setting{}, scratch) {
			if err != nil {
				t.Fatal(err)
			}
			c.slabs, c.room = nil, nil
			got = append(got, c)
		}
		return got
	}
	scratch := t.TempDir()
	got := collect("")
	if through := collect(scratch); !reflect.DeepEqual(through, got) {
		t.Errorf("through files: got %v, want %v", through, got)
	}
	if left, err := os.ReadDir(scratch); err != nil || len(left) > 0 {
		t.Errorf("files are left: %v, %v", left, err)
	}
	if len(got) != 2 || got[0].id != "a" || got[1].id != "b" || got[0].undated != 1 {
		t.Fatalf("got %v", got)
	}
	var order []string
	for _, p := range got[0].posts {
		order = append(order, p.ID)
	}
	if !slices.Equal(order, []string{"1", "3", "2"}) {
		t.Errorf("posts in the order %v, want that of time", order)
	}
	p := got[0].posts[0]
	if p.Counts.Like != some(int64(20)) || p.Interactions != some(int64(20)) || p.AgeDays != some(8.0) {
		t.Errorf("counts at the age of a week: %+v", p)
	}
	if p.Followers != some(1000.0) || !p.Local || p.Hour != 5 || p.Weekday != 6 || !slices.Equal(p.Cross, []string{"telegram"}) {
		t.Errorf("context: %+v", p)
	}
	if p := got[0].posts[2]; p.Interactions != some(int64(5)) || p.AgeDays != some(3.0) || !slices.Equal(p.Topics, []string{"culture", "visits"}) {
		t.Errorf("a young post keeps its latest counts and its topics: %+v", p)
	}
	if p := got[0].posts[1]; p.Interactions.OK || p.AgeDays.OK {
		t.Errorf("a repost has interactions: %+v", p)
	}
}

// An account that study.toml names as covered and that did not post has a rate
// of 0; one that nothing was collected of has none, and the row says so; where
// posts have no time, nothing tells what was not posted.
func TestSilentAccounts(t *testing.T) {
	p := datasets.Post{Platform: "x", AccountID: "@talks", PostID: "1", CreatedAt: some(moment("2024-01-10T00:00:00Z")), ObservedAt: some(moment("2024-02-01T00:00:00Z")), PostType: datasets.Original, Source: "s"}
	undated := datasets.Post{Platform: "x", AccountID: "@undated", PostID: "2", PostType: datasets.Original, Source: "s"}
	stated := func(c study.Coverage) study.Coverage {
		c.From, c.To, c.Completeness = some(day("2024-01-01T00:00:00Z")), some(day("2024-02-01T00:00:00Z")), "all"
		return c
	}
	in := &Input{Accounts: []datasets.Account{accountOf("other"), accountOf("silent"), accountOf("talks"), accountOf("undated")}, Setting: &metrics.Setting{},
		From: day("2024-01-01T00:00:00Z"), To: day("2024-02-01T00:00:00Z"),
		Sources:   []study.Source{{ID: "s", Coverage: stated(study.Coverage{}), Accounts: []study.Coverage{stated(study.Coverage{Handle: "silent"})}}},
		Countries: [][]Partition{{{rows(p, undated), rows(p, undated), rows[datasets.PostContext](), rows[datasets.PostSnapshot](), rows[datasets.CrossPost](), rows[datasets.PostTopic]()}}}}
	out, err := Run(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]datasets.Value{}
	for _, v := range values(out) {
		if v.Metric == "posts_per_month" && v.Part == "observed" && v.PeriodKind == metrics.Whole {
			got[v.AccountID] = v
		}
	}
	near(t, "silent", got["@silent"].Value, 0, 0)
	near(t, "talks", got["@talks"].Value, 30.4375/31, 1e-12)
	for id, why := range map[string]string{"@other": "study.toml states no coverage of the account", "@undated": "posts without a time: 1, which may lie in any period"} {
		if v := got[id]; v.Metric == "" || v.Value.OK || v.Flag.V != why {
			t.Errorf("%s: got %+v, want an absent value with %q", id, v, why)
		}
	}
}

// An error while reading is the error of the run.
func TestRunStopsAtAnError(t *testing.T) {
	broken := Partition{Collected: rows[datasets.Post](), Posts: func(yield func([]datasets.Post, error) bool) { yield(nil, fmt.Errorf("disk")) }, Contexts: rows[datasets.PostContext](),
		Snapshots: rows[datasets.PostSnapshot](), Cross: rows[datasets.CrossPost](), Topics: rows[datasets.PostTopic]()}
	if _, err := Run(context.Background(), &Input{Countries: [][]Partition{{broken}}, Setting: &metrics.Setting{}}); err == nil || err.Error() != "disk" {
		t.Errorf("got %v", err)
	}
}
