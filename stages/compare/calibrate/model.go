package calibrate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"

	"diplometrics/stages/sample"

	"gonum.org/v1/gonum/stat/distuv"
)

// The parameters of every simulated study. Orders of magnitude are those of
// accounts of ministries and embassies; nothing is fitted to data.
const (
	// logRatio is the effect where there is one: country A posts twice as often
	// and draws twice the interactions of B and C, and its odds of an inflated
	// zero are half of theirs.
	logRatio = math.Ln2

	days = 152.0 // observed, of every account

	postsMedian = 60.0 // expected posts of the median account
	postsSpread = 1.0  // sd of the log of expected posts where posting is unequal, else 0

	followersMedian = 5000.0
	followersSpread = 1.2 // sd of log followers

	// Interactions are the whole part of followers/1000 * exp(level + account
	// effect + post effect): log-normal before rounding down.
	level         = 1.25 // log interactions per 1,000 followers of the median post
	accountSpread = 0.8  // sd of the account effect
	postSpread    = 1.0  // sd of the post effect

	// With zero inflation a post also has no interactions at all with a
	// probability of its account, of which the logit is normal.
	zeroLogit  = -0.5
	zeroSpread = 0.8
)

// What the platforms add to the level, and by what they multiply the expected
// posts, the first standing for all where there is one platform only.
var (
	platformLevel = [...]float64{0, -1, 1}
	platformPosts = [...]float64{1, 2, 0.5}
)

// Names of cells in the table.
const (
	equal, unequal          = "equal", "unequal"
	logNormal, zeroInflated = "log_normal", "zero_inflated"
	none, doubled           = "none", "doubled"
	// whatever stands in the column distribution of outcomes that no
	// distribution of interactions can change: those of posting.
	whatever = "any"
)

// cell is one setting of the simulation: how many accounts two countries have
// on each platform, and how accounts post and are answered. A third country,
// which only tests of all countries use, is like B.
type cell struct {
	a, b         []int // accounts by platform
	posting      string
	distribution string
	effect       string
}

// cells returns every setting: all combinations on one platform, and, on three
// platforms with unbalanced numbers of accounts, those of unequal posting.
func cells() []cell {
	one := [][2][]int{{{4}, {4}}, {{8}, {8}}, {{20}, {20}}}
	three := [][2][]int{
		{{2, 1, 1}, {1, 2, 1}},
		{{4, 2, 2}, {2, 4, 2}},
		{{12, 5, 3}, {3, 12, 5}},
	}
	var all []cell
	add := func(layouts [][2][]int, postings ...string) {
		for _, l := range layouts {
			for _, p := range postings {
				for _, d := range []string{logNormal, zeroInflated} {
					for _, e := range []string{none, doubled} {
						all = append(all, cell{l[0], l[1], p, d, e})
					}
				}
			}
		}
	}
	add(one, equal, unequal)
	add(three, unequal)
	return all
}

// layout names the accounts of A and of B by platform: "8:8", "4+2+2:2+4+2".
func (c cell) layout() string {
	side := func(n []int) string {
		s := make([]string, len(n))
		for i, v := range n {
			s[i] = strconv.Itoa(v)
		}
		return strings.Join(s, "+")
	}
	return side(c.a) + ":" + side(c.b)
}

func (c cell) name() string {
	return fmt.Sprintf("%s %s %s %s", c.layout(), c.posting, c.distribution, c.effect)
}

// accounts is their number in A, which is that of B.
func (c cell) accounts() (n int) {
	for _, v := range c.a {
		n += v
	}
	return n
}

// process is how the accounts of one country on one platform come about.
type process struct {
	posts, postsSpread float64 // expected posts of the median account; sd of the log
	level              float64
	inflated           bool
	zeroLogit          float64
}

// process returns that of A or of the other countries.
func (c cell) process(platform int, isA bool) process {
	p := process{
		posts:     postsMedian * platformPosts[platform],
		level:     level + platformLevel[platform],
		inflated:  c.distribution == zeroInflated,
		zeroLogit: zeroLogit,
	}
	if c.posting == unequal {
		p.postsSpread = postsSpread
	}
	if isA && c.effect == doubled {
		p.posts *= math.Exp(logRatio)
		p.level += logRatio
		p.zeroLogit -= logRatio
	}
	return p
}

// random is the random numbers of one study: accounts and posts are drawn from
// the generator of the standard library, permutations and resamples by Float64.
type random struct {
	*rand.Rand
	source *rand.PCG // what Rand reads
	split  uint64
}

func newRandom(seed, stream uint64) *random {
	pcg := rand.NewPCG(seed, stream)
	return &random{rand.New(pcg), pcg, pcg.Uint64()}
}

// Float64 returns a number from 0, below 1, by SplitMix64 (Steele, Lea and
// Flood 2014, OOPSLA), which takes a third of the time of rand.Rand: a default
// run draws some 10^11.
func (r *random) Float64() float64 {
	r.split += 0x9e3779b97f4a7c15
	z := r.split
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return float64((z^z>>31)>>11) * 0x1p-53
}

// account is one drawn account.
type account struct {
	interactions []float64 // of each post
	y            []float64 // ln(1 + 1000 interactions/followers) of each post
}

// draw returns an account. How often it posts says nothing of how it is
// answered.
func (p process) draw(r *random) account {
	expected := p.posts * math.Exp(p.postsSpread*r.NormFloat64())
	followers := followersMedian * math.Exp(followersSpread*r.NormFloat64())
	answered := p.level + accountSpread*r.NormFloat64()
	zero := 0.0
	if p.inflated {
		zero = sample.Logistic(p.zeroLogit + zeroSpread*r.NormFloat64())
	}
	n := int(distuv.Poisson{Lambda: expected, Src: r.source}.Rand())
	a := account{make([]float64, n), make([]float64, n)}
	for i := range n {
		if p.inflated && r.Float64() < zero {
			continue
		}
		a.interactions[i] = interactions(followers, answered+postSpread*r.NormFloat64())
		a.y[i] = outcome(a.interactions[i], followers)
	}
	return a
}

// interactions of a post at a log rate by 1,000 followers.
func interactions(followers, logRate float64) float64 {
	return math.Floor(followers / 1000 * math.Exp(logRate))
}

func outcome(interactions, followers float64) float64 {
	return math.Log1p(1000 * interactions / followers)
}

// meanY is the account's mean of y. An account without posts has none.
func (a account) meanY() float64 {
	var sum float64
	for _, v := range a.y {
		sum += v
	}
	return sum / float64(len(a.y))
}

// zeroShare is the share of posts without interactions. An account without
// posts has none.
func (a account) zeroShare() float64 {
	zeros := 0
	for _, v := range a.interactions {
		if v == 0 {
			zeros++
		}
	}
	return float64(zeros) / float64(len(a.interactions))
}

// logRate is the log of posts a month; the half post keeps accounts without
// any.
func (a account) logRate() float64 {
	return math.Log((float64(len(a.y)) + 0.5) / days * sample.DaysPerMonth)
}
