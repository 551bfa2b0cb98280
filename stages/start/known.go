package start

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"diplometrics/stages/study"
)

// known are tables of collectors that no adapter reads and whose columns are
// known, by some of them.
var known = []struct {
	has   []string
	table func() *table
}{
	{[]string{"id", "timestamp_utc", "user_screen_name", "retweet_count", "retweeted_id", "collection_time"}, minetTweets},
	{[]string{"id", "screen_name", "timestamp_utc", "tweets", "followers", "friends", "likes"}, minetUsers},
}

// knownTable returns how the table with that header is read; nil where it is
// none of the known.
func knownTable(header []string) *table {
	for _, k := range known {
		if !slices.ContainsFunc(k.has, func(c string) bool { return !slices.Contains(header, c) }) {
			return k.table()
		}
	}
	return nil
}

// minetTweets are the posts of X that minet writes. Its local times have no zone.
func minetTweets() *table {
	fields := map[string]study.Map{
		"created_at":  {Column: "timestamp_utc", Pattern: `^([0-9]+)(?:\.0+)?$`, Layout: "unix"},
		"observed_at": {Column: "collection_time", Layout: "2006-01-02T15:04:05"},
	}
	for field, column := range map[string]string{
		"post_id": "id", "account_id": "user_id", "handle": "user_screen_name", "text": "text", "language_given": "lang", "url": "url",
		"reply_to_id": "to_tweetid", "repost_of_id": "retweeted_id", "quote_of_id": "quoted_id",
	} {
		fields[field] = study.Map{Column: column}
	}
	for field, column := range map[string]string{"like_count": "like_count", "comment_count": "reply_count", "share_count": "retweet_count", "view_count": "impression_count"} {
		fields[field] = study.Map{Column: column, Type: "float"}
	}
	return &table{mapping: &study.Mapping{Table: "posts", Fields: fields}, platform: "x", zone: "UTC",
		unsure: []string{"in which zone the computer was that wrote collection_time (zone)"}}
}

// minetUsers are the accounts of X that minet writes, without the time at which
// it did. Their likes are those that they gave.
func minetUsers() *table {
	fields := map[string]study.Map{}
	for field, column := range map[string]string{"account_id": "id", "handle": "screen_name", "followers": "followers", "following": "friends", "posts_total": "tweets"} {
		fields[field] = study.Map{Column: column}
	}
	return &table{mapping: &study.Mapping{Table: "account_snapshots", Fields: fields}, platform: "x", observed: "2024-01-31",
		unsure: []string{"when its accounts were counted (observed_at)"}}
}

// jsonRows returns the beginning of JSON lines, or of a JSON list, as rows: the
// paths of all single values at most two deep as the header, and the values of
// each record. The last record may be cut.
func jsonRows(head []byte) [][]string {
	head = bytes.TrimSpace(head)
	head = bytes.TrimPrefix(head, []byte("["))
	var records []map[string]string
	paths := map[string]bool{}
	for len(records) < 1000 {
		head = bytes.TrimLeft(head, " \t\r\n,")
		d := json.NewDecoder(bytes.NewReader(head))
		d.UseNumber()
		var v map[string]any
		if d.Decode(&v) != nil {
			break
		}
		head = head[d.InputOffset():]
		r := map[string]string{}
		flatten(r, "", v)
		for p := range r {
			paths[p] = true
		}
		records = append(records, r)
	}
	header := slices.Sorted(maps.Keys(paths))
	rows := [][]string{header}
	for _, r := range records {
		row := make([]string, len(header))
		for i, p := range header {
			row[i] = r[p]
		}
		rows = append(rows, row)
	}
	return rows
}

// flatten puts the single values of an object into a record by their paths.
func flatten(into map[string]string, prefix string, v map[string]any) {
	for k, x := range v {
		switch x := x.(type) {
		case nil, []any:
		case map[string]any:
			if prefix == "" {
				flatten(into, k+".", x)
			}
		default:
			into[prefix+k] = fmt.Sprint(x)
		}
	}
}
