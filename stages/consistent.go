package stages

import (
	"context"
	"encoding/json"
	"fmt"

	"diplometrics/datasets"
	"diplometrics/stages/measure/metrics"
	"diplometrics/stages/verify"
)

// mostDescribed bounds datapackage.json, in bytes.
const mostDescribed = 16 << 20

// described compares what datapackage.json says of the rows of each table with
// the tables: how many they are, and the hash of what is in them.
func (r *recomputing) described(ctx context.Context, in packed) error {
	text, err := r.p.Read(ctx, "datapackage.json", mostDescribed)
	if err != nil {
		return err
	}
	var d struct {
		Resources []struct {
			Path        string `json:"path"`
			ContentHash string `json:"contentHash"`
			Rows        *int64 `json:"rows"`
		} `json:"resources"`
	}
	if err := json.Unmarshal(text, &d); err != nil {
		return err
	}
	says := map[string]int{}
	for i, one := range d.Resources {
		says[one.Path] = i
	}
	n := 0
	for _, t := range r.p.Tables {
		path, known := r.p.Path(t.Name)
		i, ok := says[t.Parquet]
		if !known || !ok {
			continue
		}
		one := d.Resources[i]
		if one.Rows != nil && *one.Rows != t.Rows {
			r.add(verify.Finding{Check: "contents", File: "datapackage.json", Table: t.Name, Found: fmt.Sprintf("%d rows", *one.Rows), Expected: fmt.Sprintf("%d, as the table has", t.Rows)})
		}
		if one.ContentHash == "" {
			continue
		}
		hash, err := datasets.ContentHash(ctx, path)
		if err != nil {
			return err
		}
		n++
		if hash != one.ContentHash {
			r.add(verify.Finding{Check: "contents", File: "datapackage.json", Table: t.Name, Found: "contentHash " + one.ContentHash, Expected: hash + ", of the rows of the table"})
		}
	}
	r.p.Say("contents", fmt.Sprintf("%d tables have the rows whose content hash datapackage.json gives", n))
	return nil
}

// counts checks what must hold between the counts of one row, and between tables.
func (r *recomputing) counts() {
	n := 0
	most := func(i int, row *datasets.AccountPeriod, small string, a datasets.Opt[int64], large string, b datasets.Opt[int64]) {
		if !a.OK || !b.OK {
			return
		}
		if n++; a.V > b.V {
			r.differs("counts", datasets.AccountPeriods.Name, small, i, datasets.AccountPeriods.KeyText(row), fmt.Sprint(a.V), fmt.Sprintf("at most %s, %d", large, b.V))
		}
	}
	posts := map[[2]string]int64{}
	for i := range r.e.counts {
		c := &r.e.counts[i]
		posts[[2]string{c.Platform, c.AccountID}] += c.Posts
	}
	for i := range r.e.periods {
		p := &r.e.periods[i]
		if p.Basis == datasets.FromPosts {
			most(i, p, "posts_observed", p.PostsObserved, "posts", p.Posts)
			most(i, p, "own_posts", p.Own, "posts", p.Posts)
			most(i, p, "interactions_known", p.InteractionsKnown, "own_posts", p.Own)
			most(i, p, "rate_known", p.RateKnown, "interactions_known", p.InteractionsKnown)
			most(i, p, "interactions_zero", p.InteractionsZero, "interactions_known", p.InteractionsKnown)
			for _, c := range []struct {
				name string
				of   *datasets.CountSums
			}{{"like", &p.Like}, {"comment", &p.Comment}, {"share", &p.Share}, {"quote", &p.Quote}, {"view", &p.View}} {
				most(i, p, c.name+"_known", c.of.Known, "own_posts", p.Own)
				most(i, p, c.name+"_nonzero", c.of.Nonzero, c.name+"_known", c.of.Known)
				most(i, p, c.name+"_nonzero", c.of.Nonzero, c.name+"_sum", c.of.Sum)
			}
			if has, ok := posts[[2]string{p.Platform, p.AccountID}]; ok && p.PeriodKind == metrics.Whole && p.InteractionsKnown.OK {
				if n++; has != p.InteractionsKnown.V {
					r.differs("counts", datasets.AccountPeriods.Name, "interactions_known", i, datasets.AccountPeriods.KeyText(p), fmt.Sprint(p.InteractionsKnown.V), fmt.Sprintf("%d, the posts of interaction_counts", has))
				}
			}
		}
	}
	sums := map[string]string{}
	for _, in := range r.m.Inputs {
		sums[in.File] = in.SHA256
	}
	for i := range r.e.sources {
		s := &r.e.sources[i]
		if sum, ok := sums[s.File]; !ok || sum != s.SHA256 {
			r.differs("counts", datasets.Sources.Name, "sha256", i, s.File, s.SHA256, sayHash(sum)+", as manifest.json says")
		}
		if n++; s.Records.OK && s.Records.V != s.Kept.V+s.Merged.V+s.Filtered.V+s.Rejected.V {
			r.differs("counts", datasets.Sources.Name, "records", i, s.File, fmt.Sprint(s.Records.V), fmt.Sprintf("%d kept + %d merged + %d filtered + %d rejected", s.Kept.V, s.Merged.V, s.Filtered.V, s.Rejected.V))
		}
	}
	names := map[string]*metrics.Metric{}
	for i := range metrics.All {
		names[metrics.All[i].Name] = &metrics.All[i]
	}
	for i := range r.e.values {
		v := &r.e.values[i]
		if m := names[v.Metric]; m == nil || m.PartOf(v.Part) == nil {
			r.differs("counts", datasets.Values.Name, "metric", i, valueKey(v), v.Metric+", "+v.Part, "a metric and part that this program knows")
			break
		}
	}
	r.p.Say("counts", fmt.Sprintf("%d counts fit each other, and every value is of a metric that this program knows", n))
}

func sayHash(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
