package store

import (
	"errors"
	"testing"
)

// What is filled in hastily is there, and from then on every commit waits for the disk
// again, also when the filling failed.
func TestHastily(t *testing.T) {
	db := openTest(t, t.TempDir())
	mode := func() (m int) {
		if err := db.write.QueryRow("PRAGMA synchronous").Scan(&m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	stop := errors.New("stop")
	for _, want := range []error{nil, stop} {
		if err := db.Hastily(t.Context(), func() error {
			if mode() != 0 {
				t.Errorf("synchronous %d while filling", mode())
			}
			return want
		}); !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
		if mode() != 2 {
			t.Errorf("synchronous %d afterwards", mode())
		}
	}
}
