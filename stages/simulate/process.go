package simulate

import (
	"math"
	"math/rand/v2"

	"diplometrics/stages/sample"

	"gonum.org/v1/gonum/stat/distuv"
)

// Process is how the accounts of a kind in a country on a platform come about,
// the one process from which raw files are written, studies are planned and the
// intervals of the program are judged.
//
// An account has followers, a posting rate, a level of engagement and a share
// of inflated zeros: log-normal, log-normal, normal and logit-normal, each by
// itself. A post has interactions that are Poisson with mean
//
//	followers/1000 * exp(level + post effect)
//
// with a normal post effect, or, with the account's share of inflated zeros,
// none at all.
type Process struct {
	Followers float64 // of the median account
	Rate      float64 // posts a day of the median account, reposts included
	Level     float64 // log interactions per 1,000 followers of the median post of the median account
	Zero      float64 // logit of the inflated zeros of the median account
	Spread    Spread
}

// Process returns that of a kind of accounts in a country: the medians times
// the country's effects. Mean likes a post are those of the median account:
// with l the share of likes in interactions and z the inflated zeros, likes are
// l (1-z) followers/1000 exp(level + post^2/2).
func (p *Parameters) Process(country, kind, platform string) Process {
	return p.process(p.Country(country), kind, platform)
}

// Neutral is the process in a country of no effects.
func (p *Parameters) Neutral(kind, platform string) Process {
	return p.process(&Country{Followers: 1, Posting: 1, Engagement: 1, ZeroOdds: 1}, kind, platform)
}

// Has tells whether there are accounts of a kind on a platform.
func (p *Parameters) Has(kind, platform string) bool { return p.median(kind, platform) != nil }

func (p *Parameters) process(c *Country, kind, platform string) Process {
	m, s := p.median(kind, platform), p.Spread
	if c == nil || m == nil {
		panic("simulate: no process of " + kind + " " + platform)
	}
	zero := math.Inf(-1)
	if s.ZeroShare > 0 {
		zero = logit(s.ZeroShare) + math.Log(c.ZeroOdds)
	}
	return Process{
		Followers: m.Followers * c.Followers,
		Rate:      m.Posts / m.Days * c.Posting,
		Level:     math.Log(1000*m.Likes/(p.Platforms[platform].Like*(1-s.ZeroShare)*m.Followers)) - s.Post*s.Post/2 + math.Log(c.Engagement),
		Zero:      zero,
		Spread:    s,
	}
}

// Drawn is one account of a process.
type Drawn struct {
	Followers float64 `json:"followers"`   // when the window begins
	Rate      float64 `json:"rate_a_day"`  // posts
	Level     float64 `json:"level"`       // log interactions per 1,000 followers of its median post
	Zero      float64 `json:"zero_share"`  // inflated zeros
	Post      float64 `json:"post_spread"` // sd of the post effect
}

// Draw draws an account.
func (p Process) Draw(r *rand.Rand) Drawn {
	return Drawn{
		Followers: math.Max(1, math.Round(p.Followers*math.Exp(p.Spread.Followers*r.NormFloat64()))),
		Rate:      p.Rate * math.Exp(p.Spread.Posting*r.NormFloat64()),
		Level:     p.Level + p.Spread.Engagement*r.NormFloat64(),
		Zero:      sample.Logistic(p.Zero + p.Spread.Zero*r.NormFloat64()),
		Post:      p.Spread.Post,
	}
}

// Mean draws the mean of the interactions of a post of an account that has so
// many followers: 0 for an inflated zero.
func (d *Drawn) Mean(r *rand.Rand, followers float64) float64 {
	mean := followers / 1000 * math.Exp(d.Level+d.Post*r.NormFloat64())
	if r.Float64() < d.Zero {
		return 0
	}
	return mean
}

// Poisson draws a count with a mean.
func Poisson(r *rand.Rand, mean float64) int64 {
	switch {
	case !(mean > 0):
		return 0
	case mean < 12: // multiplication, which few draws are faster than
		n, limit, product := int64(0), math.Exp(-mean), r.Float64()
		for product > limit {
			n++
			product *= r.Float64()
		}
		return n
	}
	return int64(distuv.Poisson{Lambda: mean, Src: source{r}}.Rand())
}

// source lets gonum draw from the generator of an account.
type source struct{ r *rand.Rand }

func (s source) Uint64() uint64 { return s.r.Uint64() }

// Expected values of a process, over accounts and posts.

// LogRate is the mean over accounts of the log of the expected posts a month,
// where the rhythm multiplies posting by factor.
func (p Process) LogRate(factor float64) float64 {
	return math.Log(p.Rate * factor * sample.DaysPerMonth)
}

// LogEngagement is the mean over accounts of the mean over posts of
// ln(1 + 1000 I/F), with followers times growth when it is posted: by the
// trapezoid rule over the normal variables, and over the Poisson counts
// themselves, or from a mean of 100 on by the series of their moments.
func (p Process) LogEngagement(growth float64) float64 {
	some := 1 - p.inflated()
	return some * expect(func(f float64) float64 {
		followers := p.Followers * growth * math.Exp(p.Spread.Followers*f)
		return expect(func(z float64) float64 {
			return logOutcome(followers/1000*math.Exp(p.Level+p.spread()*z), 1000/followers)
		})
	})
}

// ZeroShare is the mean over accounts of the share of posts without
// interactions.
func (p Process) ZeroShare(growth float64) float64 {
	inflated := p.inflated()
	return inflated + (1-inflated)*expect(func(f float64) float64 {
		followers := p.Followers * growth * math.Exp(p.Spread.Followers*f)
		return expect(func(z float64) float64 {
			return math.Exp(-followers / 1000 * math.Exp(p.Level+p.spread()*z))
		})
	})
}

func (p Process) inflated() float64 {
	return expect(func(z float64) float64 { return sample.Logistic(p.Zero + p.Spread.Zero*z) })
}

func (p Process) spread() float64 { return math.Hypot(p.Spread.Engagement, p.Spread.Post) }

// logOutcome is the mean of ln(1 + a K) over a Poisson variable K of mean mu.
func logOutcome(mu, a float64) float64 {
	if mu >= 100 {
		// Taylor's series about mu by the central moments mu, mu, mu + 3 mu^2.
		u := a / (1 + a*mu)
		return math.Log1p(a*mu) - u*u/2*mu + u*u*u/3*mu - u*u*u*u/4*(mu+3*mu*mu)
	}
	var sum float64
	mass := math.Exp(-mu)
	for k := 1; k < int(mu+12*math.Sqrt(mu)+20); k++ {
		mass *= mu / float64(k)
		sum += mass * math.Log1p(a*float64(k))
	}
	return sum
}

// expect is the expectation of f over a standard normal variable.
func expect(f func(z float64) float64) float64 { return sample.NormalMean(f, 6, 10) }
