package adapters

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseShown(t *testing.T) {
	for _, c := range []struct {
		text         string
		v, low, high int64 // high -1: none
	}{
		{"0", 0, 0, 0},
		{"12400", 12400, 12400, 12400},
		{"12 400", 12400, 12400, 12400},
		{"12\u00a0400", 12400, 12400, 12400},
		{"12\u202f400", 12400, 12400, 12400},
		{"12,400", 12400, 12400, 12400},
		{"12.400", 12400, 12400, 12400},
		{"12'400", 12400, 12400, 12400},
		{"1.234.567", 1234567, 1234567, 1234567},
		{"50.8K", 50800, 50750, 50849},
		{"50,8K", 50800, 50750, 50849},
		{"50.8 k", 50800, 50750, 50849},
		{"1K", 1000, 500, 1499},
		{"1.25K", 1250, 1245, 1254},
		{"1.2M", 1200000, 1150000, 1249999},
		{"1,2 тыс.", 1200, 1150, 1249},
		{"1,2 тыс", 1200, 1150, 1249},
		{"1,2 млн", 1200000, 1150000, 1249999},
		{"2 млрд", 2e9, 15e8, 2499999999},
		{"3 миң", 3000, 2500, 3499},
		{"3 мың", 3000, 2500, 3499},
		{"3 ming", 3000, 2500, 3499},
		{"50,8К", 50800, 50750, 50849}, // the Cyrillic letter
		{"1.2B", 12e8, 115e7, 1249999999},
		{"1,234.5K", 1234500, 1234450, 1234549},
		{"1 234 тыс.", 1234000, 1233500, 1234499},
		{">39 000", 39000, 39000, -1},
		{"≥ 39,000", 39000, 39000, -1},
		{"more than 39,000", 39000, 39000, -1},
		{"более 1,2 млн", 1200000, 1200000, -1},
		{"10K+", 10000, 10000, -1},
		{"0.5K", 500, 450, 549},
	} {
		s, err := ParseShown(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		high := int64(-1)
		if s.High.OK {
			high = s.High.V
		}
		if s.V.V != c.v || s.Low.V != c.low || high != c.high || s.Text.V != c.text {
			t.Errorf("%q: got %d, %d to %d, want %d, %d to %d", c.text, s.V.V, s.Low.V, high, c.v, c.low, c.high)
		}
	}
	for _, text := range []string{
		"", "-", "n/a", "-1", "1.2", "12,4", "0.400", "12,40", "1,2345", "1234 567", "12 40", "1.234K", "12,400K", "50,8B", "1,2,3K",
		"1.234,567", "12.4.5K", "50.8Q", "1e5", "1.2E+18", "9223372036854775808", "9999999999999 млрд", "50.8K подписчиков", "12400.", "½K", "1.2345M+", "١٢",
	} {
		if s, err := ParseShown(text); err == nil {
			t.Errorf("%q: got %+v, want an error", text, s)
		}
	}
}

// A number shown in any of these ways reads as itself, and the bounds of a
// rounded one hold it.
func TestShownHoldsTheCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, 9_000_000_000_000).Draw(t, "n")
		plain := strconv.FormatInt(n, 10)
		mark := rapid.SampledFrom([]string{"", " ", "\u00a0", "\u202f", ",", ".", "'"}).Draw(t, "mark")
		text := plain
		for i := len(plain) - 3; i > 0; i -= 3 {
			text = text[:i] + mark + text[i:]
		}
		s, err := ParseShown(text)
		if err != nil || s.V.V != n || s.Low.V != n || s.High.V != n || s.Text.V != text {
			t.Fatalf("%q: %+v, %v, want exactly %d", text, s, err, n)
		}

		word := rapid.SampledFrom([]struct {
			text  string
			times int64
		}{{"K", 1e3}, {" тыс.", 1e3}, {" мың", 1e3}, {"M", 1e6}, {" млн", 1e6}, {" млрд", 1e9}}).Draw(t, "word")
		decimals := rapid.IntRange(0, 2).Draw(t, "decimals")
		unit := word.times
		for range decimals {
			unit /= 10
		}
		rounded := (n + unit/2) / unit // half up
		whole, rest := rounded, ""
		if decimals > 0 {
			tens := word.times / unit
			whole, rest = rounded/tens, fmt.Sprintf("%s%0*d", rapid.SampledFrom([]string{".", ","}).Draw(t, "decimal"), decimals, rounded%tens)
		}
		text = fmt.Sprint(whole) + rest + word.text
		s, err = ParseShown(text)
		if err != nil || s.V.V != rounded*unit || s.Low.V > n || s.High.V < n || s.Low.V > s.V.V || s.High.V < s.V.V {
			t.Fatalf("%d shown as %q: %+v, %v", n, text, s, err)
		}
		if s, err := ParseShown("> " + text); err != nil || s.High.OK || s.Low.V != rounded*unit {
			t.Fatalf("> %q: %+v, %v", text, s, err)
		}
	})
}

// Plain digits do not go through the syntax of all other counts.
func TestShownDigits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(
			rapid.StringMatching(`[0-9]{1,20}`), rapid.StringMatching(`[ 0-9+.,KB>٣]{0,20}`), rapid.String(),
		).Draw(t, "text")
		got, err := ParseShown(text)
		want, wrong := parseShown(text)
		if got != want || fmt.Sprint(err) != fmt.Sprint(wrong) {
			t.Fatalf("%q: %+v, %v, want %+v, %v", text, got, err, want, wrong)
		}
		id := rapid.OneOf(rapid.StringMatching(`-?[0-9]{1,3}([.,][0-9]{0,2})?([eE][+]?[0-9]?)?`), rapid.Just(text)).Draw(t, "id")
		if got, want := isRuined(id), ruinedID.MatchString(id); got != want {
			t.Fatalf("%q: ruined %v, want %v", id, got, want)
		}
	})
}

// BenchmarkAccountSnapshots reads a sheet of followers by the day.
func BenchmarkAccountSnapshots(b *testing.B) {
	var text strings.Builder
	text.WriteString("platform,account_id,handle,observed_at,followers\n")
	for i := range 5000 {
		fmt.Fprintf(&text, "x,692435943428564%03d,user_%d,2024-01-%02dT00:00:00Z,%d\n", i/31, i/31, 1+i%31, 62697+i)
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if err := AccountSnapshotsCSV.Stream(context.Background(), strings.NewReader(text.String()), File{Name: "x.csv"}, 1, func(*Batch) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}

// In a sheet a count may be typed as shown, with what other cells say of it
// before; semicolons and decimal commas come from Excel in other languages.
func TestShownInSheet(t *testing.T) {
	text := "platform;handle;observed_at;followers;followers_text;followers_low;following\n" +
		"x;a;2024-01-31;1,2 тыс.;;;120\n" +
		"x;b;2024-01-31;50.8K;about 50.8K;50800;\n" +
		";;;;;;\n" +
		"x;c;2024-01-31T09:30:00Z;>39 000;;;0\n"
	b, n, err := decode(AccountSnapshotsCSV, text)
	if err != nil || n != 3 || !AccountSnapshotsCSV.Detect([]byte(text), "") {
		t.Fatalf("%d records, %v", n, err)
	}
	want := `account_snapshots 2 (x @a) platform="x" observed_at=2024-01-31T00:00:00Z observed_precision="day" followers=1200 followers_text="1,2 тыс." followers_low=1150 followers_high=1249 following=120 following_low=120 following_high=120 time_source="field"
account_snapshots 3 (x @b) platform="x" observed_at=2024-01-31T00:00:00Z observed_precision="day" followers=50800 followers_text="about 50.8K" followers_low=50800 time_source="field"
account_snapshots 5 (x @c) platform="x" observed_at=2024-01-31T09:30:00Z observed_precision="second" followers=39000 followers_text=">39 000" followers_low=39000 following=0 following_low=0 following_high=0 time_source="field"
records 3, merged 0
`
	if got := shownBatch(&b); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func FuzzShown(f *testing.F) {
	for _, s := range []string{"50.8K", "1,2 тыс.", ">39 000", "12.400"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseShown(text)
		if err == nil && (!s.V.OK || !s.Low.OK || s.Low.V > s.V.V || s.High.OK && s.High.V < s.V.V || s.V.V < 0 || !strings.ContainsAny(text, "0123456789")) {
			t.Errorf("%q: %+v", text, s)
		}
	})
}
