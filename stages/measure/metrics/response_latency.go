package metrics

import (
	"fmt"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// ResponseLatency is how soon an account speaks of dated events.
var ResponseLatency = Metric{
	Name: "response_latency", Unit: "share", Version: 1, Shortest: Whole,
	Formula: "Δ = t − e, t = min{tᵢ : post i speaks of the event, tᵢ ≥ e}; Ŝ(x) = Π over Δⱼ ≤ x of (1 − dⱼ / rⱼ); median = min{x : Ŝ(x) < 1/2}, or where Ŝ stays at 1/2 the middle of that stretch; within x = 1 − Ŝ(x)",
	Doc: "Time from an event of events.csv to the first own post that speaks of it, by the rules that the event has there; reposts take no part. " +
		"e is the time of the event and tᵢ that of post i; an event that is given by its date is taken at the start of the day in UTC, which makes delays longer. " +
		"Of the answered delays Δⱼ, dⱼ events were answered after just so long and rⱼ were not yet answered before; Ŝ is the Kaplan-Meier curve. " +
		"An event counts where it concerns the country of the account, or all, and lies in observed time of the study window. One without a post is not left out: its delay is censored at the horizon of the event (168 hours where events.csv gives none) or at the end of the observed time around it, whichever comes first. " +
		"Censoring is taken to say nothing of the delay that was to come; an account that never answers some kinds of events breaks that, and its median is then one of the events that it may answer. " +
		"A post before the event is no answer; anticipated is the share of events with one, within the horizon before it, whether they were answered or not. " +
		"median_h is null where fewer than half of the events are answered while they are watched; the shares are null where no event was watched so long. Null without an event in observed time. " +
		"Posts without text cannot be matched. The column n is the number of events, n_observed that of those in observed time.",
	Source: "Kaplan and Meier (1958), J. Am. Stat. Assoc. 53:457-481; intervals: Greenwood (1926), Kalbfleisch and Prentice (1980), Brookmeyer and Crowley (1982), Biometrics 38:29-41",
	Parts: []Part{
		{Name: "median_h", Doc: "median delay", Unit: "hours", Scale: Ratio},
		{Name: "within_1h", Doc: "share of events answered within 1 hour", Scale: Difference},
		{Name: "within_6h", Doc: "share of events answered within 6 hours", Scale: Difference},
		{Name: "within_24h", Doc: "share of events answered within 24 hours", Scale: Difference},
		{Name: "anticipated", Doc: "share of events with a post on them before they took place"},
	},
	OfPosts: func(p *Period, emit func(string, Value)) {
		if len(p.Setting.Events) == 0 {
			return
		}
		delays, answered, anticipated, n := latencies(p)
		v := Value{N: n, NObserved: int64(len(delays))}
		why := ""
		switch {
		case n == 0:
			why = "no event of events.csv concerns the account in the period"
		case v.NObserved == 0:
			why = join("no event lies in observed time", p.Coverage)
		}
		var unanswered int64
		for _, a := range answered {
			if !a {
				unanswered++
			}
		}
		if why == "" {
			v.Flag = join(p.Coverage, missed(n-v.NObserved), censored(unanswered), withoutText(textless(p.Own)))
		}
		curve, _ := sample.KaplanMeier(delays, answered, 0.95)
		put := func(part string, x datasets.Opt[float64], ci sample.Interval, reason string) {
			v := v
			v.Uncertainty = noIntervalFewEvents
			if curve.Events >= leastEvents {
				v.CI, v.Uncertainty = ci, latencyInterval
			}
			if !x.OK {
				v.CI = sample.Interval{}
			} else if v.CI == (sample.Interval{}) && curve.Events >= leastEvents {
				v.Uncertainty = noIntervalCurve
			}
			if why != "" {
				reason = why
			}
			emit(part, filled(v, x, reason))
		}
		median, ci := curve.Median()
		put("median_h", median, ci, "fewer than half of the events were answered while they were watched")
		for _, h := range []float64{1, 6, 24} {
			share, ci := curve.Within(h)
			put(fmt.Sprintf("within_%gh", h), share, ci, fmt.Sprintf("no unanswered event was watched for %g hours", h))
		}
		v.Uncertainty = noIntervalPosts
		emit("anticipated", filled(v, shareOf(anticipated, v.NObserved), why))
	},
}

// leastEvents is how many answered events an interval takes: below, the
// variance of the curve is a guess.
const leastEvents = 4

const (
	latencyInterval     = "95 % of log(-log S) with Greenwood's variance, of the median by Brookmeyer and Crowley: events are independent of each other, and the end of watching says nothing of the delay; an end that is absent is not bounded"
	noIntervalFewEvents = "none: fewer than 4 answered events"
	noIntervalCurve     = "none: the curve is at 0 or 1 there, and its variance with it"
)

// latencies returns, for each event in observed time, the hours to the first
// post on it and true, or those for which none came and false; how many of them
// a post came before; and how many events concern the account at all.
func latencies(p *Period) (delays []float64, answered []bool, anticipated, n int64) {
	type watched struct {
		from, at, horizon, to datasets.Micros // answers come from at to horizon, both included, and before to
		first                 datasets.Opt[datasets.Micros]
		before                bool
	}
	var order []*watched
	events := map[string]*watched{}
	for i := range p.Setting.Events {
		e := &p.Setting.Events[i]
		if e.At < p.From.Micros() || e.At >= p.To.Micros() || e.Country != "" && e.Country != p.Account.Country.V {
			continue
		}
		n++
		for _, s := range p.Covered {
			if s.From <= e.At && e.At < s.To {
				horizon := datasets.Micros(e.HorizonH * 3_600e6)
				w := &watched{from: max(e.At-horizon, s.From), at: e.At, horizon: e.At + horizon, to: s.To}
				order, events[e.ID] = append(order, w), w
			}
		}
	}
	if len(order) == 0 {
		return nil, nil, 0, n
	}
	for _, q := range p.Own {
		for _, t := range q.Topics {
			id, ok := strings.CutPrefix(t, EventTopic)
			if !ok {
				continue
			}
			w := events[id]
			switch {
			case w == nil:
			case w.at <= q.At && q.At <= w.horizon && q.At < w.to && (!w.first.OK || q.At < w.first.V):
				w.first = datasets.Some(q.At)
			case w.from <= q.At && q.At < w.at:
				w.before = true
			}
		}
	}
	for _, w := range order {
		end := min(w.horizon, w.to)
		if w.first.OK {
			end = w.first.V
		}
		delays, answered = append(delays, float64(end-w.at)/3_600e6), append(answered, w.first.OK)
		if w.before {
			anticipated++
		}
	}
	return delays, answered, anticipated, n
}

// Latencies returns, for each event in observed time of the period, in the order
// of the events, the hours to the first post on it and true, or the hours that it
// was watched without one and false.
func Latencies(p *Period) (delays []float64, answered []bool) {
	delays, answered, _, _ = latencies(p)
	return delays, answered
}

// missed flags events outside of observed time.
func missed(n int64) string {
	if n == 0 {
		return ""
	}
	return plural(n, "event") + " outside of observed time, left out"
}

// censored flags events without an answer.
func censored(n int64) string {
	if n == 0 {
		return ""
	}
	return plural(n, "event") + " not answered while it was watched: the delay is censored"
}
