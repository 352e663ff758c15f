package file

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"time"
)

// Dir is a Store in a local directory: ab/abcd…, the first two digits as a folder so that
// none grows too long. Everything goes through os.Root, so no link in the directory leads
// out of it.
type Dir struct {
	root *os.Root
	// sync is the fsync of a file or directory; a test makes it fail.
	sync func(f *os.File) error
}

const tmpDir = "tmp"

// OpenDir opens the directory, which is made when it is not there, and throws away
// half-written files of a process that died more than a day ago.
func OpenDir(dir string) (*Dir, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	d := &Dir{root: root, sync: (*os.File).Sync}
	if err := d.open(); err != nil {
		root.Close()
		return nil, fmt.Errorf("file: %w", err)
	}
	return d, nil
}

func (d *Dir) open() error {
	if err := d.root.MkdirAll(tmpDir, 0o700); err != nil {
		return err
	}
	left, err := fs.ReadDir(d.root.FS(), tmpDir)
	if err != nil {
		return err
	}
	for _, e := range left {
		if i, err := e.Info(); err == nil && time.Since(i.ModTime()) > 24*time.Hour {
			if err := d.root.Remove(path.Join(tmpDir, e.Name())); err != nil {
				return err
			}
		}
	}
	return d.syncDir(".")
}

// Close lets go of the directory.
func (d *Dir) Close() error { return d.root.Close() }

// Put writes to a temporary file, syncs it, renames it and syncs the folder, in this
// order; each step alone was measured to lose files in a power cut. A failed sync is
// final: the temporary file goes, and it is not tried again on the same file, because
// the kernel may have dropped the pages and report success the second time.
func (d *Dir) Put(ctx context.Context, r io.Reader) (sum string, n int64, err error) {
	tmp := path.Join(tmpDir, rand.Text())
	f, err := d.root.OpenFile(tmp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", 0, fmt.Errorf("file: %w", err)
	}
	sum, n, err = spool(ctx, f, r)
	if err == nil {
		err = d.sync(f)
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = d.publish(tmp, sum)
	}
	if err != nil {
		if rm := d.root.Remove(tmp); rm != nil && !errors.Is(rm, fs.ErrNotExist) {
			err = errors.Join(err, rm)
		}
		return "", 0, err
	}
	return sum, n, nil
}

// publish gives a written and synced file its name.
func (d *Dir) publish(tmp, sum string) error {
	folder := sum[:2]
	switch err := d.root.Mkdir(folder, 0o700); {
	case err == nil:
		if err := d.syncDir("."); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrExist):
		return fmt.Errorf("file: %w", err)
	}
	if err := d.root.Rename(tmp, path.Join(folder, sum)); err != nil {
		return fmt.Errorf("file: %w", err)
	}
	return d.syncDir(folder)
}

// Open is Store.Open.
func (d *Dir) Open(_ context.Context, sum string) (io.ReadSeekCloser, int64, error) {
	if !isHash(sum) {
		return nil, 0, missing(sum)
	}
	f, err := d.root.Open(path.Join(sum[:2], sum))
	if err != nil {
		return nil, 0, fmt.Errorf("file: %w", err)
	}
	i, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(fmt.Errorf("file: %w", err), f.Close())
	}
	return newChecked(f, sum, i.Size()), i.Size(), nil
}

// Has is Store.Has.
func (d *Dir) Has(_ context.Context, sum string) (bool, error) {
	if !isHash(sum) {
		return false, nil
	}
	_, err := d.root.Stat(path.Join(sum[:2], sum))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Walk is Store.Walk.
func (d *Dir) Walk(ctx context.Context, f func(sum string, size int64) error) error {
	var strays []error
	err := fs.WalkDir(d.root.FS(), ".", func(p string, e fs.DirEntry, err error) error {
		switch name := path.Base(p); {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case e.IsDir() && p == tmpDir:
			return fs.SkipDir
		case e.IsDir():
			return nil
		case !e.Type().IsRegular() || !isHash(name) || p != name[:2]+"/"+name:
			strays = append(strays, fmt.Errorf("file: %s: %w", p, ErrStray))
			return nil
		default:
			i, err := e.Info()
			if err != nil {
				return err
			}
			return f(name, i.Size())
		}
	})
	return errors.Join(append(strays, err)...)
}
