package file_test

import (
	"errors"
	"io"
	"path/filepath"
	"syscall"
	"testing"
)

// TestPutNoSpace: when the disk takes no more, Put says so and leaves nothing.
func TestPutNoSpace(t *testing.T) {
	dir := t.TempDir()
	d := openDir(t, dir)
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	full := was
	full.Cur = 100_000 // a file that grows further gets EFBIG, as ENOSPC on a full disk
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &full); err != nil {
		t.Fatal(err)
	}
	_, _, err := d.Put(t.Context(), io.LimitReader(fill('x'), 1_000_000))
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(err, syscall.EFBIG) {
		t.Errorf("Put on a full disk: %v", err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
	if _, _, err := d.Put(t.Context(), io.LimitReader(fill('x'), 1_000_000)); err != nil {
		t.Errorf("with room again: %v", err)
	}
}
