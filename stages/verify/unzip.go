package verify

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"os"
	"path"
	"strings"
)

// unzip unpacks a zip into a folder that is empty and ours, and refuses every
// name that leads elsewhere or is there twice, everything but ordinary files and
// folders, and more bytes than a package has. What the zip says of its sizes is
// not believed: bytes are counted as they come.
func unzip(ctx context.Context, from io.ReaderAt, size int64, to *os.Root) error {
	if size > maxFile {
		return refuse("", "the zip has %d bytes, at most %d are read", size, int64(maxFile))
	}
	list := &budget{from, maxDirectory}
	z, err := zip.NewReader(list, size)
	switch {
	case list.left < 0:
		return refuse("", "the list of files at the end of the zip has more than %d bytes; no more are read", maxDirectory)
	case err != nil && !errors.Is(err, zip.ErrInsecurePath):
		return refuse("", "not a zip that can be read: %v; get the package again", err)
	case len(z.File) > maxFiles:
		return refuse("", "the zip lists %d files, at most %d are read", len(z.File), maxFiles)
	}
	list.left = 1 << 62 // the list is read; the contents are counted as they are unpacked
	seen := map[string]string{}
	packed := uint64(0)
	for _, f := range z.File {
		if err := checkMember(f, seen); err != nil {
			return err
		}
		if packed += min(f.CompressedSize64, maxTotal); packed > uint64(size) {
			return refuse(f.Name, "the files up to this one have %d bytes in a zip of %d; they share bytes, or the zip is cut", packed, size)
		}
	}
	total := int64(0)
	for _, f := range z.File {
		n, err := unpack(ctx, f, to, maxTotal-total)
		if err != nil {
			return err
		}
		total += n
	}
	return nil
}

// budget is a file of which no more than so many bytes are read.
type budget struct {
	r    io.ReaderAt
	left int64
}

func (b *budget) ReadAt(p []byte, off int64) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, errors.New("too much was read")
	}
	return b.r.ReadAt(p, off)
}

// checkMember refuses what a package has not, by what the zip says of a member.
// seen holds the names so far, without their case.
func checkMember(f *zip.File, seen map[string]string) error {
	name := strings.TrimSuffix(f.Name, "/")
	if why := badPath(name); why != "" {
		return refuse(f.Name, "%s", why)
	}
	if other, ok := seen[fold(name)]; ok {
		return refuse(f.Name, "the zip holds this name twice (the other is %s); where case does not count, one would replace the other", shown(other))
	}
	seen[fold(name)] = f.Name
	if mode := f.Mode(); !mode.IsRegular() && !mode.IsDir() {
		return refuse(f.Name, "found %s, expected an ordinary file", kindOf(mode))
	}
	if f.Flags&1 != 0 {
		return refuse(f.Name, "it is encrypted; nobody can check it")
	}
	if f.Method != zip.Store && f.Method != zip.Deflate {
		return refuse(f.Name, "found compression method %d, expected 0 (stored) or 8 (deflate)", f.Method)
	}
	if f.UncompressedSize64 > maxFile {
		return refuse(f.Name, "the zip says that it unpacks to %d bytes, at most %d are read", f.UncompressedSize64, int64(maxFile))
	}
	if f.UncompressedSize64 > ratioFrom && f.UncompressedSize64/maxRatio > f.CompressedSize64 {
		return refuse(f.Name, "the zip says that %d bytes unpack to %d, more than %d for one; tables do not", f.CompressedSize64, f.UncompressedSize64, maxRatio)
	}
	return nil
}

// fold returns the name as file systems see it for which case does not count.
func fold(name string) string { return strings.ToLower(strings.ToUpper(name)) }

// unpack writes one member, and returns its bytes: at most left of them.
func unpack(ctx context.Context, f *zip.File, to *os.Root, left int64) (int64, error) {
	name := strings.TrimSuffix(f.Name, "/")
	if f.Mode().IsDir() {
		return 0, to.MkdirAll(name, 0o700)
	}
	if err := to.MkdirAll(path.Dir(name), 0o700); err != nil {
		return 0, refuse(f.Name, "a file of the zip stands where another needs a folder")
	}
	in, err := f.Open()
	if err != nil {
		return 0, refuse(f.Name, "cannot be unpacked: %v; get the package again", err)
	}
	defer in.Close()
	out, err := to.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	defer out.Close()
	most := min(left, maxFile, max(ratioFrom, int64(f.CompressedSize64)*maxRatio), int64(f.UncompressedSize64))
	n, err := io.Copy(out, io.LimitReader(reading{ctx, in}, most+1))
	switch {
	case ctx.Err() != nil:
		return n, ctx.Err()
	case n > left:
		return n, refuse(f.Name, "the files up to this one unpack to more than %d bytes; no more are read", int64(maxTotal))
	case n > most:
		return n, refuse(f.Name, "it unpacks to more than the %d bytes that the zip says", f.UncompressedSize64)
	case err != nil:
		return n, refuse(f.Name, "cannot be unpacked: %v; get the package again", err)
	}
	return n, out.Close()
}
