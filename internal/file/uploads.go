package file

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// Uploads is the staging folder: what people are sending and nobody has accepted yet.
type Uploads struct{ root *os.Root }

// An Upload is one file on its way.
type Upload struct {
	ID    string            // use it as the idempotency key of the act in Done
	Owner string            // what Who said when it was begun
	Name  string            // file name as sent; not yet cleaned
	Size  int64             // bytes
	Meta  map[string]string // what else the page sent with it (the case, the topic)
}

// Hooks are the caller's part. Errors go to Answer.
type Hooks struct {
	// Who is at the other end; asked on every request before any of its body is read.
	Who func(r *http.Request) (owner string, err error)
	// Create says whether this upload may begin (case, post), before any of its body is read.
	Create func(r *http.Request, u Upload) error
	// Done takes the whole file: inspect, put, commit. It is called again for the same ID
	// when the first answer was lost or failed, so the act it does is keyed by the ID.
	Done func(r *http.Request, u Upload, body *io.SectionReader) error
	// Answer is status and text for an error of the hooks or a *Bad.
	Answer func(r *http.Request, err error) (status int, text string)
}

// OpenUploads opens the staging folder, which is made when it is not there.
func OpenUploads(dir string) (*Uploads, error) { return nil, errors.ErrUnsupported }

// Handler speaks the tus 1.0.0 protocol under prefix ("/uploads/").
func (u *Uploads) Handler(prefix string, h Hooks) http.Handler { return nil }

// Clean removes uploads that nobody touched since before, and returns how many.
func (u *Uploads) Clean(before time.Time) (n int, err error) { return 0, errors.ErrUnsupported }
