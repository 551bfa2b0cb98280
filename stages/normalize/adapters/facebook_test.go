package adapters

import (
	"bytes"
	"context"
	"testing"
	"time"

	"diplometrics/datasets"
)

func FuzzDecodeCrowdTangleAPI(f *testing.F)     { fuzzPosts(f, CrowdTangleAPI) }
func FuzzDecodeCrowdTangleAPICSV(f *testing.F)  { fuzzExport(f, CrowdTangleAPICSV) }
func FuzzDecodeMetaBusinessPosts(f *testing.F)  { fuzzExport(f, MetaBusinessPosts) }
func FuzzDecodeFacebookScraper(f *testing.F)    { fuzzPosts(f, FacebookScraper) }
func FuzzDecodeFacebookScraperCSV(f *testing.F) { fuzzExport(f, FacebookScraperCSV) }

// fuzzPosts checks of an adapter whose records can hold many posts that no bytes
// make it panic, that its rows are the same on any number of workers, and that
// each is a post that names its account; a repost has no counts.
func fuzzPosts(f *testing.F, a Adapter) {
	eachExport(f, a, func(_ string, text []byte) { f.Add(text) })
	f.Fuzz(func(t *testing.T, text []byte) {
		a.Detect(text, "f")
		file := File{Name: "f", Zone: time.UTC, Observed: datasets.Some(datasets.Micros(1_700_000_000_000_000))}
		var got [2]string
		for i, workers := range []int{1, 4} {
			b, err := a.Read(context.Background(), bytes.NewReader(text), file, workers)
			if err != nil {
				got[i] = err.Error()
				continue
			}
			got[i] = shownBatch(b)
			for _, p := range b.Posts {
				if p.Row.PostID == "" || p.Ref.ID == "" && p.Ref.Handle == "" || p.Row.PostType == datasets.Repost && p.Row.Counts != (datasets.Counts{}) {
					t.Errorf("%+v", p)
				}
			}
		}
		if got[0] != got[1] {
			t.Errorf("1 worker gave\n%s\n4 workers gave\n%s", got[0], got[1])
		}
	})
}
