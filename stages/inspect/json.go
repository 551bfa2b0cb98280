package inspect

import (
	"encoding/json"
	"io"

	"diplometrics/datasets"
)

// object is a report as JSON. Counts are of rows that the file gives: those of
// a file that is refused are 0. What is absent is null.
type object struct {
	File             string            `json:"file"`
	Adapter          *string           `json:"adapter"`
	Records          int64             `json:"records"`
	Posts            int64             `json:"posts"`
	PostSnapshots    int64             `json:"post_snapshots"`
	AccountSnapshots int64             `json:"account_snapshots"`
	AccountWindows   int64             `json:"account_windows"`
	PostTypes        map[string]int64  `json:"post_types"`
	Sums             map[string]*int64 `json:"sums"`
	Filtered         int64             `json:"filtered"`
	Rejected         int64             `json:"rejected"`
	Refused          *string           `json:"refused"`
	FirstCreatedAt   *string           `json:"first_created_at"`
	LastCreatedAt    *string           `json:"last_created_at"`
}

// WriteJSON writes the reports as an array with one object a file.
func WriteJSON(w io.Writer, reports []*Report) error {
	all := make([]object, len(reports))
	for i, r := range reports {
		o := object{File: r.File, Adapter: text(r.Adapter), Records: r.Records, Posts: r.Posts, PostSnapshots: r.PostSnapshots,
			AccountSnapshots: r.AccountSnapshots, AccountWindows: r.AccountWindows, PostTypes: map[string]int64{}, Sums: map[string]*int64{},
			Filtered: total(r.Filtered), Rejected: total(r.Rejected), Refused: text(r.Refused),
			FirstCreatedAt: moment(r.Created.First), LastCreatedAt: moment(r.Created.Last)}
		for _, t := range types {
			o.PostTypes[t] = r.PostTypes[t]
		}
		for _, c := range counts {
			o.Sums[c.name] = nil
		}
		for _, s := range r.Sums {
			if s.V.OK {
				o.Sums[s.Name] = &s.V.V
			}
		}
		all[i] = o
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(all)
}

// types are the types of posts in the order in which they are tried.
var types = []string{datasets.Repost, datasets.Reply, datasets.Quoted, datasets.Original}

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func moment(m datasets.Opt[datasets.Micros]) *string {
	if !m.OK {
		return nil
	}
	return text(m.V.String())
}

func total(of []Reason) int64 {
	n := int64(0)
	for _, r := range of {
		n += r.N
	}
	return n
}
