package ink

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sort"
	"unicode/utf16"

	"golang.org/x/image/font/sfnt"
)

var be = binary.BigEndian

// subset returns a TrueType font with just the letters for the given runes.
// Letters are numbered anew, hints and kerning are left out. The layout is
// that of the OpenType specification, chapters "glyf", "loca" and "cmap".
func subset(f *typeface, runes map[rune]bool) ([]byte, error) {
	tables, err := sfntTables(f.ttf)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"head", "hhea", "hmtx", "maxp", "loca", "glyf", "OS/2"} {
		if tables[name] == nil {
			return nil, fmt.Errorf("font has no table %s", name)
		}
	}
	src := glyphs{glyf: tables["glyf"], loca: tables["loca"], long: be.Uint16(tables["head"][50:]) == 1}

	// Old numbers of the letters: those of the runes, and the parts that they are made of.
	var buf sfnt.Buffer
	letters := map[rune]uint16{}
	keep := map[uint16]bool{0: true}
	var queue []uint16
	for r := range runes {
		if g := uint16(f.glyph(&buf, r)); g != 0 {
			letters[r] = g
			queue = append(queue, g)
		}
	}
	for len(queue) > 0 {
		g := queue[0]
		queue = queue[1:]
		if keep[g] {
			continue
		}
		keep[g] = true
		data, err := src.glyph(g)
		if err != nil {
			return nil, err
		}
		parts, err := components(data)
		if err != nil {
			return nil, fmt.Errorf("glyph %d: %w", g, err)
		}
		for _, at := range parts {
			queue = append(queue, be.Uint16(data[at:]))
		}
	}
	old := make([]uint16, 0, len(keep))
	for g := range keep {
		old = append(old, g)
	}
	slices.Sort(old)
	renumbered := map[uint16]uint16{}
	for i, g := range old {
		renumbered[g] = uint16(i)
	}

	var glyf, loca, hmtx []byte
	metrics := int(be.Uint16(tables["hhea"][34:]))
	for _, g := range old {
		data, err := src.glyph(g)
		if err != nil {
			return nil, err
		}
		data, err = unhinted(data)
		if err != nil {
			return nil, fmt.Errorf("glyph %d: %w", g, err)
		}
		parts, err := components(data)
		if err != nil {
			return nil, fmt.Errorf("glyph %d: %w", g, err)
		}
		for _, at := range parts {
			be.PutUint16(data[at:], renumbered[be.Uint16(data[at:])])
		}
		loca = be.AppendUint32(loca, uint32(len(glyf)))
		glyf = append(glyf, data...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		all := tables["hmtx"]
		advance := all[4*min(int(g), metrics-1):]
		bearing := advance[2:]
		if int(g) >= metrics {
			bearing = all[4*metrics+2*(int(g)-metrics):]
		}
		hmtx = append(hmtx, advance[0], advance[1], bearing[0], bearing[1])
	}
	loca = be.AppendUint32(loca, uint32(len(glyf)))

	head := slices.Clone(tables["head"])
	be.PutUint32(head[8:], 0)
	be.PutUint16(head[50:], 1)
	hhea := slices.Clone(tables["hhea"])
	be.PutUint16(hhea[34:], uint16(len(old)))
	maxp := slices.Clone(tables["maxp"])
	be.PutUint16(maxp[4:], uint16(len(old)))
	copyright, err := f.font.Name(&buf, sfnt.NameIDCopyright)
	if err != nil {
		return nil, err
	}
	post := make([]byte, 32)
	be.PutUint32(post, 0x00030000)
	return assemble(map[string][]byte{
		"OS/2": tables["OS/2"], "cmap": cmap(letters, renumbered), "glyf": glyf, "head": head, "hhea": hhea,
		"hmtx": hmtx, "loca": loca, "maxp": maxp, "name": names(copyright), "post": post,
	}), nil
}

// sfntTables returns the tables of a font by name; they alias it.
func sfntTables(font []byte) (map[string][]byte, error) {
	if len(font) < 12 {
		return nil, errors.New("font is cut off")
	}
	tables := map[string][]byte{}
	for i := range int(be.Uint16(font[4:])) {
		record := font[12+16*i:]
		from, n := int(be.Uint32(record[8:])), int(be.Uint32(record[12:]))
		if from+n > len(font) {
			return nil, fmt.Errorf("table %s is cut off", record[:4])
		}
		tables[string(record[:4])] = font[from : from+n]
	}
	return tables, nil
}

// glyphs finds the outline of a letter.
type glyphs struct {
	glyf, loca []byte
	long       bool
}

func (s glyphs) glyph(g uint16) ([]byte, error) {
	var from, to int
	if s.long {
		from, to = int(be.Uint32(s.loca[4*int(g):])), int(be.Uint32(s.loca[4*int(g)+4:]))
	} else {
		from, to = 2*int(be.Uint16(s.loca[2*int(g):])), 2*int(be.Uint16(s.loca[2*int(g)+2:]))
	}
	if from > to || to > len(s.glyf) {
		return nil, fmt.Errorf("glyph %d is cut off", g)
	}
	return s.glyf[from:to], nil
}

// Flags of a part of a composed letter.
const (
	argsAreWords  = 0x0001
	hasScale      = 0x0008
	moreParts     = 0x0020
	hasXYScale    = 0x0040
	hasTwoByTwo   = 0x0080
	hasHints      = 0x0100
	compositeMark = 0x8000 // sign bit of numberOfContours
)

// components returns the offsets at which a composed letter names its parts;
// none for a letter with an outline of its own.
func components(data []byte) ([]int, error) {
	if len(data) < 10 || be.Uint16(data)&compositeMark == 0 {
		return nil, nil
	}
	var at []int
	pos := 10
	for {
		if pos+4 > len(data) {
			return nil, errors.New("composed letter is cut off")
		}
		flags := be.Uint16(data[pos:])
		at = append(at, pos+2)
		pos += 4 + partSize(flags)
		if flags&moreParts == 0 {
			return at, nil
		}
	}
}

// partSize is the number of bytes after the number of a part.
func partSize(flags uint16) int {
	n := 2
	if flags&argsAreWords != 0 {
		n = 4
	}
	switch {
	case flags&hasScale != 0:
		n += 2
	case flags&hasXYScale != 0:
		n += 4
	case flags&hasTwoByTwo != 0:
		n += 8
	}
	return n
}

// unhinted returns a copy of a letter's data without its hinting program.
func unhinted(data []byte) ([]byte, error) {
	if len(data) < 10 {
		return nil, nil // a letter without outline, such as the space
	}
	if parts, err := components(data); err != nil {
		return nil, err
	} else if parts != nil {
		last := parts[len(parts)-1]
		end := last + 2 + partSize(be.Uint16(data[last-2:]))
		out := slices.Clone(data[:end])
		for _, at := range parts {
			be.PutUint16(out[at-2:], be.Uint16(out[at-2:])&^hasHints)
		}
		return out, nil
	}
	hints := 10 + 2*int(be.Uint16(data))
	if hints+2 > len(data) || hints+2+int(be.Uint16(data[hints:])) > len(data) {
		return nil, errors.New("outline is cut off")
	}
	out := append(slices.Clone(data[:hints]), 0, 0)
	return append(out, data[hints+2+int(be.Uint16(data[hints:])):]...), nil
}

// cmap returns a table of format 12, which holds any rune, with one group for
// each letter.
func cmap(letters map[rune]uint16, renumbered map[uint16]uint16) []byte {
	runes := make([]rune, 0, len(letters))
	for r := range letters {
		runes = append(runes, r)
	}
	slices.Sort(runes)
	out := []byte{0, 0, 0, 1, 0, 3, 0, 10, 0, 0, 0, 12, 0, 12, 0, 0} // one subtable: Windows, UCS-4, format 12
	out = be.AppendUint32(out, uint32(16+12*len(runes)))
	out = be.AppendUint32(out, 0)
	out = be.AppendUint32(out, uint32(len(runes)))
	for _, r := range runes {
		out = be.AppendUint32(out, uint32(r))
		out = be.AppendUint32(out, uint32(r))
		out = be.AppendUint32(out, uint32(renumbered[letters[r]]))
	}
	return out
}

// names returns a name table that keeps the copyright notice.
func names(copyright string) []byte {
	texts := []struct {
		id   uint16
		text string
	}{{0, copyright}, {1, "Subset"}, {2, "Regular"}, {4, "Subset"}, {6, "Subset"}}
	var records, data []byte
	for _, t := range texts {
		encoded := utf16.Encode([]rune(t.text))
		for _, v := range []uint16{3, 1, 0x409, t.id, uint16(2 * len(encoded)), uint16(len(data))} {
			records = be.AppendUint16(records, v)
		}
		for _, u := range encoded {
			data = be.AppendUint16(data, u)
		}
	}
	out := be.AppendUint16([]byte{0, 0}, uint16(len(texts)))
	out = be.AppendUint16(out, uint16(6+len(records)))
	return append(append(out, records...), data...)
}

// assemble returns the font file of the tables, with its checksums.
func assemble(tables map[string][]byte) []byte {
	tags := make([]string, 0, len(tables))
	for t := range tables {
		tags = append(tags, t)
	}
	sort.Strings(tags)
	n := len(tags)
	log := 0
	for 2<<log <= n {
		log++
	}
	out := be.AppendUint32(nil, 0x00010000)
	for _, v := range []int{n, 16 << log, log, 16 * (n - 1<<log)} {
		out = be.AppendUint16(out, uint16(v))
	}
	at := 12 + 16*n
	var body []byte
	headAt := 0
	for _, t := range tags {
		data := tables[t]
		if t == "head" {
			headAt = at + len(body)
		}
		out = append(out, t...)
		out = be.AppendUint32(out, checksum(data))
		out = be.AppendUint32(out, uint32(at+len(body)))
		out = be.AppendUint32(out, uint32(len(data)))
		body = append(body, data...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	out = append(out, body...)
	be.PutUint32(out[headAt+8:], 0xB1B0AFBA-checksum(out))
	return out
}

func checksum(data []byte) (sum uint32) {
	for len(data) >= 4 {
		sum += be.Uint32(data)
		data = data[4:]
	}
	var rest [4]byte
	copy(rest[:], data)
	return sum + be.Uint32(rest[:])
}
