package adapters

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"sync"
)

// Records go to the decoders in chunks of about so many bytes or so many
// records, whichever comes first.
const (
	chunkBytes   = 1 << 20
	chunkRecords = 1024
)

// Read decodes a whole file on the given number of workers. Rows come out in
// the order of the file, whatever the workers. A file that ends early gives
// what was readable and one reject; a strict adapter gives an error instead,
// for that and for any wrong record. *Refused says that the file is not read.
func (a *Adapter) Read(ctx context.Context, r io.Reader, f File, workers int) (*Batch, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		decode Decoder
		chunks = make(chan *chunk, 2*workers)
		done   []*chunk
		next   = &chunk{}
		wait   sync.WaitGroup
		last   error // why Split ended before the end
	)
	for range max(1, workers) {
		wait.Go(func() {
			for c := range chunks {
				if ctx.Err() == nil {
					if err := a.decode(c, decode); err != nil {
						cancel(err)
					}
				}
				c.records = nil
			}
		})
	}
	flush := func() {
		if len(next.records) > 0 {
			done = append(done, next)
			chunks <- next
			next = &chunk{}
		}
	}
	text := bufio.NewReaderSize(r, headBytes)
	start, _ := text.Peek(headBytes)
	start = bytes.Clone(start)
	line := int64(1)
	a.Split(text, func(rec Record, err error) bool {
		if ctx.Err() != nil {
			return false
		}
		var wrong *RecordError
		switch {
		case errors.As(err, &wrong) && !a.Strict:
			next.records = append(next.records, unit{wrong: wrong})
			return true
		case err != nil:
			last = err
			return false
		}
		line = rec.Line
		if decode == nil {
			if rec.Cells != nil && f.Header == nil {
				f.Header = rec.Cells
				decode, last = a.New(f)
				return last == nil
			}
			if decode, last = a.New(f); last != nil {
				return false
			}
		}
		next.records = append(next.records, unit{rec: rec})
		next.size += len(rec.Raw)
		for _, c := range rec.Cells {
			next.size += len(c)
		}
		if next.size >= chunkBytes || len(next.records) >= chunkRecords {
			flush()
		}
		return true
	})
	flush()
	close(chunks)
	wait.Wait()
	if decode == nil && last == nil && a.Strict {
		last = &RecordError{Line: 1, Field: "header", Want: "the file is empty; put it back, or take its source out of study.toml"}
	}
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	var refused *Refused
	switch {
	case errors.As(last, &refused) || last != nil && a.Strict:
		return nil, last
	case last != nil && decode == nil:
		if cut := errors.Is(last, io.EOF) || errors.Is(last, io.ErrUnexpectedEOF); !cut && !a.Detect(start, f.Name) {
			return nil, a.foreign(last.Error())
		}
		return nil, last
	}
	b, all := &Batch{}, (*Refused)(nil)
	for _, c := range done {
		b.add(&c.batch)
		all = cmp.Or(all, c.all)
	}
	if kept := len(b.Posts) + len(b.Snapshots) + len(b.Windows) + len(b.Published); all != nil && kept == 0 {
		return nil, all
	} else if kept == 0 && len(b.Rejects) > 1 && len(b.Filtered) == 0 && a.Name != Mapping.Name && !a.Detect(start, f.Name) {
		return nil, a.foreign(b.Rejects[0].Reason)
	}
	if last != nil {
		b.Reject(line+1, "", "the file ends early: "+last.Error(), "")
	}
	if a.Finish != nil {
		var merged int64
		b.Posts, merged = a.Finish(b.Posts)
		b.Merged += merged
	}
	return b, nil
}

// foreign refuses a file that somebody named the adapter for, and that is of
// another format.
func (a *Adapter) foreign(why string) *Refused {
	return &Refused{Reason: fmt.Sprintf("it is no file of the adapter %s, which reads none of its records (the first: %s); name another adapter, or none, so that the format is recognized", a.Name, why)}
}

type unit struct {
	rec   Record
	wrong *RecordError
}

type chunk struct {
	records []unit
	size    int
	batch   Batch
	all     *Refused // the first RecordError.All
}

// decode fills the chunk's batch.
func (a *Adapter) decode(c *chunk, decode Decoder) error {
	for _, u := range c.records {
		if u.wrong != nil {
			c.batch.Reject(u.wrong.Line, u.wrong.Field, u.wrong.Want, u.wrong.Found)
			continue
		}
		err := decode(u.rec, &c.batch)
		var wrong *RecordError
		var refused *Refused
		switch {
		case err == nil:
		case errors.As(err, &refused) || a.Strict:
			return err
		case errors.As(err, &wrong):
			c.all = cmp.Or(c.all, wrong.All)
			c.batch.Reject(u.rec.Line, wrong.Field, wrong.reason(), excerpt(u.rec))
		default:
			c.batch.Reject(u.rec.Line, "", err.Error(), excerpt(u.rec))
		}
	}
	c.batch.withoutTokens()
	return nil
}

// reason is the message without the place.
func (e *RecordError) reason() string {
	if e.Found == "" {
		return "empty; " + e.Want
	}
	return fmt.Sprintf("found %q; %s", shorten(e.Found, 80), e.Want)
}

func excerpt(rec Record) string {
	if rec.Raw != nil {
		return head(rec.Raw)
	}
	out := ""
	for i, c := range rec.Cells {
		if i > 0 {
			out += ","
		}
		out += c[:min(len(c), 800)]
		if len(out) > 800 {
			break
		}
	}
	return out
}

func (b *Batch) add(c *Batch) {
	b.Posts = append(b.Posts, c.Posts...)
	b.Accounts = append(b.Accounts, c.Accounts...)
	b.Snapshots = append(b.Snapshots, c.Snapshots...)
	b.Windows = append(b.Windows, c.Windows...)
	b.Published = append(b.Published, c.Published...)
	b.Rejects = append(b.Rejects, c.Rejects...)
	if b.Filtered == nil {
		b.Filtered = map[string]int64{}
	}
	for k, n := range maps.All(c.Filtered) {
		b.Filtered[k] += n
	}
}
