package normalize

import (
	"cmp"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unique"

	"diplometrics/datasets"
)

// parted are the runs of a raw file's rows of one table, a file each partition.
type parted[R any] struct {
	w     *Files
	table *datasets.Table[R]
	file  func(Part) string // where a partition's rows lie
	runs  map[Part]*datasets.RunWriter[R]
}

func newParted[R any](w *Files, t *datasets.Table[R], file func(Part) string) *parted[R] {
	return &parted[R]{w, t, file, map[Part]*datasets.RunWriter[R]{}}
}

// parts are the partitions that have rows, sorted.
func (p *parted[R]) parts() []Part { return slices.SortedFunc(maps.Keys(p.runs), Part.compare) }

// write writes a section of each partition that the pile has rows of, those of
// several side by side, and empties the pile. Names begin with their partition's.
func (p *parted[R]) write(pile *datasets.Pile[R]) error {
	type section struct {
		out   *datasets.RunWriter[R]
		names []unique.Handle[string]
	}
	var sections []section
	last := ""
	for _, name := range pile.Names() {
		if part, _, _ := strings.Cut(name.Value(), "\x00"); len(sections) == 0 || part != last {
			out := p.run(partNamed(part))
			if out == nil {
				return p.w.err
			}
			last, sections = part, append(sections, section{out: out})
		}
		at := &sections[len(sections)-1]
		at.names = append(at.names, name)
	}
	errs := make([]error, len(sections))
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(sections)) {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(sections); i = int(next.Add(1)) - 1 {
				errs[i] = writeNames(sections[i].out, pile, sections[i].names)
			}
		})
	}
	wait.Wait()
	pile.Reset()
	return cmp.Or(errs...)
}

// run returns the writer of a partition, nil after an error.
func (p *parted[R]) run(part Part) *datasets.RunWriter[R] {
	out := p.runs[part]
	if out == nil {
		if out = newRunWriter(p.w, p.table, p.file(part)); out != nil {
			p.runs[part] = out
		}
	}
	return out
}

// close closes all writers.
func (p *parted[R]) close() {
	for _, out := range p.runs {
		closeRun(p.w, out)
	}
}

// writePile writes the rows of a pile as a section, and empties it.
func writePile[R any](w *datasets.RunWriter[R], p *datasets.Pile[R]) error {
	if p.Empty() {
		return nil
	}
	defer p.Reset()
	return writeNames(w, p, p.Names())
}

// writeNames writes the rows of the names as a section.
func writeNames[R any](w *datasets.RunWriter[R], p *datasets.Pile[R], names []unique.Handle[string]) error {
	w.Begin()
	p.Each(names, w.WritePacked)
	return w.End()
}
