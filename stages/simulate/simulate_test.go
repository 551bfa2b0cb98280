package simulate

import (
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters"
	"diplometrics/stages/study"
)

var update = flag.Bool("update", false, "rewrite testdata")

func nothing(int, int) {}

func parameters(t *testing.T) *Parameters {
	t.Helper()
	p, err := ReadParameters("parameters.toml", DefaultParameters)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// hashes returns the hash of every file of a folder by its name.
func hashes(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		out[rel] = fmt.Sprintf("%x", sha256.Sum256(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The same seed gives the same bytes on any number of cores, another seed others.
func TestSameSeedSameBytes(t *testing.T) {
	write := func(seed uint64, cores int) map[string]string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		dir := t.TempDir()
		if _, err := Run(context.Background(), dir, Options{Seed: seed, Accounts: 24, Months: 2}, nothing); err != nil {
			t.Fatal(err)
		}
		return hashes(t, dir)
	}
	one := write(7, 1)
	if len(one) < 30 {
		t.Errorf("only %d files", len(one))
	}
	for name, sum := range write(7, 4) {
		if one[name] != sum {
			t.Errorf("%s differs between one core and four", name)
		}
	}
	if maps.Equal(one, write(8, 4)) {
		t.Error("another seed gives the same files")
	}
}

// A simulation replaces what one wrote, and nothing else.
func TestOnlySimulationsAreReplaced(t *testing.T) {
	o := Options{Seed: 1, Accounts: 3, Months: 1}
	try := func(dir string) error {
		_, err := Run(context.Background(), dir, o, nothing)
		return err
	}
	dir := t.TempDir()
	if err := try(dir); err != nil {
		t.Fatal(err)
	}
	first := hashes(t, dir)
	before, err := os.Stat(filepath.Join(dir, studyFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := try(dir); err != nil {
		t.Errorf("again: %v", err)
	}
	if after, err := os.Stat(filepath.Join(dir, studyFile)); err != nil || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("study.toml was written anew though it did not change: %v", err)
	}
	if !maps.Equal(first, hashes(t, dir)) {
		t.Error("again gives other files, or leaves some behind")
	}
	for _, c := range []struct{ name, text, want string }{
		{"raw/x/mine.jsonl", "mine", "raw/x/mine.jsonl is there, and no simulation wrote it"},
		{"truth/notes.txt", "mine", "truth/notes.txt is there, and no simulation wrote it"},
		{"raw/sheets/followers.xlsx", "mine", "raw/sheets/followers.xlsx was changed since it was simulated"},
		{"study.toml", header + "\nmine", "study.toml was changed since it was simulated"},
		{"events.csv", "mine", "events.csv was changed since it was simulated"},
		{"study.toml", "mine", "study.toml is there, and no simulation wrote it"},
	} {
		path := filepath.Join(dir, c.name)
		old, _ := os.ReadFile(path)
		if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := try(dir); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
		if b, err := os.ReadFile(path); err != nil || string(b) != c.text {
			t.Errorf("%s was changed: %q, %v", c.name, b, err)
		}
		if os.Remove(path); old != nil {
			if err := os.WriteFile(path, old, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, name := range []string{"raw", "accounts.csv", "accounts.xlsx"} {
		other := t.TempDir()
		if err := os.Mkdir(filepath.Join(other, name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := try(other); err == nil || !strings.Contains(err.Error(), name+" is there") {
			t.Errorf("a folder with %s: %v", name, err)
		}
	}
}

// A simulation that is interrupted leaves the folder as it was.
func TestInterrupted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "study")
	ctx, cancel := context.WithCancel(context.Background())
	_, err := Run(ctx, dir, Options{Seed: 1, Accounts: 24, Months: 6}, func(int, int) { cancel() })
	if err == nil {
		t.Fatal("it went on")
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the folder is left: %v", err)
	}
	// One that was killed leaves its scratch, which the next clears away.
	if err := os.MkdirAll(filepath.Join(dir, ".simulating", "raw", "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(context.Background(), dir, Options{Seed: 1, Accounts: 3, Months: 1}, nothing); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, ".simulating")); !os.IsNotExist(err) {
		t.Errorf("the scratch of a killed simulation is left: %v", err)
	}
	// Two at once: the second says so.
	s := &simulation{}
	release, err := s.scratch(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Run(context.Background(), dir, Options{Seed: 1, Accounts: 3, Months: 1}, nothing); err == nil || !strings.Contains(err.Error(), "another simulation is writing there") {
		t.Errorf("two at once: %v", err)
	}
	release()
}

// Every account of the thesis has its process: of a great many accounts of a
// kind in Kazakhstan, the medians are those that its tables print, and the mean
// of the likes of the median account's posts is theirs.
func TestCalibratedOnTheThesis(t *testing.T) {
	// Amrina, Ozganbay and Bekbauova (2024), Tables 2 to 4: followers, posts in
	// five months (152 days), average likes.
	for _, c := range []struct {
		kind, platform         string
		followers, posts, like float64
	}{
		{"regulator", "instagram", 458, 67, 13},
		{"ministry", "instagram", 15100, 210, 101}, {"ministry", "facebook", 22107, 199, 30}, {"ministry", "x", 50800, 630, 20},
		{"embassy", "instagram", 612, 26, 2}, {"embassy", "facebook", 1400, 82, 3}, {"embassy", "x", 295, 47, 0.1},
	} {
		p := parameters(t)
		process := p.Process("KAZ", c.kind, c.platform)
		if process.Followers != c.followers || math.Abs(process.Rate*152-c.posts) > 1e-9 {
			t.Errorf("%s on %s: %v followers, %v posts", c.kind, c.platform, process.Followers, process.Rate*152)
		}
		r := random(1)
		a := Drawn{Followers: process.Followers, Level: process.Level, Zero: p.Spread.ZeroShare, Post: p.Spread.Post}
		var likes float64
		const n = 400_000
		for range n {
			likes += float64(Poisson(r, a.Mean(r, a.Followers)*p.Platforms[c.platform].Like))
		}
		// The standard error of the mean of so many is below one in a hundred.
		if mean := likes / n; math.Abs(mean/c.like-1) > 0.03 {
			t.Errorf("%s on %s: %v likes a post, want %v", c.kind, c.platform, mean, c.like)
		}
	}
}

// The expectations of a process are the means of what it draws.
func TestExpectations(t *testing.T) {
	p := parameters(t)
	for _, kind := range []string{"embassy", "ministry"} {
		for _, platform := range []string{"x", "facebook"} {
			process := p.Process("KGZ", kind, platform)
			r := random(3)
			const accounts, posts = 4000, 60
			var rate, y, zero float64
			var spreadY float64
			for range accounts {
				a := process.Draw(r)
				rate += math.Log(a.Rate*30.4375) / accounts
				var mean, zeros float64
				for range posts {
					i := Poisson(r, a.Mean(r, a.Followers))
					mean += math.Log1p(1000*float64(i)/a.Followers) / posts
					if i == 0 {
						zeros += 1.0 / posts
					}
				}
				y += mean / accounts
				spreadY += mean * mean / accounts
				zero += zeros / accounts
			}
			se := math.Sqrt((spreadY - y*y) / accounts)
			near := func(what string, got, want, tol float64) {
				t.Helper()
				if math.Abs(got-want) > tol {
					t.Errorf("%s on %s: %s: drawn %.4f, expected %.4f, tolerance %.4f", kind, platform, what, got, want, tol)
				}
			}
			near("log rate", rate, process.LogRate(1), 4*0.5/math.Sqrt(accounts))
			near("engagement", y, process.LogEngagement(1), 4*se)
			near("zero share", zero, process.ZeroShare(1), 4*0.5/math.Sqrt(accounts))
		}
	}
}

// Poisson draws have the mean and the variance that they should, on both sides
// of where the method changes.
func TestPoisson(t *testing.T) {
	r := random(5)
	for _, mean := range []float64{0, 0.2, 3, 11.9, 12.1, 300, 2e6} {
		const n = 100_000
		var sum, squares float64
		for range n {
			x := float64(Poisson(r, mean)) - mean
			sum, squares = sum+x, squares+x*x
		}
		se := math.Sqrt(mean / n)
		if math.Abs(sum/n) > 5*se {
			t.Errorf("mean %v: off by %v, standard error %v", mean, sum/n, se)
		}
		if v := squares / n; math.Abs(v-mean) > 0.05*mean {
			t.Errorf("mean %v: variance %v", mean, v)
		}
	}
}

// Posts follow the rhythm: their number is Poisson about what is expected, and
// weekdays and hours have the shares that were set.
func TestRhythm(t *testing.T) {
	s, err := layOut(Options{Seed: 3, Accounts: 12, Months: 12, Posts: 60_000})
	if err != nil {
		t.Fatal(err)
	}
	want := s.expected()
	if math.Abs(want-60_000) > 1 {
		t.Errorf("%v posts expected, asked for 60000", want)
	}
	var got float64
	for _, a := range s.accounts {
		last, n := int64(0), 0.0
		for p := range s.posts(a) {
			if p.at <= last {
				t.Fatalf("%s: post at %d after one at %d", a.Handle, p.at, last)
			}
			if p.deleted > 0 && p.deleted <= p.at {
				t.Errorf("%s: deleted before it was posted", a.Handle)
			}
			last = p.at
			n++
		}
		if math.Abs(n-a.Expected) > 5*math.Sqrt(a.Expected)+2 {
			t.Errorf("%s on %s: %v posts, expected %v", a.Handle, a.Platform, n, a.Expected)
		}
		got += n
	}
	if math.Abs(got-want) > 5*math.Sqrt(want) {
		t.Errorf("%v posts, expected %v", got, want)
	}
}

// The text of a count on a page says what the program reads in it.
func TestOnPage(t *testing.T) {
	for _, platform := range platforms {
		for _, n := range []int64{0, 7, 9_999, 10_000, 10_049, 10_050, 12_345, 50_800, 99_960, 120_000, 2_512_345} {
			shown := onPage(platform, n)
			if shown.Low.V > n || shown.High.V < n {
				t.Errorf("%s: %d shown as %q is %d to %d", platform, n, shown.Text.V, shown.Low.V, shown.High.V)
			}
			read, err := adapters.ParseShown(text(shown))
			if err != nil || read.V != shown.V || read.Low != shown.Low || read.High != shown.High {
				t.Errorf("%s: %d shown as %q is read as %+v, %v", platform, n, text(shown), read, err)
			}
		}
	}
}

// Accounts are divided by the shares of the countries, one and all.
func TestQuotas(t *testing.T) {
	for _, n := range []int{1, 2, 3, 10, 59, 60, 90, 1000} {
		s, err := layOut(Options{Seed: 1, Accounts: n, Months: 1})
		if err != nil {
			t.Fatal(err)
		}
		if len(s.accounts) != n {
			t.Errorf("%d accounts, want %d", len(s.accounts), n)
		}
		by, seen := map[string]float64{}, map[string]bool{}
		for _, a := range s.accounts {
			by[a.Country]++
			for _, k := range []string{a.Platform + a.ID, a.Platform + strings.ToLower(a.Handle)} {
				if seen[k] {
					t.Errorf("%d accounts: %s stands twice", n, k)
				}
				seen[k] = true
			}
			if !strings.HasSuffix(a.Organization, study.SimulatedMark) {
				t.Errorf("%s does not say that it is simulated", a.Organization)
			}
		}
		for _, c := range s.p.Countries {
			if want := c.Share * float64(n); n >= 90 && math.Abs(by[c.Code]-want) > 2.5 {
				t.Errorf("%d accounts: %s has %v, want %v", n, c.Code, by[c.Code], want)
			}
		}
	}
}

// What would take too much, or cannot be, is said before anything is drawn.
func TestTooMuch(t *testing.T) {
	late := parameters(t)
	late.Collection.GapFrom, late.Collection.GapDays = 1, 60
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{Accounts: 9, Months: 200}, "ids of posts on x tell their time from 2011 on, so begin it on 2011-01-01 or later"},
		{Options{Accounts: 100_000, Months: 6}, "rows, more than the 100000 of a sheet"},
		{Options{Accounts: 1, Months: 1, Posts: 10_000_000}, "more than the 5000 that are possible"},
		{Options{Accounts: 60, Months: 3, Parameters: late}, ""},
	} {
		dir := filepath.Join(t.TempDir(), "study")
		_, err := Run(context.Background(), dir, c.o, nothing)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: %v, want %q", c.o, err, c.want)
		}
	}
}

// Counts never fall while they grow, and end as they were meant to.
func TestCountsGrow(t *testing.T) {
	s := &simulation{p: parameters(t)}
	p := &post{at: 1000, counts: datasets.Counts{Like: datasets.Some[int64](1234), View: datasets.Some[int64](5)}}
	last := int64(-1)
	for at := int64(0); at < 9*86400; at += 3600 {
		c := s.countsAt(p, at)
		if c.Like.V < last || c.Comment.OK || c.View.V > 5 {
			t.Fatalf("at %d: %+v after %d", at, c, last)
		}
		last = c.Like.V
	}
	if last != 1234 {
		t.Errorf("ends with %d", last)
	}
}

// Parameters that cannot be used are named.
func TestWrongParameters(t *testing.T) {
	text := string(DefaultParameters)
	for _, c := range []struct{ old, new, want string }{
		{`ends = "2024-07-01"`, `ends = "July"`, "ends: "},
		{`code = "KAZ"`, `code = "KZ"`, "did you mean \"KAZ\"?"},
		{"posting = 1.5", "posting = -1", "country UZB: posting: found -1, expected a number from 0.001 to 1000"},
		{"like = 0.70", "like = 0.90", "platform.x: like, comment, share, quote: found shares that add up to 1.2, expected 1"},
		{"malformed = 0.003", "malformed = 0.5", "collection: malformed: found 0.5, expected a number from 0 to 0.008"},
		{"[growth]", "[grwth]", "grwth"},
		{"kk = 0.40, ru = 0.38", "kz = 0.40, ru = 0.38", "languages: found \"kz\""},
		{"cross = 0.25", "cross = nan", "rhythm: cross: found NaN"},
		{`platform = "telegram"
followers = 350`, `platform = "vk"
followers = 350`, "organization embassy: platforms.telegram: there is no [[account]]"},
		{"posts = 630", `posts = "many"`, "parameters.toml"},
		{"posts = 630", "posts = 0", "account ministry x: posts: found 0"},
		{"[platform.facebook]\n", "[platform.facebook]\nhidden_likes = 0.3\n", "platform.facebook: hidden_likes: found 0.3, but the exports of facebook do not show it"},
		{"photo = 0.55\n", "photo = 0.35\n", "platform.instagram: photo, video, album: found shares that add up to 0.8"},
		{"[platform.telegram]\n", "[platform.telegram]\nquoting = 0.1\n", "platform.telegram: quoting: found 0.1"},
		{"agreements = 1.0", "gardening = 1.0", "topics: gardening: unknown topic"},
		{`id = "trade_forum"`, `id = "water_summit"`, "event: id: found \"water_summit\""},
		{"hour = 5\ncountry = \"KAZ\"", "hour = 5\ncountry = \"ZZZ\"", "event trade_forum: country: found \"ZZZ\""},
		{`short = "mfa"`, `short = "../mfa"`, "organization ministry: short: found \"../mfa\""},
		{`short = "mfa"`, `short = "embassy"`, "that no other organization has"},
	} {
		if !strings.Contains(text, c.old) {
			t.Fatalf("the parameters have no %q", c.old)
		}
		_, err := ReadParameters("parameters.toml", []byte(strings.Replace(text, c.old, c.new, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "parameters.toml") {
			t.Errorf("%q: %v, want %q", c.new, err, c.want)
		}
	}
}

// Every topic has sentences in every language, and every slot something to fill
// it with.
func TestPhrases(t *testing.T) {
	stocks, err := readStock()
	if err != nil {
		t.Fatal(err)
	}
	p := parameters(t)
	for _, l := range languages {
		for topic := range p.Topics {
			if len(stocks[l][topic]) < 4 {
				t.Errorf("%s: %d sentences of %s", l, len(stocks[l][topic]), topic)
			}
		}
		if len(stocks[l]["general"]) < 10 {
			t.Errorf("%s: %d general sentences", l, len(stocks[l]["general"]))
		}
	}
	if !slices.Contains(languages, "uz-Cyrl") {
		t.Error("Uzbek is written in two scripts")
	}
}

// The demo that ships is what the simulator writes: the files in git are those
// of a new simulation, and its raw files move only with the version.
func TestDemo(t *testing.T) {
	const shipped = "../../datasets/demo"
	dir := t.TempDir()
	truth, err := Run(context.Background(), dir, Options{Seed: 2, Accounts: 90, Months: 6}, nothing)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{studyFile, accountsFile, eventsFile, codedFile} {
		want, err := os.ReadFile(filepath.Join(shipped, name))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != string(want) {
			t.Errorf("%s of the demo is not what the simulator writes: simulate it again, with a new version (%v)", name, err)
		}
	}
	if truth.Posts < 18_000 || truth.Posts > 22_000 {
		t.Errorf("%d posts, want about 20000", truth.Posts)
	}
	all := hashes(t, dir)
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if strings.HasSuffix(name, ".xlsx") {
			continue // whose compression may change with Go
		}
		fmt.Fprintf(sum, "%s %s\n", filepath.ToSlash(name), all[name])
	}
	got := fmt.Sprintf("version %d\n%x\n", Version, sum.Sum(nil))
	const ledger = "testdata/demo.txt"
	if *update {
		if err := os.WriteFile(ledger, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(ledger); err != nil || string(want) != got {
		t.Errorf("the files of the demo are %s, %s said %s: raise Version, run this test with -update and simulate the demo again (%v)", got, ledger, want, err)
	}
}

// A hundred thousand posts, in the formats of all platforms.
func BenchmarkSimulate(b *testing.B) {
	for b.Loop() {
		dir := b.TempDir()
		t, err := Run(context.Background(), dir, Options{Seed: 1, Accounts: 90, Months: 6, Posts: 100_000}, nothing)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(t.Posts)/1000, "kposts/op")
	}
}
