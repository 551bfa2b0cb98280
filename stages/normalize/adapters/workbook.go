package adapters

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Limits of a workbook, against files that expand without end.
const (
	maxTexts   = 128 << 20 // memory for the texts that its cells share, in bytes
	maxPart    = 16 << 20  // bytes of a part that lies in memory as a whole
	maxRow     = 8 << 20   // bytes of a row or of a shared text, as XML and as text
	maxColumns = 16_384    // columns that Excel has
)

// sheet reads one sheet of an XLSX workbook as the text of a comma-separated
// file, a line a row; a row without text is an empty line. A cell reads as what
// it holds, not as it is shown:
//
//   - a number as a plain decimal number; one of more than 15 digits, of which
//     Excel keeps no more, in scientific notation, so that no id comes of it
//   - a day as 2024-01-31, a moment as 2024-01-31T09:30:00, a time of day as 09:30:00
//   - a truth value as true or false; an error such as #N/A as its text
//   - a formula as the value that it had when the file was saved; one that was
//     saved without is *Refused
//
// excelize reads rows in a stream only as text, where a number, a date and a
// text of digits look the same; the types of cells it tells only of a sheet
// that lies in memory as a whole.
type sheet struct {
	part   io.ReadCloser
	limit  *rowLimit // of what the decoder reads of one row
	xml    *xml.Decoder
	texts  []string // shared by cells
	styles []style  // of cells, by number
	from   time.Time

	buf    bytes.Buffer // text that was not read yet
	err    error        // what follows it
	row_   int64        // rows put into buf
	widest int          // cells of the widest row so far
	extra  []drift      // rows whose cells have several lines
}

// drift says that lines after a line are so many more than rows.
type drift struct{ line, more int64 }

type style uint8

const (
	plain style = iota
	day
	clock
	moment
)

// openSheet opens the named sheet, or the first visible one.
func openSheet(z archive, name string) (*sheet, error) {
	var book struct {
		Props struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name  string `xml:"name,attr"`
			State string `xml:"state,attr"`
			ID    string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
			ID2   string `xml:"http://purl.oclc.org/ooxml/officeDocument/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var links struct {
		Links []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	var looks struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	s := &sheet{from: time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)}
	err := errors.Join(readPart(z, "xl/workbook.xml", &book), readPart(z, "xl/_rels/workbook.xml.rels", &links))
	if err != nil {
		return nil, &Refused{Reason: fmt.Sprintf("a workbook that cannot be read: %v; open it and save it as XLSX", err)}
	}
	if err := readPart(z, "xl/styles.xml", &looks); err != nil && !errors.Is(err, errNoPart) {
		return nil, &Refused{Reason: fmt.Sprintf("a workbook that cannot be read: %v; open it and save it as XLSX", err)}
	}
	if book.Props.Date1904 == "1" || book.Props.Date1904 == "true" {
		s.from = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	codes := map[int]string{}
	for _, f := range looks.Formats {
		codes[f.ID] = f.Code
	}
	for _, c := range looks.Cells {
		s.styles = append(s.styles, styleOf(c.Format, codes))
	}
	var names []string
	target := ""
	for _, sh := range book.Sheets {
		names = append(names, sh.Name)
		if target == "" && (sh.Name == name || name == "" && sh.State != "hidden" && sh.State != "veryHidden") {
			for _, l := range links.Links {
				if l.ID == sh.ID+sh.ID2 {
					target = strings.TrimPrefix(path.Join("xl", l.Target), "xl/xl/")
					if strings.HasPrefix(l.Target, "/") {
						target = strings.TrimPrefix(l.Target, "/")
					}
				}
			}
		}
	}
	if target == "" && name != "" && !slices.Contains(names, name) {
		return nil, fmt.Errorf("the workbook has no sheet %q; it has %s", name, strings.Join(names, ", "))
	}
	if s.texts, err = readTexts(z); err != nil {
		return nil, err
	}
	f := find(z, target)
	if f == nil {
		return nil, &Refused{Reason: "a workbook without a sheet of cells"}
	}
	if s.part, err = z.open(f); err != nil {
		return nil, &Refused{Reason: fmt.Sprintf("a workbook that cannot be read: %v; open it and save it as XLSX", err)}
	}
	s.limit = &rowLimit{r: s.part}
	s.xml = xml.NewDecoder(s.limit)
	return s, nil
}

// wantedSheet is the sheet that an adapter asks for and takes; "" where there is
// none.
func wantedSheet(z archive, name string) string {
	for _, a := range All() {
		if a.Sheet == "" {
			continue
		}
		s, err := openSheet(z, a.Sheet)
		if err != nil {
			continue
		}
		head, err := io.ReadAll(io.LimitReader(s, headBytes))
		s.part.Close()
		if err == nil && a.Detect(head, name) {
			return a.Sheet
		}
	}
	return ""
}

var errNoPart = errors.New("a part is missing")

func find(z archive, name string) *zip.File {
	for _, f := range z.File {
		if strings.EqualFold(f.Name, name) {
			return f
		}
	}
	return nil
}

func readPart(z archive, name string, into any) error {
	f := find(z, name)
	if f == nil {
		return fmt.Errorf("%s: %w", name, errNoPart)
	}
	r, err := z.open(f)
	if err != nil {
		return err
	}
	defer r.Close()
	err = xml.NewDecoder(&rowLimit{r: r, left: maxPart}).Decode(into)
	if errors.Is(err, errLongRow) {
		return fmt.Errorf("%s: larger than %d MiB", name, maxPart>>20)
	}
	return err
}

// readTexts reads the texts that cells share, without how they are pronounced.
func readTexts(z archive) ([]string, error) {
	f := find(z, "xl/sharedStrings.xml")
	if f == nil {
		return nil, nil
	}
	r, err := z.open(f)
	if err != nil {
		return nil, &Refused{Reason: fmt.Sprintf("a workbook that cannot be read: %v; open it and save it as XLSX", err)}
	}
	defer r.Close()
	var texts []string
	size := 0
	limit := &rowLimit{r: r}
	d := xml.NewDecoder(limit)
	for {
		limit.left = maxRow
		t, err := d.Token()
		if err == io.EOF {
			return texts, nil
		}
		text := ""
		var refused *Refused
		e, ok := t.(xml.StartElement)
		if ok = ok && e.Name.Local == "si"; ok {
			text, err = textOf(d)
		}
		switch {
		case errors.Is(err, errLongRow):
			return nil, &Refused{Reason: fmt.Sprintf("a workbook in which a text takes more than %d MiB; %s", maxRow>>20, saveAsCSV)}
		case errors.As(err, &refused):
			return nil, refused
		case err != nil:
			return nil, &Refused{Reason: fmt.Sprintf("a damaged workbook: %v; copy or download it again", err)}
		case ok:
			if size += len(text) + 32; size > maxTexts {
				return nil, &Refused{Reason: fmt.Sprintf("a workbook with more than %d MiB of text; %s", maxTexts>>20, saveAsCSV)}
			}
			texts = append(texts, text)
		}
	}
}

// textOf joins the runs of the element that the decoder is in.
func textOf(d *xml.Decoder) (string, error) {
	var out strings.Builder
	in := []string{""}
	for {
		t, err := d.Token()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Local == "rPh" {
				if err := d.Skip(); err != nil {
					return "", err
				}
				continue
			}
			in = append(in, t.Name.Local)
		case xml.EndElement:
			if in = in[:len(in)-1]; len(in) == 0 {
				return unescape(out.String()), nil
			}
		case xml.CharData:
			if in[len(in)-1] == "t" {
				out.Write(t)
			}
		}
	}
}

var escaped = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// unescape reads the characters that XML cannot hold (ISO/IEC 29500, 22.4.2.4).
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	return escaped.ReplaceAllStringFunc(s, func(m string) string {
		n, err := strconv.ParseUint(m[2:6], 16, 16)
		if err != nil {
			return m
		}
		return string(rune(n))
	})
}

// styleOf tells whether a number format shows a day, a clock or both. The
// numbers are those of ISO/IEC 29500, 18.8.30.
func styleOf(id int, codes map[int]string) style {
	code, ok := codes[id]
	if !ok {
		switch {
		case id >= 14 && id <= 17 || id >= 27 && id <= 31 || id == 36 || id >= 50 && id <= 58:
			return day
		case id >= 18 && id <= 21 || id >= 32 && id <= 35 || id >= 45 && id <= 47:
			return clock
		case id == 22:
			return moment
		}
		return plain
	}
	code, _, _ = strings.Cut(strings.ToLower(unquoted.ReplaceAllString(code, "")), ";")
	if strings.ContainsAny(code, "#0?") && !strings.Contains(code, "ss.0") || strings.Contains(code, "general") {
		return plain
	}
	switch days, clocks := strings.ContainsAny(code, "dyg"), strings.ContainsAny(code, "hs"); {
	case days && clocks:
		return moment
	case clocks:
		return clock
	case days || strings.Contains(code, "m"):
		return day
	}
	return plain
}

// unquoted finds what a number format shows as it is, and its colours,
// languages and conditions; not the elapsed hours of [h].
var unquoted = regexp.MustCompile(`"[^"]*"|\\.|_.|\*.|\[[^\]]{3,}\]|am/pm|AM/PM`)

// Read reads the text.
func (s *sheet) Read(p []byte) (int, error) {
	for s.buf.Len() < len(p) && s.err == nil {
		s.err = s.next()
	}
	if s.buf.Len() > 0 {
		return s.buf.Read(p)
	}
	return 0, s.err
}

// row returns the row that starts on a line of the text.
func (s *sheet) row(line int64) int64 {
	i, _ := slices.BinarySearchFunc(s.extra, line, func(d drift, line int64) int { return int(d.line - line) })
	if i == 0 {
		return line
	}
	return line - s.extra[i-1].more
}

// next puts one row into the buffer.
func (s *sheet) next() error {
	s.limit.left = maxRow
	for {
		t, err := s.xml.Token()
		if err == io.EOF {
			s.part.Close()
			return io.EOF
		}
		if err != nil {
			s.part.Close()
			return s.broken(s.row_+1, err)
		}
		e, ok := t.(xml.StartElement)
		if !ok || e.Name.Local != "row" {
			continue
		}
		number := s.row_ + 1
		if r := attr(e, "r"); r != "" {
			if number, err = strconv.ParseInt(r, 10, 64); err != nil || number <= s.row_ || number > 1<<20 {
				return fmt.Errorf("the sheet is damaged: row %q after row %d", r, s.row_)
			}
		}
		cells, err := s.cells()
		if err != nil {
			return s.broken(number, err)
		}
		for s.row_+1 < number {
			s.buf.WriteByte('\n')
			s.row_++
		}
		s.row_++
		s.write(cells)
		return nil
	}
}

const saveAsCSV = "save the sheet as CSV UTF-8"

// broken says what is wrong with a row.
func (s *sheet) broken(row int64, err error) error {
	var refused *Refused
	switch {
	case errors.As(err, &refused):
		return err
	case errors.Is(err, errLongRow):
		return fmt.Errorf("row %d of the sheet takes more than %d MiB; %s", row, maxRow>>20, saveAsCSV)
	}
	return fmt.Errorf("row %d of the sheet is damaged: %w", row, err)
}

// write adds a row to the text, as wide as the widest before it.
func (s *sheet) write(cells []string) {
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) == 0 {
		s.buf.WriteByte('\n')
		return
	}
	s.widest = max(s.widest, len(cells))
	lines := int64(0)
	for i := range s.widest {
		if i > 0 {
			s.buf.WriteByte(',')
		}
		if i >= len(cells) {
			continue
		}
		c := cells[i]
		if strings.ContainsAny(c, ",\"\r\n;\t") || strings.HasPrefix(c, " ") {
			c = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
		}
		lines += int64(strings.Count(c, "\n"))
		s.buf.WriteString(c)
	}
	s.buf.WriteByte('\n')
	if lines > 0 {
		more := lines
		if n := len(s.extra); n > 0 {
			more += s.extra[n-1].more
		}
		s.extra = append(s.extra, drift{s.row_ + more - lines, more})
	}
}

// cells reads the cells of the row that the decoder is in.
func (s *sheet) cells() ([]string, error) {
	var cells []string
	size := 0
	for {
		t, err := s.xml.Token()
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.EndElement:
			return cells, nil
		case xml.StartElement:
			if t.Name.Local != "c" {
				if err := s.xml.Skip(); err != nil {
					return nil, err
				}
				continue
			}
			column := len(cells)
			if r := attr(t, "r"); r != "" {
				if column = columnOf(r); column < len(cells) || column >= maxColumns {
					return nil, fmt.Errorf("cell %q", r)
				}
			}
			for len(cells) < column {
				cells = append(cells, "")
			}
			text, err := s.cell(t)
			if err != nil {
				return nil, err
			}
			if size += len(text); size > maxRow { // many cells can share one text
				return nil, errLongRow
			}
			cells = append(cells, text)
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// columnOf returns the column of a cell such as AB12, from 0.
func columnOf(ref string) int {
	n := 0
	for _, c := range ref {
		if c < 'A' || c > 'Z' || n > maxColumns {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1
}

// cell reads a cell as text.
func (s *sheet) cell(e xml.StartElement) (string, error) {
	value, inline := "", ""
	stored, formula := false, false
	for {
		t, err := s.xml.Token()
		if err != nil {
			return "", err
		}
		if _, ok := t.(xml.EndElement); ok {
			break
		}
		child, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		switch child.Name.Local {
		case "f":
			formula, err = true, s.xml.Skip()
		case "v":
			stored = true
			err = s.xml.DecodeElement(&value, &child)
		case "is":
			inline, err = textOf(s.xml)
		default:
			err = s.xml.Skip()
		}
		if err != nil {
			return "", err
		}
	}
	if formula && (!stored || value == "" && attr(e, "t") != "str") {
		return "", &Refused{Reason: fmt.Sprintf("cell %s holds a formula without a stored value; open the workbook in a spreadsheet program, save it, and use that file", cmp.Or(attr(e, "r"), "without an address"))}
	}
	switch attr(e, "t") {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || i < 0 || i >= len(s.texts) {
			return "", fmt.Errorf("cell %s: text number %q does not exist", attr(e, "r"), value)
		}
		return s.texts[i], nil
	case "inlineStr":
		return inline, nil
	case "str":
		return unescape(value), nil
	case "b":
		return strconv.FormatBool(strings.TrimSpace(value) == "1"), nil
	case "e":
		return value, nil
	case "d":
		return strings.TrimSuffix(value, "T00:00:00"), nil
	}
	if value == "" {
		return "", nil
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return "", fmt.Errorf("cell %s: %q is no number", attr(e, "r"), value)
	}
	look := plain
	if i, err := strconv.Atoi(attr(e, "s")); err == nil && i >= 0 && i < len(s.styles) {
		look = s.styles[i]
	}
	return s.number(v, look), nil
}

// number writes a number as its cell means it.
func (s *sheet) number(v float64, look style) string {
	if look != plain && v >= 0 && v < 2_958_466 { // 10000-01-01
		days := math.Floor(v)
		millis := math.Round((v - days) * 86_400_000)
		t := s.from.AddDate(0, 0, int(days)).Add(time.Duration(millis) * time.Millisecond)
		if days < 60 && s.from.Year() == 1899 && look != clock {
			t = t.AddDate(0, 0, 1) // Excel has a 29 February 1900
		}
		switch {
		case look == clock && v < 1:
			return t.Format("15:04:05.999")
		case millis == 0 && look != moment:
			return t.Format("2006-01-02")
		}
		return t.Format("2006-01-02T15:04:05.999")
	}
	if math.Abs(v) >= 1e15 {
		return strconv.FormatFloat(v, 'E', -1, 64)
	}
	// Excel shows and keeps 15 digits; what it stores can have noise beyond.
	short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 15, 64), 64)
	if err != nil {
		short = v
	}
	return strconv.FormatFloat(short, 'f', -1, 64)
}
