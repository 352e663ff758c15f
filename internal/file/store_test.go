package file_test

import (
	"bytes"
	"crypto/rand"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"shenbao/internal/file"
	"shenbao/internal/file/filetest"
)

func TestMain(m *testing.M) {
	file.Child()
	if dir := os.Getenv(putEnv); dir != "" {
		putUntilKilled(dir)
	}
	os.Exit(m.Run())
}

func openDir(t testing.TB, dir string) *file.Dir {
	t.Helper()
	d, err := file.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func TestDir(t *testing.T) {
	filetest.Contract(t, func(t *testing.T) filetest.Fixture {
		dir := t.TempDir()
		return filetest.Fixture{
			Store: openDir(t, dir),
			Damage: func(t *testing.T, sum string) {
				f, err := os.OpenFile(filepath.Join(dir, sum[:2], sum), os.O_RDWR, 0)
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				if _, err := f.WriteAt([]byte{'X'}, 7777); err != nil {
					t.Fatal(err)
				}
			},
			Stray: func(t *testing.T) {
				if err := os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("hello"), 0o600); err != nil {
					t.Fatal(err)
				}
			},
		}
	})
}

func TestBucket(t *testing.T) {
	filetest.Contract(t, func(t *testing.T) filetest.Fixture {
		back := s3mem.New()
		if err := back.CreateBucket("shenbao"); err != nil {
			t.Fatal(err)
		}
		srv := httptest.NewServer(gofakes3.New(back).Server())
		t.Cleanup(srv.Close)
		b, err := file.OpenBucket(t.Context(), file.S3{Endpoint: strings.TrimPrefix(srv.URL, "http://"), Region: "us-east-1",
			Bucket: "shenbao", Prefix: "files/", Key: "k", Secret: "s", Plain: true})
		if err != nil {
			t.Fatal(err)
		}
		put := func(t *testing.T, key string, body []byte) {
			if _, err := back.PutObject("shenbao", key, map[string]string{}, bytes.NewReader(body), int64(len(body)), nil); err != nil {
				t.Fatal(err)
			}
		}
		return filetest.Fixture{
			Store: b,
			Damage: func(t *testing.T, sum string) {
				put(t, "files/"+sum, bytes.Repeat([]byte("rut"), 50_000))
			},
			Stray: func(t *testing.T) { put(t, "files/notes.txt", []byte("hello")) },
		}
	})
}

func TestOpenBucketSaysWhatIsWrong(t *testing.T) {
	srv := httptest.NewServer(gofakes3.New(s3mem.New()).Server())
	defer srv.Close()
	_, err := file.OpenBucket(t.Context(), file.S3{Endpoint: strings.TrimPrefix(srv.URL, "http://"), Bucket: "nowhere", Key: "k", Secret: "s", Plain: true})
	if err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("a missing bucket: %v", err)
	}
}

// BenchmarkPut is Put of 1 MB; BenchmarkBareWrite is one write and fsync of the same bytes,
// which nothing durable can beat. Run both at once: the disk decides most of it.
func BenchmarkPut(b *testing.B) {
	d := openDir(b, b.TempDir())
	body := megabyte()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		rand.Read(body[:16]) // new content each time
		if _, _, err := d.Put(b.Context(), bytes.NewReader(body)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBareWrite(b *testing.B) {
	dir := b.TempDir()
	body := megabyte()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		f, err := os.CreateTemp(dir, "")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := f.Write(body); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func megabyte() []byte {
	body := make([]byte, 1<<20)
	rand.Read(body)
	return body
}
