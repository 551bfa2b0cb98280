package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// bench is a study in a temporary folder with the engine over it.
type bench struct {
	t      testing.TB
	e      *Engine
	events []string
}

func newBench(t testing.TB) *bench {
	b := &bench{t: t}
	b.e = &Engine{Study: t.TempDir(), Build: Build{Modules: map[string]string{"example.org/plot": "v1.0.0"}}}
	b.e.Log = func(ev Event) {
		b.events = append(b.events, strings.TrimSpace(fmt.Sprintf("%s %s: %s", ev.Kind, ev.Unit, strings.Join(ev.Reasons, "; "))))
	}
	return b
}

func (b *bench) write(name, text string) {
	b.t.Helper()
	path := b.e.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) read(name string) string {
	b.t.Helper()
	text, err := os.ReadFile(b.e.path(name))
	if err != nil {
		b.t.Fatal(err)
	}
	return string(text)
}

func (b *bench) run(units []Unit, want ...string) []State {
	b.t.Helper()
	states, err := b.e.Run(context.Background(), units, want...)
	if err != nil {
		b.t.Fatal(err)
	}
	return states
}

// fails runs the units and checks that the error has every fragment.
func (b *bench) fails(units []Unit, fragments ...string) error {
	b.t.Helper()
	_, err := b.e.Run(context.Background(), units)
	if err == nil {
		b.t.Fatalf("no error, want one with %q", fragments)
	}
	for _, f := range fragments {
		if !strings.Contains(err.Error(), f) {
			b.t.Errorf("error %q lacks %q", err, f)
		}
	}
	return err
}

func (b *bench) status(units []Unit) map[string]string {
	b.t.Helper()
	states, err := b.e.Status(context.Background(), units, false)
	if err != nil {
		b.t.Fatal(err)
	}
	why := map[string]string{}
	for _, s := range states {
		why[s.Unit] = strings.Join(s.Reasons, "; ")
		if s.Fresh != (why[s.Unit] == "") {
			b.t.Errorf("unit %s: fresh is %v with reasons %q", s.Unit, s.Fresh, why[s.Unit])
		}
	}
	return why
}

// ran names the units that a run completed, in the order of its states.
func ran(states []State) string {
	var names []string
	for _, s := range states {
		if s.Ran {
			names = append(names, s.Unit)
		}
	}
	return strings.Join(names, " ")
}

// tree reads every file below dir, by slash-separated path.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	list, err := members(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for _, m := range list {
		text, err := os.ReadFile(filepath.Join(dir, m))
		if err != nil {
			t.Fatal(err)
		}
		files[m] = string(text)
	}
	return files
}

func equal[T any](t testing.TB, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %#v\nwant %#v", got, want)
	}
}

// concat is a unit that writes the bytes of its inputs, one after the other,
// into each of its outputs, through f.
func concat(name string, in, out []string, f func([]byte) []byte) Unit {
	return Unit{Name: name, Inputs: in, Outputs: out, Versions: map[string]int{name: 1}, Run: func(_ context.Context, io *IO) error {
		var all []byte
		for _, name := range in {
			names := []string{name}
			if isTree(name) {
				var err error
				if names, err = io.Members(name); err != nil {
					return err
				}
			}
			for _, n := range names {
				path, err := io.In(n)
				if err != nil {
					return err
				}
				text, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				all = append(all, text...)
			}
		}
		for _, name := range out {
			if err := put(io, name, string(f(all))); err != nil {
				return err
			}
		}
		return nil
	}}
}

func put(io *IO, name, text string) error {
	path, err := io.Out(name)
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o666)
}

func same(b []byte) []byte { return b }

// chain reads a raw file, keeps its first line, and writes that in capitals.
func chain() []Unit {
	return []Unit{
		concat("upper", []string{"mid/first.txt"}, []string{"end/upper.txt"}, bytes.ToUpper),
		concat("first", []string{"raw/a.txt"}, []string{"mid/first.txt"}, func(b []byte) []byte {
			line, _, _ := bytes.Cut(b, []byte("\n"))
			return line
		}),
	}
}

func TestRunBuildsUpstreamFirstAndThenNothing(t *testing.T) {
	b := newBench(t)
	b.write("raw/a.txt", "one\ntwo")
	states := b.run(chain())
	equal(t, ran(states), "first upper")
	equal(t, b.read("end/upper.txt"), "ONE")
	equal(t, states[1].Outputs, []string{filepath.Join(b.e.Study, "end", "upper.txt")})
	equal(t, states[1].Reasons, []string{"never ran"})

	before := tree(t, filepath.Join(b.e.Study, stateDir, "units"))
	states = b.run(chain())
	equal(t, ran(states), "")
	equal(t, states[0].Fresh && states[1].Fresh, true)
	equal(t, tree(t, filepath.Join(b.e.Study, stateDir, "units")), before)
	for name, text := range before {
		if strings.Contains(text, b.e.Study) {
			t.Errorf("manifest %s names a path of this machine:\n%s", name, text)
		}
	}
	equal(t, slices.Sorted(maps.Keys(before)), []string{"first.json", "upper.json"})
}

func TestEqualBytesKeepWhatFollowsFresh(t *testing.T) {
	b := newBench(t)
	b.write("raw/a.txt", "one\ntwo")
	b.run(chain())
	info, err := os.Stat(b.e.path("mid/first.txt"))
	if err != nil {
		t.Fatal(err)
	}
	b.write("raw/a.txt", "one\nthree")
	equal(t, b.status(chain()), map[string]string{"first": "raw/a.txt changed", "upper": "follows first"})
	equal(t, ran(b.run(chain())), "first")
	after, err := os.Stat(b.e.path("mid/first.txt"))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, after.ModTime(), info.ModTime())
	b.write("raw/a.txt", "uno\nthree")
	equal(t, ran(b.run(chain())), "first upper")
	equal(t, b.read("end/upper.txt"), "UNO")
}

func TestWantedUnitsBringTheirUpstreamAlong(t *testing.T) {
	b := newBench(t)
	b.write("raw/a.txt", "one")
	units := append(chain(), concat("render/x", []string{"raw/a.txt"}, []string{"x.svg"}, same),
		concat("render/y", []string{"raw/a.txt"}, []string{"y.svg"}, same))
	equal(t, ran(b.run(units, "upper")), "first upper")
	equal(t, ran(b.run(units, "render/y")), "render/y")
	equal(t, ran(b.run(units, "render")), "render/x")
	_, err := b.e.Run(context.Background(), units, "rendr")
	equal(t, fmt.Sprint(err), `no stage or unit is called "rendr": did you mean render?`)
	_, err = b.e.Run(context.Background(), units, "zzzzzz")
	equal(t, fmt.Sprint(err), `no stage or unit is called "zzzzzz": the stages are upper, first, render`)
}

// parts writes one file a line of its input into a tree, named by the line.
func parts() []Unit {
	return []Unit{
		{Name: "split", Inputs: []string{"raw/a.txt"}, Outputs: []string{"parts/"}, Run: func(_ context.Context, io *IO) error {
			path, err := io.In("raw/a.txt")
			if err != nil {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for line := range strings.FieldsSeq(string(text)) {
				if err := put(io, "parts/"+line+"/data.txt", line); err != nil {
					return err
				}
			}
			return nil
		}},
		concat("join", []string{"parts/"}, []string{"joined.txt"}, same),
		concat("pick", []string{"parts/b/data.txt"}, []string{"picked.txt"}, same),
	}
}

func TestTreesAreReplacedWholeAndMemberByMember(t *testing.T) {
	b := newBench(t)
	b.write("raw/a.txt", "a b c")
	equal(t, ran(b.run(parts())), "split join pick")
	equal(t, b.read("joined.txt"), "abc")
	was, _ := os.Stat(b.e.path("parts/b/data.txt"))

	b.write("raw/a.txt", "b d")
	equal(t, ran(b.run(parts())), "split join")
	equal(t, b.read("joined.txt"), "bd")
	now, _ := os.Stat(b.e.path("parts/b/data.txt"))
	equal(t, now.ModTime(), was.ModTime())
	equal(t, exists(b.e.path("parts/a")), false)

	b.write("parts/z/data.txt", "stray")
	equal(t, b.status(parts()), map[string]string{"split": "output parts/z/data.txt was added by hand", "join": "follows split", "pick": "follows split"})
	equal(t, ran(b.run(parts())), "split")
	equal(t, exists(b.e.path("parts/z")), false)

	b.write("raw/a.txt", "d")
	b.fails(parts(), "unit pick: input parts/b/data.txt is missing, although unit split ran, which writes parts/")
}

func TestSkippedUnitsSpread(t *testing.T) {
	b := newBench(t)
	b.write("raw/a.txt", "")
	units := []Unit{
		{Name: "posts", Inputs: []string{"raw/a.txt"}, Outputs: []string{"posts.txt"}, Run: func(_ context.Context, io *IO) error {
			path, err := io.In("raw/a.txt")
			if err != nil {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if err := put(io, "posts.txt", string(text)); err != nil {
				return err
			}
			if len(text) == 0 {
				io.Skip("the study has no posts")
			}
			io.Note("%d bytes", len(text))
			return nil
		}},
		concat("needs", []string{"posts.txt"}, []string{"needs.txt"}, same),
		{Name: "can do without", Inputs: []string{"posts.txt"}, Outputs: []string{"maybe.txt"}, Run: func(_ context.Context, io *IO) error {
			_, err := io.In("posts.txt")
			if errors.Is(err, ErrSkipped) {
				return put(io, "maybe.txt", "without")
			}
			return errors.Join(err, put(io, "maybe.txt", "with"))
		}},
	}
	states := b.run(units)
	equal(t, states[0].Skipped, "the study has no posts")
	equal(t, states[0].Notes, []string{"0 bytes"})
	equal(t, states[1].Skipped, "the study has no posts")
	equal(t, states[2].Skipped, "")
	equal(t, exists(b.e.path("posts.txt")) || exists(b.e.path("needs.txt")), false)
	equal(t, b.read("maybe.txt"), "without")

	states = b.run(units)
	equal(t, ran(states), "")
	equal(t, states[1].Skipped, "the study has no posts")

	b.write("raw/a.txt", "x")
	equal(t, ran(b.run(units)), "posts needs can do without")
	equal(t, b.read("maybe.txt"), "with")
	equal(t, b.read("needs.txt"), "x")

	b.write("raw/a.txt", "")
	equal(t, ran(b.run(units)), "posts needs can do without")
	equal(t, exists(b.e.path("posts.txt")) || exists(b.e.path("needs.txt")), false)

	b.write("needs.txt", "by hand")
	equal(t, b.status(units)["needs"], "output needs.txt was added by hand")
	equal(t, ran(b.run(units)), "needs")
	equal(t, exists(b.e.path("needs.txt")), false)
}

func TestUnitsThatLeaveThePlanAreRemoved(t *testing.T) {
	b := newBench(t)
	b.write("raw/a.txt", "a")
	one := concat("runs/a", []string{"raw/a.txt"}, []string{"runs/a.txt"}, same)
	two := concat("runs/b", []string{"raw/a.txt"}, []string{"runs/b.txt", "deep/down/b.txt"}, same)
	merge := concat("merge", []string{"runs/"}, []string{"merged.txt"}, same)
	other := concat("other", []string{"raw/a.txt"}, []string{"other.txt"}, same)
	b.run([]Unit{one, two, merge, other})
	equal(t, b.read("merged.txt"), "aa")

	// A run of something else leaves it; one that would read it does not.
	b.run([]Unit{one, merge, other}, "other")
	equal(t, exists(b.e.path("runs/b.txt")), true)
	b.run([]Unit{one, merge, other}, "merge")
	equal(t, b.read("merged.txt"), "a")
	equal(t, exists(b.e.path("runs/b.txt")) || exists(b.e.path("deep")), false)
	equal(t, exists(b.e.path(manifestName("runs/b"))), false)

	// What somebody put in its place stays, as does what another unit writes now.
	b.write("other.txt", "mine")
	moved := concat("moved", []string{"raw/a.txt"}, []string{"merged.txt"}, same)
	broken := moved
	broken.Run = func(context.Context, *IO) error { return errors.New("broken") }
	b.fails([]Unit{broken}, "broken")
	equal(t, b.read("merged.txt"), "a")
	b.run([]Unit{moved})
	equal(t, b.read("other.txt"), "mine")
	equal(t, b.read("merged.txt"), "a")
	equal(t, exists(b.e.path("runs")), false)
}

func TestOutputsThatAUnitNoLongerMakesAreRemoved(t *testing.T) {
	b := newBench(t)
	b.write("raw/a.txt", "a")
	b.run([]Unit{concat("u", []string{"raw/a.txt"}, []string{"x.txt", "old/y.txt"}, same)})
	units := []Unit{concat("u", []string{"raw/a.txt"}, []string{"x.txt", "z.txt"}, same)}
	equal(t, b.status(units), map[string]string{"u": "output old/y.txt is no longer made; output z.txt was not made before"})
	b.run(units)
	equal(t, exists(b.e.path("old")), false)
	equal(t, b.read("z.txt"), "a")
}

func TestOutputsOutsideTheStudy(t *testing.T) {
	b := newBench(t)
	b.e.Mounts = map[string]string{"figures": filepath.Join(t.TempDir(), "plots", "out")}
	b.write("raw/a.txt", "a")
	units := []Unit{
		concat("draw", []string{"raw/a.txt"}, []string{"figures/a.svg"}, same),
		concat("pack", []string{"figures/"}, []string{"package/"}, same),
	}
	units[1].Run = func(_ context.Context, io *IO) error {
		names, err := io.Members("figures/")
		if err != nil {
			return err
		}
		return put(io, "package/list.txt", strings.Join(names, "\n"))
	}
	b.run(units)
	text, err := os.ReadFile(filepath.Join(b.e.Mounts["figures"], "a.svg"))
	equal(t, string(text), "a")
	equal(t, err, nil)
	equal(t, b.read("package/list.txt"), "figures/a.svg")
	equal(t, ran(b.run(units)), "")
}

func TestFailuresLeaveEarlierOutputs(t *testing.T) {
	b := newBench(t)
	b.write("raw/a.txt", "one")
	b.run(chain())
	b.write("raw/a.txt", "two")
	units := chain()
	units[0].Run = func(_ context.Context, io *IO) error {
		return errors.Join(put(io, "end/upper.txt", "half"), errors.New("broken"))
	}
	states, err := b.e.Run(context.Background(), units)
	equal(t, fmt.Sprint(err), "unit upper: broken")
	equal(t, ran(states), "first")
	equal(t, b.read("end/upper.txt"), "ONE")
	equal(t, exists(filepath.Join(b.e.scratch(), "0")), false)

	units[0].Run = func(context.Context, *IO) error { panic("index out of range") }
	err = b.fails(units, "unit upper: panic: index out of range")
	var p *PanicError
	if !errors.As(err, &p) || !strings.Contains(string(p.Stack), "engine_test.go") {
		t.Errorf("the error has no stack of the panic: %#v", err)
	}
	units[0].Run = func(context.Context, *IO) error { panic(nil) }
	b.fails(units, "unit upper: panic: ")

	// A failure keeps units that did not start from starting.
	units[1].Run = func(context.Context, *IO) error { return errors.New("early") }
	b.write("raw/a.txt", "three")
	states, err = b.e.Run(context.Background(), units)
	equal(t, fmt.Sprint(err), "unit first: early")
	equal(t, states[1].Reasons, []string{"its turn did not come"})
	equal(t, ran(b.run(chain())), "first upper")

	b.e.Jobs = 1
	later := concat("later", nil, []string{"later.txt"}, same)
	b.write("raw/a.txt", "four")
	states, _ = b.e.Run(context.Background(), []Unit{units[1], later})
	equal(t, ran(states), "")
	equal(t, states[1].Reasons, []string{"its turn did not come"})
}

func TestMissingInputs(t *testing.T) {
	b := newBench(t)
	b.fails(chain(), "unit first: input raw/a.txt is missing: put the file there")
	b.write("raw/a.txt", "x")
	b.run(chain())
	if err := os.Remove(b.e.path("raw/a.txt")); err != nil {
		t.Fatal(err)
	}
	why := b.status(chain())
	equal(t, strings.Contains(why["first"], "is missing"), true)
	equal(t, why["upper"], "follows first")
}

func TestCancel(t *testing.T) {
	b := newBench(t)
	b.write("raw/a.txt", "one")
	b.run(chain())
	b.write("raw/a.txt", "two")
	ctx, cancel := context.WithCancel(context.Background())
	units := chain()
	units[1].Run = func(ctx context.Context, io *IO) error {
		cancel()
		<-ctx.Done()
		return put(io, "mid/first.txt", "cut short") // as a unit that forgets to say so
	}
	states, err := b.e.Run(ctx, units)
	equal(t, errors.Is(err, context.Canceled), true)
	equal(t, fmt.Sprint(err), "stopped: context canceled")
	equal(t, ran(states), "")
	equal(t, b.read("mid/first.txt"), "one")
	equal(t, ran(b.run(chain())), "first upper")

	_, err = b.e.Run(ctx, chain())
	equal(t, fmt.Sprint(err), "stopped: context canceled")
}

func TestIndependentUnitsRunAtOnce(t *testing.T) {
	b := newBench(t)
	b.e.Jobs = 2
	meet := make(chan bool)
	unit := func(name string, send bool) Unit {
		return Unit{Name: name, Outputs: []string{name}, Run: func(ctx context.Context, io *IO) error {
			if send {
				select {
				case meet <- true:
				case <-time.After(10 * time.Second):
					return errors.New("was alone")
				}
			} else {
				select {
				case <-meet:
				case <-time.After(10 * time.Second):
					return errors.New("was alone")
				}
			}
			return put(io, name, name)
		}}
	}
	b.run([]Unit{unit("a", true), unit("b", false)})
}

// A unit whose input was skipped ends before its other inputs are hashed; its
// manifest has their hashes all the same.
func TestSkippedUnitKnowsItsInputs(t *testing.T) {
	b := newBench(t)
	b.write("raw/a.txt", "a")
	b.write("raw/large.bin", strings.Repeat("x", 40<<20))
	units := []Unit{
		{Name: "posts", Inputs: []string{"raw/a.txt"}, Outputs: []string{"posts.txt"}, Run: func(_ context.Context, io *IO) error {
			io.Skip("the study has no posts")
			return nil
		}},
		{Name: "needs", Inputs: []string{"posts.txt", "raw/large.bin"}, Outputs: []string{"needs.txt"}, Run: func(_ context.Context, io *IO) error {
			_, err := io.In("posts.txt")
			return err
		}},
	}
	equal(t, ran(b.run(units)), "posts needs")
	equal(t, ran(b.run(units)), "")
}
