package main

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Imports point one way: the command to the stages, the stages to datasets,
// sample and their own shelf, plots to datasets. Stages meet in files, and only
// datasets knows arrow.
func TestImportsPointOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "diplometrics/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string][]string{
		"pipeline": {}, "datasets": {}, "stages/sample": {"datasets"}, "stages/study": {"datasets"},
		"stages/inspect":         {"datasets", "stages/study", "stages/normalize/adapters"},
		"stages/start":           {"datasets", "stages/study", "stages/inspect", "stages/normalize/adapters"},
		"stages/simulate":        {"datasets", "stages/sample", "stages/study", "stages/template"},
		"stages/plan":            {"datasets", "stages/sample", "stages/simulate", "stages/template"},
		"stages/enrich/language": {"stages/enrich/language"},                                   // the program that fits the model
		"stages/bench":           {"datasets", "pipeline", "stages/study", "stages/normalize"}, // the program that measures
		"plots":                  {"datasets"}, "pipeline/cmd/diplometrics": {"datasets", "pipeline", "plots", "stages"},
	}
	common := []string{"datasets", "pipeline", "plots", "stages/sample", "stages/study"}
	seen := 0
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		seen++
		name := strings.TrimPrefix(p.ImportPath, "diplometrics/")
		for _, imp := range p.Imports {
			if strings.HasPrefix(imp, "github.com/apache/arrow") && name != "datasets" {
				t.Errorf("%s imports %s: only datasets knows arrow", name, imp)
			}
			to, ours := strings.CutPrefix(imp, "diplometrics/")
			if !ours || name == "stages" || under(to, name) {
				continue
			}
			may, special := allowed[root(name, allowed)]
			if !special {
				may = common // a stage, or a shelf of one
			}
			if !slices.ContainsFunc(may, func(a string) bool { return under(to, a) }) {
				t.Errorf("%s imports %s", name, to)
			}
		}
	}
	if seen < 15 {
		t.Errorf("only %d packages seen", seen)
	}
}

func under(pkg, folder string) bool { return pkg == folder || strings.HasPrefix(pkg, folder+"/") }

// root is the entry of allowed that a package falls under, or its own name.
func root(name string, allowed map[string][]string) string {
	best := ""
	for a := range allowed {
		if under(name, a) && len(a) > len(best) {
			best = a
		}
	}
	if best == "" {
		return name
	}
	return best
}
