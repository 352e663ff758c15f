//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// lock keeps a second program out of a data directory. It is the operating system's: it
// goes with the process, however that ends, so no stale lock keeps an office waiting.
func lock(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s：另一个程序正在使用这个数据目录，请先停止它，或者用 --data 换一个目录。Another program is using this data directory: stop it, or choose another with --data", dir)
	}
	return f, nil
}
