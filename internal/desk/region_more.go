package desk

import (
	"context"
	"maps"
	"slices"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/store"
)

// Quarantine locks a file that may hold a state secret, at once (domain §3.8).
func (d *Desk) Quarantine(ctx context.Context, r Request, id application.ID, file, reason string) error {
	return d.on(ctx, r, id, application.ActQuarantine, []any{id, file, reason}, func(t *turn, k dossier) (event.Event, error) {
		es, err := t.tx.Evidence(t.ctx, id)
		if err != nil {
			return event.Event{}, err
		}
		i := slices.IndexFunc(es, func(f filing.Evidence) bool { return f.ID == file })
		if i < 0 {
			return event.Event{}, store.ErrNotFound
		}
		e, err := k.Quarantine(es[i], reason, t.by, t.now)
		if err != nil {
			return e, err
		}
		return e, t.tx.Quarantine(t.ctx, id, file)
	})
}

// blacked stands where the name of a locked file was: the name may be the secret.
const blacked = "■■■"

// locked are the ids of the case's locked files.
func (t *turn) locked(id application.ID) (map[string]bool, error) {
	es, err := t.tx.Evidence(t.ctx, id)
	out := map[string]bool{}
	for _, e := range es {
		if !e.Quarantined.IsZero() {
			out[e.ID] = true
		}
	}
	return out, err
}

// hush blacks the names of locked files out in what a page tells of a case.
func (t *turn) hush(id application.ID, facts []event.Event) error {
	locked, err := t.locked(id)
	for i, e := range facts {
		if locked[e.Detail["file"]] && e.Detail["name"] != "" {
			facts[i].Detail = maps.Clone(e.Detail)
			facts[i].Detail["name"] = blacked
		}
	}
	return err
}

// A Payee is where the start-up money of a base is paid, in full.
type Payee struct {
	Office
	Number   string
	BaseName string
	UnitName string
	Bank     filing.Answers
}

// RevealAccount shows the account number in full to finance; each time is recorded (R124).
func (d *Desk) RevealAccount(ctx context.Context, r Request, id application.ID, reason string) (p Payee, err error) {
	r.Key = "" // every look is one, and is recorded; what was shown is kept nowhere to be answered again
	err = d.on(ctx, r, id, application.ActReveal, []any{id, reason}, func(t *turn, k dossier) (event.Event, error) {
		e, err := k.Reveal(k.n, reason, t.by, t.now)
		if err != nil {
			return e, err
		}
		v, _ := k.Current()
		c, err := t.tx.Frozen(t.ctx, id, v.N)
		if err != nil {
			return e, err
		}
		p = Payee{Number: k.Number, BaseName: k.BaseName, UnitName: k.UnitName, Bank: c.Answers}
		p.Office.Call = k.call
		p.Published, err = t.published(k.Application.Notice)
		return e, err
	})
	return p, err
}
