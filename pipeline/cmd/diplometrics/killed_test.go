package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A run of a small study is killed at a random moment, again and again; the run
// after it leaves the bytes of one that nobody disturbed, and readers see whole
// tables all the time. DIPLOMETRICS_KILLS is how often; make test-long does it
// a few times, make faults 200 times.
func TestKilledRunsLong(t *testing.T) {
	rounds, _ := strconv.Atoi(os.Getenv("DIPLOMETRICS_KILLS"))
	if os.Getenv("DIPLOMETRICS_LONG") == "" && rounds == 0 {
		t.Skip("make test-long and make faults run it")
	}
	if rounds == 0 {
		rounds = 4
	}
	exe := build(t)
	dir := t.TempDir()
	run := func(study string, args ...string) *exec.Cmd {
		return exec.Command(exe, append([]string{"--quiet", "--study", study}, args...)...)
	}
	must := func(c *exec.Cmd) {
		t.Helper()
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	// Two states of one study, of which one has a post more.
	study, twin := filepath.Join(dir, "killed", "study"), filepath.Join(dir, "undisturbed", "study") // whose name stands in packages
	must(exec.Command(exe, "--quiet", "simulate", "--out", study, "--seed", "5", "--accounts", "6", "--months", "1"))
	raw, err := filepath.Glob(filepath.Join(study, "raw", "x", "*", "*.jsonl"))
	if err != nil || len(raw) == 0 {
		t.Fatalf("no posts of x in %s: %v", study, err)
	}
	more, err := os.ReadFile(raw[0])
	if err != nil {
		t.Fatal(err)
	}
	less := more[:bytes.LastIndexByte(bytes.TrimSpace(more), '\n')+1]
	var want [2]map[string]string
	var whole time.Duration
	for state, text := range [][]byte{less, more} {
		if err := os.WriteFile(raw[0], text, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(twin, os.DirFS(study)); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		must(run(twin, "run"))
		whole = time.Since(start)
		want[state] = outputs(t, twin)
		if err := os.RemoveAll(twin); err != nil {
			t.Fatal(err)
		}
	}
	if maps.Equal(want[0], want[1]) || len(want[0]) < 50 {
		t.Fatalf("%d outputs, the same in both states", len(want[0]))
	}
	must(run(study, "run"))

	stop := make(chan bool)
	var reader sync.WaitGroup
	reader.Go(func() { watch(t, study, stop) })
	defer reader.Wait()
	defer close(stop)
	random := rand.New(rand.NewPCG(1, 2))
	killed := 0
	for round := range rounds {
		state := round % 2
		if err := os.WriteFile(raw[0], [][]byte{less, more}[state], 0o644); err != nil {
			t.Fatal(err)
		}
		c := run(study, "run")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.Float64() * float64(whole)))
		_ = c.Process.Kill()
		if c.Wait() != nil {
			killed++
		}
		must(run(study, "run"))
		got := outputs(t, study)
		for _, name := range slices.Sorted(maps.Keys(want[state])) {
			if got[name] != want[state][name] {
				t.Errorf("round %d: %s differs from that of a run which nobody disturbed", round, name)
			}
		}
		for name := range got {
			if want[state][name] == "" {
				t.Errorf("round %d: %s is left over", round, name)
			}
		}
		if t.Failed() {
			return
		}
		if (round+1)%20 == 0 {
			t.Logf("%d of %d rounds, %d runs killed", round+1, rounds, killed)
		}
	}
	t.Logf("%d rounds, %d runs killed; a whole run took %v", rounds, killed, whole.Round(time.Millisecond))
	if killed == 0 {
		t.Error("no run was killed")
	}
}

// outputs are the hashes of all files that runs of a study made.
func outputs(t *testing.T, study string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := fs.WalkDir(os.DirFS(study), ".", func(name string, d fs.DirEntry, err error) error {
		top, _, _ := strings.Cut(name, "/")
		if err != nil || !slices.Contains([]string{"normalized", "metrics", "figures", "package", "package.zip"}, top) || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(study, name))
		out[name] = fmt.Sprintf("%x", sha256.Sum256(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// watch reads the Parquet tables of a study until it is stopped. Each is whole:
// it begins and ends with the magic, and its footer fits into it.
func watch(t *testing.T, study string, stop chan bool) {
	for {
		tables, _ := filepath.Glob(filepath.Join(study, "*", "*.parquet"))
		parts, _ := filepath.Glob(filepath.Join(study, "normalized", "posts", "*", "*", "*.parquet"))
		for _, name := range append(tables, parts...) {
			select {
			case <-stop:
				return
			default:
			}
			text, err := os.ReadFile(name)
			if os.IsNotExist(err) {
				continue // a partition that the other state has not
			}
			magic := []byte("PAR1")
			if err != nil || len(text) < 12 || !bytes.HasPrefix(text, magic) || !bytes.HasSuffix(text, magic) || int(binary.LittleEndian.Uint32(text[len(text)-8:]))+12 > len(text) {
				t.Errorf("a reader saw %d bytes of %s, %v", len(text), name, err)
				return
			}
		}
		time.Sleep(time.Millisecond)
	}
}
