package filing

import (
	"strconv"
	"time"

	"shenbao/internal/event"
)

// Releasable reports why a proposed list can't be made known yet, or nil: every proposed
// application must have stood on a public notice that ran its full time, and every
// objection must be dealt with. base is the name of an application, for the sentence.
func Releasable(notices []PublicNotice, objections []Objection, proposed []string, base func(string) string, now time.Time) error {
	for _, app := range proposed {
		over, running := false, time.Time{}
		for _, p := range notices {
			if p.Lists(app) && p.Over(now) {
				over = true
			} else if p.Lists(app) && p.Open(now) {
				running = p.Period.Until
			}
		}
		switch {
		case over:
		case !running.IsZero():
			return event.Refuse(event.Closed, "public-notice-running", "", "base", base(app), "until", running.Format(time.RFC3339))
		default:
			return event.Refuse(event.Closed, "public-notice-missing", "", "base", base(app))
		}
	}
	open := 0
	for _, o := range objections {
		if !o.Done() {
			open++
		}
	}
	if open > 0 {
		return event.Refuse(event.Closed, "objections-open", "", "n", strconv.Itoa(open))
	}
	return nil
}
