package desk

import (
	"context"
	"io"
	"slices"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/internal/review"
	"shenbao/internal/store"
)

// A ReviewTask is one of an expert's assignments, with what may be known of it before the
// declaration: enough to judge whether there is a conflict.
type ReviewTask struct {
	review.Assignment
	Number   string
	BaseName string
	UnitName string
	HostKind string
	League   string
	Place    string
	State    application.State
	Published
}

// ReviewsOf are the actor's own assignments, the newest first.
func (d *Desk) ReviewsOf(ctx context.Context, r Request) (tasks []ReviewTask, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if !t.by.Is(org.Expert) {
			return store.ErrNotFound
		}
		places, err := t.places()
		if err != nil {
			return err
		}
		as, err := t.tx.AssignmentsTo(ctx, org.PersonID(r.By.Person))
		for _, a := range as {
			k, err := t.dossier(application.ID(a.Application))
			if err != nil {
				return err
			}
			task, err := t.task(k, a, places)
			if err != nil {
				return err
			}
			tasks = append(tasks, task)
		}
		return err
	})
	return tasks, err
}

func (t *turn) task(k dossier, a review.Assignment, places places) (ReviewTask, error) {
	p, err := t.published(k.Application.Notice)
	x := ReviewTask{Assignment: a, Number: k.Number, BaseName: k.BaseName, UnitName: k.UnitName, HostKind: k.HostKind, State: k.State, Published: p}
	x.League, x.Place = places.of(k.Division)
	return x, err
}

// A ReviewCase is one application as its expert reads it.
type ReviewCase struct {
	ReviewTask
	Call     *application.Call
	Can      []string          // of the review's acts
	Content  filing.Content    // empty before the declaration and after the review
	Opinions []filing.Opinion  // of the units on the way up, without persons
	Files    []filing.Evidence // of the version, without those that were locked since
}

// Review reads one of the actor's own assignments.
func (d *Desk) Review(ctx context.Context, r Request, id application.ID) (c *ReviewCase, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		k, a, err := t.assigned(id)
		if err != nil {
			return err
		}
		places, err := t.places()
		if err != nil {
			return err
		}
		c = &ReviewCase{Call: k.call, Can: k.Can(t.by)}
		if c.ReviewTask, err = t.task(k, a, places); err != nil {
			return err
		}
		if !a.MayRead() || k.State != application.Reviewing {
			return nil
		}
		v, _ := k.Current()
		full, err := t.tx.Frozen(ctx, id, v.N)
		if err != nil {
			return err
		}
		c.Content, c.Opinions = application.ForReview(k.n, full), k.OpinionsForReview()
		c.Files, err = t.unlocked(id, c.Content.Evidence)
		return err
	})
	return c, err
}

// assigned opens an application for the expert it was given to.
func (t *turn) assigned(id application.ID) (dossier, review.Assignment, error) {
	if !t.by.Is(org.Expert) {
		return dossier{}, review.Assignment{}, store.ErrNotFound
	}
	a, err := t.tx.Assignment(t.ctx, id, org.PersonID(t.by.Person))
	if err != nil {
		return dossier{}, a, err
	}
	k, err := t.dossier(id)
	return k, a, err
}

// unlocked are the files of a version that nobody locked since.
func (t *turn) unlocked(id application.ID, frozen []filing.Evidence) ([]filing.Evidence, error) {
	all, err := t.tx.Evidence(t.ctx, id)
	return slices.DeleteFunc(slices.Clone(frozen), func(e filing.Evidence) bool {
		return !slices.ContainsFunc(all, func(x filing.Evidence) bool { return x.ID == e.ID && x.Quarantined.IsZero() })
	}), err
}

// ReviewFile opens a file of an application that the actor may read as its expert.
func (d *Desk) ReviewFile(ctx context.Context, r Request, id application.ID, fileID string) (e filing.Evidence, f io.ReadSeekCloser, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		k, a, err := t.assigned(id)
		if err != nil {
			return err
		}
		if !a.MayRead() || k.State != application.Reviewing {
			return store.ErrNotFound
		}
		v, _ := k.Current()
		full, err := t.tx.Frozen(ctx, id, v.N)
		if err != nil {
			return err
		}
		es, err := t.unlocked(id, application.ForReview(k.n, full).Evidence)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(es, func(x filing.Evidence) bool { return x.ID == fileID })
		if i < 0 {
			return store.ErrNotFound
		}
		e = es[i]
		return nil
	})
	if err != nil {
		return e, nil, err
	}
	f, _, err = d.files.Open(ctx, e.SHA256)
	return e, f, err
}

// CloseReviews ends the reviews of a call that are complete, all at once.
func (d *Desk) CloseReviews(ctx context.Context, r Request, call string) error {
	_, err := d.act(ctx, r, application.ActCloseRev, onCall(call), call, func(t *turn) (string, error) {
		if err := application.MayList(t.by, application.ListReviews); err != nil {
			return "", err // whether all experts have scored is nobody else's to hear (B02)
		}
		rows, err := t.tx.Applications(t.ctx, application.ScopeOf(t.by), application.Filter{Call: call, States: []application.State{application.Reviewing}}, listMax)
		if err != nil {
			return "", err
		}
		c, err := t.shownCall(call)
		if err != nil {
			return "", err
		}
		closed := 0
		for _, row := range rows {
			as, err := t.tx.Assignments(t.ctx, row.ID)
			if err != nil {
				return "", err
			}
			if !review.Complete(as, c.Settings.PanelMin) {
				continue
			}
			if err := t.closeReview(row.ID, as); err != nil {
				return "", err
			}
			closed++
		}
		if closed == 0 {
			return "", review.NoneComplete(c.Settings.PanelMin)
		}
		return "", nil
	})
	return err
}

func (t *turn) closeReview(id application.ID, as []review.Assignment) error {
	k, err := t.open(id)
	if err != nil {
		return err
	}
	mean, done := review.Mean(as)
	e, err := k.CloseReview(k.n, t.by, mean, done, k.call.Settings.PanelMin, t.now)
	if err != nil {
		return err
	}
	if err := t.tx.SaveApplication(t.ctx, k.Application); err != nil {
		return err
	}
	return t.record(e)
}

// SetPanelMin sets how many experts must have scored an application, with a reason (T6).
func (d *Desk) SetPanelMin(ctx context.Context, r Request, call string, least int, reason string) error {
	return d.onCall(ctx, r, call, "call-panel", []any{call, least, reason}, func(t *turn, c *application.Call, n *notice.Notice) (event.Event, error) {
		return c.SetPanelMin(n, least, reason, t.by, t.now)
	})
}
