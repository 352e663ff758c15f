package application_test

import (
	"testing"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/org"
)

func TestShowsFile(t *testing.T) {
	at := func(r org.Role, unit string) org.Actor {
		return org.Actor{Actor: event.Actor{Person: "p", Role: string(r), Unit: unit}}
	}
	a := &application.Application{Unit: "host", Opinions: []filing.Opinion{{Seal: &filing.Seal{File: "sealed"}}}}
	clerk, level, staff, intake := at(org.Clerk, "host"), at(org.Clerk, "bureau"), at(org.Staff, "region"), at(org.Intake, "centre")
	for _, c := range []struct {
		name        string
		by          org.Actor
		f           filing.Evidence
		handed      bool
		known, open bool
	}{
		{"one's own draft", clerk, filing.Evidence{Purpose: filing.ForEvidence}, false, true, true},
		{"a draft to the level", level, filing.Evidence{Purpose: filing.ForEvidence}, false, false, false},
		{"handed in, to the level", level, filing.Evidence{Purpose: filing.ForEvidence}, true, true, true},
		{"proof of the payee, to the level", level, filing.Evidence{Purpose: filing.ForBank}, true, true, false},
		{"proof of the payee, to the staff", staff, filing.Evidence{Purpose: filing.ForBank}, true, true, true},
		{"proof of the payee, to the intake", intake, filing.Evidence{Purpose: filing.ForBank}, true, true, false},
		{"the scan that was taken in", level, filing.Evidence{ID: "sealed", Purpose: filing.ForSeal}, false, true, true},
		{"a scan not taken in", level, filing.Evidence{ID: "other", Purpose: filing.ForSeal, Unit: "host"}, false, false, false},
		{"a level's own scan", level, filing.Evidence{ID: "other", Purpose: filing.ForSeal, Unit: "bureau"}, false, true, true},
	} {
		if known, open := a.ShowsFile(c.by, c.f, c.handed); known != c.known || open != c.open {
			t.Errorf("%s: known %v open %v", c.name, known, open)
		}
	}
}
