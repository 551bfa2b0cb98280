package pipeline

import (
	"context"
	"errors"
	"fmt"
)

// Status says of every unit, upstream first, whether it is fresh, and if not,
// why. It runs nothing and writes nothing, except that it finishes what a killed
// run had begun to put in place. With deep, every input and output is read
// again, and what turns out different is remembered for the next run.
func (e *Engine) Status(ctx context.Context, units []Unit, deep bool) ([]State, error) {
	p, err := newPlan(units)
	if err != nil {
		return nil, err
	}
	if err := e.checkStudy(); err != nil {
		return nil, err
	}
	unfinished, err := e.tryRecover()
	if err != nil {
		return nil, err
	}
	s, err := e.newSession(ctx, p, deep)
	if err != nil {
		return nil, err
	}
	stale := make([]bool, len(units))
	states := make([]State, 0, len(units))
	for _, i := range p.order {
		state, err := s.look(ctx, i, func(unit int) bool { return stale[unit] })
		if err != nil {
			return nil, err
		}
		if state.Unit == unfinished {
			state.Reasons = append(state.Reasons, "its outputs are being put in place, or a run was killed at it")
		}
		state.Fresh = len(state.Reasons) == 0
		stale[i] = !state.Fresh
		s.states[i] = state
		states = append(states, state)
	}
	if deep {
		if release, ok := e.tryLock(); ok {
			s.cache.save(false)
			release()
		}
	}
	return states, nil
}

// tryRecover finishes a killed run where the study is free and can be written,
// and returns the unit that is unfinished otherwise.
func (e *Engine) tryRecover() (string, error) {
	j, err := e.pending()
	if j == nil || err != nil {
		return "", err
	}
	release, ok := e.tryLock()
	if !ok {
		return j.Unit, nil
	}
	defer release()
	if _, err := e.recover(); err != nil {
		return j.Unit, nil
	}
	return "", nil
}

// look says why one unit is stale. Nothing is said of files that stale units
// will write again.
func (s *session) look(ctx context.Context, i int, stale func(unit int) bool) (State, error) {
	state := State{Unit: s.plan.units[i].Name}
	m, err := s.readManifest(state.Unit)
	if err == nil && m == nil {
		state.Reasons = []string{"never ran"}
		return state, nil
	}
	if errors.Is(err, errDamaged) {
		state.Reasons = []string{err.Error()}
		return state, nil
	}
	if err != nil {
		return state, fmt.Errorf("unit %s: %w", state.Unit, err)
	}
	s.describe(&state, m)
	in, err := s.readInputs(i, s.skipped, stale)
	if err == nil {
		err = s.hash(ctx, in, nil)
	}
	if err == nil {
		state.Reasons, err = s.stale(ctx, i, m, in, stale)
	}
	if ctx.Err() != nil {
		return state, fmt.Errorf("stopped: %w", ctx.Err())
	}
	if err != nil {
		state.Reasons = append(state.Reasons, err.Error())
	}
	for _, d := range s.plan.deps[i] {
		if stale(d) {
			state.Reasons = append(state.Reasons, "follows "+s.plan.units[d].Name)
		}
	}
	return state, nil
}
