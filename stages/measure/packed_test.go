package measure

import (
	"context"
	"fmt"
	"iter"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"diplometrics/datasets"
	"diplometrics/stages/measure/metrics"
	"diplometrics/stages/sample"
	"diplometrics/stages/study"

	"pgregory.net/rapid"
)

func anyOpt[T any](t *rapid.T, g *rapid.Generator[T]) (o datasets.Opt[T]) {
	if rapid.Bool().Draw(t, "ok") {
		return some(g.Draw(t, "v"))
	}
	return o
}

// What is packed comes out as it was, one row after the other.
func TestPackedRows(t *testing.T) {
	ints, floats := rapid.Int64(), rapid.Float64Range(-1e300, 1e300)
	text := rapid.SampledFrom([]string{"", "s", "month", "window", "ü; 3 posts", strings.Repeat("long ", 99)})
	days := rapid.Custom(func(t *rapid.T) datasets.Day { return datasets.Day(rapid.Int32Range(-1e6, 1e6).Draw(t, "day")) })
	rapid.Check(t, func(t *rapid.T) {
		var e encoder
		var values []datasets.Value
		var periods []datasets.AccountPeriod
		var points []datasets.Curve
		var posts []metrics.Post
		for range rapid.IntRange(0, 5).Draw(t, "rows") {
			v := datasets.Value{PeriodKind: text.Draw(t, "kind"), PeriodStart: days.Draw(t, "from"), PeriodEnd: days.Draw(t, "to"), Value: anyOpt(t, floats), Low: anyOpt(t, floats), High: anyOpt(t, floats),
				CILow: anyOpt(t, floats), CIHigh: anyOpt(t, floats), Uncertainty: text.Draw(t, "uncertainty"), N: ints.Draw(t, "n"), NObserved: ints.Draw(t, "observed"), ExposureDays: anyOpt(t, floats), Source: text.Draw(t, "source")}
			if f := text.Draw(t, "flag"); f != "" {
				v.Flag = some(f)
			}
			values = append(values, v)
			e.value(&row{0, metrics.Value{Kind: v.PeriodKind, From: v.PeriodStart, To: v.PeriodEnd, V: v.Value, Low: v.Low, High: v.High, CI: sample.Interval{Low: v.CILow, High: v.CIHigh},
				Uncertainty: v.Uncertainty, N: v.N, NObserved: v.NObserved, ExposureDays: v.ExposureDays, Flag: v.Flag.V, Source: v.Source}})

			p := datasets.AccountPeriod{Basis: text.Draw(t, "basis"), PeriodKind: text.Draw(t, "kind"), PeriodStart: days.Draw(t, "from"), PeriodEnd: days.Draw(t, "to"), Source: text.Draw(t, "source"), Flag: anyOpt(t, text)}
			for _, o := range periodCounts(&p) {
				*o = anyOpt(t, ints)
			}
			for _, o := range periodFloats(&p) {
				*o = anyOpt(t, floats)
			}
			periods = append(periods, p)
			e.period(&p)

			c := datasets.Curve{Series: text.Draw(t, "series"), X: floats.Draw(t, "x"), Y: some(floats.Draw(t, "y")), N: ints.Draw(t, "n")}
			points = append(points, c)
			e.point(&c)

			q := metrics.Post{ID: text.Draw(t, "id"), At: datasets.Micros(ints.Draw(t, "at")), Type: text.Draw(t, "type"), Media: text.Draw(t, "media"), AgeDays: anyOpt(t, floats), Followers: anyOpt(t, floats),
				Rounded: rapid.Bool().Draw(t, "rounded"), Local: rapid.Bool().Draw(t, "local"), Language: text.Draw(t, "language"), Given: text.Draw(t, "given"),
				Topics: rapid.SliceOfN(text, 1, 3).Draw(t, "topics"), Cross: rapid.SliceOfN(text, 1, 3).Draw(t, "cross")}
			for _, o := range postCounts(&q) {
				*o = anyOpt(t, ints)
			}
			if q.Local {
				q.Date, q.Hour, q.Weekday = days.Draw(t, "date"), rapid.Int8Range(0, 23).Draw(t, "hour"), rapid.Int8Range(1, 7).Draw(t, "weekday")
			}
			for i := range q.Shares {
				q.Shares[i] = rapid.SampledFrom([]float64{0, 0.25, 1}).Draw(t, "share")
			}
			posts = append(posts, q)
			e.post(&q)
		}
		d := decoder{b: e.b, whole: string(e.b), known: map[string]string{}}
		for i := range values {
			var v datasets.Value
			var p datasets.AccountPeriod
			var c datasets.Curve
			var q metrics.Post
			d.value(&v)
			d.period(&p)
			d.point(&c)
			d.post(&q)
			if v != values[i] || p != periods[i] || c != points[i] || !reflect.DeepEqual(q, posts[i]) {
				t.Fatalf("got\n%+v\n%+v\n%+v\n%+v, want\n%+v\n%+v\n%+v\n%+v", v, p, c, q, values[i], periods[i], points[i], posts[i])
			}
		}
		if len(d.b) > 0 {
			t.Fatalf("%d bytes are left", len(d.b))
		}
	})
}

// The lists of what is packed of a period name every number of it: one that is
// left out would come out as absent. By reflection over the fields.
func TestPackedPeriodsAreWhole(t *testing.T) {
	var p datasets.AccountPeriod
	var count func(v reflect.Value) int
	count = func(v reflect.Value) (n int) {
		switch v.Interface().(type) {
		case datasets.Opt[int64], datasets.Opt[float64]:
			return 1
		case datasets.Opt[string]:
			return 0
		}
		if v.Kind() == reflect.Struct {
			for i := range v.NumField() {
				n += count(v.Field(i))
			}
		}
		return n
	}
	if got, want := len(periodCounts(&p))+len(periodFloats(&p)), count(reflect.ValueOf(p)); got != want {
		t.Errorf("%d numbers are packed, a period has %d", got, want)
	}
	if len(periodCounts(&p)) > 32 || len(periodFloats(&p)) > 8 {
		t.Error("the bits of the numbers overlap")
	}
}

// manyAccounts is an input of accounts in two countries and three partitions
// each, with snapshots, on two platforms, in no order of platforms.
func manyAccounts(accounts int) *Input {
	from := day("2024-01-01T00:00:00Z")
	in := &Input{From: from, To: from + 60, Setting: &metrics.Setting{}, Sources: []study.Source{{ID: "s", Coverage: study.Coverage{From: some(from), To: some(from + 50), Completeness: "all"}}}}
	var snapshots []datasets.AccountSnapshot
	var posts [2][3][]datasets.Post
	var contexts [2][3][]datasets.PostContext
	for i := range accounts {
		a := datasets.Account{Platform: []string{"telegram", "x"}[i*2/accounts], AccountID: fmt.Sprintf("%03d", i), Organization: fmt.Sprint(i % 7), Country: some([]string{"KAZ", "UZB"}[i%2])}
		in.Accounts = append(in.Accounts, a)
		for k := range 5 {
			n := some(int64(1000 + 10*i + k*k))
			snapshots = append(snapshots, datasets.AccountSnapshot{Platform: a.Platform, AccountID: a.AccountID, ObservedAt: (from + datasets.Day(9*k)).Micros(), ObservedPrecision: "second", Followers: datasets.Shown{V: n, Low: n, High: n}, Source: "f"})
		}
		if i%5 == 4 {
			continue // silent
		}
		for k := range 3 + i%40 {
			part := k % 3
			at := from.Micros() + datasets.Micros((i*7919+k*104_729)%(60*86_400))*1_000_000
			p := datasets.Post{Platform: a.Platform, AccountID: a.AccountID, PostID: fmt.Sprintf("%06d", k), CreatedAt: some(at), ObservedAt: some(at + 30*86_400_000_000), PostType: []string{datasets.Original, datasets.Repost, datasets.Reply}[k%3], Source: "s"}
			if p.PostType != datasets.Repost {
				n := some(int64((i + k) % 9))
				p.Counts = datasets.Counts{Like: n, Comment: n, Share: n, Quote: n, View: n}
			}
			posts[i%2][part] = append(posts[i%2][part], p)
			contexts[i%2][part] = append(contexts[i%2][part], datasets.PostContext{Platform: a.Platform, AccountID: a.AccountID, PostID: p.PostID, Followers: some(1000.0 + float64(k)), Language: some("kk")})
		}
	}
	in.Snapshots = rows(snapshots...)
	for c := range posts {
		var parts []Partition
		for y := range posts[c] {
			parts = append(parts, Partition{rows(posts[c][y]...), rows(posts[c][y]...), rows(contexts[c][y]...), rows[datasets.PostSnapshot](), rows[datasets.CrossPost](), rows[datasets.PostTopic]()})
		}
		in.Countries = append(in.Countries, parts)
	}
	return in
}

// Neither the number of workers nor the way through files, of all accounts or
// of some, changes a row, nor that tables are read side by side, and every table
// is in the order of its key.
func TestWorkersAndScratch(t *testing.T) {
	type tables struct {
		values  []datasets.Value
		periods []datasets.AccountPeriod
		counts  []datasets.InteractionCount
		curves  []datasets.Curve
		scores  [2][]datasets.PostScore
		undated int64
	}
	measured := func(workers int, scratch string, held int) (got tables) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(workers))
		in := manyAccounts(60)
		in.Scratch, in.held = scratch, held
		in.Scores = func(country int, rows []datasets.PostScore) error {
			got.scores[country] = append(got.scores[country], rows...)
			return nil
		}
		out, err := Run(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		defer out.Close()
		must := func(err error) {
			if err != nil {
				t.Fatal(err)
			}
		}
		var read sync.WaitGroup
		read.Go(func() {
			var err error
			if got.values, err = collect(out.Values()); err != nil {
				t.Error(err)
			}
		})
		got.periods, err = collect(out.Periods())
		must(err)
		got.counts, err = collect(out.Counts())
		must(err)
		got.curves, err = collect(out.Curves())
		must(err)
		read.Wait()
		if left, err := os.ReadDir(scratch); scratch != "" && (err != nil || (len(left) > 0) != (held > 0)) {
			t.Errorf("%d files in the scratch folder with %d bytes held, %v", len(left), held, err)
		}
		if out.Rows != int64(len(got.values)) {
			t.Errorf("%d values, said to be %d", len(got.values), out.Rows)
		}
		return got
	}
	want := measured(1, "", 0)
	for _, err := range []error{datasets.Values.Sorted(want.values), datasets.AccountPeriods.Sorted(want.periods), datasets.InteractionCounts.Sorted(want.counts),
		datasets.AccountCurves.Sorted(want.curves), datasets.PostScores.Sorted(want.scores[0]), datasets.PostScores.Sorted(want.scores[1])} {
		if err != nil {
			t.Error(err)
		}
	}
	if len(want.values) < 15_000 || len(want.periods) < 500 || len(want.counts) < 200 || len(want.curves) < 200 || len(want.scores[1]) < 200 {
		t.Fatalf("too little to compare: %d, %d, %d, %d, %d", len(want.values), len(want.periods), len(want.counts), len(want.curves), len(want.scores[1]))
	}
	for _, workers := range []int{1, 2, 5} {
		for _, held := range []int{0, 1, 100_000} {
			if got := measured(workers, t.TempDir(), held); !reflect.DeepEqual(got, want) {
				t.Errorf("other rows with %d workers, a scratch folder and %d bytes held", workers, held)
			}
		}
	}
}

// spoiled yields batches whose rows are something else once the next one comes.
func spoiled[R any](all iter.Seq2[[]R, error], other R) iter.Seq2[[]R, error] {
	return func(yield func([]R, error) bool) {
		for batch, err := range all {
			batch = slices.Clone(batch)
			if !yield(batch, err) {
				return
			}
			for i := range batch {
				batch[i] = other
			}
		}
	}
}

// No row is kept beyond its batch, and the posts of an account may come in any
// order.
func TestBatchesAreNotKept(t *testing.T) {
	measured := func(in *Input) ([]datasets.Value, []datasets.PostScore) {
		var scores []datasets.PostScore
		in.Scores = func(_ int, rows []datasets.PostScore) error {
			scores = append(scores, rows...)
			for i := range rows {
				rows[i] = datasets.PostScore{PostID: "another"}
			}
			return nil
		}
		out, err := Run(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		return values(out), scores
	}
	want, wantScores := measured(manyAccounts(60))
	in := manyAccounts(60)
	in.Snapshots = spoiled(in.Snapshots, datasets.AccountSnapshot{Platform: "x", AccountID: "another", Source: "another"})
	for _, partitions := range in.Countries {
		for i := range partitions {
			p := &partitions[i]
			posts, err := collect(p.Posts)
			if err != nil {
				t.Fatal(err)
			}
			slices.SortFunc(posts, func(a, b datasets.Post) int { return datasets.PostsByTime.Compare(&a, &b) })
			p.Posts = spoiled(rows(posts...), datasets.Post{Platform: "x", AccountID: "another", PostID: "another"})
			p.Contexts = spoiled(p.Contexts, datasets.PostContext{Platform: "x", AccountID: "another", PostID: "another"})
		}
	}
	if got, gotScores := measured(in); !slices.Equal(got, want) || !slices.Equal(gotScores, wantScores) {
		t.Errorf("%d values and %d scores, which are not the %d and %d of batches that stay", len(got), len(gotScores), len(want), len(wantScores))
	}
}

// An error of whoever takes the scores ends the run, and so does one account
// whose posts lie in two countries.
func TestRunEnds(t *testing.T) {
	in := manyAccounts(60)
	taken := 0
	in.Scores = func(int, []datasets.PostScore) error {
		if taken++; taken == 3 {
			return fmt.Errorf("disk full")
		}
		return nil
	}
	if _, err := Run(context.Background(), in); err == nil || err.Error() != "disk full" || taken != 3 {
		t.Errorf("got %v after %d", err, taken)
	}
	in = manyAccounts(20)
	in.Countries = append(in.Countries, in.Countries[0])
	if _, err := Run(context.Background(), in); err == nil || !strings.Contains(err.Error(), "two countries") {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Run(ctx, manyAccounts(20)); err != context.Canceled {
		t.Errorf("got %v", err)
	}
}

// Two values of one key are an error, and so is a part that is not declared.
func TestTwoValuesOfOneKey(t *testing.T) {
	m := &measuring{in: &Input{}, accounts: make([]known, 1)}
	w := m.newWorker()
	metric := &emitted{metric: &metrics.Metric{Name: "m", Parts: []metrics.Part{{Name: "p"}}}}
	for _, from := range []datasets.Day{3, 1, 3} {
		if err := w.emit(metric, "p", &metrics.Value{Kind: metrics.Week, From: from}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.pack(&measured{}); err == nil || !strings.Contains(err.Error(), `metric m: emits two values of part "p"`) {
		t.Errorf("got %v", err)
	}
	if err := w.emit(metric, "q", &metrics.Value{}); err == nil || !strings.Contains(err.Error(), "does not declare") {
		t.Errorf("got %v", err)
	}
}

// The mean over a period is that of the straight lines, knot by knot over the
// whole series.
func TestMeanOfSeries(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s series
		at := datasets.Micros(0)
		for range rapid.IntRange(1, 12).Draw(t, "snapshots") {
			at += datasets.Micros(rapid.Int64Range(1, 40).Draw(t, "apart"))
			s.at, s.count = append(s.at, at), append(s.count, float64(rapid.Int64Range(1, 1_000_000).Draw(t, "count")))
		}
		from := datasets.Micros(rapid.Int64Range(-20, 500).Draw(t, "from"))
		to := from + datasets.Micros(rapid.Int64Range(1, 200).Draw(t, "length"))
		line := func(t datasets.Micros) float64 {
			i, _ := slices.BinarySearch(s.at, t)
			switch {
			case i == 0:
				return s.count[0]
			case i == len(s.at):
				return s.count[len(s.at)-1]
			}
			share := float64(t-s.at[i-1]) / float64(s.at[i]-s.at[i-1])
			return s.count[i-1] + share*(s.count[i]-s.count[i-1])
		}
		knots := []datasets.Micros{from}
		for _, t := range s.at {
			if from < t && t < to {
				knots = append(knots, t)
			}
		}
		knots = append(knots, to)
		var area float64
		for i := 1; i < len(knots); i++ {
			area += (line(knots[i-1]) + line(knots[i])) / 2 * float64(knots[i]-knots[i-1])
		}
		if got, want := s.mean(from, to), area/float64(to-from); got != some(want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// Days that come in any order are kept once, in little room.
func TestDaysOfPlace(t *testing.T) {
	var p place
	want := map[datasets.Day]bool{}
	for i := range 100_000 {
		d := datasets.Day(i * 7919 % 365)
		p.add(d)
		want[d] = true
	}
	if cap(p.days) > 2048 {
		t.Errorf("room for %d days", cap(p.days))
	}
	p.tidy()
	if len(p.days) != len(want) || !slices.IsSorted(p.days) {
		t.Errorf("%d days, want %d", len(p.days), len(want))
	}
}
