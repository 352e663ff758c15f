package store

import (
	"context"
	"time"

	"shenbao/internal/org"
)

// A Session is one sign-in in one browser. Only a hash of its token is kept (S11).
type Session struct {
	Token    string  `db:"token"` // SHA-256 of the cookie, hex
	Person   string  `db:"person"`
	Post     string  `db:"post"` // the post acted from; "" for the person alone
	Lang     string  `db:"lang"`
	SignedIn instant `db:"signed_in"` // when the password was given last
	Seen     instant `db:"seen_at"`
	Addr     string  `db:"addr"`
}

// SignedInAt and SeenAt are when.
func (s Session) SignedInAt() time.Time { return s.SignedIn.Time }
func (s Session) SeenAt() time.Time     { return s.Seen.Time }

var (
	sessionByToken = query[Session](`SELECT {cols} FROM session WHERE token = $1`)
	sessionsOf     = query[Session](`SELECT {cols} FROM session WHERE person = $1 ORDER BY seen_at DESC`)
	insertSession  = exec(`INSERT INTO session (token, person, post, lang, signed_in, seen_at, addr) VALUES ($1, $2, $3, $4, $5, $6, $7)`)
	seeSession     = exec(`UPDATE session SET seen_at = $1 WHERE token = $2`)
	postSession    = exec(`UPDATE session SET post = $1 WHERE token = $2`)
	langSession    = exec(`UPDATE session SET lang = $1 WHERE token = $2`)
	dropSession    = exec(`DELETE FROM session WHERE token = $1`)
	dropSessions   = exec(`DELETE FROM session WHERE person = $1 AND token <> $2`)
	oldSessions    = exec(`DELETE FROM session WHERE seen_at < $1 OR signed_in < $2`)
)

// Session finds a session by the hash of its token.
func (tx *Tx) Session(ctx context.Context, token string) (Session, error) {
	return sessionByToken.one(ctx, tx, token)
}

// SessionsOf are a person's sessions, the last used first.
func (tx *Tx) SessionsOf(ctx context.Context, p org.PersonID) ([]Session, error) {
	return sessionsOf.all(ctx, tx, string(p))
}

// AddSession begins one.
func (tx *Tx) AddSession(ctx context.Context, token string, p org.PersonID, post org.PostID, lang, addr string) error {
	return insertSession.do(ctx, tx, token, string(p), string(post), lang, at(tx.Now), at(tx.Now), addr)
}

// SeeSession notes that it is in use.
func (tx *Tx) SeeSession(ctx context.Context, token string) error {
	return seeSession.do(ctx, tx, at(tx.Now), token)
}

// TurnSession changes the post that the session acts from.
func (tx *Tx) TurnSession(ctx context.Context, token string, post org.PostID) error {
	return postSession.do(ctx, tx, string(post), token)
}

// SpeakSession changes its language.
func (tx *Tx) SpeakSession(ctx context.Context, token, lang string) error {
	return langSession.do(ctx, tx, lang, token)
}

// EndSession ends one.
func (tx *Tx) EndSession(ctx context.Context, token string) error {
	return dropSession.do(ctx, tx, token)
}

// EndSessions ends a person's sessions but for the one kept ("" keeps none).
func (tx *Tx) EndSessions(ctx context.Context, p org.PersonID, keep string) error {
	return dropSessions.do(ctx, tx, string(p), keep)
}

// ExpireSessions ends those idle since idle or begun before begun.
func (tx *Tx) ExpireSessions(ctx context.Context, idle, begun time.Time) error {
	return oldSessions.do(ctx, tx, at(idle), at(begun))
}

var (
	passwordOf  = query[string](`SELECT hash FROM credential WHERE person = $1`)
	putPassword = exec(`INSERT INTO credential (person, hash, set_at) VALUES ($1, $2, $3)
		ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, set_at = excluded.set_at`)
)

// Password is the argon2id hash of a person's password; ErrNotFound when none is set.
func (tx *Tx) Password(ctx context.Context, p org.PersonID) (string, error) {
	return passwordOf.one(ctx, tx, string(p))
}

// SetPassword keeps a new hash; links to set one that are still open end.
func (tx *Tx) SetPassword(ctx context.Context, p org.PersonID, hash string) error {
	if err := endInvitation.do(ctx, tx, at(tx.Now), string(p)); err != nil {
		return err
	}
	return putPassword.do(ctx, tx, string(p), hash, at(tx.Now))
}

// Tries are failed sign-ins of one account from one address.
type Tries struct {
	Failures int     `db:"failures"`
	Last     instant `db:"last_at"`
}

// LastAt is when the last one failed.
func (t Tries) LastAt() time.Time { return t.Last.Time }

var (
	triesOf = query[Tries](`SELECT {cols} FROM attempt WHERE login = $1 AND addr = $2`)
	failTry = exec(`INSERT INTO attempt (login, addr, failures, last_at) VALUES ($1, $2, 1, $3)
		ON CONFLICT (login, addr) DO UPDATE SET failures = attempt.failures + 1, last_at = excluded.last_at`)
	clearTry  = exec(`DELETE FROM attempt WHERE login = $1 AND addr = $2`)
	expireTry = exec(`DELETE FROM attempt WHERE last_at < $1`)
)

// Tries are the failures of login from addr.
func (tx *Tx) Tries(ctx context.Context, login, addr string) (Tries, error) {
	t, err := triesOf.one(ctx, tx, login, addr)
	if IsNotFound(err) {
		return Tries{}, nil
	}
	return t, err
}

// FailTry counts a failure, ClearTries forgets them after a success, ExpireTries those older than before.
func (tx *Tx) FailTry(ctx context.Context, login, addr string) error {
	return failTry.do(ctx, tx, login, addr, at(tx.Now))
}
func (tx *Tx) ClearTries(ctx context.Context, login, addr string) error {
	return clearTry.do(ctx, tx, login, addr)
}
func (tx *Tx) ExpireTries(ctx context.Context, before time.Time) error {
	return expireTry.do(ctx, tx, at(before))
}

type invitationRow struct {
	Person string  `db:"person"`
	Until  instant `db:"until_at"`
	Used   instant `db:"used_at"`
}

var (
	invitationBy  = query[invitationRow](`SELECT {cols} FROM invitation WHERE token = $1`)
	addInvitation = exec(`INSERT INTO invitation (token, person, until_at, used_at) VALUES ($1, $2, $3, 0)`)
	useInvitation = exec(`UPDATE invitation SET used_at = $1 WHERE token = $2 AND used_at = 0`)
	endInvitation = exec(`UPDATE invitation SET used_at = $1 WHERE person = $2 AND used_at = 0`)
)

// Invite keeps a one-time link by which a person sets a password; earlier ones end. token
// is a hash.
func (tx *Tx) Invite(ctx context.Context, token string, p org.PersonID, until time.Time) error {
	if err := endInvitation.do(ctx, tx, at(tx.Now), string(p)); err != nil {
		return err
	}
	return addInvitation.do(ctx, tx, token, string(p), at(until))
}

// Invited is whose link it is, while it holds.
func (tx *Tx) Invited(ctx context.Context, token string) (org.PersonID, error) {
	r, err := invitationBy.one(ctx, tx, token)
	if err != nil || !r.Used.IsZero() || !tx.Now.Before(r.Until.Time) {
		return "", ErrNotFound
	}
	return org.PersonID(r.Person), nil
}

// UseInvitation uses the link up; ErrConflict when another request was faster (Q17).
func (tx *Tx) UseInvitation(ctx context.Context, token string) error {
	return useInvitation.set(ctx, tx, at(tx.Now), token)
}
