package start

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"diplometrics/stages/study"
)

// table is how a table that no adapter knows could be read: a sheet of followers
// with one row an account and day, or one row an account with the days or months
// side by side.
type table struct {
	mapping  *study.Mapping
	platform string   // of all rows; "" where a column gives it
	unsure   []string // what was assumed rather than read
}

// Words by which people head the columns of such sheets, in small letters.
var (
	handleWords   = strings.Split("handle,username,user name,user,screen name,screen_name,account,acc,account name,account_name,profile,page,url,link,аккаунт,имя пользователя,ник,страница,профиль,ссылка,сілтеме,парақша,sahifa,havola,барак", ",")
	idWords       = strings.Split("account_id,account id,user_id,user id,author_id,channel_id,page_id", ",")
	platformWords = strings.Split("platform,network,social network,social media,платформа,сеть,соцсеть,социальная сеть,желі,tarmoq,тармак", ",")
	dateWords     = strings.Split("date,day,observed_at,observed,collected,collected on,month,дата,день,месяц,күні,ай,sana,kun,oy,күн", ",")
	followerWords = regexp.MustCompile(`(?i)follower|subscriber|подписчик|жазылушы|тіркелуші|obunachi|kuzatuvchi|жазылуучу`)
)

// Names under which people know platforms, in small letters.
var platformNames = map[string]string{
	"twitter": "x", "twitter/x": "x", "x/twitter": "x", "x (twitter)": "x", "twitter (x)": "x", "x": "x", "твиттер": "x", "fb": "facebook", "facebook": "facebook", "фейсбук": "facebook",
	"ig": "instagram", "instagram": "instagram", "инстаграм": "instagram", "инстаграмм": "instagram", "telegram": "telegram", "tg": "telegram", "телеграм": "telegram", "телеграмм": "telegram",
	"youtube": "youtube", "ютуб": "youtube", "vk": "vk", "vkontakte": "vk", "вк": "vk", "вконтакте": "vk", "tiktok": "tiktok", "tik tok": "tiktok", "тикток": "tiktok",
	"linkedin": "linkedin", "threads": "threads", "flickr": "flickr", "ok": "ok", "odnoklassniki": "ok", "одноклассники": "ok",
}

// dates are the ways in which a day or a month may be written. A day and month
// that could change places are not among them.
var dates = []struct{ layout, pattern string }{
	{"2006-01-02", `\d{4}-\d{2}-\d{2}`}, {"2006-01-02T15:04:05", `\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}`}, {"2006-01", `\d{4}-\d{2}`}, {"2006/01/02", `\d{4}/\d{2}/\d{2}`},
	{"02.01.2006", `\d{2}\.\d{2}\.\d{4}`}, {"2.1.2006", `\d{1,2}\.\d{1,2}\.\d{4}`}, {"01.2006", `\d{2}\.\d{4}`}, {"01/2006", `\d{2}/\d{4}`}, {"2 January 2006", `\d{1,2} \pL+ \d{4}`},
	{"January 2006", `\pL+ \d{4}`}, {"Jan 2006", `\pL{3} \d{4}`}, {"Jan-06", `\pL{3}-\d{2}`},
}

var russianMonths = strings.Fields("Январь Февраль Март Апрель Май Июнь Июль Август Сентябрь Октябрь Ноябрь Декабрь")

// tableOf proposes how the table whose text begins so is read; nil where it has
// no column of accounts, or no days.
func tableOf(head []byte, name string) *table {
	rows, headers := rowsOf(head), 5
	if first := bytes.TrimSpace(head); len(first) > 0 && (first[0] == '{' || first[0] == '[') {
		rows, headers = jsonRows(head), 1
	}
	for i, header := range rows {
		if i == headers {
			break
		}
		if t := tableAt(rows, i, header, name); t != nil {
			return t
		}
	}
	return nil
}

// rowsOf returns the rows of the beginning of a text, without the last, which
// may be cut.
func rowsOf(head []byte) [][]string {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(head))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	for _, d := range ";\t|" {
		if bytes.Count(head, []byte(string(d))) > bytes.Count(head, []byte(string(r.Comma))) {
			r.Comma = d
		}
	}
	if bytes.HasPrefix(line, []byte("sep=")) {
		return nil
	}
	var rows [][]string
	for n := 1; ; n++ {
		cells, err := r.Read()
		if err == io.EOF {
			return rows
		}
		// Rows are counted by lines: an empty one, or a cell of several, ends it.
		if at, _ := r.FieldPos(0); err != nil || at != n {
			return rows
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, cells)
	}
}

// tableAt proposes how the table is read if row i names its columns.
func tableAt(rows [][]string, i int, header []string, name string) *table {
	body := rows[i+1:]
	cell := func(row []string, column string) string {
		if k := slices.Index(header, column); k >= 0 && k < len(row) {
			return row[k]
		}
		return ""
	}
	values := func(column string) []string {
		var out []string
		for _, row := range body {
			if v := cell(row, column); v != "" {
				out = append(out, v)
			}
		}
		return out
	}
	t := &table{mapping: &study.Mapping{Table: "account_snapshots", Fields: map[string]study.Map{}}}
	if i > 0 {
		n := i + 1
		t.mapping.HeaderRow = &n
	}
	fields := t.mapping.Fields
	id, handle := named(header, idWords), named(header, handleWords)
	switch {
	case id == "" && handle == "":
		return nil
	case id != "":
		fields["account_id"] = study.Map{Column: id}
	}
	if handle != "" {
		m := study.Map{Column: handle}
		if slices.ContainsFunc(values(handle), func(v string) bool { return strings.Contains(v, "/") }) {
			m.Pattern = `([^/?#@]+)/?(?:[?#].*)?$` // the last part of an address
		}
		if slices.ContainsFunc(values(handle), func(v string) bool { return strings.Contains(v, "?id=") }) {
			t.unsure = append(t.unsure, "which accounts the addresses with ?id= are")
		}
		fields["handle"] = m
	}

	followers := ""
	if wide, pattern, months := days(header); wide != "" {
		t.mapping.Unpivot = &study.Unpivot{Pattern: pattern, Name: "observed on", Value: "count"}
		fields["observed_at"] = study.Map{Column: "observed on", Layout: wide, Months: months}
		followers = "count"
		titles := name
		for _, row := range rows[:i] {
			titles += " " + strings.Join(row, " ")
		}
		if !followerWords.MatchString(titles) {
			t.unsure = append(t.unsure, "that followers are counted")
		}
	} else {
		date := named(header, dateWords)
		layout, _, months := days(values(date))
		if date == "" || layout == "" {
			return nil
		}
		fields["observed_at"] = study.Map{Column: date, Layout: layout, Months: months}
		for _, h := range header {
			if followers == "" && followerWords.MatchString(h) {
				followers = h
			}
		}
		if followers == "" {
			if followers = onlyNumbers(header, values, date, id, handle); followers == "" {
				return nil
			}
			t.unsure = append(t.unsure, fmt.Sprintf("that %s counts followers", followers))
		}
	}
	fields["followers"] = study.Map{Column: followers}
	t.platforms(named(header, platformWords), values, name)
	return t
}

// onlyNumbers returns the one column, beside the others named, in which every
// cell is a whole number; "" where there is none or several.
func onlyNumbers(header []string, values func(string) []string, others ...string) string {
	found := ""
	for _, h := range header {
		all := values(h)
		if slices.Contains(others, h) || len(all) == 0 || slices.ContainsFunc(all, func(v string) bool { return strings.Trim(v, "0123456789") != "" }) {
			continue
		}
		if found != "" {
			return ""
		}
		found = h
	}
	return found
}

// platforms finds the platform of the rows.
func (t *table) platforms(column string, values func(string) []string, name string) {
	if column != "" {
		names := map[string]string{}
		for _, v := range values(column) {
			if p, ok := platformNames[strings.ToLower(v)]; ok {
				names[v] = p
			} else if slices.Contains(study.Platforms, v) {
				names[v] = v
			} else {
				t.unsure = append(t.unsure, fmt.Sprintf("which platform %q is", v))
			}
		}
		t.mapping.Fields["platform"] = study.Map{Column: column, Values: names}
		return
	}
	for _, word := range regexp.MustCompile(`\pL+`).FindAllString(strings.ToLower(name), -1) {
		if p, ok := platformNames[word]; ok && len(word) > 2 {
			t.platform = p
			return
		}
	}
	t.platform = "x"
	t.unsure = append(t.unsure, "that the platform is x")
}

// named returns the column that one of the words heads.
func named(header, words []string) string {
	for _, w := range words {
		for _, h := range header {
			if strings.ToLower(h) == w {
				return h
			}
		}
	}
	return ""
}

// days returns the layout in which most texts are days or months, at least two
// of them or the only one, with the pattern of such texts.
func days(texts []string) (layout, pattern string, months []string) {
	best := min(1, len(texts)-1)
	for _, d := range dates {
		re := regexp.MustCompile("^(?:" + d.pattern + ")$")
		for _, names := range [][]string{nil, russianMonths} {
			n := 0
			for _, t := range texts {
				if !re.MatchString(t) || names != nil && !strings.Contains(d.layout, "January") {
					continue
				}
				for i, m := range names {
					if at := strings.Index(strings.ToLower(t), strings.ToLower(m)); at >= 0 {
						t = t[:at] + time.Month(i+1).String() + t[at+len(m):]
					}
				}
				if _, err := time.Parse(d.layout, t); err == nil {
					n++
				}
			}
			if n > best {
				best, layout, pattern, months = n, d.layout, d.pattern, names
			}
		}
	}
	return layout, pattern, months
}

// toml writes [source.mapping].
func (t *table) toml() string {
	m := t.mapping
	var b strings.Builder
	fmt.Fprintf(&b, "[source.mapping]\ntable = %s\n", quote(m.Table))
	if m.HeaderRow != nil {
		fmt.Fprintf(&b, "header_row = %d\n", *m.HeaderRow)
	}
	if u := m.Unpivot; u != nil {
		fmt.Fprintf(&b, "unpivot = { pattern = %s, name = %s, value = %s }\n", quote(u.Pattern), quote(u.Name), quote(u.Value))
	}
	for _, name := range slices.Sorted(maps.Keys(m.Fields)) {
		f := m.Fields[name]
		parts := []string{"column = " + quote(f.Column)}
		if f.Type != "" {
			parts = append(parts, "type = "+quote(f.Type))
		}
		if f.Layout != "" {
			parts = append(parts, "layout = "+quote(f.Layout))
		}
		if f.Months != nil {
			var names []string
			for _, n := range f.Months {
				names = append(names, quote(n))
			}
			parts = append(parts, "months = ["+strings.Join(names, ", ")+"]")
		}
		if f.Pattern != "" {
			parts = append(parts, "pattern = "+quote(f.Pattern))
		}
		if len(f.Values) > 0 {
			var pairs []string
			for _, from := range slices.Sorted(maps.Keys(f.Values)) {
				pairs = append(pairs, quote(from)+" = "+quote(f.Values[from]))
			}
			parts = append(parts, "values = { "+strings.Join(pairs, ", ")+" }")
		}
		fmt.Fprintf(&b, "fields.%s = { %s }\n", name, strings.Join(parts, ", "))
	}
	return b.String()
}
