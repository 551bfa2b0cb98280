package adapters

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

// Records go to the decoders in chunks of about so many bytes or so many
// records, whichever comes first.
const (
	chunkBytes   = 1 << 20
	chunkRecords = 4096
)

// Read decodes a whole file on the given number of workers, as Stream does, and
// returns all of it.
func (a *Adapter) Read(ctx context.Context, r io.Reader, f File, workers int) (*Batch, error) {
	all := &Batch{}
	if err := a.Stream(ctx, r, f, workers, func(b *Batch) error { all.add(b); return nil }); err != nil {
		return nil, err
	}
	return all, nil
}

// Stream decodes a whole file on the given number of workers and gives sink what
// it holds, stretch by stretch in the order of the file, whatever the workers. A
// batch is sink's until it returns; its text stays. A file that ends early gives
// what was readable and one reject; a strict adapter gives an error instead, for
// that and for any wrong record. *Refused says that the file is not read, which
// can show at its end only. An error of sink ends the reading and is returned.
func (a *Adapter) Stream(ctx context.Context, r io.Reader, f File, workers int, sink func(*Batch) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	from := &ending{r: r}
	text := bufio.NewReaderSize(from, headBytes)
	start, _ := text.Peek(headBytes)
	start = bytes.Clone(start)
	workers = max(1, workers)
	var (
		decode Decoder
		work   = make(chan *chunk, 4*workers)
		order  = make(chan *chunk, 2*workers) // bounds what is read ahead
		free   = make(chan *chunk, 8*workers)
		sum    total
		held   Batch // posts that Finish has to see first
		wait   sync.WaitGroup
	)
	for range workers {
		wait.Go(func() {
			for c := range work {
				if ctx.Err() == nil {
					if err := a.decode(c); err != nil {
						cancel(err)
					}
				}
				c.release()
				c.done <- struct{}{}
			}
		})
	}
	taken := make(chan struct{})
	go func() {
		defer close(taken)
		for c := range order {
			<-c.done
			if ctx.Err() == nil {
				sum.add(c)
				if a.Finish != nil {
					held.Posts = append(held.Posts, c.batch.Posts...)
					c.batch.Posts = c.batch.Posts[:0]
				}
				if err := sink(&c.batch); err != nil {
					cancel(err)
				}
			}
			c.reset()
			select {
			case free <- c:
			default:
			}
		}
	}()
	var (
		next = newChunk()
		line = int64(1) // of the header
		last error      // why Split ended before the end
	)
	flush := func() {
		if len(next.records) == 0 {
			return
		}
		next.decode = decode
		order <- next
		work <- next
		select {
		case next = <-free:
		default:
			next = newChunk()
		}
	}
	a.Split(text, func(rec Record, err error) bool {
		if ctx.Err() != nil {
			return false
		}
		if err != nil {
			var wrong *RecordError
			if !errors.As(err, &wrong) || a.Strict {
				last = err
				return false
			}
			next.records = append(next.records, unit{wrong: wrong})
			return true
		}
		if decode == nil {
			if rec.Cells != nil && f.Header == nil {
				f.Header, line = rec.Cells, rec.Line
				decode, last = a.New(f)
				return last == nil
			}
			if decode, last = a.New(f); last != nil {
				return false
			}
		}
		next.records = append(next.records, unit{rec: rec})
		next.hold(rec.block)
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
	close(work)
	close(order)
	wait.Wait()
	<-taken
	if decode == nil && last == nil && a.Strict {
		last = &RecordError{Line: 1, Field: "header", Want: "the file is empty; put it back, or take its source out of study.toml"}
	}
	if err := context.Cause(ctx); err != nil {
		return err
	}
	var refused *Refused
	switch {
	case errors.As(from.err, &refused): // which a record can hide that it cuts
		return refused
	case errors.As(last, &refused) || last != nil && a.Strict:
		return last
	case last != nil && decode == nil:
		if cut := errors.Is(last, io.EOF) || errors.Is(last, io.ErrUnexpectedEOF); !cut && !a.Detect(start, f.Name) {
			return a.foreign(last.Error())
		}
		return last
	case sum.all != nil && sum.kept == 0:
		return sum.all
	case sum.kept == 0 && sum.rejects > 1 && !sum.filtered && a.Name != Mapping.Name && !a.Detect(start, f.Name):
		return a.foreign(sum.first)
	}
	if last != nil {
		held.Reject(cmp.Or(sum.line, line)+1, "", "the file ends early: "+last.Error(), "")
	}
	if a.Finish != nil {
		held.Posts, held.Merged = a.Finish(held.Posts)
	}
	return sink(&held)
}

// ending remembers how a file ends.
type ending struct {
	r   io.Reader
	err error
}

func (e *ending) Read(p []byte) (n int, err error) {
	n, e.err = e.r.Read(p)
	return n, e.err
}

// total is what a whole file gave.
type total struct {
	kept, rejects int
	filtered      bool
	line          int64    // of the last record that was whole
	first         string   // reason of the first reject
	all           *Refused // the first RecordError.All
}

func (t *total) add(c *chunk) {
	b := &c.batch
	t.kept += len(b.Posts) + len(b.Snapshots) + len(b.Windows) + len(b.Published)
	if t.rejects == 0 && len(b.Rejects) > 0 {
		t.first = b.Rejects[0].Reason
	}
	t.rejects += len(b.Rejects)
	t.filtered = t.filtered || len(b.Filtered) > 0
	t.all = cmp.Or(t.all, c.all)
	t.line = cmp.Or(c.line, t.line)
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

// chunk is a stretch of a file on its way through the workers. It is used again
// once its batch was taken.
type chunk struct {
	records []unit
	blocks  []*block // that the records lie in
	size    int
	decode  Decoder // nil where no record is whole
	rows    rowReader
	batch   Batch
	line    int64         // of the last record that was whole; 0 where none was
	all     *Refused      // the first RecordError.All
	done    chan struct{} // has one element when the batch is full
}

func newChunk() *chunk { return &chunk{done: make(chan struct{}, 1)} }

// hold keeps a block from being overwritten while the chunk needs it.
func (c *chunk) hold(b *block) {
	if b != nil && (len(c.blocks) == 0 || c.blocks[len(c.blocks)-1] != b) {
		b.chunks = true
		b.held.Add(1)
		c.blocks = append(c.blocks, b)
	}
}

// release gives up the records, which are decoded.
func (c *chunk) release() {
	for _, b := range c.blocks {
		b.release()
	}
	clear(c.records)
	clear(c.blocks)
	c.records, c.blocks = c.records[:0], c.blocks[:0]
}

func (c *chunk) reset() {
	b := &c.batch
	clear(b.Filtered)
	*b = Batch{Posts: b.Posts[:0], Accounts: b.Accounts[:0], Snapshots: b.Snapshots[:0], Windows: b.Windows[:0],
		Published: b.Published[:0], Rejects: b.Rejects[:0], Filtered: b.Filtered, texts: b.texts}
	c.size, c.line, c.all = 0, 0, nil
}

// decode fills the chunk's batch.
func (a *Adapter) decode(c *chunk) error {
	for i := range c.records {
		u := &c.records[i]
		if u.rec.delimiter != 0 {
			u.wrong = c.rows.read(&u.rec)
		}
		if u.wrong != nil {
			c.batch.Reject(u.wrong.Line, u.wrong.Field, u.wrong.Want, u.wrong.Found)
			continue
		}
		c.line = u.rec.Line
		err := c.decode(u.rec, &c.batch)
		if err == nil {
			continue
		}
		var wrong *RecordError
		var refused *Refused
		switch {
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
	for k, n := range c.Filtered {
		b.Filtered[k] += n
	}
	b.Merged += c.Merged
}
