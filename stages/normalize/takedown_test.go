package normalize

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters"
)

func listOf(t *testing.T, text string) (*takedown, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), TakedownFile)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return readTakedown(path)
}

// Posts by their ids and accounts by id or handle go, as what the files call them
// and as what accounts.csv does; each record counts as filtered.
func TestTakedown(t *testing.T) {
	list, err := listOf(t, "\ufeffplatform,account_id,handle,post_id\nx,,,7\nx,,@Second,\nx,3,,\n")
	if err != nil {
		t.Fatal(err)
	}
	reg := &registry{accounts: []datasets.Account{{Platform: "x", AccountID: "3"}}, byHandle: map[called][]named{{"x", "third"}: {{account: 0}}}}
	post := func(id, account, handle string) adapters.Row[adapters.Post] {
		p := adapters.Row[adapters.Post]{Ref: adapters.Ref{Platform: "x", ID: account, Handle: handle}}
		p.Row.PostID = id
		return p
	}
	b := &adapters.Batch{Posts: []adapters.Row[adapters.Post]{post("7", "1", ""), post("8", "1", ""), post("9", "", "second"), post("10", "", "third"), post("11", "4", "other")}}
	list.filter(b, reg)
	if len(b.Posts) != 2 || b.Posts[0].Row.PostID != "8" || b.Posts[1].Row.PostID != "11" || b.Filtered[takenDown] != 3 || b.Records() != 5 {
		t.Errorf("kept %+v, filtered %v", b.Posts, b.Filtered)
	}
	for text, want := range map[string]string{
		"platform,handle\n": "takedown.csv:1: found the columns \"platform,handle\"; expected platform,account_id,handle,post_id",
		"platform,account_id,handle,post_id\nx,,,1\n,,,2\n":                  "takedown.csv:3: platform: found \"\"; expected one of x, ",
		"platform,account_id,handle,post_id\nX,1,,\n":                        "takedown.csv:2: platform: found \"X\"",
		"platform,account_id,handle,post_id\nx,,,https://x.com/a/status/1\n": "takedown.csv:2: found an address; expected the bare id",
		"platform,account_id,handle,post_id\nx,,,\n":                         "takedown.csv:2: found neither account_id nor handle nor post_id",
	} {
		if _, err := listOf(t, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
	if none, err := readTakedown(""); err != nil || none.account(adapters.Ref{Platform: "x", ID: "3"}, nil) {
		t.Errorf("no list: %v", err)
	}
}
