package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// errDamaged is what reading a manifest returns that is not one.
var errDamaged = errors.New("its record is damaged")

// inputs is what a unit would read now.
type inputs struct {
	sigs       map[string]sig      // by logical name, trees by member
	trees      map[string][]string // members of each declared tree, as logical names
	notWritten map[string]bool     // those whose unit was skipped

	hashed chan struct{} // closed once all hashes are there but those of what passes
	err    error         // of hashing

	mu     sync.Mutex
	hashes map[string]string // by logical name, trees by member; guarded by mu
}

func (in *inputs) hash(name string) (hash string, ok bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	hash, ok = in.hashes[name]
	return hash, ok
}

func (in *inputs) setHash(name, hash string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.hashes[name] = hash
}

// readInputs finds the inputs of a unit; hash or hashLater adds their hashes.
// skipped says whether a unit wrote nothing; ignore leaves out files of units
// that will run again.
func (s *session) readInputs(i int, skipped, ignore func(unit int) bool) (*inputs, error) {
	u := s.plan.units[i]
	in := &inputs{sigs: map[string]sig{}, trees: map[string][]string{}, notWritten: map[string]bool{}, hashed: make(chan struct{}), hashes: map[string]string{}}
	for _, name := range u.Inputs {
		writers := s.plan.overlapping(name)
		writer := func(file string) (int, bool) {
			if len(writers) == 0 {
				return 0, false
			}
			for _, out := range s.plan.overlapping(file) {
				return s.plan.writer[out], true
			}
			return 0, false
		}
		files := []string{name}
		if isTree(name) {
			list, err := members(s.path(name))
			if errors.Is(err, fs.ErrNotExist) && len(writers) > 0 {
				err = nil
			}
			if err != nil {
				return nil, s.inputError(name, err)
			}
			files = under(name, list)
			in.trees[name] = files
		}
		for _, file := range files {
			w, written := writer(file)
			if written && ignore(w) {
				continue
			}
			if written && !isTree(name) && skipped(w) {
				in.notWritten[file] = true
				continue
			}
			sg, err := look(s.path(file))
			if err != nil {
				return nil, s.inputError(file, err)
			}
			if !s.sameAsBefore(file, sg) {
				return nil, s.changed(file)
			}
			in.sigs[file] = sg
		}
	}
	return in, nil
}

// hash adds the hashes of the inputs, but of those that pass only what the cache
// knows.
func (s *session) hash(ctx context.Context, in *inputs, passing []string) error {
	defer close(in.hashed)
	for name := range in.notWritten {
		in.setHash(name, notWritten)
	}
	for _, name := range slices.Sorted(maps.Keys(in.sigs)) {
		if slices.Contains(passing, name) {
			if hash, ok := s.cache.known(name, in.sigs[name]); ok {
				in.setHash(name, hash)
			}
			continue
		}
		if in.err = s.hashInput(ctx, in, name); in.err != nil {
			return in.err
		}
	}
	return nil
}

// hashInput adds the hash of one input.
func (s *session) hashInput(ctx context.Context, in *inputs, name string) error {
	hash, sg, err := s.cache.sum(ctx, name, s.path(name))
	switch {
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, errChanging) || err == nil && sg != in.sigs[name]:
		return s.changed(name)
	case err != nil:
		return s.inputError(name, err)
	}
	in.setHash(name, hash)
	return nil
}

// hashLater adds them while the unit already runs: one that never ran does so
// whatever they are. wait ends it, reads what should have passed and did not, and
// returns the error.
func (s *session) hashLater(ctx context.Context, in *inputs, passing []string) (wait func(giveUp bool) error) {
	hashing, cancel := context.WithCancel(ctx)
	go s.hash(hashing, in, passing)
	return func(giveUp bool) error {
		if giveUp {
			cancel()
		}
		<-in.hashed
		cancel()
		for _, name := range passing {
			if _, ok := in.hash(name); !ok && !giveUp && in.err == nil {
				in.err = s.hashInput(ctx, in, name)
			}
		}
		return in.err
	}
}

func (s *session) inputError(name string, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("input %s: %w", name, err)
	}
	for _, out := range s.plan.overlapping(name) {
		return fmt.Errorf("input %s is missing, although unit %s ran, which writes %s", name, s.plan.units[s.plan.writer[out]].Name, out)
	}
	return fmt.Errorf("input %s is missing: put the file there", name)
}

// sameAsBefore says whether no other unit of this run met the file with another
// signature, so that all of them worked on the same data.
func (s *session) sameAsBefore(name string, now sig) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	was, ok := s.seen[name]
	if !ok {
		s.seen[name] = now
	}
	return !ok || was == now
}

// unchanged fails where an input is no longer what it was when it was hashed.
func (s *session) unchanged(in *inputs) error {
	for _, name := range slices.Sorted(maps.Keys(in.sigs)) {
		info, err := os.Stat(s.path(name))
		if err != nil || sigOf(info) != in.sigs[name] {
			return s.changed(name)
		}
	}
	for tree, was := range in.trees {
		now, err := members(s.path(tree))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return s.inputError(tree, err)
		}
		for i, m := range now {
			if i >= len(was) || was[i] != tree+m {
				return s.changed(tree + m)
			}
		}
	}
	return nil
}

func (s *session) changed(name string) error {
	return fmt.Errorf("input %s changed during the run: run again when nothing writes it any more", s.path(name))
}

// stale says why the manifest m does not describe what a run would do now. Of
// inputs whose unit is to be ignored nothing is said.
func (s *session) stale(ctx context.Context, i int, m *manifest, in *inputs, ignore func(unit int) bool) ([]string, error) {
	u := s.plan.units[i]
	var why []string
	for _, name := range keys(m.Inputs, in.hashes) {
		was, had := m.Inputs[name]
		now, has := in.hashes[name]
		if !has && slices.ContainsFunc(s.plan.overlapping(name), func(out string) bool { return ignore(s.plan.writer[out]) }) {
			continue
		}
		switch {
		case was == now && had == has:
		case !had || was == notWritten:
			why = append(why, name+" is new")
		case now == notWritten:
			why = append(why, name+" is gone")
		case has:
			why = append(why, name+" changed")
		case exists(s.path(name)):
			why = append(why, name+" is no longer read")
		default:
			why = append(why, name+" is gone")
		}
	}
	if !bytes.Equal(compact(m.Params), s.plan.params[i]) {
		was, err := decodeJSON(m.Params)
		if err != nil {
			return nil, errDamaged
		}
		now, err := decodeJSON(s.plan.params[i])
		if err != nil {
			return nil, err
		}
		why = append(why, paramChanges("", was, now)...)
	}
	for _, name := range keys(m.Versions, u.Versions) {
		was, had := m.Versions[name]
		switch now, has := u.Versions[name]; {
		case !had:
			why = append(why, fmt.Sprintf("%s is new (version %d)", name, now))
		case !has:
			why = append(why, name+" is gone")
		case was != now:
			why = append(why, fmt.Sprintf("version of %s: %d to %d", name, was, now))
		}
	}
	for _, name := range keys(m.Modules, s.Build.Modules) {
		was, had := m.Modules[name]
		switch now, has := s.Build.Modules[name]; {
		case !had:
			why = append(why, fmt.Sprintf("library %s is new (%s)", name, now))
		case !has:
			why = append(why, "library "+name+" is gone")
		case was != now:
			why = append(why, fmt.Sprintf("library %s: %s to %s", name, was, now))
		}
	}
	if m.Executable != s.executable {
		why = append(why, "program was changed")
	}
	out, err := s.staleOutputs(ctx, u, m)
	return append(why, out...), err
}

// staleOutputs compares the outputs of a unit with what its manifest records.
func (s *session) staleOutputs(ctx context.Context, u Unit, m *manifest) ([]string, error) {
	var why []string
	covered := func(name string) bool {
		return slices.ContainsFunc(u.Outputs, func(out string) bool {
			return out == name || isTree(out) && strings.HasPrefix(name, out)
		})
	}
	for _, name := range slices.Sorted(maps.Keys(m.Outputs)) {
		want := m.Outputs[name]
		if !covered(name) {
			why = append(why, "output "+name+" is no longer made")
			continue
		}
		hash, sg, err := s.cache.sum(ctx, name, s.path(name))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			why = append(why, "output "+name+" is missing")
		case err != nil && ctx.Err() != nil:
			return nil, err
		case err != nil:
			why = append(why, fmt.Sprintf("output %s cannot be read: %v", name, err))
		case hash != want.SHA256 || sg.Size != want.Size:
			why = append(why, "output "+name+" was changed by hand")
		}
	}
	for _, name := range u.Outputs {
		found := []string{name}
		if isTree(name) {
			list, err := members(s.path(name))
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				why = append(why, fmt.Sprintf("output %s cannot be read: %v", name, err))
			}
			found = under(name, list)
		}
		for _, file := range found {
			_, known := m.Outputs[file]
			switch {
			case known:
			case isTree(name) || m.Skipped != "":
				if exists(s.path(file)) {
					why = append(why, "output "+file+" was added by hand")
				}
			default:
				why = append(why, "output "+file+" was not made before")
			}
		}
	}
	return why, nil
}

// paramChanges describes how two decoded JSON values differ, object by object.
func paramChanges(path string, was, now any) []string {
	a, aok := was.(map[string]any)
	b, bok := now.(map[string]any)
	if !aok || !bok {
		if reflect.DeepEqual(was, now) {
			return nil
		}
		if path == "" {
			return []string{fmt.Sprintf("parameters changed: %s to %s", short(was), short(now))}
		}
		return []string{fmt.Sprintf("parameter %s changed: %s to %s", path, short(was), short(now))}
	}
	var why []string
	for _, key := range keys(a, b) {
		at := strings.TrimPrefix(path+"."+key, ".")
		x, had := a[key]
		switch y, has := b[key]; {
		case !had:
			why = append(why, fmt.Sprintf("parameter %s is new: %s", at, short(y)))
		case !has:
			why = append(why, fmt.Sprintf("parameter %s is gone (was %s)", at, short(x)))
		default:
			why = append(why, paramChanges(at, x, y)...)
		}
	}
	return why
}

// short writes a decoded JSON value in at most 60 characters.
func short(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "?"
	}
	text := strings.TrimSpace(b.String())
	if utf8.RuneCountInString(text) > 60 {
		text = string([]rune(text)[:59]) + "…"
	}
	return text
}

func compact(b []byte) []byte {
	var out bytes.Buffer
	if json.Compact(&out, b) != nil {
		return nil
	}
	return out.Bytes()
}

// keys returns the keys of both maps, sorted, each once.
func keys[V, W any](a map[string]V, b map[string]W) []string {
	all := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(all)
	return slices.Compact(all)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
