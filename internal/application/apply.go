package application

import (
	"slices"
	"strings"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

// Begin starts an application of unit u in call c. proxy is true when an HR bureau files
// for a non-public unit (R39). has is whether the unit already carries a base: pointed
// out, not refused.
func Begin(id ID, c *Call, n *notice.Notice, u org.Unit, by org.Actor, proxy bool, now time.Time) (*Application, event.Event, error) {
	cl := clause(n, notice.StepFill)
	switch {
	case c.State != CallOpen:
		return nil, event.Event{}, event.Refuse(event.Closed, "call-not-open", "")
	case u.State != org.Active:
		return nil, event.Event{}, event.Refuse(event.Forbidden, "unit-not-active", "", "unit", u.Name)
	case !u.MayApply():
		return nil, event.Event{}, event.Refuse(event.Forbidden, "unit-cannot-apply", cl, "unit", u.Name)
	case !c.Accepts(u.ID, now):
		return nil, event.Event{}, late(n, c.Deadline)
	case !by.Is(org.Clerk):
		return nil, event.Event{}, event.Refuse(event.Forbidden, "wrong-role", cl, "role", string(org.Clerk))
	}
	a := &Application{ID: id, Call: c.ID, Notice: c.Notice, Unit: u.ID, UnitName: u.Name, CreditCode: u.CreditCode,
		Division: u.Division, State: Draft, Moved: now}
	switch {
	case !proxy && !by.In(u.ID):
		return nil, event.Event{}, event.Refuse(event.Forbidden, "not-your-unit", cl)
	case proxy && u.Ownership != org.NonPublic:
		return nil, event.Event{}, event.Refuse(event.Forbidden, "proxy-public", n.Hierarchy.Clause, "unit", u.Name)
	case proxy:
		a.Proxy = &Proxy{Unit: org.UnitID(by.Unit), UnitName: by.UnitName, By: by.Actor}
	}
	return a, a.fact(Begun, by, now, cl), nil
}

// FilesFor refuses an HR bureau that would file for a unit whose own people can: accounts
// are the posts held in it. The bureau stands in only for those without (R39).
func FilesFor(n *notice.Notice, u org.Unit, accounts int) error {
	if accounts > 0 {
		return event.Refuse(event.Forbidden, "proxy-has-accounts", n.Hierarchy.Clause, "unit", u.Name)
	}
	return nil
}

// MayEdit reports why by can't change field now, or nil. While a correction is open only
// the fields it names can be changed (D3).
func (a *Application) MayEdit(by org.Actor, field string) error {
	if err := a.May(by, ActFill); err != nil {
		return err
	}
	if c := a.Open(); c != nil && !c.Opens(field) {
		return refuseField("field-locked", "", field, "unit", c.UnitName)
	}
	return nil
}

// Edited notes who wrote, and for whom: nobody signs what they wrote themselves, nor what
// was written by their delegate (R129).
func (a *Application) Edited(by org.Actor) {
	a.Editors = addOnce(addOnce(a.Editors, by.Person), by.For)
}

// wrote reports whether by is among the writers, or acts for one of them.
func wrote(writers []string, by event.Actor) bool {
	return slices.Contains(writers, by.Person) || (by.For != "" && slices.Contains(writers, by.For))
}

// Prepare hands the draft to the person in charge. Everything binding is checked here;
// the warnings were shown and do not stop it (R34). The applicant's own opinion, box 1
// of the form, goes with it.
func (a *Application) Prepare(n *notice.Notice, content filing.Content, by org.Actor, now time.Time) (event.Event, error) {
	if err := a.May(by, ActPrepare); err != nil {
		return event.Event{}, err
	}
	bad := filing.Check(n, content)
	if a.Proxy != nil && a.Proxy.Paper == "" {
		bad = append(bad, refuseField("proxy-paper", n.Hierarchy.Clause, "paper"))
	}
	if err := bad.Or(); err != nil {
		return event.Event{}, err
	}
	a.Edited(by)
	a.Prepared, a.SentBack, a.State, a.Moved = &by.Actor, "", AwaitSignature, now
	a.BaseName = content.Answers.Get(filing.FieldBase)
	a.HostKind = content.Answers.Get(filing.FieldHostKind)
	if d := content.Answers.Get(filing.FieldDivision); d != "" {
		a.Division = d
	}
	return a.fact(Prepared, by, now, clause(n, notice.StepFill)), nil
}

// Recall takes it back from the person in charge, before the signature or between the
// signature and the handing in. A signed version stays, and the opinion on it falls.
func (a *Application) Recall(by org.Actor, now time.Time) (event.Event, error) {
	if err := a.May(by, ActRecall); err != nil {
		return event.Event{}, err
	}
	if a.State == SignedOff {
		a.fall(a.UnitName, now, func(o filing.Opinion) bool { return o.Step == 0 })
	}
	a.State, a.Prepared, a.Moved = Draft, nil, now
	return a.fact(Recalled, by, now, ""), nil
}

// SendBack is the person in charge not signing, with the reason for the clerk.
func (a *Application) SendBack(by org.Actor, reason string, now time.Time) (event.Event, error) {
	if err := a.May(by, ActSendBack); err != nil {
		return event.Event{}, err
	}
	if strings.TrimSpace(reason) == "" {
		return event.Event{}, refuseField("reason-required", "", "reason")
	}
	a.State, a.Prepared, a.SentBack, a.Moved = Draft, nil, reason, now
	e := a.fact(SignatureRefused, by, now, "")
	e.Reason = reason
	return e, nil
}

// Sign freezes the content as the next version (R126, R129, R131). The signer must not
// have written any of it, nor act for someone who has.
func (a *Application) Sign(n *notice.Notice, content filing.Content, by org.Actor, now time.Time) (event.Event, error) {
	cl := clause(n, notice.StepFill)
	if err := a.May(by, ActSign); err != nil {
		return event.Event{}, err
	}
	if wrote(a.Editors, by.Actor) || (a.Prepared != nil && org.SamePerson(by.Actor, *a.Prepared)) {
		return event.Event{}, event.Refuse(event.Forbidden, "two-persons", cl)
	}
	if err := filing.Check(n, content).Or(); err != nil {
		return event.Event{}, err
	}
	if a.Proxy != nil && a.Proxy.Paper == "" {
		return event.Event{}, refuseField("proxy-paper", n.Hierarchy.Clause, "paper")
	}
	content.Case, content.N, content.Notice, content.Form = string(a.ID), len(a.Versions)+1, a.Notice, n.Form.Title
	content.Unit, content.UnitName, content.CreditCode = string(a.Unit), a.UnitName, a.CreditCode
	v := filing.Freeze(content, by.Actor, now)
	a.Versions = append(a.Versions, v)
	a.Opinions = append(a.Opinions, filing.Opinion{Step: 0, Unit: a.Unit, UnitName: a.UnitName, Box: 1, Version: v.N,
		Hash: v.Hash, Outcome: filing.Agree, Text: content.Opinion, Stage: filing.Signed, Drafted: a.Prepared,
		Signer: &by.Actor, SignedAt: now})
	a.State, a.Moved = SignedOff, now
	return a.fact(Signed, by, now, cl, "code", v.Code, "hash", v.Hash), nil
}

// Seal takes in the scan of the sealed page: the code typed off the paper must be the
// current version's (R130, W05).
func (a *Application) Seal(n *notice.Notice, by org.Actor, code, file string, now time.Time) (event.Event, error) {
	if err := a.May(by, ActSeal); err != nil {
		return event.Event{}, err
	}
	o := a.Opinion(0)
	if err := seal(o, a, by, code, file, now); err != nil {
		return event.Event{}, err
	}
	a.Moved = now
	return a.fact(Sealed, by, now, n.Form.Clause, "code", o.Seal.Code), nil
}

// seal binds a scan to the version that the opinion was signed on.
func seal(o *filing.Opinion, a *Application, by org.Actor, code, file string, now time.Time) error {
	if o == nil {
		return event.Refuse(event.Closed, "nothing-signed", "")
	}
	i := slices.IndexFunc(a.Versions, func(v filing.Version) bool { return v.N == o.Version })
	if i < 0 {
		return event.Refuse(event.Closed, "nothing-signed", "")
	}
	v := a.Versions[i]
	if file == "" {
		return refuseField("seal-file", "附件", "file")
	}
	if err := sameCode(a, v, code); err != nil {
		return err
	}
	o.Seal = &filing.Seal{File: file, Code: v.Code, By: by.Actor, At: now}
	return nil
}

// Submit hands the application to the unit above, or back to the unit that returned it
// (W06). inner is the receiving level's own date, zero where it set none. From here on
// the version is what everybody sees; only a return opens the form again.
//
// A direct unit's submission is its recommendation at once (R5): box 2 is filled by
// rule, the caller takes its place in the quota and passes the region's deadline.
func (a *Application) Submit(c *Call, n *notice.Notice, route org.Route, inner time.Time, by org.Actor, now time.Time) (event.Event, error) {
	if err := a.May(by, ActSubmit); err != nil {
		return event.Event{}, err
	}
	v, _ := a.Latest()
	own := a.Opinion(0)
	if v.N == 0 || own == nil || own.Hash != v.Hash {
		return event.Event{}, event.Refuse(event.Conflict, "nothing-signed", "")
	}
	if box, ok := n.Form.Box(1); ok && box.Seal != "" && own.Seal == nil {
		return event.Event{}, refuseField("seal-missing", box.Clause, "file")
	}
	if back := a.Open(); back != nil {
		return a.resubmit(back, n, by, now)
	}
	if c.State != CallOpen {
		return event.Event{}, event.Refuse(event.Closed, "call-not-open", "")
	}
	deadline := c.Deadline
	if !inner.IsZero() && inner.Before(deadline) {
		deadline = inner
	}
	if !a.inTime(c, deadline, now) {
		return event.Event{}, late(n, deadline)
	}
	a.Route, a.At, a.Editors, a.Handed = route, 1, nil, v.N
	if a.Submitted.IsZero() {
		a.Submitted = now
	}
	a.State, a.Moved = Moving, now
	cl := clause(n, notice.StepFill)
	if route.Self() {
		a.State, a.Received = Checking, now
		a.recommendSelf(v, now)
	}
	return a.fact(Submitted, by, now, cl, "to", route.Steps[1].Name, "code", v.Code, "line", string(route.Line)), nil
}

// SelfOpinion is what box 2 says when a direct unit recommends itself (R5, T25).
const SelfOpinion = "本单位系自治区直属企事业单位，既是申报单位又是推荐单位，按通知规定直接报送（自荐）。"

// recommendSelf fills box 2 by rule with the applicant's own signature and seal.
func (a *Application) recommendSelf(v filing.Version, now time.Time) {
	o := filing.Opinion{Step: 0, Unit: a.Unit, UnitName: a.UnitName, Box: 2, Version: v.N, Hash: v.Hash, Outcome: filing.Agree,
		Text: SelfOpinion, Stage: filing.Signed, SignedAt: now, Rule: true}
	if own := a.Opinion(0); own != nil {
		o.Signer, o.Seal = own.Signer, own.Seal
	}
	a.Opinions = append(a.Opinions, o)
}

// fall makes the standing opinions that which picks count no longer; they stay visible.
func (a *Application) fall(by string, now time.Time, which func(filing.Opinion) bool) {
	for i := range a.Opinions {
		if o := &a.Opinions[i]; o.Fallen == nil && which(*o) {
			o.Fallen = &filing.Fallen{At: now, By: by}
		}
	}
}

func (a *Application) resubmit(back *filing.Correction, n *notice.Notice, by org.Actor, now time.Time) (event.Event, error) {
	if leave := a.Late != nil && now.Before(a.Late.Until); !back.Due.IsZero() && !now.Before(back.Due) && !leave {
		return event.Event{}, event.Refuse(event.Closed, "correction-late", clause(n, notice.StepRecommend),
			"due", back.Due.Format(time.RFC3339), "unit", back.UnitName)
	}
	back.Answered = now
	a.At, a.Editors, a.Moved = back.Step, nil, now
	a.State = Moving
	if a.Route.Steps[a.At].Role == org.Decides {
		a.State = Checking
	}
	v, _ := a.Latest()
	a.Handed = v.N
	if a.Route.Self() {
		a.recommendSelf(v, now)
	}
	return a.fact(Resubmitted, by, now, clause(n, notice.StepFill), "to", back.UnitName, "code", v.Code), nil
}

// inTime: before the deadline, or within the department's leave to be late, given to this
// application or to its unit (R99).
func (a *Application) inTime(c *Call, deadline, now time.Time) bool {
	return now.Before(deadline) || (a.Late != nil && now.Before(a.Late.Until)) || c.hasLeave(a.Unit, now)
}

func late(n *notice.Notice, deadline time.Time) *event.Refusal {
	return event.Refuse(event.Closed, "late", n.Delivery.Clause, "deadline", deadline.Format(time.RFC3339))
}

// Withdraw ends the application at the applicant's own wish, until the determination.
// Its versions stay; its place in the quota is freed by the caller, once.
func (a *Application) Withdraw(by org.Actor, reason string, now time.Time) (event.Event, error) {
	if err := a.May(by, ActWithdraw); err != nil {
		return event.Event{}, err
	}
	if strings.TrimSpace(reason) == "" {
		return event.Event{}, refuseField("reason-required", "", "reason")
	}
	was := a.State
	a.end(Withdrawn, by, reason, "", now)
	e := a.fact(WithdrawnByUnit, by, now, "", "state", string(was))
	e.Reason = reason
	return e, nil
}

func (a *Application) end(s State, by org.Actor, reason, clause string, now time.Time) {
	a.State, a.Moved = s, now
	a.End = &End{By: by.Actor, At: now, Reason: reason, Clause: clause}
}
