package verify

import (
	"bytes"
	"context"
	"encoding/hex"
	"os"
	"strings"
)

const sumsFile = "SHA256SUMS"

// sum is a line of SHA256SUMS.
type sum struct {
	Hex  string
	Path string
	Line int
}

// readSums reads SHA256SUMS, in the format of sha256sum.
func readSums(ctx context.Context, root *os.Root) ([]sum, error) {
	b, err := readAll(ctx, root, sumsFile, maxSums)
	if err != nil {
		return nil, err
	}
	return parseSums(b)
}

func parseSums(b []byte) ([]sum, error) {
	var sums []sum
	seen := map[string]int{}
	for n := 1; len(b) > 0; n++ {
		var text []byte
		text, b, _ = bytes.Cut(b, []byte("\n"))
		line := strings.TrimSuffix(string(text), "\r")
		if line == "" {
			continue
		}
		if len(sums) == maxFiles {
			return nil, refuse(sumsFile, "line %d: it lists more than %d files; no more are read", n, maxFiles)
		}
		hash, name, ok := strings.Cut(line, " ")
		name, mark := strings.CutPrefix(name, " ")
		if !mark {
			name, mark = strings.CutPrefix(name, "*")
		}
		if raw, err := hex.DecodeString(hash); !ok || !mark || err != nil || len(raw) != 32 {
			return nil, refuse(sumsFile, "line %d: found %.80q, expected 64 hex digits, two spaces and a path", n, line)
		}
		if why := badPath(name); why != "" {
			return nil, refuse(sumsFile, "line %d: %.80q: %s", n, name, why)
		}
		if other, ok := seen[name]; ok {
			return nil, refuse(sumsFile, "line %d: %s is listed twice, in line %d too", n, shown(name), other)
		}
		seen[name] = n
		sums = append(sums, sum{strings.ToLower(hash), name, n})
	}
	return sums, nil
}

// checkFiles compares the files that are there with those that SHA256SUMS lists,
// and hashes the latter.
func (p *Package) checkFiles(ctx context.Context, sums []sum) error {
	there := p.paths()
	listed := map[string]string{sumsFile: ""}
	files, hashes := p.check("files"), p.check("hashes")
	for _, s := range sums {
		listed[s.Path] = s.Hex
		if _, ok := there[s.Path]; !ok {
			files.fail(Finding{File: s.Path, Found: "no such file", Expected: "one with the hash " + s.Hex + ", as SHA256SUMS lists it"})
		}
	}
	for _, f := range p.Files {
		want, ok := listed[f.Path]
		switch {
		case !ok:
			files.fail(Finding{File: f.Path, Found: "a file that SHA256SUMS does not list", Expected: "none, or a line for it"})
			continue
		case f.Path == sumsFile:
			continue
		}
		got, size, err := hash(ctx, p.root, f.Path)
		if err != nil {
			return err
		}
		p.hashes[f.Path] = got
		if size != f.Bytes {
			return refuse(f.Path, "found %d bytes, and %d a moment before; somebody writes to the package", size, f.Bytes)
		}
		hashes.n++
		if got != want {
			hashes.fail(Finding{File: f.Path, Found: "SHA-256 " + got, Expected: want + ", as SHA256SUMS says"})
		}
	}
	files.say("%d, each of them listed in SHA256SUMS", len(p.Files))
	hashes.say("%d files as SHA256SUMS says", hashes.n)
	return nil
}

// paths returns the files by path.
func (p *Package) paths() map[string]File {
	m := map[string]File{}
	for _, f := range p.Files {
		m[f.Path] = f
	}
	return m
}
