package adapters

import (
	"fmt"
	"sync"
	"testing"
)

// Paths that are kept are those of the text as it was, whoever changes it later,
// and many files at once get each their own.
func TestPathsAreKept(t *testing.T) {
	head := []byte(`{"a":{"b":1}}`)
	if p := jsonPaths(head); !p["a.b"] || len(p) != 2 {
		t.Errorf("%v", p)
	}
	head[7] = 'c'
	if p := jsonPaths(head); !p["a.c"] || len(p) != 2 {
		t.Errorf("after a change %v", p)
	}
	var wait sync.WaitGroup
	for i := range 50 {
		wait.Go(func() {
			for range 20 {
				key := fmt.Sprint("k", i)
				if p := jsonPaths(fmt.Appendf(nil, `{%q:1}`, key)); !p[key] || len(p) != 1 {
					t.Errorf("of %s: %v", key, p)
				}
			}
		})
	}
	wait.Wait()
}
