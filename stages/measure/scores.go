package measure

import (
	"cmp"
	"math"
	"slices"

	"diplometrics/datasets"
	"diplometrics/stages/measure/metrics"
)

// Posts before a post that its expected interactions are taken from, and the
// least number of them.
const (
	prior    = 100
	minPrior = 20
)

// scores compares each own post of an account with those before it of the same
// media type, as CrowdTangle's overperforming score does: expected is the mean
// of the middle half of the last 100. Only earlier posts count, so that no post
// helps to predict itself. Posts come sorted by time, scores by key.
func scores(c *collected, room []datasets.PostScore) []datasets.PostScore {
	places := placesByID(c.posts)
	out := slices.Grow(room[:0], len(places))[:len(places)]
	own := 0
	last := map[string]*recent{} // by media type
	for _, p := range c.posts {
		if !p.Own() {
			continue
		}
		before := last[p.Media]
		if before == nil {
			before = &recent{}
			last[p.Media] = before
		}
		s := datasets.PostScore{Platform: c.platform, AccountID: c.id, PostID: p.ID, Interactions: p.Interactions, AgeDays: p.AgeDays, NPrior: int64(len(before.order))}
		if len(before.order) >= minPrior {
			s.Expected = datasets.Some(before.middleMean())
		}
		switch {
		case !p.Interactions.OK:
			s.Absent = datasets.Some("a count that makes up the interactions is not known")
		case !s.Expected.OK:
			s.Absent = datasets.Some("fewer than 20 posts of the account and media type before it")
		case s.Expected.V == 0:
			s.Absent = datasets.Some("the posts before it had no interactions")
			s.LogRatio = datasets.Some(math.Log2(float64(p.Interactions.V) + 1))
		default:
			i, e := float64(p.Interactions.V), s.Expected.V
			s.LogRatio = datasets.Some(math.Log2((i + 1) / (e + 1)))
			switch {
			case i == 0:
				s.Score = datasets.Some(-2 * e)
			case i >= e:
				s.Score = datasets.Some(i / e)
			default:
				s.Score = datasets.Some(-e / i)
			}
		}
		out[places[own]] = s
		own++
		if p.Interactions.OK {
			before.add(float64(p.Interactions.V))
		}
	}
	return out
}

// placesByID returns, for each own post, its place among them by id.
func placesByID(posts []*metrics.Post) []int32 {
	var own []*metrics.Post
	for _, p := range posts {
		if p.Own() {
			own = append(own, p)
		}
	}
	order := make([]int32, len(own))
	for i := range order {
		order[i] = int32(i)
	}
	compare := func(i, j int32) int { return cmp.Compare(own[i].ID, own[j].ID) }
	if slices.IsSortedFunc(order, compare) {
		return order
	}
	slices.SortFunc(order, compare)
	places := make([]int32, len(order))
	for place, i := range order {
		places[i] = int32(place)
	}
	return places
}

// recent holds the interactions of the last posts, by time and by size: sorting
// a hundred numbers for each of a million posts would take longer than all else.
type recent struct{ order, sorted []float64 }

func (r *recent) add(x float64) {
	if len(r.order) == prior {
		i, _ := slices.BinarySearch(r.sorted, r.order[0])
		r.sorted = slices.Delete(r.sorted, i, i+1)
		r.order = slices.Delete(r.order, 0, 1)
	}
	i, _ := slices.BinarySearch(r.sorted, x)
	r.sorted = slices.Insert(r.sorted, i, x)
	r.order = append(r.order, x)
}

// middleMean is the mean of the middle half of the sorted values: a quarter of
// them, rounded down, is left out at each end.
func (r *recent) middleMean() float64 {
	cut := len(r.sorted) / 4
	middle := r.sorted[cut : len(r.sorted)-cut]
	var sum float64
	for _, v := range middle {
		sum += v
	}
	return sum / float64(len(middle))
}
