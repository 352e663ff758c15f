package auth

import (
	"context"
	"strconv"
	"time"

	"golang.org/x/time/rate"

	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/internal/store"
)

// SessionsEnded is the fact that a person ended their sign-ins elsewhere.
const SessionsEnded event.Kind = "session.others-ended"

// A SignIn is one of a person's sessions as they see it.
type SignIn struct {
	Addr     string
	SignedIn time.Time
	Seen     time.Time
	This     bool // the one that asks
}

// Sessions are a person's own, the last used first.
func (a *Auth) Sessions(ctx context.Context, now time.Time, s Session) (all []SignIn, err error) {
	err = a.db.Read(ctx, now, func(tx *store.Tx) error {
		rows, err := tx.SessionsOf(ctx, org.PersonID(s.Actor.Person))
		for _, r := range rows {
			if now.Sub(r.SeenAt()) <= IdleAfter && now.Sub(r.SignedInAt()) <= EndAfter {
				all = append(all, SignIn{Addr: r.Addr, SignedIn: r.SignedInAt(), Seen: r.SeenAt(), This: r.Token == s.Token})
			}
		}
		return err
	})
	return all, err
}

// EndOthers ends all of a person's sessions but the one that asks (S06).
func (a *Auth) EndOthers(ctx context.Context, now time.Time, s Session) error {
	return a.db.Write(ctx, now, func(tx *store.Tx) error {
		rows, err := tx.SessionsOf(ctx, org.PersonID(s.Actor.Person))
		if err != nil {
			return err
		}
		if err := tx.EndSessions(ctx, org.PersonID(s.Actor.Person), s.Token); err != nil {
			return err
		}
		_, err = tx.Record(ctx, event.Event{Kind: SessionsEnded, On: event.Subject{Kind: "person", ID: s.Actor.Person}, By: s.Actor.Actor,
			Detail: map[string]string{"count": strconv.Itoa(max(0, len(rows)-1))}})
		return err
	})
}

// NewLink makes a one-time link by which a person sets a password: its token, which is
// shown once and never kept, and what the desk keeps of it.
func NewLink() (token string, l store.Link) {
	token = newToken()
	return token, store.Link{Hash: sum(token), Holds: InviteFor}
}

// Stranger limits what one address may send without being signed in, beside sign-ins: ten
// at once, then one every three minutes. An office registers its units behind one address.
func (a *Auth) Stranger(now time.Time, addr string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := "stranger " + near(addr)
	l := a.addrs[key]
	if l == nil {
		if len(a.addrs) > 10_000 {
			clear(a.addrs)
		}
		l = rate.NewLimiter(rate.Every(3*time.Minute), 10)
		a.addrs[key] = l
	}
	if !l.AllowN(now, 1) {
		return event.Refuse(event.TooMany, "too-many-registrations", "")
	}
	return nil
}
