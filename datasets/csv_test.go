package datasets

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestWriteCSV(t *testing.T) {
	rows := []kindsRow{
		{ID: 1, Text: "a,b\n\"c\"", Few: " x", Float: 0.1, Bool: true, Day: DayOf(lateIn1999.Time()), Time: lateIn1999},
		{ID: -2, Text: "=1+1", Float: 1e21, OptText: Some(""), OptFew: Some("@mfa_kz"), OptInt: Some(int64(0)), OptFloat: Some(1234567.5), OptBool: Some(false), OptDay: Some(Day(-1)), OptTime: Some(Micros(1))},
	}
	// By RFC 4180 and the rules in the documentation of WriteCSV.
	const want = `id,text,few,float,bool,day,time,opt_text,opt_few,opt_int,opt_float,opt_bool,opt_day,opt_time
1,"a,b
""c"""," x",0.1,true,1999-12-31,1999-12-31T23:59:59.5Z,,,,,,,
-2,'=1+1,"",1e+21,false,1970-01-01,1970-01-01T00:00:00Z,"",@mfa_kz,0,1234567.5,false,1969-12-31,1970-01-01T00:00:00.000001Z
`
	var b strings.Builder
	if err := kinds.WriteCSV(&b, batch(rows)); err != nil {
		t.Fatal(err)
	}
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// lateIn1999 is 1999-12-31T23:59:59.5Z; date -d gives 946684799 seconds.
const lateIn1999 = Micros(946_684_799_500_000)

func TestWriteCSVErrors(t *testing.T) {
	var b strings.Builder
	wantErr(t, kinds.WriteCSV(&b, batch([]kindsRow{{}, {Float: math.NaN()}})), "table kinds", "row 1", "column float")
	broken := errors.New("broken")
	if err := kinds.WriteCSV(&b, func(yield func([]kindsRow, error) bool) { yield(nil, broken) }); !errors.Is(err, broken) {
		t.Errorf("got %v, want the error of the rows", err)
	}
	if err := kinds.WriteCSV(failing{broken}, batch(kindsRows(1))); !errors.Is(err, broken) {
		t.Errorf("got %v, want the error of the writer", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// What Parquet holds and what CSV holds are the same text and numbers.
func TestCSVFromParquet(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kinds.parquet")
	rows := kindsRows(70_000)
	if err := kinds.Write(path, rows, WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	var direct, read bytes.Buffer
	if err := kinds.WriteCSV(&direct, batch(rows)); err != nil {
		t.Fatal(err)
	}
	if err := kinds.WriteCSV(&read, kinds.Read(context.Background(), path)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(direct.Bytes(), read.Bytes()) {
		t.Error("other bytes after Parquet")
	}
}

func TestHarmless(t *testing.T) {
	for in, want := range map[string]string{
		"":                           "",
		"text":                       "text",
		"a=1":                        "a=1",
		"=1+1":                       "'=1+1",
		"+7 701":                     "'+7 701",
		"-":                          "'-",
		"- item":                     "'- item",
		"-5":                         "-5",
		"+0,1":                       "+0,1",
		"-12.5%":                     "-12.5%",
		"-1e5":                       "-1e5",
		"-1-1":                       "'-1-1",
		"-Inf":                       "'-Inf",
		"@mfa.kz_1-a":                "@mfa.kz_1-a",
		"@":                          "'@",
		"@SUM(1)":                    "'@SUM(1)",
		"@сум":                       "'@сум",
		"\t=1":                       "'\t=1",
		"\r=1":                       "'\r=1",
		"\n=1":                       "'\n=1",
		"＝1":                         "'＝1",
		"'=1":                        "''=1",
		"'text":                      "'text",
		"=cmd|' /C calc'!A0":         "'=cmd|' /C calc'!A0",
		`=HYPERLINK("http://a?"&A1)`: `'=HYPERLINK("http://a?"&A1)`,
	} {
		if got := Harmless(in); got != want {
			t.Errorf("Harmless(%q) = %q, want %q", in, got, want)
		}
	}
}

// Any text comes back: as CSV, and through Harmless, by taking one apostrophe
// off where a formula follows the apostrophes.
func TestTextSurvivesCSV(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.OneOf(rapid.String(), rapid.StringMatching(`[-'=@+,"; \n0-9a]{0,6}`)).Draw(t, "text")
		row := kindsRow{Text: in, OptText: Some(in)}
		var b strings.Builder
		if err := kinds.WriteCSV(&b, batch([]kindsRow{row})); err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(strings.NewReader(b.String()))
		records, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		// encoding/csv reads \r\n in a field as \n.
		want := strings.ReplaceAll(Harmless(in), "\r\n", "\n")
		if got := records[1][1]; got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
		if h := Harmless(in); h != in && strings.TrimPrefix(h, "'") != in {
			t.Fatalf("Harmless(%q) = %q", in, h)
		}
		if h := Harmless(in); Harmless(h) == h && h != in {
			t.Fatalf("Harmless is not reversible: %q and %q both give %q", in, h, h)
		}
	})
}
