// Package file (附件) keeps bytes by their SHA-256, on disk or in an S3 bucket, and takes
// in what people send: staged uploads that resume, inspection of what was sent, and
// CSV and XLSX read into rows under limits.
//
// The order in which an attachment comes to be is what makes it survive a power cut:
// Put has the bytes and their directory entry on the disk before it returns, and only
// then does the caller commit the row that points to them. A crash in between leaves
// bytes that no row names, which fsck lists; never a row without its bytes.
//
// Nothing is ever found by a name that a person chose, and nothing here deletes stored
// bytes: two cases may hold the same content, and neither can take it from the other.
package file

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
)

// MaxSize is the largest file that can be sent or kept, in bytes.
const MaxSize int64 = 64 << 20

// A Store keeps bytes by their hash. Dir and Bucket are the two there are; filetest holds
// what both must do. A hash is written as 64 lower-case hex digits; any other string names
// nothing. What is not there is an error that is fs.ErrNotExist.
type Store interface {
	// Put keeps all of r and returns its hash and length. When it returns without an
	// error the bytes survive a power cut; with one, nothing new is visible. Content that
	// is already there is written again all the same: that takes as long as new content,
	// so nobody learns from the time what others hold, and it heals a damaged copy.
	// More than MaxSize bytes are Bad.
	Put(ctx context.Context, r io.Reader) (sha256 string, n int64, err error)
	// Open reads the content and returns its length in bytes. Reading it from the start
	// to its last byte checks the hash: damaged content ends in ErrDamaged, not in EOF.
	Open(ctx context.Context, sha256 string) (io.ReadSeekCloser, int64, error)
	// Has reports whether the content is there, without reading it.
	Has(ctx context.Context, sha256 string) (bool, error)
	// Walk calls f for every hash in the store until f returns an error. What lies there
	// without a hash for a name is passed over and named in an ErrStray at the end.
	Walk(ctx context.Context, f func(sha256 string, size int64) error) error
}

var (
	// ErrDamaged: the bytes do not have the hash they are kept under.
	ErrDamaged = errors.New("content does not match its hash")
	// ErrStray: something lies in the store that Put did not write.
	ErrStray = errors.New("not written by Shenbao")
)

// Verify reads everything in s, calls bad for each content that is damaged or cannot be
// read, and returns how many are there (for fsck). Neither damage nor stray files stop it,
// only the end of ctx or a store that can't be listed.
func Verify(ctx context.Context, s Store, bad func(sha256 string, err error)) (n int, err error) {
	err = s.Walk(ctx, func(sum string, _ int64) error {
		n++
		r, _, err := s.Open(ctx, sum)
		if err == nil {
			_, err = io.Copy(io.Discard, r)
			err = errors.Join(err, r.Close())
		}
		if err != nil {
			bad(sum, err)
		}
		return ctx.Err()
	})
	return n, err
}

// Bad is a named no to what somebody sent. locale has "refusal.<Kind>" in both languages;
// Args are the words that its sentence needs. The desk makes a refusal (event.Refusal,
// class Invalid) out of it.
type Bad struct {
	Kind string
	Args map[string]string
}

func (b *Bad) Error() string { return fmt.Sprintf("%s %v", b.Kind, b.Args) }

// bad makes a Bad; args are name, value, name, value…
func bad(kind string, args ...string) *Bad {
	b := &Bad{Kind: kind, Args: map[string]string{}}
	for i := 0; i+1 < len(args); i += 2 {
		b.Args[args[i]] = args[i+1]
	}
	return b
}

// isHash reports whether s can name content.
func isHash(s string) bool {
	if len(s) != 2*sha256.Size {
		return false
	}
	for _, c := range s {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

func missing(sum string) error { return fmt.Errorf("file %.80q: %w", sum, fs.ErrNotExist) }

// spool copies all of r to w and hashes it on the way, at most MaxSize bytes.
func spool(ctx context.Context, w io.Writer, r io.Reader) (sum string, n int64, err error) {
	h := sha256.New()
	n, err = io.Copy(io.MultiWriter(w, h), io.LimitReader(ctxReader{ctx, r}, MaxSize+1))
	if err != nil {
		return "", 0, fmt.Errorf("file: %w", err)
	}
	if n > MaxSize {
		return "", 0, tooBig()
	}
	return hex.EncodeToString(h.Sum(nil)), n, nil
}

// ctxReader ends reading when ctx does.
type ctxReader struct {
	ctx context.Context
	r   io.Reader
}

func (c ctxReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// checked hashes what is read from the start on, and holds back the last piece when the
// sum is wrong, so that a damaged file arrives short and never looks whole.
type checked struct {
	r    io.ReadSeekCloser
	sum  string
	size int64
	h    hash.Hash // nil while the reading is not one run from the start
	at   int64
}

func newChecked(r io.ReadSeekCloser, sum string, size int64) *checked {
	return &checked{r: r, sum: sum, size: size, h: sha256.New()}
}

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.at += int64(n)
	if c.h == nil {
		return n, err
	}
	c.h.Write(p[:n])
	if (c.at >= c.size || err == io.EOF) && hex.EncodeToString(c.h.Sum(nil)) != c.sum {
		return 0, fmt.Errorf("file %s: %w", c.sum, ErrDamaged)
	}
	return n, err
}

func (c *checked) Seek(offset int64, whence int) (int64, error) {
	at, err := c.r.Seek(offset, whence)
	c.at, c.h = at, nil
	if at == 0 && err == nil {
		c.h = sha256.New()
	}
	return at, err
}

func (c *checked) Close() error { return c.r.Close() }
