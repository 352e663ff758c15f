package desk

import (
	"context"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/base"
	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

// rankMax bounds the ranked list of a call, which is decided in one act.
const rankMax = 5000

// Check records the material check and what follows from it (R41).
func (d *Desk) Check(ctx context.Context, r Request, id application.ID, c application.CheckDraft) error {
	return d.on(ctx, r, id, application.ActCheck, c, func(t *turn, k dossier) (event.Event, error) {
		return k.CheckMaterial(k.n, c, t.by, t.now)
	})
}

// CancelSupplement takes an unanswered supplement order back.
func (d *Desk) CancelSupplement(ctx context.Context, r Request, id application.ID, reason string) error {
	return d.on(ctx, r, id, application.ActCancelSupp, reason, func(t *turn, k dossier) (event.Event, error) {
		return k.CancelSupplement(k.n, t.by, reason, t.now)
	})
}

// AdmitLate lets one application come after the deadline, with a reason (R99).
func (d *Desk) AdmitLate(ctx context.Context, r Request, id application.ID, reason string, until time.Time) error {
	return d.on(ctx, r, id, application.ActLate, []any{reason, until}, func(t *turn, k dossier) (event.Event, error) {
		return k.AdmitLate(k.n, t.by, reason, until, t.now)
	})
}

// Assign gives an application to experts for review by a date, all of them or none.
func (d *Desk) Assign(ctx context.Context, r Request, id application.ID, experts []org.PersonID, due time.Time) error {
	_, err := d.act(ctx, r, application.ActReview, onApplication(id), []any{id, experts, due}, func(t *turn) (string, error) {
		k, err := t.open(id)
		if err != nil {
			return "", err
		}
		if err := k.May(t.by, application.ActReview); err != nil {
			return "", err
		}
		if len(experts) == 0 {
			return "", review.NobodyChosen(k.n)
		}
		for _, expert := range experts {
			p, err := t.tx.Person(t.ctx, expert)
			if err != nil {
				return "", err
			}
			as, e, err := review.Assign(string(id), k.Application.Call, p, k.UnitName, k.Route.Recommender().Name, due, t.by, t.now)
			if err != nil {
				return "", err
			}
			if err := t.tx.AddAssignment(t.ctx, as); err != nil {
				return "", err
			}
			if err := t.record(e); err != nil {
				return "", err
			}
		}
		return "", nil
	})
	return err
}

func onApplication(id application.ID) event.Subject {
	return event.Subject{Kind: "application", ID: string(id)}
}

// onAssignment runs an expert's act on their own assignment; without one there is nothing
// to be seen.
func (d *Desk) onAssignment(ctx context.Context, r Request, id application.ID, name string, body any, f func(*turn, dossier, *review.Assignment) (event.Event, error)) error {
	_, err := d.act(ctx, r, name, onApplication(id), []any{id, body}, func(t *turn) (string, error) {
		as, err := t.tx.Assignment(t.ctx, id, org.PersonID(t.by.Person))
		if err != nil {
			return "", err
		}
		k, err := t.dossier(id)
		if err != nil {
			return "", err
		}
		if err := k.May(t.by, name); err != nil {
			return "", err
		}
		e, err := f(t, k, &as)
		if err != nil {
			return "", err
		}
		if err := t.tx.SaveAssignment(t.ctx, as); err != nil || e.Kind == "" {
			return "", err
		}
		return "", t.record(e)
	})
	return err
}

// Declare is an expert's word on conflicts of interest (回避).
func (d *Desk) Declare(ctx context.Context, r Request, id application.ID, conflict bool, words string) error {
	return d.onAssignment(ctx, r, id, application.ActDeclare, []any{conflict, words}, func(t *turn, _ dossier, as *review.Assignment) (event.Event, error) {
		return as.Declare(t.by, conflict, words, t.now)
	})
}

// Score keeps an expert's sheet; done hands it in.
func (d *Desk) Score(ctx context.Context, r Request, id application.ID, marks map[string]int, comment, verdict string, done bool) error {
	return d.onAssignment(ctx, r, id, application.ActScore, []any{marks, comment, verdict, done}, func(t *turn, k dossier, as *review.Assignment) (event.Event, error) {
		return as.Score(k.n, t.by, marks, comment, verdict, done, t.now)
	})
}

// CloseReview ends the review of an application with its official score, once as many
// experts as the call asks for have scored it.
func (d *Desk) CloseReview(ctx context.Context, r Request, id application.ID) error {
	return d.on(ctx, r, id, application.ActCloseRev, id, func(t *turn, k dossier) (event.Event, error) {
		as, err := t.tx.Assignments(t.ctx, id)
		if err != nil {
			return event.Event{}, err
		}
		mean, done := review.Mean(as)
		return k.CloseReview(k.n, t.by, mean, done, k.call.Settings.PanelMin, t.now)
	})
}

// Determine decides the ranked list of a call in one act; bases come into being (R43–R46).
// choices are by application, document and date are of the determining document.
func (d *Desk) Determine(ctx context.Context, r Request, call string, choices map[application.ID]application.Choice, document, date string) error {
	_, err := d.act(ctx, r, application.ActDecide, onCall(call), []any{choices, document, date}, func(t *turn) (string, error) {
		as, facts, err := t.determine(call, choices, document, date)
		if err != nil {
			return "", err
		}
		for i, a := range as {
			if err := t.keep(dossier{Application: a}, true, facts[i]); err != nil {
				return "", err
			}
			if err := t.found(a); err != nil {
				return "", err
			}
		}
		return "", nil
	})
	return err
}

// Rehearse asks what Determine would say and changes nothing: for the page on which the
// approver reads once more what is about to be decided.
func (d *Desk) Rehearse(ctx context.Context, r Request, call string, choices map[application.ID]application.Choice, document, date string) error {
	return d.read(ctx, r, func(t *turn) error {
		_, _, err := t.determine(call, choices, document, date)
		return err
	})
}

// determine asks for the decision on the list as it stands now; nothing is kept yet.
func (t *turn) determine(call string, choices map[application.ID]application.Choice, document, date string) ([]*application.Application, []event.Event, error) {
	if err := application.MayList(t.by, application.ListRanking); err != nil {
		return nil, nil, err // how long the list is is nobody else's to hear
	}
	rows, err := t.tx.Ranked(t.ctx, application.Filter{Call: call, States: []application.State{application.Deciding}}, rankMax)
	if err != nil {
		return nil, nil, err
	}
	if len(rows) == 0 || len(rows) != len(choices) {
		return nil, nil, event.Refuse(event.Conflict, "list-changed", "")
	}
	var as []*application.Application
	var cs []application.Choice
	var k dossier
	for _, row := range rows {
		if k, err = t.open(row.ID); err != nil {
			return nil, nil, err
		}
		c, ok := choices[row.ID]
		if !ok {
			return nil, nil, event.Refuse(event.Conflict, "list-changed", "")
		}
		as, cs = append(as, k.Application), append(cs, c)
	}
	taken, err := t.plaques()
	if err != nil {
		return nil, nil, err
	}
	if err := application.PlaquesFree(k.n, as, cs, taken); err != nil {
		return nil, nil, err
	}
	facts, err := application.Determine(k.n, as, cs, document, date, t.by, t.now)
	return as, facts, err
}

// plaques are the numbers of all plaques that there are.
func (t *turn) plaques() ([]string, error) {
	bs, err := t.tx.Bases(t.ctx)
	var out []string
	for _, b := range bs {
		out = append(out, b.Plaque.Number)
	}
	return out, err
}

// found turns a recognised application into a base, in the same transaction.
func (t *turn) found(a *application.Application) error {
	if a.State != application.Recognised {
		return nil
	}
	k, err := t.open(a.ID)
	if err != nil {
		return err
	}
	v, _ := a.Current()
	content, err := t.tx.Frozen(t.ctx, a.ID, v.N)
	if err != nil {
		return err
	}
	b, e := base.Found(base.Base{ID: t.tx.NewID(), Application: string(a.ID), Call: a.Call, Name: a.BaseName, Host: a.Unit, HostName: a.UnitName,
		HostKind: a.HostKind, Division: a.Division, Industry: application.Industry(content), Document: a.Decision.Document, Date: a.Decision.Date,
		Plaque: base.Plaque{Number: a.Decision.Plaque}, GrantFen: a.Decision.GrantFen}, k.n, t.by, t.now)
	if err := t.tx.AddBase(t.ctx, b); err != nil {
		return err
	}
	return t.record(e)
}
