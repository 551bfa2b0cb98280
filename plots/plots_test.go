package plots

import (
	"bytes"
	"encoding/csv"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"pgregory.net/rapid"

	"diplometrics/datasets"
)

var outDir = flag.String("out", "", "write every figure of the tests there, to be looked at")

// TestDraw draws every figure of the thesis in every format.
func TestDraw(t *testing.T) {
	drawAll(t, thesis(t), "")
}

// TestDrawCrowded draws a study that is hard to draw.
func TestDrawCrowded(t *testing.T) { drawAll(t, crowded(t), "crowded_") }

// pageOf draws a figure, or returns nil where it has no data in the thesis, which
// has no posts: crowded has data for every figure.
func pageOf(t testing.TB, f Figure, d *Data) *Page {
	t.Helper()
	p, err := f.Page(d)
	if errors.Is(err, ErrNoData) && d.Study.Name == "thesis" {
		return nil
	}
	if err != nil {
		t.Fatalf("%s: %v", f.Name, err)
	}
	return p
}

func drawAll(t *testing.T, d *Data, prefix string) {
	for _, f := range All {
		t.Run(f.Name, func(t *testing.T) {
			page := pageOf(t, f, d)
			if page == nil {
				t.Skip("no such data")
			}
			for _, format := range []string{"svg", "pdf", "png", "csv"} {
				var b bytes.Buffer
				if err := page.Write(&b, format); err != nil {
					t.Fatalf("%s: %v", format, err)
				}
				if *outDir != "" {
					if err := os.WriteFile(filepath.Join(*outDir, prefix+f.Name+"."+format), b.Bytes(), 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
	}
}

// TestNoData draws every figure of a study that has nothing.
func TestNoData(t *testing.T) {
	for _, f := range All {
		if _, err := f.Draw(&Data{Study: Study{Countries: []string{"KAZ", "UZB"}}}); !errors.Is(err, ErrNoData) {
			t.Errorf("%s: got error %v, want ErrNoData", f.Name, err)
		}
	}
}

// TestShelf compares the files that declare a figure with All.
func TestShelf(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if regexp.MustCompile(`(?m)^var \w+ = Figure\{`).Match(text) {
			want = append(want, strings.TrimSuffix(f, ".go"))
		}
	}
	for _, f := range All {
		got = append(got, f.Name)
		if f.Doc == "" || f.Version < 1 || len(f.Tables) == 0 {
			t.Errorf("%s lacks a definition, version or tables", f.Name)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("All has %v, the files are %v", got, want)
	}
}

// TestPages checks what every page must have.
func TestPages(t *testing.T) {
	for name, d := range map[string]*Data{"thesis": thesis(t), "crowded": crowded(t)} {
		for _, f := range All {
			p := pageOf(t, f, d)
			if p == nil {
				continue
			}
			if p.Title == "" || p.Alt == "" || !strings.Contains(p.Subtitle, "n"+noBreak+"=") || p.Caption == "" {
				t.Errorf("%s/%s: title, subtitle with n, caption and alt text: %q, %q, %q, %q", name, f.Name, p.Title, p.Subtitle, p.Caption, p.Alt)
			}
			if got := p.Width; got != 174*vg.Millimeter {
				t.Errorf("%s/%s: width %v, want 174 mm", name, f.Name, got)
			}
			if len(p.Rows) == 0 {
				t.Errorf("%s/%s: no plotted values", name, f.Name)
			}
			for _, r := range p.Rows {
				if len(r) != len(p.Header) {
					t.Fatalf("%s/%s: %d cells under %d heads: %q", name, f.Name, len(r), len(p.Header), r)
				}
			}
			if name == "thesis" && p.Height > 250*vg.Millimeter {
				t.Errorf("%s: %.0f mm high, more than a page", f.Name, p.Height/vg.Millimeter)
			}
		}
	}
}

// TestDataUntouched draws everything and compares the data with a copy.
func TestDataUntouched(t *testing.T) {
	d, want := crowded(t), crowded(t)
	for _, f := range All {
		if _, err := f.Draw(d); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(d, want) {
			t.Fatalf("%s changed the data", f.Name)
		}
	}
}

// TestSimulated looks for the stamp in pictures and tables, and for none in a
// real study.
func TestSimulated(t *testing.T) {
	for _, simulated := range []bool{true, false} {
		d := thesis(t)
		d.Study.Simulated = simulated
		for _, f := range All {
			p := pageOf(t, f, d)
			if p == nil {
				continue
			}
			var svg, table bytes.Buffer
			if err := errors.Join(p.Write(&svg, "svg"), p.Write(&table, "csv")); err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(svg.String(), ">"+simulatedBanner+"</text>"); got != simulated {
				t.Errorf("%s: stamp on the picture: %v, want %v", f.Name, got, simulated)
			}
			records, err := csv.NewReader(&table).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range records[1:] {
				if got := r[len(r)-1] == "SIMULATED"; got != simulated {
					t.Fatalf("%s: stamp in row %q: %v, want %v", f.Name, r, got, simulated)
				}
			}
		}
	}
}

// TestTitles compares titles with the numbers of the sources: the E-Government
// Survey 2024, Tassilova et al. 2018 for the ranks, and Tables 2 to 5 of the
// thesis, of whose 11 averages 7 are impossible.
func TestTitles(t *testing.T) {
	d := thesis(t)
	for name, want := range map[string]string{
		"egdi":          "EGDI in 2024: Kazakhstan 0.901, Uzbekistan 0.800 and Kyrgyzstan 0.732; Kazakhstan is the highest of the three in each of 7 surveys since 2010",
		"ddr_rank":      "Digital Diplomacy Review ranks fell between 2016 and 2017: Kazakhstan from 38 to 44, Uzbekistan from 124 to 133 and Kyrgyzstan from 96 to 137",
		"posting_rates": "7 of 11 printed averages of posts per month are impossible for the posts and months printed beside them",
		"engagement_p3": "Likes per post per 1\u00a0000 followers range from 3.27 to 28.4 on Instagram and from 0.193 to 0.394 on X",
	} {
		f := All[slices.IndexFunc(All, func(f Figure) bool { return f.Name == name })]
		p, err := f.Page(d)
		if err != nil {
			t.Fatal(err)
		}
		if p.Title != want {
			t.Errorf("%s: got  %s\nwant %s", name, p.Title, want)
		}
	}
}

// TestTitleFollowsData gives another country the lead: the title must follow.
func TestTitleFollowsData(t *testing.T) {
	d := thesis(t)
	for i, v := range d.Published {
		if v.Indicator == "egdi" && v.Country.V == "KGZ" && v.Period.V == "2024" {
			d.Published[i].Value = datasets.Some(.95)
		}
	}
	p, err := egdi.Draw(d)
	if err != nil {
		t.Fatal(err)
	}
	if want := "EGDI in 2024: Kyrgyzstan 0.950, Kazakhstan 0.901 and Uzbekistan 0.800; Kyrgyzstan is the highest of the three in 1 of 7 surveys since 2010"; p.Title != want {
		t.Errorf("got %s, want %s", p.Title, want)
	}
}

// TestGapStaysOpen: there is no survey of 2020 in the data, so no line crosses it.
func TestGapStaysOpen(t *testing.T) {
	readings, _ := thesis(t).readings("egdi")
	main, _ := splitSource(readings)
	lines := timelines(main)
	if got := gaps(lines); len(got) != 1 || got[0] != [2]float64{2018, 2022} {
		t.Errorf("gaps: got %v, want 2018 to 2022", got)
	}
	if got := usualStep(lines); got != 2 {
		t.Errorf("rhythm: got %v years, want 2", got)
	}
}

// TestSpread: labels keep their order and distance, stay in range where there
// is room, and do not move without need.
func TestSpread(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.Float64Range(0, 100), 1, 12).Draw(t, "want")
		places := make([]vg.Length, len(want))
		for i, v := range want {
			places[i] = vg.Length(v)
		}
		const gap, lo, hi = 8, 0, 100
		got := spread(places, gap, lo, hi)
		for i := range got {
			if got[i] < lo-1e-6 || got[i] > hi+1e-6 {
				t.Fatalf("%v leaves the range", got[i])
			}
			free := true
			for k := range got {
				if i == k {
					continue
				}
				if d := got[i] - got[k]; d > -gap+1e-6 && d < gap-1e-6 {
					t.Fatalf("%v and %v are nearer than the gap", got[i], got[k])
				}
				if places[i] < places[k] && got[i] > got[k] {
					t.Fatalf("%v and %v change places", places[i], places[k])
				}
				far := vg.Length(gap * len(want))
				free = free && (places[i]-places[k] > far || places[k]-places[i] > far)
			}
			if free && got[i] != places[i] {
				t.Fatalf("%v moved to %v without need", places[i], got[i])
			}
		}
	})
}

// TestWrap: no line is too wide and no letter is lost.
func TestWrap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(rapid.RuneFrom([]rune("ab қү WM.")), 0, 200, -1).Draw(t, "text")
		w := vg.Length(rapid.Float64Range(12, 300).Draw(t, "width"))
		out := wrap(s, w, bodyType)
		for _, line := range out {
			if textWidth(line, bodyType) > w {
				t.Fatalf("%q is wider than %v", line, w)
			}
		}
		bare := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if got, want := bare(strings.Join(out, "")), bare(s); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}

func TestSayNumbers(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{sayCount(1396986), "1\u00a0396\u00a0986"}, {sayCount(295), "295"}, {sayCount(-1234), "−1\u00a0234"}, {sayCount(0), "0"},
		{sayShort(300), "300"}, {sayShort(10000), "10k"}, {sayShort(11850000), "11.85M"}, {sayShort(.03), "0.03"},
		{saySignificant(.0869, 3), "0.0869"}, {saySignificant(28.3843, 3), "28.4"}, {saySignificant(0, 3), "0"}, {saySignificant(1234, 3), "1\u00a0234"}, {sayDigits(47, 3), "47.0"}, {sayDigits(9.996, 3), "10.0"}, {sayDigits(10000, 3), "10\u00a0000"}, {sayFixed(-1234.5, -1), "−1\u00a0234.5"}, {sayFixed(-.04, 1), "0.0"},
		{sayPeriod("2024-01/2024-05"), "Jan–May 2024"}, {sayPeriod("2018-12-09"), "9 Dec 2018"}, {sayPeriod("spring"), "spring"}, {sayPeriod("2015-12/2016-02"), "Dec 2015–Feb 2016"},
		{shortTitle("Allamurodov, B. Kh. (2023). Digital Diplomacy"), "Allamurodov, B. Kh. (2023)"},
		{countryName(datasets.Some("KGZ")), "Kyrgyzstan"}, {countryName(datasets.None[string]()), "international"}, {countryName(datasets.Some("??")), "??"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// TestLogTicks: the ticks enclose the data at 1 and 3 times powers of ten.
func TestLogTicks(t *testing.T) {
	var got []string
	for _, tick := range logTicks(295, 39000) {
		got = append(got, tick.Label)
	}
	if want := []string{"100", "300", "1k", "3k", "10k", "30k", "100k"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	rapid.Check(t, func(t *rapid.T) {
		lo := rapid.Float64Range(1e-6, 1e9).Draw(t, "lo")
		hi := lo * rapid.Float64Range(1, 1e6).Draw(t, "ratio")
		ticks := logTicks(lo, hi)
		if len(ticks) < 2 || ticks[0].Value > lo*(1+1e-6) || ticks[len(ticks)-1].Value < hi*(1-1e-6) {
			t.Fatalf("%v to %v: ticks %v", lo, hi, ticks)
		}
	})
}

func BenchmarkAll(b *testing.B) {
	d := thesis(b)
	for b.Loop() {
		for _, f := range All {
			p := pageOf(b, f, d)
			if p == nil {
				continue
			}
			for _, format := range []string{"svg", "pdf", "png", "csv"} {
				if err := p.Write(&bytes.Buffer{}, format); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
}
