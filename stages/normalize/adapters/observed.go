package adapters

import (
	"cmp"
	"fmt"
	"regexp"
	"time"

	"diplometrics/datasets"
)

// observation is when a record was collected, how exactly that is known (second
// or day, then the start of the day) and what says so: field, file name or
// study.toml.
type observation struct {
	at                datasets.Opt[datasets.Micros]
	precision, source string
}

// observed is the time of the record itself, else that of the file.
func observed(field datasets.Opt[datasets.Micros], f File) observation {
	if !field.OK && f.Observed.OK {
		return observation{f.Observed, cmp.Or(f.ObservedPrecision, "second"), cmp.Or(f.ObservedSource, "study.toml")}
	}
	return observation{field, "second", "field"}
}

// of says of a post when it was observed.
func (o observation) of(p *datasets.Post) {
	if o.at.OK {
		p.ObservedAt, p.TimeSource = o.at, datasets.Some(o.source)
	}
}

// exportFolder is how Telegram Desktop calls the folder of an export: by the day.
var exportFolder = regexp.MustCompile(`^(?:Chat|Data)Export_(\d{4}-\d{2}-\d{2})(?: \(\d+\))?$`)

// exportDay is the day of a Telegram export by the name of its folder.
func exportDay(folder string) (o observation) {
	if m := exportFolder.FindStringSubmatch(folder); m != nil {
		if t, err := time.Parse("2006-01-02", m[1]); err == nil {
			return observation{datasets.Some(datasets.MicrosOf(t)), "day", "file name"}
		}
	}
	return o
}

// aDay is how long after its start in UTC a day is over everywhere on earth.
const aDay = datasets.Micros(36 * 3600 * 1e6)

// CheckObserved tells whether what study.toml says of the time of collection can
// be true: nobody observes a post before it is posted. The error is *Refused and
// names the first post.
func CheckObserved(b *Batch, f File) error {
	if !f.Observed.OK {
		return nil
	}
	end := f.Observed.V
	if f.ObservedPrecision == "day" {
		end += aDay
	}
	for i := range b.Posts {
		p := &b.Posts[i]
		if p.Row.CreatedAt.OK && p.Row.CreatedAt.V > end && p.Row.TimeSource.V == "study.toml" {
			said := f.Observed.V.String()
			if f.ObservedPrecision == "day" {
				said = f.Observed.V.Day().String()
			}
			return &Refused{Line: p.Line, Reason: fmt.Sprintf("study.toml says that it was collected at %s, but post %s was posted at %s; correct observed_at, or leave it out",
				said, p.Row.PostID, p.Row.CreatedAt.V)}
		}
	}
	return nil
}
