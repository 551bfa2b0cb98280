package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// session is one call of Run or Status.
type session struct {
	*Engine
	plan       *plan
	cache      *cache
	executable string  // hash of the program where it counts
	states     []State // by unit

	mu   sync.Mutex
	seen map[string]sig // inputs as the first unit of this session met them

	counting  sync.Mutex
	completed int // units fresh, done or skipped; guarded by counting
	of        int // units of the run

	publishing sync.Mutex
	stuck      bool // a journal could not be applied; guarded by publishing
}

func (e *Engine) newSession(ctx context.Context, p *plan, deep bool) (*session, error) {
	s := &session{
		Engine: e, plan: p, seen: map[string]sig{},
		cache:  openCache(filepath.Join(e.Study, stateDir, "cache"), deep),
		states: make([]State, len(p.units)),
	}
	for i, u := range p.units {
		s.states[i].Unit = u.Name
	}
	if e.Build.Executable == "" {
		return s, nil
	}
	hash, _, err := s.cache.sum(ctx, e.Build.Executable, e.Build.Executable)
	if err != nil {
		return nil, fmt.Errorf("reading the program itself: %w", err)
	}
	s.executable = hash
	return s, nil
}

// Run brings the wanted units and all that they follow up to date. A name in
// want is that of a unit or of a stage; none means every unit, and then what
// units that are no longer in the plan have left is removed. units is always the
// whole plan.
//
// The states are those of the units concerned, upstream first, also where Run
// returns an error: what was completed before stays. After a failure or after
// ctx ends no other unit starts; the error wraps those of the units, or
// ctx.Err(). A second run of the same study waits for the first.
func (e *Engine) Run(ctx context.Context, units []Unit, want ...string) ([]State, error) {
	p, err := newPlan(units)
	if err != nil {
		return nil, err
	}
	selected, err := p.pick(want)
	if err != nil {
		return nil, err
	}
	release, err := e.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	finished, err := e.recover()
	if err != nil {
		return nil, err
	}
	if finished != "" {
		e.log(Event{Kind: Recovered, Unit: finished})
	}
	if err := os.RemoveAll(e.scratch()); err != nil {
		return nil, err
	}
	s, err := e.newSession(ctx, p, false)
	if err != nil {
		return nil, err
	}
	s.of = len(selected)
	s.log(Event{Kind: Planned})
	defer func() { s.log(Event{Kind: Ended}) }()
	all := len(selected) == len(units)
	if err := s.removeOrphans(ctx, selected, all); err != nil {
		return nil, err
	}
	err = s.runAll(ctx, selected)
	s.cache.save(all && err == nil)
	states := make([]State, len(selected))
	for k, i := range selected {
		states[k] = s.states[i]
	}
	return states, err
}

// runAll runs the selected units, each after those that it follows.
func (s *session) runAll(ctx context.Context, selected []int) error {
	jobs := s.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	type result struct {
		unit  int
		state State
		err   error
	}
	results := make(chan result)
	done := make([]bool, len(s.plan.units))
	waiting := slices.Clone(selected)
	running := 0
	var failed []error
	for {
		for k := 0; k < len(waiting) && running < jobs && len(failed) == 0 && ctx.Err() == nil; {
			i := waiting[k]
			if slices.ContainsFunc(s.plan.deps[i], func(d int) bool { return !done[d] }) {
				k++
				continue
			}
			waiting = slices.Delete(waiting, k, k+1)
			running++
			go func() {
				state, err := s.bring(ctx, i)
				results <- result{i, state, err}
			}()
		}
		if running == 0 {
			break
		}
		r := <-results
		running--
		s.states[r.unit] = r.state
		done[r.unit] = r.err == nil
		if r.err != nil && !(ctx.Err() != nil && errors.Is(r.err, ctx.Err())) {
			failed = append(failed, r.err)
			s.log(Event{Kind: Failed, Unit: s.plan.units[r.unit].Name, Reasons: []string{r.err.Error()}})
		}
	}
	for _, i := range waiting {
		s.states[i].Reasons = []string{"its turn did not come"}
	}
	if err := ctx.Err(); err != nil && !all(done, selected) {
		failed = append(failed, fmt.Errorf("stopped: %w", err))
	}
	// What waited behind another unit says nothing once the other's error is known.
	if real := slices.DeleteFunc(slices.Clone(failed), func(err error) bool { return errors.Is(err, errStuck) }); len(real) > 0 {
		failed = real
	}
	return errors.Join(failed...)
}

func all(done []bool, selected []int) bool {
	return !slices.ContainsFunc(selected, func(i int) bool { return !done[i] })
}

// bring makes one unit up to date.
func (s *session) bring(ctx context.Context, i int) (State, error) {
	u := s.plan.units[i]
	state := State{Unit: u.Name}
	fail := func(err error) (State, error) {
		var p *PanicError
		if errors.As(err, &p) {
			return state, err
		}
		return state, fmt.Errorf("unit %s: %w", u.Name, err)
	}
	m, err := s.readManifest(u.Name)
	switch {
	case errors.Is(err, errDamaged):
		state.Reasons = []string{err.Error()}
	case err != nil:
		return fail(err)
	case m == nil:
		state.Reasons = []string{"never ran"}
	}
	in, err := s.readInputs(i, s.skipped, nobody)
	if err != nil {
		return fail(err)
	}
	if m != nil {
		if err := s.hash(ctx, in, nil); err != nil {
			return fail(err)
		}
		if state.Reasons, err = s.stale(ctx, i, m, in, nobody); err != nil {
			return fail(err)
		}
	}
	if m != nil && len(state.Reasons) == 0 {
		s.describe(&state, m)
		state.Fresh = true
		s.log(Event{Kind: Fresh, Unit: u.Name})
		return state, nil
	}
	s.log(Event{Kind: Started, Unit: u.Name, Reasons: state.Reasons})
	m, err = s.work(ctx, i, in, m)
	if err != nil {
		return fail(err)
	}
	s.describe(&state, m)
	state.Ran = true
	if m.Skipped != "" {
		s.log(Event{Kind: Skipped, Unit: u.Name, Reasons: []string{m.Skipped}})
	} else {
		s.log(Event{Kind: Done, Unit: u.Name})
	}
	return state, nil
}

// work runs a unit in scratch and publishes what it wrote.
func (s *session) work(ctx context.Context, i int, in *inputs, old *manifest) (*manifest, error) {
	folder := filepath.Join(s.scratch(), scratchName(i))
	defer os.RemoveAll(folder)
	io := &IO{
		unit: s.plan.units[i], path: s.path, in: in,
		skips: func(name string) string {
			for _, out := range s.plan.overlapping(name) {
				return s.states[s.plan.writer[out]].Skipped
			}
			return ""
		},
		hash: func(name string) error { return s.hashInput(ctx, in, name) }, cache: s.cache,
		out: filepath.Join(folder, "out"), scratch: filepath.Join(folder, "tmp"),
	}
	for _, dir := range []string{io.out, io.scratch} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return nil, err
		}
	}
	hashed := func(bool) error { return nil }
	if old == nil {
		hashed = s.hashLater(ctx, in, io.unit.Passing)
	}
	err := call(ctx, io)
	var missing *skippedInput
	if errors.As(err, &missing) {
		io.Skip(missing.reason)
		err = nil
	}
	// The manifest of a unit that was skipped has all hashes too.
	if wrong := hashed(err != nil || ctx.Err() != nil); err == nil {
		err = wrong
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	if err := s.unchanged(in); err != nil {
		return nil, err
	}
	return s.publish(ctx, i, io, in, old)
}

// call runs the unit's own code; a panic becomes an error.
func call(ctx context.Context, io *IO) (err error) {
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		returned := false
		defer func() {
			if v := recover(); v != nil {
				err = &PanicError{io.unit.Name, v, debug.Stack()}
			} else if !returned {
				err = errors.New("ended its goroutine instead of returning")
			}
		}()
		err = io.unit.Run(ctx, io)
		returned = true
	}()
	<-finished
	return err
}

// describe fills what a manifest tells about a unit.
func (s *session) describe(state *State, m *manifest) {
	state.Skipped, state.Notes, state.Outputs = m.Skipped, m.Notes, s.outputPaths(m)
}

func (s *session) skipped(unit int) bool { return s.states[unit].Skipped != "" }

func nobody(int) bool { return false }

// removeOrphans removes what units that are not in the plan have left: all of
// them in a run of everything, else those whose outputs a selected unit would
// read in one of its trees.
func (s *session) removeOrphans(ctx context.Context, selected []int, everything bool) error {
	const folder = stateDir + "/units/"
	list, err := members(s.path(folder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	planned := map[string]bool{}
	for _, u := range s.plan.units {
		planned[manifestName(u.Name)] = true
	}
	for _, name := range under(folder, list) {
		if planned[name] {
			continue
		}
		m, err := s.readManifestFile(name)
		if err != nil && !errors.Is(err, errDamaged) {
			return err
		}
		var gone []string
		if m != nil {
			if !everything && !s.reads(selected, m) {
				continue
			}
			if gone, err = s.obsolete(ctx, m); err != nil {
				return err
			}
			s.log(Event{Kind: Removed, Unit: m.Unit, Reasons: gone})
		}
		if err := s.apply(journal{Removes: append(gone, name)}); err != nil {
			return err
		}
	}
	return nil
}

// reads says whether a selected unit has an output of m in one of its trees.
func (s *session) reads(selected []int, m *manifest) bool {
	for _, i := range selected {
		for _, in := range s.plan.units[i].Inputs {
			for name := range m.Outputs {
				if isTree(in) && strings.HasPrefix(name, in) {
					return true
				}
			}
		}
	}
	return false
}

func (e *Engine) scratch() string { return filepath.Join(e.Study, stateDir, "scratch") }

// scratchName is the folder of a unit below the scratch folder.
func scratchName(unit int) string { return strconv.Itoa(unit) }

// log tells of an event, with how far the run is at it.
func (s *session) log(ev Event) {
	s.counting.Lock()
	defer s.counting.Unlock()
	switch ev.Kind {
	case Fresh, Done, Skipped:
		s.completed++
	}
	ev.Completed, ev.Of = s.completed, s.of
	s.Engine.log(ev)
}

func (e *Engine) log(ev Event) {
	if e.Log == nil {
		return
	}
	e.logging.Lock()
	defer e.logging.Unlock()
	e.Log(ev)
}
