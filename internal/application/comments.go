package application

import (
	"slices"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

// MayReadComments says why by can't read what of the panel's words goes back to the
// applicant: it is the applicant's once the result is released.
func (a *Application) MayReadComments(by org.Actor) error {
	switch {
	case by.Is(org.Staff, org.Approver):
		return nil
	case !a.from(by, Applicant):
		return event.Refuse(event.Forbidden, "not-your-unit", "")
	case a.State != Recognised && a.State != NotRecognised:
		return event.Refuse(event.Closed, "comments-later", "")
	}
	return nil
}

// SetComments sets in which form the panel's comments go back after the release.
func (c *Call) SetComments(n *notice.Notice, how, reason string, by org.Actor, now time.Time) (event.Event, error) {
	cl := clause(n, notice.StepReview)
	if !by.Is(org.Staff, org.Approver) {
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", cl, "role", string(org.Staff))
	}
	if !slices.Contains(notice.CommentsBack, how) {
		return event.Event{}, refuseField("outcome-required", cl, "how")
	}
	if err := exception(by, reason, now); err != nil {
		return event.Event{}, err
	}
	old := c.Settings.CommentsBack
	c.Settings.CommentsBack = how
	c.Changes = append(c.Changes, Change{"comments_back", old, how, reason, by.Actor, now})
	e := c.fact(SettingChanged, by, now, cl, "setting", "comments_back")
	e.Before, e.After, e.Reason = map[string]string{"comments_back": old}, map[string]string{"comments_back": how}, reason
	return e, nil
}
