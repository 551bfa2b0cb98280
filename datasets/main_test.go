package datasets

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"testing"
	"time"
)

// TestMain lets the test binary stand for the checking process.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 {
		switch os.Args[1] {
		case "check":
			if err := VerifyMain(os.Stdin, os.Stdout); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			os.Exit(0)
		case "check-and-panic":
			say(`{"List":1,"File":"first.parquet"}`, `{"List":1,"File":"first.parquet","Done":true}`, `{"List":1,"File":"second.parquet"}`)
			go panic("as the library does in its own goroutine")
			time.Sleep(time.Minute)
		case "check-and-stop":
			say(`{"List":1,"File":"first.parquet"}`)
			os.Exit(0)
		case "check-another":
			say(`{"List":1,"File":"other.parquet"}`)
			time.Sleep(time.Minute)
		case "check-at-once":
			say(`{"List":1,"File":"first.parquet","Done":true}`)
			time.Sleep(time.Minute)
		case "check-in-noise":
			say(`{"List":1,"File":"first.parquet"}`, "noise")
			time.Sleep(time.Minute)
		case "check-and-close":
			say(`{"List":1,"File":"first.parquet"}`)
			os.Stdout.Close()
			time.Sleep(time.Minute)
		case "check-twice": // the second list is answered before it is asked for
			for range 2 {
				say(`{"List":1,"File":"first.parquet"}`, `{"List":1,"File":"first.parquet","Done":true}`, `{"List":1,"Waits":true}`)
			}
			time.Sleep(time.Minute)
		}
	}
	os.Exit(m.Run())
}

func say(lines ...string) {
	for _, l := range lines {
		fmt.Println(l)
	}
}

// checker is the program and argument that run VerifyMain.
func checker(t testing.TB, mode string) []string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return []string{exe, mode}
}

// verify reads files back in a child of its own.
func verify(ctx context.Context, exe, files []string) error {
	c := NewChecker(exe...)
	defer c.Close()
	return c.Verify(ctx, files)
}

// kindsRow has a column of every kind, with and without absent values.
type kindsRow struct {
	ID    int64
	Text  string
	Few   string
	Float float64
	Bool  bool
	Day   Day
	Time  Micros

	OptText  Opt[string]
	OptFew   Opt[string]
	OptInt   Opt[int64]
	OptFloat Opt[float64]
	OptBool  Opt[bool]
	OptDay   Opt[Day]
	OptTime  Opt[Micros]
}

var kinds = Table[kindsRow]{
	Name: "kinds",
	Doc:  "One row of every kind.",
	Key:  []string{"id"},
	Columns: []Column[kindsRow]{
		intCol("id", "", "Key.", func(r *kindsRow) *int64 { return &r.ID }),
		strCol("text", "", "Text.", func(r *kindsRow) *string { return &r.Text }),
		fewCol("few", "Few.", func(r *kindsRow) *string { return &r.Few }),
		floatCol("float", "s", "Float.", func(r *kindsRow) *float64 { return &r.Float }),
		boolCol("bool", "Bool.", func(r *kindsRow) *bool { return &r.Bool }),
		dayCol("day", "Day.", func(r *kindsRow) *Day { return &r.Day }),
		timeCol("time", "Time.", func(r *kindsRow) *Micros { return &r.Time }),
		strOptCol("opt_text", "", "Text.", func(r *kindsRow) *Opt[string] { return &r.OptText }),
		fewOptCol("opt_few", "Few.", func(r *kindsRow) *Opt[string] { return &r.OptFew }),
		intOptCol("opt_int", "count", "Int.", func(r *kindsRow) *Opt[int64] { return &r.OptInt }),
		floatOptCol("opt_float", "s", "Float.", func(r *kindsRow) *Opt[float64] { return &r.OptFloat }),
		{Field: Field{Name: "opt_bool", Doc: "Bool.", Kind: Bool, Nullable: true}, optBool: func(r *kindsRow) *Opt[bool] { return &r.OptBool }},
		dayOptCol("opt_day", "Day.", func(r *kindsRow) *Opt[Day] { return &r.OptDay }),
		{Field: Field{Name: "opt_time", Doc: "Time.", Kind: Timestamp, Nullable: true}, optTime: func(r *kindsRow) *Opt[Micros] { return &r.OptTime }},
	},
	Compare: func(a, b *kindsRow) int { return cmp.Compare(a.ID, b.ID) },
}

// kindsRows returns n rows that are the same every time: present and absent
// values in turn, letters of several scripts, an empty text, dates before 1970.
func kindsRows(n int) []kindsRow {
	texts := []string{"", "Қазақстан", "Кыргызстан тышкы иштер министрлиги", "Oʻzbekiston", "a,b\n\"c\"", "🇰🇿", "\u200fעברית", "nul\x00byte"}
	rows := make([]kindsRow, n)
	for i := range rows {
		r := &rows[i]
		*r = kindsRow{
			ID: int64(i), Text: fmt.Sprint(texts[i%len(texts)], " ", i), Few: texts[i%3],
			Float: float64(i)/3 - 100, Bool: i%2 == 0, Day: Day(i - 500), Time: Micros(int64(i)*1_234_567 - 1e12),
		}
		if i%3 != 0 {
			r.OptText, r.OptFew = Some(texts[i%len(texts)]), Some(texts[i%4])
			r.OptInt, r.OptFloat = Some(int64(i)<<40), Some(-float64(i)*1e-9)
		}
		if i%5 != 0 {
			r.OptBool, r.OptDay, r.OptTime = Some(i%2 == 1), Some(Day(i)), Some(Micros(i))
		}
	}
	return rows
}

// batch yields rows as one batch.
func batch[R any](rows []R) func(func([]R, error) bool) {
	return func(yield func([]R, error) bool) { yield(rows, nil) }
}
