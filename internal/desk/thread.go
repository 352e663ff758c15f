package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/internal/review"
	"shenbao/internal/store"
)

// Acts of a discussion.
const (
	actDiscuss = "discussion"
	actSumUp   = "summary"
	actChair   = "chair"
)

// A Discussion is a panel's on one application, as a member of it reads it after handing
// in the own sheet, or as the department does.
type Discussion struct {
	ReviewTask
	Panel  []review.Assignment // sheets that count
	Thread review.Thread
	Odd    []review.OddMark // marks that are far from what the others say: for the chair and the department
}

// Discussion reads the actor's own panel's discussion.
func (d *Desk) Discussion(ctx context.Context, r Request, id application.ID) (x *Discussion, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		k, as, err := t.assigned(id)
		if err != nil {
			return err
		}
		places, err := t.places()
		if err != nil {
			return err
		}
		x = &Discussion{}
		if x.ReviewTask, err = t.task(k, as, places); err != nil {
			return err
		}
		if err := as.MayDiscuss(x.Round); err != nil {
			return err
		}
		if err := t.discussed(x, k); err != nil {
			return err
		}
		if !as.Chair {
			x.Odd = nil
		}
		return nil
	})
	return x, err
}

// DiscussionOf is the same for the department.
func (d *Desk) DiscussionOf(ctx context.Context, r Request, id application.ID) (c *Case, x *Discussion, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if err := application.MayList(t.by, application.ListReviews); err != nil {
			return err
		}
		k, err := t.open(id)
		if err != nil {
			return err
		}
		if c, err = t.page(k); err != nil {
			return err
		}
		last, ok := review.LastRound(c.Rounds, string(id))
		if !ok {
			return store.ErrNotFound
		}
		x = &Discussion{}
		x.Round, x.Application = last, string(id)
		if x.Published, err = t.published(k.Application.Notice); err != nil {
			return err
		}
		return t.discussed(x, k)
	})
	return c, x, err
}

// discussed fills in the panel, the thread and what stands out.
func (t *turn) discussed(x *Discussion, k dossier) error {
	all, err := t.tx.AssignmentsIn(t.ctx, k.Application.Call)
	if err != nil {
		return err
	}
	full, err := t.tx.Round(t.ctx, x.Round.ID)
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.Application == string(k.ID) && a.Counts(full) {
			x.Panel = append(x.Panel, a)
		}
	}
	for _, o := range full.Examine(all, nil, 0).Odd {
		if o.Application == string(k.ID) {
			x.Odd = append(x.Odd, o)
		}
	}
	x.Thread, err = t.thread(full, string(k.ID))
	return err
}

// thread is the discussion of an application in a round, an empty one before anybody spoke.
func (t *turn) thread(x review.Round, app string) (review.Thread, error) {
	th, err := t.tx.Thread(t.ctx, x.ID, app)
	if errors.Is(err, store.ErrNotFound) {
		return review.Thread{Round: x.ID, Application: app, Call: x.Call}, nil
	}
	return th, err
}

// Discuss adds to the discussion of the actor's panel.
func (d *Desk) Discuss(ctx context.Context, r Request, id application.ID, text string) error {
	return d.onThread(ctx, r, id, actDiscuss, text, func(t *turn, x review.Round, as review.Assignment, th *review.Thread) (event.Event, error) {
		return th.Say(x, as, text, t.by, t.now)
	})
}

// Summarise is the chair's summary.
func (d *Desk) Summarise(ctx context.Context, r Request, id application.ID, text string) error {
	return d.onThread(ctx, r, id, actSumUp, text, func(t *turn, x review.Round, as review.Assignment, th *review.Thread) (event.Event, error) {
		return th.Summarise(x, as, text, t.by, t.now)
	})
}

func (d *Desk) onThread(ctx context.Context, r Request, id application.ID, name, text string, f func(*turn, review.Round, review.Assignment, *review.Thread) (event.Event, error)) error {
	_, err := d.act(ctx, r, name, onApplication(id), []any{id, text}, func(t *turn) (string, error) {
		_, as, err := t.assigned(id)
		if err != nil {
			return "", err
		}
		x, err := t.tx.Round(ctx, as.Round)
		if err != nil {
			return "", err
		}
		th, err := t.thread(x, string(id))
		if err != nil {
			return "", err
		}
		e, err := f(t, x, as, &th)
		if err != nil {
			return "", err
		}
		if err := t.tx.SaveThread(ctx, th); err != nil {
			return "", err
		}
		return "", t.record(e)
	})
	return err
}

// SetChair makes one of an application's panel its chair.
func (d *Desk) SetChair(ctx context.Context, r Request, id application.ID, who org.PersonID) error {
	return d.on(ctx, r, id, actChair, []any{id, who}, func(t *turn, k dossier) (event.Event, error) {
		if err := k.May(t.by, application.ActReview); err != nil {
			return event.Event{}, err
		}
		x, err := t.openRound(k.Application.Call, string(id))
		if err != nil {
			return event.Event{}, err
		}
		all, err := t.tx.Assignments(ctx, id)
		if err != nil {
			return event.Event{}, err
		}
		panel := slices.DeleteFunc(all, func(a review.Assignment) bool { return a.Round != x.ID })
		e, err := review.SetChair(panel, x, who, t.by, t.now)
		if err != nil {
			return e, err
		}
		for _, a := range panel {
			if err := t.tx.SaveAssignment(ctx, a); err != nil {
				return e, err
			}
		}
		return e, nil
	})
}

// A CommentsPage is what of the panel's words comes back to the applicant after release.
type CommentsPage struct {
	*Case
	How     string // notice.CommentsSummary, CommentsAll or CommentsNone
	Summary string
	Sheet   review.Sheet
	Words   []review.Scoring // without marks and names, in no order of the experts
}

// Comments reads it: for the applicant once the result is released, for the department
// always.
func (d *Desk) Comments(ctx context.Context, r Request, id application.ID) (p *CommentsPage, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		k, err := t.open(id)
		if err != nil {
			return err
		}
		if err := k.MayReadComments(t.by); err != nil {
			return err
		}
		p = &CommentsPage{How: cmp.Or(k.call.Settings.CommentsBack, notice.CommentsSummary)}
		if p.Case, err = t.page(k); err != nil {
			return err
		}
		rounds, err := t.tx.Rounds(ctx, k.Application.Call)
		if err != nil {
			return err
		}
		last, ok := review.LastRound(rounds, string(id))
		if !ok || p.How == notice.CommentsNone {
			return nil
		}
		p.Sheet = last.Sheet
		th, err := t.thread(last, string(id))
		if err != nil {
			return err
		}
		if th.Summary != nil {
			p.Summary = th.Summary.Text
		}
		if p.How != notice.CommentsAll {
			return nil
		}
		all, err := t.tx.Assignments(ctx, id)
		p.Words = review.Anonymous(last, all)
		return err
	})
	return p, err
}

// SetComments sets in which form the panel's comments go back to the applicants of a call,
// with a reason (T6).
func (d *Desk) SetComments(ctx context.Context, r Request, call, how, reason string) error {
	return d.onCall(ctx, r, call, "call-setting", []any{"comments_back", how, reason}, func(t *turn, c *application.Call, n *notice.Notice) (event.Event, error) {
		return c.SetComments(n, how, reason, t.by, t.now)
	})
}
