package pipeline

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// FIPS 180-2, appendix B.1, gives this hash of "abc".
const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

func TestCache(t *testing.T) {
	dir := t.TempDir()
	file, at := filepath.Join(dir, "f"), filepath.Join(dir, "cache")
	if err := os.WriteFile(file, []byte("abc"), 0o666); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(file, old, old); err != nil {
		t.Fatal(err)
	}
	sum := func(c *cache, key string) string {
		t.Helper()
		hash, _, err := c.sum(context.Background(), key, file)
		if err != nil {
			t.Fatal(err)
		}
		return hash
	}
	c := openCache(at, false)
	equal(t, sum(c, "f"), abc)
	equal(t, sum(c, "g"), abc)
	c.save(false)

	// Asked for nothing but f, the cache forgets g when told to.
	c = openCache(at, false)
	equal(t, len(c.entries), 2)
	equal(t, sum(c, "f"), abc)
	c.save(true)
	equal(t, len(openCache(at, false).entries), 1)

	// An entry is believed while the signature holds; a damaged cache is not.
	c = openCache(at, false)
	e := c.entries["f"]
	e.Hash = "made up"
	c.entries["f"] = e
	equal(t, sum(c, "f"), "made up")
	if err := os.WriteFile(at, []byte("{"), 0o666); err != nil {
		t.Fatal(err)
	}
	equal(t, sum(openCache(at, false), "f"), abc)

	// Bytes as young as the clock's tick are not remembered.
	now := time.Now()
	if err := os.Chtimes(file, now, now); err != nil {
		t.Fatal(err)
	}
	c = openCache(filepath.Join(dir, "none"), false)
	equal(t, sum(c, "f"), abc)
	equal(t, len(c.entries), 0)
}

func TestSettled(t *testing.T) {
	at := time.Unix(1e9, 500)
	s := sig{MTime: at.UnixNano()}
	equal(t, s.settled(at.Add(40*time.Millisecond)), false)
	equal(t, s.settled(at.Add(60*time.Millisecond)), true)
	equal(t, s.settled(at.Add(-time.Hour)), false)
	whole := sig{MTime: time.Unix(1e9, 0).UnixNano()}
	equal(t, whole.settled(time.Unix(1e9+1, 0)), false)
	equal(t, whole.settled(time.Unix(1e9+3, 0)), true)
}

func TestMembers(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need rights there")
	}
	dir := t.TempDir()
	make := func(name string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	fails := func(fragment string) {
		t.Helper()
		if list, err := members(filepath.Join(dir, "a")); err == nil {
			t.Errorf("no error about %s: %q", fragment, list)
		}
	}
	make("a/b/c.txt")
	make("a/b.txt")
	make("elsewhere/d\ne.txt")
	if err := os.Symlink(filepath.Join(dir, "elsewhere"), filepath.Join(dir, "a", "link")); err != nil {
		t.Fatal(err)
	}
	got, err := members(filepath.Join(dir, "a"))
	equal(t, err, nil)
	equal(t, got, []string{"b.txt", "b/c.txt", "link/d\ne.txt"})

	loop := filepath.Join(dir, "a", "loop")
	if err := os.Symlink(filepath.Join(dir, "a"), loop); err != nil {
		t.Fatal(err)
	}
	fails("a loop")
	_ = os.Remove(loop)
	if err := os.Symlink("/dev/null", loop); err != nil {
		t.Fatal(err)
	}
	fails("a device")
	_ = os.Remove(loop)
	if runtime.GOOS == "linux" {
		make("a/\xff")
		fails("a name that is not UTF-8")
	}
}
