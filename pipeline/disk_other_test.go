//go:build !linux

package pipeline

// diskRoles are of Linux alone, whose child processes may mount disks of their own.
func diskRoles(string, string) {}
