package adapters

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diplometrics/datasets"
)

// golden compares text with a file below testdata.
func golden(t *testing.T, file, got string) {
	t.Helper()
	file = filepath.Join("testdata", file)
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s:\ngot\n%s\nwant\n%s", file, got, want)
	}
}

// shownBatch prints a batch, one row a line: what is absent is left out.
func shownBatch(b *Batch) string {
	var out strings.Builder
	for _, r := range b.Posts {
		printRow(&out, &datasets.Posts, r.Line, r.Ref, &r.Row.Post)
	}
	for _, r := range b.Accounts {
		out.WriteString("seen ")
		printRow(&out, &datasets.AccountSnapshots, r.Line, r.Ref, &r.Row)
	}
	for _, r := range b.Snapshots {
		printRow(&out, &datasets.AccountSnapshots, r.Line, r.Ref, &r.Row)
	}
	for _, r := range b.Windows {
		printRow(&out, &datasets.AccountWindows, r.Line, r.Ref, &r.Row)
	}
	for _, r := range b.Published {
		printRow(&out, &datasets.Published, r.Line, r.Ref, &r.Row)
	}
	for _, k := range slices.Sorted(maps.Keys(b.Filtered)) {
		fmt.Fprintf(&out, "filtered %d: %s\n", b.Filtered[k], k)
	}
	for _, r := range b.Rejects {
		fmt.Fprintf(&out, "rejected %d: %s: %s | %q\n", r.Line, r.Field, r.Reason, r.Excerpt)
	}
	fmt.Fprintf(&out, "records %d, merged %d\n", b.Records(), b.Merged)
	return out.String()
}

func printRow[R any](out *strings.Builder, t *datasets.Table[R], line int64, ref Ref, row *R) {
	fmt.Fprintf(out, "%s %d (%s)", t.Name, line, ref)
	for i, c := range t.Columns {
		switch v := t.Cell(row, i).(type) {
		case nil:
		case string:
			if v != "" {
				fmt.Fprintf(out, " %s=%q", c.Name, v)
			}
		default:
			fmt.Fprintf(out, " %s=%v", c.Name, v)
		}
	}
	out.WriteString("\n")
}
