package adapters

import (
	"encoding/json"
	"slices"
)

// wholePart returns what is whole of a page that a file ends inside: an object
// with records in lists. Lists names their keys, with a point after the key of
// an object that they stand in; those of the object includes are lists too.
// Whole is the page up to the last element, list or member that
// is whole, closed so that it is JSON again, and rest what follows it. Whole is
// nil where no element is, or where what stands before is no JSON.
func wholePart(raw []byte, lists []string) (whole, rest []byte) {
	var (
		open    []byte // brackets that are not closed
		keys    [2]string
		text    = -1 // where the last text starts
		quoted  bool
		last    []byte // the last text
		page    bool   // an element is whole
		end     int
		closers []byte
	)
	if lists == nil {
		return nil, nil
	}
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		switch {
		case quoted && c == '\\':
			i++
		case quoted && c == '"':
			quoted, last = false, raw[text:i]
		case quoted:
		case c == '"':
			quoted, text = true, i+1
		case c == ':' && len(open) > 0 && len(open) <= len(keys):
			keys[len(open)-1] = string(last)
		case c == '{' || c == '[':
			open = append(open, c+2) // in ASCII the closing bracket
		case c == '}' || c == ']':
			if len(open) == 0 || open[len(open)-1] != c {
				return nil, nil
			}
			open = open[:len(open)-1]
			inside := len(open) > 1 && open[1] == '}' && (keys[0] == "includes" || slices.Contains(lists, keys[0]+"."+keys[1]))
			element := len(open) == 2 && open[1] == ']' && slices.Contains(lists, keys[0]) ||
				len(open) == 3 && open[2] == ']' && inside
			page = page || element
			if element || page && (len(open) == 1 || len(open) == 2 && inside) {
				end, closers = i+1, append(closers[:0], open...)
			}
		}
	}
	if end == 0 {
		return nil, nil
	}
	slices.Reverse(closers)
	if whole = append(slices.Clone(raw[:end]), closers...); !json.Valid(whole) {
		return nil, nil
	}
	return whole, raw[end:]
}

// inPage rejects the records of one page one by one.
type inPage struct {
	into *Batch
	line int64
	kept int          // rows before the page
	all  *RecordError // the first that says why the whole file is not read
	raw  []byte       // the record of which it says so
}

func newPage(into *Batch, line int64) inPage {
	return inPage{into: into, line: line, kept: len(into.Posts) + len(into.Snapshots)}
}

// reject notes what is wrong with a record; nil is nothing.
func (p *inPage) reject(err *RecordError, raw []byte) {
	switch {
	case err == nil:
	case err.All != nil && p.all == nil:
		p.all, p.raw = err, raw
	default:
		p.into.Reject(p.line, err.Field, err.reason(), head(raw))
	}
}

// err is what the decoder of the page returns: what was not noted yet, because it
// says why the file is not read. Where the page has other records that is no
// reason.
func (p *inPage) err() error {
	if p.all != nil && len(p.into.Posts)+len(p.into.Snapshots) > p.kept {
		p.into.Reject(p.line, p.all.Field, p.all.reason(), head(p.raw))
		p.all = nil
	}
	if p.all == nil {
		return nil
	}
	return p.all
}
