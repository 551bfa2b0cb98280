package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"diplometrics/datasets"
)

// languagesTable compares the languages that platforms gave with those that the
// texts were told to be in: one row a platform and language given.
func (b *builder) languagesTable() table {
	t := table{ID: "languages", Title: "Languages: given by the platform, and told from the text", Sort: true,
		Head: append(append([]string{"platform", "given by the platform", "own posts"}, datasets.Languages[:]...), datasets.Undetermined)}
	type row struct{ platform, given string }
	posts := map[row]map[string]int64{}
	total := map[row]int64{}
	for _, c := range b.Languages {
		given, told, _ := strings.Cut(c.Series, " ")
		k := row{c.Platform, given}
		if posts[k] == nil {
			posts[k] = map[string]int64{}
		}
		posts[k][told] += int64(c.Y.V)
		total[k] += int64(c.Y.V)
	}
	rows := slices.SortedFunc(maps.Keys(posts), func(x, y row) int {
		return cmp.Or(cmp.Compare(x.platform, y.platform), cmp.Compare(total[y], total[x]), cmp.Compare(x.given, y.given))
	})
	var named, same int64
	for _, k := range rows[:min(len(rows), most)] {
		cells := []any{k.platform, k.given, total[k]}
		for _, l := range append(datasets.Languages[:], datasets.Undetermined) {
			cells = append(cells, posts[k][l])
		}
		t.add(cells...)
	}
	t.left(len(rows), b.Place+"/curves.csv")
	for _, k := range rows {
		if slices.Contains(datasets.Languages[:], k.given) {
			named, same = named+total[k], same+posts[k][k.given]
		}
	}
	t.Text = "Own posts of compared accounts in the window to which a platform gave a language and that have a text. Neither is the truth: platforms guess too, and X has no Kazakh, Kyrgyz or Uzbek to give. und is another language, or too few words to tell. No language of a platform is used in any estimate."
	if named > 0 {
		t.Text += fmt.Sprintf(" Of %s posts that a platform took for one of the five languages, %s (%s) were told to be in the same.", count(named), count(same), digits(percent(float64(same)/float64(named)))+" %")
	}
	return t
}
