package simulate

import (
	"strconv"
	"time"

	"diplometrics/datasets"
)

// telegram writes the export of one channel as Telegram Desktop does.
type telegram struct {
	s     *simulation
	buf   []byte
	first bool
	zone  *time.Location // of the computer that exported
	edits int64          // before which an edit is seen
}

func (*telegram) adapter() string          { return "telegram_desktop" }
func (*telegram) open(*output, *truth)     {}
func (*telegram) end(*output, *collection) {}
func (f *telegram) close(o *output)        { o.text("\n ]\n}\n") }
func (*telegram) field(r *record) string   { return r.harm("date_unixtime", "id") }

func (f *telegram) account(o *output, c *collection, a *Account, _ int64) {
	f.first, f.edits = true, c.at
	f.zone = f.s.rhythms[a.Country].zone
	f.buf = append(f.buf[:0], "{\n \"name\": "...)
	f.buf = appendJSON(f.buf, a.Organization, false)
	f.buf = append(f.buf, ",\n \"type\": \"public_channel\",\n \"id\": "+a.ID+",\n \"messages\": [\n"...)
	o.write(f.buf)
	f.message(o, func() { f.moments("date", f.s.from.Time().Unix()-86400*365) }, 1, "service", `"action": "create_channel"`)
	o.truth.filter("service message")
}

// message writes what every message has, and the given lines.
func (f *telegram) message(o *output, times func(), id int64, kind string, lines ...string) {
	f.buf = f.buf[:0]
	f.begin(o)
	f.line(`"id": ` + strconv.FormatInt(id, 10))
	f.line(`"type": "` + kind + `"`)
	if times != nil {
		times()
	}
	for _, l := range lines {
		f.line(l)
	}
	f.finish(o)
}

// begin begins a message on a line of its own.
func (f *telegram) begin(o *output) {
	if !f.first {
		o.text(",\n")
	}
	f.first = false
	f.buf = append(f.buf[:0], "  {"...)
}

// line adds a member of the message.
func (f *telegram) line(s string) {
	if len(f.buf) > len("  {") {
		f.buf = append(f.buf, ',')
	}
	f.buf = append(f.buf, "\n   "...)
	f.buf = append(f.buf, s...)
}

func (f *telegram) finish(o *output) {
	f.buf = append(f.buf, "\n  }"...)
	o.write(f.buf)
}

// moments adds a time as the clock of the computer showed it, and in seconds.
func (f *telegram) moments(name string, at int64) {
	f.line(`"` + name + `": "` + time.Unix(at, 0).In(f.zone).Format("2006-01-02T15:04:05") + `"`)
	f.line(`"` + name + `_unixtime": "` + strconv.FormatInt(at, 10) + `"`)
}

func (f *telegram) post(o *output, c *collection, r *record) (at, line int64) {
	p := r.p
	if p.before > 0 {
		f.message(o, func() { f.moments("date", p.at-1) }, p.message-1, "service", `"action": "pin_message"`)
		o.truth.filter("service message")
	}
	broken := "none"
	if r.broken > 0 {
		broken = f.field(r)
	}
	for i := range p.parts {
		f.begin(o)
		if i == 0 {
			line = o.line
		}
		if broken == "id" {
			f.line(`"id": "lost"`)
		} else {
			f.line(`"id": ` + strconv.FormatInt(p.message+int64(i), 10))
		}
		f.line(`"type": "message"`)
		if broken == "date_unixtime" {
			f.line(`"date_unixtime": "soon"`)
		} else {
			f.moments("date", p.at)
		}
		if r.edited {
			f.moments("edited", p.edited)
		}
		f.body(r, i)
		f.finish(o)
	}
	return c.observed, line
}

// body adds the sender, what the message shows, and its text.
func (f *telegram) body(r *record, part int) {
	p := r.p
	f.line(`"from": ` + string(appendJSON(nil, r.a.Organization, false)))
	f.line(`"from_id": "channel` + r.a.ID + `"`)
	switch p.kind {
	case datasets.Repost:
		_, handle := other(p)
		f.line(`"forwarded_from": "` + handle + `"`)
	case datasets.Reply:
		f.line(`"reply_to_message_id": ` + strconv.FormatInt(max(1, p.message-1-int64(p.seed%5)), 10))
	}
	switch p.media {
	case "photo", "album":
		f.line(`"photo": "photos/photo_1.jpg"`)
	case "video":
		f.line(`"file": "video_files/1.mp4"`)
		f.line(`"media_type": "video_file"`)
	}
	text := r.text
	if part > 0 {
		text = ""
	}
	f.text(text, r.link)
	if n := r.counts.Like; n.OK && n.V > 0 && part == 0 && p.kind != datasets.Repost {
		hearts := n.V / 3
		list := `"reactions": [{"type": "emoji", "count": ` + strconv.FormatInt(n.V-hearts, 10) + `, "emoji": "👍"}`
		if hearts > 0 {
			list += `, {"type": "emoji", "count": ` + strconv.FormatInt(hearts, 10) + `, "emoji": "❤"}`
		}
		f.line(list + "]")
	}
}

// text adds a text; one that ends with an address comes in pieces.
func (f *telegram) text(text, link string) {
	if n := len(text) - len(link); link != "" && n > 0 && text != "" && text[n:] == link {
		f.line(`"text": [` + string(appendJSON(nil, text[:n], false)) + `, {"type": "link", "text": ` + string(appendJSON(nil, link, false)) + `}]`)
		f.line(`"text_entities": []`)
		return
	}
	f.line(`"text": ` + string(appendJSON(nil, text, false)))
	f.line(`"text_entities": []`)
}
