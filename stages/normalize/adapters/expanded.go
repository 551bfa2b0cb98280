package adapters

import (
	"archive/zip"
	"fmt"
	"io"
)

// A compressed file may unpack to so much, and from there on to so many times
// what was read of it. Collected data shrink to a tenth, or a fiftieth where
// they repeat themselves; deflate allows a thousandth, and layers of it any.
const (
	expandFrom  = 64 << 20
	maxExpanded = 250
)

// expanded reads what a file unpacks to, and refuses it where that is out of all
// proportion: such a file takes hours, and holds nothing that anybody collected.
type expanded struct {
	r    io.Reader
	file *counted
	size int64 // bytes that came out
	err  error
}

func (e *expanded) Read(p []byte) (int, error) {
	if e.err != nil {
		return 0, e.err
	}
	n, err := e.r.Read(p)
	if e.size += int64(n); e.size > expandFrom && e.size/maxExpanded > e.file.read {
		err = &Refused{Reason: fmt.Sprintf("it unpacks to more than %d MiB and more than %d times its size: found %d MiB in its first %d KiB, and expected collected data, which shrink to a tenth or so; if this is what you collected, unpack it and name the unpacked file in study.toml",
			expandFrom>>20, maxExpanded, e.size>>20, e.file.read>>10)}
	}
	e.err = err
	return n, err
}

// counted is a file of which it is known how much was read.
type counted struct {
	f    RawFile
	read int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.f.Read(p)
	c.read += int64(n)
	return n, err
}

func (c *counted) ReadAt(p []byte, at int64) (int, error) {
	n, err := c.f.ReadAt(p, at)
	c.read += int64(n)
	return n, err
}

// archive is a zip archive whose members may not unpack to anything.
type archive struct {
	*zip.Reader
	file *counted
}

func (a archive) open(f *zip.File) (io.ReadCloser, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{&expanded{r: r, file: a.file}, r}, nil
}
