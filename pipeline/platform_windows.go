package pipeline

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// inode returns 0: the file number is not part of what Windows lists.
func inode(fs.FileInfo) uint64 { return 0 }

// sameDevice says whether a file at a can be renamed into the folder b.
func sameDevice(a, b string) (bool, error) {
	x, err := filepath.EvalSymlinks(a)
	if err != nil {
		return false, err
	}
	y, err := filepath.EvalSymlinks(b)
	if err != nil {
		return false, err
	}
	if x, err = filepath.Abs(x); err != nil {
		return false, err
	}
	if y, err = filepath.Abs(y); err != nil {
		return false, err
	}
	return strings.EqualFold(filepath.VolumeName(x), filepath.VolumeName(y)), nil
}

// syncFile makes the file's bytes durable; Windows wants it open for writing.
func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// syncDir does nothing: Windows has no such call and orders names itself.
func syncDir(string) error { return nil }
