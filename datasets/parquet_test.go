package datasets

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/file"
	"pgregory.net/rapid"
)

// wantErr fails unless err says every one of the parts.
func wantErr(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one that says %q", parts)
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("error %q does not say %q", err, p)
		}
	}
}

func roundTrip(t testing.TB, dir string, rows []kindsRow, o WriteOptions) {
	t.Helper()
	path := filepath.Join(dir, "kinds.parquet")
	if err := kinds.Write(path, rows, o); err != nil {
		t.Fatal(err)
	}
	got, err := kinds.ReadAll(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(rows) {
		t.Fatalf("read %d rows, wrote %d", len(got), len(rows))
	}
	for i := range rows {
		if got[i] != rows[i] {
			t.Fatalf("row %d: got %+v, wrote %+v", i, got[i], rows[i])
		}
	}
	if err := verify(context.Background(), checker(t, "check"), []string{path}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(checkPath(path)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the check file is still there: %v", err)
	}
}

func TestRoundTrip(t *testing.T) {
	allNull := make([]kindsRow, 10)
	for i := range allNull {
		allNull[i].ID = int64(i)
	}
	for name, rows := range map[string][]kindsRow{
		"empty":               nil,
		"one row":             kindsRows(1),
		"all null":            allNull,
		"exactly a row group": kindsRows(RowGroupRows),
		"several row groups":  kindsRows(70_000),
	} {
		for _, o := range []WriteOptions{{}, {Zstd: true, Simulated: true}} {
			t.Run(fmt.Sprintf("%s, zstd %t", name, o.Zstd), func(t *testing.T) { roundTrip(t, t.TempDir(), rows, o) })
		}
	}
}

func TestRoundTripOfRandomRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.Float64().Filter(func(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) })
		ids := rapid.SliceOfDistinct(rapid.Int64(), func(x int64) int64 { return x }).Draw(t, "ids")
		slices.Sort(ids)
		rows := make([]kindsRow, len(ids))
		for i := range rows {
			rows[i] = kindsRow{
				ID: ids[i], Text: rapid.String().Draw(t, "text"), Few: rapid.SampledFrom([]string{"", "a", "б"}).Draw(t, "few"),
				Float: number.Draw(t, "float"), Bool: rapid.Bool().Draw(t, "bool"),
				Day: Day(rapid.Int32().Draw(t, "day")), Time: Micros(rapid.Int64().Draw(t, "time")),
				OptText: opt(t, rapid.String()), OptFew: opt(t, rapid.StringN(0, 2, 8)),
				OptInt: opt(t, rapid.Int64()), OptFloat: opt(t, number), OptBool: opt(t, rapid.Bool()),
				OptDay:  opt(t, rapid.Map(rapid.Int32(), func(x int32) Day { return Day(x) })),
				OptTime: opt(t, rapid.Map(rapid.Int64(), func(x int64) Micros { return Micros(x) })),
			}
		}
		dir, err := os.MkdirTemp("", "kinds")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		path := filepath.Join(dir, "kinds.parquet")
		if err := kinds.Write(path, rows, WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		got, err := kinds.ReadAll(context.Background(), path)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, rows) {
			t.Fatalf("got %+v, wrote %+v", got, rows)
		}
		// In this process: a child for each of the examples would take minutes.
		if err := compareFile(path); err != nil {
			t.Fatal(err)
		}
	})
}

func opt[T any](t *rapid.T, g *rapid.Generator[T]) Opt[T] {
	if !rapid.Bool().Draw(t, "present") {
		return None[T]()
	}
	return Some(g.Draw(t, "value"))
}

// What an absent value holds is not written: the same table has one form.
func TestAbsentValuesAreZero(t *testing.T) {
	rows := []kindsRow{{OptInt: Opt[int64]{V: 7}, OptText: Opt[string]{V: "x"}, OptFloat: Opt[float64]{V: math.NaN()}}}
	path := filepath.Join(t.TempDir(), "kinds.parquet")
	if err := kinds.Write(path, rows, WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	got, err := kinds.ReadAll(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	if want := (kindsRow{}); got[0] != want {
		t.Errorf("got %+v, want %+v", got[0], want)
	}
}

func TestSameRowsSameBytes(t *testing.T) {
	rows := kindsRows(70_000)
	write := func(batch int) []byte {
		path := filepath.Join(t.TempDir(), "kinds.parquet")
		w, err := kinds.NewWriter(path, WriteOptions{Zstd: true})
		if err != nil {
			t.Fatal(err)
		}
		for part := range slices.Chunk(rows, batch) {
			if err := w.Write(part); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	want := write(len(rows))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, procs := range []int{1, 2} {
		runtime.GOMAXPROCS(procs)
		for _, batch := range []int{len(rows), 997} {
			if got := write(batch); !bytes.Equal(got, want) {
				t.Errorf("%d processors, batches of %d: other bytes", procs, batch)
			}
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	checked := kinds
	checked.Check = func(r *kindsRow) error {
		if r.Text == "bad" {
			return errors.New("text is bad")
		}
		return nil
	}
	late := kindsRows(RowGroupRows + 3)
	late[RowGroupRows+1].OptFloat = Some(math.Inf(1))
	for name, test := range map[string]struct {
		rows []kindsRow
		says []string
	}{
		"NaN":           {[]kindsRow{{ID: 1}, {ID: 2, Float: math.NaN()}}, []string{"table kinds", "row 1", "column float", "NaN"}},
		"infinite":      {late, []string{"row 30721", "column opt_float", "+Inf"}},
		"not UTF-8":     {[]kindsRow{{OptText: Some("a\xff")}}, []string{"row 0", "column opt_text", "UTF-8"}},
		"equal keys":    {[]kindsRow{{ID: 1}, {ID: 1}}, []string{"rows 0 and 1", "same key", "id"}},
		"out of order":  {[]kindsRow{{ID: 2}, {ID: 1}}, []string{"row 0 sorts after row 1"}},
		"fails a check": {[]kindsRow{{ID: 1}, {ID: 2, Text: "bad"}}, []string{"row 1", "text is bad"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "kinds.parquet")
			wantErr(t, checked.Write(path, test.rows, WriteOptions{}), test.says...)
			left, err := filepath.Glob(path + "*")
			if err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

// Order is checked across batches and row groups too.
func TestWriteRefusesDisorderBetweenBatches(t *testing.T) {
	for _, n := range []int{10, RowGroupRows} {
		w, err := kinds.NewWriter(filepath.Join(t.TempDir(), "kinds.parquet"), WriteOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer w.Discard()
		rows := kindsRows(n)
		if err := w.Write(rows); err != nil {
			t.Fatal(err)
		}
		// The writer must not depend on the caller's memory.
		clear(rows)
		err = w.Write(kindsRows(n)[n-1:])
		wantErr(t, err, fmt.Sprintf("rows %d and %d have the same key", n-1, n))
		if again := w.Write(nil); again != err {
			t.Errorf("after an error Write returns %v, want the same error", again)
		}
	}
}

// Columns that are not asked for stay at the zero value; those asked for are as
// in a full read, whatever the order of the names.
func TestReadOfSomeColumns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kinds.parquet")
	rows := kindsRows(1000)
	if err := kinds.Write(path, rows, WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	var got []kindsRow
	for batch, err := range kinds.Read(context.Background(), path, "opt_text", "id") {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, batch...)
	}
	if len(got) != len(rows) {
		t.Fatalf("%d rows, want %d", len(got), len(rows))
	}
	for i := range got {
		if want := (kindsRow{ID: rows[i].ID, OptText: rows[i].OptText}); got[i] != want {
			t.Fatalf("row %d: got %+v, want %+v", i, got[i], want)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a column that the table does not have was read")
		}
	}()
	kinds.Read(context.Background(), path, "no_such_column")
}

func TestReadSaysWhatDiffers(t *testing.T) {
	other := kinds
	other.Columns = slices.Clone(kinds.Columns)
	other.Columns[3] = intCol("float", "", "", func(r *kindsRow) *int64 { return &r.ID })
	other.Columns[7].Name = "renamed"
	path := filepath.Join(t.TempDir(), "kinds.parquet")
	if err := kinds.Write(path, nil, WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	_, err := other.ReadAll(context.Background(), path)
	wantErr(t, err, "kinds.parquet", "column float is float64, expected int64", "column renamed is there 0 times", "column opt_text is unknown")

	other = kinds
	other.Name = "others"
	_, err = other.ReadAll(context.Background(), path)
	wantErr(t, err, `holds table "kinds"`)
}

func TestReadOfDamagedFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kinds.parquet")
	if err := kinds.Write(path, kindsRows(1000), WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, b []byte) {
		t.Helper()
		if err := os.WriteFile(path, b, 0o666); err != nil {
			t.Fatal(err)
		}
		rows, err := kinds.ReadAll(context.Background(), path)
		if err == nil && !slices.Equal(rows, kindsRows(1000)) {
			t.Errorf("%s: other rows without an error", what)
		}
		if err != nil && !strings.Contains(err.Error(), "kinds.parquet") {
			t.Errorf("%s: the error does not name the file: %v", what, err)
		}
	}
	for _, n := range []int{0, 3, 8, 100, len(whole) / 2, len(whole) - 9, len(whole) - 1} {
		check(fmt.Sprintf("cut to %d bytes", n), whole[:n])
		if _, err := kinds.ReadAll(context.Background(), path); err == nil {
			t.Errorf("cut to %d bytes: no error", n)
		}
	}
	// Parquet without page checksums cannot notice a flipped bit in a value:
	// the engine's hashes do. What it must not do is end the program.
	for i := 0; i < len(whole); i += 97 {
		b := bytes.Clone(whole)
		b[i] ^= 0x10
		if err := os.WriteFile(path, b, 0o666); err != nil {
			t.Fatal(err)
		}
		for range kinds.Read(context.Background(), path) {
		}
	}
}

func TestReadStopsWhenCancelled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kinds.parquet")
	if err := kinds.Write(path, kindsRows(70_000), WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	batches := 0
	var last error
	for _, err := range kinds.Read(ctx, path) {
		cancel()
		batches++
		last = err
	}
	if batches != 2 || !errors.Is(last, context.Canceled) {
		t.Errorf("%d batches, last error %v; want 2 and context.Canceled", batches, last)
	}
}

// The panic of a consumer is the consumer's: it must not become a read error.
func TestReadLetsTheConsumerPanic(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kinds.parquet")
	if err := kinds.Write(path, kindsRows(1), WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if p := recover(); p != "mine" {
			t.Errorf("recovered %v", p)
		}
	}()
	for range kinds.Read(context.Background(), path) {
		panic("mine")
	}
}

// The profile, as the footer tells it.
func TestProfile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kinds.parquet")
	if err := kinds.Write(path, kindsRows(70_000), WriteOptions{Zstd: true, Simulated: true}); err != nil {
		t.Fatal(err)
	}
	r, err := file.OpenParquetFile(path, false)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	meta := r.MetaData()
	if got := r.NumRowGroups(); got != 3 { // 70,000 / 30,720, rounded up
		t.Errorf("%d row groups, want 3", got)
	}
	if got := meta.GetCreatedBy(); got != "diplometrics" {
		t.Errorf("created by %q", got)
	}
	if got := meta.Schema.Root().RepetitionType(); got != parquet.Repetitions.Required {
		t.Errorf("the root is %s", got)
	}
	pairs := map[string]string{}
	for _, k := range meta.KeyValueMetadata().Keys() {
		if k != "ARROW:schema" {
			pairs[k] = *meta.KeyValueMetadata().FindValue(k)
		}
	}
	if want := map[string]string{"schema_version": SchemaVersion, "table": "kinds", "profile": "portable-1", "simulated": "SIMULATED"}; !reflect.DeepEqual(pairs, want) {
		t.Errorf("key-value pairs %v, want %v", pairs, want)
	}
	for i, c := range kinds.Columns {
		chunk, err := meta.RowGroup(0).ColumnChunk(i)
		if err != nil {
			t.Fatal(err)
		}
		if got := chunk.HasDictionaryPage(); got != c.Few {
			t.Errorf("column %s: dictionary %t, want %t", c.Name, got, c.Few)
		}
		stats, err := chunk.Statistics()
		if err != nil || stats == nil {
			t.Fatalf("column %s: no statistics: %v", c.Name, err)
		}
		pages, err := r.RowGroup(0).GetColumnPageReader(i)
		if err != nil {
			t.Fatal(err)
		}
		for pages.Next() {
			if p, ok := pages.Page().(*file.DataPageV2); ok {
				t.Errorf("column %s: data page of version 2: %v", c.Name, p)
			}
		}
		if err := pages.Err(); err != nil && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
	}
}

func BenchmarkWrite300k(b *testing.B) {
	rows := kindsRows(300_000)
	path := filepath.Join(b.TempDir(), "kinds.parquet")
	for _, o := range []WriteOptions{{}, {Zstd: true}} {
		b.Run(fmt.Sprintf("zstd=%t", o.Zstd), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := kinds.Write(path, rows, o); err != nil {
					b.Fatal(err)
				}
			}
			info, err := os.Stat(path)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(info.Size())/1e6, "MB/file")
		})
	}
}

func BenchmarkRead300k(b *testing.B) {
	path := filepath.Join(b.TempDir(), "kinds.parquet")
	if err := kinds.Write(path, kindsRows(300_000), WriteOptions{}); err != nil {
		b.Fatal(err)
	}
	b.Run("first", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, err := range kinds.Read(context.Background(), path) {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("second", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := compareFile(path); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// Scan gives the rows of Read in the memory of one batch: what a row of the
// batch before held is not seen in one that is absent there. The texts stay when
// the memory of their pages is used again.
func TestScan(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kinds.parquet")
	rows := kindsRows(2*RowGroupRows + 100)
	for i := range rows {
		if i >= RowGroupRows {
			rows[i].OptText, rows[i].OptInt, rows[i].OptBool = None[string](), None[int64](), None[bool]()
		}
	}
	if err := kinds.Write(path, rows, WriteOptions{Unchecked: true}); err != nil {
		t.Fatal(err)
	}
	at := 0
	var first *kindsRow
	var kept []kindsRow
	for batch, err := range kinds.Scan(context.Background(), path) {
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = &batch[0]
		}
		if first != &batch[0] {
			t.Errorf("the batch from row %d lies elsewhere", at)
		}
		if !reflect.DeepEqual(batch, rows[at:at+len(batch)]) {
			t.Errorf("other rows from row %d on", at)
		}
		at += len(batch)
		kept = append(kept, batch...)
	}
	if !reflect.DeepEqual(kept, rows) {
		t.Errorf("%d rows were kept, which are not the %d that were written", at, len(rows))
	}
}

func BenchmarkScan(b *testing.B) {
	path := filepath.Join(b.TempDir(), "kinds.parquet")
	if err := kinds.Write(path, kindsRows(10*RowGroupRows), WriteOptions{Unchecked: true}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, err := range kinds.Scan(context.Background(), path) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}

// A damaged file, wherever it is, ends in rows or in an error, and in no
// endless loop and no memory without bound.
func TestReadOfTurnedBits(t *testing.T) {
	dir := t.TempDir()
	rows := kindsRows(24)
	for i := range rows {
		rows[i].OptText = None[string]() // all in one run of flags
	}
	path := filepath.Join(dir, "kinds.parquet")
	if err := kinds.Write(path, rows, WriteOptions{Unchecked: true}); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	footer := len(whole) - 8 - int(binary.LittleEndian.Uint32(whole[len(whole)-8:]))
	for i := range whole {
		if i > footer && i%5 > 0 {
			continue // most of it is the descriptions of columns; FuzzRead does all
		}
		for _, bit := range []byte{1, 0x40} {
			b := bytes.Clone(whole)
			b[i] ^= bit
			if err := os.WriteFile(path, b, 0o666); err != nil {
				t.Fatal(err)
			}
			done := make(chan bool)
			go func() {
				defer close(done)
				for range kinds.Read(context.Background(), path) {
				}
			}()
			select {
			case <-done:
			case <-time.After(20 * time.Second):
				t.Fatalf("byte %d with bit %#x turned: still reading", i, bit)
			}
		}
	}
}

// FuzzRead reads files with the program's own reader: bytes are the rows that the
// footer counts, or an error, in the memory of a batch.
func FuzzRead(f *testing.F) {
	dir := f.TempDir()
	for i, rows := range [][]kindsRow{nil, kindsRows(1), kindsRows(60)} {
		for _, o := range []WriteOptions{{Unchecked: true}, {Unchecked: true, Zstd: true}} {
			path := filepath.Join(dir, fmt.Sprint(i, o.Zstd))
			if err := kinds.Write(path, rows, o); err != nil {
				f.Fatal(err)
			}
			b, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "kinds.parquet")
		if err := os.WriteFile(path, b, 0o666); err != nil {
			t.Fatal(err)
		}
		all := func(how reading) (rows, failed string) {
			var text strings.Builder
			n := 0
			for batch, err := range kinds.read(context.Background(), path, nil, how) {
				if err == nil && len(batch) == 0 || err != nil && batch != nil {
					t.Fatalf("a batch of %d rows and %v", len(batch), err)
				}
				if err != nil {
					failed = err.Error()
				}
				if n += len(batch); n > 2*RowGroupRows {
					return "", "" // a damaged file can say that it has any number of rows
				}
				for _, r := range batch {
					fmt.Fprintln(&text, r)
				}
			}
			return text.String(), failed
		}
		rows, failed := all(reading{scanRows, RowGroupRows, true})
		// By and by it is the same, or wrong too.
		if few, wrong := all(reading{7, 7, true}); rows+failed != "" && few+wrong != "" && ((wrong == "") != (failed == "") || failed == "" && few != rows) {
			t.Fatalf("%q and %q\n%.300s\n%.300s", failed, wrong, rows, few)
		}
	})
}

// A file is read the same in steps of any size.
func TestReadInSteps(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kinds.parquet")
	rows := kindsRows(RowGroupRows + 700)
	if err := kinds.Write(path, rows, WriteOptions{Unchecked: true}); err != nil {
		t.Fatal(err)
	}
	for _, step := range []int{1, 256, 4096, RowGroupRows - 1} {
		var got []kindsRow
		for batch, err := range kinds.read(context.Background(), path, nil, reading{step, step, true}) {
			if err != nil {
				t.Fatal(err)
			}
			if len(batch) > step {
				t.Fatalf("a batch of %d rows in steps of %d", len(batch), step)
			}
			got = append(got, batch...)
		}
		if !slices.Equal(got, rows) {
			t.Errorf("%d rows in steps of %d, not as they were written", len(got), step)
		}
	}
}
