package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// errStuck is the error of units whose outputs wait behind those of another,
// whose own error tells what is wrong.
var errStuck = errors.New("not put in place, because the outputs of another unit could not be")

// publish puts what the unit wrote in place and returns its new manifest. old is
// the manifest of the run before, nil where there is none.
func (s *session) publish(ctx context.Context, i int, u *IO, in *inputs, old *manifest) (*manifest, error) {
	unit := s.plan.units[i]
	m := &manifest{
		Unit: unit.Name, Inputs: in.hashes, Params: s.plan.params[i],
		Versions: unit.Versions, Modules: s.Build.Modules, Executable: s.executable,
		Outputs: map[string]output{}, Skipped: u.skip, Notes: u.notes,
	}
	from := scratchName(i)
	j := journal{Unit: unit.Name}
	sigs := map[string]sig{}
	var files []string
	for _, name := range unit.Outputs {
		if m.Skipped != "" {
			break
		}
		more, err := written(u.out, name)
		if err != nil {
			return nil, err
		}
		files = append(files, more...)
	}
	hashes, err := hashOutputs(ctx, u.out, files)
	if err != nil {
		return nil, err
	}
	for k, file := range files {
		m.Outputs[file] = output{hashes[k].Hash, hashes[k].Sig.Size}
		same, err := s.has(ctx, file, hashes[k].Hash)
		if err != nil {
			return nil, err
		}
		if !same {
			j.Moves = append(j.Moves, move{from + "/out/" + file, file})
			sigs[file] = hashes[k].Sig
		}
	}
	if j.Removes, err = s.removals(ctx, unit, m, old); err != nil {
		return nil, err
	}
	b, err := m.encode()
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(s.scratch(), from, "manifest"), b, 0o666); err != nil {
		return nil, err
	}
	j.Moves = append(j.Moves, move{from + "/manifest", manifestName(unit.Name)})

	s.publishing.Lock()
	defer s.publishing.Unlock()
	if s.stuck {
		return nil, errStuck
	}
	now := time.Now()
	if err := s.commit(j); err != nil {
		left, _ := s.pending()
		s.stuck = left != nil
		return nil, err
	}
	for file, sg := range sigs {
		if info, err := os.Stat(s.path(file)); err == nil && sigOf(info) == sg {
			s.cache.put(file, sg, m.Outputs[file].SHA256, now)
		}
	}
	return m, nil
}

// hashOutputs hashes what a unit wrote on all cores, and makes it durable
// meanwhile: often nothing else runs by then. The error is that of the first of
// them that has one.
func hashOutputs(ctx context.Context, out string, files []string) ([]cached, error) {
	hashes, errs := make([]cached, len(files)), make([]error, len(files))
	var (
		next atomic.Int64
		wait sync.WaitGroup
	)
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		wait.Go(func() {
			for k := int(next.Add(1)) - 1; k < len(files); k = int(next.Add(1)) - 1 {
				h, path, durable := &hashes[k], filepath.Join(out, filepath.FromSlash(files[k])), make(chan error, 1)
				go func() { durable <- syncFile(path) }()
				h.Hash, h.Sig, errs[k] = hashFile(ctx, path)
				if errs[k] = cmp.Or(errs[k], <-durable); errs[k] != nil {
					errs[k] = fmt.Errorf("output %s: %w", files[k], errs[k])
				}
			}
		})
	}
	wait.Wait()
	return hashes, cmp.Or(errs...)
}

// written lists the files of one declared output in scratch as logical names.
func written(out, name string) ([]string, error) {
	files := []string{name}
	if isTree(name) {
		list, err := members(filepath.Join(out, filepath.FromSlash(name)))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("output %s: %w", name, err)
		}
		files = under(name, list)
	}
	for _, file := range files {
		info, err := os.Lstat(filepath.Join(out, filepath.FromSlash(file)))
		if err != nil {
			return nil, fmt.Errorf("output %s was declared but not written", file)
		}
		if !info.Mode().IsRegular() {
			return nil, fmt.Errorf("output %s is not a regular file", file)
		}
	}
	return files, nil
}

// under returns the members of a tree as logical names.
func under(tree string, list []string) []string {
	names := make([]string, len(list))
	for i, m := range list {
		names[i] = tree + m
	}
	return names
}

// has says whether the file in place already has these bytes.
func (s *session) has(ctx context.Context, name, hash string) (bool, error) {
	old, _, err := s.cache.sum(ctx, name, s.path(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("output %s: what is in its place: %w", name, err)
	}
	return old == hash, nil
}

// removals lists the files in place that do not belong there any more: all that
// lies under the unit's declared names and is not in m, and what it wrote once
// under names that nothing declares now.
func (s *session) removals(ctx context.Context, u Unit, m, old *manifest) ([]string, error) {
	var gone []string
	for _, name := range u.Outputs {
		found := []string{name}
		if isTree(name) {
			list, err := members(s.path(name))
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, fmt.Errorf("output %s: %w", name, err)
			}
			found = under(name, list)
		}
		for _, file := range found {
			if _, keep := m.Outputs[file]; !keep && exists(s.path(file)) {
				gone = append(gone, file)
			}
		}
	}
	if old == nil {
		return gone, nil
	}
	more, err := s.obsolete(ctx, old)
	return append(gone, more...), err
}

// obsolete lists outputs in m that no unit declares any more and that are still
// as the unit wrote them: what somebody else put there is not ours to remove.
func (s *session) obsolete(ctx context.Context, m *manifest) ([]string, error) {
	var gone []string
	for _, name := range slices.Sorted(maps.Keys(m.Outputs)) {
		if checkName(name) != nil || len(s.plan.overlapping(name)) > 0 {
			continue
		}
		same, err := s.has(ctx, name, m.Outputs[name].SHA256)
		if err != nil && ctx.Err() != nil {
			return nil, err
		}
		if err == nil && same {
			gone = append(gone, name)
		}
	}
	return gone, nil
}
