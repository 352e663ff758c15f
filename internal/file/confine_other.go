//go:build !linux

package file

// confine has nothing to set here: the runtime's memory limit (Child) and the parent's
// timeout are what holds on systems without these limits. Production is Linux.
func confine(memory, cpu uint64) error { return nil }
