package adapters

import (
	"io"
	"slices"
	"strings"

	"diplometrics/stages/normalize/adapters/jsontape"
	"diplometrics/stages/study"
)

// CrowdTangleAPICSV reads tables made of the API's answers.
var CrowdTangleAPICSV = Adapter{
	Name: "crowdtangle_api_csv", Tables: []string{"posts", "account_snapshots"}, Version: 1,
	Doc: "Posts of Facebook and Instagram from the API of CrowdTangle, CSV: as minet writes them (ct posts), with columns such as statistics.actual.likeCount (CooRnet and others), or as Python writes them with whole records in a cell. " + crowdTangleAPIDoc +
		" minet gives no subscriberCount of the post, so that followers_at_posting is empty there.",
	Lacks:  crowdTangleAPILacks,
	Detect: detectCrowdTangleAPICSV,
	Split:  splitTable,
	New: func(f File) (Decoder, error) {
		c := &crowdTangleAPI{file: f}
		t, err := newNestedTable(f, crowdTanglePaths(f.Header), "statistics", "account", "expandedLinks")
		if err != nil {
			return nil, err
		}
		for _, path := range []string{"platformId", "date", "updated"} {
			if !slices.Contains(t.paths, path) {
				return nil, &Refused{Reason: "it has no column for " + path + " of CrowdTangle; export the posts again with all columns"}
			}
		}
		return func(rec Record, into *Batch) error {
			return t.each(rec, func(v jsontape.Value) error {
				c.item(v, rec.Line, rec.cellsDigest(), excerpt(rec), into)
				return nil
			})
		}, nil
	},
}

func detectCrowdTangleAPICSV(head []byte, _ string) bool {
	columns := headerCells(head)
	has := func(names ...string) bool {
		return !slices.ContainsFunc(names, func(n string) bool { return !slices.Contains(columns, n) })
	}
	return has("ct_id", "account_ct_id", "datetime") ||
		has("platformId", "date", "updated") && (has("statistics") || has("statistics.actual.commentCount"))
}

// minetNames are the columns of minet that are called otherwise in the API.
var minetNames = map[string]string{
	"id": "platformId", "datetime": "date", "post_url": "postUrl", "account_id": "account.platformId",
	"account_platform": "account.platform", "account_name": "account.name", "account_handle": "account.handle",
	"account_subscriber_count": "account.subscriberCount", "actual_favorite_count": "statistics.actual.favoriteCount",
	"platform": "platform", "type": "type", "message": "message", "description": "description", "updated": "updated", "link": "link",
}

// crowdTanglePaths are the keys of the API that the columns of a header hold,
// "" where one holds none that is read.
func crowdTanglePaths(header []string) []string {
	paths := make([]string, len(header))
	minet := slices.Contains(header, "ct_id")
	for i, name := range header {
		switch kind, actual := strings.CutPrefix(name, "actual_"); {
		case !minet:
			paths[i] = name
		case minetNames[name] != "":
			paths[i] = minetNames[name]
		case actual:
			paths[i] = "statistics.actual." + strings.TrimSuffix(kind, "_count") + "Count"
		}
	}
	return paths
}

// splitTable cuts any delimited table into its header and rows.
func splitTable(r io.Reader, yield func(Record, error) bool) {
	splitMapped(&study.Mapping{Format: "csv"}, r, yield)
}
