package verify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
	"unicode/utf8"
)

// File is a file of the package.
type File struct {
	Path  string // inside the package, with slashes
	Bytes int64
}

// walk returns the files under a folder, sorted by path. A package holds
// ordinary files and folders only: a link, a pipe or a device refuses it.
func walk(ctx context.Context, root *os.Root) ([]File, error) {
	w := &walker{ctx: ctx, root: root}
	if err := w.dir(".", 0); err != nil {
		return nil, err
	}
	slices.SortFunc(w.files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return w.files, nil
}

type walker struct {
	ctx   context.Context
	root  *os.Root
	files []File
	seen  int // files and folders
	bytes int64
}

func (w *walker) dir(name string, depth int) error {
	if depth > maxDepth {
		return refuse(name, "found folders more than %d deep; a package has no such", maxDepth)
	}
	d, err := w.root.Open(name)
	if err != nil {
		return err
	}
	defer d.Close()
	for {
		entries, err := d.ReadDir(256)
		for _, e := range entries {
			if err := w.entry(path.Join(name, e.Name()), depth); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (w *walker) entry(name string, depth int) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if w.seen++; w.seen > maxFiles {
		return refuse("", "found more than %d files and folders; a package has no such number", maxFiles)
	}
	if why := badPath(name); why != "" {
		return refuse(name, "%s", why)
	}
	info, err := w.root.Lstat(name)
	if err != nil {
		return err
	}
	switch mode := info.Mode(); {
	case mode.IsDir():
		return w.dir(name, depth+1)
	case !mode.IsRegular():
		return refuse(name, "found %s, expected an ordinary file", kindOf(mode))
	}
	if info.Size() > maxFile {
		return refuse(name, "found %d bytes, at most %d are read", info.Size(), int64(maxFile))
	}
	if w.bytes += info.Size(); w.bytes > maxTotal {
		return refuse(name, "the files up to this one have more than %d bytes together; no more are read", int64(maxTotal))
	}
	w.files = append(w.files, File{name, info.Size()})
	return nil
}

func kindOf(m fs.FileMode) string {
	switch {
	case m&fs.ModeSymlink != 0:
		return "a symbolic link"
	case m&fs.ModeNamedPipe != 0:
		return "a pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	case m&fs.ModeDevice != 0:
		return "a device"
	}
	return "neither a file nor a folder"
}

// badPath says why a path cannot be one of a package, or returns "".
func badPath(name string) string {
	switch {
	case !utf8.ValidString(name):
		return "the name is not UTF-8"
	case strings.ContainsRune(name, 0):
		return "the name holds a NUL byte"
	case strings.ContainsFunc(name, func(r rune) bool { return r < 0x20 || r == 0x7f }):
		return "the name holds a control character"
	case strings.Contains(name, `\`):
		return "the name holds a backslash, which is a separator elsewhere"
	case strings.Contains(name, ":"):
		return "the name holds a colon, which names drives and streams elsewhere"
	case strings.HasPrefix(name, "/"):
		return "the name is absolute, and would lead out of the package"
	case !fs.ValidPath(name) && slices.Contains(strings.Split(name, "/"), ".."):
		return "the name climbs out of the package"
	case !fs.ValidPath(name):
		return "the name is not a path with single slashes inside the package"
	case len(name) > maxPath:
		return fmt.Sprintf("the name has %d bytes, at most %d are allowed", len(name), maxPath)
	case strings.Count(name, "/") > maxDepth:
		return fmt.Sprintf("the file lies in more than %d folders", maxDepth)
	}
	for part := range strings.SplitSeq(name, "/") {
		if len(part) > maxName {
			return fmt.Sprintf("a part of the name has %d bytes, at most %d are allowed", len(part), maxName)
		}
	}
	return ""
}

// open opens an ordinary file of the package. A pipe that took the place of a
// file does not hold the program up, and no link leads out of the folder.
func open(root *os.Root, name string) (*os.File, error) {
	f, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = refuse(name, "found %s, expected an ordinary file", kindOf(info.Mode()))
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// readAll returns the bytes of a small file, and refuses one that has more than
// most.
func readAll(ctx context.Context, root *os.Root, name string, most int64) ([]byte, error) {
	f, err := open(root, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(reading{ctx, f}, most+1))
	if err == nil && int64(len(b)) > most {
		err = refuse(name, "found more than %d bytes; no more are read", most)
	}
	return b, err
}

// hash returns the SHA-256 of a file in hex, and its bytes.
func hash(ctx context.Context, root *os.Root, name string) (sum string, size int64, err error) {
	f, err := open(root, name)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(h, io.LimitReader(reading{ctx, f}, maxFile+1))
	return hex.EncodeToString(h.Sum(nil)), size, err
}

// reading reads until the context ends.
type reading struct {
	ctx context.Context
	r   io.Reader
}

func (r reading) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
