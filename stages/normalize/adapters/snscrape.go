package adapters

import "bytes"

// Snscrape reads what snscrape wrote of Twitter.
var Snscrape = Adapter{
	Name: "snscrape", Tables: []string{"posts", "account_snapshots"}, Version: 1,
	Doc: "Posts and users of Twitter as snscrape wrote them until 2023, JSON lines of every version: with content or rawContent, with users or only their ids. Users are account snapshots, as are the authors of posts and of what these repeat or quote. " +
		"Tombstones and references hold no post and are left out. Reposts have no counts of their own, and the text of their original. An edited post keeps its first id and has the counts of the version shown.",
	Lacks:  "When it was collected: give observed_at in study.toml, or followers cannot be dated. Views and bookmarks before 2023. Tables that people made of it with Date, User and Tweet alone have no ids, and cannot be read as posts.",
	Detect: detectSnscrape,
	Split:  splitJSON,
	New:    newXScrape,
}

func detectSnscrape(head []byte, _ string) bool {
	p := jsonPaths(head)
	if p["id_str"] {
		return false // twscrape
	}
	if p["_type"] {
		return bytes.Contains(head, []byte(`"snscrape.modules.twitter.`))
	}
	return p["url"] && p["date"] && p["content"] && p["replyCount"] && p["retweetCount"]
}
