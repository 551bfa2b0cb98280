package adapters

import (
	"slices"

	"diplometrics/stages/normalize/adapters/jsontape"
)

// FacebookScraperCSV reads the tables of facebook-scraper.
var FacebookScraperCSV = Adapter{
	Name: "facebook_scraper_csv", Tables: []string{"posts"}, Version: 1,
	Doc: "Posts of pages and groups of Facebook as facebook-scraper (kevinzg) wrote them, CSV, with the columns of its first post. It is written in the code page of the computer: where that was Windows in Russian, say encoding = \"windows-1251\" in study.toml; " +
		"letters that the code page lacks, such as those of Kazakh, are gone or were the end of the file. " + facebookScraperDoc,
	Lacks: facebookScraperLacks,
	Detect: func(head []byte, _ string) bool {
		h := headerCells(head)
		return slices.Contains(h, "post_id") && slices.Contains(h, "post_text") && slices.Contains(h, "shared_text")
	},
	Split: splitTable,
	New: func(f File) (Decoder, error) {
		if !slices.Contains(f.Header, "post_id") {
			return nil, &Refused{Reason: "it has no column post_id, which tells the posts apart; collect them again with all columns"}
		}
		s := &facebookScraper{file: f}
		paths := slices.Clone(f.Header)
		for i, name := range paths {
			if !slices.Contains(facebookScraperColumns, name) {
				paths[i] = ""
			}
		}
		t, err := newNestedTable(f, paths, "reactions", "images")
		if err != nil {
			return nil, err
		}
		return func(rec Record, into *Batch) error {
			return t.each(rec, func(v jsontape.Value) error { return s.post(v, rec.Line, rec.cellsDigest(), into) })
		}, nil
	},
}

// facebookScraperColumns are the columns that are read; the others hold lists,
// addresses and people.
var facebookScraperColumns = []string{
	"post_id", "text", "post_text", "shared_text", "time", "timestamp", "image", "image_lowquality", "images", "image_id", "video", "video_id", "video_watches",
	"likes", "comments", "shares", "post_url", "link", "user_id", "username", "user_url", "page_id", "shared_post_id", "shared_post_url", "shared_username",
	"available", "reactions", "reaction_count", "fetched_time",
}
