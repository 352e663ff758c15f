//go:build unix

package file

import (
	"errors"
	"fmt"
)

// syncDir makes the names in a folder durable: after a rename alone a power cut can
// leave the old directory, without the file.
func (d *Dir) syncDir(name string) error {
	f, err := d.root.Open(name)
	if err != nil {
		return fmt.Errorf("file: %w", err)
	}
	if err := errors.Join(d.sync(f), f.Close()); err != nil {
		return fmt.Errorf("file: sync of folder %s: %w", name, err)
	}
	return nil
}
