package simulate

import (
	"diplometrics/datasets"
)

// format writes records as a collector does. It belongs to one collection.
type format interface {
	adapter() string
	// open begins a file; what it shows of accounts goes into t.
	open(o *output, t *truth)
	// account begins what the file holds of an account, of which the collector
	// saw so many posts.
	account(o *output, c *collection, a *Account, seen int64)
	// post writes a record, or several of an album, so many times, or once broken
	// in one of the format's ways. It returns when the file says that the post
	// was seen, and the line on which the record starts.
	post(o *output, c *collection, r *record) (at, line int64)
	// field is what the reject of a broken record names, "" for the whole record.
	field(r *record) string
	end(o *output, c *collection) // of an account
	close(o *output)
}

// record is a post as one collection shows it.
type record struct {
	a      *Account
	p      *post
	text   string
	link   string // address in the text; "" for none
	tags   []string
	edited bool // when it was collected
	counts datasets.Counts
	times  int // that it is written
	broken int // 0 for whole, else a way of the format
}

// harm is the field at which a record is broken, of those that its format
// breaks at.
func (r *record) harm(fields ...string) string { return fields[r.broken%len(fields)] }
