package datasets

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"sync"
	"time"
)

// request is what the checking process is asked: to read files back. Lists are
// numbered, so that no answer to one is taken for one to the next.
type request struct {
	List  int
	Files []string
}

// report is one line of the answer: of each file that the process starts with it,
// and that it has finished it; after the last, or after one that differs, that it
// waits.
type report struct {
	List  int
	File  string
	Done  bool
	Err   string // how the file differs from what was written; "" where it does not
	Waits bool
}

// Checker reads Parquet files back in child processes, and keeps these for the
// next files: to start one takes longer than to read a small table. Several
// goroutines can use it at once; each has a child to itself.
type Checker struct {
	exe  []string
	mu   sync.Mutex
	idle []*child
}

// NewChecker returns a checker whose children are the program that runs
// VerifyMain, with its arguments. Close ends them, as the end of this process does.
func NewChecker(exe ...string) *Checker { return &Checker{exe: exe} }

// Close ends the children that are idle, and waits for them, so that what they
// took counts as this process's. The checker can be used again.
func (c *Checker) Close() {
	c.mu.Lock()
	idle := c.idle
	c.idle = nil
	c.mu.Unlock()
	for _, k := range idle {
		k.stdin.Close()
	}
	late := time.AfterFunc(patience, func() {
		for _, k := range idle {
			k.cmd.Process.Kill()
		}
	})
	defer late.Stop()
	for _, k := range idle {
		k.cmd.Wait()
	}
}

// patience is how long a child may take to end.
const patience = 500 * time.Millisecond

// Verify reads Parquet files back whole with a second, independent library and
// compares every value with the check file that the Writer left beside each,
// which is removed when all files are right. The library runs in a child process,
// because it can panic where no one can recover. A difference is an error that
// names file, column, row (from 0), what was written and what was found; a
// child that dies is an error that names the file it was reading.
func (c *Checker) Verify(ctx context.Context, files []string) error {
	if len(files) == 0 {
		return nil
	}
	k, kept, err := c.child()
	if err != nil {
		return fmt.Errorf("%s: read back: %w", files[0], err)
	}
	a := k.check(ctx, files)
	if a.gone && kept && ctx.Err() == nil {
		// It died since it was kept, of what was no file of these.
		k.end()
		if k, err = c.start(); err != nil {
			return fmt.Errorf("%s: read back: %w", files[0], err)
		}
		a = k.check(ctx, files)
	}
	if a.over {
		died := k.end()
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("read back %s: %w", files[0], err)
		}
		if a.differs == "" {
			return fmt.Errorf("%s: read back: the checking process %s ended without a result (%v): %s", a.reading, c.exe[0], died, cmp.Or(a.said, k.stderr.FirstLine()))
		}
	} else {
		c.mu.Lock()
		c.idle = append(c.idle, k)
		c.mu.Unlock()
	}
	if a.differs != "" {
		return fmt.Errorf("%s: read back: %s", a.reading, a.differs)
	}
	for _, f := range files {
		if err := os.Remove(checkPath(f)); err != nil {
			return err
		}
	}
	return nil
}

// child returns a child that is idle, or a new one.
func (c *Checker) child() (k *child, kept bool, err error) {
	c.mu.Lock()
	if n := len(c.idle); n > 0 {
		k, c.idle = c.idle[n-1], c.idle[:n-1]
	}
	c.mu.Unlock()
	if k != nil {
		return k, true, nil
	}
	k, err = c.start()
	return k, false, err
}

// start starts a child.
func (c *Checker) start() (*child, error) {
	k := &child{cmd: exec.Command(c.exe[0], c.exe[1:]...), stderr: &Head{Left: 4096}}
	k.cmd.Stderr, k.cmd.WaitDelay = k.stderr, patience
	stdin, err := k.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := k.cmd.StdoutPipe()
	if err != nil {
		stdin.Close()
		return nil, err
	}
	k.stdin, k.stdout = stdin, json.NewDecoder(stdout)
	return k, k.cmd.Start()
}

// child is a process that runs VerifyMain.
type child struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout *json.Decoder
	stderr *Head // read once the child has ended
	list   int   // number of the last list that it was asked for
}

// answer is what a child says of some files.
type answer struct {
	reading string // the file that it was reading last
	differs string // how that differs from what was written; "" where none does
	over    bool   // it can be asked nothing more: it ended, or said what it was not asked
	gone    bool   // over, before it said anything
	said    string // what it was not asked, "" for nothing
}

// check has the child read files back; it is killed when the context ends.
func (k *child) check(ctx context.Context, files []string) answer {
	stop := context.AfterFunc(ctx, func() { k.cmd.Process.Kill() })
	a := k.ask(files)
	a.over = !stop() || a.over
	return a
}

func (k *child) ask(files []string) answer {
	k.list++
	a := answer{reading: files[0]}
	if err := json.NewEncoder(k.stdin).Encode(request{k.list, files}); err != nil {
		a.over, a.gone = true, true
		return a
	}
	// next takes a report, which is to be as expected but for how a file differs.
	begun := false
	next := func(want report) bool {
		var r report
		err := k.stdout.Decode(&r)
		differs := r.Err
		if want.Done {
			r.Err = ""
		}
		switch want.List = k.list; {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			a.over, a.gone = true, !begun && err == io.EOF
		case err != nil:
			a.over, a.said = true, "it said what is no report: "+err.Error()
		case r != want:
			a.over, a.said = true, fmt.Sprintf("it said %+v, expected %+v", r, want)
		default:
			a.differs = differs
		}
		begun = true
		return !a.over
	}
	for _, f := range files {
		a.reading = f
		if !next(report{File: f}) || !next(report{File: f, Done: true}) {
			return a
		}
		if a.differs != "" {
			break
		}
	}
	differs := a.differs
	if next(report{Waits: true}) {
		a.differs = differs
	}
	return a
}

// end ends the child, and returns how it ended.
func (k *child) end() error {
	k.stdin.Close()
	late := time.AfterFunc(patience, func() { k.cmd.Process.Kill() })
	defer late.Stop()
	return k.cmd.Wait()
}

// VerifyMain is the checking process: it reads the lists of files that Verify
// writes to its standard input and reports on each file, until there are no more.
// The error it returns is about the conversation; a file that differs is reported
// and ends its list.
func VerifyMain(stdin io.Reader, stdout io.Writer) error {
	enc := json.NewEncoder(stdout)
	for dec := json.NewDecoder(stdin); ; {
		var q request
		if err := dec.Decode(&q); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read the list of files to check: %w", err)
		}
		for _, f := range q.Files {
			if err := enc.Encode(report{List: q.List, File: f}); err != nil {
				return err
			}
			r := report{List: q.List, File: f, Done: true}
			if err := compareFile(f); err != nil {
				r.Err = err.Error()
			}
			if err := enc.Encode(r); err != nil {
				return err
			}
			if r.Err != "" {
				break
			}
		}
		if err := enc.Encode(report{List: q.List, Waits: true}); err != nil {
			return err
		}
		var m runtime.MemStats
		if runtime.ReadMemStats(&m); m.HeapSys-m.HeapReleased > idleMemory {
			debug.FreeOSMemory()
		}
	}
}

// idleMemory is how many bytes of heap a child may keep that waits for files.
const idleMemory = 32 << 20

// compareFile compares a Parquet file with its check file, columns side by side.
func compareFile(path string) (err error) {
	defer secondPanics(&err)
	file, err := os.Open(checkPath(path))
	if errors.Is(err, os.ErrNotExist) {
		return errors.New("no check file lies beside it, so that there is nothing to compare with; write it again")
	}
	if err != nil {
		return err
	}
	defer file.Close()
	want, err := newCheckReader(file)
	if err != nil {
		return fmt.Errorf("its check file: %w", err)
	}
	got, err := openSecond(path)
	if err != nil {
		return err
	}
	defer got.close()
	if err := got.sameColumns(want.Fields); err != nil {
		return err
	}
	groups := got.footer().GetRowGroups()
	if len(groups) != len(want.groups) || got.footer().GetNumRows() != want.rows {
		return fmt.Errorf("found %d rows in %d row groups, but %d rows in %d were written",
			got.footer().GetNumRows(), len(groups), want.rows, len(want.groups))
	}
	for g, w := range want.groups {
		if n := groups[g].GetNumRows(); n != int64(w.rows) {
			return fmt.Errorf("row group %d: found %d rows, but %d were written", g, n, w.rows)
		}
	}
	return sideBySide(len(want.Fields), func(i int) error {
		if err := got.compareColumn(i, want); err != nil {
			return fmt.Errorf("column %s, %w", want.Fields[i].Name, err)
		}
		return nil
	})
}

// secondPanics turns a panic of the second library into an error.
func secondPanics(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("the second Parquet library panicked: %v", p)
	}
}
