package adapters

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	readers "testing/iotest"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// rowText draws rows of a table, most of them well formed, with all that
// dashboards and programs do to quotes and line ends.
func rowText(comma string) *rapid.Generator[string] {
	token := rapid.SampledFrom([]string{`"`, `""`, `" `, comma, "\n", "\r\n", "\r", "a", "слово", "€", "👍", " ", ";", "12", "\xd0", "\xb0"})
	return rapid.Custom(func(t *rapid.T) string {
		var out strings.Builder
		for range rapid.IntRange(0, 6).Draw(t, "rows") {
			for i := range rapid.IntRange(1, 4).Draw(t, "cells") {
				if i > 0 {
					out.WriteString(comma)
				}
				text := strings.Join(rapid.SliceOfN(token, 0, 4).Draw(t, "text"), "")
				switch kind := rapid.IntRange(0, 9).Draw(t, "kind"); kind {
				case 0: // as it is
				case 1, 2, 3:
					text = strings.Map(func(r rune) rune {
						if r == '"' || r == '\n' || r == '\r' || string(r) == comma {
							return 'x'
						}
						return r
					}, text)
				default:
					if text = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`; kind == 9 {
						text = "\r" + text
					}
				}
				out.WriteString(text)
			}
			out.WriteString(rapid.SampledFrom([]string{"\n", "\n", "\r\n", "\n\n", "\r\r\n"}).Draw(t, "end"))
		}
		text := out.String()
		if rapid.Bool().Draw(t, "cut") {
			text = text[:rapid.IntRange(0, len(text)).Draw(t, "at")]
		}
		return text
	})
}

// pieces reads a text in pieces of some size, and then fails where wrong is not
// nil.
func pieces(t *rapid.T, text string, wrong error) io.Reader {
	var r io.Reader = strings.NewReader(text)
	if wrong != nil {
		r = io.MultiReader(r, readers.ErrReader(wrong))
	}
	switch rapid.IntRange(0, 3).Draw(t, "pieces") {
	case 0:
		return readers.OneByteReader(r)
	case 1:
		return readers.HalfReader(r)
	case 2:
		return readers.DataErrReader(r)
	}
	return r
}

// splitRows shows the records that splitCrowdTangle and the reader of rows give
// after the header.
func splitRows(t *rapid.T, r io.Reader) (rows []string) {
	var cells rowReader
	header := true
	splitCrowdTangle(r, func(rec Record, err error) bool {
		if header = header && err == nil; header {
			header = false
			return true
		}
		var wrong *RecordError
		if err == nil && rec.delimiter != 0 {
			if wrong = cells.read(&rec); wrong != nil {
				err = wrong
			}
		}
		if err != nil {
			rows = append(rows, err.Error())
			return errors.As(err, &wrong)
		}
		rows = append(rows, fmt.Sprintf("%d: %q", rec.Line, rec.Cells))
		digest := rec.cellsDigest()
		if rec.text = ""; digest != rec.cellsDigest() {
			t.Errorf("%q: another digest", rec.Cells)
		}
		return true
	})
	return rows
}

// plainRows is what splitCrowdTangle and the reader of rows have to give, by
// looking at each byte: the rows after a header of the given width, whose last
// column is read.
func plainRows(text string, comma byte, width int, wrong error) (rows []string) {
	const (
		cellStart = iota
		inCell
		inQuotes
		afterQuote
	)
	for line := 2; text != ""; {
		state, size, ended := cellStart, 0, false
		for size < len(text) && !ended {
			b := text[size]
			size++
			switch {
			case state == inQuotes:
				if b == '"' {
					state = afterQuote
				}
			case b == '"' && state != inCell:
				state = inQuotes
			case b == comma:
				state = cellStart
			case b == '\r' || b == '\n':
				ended = b == '\n'
			case state == afterQuote:
				state = inQuotes
			default:
				state = inCell
			}
		}
		raw, start := text[:size], line
		text = text[size:]
		line += strings.Count(raw, "\n")
		cells := newRowParser(rune(comma)).parse([]byte(raw))
		switch {
		case !ended && wrong != nil:
		case !ended && state == inQuotes:
			return append(rows, fmt.Sprintf("a quote of the row in line %d is never closed", start))
		case strings.TrimRight(raw, "\r\n") == "":
		case !utf8.ValidString(raw):
			rows = append(rows, (&RecordError{Line: int64(start), Want: "not UTF-8; save the file as \"CSV UTF-8\""}).Error())
		case cells == nil:
			rows = append(rows, (&RecordError{Line: int64(start), Found: raw[:min(len(raw), 200)], Want: "the quotes are wrong"}).Error())
		case !ended && (len(cells) != width || state != afterQuote):
			return append(rows, "the last line has no line end, so it may be cut; if it is whole, add a line end")
		default:
			rows = append(rows, fmt.Sprintf("%d: %q", start, cells))
		}
	}
	if wrong != nil {
		rows = append(rows, wrong.Error())
	}
	return rows
}

// Rows are what looking at each byte gives, however the text comes in pieces and
// wherever a block ends in it.
func TestRowsAreThoseOfEachByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		comma := rapid.SampledFrom([]string{",", ";", "\t", "|"}).Draw(t, "comma")
		text := rowText(comma).Draw(t, "text")
		if rapid.IntRange(0, 9).Draw(t, "long") == 0 { // the text lies across the end of a block
			text = "x" + strings.Repeat("y", firstBlock-rapid.IntRange(0, 2*len(text)+4).Draw(t, "room")) + comma + "\n" + text
		}
		var wrong error
		if rapid.IntRange(0, 4).Draw(t, "wrong") == 0 {
			wrong = errors.New("the disk is on fire")
		}
		got := splitRows(t, pieces(t, "Likes"+comma+"URL\n"+text, wrong))
		if want := plainRows(text, comma[0], 2, wrong); !slices.Equal(got, want) {
			t.Fatalf("%.500q:\n got %.500q\nwant %.500q", text, got, want)
		}
	})
}

// Where encoding/csv reads a whole table, rows, cells and lines are its own.
func TestRowsAreThoseOfCSV(t *testing.T) {
	whole := 0
	rapid.Check(t, func(t *rapid.T) {
		text := "Likes,URL\n" + rowText(",").Draw(t, "text") + "\n"
		for strings.Contains(text, "\r\r") { // a line of CR alone is a row for encoding/csv
			text = strings.ReplaceAll(text, "\r\r", "\r")
		}
		if !utf8.ValidString(text) {
			return
		}
		cr := csv.NewReader(strings.NewReader(text))
		cr.FieldsPerRecord = -1
		cr.Read()
		var want []string
		for {
			cells, err := cr.Read()
			if err == io.EOF {
				break
			}
			if err != nil {
				return
			}
			line, _ := cr.FieldPos(0)
			want = append(want, fmt.Sprintf("%d: %q", line, cells))
		}
		whole++
		if got := splitRows(t, pieces(t, text, nil)); !slices.Equal(got, want) {
			t.Fatalf("%q:\n got %q\nwant %q", text, got, want)
		}
	})
	if whole == 0 {
		t.Error("no table was read as a whole")
	}
}

// A reader of delimited text gives the same rows where it looks at each byte of
// them.
func TestDelimitedRowsAreThoseOfEachByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		comma := rapid.SampledFrom([]string{",", ";", "\t", " "}).Draw(t, "comma")
		text := rowText(comma).Draw(t, "text")
		quote := rapid.SampledFrom([]byte{'"', '"', 'a'}).Draw(t, "quote")
		var wrong error
		if rapid.IntRange(0, 4).Draw(t, "wrong") == 0 {
			wrong = errors.New("the disk is on fire")
		}
		read := func(escape byte) (rows []string) {
			r := bufio.NewReaderSize(pieces(t, text, wrong), rapid.SampledFrom([]int{16, 64, 1 << 16}).Draw(t, "size"))
			d := delimitedReader{r: r, d: dialect{delimiter: comma[0], quote: quote, escape: escape}}
			for {
				cells, line, err := d.next()
				rows = append(rows, fmt.Sprintf("%d: %q %v", line, cells, err))
				if wrong := (*RecordError)(nil); err != nil && !errors.As(err, &wrong) {
					return rows
				}
			}
		}
		const none = 0x01 // stands nowhere, but is looked for
		if got, want := read(0), read(none); !slices.Equal(got, want) {
			t.Fatalf("%q:\n got %q\nwant %q", text, got, want)
		}
	})
}

func TestWallClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		of := func(most int) int { return rapid.IntRange(0, most).Draw(t, "n") }
		s := fmt.Sprintf("%04d-%02d-%02d %02d:%02d:%02d", of(9999), of(13), of(32), of(25), of(61), of(61))
		if rapid.Bool().Draw(t, "changed") {
			at := of(len(s) - 1)
			s = s[:at] + rapid.SampledFrom([]string{"", ".", " ", "5", "T", "-", ":", "é"}).Draw(t, "by") + s[at+1:]
		}
		got, err := wallClock(s)
		want, wrong := time.Parse(time.DateTime, s)
		if got != want || (err == nil) != (wrong == nil) || err != nil && err.Error() != wrong.Error() {
			t.Fatalf("%q: %v, %v, want %v, %v", s, got, err, want, wrong)
		}
	})
}

// What is taken for a plain address, url.Parse reads alike.
func TestPlainAddress(t *testing.T) {
	part := rapid.SampledFrom([]string{"https://", "http://", "HTTPS://", "www.", "facebook.com", "faceboo\u212a.com", "evil-", ".", "/", "//", "posts", "videos", "photos", "groups", "mfa_one",
		"17", "17_18", "pfbid0", "permalink.php", "photo", "?story_fbid=1&id=2", "?v=3", "#a", "%41", "%E2%84%AA", "é", ":443", ":", "@", " ", "A", "[::1]", "\x00", "~", "+", "&", "=", "*", ";"})
	rapid.Check(t, func(t *rapid.T) {
		address := strings.Join(rapid.SliceOfN(part, 0, 8).Draw(t, "address"), "")
		if rapid.Bool().Draw(t, "begun") {
			address = "https://www.facebook.com/" + address
		}
		host, rest, plain := plainHost(address)
		if !plain {
			return
		}
		u, err := url.Parse(strings.TrimSpace(address))
		if err == nil && (u.Hostname() != host || u.Scheme != "https" && u.Scheme != "http") {
			t.Fatalf("%q: host %q, want %q", address, host, u.Hostname())
		}
		if plainPath(rest) && (err != nil || u.EscapedPath() != rest || u.RawQuery != "" || u.Fragment != "") {
			t.Fatalf("%q: path %q, want that of %v", address, rest, u)
		}
	})
}

func TestFewDigits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[0-9]{0,20}|[+\-]?[0-9]{0,3}[ .e١]?[0-9]{0,3}`).Draw(t, "s")
		if got, ok := fewDigits(s); ok {
			if want, err := strconv.ParseInt(s, 10, 64); err != nil || got != want {
				t.Fatalf("%q: %d, want %d, %v", s, got, want, err)
			}
		}
		if got, want := isDigits(s), s != "" && strings.Trim(s, "0123456789") == ""; got != want {
			t.Fatalf("%q: digits %v", s, got)
		}
	})
}

// crowdTangleText is a table in the shape of an export of CrowdTangle, of so many
// posts, always the same.
func crowdTangleText(posts int) []byte {
	words := strings.Fields(`сегодня people министър допомога ""протест"" президент Polska регион України день для София economy това 👍🏽 подтримка від school R&amp;D razem #news health`)
	r := rand.New(rand.NewPCG(1, 2))
	text := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteString(words[r.IntN(len(words))])
			b.WriteByte(' ')
		}
		return b.String()
	}
	var b bytes.Buffer
	b.WriteString("Page Name,User Name,Facebook Id,Page Category,Page Admin Top Country,Page Description,Page Created,Likes at Posting,Followers at Posting,Post Created,Post Created Date,Post Created Time,Type,Total Interactions,Likes,Comments,Shares,Love,Wow,Haha,Sad,Angry,Care,Video Share Status,Is Video Owner?,Post Views,Total Views,Total Views For All Crossposts,Video Length,URL,Message,Link,Final Link,Image Text,Link Text,Description,Sponsor Id,Sponsor Name,Sponsor Category,Overperforming Score\n")
	for n := range posts {
		page := 100 + r.IntN(500)
		fmt.Fprintf(&b, `"Міністерство %d",user_%d,112169647000%d,POLITICIAN,KAZ,"%s",2012-05-04 10:11:12,148246,%d,2024-11-%02d 15:36:40 EST,2024-11-%02d,15:36:40,Photo,"1,617",%d,%d,222,111,22,27,18,13,11,,-,0,0,0,,https://www.facebook.com/112169647000%d/posts/18625210628%d,"%s",https://nova.bg/a/b,,,"%s","%s",,,,-2.87`+"\n",
			page, page, page, text(12), r.IntN(1e6), 1+n%30, 1+n%30, r.IntN(5000), r.IntN(300), page, n, text(25), text(3), text(5))
	}
	return b.Bytes()
}

// A whole table gives the posts that its rows give one by one: memory that is used
// again, of blocks, chunks and posts, keeps nothing of an earlier row, and posts
// that were kept stay as they were.
func TestPostsOfTableAreThoseOfItsRows(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	lines := bytes.SplitAfter(crowdTangleText(30_000), []byte("\n"))
	lines = lines[:len(lines)-1]
	for i := range lines[1:] {
		line := &lines[1+i]
		// An absent count, a wrong one, a repost, and what is not UTF-8.
		for _, change := range [][2]string{{",222,", ",   ,"}, {",222,", ",x22,"}, {"https://nova.bg/a/b", "https://www.facebook.com/other/posts/1"}, {"people", "p\xd0ople"}} {
			if r.IntN(8) == 0 {
				*line = bytes.Replace(*line, []byte(change[0]), []byte(change[1]), 1)
			}
		}
	}
	text := bytes.Join(lines, nil)
	if len(text) < 20*blockSize {
		t.Fatalf("%d bytes are too few for blocks to be used again", len(text))
	}
	file := File{Name: "a.csv"}
	got, err := CrowdTangleFacebook.Read(context.Background(), bytes.NewReader(text), file, 3)
	if err != nil {
		t.Fatal(err)
	}
	file.Header, _ = separate(lines[0])
	decode, err := CrowdTangleFacebook.New(file)
	if err != nil {
		t.Fatal(err)
	}
	var want Batch
	plain := newRowParser(',')
	for i, line := range lines[1:] {
		one := Batch{}
		number := int64(i + 2)
		if wrong := validRow(line, number); wrong != nil {
			one.Reject(number, "", wrong.Want, "")
		} else if err := decode(Record{Line: number, Cells: plain.parse(line)}, &one); err != nil {
			one.Reject(number, "", err.Error(), "")
		}
		want.add(&one)
	}
	if !slices.Equal(got.Posts, want.Posts) || !slices.Equal(got.Accounts, want.Accounts) {
		for i := range min(len(got.Posts), len(want.Posts)) {
			if got.Posts[i] != want.Posts[i] {
				t.Fatalf("post %d:\n got %+v\nwant %+v", i, got.Posts[i], want.Posts[i])
			}
		}
		t.Fatalf("%d posts and %d accounts, want %d and %d", len(got.Posts), len(got.Accounts), len(want.Posts), len(want.Accounts))
	}
	for i, x := range want.Rejects {
		if i >= len(got.Rejects) || got.Rejects[i].Line != x.Line {
			t.Fatalf("reject %d: want that of line %d", i, x.Line)
		}
	}
	if len(want.Rejects) < 1000 || len(got.Rejects) != len(want.Rejects) {
		t.Errorf("%d rejects, want %d", len(got.Rejects), len(want.Rejects))
	}
}

// One worker and the splitter read 20,000 posts of CrowdTangle.
func BenchmarkCrowdTangleFacebook(b *testing.B) {
	text := crowdTangleText(20_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		err := CrowdTangleFacebook.Stream(context.Background(), bytes.NewReader(text), File{Name: "a.csv"}, 1, func(*Batch) error { return nil })
		if err != nil {
			b.Fatal(err)
		}
	}
}

// The splitter alone, which does not run in parallel.
func BenchmarkSplitCrowdTangle(b *testing.B) { benchmarkSplit(b, splitCrowdTangle) }

func BenchmarkSplitTable(b *testing.B) { benchmarkSplit(b, splitTable) }

func benchmarkSplit(b *testing.B, split func(io.Reader, func(Record, error) bool)) {
	text := crowdTangleText(20_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		rows := 0
		split(bytes.NewReader(text), func(Record, error) bool { rows++; return true })
		if rows != 20_001 {
			b.Fatalf("%d rows", rows)
		}
	}
}

// One worker gives rows their cells.
func BenchmarkRowCells(b *testing.B) {
	var rows []Record
	text := crowdTangleText(20_000)
	splitCrowdTangle(bytes.NewReader(text), func(rec Record, err error) bool { rows = append(rows, rec); return err == nil })
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	var cells rowReader
	for b.Loop() {
		for _, rec := range rows[1:] {
			if wrong := cells.read(&rec); wrong != nil {
				b.Fatal(wrong)
			}
		}
	}
}
