package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"diplometrics": main})
}

// The scripts of testdata/script, each a session of a user. A small study lies
// in $WORK/study of each.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			return os.CopyFS(filepath.Join(env.WorkDir, "study"), os.DirFS("testdata/study"))
		},
	})
}

// Ctrl-C ends a run within a second, with exit 1 and nothing half-written.
func TestInterrupt(t *testing.T) {
	exe := build(t)
	study := filepath.Join(t.TempDir(), "study")
	if err := os.CopyFS(study, os.DirFS("testdata/study")); err != nil {
		t.Fatal(err)
	}
	for _, after := range []time.Duration{5 * time.Millisecond, 60 * time.Millisecond, 150 * time.Millisecond} {
		cmd := exec.Command(exe, "--study", study, "run")
		var stderr strings.Builder
		cmd.Stderr = &stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(after)
		if err := cmd.Process.Signal(os.Interrupt); err != nil && err != os.ErrProcessDone {
			t.Fatal(err)
		}
		sent := time.Now()
		err := cmd.Wait()
		if took := time.Since(sent); took > 5*time.Second {
			t.Errorf("ended %v after the interrupt", took)
		}
		// Before the program listens, the signal ends it as it ends any process.
		status, _ := cmd.ProcessState.Sys().(syscall.WaitStatus)
		if err != nil && !status.Signaled() && (cmd.ProcessState.ExitCode() != 1 || !strings.Contains(stderr.String(), "interrupted")) {
			t.Errorf("interrupted after %v: %v, stderr:\n%s", after, err, stderr.String())
		}
	}
	// The next run takes it from there.
	if out, err := exec.Command(exe, "--study", study, "run").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if left, _ := filepath.Glob(filepath.Join(study, ".diplometrics", "scratch", "*")); len(left) > 0 {
		t.Errorf("scratch left: %v", left)
	}
}

// A folder that cannot be read is said so, by its name. The superuser reads
// everything, so there the program runs as nobody.
func TestUnreadableFolder(t *testing.T) {
	dir, err := os.MkdirTemp("", "unreadable")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	exe := filepath.Join(dir, "diplometrics")
	if err := os.Link(build(t), exe); err != nil {
		t.Fatal(err)
	}
	study := filepath.Join(dir, "study")
	if err := os.CopyFS(study, os.DirFS("testdata/study")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ folder, want string }{
		{"study/raw", "raw/followers.csv"}, {"study", "study: the folder cannot be read: permission denied"},
	} {
		for _, p := range []string{dir, study, exe} {
			if err := os.Chmod(p, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chmod(filepath.Join(dir, c.folder), 0); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(exe, "--study", study, "run")
		if os.Getuid() == 0 {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		}
		out, err := cmd.CombinedOutput()
		if err == nil || cmd.ProcessState.ExitCode() != 1 || !strings.Contains(string(out), c.want) || !strings.Contains(string(out), "permission denied") {
			t.Errorf("%s: %v\n%s", c.folder, err, out)
		}
		if err := os.Chmod(filepath.Join(dir, c.folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

// build puts the program where a test can start it as a process: this test's
// own executable, which is the program when it is called so.
func build(tb testing.TB) string {
	tb.Helper()
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	b, err := os.ReadFile(self)
	if err != nil {
		tb.Fatal(err)
	}
	exe := filepath.Join(tb.TempDir(), "diplometrics")
	if err := os.WriteFile(exe, b, 0o755); err != nil {
		tb.Fatal(err)
	}
	return exe
}

// The time of a whole run of the thesis study, and of one with nothing to do.
func BenchmarkThesis(b *testing.B) {
	exe := build(b)
	study := filepath.Join(b.TempDir(), "thesis")
	for _, n := range []string{"study.toml", "accounts.csv", "claims.csv", "raw"} {
		if out, err := exec.Command("cp", "-r", filepath.Join("../../../datasets/thesis", n), mkdir(b, study)).CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
	}
	run := func(b *testing.B) {
		if out, err := exec.Command(exe, "--quiet", "--study", study, "run").CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
	}
	b.Run("everything", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			for _, n := range []string{"normalized", "metrics", "package", "figures", ".diplometrics"} {
				if err := os.RemoveAll(filepath.Join(study, n)); err != nil {
					b.Fatal(err)
				}
			}
			b.StartTimer()
			run(b)
		}
	})
	b.Run("nothing_to_do", func(b *testing.B) {
		for b.Loop() {
			run(b)
		}
	})
}

func mkdir(tb testing.TB, dir string) string {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		tb.Fatal(err)
	}
	return dir
}
