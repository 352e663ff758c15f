package application

import (
	"strconv"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

// PanelRules are what the department sets of draws and fees: the notice says nothing of
// them (T6).
type PanelRules struct {
	Draws          int   // of one group at most
	FeeApplication int64 // fen for each scored application
	FeeMeeting     int64 // fen for each attended meeting
}

// SetPanelRules sets them with a reason.
func (c *Call) SetPanelRules(n *notice.Notice, r PanelRules, reason string, by org.Actor, now time.Time) (event.Event, error) {
	cl := clause(n, notice.StepReview)
	if !by.Is(org.Staff, org.Approver) {
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", cl, "role", string(org.Staff))
	}
	var bad event.Refusals
	if r.Draws < 1 || r.Draws > 10 {
		bad = append(bad, refuseField("number-range", cl, "draws", "min", "1", "max", "10"))
	}
	for field, fen := range map[string]int64{"fee_application": r.FeeApplication, "fee_meeting": r.FeeMeeting} {
		if fen < 0 || fen > 100_000_00 {
			bad = append(bad, refuseField("number-range", cl, field, "min", "0", "max", "100000"))
		}
	}
	if err := bad.Or(); err != nil {
		return event.Event{}, err
	}
	if err := exception(by, reason, now); err != nil {
		return event.Event{}, err
	}
	e := c.fact(SettingChanged, by, now, cl, "setting", "draws_max")
	e.Before, e.After, e.Reason = map[string]string{}, map[string]string{}, reason
	set := func(name string, old, new int64) {
		if old == new {
			return
		}
		e.Detail["setting"] = name
		e.Before[name], e.After[name] = strconv.FormatInt(old, 10), strconv.FormatInt(new, 10)
		c.Changes = append(c.Changes, Change{name, e.Before[name], e.After[name], reason, by.Actor, now})
	}
	s := &c.Settings
	set("fee_application_fen", s.FeeApplicationFen, r.FeeApplication)
	set("fee_meeting_fen", s.FeeMeetingFen, r.FeeMeeting)
	set("draws_max", int64(s.DrawsMax), int64(r.Draws))
	if len(e.After) == 0 {
		return event.Event{}, event.Refuse(event.Conflict, "nothing-changed", "")
	}
	s.DrawsMax, s.FeeApplicationFen, s.FeeMeetingFen = r.Draws, r.FeeApplication, r.FeeMeeting
	return e, nil
}
