package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// onSmallDisk runs a role of the test program in its own mount namespace, where
// it may mount a small disk that goes away with it, and returns what it printed.
func onSmallDisk(t *testing.T, role string) string {
	t.Helper()
	c := child(t, role, t.TempDir())
	c.Stderr = nil
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}}
	out, err := c.CombinedOutput()
	if strings.Contains(string(out), "cannot mount") || errors.Is(err, os.ErrPermission) {
		t.Skip("no small disk can be mounted here: ", err, string(out))
	}
	if err != nil {
		t.Fatal(err, string(out))
	}
	return string(out)
}

// mountSmall mounts an empty disk of the given size at dir, or ends the child.
func mountSmall(dir, options string, flags uintptr) {
	if err := syscall.Mount("none", dir, "tmpfs", flags, options); err != nil {
		fmt.Println("cannot mount:", err)
		os.Exit(0)
	}
}

// diskRoles are what the child of a test does; it prints what the test compares.
func diskRoles(role, study string) {
	raw := filepath.Join(study, "raw", "a.txt")
	write := func(text string) {
		err := errors.Join(os.MkdirAll(filepath.Dir(raw), 0o777), os.WriteFile(raw, []byte(text), 0o666))
		if err != nil {
			fmt.Println(err)
		}
	}
	e := &Engine{Study: study, Jobs: 1}
	run := func() {
		states, err := e.Run(context.Background(), generations())
		fmt.Printf("ran %q, full disk: %v\n", ran(states), errors.Is(err, syscall.ENOSPC))
		if err != nil && !errors.Is(err, syscall.ENOSPC) {
			fmt.Println(err)
		}
	}
	show := func() {
		text, err := os.ReadFile(filepath.Join(study, "n", "a.txt"))
		states, err2 := e.Status(context.Background(), generations(), true)
		fmt.Printf("n/a.txt %.4s, %q\n", text, states[0].Reasons)
		if err := errors.Join(err, err2); err != nil {
			fmt.Println(err)
		}
	}
	mountSmall(study, "size=8m", 0)
	write("gen0")
	run()
	switch role {
	case "full":
		write("gen1")
		var disk syscall.Statfs_t
		if err := syscall.Statfs(study, &disk); err != nil {
			fmt.Println(err)
		}
		used := int64(disk.Blocks-disk.Bfree) * disk.Bsize
		for _, free := range []int64{60_000, 150_000} { // normalize writes about 300,000 bytes
			mountSmall(study, fmt.Sprintf("size=%d", used+free), syscall.MS_REMOUNT)
			run()
			show()
		}
		mountSmall(study, "size=8m", syscall.MS_REMOUNT)
		run()
		show()
	case "readonly":
		mountSmall(study, "", syscall.MS_REMOUNT|syscall.MS_RDONLY)
		show()
		run()
	}
}

func TestFullDisk(t *testing.T) {
	const everything = "normalize measure render/one render/two publish"
	equal(t, onSmallDisk(t, "full"), `ran "`+everything+`", full disk: false
ran "", full disk: true
n/a.txt gen0, ["raw/a.txt changed"]
ran "", full disk: true
n/a.txt gen0, ["raw/a.txt changed"]
ran "`+everything+`", full disk: false
n/a.txt gen1, []
`)
}

func TestReadOnlyStudy(t *testing.T) {
	out := onSmallDisk(t, "readonly")
	if !strings.Contains(out, "n/a.txt gen0, []\nran \"\", full disk: false\n") || !strings.Contains(out, "read-only file system") {
		t.Error(out)
	}
}
