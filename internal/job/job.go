// Package job (后台) does recorded work after the commit that recorded it: telling people,
// sending mail, the clock's own acts. What fails is tried again; what keeps failing is
// kept as dead, where the administrator sees it. Nothing here changes business state but
// through the desk, as actor 系统.
//
// The queue is a table of our own: a kept library (goqite) has no unique keys, so the
// hourly work would be recorded twice by two starts, and no dead state to look at.
package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/desk"
	"shenbao/internal/store"
)

const (
	lease    = 2 * time.Minute
	attempts = 10
	poll     = 2 * time.Second
)

// A Runner works jobs off.
type Runner struct {
	DB    *store.DB
	Desk  *desk.Desk
	Clock func() time.Time
	Mail  *Mailer // nil: no mail is sent
}

// Run works until ctx ends.
func (r *Runner) Run(ctx context.Context) error {
	if err := r.schedule(ctx, r.Clock()); err != nil {
		return err
	}
	t := time.NewTicker(poll)
	defer t.Stop()
	for {
		if err := r.Drain(ctx); err != nil && ctx.Err() == nil {
			slog.Error("jobs", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-r.DB.Wake():
		case <-t.C:
		}
	}
}

// Drain does everything that is due now.
func (r *Runner) Drain(ctx context.Context) error {
	for ctx.Err() == nil {
		var j store.Job
		err := r.DB.Save(ctx, r.Clock(), func(tx *store.Tx) (err error) { j, err = tx.Lease(ctx, lease); return err })
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := r.finish(ctx, j, r.do(ctx, j)); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// do does one job. Every kind may be done twice: a crash between doing and acknowledging
// brings it back.
func (r *Runner) do(ctx context.Context, j store.Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	switch j.Kind {
	case "tell":
		return r.tell(ctx, j.Args)
	case "hour":
		return r.hour(ctx)
	case "mail":
		return r.mail(ctx)
	case desk.CompareJob:
		return r.Desk.Compare(ctx, r.Clock(), application.ID(j.Args))
	}
	return fmt.Errorf("unknown kind of job %q", j.Kind)
}

func (r *Runner) finish(ctx context.Context, j store.Job, err error) error {
	now := r.Clock()
	return r.DB.Save(context.WithoutCancel(ctx), now, func(tx *store.Tx) error {
		switch {
		case err == nil:
			return tx.JobDone(ctx, j.ID)
		case j.Attempt >= attempts:
			slog.Error("job given up", "kind", j.Kind, "args", j.Args, "error", err)
			return tx.JobDead(ctx, j.ID, err.Error())
		}
		slog.Warn("job again", "kind", j.Kind, "attempt", j.Attempt, "error", err)
		return tx.JobAgain(ctx, j.ID, now.Add(time.Second<<j.Attempt), err.Error())
	})
}

// schedule records the next hour's work, once, whoever starts.
func (r *Runner) schedule(ctx context.Context, now time.Time) error {
	next := now.Truncate(time.Hour).Add(time.Hour)
	return r.DB.Save(ctx, now, func(tx *store.Tx) error {
		return tx.AddJob(ctx, "hour", "", next.UnixMicro(), "hour "+next.UTC().Format(time.RFC3339))
	})
}

// hour is what the clock does by itself: reminders, the digest, tidying.
func (r *Runner) hour(ctx context.Context) error {
	now := r.Clock()
	if err := r.schedule(ctx, now); err != nil {
		return err
	}
	if err := r.Desk.RemindDue(ctx, now); err != nil {
		return err
	}
	if err := r.Desk.Tidy(ctx, now); err != nil {
		return err
	}
	return r.digest(ctx, now)
}
