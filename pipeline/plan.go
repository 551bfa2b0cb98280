package pipeline

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// stateDir is the folder of the study that belongs to the engine.
const stateDir = ".diplometrics"

// plan is a checked list of units with who writes what and who follows whom.
type plan struct {
	units  []Unit
	params [][]byte // canonical JSON of each unit's Params
	index  map[string]int
	writer map[string]int // by output name, trees with their slash
	names  []string       // keys of writer, sorted
	deps   [][]int        // direct upstream units, ascending
	order  []int          // upstream first; else as the caller listed them
}

func newPlan(units []Unit) (*plan, error) {
	p := &plan{units: units, index: map[string]int{}, writer: map[string]int{}}
	for i, u := range units {
		if err := checkUnit(u); err != nil {
			return nil, err
		}
		if _, dup := p.index[u.Name]; dup {
			return nil, fmt.Errorf("unit %s: two units have this name", u.Name)
		}
		p.index[u.Name] = i
		params, err := canonical(u.Params)
		if err != nil {
			return nil, fmt.Errorf("unit %s: parameters cannot be written as JSON: %w", u.Name, err)
		}
		p.params = append(p.params, params)
		for _, out := range u.Outputs {
			if j, dup := p.writer[out]; dup {
				return nil, p.clash(out, j, out, i)
			}
			p.writer[out] = i
			p.names = append(p.names, out)
		}
	}
	sort.Strings(p.names)
	for _, out := range p.names {
		for _, other := range p.overlapping(out) {
			if other != out {
				return nil, p.clash(out, p.writer[out], other, p.writer[other])
			}
		}
		if !isTree(out) {
			if below := p.below(out + "/"); len(below) > 0 {
				return nil, p.clash(out, p.writer[out], below[0], p.writer[below[0]])
			}
		}
	}
	for i, u := range units {
		var deps []int
		for _, in := range u.Inputs {
			for _, out := range p.overlapping(in) {
				if p.writer[out] == i {
					return nil, fmt.Errorf("unit %s: input %s is its own output %s", u.Name, in, out)
				}
				deps = append(deps, p.writer[out])
			}
		}
		slices.Sort(deps)
		p.deps = append(p.deps, slices.Compact(deps))
	}
	return p, p.sort()
}

func (p *plan) clash(a string, i int, b string, j int) error {
	return fmt.Errorf("outputs %s of unit %s and %s of unit %s overlap: each output has one unit", a, p.units[i].Name, b, p.units[j].Name)
}

func checkUnit(u Unit) error {
	if isTree(u.Name) || checkName(u.Name) != nil {
		return fmt.Errorf("unit %q: not a name: want words joined by slashes", u.Name)
	}
	if u.Run == nil {
		return fmt.Errorf("unit %s: has no Run", u.Name)
	}
	for _, name := range slices.Concat(u.Inputs, u.Outputs) {
		if err := checkName(name); err != nil {
			return fmt.Errorf("unit %s: %w", u.Name, err)
		}
	}
	return nil
}

// checkName accepts logical names that every part of the engine can carry.
func checkName(name string) error {
	path := strings.TrimSuffix(name, "/")
	first, _, _ := strings.Cut(path, "/")
	_, err := filepath.Localize(path)
	if err != nil || path == "." || !utf8.ValidString(path) || first == stateDir {
		return fmt.Errorf("%q is not a name inside the study: want a relative path in UTF-8 with slashes, outside %s", name, stateDir)
	}
	return nil
}

func isTree(name string) bool { return strings.HasSuffix(name, "/") }

// below returns the outputs whose names begin with tree, the tree itself first.
func (p *plan) below(tree string) []string {
	from := sort.SearchStrings(p.names, tree)
	to := from
	for to < len(p.names) && strings.HasPrefix(p.names[to], tree) {
		to++
	}
	return p.names[from:to]
}

// overlapping returns the outputs that are name, hold it or lie in it.
func (p *plan) overlapping(name string) []string {
	var found []string
	for i := range len(name) - 1 {
		if name[i] == '/' {
			if _, ok := p.writer[name[:i+1]]; ok {
				found = append(found, name[:i+1])
			}
		}
	}
	if isTree(name) {
		return append(found, p.below(name)...)
	}
	if _, ok := p.writer[name]; ok {
		found = append(found, name)
	}
	return found
}

// sort fills order, or returns an error that shows a cycle.
func (p *plan) sort() error {
	const visiting, done = 1, 2
	mark := make([]int, len(p.units))
	var path []string
	var visit func(i int) error
	visit = func(i int) error {
		name := p.units[i].Name
		path = append(path, name)
		defer func() { path = path[:len(path)-1] }()
		switch mark[i] {
		case done:
			return nil
		case visiting:
			from := slices.Index(path, name)
			return fmt.Errorf("units wait for each other: %s", strings.Join(path[from:], " needs "))
		}
		mark[i] = visiting
		for _, d := range p.deps[i] {
			if err := visit(d); err != nil {
				return err
			}
		}
		mark[i] = done
		p.order = append(p.order, i)
		return nil
	}
	for i := range p.units {
		if err := visit(i); err != nil {
			return err
		}
	}
	return nil
}

// pick returns the wanted units and all that they follow, upstream first.
func (p *plan) pick(want []string) ([]int, error) {
	if len(want) == 0 {
		return p.order, nil
	}
	picked := make([]bool, len(p.units))
	for _, w := range want {
		found := false
		for i, u := range p.units {
			if u.Name == w || strings.HasPrefix(u.Name, w+"/") {
				found, picked[i] = true, true
			}
		}
		if !found {
			return nil, p.unknown(w)
		}
	}
	for _, i := range slices.Backward(p.order) {
		if picked[i] {
			for _, d := range p.deps[i] {
				picked[d] = true
			}
		}
	}
	var sel []int
	for _, i := range p.order {
		if picked[i] {
			sel = append(sel, i)
		}
	}
	return sel, nil
}

func (p *plan) unknown(want string) error {
	var stages, all []string
	for _, u := range p.units {
		stage, _, _ := strings.Cut(u.Name, "/")
		if !slices.Contains(stages, stage) {
			stages = append(stages, stage)
		}
		all = append(all, u.Name)
	}
	best, bestDist := "", len(want)/2+1
	for _, name := range slices.Concat(stages, all) {
		if d := distance(want, name); d < bestDist {
			best, bestDist = name, d
		}
	}
	if best != "" {
		return fmt.Errorf("no stage or unit is called %q: did you mean %s?", want, best)
	}
	return fmt.Errorf("no stage or unit is called %q: the stages are %s", want, strings.Join(stages, ", "))
}

// distance is Levenshtein's: insertions, deletions and replacements of bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// canonical encodes v as JSON with sorted keys.
func canonical(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	tree, err := decodeJSON(b)
	if err != nil {
		return nil, err
	}
	return json.Marshal(tree)
}
