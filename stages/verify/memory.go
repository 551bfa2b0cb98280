package verify

import (
	"fmt"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// boundMemory ends the process when it takes more memory: by the system where
// that can be asked for, and by a watch of its own everywhere.
func boundMemory(most, slack int64) {
	debug.SetMemoryLimit(most / 4 * 3) // from here on the collector works harder
	limitData(uint64(most + slack))
	go func() {
		sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
		for range time.Tick(10 * time.Millisecond) {
			metrics.Read(sample)
			if used := sample[0].Value.Uint64() - sample[1].Value.Uint64(); used > uint64(most) {
				fmt.Fprintf(os.Stderr, "it took more than %d MiB of memory\n", most>>20)
				os.Exit(1)
			}
		}
	}()
}
