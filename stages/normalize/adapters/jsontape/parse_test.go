package jsontape

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// plainValue is the value as encoding/json gives it with UseNumber; of members
// with the same key it has the first.
func plainValue(v Value) any {
	switch v.Type() {
	case Object:
		m := map[string]any{}
		v.Visit(func(key []byte, member Value) {
			if _, ok := m[string(key)]; !ok {
				m[string(key)] = plainValue(member)
			}
		})
		return m
	case Array:
		list := []any{}
		for _, e := range v.GetArray() {
			list = append(list, plainValue(e))
		}
		return list
	case String:
		return v.Text()
	case Number:
		return json.Number(v.String())
	case True, False:
		return v.GetBool()
	}
	return nil
}

// oracle is the value as encoding/json reads it, where the first of members with
// the same key counts.
func oracle(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		m := map[string]any{}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			member, err := oracle(d)
			if err != nil {
				return nil, err
			}
			if _, ok := m[key.(string)]; !ok {
				m[key.(string)] = member
			}
		}
		_, err = d.Token()
		return m, err
	case json.Delim('['):
		list := []any{}
		for d.More() {
			e, err := oracle(d)
			if err != nil {
				return nil, err
			}
			list = append(list, e)
		}
		_, err = d.Token()
		return list, err
	}
	return t, nil
}

// depth is how deep the values of a valid document stand in each other.
func depth(text []byte) int {
	deepest, now := 0, 0
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	for {
		t, err := d.Token()
		if err != nil {
			return deepest
		}
		switch t {
		case json.Delim('}'), json.Delim(']'):
			now--
			continue
		case json.Delim('{'), json.Delim('['):
			now++
			deepest = max(deepest, now)
		default:
			deepest = max(deepest, now+1)
		}
	}
}

// halves tells whether a text has an escape of a surrogate, which encoding/json
// replaces where it stands alone.
func halves(text []byte) bool {
	return bytes.Contains(bytes.ToLower(text), []byte(`\ud`))
}

// check compares the parser with encoding/json.
func check(t interface{ Fatalf(string, ...any) }, p *Parser, text []byte) {
	before := bytes.Clone(text)
	v, err := p.Parse(text)
	if bytes.Contains(text, []byte("NaN")) {
		return // see TestNaN
	}
	if valid := json.Valid(text); (err == nil) != valid {
		if !valid || depth(text) <= MaxDepth {
			t.Fatalf("%q: %v, but json.Valid is %v", text, err, valid)
		}
		return
	}
	if err != nil {
		if v.Exists() {
			t.Fatalf("%q: a value beside an error", text)
		}
		return
	}
	if again, err := Parse(v.AppendTo(nil)); err != nil || string(again.AppendTo(nil)) != string(v.AppendTo(nil)) {
		t.Fatalf("%q: written as %s, %v", text, v.AppendTo(nil), err)
	}
	got := plainValue(v)
	if !bytes.Equal(text, before) {
		t.Fatalf("%q: was changed to %q", before, text)
	}
	if !utf8.Valid(text) || halves(text) {
		return
	}
	var compact bytes.Buffer
	if json.Compact(&compact, text); compact.String() != string(v.AppendTo(nil)) {
		t.Fatalf("%q: written as %s, want %s", text, v.AppendTo(nil), &compact)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	want, err := oracle(d)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	if fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want) {
		t.Fatalf("%q:\ngot  %#v\nwant %#v", text, got, want)
	}
}

// documents are what the fuzzer starts from.
var documents = []string{
	`{"a": 1, "b": [true, false, null, "text"], "c": {"d": {}, "e": []}}`,
	`{"a":1,"a":2,"\u0061":3}`, "\t[1 , 2\r\n,3 ]\n", `"\"\\\/\b\f\n\r\té\u00e9\ud83d\ude00"`, `{"\ud800": "\ud800x\udc00\ud800\u0041"}`,
	`0`, `-0`, `-0.5e-10`, `1E+400`, `12345678901234567890`, `9223372036854775807`, `-9223372036854775808`, `123456789012345678`, `1234567890123456789`,
	`01`, `-`, `+1`, `1.`, `.5`, `1e`, `1e+`, `-Infinity`, `nul`, `truex`, `tru`, `fals`,
	``, ` `, `{`, `[`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `[1,]`, `[,1]`, `[1 2]`, `{"a" 1}`, `{a:1}`, `{1:1}`, `[1}`, `{"a":1]`, `1 2`, `[]]`, `{"a":1}{`,
	"\"a\tb\"", "\"\x00\"", "\"01234567\x1f\"", "\"\x7f\x80\xff\"", `"`, `"\`, `"\"`, `"\u12"`, `"\u12g4"`, `"\x41"`, `"1234567\`, `"1234567\"`, "\"\\\n\"",
	`"01234567"`, `"0123456"`, `"012345678"`, `"0123456789abcdef"`, `["0123456","01234567","012345678","😀😀😀"]`,
	strings.Repeat("[", 299) + "1" + strings.Repeat("]", 299), strings.Repeat("[", 300) + strings.Repeat("]", 300), strings.Repeat("[", 300) + "1" + strings.Repeat("]", 300),
	strings.Repeat("[", 301) + strings.Repeat("]", 301), strings.Repeat(`{"a":`, 299) + "{}" + strings.Repeat("}", 299), strings.Repeat("[", 100000),
}

// NaN is null as a value, and nothing else.
func TestNaN(t *testing.T) {
	v, err := Parse([]byte(`{"a": NaN, "b": [NaN,1], "c": "NaN"}`))
	if err != nil {
		t.Fatal(err)
	}
	if a, b := v.Get("a"), v.Get("b").GetArray(); a.Type() != Null || !a.Exists() || len(b) != 2 || b[0].Type() != Null || string(v.GetStringBytes("c")) != "NaN" {
		t.Errorf("got %s", v)
	}
	for _, text := range []string{`Nan`, `NaNx`, `[NaN1]`, `{"a": -NaN}`, `{NaN: 1}`, `Na`} {
		if v, err := Parse([]byte(text)); err == nil {
			t.Errorf("%s was read as %s", text, v)
		}
	}
}

// The parser takes exactly what encoding/json takes, and reads the same.
func FuzzParse(f *testing.F) {
	for _, d := range documents {
		f.Add([]byte(d))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var p Parser
		check(t, &p, text)
		check(t, &p, text) // in memory that was used
	})
}

// document draws JSON, most of it valid, with texts of all lengths around the
// eight bytes that are looked at at once.
func document(t *rapid.T, deep int) string {
	white := rapid.SampledFrom([]string{"", "", "", " ", "\n", " \t\r\n "})
	pieces := rapid.SampledFrom([]string{"", "a", "жук", "😀", "0123456", "01234567", `\"`, `\\`, `\n`, `\u0041`, `\u0436`, `\ud83d\ude00`, " ", "\x7f", "\xc3", "\t", `\`, `"`, `\x`, `\u12`})
	common := rapid.SampledFrom([]string{"", "a", "жук", "😀", "0123456", "01234567", `\"`, `\\`, `\n`, `\u0041`, `\u0436`, `\ud83d\ude00`, " "})
	text := func() string {
		from := common
		if rapid.IntRange(0, 60).Draw(t, "odd") == 0 {
			from = pieces
		}
		return `"` + strings.Join(rapid.SliceOfN(from, 0, 8).Draw(t, "text"), "") + `"`
	}
	kind := rapid.IntRange(0, 9).Draw(t, "kind")
	if deep == 0 {
		kind %= 6
	}
	var out string
	switch kind {
	case 0, 1, 2:
		out = text()
	case 3:
		out = rapid.SampledFrom([]string{"true", "false", "null"}).Draw(t, "word")
	case 4:
		out = strconv.FormatInt(rapid.Int64().Draw(t, "whole"), 10)
	case 5:
		if out = strconv.FormatFloat(rapid.Float64().Draw(t, "number"), 'g', -1, 64); out == "NaN" {
			out = "0"
		}
	case 6, 7:
		var parts []string
		for range rapid.IntRange(0, 4).Draw(t, "elements") {
			parts = append(parts, document(t, deep-1))
		}
		out = "[" + strings.Join(parts, ",") + white.Draw(t, "white") + "]"
	default:
		var parts []string
		for range rapid.IntRange(0, 4).Draw(t, "members") {
			parts = append(parts, white.Draw(t, "white")+text()+white.Draw(t, "white")+":"+document(t, deep-1))
		}
		out = "{" + strings.Join(parts, ",") + white.Draw(t, "white") + "}"
	}
	return white.Draw(t, "white") + out + white.Draw(t, "white")
}

func TestParseIsJSON(t *testing.T) {
	var p Parser
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(document(t, 4))
		check(t, &p, text)
		if len(text) == 0 {
			return
		}
		switch at := rapid.IntRange(0, len(text)-1).Draw(t, "at"); rapid.IntRange(0, 2).Draw(t, "damage") {
		case 0:
			text = text[:at]
		case 1:
			text[at] = rapid.Byte().Draw(t, "byte")
		case 2:
			text = append(text[:at], text[at+1:]...)
		}
		check(t, &p, text)
	})
}

// Every text that has a quote, a backslash, a control character or a byte
// above ASCII at any place ends where it should.
func TestTextEnds(t *testing.T) {
	for size := range 40 {
		for at := range size {
			for c := range 256 {
				text := bytes.Repeat([]byte{'x'}, size)
				text[at] = byte(c)
				for _, behind := range []string{"", `,"abc"`, " ,\x00\x01\\\"" + strings.Repeat("y", 9)} {
					b := []byte(`"` + string(text) + `"` + behind)
					end, bits := textEnd(b, 1)
					wantEnd, wantBits := size+1, uint16(0)
					switch {
					case c == '"':
						wantEnd = at + 1
					case c == '\\' && at+1 == size && strings.Contains(behind, `"`):
						continue
					case c == '\\' || c < ' ':
						wantEnd = -1 // x is no escape
					case c >= 0x80:
						wantBits = notASCII
					}
					if end != wantEnd || end >= 0 && bits != wantBits {
						t.Fatalf("%q: ends at %d with %b, want %d with %b", b, end, bits, wantEnd, wantBits)
					}
				}
			}
		}
	}
}

// Keys end where texts do, wherever the document ends behind them.
func TestKeyEnds(t *testing.T) {
	var p Parser
	for size := range 40 {
		for at := range size {
			for _, c := range []string{"x", `"`, `\`, `\n`, `\\`, `\u0041`, "\x00", "\x1f", "ж", "\xff"} {
				key := strings.Repeat("x", at) + c + strings.Repeat("y", size-at-1)
				for _, behind := range []string{`:0}`, `: 0}`, ` : "abcdefghijklmnopq"}`, `:`, ``, `": 1, "z": "x"}`, ":\n\t [1 , 2], \"z\" : 2}"} {
					check(t, &p, []byte(`{"`+key+`"`+behind))
				}
			}
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		text  string
		whole int64
		ok    bool
	}{
		{"0", 0, true}, {"-0", 0, true}, {"-1", -1, true}, {"999999999999999999", 999999999999999999, true}, {"-99999999999999999", -99999999999999999, true},
		{"9223372036854775807", math.MaxInt64, true}, {"-9223372036854775808", math.MinInt64, true}, {"9223372036854775808", 0, false}, {"-9223372036854775809", 0, false},
		{"1.0", 0, false}, {"1e3", 0, false}, {"123456789012345678901234567890", 0, false}, {`"1"`, 0, false}, {"null", 0, false}, {"[1]", 0, false},
	} {
		v, err := Parse([]byte(c.text))
		if n, ok := v.Int64(); err != nil || ok != c.ok || ok && n != c.whole {
			t.Errorf("%s: %d, %v, %v; want %d, %v", c.text, n, ok, err, c.whole, c.ok)
		}
		if want, err := strconv.ParseFloat(c.text, 64); err == nil && v.Float64() != want {
			t.Errorf("%s: %g, want %g", c.text, v.Float64(), want)
		}
	}
}

func TestGet(t *testing.T) {
	v, err := Parse([]byte(`{"a": {"b": [10, {"c": "x\u0079"}]}, "key\n": 1, "a": 2, "n": null, "\u0061b": 3, "half": "\ud800!", "two": "\ud800\u0041", "": "\"q\"", "raw": "\u0079"}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ keys, want string }{
		{"a b 0", "10"}, {"a b 1 c", `"xy"`}, {"key\n", "1"}, {"ab", "3"}, {"n", "null"}, {"a b", `[10,{"c":"x\u0079"}]`},
		{"a b 2", ""}, {"a b -1", ""}, {"a b x", ""}, {"a c", ""}, {"n x", ""}, {"ab x", ""}, {"A", ""},
		{"half", `"\\ud800!"`}, {"two", `"` + "\uFFFD" + `"`}, {"raw", `"y"`},
	} {
		if got := v.Get(strings.Split(c.keys, " ")...).String(); got != c.want {
			t.Errorf("%q: %s, want %s", c.keys, got, c.want)
		}
		if v.Exists(strings.Split(c.keys, " ")...) != (c.want != "") {
			t.Errorf("%q: exists", c.keys)
		}
	}
	if got := v.Get("").String(); got != `"\"q\""` {
		t.Errorf("the empty key: %s", got)
	}
	if v.Len() != 9 || v.Get("a", "b").Len() != 2 || v.Get("n").Len() != 0 {
		t.Errorf("%d, %d, %d values", v.Len(), v.Get("a", "b").Len(), v.Get("n").Len())
	}
	var none Value
	if none.Type() != Null || none.Exists() || none.Get("a").Exists() || none.GetArray() != nil || none.GetStringBytes("a") != nil || none.Text() != "" ||
		none.GetBool() || none.String() != "" || none.Len() != 0 || none.Float64() != 0 || !none.ValidUTF8() {
		t.Error("what is absent has something")
	}
	none.Visit(func([]byte, Value) { t.Error("what is absent has a member") })
}

// Texts and lists that were read stay as they are while others are read, and
// texts after that.
func TestTextsStay(t *testing.T) {
	var p Parser
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.StringN(0, -1, 3*piece/8/2), 1, 50).Draw(t, "texts")
		if rapid.Bool().Draw(t, "long") {
			texts = append(texts, strings.Repeat("x", rapid.IntRange(piece/8-2, piece+2).Draw(t, "size")))
		}
		text := []byte("[")
		for i, s := range texts {
			if i > 0 {
				text = append(text, ',')
			}
			text = AppendText(text, s)
		}
		text = append(text, ']')
		v, err := p.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		var parts [][]byte
		lists := [][]Value{v.GetArray(), v.GetArray()}
		for i := range texts {
			got = append(got, lists[i%2][i].Text())
			parts = append(parts, lists[i%2][i].GetStringBytes())
			if joined := p.texts.Join(got[0], "-", got[i]); joined != got[0]+"-"+got[i] {
				t.Fatalf("joined %q", joined)
			}
		}
		for i := range texts {
			if string(parts[i]) != texts[i] {
				t.Fatalf("bytes %d: %q, want %q", i, parts[i], texts[i])
			}
		}
		if _, err := p.Parse([]byte(`["overwritten\n", "overwritten\t"]`)); err != nil {
			t.Fatal(err)
		}
		p.Parse(bytes.Repeat([]byte("x"), len(text)))
		for i, s := range texts {
			if got[i] != s {
				t.Fatalf("text %d: %q, want %q", i, got[i], s)
			}
		}
	})
}

// A parser that was used takes no memory of its own for another document.
func TestParseTakesNoMemory(t *testing.T) {
	text := []byte(`{"a": [1, 2, {"b": "c\nd"}], "e": "f"}`)
	var p Parser
	read := func() {
		v, err := p.Parse(text)
		if err != nil || len(v.GetArray("a")) != 3 || string(v.GetStringBytes("a", "2", "b")) != "c\nd" {
			t.Fatal(err)
		}
	}
	read()
	if n := testing.AllocsPerRun(100, read); n > 0 {
		t.Errorf("%g allocations a document", n)
	}
}

// Members are what Get finds, also of keys that share slots.
func TestMembersAreGet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"", "a", "b", "ab", "ba", "bb", "followers_count", "following_count", "жук", "k\n", `"`,
			"retweeted_a_count_all", "retweeted_b_count_all", "a\x00", "count\x00\x00\x00", "count", strings.Repeat("a", 65)})
		names := rapid.SliceOfNDistinct(rapid.OneOf(name, rapid.StringN(0, 3, -1)), 0, 64, rapid.ID).Draw(t, "names")
		keys := KeysOf(names...)
		text := []byte("{")
		for i := range rapid.IntRange(0, 30).Draw(t, "members") {
			if i > 0 {
				text = append(text, ',')
			}
			key := rapid.OneOf(name, rapid.StringN(0, 3, -1)).Draw(t, "key")
			if rapid.Bool().Draw(t, "escaped") && key != "" && key[0] < 0x80 {
				text = fmt.Appendf(text, `"\u%04x%s`, key[0], AppendText(nil, key[1:])[1:])
			} else {
				text = AppendText(text, key)
			}
			text = fmt.Appendf(text, ":[%d]", i)
		}
		v, err := Parse(append(text, '}'))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		got := v.Members(keys)
		for i, n := range names {
			if got[i] != v.Get(n) {
				t.Fatalf("%s: %q is %s, want %s", text, n, got[i], v.Get(n))
			}
		}
		for _, none := range []Value{{}, v.Get("a", "0")} {
			if got := none.Members(keys); len(got) != len(names) || len(got) > 0 && got[0].Exists() {
				t.Fatalf("%s has members %v", none, got)
			}
		}
	})
}
