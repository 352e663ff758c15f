package file

import (
	"fmt"
	"os"
	"syscall"
)

// confine limits this process for good: address space (memory bytes beyond what it has
// now; a Go program maps a lot before main that it never uses), seconds of processor time,
// no byte written to any file, and few descriptors. Exceeding the time is a SIGKILL: with
// soft and hard limit equal there is no signal that the runtime would catch.
func confine(memory, cpu uint64) error {
	var pages uint64
	stat, err := os.ReadFile("/proc/self/statm")
	if err == nil {
		_, err = fmt.Sscan(string(stat), &pages)
	}
	if err != nil {
		return fmt.Errorf("file: own size: %w", err)
	}
	for what, n := range map[int]uint64{
		syscall.RLIMIT_AS:     pages*uint64(os.Getpagesize()) + memory,
		syscall.RLIMIT_CPU:    cpu,
		syscall.RLIMIT_FSIZE:  0,
		syscall.RLIMIT_CORE:   0,
		syscall.RLIMIT_NOFILE: 32,
	} {
		if err := syscall.Setrlimit(what, &syscall.Rlimit{Cur: n, Max: n}); err != nil {
			return fmt.Errorf("file: limit %d: %w", what, err)
		}
	}
	return nil
}
