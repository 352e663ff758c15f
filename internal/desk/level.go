package desk

import (
	"context"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/filing"
)

// Opine keeps a level's draft opinion; ready hands it to the person in charge.
func (d *Desk) Opine(ctx context.Context, r Request, id application.ID, draft application.OpinionDraft, ready bool) error {
	return d.on(ctx, r, id, application.ActOpine, []any{draft, ready}, func(t *turn, k dossier) (event.Event, error) {
		return k.Opine(t.tx.NewID(), k.n, k.call.Settings, draft, ready, t.by, t.now)
	})
}

// SendOpinionBack is the level's person in charge not signing.
func (d *Desk) SendOpinionBack(ctx context.Context, r Request, id application.ID, reason string) error {
	return d.on(ctx, r, id, application.ActOpSendBack, reason, func(t *turn, k dossier) (event.Event, error) {
		return k.OpinionSendBack(t.by, reason, t.now)
	})
}

// SignOpinion is the signature of the level's person in charge on the version whose hash
// the signer had open.
func (d *Desk) SignOpinion(ctx context.Context, r Request, id application.ID, hash string) error {
	return d.on(ctx, r, id, application.ActOpSign, hash, func(t *turn, k dossier) (event.Event, error) {
		return k.OpinionSign(k.n, k.call.Settings, hash, t.by, t.now)
	})
}

// SealOpinion takes in the scan of the level's sealed page.
func (d *Desk) SealOpinion(ctx context.Context, r Request, id application.ID, code, file string) error {
	return d.on(ctx, r, id, application.ActOpSeal, []string{code, file}, func(t *turn, k dossier) (event.Event, error) {
		if err := t.own(k, file, filing.ForSeal); err != nil {
			return event.Event{}, err
		}
		return k.OpinionSeal(k.n, t.by, code, file, t.now)
	})
}

// Forward passes an application up.
func (d *Desk) Forward(ctx context.Context, r Request, id application.ID) error {
	return d.on(ctx, r, id, application.ActForward, nil, func(t *turn, k dossier) (event.Event, error) {
		next, _, err := t.tx.Forwarding(t.ctx, k.Call, k.Next())
		if err != nil {
			return event.Event{}, err
		}
		e, err := k.Forward(k.call, k.n, next.Inner, t.by, t.now)
		if err != nil {
			return e, err
		}
		no, err := t.receipt(k)
		e.Detail["receipt"] = no
		return e, err
	})
}

// WithdrawRecommendation takes a recommendation back.
func (d *Desk) WithdrawRecommendation(ctx context.Context, r Request, id application.ID, reason string) error {
	return d.on(ctx, r, id, application.ActUnforward, reason, func(t *turn, k dossier) (event.Event, error) {
		return k.WithdrawRecommendation(k.call, k.n, t.by, reason, t.now)
	})
}
