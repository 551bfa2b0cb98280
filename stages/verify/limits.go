package verify

import (
	"fmt"
	"time"
)

// What a package may be. Everything beyond is refused: whoever made it may want
// to take time, memory or disk from whoever checks it. The packages that this
// program writes stay far below each bound, as the figures after each say (of a
// study of 90 accounts and 20,000 posts).
const (
	maxFiles      = 10_000           // files and folders; 40
	maxDepth      = 8                // folders in folders; 2
	maxName       = 255              // bytes of one name, what most file systems allow; 26
	maxPath       = 1_000            // bytes of a path inside the package; 40
	maxFile       = 2 << 30          // bytes of one file; 29 million
	maxTotal      = 4 << 30          // bytes of all files, unpacked; 35 million
	maxRatio      = 250              // bytes unpacked for one in the zip; 20 for CSV, and deflate allows 1,032
	ratioFrom     = 1 << 20          // bytes unpacked from which the ratio counts: small files harm nobody
	maxDirectory  = 8 << 20          // bytes of the list at the end of a zip: 10,000 entries with long names
	maxSums       = 4 << 20          // bytes of SHA256SUMS: 10,000 lines with long names; 3,000
	maxDescribed  = 8 << 20          // bytes of datapackage.json; 160,000
	maxJSONValues = 400_000          // values in it, each of which takes memory; 5,000
	maxJSONDepth  = 64               // objects and arrays in each other; 8
	maxResources  = 5_000            // resources of datapackage.json; 34
	maxKey        = 32               // columns of a key, and foreign keys of a table; 8
	maxTables     = 1_000            // Parquet files; 17
	maxFooter     = 16 << 20         // bytes of a Parquet footer; 20,000
	maxColumns    = 1_000            // columns of a table; 22
	maxGroups     = 20_000           // row groups of a file, 30,720 rows each, of account_snapshots 4,096; 4
	maxChunks     = 200_000          // columns times row groups, which a reader holds in memory; 80
	maxRows       = 100 << 20        // rows of a table; 112,000
	maxGroupRows  = 1 << 20          // rows of a row group, which a reader holds in memory; 30,720
	maxGroupBytes = 256 << 20        // bytes of a row group, unpacked, which a reader may hold in memory; 10 million
	maxPage       = 64 << 20         // bytes of a page, unpacked; 64 KiB by the profile, one long text more
	maxPageHeader = 1 << 20          // bytes of a page's header, with the least and the greatest text
	maxThriftDeep = 24               // structures in each other in a footer; 7
	maxColumnName = 128              // bytes of a column's name; 20
	maxCell       = 16 << 20         // bytes of a cell of a CSV; a few hundred
	maxAnswer     = 16 << 20         // bytes that the reading process may answer for a table; 1,000
	childMemory   = 1 << 30          // bytes of memory of the process that reads tables; 150 million
	childSlack    = 512 << 20        // bytes that the system allows it beyond, for what the Go runtime keeps itself
	tableTime     = 5 * time.Minute  // for reading one table; 1 second
	allTime       = 30 * time.Minute // for reading all of them; 1 second
)

// RefusedError says why a package is not checked to the end: it is made so that
// reading it could do harm, or so that nothing can be said about it.
type RefusedError struct {
	File string // path in the package, or "" for the whole
	Why  string // what was found, and what is expected
}

// Error returns file and reason.
func (e *RefusedError) Error() string {
	if e.File == "" {
		return e.Why
	}
	return shown(e.File) + ": " + e.Why
}

func refuse(file, format string, args ...any) error {
	return &RefusedError{file, fmt.Sprintf(format, args...)}
}

// shown returns a name of the package as a terminal may show it: quoted where
// it holds anything but printable characters, and cut.
func shown(name string) string {
	q := fmt.Sprintf("%.200q", name)
	if q == `"`+name+`"` {
		return name
	}
	return q
}
