package adapters

import (
	"bytes"
	"context"
	"testing"
	"time"
)

// fuzzPages checks, of an adapter whose records can hold many of the study's,
// that no bytes make it panic, that it gives the same rows on any number of
// workers, that every post has an id and an account, and that no repost has
// counts.
func fuzzPages(f *testing.F, a Adapter) {
	eachExport(f, a, func(_ string, text []byte) { f.Add(text) })
	f.Fuzz(func(t *testing.T, text []byte) {
		a.Detect(text, "f")
		for _, file := range []File{{Name: "f"}, {Name: "f", Zone: time.UTC, Account: Ref{Handle: "mfa_one"}, Observed: readAt}} {
			b, err := a.Read(context.Background(), bytes.NewReader(text), file, 1)
			many, errMany := a.Read(context.Background(), bytes.NewReader(text), file, 4)
			if err != nil || errMany != nil {
				if (err == nil) != (errMany == nil) || err.Error() != errMany.Error() || err.Error() == "" {
					t.Errorf("%v with 1 worker, %v with 4: %q", err, errMany, text)
				}
				continue
			}
			if shownBatch(b) != shownBatch(many) {
				t.Errorf("other rows with 4 workers: %q", text)
			}
			for _, p := range b.Posts {
				none := Post{}.Counts
				if p.Row.PostID == "" || p.Ref.ID == "" && p.Ref.Handle == "" || p.Row.PostType == "repost" && p.Row.Counts != none || p.Row.Digest == 0 || p.Row.Parts < 1 {
					t.Errorf("%+v from %q", p, text)
				}
			}
			for _, s := range append(b.Snapshots, b.Accounts...) {
				if s.Ref.ID == "" && s.Ref.Handle == "" || s.Row.TimeSource == "" {
					t.Errorf("%+v from %q", s, text)
				}
			}
		}
	})
}

func FuzzDecodeTelegramTelethon(f *testing.F) { fuzzPages(f, TelegramTelethon) }
func FuzzDecodeVKWall(f *testing.F)           { fuzzPages(f, VKWall) }
func FuzzDecodeVKGroups(f *testing.F)         { fuzzPages(f, VKGroups) }
func FuzzDecodeYouTubeAPI(f *testing.F)       { fuzzPages(f, YouTubeAPI) }
