package pipeline

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

// TestEventsCountUnits follows a run from its plan to its end: every event says
// how many units are completed, of how many.
func TestEventsCountUnits(t *testing.T) {
	b := newBench(t)
	b.e.Jobs = 1
	b.write("raw/a.txt", "a")
	var got []string
	b.e.Log = func(ev Event) { got = append(got, fmt.Sprintf("%s %s %d/%d", ev.Kind, ev.Unit, ev.Completed, ev.Of)) }
	idle := Unit{Name: "idle", Inputs: []string{"one.txt"}, Outputs: []string{"idle.txt"}, Run: func(_ context.Context, io *IO) error {
		io.Skip("nothing to do")
		return nil
	}}
	units := []Unit{concat("one", []string{"raw/a.txt"}, []string{"one.txt"}, same), idle}
	b.run(units)
	equal(t, got, []string{"planned  0/2", "started one 0/2", "done one 1/2", "started idle 1/2", "skipped idle 2/2", "ended  2/2"})

	got = nil
	b.run(units, "one")
	equal(t, got, []string{"planned  0/1", "fresh one 1/1", "ended  1/1"})

	// A unit that fails is not completed, and the run ends all the same.
	got = nil
	units[1].Versions = map[string]int{"idle": 2}
	units[1].Run = func(context.Context, *IO) error { return errors.New("no") }
	b.fails(units, "no")
	equal(t, got, []string{"planned  0/2", "fresh one 1/2", "started idle 1/2", "failed idle 1/2", "ended  1/2"})

	// A unit that has left the plan is removed before the others run.
	got = nil
	b.run(units[:1])
	equal(t, got, []string{"planned  0/1", "removed idle 0/1", "fresh one 1/1", "ended  1/1"})
}
