package adapters

import "testing"

func FuzzDecodeInstagramInstaloader(f *testing.F) { fuzzExport(f, InstagramInstaloader) }
func FuzzDecodeInstagramZeeschuimer(f *testing.F) { fuzzExport(f, InstagramZeeschuimer) }
func FuzzDecodeLinkedInZeeschuimer(f *testing.F)  { fuzzExport(f, LinkedInZeeschuimer) }
