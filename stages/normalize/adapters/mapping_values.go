package adapters

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zeebo/xxh3"

	"diplometrics/datasets"
	"diplometrics/stages/study"
)

// reading reads the fields of one record and keeps the first error.
type reading struct {
	p   *mapper
	v   *view
	err error
}

func (r *reading) fail(field, found, want string) {
	if r.err == nil {
		r.err = &RecordError{Line: r.v.rec.Line, Field: field, Found: found, Want: want}
	}
}

// get returns the text of a field; false where it is not mapped or has no value.
func (r *reading) get(name string) (f *field, text string, ok bool) {
	if f = r.p.fields[name]; f == nil {
		return nil, "", false
	}
	text, ok, err := f.text(r.v)
	if err != nil && r.err == nil {
		r.err = named(err, name)
	}
	return f, text, ok && err == nil
}

func (r *reading) optText(name string) datasets.Opt[string] {
	f, s, ok := r.get(name)
	if !ok {
		return datasets.None[string]()
	}
	switch f.kind {
	case study.IDField:
		if isRuined(s) {
			r.fail(name, s, ruined)
		}
	case study.URLField:
		s, _, _ = strings.Cut(s, "#")
		s, _, _ = strings.Cut(s, "?")
	}
	return datasets.Some(s)
}

const ruined = "a spreadsheet made a number of this id and lost its last digits; export it again with the column as text"

// A spreadsheet writes a long number as 1.2E+18, a table of numbers as 12.0.
var ruinedID = regexp.MustCompile(`^-?[0-9]+(?:[.,][0-9]+)?[eE][+]?[0-9]+$|^-?[0-9]+\.0+$`)

// isRuined tells whether an id was made such a number.
func isRuined(id string) bool { return !isDigits(id) && ruinedID.MatchString(id) }

// shown returns a count. Plain digits are exact and have no text.
func (r *reading) shown(name string) datasets.Shown {
	f, s, ok := r.get(name)
	if !ok {
		return datasets.Shown{}
	}
	shown, err := ParseShown(s)
	if f.Type == "float" {
		var v float64
		if v, err = strconv.ParseFloat(s, 64); err != nil || v < 0 || v != math.Trunc(v) || v > 1<<53 {
			want := "expected a whole number from 0, which may end in .0"
			if strings.Contains(s, ",") {
				want += "; a number with decimals belongs into a field of numbers, with decimal = \",\""
			}
			err = errors.New(want)
		}
		shown = exactly(datasets.Some(int64(v)))
	}
	if err != nil {
		r.fail(name, s, err.Error())
		return datasets.Shown{}
	}
	if shown.V.V == 0 && shown.High.OK && shown.High.V == 0 && r.zeroMissing(f) {
		return datasets.Shown{}
	}
	if isDigits(s) {
		shown.Text = datasets.None[string]()
	}
	if f.RoundedDown > 0 && shown.V.OK && shown.High == shown.V {
		shown.High = roundedDown(shown.V, f.RoundedDown).High
	} else if f.Rounded != nil && shown.V.OK && shown.High == shown.V {
		shown = roundedTo(shown.V, f.Rounded)
	}
	return shown
}

func (r *reading) zeroMissing(f *field) bool {
	if f.zeros == nil {
		return f.ZerosMissing
	}
	met, err := f.zeros.met(r.v)
	if err != nil && r.err == nil {
		r.err = named(err, f.zeros.Column)
	}
	return met
}

// count returns a count that must be exact.
func (r *reading) count(name string) datasets.Opt[int64] {
	s := r.shown(name)
	if s.V.OK && (!s.High.OK || s.Low != s.High) {
		r.fail(name, s.Text.V, "a rounded count, and this field holds exact ones only; give the exact count, or let such counts be missing: pattern = '^[0-9]+$' and unmatched = \"missing\" beside its column in study.toml")
	}
	return s.V
}

// number returns a decimal number from 0 and its text.
func (r *reading) number(name string) (datasets.Opt[float64], datasets.Opt[string]) {
	f, s, ok := r.get(name)
	if !ok {
		return datasets.None[float64](), datasets.None[string]()
	}
	plain := s
	if f.Decimal == "," {
		if strings.Contains(s, ".") {
			r.fail(name, s, "expected a number with a decimal comma and no other mark")
		}
		plain = strings.Replace(s, ",", ".", 1)
	}
	if !decimal.MatchString(plain) {
		r.fail(name, s, "expected a number from 0 without marks between thousands; decimal says which mark decimals have")
		return datasets.None[float64](), datasets.None[string]()
	}
	v, err := strconv.ParseFloat(plain, 64)
	if err != nil {
		r.fail(name, s, "expected a number")
	}
	if v == 0 && r.zeroMissing(f) {
		return datasets.None[float64](), datasets.None[string]()
	}
	return datasets.Some(v), datasets.Some(s)
}

var decimal = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

// layouts are read wherever a time stands.
var layouts = []struct {
	layout string
	offset bool
}{
	{time.RFC3339Nano, true}, {"2006-01-02T15:04:05Z0700", true}, {"2006-01-02 15:04:05Z07:00", true},
	{"2006-01-02T15:04:05", false}, {"2006-01-02 15:04:05", false}, {"2006-01-02T15:04", false}, {"2006-01-02 15:04", false}, {"2006-01-02", false},
}

// time reads a time: in its zone, UTC where it has none and says none.
func (r *reading) time(f *field, s string) (t time.Time, precision string, known bool) {
	zone := f.zone
	if zone == nil {
		zone = time.UTC
	}
	precision, found := study.Precision(f.Layout), false
	offset := f.offset
	switch f.Layout {
	case "":
	case "unix", "unix_ms":
		whole, rest, _ := strings.Cut(s, ".")
		n, err := strconv.ParseInt(whole, 10, 64)
		unit := int64(seconds)
		if f.Layout == "unix_ms" {
			unit = milliseconds
		}
		at, want := epoch(n, unit)
		if found = err == nil && strings.Trim(rest, "0") == ""; found && want != "" {
			r.fail(f.name, s, want)
			return t, "", false
		}
		t = at.Time()
	case "linkedin_id":
		made := linkedinCreated(s)
		t, found = time.UnixMicro(int64(made.V)), made.OK
	case "x_id":
		made := xCreated(s)
		t, found = time.UnixMicro(int64(made.V)), made.OK
	default:
		text := s
		if f.months != nil {
			text = f.months.ReplaceAllStringFunc(s, func(found string) string {
				i := slices.IndexFunc(f.Months, func(m string) bool { return strings.EqualFold(m, found) })
				return time.Month(i + 1).String()
			})
		}
		var err error
		t, err = time.ParseInLocation(f.Layout, text, zone)
		found = err == nil
	}
	for _, l := range layouts {
		if found || strings.HasPrefix(f.Layout, "2006-") || slices.Contains(study.NumberLayouts, f.Layout) {
			break
		}
		if iso, err := time.ParseInLocation(l.layout, s, zone); err == nil {
			t, precision, found, offset = iso, study.Precision(l.layout), true, l.offset
		}
	}
	if !found {
		want := "expected a time like 2024-01-31T09:30:00Z or a date like 2024-01-31; layout in study.toml says how else it is written"
		if f.Layout != "" {
			want = "expected a time written like " + f.Layout
		}
		if strings.HasSuffix(f.Layout, "_id") {
			want = "expected the id of a post, which carries the time of posting"
		}
		r.fail(f.name, s, want)
		return t, "", false
	}
	if rank := []string{"year", "month", "day", "second"}; f.Precision != "" && slices.Index(rank, f.Precision) < slices.Index(rank, precision) {
		precision = f.Precision
	}
	return t, precision, offset || f.zone != nil
}

// moment returns a moment, which must have a zone.
func (r *reading) moment(name string) datasets.Opt[datasets.Micros] {
	f, s, ok := r.get(name)
	if !ok {
		return datasets.None[datasets.Micros]()
	}
	t, _, known := r.time(f, s)
	if !known {
		r.fail(name, s, "expected a time with its offset; give zone in study.toml, such as zone = \"Asia/Almaty\"")
	}
	return datasets.Some(datasets.MicrosOf(t))
}

// day returns a day and the one after the last that the text covers.
func (r *reading) day(name string) (from, to datasets.Opt[datasets.Day]) {
	f, s, ok := r.get(name)
	if !ok {
		return from, to
	}
	t, precision, _ := r.time(f, s)
	t = start(t, precision)
	next := t.AddDate(0, 0, 1)
	switch precision {
	case "month":
		next = t.AddDate(0, 1, 0)
	case "year":
		next = t.AddDate(1, 0, 0)
	}
	return datasets.Some(datasets.DayOf(t)), datasets.Some(datasets.DayOf(next))
}

// start is the first day of the month or year of t where no more is known.
func start(t time.Time, precision string) time.Time {
	switch precision {
	case "year":
		return time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	case "month":
		return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
	}
	return t
}

func (r *reading) ref() Ref {
	ref := Ref{Platform: r.optText("platform").Or(r.p.file.Platform), ID: r.optText("account_id").V, Handle: strings.TrimPrefix(r.optText("handle").V, "@")}
	if r.p.fields["account_id"] == nil && r.p.fields["handle"] == nil {
		ref.ID, ref.Handle = r.p.file.Account.ID, r.p.file.Account.Handle
	}
	if !slices.Contains(study.Platforms, ref.Platform) {
		r.fail("platform", ref.Platform, study.Nearest(ref.Platform, study.Platforms))
	}
	if ref.ID == "" && ref.Handle == "" {
		r.fail("handle", "", "expected a handle or an id of the account")
	}
	return ref
}

// tellsType tells whether other fields than post_type tell the type of a post, where
// that has no value.
func (p *mapper) tellsType() bool {
	return p.fields["repost_of_id"] != nil || p.fields["reply_to_id"] != nil || p.fields["quote_of_id"] != nil
}

func (r *reading) post() Post {
	p := Post{Post: datasets.Post{
		Platform: r.ref().Platform, PostID: r.optText("post_id").V, CreatedAt: r.moment("created_at"), Text: r.optText("text"),
		LanguageGiven: r.optText("language_given"), MediaType: r.optText("media_type"), URL: r.optText("url"),
		ReplyToID: r.optText("reply_to_id"), RepostOfID: r.optText("repost_of_id"), QuoteOfID: r.optText("quote_of_id"),
		EditedAt: r.moment("edited_at"), Parts: 1, FollowersAtPosting: r.count("followers_at_posting"), ObservedAt: r.moment("observed_at"),
		Counts: datasets.Counts{Like: r.count("like_count"), Comment: r.count("comment_count"), Share: r.count("share_count"),
			Quote: r.count("quote_count"), View: r.count("view_count"), Save: r.count("save_count")},
	}}
	if p.PostID == "" {
		r.fail("post_id", "", "expected the id of the post")
	}
	o := observed(p.ObservedAt, r.p.file)
	if f, _, ok := r.get("observed_at"); ok && f.Value != nil {
		o.source = "study.toml"
	}
	o.of(&p.Post)
	types := []string{datasets.Repost, datasets.Reply, datasets.Quoted, datasets.Original}
	switch given := r.optText("post_type"); {
	case r.p.fields["post_type"] != nil && (given.OK || !r.p.tellsType()):
		if p.PostType = given.V; !slices.Contains(types, given.V) {
			r.fail("post_type", given.V, study.Nearest(given.V, types))
		}
	default:
		p.PostType = postType(&p.Post)
	}
	if p.PostType == datasets.Repost {
		p.Counts = datasets.Counts{}
	}
	h := xxh3.New()
	h.Write(r.v.rec.Raw)
	for _, c := range append(slices.Clone(r.v.rec.Cells), r.v.name) {
		h.WriteString(c)
		h.Write([]byte{0})
	}
	p.Digest = h.Sum64()
	return p
}

// account is what the account of a post showed when the post was observed; false
// where it showed nothing, or nobody knows when.
func (r *reading) account(p *Post) (Row[datasets.AccountSnapshot], bool) {
	s := datasets.AccountSnapshot{Platform: p.Platform, ObservedAt: p.ObservedAt.V, ObservedPrecision: "second", TimeSource: p.TimeSource.V,
		Followers: r.shown("account_followers"), Following: r.shown("account_following"), PostsTotal: r.shown("account_posts_total"), LikesTotal: r.shown("account_likes_total")}
	if p.TimeSource.V != "field" {
		s.ObservedPrecision = cmp.Or(r.p.file.ObservedPrecision, "second")
	}
	none := datasets.Shown{}
	shown := p.ObservedAt.OK && (s.Followers != none || s.Following != none || s.PostsTotal != none || s.LikesTotal != none)
	return Row[datasets.AccountSnapshot]{Ref: r.ref(), Line: r.v.rec.Line, Row: s}, shown
}

func (r *reading) snapshot() datasets.AccountSnapshot {
	s := datasets.AccountSnapshot{
		Platform: r.ref().Platform, ObservedAt: r.p.file.Observed.V, ObservedPrecision: cmp.Or(r.p.file.ObservedPrecision, "second"), TimeSource: cmp.Or(r.p.file.ObservedSource, "study.toml"),
		Followers: r.shown("followers"), Following: r.shown("following"), PostsTotal: r.shown("posts_total"), LikesTotal: r.shown("likes_total"),
		Locator: r.optText("locator"),
	}
	f, text, ok := r.get("observed_at")
	if !ok {
		if !r.p.file.Observed.OK {
			r.fail("observed_at", "", "expected when the counts were seen")
		}
		return s
	}
	if f.Value == nil {
		s.TimeSource = "field"
	}
	t, precision, known := r.time(f, text)
	s.ObservedPrecision = precision
	if precision != "second" {
		s.ObservedAt = datasets.DayOf(start(t, precision)).Micros()
		return s
	}
	if s.ObservedAt = datasets.MicrosOf(t); !known {
		r.fail("observed_at", text, "expected a time with its offset; give zone in study.toml, such as zone = \"Asia/Almaty\"")
	}
	return s
}

func (r *reading) window() datasets.AccountWindow {
	w := datasets.AccountWindow{
		Platform: r.ref().Platform, Posts: r.count("posts"), Likes: r.count("likes"), LikesN: r.count("likes_n"), Comments: r.count("comments"),
		Shares: r.count("shares"), Views: r.count("views"), CountedBy: r.optText("counted_by").V, Evidence: r.optText("evidence"), Locator: r.optText("locator"),
	}
	w.MonthsStated, _ = r.number("months_stated")
	w.PostsPerMonth, w.PostsPerMonthText = r.number("posts_per_month")
	w.LikesMean, w.LikesMeanText = r.number("likes_mean")
	w.RetrievedOn, _ = r.day("retrieved_on")
	if w.CountedBy == "" {
		r.fail("counted_by", "", "expected who counted")
	}
	from, to := r.day("window")
	if r.p.fields["window"] == nil {
		from, _ = r.day("window_from")
		to, _ = r.day("window_to")
		if r.p.fields["window_last"] != nil {
			_, to = r.day("window_last")
		}
	}
	if w.WindowFrom, w.WindowTo = from.V, to.V; !from.OK || !to.OK || w.WindowFrom >= w.WindowTo {
		r.fail("window", fmt.Sprint(from.V, " to ", to.V), "expected the first day of the window and a later one after it")
	}
	if w.RetrievedOn.OK && w.RetrievedOn.V < w.WindowFrom {
		r.fail("retrieved_on", w.RetrievedOn.V.String(), "expected a day in or after the window")
	}
	return w
}
