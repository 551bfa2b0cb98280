//go:build unix && !race

package verify

import "syscall"

// limitData asks the system to refuse this process more bytes of data. Where it
// cannot, the watch of boundMemory stays.
func limitData(most uint64) {
	var r syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_DATA, &r) == nil && uint64(r.Cur) > most {
		r.Cur = most
		_ = syscall.Setrlimit(syscall.RLIMIT_DATA, &r)
	}
}
