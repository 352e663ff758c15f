package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Bucket is a Store in an S3 bucket; each object's key is the prefix and the hash.
type Bucket struct {
	client *minio.Client
	name   string
	prefix string
}

// S3 says where a bucket is and how to reach it.
type S3 struct {
	Endpoint string // host:port
	Region   string // "" where the service has none
	Bucket   string // must exist
	Prefix   string // put before every key, e.g. "files/"; may be ""
	Key      string // access key id
	Secret   string
	Plain    bool // http instead of https, for a service on the same machine
}

// OpenBucket connects and makes sure that the bucket is there: a wrong name or key is
// told at the start and not by the first upload.
func OpenBucket(ctx context.Context, c S3) (*Bucket, error) {
	client, err := minio.New(c.Endpoint, &minio.Options{
		Creds:  credentials.NewStaticV4(c.Key, c.Secret, ""),
		Secure: !c.Plain,
		Region: c.Region,
	})
	if err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	ok, err := client.BucketExists(ctx, c.Bucket)
	if err != nil {
		return nil, fmt.Errorf("file: bucket %s: %w", c.Bucket, err)
	}
	if !ok {
		return nil, fmt.Errorf("file: there is no bucket %s at %s", c.Bucket, c.Endpoint)
	}
	return &Bucket{client: client, name: c.Bucket, prefix: c.Prefix}, nil
}

// Put is Store.Put. The key is the hash, so all of r is written to a temporary file
// first; the service acknowledges an object only when it has the whole of it.
func (b *Bucket) Put(ctx context.Context, r io.Reader) (sum string, n int64, err error) {
	f, err := os.CreateTemp("", "shenbao-*")
	if err != nil {
		return "", 0, fmt.Errorf("file: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	if sum, n, err = spool(ctx, f, r); err != nil {
		return "", 0, err
	}
	if _, err = f.Seek(0, io.SeekStart); err != nil {
		return "", 0, fmt.Errorf("file: %w", err)
	}
	info, err := b.client.PutObject(ctx, b.name, b.prefix+sum, f, n, minio.PutObjectOptions{
		ContentType:      "application/octet-stream",
		DisableMultipart: true, // one request: whole or not at all
		// The signed MD5 covers the bytes; signing each chunk of them as well is what older
		// services, and empty bodies over plain http, do not get along with.
		SendContentMd5:       true,
		DisableContentSha256: true,
	})
	if err != nil {
		return "", 0, fmt.Errorf("file: %w", err)
	}
	if info.Size != n {
		return "", 0, fmt.Errorf("file %s: the bucket took %d of %d bytes", sum, info.Size, n)
	}
	return sum, n, nil
}

// Open is Store.Open.
func (b *Bucket) Open(ctx context.Context, sum string) (io.ReadSeekCloser, int64, error) {
	if !isHash(sum) {
		return nil, 0, missing(sum)
	}
	o, err := b.client.GetObject(ctx, b.name, b.prefix+sum, minio.GetObjectOptions{})
	if err != nil {
		return nil, 0, fmt.Errorf("file: %w", err)
	}
	i, err := o.Stat()
	if err != nil {
		if notFound(err) {
			err = missing(sum)
		}
		return nil, 0, errors.Join(err, o.Close())
	}
	return newChecked(o, sum, i.Size), i.Size, nil
}

// Has is Store.Has.
func (b *Bucket) Has(ctx context.Context, sum string) (bool, error) {
	if !isHash(sum) {
		return false, nil
	}
	_, err := b.client.StatObject(ctx, b.name, b.prefix+sum, minio.StatObjectOptions{})
	if notFound(err) {
		return false, nil
	}
	return err == nil, err
}

// notFound does not count a missing bucket: that is a broken store, not missing content.
func notFound(err error) bool {
	r := minio.ToErrorResponse(err)
	return r.StatusCode == http.StatusNotFound && r.Code != minio.NoSuchBucket
}

// Walk is Store.Walk.
func (b *Bucket) Walk(ctx context.Context, f func(sum string, size int64) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop() // ends the listing when f does
	var strays []error
	for o := range b.client.ListObjects(ctx, b.name, minio.ListObjectsOptions{Prefix: b.prefix, Recursive: true}) {
		sum := strings.TrimPrefix(o.Key, b.prefix)
		switch {
		case o.Err != nil:
			return fmt.Errorf("file: %w", o.Err)
		case !isHash(sum):
			strays = append(strays, fmt.Errorf("file: object %.200q: %w", o.Key, ErrStray))
			continue
		}
		if err := f(sum, o.Size); err != nil {
			return err
		}
	}
	return errors.Join(append(strays, ctx.Err())...)
}
