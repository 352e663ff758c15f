package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"shenbao/assign"
	"shenbao/draw"
	"shenbao/internal/application"
	"shenbao/internal/org"
	"shenbao/internal/review"
	"shenbao/internal/store"
)

// An Asked is an invitation with what was given under it, counted. Nothing in it says which
// applications they are.
type Asked struct {
	review.Invitation
	Given   int // under it now
	Scored  int
	Recused int
	Published
}

// Pending is how many sheets are still expected.
func (a Asked) Pending() int { return a.Given - a.Scored - a.Recused }

func count3(v review.Invitation, as []review.Assignment) Asked {
	x := Asked{Invitation: v}
	for _, a := range as {
		if a.Expert != v.Expert || a.Round != v.Round {
			continue
		}
		x.Given++
		switch {
		case a.Recused:
			x.Recused++
		case !a.Scored.IsZero():
			x.Scored++
		}
	}
	return x
}

// InvitationsOf are the actor's own invitations, the newest first.
func (d *Desk) InvitationsOf(ctx context.Context, r Request) (out []Asked, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if !t.by.Is(org.Expert) {
			return store.ErrNotFound
		}
		me := org.PersonID(t.by.Person)
		vs, err := t.tx.InvitationsTo(ctx, me)
		if err != nil {
			return err
		}
		as, err := t.tx.AssignmentsTo(ctx, me)
		if err != nil {
			return err
		}
		for _, v := range vs {
			x := count3(v, as)
			x.Rating = nil // the department's own
			c, err := t.tx.Call(ctx, v.Call)
			if err != nil {
				return err
			}
			if x.Published, err = t.published(c.Notice); err != nil {
				return err
			}
			out = append(out, x)
		}
		return nil
	})
	return out, err
}

// A Service is how an expert followed invitations so far, in all calls.
type Service struct {
	Asked    int
	Accepted int
	Declined int // or withdrew, or let it lapse
	Absent   int
	Stars    int // the sum of the ratings given
	Rated    int
}

func serviceOf(vs []review.Invitation, p org.PersonID) (s Service) {
	for _, v := range vs {
		if v.Expert != p {
			continue
		}
		s.Asked++
		switch v.State {
		case review.Accepts:
			s.Accepted++
		case review.NoShow:
			s.Absent++
		case review.Declines, review.Withdrawn, review.Lapsed:
			s.Declined++
		}
		if v.Rating != nil {
			s.Stars, s.Rated = s.Stars+v.Rating.Stars, s.Rated+1
		}
	}
	return s
}

// An InviteLine is one invitation as the department reads it.
type InviteLine struct {
	Asked
	Service Service // in all calls
	Fen     int64   // the fee for what was done
}

// Invitations are those of a call, for the department.
func (d *Desk) Invitations(ctx context.Context, r Request, call string) (o Office, lines []InviteLine, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if o, err = t.office(call, application.ListPanels); err != nil {
			return err
		}
		lines, err = t.inviteLines(o.Call)
		return err
	})
	return o, lines, err
}

// Fees are the invitations of a call with what they come to, for finance and the department.
func (d *Desk) Fees(ctx context.Context, r Request, call string) (o Office, lines []InviteLine, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if o, err = t.office(call, application.ListFees); err != nil {
			return err
		}
		if lines, err = t.inviteLines(o.Call); err != nil {
			return err
		}
		for i := range lines {
			lines[i].Rating, lines[i].Service = nil, Service{} // not what finance is asked
		}
		return nil
	})
	return o, lines, err
}

func (t *turn) inviteLines(c *application.Call) ([]InviteLine, error) {
	all, err := t.tx.InvitationsAll(t.ctx)
	if err != nil {
		return nil, err
	}
	as, err := t.tx.AssignmentsIn(t.ctx, c.ID)
	if err != nil {
		return nil, err
	}
	rates := review.FeeRates{PerApplication: c.Settings.FeeApplicationFen, PerMeeting: c.Settings.FeeMeetingFen}
	var lines []InviteLine
	for _, v := range all {
		if v.Call != c.ID {
			continue
		}
		l := InviteLine{Asked: count3(v, as), Service: serviceOf(all, v.Expert)}
		l.Fen = rates.Fee(l.Scored, v.Meetings)
		lines = append(lines, l)
	}
	return lines, nil
}

// addService adds to an expert's page how they followed invitations, for those who arrange
// reviews.
func (t *turn) addService(p *ExpertPage) error {
	var err error
	p.Invites, err = t.tx.InvitationsTo(t.ctx, p.Person)
	p.Service = serviceOf(p.Invites, p.Person)
	return err
}

// groupsOf are the groups of a round.
func (t *turn) groupsOf(r review.Round) ([]review.Group, error) {
	gs, err := t.tx.Groups(t.ctx, r.Call)
	return slices.DeleteFunc(gs, func(g review.Group) bool { return g.Round != r.ID }), err
}

// protocols repeats every draw and match from its record.
func (r *Report) protocols(ctx context.Context, tx *store.Tx) error {
	all, err := tx.Protocols(ctx)
	for _, p := range all {
		verify := assign.Verify
		if p.Kind == recordDraw {
			verify = verifyDraw
		}
		switch h := sha256.Sum256([]byte(p.Doc)); {
		case hex.EncodeToString(h[:]) != p.SHA:
			r.say("record %s of a %s: it was changed", p.ID, p.Kind)
		default:
			if err := verify([]byte(p.Doc)); err != nil {
				r.say("record %s of a %s: %v", p.ID, p.Kind, err)
			}
		}
	}
	return err
}

func verifyDraw(doc []byte) error {
	rec, err := draw.Parse(doc)
	if err != nil {
		return err
	}
	return draw.Verify(rec)
}
