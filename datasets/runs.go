package datasets

import "cmp"

// PostRun is one observation of a post as one raw file shows it: a row of the
// runs that normalize merges. Runs are intermediate; no study publishes them.
type PostRun struct {
	Post   Post
	Digest int64 // of the record's bytes: the last tie between two observations
}

// PostRuns is the table of a run.
var PostRuns = Table[PostRun]{
	Name: "post_runs",
	Doc:  "One row an observation of a post in one raw file.",
	code: func(c *coder, r *PostRun) { r.code(c) },
	Columns: concat(lift(Posts.Columns, func(r *PostRun) *Post { return &r.Post }), []Column[PostRun]{
		intCol("digest", "", "Hash of the record's bytes.", func(r *PostRun) *int64 { return &r.Digest }),
	}),
}

// SnapshotRun is an account snapshot as one raw file shows it.
type SnapshotRun struct {
	Snapshot AccountSnapshot
	Line     int64 // where the record stands in its file
	Beside   bool  // seen beside posts: no record of its own
}

// SnapshotRuns is the table of a run of account snapshots.
var SnapshotRuns = Table[SnapshotRun]{
	Name: "account_snapshot_runs",
	Doc:  "One row an account snapshot in one raw file.",
	code: func(c *coder, r *SnapshotRun) { r.code(c) },
	Columns: concat(lift(AccountSnapshots.Columns, func(r *SnapshotRun) *AccountSnapshot { return &r.Snapshot }), []Column[SnapshotRun]{
		intCol("line", "", "Line of the record in its file.", func(r *SnapshotRun) *int64 { return &r.Line }),
		boolCol("beside", "Whether it was seen beside posts.", func(r *SnapshotRun) *bool { return &r.Beside }),
	}),
}

// lift turns columns of A into columns of a row that holds an A.
func lift[A, B any](columns []Column[A], part func(*B) *A) []Column[B] {
	out := make([]Column[B], len(columns))
	for i, c := range columns {
		out[i] = Column[B]{Field: c.Field,
			str: through(c.str, part), int: through(c.int, part), float: through(c.float, part),
			bool: through(c.bool, part), day: through(c.day, part), time: through(c.time, part),
			optStr: through(c.optStr, part), optInt: through(c.optInt, part), optFloat: through(c.optFloat, part),
			optBool: through(c.optBool, part), optDay: through(c.optDay, part), optTime: through(c.optTime, part)}
	}
	return out
}

func through[A, B, V any](f func(*A) *V, part func(*B) *A) func(*B) *V {
	if f == nil {
		return nil
	}
	return func(b *B) *V { return f(part(b)) }
}

// Move is an observation that lies in another partition of its run than its
// post does: without a time, or at the other side of a New Year.
type Move struct {
	Run  PostRun
	File string
	From string // year of the observation, as its partition spells it
	To   string // year of the post
}

// Moves is the table of moves of a country, intermediate as the runs are.
var Moves = Table[Move]{
	Name: "moves",
	Doc:  "One row an observation whose post is at home in the partition of another year.",
	Columns: concat(lift(PostRuns.Columns, func(r *Move) *PostRun { return &r.Run }), []Column[Move]{
		strCol("file", "", "Path of the raw file inside the study.", func(r *Move) *string { return &r.File }),
		fewCol("from_year", "Year of the observation, or unknown.", func(r *Move) *string { return &r.From }),
		fewCol("to_year", "Year of its post.", func(r *Move) *string { return &r.To }),
	}),
}

// Tally says how many records of a raw file became the rows of a partition.
type Tally struct {
	File        string
	Kept        int64
	Rows        int64
	First, Last Opt[Day]
}

// Tallies is the table of tallies, intermediate as the runs are.
var Tallies = Table[Tally]{
	Name: "tally",
	Doc:  "One row a raw file: how many rows of one partition are of it.",
	Key:  []string{"file"},
	Columns: []Column[Tally]{
		strCol("file", "", "Path of the file inside the study.", func(r *Tally) *string { return &r.File }),
		intCol("kept", "records", "Records of the file that rows stand for: posts whose latest observation it has, snapshots of accounts.", func(r *Tally) *int64 { return &r.Kept }),
		intCol("rows", "rows", "Rows of the file, with those of no record of their own.", func(r *Tally) *int64 { return &r.Rows }),
		dayOptCol("first", "First day of the snapshots of accounts. Null where it counts others.", func(r *Tally) *Opt[Day] { return &r.First }),
		dayOptCol("last", "Last day of the snapshots of accounts. Null where it counts others.", func(r *Tally) *Opt[Day] { return &r.Last }),
	},
	Compare: func(a, b *Tally) int { return cmp.Compare(a.File, b.File) },
}
