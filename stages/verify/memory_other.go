//go:build !unix

package verify

// limitData does nothing: this system has no such limit, and the watch of
// boundMemory is what there is.
func limitData(uint64) {}
