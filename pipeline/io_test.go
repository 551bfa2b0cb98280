package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func TestUndeclaredNamesAreRefused(t *testing.T) {
	b := newBench(t)
	b.write("raw/a.txt", "a")
	b.write("raw/b.txt", "b")
	b.write("tree/x.txt", "x")
	unit := Unit{Name: "u", Inputs: []string{"raw/a.txt", "tree/"}, Outputs: []string{"out.txt", "dir/"}}
	ask := func(f func(io *IO) (string, error)) string {
		t.Helper()
		u := unit
		u.Run = func(_ context.Context, io *IO) error {
			_, err := f(io)
			return err
		}
		_, err := b.e.Run(context.Background(), []Unit{u})
		return fmt.Sprint(err)
	}
	in := func(name string) string {
		return ask(func(io *IO) (string, error) { return io.In(name) })
	}
	out := func(name string) string {
		return ask(func(io *IO) (string, error) { return io.Out(name) })
	}
	equal(t, in("raw/b.txt"), "unit u: input raw/b.txt is not declared")
	equal(t, in("raw/../raw/a.txt"), "unit u: input raw/../raw/a.txt is not declared")
	equal(t, in("tree/y.txt"), "unit u: input tree/y.txt: the tree tree/ has no such member")
	equal(t, in("tree/../raw/b.txt"), "unit u: input tree/../raw/b.txt: the tree tree/ has no such member")
	equal(t, in("tree/"), "unit u: input tree/ is a tree: open its members")
	equal(t, out("other.txt"), "unit u: output other.txt is not declared")
	equal(t, strings.Contains(out("dir/../../other.txt"), "is not a name inside the study"), true)
	equal(t, in("raw/a.txt"), "unit u: output out.txt was declared but not written")
	under := func(folder string) string {
		return ask(func(io *IO) (string, error) { return "", fmt.Errorf("%q", io.Under(folder)) })
	}
	equal(t, under("raw/"), `unit u: ["raw/a.txt"]`)
	equal(t, under("tree/"), `unit u: []`) // of trees only that they are declared is known
}

func TestWhatIsNotDeclaredIsNotPublished(t *testing.T) {
	b := newBench(t)
	u := Unit{Name: "u", Outputs: []string{"out.txt"}, Run: func(_ context.Context, io *IO) error {
		path, err := io.Out("out.txt")
		if err != nil {
			return err
		}
		return errors.Join(os.WriteFile(path, []byte("x"), 0o666),
			os.WriteFile(filepath.Join(filepath.Dir(path), "more.txt"), nil, 0o666),
			os.WriteFile(filepath.Join(io.Scratch(), "temporary"), nil, 0o666))
	}}
	b.run([]Unit{u})
	equal(t, slices.Sorted(maps.Keys(tree(t, b.e.Study))), []string{".diplometrics/lock", ".diplometrics/units/u.json", "out.txt"})
}

func TestInputThatChangesWhileItIsRead(t *testing.T) {
	b := newBench(t)
	b.write("raw/a.txt", "one")
	b.write("raw/b/x.txt", "x")
	unit := Unit{Name: "u", Inputs: []string{"raw/a.txt", "raw/b/"}, Outputs: []string{"out.txt"}}
	check := func(meddle func(), fragment string) {
		t.Helper()
		u := unit
		u.Run = func(_ context.Context, io *IO) error {
			meddle()
			return put(io, "out.txt", "x")
		}
		b.fails([]Unit{u}, fragment, "changed during the run: run again")
		equal(t, exists(b.e.path("out.txt")), false)
	}
	check(func() { b.write("raw/a.txt", "longer") }, "a.txt")
	check(func() { b.write("raw/b/y.txt", "new") }, "y.txt")
	check(func() { _ = os.Remove(b.e.path("raw/b/y.txt")) }, "y.txt")

	// Two units of one run never work on two versions of a file.
	first := concat("first", []string{"raw/a.txt"}, []string{"first.txt"}, same)
	second := concat("second", []string{"first.txt", "raw/a.txt"}, []string{"second.txt"}, same)
	b.e.Log = func(ev Event) {
		if ev.Kind == Done && ev.Unit == "first" {
			b.write("raw/a.txt", "another version")
		}
	}
	b.fails([]Unit{first, second}, "unit second: input ", "changed during the run")
}

func TestSameSizeInTheSameTickIsNoticed(t *testing.T) {
	b := newBench(t)
	stamp := time.Now()
	for i := range 20 {
		text := fmt.Sprintf("%02d", i)
		b.write("raw/a.txt", text)
		if err := os.Chtimes(b.e.path("raw/a.txt"), stamp, stamp); err != nil {
			t.Fatal(err)
		}
		b.run(chain())
		equal(t, b.read("end/upper.txt"), text)
		if time.Since(stamp) > 40*time.Millisecond {
			stamp = time.Now()
		}
	}
}

// A file that passes has the hash of all its bytes, however the unit reads it, and
// whoever else reads it does so too.
func TestPassingInputs(t *testing.T) {
	for name, read := range map[string]func(in *Input) error{
		"whole":     func(in *Input) error { _, err := io.Copy(io.Discard, iotest.OneByteReader(in)); return err },
		"no end":    func(in *Input) error { _, err := io.ReadFull(in, make([]byte, 3)); return err },
		"beginning": func(in *Input) error { _, err := in.Read(make([]byte, 1)); return err },
		"anywhere": func(in *Input) error {
			_, err := in.Read(make([]byte, 2))
			_, again := in.ReadAt(make([]byte, 2), 1)
			_, rest := io.Copy(io.Discard, in)
			return errors.Join(err, again, rest)
		},
		"not": func(*Input) error { return nil },
	} {
		for _, early := range []bool{false, true} {
			b := newBench(t)
			b.write("raw/a.txt", "abc")
			u := Unit{Name: "u", Inputs: []string{"raw/a.txt"}, Passing: []string{"raw/a.txt"}, Outputs: []string{"out.txt"}, Run: func(_ context.Context, io *IO) error {
				in, err := io.Open("raw/a.txt")
				if err != nil {
					return err
				}
				if err := errors.Join(read(in), in.Close()); err != nil {
					return err
				}
				if early && b.read("raw/a.txt") == "abc" {
					sum, err := io.SHA256("raw/a.txt")
					equal(t, err, nil)
					equal(t, sum, abc)
				}
				return put(io, "out.txt", "x")
			}}
			b.run([]Unit{u})
			m, err := (&session{Engine: b.e}).readManifest("u")
			equal(t, err, nil)
			if got := m.Inputs["raw/a.txt"]; got != abc {
				t.Errorf("%s: got %s, want %s", name, got, abc)
			}
			equal(t, ran(b.run([]Unit{u})), "")
			b.write("raw/a.txt", "abd")
			equal(t, ran(b.run([]Unit{u})), "u")
		}
	}
}

func TestPassingInputThatChanges(t *testing.T) {
	b := newBench(t)
	b.write("raw/a.txt", "one")
	b.fails([]Unit{{Name: "u", Inputs: []string{"raw/a.txt"}, Passing: []string{"raw/a.txt"}, Outputs: []string{"out.txt"}, Run: func(_ context.Context, u *IO) error {
		in, err := u.Open("raw/a.txt")
		if err != nil {
			return err
		}
		defer in.Close()
		_, err = in.Read(make([]byte, 1))
		b.write("raw/a.txt", "longer")
		_, more := io.Copy(io.Discard, in)
		return errors.Join(err, more, put(u, "out.txt", "x"))
	}}}, "a.txt", "changed during the run: run again")
	equal(t, exists(b.e.path("out.txt")), false)
}
