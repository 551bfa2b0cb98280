package metrics

import (
	"testing"

	"diplometrics/datasets"
)

// earning are own posts with so many interactions, seen when they had grown up.
func earning(interactions ...int64) []Post {
	var out []Post
	for i, n := range interactions {
		out = append(out, Post{At: moment("2024-01-10") + datasets.Micros(i), Type: datasets.Original, Interactions: datasets.Some(n), AgeDays: datasets.Some(8.0)})
	}
	return out
}

func spreadOf(t *testing.T, m Metric, posts ...Post) map[string]Value {
	t.Helper()
	return partsOf(t, m, watched(Month, "2024-01-01", "2024-02-01", nil, posts...))
}

// Python 3.11 by the definition, checked by the mean absolute difference.
func TestGini(t *testing.T) {
	v := spreadOf(t, Gini, earning(50, 0, 1, 0, 2, 10, 3, 0)...)
	wantPart(t, v, "g", 0.7765151515151516, 1e-12, "")
	wantPart(t, v, "unbiased", 0.8874458874458876, 1e-12, "")
	v = spreadOf(t, Gini, earning(5, 5, 5, 5)...)
	wantPart(t, v, "unbiased", 0, 0, "")
	v = spreadOf(t, Gini, earning(0, 0, 0, 0, 7)...)
	wantPart(t, v, "g", 0.8, 1e-12, "")
	wantPart(t, v, "unbiased", 1, 1e-12, "")
	v = spreadOf(t, Gini, earning(9)...)
	wantPart(t, v, "g", 0, 0, "")
	wantNone(t, v, "unbiased", "1 post, and it takes 2")
	v = spreadOf(t, Gini, earning(0, 0, 0)...)
	wantNone(t, v, "g", "no post has an interaction")
	wantNone(t, v, "unbiased", "no post has an interaction")
}

// Reposts take no part, hidden counts are left out and told, young ones are
// flagged, and what cannot be is refused.
func TestSpreadOfWhat(t *testing.T) {
	posts := earning(5, 5)
	posts = append(posts, Post{At: moment("2024-01-12"), Type: datasets.Repost}, Post{At: moment("2024-01-13"), Type: datasets.Reply, AgeDays: datasets.Some(9.0)})
	v := spreadOf(t, Gini, posts...)
	wantPart(t, v, "g", 0, 0, "1 post left out: a count that makes up the interactions is not known")
	if v["g"].N != 3 || v["g"].NObserved != 2 {
		t.Errorf("got %+v", v["g"])
	}
	wantNone(t, spreadOf(t, Gini, posts[3]), "g", "the interactions of no own post are known")
	posts[0].AgeDays = datasets.Some(1.0)
	wantPart(t, spreadOf(t, Gini, posts[:2]...), "g", 0, 0, "1 post seen less than 7 days after posting")
	wantNone(t, spreadOf(t, Gini, earning(-1, 5)...), "g", "a count is negative")
	wantNone(t, spreadOf(t, HIndex, earning(-1, 5)...), "h", "a count is negative")
}

// A platform without interactions has no row.
func TestSpreadWithoutComponents(t *testing.T) {
	for _, m := range ofSpread {
		p := watched(Whole, "2024-01-01", "2024-02-01", nil, posted("2024-01-05")...)
		p.Account.Platform = "website"
		if got := partsOf(t, m, p); len(got) != 0 {
			t.Errorf("%s: got %v", m.Name, got)
		}
	}
}
