// Command diplometrics turns collected snapshots of institutional social-media
// accounts into tables, statistics and figures. This file holds flags and
// printing only; the data flow is in package stages.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"syscall"
	_ "time/tzdata" // zones are the same on every machine
	"unicode"

	"diplometrics/datasets"
	"diplometrics/stages/verify"
)

func main() {
	spendMemory()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second Ctrl-C ends the program at once.
	context.AfterFunc(ctx, stop)
	os.Exit(exitCode(run(ctx, os.Args[1:], os.Stdout, os.Stderr), os.Stderr))
}

// spendMemory lets the collector wait for a heap of three times what is in use,
// up to a bound, unless the environment says otherwise.
func spendMemory() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(200)
		debug.SetMemoryLimit(768 << 20)
	}
}

// usageError is an error of how the program was called.
type usageError struct{ error }

// Unwrap returns the error without the remark that the call was wrong.
func (e usageError) Unwrap() error { return e.error }

// jsonError is an error that is printed as JSON.
type jsonError struct{ error }

// Unwrap returns the error itself.
func (e jsonError) Unwrap() error { return e.error }

// exitCode prints the error and returns 0 for none, 1 for a failure and 2 for
// a wrong call.
func exitCode(err error, stderr io.Writer) int {
	if err == nil {
		return 0
	}
	var usage usageError
	var asJSON jsonError
	code, text := 1, err.Error()
	switch {
	case errors.As(err, &usage):
		code = 2
	case errors.Is(err, context.Canceled):
		text = "interrupted; what was finished is kept, nothing is half-written"
	}
	if errors.As(err, &asJSON) {
		logged{Event: "error", Reasons: []string{text}}.write(stderr)
	} else {
		fmt.Fprintf(stderr, "diplometrics: %s\n", visible(text))
	}
	return code
}

// visible spells out what a terminal obeys, hides or turns around: control
// characters, those of no width, and those that change the direction of text.
// Names that are collected can hold any of them.
func visible(text string) string {
	hidden := func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Cf, r)
	}
	if !strings.ContainsFunc(text, hidden) {
		return text
	}
	var out strings.Builder
	for _, r := range text {
		if hidden(r) {
			quoted := strconv.QuoteRuneToASCII(r)
			out.WriteString(quoted[1 : len(quoted)-1])
		} else {
			out.WriteRune(r)
		}
	}
	return out.String()
}

// readBack is the hidden command by which a running program has itself read
// back what it wrote, in a child process.
const readBack = "read-back"

// run is main without the process. Results go to stdout, all else to stderr.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) == 1 && args[0] == readBack {
		// It holds a page of each of two columns, and throws it away a value at a time.
		debug.SetGCPercent(400)
		debug.SetMemoryLimit(512 << 20)
		return datasets.VerifyMain(os.Stdin, stdout)
	}
	if len(args) == 1 && args[0] == readTables {
		return verify.ReadMain(os.Stdin, stdout)
	}
	defer func() {
		if c, err := checker(); err == nil {
			c.Close()
		}
	}()
	return command(ctx, args, stdout, stderr)
}

// checker has the children of this program that read back what it writes.
var checker = sync.OnceValues(func() (*datasets.Checker, error) {
	exe, err := os.Executable()
	return datasets.NewChecker(exe, readBack), err
})

// readBackFiles reads files back in a child of this program.
func readBackFiles(ctx context.Context, files []string) error {
	c, err := checker()
	if err != nil {
		return err
	}
	return c.Verify(ctx, files)
}
