package compare

import (
	"fmt"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// resamples of the cluster bootstrap where not all are counted.
const resamples = 9_999

// byCell returns the accounts of each country and platform, in order, and the
// platforms on which any has a post with known interactions, in order.
func (s *study) byCell() (accounts map[cell][]account, platforms []string) {
	accounts = map[cell][]account{}
	for _, a := range s.accounts { // by platform
		id := account{a.Platform, a.AccountID}
		accounts[cell{a.Country.V, a.Platform}] = append(accounts[cell{a.Country.V, a.Platform}], id)
		if n := len(platforms); len(s.counts[id]) > 0 && (n == 0 || platforms[n-1] != a.Platform) {
			platforms = append(platforms, a.Platform)
		}
	}
	return accounts, platforms
}

// pooled returns the mean and the median of all posts of a country on a
// platform. The accounts, not the posts, are what is drawn again: the posts of
// one account are alike.
func (s *study) pooled() []datasets.Estimate {
	var out []datasets.Estimate
	accounts, platforms := s.byCell()
	for _, country := range s.p.Countries {
		for _, platform := range platforms {
			all := accounts[cell{country, platform}]
			var clusters [][]float64
			posts := int64(0)
			for _, a := range all {
				var x []float64
				for _, c := range s.counts[a] {
					for range c.Posts {
						x = append(x, float64(c.Interactions))
					}
				}
				if len(x) > 0 {
					clusters = append(clusters, x)
					posts += int64(len(x))
				}
			}
			if len(all) == 0 {
				continue
			}
			c := sample.NewClusters(clusters)
			for _, m := range []struct {
				part, method string
				statistic    func([]int) datasets.Opt[float64]
			}{{"mean", "pooled_mean", c.Mean}, {"median", "pooled_median", c.Median}} {
				e := datasets.Estimate{Metric: perPost, Part: m.part, Country: country, Platform: platform, Method: m.method,
					Unit: "interactions/post", NAccounts: datasets.Some(int64(len(clusters))), N: posts}
				if without := len(all) - len(clusters); without > 0 {
					tell(&e, fmt.Sprintf("%s of %d without a post whose interactions are known", plural(without, "account"), len(all)))
				}
				s.bootstrap(&e, sample.Term{Weight: 1, Clusters: len(clusters), Statistic: m.statistic,
					Source: s.stream(e.Metric, e.Part, country, platform, e.Method, "")})
				out = append(out, e)
			}
		}
	}
	return out
}

// bootstrap fills in the estimate and its interval.
func (s *study) bootstrap(e *datasets.Estimate, t sample.Term) {
	if t.Clusters == 0 {
		e.Uncertainty = noValue
		return
	}
	e.Value = sample.Estimate(t)
	if t.Clusters < minInterval {
		e.Uncertainty = fmt.Sprintf("none: %s; a cluster bootstrap of fewer than four says nothing", plural(t.Clusters, "account"))
		return
	}
	r := sample.Bootstrap(resamples, t)
	name, how := "cluster_bca_95", fmt.Sprintf("bootstrap over accounts, %d resamples", resamples)
	if r.Exact {
		how = fmt.Sprintf("bootstrap over accounts, all %d resamples", r.Total)
	}
	var i sample.Interval
	note := "all resamples are equal"
	if t.Clusters < minSound {
		i = sample.Percentile(r, confidence)
		name = "cluster_percentile_95"
		tell(e, "interval indicative: fewer than eight accounts")
	} else {
		i, note = sample.BCa(r, e.Value.V, confidence, sample.Jackknife(t)...)
	}
	if !i.Low.OK || !i.High.OK {
		e.Uncertainty = "none: " + note
		return
	}
	e.Low, e.High, e.Uncertainty = i.Low, i.High, name+": "+how
	if t.Clusters >= minSound {
		tell(e, note)
	}
	tell(e, s.coverage(e.Metric, ofCountry, e.Method+"_"+name, e.Platform, t.Clusters))
}
