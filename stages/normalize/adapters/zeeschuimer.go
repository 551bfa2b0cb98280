package adapters

import (
	"regexp"
	"slices"
	"strings"

	"diplometrics/stages/normalize/adapters/jsontape"
)

// Zeeschuimer keeps the items that a site sends to the browser while somebody
// scrolls: one line an item and showing, so that the same post comes again with
// its later counts. What surrounds the item is not copied anywhere but for its
// time: it holds the addresses of requests, with tokens.

// captured is one item and when it was shown.
type captured struct {
	item jsontape.Value
	at   observation
}

// sourcePlatform is the site of the first line.
var sourcePlatform = regexp.MustCompile(`"source_platform"\s*:\s*"([^"]*)"`)

// detectZeeschuimer tells whether a file was captured on one of the sites, such
// as x.com, by Zeeschuimer itself or after it went through 4CAT.
func detectZeeschuimer(head []byte, sites ...string) bool {
	p := jsonPaths(head)
	if !(p["source_platform"] && p["data"] && p["timestamp_collected"]) && !p["__import_meta"] {
		return false
	}
	m := sourcePlatform.FindSubmatch(head)
	return m != nil && slices.Contains(sites, site(string(m[1])))
}

// site is the domain of a site without www.
func site(domain string) string { return strings.TrimPrefix(strings.ToLower(domain), "www.") }

// zeeschuimerItem takes an item out of what surrounds it. It fails where the
// line is no captured item of one of the sites.
func zeeschuimerItem(v jsontape.Value, f *jsonFields, file File, sites ...string) (c captured) {
	around, item := v, f.object(v.Get("data"), "data")
	if meta := f.object(v.Get("__import_meta"), "__import_meta"); meta.Exists() { // 4CAT turns it inside out
		around, item = meta, v
	}
	domain := f.text(around.Get("source_platform"), "source_platform")
	switch {
	case f.err != nil:
	case !item.Exists() || domain == "":
		f.fail("data", "", "expected an item that Zeeschuimer captured, with data and source_platform")
	case !slices.Contains(sites, site(domain)):
		f.fail("source_platform", domain, "expected "+sites[0]+"; one file holds what was captured on one site")
	}
	at := f.count(around.Get("timestamp_collected"), "timestamp_collected")
	if later := f.count(around.Get("last_updated"), "last_updated"); later.OK && later.V > at.V {
		at = later
	}
	c.item, c.at = item, observed(f.epoch(at, milliseconds, "timestamp_collected"), file)
	return c
}

// reject rejects the item by the first error of its fields, and shows of it what
// the site sent, not what surrounds it.
func (c captured) reject(f *jsonFields, into *Batch) error {
	if !c.item.Exists() || c.item.Exists("__import_meta") {
		return f.err
	}
	into.Reject(f.line, f.err.Field, f.err.reason(), head(c.item.AppendTo(nil)))
	return nil
}
