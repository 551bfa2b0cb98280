package normalize

import (
	"fmt"
	"strings"
	"testing"

	"diplometrics/datasets"
)

// Rejects are counted by reason; what stood in the records, which can be long
// and of several lines, is left to the table.
func TestReasons(t *testing.T) {
	reject := func(field, reason, excerpt string) datasets.Reject {
		return datasets.Reject{Field: some(field), Reason: reason, Excerpt: some(excerpt)}
	}
	rejects := []datasets.Reject{
		reject("likes", `found "many\n\"; lines"; expected a whole number`, "a\nb"), reject("likes", `found "few"; expected a whole number`, "c\nd"),
		reject("", "not JSON", "{\n"), reject("account", unknownAccount, "x @one"), reject("account", unknownAccount, "x @two"), reject("account", unknownAccount, "x @two"),
	}
	reasons := func(rejects []datasets.Reject) []string {
		var t summary
		for i := range rejects {
			t.reject(&rejects[i])
		}
		return t.mostFrequent()
	}
	want := "likes: expected a whole number (2)\nunknown account: x @two (2)\nnot JSON (1)\nunknown account: x @one (1)"
	if got := strings.Join(reasons(rejects), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for i := range 30 {
		rejects = append(rejects, reject("account", unknownAccount, fmt.Sprintf("x %d", i)))
	}
	if got := reasons(rejects); len(got) != mostReasons+1 || got[mostReasons] != "and 14 more reasons or accounts; see normalized/rejects.parquet" {
		t.Errorf("%d lines: %q", len(got), got)
	}
}
