package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"diplometrics/pipeline"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress tells on stderr how far long work is: with a bar on a terminal, in
// lines elsewhere, or as JSON. It is used by one goroutine at a time.
type progress struct {
	w     io.Writer
	width func() int // of the terminal that bars are drawn on, in columns; nil: no bars
	json  bool
	quiet bool

	bar     *progressbar.ProgressBar // nil where none is on the terminal
	of      int                      // of the bar
	working []string                 // units at work, in the order in which they began
}

// newProgress returns the progress that the flags ask for. Bars are drawn where
// stderr is a terminal that can go back to the start of a line.
func newProgress(stderr io.Writer, quiet bool, log string) *progress {
	p := &progress{w: stderr, quiet: quiet, json: log == "json"}
	if f, ok := stderr.(*os.File); ok && !p.json && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" {
		p.width = func() int {
			if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
				return w
			}
			return 80
		}
	}
	return p
}

// logged is an event as one line of JSON. It holds no times, so that the logs of
// two runs can be compared.
type logged struct {
	Unit    string   `json:"unit"`
	Event   string   `json:"event"`
	Reasons []string `json:"reasons"`
	Done    int      `json:"done"`
	Of      int      `json:"of"`
}

func (l logged) write(w io.Writer) {
	if l.Reasons == nil {
		l.Reasons = []string{}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(l) // progress that cannot be told stops no work
}

// event tells of an event of a run.
func (p *progress) event(ev pipeline.Event) {
	switch {
	case p.quiet:
	case p.json:
		logged{ev.Unit, string(ev.Kind), ev.Reasons, ev.Completed, ev.Of}.write(p.w)
	case p.width == nil:
		p.line(ev)
	default:
		p.follow(ev)
	}
}

// line prints what a reader of a log wants to know, one line an event.
func (p *progress) line(ev pipeline.Event) {
	reasons := strings.Join(ev.Reasons, "; ")
	switch ev.Kind {
	case pipeline.Started:
		fmt.Fprintf(p.w, "%s: %s\n", ev.Unit, reasons)
	case pipeline.Waiting:
		fmt.Fprintf(p.w, "waiting: %s\n", reasons)
	case pipeline.Recovered:
		fmt.Fprintf(p.w, "%s: put in place what an interrupted run had finished\n", ev.Unit)
	case pipeline.Removed:
		fmt.Fprintf(p.w, "%s: no longer part of the study; removed %s\n", ev.Unit, strings.Join(ev.Reasons, ", "))
	}
}

// follow moves the bar of a run. What is no progress is a line above it.
func (p *progress) follow(ev pipeline.Event) {
	switch ev.Kind {
	case pipeline.Waiting, pipeline.Recovered, pipeline.Removed:
		p.close()
		p.line(ev)
	case pipeline.Started:
		p.working = append(p.working, ev.Unit)
	case pipeline.Done, pipeline.Skipped, pipeline.Failed:
		p.working = slices.DeleteFunc(p.working, func(u string) bool { return u == ev.Unit })
	case pipeline.Ended:
		p.working = nil
		p.close()
		return
	}
	if len(p.working) == 0 {
		return // a run that finds everything fresh shows no bar
	}
	p.draw(p.working[len(p.working)-1], ev.Completed, ev.Of)
}

// counter returns what tells how many things of a task are done: every so many
// of them, and the last.
func (p *progress) counter(task, things string, every int) func(done, of int) {
	return func(done, of int) {
		switch {
		case p.quiet:
		case p.width != nil && done < of:
			p.draw(task, done, of)
		case p.width != nil:
			p.close()
		case done%every != 0 && done != of:
		case p.json:
			logged{Unit: task + "/" + things, Event: "progress", Done: done, Of: of}.write(p.w)
		default:
			fmt.Fprintf(p.w, "%s: %d of %d %s\n", task, done, of, things)
		}
	}
}

// barWidth is that of the bar itself, in columns; figures and brackets take as
// many again at most.
const barWidth = 24

// draw puts the bar on the terminal, or moves it. Done is less than of.
func (p *progress) draw(name string, done, of int) {
	if p.bar == nil || p.of != of {
		p.close()
		p.of = of
		p.bar = progressbar.NewOptions(of, progressbar.OptionSetWriter(p.w), progressbar.OptionSetWidth(barWidth),
			progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(false), progressbar.OptionSetElapsedTime(false),
			progressbar.OptionSetTheme(progressbar.ThemeASCII), progressbar.OptionShowDescriptionAtLineEnd())
	}
	p.bar.Describe(shortened(name, p.width()-2*barWidth))
	_ = p.bar.Set(done)
}

// close takes the bar off the terminal, for what is printed next. It blanks the
// whole line, on which Ctrl-C also leaves its two letters.
func (p *progress) close() {
	if p.bar == nil {
		return
	}
	fmt.Fprintf(p.w, "\r%s\r", strings.Repeat(" ", p.width()-1))
	p.bar = nil
}

// shortened cuts a name in its middle to n columns: its stage and its end tell
// most.
func shortened(name string, n int) string {
	r := []rune(name)
	if n = max(n, 8); len(r) <= n {
		return name
	}
	return string(r[:n/2]) + "…" + string(r[len(r)-(n-n/2-1):])
}
