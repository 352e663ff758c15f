package desk

import (
	"context"
	"strconv"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/internal/store"
)

// Facts that the system administrator's work leaves.
const (
	SystemChecked event.Kind = "system.checked"
	JobRetried    event.Kind = "job.retried"
)

// A DeadJob is work that was given up.
type DeadJob = store.DeadJob

// A System is how the machine does, without a word of any case (M14).
type System struct {
	Database  string // "sqlite" or "postgres"
	Facts     int64
	Files     int
	FileBytes int64
	Sessions  int64 // used within the last half hour
	People    int64 // whose they are
	Ready     int64 // jobs that wait
	Dead      []DeadJob
	LastCheck event.Event // the zero Event when there was none
}

func sysadmin(by org.Actor) error {
	if !by.Is(org.SysAdmin) {
		return event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.SysAdmin))
	}
	return nil
}

// System reads it, for the system administrator.
func (d *Desk) System(ctx context.Context, r Request) (s System, err error) {
	s.Database = d.db.Kind()
	err = d.read(ctx, r, func(t *turn) error {
		if err := sysadmin(t.by); err != nil {
			return err
		}
		if s.Facts, _, err = t.tx.Head(ctx); err != nil {
			return err
		}
		if s.Sessions, s.People, err = t.tx.InUse(ctx, t.now.Add(-30*time.Minute)); err != nil {
			return err
		}
		if s.Ready, err = t.tx.ReadyJobs(ctx); err != nil {
			return err
		}
		if s.Dead, err = t.tx.DeadList(ctx); err != nil {
			return err
		}
		es, err := t.tx.Log(ctx, store.FactFilter{Kind: string(SystemChecked)}, 1)
		if len(es) > 0 {
			s.LastCheck = es[0]
		}
		return err
	})
	if err != nil {
		return s, err
	}
	err = d.files.Walk(ctx, func(_ string, size int64) error {
		s.Files++
		s.FileBytes += size
		return nil
	})
	return s, err
}

// RetryJob puts work that was given up back in line.
func (d *Desk) RetryJob(ctx context.Context, r Request, id string) error {
	_, err := d.act(ctx, r, "job-retry", event.Subject{Kind: "job", ID: id}, nil, func(t *turn) (string, error) {
		if err := sysadmin(t.by); err != nil {
			return "", err
		}
		if err := t.tx.ReviveJob(ctx, id); err != nil {
			return "", err
		}
		return "", t.record(event.Event{Kind: JobRetried, On: event.Subject{Kind: "job", ID: id}, By: t.by.Actor})
	})
	return err
}

// CheckSystem asks whether everything is sound (Fsck) and records what was found.
func (d *Desk) CheckSystem(ctx context.Context, r Request) (rep Report, err error) {
	if err := sysadmin(r.By); err != nil {
		d.denied(ctx, r, "system-check", event.Subject{Kind: "system"}, err)
		return rep, err
	}
	if rep, err = d.Fsck(ctx, r.At); err != nil {
		return rep, err
	}
	_, err = d.act(ctx, r, "system-check", event.Subject{Kind: "system"}, nil, func(t *turn) (string, error) {
		if err := sysadmin(t.by); err != nil {
			return "", err
		}
		return "", t.record(event.Event{Kind: SystemChecked, On: event.Subject{Kind: "system"}, By: t.by.Actor,
			Detail: map[string]string{"facts": strconv.FormatInt(rep.Facts, 10), "files": strconv.Itoa(rep.Files), "problems": strconv.Itoa(len(rep.Problems))}})
	})
	return rep, err
}
