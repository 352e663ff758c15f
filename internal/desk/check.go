package desk

import (
	"context"
	"slices"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/store"
)

// Check records the material check and what follows from it (R41).
func (d *Desk) Check(ctx context.Context, r Request, id application.ID, c application.CheckDraft) error {
	return d.on(ctx, r, id, application.ActCheck, c, func(t *turn, k dossier) (event.Event, error) {
		if err := t.topics(k, c.Asks); err != nil {
			return event.Event{}, err
		}
		return k.CheckMaterial(k.n, c, t.by, t.now)
	})
}

// topics completes what a supplement asks of single files: the condition that each belongs
// to. A file that is not evidence of this case, there now, is not found.
func (t *turn) topics(k dossier, asks []filing.Ask) error {
	for i, x := range asks {
		id, ok := filing.AsksFile(x.Field)
		if !ok {
			asks[i].Topic = ""
			continue
		}
		f, err := t.file(k, id)
		if err != nil || f.Purpose != filing.ForEvidence || !f.Counts() {
			return store.ErrNotFound
		}
		asks[i].Topic = f.Topic
	}
	return nil
}

// NoteCheck keeps the findings of a check that goes on. It leaves no fact.
func (d *Desk) NoteCheck(ctx context.Context, r Request, id application.ID, items []application.CheckItem) error {
	_, err := d.act(ctx, r, application.ActCheck, onApplication(id), []any{id, items}, func(t *turn) (string, error) {
		k, err := t.open(id)
		if err != nil {
			return "", err
		}
		if err := k.NoteCheck(k.n, items, t.by, t.now); err != nil {
			return "", err
		}
		return "", t.tx.SaveApplication(t.ctx, k.Application)
	})
	return err
}

// ConfirmRejection is the second person's word that an application is not accepted.
func (d *Desk) ConfirmRejection(ctx context.Context, r Request, id application.ID) error {
	return d.on(ctx, r, id, application.ActConfirmReject, id, func(t *turn, k dossier) (event.Event, error) {
		return k.ConfirmRejection(t.by, t.now)
	})
}

// ReturnRejection sends the proposal not to accept back, or takes it back.
func (d *Desk) ReturnRejection(ctx context.Context, r Request, id application.ID, reason string) error {
	return d.on(ctx, r, id, application.ActReturnReject, reason, func(t *turn, k dossier) (event.Event, error) {
		return k.ReturnRejection(k.n, t.by, reason, t.now)
	})
}

// CancelSupplement takes an unanswered supplement order back.
func (d *Desk) CancelSupplement(ctx context.Context, r Request, id application.ID, reason string) error {
	return d.on(ctx, r, id, application.ActCancelSupp, reason, func(t *turn, k dossier) (event.Event, error) {
		return k.CancelSupplement(k.n, t.by, reason, t.now)
	})
}

// ExtendSupplement gives more time to answer a supplement.
func (d *Desk) ExtendSupplement(ctx context.Context, r Request, id application.ID, to time.Time, reason string) error {
	return d.on(ctx, r, id, application.ActExtendSupp, []any{to, reason}, func(t *turn, k dossier) (event.Event, error) {
		return k.ExtendSupplement(k.n, t.by, to, reason, t.now)
	})
}

// EndSupplement ends a supplement that was not answered in time.
func (d *Desk) EndSupplement(ctx context.Context, r Request, id application.ID, reason string) error {
	return d.on(ctx, r, id, application.ActEndSupp, reason, func(t *turn, k dossier) (event.Event, error) {
		return k.EndSupplement(k.n, t.by, reason, t.now)
	})
}

// PlanVisit plans a site visit; the unit is told.
func (d *Desk) PlanVisit(ctx context.Context, r Request, id application.ID, p application.VisitPlan) error {
	return d.on(ctx, r, id, application.ActVisit, p, func(t *turn, k dossier) (event.Event, error) {
		return k.PlanVisit(k.n, k.call.Settings, p, t.by, t.now)
	})
}

// CancelVisit takes a planned site visit off.
func (d *Desk) CancelVisit(ctx context.Context, r Request, id application.ID, reason string) error {
	return d.on(ctx, r, id, application.ActCancelVisit, reason, func(t *turn, k dossier) (event.Event, error) {
		return k.CancelVisit(k.n, t.by, reason, t.now)
	})
}

// ReportVisit writes what a site visit found.
func (d *Desk) ReportVisit(ctx context.Context, r Request, id application.ID, date, findings string) error {
	return d.on(ctx, r, id, application.ActVisitReport, []any{date, findings}, func(t *turn, k dossier) (event.Event, error) {
		return k.ReportVisit(k.n, t.by, date, findings, t.now)
	})
}

// SetCheckRules sets what a call has for its material check beside the notice.
func (d *Desk) SetCheckRules(ctx context.Context, r Request, call string, x application.CheckRules, reason string) error {
	return d.onCall(ctx, r, call, "call-check-rules", []any{call, x, reason}, func(t *turn, c *application.Call, n *notice.Notice) (event.Event, error) {
		return c.SetCheckRules(n, x, reason, t.by, t.now)
	})
}

// Kinds of facts by which material comes to the department.
var arrivals = []event.Kind{application.Submitted, application.Recommended, application.Resubmitted}

// CompareJob is the kind of the job that compares an application with others.
const CompareJob = "compare"

// compares records the work of comparing an application that came to the department with
// this fact: after the commit, because it reads many others.
func (t *turn) compares(a *application.Application, e event.Event) error {
	if a.State != application.Checking || !slices.Contains(arrivals, e.Kind) {
		return nil
	}
	return t.tx.AddJob(t.ctx, CompareJob, string(a.ID), t.now.UnixMicro(), "")
}

// fewHave bounds how many applications a passage may stand in to lead from one to another.
const fewHave = 8

// Compare finds the applications that are like one in the version handed in last, of this
// call or an earlier one. It may be done twice: it replaces what was found before.
func (d *Desk) Compare(ctx context.Context, now time.Time, id application.ID) error {
	return d.db.Save(ctx, now, func(tx *store.Tx) error {
		t := &turn{ctx: ctx, d: d, tx: tx, now: tx.Now}
		k, mine, err := t.frozenNow(id)
		if err != nil {
			return err
		}
		u, err := tx.Unit(ctx, k.Unit)
		if err != nil {
			return err
		}
		if err := tx.PutTraits(ctx, id, application.Traits(k.n, u, mine), application.Prints(k.n, mine)); err != nil {
			return err
		}
		found, err := t.likeTo(k, mine)
		if err != nil {
			return err
		}
		return tx.PutLikenesses(ctx, id, mine.N, found)
	})
}

func (t *turn) likeTo(k dossier, mine filing.Content) ([]application.Likeness, error) {
	traits, err := t.tx.SharingTraits(t.ctx, k.ID)
	if err != nil {
		return nil, err
	}
	others, err := t.tx.SharingPrints(t.ctx, k.ID, fewHave)
	if err != nil {
		return nil, err
	}
	for other, kinds := range traits {
		if len(application.SharedTraits(kinds)) > 0 && !slices.Contains(others, other) {
			others = append(others, other)
		}
	}
	slices.Sort(others)
	var out []application.Likeness
	for _, other := range others {
		o, theirs, err := t.frozenNow(other)
		if err != nil {
			return nil, err
		}
		if l := application.Alike(k.Application, k.n, mine, o.Application, o.n, theirs, traits[other]); l != nil {
			out = append(out, *l)
		}
	}
	return out, nil
}

// frozenNow is an application with the version that was handed in last.
func (t *turn) frozenNow(id application.ID) (dossier, filing.Content, error) {
	k, err := t.dossier(id)
	if err != nil {
		return k, filing.Content{}, err
	}
	c, err := t.tx.Frozen(t.ctx, id, k.Handed)
	return k, c, err
}
