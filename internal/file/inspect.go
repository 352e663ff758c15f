package file

import (
	"context"
	"errors"
	"io"
)

// Info is what Inspect found out about a file.
type Info struct {
	Name  string // the name as it may be shown, see CleanName
	Type  string // media type, from the content
	Pages int    // of a PDF; 1 for a picture; 0 where it is not known without laying it out
}

// Inspect says what a file is, or why it may not be kept (*Bad). name decides what it
// claims to be, the bytes decide what it is, and the two must agree.
func Inspect(ctx context.Context, r io.ReaderAt, size int64, name string) (Info, error) {
	return Info{}, errors.ErrUnsupported
}

// Child must be the first call of main, and of TestMain where tests inspect files. In
// a process that was started to read one hostile file it does that and never returns;
// in every other it does nothing.
func Child() {}

func tooBig() *Bad { return bad("file-too-big", "mb", "64") }
