package adapters

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"
	"time"

	"diplometrics/datasets"
)

// read reads a text as a file of the format.
func (f *format) read(r io.Reader, workers int) (*Batch, error) {
	return f.adapter.Read(context.Background(), r, f.file, workers)
}

// rowsShown prints the rows of a batch, one a line, without filters and rejects.
func rowsShown(b *Batch) []string {
	bare := *b
	bare.Filtered, bare.Rejects, bare.Merged = nil, nil, 0
	lines := strings.Split(strings.TrimSpace(shownBatch(&bare)), "\n")
	return lines[:len(lines)-1]
}

// Every adapter has a format here, or its invariants would not be tested.
func TestFormats(t *testing.T) {
	have := map[string]bool{}
	for _, f := range formats(t) {
		have[f.adapter.Name] = true
		for _, a := range All() {
			if got, want := a.Detect([]byte(f.whole(3)), "f"), a.Name == f.adapter.Name; got != want {
				t.Errorf("%s: detected by %s: %v", f.name, a.Name, got)
			}
		}
	}
	for _, a := range append(slices.Clone(All()), Mapping) {
		if !have[a.Name] {
			t.Errorf("no format of %s", a.Name)
		}
	}
}

// Each record of a file is one row, in the order of the file, for any number of
// cores and workers, in reads of any size, and twice. A record that cannot be
// used is one reject.
func TestEachRecordOnce(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, f := range formats(t) {
		const n = chunkRecords + 200 // more than a chunk
		text, bad := f.whole(n), 0
		if !f.adapter.Strict {
			text, bad = f.head+f.broken+f.between+strings.TrimPrefix(text, f.head), 1
		}
		var want *Batch
		for _, cores := range []int{1, 8, 8} {
			runtime.GOMAXPROCS(cores)
			b, err := f.read(strings.NewReader(text), cores)
			if err != nil {
				t.Fatalf("%s: %v", f.name, err)
			}
			if want == nil {
				want = b
			}
			if !reflect.DeepEqual(b, want) {
				t.Errorf("%s: other rows on %d cores", f.name, cores)
			}
			rows := len(b.Posts) + len(b.Snapshots) + len(b.Windows) + len(b.Published)
			if b.Records() != int64(n+bad) || rows != n || len(b.Rejects) != bad {
				t.Errorf("%s: %d records, %d rows, %d rejects; want %d, %d, %d", f.name, b.Records(), rows, len(b.Rejects), n+bad, n, bad)
			}
		}
		runtime.GOMAXPROCS(2)
		text = f.whole(5)
		whole, err := f.read(strings.NewReader(text), 2)
		if err != nil {
			t.Fatal(err)
		}
		slow, err := f.read(iotest{strings.NewReader(text)}, 2)
		if err != nil || shownBatch(slow) != shownBatch(whole) {
			t.Errorf("%s read byte by byte: %v", f.name, err)
		}
	}
}

// A file that is cut anywhere, inside a record, an escape or a character, gives
// the rows before the cut and a reject, or is refused as a whole. Only a file of
// lines that is cut between two of them looks whole, and a table whose last row
// has all its cells: sheets saved by hand often lack the last line end.
func TestCut(t *testing.T) {
	for _, f := range formats(t) {
		text := f.whole(3)
		b, err := f.read(strings.NewReader(text), 1)
		if err != nil || len(b.Rejects) > 0 {
			t.Fatalf("%s: %v\n%s", f.name, err, shownBatch(b))
		}
		whole := rowsShown(b)
		for n := 1; n < len(text); n++ {
			b, err := f.read(strings.NewReader(text[:n]), 1)
			before, inside, complete := f.at(n)
			if err != nil {
				// A table with its header is not refused for its last row, unless people can mend it.
				if err.Error() == "" || !f.adapter.Strict && f.quoted && n >= len(f.head) {
					t.Fatalf("%s cut at %d: error %q", f.name, n, err)
				}
				continue
			}
			rows := rowsShown(b)
			fits := len(rows) == before && slices.Equal(rows, whole[:before])
			oneMore := b.Records() == int64(before+1) && len(rows) >= before && slices.Equal(rows[:before], whole[:before])
			switch {
			case n < len(f.head) && len(rows) == 0: // nothing was there
			case !f.lines() && strings.TrimSpace(text[n:]) == "" && fits: // the last line end
			case complete && len(rows) == before+1 && slices.Equal(rows, whole[:before+1]):
			case oneMore && f.quoted && allCells(f, inside):
			case f.pages && len(rows) == before+1 && slices.Equal(rows[:before], whole[:before]) && samePost(rows[before], whole[before]) && len(b.Rejects) == 1:
			case !fits, inside != "" && len(b.Rejects) == 0, !f.lines() && len(b.Rejects) == 0:
				t.Fatalf("%s cut at %d behind %q: %d whole records, got\n%s", f.name, n, text[max(0, n-20):n], before, shownBatch(b))
			case inside == "" && f.lines() && len(b.Rejects) > 0:
				t.Fatalf("%s cut at %d, between two records: %+v", f.name, n, b.Rejects)
			}
		}
	}
}

// samePost tells whether two rows are the same but for when they were observed:
// a page that is cut has lost that.
func samePost(a, b string) bool {
	bare := func(s string) string {
		return regexp.MustCompile(` observed_\w+=\S+| time_source=\S+`).ReplaceAllString(s, "")
	}
	return bare(a) == bare(b)
}

// at returns how many records end before a place of a file of three, what
// stands between the last of them and the place, and whether that is a record
// without its line end.
func (f *format) at(n int) (before int, inside string, complete bool) {
	text, end := f.whole(3), len(f.head)
	for k := 1; k <= 3; k++ {
		next := end + len(f.row(k))
		if k > 1 {
			next += len(f.between)
		}
		if n < next {
			complete = f.lines() && n == next-1
			break
		}
		before, end = k, next
	}
	return before, text[min(end, n):n], complete
}

// allCells tells whether a row has all cells of the table and no open quotes.
func allCells(f format, row string) bool {
	comma := rune(delimiterOf([]byte(f.head), 1))
	cells := func(s string) int {
		r := csv.NewReader(strings.NewReader(s))
		r.Comma, r.FieldsPerRecord = comma, -1
		c, err := r.Read()
		if err != nil {
			return 0
		}
		return len(c)
	}
	n := cells(row)
	return n > 0 && (n == cells(f.head) || n == cells(f.row(1)))
}

// A compressed file that is cut anywhere gives the first of its rows and a
// reject, or is refused, never a short success.
func TestCutCompressedLong(t *testing.T) {
	long(t)
	for _, f := range formats(t) {
		text := f.whole(300)
		b, err := f.read(strings.NewReader(text), 1)
		if err != nil {
			t.Fatal(err)
		}
		whole := rowsShown(b)
		for _, kind := range []string{"gz", "xz", "zst", "zip"} {
			data := packed(t, kind, "f", []byte(text))
			checkCut(t, f, f.name+" as "+kind, data, whole, max(1, len(data)/8))
		}
	}
	f := format{adapter: &XV2}
	data, err := os.ReadFile("testdata/compressed/posts.jsonl.bz2") // three streams of four posts
	if err != nil {
		t.Fatal(err)
	}
	b, err := readPacked(t, f, data)
	if err != nil || len(b.Posts) != 12 || len(b.Rejects) > 0 {
		t.Fatalf("bzip2: %v\n%s", err, shownBatch(b))
	}
	if most := checkCut(t, f, "bzip2", data, rowsShown(b), 7); most < 8 {
		t.Errorf("bzip2: at most %d posts were readable", most)
	}
}

func readPacked(t *testing.T, f format, data []byte) (*Batch, error) {
	in, err := Open(write(t, "f", data), "", "")
	if err != nil {
		return &Batch{}, err
	}
	defer in.Close()
	return f.read(in, 1)
}

// checkCut cuts a compressed file at every step-th byte and at its last ones,
// and returns the most rows that a cut file gave.
func checkCut(t *testing.T, f format, name string, data []byte, whole []string, step int) (most int) {
	t.Helper()
	var places []int
	for n := 1; n < len(data); n += step {
		places = append(places, n)
	}
	for _, n := range append(places, len(data)-9, len(data)-1) {
		b, err := readPacked(t, f, data[:n])
		if err != nil {
			if err.Error() == "" {
				t.Errorf("%s cut at %d: an error without words", name, n)
			}
			continue
		}
		rows := rowsShown(b)
		most = max(most, len(rows))
		if len(b.Rejects) == 0 {
			t.Errorf("%s cut at %d of %d: %d of %d rows and no reject", name, n, len(data), len(rows), len(whole))
		}
		if f.pages && len(rows) > 0 && len(rows) <= len(whole) && samePost(rows[len(rows)-1], whole[len(rows)-1]) {
			rows = rows[:len(rows)-1]
		}
		if len(rows) > len(whole) || !slices.Equal(rows, whole[:len(rows)]) {
			t.Errorf("%s cut at %d: rows that the whole file does not have", name, n)
		}
	}
	return most
}

// long skips a test that takes many seconds, unless it is asked for: make
// test-long does.
func long(t *testing.T) {
	t.Helper()
	if os.Getenv("DIPLOMETRICS_LONG") == "" {
		t.Skip("make test-long runs it")
	}
}

// longPeak is the most memory that reading a line of any length takes, in
// bytes: buffers that double up to MaxRecord, and the copies that were thrown
// away between two collections of garbage.
const longPeak = 6 * MaxRecord

// A line of 200 MB is one reject, whatever stands in it, and the records around
// it are read; a table that people fill in is refused. Memory is bounded.
func TestLineWithoutEndLong(t *testing.T) {
	long(t)
	type splitter struct {
		split uintptr
		list  bool
	}
	done := map[splitter]bool{}
	for _, f := range formats(t) {
		s := splitter{reflect.ValueOf(f.adapter.Split).Pointer(), !f.lines()}
		if done[s] || f.name == "mapping of JSON lines" { // splits as x_v2 does
			continue
		}
		done[s] = true
		b, err, peak := readLong(f, "Қ, [{ ", 200<<20)
		t.Logf("%s: %d MiB", f.name, peak>>20)
		if peak > longPeak {
			t.Errorf("%s: %d MiB, want at most %d", f.name, peak>>20, longPeak>>20)
		}
		if f.adapter.Strict {
			if err == nil || !strings.Contains(err.Error(), "longer than 4 MiB") {
				t.Errorf("%s: %v", f.name, err)
			}
			continue
		}
		if err != nil || len(b.Rejects) != 1 || !strings.Contains(b.Rejects[0].Reason, "64 MiB") || len(rowsShown(b)) != 2 {
			t.Errorf("%s: %v\n%.1000s", f.name, err, shownBatch(b))
		}
	}
	// A record of less than MaxRecord, but of too many parts.
	for _, c := range []struct{ name, filler string }{
		{"mapping of a table", "\t\"\"\t\""}, {"mapping of a table", "\"\t\""}, {"crowdtangle_facebook", "\",\""}, {"account_snapshots_csv", "\",\""}, {"x_v2 pages", `"},{"`},
	} {
		for _, f := range formats(t) {
			if f.name != c.name {
				continue
			}
			if b, err, peak := readLong(f, c.filler, 40<<20); peak > longPeak || err == nil && len(b.Rejects) == 0 {
				t.Errorf("%s with %q: %d MiB, %v", f.name, c.filler, peak>>20, err)
			}
		}
	}
}

// readLong reads a file of three records, of which the second holds a text of
// about so many bytes, and returns the most memory that this took.
func readLong(f format, filler string, size int) (b *Batch, err error, peak uint64) {
	block := strings.Repeat(filler, 1<<16)
	parts := []io.Reader{strings.NewReader(f.head + f.row(1) + f.between + f.long[0])}
	for range size / len(block) {
		parts = append(parts, strings.NewReader(block))
	}
	parts = append(parts, strings.NewReader(f.long[1]+f.between+f.row(2)+f.tail))
	peak = peakOf(func() { b, err = f.read(io.MultiReader(parts...), 2) })
	return b, err, peak
}

// peakOf is the most memory that do takes, in bytes, looked at every 2 ms.
func peakOf(do func()) (peak uint64) {
	debug.FreeOSMemory()
	base, stop, stopped := held(), make(chan bool), make(chan bool)
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			case <-time.After(2 * time.Millisecond):
				peak = max(peak, held())
			}
		}
	}()
	do()
	close(stop)
	<-stopped
	return peak - min(base, peak)
}

// held is the memory that the process holds, in bytes.
func held() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64() - s[1].Value.Uint64()
}

// A record with more values than memory is for is a reject.
func TestCrowdedRecord(t *testing.T) {
	many := strings.Repeat("0,", maxValues+1) + "0"
	for _, c := range []struct {
		adapter Adapter
		text    string
	}{
		{XV2, `{"data":[` + many + `]}`},
		{XV11, `{"statuses":[` + many + `]}`},
		{TelegramDesktop, `{"type": "public_channel", "id": 1, "messages": [{"id": 1, "text": [` + many + `]}]}`},
	} {
		b, _, err := decode(c.adapter, c.text)
		if err != nil || len(b.Rejects) != 1 || !strings.Contains(b.Rejects[0].Reason, "4 million values") {
			t.Errorf("%s: %v\n%.500s", c.adapter.Name, err, shownBatch(&b))
		}
	}
}

// Every adapter reads every file of a folder of real exports, also those of
// others: it refuses a file, or accounts for all its records, the same on any
// number of workers.
func TestSamplesThroughAll(t *testing.T) {
	top := os.Getenv("DIPLOMETRICS_SAMPLES")
	if top == "" {
		t.Skip("DIPLOMETRICS_SAMPLES names no folder of real exports")
	}
	files := 0
	err := filepath.WalkDir(top, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		for _, a := range All() {
			var got [2]string
			for i, workers := range []int{1, 4} {
				in, err := Open(path, "", "")
				if err != nil {
					got[i] = err.Error()
					continue
				}
				f := File{Name: in.Name, Zone: time.UTC, Platform: "x", Account: Ref{Platform: "x", Handle: "mfa_one"},
					Observed: datasets.Some(datasets.Micros(1_700_000_000_000_000))}
				b, err := a.Read(context.Background(), in, f, workers)
				if got[i] = fmt.Sprint(err); err == nil {
					got[i] = shownBatch(b)
					var filtered int64
					for _, n := range b.Filtered {
						filtered += n
					}
					rows := int64(len(rowsShown(b)) - len(b.Accounts))
					if b.Records() != rows+b.Merged+filtered+int64(len(b.Rejects)) {
						t.Errorf("%s by %s: %d records, %d rows", path, a.Name, b.Records(), rows)
					}
				}
				in.Close()
			}
			if got[0] != got[1] || strings.TrimSpace(got[0]) == "" {
				t.Errorf("%s by %s: other rows with 4 workers", path, a.Name)
			}
		}
		return nil
	})
	if err != nil || files == 0 {
		t.Errorf("%d files, %v", files, err)
	}
	t.Logf("%d files through %d adapters", files, len(All()))
}
