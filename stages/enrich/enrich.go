// Package enrich adds to posts what their rows do not say by themselves:
// followers at posting, local time, and which posts repeat each other on two
// platforms of one organization. It computes on rows and opens no file.
//
// Work goes by partition, one country and year at a time, so that memory is
// bounded by a partition:
//
//   - [NewContexts] takes the accounts of the country and the whole table of
//     account snapshots, and keeps the snapshots of those accounts only.
//     [Contexts.Of] then needs one post at a time, in any order, and may be
//     called by several goroutines.
//   - [CrossPosts] takes the posts of the partition and, because a pair may lie
//     on both sides of New Year, those of the same country within [Margin]
//     before and after it. Of the rows that come out, those whose created_at
//     lies in the year belong to the partition; the others belong to its
//     neighbours, which find the same ones. Posts of year=unknown have no time
//     and no cross-posts.
//
// The same rows in any order give the same rows out.
//
// Zones come as loaded locations. The program that loads them imports
// time/tzdata, so that they are the same on every machine.
package enrich

// Version is the version of what this package computes.
const Version = 2

// account names an account among those of all platforms.
type account struct{ platform, id string }
