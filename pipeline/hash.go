package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"sync"
	"time"
	"unicode/utf8"
)

// sig is what a file looks like from outside. Files with equal signatures are
// taken to have equal bytes, except by a deep status.
type sig struct {
	Size  int64
	MTime int64 // nanoseconds since 1970
	Inode uint64
}

func sigOf(info fs.FileInfo) sig {
	return sig{info.Size(), info.ModTime().UnixNano(), inode(info)}
}

// settled says whether bytes that were read at t are certain to get another
// modification time when they are changed. File systems that keep whole seconds
// need two of them, the others a few ticks of the kernel.
func (s sig) settled(t time.Time) bool {
	slack := 50 * time.Millisecond
	if s.MTime%int64(time.Second) == 0 {
		slack = 2 * time.Second
	}
	return t.UnixNano()-s.MTime > int64(slack)
}

// cache spares hashing files again. Losing it costs time only.
type cache struct {
	path string
	deep bool // trust nothing; hash every file

	mu      sync.Mutex
	entries map[string]cached
	used    map[string]bool
	dirty   bool
}

type cached struct {
	Sig  sig
	Hash string
}

// openCache reads the cache; one that is missing or damaged is empty.
func openCache(path string, deep bool) *cache {
	c := &cache{path: path, deep: deep, used: map[string]bool{}}
	if b, err := os.ReadFile(path); err == nil {
		if json.Unmarshal(b, &c.entries) != nil {
			c.entries = nil
		}
	}
	if c.entries == nil {
		c.entries = map[string]cached{}
	}
	return c
}

// save writes what changed. With prune, only what was asked for since the cache
// was opened is kept. A cache that cannot be written is not an error.
func (c *cache) save(prune bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if prune {
		for key := range c.entries {
			if !c.used[key] {
				delete(c.entries, key)
				c.dirty = true
			}
		}
	}
	if !c.dirty {
		return
	}
	b, err := json.Marshal(c.entries)
	if err != nil {
		return
	}
	tmp := c.path + ".new"
	if os.WriteFile(tmp, b, 0o666) == nil {
		_ = os.Rename(tmp, c.path)
	}
}

// put records what the file was at t. What could still change unnoticed is
// forgotten instead.
func (c *cache) put(key string, s sig, hash string, t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.used[key] = true
	old, ok := c.entries[key]
	switch now := (cached{s, hash}); {
	case !s.settled(t):
		delete(c.entries, key)
		c.dirty = c.dirty || ok
	case old != now:
		c.entries[key] = now
		c.dirty = true
	}
}

// look returns the signature of the file at path.
func look(path string) (sig, error) {
	info, err := os.Stat(path)
	if err != nil {
		return sig{}, err
	}
	if !info.Mode().IsRegular() {
		return sig{}, fmt.Errorf("%s is not a regular file", path)
	}
	return sigOf(info), nil
}

// sum returns the hash and the signature of the file at path, which the cache
// knows as key. The error of a missing file is fs.ErrNotExist.
func (c *cache) sum(ctx context.Context, key, path string) (string, sig, error) {
	s, err := look(path)
	if err != nil {
		return "", sig{}, err
	}
	if hash, ok := c.known(key, s); ok {
		return hash, s, nil
	}
	start := time.Now()
	hash, s, err := hashFile(ctx, path)
	if err == nil {
		c.put(key, s, hash, start)
	}
	return hash, s, err
}

// known returns the hash of a file with a signature where that need not be read.
func (c *cache) known(key string, s sig) (string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	old, ok := c.entries[key]
	trust := !c.deep || c.used[key]
	c.used[key] = true
	return old.Hash, ok && old.Sig == s && trust
}

// errChanging is wrapped by the error of a file that changes while it is hashed.
var errChanging = errors.New("changed while it was read")

// hashFile reads the file at path. A file that changes meanwhile is an error.
func hashFile(ctx context.Context, path string) (string, sig, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", sig{}, err
	}
	defer f.Close()
	before, err := f.Stat()
	if err != nil {
		return "", sig{}, err
	}
	h := sha256.New()
	buf := make([]byte, 256<<10)
	for {
		if err := ctx.Err(); err != nil {
			return "", sig{}, err
		}
		n, err := f.Read(buf)
		h.Write(buf[:n])
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", sig{}, err
		}
	}
	after, err := f.Stat()
	if err != nil {
		return "", sig{}, err
	}
	if sigOf(before) != sigOf(after) {
		return "", sig{}, fmt.Errorf("%s %w: run again when nothing writes it any more", path, errChanging)
	}
	return hex.EncodeToString(h.Sum(nil)), sigOf(after), nil
}

// maxDepth bounds folders in folders, so that a link to a folder above ends.
const maxDepth = 40

// members lists the files below the folder dir as slash-separated names relative
// to it, sorted. Links are followed. Files that desktops leave behind are not
// listed. A missing folder is fs.ErrNotExist.
func members(dir string) ([]string, error) {
	var names []string
	var walk func(path, name string, depth int) error
	walk = func(path, name string, depth int) error {
		if depth > maxDepth {
			return fmt.Errorf("%s: more than %d folders deep: does a link lead back up?", path, maxDepth)
		}
		entries, err := os.ReadDir(path)
		if err != nil {
			return err
		}
		for _, e := range entries {
			at, called := filepath.Join(path, e.Name()), name+e.Name()
			if !utf8.ValidString(called) {
				return fmt.Errorf("%q: the file name is not UTF-8: rename the file", at)
			}
			mode := e.Type()
			if mode&fs.ModeSymlink != 0 {
				info, err := os.Stat(at)
				if err != nil {
					return err
				}
				mode = info.Mode().Type()
			}
			switch {
			case mode.IsDir():
				if err := walk(at, called+"/", depth+1); err != nil {
					return err
				}
			case isClutter(e.Name()):
			case !mode.IsRegular():
				return fmt.Errorf("%s is not a regular file", at)
			default:
				names = append(names, called)
			}
		}
		return nil
	}
	if err := walk(dir, "", 0); err != nil {
		return nil, err
	}
	sort.Strings(names)
	return names, nil
}

// isClutter names the files that file managers write into any folder they show.
func isClutter(name string) bool {
	return name == ".DS_Store" || name == "Thumbs.db" || name == "desktop.ini"
}
