package desk

import (
	"context"
	"crypto/rand"
	"slices"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

// A BallotPage is a ballot as it may be seen: before it is closed how many have voted, and
// the actor's own paper; afterwards the papers.
type BallotPage struct {
	review.Ballot
	Mine  []string          // applications on which the actor votes now
	Codes map[string]string // of the actor's papers by application, made for this page
	Voted bool              // the actor's papers are in
	Tally []review.Tally
}

// A MeetingPage is a meeting with its ballots, the last one first.
type MeetingPage struct {
	review.Meeting
	Office
	Ballots []BallotPage
	Facts   []event.Event
}

// Meetings are those that the actor may know of: of one call, or with call "" the actor's
// own as an expert.
func (d *Desk) Meetings(ctx context.Context, r Request, call string) (o Office, ms []review.Meeting, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if call == "" {
			ms, err = t.tx.AllMeetings(ctx)
		} else if o, err = t.office(call, application.ListMeetings); err == nil {
			ms, err = t.tx.Meetings(ctx, call)
		}
		ms = slices.DeleteFunc(ms, func(m review.Meeting) bool { return !m.Sees(t.by) })
		return err
	})
	return o, ms, err
}

// Meeting reads one.
func (d *Desk) Meeting(ctx context.Context, r Request, id string) (p *MeetingPage, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		m, err := t.meeting(id)
		if err != nil {
			return err
		}
		p = &MeetingPage{Meeting: m}
		if p.Office.Call, err = t.tx.Call(ctx, m.Call); err != nil {
			return err
		}
		if p.Office.Published, err = t.published(p.Office.Call.Notice); err != nil {
			return err
		}
		bs, err := t.tx.Ballots(ctx, id)
		if err != nil {
			return err
		}
		for _, b := range slices.Backward(bs) {
			p.Ballots = append(p.Ballots, ballotFor(b, t.by))
		}
		p.Facts, err = t.tx.Facts(ctx, onMeeting(id))
		return err
	})
	return p, err
}

// ballotFor is a ballot as by may see it.
func ballotFor(b review.Ballot, by org.Actor) BallotPage {
	p := BallotPage{Ballot: b, Voted: b.HasVoted(org.PersonID(by.Person)), Tally: b.Tally()}
	if b.Closed.IsZero() {
		p.Ballot.Votes = nil
		if by.Is(org.Expert) && !p.Voted {
			p.Mine, p.Codes = b.Mine(org.PersonID(by.Person)), map[string]string{}
			for _, app := range p.Mine {
				p.Codes[app] = rand.Text()[:12]
			}
		}
	}
	return p
}

// Bench are the experts of a call's panels, each once, for the list of a meeting's members.
func (d *Desk) Bench(ctx context.Context, r Request, call string) (members []review.Attendee, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if _, err := t.office(call, application.ListMeetings); err != nil {
			return err
		}
		as, err := t.tx.AssignmentsIn(ctx, call)
		for _, a := range as {
			if !slices.ContainsFunc(members, func(m review.Attendee) bool { return m.Person == a.Expert }) {
				members = append(members, review.Attendee{Person: a.Expert, Name: a.Name})
			}
		}
		return err
	})
	return members, err
}
