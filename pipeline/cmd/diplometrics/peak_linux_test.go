package main

import (
	"os"
	"syscall"
)

// peakMemory is the most memory that a process or one of its children held, in
// bytes.
func peakMemory(p *os.ProcessState) int64 {
	u, _ := p.SysUsage().(*syscall.Rusage)
	return u.Maxrss << 10
}
