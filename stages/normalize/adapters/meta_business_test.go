package adapters

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// The order of a file's dates is that of any of its rows that has one, also of a
// later one, and is asked for where none has.
func TestMetaDateOrder(t *testing.T) {
	row := func(n int, at string) string {
		return fmt.Sprintf("%d,11,text,%s,https://www.facebook.com/mfa_one/posts/%d,Lifetime,1,0\n", n, at, n)
	}
	for _, c := range []struct{ last, first, refused string }{
		{"04/13/2026 10:00", "2026-03-04T10:00:00Z", ""},
		{"13/04/2026 10:00", "2026-04-03T10:00:00Z", ""},
		{"04/05/2026 10:00", "", "none tells which"},
		{"13.04.2026 10:00", "", "none tells which"},
	} {
		text := metaHead
		for n := range 3000 {
			text += row(n+1, "03/04/2026 10:00")
		}
		b, err := MetaBusinessPosts.Read(context.Background(), strings.NewReader(text+row(3001, c.last)), File{Name: "f", Zone: time.UTC}, 2)
		switch {
		case c.refused != "":
			if err == nil || !strings.Contains(err.Error(), c.refused) {
				t.Errorf("%s: %v", c.last, err)
			}
		case err != nil || len(b.Posts) != 3001 || b.Posts[0].Row.CreatedAt.V.String() != c.first:
			t.Errorf("%s: %v, %+v", c.last, err, b)
		}
	}
	// The same day of the same month needs no order.
	b, err := MetaBusinessPosts.Read(context.Background(), strings.NewReader(metaHead+row(1, "5/5/2026 10:00")), File{Name: "f", Zone: time.UTC}, 2)
	if err != nil || len(b.Posts) != 1 || b.Posts[0].Row.CreatedAt.V.String() != "2026-05-05T10:00:00Z" {
		t.Errorf("%v, %+v", err, b)
	}
	for s, want := range map[string]string{"09/28/2026 18:12": "month", "28/09/2026 18:12": "day", "3/4/2026 18:12": "", "28.09.2026 18:12": "", "32/01/2026 18:12": "", "yesterday": ""} {
		if got := string(dateOrder(s)); got != want {
			t.Errorf("%s: got %q, want %q", s, got, want)
		}
	}
}
