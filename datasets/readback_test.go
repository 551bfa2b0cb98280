package datasets

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
)

// A file that holds other values than were written is found, whatever the kind
// of the value, with its column and row.
func TestVerifyFindsOneOtherValue(t *testing.T) {
	const row = 40_001 // in the second row group; present in every column: 40,001 is no multiple of 3 or 5
	for column, change := range map[string]func(*kindsRow){
		"text":      func(r *kindsRow) { r.Text += "!" },
		"few":       func(r *kindsRow) { r.Few = "other" },
		"float":     func(r *kindsRow) { r.Float += 1e-9 },
		"bool":      func(r *kindsRow) { r.Bool = !r.Bool },
		"day":       func(r *kindsRow) { r.Day++ },
		"time":      func(r *kindsRow) { r.Time++ },
		"opt_text":  func(r *kindsRow) { r.OptText = Some("") },
		"opt_few":   func(r *kindsRow) { r.OptFew = None[string]() },
		"opt_int":   func(r *kindsRow) { r.OptInt = Some(int64(0)) },
		"opt_float": func(r *kindsRow) { r.OptFloat = Some(0.0) },
		"opt_bool":  func(r *kindsRow) { r.OptBool = Some(!r.OptBool.V) },
		"opt_day":   func(r *kindsRow) { r.OptDay = None[Day]() },
		"opt_time":  func(r *kindsRow) { r.OptTime.V-- },
	} {
		t.Run(column, func(t *testing.T) {
			dir := t.TempDir()
			good, bad := filepath.Join(dir, "good.parquet"), filepath.Join(dir, "bad.parquet")
			rows := kindsRows(50_000)
			if err := kinds.Write(good, rows, WriteOptions{}); err != nil {
				t.Fatal(err)
			}
			change(&rows[row])
			if err := kinds.Write(bad, rows, WriteOptions{}); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(checkPath(good), checkPath(bad)); err != nil {
				t.Fatal(err)
			}
			wantErr(t, compareFile(bad), "column "+column+",", "row 40001: found")
		})
	}
}

func TestVerifyNamesTheFile(t *testing.T) {
	dir := t.TempDir()
	var files []string
	for _, name := range []string{"a.parquet", "b\nb.parquet", "c.parquet"} {
		files = append(files, filepath.Join(dir, name))
		if err := kinds.Write(files[len(files)-1], kindsRows(10), WriteOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	rows := kindsRows(10)
	rows[4].OptInt = Some(int64(5))
	tampered := filepath.Join(dir, "tampered")
	if err := kinds.Write(tampered, rows, WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(tampered, files[1]); err != nil {
		t.Fatal(err)
	}
	err := verify(context.Background(), checker(t, "check"), files)
	// 4 << 40, from kindsRows.
	wantErr(t, err, files[1], "column opt_int", "row 4", "found 5", "4398046511104 was written")
	for _, f := range files {
		if _, err := os.Stat(checkPath(f)); err != nil {
			t.Errorf("after a difference the check files stay: %v", err)
		}
	}
}

func TestVerifyOfDamagedFiles(t *testing.T) {
	for name, test := range map[string]struct {
		damage func(b []byte) []byte
		says   string
	}{
		"empty":     {func(b []byte) []byte { return nil }, "second Parquet library"},
		"truncated": {func(b []byte) []byte { return b[:len(b)/2] }, "second Parquet library"},
		// The first data page starts behind the magic number.
		"overwritten": {func(b []byte) []byte { clear(b[4:2000]); return b }, "column id"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "kinds.parquet")
			if err := kinds.Write(path, kindsRows(1000), WriteOptions{}); err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, test.damage(b), 0o666); err != nil {
				t.Fatal(err)
			}
			wantErr(t, verify(context.Background(), checker(t, "check"), []string{path}), path, test.says)
		})
	}
}

func TestVerifyOfFilesWithOtherRows(t *testing.T) {
	dir := t.TempDir()
	path, other := filepath.Join(dir, "kinds.parquet"), filepath.Join(dir, "other.parquet")
	for _, n := range []int{0, 99, 101, 40_000} {
		if err := kinds.Write(path, kindsRows(100), WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		if err := kinds.Write(other, kindsRows(n), WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(other, path); err != nil {
			t.Fatal(err)
		}
		wantErr(t, compareFile(path), "found", "written")
	}
}

// The second library reads brotli as no rows and no error.
func TestVerifyNoticesRowsThatTheLibraryDoesNotSee(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kinds.parquet")
	rows := kindsRows(100)
	if err := kinds.Write(path, rows, WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := kinds.Schema().newFile(file, parquet.NewWriterProperties(
		parquet.WithRootRepetition(parquet.Repetitions.Required), parquet.WithCompression(compress.Codecs.Brotli)), WriteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	codec, err := compress.GetCodec(compress.Codecs.Brotli)
	if err != nil {
		t.Fatal(err)
	}
	chunks := make([]chunk, len(kinds.Columns))
	for i, c := range kinds.Columns {
		if err := c.gather(rows).encode(c.Kind, &chunks[i], func(_, src []byte) []byte { return codec.Encode(nil, src) }); err != nil {
			t.Fatal(err)
		}
	}
	if err := cmp.Or(w.rowGroup(len(rows), chunks), w.close(), file.Close()); err != nil {
		t.Fatal(err)
	}
	wantErr(t, compareFile(path), "column id, row 0")
}

func TestVerifyOfOtherColumns(t *testing.T) {
	other := kinds
	other.Columns = append([]Column[kindsRow]{}, kinds.Columns...)
	check := func(says string) {
		t.Helper()
		dir := t.TempDir()
		path := filepath.Join(dir, "kinds.parquet")
		if err := other.Write(path, nil, WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		if err := kinds.Write(filepath.Join(dir, "good"), nil, WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(checkPath(filepath.Join(dir, "good")), checkPath(path)); err != nil {
			t.Fatal(err)
		}
		wantErr(t, compareFile(path), says)
	}
	other.Columns[6] = intCol("time", "", "", func(r *kindsRow) *int64 { return &r.ID })
	check("column time is stored as INT64 INT_64, expected INT64 TIMESTAMP_MICROS UTC")
	other.Columns[6] = kinds.Columns[6]
	other.Columns[9] = intCol("opt_int", "", "", func(r *kindsRow) *int64 { return &r.ID })
	check("column opt_int is REQUIRED, expected OPTIONAL")
	other.Columns[9] = kinds.Columns[9]
	other.Columns[1].Name = "texts"
	check("column 1 is called texts, but was written as text")
	other.Columns = other.Columns[:5]
	check("found 5 columns, but 14 were written")
}

func TestVerifySurvivesItsChild(t *testing.T) {
	files := []string{"first.parquet", "second.parquet"}
	wantErr(t, verify(context.Background(), checker(t, "check-and-panic"), files), "second.parquet", "panic: as the library does")
	wantErr(t, verify(context.Background(), checker(t, "check-and-stop"), files), "first.parquet", "ended without a result")
	wantErr(t, verify(context.Background(), checker(t, "check-another"), files), "first.parquet", "it said {List:1 File:other.parquet", "expected {List:1 File:first.parquet")
	wantErr(t, verify(context.Background(), checker(t, "check-at-once"), files), "first.parquet", "Done:true", "expected {List:1 File:first.parquet Done:false")
	wantErr(t, verify(context.Background(), checker(t, "check-in-noise"), files), "first.parquet", "what is no report")
	wantErr(t, verify(context.Background(), checker(t, "check-and-close"), files), "first.parquet", "ended without a result (signal: killed)")
	wantErr(t, verify(context.Background(), []string{filepath.Join(t.TempDir(), "none")}, files), "first.parquet")
	wantErr(t, verify(context.Background(), checker(t, "check"), []string{filepath.Join(t.TempDir(), "none")}), "nothing to compare with")
}

// One child reads back one list of files after another, and is there after a file
// that differed. One that died while it had nothing to do is replaced.
func TestCheckerKeepsItsChild(t *testing.T) {
	c := NewChecker(checker(t, "check")...)
	defer c.Close()
	dir := t.TempDir()
	write := func() []string {
		files := []string{filepath.Join(dir, "a.parquet"), filepath.Join(dir, "b.parquet")}
		for _, f := range files {
			if err := kinds.Write(f, kindsRows(20), WriteOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		return files
	}
	pid := func() int {
		if len(c.idle) != 1 {
			t.Fatalf("%d children", len(c.idle))
		}
		return c.idle[0].cmd.Process.Pid
	}
	if err := c.Verify(context.Background(), write()); err != nil {
		t.Fatal(err)
	}
	first := pid()
	files := write()
	if err := os.Rename(checkPath(files[0]), checkPath(files[1])); err != nil {
		t.Fatal(err)
	}
	wantErr(t, c.Verify(context.Background(), files), files[0], "nothing to compare with")
	if err := c.Verify(context.Background(), write()); err != nil || pid() != first {
		t.Errorf("%v, child %d after %d", err, pid(), first)
	}
	if err := c.idle[0].cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := c.Verify(context.Background(), write()); err != nil || pid() == first {
		t.Errorf("after the child was killed: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	wantErr(t, c.Verify(ctx, write()), "canceled")
	if len(c.idle) != 0 {
		t.Error("a child that was killed with its context was kept")
	}
}

// No answer to one list is taken for one to the next.
func TestCheckerOfAnswersTwice(t *testing.T) {
	c := NewChecker(checker(t, "check-twice")...)
	defer c.Close() // of a child that does not end by itself
	t.Chdir(t.TempDir())
	for i := range 2 {
		if err := os.WriteFile(checkPath("first.parquet"), nil, 0o666); err != nil {
			t.Fatal(err)
		}
		switch err := c.Verify(context.Background(), []string{"first.parquet"}); i {
		case 0:
			if err != nil {
				t.Fatal(err)
			}
		case 1:
			wantErr(t, err, "first.parquet", "it said {List:1", "expected {List:2")
		}
	}
	if _, err := os.Stat(checkPath("first.parquet")); err != nil {
		t.Error(err)
	}
}

// A child that does not end when it is to is killed.
func TestCheckerClosesInTime(t *testing.T) {
	c := NewChecker(checker(t, "check-twice")...)
	t.Chdir(t.TempDir())
	if err := os.WriteFile(checkPath("first.parquet"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := c.Verify(context.Background(), []string{"first.parquet"}); err != nil {
		t.Fatal(err)
	}
	k := c.idle[0]
	c.Close()
	if s := k.cmd.ProcessState; s == nil || s.Success() {
		t.Errorf("it ended with %v", s)
	}
}

// Several at once have a child each.
func TestCheckerOfSeveral(t *testing.T) {
	c := NewChecker(checker(t, "check")...)
	defer c.Close()
	dir := t.TempDir()
	var wait sync.WaitGroup
	for i := range 3 {
		wait.Go(func() {
			for range 3 {
				path := filepath.Join(dir, fmt.Sprint(i, ".parquet"))
				if err := kinds.Write(path, kindsRows(2000+i), WriteOptions{}); err != nil {
					t.Error(err)
				}
				if err := c.Verify(context.Background(), []string{path}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	if n := len(c.idle); n == 0 || n > 3 {
		t.Errorf("%d children for 3", n)
	}
}

func TestVerifyStopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	wantErr(t, verify(ctx, checker(t, "check"), []string{"a.parquet"}), "a.parquet", "canceled")
}

// A row group whose statistics do not span its values is noticed: a query that
// goes by them would not find the others.
func TestVerifyNoticesWrongStatistics(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kinds.parquet")
	rows := kindsRows(9000) // several pages
	if err := kinds.Write(path, rows, WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	r, err := openSecond(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	value := func(name string, i int) any {
		for c := range kinds.Columns {
			if kinds.Columns[c].Name == name {
				switch v := kinds.Cell(&rows[i], c).(type) {
				case Day:
					return int32(v)
				case Micros:
					return int64(v)
				default:
					return v
				}
			}
		}
		panic(name)
	}
	for i, c := range kinds.Columns {
		if c.Kind == Bool {
			continue
		}
		l := limitsOf(r.footer().GetRowGroups()[0].GetColumns()[i].MetaData)
		if !l.texts && !l.ints && !l.floats {
			t.Errorf("column %s has no statistics", c.Name)
			continue
		}
		least, most := any(nil), any(nil)
		for row := range rows {
			v := value(c.Name, row)
			if v == nil {
				continue
			}
			if err := l.check([]any{v}, int64(row)); err != nil {
				t.Fatalf("column %s: %v", c.Name, err)
			}
			if least == nil || CompareCells(v, least) < 0 {
				least = v
			}
			if most == nil || CompareCells(v, most) > 0 {
				most = v
			}
		}
		// They are as narrow as can be, and a value beyond them is found.
		narrow := l
		switch {
		case l.texts:
			narrow.most = l.most[:len(l.most)-1]
		case l.ints:
			narrow.low++
		default:
			narrow.max = math.Nextafter(l.max, math.Inf(-1))
		}
		if narrow.check([]any{least}, 0) == nil && narrow.check([]any{most}, 0) == nil {
			t.Errorf("column %s: %v to %v are within %+v", c.Name, least, most, narrow)
		}
	}
}
