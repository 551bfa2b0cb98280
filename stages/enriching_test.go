package stages

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"diplometrics/datasets"
)

// at gives the files of a folder by their names.
type at string

func (dir at) In(name string) (string, error) {
	return filepath.Join(string(dir), filepath.Base(name)), nil
}

// The followers are read once for who asks while others have them, and again
// where the table was written anew.
func TestFollowersAreShared(t *testing.T) {
	dir := t.TempDir()
	write := func(count int64) {
		n := datasets.Some(count)
		row := datasets.AccountSnapshot{Platform: "x", AccountID: "1", ObservedPrecision: "second", Followers: datasets.Shown{V: n, Low: n, High: n}, TimeSource: "field", Source: "s"}
		path := filepath.Join(dir, "new")
		if err := datasets.AccountSnapshots.Write(path, []datasets.AccountSnapshot{row}, datasets.WriteOptions{Unchecked: true}); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path, filepath.Join(dir, "account_snapshots.parquet")); err != nil {
			t.Fatal(err)
		}
	}
	var s sharedFollowers
	read := func() any {
		f, err := s.read(context.Background(), at(dir), "KAZ")
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	write(1)
	first := read()
	if read() != first {
		t.Error("the table was read twice")
	}
	other, err := s.read(context.Background(), at(dir), "UZB")
	if err != nil || other == first || read() != first {
		t.Errorf("another country has the same followers, or took them away: %v", err)
	}
	write(2)
	if read() == first {
		t.Error("the followers are those of the table before")
	}
	runtime.KeepAlive(first)
}
