package normalize

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters"
)

// TakedownFile lists the posts and accounts that are to be in no later build:
// platform, account_id, handle, post_id. A row with a post_id removes that post,
// a row without the account.
const TakedownFile = "takedown.csv"

var takedownColumns = []string{"platform", "account_id", "handle", "post_id"}

// takenDown is the reason of records that the list leaves out.
const takenDown = "on the takedown list"

// takedown is the list; its zero value removes nothing.
type takedown struct {
	posts, ids, handles map[called]bool // by id or case-folded handle
}

// readTakedown reads the list; "" is none.
func readTakedown(path string) (*takedown, error) {
	t := &takedown{map[called]bool{}, map[called]bool{}, map[called]bool{}}
	if path == "" {
		return t, nil
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return t, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("%s: %w", TakedownFile, err)
	}
	if len(header) > 0 {
		header[0] = strings.TrimPrefix(header[0], "\ufeff")
	}
	if !slices.Equal(header, takedownColumns) {
		return nil, fmt.Errorf("%s:1: found the columns %q; expected %s", TakedownFile, strings.Join(header, ","), strings.Join(takedownColumns, ","))
	}
	for {
		row, err := r.Read()
		if err == io.EOF {
			return t, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", TakedownFile, err)
		}
		line, _ := r.FieldPos(0)
		for len(row) < len(takedownColumns) {
			row = append(row, "")
		}
		platform, id, handle, post := strings.TrimSpace(row[0]), strings.TrimSpace(row[1]), fold(row[2]), strings.TrimSpace(row[3])
		switch {
		case !slices.Contains(datasets.Platforms, platform):
			return nil, fmt.Errorf("%s:%d: platform: found %q; expected one of %s", TakedownFile, line, platform, strings.Join(datasets.Platforms, ", "))
		case strings.ContainsAny(post+id+handle, "/ "):
			return nil, fmt.Errorf("%s:%d: found an address; expected the bare id or handle, as the tables have it", TakedownFile, line)
		case post != "":
			t.posts[called{platform, post}] = true
		case id == "" && handle == "":
			return nil, fmt.Errorf("%s:%d: found neither account_id nor handle nor post_id; expected what to take down", TakedownFile, line)
		}
		if post != "" {
			continue
		}
		if id != "" {
			t.ids[called{platform, id}] = true
		}
		if handle != "" {
			t.handles[called{platform, handle}] = true
		}
	}
}

// account tells whether an account is on the list, by what a file calls it or by
// what accounts.csv does.
func (t *takedown) account(ref adapters.Ref, a *datasets.Account) bool {
	on := func(platform, id, handle string) bool {
		return id != "" && t.ids[called{platform, id}] || handle != "" && t.handles[called{platform, fold(handle)}]
	}
	return on(ref.Platform, ref.ID, ref.Handle) || a != nil && on(a.Platform, a.AccountID, a.Handle.V)
}

// filter takes off a batch what is on the list; each record counts as filtered.
func (t *takedown) filter(b *adapters.Batch, reg *registry) {
	if len(t.posts)+len(t.ids)+len(t.handles) == 0 {
		return
	}
	of := func(ref adapters.Ref, day datasets.Day) bool {
		a, ok := reg.lookup(ref, day)
		if !ok {
			a = nil
		}
		return t.account(ref, a)
	}
	b.Posts = slices.DeleteFunc(b.Posts, func(p adapters.Row[adapters.Post]) bool {
		day := datasets.Day(0)
		if p.Row.CreatedAt.OK {
			day = p.Row.CreatedAt.V.Day()
		}
		gone := t.posts[called{p.Ref.Platform, p.Row.PostID}] || of(p.Ref, day)
		if gone {
			b.Filter(takenDown)
		}
		return gone
	})
	b.Snapshots = slices.DeleteFunc(b.Snapshots, func(s adapters.Row[datasets.AccountSnapshot]) bool {
		gone := of(s.Ref, s.Row.ObservedAt.Day())
		if gone {
			b.Filter(takenDown)
		}
		return gone
	})
	b.Windows = slices.DeleteFunc(b.Windows, func(w adapters.Row[datasets.AccountWindow]) bool {
		gone := of(w.Ref, w.Row.WindowFrom)
		if gone {
			b.Filter(takenDown)
		}
		return gone
	})
	b.Accounts = slices.DeleteFunc(b.Accounts, func(s adapters.Row[datasets.AccountSnapshot]) bool { return of(s.Ref, s.Row.ObservedAt.Day()) })
}
