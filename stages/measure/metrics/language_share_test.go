package metrics

import (
	"math"
	"slices"
	"testing"

	"diplometrics/datasets"
)

// in is a post in one language; "" has no text.
func in(language string, day datasets.Day) *Post {
	q := &Post{Type: datasets.Original, Language: language, Local: true, Date: day}
	if i := slices.Index(datasets.Languages[:], language); i >= 0 {
		q.Shares[i] = 1
	}
	return q
}

// inTwo is a post of which a share of the letters stand in the second language.
func inTwo(first, second string, share float64, day datasets.Day) *Post {
	q := in(first, day)
	q.Shares[slices.Index(datasets.Languages[:], first)] = 1 - share
	q.Shares[slices.Index(datasets.Languages[:], second)] = share
	return q
}

// By hand: of 8 posts with a text, Kazakh has 2 and three quarters of one, Russian
// 2, a quarter and an eighth, English 1 and seven eighths; 1 is not told.
func TestLanguageShare(t *testing.T) {
	p := periodOf("vk", in("ru", 1), in("ru", 1), in("kk", 1), in("kk", 2), in("en", 3), inTwo("kk", "ru", 0.25, 4), inTwo("en", "ru", 0.125, 5), in("und", 5), in("", 6),
		&Post{Type: datasets.Repost, Language: "ru"})
	got := emitted(t, LanguageShare, p)
	for part, v := range map[string]float64{"kk": 2.75 / 8, "ky": 0, "uz": 0, "ru": 2.375 / 8, "en": 1.875 / 8, "und": 0.125} {
		want(t, got, part, v, 9, 8)
	}
	h := 0.0
	for _, sum := range []float64{2.75, 2.375, 1.875} {
		h += sum / 7 * math.Log2(7/sum)
	}
	want(t, got, "entropy", h, 9, 7)
	want(t, got, "multilingual", 0.4, 9, 7) // days 1 and 4 of 1 to 5
	wantFlag(t, got, "ru", "1 post without a text, left out")

	got = emitted(t, LanguageShare, periodOf("x", in("uz", 1), in("uz", 1)))
	want(t, got, "uz", 1, 2, 2)
	want(t, got, "kk", 0, 2, 2)
	want(t, got, "entropy", 0, 2, 2)
	want(t, got, "multilingual", 0, 2, 2)

	got = emitted(t, LanguageShare, periodOf("x", in("und", 1)))
	want(t, got, "und", 1, 1, 1)
	wantAbsent(t, got, "entropy", "the language of no own post could be told")
	wantAbsent(t, got, "multilingual", "the language of no own post could be told")

	for why, p := range map[string]*Period{"no own post has a text": periodOf("facebook", in("", 1)), "no own post in the period": periodOf("x")} {
		got = emitted(t, LanguageShare, p)
		if len(got) != len(LanguageShare.Parts) {
			t.Errorf("got %v, want every part", got)
		}
		for part := range got {
			wantAbsent(t, got, part, why)
		}
	}
	p = periodOf("x", &Post{Type: datasets.Repost, Language: "ru"})
	p.Kind = Month
	wantNothing(t, LanguageShare, p)
}

func TestGivenLanguage(t *testing.T) {
	for given, want := range map[string]string{"": "", "RU": "ru", "kk-Latn": "kk", "kaz": "kk", "en_GB": "en", "uz-Cyrl": "uz", "tr": "tr", "qme": "und", "und": "und", "-": "und"} {
		if got := GivenLanguage(given); got != want {
			t.Errorf("%q: got %q, want %q", given, got, want)
		}
	}
}

// Without a zone the day is that of UTC.
func TestDayOfPost(t *testing.T) {
	late := &Post{At: (datasets.Day(10)).Micros() + 23*3_600e6}
	if d := dayOf(late); d != 10 {
		t.Errorf("got %d, want 10", d)
	}
	late.Local, late.Date = true, 11
	if d := dayOf(late); d != 11 {
		t.Errorf("got %d, want 11", d)
	}
}
