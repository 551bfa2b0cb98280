package verify

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"diplometrics/datasets"
)

// goodParquet is a file of accounts with a dictionary, nulls and several pages.
func goodParquet(t testing.TB, zstd bool) []byte {
	t.Helper()
	path := t.TempDir() + "/accounts.parquet"
	var rows []datasets.Account
	for i := range 3000 {
		a := datasets.Account{Platform: "x", AccountID: strings.Repeat("0", 5-len(digits(i))) + digits(i), Organization: strings.Repeat("o", 40)}
		if i%3 == 0 {
			a.Handle, a.ValidFrom = datasets.Some(digits(i)), datasets.Some(datasets.Day(i))
		}
		rows = append(rows, a)
	}
	if err := datasets.Accounts.Write(path, rows, datasets.WriteOptions{Zstd: zstd}); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func digits(i int) string {
	if i < 10 {
		return string(rune('0' + i))
	}
	return digits(i/10) + digits(i%10)
}

func TestReadFooter(t *testing.T) {
	for _, zstd := range []bool{true, false} {
		b := goodParquet(t, zstd)
		f, err := readFooter(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		if f.Rows != 3000 || f.Meta["table"] != "accounts" || f.Meta["schema_version"] != datasets.SchemaVersion || len(f.groups) != 1 {
			t.Errorf("got %d rows, %v", f.Rows, f.Meta)
		}
		for i, want := range datasets.Accounts.Schema().Fields {
			if got := f.Fields[i]; got.Name != want.Name || got.Kind != want.Kind || got.Nullable != want.Nullable {
				t.Errorf("got %v, want %v", got, want)
			}
		}
	}
}

// No beginning of a file passes for a file, and no end of it either.
func TestReadFooterOfCutFiles(t *testing.T) {
	b := goodParquet(t, true)
	for n := range b {
		if _, err := readFooter(bytes.NewReader(b[:n]), int64(n)); err == nil {
			t.Fatalf("the first %d of %d bytes pass", n, len(b))
		}
		if _, err := readFooter(bytes.NewReader(b[n+1:]), int64(len(b)-n-1)); err == nil {
			t.Fatalf("the last %d of %d bytes pass", len(b)-n-1, len(b))
		}
		// With the end in its place, and pages missing before it.
		cut := append(b[:n:n], b[min(n+7, len(b)):]...)
		if f, err := readFooter(bytes.NewReader(cut), int64(len(cut))); err == nil && n < int(f.end) {
			t.Fatalf("a file without bytes %d to %d passes", n, n+7)
		}
	}
}

func TestReadFooterRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		file, want string
	}{
		"no columns":          {footed([]byte{0x15, 4, 0x19, 0x0c, 0x16, 0, 0x19, 0x0c, 0}), "nested, or there are none"},
		"only the root":       {footed([]byte{0x15, 4, 0x19, 0x1c, 0x48, 1, 'r', 0x15, 0, 0, 0x16, 0, 0x19, 0x0c, 0}), "nested, or there are none"},
		"empty footer":        {footed(nil), "ends in the middle"},
		"bytes after it":      {footed([]byte{0, 0}), "1 bytes follow it"},
		"deep structures":     {footed(bytes.Repeat([]byte{0x7c}, 100_000)), "more than 24 deep"},
		"deep lists":          {footed(append([]byte{0x79}, bytes.Repeat([]byte{0x19}, 100_000)...)), "more than 24 deep"},
		"fields that go back": {footed([]byte{0x15, 4, 0x05, 2, 4, 0}), "found field 1 after field 1"},
		"endless list":        {footed([]byte{0x79, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x0f}), "list of 4294967295 elements"},
		"endless text":        {footed([]byte{0x68, 0xff, 0xff, 0xff, 0xff, 0x0f}), "ends in the middle"},
		"endless number":      {footed(append([]byte{0x16}, bytes.Repeat([]byte{0xff}, 20)...)), "more than 64 bits"},
		"unknown type":        {footed([]byte{0x1e, 0}), "unknown type 14"},
		"rows without bytes":  {footed(oneColumn(10)), "found 0 values in its pages, expected 10"},
		"too many rows":       {footed(oneColumn(maxGroupRows + 1)), "found 1048577 rows, at most"},
		"negative rows":       {footed(oneColumn(-1)), "found -1 rows"},
	} {
		t.Run(name, func(t *testing.T) {
			bounded(t, func() {
				if _, err := readFooter(strings.NewReader(test.file), int64(len(test.file))); err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("got %v, want %q", err, test.want)
				}
			})
		})
	}
}

// A file with one wrong byte, and hashes that agree with it, is refused, found
// to differ, or has its values all the same (the byte is of a statistic or a
// description); it never takes the program or its time.
func TestVerifyParquetWithWrongBytes(t *testing.T) {
	p := newPack(t).write()
	good := p.read("data/values.parquet")
	step := len(good)/40 + 1
	if testing.Short() {
		step *= 10
	}
	for at := 0; at < len(good); at += step {
		b := []byte(good)
		b[at] ^= 0x55
		p.file("data/values.parquet", string(b))
		p.describe().seal()
		bounded(t, func() {
			r, text := check(t, p.dir)
			if r.Refused != nil && r.Refused.File != "data/values.parquet" {
				t.Errorf("byte %d: %s", at, text)
			}
		})
	}
}

func FuzzFooter(f *testing.F) {
	good := goodParquet(f, true)
	f.Add(good)
	f.Add(good[:100])
	f.Add([]byte(footed(oneColumn(10))))
	f.Add([]byte(footed([]byte{0x79, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x0f})))
	f.Fuzz(func(t *testing.T, b []byte) {
		foot, err := readFooter(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		if foot.Rows < 0 || foot.Rows > maxRows || len(foot.Fields) == 0 || len(foot.Fields) > maxColumns {
			t.Errorf("%d rows of %d columns pass", foot.Rows, len(foot.Fields))
		}
		for _, g := range foot.groups {
			for _, c := range g.columns {
				if c.packed > int64(len(b)) || c.unpacked > maxGroupBytes || c.values != g.rows {
					t.Errorf("%+v passes in %d bytes", c, len(b))
				}
			}
		}
	})
}

// FuzzVerify reads zips, descriptions and lists of hashes of any origin.
func FuzzVerify(f *testing.F) {
	p := newPack(f).write()
	archive, err := os.ReadFile(p.zip())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(archive)
	f.Add([]byte(p.read(descFile))[:600])
	f.Add([]byte(p.read(sumsFile)))
	f.Add(zipOf(f, []member{{name: "../a", content: "x"}}))
	f.Add([]byte(`{"resources":[{"name":"a","path":"a.csv","schema":{"fields":[{"name":"b","type":"string"}],"primaryKey":"b"}}]}`))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, b []byte) {
		if d, err := parseDescription(b); err == nil {
			for _, r := range d.Resources {
				if badPath(r.Path) != "" {
					t.Errorf("the path %q passes", r.Path)
				}
			}
		}
		if sums, err := parseSums(b); err == nil {
			for _, s := range sums {
				if badPath(s.Path) != "" || len(s.Hex) != 64 {
					t.Errorf("the line %v passes", s)
				}
			}
		}
		outer, err := os.MkdirTemp(dir, "")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(outer)
		if err := os.Mkdir(outer+"/in", 0o700); err != nil {
			t.Fatal(err)
		}
		root, err := os.OpenRoot(outer + "/in")
		if err != nil {
			t.Fatal(err)
		}
		defer root.Close()
		_ = unzip(t.Context(), bytes.NewReader(b), int64(len(b)), root) // an error is as good
		if entries, err := os.ReadDir(outer); err != nil || len(entries) != 1 {
			t.Errorf("something was written beside the folder: %v, %v", entries, err)
		}
		if _, err := walk(t.Context(), root); err != nil {
			t.Errorf("what was unpacked is refused as a folder: %v", err)
		}
	})
}
