package metrics

import (
	"fmt"
	"slices"

	"diplometrics/datasets"
)

// Popularity is Bonsón and Ratkai's P1 to P3.
var Popularity = Metric{
	Name: "popularity", Unit: "see part", Version: 1, Shortest: Week,
	Formula: "P1 = #{i : ℓᵢ > 0} / n; P2 = Σℓᵢ / n; P3 at posting = 1000 · Σ(ℓᵢ / Fᵢ) / n; P3 now = 1000 · Σℓᵢ / (n · F)",
	Doc: "How much the posts of an account are liked: the share of posts with a like, likes a post, and likes a post and 1,000 followers. " +
		"ℓᵢ are the likes (or reactions) of post i, n the account's own posts that show them (for P3 at posting: and whose Fᵢ is known), " +
		"Fᵢ the followers when post i was posted, F those at the last snapshot. Bonsón and Ratkai divide by the followers at collection: that is P3 now; " +
		"P3 at posting does not favour the old posts of an account that has grown since. " + threeRatiosDoc +
		"Telegram Desktop writes nothing for a post without reactions: where some posts on telegram show no count and none shows 0, P1 is null, and P2 and P3 are of posts with reactions, flagged. " +
		"Likes of different platforms are different things and are never compared with each other.",
	Source: bonsonRatkai,
	Parts: []Part{
		{Name: "P1", Unit: "share", Doc: "share of posts with at least one like", Scale: Difference},
		{Name: "P2", Unit: "likes/post", Doc: "mean likes a post"},
		{Name: "P3_at_posting", Unit: "likes/post/1000 followers", Doc: "mean over posts of likes by followers at posting, times 1,000", Scale: Ratio},
		{Name: "P3_now", Unit: "likes/post/1000 followers", Doc: "P2 by followers at the last snapshot, times 1,000"},
	},
	OfPosts: ofCount("P", "like_count"),
}

// What the docs and sources of the three ratios have in common.
const (
	threeRatiosDoc = "Reposts are left out: their counts are the original's. A post that does not show the count is left out of numerator and denominator, and the flag says how many there are; " +
		"nothing is emitted for a platform that has no such count. Counts are those of the first observation at least 7 days after posting; younger ones are flagged. " +
		"Null without posts; the metric by followers also without followers or with 0. n is the number of own posts, n_observed of those behind the value. "
	bonsonRatkai = "Bonsón and Ratkai (2013), Online Information Review 37(5):787-803, doi 10.1108/OIR-03-2012-0054"
)

// ofCount returns the OfPosts of the three ratios of one count. The parts are
// named by the letter.
func ofCount(letter, column string) func(*Period, func(string, Value)) {
	return func(p *Period, emit func(string, Value)) {
		if !slices.Contains(datasets.Components(p.Account.Platform), column) || noOwnPosts(p) {
			return
		}
		g := gather(p, column)
		n := float64(len(g.shown))
		flag := join(lacking(p, g.shown, g.columns), unseenZeros(p, g.shown, g.positive), p.immature(g.shown))
		why := whyUnknown(p, g.shown, g.columns)
		share := why
		if share == "" {
			share = unseenZeros(p, g.shown, g.positive)
		}
		emit(letter+"1", ownValue(p, g.shown, float64(g.positive)/n, share, flag))
		emit(letter+"2", ownValue(p, g.shown, g.sum/n, why, flag))
		v, why := g.atPosting(p)
		emit(letter+"3_at_posting", ownValue(p, g.followed, v, why, join(lacking(p, g.shown, g.columns),
			unfollowed(g.shown, g.followed), unseenZeros(p, g.shown, g.positive), p.immature(g.followed))))
		v, why = g.now(p)
		emit(letter+"3_now", ownValue(p, g.shown, v, why, join(flag, p.rounded())))
	}
}

// gathered is what the own posts of a period gathered of one count.
type gathered struct {
	columns          []string // the one name
	shown, followed  []*Post  // posts that show the count; those of them with followers at posting
	positive         int      // shown posts with more than 0
	sum, perFollower float64  // of the count over shown, of count by followers over followed
}

func gather(p *Period, column string) gathered {
	for i := range p.memory.gathered {
		if p.memory.gathered[i].columns[0] == column {
			return p.memory.gathered[i]
		}
	}
	g := gathered{columns: []string{column}}
	g.shown = those(p.Own, func(q *Post) bool { return shows(q, column) })
	g.followed = those(g.shown, func(q *Post) bool { return q.Followers.OK })
	for _, q := range g.shown {
		c := float64(q.Counts.Count(column).V)
		g.sum += c
		if c > 0 {
			g.positive++
		}
		if q.Followers.OK {
			g.perFollower += c / q.Followers.V
		}
	}
	p.memory.gathered = append(p.memory.gathered, g)
	return g
}

// atPosting is the count a post and 1,000 followers at posting, or why there is
// none.
func (g *gathered) atPosting(p *Period) (v float64, why string) {
	if why = whyUnknown(p, g.shown, g.columns); why == "" && len(g.followed) == 0 {
		why = noFollowersAtPosting
	}
	return 1000 * g.perFollower / float64(len(g.followed)), why
}

// now is the count a post and 1,000 followers at the last snapshot, or why
// there is none.
func (g *gathered) now(p *Period) (v float64, why string) {
	if why = whyUnknown(p, g.shown, g.columns); why == "" && !p.FollowersNow.OK {
		why = noFollowersNow
	}
	return 1000 * g.sum / float64(len(g.shown)) / p.FollowersNow.V, why
}

// Why a value by followers is absent.
const (
	noFollowersAtPosting = "followers at posting are known of no post, or are 0"
	noFollowersNow       = "no snapshot shows more than 0 followers"
)

// noOwnPosts tells whether a week or month has no own post: its row would say
// nothing. That the study window has none is worth a row.
func noOwnPosts(p *Period) bool { return len(p.Own) == 0 && p.Kind != Whole }

// shows tells whether a post shows a count. Less than 0 is none.
func shows(q *Post, column string) bool {
	c := q.Counts.Count(column)
	return c.OK && c.V >= 0
}

// those returns the posts that are kept, and posts itself where all are.
func those(posts []*Post, keep func(*Post) bool) []*Post {
	for i, q := range posts {
		if keep(q) {
			continue
		}
		kept := append(make([]*Post, 0, len(posts)-1), posts[:i]...)
		for _, q := range posts[i+1:] {
			if keep(q) {
				kept = append(kept, q)
			}
		}
		return kept
	}
	return posts
}

// ownValue is a value that some of the own posts of a period gave. Where why is
// not empty there is none, and v means nothing.
func ownValue(p *Period, of []*Post, v float64, why, flag string) Value {
	out := Value{N: int64(len(p.Own)), NObserved: int64(len(of)), Uncertainty: noIntervalAbsent, Flag: why}
	if why == "" {
		out.V, out.Uncertainty, out.Flag = datasets.Some(v), noIntervalPosts, flag
	}
	return out
}

// whyUnknown says why no own post shows all the counts, "" where some do.
func whyUnknown(p *Period, shown []*Post, columns []string) string {
	switch {
	case len(shown) > 0:
		return ""
	case len(p.Posts) > 0 && len(p.Own) == 0:
		return "no post but reposts, whose counts are the original's"
	case len(p.Own) == 0:
		return "no post in the period"
	}
	var never []string
	for _, c := range columns {
		if !slices.ContainsFunc(p.Own, func(q *Post) bool { return shows(q, c) }) {
			never = append(never, c)
		}
	}
	if never == nil {
		return "no post shows " + list(columns) + " together"
	}
	return "shown by no post: " + list(never)
}

// lacking flags the own posts that do not show all the counts.
func lacking(p *Period, shown []*Post, columns []string) string {
	if len(shown) == len(p.Own) {
		return ""
	}
	what := list(columns)
	if len(columns) > 1 {
		what = "all of " + what
	}
	return fmt.Sprintf("%d of %s left out, which do not show %s", len(p.Own)-len(shown), plural(int64(len(p.Own)), "post"), what)
}

// unfollowed flags the posts whose followers at posting are not known, and
// followers that are known only as the page shows them.
func unfollowed(shown, followed []*Post) string {
	without, rounded := "", ""
	if len(shown) > len(followed) {
		without = fmt.Sprintf("%d of %s left out, whose followers at posting are not known", len(shown)-len(followed), plural(int64(len(shown)), "post"))
	}
	for _, q := range followed {
		if q.Rounded {
			rounded = roundedFollowers
			break
		}
	}
	return join(without, rounded)
}

// unseenZeros says that posts with a count of 0 may be among those that are
// left out because they show none: Telegram Desktop writes nothing for a message without reactions.
func unseenZeros(p *Period, shown []*Post, positive int) string {
	if p.Account.Platform != "telegram" || len(shown) == len(p.Own) || positive < len(shown) {
		return ""
	}
	return "posts with a count of 0 may be among those left out: Telegram Desktop writes nothing for a post without reactions"
}
