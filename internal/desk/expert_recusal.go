package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/expert"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/internal/review"
	"shenbao/internal/store"
)

// Declare is an expert's word on conflicts of interest (回避).
func (d *Desk) Declare(ctx context.Context, r Request, id application.ID, w review.Declaration) error {
	return d.onAssignment(ctx, r, id, application.ActDeclare, w, func(t *turn, _ dossier, as *review.Assignment) (event.Event, error) {
		return as.Declare(t.by, w, t.now)
	})
}

// ReportConflict is an expert's word on a conflict that came to light after the
// declaration: what was scored counts no more.
func (d *Desk) ReportConflict(ctx context.Context, r Request, id application.ID, kinds []review.ConflictKind, words string) error {
	return d.onAssignment(ctx, r, id, application.ActReport, []any{kinds, words}, func(t *turn, k dossier, as *review.Assignment) (event.Event, error) {
		return t.void(k, as, kinds, words)
	})
}

// VoidScore is the same by the department's staff, for one expert of an application.
func (d *Desk) VoidScore(ctx context.Context, r Request, id application.ID, who org.PersonID, kinds []review.ConflictKind, reason string) error {
	return d.on(ctx, r, id, application.ActVoid, []any{id, who, kinds, reason}, func(t *turn, k dossier) (event.Event, error) {
		if err := k.May(t.by, application.ActVoid); err != nil {
			return event.Event{}, err
		}
		as, err := t.tx.Assignment(ctx, id, who)
		if err != nil {
			return event.Event{}, err
		}
		e, err := t.void(k, &as, kinds, reason)
		if err != nil {
			return e, err
		}
		return e, t.tx.SaveAssignment(ctx, as)
	})
}

// void voids a score and proposes who could take over; both stand in the one fact and in
// the assignment.
func (t *turn) void(k dossier, as *review.Assignment, kinds []review.ConflictKind, reason string) (event.Event, error) {
	e, err := as.Void(t.by, kinds, reason, t.now)
	if err != nil {
		return e, err
	}
	x, ok, err := t.replacement(k, as.Expert)
	if ok {
		as.Voided.Proposed, as.Voided.Name = x.Person, x.Name
		e.Detail["proposed"] = x.Name
	}
	return e, err
}

// replacement proposes who could take over from an expert: somebody without a conflict and
// not yet on the application, who is available, shares a field where anybody does, and has
// the least to do.
func (t *turn) replacement(k dossier, from org.PersonID) (expert.Expert, bool, error) {
	judge, err := t.conflictsWith(k)
	if err != nil {
		return expert.Expert{}, false, err
	}
	pool, err := t.tx.Pool(t.ctx)
	if err != nil {
		return expert.Expert{}, false, err
	}
	open, err := t.tx.AssignmentsOpen(t.ctx)
	if err != nil {
		return expert.Expert{}, false, err
	}
	load, there := map[org.PersonID]int{}, map[org.PersonID]bool{}
	for _, a := range open {
		if a.Pending() {
			load[a.Expert]++
		}
		if a.Application == string(k.ID) {
			there[a.Expert] = true
		}
	}
	var old expert.Expert
	if i := slices.IndexFunc(pool, func(x expert.Expert) bool { return x.Person == from }); i >= 0 {
		old = pool[i]
	}
	day := t.day()
	fit := slices.DeleteFunc(pool, func(x expert.Expert) bool {
		return x.Person == from || there[x.Person] || x.Unavailable(day, load[x.Person]) != "" || len(judge(x)) > 0
	})
	if len(fit) == 0 {
		return expert.Expert{}, false, nil
	}
	return slices.MinFunc(fit, func(a, b expert.Expert) int {
		return cmp.Or(cmp.Compare(b.Near(old.Profile), a.Near(old.Profile)), cmp.Compare(load[a.Person], load[b.Person]), cmp.Compare(a.Person, b.Person))
	}), true, nil
}

// day is the day of the act in Beijing, 2006-01-02.
func (t *turn) day() string { return t.now.In(time.FixedZone("", 8*3600)).Format(time.DateOnly) }

// Ban keeps an expert off an application by hand, with a reason.
func (d *Desk) Ban(ctx context.Context, r Request, id application.ID, who org.PersonID, reason string) error {
	return d.on(ctx, r, id, application.ActRecusal, []any{id, who, reason}, func(t *turn, k dossier) (event.Event, error) {
		if err := k.May(t.by, application.ActRecusal); err != nil {
			return event.Event{}, err
		}
		if who == "" {
			return event.Event{}, review.NobodyChosen(k.n)
		}
		x, err := t.tx.Expert(ctx, who)
		if err != nil {
			return event.Event{}, err
		}
		standing, err := t.tx.Bans(ctx, id)
		if err != nil {
			return event.Event{}, err
		}
		b, e, err := review.Forbid(review.Ban{ID: t.tx.NewID(), Application: string(id), Call: k.Application.Call, Expert: who, Name: x.Name, Reason: reason}, standing, t.by, t.now)
		if err != nil {
			return e, err
		}
		return e, t.tx.AddBan(ctx, b)
	})
}

// LiftBan ends a ban, with a reason.
func (d *Desk) LiftBan(ctx context.Context, r Request, id application.ID, ban, reason string) error {
	return d.on(ctx, r, id, application.ActRecusal, []any{id, ban, reason}, func(t *turn, k dossier) (event.Event, error) {
		if err := k.May(t.by, application.ActRecusal); err != nil {
			return event.Event{}, err
		}
		b, err := t.tx.Ban(ctx, ban)
		if err != nil || b.Application != string(id) {
			return event.Event{}, cmp.Or(err, store.ErrNotFound)
		}
		e, err := b.Lift(reason, t.by, t.now)
		if err != nil {
			return e, err
		}
		return e, t.tx.SaveBan(ctx, b)
	})
}

// AskRecusal is the applicant's one request for recusal.
func (d *Desk) AskRecusal(ctx context.Context, r Request, id application.ID, p review.Plea) error {
	return d.on(ctx, r, id, application.ActAskRecusal, []any{id, p}, func(t *turn, k dossier) (event.Event, error) {
		_, err := t.tx.Plea(ctx, id)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return event.Event{}, err
		}
		p, e, err := k.AskRecusal(k.n, p, err == nil, t.by, t.now)
		if err != nil {
			return e, err
		}
		if err := t.tx.AddPlea(ctx, p); errors.Is(err, store.ErrTaken) {
			return e, application.RecusalTwice(k.n)
		} else if err != nil {
			return e, err
		}
		return e, nil
	})
}

// AnswerRecusal decides the request: granted are the indices of its targets.
func (d *Desk) AnswerRecusal(ctx context.Context, r Request, id application.ID, granted []int, reason string) error {
	return d.on(ctx, r, id, application.ActRecusal, []any{id, granted, reason}, func(t *turn, k dossier) (event.Event, error) {
		p, err := t.tx.Plea(ctx, id)
		if err != nil {
			return event.Event{}, err
		}
		e, err := k.AnswerRecusal(k.n, &p, granted, reason, t.by, t.now)
		if err != nil {
			return e, err
		}
		return e, t.tx.SavePlea(ctx, p)
	})
}

// A PleaPage is the applicant's request, or the form of one.
type PleaPage struct {
	Case *Case
	Plea *review.Plea // nil: not asked yet
	May  bool         // can be asked now, by the actor
	Step notice.Step
}

// Plea reads it for the applicant's own people.
func (d *Desk) Plea(ctx context.Context, r Request, id application.ID) (p *PleaPage, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		k, err := t.open(id)
		if err != nil {
			return err
		}
		if !t.by.In(k.Unit) && (k.Proxy == nil || !t.by.In(k.Proxy.Unit)) {
			return store.ErrNotFound
		}
		p = &PleaPage{May: k.May(t.by, application.ActAskRecusal) == nil}
		p.Step, _ = k.n.Step(notice.StepReview)
		x, err := t.tx.Plea(ctx, id)
		switch {
		case err == nil:
			p.Plea, p.May = &x, false
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
		return nil
	})
	if err == nil {
		p.Case, err = d.Case(ctx, r, id)
	}
	return p, err
}
