package application

import (
	"strings"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

// MayFile reports why by can't add or take off a file of this purpose and topic now, or
// nil. Evidence goes with the field it belongs to; the scan of a sealed page comes from
// whoever holds the signed version, the applicant or a level.
func (a *Application) MayFile(by org.Actor, e filing.Evidence) error {
	switch e.Purpose {
	case filing.ForSeal:
		if a.State == Moving {
			return a.May(by, ActOpSeal)
		}
		return a.May(by, ActSeal)
	case filing.ForVisit:
		return a.mayShowVisit(by, e.Topic)
	case filing.ForProxy:
		if a.Proxy == nil {
			return refuseField("purpose", "", "purpose")
		}
	case filing.ForEvidence, filing.ForBank:
	default:
		return refuseField("purpose", "", "purpose")
	}
	if err := a.May(by, ActFile); err != nil {
		return err
	}
	if c := a.Open(); c != nil && !c.Takes(e) {
		return refuseField("field-locked", "", e.Field(), "unit", c.UnitName)
	}
	return nil
}

// AddFile puts a stored file on the case. Whoever adds evidence has written, and does not
// sign; a unit's signed paper completes a filing by its bureau (R39).
func (a *Application) AddFile(n *notice.Notice, e filing.Evidence, by org.Actor, now time.Time) (event.Event, error) {
	if err := a.MayFile(by, e); err != nil {
		return event.Event{}, err
	}
	if _, ok := n.Condition(e.Topic); e.Purpose == filing.ForEvidence && !ok {
		return event.Event{}, refuseField("topic", n.Form.Clause, "topic")
	}
	if e.Purpose != filing.ForSeal && e.Purpose != filing.ForVisit {
		a.Edited(by)
	}
	if e.Purpose == filing.ForProxy {
		a.Proxy.Paper = e.ID
	}
	return a.fact(FileAdded, by, now, n.Form.Clause, "file", e.ID, "name", e.Name, "purpose", e.Purpose, "topic", e.Topic), nil
}

// RemoveFile takes a file off the draft. Versions that had it keep it; the scan of a page
// that was sealed can't be taken off.
func (a *Application) RemoveFile(n *notice.Notice, e filing.Evidence, by org.Actor, now time.Time) (event.Event, error) {
	if err := a.MayFile(by, e); err != nil {
		return event.Event{}, err
	}
	if c := a.Open(); c != nil && !c.Frees(e) {
		return event.Event{}, refuseField("field-locked", "", e.Field(), "unit", c.UnitName)
	}
	for _, o := range a.Opinions {
		if o.Seal != nil && o.Seal.File == e.ID {
			return event.Event{}, event.Refuse(event.Closed, "file-in-use", "", "name", e.Name)
		}
	}
	if e.Purpose != filing.ForSeal && e.Purpose != filing.ForVisit {
		a.Edited(by)
	}
	if a.Proxy != nil && a.Proxy.Paper == e.ID {
		a.Proxy.Paper = ""
	}
	return a.fact(FileRemoved, by, now, n.Form.Clause, "file", e.ID, "name", e.Name, "purpose", e.Purpose, "topic", e.Topic), nil
}

// Quarantine locks a file that may hold a state secret, at once and in any state. The
// caller stops every download of it; the fact does not repeat its name.
func (a *Application) Quarantine(e filing.Evidence, reason string, by org.Actor, now time.Time) (event.Event, error) {
	if err := a.May(by, ActQuarantine); err != nil {
		return event.Event{}, err
	}
	if strings.TrimSpace(reason) == "" {
		return event.Event{}, refuseField("reason-required", "", "reason")
	}
	if !e.Quarantined.IsZero() {
		return event.Event{}, event.Refuse(event.Conflict, "already-quarantined", "")
	}
	f := a.fact(FileQuarantined, by, now, "", "file", e.ID)
	f.Reason = reason
	return f, nil
}

// Reveal is the fact that somebody in finance read the account number in full: with a
// fresh sign-in, for a reason (R124).
func (a *Application) Reveal(n *notice.Notice, reason string, by org.Actor, now time.Time) (event.Event, error) {
	if err := a.May(by, ActReveal); err != nil {
		return event.Event{}, err
	}
	if err := exception(by, reason, now); err != nil {
		return event.Event{}, err
	}
	e := a.fact(AccountRevealed, by, now, n.Form.Clause)
	e.Reason = reason
	return e, nil
}

// StartFrom notes the earlier application whose answers a draft takes over: the same
// unit's, ended without a title. The answers are filing.Answers.Copy; the conditions are
// answered anew, and nobody else's text is taken.
func (a *Application) StartFrom(old *Application) error {
	if old.Unit != a.Unit || old.ID == a.ID {
		return event.Refuse(event.NotFound, "not-found", "")
	}
	if !old.State.Final() || a.State != Draft || len(a.Versions) > 0 {
		return event.Refuse(event.Closed, "wrong-state", "", "state", string(old.State))
	}
	a.From = old.ID
	return nil
}

// MoveToRevision puts an open application under the call's current revision and says what
// that changes. What the applicant had prepared or signed and not handed in was checked
// under the old rules and is a draft again; what is above it stays where it is, and a
// return asks for whatever the new form wants more. Versions keep the revision they were
// signed under.
func (a *Application) MoveToRevision(old, new *notice.Notice, reason string, by org.Actor, now time.Time) ([]filing.Difference, event.Event, error) {
	if err := a.May(by, ActMove); err != nil {
		return nil, event.Event{}, err
	}
	if strings.TrimSpace(reason) == "" {
		return nil, event.Event{}, refuseField("reason-required", "", "reason")
	}
	if old.SHA256 != a.Notice || new.SHA256 == a.Notice {
		return nil, event.Event{}, event.Refuse(event.Conflict, "revision-same", "")
	}
	diff := filing.Differences(old, new)
	if a.State == AwaitSignature || a.State == SignedOff {
		if a.State == SignedOff {
			a.fall(by.UnitName, now, func(o filing.Opinion) bool { return o.Step == 0 })
		}
		a.State, a.Prepared = Draft, nil
	}
	a.Notice, a.Moved = new.SHA256, now
	var what []string
	for _, d := range diff {
		what = append(what, d.Kind+" "+d.Field)
	}
	e := a.fact(MovedToRevision, by, now, "", "differences", strings.Join(what, "、"))
	e.Before, e.After = map[string]string{"notice": old.SHA256}, map[string]string{"notice": new.SHA256}
	e.Reason = reason
	return diff, e, nil
}
