package desk

import (
	"context"
	"slices"
	"strconv"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/expert"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/internal/review"
	"shenbao/internal/store"
)

// Assign gives an application to experts by hand, with a reason, all of them or none. Who
// was not invited in this round yet is invited with it.
func (d *Desk) Assign(ctx context.Context, r Request, id application.ID, experts []org.PersonID, due time.Time, reason string) error {
	_, err := d.act(ctx, r, application.ActReview, onApplication(id), []any{id, experts, due, reason}, func(t *turn) (string, error) {
		k, err := t.reviewing(id)
		if err != nil {
			return "", err
		}
		if len(experts) == 0 {
			return "", review.NobodyChosen(k.n)
		}
		round, err := t.openRound(k.Application.Call, string(id))
		if err != nil {
			return "", err
		}
		g, err := t.giver(round, k, giving{Giving: review.Giving{Via: review.ViaManual, Due: due, Reason: reason}})
		if err != nil {
			return "", err
		}
		for _, p := range experts {
			if err := g.to(p); err != nil {
				return "", err
			}
		}
		return "", nil
	})
	return err
}

// reviewing opens an application that experts can be given to now.
func (t *turn) reviewing(id application.ID) (dossier, error) {
	k, err := t.open(id)
	if err != nil {
		return k, err
	}
	return k, k.May(t.by, application.ActReview)
}

// A giving is how applications come to experts.
type giving struct {
	review.Giving
	quiet bool // who has the invitation already is told once, by the caller
}

// A giver gives one application: what all its experts are judged by is read once.
type giver struct {
	t      *turn
	round  review.Round
	k      dossier
	how    giving
	judge  func(expert.Expert) []review.Conflict
	before []review.Assignment
}

func (t *turn) giver(round review.Round, k dossier, how giving) (g giver, err error) {
	g = giver{t: t, round: round, k: k, how: how}
	if g.judge, err = t.conflictsWith(k); err != nil {
		return g, err
	}
	g.before, err = t.tx.Assignments(t.ctx, k.ID)
	return g, err
}

// to gives the application to one expert, by whom no conflict may be known.
func (g giver) to(p org.PersonID) error {
	t := g.t
	x, err := t.tx.Expert(t.ctx, p)
	if err != nil {
		return err
	}
	v, e, err := t.invitationFor(g.round, x, g.how)
	if err != nil {
		return err
	}
	fresh := e.Kind != ""
	as, given, err := v.Give(g.round, string(g.k.ID), x, g.judge(x), g.before, g.how.Giving, t.by, t.now)
	if err != nil {
		return err
	}
	if fresh {
		err = t.tx.AddInvitation(t.ctx, v)
	} else {
		err = t.tx.SaveInvitation(t.ctx, v)
	}
	if err != nil {
		return err
	}
	if err := t.tx.AddAssignment(t.ctx, as); err != nil {
		return err
	}
	if err := t.record(given); err != nil {
		return err
	}
	switch {
	case fresh:
		return t.record(e)
	case g.how.quiet:
		return nil
	}
	return t.record(v.Extend(1, t.by, t.now))
}

// invitationFor is the expert's invitation to a round, or a new one with its fact, which is
// not kept yet.
func (t *turn) invitationFor(r review.Round, x expert.Expert, how giving) (v review.Invitation, e event.Event, err error) {
	v, err = t.tx.InvitationOf(t.ctx, r.Call, r.ID, x.Person)
	if err == nil || !store.IsNotFound(err) {
		return v, e, err
	}
	due := how.Due
	if due.IsZero() {
		due = r.Due
	}
	return review.Invite(review.Invitation{ID: t.tx.NewID(), Call: r.Call, Round: r.ID, Expert: x.Person, Name: x.Name, Employer: x.Employer(),
		Via: how.Via, Record: how.Record, Due: due}, t.by, t.now)
}

// roundNow is the last round of a call that is open; the zero round when none is.
func (t *turn) roundNow(call string) (review.Round, error) {
	rounds, err := t.tx.Rounds(t.ctx, call)
	for _, r := range slices.Backward(rounds) {
		if r.State == review.RoundOpen {
			return r, err
		}
	}
	return review.Round{}, err
}

// Unassign takes an expert who has not scored off an application, with a reason.
func (d *Desk) Unassign(ctx context.Context, r Request, id application.ID, expert org.PersonID, reason string) error {
	return d.on(ctx, r, id, application.ActReview, []any{id, expert, reason}, func(t *turn, k dossier) (event.Event, error) {
		if err := k.May(t.by, application.ActReview); err != nil {
			return event.Event{}, err
		}
		as, err := t.tx.Assignment(t.ctx, id, expert)
		if err != nil {
			return event.Event{}, err
		}
		e, err := as.Unassign(k.n, t.by, reason, t.now)
		if err != nil {
			return e, err
		}
		return e, t.tx.DropAssignment(t.ctx, as)
	})
}

// onInvitation runs an act on an invitation that the actor may know of: the department's,
// or the expert's own.
func (d *Desk) onInvitation(ctx context.Context, r Request, id, name string, body any, f func(*turn, *review.Invitation) (event.Event, error)) error {
	_, err := d.act(ctx, r, name, event.Subject{Kind: "invitation", ID: id}, []any{id, body}, func(t *turn) (string, error) {
		v, err := t.invitation(id)
		if err != nil {
			return "", err
		}
		e, err := f(t, &v)
		if err != nil {
			return "", err
		}
		if err := t.tx.SaveInvitation(t.ctx, v); err != nil {
			return "", err
		}
		return "", t.record(e)
	})
	return err
}

func (t *turn) invitation(id string) (review.Invitation, error) {
	v, err := t.tx.Invitation(t.ctx, id)
	if err == nil && application.MayList(t.by, application.ListPanels) != nil && org.PersonID(t.by.Person) != v.Expert {
		err = store.ErrNotFound
	}
	return v, err
}

// AcceptInvitation takes the actor's own invitation, with the undertaking of
// confidentiality; all that was given under it opens for the declaration.
func (d *Desk) AcceptInvitation(ctx context.Context, r Request, id string, undertake bool) error {
	return d.onInvitation(ctx, r, id, "acceptance", undertake, func(t *turn, v *review.Invitation) (event.Event, error) {
		e, err := v.Accept(t.by, undertake, t.now)
		if err != nil {
			return e, err
		}
		as, err := t.under(*v)
		for _, a := range as {
			a.Accepted = v.Answered
			if err := t.tx.SaveAssignment(t.ctx, a); err != nil {
				return e, err
			}
		}
		return e, err
	})
}

// DeclineInvitation refuses the actor's own invitation with a reason.
func (d *Desk) DeclineInvitation(ctx context.Context, r Request, id, reason string) error {
	return d.ending(ctx, r, id, "declining", reason, (*review.Invitation).Decline)
}

// WithdrawFromRound is the actor's stepping back after accepting, with a reason; sheets that were
// handed in stay.
func (d *Desk) WithdrawFromRound(ctx context.Context, r Request, id, reason string) error {
	return d.ending(ctx, r, id, "stepping-back", reason, (*review.Invitation).Withdraw)
}

// TakeBackInvitation ends an invitation that was not answered in time, or was accepted and
// not followed, with a reason.
func (d *Desk) TakeBackInvitation(ctx context.Context, r Request, id, reason string) error {
	return d.ending(ctx, r, id, "taking-back", reason, (*review.Invitation).TakeBack)
}

// ending ends an invitation: what was given under it and is not scored goes back, and its
// seat in a group is free.
func (d *Desk) ending(ctx context.Context, r Request, id, name, reason string, f func(*review.Invitation, org.Actor, string, time.Time) (event.Event, error)) error {
	return d.onInvitation(ctx, r, id, name, reason, func(t *turn, v *review.Invitation) (event.Event, error) {
		e, err := f(v, t.by, reason, t.now)
		if err != nil {
			return e, err
		}
		n, err := t.giveBack(v)
		if err != nil {
			return e, err
		}
		e.Detail["n"] = strconv.Itoa(n)
		return e, t.freeSeat(*v)
	})
}

// giveBack drops what was given under the invitation and is not scored.
func (t *turn) giveBack(v *review.Invitation) (n int, err error) {
	as, err := t.under(*v)
	for _, a := range as {
		if !a.Pending() {
			continue
		}
		v.GiveBack(a.Application)
		if err := t.tx.DropAssignment(t.ctx, a); err != nil {
			return n, err
		}
		n++
	}
	return n, err
}

func (t *turn) freeSeat(v review.Invitation) error {
	gs, err := t.tx.Groups(t.ctx, v.Call)
	for _, g := range gs {
		if g.Round == v.Round && g.Leave(v.Expert, v.Reason) {
			return t.tx.SaveGroup(t.ctx, g)
		}
	}
	return err
}

// under are the assignments that stand under an invitation.
func (t *turn) under(v review.Invitation) ([]review.Assignment, error) {
	as, err := t.tx.AssignmentsTo(t.ctx, v.Expert)
	return slices.DeleteFunc(as, func(a review.Assignment) bool { return a.Round != v.Round }), err
}

// PromptExpert reminds the expert of one invitation of what is missing.
func (d *Desk) PromptExpert(ctx context.Context, r Request, id string) error {
	return d.onInvitation(ctx, r, id, "prompting", nil, func(t *turn, v *review.Invitation) (event.Event, error) {
		n, err := t.missing(*v)
		if err != nil {
			return event.Event{}, err
		}
		return v.Prompt(t.by, n, t.now)
	})
}

// missing is how many sheets are expected under an invitation.
func (t *turn) missing(v review.Invitation) (n int, err error) {
	as, err := t.under(v)
	for _, a := range as {
		if a.Pending() {
			n++
		}
	}
	return n, err
}

// PromptExperts reminds everybody of a call who has not answered or not handed all in, but
// for those who were reminded today, and answers how many they were.
func (d *Desk) PromptExperts(ctx context.Context, r Request, call string) error {
	_, err := d.act(ctx, r, "prompting", onCall(call), call, func(t *turn) (string, error) {
		if err := application.MayList(t.by, application.ListPanels); err != nil {
			return "", err
		}
		vs, err := t.tx.Invitations(ctx, call)
		if err != nil {
			return "", err
		}
		n := 0
		for _, v := range vs {
			missing, err := t.missing(v)
			if err != nil {
				return "", err
			}
			e, err := v.Prompt(t.by, missing, t.now)
			if err != nil {
				continue // nothing is missing there, or it was said today
			}
			if err := t.tx.SaveInvitation(ctx, v); err != nil {
				return "", err
			}
			if err := t.record(e); err != nil {
				return "", err
			}
			n++
		}
		if n == 0 {
			return "", review.NobodyToPrompt(t.by)
		}
		return strconv.Itoa(n), nil
	})
	return err
}

// promptDue is the clock's reminder of the experts of a call, on the days that its settings
// name.
func (d *Desk) promptDue(ctx context.Context, r Request, call string) error {
	_, err := d.act(ctx, r, "prompting", onCall(call), nil, func(t *turn) (string, error) {
		c, err := t.tx.Call(ctx, call)
		if err != nil {
			return "", err
		}
		vs, err := t.tx.Invitations(ctx, call)
		if err != nil {
			return "", err
		}
		for _, v := range vs {
			n, err := t.missing(v)
			if err != nil {
				return "", err
			}
			if !v.PromptDue(c.Settings.ReminderDays, n, t.now) {
				continue
			}
			e, err := v.Prompt(t.by, n, t.now)
			if err != nil {
				return "", err
			}
			if err := t.tx.SaveInvitation(ctx, v); err != nil {
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

// RateExpert keeps the department's rating of an expert's work in a round.
func (d *Desk) RateExpert(ctx context.Context, r Request, id string, stars int, words string) error {
	return d.onInvitation(ctx, r, id, "rating", []any{stars, words}, func(t *turn, v *review.Invitation) (event.Event, error) {
		return v.Rate(t.by, stars, words, t.now)
	})
}

// CountMeetings notes how many meetings an expert attended, for the fee.
func (d *Desk) CountMeetings(ctx context.Context, r Request, id string, n int) error {
	return d.onInvitation(ctx, r, id, "fee", n, func(t *turn, v *review.Invitation) (event.Event, error) {
		return v.CountMeetings(t.by, n, t.now)
	})
}

// SetPanelRules sets how often a group may be drawn and what experts are paid, with a reason.
func (d *Desk) SetPanelRules(ctx context.Context, r Request, call string, rules application.PanelRules, reason string) error {
	return d.onCall(ctx, r, call, "panel-rules", []any{call, rules, reason}, func(t *turn, c *application.Call, n *notice.Notice) (event.Event, error) {
		return c.SetPanelRules(n, rules, reason, t.by, t.now)
	})
}
