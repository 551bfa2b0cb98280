package pipeline

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A change of raw files rebuilds exactly the units below them, each after those
// it follows, however many run at once.
func TestExactlyWhatIsDownstreamRuns(t *testing.T) {
	memory := "/dev/shm" // spares the disk some ten thousand syncs
	if !exists(memory) {
		memory = ""
	}
	rapid.Check(t, func(r *rapid.T) {
		dir, err := os.MkdirTemp(memory, "pipeline")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		const raws = 3
		raw := func(k, version int) {
			path := filepath.Join(dir, "raw", fmt.Sprint(k))
			if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, fmt.Appendf(nil, "%d of %d;", version, k), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		for k := range raws {
			raw(k, 0)
		}
		n := rapid.IntRange(1, 8).Draw(r, "units")
		reads := make([]map[string]bool, n) // raw files at the bottom of each unit
		units := make([]Unit, n)
		for i := range n {
			var in []string
			reads[i] = map[string]bool{}
			for k := range raws {
				if rapid.Bool().Draw(r, "raw") {
					in = append(in, fmt.Sprintf("raw/%d", k))
					reads[i][fmt.Sprint(k)] = true
				}
			}
			for k := range i {
				if rapid.IntRange(0, 2).Draw(r, "edge") == 0 {
					in = append(in, fmt.Sprintf("out/%d", k))
					for f := range reads[k] {
						reads[i][f] = true
					}
				}
			}
			units[i] = concat(fmt.Sprintf("u%d", i), in, []string{fmt.Sprintf("out/%d", i)}, bytes.Clone)
		}
		listed := rapid.Permutation(units).Draw(r, "listed")
		e := &Engine{Study: dir, Jobs: rapid.IntRange(1, 4).Draw(r, "jobs")}
		run := func() map[string]bool {
			states, err := e.Run(context.Background(), listed)
			if err != nil {
				r.Fatal(err)
			}
			got := map[string]bool{}
			for _, s := range states {
				got[s.Unit] = s.Ran
			}
			return got
		}
		run()
		var changed []string
		for k := range raws {
			if rapid.Bool().Draw(r, "change") {
				raw(k, 1)
				changed = append(changed, fmt.Sprint(k))
			}
		}
		got := run()
		for i, u := range units {
			want := slices.ContainsFunc(changed, func(k string) bool { return reads[i][k] })
			if got[u.Name] != want {
				r.Errorf("unit %s reads %v; after a change of %v it ran: %v", u.Name, u.Inputs, changed, got[u.Name])
			}
		}
		// The same study built at once has the same bytes.
		other, err := os.MkdirTemp(memory, "pipeline")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(other)
		if err := os.CopyFS(filepath.Join(other, "raw"), os.DirFS(filepath.Join(dir, "raw"))); err != nil {
			t.Fatal(err)
		}
		if _, err := (&Engine{Study: other}).Run(context.Background(), units); err != nil {
			r.Fatal(err)
		}
		a, b := tree(t, dir), tree(t, other)
		for name := range b {
			if !strings.HasSuffix(name, "cache") && a[name] != b[name] {
				r.Errorf("%s differs from that of a fresh study", name)
			}
		}
	})
}

// thesisLike is as many units and files as the larger of the shipped studies has.
func thesisLike(b *bench) []Unit {
	var raw, tables []string
	for k := range 20 {
		name := fmt.Sprintf("raw/%d.csv", k)
		b.write(name, strings.Repeat(name+"\n", 5000))
		raw = append(raw, name)
	}
	for k := range 10 {
		tables = append(tables, fmt.Sprintf("normalized/%d.parquet", k))
	}
	units := []Unit{concat("normalize", raw, tables, same)}
	for k := range 38 {
		units = append(units, concat(fmt.Sprintf("render/%d", k), tables[:3], []string{fmt.Sprintf("figures/%d.svg", k)}, same))
	}
	units = append(units, concat("publish", []string{"figures/", "normalized/"}, []string{"package.zip"}, same))
	for i := range units {
		units[i].Params = map[string]any{"window": []string{"2015-01-01", "2023-12-31"}, "countries": []string{"KZ", "UZ", "KG"}}
	}
	return units
}

// BenchmarkNothingToDo runs 40 units over about 70 files that are all fresh.
func BenchmarkNothingToDo(b *testing.B) {
	bench := newBench(b)
	bench.e.Log = nil
	for k := range 30 {
		bench.e.Build.Modules[fmt.Sprintf("example.org/module/%d", k)] = "v1.2.3"
	}
	units := thesisLike(bench)
	bench.run(units)
	bench.run(units)
	b.ResetTimer()
	for b.Loop() {
		if states := bench.run(units); ran(states) != "" {
			b.Fatal("something ran")
		}
	}
}
