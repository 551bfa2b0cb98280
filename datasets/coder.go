package datasets

import "encoding/binary"

// coder packs rows as appendRow does and takes them as takeRow does, but row types
// name their fields to it one after another, in the order of the columns, where
// those go through accessors. Tables with a row a post have such a list; none has
// more than 64 columns.
type coder struct {
	taking bool
	bits   uint64 // whether values are present, the first of all columns lowest; of those to come where taking
	column int    // number of columns that came, where packing
	b      []byte
	s      string // is taken from
	at     int    // where it goes on; cutting s instead would write a pointer each time
	broken bool   // it is no row of the table

	few  int            // number of columns of few texts that came, where taking
	last [maxFew]string // their texts of the row before
}

// maxFew is how many columns of few texts a row type can have.
const maxFew = 16

// packRow appends a row to b.
func (t *Table[R]) packRow(c *coder, b []byte, r *R) []byte {
	if t.code == nil {
		return t.appendRow(b, r)
	}
	at, n := len(b), (len(t.Columns)+7)/8
	c.taking, c.bits, c.column = false, 0, 0
	c.b = append(b, make([]byte, n)...)
	t.code(c, r)
	b, c.b = c.b, nil
	for i := range n {
		b[at+i] = byte(c.bits >> (8 * i))
	}
	return b
}

// unpackRow is takeRow.
func (t *Table[R]) unpackRow(c *coder, s string, r *R) (string, error) {
	if t.code == nil {
		return t.takeRow(s, r)
	}
	n := (len(t.Columns) + 7) / 8
	if len(s) < n {
		return "", errRow
	}
	c.taking, c.broken, c.bits, c.few, c.s, c.at = true, false, 0, 0, s, n
	for i := range n {
		c.bits |= uint64(s[i]) << (8 * i)
	}
	t.code(c, r)
	if c.broken {
		return "", errRow
	}
	return s[c.at:], nil
}

// put notes whether the next column is present, and tells it.
func (c *coder) put(has bool) bool {
	if has {
		c.bits |= 1 << c.column
	}
	c.column++
	return has
}

// takes tells whether the next column is present.
func (c *coder) takes() bool {
	has := c.bits&1 != 0
	c.bits >>= 1
	return has
}

func (c *coder) takeUvarint() uint64 {
	if c.at < len(c.s) && c.s[c.at] < 0x80 {
		c.at++
		return uint64(c.s[c.at-1])
	}
	u, size := uvarint(c.s[c.at:])
	if size == 0 {
		c.fail()
	}
	c.at += size
	return u
}

// fail stops the row: no other column is looked for.
func (c *coder) fail() { c.broken, c.bits = true, 0 }

func (c *coder) putWhole(n int64) { c.b = binary.AppendVarint(c.b, n) }

func (c *coder) takeWhole() int64 {
	u := c.takeUvarint()
	return int64(u>>1) ^ -int64(u&1)
}

func (c *coder) putText(s string) { c.b = append(binary.AppendUvarint(c.b, uint64(len(s))), s...) }

func (c *coder) takeText() string {
	n := c.takeUvarint()
	if n > uint64(len(c.s)-c.at) {
		c.fail()
		return ""
	}
	from := c.at
	c.at += int(n)
	return c.s[from:c.at]
}

func (c *coder) text(v *string) {
	if !c.taking {
		c.put(true)
		c.putText(*v)
	} else if c.takes() {
		*v = c.takeText()
	}
}

func (c *coder) optText(v *Opt[string]) {
	if !c.taking {
		if c.put(v.OK) {
			c.putText(v.V)
		}
	} else if c.takes() {
		*v = Some(c.takeText())
	}
}

// fewText is text of a column of few texts: one that is as in the row before is
// that, so that who compares them later need not look into memory that has gone
// cold.
func (c *coder) fewText(v *string) {
	if c.text(v); c.taking {
		c.again(v)
	}
}

func (c *coder) optFewText(v *Opt[string]) {
	if c.optText(v); c.taking {
		c.again(&v.V)
	}
}

func (c *coder) again(s *string) {
	last := &c.last[c.few]
	c.few++
	if *s == *last {
		*s = *last
	} else {
		*last = *s
	}
}

func (c *coder) whole(v *int64) {
	if !c.taking {
		c.put(true)
		c.putWhole(*v)
	} else if c.takes() {
		*v = c.takeWhole()
	}
}

func (c *coder) truth(v *bool) {
	n := int64(bitsOfBool(*v))
	c.whole(&n)
	*v = n != 0
}

func (c *coder) optWhole(v *Opt[int64]) {
	if !c.taking {
		if c.put(v.OK) {
			c.putWhole(v.V)
		}
	} else if c.takes() {
		*v = Some(c.takeWhole())
	}
}

func (c *coder) optTime(v *Opt[Micros]) {
	if !c.taking {
		if c.put(v.OK) {
			c.putWhole(int64(v.V))
		}
	} else if c.takes() {
		*v = Some(Micros(c.takeWhole()))
	}
}

func (p *Post) code(c *coder) {
	c.fewText(&p.Platform)
	c.fewText(&p.AccountID)
	c.text(&p.PostID)
	c.optFewText(&p.Country)
	c.optTime(&p.CreatedAt)
	c.fewText(&p.PostType)
	c.optText(&p.Text)
	c.optFewText(&p.LanguageGiven)
	c.optFewText(&p.MediaType)
	c.optText(&p.URL)
	c.optText(&p.ReplyToID)
	c.optText(&p.RepostOfID)
	c.optText(&p.QuoteOfID)
	c.optTime(&p.EditedAt)
	c.whole(&p.Parts)
	n := &p.Counts
	for _, v := range [...]*Opt[int64]{&n.Like, &n.Comment, &n.Share, &n.Quote, &n.View, &n.Save, &p.FollowersAtPosting} {
		c.optWhole(v)
	}
	c.optTime(&p.ObservedAt)
	c.optFewText(&p.TimeSource)
	c.whole(&p.Observations)
	c.fewText(&p.Source)
}

func (r *PostRun) code(c *coder) {
	r.Post.code(c)
	c.whole(&r.Digest)
}

func (s *Shown) code(c *coder) {
	c.optWhole(&s.V)
	c.optText(&s.Text)
	c.optWhole(&s.Low)
	c.optWhole(&s.High)
}

func (r *SnapshotRun) code(c *coder) {
	s := &r.Snapshot
	c.fewText(&s.Platform)
	c.fewText(&s.AccountID)
	c.whole((*int64)(&s.ObservedAt))
	c.fewText(&s.ObservedPrecision)
	s.Followers.code(c)
	s.Following.code(c)
	s.PostsTotal.code(c)
	s.LikesTotal.code(c)
	c.fewText(&s.TimeSource)
	c.fewText(&s.Source)
	c.optText(&s.Locator)
	c.whole(&r.Line)
	c.truth(&r.Beside)
}
