package application

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"shenbao/hanzi"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

func itoa(n int) string { return strconv.Itoa(n) }

// A Draft is what a level's clerk writes before the person in charge signs.
type OpinionDraft struct {
	Outcome string // filing.Agree, Return, Decline
	Text    string
	Marks   []filing.Mark
	Fields  []string  // of a return
	Due     time.Time // of a return
}

// Opine keeps the clerk's draft of the opinion on the current version. An unfinished
// draft is kept as it is; ready hands it to the person in charge, and then every rule
// applies: each condition marked (R105), reasons given (R106), a return with a date.
func (a *Application) Opine(id string, n *notice.Notice, set notice.Settings, d OpinionDraft, ready bool, by org.Actor, now time.Time) (event.Event, error) {
	if err := a.May(by, ActOpine); err != nil {
		return event.Event{}, err
	}
	o := a.Opinion(a.At)
	if o != nil && o.Stage == filing.Signed {
		return event.Event{}, event.Refuse(event.Conflict, "opinion-signed", "")
	}
	v, _ := a.Current()
	step := a.Route.Steps[a.At]
	next := filing.Opinion{ID: id, Step: a.At, Unit: step.Unit, UnitName: step.Name, Box: step.Box}
	if o != nil {
		next = *o
	}
	next.Version, next.Hash, next.Outcome, next.Text, next.Marks = v.N, v.Hash, d.Outcome, strings.TrimSpace(d.Text), d.Marks
	next.Fields, next.Due, next.Drafted, next.Stage = d.Fields, d.Due, &by.Actor, filing.Drafting
	next.Writers = addOnce(addOnce(slices.Clone(next.Writers), by.Person), by.For)
	if ready {
		if err := complete(next, n, set, now).Or(); err != nil {
			return event.Event{}, err
		}
		next.Stage, next.SentBack = filing.Ready, ""
	}
	if o != nil {
		*o = next
	} else {
		a.Opinions = append(a.Opinions, next)
	}
	a.Moved = now
	if ready {
		return a.fact(OpinionPrepared, by, now, clause(n, notice.StepRecommend), "outcome", next.Outcome), nil
	}
	return a.fact(OpinionDrafted, by, now, clause(n, notice.StepRecommend)), nil
}

// complete is what an opinion must have before anyone signs it.
func complete(o filing.Opinion, n *notice.Notice, set notice.Settings, now time.Time) event.Refusals {
	var bad event.Refusals
	add := func(kind, clause, field string, args ...string) {
		bad = append(bad, refuseField(kind, clause, field, args...))
	}
	switch o.Outcome {
	case filing.Agree, filing.Return, filing.Decline:
	default:
		add("outcome-required", clause(n, notice.StepRecommend), "outcome")
	}
	if c := hanzi.Count(o.Text); c < set.OpinionMin {
		add("opinion-short", n.Recommend.Clause, "text", "min", itoa(set.OpinionMin), "count", itoa(c))
	}
	if o.Outcome == filing.Return && (o.Due.IsZero() || !o.Due.After(now)) {
		add("due-required", "", "due")
	}
	if o.Outcome != filing.Agree {
		return bad
	}
	for _, c := range n.Conditions {
		m := mark(o.Marks, c.ID)
		switch {
		case m.Finding == "":
			add("condition-unmarked", n.Recommend.Clause, "mark."+c.ID, "condition", c.Name)
		case m.Finding != filing.Met && strings.TrimSpace(m.Note) == "":
			add("mark-note", c.Clause, "note."+c.ID, "condition", c.Name)
		case m.Finding == filing.NotMet:
			add("condition-not-met", c.Clause, "mark."+c.ID, "condition", c.Name)
		}
	}
	return bad
}

func mark(ms []filing.Mark, condition string) filing.Mark {
	for _, m := range ms {
		if m.Condition == condition {
			return m
		}
	}
	return filing.Mark{}
}

// OpinionSendBack is the person in charge of the level not signing.
func (a *Application) OpinionSendBack(by org.Actor, reason string, now time.Time) (event.Event, error) {
	if err := a.May(by, ActOpSendBack); err != nil {
		return event.Event{}, err
	}
	o := a.Opinion(a.At)
	if o == nil || o.Stage != filing.Ready {
		return event.Event{}, event.Refuse(event.Conflict, "opinion-not-ready", "")
	}
	if strings.TrimSpace(reason) == "" {
		return event.Event{}, refuseField("reason-required", "", "reason")
	}
	o.Stage, o.SentBack = filing.Drafting, reason
	e := a.fact(OpinionSentBack, by, now, "")
	e.Reason = reason
	return e, nil
}

// OpinionSign is the signature of the level's person in charge (R129). An opinion to pass
// up then waits for its seal; a return and a decline take effect at once. hash is of the
// version that the signer had open: an opinion binds to it (trust §1.7).
func (a *Application) OpinionSign(n *notice.Notice, set notice.Settings, hash string, by org.Actor, now time.Time) (event.Event, error) {
	if err := a.May(by, ActOpSign); err != nil {
		return event.Event{}, err
	}
	cl := clause(n, notice.StepRecommend)
	o := a.Opinion(a.At)
	if o == nil || o.Stage != filing.Ready {
		return event.Event{}, event.Refuse(event.Conflict, "opinion-not-ready", cl)
	}
	if wrote(o.Writers, by.Actor) || (o.Drafted != nil && org.SamePerson(by.Actor, *o.Drafted)) {
		return event.Event{}, event.Refuse(event.Forbidden, "two-persons", cl)
	}
	if v, _ := a.Current(); v.Hash != hash || o.Hash != hash {
		return event.Event{}, event.Refuse(event.Conflict, "version-changed", cl)
	}
	if err := complete(*o, n, set, now).Or(); err != nil {
		return event.Event{}, err
	}
	o.Stage, o.Signer, o.SignedAt = filing.Signed, &by.Actor, now
	a.Moved = now
	switch o.Outcome {
	case filing.Return:
		return a.sendBackDown(o, by, cl, now), nil
	case filing.Decline:
		e := a.fact(DeclinedByLevel, by, now, cl)
		e.Reason = o.Text
		a.end(NotRecommended, by, o.Text, cl, now)
		return e, nil
	}
	return a.fact(OpinionSigned, by, now, cl, "outcome", o.Outcome), nil
}

// sendBackDown opens the form again. What falls: the opinions from the returning level
// up; those below it stay, bound to the version they read, and the way back is straight
// to the returner (design §3).
func (a *Application) sendBackDown(o *filing.Opinion, by org.Actor, cl string, now time.Time) event.Event {
	a.Returns = append(a.Returns, filing.Correction{Step: o.Step, UnitName: o.UnitName, By: by.Actor, At: now,
		Fields: o.Fields, Reason: o.Text, Due: o.Due})
	a.fall(o.UnitName, now, func(p filing.Opinion) bool { return p.Step >= o.Step || p.Step == 0 })
	a.State, a.Prepared = Draft, nil
	e := a.fact(Returned, by, now, cl, "fields", strings.Join(o.Fields, "、"), "due", o.Due.Format(time.RFC3339))
	e.Reason = o.Text
	return e
}

// OpinionSeal takes in the scan of the level's sealed page.
func (a *Application) OpinionSeal(n *notice.Notice, by org.Actor, code, file string, now time.Time) (event.Event, error) {
	if err := a.May(by, ActOpSeal); err != nil {
		return event.Event{}, err
	}
	o := a.Opinion(a.At)
	if o == nil || o.Stage != filing.Signed {
		return event.Event{}, event.Refuse(event.Conflict, "opinion-unsigned", "")
	}
	if err := seal(o, a, by, code, file, now); err != nil {
		return event.Event{}, err
	}
	return a.fact(OpinionSealed, by, now, n.Form.Clause, "code", o.Seal.Code), nil
}

// Forward passes the application up. At the recommending unit this is the recommendation:
// before the region's deadline, within the quota (the caller takes the place in the same
// transaction). Below it the next level's inner date holds, zero where it set none.
func (a *Application) Forward(c *Call, n *notice.Notice, inner time.Time, by org.Actor, now time.Time) (event.Event, error) {
	if err := a.May(by, ActForward); err != nil {
		return event.Event{}, err
	}
	cl := clause(n, notice.StepRecommend)
	step, o := a.Route.Steps[a.At], a.Opinion(a.At)
	if o == nil || o.Stage != filing.Signed || o.Outcome != filing.Agree {
		return event.Event{}, event.Refuse(event.Conflict, "opinion-unsigned", cl)
	}
	if seals(n, step) && o.Seal == nil {
		return event.Event{}, refuseField("seal-missing", cl, "file")
	}
	deadline := c.Deadline
	if step.Role != org.Recommends && !inner.IsZero() && inner.Before(deadline) {
		deadline = inner
	}
	if !a.inTime(c, deadline, now) {
		return event.Event{}, late(n, deadline)
	}
	a.At++
	a.Moved = now
	v, _ := a.Current()
	kind := PassedUp
	if a.State = Moving; a.Route.Steps[a.At].Role == org.Decides {
		a.State, a.Received, kind = Checking, now, Recommended
	}
	return a.fact(kind, by, now, cl, "to", a.Route.Steps[a.At].Name, "code", v.Code), nil
}

// seals reports whether a unit seals its opinion on the way up: as its box has it, and on
// the annex page, which has no box, as the step has it (章).
func seals(n *notice.Notice, step org.Step) bool {
	if box, ok := n.Form.Box(step.Box); ok {
		return box.Seal != ""
	}
	s, _ := n.Step(notice.StepRecommend)
	return s.Seal != ""
}

// OpinionRecall takes a signed opinion back that has not gone up yet, with a reason: a
// unit with several candidates may choose another one (R97). The opinion falls.
func (a *Application) OpinionRecall(n *notice.Notice, by org.Actor, reason string, now time.Time) (event.Event, error) {
	if err := a.May(by, ActOpRecall); err != nil {
		return event.Event{}, err
	}
	o := a.Opinion(a.At)
	if o == nil || o.Stage != filing.Signed {
		return event.Event{}, event.Refuse(event.Conflict, "opinion-unsigned", "")
	}
	if strings.TrimSpace(reason) == "" {
		return event.Event{}, refuseField("reason-required", "", "reason")
	}
	o.Fallen, a.Moved = &filing.Fallen{At: now, By: o.UnitName}, now
	e := a.fact(OpinionRecalled, by, now, clause(n, notice.StepRecommend))
	e.Reason = reason
	return e, nil
}

// WithdrawRecommendation takes the recommendation back, before the deadline and before
// the review begins, with a reason; the place is free again. An open correction ordered by
// the department ends with it. After the deadline it is refused: the place would stay free
// anyway, because nothing new goes up without the department's leave.
func (a *Application) WithdrawRecommendation(c *Call, n *notice.Notice, by org.Actor, reason string, now time.Time) (event.Event, error) {
	if err := a.May(by, ActUnforward); err != nil {
		return event.Event{}, err
	}
	if strings.TrimSpace(reason) == "" {
		return event.Event{}, refuseField("reason-required", "", "reason")
	}
	if !now.Before(c.Deadline) {
		return event.Event{}, late(n, c.Deadline)
	}
	a.closeSupplement(filing.Ending{Way: filing.EndWithdrawn, Reason: reason, By: &by.Actor, At: now})
	a.At--
	a.State, a.Moved = Moving, now
	a.fall(a.Route.Steps[a.At].Name, now, func(o filing.Opinion) bool { return o.Step == a.At })
	e := a.fact(RecommendationWithdrawn, by, now, clause(n, notice.StepRecommend))
	e.Reason = reason
	return e, nil
}

// A Place is one of a recommender's places in a call; Application is "" while free.
type Place struct {
	N           int
	Application ID
	Number      string // of the application that holds it
	BaseName    string
}

// Take finds the free place that a is given, or refuses and names who holds them (R96).
func Take(n *notice.Notice, recommender string, places []Place) (int, error) {
	var held []string
	for _, p := range places {
		if p.Application == "" {
			return p.N, nil
		}
		held = append(held, p.BaseName)
	}
	return 0, event.Refuse(event.Closed, "quota-full", n.Quota.Clause, "unit", recommender,
		"max", itoa(len(places)), "held", strings.Join(held, "、"))
}
