package adapters

// Twscrape reads what twscrape writes.
var Twscrape = Adapter{
	Name: "twscrape", Tables: []string{"posts", "account_snapshots"}, Version: 1,
	Doc: "Posts and users of X as twscrape writes them, JSON lines; they call themselves snscrape's, but have id_str. Users are account snapshots, as are the authors of posts and of what these repeat or quote. " +
		"Reposts have no counts of their own, and the text of their original; one whose original X withheld is told by the RT @handle: that its text begins with. An edited post keeps its first id and has the counts of the version shown.",
	Lacks:  "When it was collected: give observed_at in study.toml, or followers cannot be dated. Bookmarks where there are 0: X may not have given them. Views where X does not show them.",
	Detect: detectTwscrape,
	Split:  splitJSON,
	New:    newXScrape,
}

func detectTwscrape(head []byte, _ string) bool {
	p := jsonPaths(head)
	return p["id_str"] && (p["rawContent"] && p["date"] && p["likeCount"] || p["displayname"] && p["followersCount"])
}
