//go:build !unix

package file

// syncDir has nothing to do: NTFS journals renames, and Windows has no fsync of folders.
func (d *Dir) syncDir(string) error { return nil }
