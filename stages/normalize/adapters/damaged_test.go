package adapters

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/ulikunitz/xz"
	"github.com/xuri/excelize/v2"

	"diplometrics/datasets"
)

// rowCount is how many rows a batch has.
func rowCount(b *Batch) int {
	return len(b.Posts) + len(b.Snapshots) + len(b.Windows) + len(b.Published)
}

// White space of any length between two records takes no memory.
func TestPaddingLong(t *testing.T) {
	long(t)
	done := map[uintptr]bool{}
	for _, f := range formats(t) {
		split := reflect.ValueOf(f.adapter.Split).Pointer()
		if done[split] || f.name == "mapping of JSON lines" { // splits as x_v2 does
			continue
		}
		done[split] = true
		for _, pad := range []string{"\n", " "} {
			if pad == " " && f.quoted {
				continue // text of a cell, as in TestLineWithoutEndLong
			}
			block := strings.Repeat(pad, 1<<16)
			parts := []io.Reader{strings.NewReader(f.head + f.row(1) + f.between)}
			for range 48 << 20 / len(block) {
				parts = append(parts, strings.NewReader(block))
			}
			parts = append(parts, strings.NewReader("\n"+f.row(2)+f.tail))
			var b *Batch
			var err error
			peak := peakOf(func() { b, err = f.read(io.MultiReader(parts...), 2) })
			if peak > 64<<20 {
				t.Errorf("%s with %q: %d MiB", f.name, pad, peak>>20)
			}
			if f.adapter.Strict {
				continue // blank lines are no record, but so many are refused
			}
			if err != nil || rowCount(b) != 2 || len(b.Rejects) != 0 {
				t.Errorf("%s with %q: %v\n%.500s", f.name, pad, err, shownBatch(b))
			}
		}
	}
}

// workbook is an XLSX file of one sheet with the given parts.
func workbook(t *testing.T, sheet, texts []string) string {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, text := range map[string][]string{
		"xl/workbook.xml":            {`<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" r:id="r1"/></sheets></workbook>`},
		"xl/_rels/workbook.xml.rels": {`<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>`},
		"xl/sharedStrings.xml":       append(append([]string{"<sst>"}, texts...), "</sst>"),
		"xl/worksheets/sheet1.xml":   append(append([]string{`<worksheet><sheetData>`}, sheet...), `</sheetData></worksheet>`),
	} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range text {
			io.WriteString(w, s)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return write(t, "a.xlsx", out.Bytes())
}

// A small workbook that expands to much is refused, in bounded memory.
func TestWorkbookBombLong(t *testing.T) {
	long(t)
	many := func(s string, size int) []string {
		block := strings.Repeat(s, 1<<20/len(s))
		blocks := make([]string, size>>20)
		for i := range blocks {
			blocks[i] = block
		}
		return blocks
	}
	var texts strings.Builder // 64 KiB, which the window of deflate does not hold
	for n := 0; texts.Len() < 1<<16; n++ {
		fmt.Fprintf(&texts, "<si><t>%x</t></si>", noise(n)&0xff)
	}
	row := func(s []string) []string { return append(append([]string{`<row>`}, s...), `</row>`) }
	for _, c := range []struct {
		name, want   string
		sheet, texts []string
	}{
		{"white space", "row 1 of the sheet takes more than 8 MiB", many(" ", 40<<20), nil},
		{"attributes", "row 1 of the sheet takes more than 8 MiB", append(append([]string{"<row "}, many("a='' ", 40<<20)...), "/>"), nil},
		{"depth", "row 1 of the sheet takes more than 8 MiB", many("<a>", 40<<20), nil},
		{"one text in many cells", "row 1 of the sheet takes more than 8 MiB", row(many(`<c t="s"><v>0</v></c>`, 1<<20)), append(append([]string{"<si><t>"}, many("y", 4<<20)...), "</t></si>")},
		{"a long text", "in which a text takes more than 8 MiB", nil, append(append([]string{"<si><t>"}, many("y", 40<<20)...), "</t></si>")},
		{"many texts", "more than 128 MiB of text", nil, many(texts.String(), 80<<20)},
		{"many equal texts", "it unpacks to more than 64 MiB and more than 250 times its size", nil, many("<si><t>a</t></si>", 80<<20)},
	} {
		file, err := workbook(t, c.sheet, c.texts), error(nil)
		peak := peakOf(func() { _, _, err = readAll(file, "", "") })
		t.Logf("%s: %d MiB", c.name, peak>>20)
		if err == nil || !strings.Contains(err.Error(), c.want) || peak > longPeak {
			t.Errorf("%s: %d MiB, %v", c.name, peak>>20, err)
		}
	}
}

// A formula that was saved without its value is an error that names the cell;
// one whose value is an empty text is an empty cell.
func TestWorkbookFormula(t *testing.T) {
	for _, c := range []struct{ cell, want string }{
		{`<c r="B2"><f>1+1</f></c>`, "cell B2 holds a formula without a stored value"},
		{`<c r="B2"><f>1+1</f><v></v></c>`, "cell B2 holds a formula without a stored value"},
		{`<c r="B2" t="str"><f>A1</f></c>`, "cell B2 holds a formula without a stored value"},
		{`<c r="B2" t="str"><f>""</f><v></v></c>`, ""},
		{`<c r="B2"><f>1+1</f><v>2</v></c>`, ""},
	} {
		got, _, err := readAll(workbook(t, []string{`<row r="2"><c r="A2"><v>7</v></c>` + c.cell + `</row>`}, nil), "", "")
		if c.want == "" && (err != nil || !strings.HasPrefix(got, "\n7")) || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %q, %v", c.cell, got, err)
		}
	}
	// excelize writes formulas without values.
	file := book(t, func(f *excelize.File) { f.SetCellFormula("Sheet1", "C3", "=1+1") })
	var refused *Refused
	if _, _, err := readAll(file, "", ""); !errors.As(err, &refused) || !strings.Contains(err.Error(), "cell C3") {
		t.Errorf("got %v", err)
	}
}

// A stream of xz that is cut gives all that its bytes tell, chunks that are not
// whole included, with a checksum and without.
func TestCutXZ(t *testing.T) {
	var text bytes.Buffer
	for n := range 20_000 {
		fmt.Fprintf(&text, "%d %x\n", n, noise(n))
	}
	for _, check := range []xz.WriterConfig{{}, {NoCheckSum: true}, {DictCap: 1 << 16}} {
		var out bytes.Buffer
		w, err := check.NewWriter(&out)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(text.Bytes())
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		for share := 1; share < 10; share++ {
			got, _, err := readAll(write(t, "a.xz", out.Bytes()[:out.Len()*share/10]), "", "")
			if !strings.HasPrefix(text.String(), got) || err == nil || !strings.Contains(err.Error(), "the xz stream is cut short") {
				t.Fatalf("%+v cut at %d0 %%: %d bytes, %v", check, share, len(got), err)
			}
			// Lines are alike: each tenth of the stream holds about a tenth of the text.
			if part := text.Len() * share / 10; len(got) < part*9/10 {
				t.Errorf("%+v cut at %d0 %%: %d bytes, want about %d", check, share, len(got), part)
			}
		}
	}
}

// Of a page that a file ends inside, each post before the cut is read, and one
// reject says that the page is cut.
func TestCutPage(t *testing.T) {
	post := func(id int) string {
		return fmt.Sprintf(`{"id":"170000000000000000%d","author_id":"11","text":"brackets ]} and \"quotes\"","public_metrics":{"like_count":%d},"entities":{"urls":[{"a":1}]}}`, id, id)
	}
	user := func(id int) string {
		return fmt.Sprintf(`{"id":"1%d","username":"mfa_%d","public_metrics":{"followers_count":5,"tweet_count":6}}`, id, id)
	}
	data := `{"data":[` + post(1) + `,` + post(2)
	includes := `],"includes":{"users":[` + user(1) + `,` + user(2) + `],"tweets":[` + post(3)
	for _, c := range []struct {
		name, text      string
		posts, accounts int
		handle          string
	}{
		{"inside the third", data + `,{"id":"1700000000000000003","author_id":"1`, 2, 0, ""},
		{"inside a part of the third", data + `,{"id":"17","entities":{"urls":[{"a":1}]`, 2, 0, ""},
		{"behind a brace", data, 2, 0, ""},
		{"inside users", data + includes[:strings.Index(includes, `,{"id"`)+10], 2, 0, "mfa_1"},
		{"inside tweets", data + includes, 2, 0, "mfa_1"},
		{"behind __twarc", data + includes + `]},"__twarc":{"retrieved_at":"2023-09-09T00:00:00Z"}`, 2, 2, "mfa_1"},
		{"spread over lines", strings.ReplaceAll(data, `,"`, ",\n\"") + `,{"id`, 2, 0, ""},
		{"in a list of pages", "[" + data + `]},` + data + `,{"id`, 4, 0, ""},
		{"behind a whole page", data + "]}\n" + data + `,{"id`, 4, 0, ""},
	} {
		b, err := XV2.Read(context.Background(), strings.NewReader(c.text), File{}, 2)
		if err != nil || len(b.Posts) != c.posts || len(b.Accounts) != c.accounts || len(b.Rejects) != 1 || !strings.Contains(b.Rejects[0].Reason, "the file ends inside this page") {
			t.Errorf("%s: %v\n%s", c.name, err, shownBatch(b))
			continue
		}
		if b.Posts[0].Ref.Handle != c.handle || b.Posts[1].Row.Counts.Like.V != 2 {
			t.Errorf("%s:\n%s", c.name, shownBatch(b))
		}
	}
	// A post that is cut is none, however much of it there is.
	for _, text := range []string{`{"data":{"id":"1","author_id":"11","text":"a","entities":{"urls":[{"a":1}]}`, post(1)[:len(post(1))-1], `{"data":[{"id":"1"`,
		`{"data":[{"id":"1","text":{},"edit_history_tweet_ids"}`} {
		b, err := XV2.Read(context.Background(), strings.NewReader(text), File{}, 1)
		if err != nil || len(b.Posts) != 0 || len(b.Rejects) != 1 || !strings.Contains(b.Rejects[0].Reason, endsInside) {
			t.Errorf("%s: %v\n%s", text, err, shownBatch(b))
		}
	}
	// Users need the time that stands behind them.
	users := `{"data":[` + user(1) + `,` + user(2) + `,{"id`
	b, err := XV2.Read(context.Background(), strings.NewReader(users), File{Observed: datasets.Some(datasets.Micros(1_700_000_000_000_000))}, 1)
	if err != nil || len(b.Snapshots) != 2 || len(b.Rejects) != 1 {
		t.Errorf("users: %v\n%s", err, shownBatch(b))
	}
	b, err = XV2.Read(context.Background(), strings.NewReader(users), File{}, 1)
	if err != nil || len(b.Snapshots) != 0 || len(b.Rejects) != 3 || !strings.Contains(b.Rejects[0].Reason, "before it says when") {
		t.Errorf("users without a time: %v\n%s", err, shownBatch(b))
	}
}

// One time without a zone is one reject; where no time has one, the file is
// refused.
func TestOneTimeWithoutZone(t *testing.T) {
	const header = "Page Name,Post Created,Likes,URL,Message\n"
	row := func(id int, zone string) string {
		return fmt.Sprintf("MFA One,2023-11-05 22:56:36%s,5,https://www.facebook.com/mfa_one/posts/%d,\"one\"\n", zone, id)
	}
	b, err := CrowdTangleFacebook.Read(context.Background(), strings.NewReader(header+row(1, " EST")+row(2, "")+row(3, " EST")), File{}, 2)
	if err != nil || len(b.Posts) != 2 || len(b.Rejects) != 1 || b.Rejects[0].Line != 3 || !strings.Contains(b.Rejects[0].Reason, "no time zone; write the zone") {
		t.Errorf("%v\n%s", err, shownBatch(b))
	}
	var refused *Refused
	if _, err := CrowdTangleFacebook.Read(context.Background(), strings.NewReader(header+row(1, "")+row(2, "")), File{}, 2); !errors.As(err, &refused) {
		t.Errorf("no zone at all: %v", err)
	}
}

// Telegram's export that is cut before any message says so in words.
func TestTelegramCutEarly(t *testing.T) {
	const text = `{"name": "MFA", "type": "public_channel", "id": 1, "messages": [{"id": 1, "type": "message", "date": "2024-01-31T09:30:00"`
	for n := 1; n < len(text); n++ {
		if _, err := TelegramDesktop.Read(context.Background(), strings.NewReader(text[:n]), File{}, 1); err == nil || !strings.Contains(err.Error(), "it is cut before the end of its first message") {
			t.Fatalf("cut at %d: %v", n, err)
		}
	}
}

// The line sep= of Excel before the header of any table says what separates
// cells, and lines are counted with it. Lines may end with CR alone.
func TestTablesAsProgramsSaveThem(t *testing.T) {
	for _, f := range formats(t) {
		if !f.quoted {
			continue
		}
		delimiter := string(rune(delimiterOf([]byte(f.head), 1)))
		whole, err := f.read(strings.NewReader(f.whole(2)), 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, end := range []string{"\n", "\r\n"} {
			text := "sep=" + delimiter + end + f.whole(2)
			if f.adapter.Name != Mapping.Name && !f.adapter.Detect([]byte(text), "f") {
				t.Errorf("%s after sep=: not detected", f.name)
			}
			b, err := f.read(strings.NewReader(text), 1)
			if err != nil || rowCount(b) != 2 || len(b.Rejects) > 0 {
				t.Errorf("%s after sep=: %v\n%s", f.name, err, shownBatch(b))
			} else if line := func(b *Batch) (n int64) {
				for _, p := range b.Posts {
					n += p.Line
				}
				for _, s := range b.Snapshots {
					n += s.Line
				}
				return n
			}; len(b.Posts)+len(b.Snapshots) > 0 && line(b) != line(whole)+2 {
				t.Errorf("%s after sep=: lines %d, want %d", f.name, line(b), line(whole)+2)
			}
		}
		in, err := Open(write(t, "f", []byte(strings.ReplaceAll(f.whole(2), "\n", "\r"))), "", "")
		if err != nil {
			t.Fatal(err)
		}
		b, err := f.read(in, 1)
		if err != nil || shownBatch(b) != shownBatch(whole) {
			t.Errorf("%s with CR: %v\n%s", f.name, err, shownBatch(b))
		}
		in.Close()
	}
}

// A file of another format than the adapter that somebody names is refused.
func TestForeignFile(t *testing.T) {
	for _, c := range []struct {
		adapter *Adapter
		text    string
	}{
		{&TelegramDesktop, fixtures["x_v2"] + fixtures["x_v2"]},
		{&TelegramDesktop, fixtures["twarc_csv"]},
		{&XV2, fixtures["twarc_csv"]},
		{&XV11, fixtures["crowdtangle_facebook"]},
	} {
		_, err := c.adapter.Read(context.Background(), strings.NewReader(c.text), File{}, 1)
		var refused *Refused
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), "it is no ") {
			t.Errorf("%s of %.30q: %v", c.adapter.Name, c.text, err)
		}
	}
}

// A post without created_at was posted when its id says. The times are those of
// Python: datetime.fromtimestamp(((id >> 22) + 1288834974657) / 1000, UTC).
func TestXTimeOfID(t *testing.T) {
	for id, want := range map[string]string{
		"1700000000000000001": "2023-09-08T04:15:59Z",
		"29700859247":         "2010-11-04T01:43:01Z",
		"29700859246":         "", // an earlier id is a mere number
	} {
		for _, c := range []struct {
			adapter Adapter
			text    string
		}{
			{XV2, `{"id":"` + id + `","author_id":"11","text":"one"}`},
			{XV11, `{"id_str":"` + id + `","user":{"id_str":"11"},"text":"one"}`},
			{TwarcCSV, "id,author_id,created_at,referenced_tweets.retweeted.id,public_metrics.like_count,text\n" + id + ",11,,,1.0,\"one\"\n"},
		} {
			b := xRead(t, c.adapter, c.text, File{}, 1)
			got := ""
			if len(b.Posts) == 1 && b.Posts[0].Row.CreatedAt.OK {
				got = b.Posts[0].Row.CreatedAt.V.String()
			}
			if len(b.Posts) != 1 || got != want {
				t.Errorf("%s: id %s: created at %q, want %q", c.adapter.Name, id, got, want)
			}
		}
	}
}

// A wrong count says what was expected and what to do.
func TestMappedCountSays(t *testing.T) {
	for _, c := range []struct{ cell, kind, want string }{
		{"50.8K", "", `found "50.8K"; a rounded count, and this field holds exact ones only; give the exact count, or let such counts be missing: pattern`},
		{`"4,5"`, `, type = "float"`, `found "4,5"; expected a whole number from 0, which may end in .0; a number with decimals belongs into a field of numbers, with decimal = ","`},
	} {
		b, err := mapText(t, `handle = "mfa_one"
[source.mapping]
table = "posts"
[source.mapping.constants]
post_type = "original"
[source.mapping.fields]
post_id = { column = "id" }
like_count = { column = "likes"`+c.kind+` }
`, "id,likes\n1,"+c.cell+"\n")
		if err != nil || len(b.Rejects) != 1 || b.Rejects[0].Field != "like_count" || !strings.HasPrefix(b.Rejects[0].Reason, c.want) {
			t.Errorf("%s: %v\n%s", c.cell, err, shownBatch(b))
		}
	}
}
