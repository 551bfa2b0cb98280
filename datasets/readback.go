package datasets

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// report is one line from the checking process: it starts with a file, or has
// finished it.
type report struct {
	File string
	Done bool
	Err  string // how the file differs from what was written; "" where it does not
}

// Verify reads Parquet files back whole with a second, independent library and
// compares every value with the check file that the Writer left beside each,
// which is removed when all files are right. exe is the program that runs
// VerifyMain, with its arguments; the library runs in that one child process,
// because it can panic where no one can recover. A difference is an error that
// names file, column, row (from 0), what was written and what was found; a
// child that dies is an error that names the file it was reading.
func Verify(ctx context.Context, exe []string, files []string) error {
	if len(files) == 0 {
		return nil
	}
	list, err := json.Marshal(files)
	if err != nil {
		return err
	}
	var stdout bytes.Buffer
	stderr := &Head{Left: 4096}
	cmd := exec.CommandContext(ctx, exe[0], exe[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(list), &stdout, stderr
	died := cmd.Run()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("read back %s: %w", files[0], err)
	}

	reading, done := "", 0
	for dec := json.NewDecoder(&stdout); ; {
		var r report
		if err := dec.Decode(&r); err != nil {
			break // the end, or what a dying child printed last
		}
		if !r.Done {
			reading = r.File
			continue
		}
		if r.Err != "" {
			return fmt.Errorf("%s: read back: %s", r.File, r.Err)
		}
		reading = ""
		if done < len(files) && r.File == files[done] {
			done++
		}
	}
	if reading == "" && done < len(files) {
		reading = files[done]
	}
	if died != nil || done < len(files) {
		return fmt.Errorf("%s: read back: the checking process %s ended without a result (%v): %s",
			reading, exe[0], died, stderr.FirstLine())
	}
	for _, f := range files {
		if err := os.Remove(checkPath(f)); err != nil {
			return err
		}
	}
	return nil
}

// VerifyMain is the checking process: it reads the list of files that Verify
// writes to its standard input and reports on each. The error it returns is
// about the conversation; a file that differs is reported and ends the work.
func VerifyMain(stdin io.Reader, stdout io.Writer) error {
	var files []string
	if err := json.NewDecoder(stdin).Decode(&files); err != nil {
		return fmt.Errorf("read the list of files to check: %w", err)
	}
	enc := json.NewEncoder(stdout)
	for _, f := range files {
		if err := enc.Encode(report{File: f}); err != nil {
			return err
		}
		r := report{File: f, Done: true}
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
	return nil
}

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
