package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// journal lists what is to happen to a unit's files. It is durable before the
// first of them moves, so that a killed run is finished by the next command.
type journal struct {
	Unit string `json:"unit"`
	// Copying: outputs are being copied to another file system. Nothing is in
	// place yet, so the copies are removed instead.
	Copying bool     `json:"copying,omitempty"`
	Removes []string `json:"removes,omitempty"` // logical names
	Moves   []move   `json:"moves"`             // the manifest last
}

// move puts one file in place.
type move struct {
	From string `json:"from"` // below the scratch folder; "" for the copy beside To
	To   string `json:"to"`   // logical name
}

// source returns where the file to move lies.
func (e *Engine) source(m move) string {
	if m.From != "" {
		return filepath.Join(e.scratch(), filepath.FromSlash(m.From))
	}
	dir, base := filepath.Split(e.path(m.To))
	return filepath.Join(dir, "."+base+".diplometrics-new")
}

// commit makes the files durable, then the journal, then applies it. A manifest
// alone needs no journal.
func (e *Engine) commit(j journal) error {
	apart := false
	folders := map[string]bool{}
	for _, m := range j.Moves {
		path := e.source(m)
		if err := syncFile(path); err != nil {
			return err
		}
		for dir := filepath.Dir(path); !folders[dir] && dir != e.scratch(); dir = filepath.Dir(dir) {
			folders[dir] = true
		}
		same, err := sameDevice(path, existing(filepath.Dir(e.path(m.To))))
		if err != nil {
			return err
		}
		apart = apart || !same
	}
	for _, dir := range slices.Sorted(maps.Keys(folders)) {
		if err := syncDir(dir); err != nil {
			return err
		}
	}
	if len(j.Moves) == 1 && len(j.Removes) == 0 {
		return e.apply(j)
	}
	if apart {
		if err := e.copyOver(&j); err != nil {
			return err
		}
	}
	if err := e.writeJournal(j); err != nil {
		return err
	}
	if err := e.apply(j); err != nil {
		return err
	}
	return e.removeJournal()
}

// copyOver copies files that cannot be renamed into place to a hidden name
// beside it, and changes the moves to start there.
func (e *Engine) copyOver(j *journal) error {
	from := slices.Clone(j.Moves)
	for i, m := range j.Moves {
		same, err := sameDevice(e.source(m), existing(filepath.Dir(e.path(m.To))))
		if err != nil {
			return err
		}
		if !same {
			j.Moves[i].From = ""
		}
	}
	copying := *j
	copying.Copying = true
	if err := e.writeJournal(copying); err != nil {
		return err
	}
	for i, m := range j.Moves {
		if m.From != "" {
			continue
		}
		err := os.MkdirAll(filepath.Dir(e.path(m.To)), 0o777)
		if err == nil {
			err = copyFile(e.source(from[i]), e.source(m))
		}
		if err != nil {
			return errors.Join(err, e.abandon(copying))
		}
	}
	return nil
}

// abandon removes the copies that a journal lists, and the journal.
func (e *Engine) abandon(j journal) error {
	for _, m := range j.Moves {
		if m.From != "" {
			continue
		}
		if err := os.Remove(e.source(m)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return e.removeJournal()
}

func copyFile(from, to string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	if err == nil {
		err = dst.Sync()
	}
	return errors.Join(err, dst.Close())
}

// apply does what a journal says. Doing it again is harmless: a file that is not
// at its source any more has been moved.
func (e *Engine) apply(j journal) error {
	folders := map[string]bool{}
	for _, name := range j.Removes {
		if err := os.Remove(e.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("output %s cannot be removed: %w", name, err)
		}
		folders[e.prune(name)] = true
	}
	for _, m := range j.Moves {
		to := e.path(m.To)
		known := existing(filepath.Dir(to))
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			return err
		}
		if err := os.Rename(e.source(m), to); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("output %s cannot be put in place: close the program that has it open, then run again: %w", m.To, err)
		}
		for dir := filepath.Dir(to); ; dir = filepath.Dir(dir) {
			folders[dir] = true
			if dir == known {
				break
			}
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(folders)) {
		if err := syncDir(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// prune removes the folders above a removed file that are empty now, but neither
// the study nor a mount, and returns the first that is left.
func (e *Engine) prune(name string) string {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if _, mounted := e.Mounts[dir]; mounted || os.Remove(e.path(dir)) != nil {
			return e.path(dir)
		}
	}
	return filepath.Clean(e.Study)
}

// recover finishes what a killed run had begun to put in place and returns the
// name of the unit, "" where there was nothing or too little to finish.
func (e *Engine) recover() (string, error) {
	j, err := e.pending()
	if j == nil || err != nil {
		return "", err
	}
	if j.Copying {
		return "", e.abandon(*j)
	}
	if err := e.apply(*j); err != nil {
		return "", fmt.Errorf("finishing unit %s of a run that was killed: %w", j.Unit, err)
	}
	return j.Unit, e.removeJournal()
}

// journalFile is the one journal: units publish one after the other.
func (e *Engine) journalFile() string { return filepath.Join(e.Study, stateDir, "journal") }

func (e *Engine) writeJournal(j journal) error {
	b, err := json.Marshal(j)
	if err != nil {
		return err
	}
	tmp := e.journalFile() + ".new"
	if err := os.WriteFile(tmp, b, 0o666); err != nil {
		return err
	}
	if err := syncFile(tmp); err != nil {
		return err
	}
	if err := os.Rename(tmp, e.journalFile()); err != nil {
		return err
	}
	return syncDir(filepath.Join(e.Study, stateDir))
}

func (e *Engine) removeJournal() error {
	if err := os.Remove(e.journalFile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return syncDir(filepath.Join(e.Study, stateDir))
}

// pending returns the journal that a killed run left; nil where there is none.
func (e *Engine) pending() (*journal, error) {
	b, err := os.ReadFile(e.journalFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	j := new(journal)
	if err := json.Unmarshal(b, j); err != nil {
		return nil, fmt.Errorf("%s is damaged: remove it and run again: %w", e.journalFile(), err)
	}
	return j, nil
}

// existing returns the nearest folder at or above dir that exists.
func existing(dir string) string {
	for !exists(dir) && filepath.Dir(dir) != dir {
		dir = filepath.Dir(dir)
	}
	return dir
}
