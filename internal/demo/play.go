package demo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/store"
	"shenbao/notices"
)

// A scene is one thing that the invented people do by themselves, at its moment.
type scene struct {
	at time.Time
	do func(ctx context.Context, w *World) error
}

// A Play is what the cast does by itself, in the order of time, as far as it was played.
// It is kept beside the data, so that a used directory goes on where it stopped. A visitor
// may have got there first: a scene that is refused is left out, and the play goes on.
type Play struct {
	w      *World
	file   string
	played int
	scenes []scene

	LeftOut []error // what was refused of it since it was opened
	tell    Teller
}

// A Teller does the work that scenes left for later, at the moment that now says: people
// are told on the day on which it happened.
type Teller func(ctx context.Context, now func() time.Time) error

// Open opens the demo of a data directory. A new one is made with everything that the cast
// does until start; a used one goes on where it stopped.
func Open(ctx context.Context, dir string, db *store.DB, d *desk.Desk, start time.Time, tell Teller) (*World, *Clock, *Play, error) {
	at := Premiere
	if start.Before(at) {
		at = start
	}
	w, err := Cast(ctx, db, d, func() time.Time { return at })
	if err != nil {
		return nil, nil, nil, err
	}
	p, err := OpenPlay(dir, w, tell)
	if err != nil {
		return nil, nil, nil, err
	}
	used, err := Used(dir)
	if err == nil && !used {
		if err = db.Hastily(ctx, func() error {
			if err := Pool(ctx, w); err != nil {
				return err
			}
			return p.Until(ctx, start, func(t time.Time) error { at = t; return nil })
		}); err == nil {
			err = w.Publish(ctx, notices.ExpertServiceBase2017, notices.ExpertServiceBase2017English)
		}
	}
	if err != nil {
		return nil, nil, nil, err
	}
	c, err := OpenClock(dir, start)
	if err != nil {
		return nil, nil, nil, err
	}
	w.Now = c.Now
	return w, c, p, w.turnTo(ctx, number2017)
}

// OpenPlay finds how far the play of a data directory has come.
func OpenPlay(dir string, w *World, tell Teller) (*Play, error) {
	p := &Play{w: w, file: filepath.Join(dir, "demo-played"), scenes: script(), tell: tell}
	b, err := os.ReadFile(p.file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return p, nil
	case err != nil:
		return nil, err
	}
	if p.played, err = strconv.Atoi(strings.TrimSpace(string(b))); err != nil {
		return nil, fmt.Errorf("%s: %w", p.file, err)
	}
	return p, nil
}

// Until plays everything that happens up to an instant. set is told the moment of each
// scene before it is played: the cast's clock goes with it.
func (p *Play) Until(ctx context.Context, until time.Time, set func(time.Time) error) error {
	for ; p.played < len(p.scenes); p.played++ {
		s := p.scenes[p.played]
		if s.at.After(until) {
			break
		}
		if err := set(s.at); err != nil {
			return err
		}
		if err := s.do(ctx, p.w); err != nil {
			err = fmt.Errorf("the scene of %s: %w", s.at.Format(time.DateTime), err)
			if !refused(err) {
				return err
			}
			p.LeftOut = append(p.LeftOut, err)
		}
		if err := p.tell(ctx, p.w.Now); err != nil {
			return err
		}
		if err := p.keep(p.played + 1); err != nil {
			return err
		}
	}
	return set(until)
}

// refused reports whether err is only that the desk said no.
func refused(err error) bool {
	var one *event.Refusal
	var more event.Refusals
	return errors.As(err, &one) || errors.As(err, &more)
}

func (p *Play) keep(n int) error {
	tmp := p.file + ".new"
	if err := os.WriteFile(tmp, []byte(strconv.Itoa(n)+"\n"), 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, p.file)
}
