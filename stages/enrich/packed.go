package enrich

import (
	"encoding/binary"
	"fmt"
	"iter"
	"strings"

	"diplometrics/datasets"
)

// SnapshotColumns are the columns of account_snapshots that followers are taken
// from.
var SnapshotColumns = []string{"platform", "account_id", "observed_at", "observed_precision", "followers", "followers_low", "followers_high"}

// Followers are the readings of all accounts, packed into some ten bytes each.
// They can be used by several goroutines at once.
type Followers struct{ accounts map[account]packed }

// packed is the series of an account.
type packed struct {
	series []byte
	vague  bool // whether it has counts known to no month
}

// NewFollowers takes snapshots, the batches of which it does not keep, account by
// account. One counts where it shows followers and its time is known to the month
// or better; followers_precision of post_context says how such times are taken.
func NewFollowers(all iter.Seq2[[]datasets.AccountSnapshot, error]) (*Followers, error) {
	f := &Followers{map[account]packed{}}
	var (
		at      account // whose snapshots come
		vague   bool
		list    series
		scratch []byte
	)
	end := func() {
		scratch = newSeries(list).pack(scratch[:0])
		f.accounts[at] = packed{append([]byte(nil), scratch...), vague}
		list, vague = list[:0], false
	}
	for rows, err := range all {
		if err != nil {
			return nil, err
		}
		for i := range rows {
			r := &rows[i]
			if at.id != r.AccountID || at.platform != r.Platform {
				if at != (account{}) {
					end()
				}
				at = account{strings.Clone(r.Platform), strings.Clone(r.AccountID)}
				if _, apart := f.accounts[at]; apart {
					return nil, fmt.Errorf("snapshots of %s of %s come apart", at.id, at.platform)
				}
			}
			if !r.Followers.V.OK {
				continue
			}
			p, ok := precisionOf(r.ObservedPrecision)
			if !ok {
				vague = true
				continue
			}
			list = append(list, reading{r.ObservedAt, p, r.Followers.V.V, r.Followers.Low, r.Followers.High})
		}
	}
	if at != (account{}) {
		end()
	}
	return f, nil
}

// of appends the readings of an account to s; vague tells whether it has others
// that are known to no month. Of an account without snapshots there are none.
func (f *Followers) of(a account, s series) (_ series, vague bool) {
	p := f.accounts[a]
	return s.unpack(p.series), p.vague
}

// How a bound of a packed reading is known: absent, the count itself, or apart by
// a number that follows.
const (
	boundAbsent = iota
	boundExact
	boundApart
)

// pack appends the series: for each reading a byte, its precision and its bounds,
// the differences of its time and its count from those of the one before, and
// those of the bounds from the count where they are needed.
func (s series) pack(b []byte) []byte {
	var last reading
	for i := range s {
		r := &s[i]
		bounds := [...]datasets.Opt[int64]{r.low, r.high}
		kind := byte(r.precision)
		for j, x := range bounds {
			switch {
			case x.OK && x.V == r.count:
				kind |= boundExact << (2 + 2*j)
			case x.OK:
				kind |= boundApart << (2 + 2*j)
			}
		}
		b = append(b, kind)
		b = binary.AppendVarint(b, int64(r.at-last.at))
		b = binary.AppendVarint(b, r.count-last.count)
		for _, x := range bounds {
			if x.OK && x.V != r.count {
				b = binary.AppendVarint(b, x.V-r.count)
			}
		}
		last = *r
	}
	return b
}

// unpack appends a series that was packed.
func (s series) unpack(b []byte) series {
	next := func() int64 {
		n, width := binary.Varint(b)
		b = b[width:]
		return n
	}
	var r reading
	for len(b) > 0 {
		kind := b[0]
		b = b[1:]
		r.precision = precision(kind & 3)
		r.at += datasets.Micros(next())
		r.count += next()
		bound := func(how byte) datasets.Opt[int64] {
			switch how & 3 {
			case boundExact:
				return datasets.Some(r.count)
			case boundApart:
				return datasets.Some(r.count + next())
			}
			return datasets.Opt[int64]{}
		}
		r.low, r.high = bound(kind>>2), bound(kind>>4)
		s = append(s, r)
	}
	return s
}
