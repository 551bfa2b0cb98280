package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"diplometrics/pipeline"
)

// screen is what a terminal shows of output: the last line as it stands after
// every return to its start, and the lines above it.
func screen(output string) (above []string, last string) {
	lines := strings.Split(output, "\n")
	for i, line := range lines {
		var shown []rune
		for _, part := range strings.Split(line, "\r") {
			r := []rune(part)
			shown = append(r, shown[min(len(r), len(shown)):]...)
		}
		lines[i] = strings.TrimRight(string(shown), " ")
	}
	return lines[:len(lines)-1], lines[len(lines)-1]
}

func onTerminal(w *bytes.Buffer, columns int) *progress {
	return &progress{w: w, width: func() int { return columns }}
}

// TestBarOfARun follows the bar through the events of a run: it names the unit
// at work, stands below what is no progress, and leaves nothing behind.
func TestBarOfARun(t *testing.T) {
	var b bytes.Buffer
	p := onTerminal(&b, 80)
	last := func() string { _, l := screen(b.String()); return l }
	p.event(pipeline.Event{Kind: pipeline.Waiting, Reasons: []string{"another run"}})
	p.event(pipeline.Event{Kind: pipeline.Planned, Of: 4})
	p.event(pipeline.Event{Kind: pipeline.Fresh, Unit: "a", Completed: 1, Of: 4})
	if last() != "" {
		t.Errorf("a bar before anything is at work: %q", last())
	}
	p.event(pipeline.Event{Kind: pipeline.Started, Unit: "b", Completed: 1, Of: 4})
	if l := last(); !strings.Contains(l, "25%") || !strings.Contains(l, "(1/4)") || !strings.HasSuffix(l, " b") {
		t.Errorf("got %q", l)
	}
	p.event(pipeline.Event{Kind: pipeline.Started, Unit: "c", Completed: 1, Of: 4})
	p.event(pipeline.Event{Kind: pipeline.Done, Unit: "c", Completed: 2, Of: 4})
	if l := last(); !strings.Contains(l, "(2/4)") || !strings.HasSuffix(l, " b") {
		t.Errorf("b is still at work: got %q", l)
	}
	p.event(pipeline.Event{Kind: pipeline.Removed, Unit: "z", Reasons: []string{"z.csv"}, Completed: 2, Of: 4})
	if l := last(); !strings.Contains(l, "(2/4)") {
		t.Errorf("got %q below the line", l)
	}
	p.event(pipeline.Event{Kind: pipeline.Ended, Completed: 3, Of: 4})
	above, l := screen(b.String())
	want := []string{"waiting: another run", "z: no longer part of the study; removed z.csv"}
	if l != "" || strings.Join(above, "|") != strings.Join(want, "|") {
		t.Errorf("left on the terminal: %q and %q, want %q and nothing", above, l, want)
	}
}

// TestBarsFitTheTerminal: a line that is too long would not go away again.
func TestBarsFitTheTerminal(t *testing.T) {
	for _, columns := range []int{60, 80, 200} {
		var b bytes.Buffer
		p := onTerminal(&b, columns)
		p.event(pipeline.Event{Kind: pipeline.Started, Unit: "normalize/posts/" + strings.Repeat("long", 40) + "/end", Completed: 1234, Of: 5678})
		_, l := screen(b.String())
		if n := len([]rune(l)); n > columns {
			t.Errorf("%d columns: the bar has %d: %q", columns, n, l)
		}
		if !strings.Contains(l, "…") && columns < 200 || !strings.HasSuffix(l, "/end") {
			t.Errorf("%d columns: got %q", columns, l)
		}
	}
}

// TestBarOfACount: simulate, plan and calibrate draw one bar each.
func TestBarOfACount(t *testing.T) {
	var b bytes.Buffer
	count := onTerminal(&b, 80).counter("plan", "designs", 10)
	for i := range 3 {
		count(i+1, 3)
	}
	if s := b.String(); !strings.Contains(s, "(1/3)  plan") && !strings.Contains(s, "(1/3) plan") {
		t.Errorf("got %q", s)
	}
	if above, l := screen(b.String()); len(above) > 0 || l != "" {
		t.Errorf("left on the terminal: %q, %q", above, l)
	}
}

// TestProgressElsewhere: no bar where there is no terminal.
func TestProgressElsewhere(t *testing.T) {
	started := pipeline.Event{Kind: pipeline.Started, Unit: "a", Reasons: []string{"b changed", "c changed"}, Completed: 1, Of: 2}
	for _, c := range []struct {
		quiet     bool
		log, want string
	}{
		{false, "text", "a: b changed; c changed\nplan: 10 of 11 designs\nplan: 11 of 11 designs\n"},
		{false, "json", `{"unit":"a","event":"started","reasons":["b changed","c changed"],"done":1,"of":2}` + "\n" +
			`{"unit":"plan/designs","event":"progress","reasons":[],"done":10,"of":11}` + "\n" +
			`{"unit":"plan/designs","event":"progress","reasons":[],"done":11,"of":11}` + "\n"},
		{true, "text", ""}, {true, "json", ""},
	} {
		var b bytes.Buffer
		p := newProgress(&b, c.quiet, c.log)
		p.event(started)
		count := p.counter("plan", "designs", 10)
		for i := range 11 {
			count(i+1, 11)
		}
		p.close()
		if b.String() != c.want {
			t.Errorf("quiet %v, log %s: got\n%swant\n%s", c.quiet, c.log, b.String(), c.want)
		}
	}
}

func TestErrorsInJSON(t *testing.T) {
	for _, c := range []struct {
		err  error
		code int
		want string
	}{
		{usageError{errors.New("wrong <call>")}, 2, "wrong <call>"},
		{fmt.Errorf("stopped: %w", context.Canceled), 1, "interrupted; what was finished is kept, nothing is half-written"},
		{errors.New("two\nlines"), 1, `two\nlines`},
	} {
		var b bytes.Buffer
		code := exitCode(jsonError{c.err}, &b)
		if want := `{"unit":"","event":"error","reasons":["` + c.want + `"],"done":0,"of":0}` + "\n"; code != c.code || b.String() != want {
			t.Errorf("got %d, %s", code, b.String())
		}
	}
}
