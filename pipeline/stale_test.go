package pipeline

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// watched is a unit with every kind of input and output, and one that follows.
func watched() []Unit {
	draw := Unit{
		Name: "draw", Inputs: []string{"raw/a.txt", "tree/"}, Outputs: []string{"out.txt", "dir/"},
		Versions: map[string]int{"draw": 1, "metric posts": 2},
		Params:   map[string]any{"window": "a", "seed": 1, "sources": map[string]any{"x": []int{1, 2}}},
		Run: func(_ context.Context, io *IO) error {
			return errors.Join(put(io, "out.txt", "o"), put(io, "dir/member.txt", "m"))
		},
	}
	return []Unit{draw, concat("next", []string{"out.txt"}, []string{"next.txt"}, same)}
}

func TestEveryReason(t *testing.T) {
	program := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(program, []byte("code"), 0o777); err != nil {
		t.Fatal(err)
	}
	params := func(u []Unit, f func(m map[string]any)) {
		m := maps.Clone(u[0].Params.(map[string]any))
		f(m)
		u[0].Params = m
	}
	remove := func(b *bench, name string) {
		if err := os.RemoveAll(b.e.path(name)); err != nil {
			b.t.Fatal(err)
		}
	}
	long := strings.Repeat("x", 100)
	for _, c := range []struct {
		name   string
		change func(b *bench, u []Unit)
		want   string
		next   string // of the unit that follows; "follows draw" where empty
	}{
		{"nothing", func(*bench, []Unit) {}, "", "-"},
		{"touched only", func(b *bench, _ []Unit) {
			past := time.Unix(1e9, 0)
			_ = os.Chtimes(b.e.path("raw/a.txt"), past, past)
		}, "", "-"},
		{"input", func(b *bench, _ []Unit) { b.write("raw/a.txt", "b") }, "raw/a.txt changed", ""},
		{"input of equal size and time", func(b *bench, _ []Unit) {
			info, _ := os.Stat(b.e.path("raw/a.txt"))
			b.write("raw/a.txt", "b")
			_ = os.Chtimes(b.e.path("raw/a.txt"), info.ModTime().Add(time.Microsecond), info.ModTime().Add(time.Microsecond))
		}, "raw/a.txt changed", ""},
		{"member changed", func(b *bench, _ []Unit) { b.write("tree/x.txt", "b") }, "tree/x.txt changed", ""},
		{"member new", func(b *bench, _ []Unit) { b.write("tree/y/z.txt", "b") }, "tree/y/z.txt is new", ""},
		{"member gone", func(b *bench, _ []Unit) { remove(b, "tree/x.txt") }, "tree/x.txt is gone", ""},
		{"clutter", func(b *bench, _ []Unit) { b.write("tree/.DS_Store", "b"); b.write("dir/Thumbs.db", "b") }, "", "-"},
		{"declared input new", func(b *bench, u []Unit) {
			b.write("raw/b.txt", "b")
			u[0].Inputs = append(u[0].Inputs, "raw/b.txt")
		}, "raw/b.txt is new", ""},
		{"declared input left out", func(_ *bench, u []Unit) { u[0].Inputs = u[0].Inputs[1:] }, "raw/a.txt is no longer read", ""},
		{"input missing", func(b *bench, _ []Unit) { remove(b, "raw/a.txt") }, "input raw/a.txt is missing: put the file there", ""},
		{"parameter", func(_ *bench, u []Unit) { params(u, func(m map[string]any) { m["window"] = "<b>" }) },
			`parameter window changed: "a" to "<b>"`, ""},
		{"long parameter", func(_ *bench, u []Unit) { params(u, func(m map[string]any) { m["window"] = long }) },
			`parameter window changed: "a" to "` + long[:58] + "…", ""},
		{"parameter new", func(_ *bench, u []Unit) { params(u, func(m map[string]any) { m["k"] = 5 }) }, "parameter k is new: 5", ""},
		{"parameter gone", func(_ *bench, u []Unit) { params(u, func(m map[string]any) { delete(m, "seed") }) }, "parameter seed is gone (was 1)", ""},
		{"parameter inside", func(_ *bench, u []Unit) {
			params(u, func(m map[string]any) { m["sources"] = map[string]any{"x": []int{1}} })
		}, "parameter sources.x changed: [1,2] to [1]", ""},
		{"parameters of another kind", func(_ *bench, u []Unit) { u[0].Params = 1.5 },
			`parameters changed: {"seed":1,"sources":{"x":[1,2]},"window":"a"} to 1.5`, ""},
		{"parameters as a struct", func(_ *bench, u []Unit) {
			type sources struct {
				X []int `json:"x"`
			}
			u[0].Params = struct {
				Window  string  `json:"window"`
				Sources sources `json:"sources"`
				Seed    int     `json:"seed"`
			}{"a", sources{[]int{1, 2}}, 1}
		}, "", "-"},
		{"version", func(_ *bench, u []Unit) { u[0].Versions["metric posts"] = 3 }, "version of metric posts: 2 to 3", ""},
		{"plug-in new", func(_ *bench, u []Unit) { u[0].Versions["metric likes"] = 1 }, "metric likes is new (version 1)", ""},
		{"plug-in gone", func(_ *bench, u []Unit) { delete(u[0].Versions, "metric posts") }, "metric posts is gone", ""},
		{"library", func(b *bench, _ []Unit) { b.e.Build.Modules["example.org/plot"] = "v2.0.0" },
			"library example.org/plot: v1.0.0 to v2.0.0", "library example.org/plot: v1.0.0 to v2.0.0; follows draw"},
		{"library new", func(b *bench, _ []Unit) { b.e.Build.Modules["example.org/new"] = "v1.2.3" },
			"library example.org/new is new (v1.2.3)", "library example.org/new is new (v1.2.3); follows draw"},
		{"library gone", func(b *bench, _ []Unit) { delete(b.e.Build.Modules, "example.org/plot") },
			"library example.org/plot is gone", "library example.org/plot is gone; follows draw"},
		{"program", func(b *bench, _ []Unit) { b.e.Build.Executable = program }, "program was changed", "program was changed; follows draw"},
		{"never ran", func(b *bench, _ []Unit) { remove(b, manifestName("draw")) }, "never ran", ""},
		{"record damaged", func(b *bench, _ []Unit) { b.write(manifestName("draw"), "{") }, "its record is damaged", ""},
		{"output missing", func(b *bench, _ []Unit) { remove(b, "out.txt") }, "output out.txt is missing", ""},
		{"output changed", func(b *bench, _ []Unit) { b.write("out.txt", "hand") }, "output out.txt was changed by hand", ""},
		{"member of output missing", func(b *bench, _ []Unit) { remove(b, "dir/member.txt") }, "output dir/member.txt is missing", ""},
		{"member of output added", func(b *bench, _ []Unit) { b.write("dir/more.txt", "hand") }, "output dir/more.txt was added by hand", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.write("raw/a.txt", "a")
			b.write("tree/x.txt", "x")
			b.run(watched())
			units := watched()
			c.change(b, units)
			got := b.status(units)
			next := c.next
			switch next {
			case "":
				next = "follows draw"
			case "-":
				next = ""
			}
			equal(t, strings.ReplaceAll(filepath.ToSlash(got["draw"]), filepath.ToSlash(b.e.Study), "PATH"), c.want)
			equal(t, got["next"], next)

			// A run sees what status sees, and makes it fresh.
			states, err := b.e.Run(context.Background(), units)
			if c.name == "input missing" {
				if err == nil {
					t.Error("no error")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			equal(t, strings.Join(states[0].Reasons, "; "), c.want)
			equal(t, b.status(units), map[string]string{"draw": "", "next": ""})
			equal(t, b.read("dir/member.txt"), "m")
		})
	}
}

func TestProgramFromModifiedSources(t *testing.T) {
	b := newBench(t)
	b.e.Build.Executable = filepath.Join(t.TempDir(), "program")
	edit := func(code string) {
		if err := os.WriteFile(b.e.Build.Executable, []byte(code), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	edit("one")
	b.write("raw/a.txt", "a")
	b.run(chain())
	equal(t, ran(b.run(chain())), "")
	edit("two")
	equal(t, b.status(chain())["first"], "program was changed")
	equal(t, ran(b.run(chain())), "first upper")
	b.e.Build.Executable = ""
	equal(t, b.status(chain())["first"], "program was changed")
}

func TestDeepStatusFindsWhatKeepsItsSignature(t *testing.T) {
	b := newBench(t)
	b.write("raw/a.txt", "one")
	b.run(chain())
	path := b.e.path("end/upper.txt")
	past := time.Unix(1e9, 1)
	if err := os.Chtimes(path, past, past); err != nil {
		t.Fatal(err)
	}
	b.run(chain())
	b.write("end/upper.txt", "ONG") // E is 0x45, G is 0x47: one bit
	if err := os.Chtimes(path, past, past); err != nil {
		t.Fatal(err)
	}
	equal(t, b.status(chain())["upper"], "")
	states, err := b.e.Status(context.Background(), chain(), true)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, states[1].Reasons, []string{"output end/upper.txt was changed by hand"})
	equal(t, ran(b.run(chain())), "upper")
	equal(t, b.read("end/upper.txt"), "ONE")
}

func TestStatusWritesNothing(t *testing.T) {
	b := newBench(t)
	b.write("raw/a.txt", "one")
	equal(t, b.status(chain()), map[string]string{"first": "never ran", "upper": "never ran"})
	equal(t, exists(filepath.Join(b.e.Study, stateDir)), false)
	b.run(chain())
	b.write("raw/a.txt", "two")
	times := func() map[string]time.Time {
		all := map[string]time.Time{}
		err := filepath.WalkDir(b.e.Study, func(path string, d os.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			all[path] = info.ModTime()
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	before := times()
	b.status(chain())
	equal(t, times(), before)
}
