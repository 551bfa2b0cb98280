package verify

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// listing names everything below a folder, with sizes and times.
func listing(t testing.TB, dir string) string {
	t.Helper()
	var s strings.Builder
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if info, err := d.Info(); err == nil && name != "." {
			fmt.Fprintf(&s, "%s %d %v\n", name, info.Size(), info.ModTime())
		} else {
			s.WriteString(name + "\n")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s.String()
}

// bounded runs f and checks that it took less time and memory than any check of
// a small package may.
func bounded(t testing.TB, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	f()
	runtime.ReadMemStats(&after)
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 128<<20 {
		t.Errorf("took %d MiB of memory in all", got>>20)
	}
}

func TestVerifyHostileFolders(t *testing.T) {
	parquet := func(content func(p *pack, good string) string) func(p *pack) {
		return func(p *pack) {
			p.file("data/values.parquet", content(p, p.read("data/values.parquet")))
			p.describe().seal()
		}
	}
	for name, test := range map[string]struct {
		harm  func(p *pack)
		wants []string
	}{
		"symlink out": {func(p *pack) {
			p.must(os.Remove(p.path("README.md")))
			p.must(os.Symlink("/etc/passwd", p.path("README.md")))
		}, []string{"refused: README.md: found a symbolic link"}},
		"symlink inside":      {func(p *pack) { p.must(os.Symlink("README.md", p.path("more"))) }, []string{"refused: more: found a symbolic link"}},
		"symlink to a folder": {func(p *pack) { p.must(os.Symlink("/", p.path("root"))) }, []string{"refused: root: found a symbolic link"}},
		"pipe":                {func(p *pack) { p.must(syscall.Mkfifo(p.path("data/pipe.csv"), 0o644)) }, []string{"refused: data/pipe.csv: found a pipe"}},
		"SHA256SUMS of 1 GB":  {func(p *pack) { p.must(os.Truncate(p.path(sumsFile), 1<<30)) }, []string{"refused: SHA256SUMS: found more than"}},
		"description of 1 GB": {func(p *pack) { p.must(os.Truncate(p.path(descFile), 1<<30)); p.file(sumsFile, "") }, []string{"refused: datapackage.json: found more than"}},
		"sums that climb out": {func(p *pack) { p.edit(sumsFile, "  README.md", "  ../README.md") }, []string{"refused: SHA256SUMS: line", "climbs out"}},
		"sums listed twice":   {func(p *pack) { p.file(sumsFile, p.read(sumsFile)+p.read(sumsFile)) }, []string{"refused: SHA256SUMS: line", "listed twice"}},
		"no sums":             {func(p *pack) { p.must(os.Remove(p.path(sumsFile))) }, []string{"refused: found no SHA256SUMS"}},
		"deep folders":        {func(p *pack) { p.file(strings.Repeat("a/", 12)+"b", "") }, []string{"refused: a/a/", "folders"}},
		"JSON nested deep":    {func(p *pack) { p.file(descFile, strings.Repeat(`{"a":[`, 50_000)); p.seal() }, []string{"refused: datapackage.json: found objects and arrays more than 64 deep"}},
		"endless description": {func(p *pack) { p.file(descFile, `{"resources":[`+strings.Repeat("{},", 1_000_000)+"{}]}"); p.seal() }, []string{"refused: datapackage.json: found about 2000003 values"}},
		"endless fields": {func(p *pack) {
			p.edit(descFile, `"fields": [`, `"fields": [`+strings.Repeat(`{"name":"a"},`, 2000))
			p.seal()
		}, []string{"refused: datapackage.json: resource 1", "fields, at most 1000"}},
		"endless keys": {func(p *pack) {
			p.edit(descFile, `"primaryKey": [`, `"primaryKey": [`+strings.Repeat(`"platform",`, 2000))
			p.seal()
		}, []string{"refused: datapackage.json: resource 1", "keys of more than 32 fields"}},
		"description not JSON": {func(p *pack) { p.file(descFile, "x"); p.seal() }, []string{"refused: datapackage.json: cannot be read"}},
		"description of another folder": {func(p *pack) { p.edit(descFile, "data/values.csv", "../../../etc/passwd"); p.seal() },
			[]string{"refused: datapackage.json: resource", "climbs out"}},
		"resource of the network": {func(p *pack) { p.edit(descFile, "data/values.csv", "https://example.org/values.csv"); p.seal() }, []string{"refused: datapackage.json: resource", "colon"}},
		"empty Parquet":           {parquet(func(*pack, string) string { return "" }), []string{"refused: data/values.parquet: found 0 bytes"}},
		"cut Parquet":             {parquet(func(_ *pack, s string) string { return s[:len(s)/2] }), []string{"refused: data/values.parquet: it ends with"}},
		"pages overwritten":       {parquet(func(_ *pack, s string) string { return s[:4] + strings.Repeat("\xff", 800) + s[804:] }), []string{"refused: data/values.parquet: row group 1, column metric: page at byte 4"}},
		"a million columns":       {parquet(func(*pack, string) string { return footed(millionColumns()) }), []string{"refused: data/values.parquet: its footer: found a list of 1000001 elements"}},
		"gigantic footer":         {parquet(func(*pack, string) string { return "PAR1\xff\xff\xff\xffPAR1" }), []string{"refused: data/values.parquet: its footer is said to have 4294967295 bytes"}},
		"gigantic rows":           {parquet(func(*pack, string) string { return footed(oneColumn(1 << 60)) }), []string{"refused: data/values.parquet: its footer: found 1152921504606846976 rows"}},
		"rows without pages":      {parquet(func(*pack, string) string { return footed(oneColumn(1 << 19)) }), []string{"refused: data/values.parquet: "}},
		"zeros for CSV": {func(p *pack) {
			p.file("data/values.csv", "")
			p.must(os.Truncate(p.path("data/values.csv"), 200<<20))
			p.must(os.Remove(p.path(sumsFile)))
			p.file(sumsFile, "")
		}, []string{"csv: FAILED", "found a line of more than"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPack(t).write()
			test.harm(p)
			before := listing(t, filepath.Dir(p.dir))
			var text string
			bounded(t, func() { _, text = check(t, p.dir) })
			wants(t, text, test.wants...)
			if strings.Contains(text, "identical") {
				t.Error(text)
			}
			if after := listing(t, filepath.Dir(p.dir)); after != before {
				t.Errorf("before:\n%s\nafter:\n%s", before, after)
			}
		})
	}
}

func TestVerifyManyFiles(t *testing.T) {
	p := newPack(t).write()
	for i := range maxFiles + 1 {
		name, first := fmt.Sprint("many/", i), fmt.Sprint("many/", i-i%1000)
		if name == first {
			p.file(name, "")
		} else if err := os.Link(filepath.Join(p.dir, first), filepath.Join(p.dir, name)); err != nil { // files cost more
			t.Fatal(err)
		}
	}
	bounded(t, func() {
		_, text := check(t, p.dir)
		wants(t, text, "refused: found more than 10000 files")
	})
}

// member is a file of a zip that was made to do harm.
type member struct {
	name    string
	content string
	mode    fs.FileMode
	change  func(h *zip.FileHeader) // lies about what is there
}

func TestVerifyHostileZips(t *testing.T) {
	many := make([]member, maxFiles+1)
	for i := range many {
		many[i].name = fmt.Sprint(i)
	}
	zeros := strings.Repeat("\x00", 64<<20)
	for name, test := range map[string]struct {
		members []member
		wants   []string
	}{
		"climbs out":           {[]member{{name: "../out"}}, []string{"refused: ../out: the name climbs out"}},
		"climbs out inside":    {[]member{{name: "a/../../out"}}, []string{"climbs out"}},
		"absolute":             {[]member{{name: "/srv/out"}}, []string{"refused: /srv/out: the name is absolute"}},
		"backslash":            {[]member{{name: `..\out`}}, []string{"backslash"}},
		"drive":                {[]member{{name: `C:/out`}}, []string{"colon"}},
		"NUL":                  {[]member{{name: "a\x00b"}}, []string{`refused: "a\x00b": the name holds a NUL`}},
		"control":              {[]member{{name: "a\x1b[2Jb"}}, []string{"control character"}},
		"not UTF-8":            {[]member{{name: "a\xff"}}, []string{"not UTF-8"}},
		"long name":            {[]member{{name: strings.Repeat("n", 300)}}, []string{"300 bytes"}},
		"deep":                 {[]member{{name: strings.Repeat("a/", 50) + "b"}}, []string{"folders"}},
		"twice":                {[]member{{name: "a"}, {name: "a"}}, []string{"holds this name twice"}},
		"twice without case":   {[]member{{name: "Ä"}, {name: "ä"}}, []string{"holds this name twice"}},
		"file where a folder":  {[]member{{name: "a"}, {name: "a/b"}}, []string{"stands where another needs a folder"}},
		"symlink":              {[]member{{name: "a", content: "/etc", mode: fs.ModeSymlink | 0o777}}, []string{"found a symbolic link"}},
		"device":               {[]member{{name: "a", mode: fs.ModeDevice | fs.ModeCharDevice | 0o666}}, []string{"found a device"}},
		"pipe":                 {[]member{{name: "a", mode: fs.ModeNamedPipe | 0o666}}, []string{"found a pipe"}},
		"many files":           {many, []string{"the zip lists 10001 files"}},
		"bomb":                 {[]member{{name: "a", content: zeros}}, []string{"more than 250 for one"}},
		"bomb that says less":  {[]member{{name: "a", content: zeros, change: func(h *zip.FileHeader) { h.UncompressedSize64 = 100 }}}, []string{"refused: a: "}},
		"bomb that says more":  {[]member{{name: "a", content: "x", change: func(h *zip.FileHeader) { h.UncompressedSize64 = 1 << 40 }}}, []string{"unpacks to 1099511627776 bytes"}},
		"bomb of packed bytes": {[]member{{name: "a", content: zeros, change: func(h *zip.FileHeader) { h.CompressedSize64 = 1 << 40 }}}, []string{"they share bytes"}},
		"encrypted":            {[]member{{name: "a", content: "x", change: func(h *zip.FileHeader) { h.Flags |= 1 }}}, []string{"encrypted"}},
		"unknown method":       {[]member{{name: "a", content: "x", change: func(h *zip.FileHeader) { h.Method = 12 }}}, []string{"method 12"}},
		"wrong checksum":       {[]member{{name: "a", content: "x", change: func(h *zip.FileHeader) { h.CRC32++ }}}, []string{"refused: a: cannot be unpacked: zip: checksum error"}},
		"zip in a zip":         {[]member{{name: "a.zip", content: "PK\x03\x04"}}, []string{"refused: found no SHA256SUMS"}},
		"nothing":              {nil, []string{"refused: found no SHA256SUMS"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			scratch := filepath.Join(dir, "scratch")
			if err := os.Mkdir(scratch, 0o755); err != nil {
				t.Fatal(err)
			}
			t.Setenv("TMPDIR", scratch)
			path := filepath.Join(dir, "package.zip")
			if err := os.WriteFile(path, zipOf(t, test.members), 0o644); err != nil {
				t.Fatal(err)
			}
			before := listing(t, dir)
			bounded(t, func() {
				_, text := check(t, path)
				wants(t, text, test.wants...)
			})
			// The time of the scratch folder itself changes.
			if after := listing(t, dir); without(after, "scratch ") != without(before, "scratch ") {
				t.Errorf("before:\n%s\nafter:\n%s", before, after)
			}
		})
	}
}

func without(lines, begin string) string {
	var s []string
	for l := range strings.SplitSeq(lines, "\n") {
		if !strings.HasPrefix(l, begin) {
			s = append(s, l)
		}
	}
	return strings.Join(s, "\n")
}

// zipOf writes a zip whose headers say what the members ask for.
func zipOf(t testing.TB, members []member) []byte {
	t.Helper()
	var honest bytes.Buffer
	z := zip.NewWriter(&honest)
	for _, m := range members {
		h := &zip.FileHeader{Name: m.name, Method: zip.Deflate}
		h.SetMode(m.mode | 0o600)
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, m.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(honest.Bytes()), int64(honest.Len()))
	if err != nil && len(members) > 0 && r == nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	z = zip.NewWriter(&out)
	for i, f := range r.File {
		h := f.FileHeader
		h.Flags &^= 8 // sizes stand in the header itself
		if members[i].change != nil {
			members[i].change(&h)
		}
		w, err := z.CreateRaw(&h)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := f.OpenRaw()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(w, raw); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// The list at the end of a zip is read only so far.
func TestVerifyZipWithEndlessList(t *testing.T) {
	members := make([]member, 60_000)
	for i := range members {
		members[i].name = fmt.Sprintf("%0250d", i)
	}
	path := filepath.Join(t.TempDir(), "package.zip")
	if err := os.WriteFile(path, zipOf(t, members), 0o644); err != nil {
		t.Fatal(err)
	}
	_, text := check(t, path)
	wants(t, text, "refused: the list of files at the end of the zip has more than")
}

func TestVerifyNotAZip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "package.zip")
	for _, content := range []string{"", "x", "PK\x05\x06", strings.Repeat("PK\x05\x06", 10_000)} {
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		_, text := check(t, path)
		wants(t, text, "refused: not a zip that can be read")
	}
}

// footed makes a Parquet file of a footer alone.
func footed(footer []byte) string {
	return "PAR1" + string(footer) + string(binary.LittleEndian.AppendUint32(nil, uint32(len(footer)))) + "PAR1"
}

// millionColumns is a footer that lists a million columns.
func millionColumns() []byte {
	b := []byte{0x15, 4, 0x19, 0xfc} // version 2; a long list of structures
	b = binary.AppendUvarint(b, 1_000_001)
	for range 1_000_001 {
		b = append(b, 0x48, 1, 'a', 0) // field 4, the name a
	}
	return append(b, 0)
}

// oneColumn is a footer with a column of integers that says to hold many rows in
// a page of no bytes.
func oneColumn(rows int64) []byte {
	b := []byte{0x15, 4, 0x19, 0x2c}                                // version 2; two structures
	b = append(b, 0x48, 1, 'r', 0x15, 2, 0)                         // name r, one child
	b = append(b, 0x15, 4, 0x25, 0, 0x18, 1, 'a', 0x25, 36, 0)      // INT64, required, name a, INT_64
	b = binary.AppendVarint(append(b, 0x16), rows)                  // rows
	b = append(b, 0x19, 0x1c, 0x19, 0x1c, 0x3c)                     // a row group, its columns, meta_data
	b = append(b, 0x15, 4, 0x19, 0x15, 0, 0x19, 0x18, 1, 'a')       // INT64, encoding plain, path a
	b = binary.AppendVarint(append(b, 0x15, 0, 0x16), rows)         // codec none, values
	b = append(b, 0x16, 0, 0x16, 0, 0x26, 8, 0, 0)                  // sizes 0, page at byte 4
	return append(binary.AppendVarint(append(b, 0x26), rows), 0, 0) // rows of the group
}
