package study

import (
	"slices"
	"strings"
	"testing"
)

// Every key of a mapping and every field that it can fill is explained, once.
func TestExplainMapping(t *testing.T) {
	sections := map[string]string{
		"[source.mapping]": "source.mapping", "[source.mapping.fields.FIELD]": "source.mapping.fields",
		"[source.mapping.unpivot]": "source.mapping.unpivot", "[[source.mapping.leave_out]]": "source.mapping.leave_out",
	}
	seen := 0
	for _, s := range ExplainMapping() {
		var got, want []string
		for _, k := range s.Keys {
			got = append(got, k.Name)
			if !strings.HasSuffix(k.Doc, ".") {
				t.Errorf("%s %s: no sentence: %q", s.Name, k.Name, k.Doc)
			}
		}
		if table, ok := strings.CutPrefix(s.Name, "fields of "); ok {
			want = sortedKeys(MappedFields[table])
		} else {
			want = slices.Clone(keys[sections[s.Name]])
		}
		seen++
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) || len(got) == 0 {
			t.Errorf("%s explains %q, but its keys are %q", s.Name, got, want)
		}
	}
	if want := len(sections) + len(MappedFields); seen != want {
		t.Errorf("%d sections, want %d", seen, want)
	}
}
