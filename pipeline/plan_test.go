package pipeline

import (
	"context"
	"fmt"
	"math"
	"testing"
)

func TestPlansThatCannotBe(t *testing.T) {
	unit := func(name string, in, out []string) Unit {
		return Unit{Name: name, Inputs: in, Outputs: out, Run: func(context.Context, *IO) error { return nil }}
	}
	names := func(n ...string) []string { return n }
	for _, c := range []struct {
		units []Unit
		want  string
	}{
		{[]Unit{unit("a", nil, names("x")), unit("b", nil, names("x"))}, "outputs x of unit a and x of unit b overlap: each output has one unit"},
		{[]Unit{unit("a", nil, names("x/")), unit("b", nil, names("x/y/z"))}, "outputs x/ of unit a and x/y/z of unit b overlap: each output has one unit"},
		{[]Unit{unit("a", nil, names("x")), unit("b", nil, names("x/y"))}, "outputs x of unit a and x/y of unit b overlap: each output has one unit"},
		{[]Unit{unit("a", nil, names("x", "x"))}, "outputs x of unit a and x of unit a overlap: each output has one unit"},
		{[]Unit{unit("a", nil, names("x", "x.zip", "x-/"))}, "<nil>"},
		{[]Unit{unit("a", names("z"), names("x")), unit("b", names("x"), names("y")), unit("c", names("y"), names("z"))}, "units wait for each other: a needs c needs b needs a"},
		{[]Unit{unit("a", names("x/"), names("x/y"))}, "unit a: input x/ is its own output x/y"},
		{[]Unit{unit("a", nil, nil), unit("a", nil, nil)}, "unit a: two units have this name"},
		{[]Unit{unit("a/", nil, nil)}, `unit "a/": not a name: want words joined by slashes`},
		{[]Unit{unit("a", names("../b"), nil)}, `unit a: "../b" is not a name inside the study: want a relative path in UTF-8 with slashes, outside .diplometrics`},
		{[]Unit{unit("a", names("/b"), nil)}, `unit a: "/b" is not a name inside the study: want a relative path in UTF-8 with slashes, outside .diplometrics`},
		{[]Unit{unit("a", nil, names(".diplometrics/x"))}, `unit a: ".diplometrics/x" is not a name inside the study: want a relative path in UTF-8 with slashes, outside .diplometrics`},
		{[]Unit{unit("a", nil, names("\xff"))}, `unit a: "\xff" is not a name inside the study: want a relative path in UTF-8 with slashes, outside .diplometrics`},
		{[]Unit{{Name: "a"}}, "unit a: has no Run"},
		{[]Unit{{Name: "a", Run: unit("", nil, nil).Run, Params: math.NaN()}}, "unit a: parameters cannot be written as JSON: json: unsupported value: NaN"},
	} {
		_, err := newPlan(c.units)
		equal(t, fmt.Sprint(err), c.want)
	}
}

func TestManifestNames(t *testing.T) {
	// Names that Windows refuses, and one longer than a file name may be.
	equal(t, manifestName("render/egdi"), ".diplometrics/units/render/egdi.json")
	equal(t, manifestName("run/a:b?\n.csv"), ".diplometrics/units/run/a%3Ab%3F%0A.csv.json")
	long := ""
	for range 200 {
		long += "ө"
	}
	name := manifestName("run/" + long)
	if len(name) > 255 || name == manifestName("run/"+long+"ө") {
		t.Errorf("%d bytes: %s", len(name), name)
	}
}
