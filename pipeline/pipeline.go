// Package pipeline runs units of work that turn declared inputs into declared
// outputs, and reruns only those whose inputs, parameters, versions, libraries
// or program changed.
//
// Names of inputs and outputs are logical: relative to the study folder, with
// slashes on every system; a name that ends in a slash is a tree, a folder with
// everything below it. What the package remembers lies in the folder
// .diplometrics of the study:
//
//	units/    one manifest a unit: what it was made from and what it wrote
//	journal   outputs that are being put in place; where a run was killed, the
//	          next command finishes them
//	scratch/  where units write; emptied by the next run
//	cache     hashes by path, size, modification time and inode; may be deleted
//	lock      held while a run goes on; holder names the run
//
// Manifests hold no times, no names of machines and no absolute paths: the same
// study and the same program give the same manifests.
package pipeline

import (
	"context"
	"fmt"
	"sync"
)

// Unit is one step of the plan.
type Unit struct {
	// Name is the address: "normalize" or "render/egdi". The part before the
	// first slash is the unit's stage.
	Name string
	// Inputs are the logical names that the unit may read. An input that
	// another unit writes makes this unit follow that one; any other must exist.
	Inputs []string
	// Outputs are the logical names that the unit writes, all of them in every
	// run. A tree is replaced whole: what a run did not write, or somebody put
	// there by hand, goes. No two units write the same name.
	Outputs []string
	// Passing are those of the inputs that Run reads from start to end through
	// IO.Open. They are hashed on the way where they have to be: once read is
	// enough.
	Passing []string
	// Params is what the unit's result depends on beside its inputs. It is
	// encoded as JSON and compared whole.
	Params any
	// Versions are those of the stage and of the plug-ins that the unit uses,
	// by a name that a reader understands: "metric posts_per_month".
	Versions map[string]int
	// Run does the work. It touches only what io gives it, returns ctx.Err()
	// soon after ctx ends, and leaves no goroutine behind.
	Run func(ctx context.Context, io *IO) error
}

// Engine runs plans over one study. Its fields are not changed while it runs.
type Engine struct {
	// Study is the folder of the study.
	Study string
	// Mounts maps the first element of a logical name to the folder that holds
	// it, for outputs outside the study. It must be the same in every command
	// on the study.
	Mounts map[string]string
	// Build is what the program is made of.
	Build Build
	// Jobs is how many units run at once; 0 means GOMAXPROCS.
	Jobs int
	// Log is told what happens, from one goroutine at a time; nil for nobody.
	Log func(Event)

	logging sync.Mutex
}

// Kind is what an Event reports.
type Kind string

// The kinds of events.
const (
	Waiting   Kind = "waiting"   // another run holds the study; Reasons has one line that names it
	Recovered Kind = "recovered" // outputs of a killed run were put in place; Unit is whose
	Planned   Kind = "planned"   // the run begins; Of says of how many units
	Removed   Kind = "removed"   // the unit is no longer part of the plan; Reasons lists what was removed
	Fresh     Kind = "fresh"     // nothing to do
	Started   Kind = "started"   // Reasons says why the unit runs
	Done      Kind = "done"      // the outputs are in place
	Skipped   Kind = "skipped"   // the study lacks the data; Reasons has the unit's one line
	Failed    Kind = "failed"    // Reasons has the error; earlier outputs are as they were
	Ended     Kind = "ended"     // the run is over, whether all units completed or not; nothing comes after it
)

// Event is one thing that happened in a run.
type Event struct {
	Kind    Kind
	Unit    string // "" where the event concerns the whole run
	Reasons []string
	// Completed is how many units of the run are fresh, done or skipped by now,
	// the event's own unit included; Of is how many units the run has, 0 before
	// it is planned.
	Completed, Of int
}

// State is what is known of a unit.
type State struct {
	Unit string
	// Fresh says that the outputs are what a run would write now. After Run it
	// is true where nothing had to be done.
	Fresh bool
	// Ran says that this call of Run completed the unit; Status never sets it.
	Ran bool
	// Reasons says why the unit is stale, or, after Run, why it ran or why it
	// did not get its turn. Empty where it is fresh.
	Reasons []string
	// Skipped is why the unit wrote nothing, "" where it did write.
	Skipped string
	// Notes are the lines that the unit left for the summary, in its order.
	Notes []string
	// Outputs are the absolute paths of the files that the unit wrote last, in
	// the order of their logical names.
	Outputs []string
}

// PanicError is a panic inside a unit.
type PanicError struct {
	Unit  string
	Value any
	Stack []byte
}

// Error names the unit and the panic; the stack is left to the caller.
func (e *PanicError) Error() string {
	return fmt.Sprintf("unit %s: panic: %v", e.Unit, e.Value)
}
