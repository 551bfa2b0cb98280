// Package reconcile compares what two sources tell of one account and period: a
// count by hand, a published one, the difference of the totals that the page
// shows, an export. It never says which of them is wrong, and no estimate uses
// it.
package reconcile

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"diplometrics/datasets"
	"diplometrics/stages/study"
)

// Version of the stage; raised when the same tables would give other rows.
const Version = 2

// Columns of the tables of posts that this package uses; the others need not be
// read.
var (
	PostColumns        = []string{"platform", "account_id", "created_at", "post_type", "like_count", "comment_count", "share_count", "view_count", "observed_at", "source"}
	ObservationColumns = []string{"platform", "account_id", "created_at", "observed_at", "source"}
)

// SnapshotColumns are those of account_snapshots that this package uses.
var SnapshotColumns = []string{"platform", "account_id", "observed_at", "observed_precision", "followers", "followers_low", "followers_high",
	"posts_total", "posts_total_text", "posts_total_low", "posts_total_high", "source"}

// Input is what the stage reads. Windows are sorted by their key.
type Input struct {
	Accounts  []datasets.Account
	Snapshots iter.Seq2[[]datasets.AccountSnapshot, error] // sorted by their key; of them SnapshotColumns are used; nil for none
	Windows   []datasets.AccountWindow

	// Posts and Observations hold one sequence a partition, of which only
	// PostColumns and ObservationColumns are used. Posts are read twice, and
	// neither is read where no account has a window or two totals.
	Posts        []iter.Seq2[[]datasets.Post, error]
	Observations []iter.Seq2[[]datasets.PostSnapshot, error]

	Sources []study.Source            // ids and coverage of the exports
	Zones   map[string]*time.Location // of the accounts of a country; days are those of UTC where there is none
}

// Output is what the stage writes, each table sorted by its key.
type Output struct {
	Pairs      []datasets.Reconciled
	Agreements []datasets.CoderAgreement
}

type account struct{ platform, id string }

// subject is an account and what its sources tell.
type subject struct {
	account
	zone    *time.Location // nil where not known
	windows []*window
	totals  []*series // of posts, by source
	export  *export   // nil where no export holds the account
}

// Run compares every pair of sources that tell of the same account and period.
//
// Pairs are: two windows that begin on one day and end on one day, as stated or
// as they were read; a window and the totals of one source of snapshots; a
// window and the exports, taken together as the table of posts holds them; the
// totals and the exports, between the first and the last total in covered time;
// and the followers that two sources show on one day of UTC. Windows that only
// overlap are no pair.
//
// A window that was read before its end counts until that day, of which it saw
// some unknown part. Hand counts are exact. See difference and tell for what
// totals and exports tell.
func Run(ctx context.Context, in *Input) (*Output, error) {
	subjects, pairs, err := gather(in)
	if err != nil {
		return nil, err
	}
	if err := addExports(ctx, in, subjects); err != nil {
		return nil, err
	}
	out := &Output{Pairs: pairs, Agreements: agreements(subjects)}
	for _, s := range subjects {
		out.Pairs = append(out.Pairs, s.pairs()...)
	}
	slices.SortFunc(out.Pairs, func(a, b datasets.Reconciled) int { return datasets.Reconcile.Compare(&a, &b) })
	if err := datasets.Reconcile.Sorted(out.Pairs); err != nil {
		return nil, err
	}
	return out, datasets.CoderAgreements.Sorted(out.Agreements)
}

// gather returns the accounts that have a window or two totals, in the order of
// their key, and the pairs of followers.
func gather(in *Input) (out []*subject, pairs []datasets.Reconciled, err error) {
	countries := map[account]string{}
	for _, a := range in.Accounts {
		countries[account{a.Platform, a.AccountID}] = a.Country.V
	}
	byAccount := map[account]*subject{}
	of := func(a account) *subject {
		if byAccount[a] == nil {
			a = account{strings.Clone(a.platform), strings.Clone(a.id)} // of a batch
			byAccount[a] = &subject{account: a, zone: in.Zones[countries[a]]}
		}
		return byAccount[a]
	}
	for i := range in.Windows {
		w := &in.Windows[i]
		s := of(account{w.Platform, w.AccountID})
		s.windows = append(s.windows, newWindow(w, s.zone))
	}
	if in.Snapshots != nil {
		f := followers{}
		for batch, err := range in.Snapshots {
			if err != nil {
				return nil, nil, err
			}
			for i := range batch {
				r := &batch[i]
				if r.PostsTotal.V.OK {
					of(account{r.Platform, r.AccountID}).addTotal(r)
				}
				f.add(r)
			}
		}
		f.flush()
		pairs = f.pairs
	}
	for _, s := range byAccount {
		s.totals = slices.DeleteFunc(s.totals, func(t *series) bool { return len(t.shown) < 2 })
		if len(s.windows)+len(s.totals) > 0 {
			tellApart(s.windows)
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b *subject) int { return cmp.Or(cmp.Compare(a.platform, b.platform), cmp.Compare(a.id, b.id)) })
	return out, pairs, nil
}

// pairs returns the rows of one account but those of followers.
func (s *subject) pairs() []datasets.Reconciled {
	var out []datasets.Reconciled
	add := func(quantity string, from, to datasets.Day, a, b *telling) {
		out = append(out, pair(datasets.Reconciled{Quantity: quantity, Platform: s.platform, AccountID: s.id, PeriodStart: from, PeriodEnd: to}, a, b))
	}
	for i, w := range s.windows {
		for _, v := range s.windows[:i] {
			if !w.matches(v) {
				continue
			}
			for _, q := range quantities {
				if a, b := v.tell(q), w.tell(q); a != nil && b != nil {
					if v.to != w.to {
						a.fail("they were counted until different days: the periods differ")
					}
					add(q, w.from, min(v.to, w.to), a, b)
				}
			}
		}
		if a := w.tell("posts"); a != nil {
			for _, t := range s.totals {
				if b := t.during(w.start, w.end); b != nil {
					add("posts", w.from, w.to, a, b)
				}
			}
		}
		if s.export == nil || !s.export.touches(w.count) {
			continue
		}
		for _, q := range quantities {
			if a := w.tell(q); a != nil {
				add(q, w.from, w.to, a, s.export.tell(q, w.count))
			}
		}
	}
	for _, t := range s.totals {
		if t.count != nil && s.export.touches(t.count) {
			first, last := &t.shown[t.first], &t.shown[t.last]
			add("posts", first.ObservedAt.Day(), last.ObservedAt.Day()+1, t.difference(first, last), s.export.tell("posts", t.count))
		}
	}
	return out
}

// quantities are what windows and exports count.
var quantities = []string{"posts", "likes", "comments", "shares", "views"}
