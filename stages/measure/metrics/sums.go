package metrics

import "diplometrics/datasets"

// Sums are the counts and sums of the posts of a period that posting rates,
// engagement and shares of zeros are computed from. The source is left to the
// caller.
func Sums(p *Period) datasets.AccountPeriod {
	r := datasets.AccountPeriod{Platform: p.Account.Platform, AccountID: p.Account.AccountID, Basis: datasets.FromPosts,
		PeriodKind: p.Kind, PeriodStart: p.From, PeriodEnd: p.To, Country: p.Account.Country, Flag: note(p.Coverage),
		Posts: number(len(p.Posts)), Own: number(len(p.Own)), FollowersNow: p.FollowersNow, FollowersMean: p.FollowersMean}
	var observed, reposts, replies, quotes int64
	for _, q := range p.Posts {
		if q.Covered {
			observed++
		}
		switch q.Type {
		case datasets.Repost:
			reposts++
		case datasets.Reply:
			replies++
		case datasets.Quoted:
			quotes++
		}
	}
	if len(p.Covered) > 0 {
		r.ExposureDays, r.PostsObserved = datasets.Some(p.Days()), datasets.Some(observed)
	}
	r.Reposts, r.Replies, r.Quotes = datasets.Some(reposts), datasets.Some(replies), datasets.Some(quotes)
	var like, comment, share, quote, view adding
	for _, q := range p.Own {
		like.add(q.Counts.Like)
		comment.add(q.Counts.Comment)
		share.add(q.Counts.Share)
		quote.add(q.Counts.Quote)
		view.add(q.Counts.View)
	}
	r.Like, r.Comment, r.Share, r.Quote, r.View = like.counts(), comment.counts(), share.counts(), quote.counts(), view.counts()
	p.sumInteractions(&r)
	return r
}

// adding adds up one kind of count. A sum beyond datasets.MaxSum is absent.
type adding struct {
	known, sum, nonzero int64
	beyond              bool
}

func (s *adding) add(n datasets.Opt[int64]) {
	if !n.OK {
		return
	}
	s.known++
	if s.beyond = s.beyond || n.V > datasets.MaxSum-s.sum; !s.beyond {
		s.sum += n.V
	}
	if n.V > 0 {
		s.nonzero++
	}
}

func (s *adding) counts() datasets.CountSums {
	c := datasets.CountSums{Known: datasets.Some(s.known)}
	if s.known > 0 {
		c.Sum, c.Nonzero = datasets.Some(s.sum), datasets.Some(s.nonzero)
	}
	if s.beyond {
		c.Sum = datasets.None[int64]()
	}
	return c
}

// sumInteractions adds what is known of interactions, in the order of the posts.
func (p *Period) sumInteractions(r *datasets.AccountPeriod) {
	known := interacting(p)
	r.InteractionsKnown = number(len(known))
	followed := rated(p)
	r.RateKnown = number(len(followed))
	if len(known) > 0 {
		var sum adding
		for _, q := range known {
			sum.add(q.Interactions)
		}
		r.InteractionsSum = sum.counts().Sum
		if n := positive(known); unseenZeros(p, known, n) == "" {
			r.InteractionsZero = number(len(known) - n)
		}
	}
	if len(followed) > 0 {
		var rate, logs float64
		for _, q := range followed {
			x := 1000 * float64(q.Interactions.V) / q.Followers.V
			rate += x
			logs += q.atPosting.of(x)
		}
		r.RateSum, r.LogRateSum = datasets.Some(rate), datasets.Some(logs)
	}
}

// SumsOf are the counts of counted windows, and the first and last counts of
// followers and posts that snapshots show.
func SumsOf(w *Window) []datasets.AccountPeriod {
	var out []datasets.AccountPeriod
	row := func(basis, source string, from, to datasets.Day) *datasets.AccountPeriod {
		out = append(out, datasets.AccountPeriod{Platform: w.Account.Platform, AccountID: w.Account.AccountID, Basis: basis, PeriodKind: Whole,
			PeriodStart: from, PeriodEnd: to, Source: source, Country: w.Account.Country})
		return &out[len(out)-1]
	}
	for i := range w.Counted {
		c := &w.Counted[i]
		r := row(datasets.FromCounts, counter(c), c.WindowFrom, c.WindowTo)
		days, flag := observedDays(c)
		r.ExposureDays, r.Flag, r.Posts, r.LikesMean = datasets.Some(days), note(flag), c.Posts, c.LikesMean
		r.Like = datasets.CountSums{Known: c.LikesN, Sum: c.Likes}
		r.Comment.Sum, r.Share.Sum, r.View.Sum = c.Comments, c.Shares, c.Views
	}
	for _, s := range []struct {
		basis string
		of    func(*datasets.AccountSnapshot) *datasets.Shown
	}{
		{datasets.FromFollowers, func(s *datasets.AccountSnapshot) *datasets.Shown { return &s.Followers }},
		{datasets.FromTotals, func(s *datasets.AccountSnapshot) *datasets.Shown { return &s.PostsTotal }},
	} {
		if first, last, n, ok := ends(w.Snapshots, s.of); ok {
			r := row(s.basis, sources(first.Source, last.Source), first.ObservedAt.Day(), last.ObservedAt.Day()+1)
			days := daysBetween(first.ObservedAt, last.ObservedAt)
			r.ExposureDays, r.Flag = datasets.Some(days), note(shortSpan(days))
			r.Snapshots, r.First, r.Last = datasets.Some(n), s.of(first).V, s.of(last).V
		}
	}
	return out
}

func number(n int) datasets.Opt[int64] { return datasets.Some(int64(n)) }

// note is a flag, absent where there is none.
func note(s string) datasets.Opt[string] {
	if s == "" {
		return datasets.None[string]()
	}
	return datasets.Some(s)
}
