package adapters

import (
	"io"
	"strings"
	"time"

	"github.com/zeebo/xxh3"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters/jsontape"
)

// OKGroupStatistics reads what the API of Odnoklassniki tells the administrator
// of a group.
var OKGroupStatistics = Adapter{
	Name: "ok_group_statistics", Tables: []string{"posts", "account_snapshots"}, Version: 1,
	Doc: "Statistics of a group of Odnoklassniki as its API gives them to an administrator (apiok.ru): group.getStatTopics, its topics with likes, comments, reshares and renderings, which are read as view_count, " +
		"and group.getStatTrends, of which members_count is read, an account snapshot a day. Whole answers, lists of them or of topics, or one a line. Neither says which group it is of: give account or handle in study.toml.",
	Lacks: "Texts, addresses and media of topics, and which of them repeat others: all are read as original posts. When topics were counted: give observed_at in study.toml. " +
		"The table that the site itself offers for download is not read by itself: describe its columns by a mapping.",
	Detect: func(head []byte, _ string) bool {
		p := jsonPaths(head)
		for _, in := range []string{"", "topics.", "topic."} {
			if p[in+"id"] && p[in+"created_ms"] && (p[in+"likes"] || p[in+"comments"] || p[in+"reshares"] || p[in+"renderings"]) {
				return true
			}
		}
		return p["members_count.time"] && p["members_count.value"] || p["error_code"] && p["error_msg"]
	},
	Split: func(r io.Reader, yield func(Record, error) bool) {
		(&jsonSplitter{blocks: blocks{r: r}, line: 1, lists: []string{"topics"}}).run(yield)
	},
	New: func(f File) (Decoder, error) {
		o := &okStatistics{observed: observed(datasets.None[datasets.Micros](), f),
			ref: Ref{Platform: "ok", ID: f.Account.ID, Handle: strings.TrimPrefix(f.Account.Handle, "@")}}
		return func(rec Record, into *Batch) error {
			return eachPage(&o.parsers, rec, into, func(v jsontape.Value, rec Record) error {
				if o.ref.ID == "" && o.ref.Handle == "" && !v.Exists("error_code") {
					return &Refused{Reason: "it does not name its account; give platform and handle, or account, beside the file in study.toml"}
				}
				p := newPage(into, rec.Line)
				o.answer(v, &p)
				return p.err()
			})
		}, nil
	},
}

type okStatistics struct {
	ref      Ref
	observed observation
	parsers  jsontape.Pool
}

// answer decodes an answer, or a topic.
func (o *okStatistics) answer(v jsontape.Value, p *inPage) {
	f := jsonFields{line: p.line}
	switch {
	case v.Exists("topics"):
		for _, t := range f.list(v.Get("topics"), "topics") {
			o.topic(t, p)
		}
	case v.Exists("topic"):
		o.topic(v.Get("topic"), p)
	case v.Exists("members_count"):
		for _, m := range f.list(v.Get("members_count"), "members_count") {
			o.members(m, p)
		}
	case v.Exists("error_code"):
		said := strings.TrimRight(shorten(stringField(v, "error_msg"), 120), ".")
		f.fail("error_msg", said, "expected an answer; ask Odnoklassniki again")
		f.err.All = &Refused{Reason: "it is no answer but an error of Odnoklassniki's API: " + withoutTokens(said) + "; ask Odnoklassniki again"}
	default:
		o.topic(v, p)
	}
	p.reject(f.err, []byte(v.String()))
}

// topic makes a post of a topic.
func (o *okStatistics) topic(v jsontape.Value, p *inPage) {
	f, raw := jsonFields{line: p.line}, v.AppendTo(nil)
	post := Post{Digest: xxh3.Hash(raw)}
	post.Platform, post.Parts, post.PostType = "ok", 1, datasets.Original
	o.observed.of(&post.Post)
	if !f.object(v, "topic").Exists() {
		f.fail("topic", shorten(v.String(), 80), "expected a topic of a group of Odnoklassniki")
	}
	if post.PostID = f.id(v.Get("id"), "id"); post.PostID == "" {
		f.fail("id", "", "expected the id of the topic; ask again with ID among the fields")
	}
	post.CreatedAt = f.epoch(f.count(v.Get("created_ms"), "created_ms"), milliseconds, "created_ms")
	count := func(field string) datasets.Opt[int64] { return f.count(v.Get(field), field) }
	post.Counts = datasets.Counts{Like: count("likes"), Comment: count("comments"), Share: count("reshares"), View: count("renderings")}
	if f.err == nil {
		p.into.Posts = append(p.into.Posts, Row[Post]{Ref: o.ref, Line: p.line, Row: post})
	}
	p.reject(f.err, raw)
}

// members makes an account snapshot of the members of a group on a day.
func (o *okStatistics) members(v jsontape.Value, p *inPage) {
	f := jsonFields{line: p.line}
	at, n := f.epoch(f.count(v.Get("time"), "members_count.time"), milliseconds, "members_count.time"), f.count(v.Get("value"), "members_count.value")
	if !at.OK || !n.OK {
		f.fail("members_count", shorten(v.String(), 80), "expected a day and the number of members on it")
	}
	if f.err == nil {
		// Days are those of Moscow, whether they start there or in UTC.
		moscow := at.V.Time().Add(3 * time.Hour)
		day := observation{at: datasets.Some(datasets.DayOf(moscow).Micros()), precision: "day", source: "field"}
		row := day.snapshot(p.line, o.ref, n, datasets.None[int64](), datasets.None[int64]())
		row.Row.Platform = "ok"
		p.into.Snapshots = append(p.into.Snapshots, row)
	}
	p.reject(f.err, []byte(v.String()))
}
