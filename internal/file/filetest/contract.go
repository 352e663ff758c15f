// Package filetest holds what every file.Store must do; each implementation runs it.
package filetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"shenbao/internal/file"
)

// A Fixture is a store with a way to harm it from outside.
type Fixture struct {
	file.Store
	Damage func(t *testing.T, sha256 string) // flips a byte of what is kept
	Stray  func(t *testing.T)                // puts something beside it that Put did not write
}

// Contract runs the contract; open gives a new, empty store each time.
func Contract(t *testing.T, open func(t *testing.T) Fixture) {
	for name, f := range map[string]func(*testing.T, Fixture){
		"what is put is read": roundTrip, "same content once": twice, "names": foreignNames, "too big": tooBig,
		"reader fails": failing, "cancelled": cancelled, "damage": damage, "stray": stray, "at once": atOnce, "seek": seek,
	} {
		t.Run(name, func(t *testing.T) { f(t, open(t)) })
	}
}

func sum(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:]) }

func put(t *testing.T, s file.Store, b []byte) string {
	t.Helper()
	got, n, err := s.Put(t.Context(), bytes.NewReader(b))
	if err != nil || n != int64(len(b)) || got != sum(b) {
		t.Fatalf("Put of %d bytes: %s, %d, %v; want %s", len(b), got, n, err, sum(b))
	}
	return got
}

// listed is everything that Walk tells.
func listed(t *testing.T, s file.Store) map[string]int64 {
	t.Helper()
	all := map[string]int64{}
	if err := s.Walk(t.Context(), func(sum string, n int64) error { all[sum] = n; return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

func roundTrip(t *testing.T, s Fixture) {
	want := map[string]int64{}
	for _, b := range [][]byte{{}, []byte("佐证材料"), bytes.Repeat([]byte("0123456789abcdef"), 1<<16)} {
		sum := put(t, s, b)
		want[sum] = int64(len(b))
		r, n, err := s.Open(t.Context(), sum)
		if err != nil || n != int64(len(b)) {
			t.Fatalf("Open: %d, %v; want %d", n, err, len(b))
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, b) {
			t.Fatalf("read %d of %d bytes: %v", len(got), len(b), err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if ok, err := s.Has(t.Context(), sum); !ok || err != nil {
			t.Fatalf("Has = %v, %v after Put", ok, err)
		}
	}
	if got := listed(t, s); !maps.Equal(got, want) {
		t.Errorf("Walk: %v, want %v", got, want)
	}
	if n, err := file.Verify(t.Context(), s, func(sum string, err error) { t.Errorf("%s: %v", sum, err) }); n != 3 || err != nil {
		t.Errorf("Verify: %d, %v; want 3", n, err)
	}
	stop := errors.New("stop")
	if err := s.Walk(t.Context(), func(string, int64) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("Walk went on after an error: %v", err)
	}
}

func twice(t *testing.T, s Fixture) {
	a, b := put(t, s, []byte("same")), put(t, s, []byte("same"))
	if got := listed(t, s); a != b || len(got) != 1 {
		t.Errorf("the same content twice is kept as %v", got)
	}
}

// foreignNames: what is not a hash names nothing, and leads nowhere.
func foreignNames(t *testing.T, s Fixture) {
	kept := put(t, s, []byte("secret"))
	for _, name := range []string{"", "..", "../" + kept, kept[:2] + "/" + kept, strings.ToUpper(kept), kept + "0", kept[:63],
		"/etc/passwd", kept[:60] + "/../", "tmp", strings.Repeat("a", 64), strings.Repeat("\x00", 64)} {
		if _, _, err := s.Open(t.Context(), name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Open(%q): %v, want not exist", name, err)
		}
		if ok, err := s.Has(t.Context(), name); ok || err != nil {
			t.Errorf("Has(%q) = %v, %v", name, ok, err)
		}
	}
}

// zeros is n zero bytes.
func zeros(n int64) io.Reader { return io.LimitReader(zero{}, n) }

type zero struct{}

func (zero) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func tooBig(t *testing.T, s Fixture) {
	_, _, err := s.Put(t.Context(), zeros(file.MaxSize+1))
	var bad *file.Bad
	if !errors.As(err, &bad) || bad.Kind != "file-too-big" {
		t.Errorf("one byte too many: %v", err)
	}
	if got := listed(t, s); len(got) != 0 {
		t.Errorf("left %v", got)
	}
}

func failing(t *testing.T, s Fixture) {
	broken := errors.New("connection lost")
	_, _, err := s.Put(t.Context(), io.MultiReader(zeros(100_000), errReader{broken}))
	if !errors.Is(err, broken) {
		t.Errorf("Put: %v, want %v", err, broken)
	}
	if got := listed(t, s); len(got) != 0 {
		t.Errorf("left %v", got)
	}
}

type errReader struct{ err error }

func (e errReader) Read([]byte) (int, error) { return 0, e.err }

func cancelled(t *testing.T, s Fixture) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.Put(ctx, zeros(10)); !errors.Is(err, context.Canceled) {
		t.Errorf("Put: %v", err)
	}
	if got := listed(t, s); len(got) != 0 {
		t.Errorf("left %v", got)
	}
}

// damage: bit rot is found by whoever reads the file and by Verify, other files stay
// right, and the next Put of the same content heals it.
func damage(t *testing.T, s Fixture) {
	body := bytes.Repeat([]byte("rot"), 50_000)
	hurt, well := put(t, s, body), put(t, s, []byte("well"))
	s.Damage(t, hurt)
	r, size, err := s.Open(t.Context(), hurt)
	if err != nil {
		t.Fatal(err)
	}
	// as a download does: exactly size bytes, and no look for the end
	n, err := io.CopyN(io.Discard, r, size)
	if !errors.Is(err, file.ErrDamaged) || n >= size {
		t.Errorf("read %d of %d damaged bytes: %v", n, size, err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	var bad []string
	if n, err := file.Verify(t.Context(), s, func(sum string, err error) {
		if !errors.Is(err, file.ErrDamaged) {
			t.Errorf("%s: %v", sum, err)
		}
		bad = append(bad, sum)
	}); n != 2 || err != nil || !slices.Equal(bad, []string{hurt}) {
		t.Errorf("Verify of 2 files, one damaged: %d, bad %v, %v (well: %s)", n, bad, err, well)
	}
	put(t, s, body)
	if _, err := file.Verify(t.Context(), s, func(sum string, err error) { t.Errorf("not healed: %s %v", sum, err) }); err != nil {
		t.Error(err)
	}
}

func stray(t *testing.T, s Fixture) {
	put(t, s, []byte("mine"))
	put(t, s, []byte("too"))
	s.Stray(t)
	n, err := file.Verify(t.Context(), s, func(sum string, err error) { t.Errorf("%s: %v", sum, err) })
	if n != 2 || !errors.Is(err, file.ErrStray) {
		t.Errorf("Verify of two files and a stray one: %d, %v", n, err)
	}
}

// atOnce: many put the same content and their own at the same time.
func atOnce(t *testing.T, s Fixture) {
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for _, b := range [][]byte{[]byte("shared"), fmt.Appendf(nil, "own %d", i)} {
				got, _, err := s.Put(t.Context(), bytes.NewReader(b))
				if err != nil || got != sum(b) {
					t.Errorf("Put: %s, %v", got, err)
				}
			}
		})
	}
	wg.Wait()
	if got := listed(t, s); len(got) != 9 {
		t.Errorf("%d files, want 9", len(got))
	}
}

func seek(t *testing.T, s Fixture) {
	sum := put(t, s, []byte("0123456789"))
	r, _, err := s.Open(t.Context(), sum)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, c := range []struct {
		off    int64
		whence int
		want   string
	}{{4, io.SeekStart, "456789"}, {-3, io.SeekEnd, "789"}, {0, io.SeekStart, "0123456789"}} {
		if _, err := r.Seek(c.off, c.whence); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); string(got) != c.want || err != nil {
			t.Errorf("from %d, %d: %q, %v; want %q", c.off, c.whence, got, err, c.want)
		}
	}
}
