package pipeline

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

var killRoundsFlag = flag.Int("kill-rounds", 12, "how many runs TestKill kills on each kind of file system")

// The test program is its own child: with this variable it works on a study and ends.
const childVar = "PIPELINE_TEST_CHILD"

func TestMain(m *testing.M) {
	role, study, _ := strings.Cut(os.Getenv(childVar), ":")
	switch role {
	case "":
		os.Exit(m.Run())
	case "run":
		e := &Engine{Study: study, Mounts: childMounts(study), Jobs: 2}
		if _, err := e.Run(context.Background(), generations()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case "full", "readonly":
		diskRoles(role, study)
	case "hold":
		hold := Unit{Name: "hold", Run: func(context.Context, *IO) error {
			fmt.Println("holding")
			_, err := io.Copy(io.Discard, os.Stdin)
			return err
		}}
		if _, err := (&Engine{Study: study}).Run(context.Background(), []Unit{hold}); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// childMounts reads where the figures of a test study lie, if not in it.
func childMounts(study string) map[string]string {
	if dir, err := os.ReadFile(filepath.Join(study, "mount")); err == nil {
		return map[string]string{"figures": string(dir)}
	}
	return nil
}

func child(t *testing.T, role, study string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childVar+"="+role+":"+study)
	c.Stderr = os.Stderr
	return c
}

// generations are units whose every output is stamped with the text of
// raw/a.txt and long enough to be cut in half.
func generations() []Unit {
	page := func(gen, name string) string { return strings.Repeat(gen+" "+name+"\n", 3000) + "end" }
	stamp := func(name string, in []string, out []string, trees ...string) Unit {
		return Unit{Name: name, Inputs: append(in, "raw/a.txt"), Outputs: append(out, trees...), Run: func(_ context.Context, io *IO) error {
			path, err := io.In("raw/a.txt")
			if err != nil {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			gen := string(text)
			for _, o := range out {
				err = errors.Join(err, put(io, o, page(gen, o)))
			}
			for _, tree := range trees {
				for k := range 4 {
					err = errors.Join(err, put(io, fmt.Sprintf("%s%s/%d.txt", tree, gen, k), page(gen, tree)))
				}
			}
			return err
		}}
	}
	return []Unit{
		stamp("normalize", nil, []string{"n/a.txt", "n/b.txt", "n/c.txt"}, "n/posts/"),
		stamp("measure", []string{"n/a.txt"}, []string{"m/values.txt", "m/more.txt"}),
		stamp("render/one", []string{"m/values.txt"}, []string{"figures/one.svg", "figures/one.png"}),
		stamp("render/two", []string{"m/values.txt"}, []string{"figures/two.svg", "figures/two.png"}),
		stamp("publish", []string{"figures/", "n/posts/"}, []string{"package.zip"}, "package/"),
	}
}

// oneGeneration checks that the files of a unit belong to one run and are whole.
func oneGeneration(t *testing.T, states []State) {
	t.Helper()
	for _, s := range states {
		gens := map[string]bool{}
		for _, path := range s.Outputs {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Errorf("unit %s: %v", s.Unit, err)
				continue
			}
			gen, _, _ := strings.Cut(string(text), " ")
			gens[gen] = true
			if !strings.HasSuffix(string(text), "\nend") {
				t.Errorf("%s is cut short", path)
			}
		}
		if len(gens) > 1 {
			t.Errorf("unit %s: outputs of several runs: %v", s.Unit, gens)
		}
		for _, reason := range s.Reasons {
			if strings.HasPrefix(reason, "output ") {
				t.Errorf("unit %s: %s", s.Unit, reason)
			}
		}
	}
}

func TestKill(t *testing.T) {
	t.Run("one file system", func(t *testing.T) { killRounds(t, "") })
	t.Run("two file systems", func(t *testing.T) { killRounds(t, otherDevice(t)) })
}

// killRounds kills a run with SIGKILL at a random moment, many times, and
// compares what the run after it leaves with an undisturbed run elsewhere.
func killRounds(t *testing.T, mount string) {
	b, twin := newBench(t), newBench(t)
	b.e.Build, twin.e.Build = Build{}, Build{}
	if mount != "" {
		b.write("mount", mount)
		b.e.Mounts = childMounts(b.e.Study)
	}
	units := generations()

	b.write("raw/a.txt", "gen0")
	start := time.Now()
	if err := child(t, "run", b.e.Study).Run(); err != nil {
		t.Fatal(err)
	}
	whole := time.Since(start)

	// A reader looks at one table all the time.
	stop := make(chan bool)
	var reader sync.WaitGroup
	reader.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			text, err := os.ReadFile(b.e.path("n/a.txt"))
			if err != nil || !strings.HasSuffix(string(text), "\nend") {
				t.Errorf("a reader saw %d bytes, %v", len(text), err)
				return
			}
			time.Sleep(100 * time.Microsecond)
		}
	})
	defer reader.Wait()
	defer close(stop)

	random := rand.New(rand.NewPCG(1, 2))
	killed, finished := 0, 0
	for round := range *killRoundsFlag {
		gen := fmt.Sprintf("gen%d", round+1)
		b.write("raw/a.txt", gen)
		c := child(t, "run", b.e.Study)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.Float64() * float64(whole)))
		_ = c.Process.Kill()
		if c.Wait() != nil {
			killed++
		}
		if left, _ := b.e.pending(); left != nil {
			finished++
		}
		states, err := b.e.Status(context.Background(), units, false)
		if err != nil {
			t.Fatal(err)
		}
		oneGeneration(t, states)

		b.run(units)
		twin.write("raw/a.txt", gen)
		twin.run(units)
		got, want := tree(t, b.e.Study), tree(t, twin.e.Study)
		for name, text := range tree(t, b.e.path("figures")) {
			got["figures/"+name] = text
		}
		for _, files := range []map[string]string{got, want} {
			delete(files, ".diplometrics/cache")
			delete(files, ".diplometrics/holder")
			delete(files, "mount")
		}
		equal(t, got, want)
		if t.Failed() {
			t.Fatalf("round %d", round)
		}
	}
	t.Logf("%d rounds: killed %d, of which %d while outputs were put in place", *killRoundsFlag, killed, finished)
	if killed == 0 {
		t.Error("no run was killed")
	}
}

func TestTheSecondRunWaitsAndSaysForWhom(t *testing.T) {
	b := newBench(t)
	b.write("raw/a.txt", "one")
	c := child(t, "hold", b.e.Study)
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "holding\n" {
		t.Fatal(line, err)
	}

	equal(t, b.status(chain())["first"], "never ran")

	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	_, err = b.e.Run(ctx, chain())
	equal(t, errors.Is(err, context.DeadlineExceeded), true)
	name := fmt.Sprintf("process %d on ", c.Process.Pid)
	equal(t, strings.Contains(err.Error(), name), true)
	equal(t, len(b.events), 1)
	equal(t, strings.HasPrefix(b.events[0], "waiting : "+name) && strings.Contains(b.events[0], "holds the study: "+filepath.Base(os.Args[0])), true)

	time.AfterFunc(200*time.Millisecond, func() { _ = in.Close() })
	equal(t, ran(b.run(chain())), "first upper")
	if err := c.Wait(); err != nil {
		t.Error(err)
	}
	equal(t, exists(b.e.path(".diplometrics/holder")), false)
}
