package application

import (
	"slices"
	"strings"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

// Facts of the applicant's request for recusal. They say nothing of the experts.
const (
	RecusalAsked    event.Kind = "application.recusal-asked"
	RecusalAnswered event.Kind = "application.recusal-answered"
)

// AskRecusal is the applicant's request, once for each application, that persons or units
// have no part in its review (申请回避). had says that there was one already.
func (a *Application) AskRecusal(n *notice.Notice, p review.Plea, had bool, by org.Actor, now time.Time) (review.Plea, event.Event, error) {
	if err := a.May(by, ActAskRecusal); err != nil {
		return p, event.Event{}, err
	}
	if had {
		return p, event.Event{}, RecusalTwice(n)
	}
	if err := p.Check(); err != nil {
		return p, event.Event{}, err
	}
	p.Application, p.Call, p.By, p.At = string(a.ID), a.Call, by.Actor, now
	e := a.fact(RecusalAsked, by, now, clause(n, notice.StepReview), "count", itoa(len(p.Targets)))
	e.Reason = p.Reason
	return p, e, nil
}

// RecusalTwice is the refusal of a second request of one application.
func RecusalTwice(n *notice.Notice) error {
	return event.Refuse(event.Conflict, "plea-twice", clause(n, notice.StepReview))
}

// AnswerRecusal is the department's decision on the request: which of its targets are
// granted, and why or why not.
func (a *Application) AnswerRecusal(n *notice.Notice, p *review.Plea, granted []int, reason string, by org.Actor, now time.Time) (event.Event, error) {
	if err := a.May(by, ActRecusal); err != nil {
		return event.Event{}, err
	}
	if !p.Decided.IsZero() {
		return event.Event{}, event.Refuse(event.Conflict, "plea-answered", clause(n, notice.StepReview))
	}
	if strings.TrimSpace(reason) == "" {
		return event.Event{}, refuseField("reason-required", clause(n, notice.StepReview), "answer")
	}
	for i := range p.Targets {
		p.Targets[i].Granted = slices.Contains(granted, i)
	}
	p.Decided, p.DecidedBy, p.Answer = now, &by.Actor, reason
	e := a.fact(RecusalAnswered, by, now, clause(n, notice.StepReview), "granted", itoa(p.Granted()), "count", itoa(len(p.Targets)))
	e.Reason = reason
	return e, nil
}

// SetRecusal sets what the notice leaves open of recusal, with a reason: whether experts
// of the same league or county are out, and for how many years a former employer and work
// done together count.
func (c *Call) SetRecusal(n *notice.Notice, place string, former, coWork int, reason string, by org.Actor, now time.Time) (event.Event, error) {
	cl := clause(n, notice.StepReview)
	if !by.Is(org.Staff, org.Approver) {
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", cl, "role", string(org.Staff))
	}
	var bad event.Refusals
	if !slices.Contains([]string{review.PlaceOff, review.PlaceLeague, review.PlaceCounty}, place) {
		bad = append(bad, refuseField("outcome-required", cl, "place"))
	}
	for field, years := range map[string]int{"former": former, "co-work": coWork} {
		if years < 0 || years > 20 {
			bad = append(bad, refuseField("number-range", cl, field, "min", "0", "max", "20"))
		}
	}
	if err := bad.Or(); err != nil {
		return event.Event{}, err
	}
	if err := exception(by, reason, now); err != nil {
		return event.Event{}, err
	}
	e := c.fact(SettingChanged, by, now, cl, "setting", "recusal_place")
	e.Before, e.After, e.Reason = map[string]string{}, map[string]string{}, reason
	s := &c.Settings
	for _, x := range []struct{ name, old, new string }{{"recusal_place", s.RecusalPlace, place},
		{"recusal_former_years", itoa(s.RecusalFormerYears), itoa(former)}, {"recusal_co_work_years", itoa(s.RecusalCoWorkYears), itoa(coWork)}} {
		if x.old != x.new {
			e.Before[x.name], e.After[x.name] = x.old, x.new
			c.Changes = append(c.Changes, Change{x.name, x.old, x.new, reason, by.Actor, now})
		}
	}
	if len(e.After) == 0 {
		return event.Event{}, event.Refuse(event.Invalid, "nothing-changed", cl)
	}
	s.RecusalPlace, s.RecusalFormerYears, s.RecusalCoWorkYears = place, former, coWork
	return e, nil
}

// The parts of a field's name by which the form names people, and where they work.
const (
	namesPerson = "联系人"
	columnName  = "姓名"
	columnUnit  = "单位"
)

// PeopleIn are the people whose names stand in a form: contacts, and whoever a list names.
func PeopleIn(n *notice.Notice, a filing.Answers) (out []review.NamedPerson) {
	for _, f := range n.Form.Fields() {
		switch {
		case f.Kind == notice.Text && strings.Contains(f.Name, namesPerson):
			if v := strings.TrimSpace(a.Get(f.Name)); v != "" {
				out = append(out, review.NamedPerson{Name: v, As: f.Name})
			}
		case f.Kind == notice.List && slices.ContainsFunc(f.Columns, func(c notice.Field) bool { return c.Name == columnName }):
			for _, r := range filing.Rows(a.Get(f.Name)) {
				p := review.NamedPerson{Name: strings.TrimSpace(r[columnName]), As: f.Name}
				for col, v := range r {
					if strings.HasSuffix(col, columnUnit) {
						p.Unit = v
					}
				}
				if p.Name != "" {
					out = append(out, p)
				}
			}
		}
	}
	return out
}

// ReviewCase is what the conflict engine compares experts with; units, levels and ties are
// the caller's, who knows the register and the records.
func (a *Application) ReviewCase(n *notice.Notice, c filing.Content) review.Case {
	x := review.Case{Application: string(a.ID), Number: a.Number, Division: a.Division, People: PeopleIn(n, c.Answers)}
	for _, o := range a.Opinions {
		for _, p := range []*event.Actor{o.Drafted, o.Signer} {
			if p != nil && o.Stands() {
				x.Signers = append(x.Signers, org.PersonID(p.Person))
			}
		}
	}
	return x
}
