package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// ErrSkipped is wrapped by the error of IO.In for an input whose unit was
// skipped. A unit that returns that error is skipped too, for the same reason;
// one that can do without the input tests for it with errors.Is.
var ErrSkipped = errors.New("skipped")

// skippedInput is the error of In for an input that was not written.
type skippedInput struct{ name, reason string }

func (e *skippedInput) Error() string { return "input " + e.name + " was not written: " + e.reason }

func (e *skippedInput) Unwrap() error { return ErrSkipped }

// IO is what a running unit may touch. Its methods may be called from several
// goroutines. Paths are those of this machine; they must not reach an output.
type IO struct {
	unit    Unit
	path    func(name string) string
	in      *inputs
	skips   func(name string) string // why an input was not written
	hash    func(name string) error  // adds the hash of an input
	cache   *cache
	out     string // folder that holds the declared outputs
	scratch string

	mu    sync.Mutex
	skip  string
	notes []string
}

// In returns the path of a declared input, or of a member that a declared tree
// had when the unit started.
func (io *IO) In(name string) (string, error) {
	_, ok := io.in.sigs[name]
	switch {
	case io.in.notWritten[name]:
		return "", &skippedInput{name, io.skips(name)}
	case ok:
		return io.path(name), nil
	case isTree(name) && slices.Contains(io.unit.Inputs, name):
		return "", fmt.Errorf("input %s is a tree: open its members", name)
	}
	for tree := range io.in.trees {
		if strings.HasPrefix(name, tree) {
			return "", fmt.Errorf("input %s: the tree %s has no such member", name, tree)
		}
	}
	return "", fmt.Errorf("input %s is not declared", name)
}

// Under returns the declared inputs below a folder, whose name ends with a slash, in
// their order: the files of a table that lies in partitions. Members of trees are not
// among them. The caller owns the slice.
func (io *IO) Under(folder string) []string {
	return slices.DeleteFunc(slices.Clone(io.unit.Inputs), func(name string) bool { return !strings.HasPrefix(name, folder) || isTree(name) })
}

// SHA256 returns the hash of a declared input, or of a member of a declared tree,
// in hex: that of the bytes which the unit's manifest will name. It may have to
// wait for it: a unit that never ran starts while its inputs are hashed. Of an
// input that passes it is there once that was read to its end; before, it reads
// the file.
func (io *IO) SHA256(name string) (string, error) {
	if _, err := io.In(name); err != nil {
		return "", err
	}
	<-io.in.hashed
	if io.in.err != nil {
		return "", io.in.err
	}
	hash, ok := io.in.hash(name)
	if !ok {
		if err := io.hash(name); err != nil {
			return "", err
		}
		hash, _ = io.in.hash(name)
	}
	return hash, nil
}

// Open opens a declared input, or a member of a declared tree. The caller closes
// it.
func (io *IO) Open(name string) (*Input, error) {
	path, err := io.In(name)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("input %s: %w", name, err)
	}
	in := &Input{file: f, name: name, in: io.in, cache: io.cache, start: time.Now()}
	if info, err := f.Stat(); err == nil && slices.Contains(io.unit.Passing, name) && sigOf(info) == io.in.sigs[name] {
		if _, ok := io.in.hash(name); !ok {
			in.sum = sha256.New()
		}
	}
	return in, nil
}

// Input is an open input. It is not for several goroutines at once.
type Input struct {
	file  *os.File
	name  string
	in    *inputs
	cache *cache
	start time.Time
	sum   hash.Hash // of what Read gave so far; nil where it is not asked for
}

// Read reads on. At the end of a file that did not change meanwhile its hash is
// known.
func (f *Input) Read(p []byte) (int, error) {
	n, err := f.file.Read(p)
	if f.sum == nil {
		return n, err
	}
	f.sum.Write(p[:n])
	if err == nil {
		return n, nil
	}
	if info, wrong := f.file.Stat(); err == io.EOF && wrong == nil && sigOf(info) == f.in.sigs[f.name] {
		sum := hex.EncodeToString(f.sum.Sum(nil))
		f.in.setHash(f.name, sum)
		f.cache.put(f.name, f.in.sigs[f.name], sum, f.start)
	}
	f.sum = nil
	return n, err
}

// ReadAt reads anywhere, apart from Read.
func (f *Input) ReadAt(p []byte, off int64) (int, error) { return f.file.ReadAt(p, off) }

// Stat describes the file.
func (f *Input) Stat() (fs.FileInfo, error) { return f.file.Stat() }

// Close closes the file.
func (f *Input) Close() error { return f.file.Close() }

// Members returns the files of a declared tree as logical names, sorted. The
// caller owns the slice.
func (io *IO) Members(tree string) ([]string, error) {
	names, ok := io.in.trees[tree]
	if !ok {
		return nil, fmt.Errorf("input tree %s is not declared", tree)
	}
	return slices.Clone(names), nil
}

// Out returns the path in scratch where the unit is to write a declared output,
// or a file below a declared output tree, whose folder is created. For the name
// of a tree it is the folder itself. What is written reaches its place only when
// the unit ends without an error.
func (io *IO) Out(name string) (string, error) {
	declared := slices.ContainsFunc(io.unit.Outputs, func(out string) bool {
		return out == name || isTree(out) && strings.HasPrefix(name, out)
	})
	if !declared {
		return "", fmt.Errorf("output %s is not declared", name)
	}
	if err := checkName(name); err != nil {
		return "", err
	}
	path := filepath.Join(io.out, filepath.FromSlash(name))
	folder := filepath.Dir(path)
	if isTree(name) {
		folder = path
	}
	return path, os.MkdirAll(folder, 0o777)
}

// Scratch returns a folder for temporary files, removed after the unit.
func (io *IO) Scratch() string { return io.scratch }

// Skip says that the study lacks the data for this unit, and why. Nothing that
// the unit wrote is kept, and outputs of earlier runs are removed. The unit is
// to return nil after it.
func (io *IO) Skip(reason string) {
	io.mu.Lock()
	defer io.mu.Unlock()
	io.skip = reason
}

// Note adds a line to the summary of the run. It is kept in the manifest, so it
// must depend on the inputs alone.
func (io *IO) Note(format string, args ...any) {
	io.mu.Lock()
	defer io.mu.Unlock()
	io.notes = append(io.notes, fmt.Sprintf(format, args...))
}
