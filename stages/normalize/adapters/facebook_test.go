package adapters

import "testing"

func FuzzDecodeCrowdTangleAPI(f *testing.F)     { fuzzPosts(f, CrowdTangleAPI) }
func FuzzDecodeCrowdTangleAPICSV(f *testing.F)  { fuzzExport(f, CrowdTangleAPICSV) }
func FuzzDecodeMetaBusinessPosts(f *testing.F)  { fuzzExport(f, MetaBusinessPosts) }
func FuzzDecodeFacebookScraper(f *testing.F)    { fuzzPosts(f, FacebookScraper) }
func FuzzDecodeFacebookScraperCSV(f *testing.F) { fuzzExport(f, FacebookScraperCSV) }
