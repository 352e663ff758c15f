package demo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// A Clock runs on from a moment in the call's own time. It can be moved forward, never
// back, and goes on where it stopped.
type Clock struct {
	mu     sync.Mutex
	file   string
	offset time.Duration // demo time − real time
	last   time.Time
}

// OpenClock starts the clock of a data directory at start, or where it stopped.
func OpenClock(dir string, start time.Time) (*Clock, error) {
	c := &Clock{file: filepath.Join(dir, "demo-clock")}
	b, err := os.ReadFile(c.file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	default:
		if start, err = time.Parse(time.RFC3339Nano, strings.TrimSpace(string(b))); err != nil {
			return nil, fmt.Errorf("%s: %w", c.file, err)
		}
	}
	c.offset = time.Until(start)
	return c, c.keep(start)
}

// Used reports whether a clock was started in a data directory before.
func Used(dir string) (bool, error) {
	_, err := os.Stat(filepath.Join(dir, "demo-clock"))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Now is the demo's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now().Add(c.offset)
	if now.Before(c.last) {
		now = c.last
	}
	c.last = now
	return now
}

// Set moves the clock forward to t; a time that is past leaves it.
func (c *Clock) Set(t time.Time) error {
	now := c.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.After(now) {
		c.offset += t.Sub(now)
		c.last = t
	}
	return c.keep(c.last)
}

// Keep writes down where the clock stands, for the next start.
func (c *Clock) Keep() error {
	now := c.Now()
	return c.keep(now)
}

func (c *Clock) keep(t time.Time) error {
	tmp := c.file + ".new"
	if err := os.WriteFile(tmp, []byte(t.Format(time.RFC3339Nano)+"\n"), 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, c.file)
}
