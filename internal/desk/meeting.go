package desk

import (
	"context"
	"crypto/rand"
	"slices"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/internal/review"
	"shenbao/internal/store"
)

// Acts of a meeting.
const (
	actMeeting  = "meeting"
	actBallot   = "ballot"
	actVote     = "vote"
	actMinutes  = "minutes"
	actPresence = "attendance"
)

func onMeeting(id string) event.Subject { return event.Subject{Kind: "meeting", ID: id} }

// A MeetingDraft is what staff write to set a meeting up.
type MeetingDraft struct {
	Title        string
	Place        string
	At           time.Time
	Applications []application.ID
	Members      []org.PersonID
	Chair        org.PersonID
}

// PlanMeeting sets a meeting up for applications under review and members of their panels,
// and answers its id.
func (d *Desk) PlanMeeting(ctx context.Context, r Request, call string, in MeetingDraft) (string, error) {
	return d.act(ctx, r, actMeeting, onCall(call), []any{call, in}, func(t *turn) (string, error) {
		if err := application.MayList(t.by, application.ListMeetings); err != nil {
			return "", err
		}
		c, err := t.shownCall(call)
		if err != nil {
			return "", err
		}
		m := review.Meeting{ID: t.tx.NewID(), Call: c.ID, Title: in.Title, Place: in.Place, At: in.At, Chair: in.Chair}
		if err := t.seat(&m, in.Members); err != nil {
			return "", err
		}
		if err := t.agenda(&m, in.Applications); err != nil {
			return "", err
		}
		m, e, err := review.PlanMeeting(m, t.by, t.now)
		if err != nil {
			return "", err
		}
		if err := t.tx.AddMeeting(ctx, m); err != nil {
			return "", err
		}
		return m.ID, t.record(e)
	})
}

// seat puts experts of the call's panels on the meeting's list.
func (t *turn) seat(m *review.Meeting, members []org.PersonID) error {
	panel, err := t.tx.AssignmentsIn(t.ctx, m.Call)
	for _, p := range members {
		i := slices.IndexFunc(panel, func(a review.Assignment) bool { return a.Expert == p })
		if i < 0 {
			return store.ErrNotFound
		}
		if !slices.ContainsFunc(m.Members, func(a review.Attendee) bool { return a.Person == p }) {
			m.Members = append(m.Members, review.Attendee{Person: p, Name: panel[i].Name})
		}
	}
	return err
}

// agenda puts applications that are under review on it, with the members who are out of
// the room for each: those who stepped back, and those whom the rules keep out.
func (t *turn) agenda(m *review.Meeting, apps []application.ID) error {
	for _, id := range apps {
		k, err := t.open(id)
		if err != nil {
			return err
		}
		if k.Application.Call != m.Call || k.State != application.Reviewing {
			return store.ErrNotFound
		}
		out, err := t.outOf(k, m.Members)
		if err != nil {
			return err
		}
		m.Agenda = append(m.Agenda, review.AgendaItem{Application: string(id), Number: k.Number, Base: k.BaseName, Out: out})
	}
	return nil
}

// outOf are the members who may not be in the room when an application is heard.
func (t *turn) outOf(k dossier, members []review.Attendee) ([]org.PersonID, error) {
	as, err := t.tx.Assignments(t.ctx, k.ID)
	if err != nil {
		return nil, err
	}
	judge, err := t.conflictsWith(k)
	if err != nil {
		return nil, err
	}
	var out []org.PersonID
	for _, m := range members {
		x, err := t.tx.Expert(t.ctx, m.Person)
		if err != nil {
			return nil, err
		}
		recused := slices.ContainsFunc(as, func(a review.Assignment) bool { return a.Expert == m.Person && a.Recused })
		if recused || len(judge(x)) > 0 {
			out = append(out, m.Person)
		}
	}
	return out, nil
}

// outNow is the same of an application by its id, as things stand now.
func (t *turn) outNow(app string, members []review.Attendee) ([]org.PersonID, error) {
	k, err := t.open(application.ID(app))
	if err != nil {
		return nil, err
	}
	return t.outOf(k, members)
}

// onMeeting runs an act on one meeting of which the actor may know.
func (d *Desk) onMeeting(ctx context.Context, r Request, id, name string, body any, f func(*turn, *review.Meeting) (event.Event, error)) error {
	_, err := d.act(ctx, r, name, onMeeting(id), []any{id, body}, func(t *turn) (string, error) {
		m, err := t.meeting(id)
		if err != nil {
			return "", err
		}
		e, err := f(t, &m)
		if err != nil {
			return "", err
		}
		if err := t.tx.SaveMeeting(t.ctx, m); err != nil {
			return "", err
		}
		return "", t.record(e)
	})
	return err
}

func (t *turn) meeting(id string) (review.Meeting, error) {
	m, err := t.tx.Meeting(t.ctx, id)
	if err == nil && !m.Sees(t.by) {
		err = store.ErrNotFound
	}
	return m, err
}

// DrawOrder draws in which order a meeting hears its applications.
func (d *Desk) DrawOrder(ctx context.Context, r Request, id string) error {
	return d.onMeeting(ctx, r, id, actMeeting, "order", func(t *turn, m *review.Meeting) (event.Event, error) {
		var apps []string
		for _, it := range m.Agenda {
			apps = append(apps, it.Application)
		}
		seed := rand.Text()
		return m.SetOrder(review.PresentationOrder(seed, m.ID, apps), seed, t.by, t.now)
	})
}

// Attend signs a member in at a meeting, or out.
func (d *Desk) Attend(ctx context.Context, r Request, id string, who org.PersonID, present bool) error {
	return d.onMeeting(ctx, r, id, actPresence, []any{who, present}, func(t *turn, m *review.Meeting) (event.Event, error) {
		return m.Attend(who, present, t.by, t.now)
	})
}

// OpenMeeting begins it.
func (d *Desk) OpenMeeting(ctx context.Context, r Request, id string) error {
	return d.onMeeting(ctx, r, id, actMeeting, "open", func(t *turn, m *review.Meeting) (event.Event, error) { return m.Open(t.by, t.now) })
}

// Hear calls an application in a meeting. Who stepped back since the agenda was made is
// out of the room too.
func (d *Desk) Hear(ctx context.Context, r Request, id, app string) error {
	return d.onMeeting(ctx, r, id, actMeeting, []string{"hear", app}, func(t *turn, m *review.Meeting) (event.Event, error) {
		e, err := m.Hear(app, t.by, t.now)
		if err != nil {
			return e, err
		}
		i := slices.IndexFunc(m.Agenda, func(a review.AgendaItem) bool { return a.Application == app })
		m.Agenda[i].Out, err = t.outNow(app, m.Members)
		return e, err
	})
}

// CloseMeeting ends it.
func (d *Desk) CloseMeeting(ctx context.Context, r Request, id string) error {
	return d.onMeeting(ctx, r, id, actMeeting, "close", func(t *turn, m *review.Meeting) (event.Event, error) {
		bs, err := t.tx.Ballots(ctx, id)
		if err != nil {
			return event.Event{}, err
		}
		return m.Close(bs, t.by, t.now)
	})
}

// WriteMinutes keeps the minutes of a meeting.
func (d *Desk) WriteMinutes(ctx context.Context, r Request, id, text string) error {
	return d.onMeeting(ctx, r, id, actMinutes, text, func(t *turn, m *review.Meeting) (event.Event, error) {
		return m.WriteMinutes(text, t.by, t.now)
	})
}

// SignMinutes is a member's signature under the minutes.
func (d *Desk) SignMinutes(ctx context.Context, r Request, id, words string) error {
	return d.onMeeting(ctx, r, id, actMinutes, []string{"sign", words}, func(t *turn, m *review.Meeting) (event.Event, error) {
		return m.SignMinutes(words, t.by, t.now)
	})
}

// A BallotDraft is what staff write to open a ballot.
type BallotDraft struct {
	Title     string
	Items     []string // applications
	Secret    bool
	Threshold review.Threshold
	Quorum    review.Threshold
}

// OpenBallot begins a vote in a meeting that is open.
func (d *Desk) OpenBallot(ctx context.Context, r Request, id string, in BallotDraft) error {
	_, err := d.act(ctx, r, actBallot, onMeeting(id), []any{id, in}, func(t *turn) (string, error) {
		m, err := t.meeting(id)
		if err != nil {
			return "", err
		}
		bs, err := t.tx.Ballots(ctx, id)
		if err != nil {
			return "", err
		}
		// Who stepped back since an item was called has no vote on it.
		for i, it := range m.Agenda {
			if slices.Contains(in.Items, it.Application) {
				if m.Agenda[i].Out, err = t.outNow(it.Application, m.Members); err != nil {
					return "", err
				}
			}
		}
		b, e, err := m.Ballot(review.Ballot{ID: t.tx.NewID(), Title: in.Title, Items: in.Items, Secret: in.Secret,
			Threshold: in.Threshold, Quorum: in.Quorum}, bs, t.by, t.now)
		if err != nil {
			return "", err
		}
		if err := t.tx.AddBallot(ctx, b); err != nil {
			return "", err
		}
		if err := t.tx.SaveMeeting(ctx, m); err != nil {
			return "", err
		}
		return "", t.record(e)
	})
	return err
}

// onBallot runs an act on the nth ballot of a meeting.
func (d *Desk) onBallot(ctx context.Context, r Request, id string, n int, name string, body any, f func(*turn, *review.Ballot) (event.Event, error)) error {
	_, err := d.act(ctx, r, name, onMeeting(id), body, func(t *turn) (string, error) {
		if _, err := t.meeting(id); err != nil {
			return "", err
		}
		bs, err := t.tx.Ballots(ctx, id)
		if err != nil {
			return "", err
		}
		i := slices.IndexFunc(bs, func(b review.Ballot) bool { return b.N == n })
		if i < 0 {
			return "", store.ErrNotFound
		}
		e, err := f(t, &bs[i])
		if err != nil {
			return "", err
		}
		if err := t.tx.SaveBallot(ctx, bs[i]); err != nil {
			return "", err
		}
		return "", t.record(e)
	})
	return err
}

// Vote puts the actor's papers in, with the codes that they showed. The request's key
// is dropped: what is kept under a key could tell whose paper it is. A second paper is
// refused anyway.
func (d *Desk) Vote(ctx context.Context, r Request, id string, n int, codes, choices map[string]string) error {
	r.Key = ""
	return d.onBallot(ctx, r, id, n, actVote, nil, func(t *turn, b *review.Ballot) (event.Event, error) {
		return b.Cast(codes, choices, t.by, t.now)
	})
}

// CloseBallot ends a vote.
func (d *Desk) CloseBallot(ctx context.Context, r Request, id string, n int) error {
	return d.onBallot(ctx, r, id, n, actBallot, []any{id, n, "close"}, func(t *turn, b *review.Ballot) (event.Event, error) {
		return b.CloseBallot(t.by, t.now)
	})
}

// AnnulBallot makes a vote count nothing, with a reason.
func (d *Desk) AnnulBallot(ctx context.Context, r Request, id string, n int, reason string) error {
	return d.onBallot(ctx, r, id, n, actBallot, []any{id, n, reason}, func(t *turn, b *review.Ballot) (event.Event, error) {
		return b.Annul(reason, t.by, t.now)
	})
}
