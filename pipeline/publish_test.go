package pipeline

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// killedAt leaves a study as a run leaves it that was killed after n renames of
// the last unit: the journal is there, and the rest lies in scratch.
func killedAt(t *testing.T, n int) (*bench, []Unit, map[string]string) {
	t.Helper()
	unit := func(text string) []Unit {
		return []Unit{{Name: "u", Inputs: []string{"raw/a.txt"}, Outputs: []string{"one.txt", "two/"}, Run: func(_ context.Context, io *IO) error {
			return errors.Join(put(io, "one.txt", text), put(io, "two/"+text+".txt", text), put(io, "two/same/always.txt", text))
		}}}
	}
	b := newBench(t)
	b.write("raw/a.txt", "old")
	b.run(unit("old"))
	b.write("raw/a.txt", "new")

	// An undisturbed run in a copy of the study tells what must come out.
	twin := newBench(t)
	if err := os.CopyFS(twin.e.Study, os.DirFS(b.e.Study)); err != nil {
		t.Fatal(err)
	}
	twin.run(unit("new"))
	want := tree(t, twin.e.Study)
	delete(want, ".diplometrics/cache")

	files := []move{{"0/out/one.txt", "one.txt"}, {"0/out/two/new.txt", "two/new.txt"}, {"0/out/two/same/always.txt", "two/same/always.txt"}, {"0/manifest", manifestName("u")}}
	for _, m := range files {
		path := b.e.source(m)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(want[m.To]), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.e.writeJournal(journal{Unit: "u", Removes: []string{"two/old.txt"}, Moves: files}); err != nil {
		t.Fatal(err)
	}
	for _, m := range files[:n] {
		if err := os.Rename(b.e.source(m), b.e.path(m.To)); err != nil {
			t.Fatal(err)
		}
	}
	return b, unit("new"), want
}

func TestAKilledRunIsFinishedByTheNextCommand(t *testing.T) {
	for n := range 5 {
		b, units, want := killedAt(t, n)
		b.events = nil
		equal(t, ran(b.run(units)), "")
		equal(t, b.events[0], "recovered u:")
		got := tree(t, b.e.Study)
		delete(got, ".diplometrics/cache")
		equal(t, got, want)

		b, units, want = killedAt(t, n)
		equal(t, b.status(units), map[string]string{"u": ""})
		got = tree(t, b.e.Study)
		for name := range want {
			equal(t, got[name], want[name])
		}
		equal(t, exists(b.e.journalFile()), false)
	}
}

func TestStatusLeavesARunningRunAlone(t *testing.T) {
	b, units, _ := killedAt(t, 1)
	release, err := b.e.lock(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	why := b.status(units)["u"]
	equal(t, why, "raw/a.txt changed; output one.txt was changed by hand; its outputs are being put in place, or a run was killed at it")
	equal(t, exists(b.e.journalFile()), true)
}

func TestADamagedJournalIsSaid(t *testing.T) {
	b := newBench(t)
	b.write("raw/a.txt", "one")
	b.write(".diplometrics/journal", "{")
	b.fails(chain(), "journal is damaged: remove it and run again")
}

// What cannot be put in place stays in the journal, and the run after finishes.
func TestAnOutputThatIsInUse(t *testing.T) {
	b := newBench(t)
	b.write("raw/a.txt", "one")
	units := []Unit{concat("u", []string{"raw/a.txt"}, []string{"x.txt", "y.txt"}, same)}
	b.run(units)
	b.write("raw/a.txt", "two")
	// A folder with something in it refuses to be renamed over, as an open file does on Windows.
	j := journal{Unit: "u", Moves: []move{{"0/x", "x.txt"}, {"0/y", "blocked"}}}
	b.write(".diplometrics/scratch/0/x", "two")
	b.write(".diplometrics/scratch/0/y", "two")
	b.write("blocked/file.txt", "in the way")
	if err := b.e.commit(j); err == nil {
		t.Fatal("no error")
	}
	equal(t, b.read("x.txt"), "two")
	b.fails(units, "finishing unit u of a run that was killed: output blocked cannot be put in place")
	if err := os.RemoveAll(b.e.path("blocked")); err != nil {
		t.Fatal(err)
	}
	b.run(units)
	equal(t, b.read("blocked"), "two")
}

// otherDevice returns a folder on another file system than the temporary one.
func otherDevice(t *testing.T) string {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("no second file system is known here")
	}
	dir, err := os.MkdirTemp("/dev/shm", "pipeline-test-")
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if same, err := sameDevice(dir, t.TempDir()); err != nil || same {
		t.Skip("no second file system: ", err)
	}
	return dir
}

func TestOutputsOnAnotherFileSystem(t *testing.T) {
	b := newBench(t)
	shm := otherDevice(t)
	b.e.Mounts = map[string]string{"figures": filepath.Join(shm, "out")}
	b.write("raw/a.txt", "one")
	units := []Unit{concat("draw", []string{"raw/a.txt"}, []string{"figures/a.svg", "figures/a.png", "table.txt"}, same)}
	b.run(units)
	equal(t, tree(t, shm), map[string]string{"out/a.svg": "one", "out/a.png": "one"})
	b.write("raw/a.txt", "two")
	equal(t, ran(b.run(units)), "draw")
	equal(t, tree(t, shm), map[string]string{"out/a.svg": "two", "out/a.png": "two"})
	equal(t, b.read("table.txt"), "two")

	// Killed while copying: the half copy goes, the old outputs stay.
	b.write(".diplometrics/scratch/0/out/figures/a.svg", "three")
	copying := journal{Unit: "draw", Copying: true, Moves: []move{{"", "figures/a.svg"}, {"0/out/table.txt", "table.txt"}}}
	if err := os.WriteFile(b.e.source(copying.Moves[0]), []byte("thr"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := b.e.writeJournal(copying); err != nil {
		t.Fatal(err)
	}
	equal(t, ran(b.run(units)), "")
	equal(t, tree(t, shm), map[string]string{"out/a.svg": "two", "out/a.png": "two"})

	// Killed after it: the copies are put in place.
	moving := journal{Unit: "draw", Moves: []move{{"", "figures/a.svg"}, {"", "figures/a.png"}}}
	for _, m := range moving.Moves {
		if err := os.WriteFile(b.e.source(m), []byte("three"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.e.writeJournal(moving); err != nil {
		t.Fatal(err)
	}
	if _, err := b.e.recover(); err != nil {
		t.Fatal(err)
	}
	equal(t, tree(t, shm), map[string]string{"out/a.svg": "three", "out/a.png": "three"})
}
