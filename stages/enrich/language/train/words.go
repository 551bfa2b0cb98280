package main

import (
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// drawn is the source of texts that are words drawn from a list.
const drawn = "drawn"

// listed are the languages of which lists are used, by their code there: how
// many texts are drawn, and the code of ISO 639-3. Lists hold the names of
// people and places as each language writes them, which sentences seldom do.
var listed = map[string]struct {
	lang  string
	texts int
}{
	"ru": {"rus", 4000}, "en": {"eng", 4000}, "uk": {"ukr", 1000}, "bg": {"bul", 1000}, "mk": {"mkd", 600}, "tr": {"tur", 1000},
	"de": {"deu", 800}, "nl": {"nld", 500}, "sv": {"swe", 500}, "da": {"dan", 300}, "nb": {"nob", 300},
	"fr": {"fra", 800}, "es": {"spa", 800}, "it": {"ita", 600}, "pt": {"por", 600}, "ro": {"ron", 500}, "ca": {"cat", 300},
	"pl": {"pol", 800}, "cs": {"ces", 600}, "sk": {"slk", 300}, "sl": {"slv", 300}, "sh": {"bos", 400}, "hu": {"hun", 500}, "fi": {"fin", 500},
	"lt": {"lit", 400}, "lv": {"lav", 400}, "id": {"ind", 500}, "ms": {"zlm", 300}, "vi": {"vie", 300},
}

// drawWords makes texts of two to seven words of the lists in a folder, frequent
// words more often; the same lists give the same texts.
func drawWords(folder string) ([]text, error) {
	var out []text
	for _, code := range sortedKeys(listed) {
		words, err := wordList(folder, code)
		if err != nil {
			return nil, err
		}
		r := rand.New(rand.NewPCG(uint64(code[0]), uint64(code[1])))
		for n := range listed[code].texts {
			some := make([]string, 2+r.IntN(6))
			for i := range some {
				at := r.IntN(min(len(words), 60_000))
				if r.IntN(2) == 0 { // by rank, as Zipf has it
					at = int(math.Exp(r.Float64() * math.Log(float64(min(len(words), 60_000)))))
				}
				some[i] = words[min(at, len(words)-1)]
			}
			out = append(out, text{lang: listed[code].lang, source: drawn, text: strings.Join(some, " "), of: n % folds})
		}
	}
	return out, nil
}

// wordList reads a list of wordfreq, the large one where there is one: words by
// falling frequency.
func wordList(folder, code string) ([]string, error) {
	for _, size := range []string{"large", "small"} {
		f, err := os.Open(filepath.Join(folder, size+"_"+code+".msgpack.gz"))
		if errors.Is(err, os.ErrNotExist) {
			continue
		} else if err != nil {
			return nil, err
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			return nil, err
		}
		all, err := io.ReadAll(z)
		if err != nil {
			return nil, err
		}
		words, rest, err := unpack(all, nil)
		if err == nil && len(rest) > 0 {
			err = errors.New("more than one value")
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
		return words, nil
	}
	return nil, fmt.Errorf("%s: no list of words in %q", folder, code)
}

// unpack appends the texts in lists of a value of MessagePack, of the kinds that
// the lists have.
func unpack(b []byte, into []string) (words []string, rest []byte, err error) {
	if len(b) == 0 {
		return into, nil, io.ErrUnexpectedEOF
	}
	size, n, kind := 0, 1, byte(0)
	switch c := b[0]; {
	case c < 0x80: // a number
		return into, b[1:], nil
	case c < 0x90:
		size, kind = int(c&0x0f), '{'
	case c < 0xa0:
		size, kind = int(c&0x0f), '['
	case c < 0xc0:
		size, kind = int(c&0x1f), '"'
	case c == 0xd9 && len(b) > 1:
		size, n, kind = int(b[1]), 2, '"'
	case c == 0xda && len(b) > 2:
		size, n, kind = int(binary.BigEndian.Uint16(b[1:])), 3, '"'
	case c == 0xdc && len(b) > 2:
		size, n, kind = int(binary.BigEndian.Uint16(b[1:])), 3, '['
	case c == 0xdd && len(b) > 4:
		size, n, kind = int(binary.BigEndian.Uint32(b[1:])), 5, '['
	default:
		return into, nil, fmt.Errorf("a value of kind %#x", c)
	}
	rest = b[n:]
	if kind == '"' {
		if size > len(rest) {
			return into, nil, io.ErrUnexpectedEOF
		}
		return append(into, string(rest[:size])), rest[size:], nil
	}
	keep := len(into)
	if kind == '{' {
		size *= 2
	}
	for range size {
		if into, rest, err = unpack(rest, into); err != nil {
			return into, nil, err
		}
	}
	if kind == '{' {
		into = into[:keep] // the head of the list
	}
	return into, rest, nil
}
