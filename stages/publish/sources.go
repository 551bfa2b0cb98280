package publish

import (
	"fmt"
	"slices"

	"diplometrics/datasets"
)

// Aliases are the names under which a package speaks of raw files, by their
// path: the id of the source, numbered where it has several files. The name of a
// file can say who collected it, where and whom.
func Aliases(sources []datasets.Source) map[string]string {
	files := map[string][]string{}
	for _, s := range sources {
		files[s.ID] = append(files[s.ID], s.File)
	}
	out := map[string]string{}
	for id, names := range files {
		slices.Sort(names)
		for i, name := range names {
			out[name] = id
			if len(names) > 1 {
				out[name] = fmt.Sprintf("%s/%d", id, i+1)
			}
		}
	}
	return out
}

// Rename returns the sources with their aliases in place of paths, sorted.
func Rename(sources []datasets.Source, aliases map[string]string) []datasets.Source {
	out := slices.Clone(sources)
	for i := range out {
		out[i].File = aliases[out[i].File]
	}
	slices.SortFunc(out, func(a, b datasets.Source) int { return datasets.Sources.Compare(&a, &b) })
	return out
}
