package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// lockPoll is how often a waiting run tries again.
const lockPoll = 100 * time.Millisecond

// holder is who holds the study. It is a file of its own because Windows lets
// nobody read a locked one. A killed run leaves it behind; the lock decides.
type holder struct {
	PID     int    `json:"pid"`
	Host    string `json:"host"`
	Command string `json:"command"`
}

func (h holder) String() string {
	return fmt.Sprintf("process %d on %s holds the study: %s", h.PID, h.Host, h.Command)
}

// lock waits for the study and returns what lets go of it.
func (e *Engine) lock(ctx context.Context) (release func(), err error) {
	folder := filepath.Join(e.Study, stateDir)
	if err := e.checkStudy(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, fmt.Errorf("the study cannot be written: %w", err)
	}
	l := flock.New(filepath.Join(folder, "lock"), flock.SetPermissions(0o666))
	got, err := l.TryLock()
	if err == nil && !got {
		e.log(Event{Kind: Waiting, Reasons: []string{e.holder()}})
		_, err = l.TryLockContext(ctx, lockPoll)
	}
	if ctx.Err() != nil && err != nil {
		return nil, fmt.Errorf("stopped while waiting: %s: %w", e.holder(), ctx.Err())
	}
	if err != nil {
		return nil, fmt.Errorf("locking the study: %w", err)
	}
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	command := strings.Join(append([]string{filepath.Base(os.Args[0])}, os.Args[1:]...), " ")
	h, err := json.Marshal(holder{os.Getpid(), host, command})
	path := filepath.Join(folder, "holder")
	if err == nil {
		err = os.WriteFile(path, h, 0o666)
	}
	release = func() {
		_ = os.Remove(path)
		_ = l.Unlock()
	}
	if err != nil {
		release()
		return nil, fmt.Errorf("locking the study: %w", err)
	}
	return release, nil
}

// tryLock takes the study if it is free. It writes nothing in a folder that
// cannot be written, and gives up there.
func (e *Engine) tryLock() (release func(), ok bool) {
	l := flock.New(filepath.Join(e.Study, stateDir, "lock"), flock.SetPermissions(0o666))
	if got, err := l.TryLock(); err != nil || !got {
		return nil, false
	}
	return func() { _ = l.Unlock() }, true
}

// holder says who holds the study.
func (e *Engine) holder() string {
	var h holder
	b, err := os.ReadFile(filepath.Join(e.Study, stateDir, "holder"))
	if err != nil || json.Unmarshal(b, &h) != nil {
		return "another run holds the study"
	}
	return h.String()
}

// checkStudy fails where the study is not a folder.
func (e *Engine) checkStudy() error {
	info, err := os.Stat(e.Study)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is not a folder", e.Study)
	}
	if err != nil {
		return fmt.Errorf("study: %w", err)
	}
	return nil
}
