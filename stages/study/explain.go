package study

import (
	"maps"
	"slices"
)

// Section explains the keys of one table of study.toml.
type Section struct {
	Name, Doc string
	Keys      []Key
}

// Key is a key and what it says.
type Key struct{ Name, Doc string }

// ExplainMapping explains [source.mapping], by which any table becomes rows of
// the study, key by key.
func ExplainMapping() []Section {
	out := []Section{
		{"[source.mapping]", "How the rows of a CSV, TSV, XLSX or JSON lines file that no adapter knows become rows of the study. It stands below the [[source]] of the file. " +
			"The source itself gives what is the same for the whole file: platform, account or handle, zone and encoding of its text, observed_at. diplometrics inspect on the file shows what comes out.", []Key{
			{"table", "Which table its rows are: posts, account_snapshots or account_windows."},
			{"format", "csv or jsonl. Found from the content where left out; a workbook reads as csv."},
			{"sheet", "Sheet of a workbook. The first visible one where left out; of a LinkedIn page's export the one with its posts."},
			{"header_row", "Row with the names of the columns, from 1. 1 where left out; 0: no row names them, and they are called A, B, C and so on."},
			{"delimiter", "Character between cells. Of comma, semicolon, tab and bar the most frequent where left out."},
			{"quote", `Character around cells that hold a delimiter. " where left out.`},
			{"escape", `Character that takes a quote its meaning, such as \. None where left out; a doubled quote is always one.`},
			{"missing", `Texts that stand for no value in every column, such as ["-", "n/a"]. An empty cell always does.`},
			{"columns", `Which column fills which field, where no more needs saying: columns.followers = "Подписчики". In JSON lines the path of a key: "author.username".`},
			{"constants", `Fields that are the same in every row: constants.platform = "telegram".`},
			{"fields", "Fields that need more than a column; see [source.mapping.fields.FIELD]."},
			{"unpivot", "Columns that stand side by side for months or days; see [source.mapping.unpivot]."},
			{"leave_out", "Rows that are no records; see [[source.mapping.leave_out]]."},
		}},
		{"[source.mapping.fields.FIELD]", "Where a field comes from: the first of its cases that the row meets, else its column. The cell loses the spaces around it; then missing, pattern and values apply, in this order, then default.", []Key{
			{"column", "Column, or path in JSON lines."},
			{"value", "A text instead of a column, the same in every row."},
			{"optional", "true: a table without the column, or without one that a case asks for, is read all the same, and the field has no value there; only where no column is left that tells the types of posts is it refused. Not for JSON lines, where a missing key is always no value."},
			{"cases", `Conditions on the row, with the value of the field in rows that meet them: cases = [{ column = "is_retweet", equals = ["yes"], value = "repost" }]. The first that is met counts; value = "" is no value. For the other keys see [[source.mapping.leave_out]].`},
			{"type", "float for counts that a program wrote as 12.0; else left out."},
			{"missing", "Texts that stand for no value here, beside those of the mapping."},
			{"zeros_missing", "true where a zero stands for no value."},
			{"zeros_missing_where", "Condition on the row under which a zero stands for no value; see [[source.mapping.leave_out]] for its keys."},
			{"pattern", "Regular expression; its group, or the whole match where it has none, is the value."},
			{"unmatched", "reject or missing: what becomes of a cell that does not match the pattern. reject where left out."},
			{"values", `Text in the table = value in the study: values = { Twitter = "x" }. A cell with another text is rejected.`},
			{"default", "Value where there is none."},
			{"layout", `How a time is written, as the moment 2006-01-02 15:04:05 would be: "02.01.2006 15:04"; or unix, unix_ms; or x_id, linkedin_id, where the column holds ids of posts, which carry the time of posting. ISO 8601 is always read.`},
			{"zone", "IANA zone of times without an offset, such as Asia/Almaty. That of the source where left out."},
			{"months", "Names of the twelve months in the table, from January on; the layout then has January."},
			{"precision", "second, day, month or year, where the layout looks more exact than the time is."},
			{"decimal", "Decimal mark of a number: . or , ; . where left out."},
			{"rounded_down", "Digits to which the platform rounds a count of an account down, as YouTube does with subscribers to 3: 15100 is 15100 to 15199. Left out where it does not."},
			{"rounded", "How the platform rounds a count of an account up, down or to the nearest, as TikTok does: [[10000, 100]] is from 10000 on to hundreds, so that 15100 is 15001 to 15199. Left out where it does not."},
		}},
		{"[source.mapping.unpivot]", "Makes a record of each of several columns of a row. Empty cells are left out, and counted.", []Key{
			{"columns", "Names of the columns."},
			{"pattern", "Or a regular expression that their whole names match; its group, where it has one, is the name."},
			{"name", `Column made of the names, for fields to refer to, such as "month".`},
			{"value", `Column made of the cells, such as "count".`},
		}},
		{"[[source.mapping.leave_out]]", "A condition; rows that meet one are left out on purpose, and counted as filtered.", []Key{
			{"column", "Column that decides."},
			{"equals", "Texts, one of which the cell is."},
			{"matches", "Or a regular expression that the cell matches anywhere."},
			{"not", "true: the other rows meet the condition."},
			{"reason", "What the count of these rows is called."},
			{"optional", "true: a table without the column is read all the same, and none of its rows meets the condition."},
		}},
	}
	for _, table := range slices.Sorted(maps.Keys(MappedFields)) {
		s := Section{"fields of " + table, "What a row can have; diplometrics list tables defines the columns.", nil}
		for _, f := range slices.Sorted(maps.Keys(MappedFields[table])) {
			doc := kindDocs[MappedFields[table][f]]
			if d, ok := fieldDocs[f]; ok {
				doc = d
			}
			s.Keys = append(s.Keys, Key{f, doc})
		}
		out = append(out, s)
	}
	return out
}

// kindDocs say what a field of a kind takes.
var kindDocs = map[FieldKind]string{
	TextField:     "A text.",
	IDField:       "An id, kept as text; one that a spreadsheet rounded is rejected.",
	URLField:      "An address; its query and fragment are dropped.",
	CountField:    "A whole number from 0.",
	NumberField:   "A decimal number from 0.",
	TimeField:     "A time with its offset, or with the zone given.",
	DayField:      "A day.",
	PlatformField: "A platform as the tables spell it; values translates other spellings.",
	PostTypeField: "repost, reply, quote or original; values translates other words.",
}

// fieldDocs are for fields that are no column of their table.
var fieldDocs = map[string]string{
	"handle":              "Handle of the account, with or without @. One of handle and account_id is needed, or account or handle in the source.",
	"account_followers":   "Followers that the account showed when the post was observed: they become account_snapshots, where observed_at is known. followers_at_posting is for those at the time of the post.",
	"account_following":   "Accounts that it followed then.",
	"account_posts_total": "Posts that it had then.",
	"account_likes_total": "Likes that all its posts had then.",
	"window":              "Month or year that the row counts, instead of window_from and window_to.",
	"window_to":           "Day after the last day of the window.",
	"window_last":         "Last day of the window, instead of window_to.",
}
