package plots

import (
	"slices"

	"diplometrics/datasets"
)

// Followers are the observations of followers that figures show: those of a study
// whose posts bring one of their account each, without those that a later one of
// the day stands for.
type Followers struct {
	// Seen are of each account the first and the last observation, and of each
	// day between them the last of each source, in the order of the key.
	Seen    []Observation
	Without int  // observations without a number of followers
	Thinned bool // of some day there were more than Seen has

	begin int // of the account of the last of Seen
}

// Observation is what figures show of a snapshot of an account, with the names of
// its table.
type Observation struct {
	Platform          string
	AccountID         string
	ObservedAt        datasets.Micros
	ObservedPrecision string
	Followers         datasets.Shown
	Source            string
	Locator           datasets.Opt[string]
}

// FollowerColumns are the columns of account_snapshots that Add uses.
var FollowerColumns = []string{"platform", "account_id", "observed_at", "observed_precision", "followers", "followers_text", "followers_low", "followers_high", "source", "locator"}

// Add takes an observation; they come in the order of their key.
func (f *Followers) Add(s *datasets.AccountSnapshot) {
	f.add(&Observation{s.Platform, s.AccountID, s.ObservedAt, s.ObservedPrecision, s.Followers, s.Source, s.Locator})
}

func (f *Followers) add(s *Observation) {
	if !s.Followers.V.OK {
		f.Without++
		return
	}
	n := len(f.Seen)
	if n == 0 || !ofOneAccount(s, &f.Seen[n-1]) {
		f.begin = n
		f.Seen = append(f.Seen, *s)
		return
	}
	first, from := &f.Seen[f.begin], n-1
	for from > f.begin+1 && f.Seen[from-1].ObservedAt.Day() == s.ObservedAt.Day() {
		from--
	}
	if from > f.begin {
		// What is of the first day and source was the last until now.
		kept := slices.DeleteFunc(f.Seen[from:], func(o Observation) bool { return onOneDay(&o, s) || onOneDay(&o, first) })
		f.Seen = f.Seen[:from+len(kept)]
		f.Thinned = f.Thinned || len(f.Seen) < n
	}
	f.Seen = append(f.Seen, *s)
}

func ofOneAccount(a, b *Observation) bool {
	return a.AccountID == b.AccountID && a.Platform == b.Platform
}

// onOneDay tells whether two observations of an account are of one day and source.
func onOneDay(a, b *Observation) bool {
	return a.ObservedAt.Day() == b.ObservedAt.Day() && a.Source == b.Source
}
