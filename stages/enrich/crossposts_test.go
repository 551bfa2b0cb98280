package enrich

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diplometrics/datasets"

	"pgregory.net/rapid"
)

// crossed finds the cross-posts of posts, sorting so many bytes in memory, 0 for
// the usual.
func crossed(posts []datasets.Post, accounts []datasets.Account, folder string, most int) ([]datasets.CrossPost, error) {
	return crossedFrom(0, 1<<60, posts, accounts, folder, most)
}

func crossedFrom(from, to datasets.Micros, posts []datasets.Post, accounts []datasets.Account, folder string, most int) ([]datasets.CrossPost, error) {
	c := NewCrossing(accounts, from, to, folder)
	if most > 0 {
		c.taken.most = most
	}
	for batch := range batches(posts) {
		if err := c.Add(batch); err != nil {
			return nil, err
		}
	}
	rows, err := all(c.Rows())
	return rows, errors.Join(err, c.Close())
}

func crossPosts(t testing.TB, accounts []datasets.Account, posts ...datasets.Post) []datasets.CrossPost {
	t.Helper()
	rows, err := crossed(posts, accounts, t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

const (
	noon = "2024-05-01T12:00:00Z"
	news = "The minister met the ambassador to discuss visas."
)

// abcdefgh has the grams abcde, bcdef, cdefg, defgh.
func TestSimilarity(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64 // grams in both by grams in either, counted by hand
	}{
		{"abcdefgh", "abcdefgh", 1},
		{"abcdefgh", "abcdefg", 3. / 4},
		{"abcdefgh", "abcdefxy", 2. / 6},
		{"abcdefgh", "ABCDEFGH", 0},
		{"abcde", "abcde", 1},
		{"aaaaaaaa", "aaaaa", 1}, // a set: the one gram of both
		{"abcabcabc", "abcabc", 2. / 3},
		{"әңгімеөтті", "әңгімеөтт", 5. / 6},
		{"🇰🇿🇰🇿🇰🇿", "🇰🇿🇰🇿🇰🇿", 1}, // a flag is two characters
	} {
		var sh shingler
		a, b := sh.of([]byte(c.a), shingles{}), sh.of([]byte(c.b), shingles{})
		if x, y := similarity(&a, &b), similarity(&b, &a); x != c.want || y != c.want {
			t.Errorf("%s, %s: got %v and %v, want %v", c.a, c.b, x, y, c.want)
		}
	}
	if s := new(shingler).of([]byte("abcd"), shingles{}); len(s.grams) != 0 {
		t.Error("four characters have a gram")
	}
}

func TestCrossPosts(t *testing.T) {
	with := func(p datasets.Post, f func(*datasets.Post)) datasets.Post { f(&p); return p }
	x := post("x", "10", "1", noon, news)
	for _, c := range []struct {
		name, how string // "" is no cross-post
		a, b      datasets.Post
	}{
		{"the same text", "text", x, post("facebook", "20", "2", noon, news)},
		{"the same but for case, white space, address and hashtags", "text", x, post("facebook", "20", "2", noon, "THE MINISTER met\nthe ambassador to discuss visas. https://one.example/a #visa #mfa")},
		{"another text", "", x, post("facebook", "20", "2", noon, "Happy Nauryz to all who celebrate the spring!")},
		{"48 hours apart", "text", x, post("facebook", "20", "2", "2024-05-03T12:00:00Z", news)},
		{"a second more", "", x, post("facebook", "20", "2", "2024-05-03T12:00:01Z", news)},
		{"one platform", "", x, post("x", "10", "2", noon, news)},
		{"another organization", "", x, post("facebook", "21", "2", noon, news)},
		{"an organization of that name in another country", "", post("x", "12", "1", noon, news), post("facebook", "20", "2", noon, news)},
		{"embassies in two countries", "", post("x", "11", "1", noon, news), post("facebook", "21", "2", noon, news)},
		{"a repost", "", x, with(post("facebook", "20", "2", noon, news), func(p *datasets.Post) { p.PostType = datasets.Repost })},
		{"a reply", "text", x, with(post("facebook", "20", "2", noon, news), func(p *datasets.Post) { p.PostType = datasets.Reply })},
		{"no time", "", x, post("facebook", "20", "2", "", news)},
		{"no text", "", x, post("facebook", "20", "2", noon, "")},
		{"an unknown account", "", x, post("facebook", "99", "2", noon, news)},
		{"the same link", "link", post("x", "10", "1", noon, "Министр встретился с послом https://one.example/a?utm_source=x"), post("telegram", "30", "2", noon, "Министр елшімен кездесті: www.one.example/a/")},
		{"only a link", "link", post("x", "10", "1", noon, "https://one.example/a"), post("telegram", "30", "2", noon, "https://one.example/a")},
		{"another link", "", post("x", "10", "1", noon, "Read https://one.example/a"), post("telegram", "30", "2", noon, "More https://one.example/b")},
		{"the same site", "", post("x", "10", "1", noon, "Read https://one.example"), post("telegram", "30", "2", noon, "More https://one.example/")},
		{"the same link, 49 hours apart", "", post("x", "10", "1", noon, "https://one.example/a"), post("telegram", "30", "2", "2024-05-03T13:00:00Z", "https://one.example/a")},
		{"texts too short to compare", "", post("x", "10", "1", noon, "Ура!"), post("telegram", "30", "2", noon, "Ура!")},
		// 3 grams in both of 5 in either: 0.6 is enough. 3 of 6 is not.
		{"just similar enough", "text", post("x", "10", "1", noon, "abcdefgh"), post("telegram", "30", "2", noon, "abcdefgx")},
		{"not quite", "", post("x", "10", "1", noon, "abcdefgh"), post("telegram", "30", "2", noon, "abcdefgxy")},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows := crossPosts(t, accounts(), c.a, c.b)
			if c.how == "" {
				if len(rows) != 0 {
					t.Errorf("got %+v", rows)
				}
				return
			}
			if len(rows) != 2 || rows[0].How != c.how {
				t.Fatalf("got %+v, want %s", rows, c.how)
			}
			r, s := rows[0], rows[1]
			if r.PostID != s.OtherPostID || r.OtherPostID != s.PostID || r.LagS != -s.LagS || r.Similarity != s.Similarity || r.How != s.How {
				t.Errorf("the two sides differ: %+v, %+v", r, s)
			}
		})
	}
}

// A link under every post is no post's own; one in three languages is.
func TestFooter(t *testing.T) {
	footer := func(n int) []datasets.Post {
		var posts []datasets.Post
		for i := range n {
			p := post("telegram", "30", fmt.Sprint("t", i), noon, fmt.Sprintf("%s https://one.example/join", strings.Repeat(fmt.Sprint(i), 9)))
			p.CreatedAt.V += datasets.Micros(i) * 9 * 24 * hour
			posts = append(posts, p)
		}
		return append(posts, post("x", "10", "1", noon, "Join us https://one.example/join"))
	}
	if rows := crossPosts(t, accounts(), footer(3)...); len(rows) != 2 {
		t.Errorf("three times: %+v", rows)
	}
	if rows := crossPosts(t, accounts(), footer(4)...); len(rows) != 0 {
		t.Errorf("four times: %+v", rows)
	}
	posts := footer(3)
	last := posts[2]
	last.PostID, last.CreatedAt.V = "t9", posts[0].CreatedAt.V+footerWindow+1
	if rows := crossPosts(t, accounts(), append(posts, last)...); len(rows) != 2 {
		t.Errorf("the fourth time after 30 days: %+v", rows)
	}
}

// Scratch that cannot be written is an error, not fewer cross-posts.
func TestCrossingSaysWhatCannotBeWritten(t *testing.T) {
	_, err := crossed([]datasets.Post{post("x", "10", "1", noon, news), post("facebook", "20", "2", noon, news)}, accounts(), filepath.Join(t.TempDir(), "missing"), 1)
	if err == nil {
		t.Error("no error")
	}
}

func TestCrossPostsGolden(t *testing.T) {
	golden(t, &datasets.CrossPosts, crossPosts(t, accounts(),
		post("x", "10", "1", "2024-05-01T12:00:00Z", news+" https://t.co/a"),
		post("facebook", "20", "2", "2024-05-01T12:03:30Z", news+" #visa"),
		post("telegram", "30", "3", "2024-05-02T09:00:00Z", "The minister met the ambassador to discuss visas and flights. https://one.example/news/1"),
		post("x", "10", "4", "2024-05-02T08:00:00.5Z", "Министр встретился с послом https://one.example/news/1"),
		post("facebook", "20", "5", "2024-05-02T10:00:00Z", "https://one.example/news/1"),
		post("x", "12", "6", "2024-05-01T12:00:00Z", news),
	))
}

// What may be dropped without being compared is never similar.
func TestSketchRejectsNothingSimilar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.SampledFrom([]rune("abcdeшң"))
		text := rapid.SliceOfN(letters, gramRunes, 400).Draw(t, "text")
		other := slices.Clone(text)
		for range rapid.IntRange(0, 12).Draw(t, "edits") {
			other[rapid.IntRange(0, len(other)-1).Draw(t, "at")] = letters.Draw(t, "letter")
		}
		other = append(other, rapid.SliceOfN(letters, 0, 200).Draw(t, "more")...)
		var sh shingler
		x, y := sh.of([]byte(string(text)), shingles{}), sh.of([]byte(string(other)), shingles{})
		a, b := &x, &y
		if similarity(a, b) != similarity(b, a) || mayBeSimilar(a, b) != mayBeSimilar(b, a) {
			t.Fatal("the order of the texts matters")
		}
		if similarity(a, b) >= leastSimilar && !mayBeSimilar(a, b) {
			t.Fatalf("similarity %v is dropped", similarity(a, b))
		}
	})
}

// A text and its beginning are similar at every length, also where the longer
// one has the larger sketch.
func TestSketchOfABeginning(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var sh shingler
	for n := 20; n < 2000; n += 7 {
		text := make([]rune, n)
		for i := range text {
			text[i] = 'а' + r.Int32N(32)
		}
		a, b := sh.of([]byte(string(text)), shingles{}), sh.of([]byte(string(text[:n*2/3+4])), shingles{})
		if s := similarity(&a, &b); s < leastSimilar || !mayBeSimilar(&a, &b) || !mayBeSimilar(&b, &a) {
			t.Fatalf("%d characters: similarity %v is dropped", n, s)
		}
	}
}

// The memory of a set that is used again leaves nothing in the next.
func TestShinglesInOldMemory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOfN(rapid.SampledFrom([]rune("abcш")), 0, 300)
		a, b := []byte(string(text.Draw(t, "a"))), []byte(string(text.Draw(t, "b")))
		var sh shingler
		old := sh.of(a, shingles{})
		old.sort()
		want := sh.of(b, shingles{})
		if got := sh.of(b, old); !slices.Equal(got.grams, want.grams) || !slices.Equal(got.sketch, want.sketch) || got.sorted {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// drawPosts draws posts that often repeat each other.
func drawPosts(t *rapid.T) []datasets.Post {
	texts := []string{news, news + " And more was said.", "Happy Nauryz to all!", "https://one.example/a", "Read https://one.example/a", "Read https://one.example/b", "kk", ""}
	var posts []datasets.Post
	for i := range rapid.IntRange(0, 30).Draw(t, "posts") {
		a := rapid.SampledFrom(accounts()).Draw(t, "account")
		p := post(a.Platform, a.AccountID, fmt.Sprint(i), "2023-11-20T00:00:00Z", rapid.SampledFrom(texts).Draw(t, "text"))
		p.CreatedAt.V += datasets.Micros(rapid.IntRange(0, 80*24).Draw(t, "hours")) * hour
		posts = append(posts, p)
	}
	return posts
}

// The rows are those that comparing every pair of posts gives, in any order of
// posts and accounts, and however little is held in memory.
func TestCrossPostsAgainstAllPairs(t *testing.T) {
	folder := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		posts, accounts := drawPosts(t), accounts()
		rows, err := crossed(posts, accounts, folder, 0)
		if err != nil {
			t.Fatal(err)
		}
		if want := allPairs(posts, accounts); !slices.Equal(rows, want) {
			t.Fatalf("got\n%v\nwant\n%v", rows, want)
		}
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		r.Shuffle(len(posts), func(i, j int) { posts[i], posts[j] = posts[j], posts[i] })
		r.Shuffle(len(accounts), func(i, j int) { accounts[i], accounts[j] = accounts[j], accounts[i] })
		if again, _ := crossed(posts, accounts, folder, rapid.IntRange(1, 2000).Draw(t, "most")); !slices.Equal(again, rows) {
			t.Fatalf("another order gives\n%v\nnot\n%v", again, rows)
		}
	})
}

// allPairs finds cross-posts by their definition, without windows or sketches.
func allPairs(posts []datasets.Post, accounts []datasets.Account) []datasets.CrossPost {
	find := func(p *datasets.Post) *datasets.Account {
		return &accounts[slices.IndexFunc(accounts, func(a datasets.Account) bool { return a.Platform == p.Platform && a.AccountID == p.AccountID })]
	}
	grams := func(p *datasets.Post) map[string]bool {
		folded, _ := fold(p.Text.V)
		set, r := map[string]bool{}, []rune(folded)
		for i := range len(r) - gramRunes + 1 {
			set[string(r[i:i+gramRunes])] = true
		}
		return set
	}
	links := func(p *datasets.Post) []string {
		_, all := fold(p.Text.V)
		return slices.DeleteFunc(all, func(l string) bool {
			n := 0
			for i := range posts {
				q := &posts[i]
				_, others := fold(q.Text.V)
				if q.Platform == p.Platform && q.AccountID == p.AccountID && slices.Contains(others, l) && max(q.CreatedAt.V-p.CreatedAt.V, p.CreatedAt.V-q.CreatedAt.V) <= footerWindow {
					n++
				}
			}
			return n > footerPosts
		})
	}
	var rows []datasets.CrossPost
	for i := range posts {
		for j := range posts {
			p, q := &posts[i], &posts[j]
			a, b := find(p), find(q)
			if p.Platform == q.Platform || a.Country != b.Country || a.Organization != b.Organization ||
				a.HostCountry.OK && b.HostCountry.OK && a.HostCountry != b.HostCountry ||
				max(q.CreatedAt.V-p.CreatedAt.V, p.CreatedAt.V-q.CreatedAt.V) > crossWindow {
				continue
			}
			r := datasets.CrossPost{Platform: p.Platform, AccountID: p.AccountID, PostID: p.PostID, OtherPlatform: q.Platform, OtherAccountID: q.AccountID, OtherPostID: q.PostID,
				CreatedAt: p.CreatedAt.V, LagS: float64(q.CreatedAt.V-p.CreatedAt.V) / 1e6}
			x, y := grams(p), grams(q)
			both := 0
			for g := range x {
				if y[g] {
					both++
				}
			}
			if len(x) > 0 && len(y) > 0 {
				r.Similarity = datasets.Some(float64(both) / float64(len(x)+len(y)-both))
			}
			switch {
			case r.Similarity.V >= leastSimilar:
				r.How = datasets.CrossText
			case slices.ContainsFunc(links(p), func(l string) bool { return slices.Contains(links(q), l) }):
				r.How = datasets.CrossLink
			default:
				continue
			}
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, func(a, b datasets.CrossPost) int { return datasets.CrossPosts.Compare(&a, &b) })
	return rows
}

// Two years side by side give the rows of the whole.
func TestCrossPostsByYear(t *testing.T) {
	newYear := at("2024-01-01T00:00:00Z")
	folder := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		posts := drawPosts(t)
		whole, _ := crossed(posts, accounts(), folder, 0)
		var parts []datasets.CrossPost
		for _, years := range [][2]datasets.Micros{{0, newYear}, {newYear, 1 << 60}} {
			rows, _ := crossedFrom(years[0], years[1], posts, accounts(), folder, 0)
			parts = append(parts, rows...)
		}
		if parts = sorted(&datasets.CrossPosts, parts); !slices.Equal(parts, whole) {
			t.Fatalf("by year\n%v\nnot\n%v", parts, whole)
		}
	})
}

// The margin reaches the posts that make a link a footer, not only the other
// post: here the footer shows 29 days after a post that is one day over the
// border.
func TestMarginReachesFooters(t *testing.T) {
	border := at("2024-01-01T00:00:00Z")
	link := "https://one.example/join"
	posts := []datasets.Post{post("x", "10", "1", "2023-12-31T12:00:00Z", "Join "+link)}
	for i, days := range []datasets.Micros{1, 28, 29, 30} {
		p := post("telegram", "30", fmt.Sprint(i), "2024-01-01T00:00:00Z", fmt.Sprint("Number ", i, " ", link))
		p.CreatedAt.V += days * 24 * hour
		posts = append(posts, p)
	}
	// Of the year before, from the side of the post of x.
	rows := func(posts []datasets.Post) []datasets.CrossPost {
		rows, err := crossedFrom(0, border, posts, accounts(), t.TempDir(), 0)
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	if got := rows(posts); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
	if got := rows(posts[:4]); len(got) != 1 || got[0].PostID != "1" {
		t.Errorf("without the last: %+v", got)
	}
}

// busy is posts of an organization that posts a day each on x and on facebook,
// a tenth of them the same on both, of words of a small vocabulary.
func busy(days, aDay, words int) []datasets.Post {
	r := rand.New(rand.NewPCG(1, 2))
	vocabulary := make([]string, 3000)
	for i := range vocabulary {
		b := make([]rune, 3+r.IntN(8))
		for j := range b {
			b[j] = 'а' + r.Int32N(32)
		}
		vocabulary[i] = string(b)
	}
	text := func() string {
		var w []string
		for range words/2 + r.IntN(words) {
			w = append(w, vocabulary[int(float64(len(vocabulary))*r.Float64()*r.Float64())])
		}
		return strings.Join(w, " ")
	}
	var posts []datasets.Post
	for i := range days * aDay {
		p := post("x", "10", fmt.Sprint("x", i), "", text())
		p.CreatedAt = datasets.Some(at0 + datasets.Micros(i)*24*hour/datasets.Micros(aDay))
		q := post("facebook", "20", fmt.Sprint("f", i), "", text())
		q.CreatedAt = datasets.Some(p.CreatedAt.V + hour)
		if i%10 == 0 {
			q.Text = p.Text
		}
		posts = append(posts, p, q)
	}
	return posts
}

// The names say posts a day on each of two platforms; ns/post is of one core.
func BenchmarkCrossPosts(b *testing.B) {
	for _, c := range []struct{ days, aDay, words int }{{365, 10, 30}, {365, 100, 30}, {60, 1000, 30}, {60, 1000, 300}} {
		b.Run(fmt.Sprintf("aDay=%d/words=%d", c.aDay, c.words), func(b *testing.B) {
			posts := busy(c.days, c.aDay, c.words)
			b.ReportAllocs()
			for b.Loop() {
				if rows := crossPosts(b, accounts(), posts...); len(rows) < len(posts)/10 {
					b.Fatalf("%d rows", len(rows))
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(posts)), "ns/post")
		})
	}
}
