package adapters

import (
	"bytes"
	"errors"
	"strconv"
	"unicode/utf8"

	"diplometrics/stages/normalize/adapters/jsontape"
)

// parseMessage parses a message and mends what Telegram Desktop writes wrong.
func parseMessage(p *jsontape.Parser, raw []byte) (jsontape.Value, error) {
	if !utf8.Valid(raw) {
		return jsontape.Value{}, errors.New("not UTF-8; export the channel again")
	}
	if crowded(raw) {
		return jsontape.Value{}, errors.New("more than 4 million values in one message; export the channel again")
	}
	v, err := p.Parse(raw)
	if err != nil {
		v, err = p.Parse(mendJSON(raw))
	}
	if err != nil {
		return jsontape.Value{}, errors.New("not JSON; the file is damaged, export the channel again")
	}
	if v.Type() != jsontape.Object {
		return jsontape.Value{}, errors.New("expected a message, an object")
	}
	return v, nil
}

// mendJSON returns JSON in which control characters are escaped as JSON does
// (\x01 becomes \u0001, but \\x01 is text and stays), and in which the name of
// a file that follows document_id without quotes has them.
func mendJSON(raw []byte) []byte {
	out := make([]byte, 0, len(raw)+64)
	var key []byte // the last string
	for i := 0; i < len(raw); {
		if raw[i] != '"' {
			out = append(out, raw[i])
			i++
			if raw[i-1] == ':' && string(key) == "document_id" {
				for i < len(raw) && (raw[i] == ' ' || raw[i] == '\t') {
					out = append(out, raw[i])
					i++
				}
				if i < len(raw) && raw[i] != '"' {
					end := len(raw)
					if n := bytes.IndexAny(raw[i:], ",}\r\n"); n >= 0 {
						end = i + n
					}
					out = strconv.AppendQuote(out, string(bytes.TrimSpace(raw[i:end])))
					i = end
				}
			}
			continue
		}
		start := i
		for i++; i < len(raw) && raw[i] != '"'; i++ {
			if raw[i] != '\\' || i+1 == len(raw) {
				continue
			}
			if raw[i+1] == 'x' && i+3 < len(raw) {
				out = append(append(out, raw[start:i]...), `\u00`...)
				start = i + 2
			}
			i++
		}
		i = min(i+1, len(raw))
		out = append(out, raw[start:i]...)
		key = bytes.Trim(raw[start:i], `"`)
	}
	return out
}
