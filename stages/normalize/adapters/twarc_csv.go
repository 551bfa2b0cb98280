package adapters

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zeebo/xxh3"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters/jsontape"
)

// TwarcCSV reads the tables that twarc-csv makes of twarc2 files.
var TwarcCSV = Adapter{
	Name: "twarc_csv", Tables: []string{"posts", "account_snapshots"}, Version: 3,
	Doc: "Posts or users of X as twarc-csv writes them (twarc2 csv), of any version, also with text encoded as JSON. " +
		"twarc-csv gives a repost the counts of its original; they are left out. It can write posts that others refer to as rows of their own, which look like any other. A post without created_at was posted when its id says, to the second, from 4 November 2010 on.",
	Lacks:  "The time of an edit. Whatever twarc-csv dropped: it leaves out up to 100 posts at once where one has an unexpected field, without a trace in the table; the JSON lines that it was made of have them.",
	Detect: func(head []byte, name string) bool { return twarcKind(twarcHeader(head)) != "" },
	Split:  splitTwarcCSV,
	New:    newTwarcCSV,
}

// twarcColumns are read. Where the last column is one of them, a last row
// without its line end may have lost digits.
var twarcColumns = []string{
	"id", "username", "author_id", "author.id", "author.username", "created_at", "text", "lang", "edit_history_tweet_ids",
	"referenced_tweets", "referenced_tweets.replied_to.id", "referenced_tweets.retweeted.id", "referenced_tweets.quoted.id",
	"public_metrics.like_count", "public_metrics.reply_count", "public_metrics.retweet_count", "public_metrics.quote_count",
	"public_metrics.impression_count", "public_metrics.bookmark_count",
	"public_metrics.followers_count", "public_metrics.following_count", "public_metrics.tweet_count",
	"author.public_metrics.followers_count", "author.public_metrics.following_count", "author.public_metrics.tweet_count",
	"attachments.media", "attachments.media_keys", "attachments.poll_ids", "entities.urls", "__twarc.retrieved_at",
}

func twarcHeader(text []byte) []string {
	rows := twarcReader(bufio.NewReader(bytes.NewReader(text)))
	line, _ := rows.r.ReadBytes('\n')
	rows.r = bufio.NewReader(bytes.NewReader(bytes.TrimRight(line, "\r\n")))
	header, _, _ := rows.next()
	return header
}

// twarcKind is what the rows are: tweets, users, counts, compliance or lists;
// "" where the header is not twarc-csv's.
func twarcKind(header []string) string {
	all := func(columns ...string) bool {
		for _, c := range columns {
			if !slices.Contains(header, c) {
				return false
			}
		}
		return true
	}
	switch {
	case all("id", "author_id", "text") && (all("public_metrics.like_count") || all("author.public_metrics.followers_count") || all("referenced_tweets.retweeted.id")):
		return "tweets"
	case all("id", "username", "public_metrics.followers_count"):
		return "users"
	case all("start", "end", "tweet_count"):
		return "counts"
	case all("id", "action", "redacted_at"):
		return "compliance"
	case all("id", "owner_id", "member_count", "follower_count"):
		return "lists"
	}
	return ""
}

// twarcReader reads rows, separated by what the header has most of: commas, or
// the semicolons or tabs that a spreadsheet made of them, or what a line sep=
// before it says.
func twarcReader(r *bufio.Reader) *delimitedReader {
	if mark, _ := r.Peek(3); string(mark) == "\xef\xbb\xbf" {
		r.Discard(3)
	}
	head, _ := r.Peek(4096)
	if size, delimiter := separator(head); size > 0 {
		r.Discard(size)
		return &delimitedReader{r: r, d: dialect{delimiter: delimiter, quote: '"'}, line: 1}
	}
	head, _, _ = bytes.Cut(head, []byte("\n"))
	comma := byte(',')
	for _, c := range []byte(";\t") {
		if bytes.Count(head, []byte{c}) > bytes.Count(head, []byte{comma}) {
			comma = c
		}
	}
	return &delimitedReader{r: r, d: dialect{delimiter: comma, quote: '"'}}
}

// lastByte remembers the last byte of a file.
type lastByte struct {
	io.Reader
	last byte
}

func (l *lastByte) Read(p []byte) (int, error) {
	n, err := l.Reader.Read(p)
	if n > 0 {
		l.last = p[n-1]
	}
	return n, err
}

// splitTwarcCSV yields the header and then the rows, whose cells can have line
// breaks. A row with another number of cells is a *RecordError, so is a last
// row that breaks off.
func splitTwarcCSV(r io.Reader, yield func(Record, error) bool) {
	tail := &lastByte{Reader: r}
	rows := twarcReader(bufio.NewReaderSize(tail, 1<<16))
	var header []string
	var row Record // is yielded once it is known whether it is the last
	give := func() bool {
		switch {
		case row.Cells == nil:
			return true
		case len(row.Cells) != len(header):
			return yield(Record{}, &RecordError{Line: row.Line, Found: excerpt(row),
				Want: fmt.Sprintf("the row has %d cells, the header %d", len(row.Cells), len(header))})
		}
		return yield(row, nil)
	}
	for {
		cells, line, err := rows.next()
		if err == io.EOF && tail.last != '\n' && row.Cells != nil && slices.Contains(twarcColumns, header[len(header)-1]) {
			yield(Record{}, &RecordError{Line: row.Line, Found: excerpt(row), Want: "the file ends inside this row, or lacks its last line end"})
			return
		}
		if blank := len(cells) == 1 && cells[0] == ""; blank && err == nil {
			continue
		}
		if !give() {
			return
		}
		row = Record{Line: line, Cells: cells}
		if header == nil {
			header = cells
		}
		var wrong *RecordError
		switch {
		case err == io.EOF:
			return
		case errors.As(err, &wrong):
			if !yield(Record{}, wrong) {
				return
			}
		case err != nil:
			yield(Record{}, err)
			return
		}
	}
}

func newTwarcCSV(f File) (Decoder, error) {
	at := map[string]int{}
	for i, name := range f.Header {
		if _, ok := at[name]; ok {
			return nil, &RecordError{Line: 1, Field: name, Found: name, Want: "the column stands twice; keep one"}
		}
		at[name] = i
	}
	kind := twarcKind(f.Header)
	_, now := at["referenced_tweets.retweeted.id"]
	_, old := at["referenced_tweets"]
	switch {
	case kind == "counts":
		return nil, &Refused{Reason: "it holds counts of posts by time (twarc2 counts), not posts; collect the posts with twarc2 search or timeline"}
	case kind == "compliance":
		return nil, &Refused{Reason: "it is the answer of a compliance check (twarc2 compliance-job): it says which posts were deleted, and holds none"}
	case kind == "lists":
		return nil, &Refused{Reason: "it holds lists of accounts as X names them, neither posts nor accounts; collect the members with twarc2 list-members"}
	case kind == "":
		return nil, &Refused{Reason: "its header is not that of posts or users as twarc-csv writes them: for posts it needs id, author_id, text and public_metrics, for users id, username and public_metrics"}
	case kind == "tweets" && !now && !old:
		return nil, &Refused{Reason: "it lacks the column referenced_tweets.retweeted.id, without which reposts cannot be told from posts, and twarc-csv gives them the counts of their originals; write the table again with that column"}
	}
	t := &twarcTable{file: f, at: at, old: !now}
	return func(rec Record, into *Batch) error {
		c := &twarcRow{cells: rec.Cells, twarcTable: t, jsonFields: jsonFields{line: rec.Line}}
		if strings.Join(rec.Cells[:min(4, len(rec.Cells))], ",") == strings.Join(f.Header[:min(4, len(f.Header))], ",") {
			into.Filter("header repeated inside the file")
			return nil
		}
		c.encoded = strings.HasPrefix(c.cell("id"), `"`)
		if kind == "users" {
			return c.user(into)
		}
		return c.tweet(into)
	}, nil
}

type twarcTable struct {
	file    File
	at      map[string]int
	old     bool // of an early version: references as a list, text always as JSON
	parsers jsontape.Pool
}

// twarcRow reads the cells of one row and keeps the first error. A column that
// is not there is as good as empty.
type twarcRow struct {
	*twarcTable
	jsonFields
	cells   []string
	encoded bool // every text is a JSON string, ids too
}

func (c *twarcRow) cell(column string) string {
	if i, ok := c.at[column]; ok {
		return c.cells[i]
	}
	return ""
}

// text returns a cell as the API had it.
func (c *twarcRow) text(column string) string {
	s := c.cell(column)
	if c.encoded || c.old && column == "text" {
		if t, ok := c.unquote(s); ok {
			return t
		}
	}
	return strings.Clone(s)
}

// unquote decodes a JSON string.
func (c *twarcRow) unquote(s string) (string, bool) {
	if !strings.HasPrefix(s, `"`) {
		return "", false
	}
	p := c.parsers.Get()
	defer c.parsers.Put(p)
	v, err := p.ParseString(s)
	if err != nil || v.Type() != jsontape.String {
		return "", false
	}
	return v.Text(), true
}

func (c *twarcRow) id(column string) string {
	s := c.text(column)
	if want := xID(s); s != "" && want != "" {
		c.fail(column, s, want)
	}
	return s
}

// count reads a whole number; pandas writes 12.0 where others of the column are
// missing.
func (c *twarcRow) count(column string) datasets.Opt[int64] {
	s := c.text(column)
	if s == "" {
		return datasets.None[int64]()
	}
	whole, zeros, point := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n < 0 || point && strings.Trim(zeros, "0") != "" {
		c.fail(column, s, "expected a whole number from 0")
	}
	return datasets.Some(n)
}

func (c *twarcRow) time(column string) datasets.Opt[datasets.Micros] {
	s := c.text(column)
	if s == "" {
		return datasets.None[datasets.Micros]()
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return datasets.Some(datasets.MicrosOf(t))
		}
	}
	c.fail(column, s, "expected a time with its zone like 2024-01-31T09:30:00.000Z")
	return datasets.None[datasets.Micros]()
}

// list gives each element of a cell that holds a list as JSON, and returns
// their number.
func (c *twarcRow) list(column string, each func(v jsontape.Value)) int {
	s := c.cell(column)
	if s == "" || s == "[]" {
		return 0
	}
	p := c.parsers.Get()
	defer c.parsers.Put(p)
	v, err := p.ParseString(s)
	if err == nil && v.Type() == jsontape.String { // encoded twice
		inner := v.Text()
		v, err = p.ParseString(inner)
	}
	if err != nil || v.Type() != jsontape.Array {
		c.fail(column, s, "expected a list as JSON")
		return 0
	}
	for _, e := range v.GetArray() {
		each(e)
	}
	return len(v.GetArray())
}

func (c *twarcRow) digest() uint64 { return xxh3.HashString(strings.Join(c.cells, "\x1f")) }

func (c *twarcRow) user(into *Batch) error {
	ref := Ref{Platform: "x", ID: c.id("id"), Handle: c.text("username"), Name: c.text("name")}
	if ref.ID == "" {
		c.fail("id", "", "expected the id of the account")
	}
	o := observed(c.time("__twarc.retrieved_at"), c.file)
	if !o.at.OK && c.err == nil {
		return noTime
	}
	row := o.snapshot(c.line, ref, c.count("public_metrics.followers_count"), c.count("public_metrics.following_count"), c.count("public_metrics.tweet_count"))
	if c.err != nil {
		return c.err
	}
	into.Snapshots = append(into.Snapshots, row)
	return nil
}

func (c *twarcRow) tweet(into *Batch) error {
	post := Post{Digest: c.digest()}
	post.Platform, post.Parts, post.PostID = "x", 1, c.id("id")
	if post.PostID == "" {
		c.fail("id", "", "expected the id of the post")
	}
	ref := Ref{Platform: "x", ID: c.id("author_id"), Handle: c.text("author.username"), Name: c.text("author.name")}
	if ref.ID == "" {
		c.fail("author_id", "", "expected the id of the account")
	}
	o := observed(c.time("__twarc.retrieved_at"), c.file)
	o.of(&post.Post)
	post.CreatedAt = c.time("created_at")
	first := ""
	c.list("edit_history_tweet_ids", func(v jsontape.Value) {
		if first == "" {
			first = xV2ID(&c.jsonFields, v, "edit_history_tweet_ids")
		}
	})
	if first != "" && first != post.PostID {
		post.PostID, post.EditedAt, post.CreatedAt = first, post.CreatedAt, xCreated(first)
	}
	if !post.CreatedAt.OK {
		post.CreatedAt = xCreated(post.PostID)
	}
	post.URL = into.xURL(ref.Handle, post.PostID)
	post.LanguageGiven = optString(c.text("lang"))
	post.Text = optString(c.text("text"))
	if !c.encoded && !c.old {
		post.Text.V = strings.ReplaceAll(post.Text.V, `\n`, "\n")
	}
	c.references(&post)
	post.PostType = postType(&post.Post)
	post.MediaType = c.mediaType()
	counts := datasets.Counts{
		Like: c.count("public_metrics.like_count"), Comment: c.count("public_metrics.reply_count"),
		Share: c.count("public_metrics.retweet_count"), Quote: c.count("public_metrics.quote_count"),
		View: c.count("public_metrics.impression_count"), Save: c.count("public_metrics.bookmark_count"),
	}
	if post.PostType != datasets.Repost {
		post.Counts = counts
	}
	followers, following, posts := c.count("author.public_metrics.followers_count"), c.count("author.public_metrics.following_count"), c.count("author.public_metrics.tweet_count")
	if c.err != nil {
		return c.err
	}
	into.Posts = append(into.Posts, Row[Post]{Ref: ref, Line: c.line, Row: post})
	if o.at.OK && (followers.OK || following.OK || posts.OK) {
		into.seen(o.snapshot(c.line, ref, followers, following, posts))
	}
	return nil
}

// references fills in which posts the post answers, repeats and quotes.
func (c *twarcRow) references(post *Post) {
	post.RepostOfID = optString(c.id("referenced_tweets.retweeted.id"))
	post.ReplyToID = optString(c.id("referenced_tweets.replied_to.id"))
	post.QuoteOfID = optString(c.id("referenced_tweets.quoted.id"))
	if !c.old {
		return
	}
	c.list("referenced_tweets", func(r jsontape.Value) {
		id := optString(xV2ID(&c.jsonFields, r.Get("id"), "referenced_tweets"))
		switch kind := r.Text("type"); kind {
		case "retweeted":
			post.RepostOfID = id
		case "replied_to":
			post.ReplyToID = id
		case "quoted":
			post.QuoteOfID = id
		default:
			c.fail("referenced_tweets", r.String(), "expected retweeted, replied_to or quoted")
		}
	})
}

func (c *twarcRow) mediaType() datasets.Opt[string] {
	first, link, medium := "", false, false
	n := c.list("attachments.media", func(v jsontape.Value) {
		if first == "" {
			first = v.Text("type")
		}
	})
	if n == 0 {
		n = c.list("attachments.media_keys", func(jsontape.Value) {})
	}
	if n > 0 {
		return xMedia(n, first)
	}
	if c.cell("attachments.poll_ids") != "" {
		return datasets.Some("poll")
	}
	c.list("entities.urls", func(u jsontape.Value) {
		medium = medium || u.Exists("media_key")
		link = link || xLink(u.Text("expanded_url"))
	})
	switch _, all := c.at["attachments.media_keys"]; {
	case link:
		return datasets.Some("link")
	case all && !medium:
		return datasets.Some("text")
	}
	return datasets.None[string]()
}
