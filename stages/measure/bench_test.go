package measure

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"diplometrics/datasets"
	"diplometrics/stages/measure/metrics"
	"diplometrics/stages/study"
)

// BenchmarkMeasure compares the computing of all metrics of a million posts of
// 600 accounts over half a year with reading the same posts. "measure/read" is
// what must stay below 2, the reading that measuring itself does left out.
func BenchmarkMeasure(b *testing.B) {
	const accounts, posts = 600, 1_000_000
	dir := b.TempDir()
	in := func() *Input {
		in := &Input{From: day("2024-01-01T00:00:00Z"), To: day("2024-07-01T00:00:00Z"), Setting: &metrics.Setting{},
			Sources: []study.Source{{ID: "s", Coverage: study.Coverage{From: some(day("2024-01-01T00:00:00Z")), To: some(day("2024-07-01T00:00:00Z")), Completeness: "all"}}}}
		for i := range accounts {
			in.Accounts = append(in.Accounts, datasets.Account{Platform: "x", AccountID: fmt.Sprintf("%04d", i), Country: some([]string{"KAZ", "KGZ", "UZB"}[i%3])})
		}
		for c := range 3 {
			path := func(table string) string { return filepath.Join(dir, fmt.Sprint(table, c, ".parquet")) }
			in.Countries = append(in.Countries, []Partition{{
				Collected: datasets.Posts.Scan(context.Background(), path("posts"), CollectedColumns...),
				Posts:     datasets.Posts.Scan(context.Background(), path("posts"), PostColumns...),
				Contexts:  datasets.PostContexts.Scan(context.Background(), path("contexts"), ContextColumns...),
				Snapshots: datasets.PostSnapshots.Scan(context.Background(), path("snapshots"), SnapshotColumns...),
				Cross:     datasets.CrossPosts.Scan(context.Background(), path("cross"), CrossColumns...),
				Topics:    datasets.PostTopics.Scan(context.Background(), path("topics")),
			}})
		}
		return in
	}
	for c := range 3 {
		writePosts(b, dir, c, accounts, posts/3, in().From)
	}
	read := func() {
		for _, country := range in().Countries {
			for _, p := range country {
				for _, err := range p.Posts {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		}
	}
	stream := func() {
		for _, country := range in().Countries {
			for _, err := range accountsOf(country) {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			read()
		}
	})
	b.Run("stream", func(b *testing.B) {
		for b.Loop() {
			stream()
		}
	})
	b.Run("measure", func(b *testing.B) {
		for b.Loop() {
			in := in()
			in.Scratch = dir
			out, err := Run(context.Background(), in)
			if err != nil {
				b.Fatal(err)
			}
			if err := drain(out); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(out.Rows), "values")
		}
	})
}

// drain puts the tables in order.
func drain(out *Output) error {
	for _, err := range out.Values() {
		if err != nil {
			return err
		}
	}
	for _, err := range out.Periods() {
		if err != nil {
			return err
		}
	}
	return out.Close()
}

func accountsOf(p []Partition) func(func(*collected, error) bool) {
	return accounts(p, &metrics.Setting{}, "")
}

func writePosts(b *testing.B, dir string, country, accounts, n int, from datasets.Day) {
	rng := rand.New(rand.NewPCG(1, uint64(country)))
	var posts []datasets.Post
	var contexts []datasets.PostContext
	var snapshots []datasets.PostSnapshot
	types := []string{datasets.Original, datasets.Original, datasets.Repost, datasets.Reply, datasets.Quoted}
	perAccount := n / (accounts / 3)
	for a := country; a < accounts; a += 3 {
		id := fmt.Sprintf("%04d", a)
		for i := range perAccount {
			created := from.Micros() + datasets.Micros(rng.Int64N(181*86_400_000_000))
			p := datasets.Post{Platform: "x", AccountID: id, PostID: fmt.Sprintf("%019d", i), Country: some("KAZ"), CreatedAt: some(created), PostType: types[rng.IntN(len(types))],
				Text:       some("A text of middling length that stands for what a ministry writes on a working day, with #hashtag and a link https://example.org/news/2024"),
				ObservedAt: some(created + 30*86_400_000_000), Observations: 1, Parts: 1, Source: "s", LanguageGiven: some("ru"), MediaType: some("photo")}
			if p.PostType != datasets.Repost {
				like := int64(math.Exp(rng.NormFloat64()*1.5 + 2))
				p.Counts = datasets.Counts{Like: some(like), Comment: some(like / 9), Share: some(like / 4), Quote: some(like / 20), View: some(like * 40)}
				snapshots = append(snapshots, datasets.PostSnapshot{Platform: "x", AccountID: id, PostID: p.PostID, Observation: 1, CreatedAt: p.CreatedAt, ObservedAt: p.ObservedAt, Counts: p.Counts, Source: "s"})
			}
			posts = append(posts, p)
			contexts = append(contexts, datasets.PostContext{Platform: "x", AccountID: id, PostID: p.PostID, Followers: some(float64(1000 + i)),
				LocalDate: some(created.Day()), LocalHour: some(rng.Int64N(24)), LocalWeekday: some(1 + rng.Int64N(7))})
		}
	}
	write := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	path := func(table string) string { return filepath.Join(dir, fmt.Sprint(table, country, ".parquet")) }
	write(datasets.Posts.Write(path("posts"), posts, datasets.WriteOptions{}))
	write(datasets.PostContexts.Write(path("contexts"), contexts, datasets.WriteOptions{}))
	write(datasets.PostSnapshots.Write(path("snapshots"), snapshots, datasets.WriteOptions{}))
	write(datasets.CrossPosts.Write(path("cross"), nil, datasets.WriteOptions{}))
	write(datasets.PostTopics.Write(path("topics"), nil, datasets.WriteOptions{}))
}
