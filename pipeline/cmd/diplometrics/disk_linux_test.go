package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// The disk fills up at each stage of a run: the message says so and names the
// unit, what was there before is whole, and with room again the run goes on to
// the bytes of one that nothing disturbed. The test runs itself in a mount
// namespace of its own, where it may mount small disks that go away with it.
func TestFullDiskLong(t *testing.T) {
	if os.Getenv("DIPLOMETRICS_LONG") == "" {
		t.Skip("make test-long runs it")
	}
	if os.Getenv("DIPLOMETRICS_DISK") != "" {
		fillDisk(t, os.Getenv("DIPLOMETRICS_DISK"))
		return
	}
	c := exec.Command(os.Args[0], "-test.run", "^TestFullDiskLong$", "-test.v")
	c.Env = append(os.Environ(), "DIPLOMETRICS_DISK="+build(t))
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}}
	out, err := c.CombinedOutput()
	if strings.Contains(string(out), "cannot mount") || errors.Is(err, os.ErrPermission) {
		t.Skip("skipped: no small disk can be mounted here: ", err, string(out))
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func fillDisk(t *testing.T, exe string) {
	disk := t.TempDir()
	mount := func(options string, flags uintptr) {
		t.Helper()
		if err := syscall.Mount("none", disk, "tmpfs", flags, options); err != nil {
			fmt.Println("cannot mount:", err)
			os.Exit(0)
		}
	}
	mount("size=512m", 0)
	defer syscall.Unmount(disk, 0)
	study := filepath.Join(disk, "study")
	run := func(args ...string) (string, error) {
		c := exec.Command(exe, append([]string{"--quiet", "--study", study}, args...)...)
		var stderr bytes.Buffer
		c.Stderr = &stderr
		err := c.Run()
		return stderr.String(), err
	}
	must := func(args ...string) {
		t.Helper()
		if text, err := run(args...); err != nil {
			t.Fatalf("%q: %v\n%s", args, err, text)
		}
	}
	if out, err := exec.Command(exe, "--quiet", "simulate", "--out", study, "--seed", "5", "--accounts", "6", "--months", "1").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	must("run")
	before := outputs(t, study)
	raw, _ := filepath.Glob(filepath.Join(study, "raw", "x", "*", "*.jsonl"))
	text, err := os.ReadFile(raw[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(raw[0], text[:bytes.LastIndexByte(bytes.TrimSpace(text), '\n')+1], 0o644); err != nil {
		t.Fatal(err)
	}
	hit := map[string]bool{}
	for _, stage := range []string{"normalize", "enrich", "measure", "summarize", "compare", "reconcile", "tabulate", "render", "report", "publish"} {
		var used syscall.Statfs_t
		if err := syscall.Statfs(disk, &used); err != nil {
			t.Fatal(err)
		}
		// A few blocks are left: folders and locks find room, tables do not.
		mount(fmt.Sprintf("size=%d", (int64(used.Blocks-used.Bfree)+3)*used.Bsize), syscall.MS_REMOUNT)
		was := outputs(t, study)
		text, err := run("run", stage)
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(text, "no space left on device") {
			t.Errorf("%s on a full disk: %v, %q; expected exit 1 and what is wrong", stage, err, text)
		}
		if strings.Contains(text, "unit "+stage) {
			hit[stage] = true
		}
		if now := outputs(t, study); !maps.Equal(was, now) {
			t.Errorf("%s on a full disk changed outputs", stage)
		}
		mount("size=512m", syscall.MS_REMOUNT)
		must("run", stage)
	}
	must("run")
	if after := outputs(t, study); maps.Equal(before, after) {
		t.Error("a post less changed nothing")
	}
	if missed := len(hit); missed < 10 {
		t.Errorf("the disk was full in %q only", slices.Sorted(maps.Keys(hit)))
	}
	if err := os.WriteFile(raw[0], text, 0o644); err != nil {
		t.Fatal(err)
	}
	must("run")
	if !maps.Equal(before, outputs(t, study)) {
		t.Error("after full disks the outputs are not those of a run which nothing disturbed")
	}
}
