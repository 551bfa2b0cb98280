package enrich

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	for _, c := range []struct{ name, text, want, links string }{
		{"case and white space", "  Minister\n\n MET\tthe  envoy\u00a0today ", "minister met the envoy today", ""},
		{"Cyrillic case", "ӘҢГІМЕ Өтті", "әңгіме өтті", ""},
		{"й in two characters", "вои\u0306на", "война", ""},
		{"bold letters", "𝗡𝗲𝘄𝘀 today", "news today", ""},
		{"what is not seen", "vi\u200bsa\u00ad free\ufe0f", "visa free", ""},
		{"what X escapes", "trade &amp; visas &lt;new&gt;", "trade & visas <new>", ""},
		{"an address", "Visit https://gov.one.example/news/1?a=b now", "visit now", "gov.one.example/news/1?a=b"},
		{"an address that closes the text", "Visit us: HTTP://Gov.One.Example/News/", "visit us:", "gov.one.example/News"},
		{"an address in brackets", "Visit (https://gov.one.example/a).", "visit", "gov.one.example/a"},
		{"an address after a word", "сайт:https://gov.one.example/a", "сайт:", "gov.one.example/a"},
		{"www.", "see www.one.example/a", "see", "one.example/a"},
		{"without scheme", "see pic.twitter.com/AbC", "see", "pic.twitter.com/AbC"},
		{"no address: numbers", "24.03/25.03 и т.д/т.п км/ч", "24.03/25.03 и т.д/т.п км/ч", ""},
		{"no address: no path", "write to mfa.example", "write to mfa.example", ""},
		{"closing hashtags", "Nauryz #Nauryz2024 is here #kz, #holiday https://t.co/x", "nauryz #nauryz2024 is here", "t.co/x"},
		{"hashtags glued", "Nauryz #a#b", "nauryz", ""},
		{"only hashtags", "#a #b", "", ""},
		{"only an address", "https://one.example/a", "", "one.example/a"},
		{"two addresses", "a https://one.example/a b https://two.example/b", "a b", "one.example/a two.example/b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, links := fold(c.text)
			if got != c.want || strings.Join(links, " ") != c.links {
				t.Errorf("got %q, links %q; want %q, %q", got, links, c.want, c.links)
			}
			if again, _ := fold(got); again != got {
				t.Errorf("folded twice: %q", again)
			}
		})
	}
}

var escapes = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")

// What was replaced is not read again: &amp;lt; is &lt;.
func TestUnescape(t *testing.T) {
	piece := rapid.SampledFrom([]string{"&", "&amp;", "&lt;", "&gt;", "amp;", "lt", ";", "a", "й"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(piece, 0, 12).Draw(t, "text"), "")
		if got, want := unescape(text), escapes.Replace(text); got != want {
			t.Fatalf("%q: got %q, want %q", text, got, want)
		}
	})
}

func TestLinkOf(t *testing.T) {
	for _, c := range []struct{ name, address, want string }{
		{"scheme, www. and m.", "http://www.one.example/a", "one.example/a"},
		{"m.", "https://m.one.example/a/", "one.example/a"},
		{"case of the path stays", "https://One.Example/AbC", "one.example/AbC"},
		{"a bare site says nothing", "https://one.example/", ""},
		{"a bare site with a fragment", "https://one.example/#top", ""},
		{"a bare site with a click id", "https://one.example/?utm_source=x&fbclid=1", ""},
		{"the query that names the page stays", "https://one.example/?id=7&utm_medium=y", "one.example?id=7"},
		{"two parameters", "https://one.example/watch?v=1&t=2", "one.example/watch?v=1&t=2"},
		{"fragment", "https://one.example/a#part", "one.example/a"},
		{"cut short", "https://one.example/a...", ""},
		{"closing punctuation", "https://one.example/a!»", "one.example/a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := linkOf(c.address); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"", "#", "a https://x.y/z #b", "://", "http://", "www.", "й\u0306", "\xff\xfe #", "&amp;", "a.bc/", "#\u200b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		folded, links := fold(s)
		if strings.TrimSpace(folded) != folded || strings.Contains(folded, "  ") {
			t.Errorf("%q folds to %q", s, folded)
		}
		for _, l := range links {
			if l == "" {
				t.Errorf("%q has an empty link", s)
			}
		}
		new(shingler).of([]byte(folded), shingles{})
	})
}
