package start

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"diplometrics/stages/inspect"
)

// many is from how many files of one kind in a folder on they become one source:
// some collectors write a file for each post.
const many = 10

// together returns the files, with those of one folder, ending and format as one
// where they are many and a pattern names them and no others.
func together(files []File) []File {
	type kind struct{ pattern, adapter, needs string }
	of := func(f *File) (k kind, ok bool) {
		r := f.Report
		if r == nil || r.Adapter == "" || r.Refused != "" || f.table != nil || len(r.Sources) > 0 {
			return k, false
		}
		// A file that holds nothing of use is read with the others.
		nothing := f.Why != "" && r.Kept == 0 && len(r.Rejected) == 0
		return kind{pattern(path.Dir(f.Path)) + "/*" + ending(f.Path), r.Adapter, f.Needs}, f.usable() || nothing
	}
	kinds := map[kind][]*File{}
	var order []kind
	for i := range files {
		if k, ok := of(&files[i]); ok {
			if kinds[k] == nil {
				order = append(order, k)
			}
			kinds[k] = append(kinds[k], &files[i])
		}
	}
	joined := map[*File]*File{} // the first of a kind = the source of all; others = nil
	for _, k := range order {
		all := kinds[k]
		matching := 0
		for i := range files {
			if ok, _ := path.Match(k.pattern, files[i].Path); ok {
				matching++
			}
		}
		if len(all) < many || matching != len(all) || !slices.ContainsFunc(all, func(f *File) bool { return f.usable() }) {
			continue
		}
		for _, f := range all {
			joined[f] = nil
		}
		joined[all[0]] = &File{Path: fmt.Sprintf("%s/*%s (%d files)", path.Dir(all[0].Path), ending(all[0].Path), len(all)), Pattern: k.pattern, Needs: k.needs, Report: summed(all)}
		for _, f := range all {
			if f.Why != "" && f.Needs != "" {
				joined[all[0]].Why = f.Why
			}
		}
	}
	var out []File
	for i := range files {
		one, isJoined := joined[&files[i]]
		switch {
		case !isJoined:
			out = append(out, files[i])
		case one != nil:
			out = append(out, *one)
		}
	}
	return out
}

// ending is what follows the name of a file, with that of a compression.
func ending(name string) string {
	end := path.Ext(name)
	if slices.Contains([]string{".gz", ".xz", ".zst", ".bz2"}, strings.ToLower(end)) {
		end = path.Ext(strings.TrimSuffix(name, end)) + end
	}
	return pattern(end)
}

// summed is what the files hold together.
func summed(files []*File) *inspect.Report {
	sum := &inspect.Report{Adapter: files[0].Report.Adapter}
	accounts := map[string]int{}
	for _, f := range files {
		r := f.Report
		sum.Kept += r.Kept
		sum.Posts += r.Posts
		sum.AccountSnapshots += r.AccountSnapshots
		sum.AccountWindows += r.AccountWindows
		sum.Unobserved += r.Unobserved
		for _, s := range []struct{ to, from *inspect.Span }{{&sum.Created, &r.Created}, {&sum.Observed, &r.Observed}, {&sum.Shown, &r.Shown}, {&sum.Windows, &r.Windows}} {
			if s.from.First.OK {
				s.to.Include(s.from.First.V)
				s.to.Include(s.from.Last.V)
			}
		}
		for _, a := range r.Accounts {
			key := a.Platform + " " + a.ID
			if a.ID == "" {
				key = a.Platform + " @" + inspect.Fold(a.Handle)
			}
			at, seen := accounts[key]
			if !seen {
				at = len(sum.Accounts)
				accounts[key] = at
				sum.Accounts = append(sum.Accounts, inspect.Account{Ref: a.Ref})
			}
			sum.Accounts[at].Posts += a.Posts
		}
	}
	return sum
}
