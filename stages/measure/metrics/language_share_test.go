package metrics

import (
	"math"
	"testing"

	"diplometrics/datasets"
)

func in(language string, day datasets.Day) *Post {
	return &Post{Type: datasets.Original, Language: language, Local: true, Date: day}
}

// By hand: of 8 posts with a language, 2 are Russian, 2 Kazakh, 1 each English,
// Turkish and German, 1 not named. H of 2, 2, 1, 1, 1 of 7 is
// 2 2/7 log2(7/2) + 3 1/7 log2 7.
func TestLanguageShare(t *testing.T) {
	p := periodOf("vk", in("ru", 1), in("RU", 1), in("kk-Latn", 1), in("kaz", 2), in("en_GB", 3), in("tr", 4), in("de", 4), in("qme", 5), in("", 6),
		&Post{Type: datasets.Repost, Language: "ru"})
	got := emitted(t, LanguageShare, p)
	for part, v := range map[string]float64{"kk": 0.25, "ky": 0, "uz": 0, "ru": 0.25, "en": 0.125, "other": 0.25, "und": 0.125} {
		want(t, got, part, v, 9, 8)
	}
	want(t, got, "entropy", 4./7*math.Log2(3.5)+3./7*math.Log2(7), 9, 7)
	want(t, got, "multilingual", 0.5, 9, 7) // days 1 and 4 of 1 to 4
	wantFlag(t, got, "ru", "1 post without a language, left out")

	got = emitted(t, LanguageShare, periodOf("vk", in("uz-Cyrl", 1), in("uz", 1)))
	want(t, got, "uz", 1, 2, 2)
	want(t, got, "entropy", 0, 2, 2)
	want(t, got, "multilingual", 0, 2, 2)

	// What x cannot name is not known, and so is not 0.
	got = emitted(t, LanguageShare, periodOf("x", in("und", 1), in("ru", 1)))
	want(t, got, "ru", 0.5, 2, 2)
	for _, part := range []string{"kk", "ky", "uz"} {
		wantAbsent(t, got, part, "not known: x has no such language to name")
	}

	got = emitted(t, LanguageShare, periodOf("x", in("und", 1)))
	want(t, got, "und", 1, 1, 1)
	wantAbsent(t, got, "entropy", "the platform named the language of no own post")
	wantAbsent(t, got, "multilingual", "the platform named the language of no own post")

	for why, p := range map[string]*Period{"the platform gave no language to any own post": periodOf("facebook", in("", 1)), "no own post in the period": periodOf("x")} {
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
