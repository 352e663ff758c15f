package file

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestPutFault: an I/O error at any sync leaves nothing that a later reader could take
// for the file while Put said no, and the next Put works.
func TestPutFault(t *testing.T) {
	eio := errors.New("input/output error")
	for at := 1; ; at++ {
		d, err := OpenDir(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		d.sync = func(f *os.File) error {
			if n++; n == at {
				return eio
			}
			return f.Sync()
		}
		sum, _, err := d.Put(t.Context(), strings.NewReader("佐证"))
		if n < at { // every sync was tried
			if err != nil {
				t.Fatal(err)
			}
			if at != 4 {
				t.Errorf("Put syncs %d times, want 3: file, directory for the new folder, folder", at-1)
			}
			d.Close()
			return
		}
		if !errors.Is(err, eio) || sum != "" {
			t.Errorf("sync %d fails: %q, %v", at, sum, err)
		}
		left, err := fs.ReadDir(d.root.FS(), tmpDir)
		if err != nil || len(left) != 0 {
			t.Errorf("sync %d fails: temporary files %v, %v", at, left, err)
		}
		seen := 0
		if err := d.Walk(t.Context(), func(string, int64) error { seen++; return nil }); err != nil {
			t.Error(err)
		}
		// After the last sync, of the folder, the name exists; Put still says no, so no
		// row will point to it.
		if seen != 0 && at < 3 {
			t.Errorf("sync %d fails: %d files visible", at, seen)
		}
		if _, _, err := d.Put(t.Context(), strings.NewReader("佐证")); err != nil {
			t.Errorf("Put after a failed one: %v", err)
		}
		d.Close()
	}
}

// TestPutOrder: at the moment the name appears the bytes are synced already.
func TestPutOrder(t *testing.T) {
	d, err := OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var order []string
	d.sync = func(f *os.File) error {
		i, err := f.Stat()
		if err != nil {
			return err
		}
		visible := 0
		d.Walk(t.Context(), func(string, int64) error { visible++; return nil })
		switch {
		case !i.IsDir() && visible == 0:
			order = append(order, "bytes")
		case i.IsDir() && visible == 0:
			order = append(order, "new folder")
		case i.IsDir() && visible == 1:
			order = append(order, "name")
		default:
			order = append(order, "wrong")
		}
		return f.Sync()
	}
	if _, _, err := d.Put(t.Context(), bytes.NewReader(make([]byte, 100_000))); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(order, ", "); got != "bytes, new folder, name" {
		t.Errorf("synced: %s", got)
	}
}

// TestOpenDirCleans: half-written files of a process that died go after a day, not those
// of a process that may still run.
func TestOpenDirCleans(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, tmpDir), 0o700); err != nil {
		t.Fatal(err)
	}
	old, fresh := filepath.Join(dir, tmpDir, "OLD"), filepath.Join(dir, tmpDir, "FRESH")
	for _, p := range []string{old, fresh} {
		if err := os.WriteFile(p, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	then := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(old, then, then); err != nil {
		t.Fatal(err)
	}
	d, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := os.Stat(old); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the old one is still there: %v", err)
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Errorf("the fresh one is gone: %v", err)
	}
	if err := d.Walk(t.Context(), func(sum string, _ int64) error { return errors.New("saw " + sum) }); err != nil {
		t.Error(err)
	}
}

// TestDirLinks: a link that somebody plants in the directory is not followed out of it.
func TestDirLinks(t *testing.T) {
	out := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(out, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	d, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	sum := strings.Repeat("ab", 32)
	if err := os.Mkdir(filepath.Join(dir, "ab"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(out, filepath.Join(dir, "ab", sum)); err != nil {
		t.Fatal(err)
	}
	if r, _, err := d.Open(t.Context(), sum); err == nil {
		r.Close()
		t.Error("a link out of the directory was opened")
	}
}
