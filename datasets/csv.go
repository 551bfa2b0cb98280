package datasets

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// WriteCSV writes rows as CSV: RFC 4180 with LF line ends, UTF-8 without BOM,
// the column names as header.
//
//   - Absent is an empty field; text that is present and empty is "" in quotes.
//   - Other text is quoted where it holds a quote, comma, CR or LF, or starts
//     or ends with a space.
//   - Text that a spreadsheet would run as a formula gets a leading apostrophe,
//     which is one that the reader can take off again: see Harmless.
//   - Numbers are the shortest that read back equal, with a decimal point, and
//     with an exponent only below 1e-6 and from 1e21 on.
//   - Days are 2006-01-02, moments RFC 3339 in UTC, booleans true and false.
func (t *Table[R]) WriteCSV(w io.Writer, rows iter.Seq2[[]R, error]) error {
	buf := bufio.NewWriterSize(w, 1<<16) // keeps the first error until Flush
	line := make([]byte, 0, 1024)
	for i, c := range t.Columns {
		if i > 0 {
			line = append(line, ',')
		}
		line = append(line, c.Name...)
	}
	buf.Write(append(line, '\n'))
	n := int64(0)
	for batch, err := range rows {
		if err != nil {
			return fmt.Errorf("table %s: write CSV: %w", t.Name, err)
		}
		columns := make([]*vector, len(t.Columns))
		for i := range t.Columns {
			columns[i] = t.Columns[i].gather(batch)
			if row, err := columns[i].validate(t.Columns[i].Kind); err != nil {
				return fmt.Errorf("table %s: write CSV: row %d, column %s: %w", t.Name, n+int64(row), t.Columns[i].Name, err)
			}
		}
		for row := range batch {
			line = line[:0]
			for i, v := range columns {
				if i > 0 {
					line = append(line, ',')
				}
				if v.present(row) {
					line = v.appendCSV(line, t.Columns[i].Kind, row)
				}
			}
			buf.Write(append(line, '\n'))
		}
		n += int64(len(batch))
	}
	if err := buf.Flush(); err != nil {
		return fmt.Errorf("table %s: write CSV: %w", t.Name, err)
	}
	return nil
}

// appendCSV appends a present value.
func (v *vector) appendCSV(b []byte, k Kind, i int) []byte {
	switch k {
	case String:
		return appendQuoted(b, Harmless(v.strs[i]))
	case Float:
		return appendFloat(b, math.Float64frombits(v.bits[i]))
	case Bool:
		return strconv.AppendBool(b, boolOfBits(v.bits[i]))
	case Date:
		return append(b, dayOfBits(v.bits[i]).String()...)
	case Timestamp:
		return append(b, timeOfBits(v.bits[i]).String()...)
	}
	return strconv.AppendInt(b, intOfBits(v.bits[i]), 10)
}

func appendFloat(b []byte, f float64) []byte {
	format := byte('f')
	if a := math.Abs(f); a != 0 && (a < 1e-6 || a >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(b, f, format, -1, 64)
}

func appendQuoted(b []byte, s string) []byte {
	if s != "" && !strings.ContainsAny(s, "\",\r\n") && s[0] != ' ' && s[len(s)-1] != ' ' {
		return append(b, s...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(s, `"`, `""`)...)
	return append(b, '"')
}

// Harmless returns the text with an apostrophe before it where a spreadsheet
// that opens a CSV would run it as a formula: where it starts with = + - @,
// their full-width forms, a tab, CR or LF. Numbers (-5, +0,1, -3.2e7 %) stay as
// they are, and so do handles: an @ with letters, digits, points, hyphens and
// underscores only. Text that starts with apostrophes before such a text gets
// one more, so that taking one apostrophe off always gives the text back.
func Harmless(s string) string {
	rest := strings.TrimLeft(s, "'")
	if first, _ := utf8.DecodeRuneInString(rest); !strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return s
	}
	if rest == s && (isNumber(s) || isHandle(s)) {
		return s
	}
	return "'" + s
}

// isNumber says whether the text is an optional sign, digits with at most one
// decimal point or comma, an optional exponent and an optional percent sign.
func isNumber(s string) bool {
	s = strings.TrimRight(strings.TrimSuffix(s, "%"), " ")
	if s != "" && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	if s == "" || s[0] < '0' || s[0] > '9' || strings.ContainsAny(s, "xXpP_") {
		return false
	}
	_, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	return err == nil
}

func isHandle(s string) bool {
	name, ok := strings.CutPrefix(s, "@")
	if !ok || name == "" {
		return false
	}
	for _, c := range []byte(name) {
		if c >= 0x80 || c < '0' && c != '.' && c != '-' || c > '9' && c < 'A' || c > 'Z' && c < 'a' && c != '_' || c > 'z' {
			return false
		}
	}
	return true
}
