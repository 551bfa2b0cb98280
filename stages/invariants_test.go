package stages

import (
	"context"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters"
	"diplometrics/stages/study"
)

// collected is a raw file and what study.toml says of it.
type collected struct {
	file    string // below raw/
	adapter string // "" for a mapping
	text    []byte
	toml    string // of its [[source]], without id, file and title
}

// collectedAt is later than every post of the fixtures.
const collectedAt = "2026-10-31T00:00:00Z"

// byHand are tables that people fill in, one of each adapter for them.
var byHand = map[string]string{
	"account_snapshots_csv": "platform,handle,observed_at,followers\nx,@Hand_One,2024-01-01,50.8K\nx,hand_one,2024-01-01,50.8K\nx,hand_two,2024-02-01,\nx,hand_three,2024-02-01,0\n",
	"account_windows_csv":   "platform,handle,window_from,window_to,posts,counted_by\nx,hand_one,2024-01-01,2024-06-01,47,AB\nx,hand_one,2024-01-01,2024-06-01,47,AB\nx,hand_two,2024-01-01,2024-06-01,0,AB\nx,hand_three,2024-01-01,2024-06-01,3,AB\n",
	"published_csv": "id,source,locator,country,subject,platform,indicator,period,value_text,value,unit\npublished_csv.a,published_csv,T,KAZ,country,,egdi,2022,0.5,0.5,index\n" +
		"published_csv.b,published_csv,T,,study,x,claim,,many,,\npublished_csv.a,published_csv,T,KAZ,country,,egdi,2022,0.5,0.5,index\n",
}

// collections are the fixtures of every adapter and mapping that a study can
// hold, sorted by file.
func collections(t *testing.T) []collected {
	t.Helper()
	shelf := "normalize/adapters/testdata"
	var all []collected
	for _, a := range adapters.All() {
		if text, ok := byHand[a.Name]; ok {
			all = append(all, collected{file: a.Name + ".csv", adapter: a.Name, text: []byte(text)})
			continue
		}
		paths, err := filepath.Glob(filepath.Join(shelf, a.Name, "*"))
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s has no fixtures: %v", a.Name, err)
		}
		for _, path := range paths {
			if strings.HasSuffix(path, ".golden") {
				continue
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			toml := "observed_at = \"" + collectedAt + "\"\nzone = \"Asia/Almaty\"\n"
			if _, on, found := strings.Cut(filepath.Base(path), ".on_"); found {
				on, _, _ = strings.Cut(on, ".")
				toml += "platform = \"" + on + "\"\n"
			}
			if strings.Contains(path, ".mfa_one.") {
				toml += "handle = \"mfa_one\"\n"
			}
			all = append(all, collected{file: a.Name + "/" + filepath.Base(path), adapter: a.Name, text: text, toml: toml})
		}
	}
	cases, err := filepath.Glob(filepath.Join(shelf, "mapping", "*"))
	if err != nil || len(cases) == 0 {
		t.Fatalf("no mappings: %v", err)
	}
	for _, dir := range cases {
		st, err := study.Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		toml, err := os.ReadFile(filepath.Join(dir, "study.toml"))
		if err != nil {
			t.Fatal(err)
		}
		file := st.Sources[0].File
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		_, source, _ := strings.Cut(string(toml), "[[source]]\n")
		source = strings.NewReplacer("id = \"sheet\"\n", "", "file = \""+file+"\"\n", "", "title = \"A sheet\"\n", "",
			"2024-02-01T00:00:00Z", collectedAt).Replace(source)
		all = append(all, collected{file: "mapping/" + filepath.Base(dir) + filepath.Ext(file), text: text, toml: source})
	}
	return all
}

// read reads a collected file as normalize does; nil where it is refused.
func (c *collected) read(t *testing.T, dir string) *adapters.Batch {
	t.Helper()
	st, err := study.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	src := st.Sources[slices.IndexFunc(st.Sources, func(s study.Source) bool { return s.File == "raw/"+c.file })]
	f := adapters.File{Name: filepath.Base(c.file), Observed: src.ObservedAt, Platform: src.Platform, Account: adapters.Ref{Platform: src.Platform, Handle: src.Handle}}
	if src.Zone != "" {
		if f.Zone, err = time.LoadLocation(src.Zone); err != nil {
			t.Fatal(err)
		}
	}
	var a *adapters.Adapter
	if src.Mapping != nil {
		a = adapters.Mapped(src.Mapping)
	} else {
		a = &adapters.All()[slices.IndexFunc(adapters.All(), func(a adapters.Adapter) bool { return a.Name == c.adapter })]
	}
	in, err := adapters.Open(filepath.Join(dir, "raw", c.file), "", "")
	if err != nil {
		return nil
	}
	defer in.Close()
	b, err := a.Read(context.Background(), in, f, 2)
	if err != nil {
		return nil
	}
	return b
}

// writeCollections makes a study of files. Every third account is not in
// accounts.csv.
func writeCollections(t *testing.T, files []collected, accounts string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "study")
	toml := "title = \"Collections\"\ncountries = [\"KAZ\", \"UZB\"]\nwindow = [\"2017-01-01\", \"2024-06-01\"]\nmax_reject_share = 1\n"
	write := func(name string, text []byte) {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range files {
		write("raw/"+c.file, c.text)
		adapter := ""
		if c.adapter != "" {
			adapter = "adapter = \"" + c.adapter + "\"\n"
		}
		toml += "[[source]]\nid = \"" + idOf(c.file) + "\"\nfile = \"raw/" + c.file + "\"\ntitle = \"" + c.file + "\"\n" + adapter + c.toml
	}
	write("study.toml", []byte(toml))
	write("accounts.csv", []byte(accounts))
	return dir
}

// idOf is the source of a file: its name, of what ids can have.
func idOf(file string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToLower(strings.TrimSuffix(file, ".csv")))
}

// accountName is how a row of accounts.csv names an account.
func accountName(r adapters.Ref) string {
	if r.ID != "" {
		return r.Platform + "," + r.ID + ","
	}
	return r.Platform + ",," + strings.ToLower(r.Handle)
}

// accountsOf is an accounts.csv of the accounts that the files name, without
// every third of those that are not all that an adapter has.
func accountsOf(t *testing.T, dir string, files []collected) (text string, readable []collected) {
	t.Helper()
	of := map[string]map[string]bool{} // adapters that name an account
	left := map[string]map[string]bool{}
	for _, c := range files {
		b := c.read(t, dir)
		if b == nil {
			continue
		}
		readable = append(readable, c)
		add := func(r adapters.Ref) {
			name := accountName(r)
			if of[name] == nil {
				of[name] = map[string]bool{}
			}
			if left[c.adapter] == nil {
				left[c.adapter] = map[string]bool{}
			}
			of[name][c.adapter], left[c.adapter][name] = true, true
		}
		for _, r := range b.Posts {
			add(r.Ref)
		}
		for _, r := range b.Snapshots {
			add(r.Ref)
		}
		for _, r := range b.Windows {
			add(r.Ref)
		}
	}
	text = "platform,account_id,handle,country\n"
	for i, name := range slices.Sorted(maps.Keys(of)) {
		needed := strings.HasSuffix(name, ",,mfa_one") // that study.toml names: some files have no other
		for a := range of[name] {
			needed = needed || len(left[a]) == 1
		}
		if i%3 < 2 || needed {
			text += name + "," + []string{"KAZ", "UZB"}[i%2] + "\n"
			continue
		}
		for a := range of[name] {
			delete(left[a], name)
		}
	}
	return text, readable
}

// largest returns the n largest files of each adapter and every mapping: small
// ones add time, and nothing that the others lack.
func largest(files []collected, n int) []collected {
	files = slices.Clone(files)
	slices.SortStableFunc(files, func(a, b collected) int { return len(b.text) - len(a.text) })
	taken := map[string]int{}
	return slices.DeleteFunc(files, func(c collected) bool {
		taken[c.adapter]++
		return c.adapter != "" && taken[c.adapter] > n
	})
}

// Of the files of every adapter, each record is kept, merged, filtered or
// rejected; what is kept and rejected stands in the tables.
func TestRecordsAreAccountedFor(t *testing.T) {
	files := collections(t)
	dir := writeCollections(t, files, "")
	accounts, files := accountsOf(t, dir, files)
	files = largest(files, 2)
	dir = writeCollections(t, files, accounts)
	runStudy(t, dir, "normalize")

	posts, snapshots, windows, published, rejects := map[string]int64{}, map[string]int64{}, map[string]int64{}, map[string]int64{}, map[string]int64{}
	paths, err := filepath.Glob(filepath.Join(dir, "normalized/posts/*/*/posts.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		for _, r := range readAll(t, &datasets.Posts, p) {
			posts[r.Source]++
		}
	}
	for _, r := range partitions(t, dir, &datasets.AccountSnapshots) {
		snapshots[r.Source]++
	}
	for _, r := range readAll(t, &datasets.AccountWindows, filepath.Join(dir, "normalized/account_windows.parquet")) {
		windows[r.Source]++
	}
	for _, r := range readAll(t, &datasets.Published, filepath.Join(dir, "normalized/published.parquet")) {
		published[r.Source]++
	}
	for _, r := range readAll(t, &datasets.Rejects, filepath.Join(dir, "normalized/rejects.parquet")) {
		rejects[r.File]++
	}
	have := map[string]int64{}
	sources := readAll(t, &datasets.Sources, filepath.Join(dir, "normalized/sources.parquet"))
	if len(sources) != len(files) {
		t.Errorf("%d sources, want %d", len(sources), len(files))
	}
	for _, s := range sources {
		have[s.Adapter] += s.Kept.V
		c := files[slices.IndexFunc(files, func(c collected) bool { return "raw/"+c.file == s.File })]
		b := c.read(t, dir)
		filtered := int64(0)
		for _, n := range b.Filtered {
			filtered += n
		}
		if s.Records.V != s.Kept.V+s.Merged.V+s.Filtered.V+s.Rejected.V || min(s.Kept.V, s.Merged.V, s.Filtered.V, s.Rejected.V) < 0 ||
			s.Records.V != b.Records() || s.Filtered.V != filtered || s.Rejected.V != rejects[s.File] {
			t.Errorf("%s: %d records, %d filtered, %d rejects: %+v", s.File, b.Records(), filtered, rejects[s.File], s)
		}
		// A row of account_snapshots can stand for a record of one file and for what
		// another shows beside its posts, whose source it then names.
		kept, most := posts[s.ID]+windows[s.ID]+published[s.ID], int64(0)
		seen := map[string]bool{}
		for _, r := range b.Snapshots {
			if name := accountName(r.Ref); strings.Contains(accounts, "\n"+name+",") {
				seen[name+r.Row.ObservedAt.String()] = true
			}
		}
		if most = int64(len(seen)); len(b.Posts)+len(b.Accounts) == 0 {
			kept += snapshots[s.ID]
			most = max(0, most-snapshots[s.ID])
		}
		if s.Kept.V < kept || s.Kept.V > kept+most {
			t.Errorf("%s: %d kept, but the tables have %d rows of it: %d posts, %d snapshots", s.File, s.Kept.V, kept, posts[s.ID], snapshots[s.ID])
		}
	}
	for _, a := range append(slices.Clone(adapters.All()), adapters.Mapping) {
		if have[a.Name] == 0 {
			t.Errorf("nothing was kept of %s", a.Name)
		}
	}
}

// The same bytes come out of one study with files of every adapter, in any
// order, on any number of cores, and twice.
func TestSameBytesOfEveryAdapter(t *testing.T) {
	files := collections(t)
	dir := writeCollections(t, files, "")
	accounts, files := accountsOf(t, dir, files)
	files = largest(files, 1)
	var want map[string]string
	order := rand.New(rand.NewPCG(1, 2))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, cores := range []int{1, 8} {
		runtime.GOMAXPROCS(cores)
		dir := writeCollections(t, files, accounts)
		runStudy(t, dir, "normalize")
		if err := os.Mkdir(filepath.Join(dir, "metrics"), 0o755); err != nil {
			t.Fatal(err)
		}
		got := snapshotOf(t, dir)
		if want == nil {
			want = got
		}
		if len(got) < 50 || !maps.Equal(got, want) {
			t.Errorf("%d cores: %d files, want %d", cores, len(got), len(want))
			for _, n := range slices.Sorted(maps.Keys(got)) {
				if got[n] != want[n] {
					t.Errorf("%s differs", n)
				}
			}
		}
		order.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	}
}
