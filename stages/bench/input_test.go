package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// The posts of ten years lie in all of them, and the day in one that no other
// year can claim: else bench would time a day that touches the whole study.
func TestDayTouchesOneYear(t *testing.T) {
	dir := t.TempDir()
	if err := write(dir, 4000, 10); err != nil {
		t.Fatal(err)
	}
	years := func(name string) map[int]int {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		n := map[int]int{}
		for line := range bytes.Lines(b) {
			var post struct {
				At    time.Time `json:"created_at"`
				Twarc struct {
					Observed time.Time `json:"retrieved_at"`
				} `json:"__twarc"`
			}
			if err := json.Unmarshal(line, &post); err != nil {
				t.Fatal(err)
			}
			n[post.At.Year()]++
			if post.Twarc.Observed.Year() != post.At.Year()+1 {
				t.Errorf("a post of %v was observed at %v", post.At, post.Twarc.Observed)
			}
			if name == "day.jsonl" && (post.At.YearDay() < 3 || post.At.AddDate(0, 0, 2).Year() != post.At.Year()) {
				t.Errorf("%v is too close to New Year", post.At)
			}
		}
		return n
	}
	if n := years("posts.jsonl"); len(n) != 10 || n[2015] < 300 || n[2024] < 300 {
		t.Errorf("posts by year: %v", n)
	}
	if n := years("day.jsonl"); len(n) != 1 || n[2024] == 0 {
		t.Errorf("posts of the day by year: %v", n)
	}
	if made(dir, "crowdtangle.csv") {
		t.Error("a CrowdTangle CSV was made, which nobody reads")
	}
}
