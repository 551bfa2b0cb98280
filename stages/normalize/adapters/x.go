package adapters

import (
	"strconv"
	"strings"

	"diplometrics/datasets"
)

// xID reports what is wrong with the id of a post or an account of X; "" where
// nothing is.
func xID(s string) (want string) {
	digits := s != "" && len(s) <= 20
	for i := 0; i < len(s) && digits; i++ {
		digits = s[i] >= '0' && s[i] <= '9'
	}
	switch {
	case digits:
		return ""
	case strings.ContainsAny(s, "eE.,") && strings.Trim(s, "0123456789eE+.,") == "" && strings.ContainsAny(s[:1], "0123456789"):
		return "a spreadsheet or another program has rounded this id; export the file again and keep ids as text"
	}
	return "expected an id of digits"
}

// xURL is the address of a post; absent where the handle is not known.
func (b *Batch) xURL(handle, id string) datasets.Opt[string] {
	for _, c := range []byte(handle) {
		if !(c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z') {
			return datasets.None[string]()
		}
	}
	if handle == "" {
		return datasets.None[string]()
	}
	return datasets.Some(b.joined("https://x.com/", handle, "/status/", id))
}

// firstTimedID is the first id that carries its time, of 4 November 2010. (The
// TweetedAt estimator of Old Dominion University's web science group.)
const firstTimedID = 29_700_859_247

// xCreated is the second in which an id was made: ids from firstTimedID on
// carry it, in milliseconds since 1288834974657. Absent for earlier ids.
func xCreated(id string) datasets.Opt[datasets.Micros] {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n < firstTimedID {
		return datasets.None[datasets.Micros]()
	}
	return datasets.Some(datasets.Micros((n>>22 + 1288834974657) / 1000 * 1_000_000))
}

// xMedia is the type of n media of which the first has the given type, "" where
// that is not known.
func xMedia(n int, first string) datasets.Opt[string] {
	switch {
	case n > 1:
		return datasets.Some("album")
	case n == 0 || first == "":
		return datasets.None[string]()
	case first == "photo":
		return datasets.Some("photo")
	case first == "video" || first == "animated_gif":
		return datasets.Some("video")
	}
	return datasets.Some("other")
}

// xLink tells whether an address in a post is a link to something else, and
// not the post itself, a quoted post, or a medium.
func xLink(url string) bool {
	rest := strings.TrimPrefix(strings.TrimPrefix(url, "https://"), "http://")
	host, path, _ := strings.Cut(rest, "/")
	host = strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(host), "www."), "mobile.")
	return url != "" && !((host == "twitter.com" || host == "x.com") && strings.Contains("/"+path, "/status/"))
}

// exactly is a count that a file states as a plain number.
func exactly(n datasets.Opt[int64]) datasets.Shown {
	return datasets.Shown{V: n, Low: n, High: n}
}

// noTime is why a file of accounts is not read.
var noTime = &Refused{Reason: "it does not say when its accounts were counted, and a number of followers without its time says nothing; give observed_at beside the file in study.toml, for instance observed_at = \"2024-01-31T09:30:00Z\""}

// snapshot is what an account showed at the time of the observation, which
// must be known.
func (o observation) snapshot(line int64, ref Ref, followers, following, posts datasets.Opt[int64]) Row[datasets.AccountSnapshot] {
	return Row[datasets.AccountSnapshot]{Ref: ref, Line: line, Row: datasets.AccountSnapshot{
		Platform: "x", ObservedAt: o.at.V, ObservedPrecision: o.precision, TimeSource: o.source,
		Followers: exactly(followers), Following: exactly(following), PostsTotal: exactly(posts),
	}}
}

// seen notes an account that was shown beside a post, unless one of the last
// few says the same: timelines repeat their author in every post.
func (b *Batch) seen(row Row[datasets.AccountSnapshot]) {
	for i := len(b.Accounts) - 1; i >= max(0, len(b.Accounts)-8); i-- {
		if a := &b.Accounts[i]; a.Row.ObservedAt == row.Row.ObservedAt && a.Ref == row.Ref && a.Row == row.Row {
			return
		}
	}
	b.Accounts = append(b.Accounts, row)
}
