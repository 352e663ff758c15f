// Package auth (登录) says who is at the other end: accounts, passwords, sessions, and
// the post that a session acts from. Signing in, failing to, and changing a password are
// facts.
package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/time/rate"

	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/internal/store"
)

// Facts of signing in.
const (
	SignedIn        event.Kind = "session.begun"
	SignInFailed    event.Kind = "session.failed"
	SignedOut       event.Kind = "session.ended"
	PostTaken       event.Kind = "session.post-taken" // acts from another of the own posts
	PasswordSet     event.Kind = "person.password-set"
	SystemInstalled event.Kind = "system.installed"
)

// How long things hold. Idle sign-out after half an hour is what classified protection
// asks of such systems (GB/T 22239-2019, 身份鉴别 b); the rest follows from it.
const (
	IdleAfter   = 30 * time.Minute
	EndAfter    = 12 * time.Hour
	InviteFor   = 7 * 24 * time.Hour
	maxFailures = 5
	lockFor     = 15 * time.Minute
)

// params: 19 MiB, two passes, one lane: 25 ms on a small server, the lightest of the
// settings that OWASP recommends.
var params = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// An Auth signs people in and out.
type Auth struct {
	db   *store.DB
	hash chan struct{} // as many password hashes at once as cores: each holds 19 MiB (trust §1.8)

	mu    sync.Mutex
	addrs map[string]*rate.Limiter
	dummy string // hash compared when there is no such account, so that it takes as long
}

// New is an Auth over a database.
func New(db *store.DB) *Auth {
	dummy, err := argon2id.CreateHash(rand.Text(), params)
	if err != nil {
		panic("auth: " + err.Error()) // only when the system has no randomness
	}
	return &Auth{db: db, hash: make(chan struct{}, runtime.NumCPU()), addrs: map[string]*rate.Limiter{}, dummy: dummy}
}

// A Session is who is at the other end of a request.
type Session struct {
	Token string // hash, as kept
	Actor org.Actor
	Posts []store.Held // all posts of the person now
	Lang  string
	Login string
	Email string
}

func sum(token string) string {
	h := sha256.Sum256([]byte(token))
	return hex.EncodeToString(h[:])
}

var tokens = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

func newToken() string {
	var b [25]byte
	_, _ = rand.Read(b[:])
	return tokens.EncodeToString(b[:])
}

// near is what an address is counted by: who has one of IPv6 has the whole network of it,
// 2^64 of them.
func near(addr string) string {
	ip, err := netip.ParseAddr(addr)
	if err != nil || ip.Unmap().Is4() {
		return addr
	}
	p, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return addr
	}
	return p.String()
}

// allow is the limit of tries from one address, whatever the account: three a second
// after a burst of thirty, so that an office behind one address can sign in at nine.
func (a *Auth) allow(addr string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	l := a.addrs[near(addr)]
	if l == nil {
		if len(a.addrs) > 10_000 {
			clear(a.addrs)
		}
		l = rate.NewLimiter(3, 30)
		a.addrs[near(addr)] = l
	}
	return l.Allow()
}

// SignIn checks a password and begins a session.
func (a *Auth) SignIn(ctx context.Context, now time.Time, login, password, lang, addr string) (token string, err error) {
	p, err := a.verify(ctx, now, login, password, addr)
	if err != nil {
		return "", err
	}
	return a.begin(ctx, now, p, "", lang, addr, SignedIn)
}

// verify is the one place where a password is tried. After five failures of an account from
// one address, that account waits a quarter of an hour from there; from elsewhere it does
// not, so that nobody can lock the clerk out before a deadline (S02). What can't be an
// account's name is not counted: it would only fill the disk.
func (a *Auth) verify(ctx context.Context, now time.Time, login, password, addr string) (p org.Person, err error) {
	login = org.PlainLogin(login)
	if !a.allow(addr) {
		return p, event.Refuse(event.TooMany, "too-many-tries", "")
	}
	if !org.ValidLogin(login) {
		a.matches(password, "")
		return p, event.Refuse(event.Invalid, "wrong-password", "")
	}
	var hash string
	var tries store.Tries
	err = a.db.Read(ctx, now, func(tx *store.Tx) error {
		var err error
		if tries, err = tx.Tries(ctx, login, near(addr)); err != nil {
			return err
		}
		if p, err = tx.PersonByLogin(ctx, login); err == nil {
			hash, err = tx.Password(ctx, p.ID)
		}
		if store.IsNotFound(err) {
			return nil
		}
		return err
	})
	if err != nil {
		return p, err
	}
	if tries.Failures >= maxFailures && now.Sub(tries.LastAt()) < lockFor {
		return p, event.Refuse(event.TooMany, "locked", "", "minutes", "15")
	}
	if ok := a.matches(password, hash); !ok || p.Disabled {
		return p, a.failed(ctx, now, p, login, addr)
	}
	return p, nil
}

// matches compares in the same time whether or not there is such an account (S03).
func (a *Auth) matches(password, hash string) bool {
	known := hash != ""
	if !known {
		hash = a.dummy
	}
	if len(password) > 1024 {
		return false
	}
	a.hash <- struct{}{}
	defer func() { <-a.hash }()
	ok, err := argon2id.ComparePasswordAndHash(password, hash)
	return ok && err == nil && known
}

func (a *Auth) failed(ctx context.Context, now time.Time, p org.Person, login, addr string) error {
	err := a.db.Write(ctx, now, func(tx *store.Tx) error {
		if err := tx.FailTry(ctx, login, near(addr)); err != nil || p.ID == "" {
			return err
		}
		_, err := tx.Record(ctx, event.Event{Kind: SignInFailed, On: event.Subject{Kind: "person", ID: string(p.ID)},
			By: event.Actor{Person: string(p.ID), Name: p.Name, Addr: addr}, Outcome: event.Denied})
		return err
	})
	if err != nil {
		return err
	}
	return event.Refuse(event.Invalid, "wrong-password", "")
}

// begin starts a session acting from post, or from the person's first post.
func (a *Auth) begin(ctx context.Context, now time.Time, p org.Person, post org.PostID, lang, addr string, kind event.Kind) (string, error) {
	token := newToken()
	err := a.db.Write(ctx, now, func(tx *store.Tx) error {
		if post == "" {
			posts, err := tx.PostsOf(ctx, p.ID)
			if err != nil {
				return err
			}
			if len(posts) > 0 {
				post = posts[0].ID
			}
		}
		if err := tx.ClearTries(ctx, p.Login, near(addr)); err != nil {
			return err
		}
		if err := tx.ExpireSessions(ctx, now.Add(-IdleAfter), now.Add(-EndAfter)); err != nil {
			return err
		}
		if err := tx.AddSession(ctx, sum(token), p.ID, post, lang, addr); err != nil {
			return err
		}
		_, err := tx.Record(ctx, event.Event{Kind: kind, On: event.Subject{Kind: "person", ID: string(p.ID)},
			By: event.Actor{Person: string(p.ID), Name: p.Name, Addr: addr}})
		return err
	})
	return token, err
}

// StepIn begins a session of a person in a post without a password: for the demo alone,
// whose people have none.
func (a *Auth) StepIn(ctx context.Context, now time.Time, id org.PersonID, post org.PostID, lang, addr string) (string, error) {
	var p org.Person
	if err := a.db.Read(ctx, now, func(tx *store.Tx) (err error) { p, err = tx.Person(ctx, id); return err }); err != nil {
		return "", err
	}
	return a.begin(ctx, now, p, post, lang, addr, SignedIn)
}

// Who finds the session of a token; ok is false when there is none, or it ended.
func (a *Auth) Who(ctx context.Context, now time.Time, token, addr string) (s Session, ok bool, err error) {
	if token == "" {
		return s, false, nil
	}
	stale := false
	err = a.db.Read(ctx, now, func(tx *store.Tx) error {
		row, err := tx.Session(ctx, sum(token))
		if err != nil {
			return err
		}
		if now.Sub(row.SeenAt()) > IdleAfter || now.Sub(row.SignedInAt()) > EndAfter {
			return store.ErrNotFound
		}
		stale = now.Sub(row.SeenAt()) > time.Minute
		p, err := tx.Person(ctx, org.PersonID(row.Person))
		if err != nil || p.Disabled {
			return store.ErrNotFound
		}
		s = Session{Token: row.Token, Lang: row.Lang, Login: p.Login, Email: p.Email}
		s.Actor = org.Actor{SignedIn: row.SignedInAt(), Actor: event.Actor{Person: string(p.ID), Name: p.Name, Addr: addr}}
		if s.Posts, err = tx.PostsOf(ctx, p.ID); err != nil {
			return err
		}
		for _, h := range s.Posts {
			if string(h.ID) == row.Post {
				s.Actor = actorOf(h, row.SignedInAt(), addr)
			}
		}
		return nil
	})
	if store.IsNotFound(err) {
		return Session{}, false, nil
	}
	if err == nil && stale {
		// Nothing is worth failing a page for it: a full disk keeps nobody from reading.
		_ = a.db.Save(ctx, now, func(tx *store.Tx) error { return tx.SeeSession(ctx, s.Token) })
	}
	return s, err == nil, err
}

func actorOf(h store.Held, signedIn time.Time, addr string) org.Actor {
	return org.Actor{Kind: h.Kind, SignedIn: signedIn, Actor: event.Actor{Person: string(h.Person), Name: h.PersonName, Post: string(h.ID),
		Role: string(h.Role), Unit: string(h.Unit), UnitName: h.UnitName, For: string(h.Of), ForName: h.OfName, Addr: addr}}
}

// SignOut ends the session.
func (a *Auth) SignOut(ctx context.Context, now time.Time, s Session) error {
	return a.db.Write(ctx, now, func(tx *store.Tx) error {
		if err := tx.EndSession(ctx, s.Token); err != nil {
			return err
		}
		_, err := tx.Record(ctx, event.Event{Kind: SignedOut, On: event.Subject{Kind: "person", ID: s.Actor.Person}, By: s.Actor.Actor})
		return err
	})
}

// Turn makes the session act from another of the person's posts.
func (a *Auth) Turn(ctx context.Context, now time.Time, s Session, post org.PostID) error {
	for _, h := range s.Posts {
		if h.ID == post {
			return a.db.Save(ctx, now, func(tx *store.Tx) error { return tx.TurnSession(ctx, s.Token, post) })
		}
	}
	return event.Refuse(event.NotFound, "not-found", "")
}

// Speak changes the session's language.
func (a *Auth) Speak(ctx context.Context, now time.Time, s Session, lang string) error {
	return a.db.Save(ctx, now, func(tx *store.Tx) error { return tx.SpeakSession(ctx, s.Token, lang) })
}

// Refresh asks for the password again and makes the sign-in fresh: for acts that cannot
// be taken back (trust §0). The new token replaces the old session.
func (a *Auth) Refresh(ctx context.Context, now time.Time, s Session, password string) (string, error) {
	token, err := a.SignIn(ctx, now, s.Login, password, s.Lang, s.Actor.Addr)
	if err != nil {
		return "", err
	}
	err = a.db.Save(ctx, now, func(tx *store.Tx) error {
		if err := tx.TurnSession(ctx, sum(token), org.PostID(s.Actor.Post)); err != nil {
			return err
		}
		return tx.EndSession(ctx, s.Token)
	})
	return token, err
}

// MinPassword is the least length of a password in characters (ASVS 6.2.1 recommends it
// over rules of composition).
const MinPassword = 12

// checkPassword refuses what is too short, too long, too common, or the account's name.
func checkPassword(p, login string) error {
	n := utf8.RuneCountInString(p)
	kind := ""
	switch low := strings.ToLower(p); {
	case n < MinPassword:
		kind = "password-short"
	case n > 128:
		kind = "password-long"
	case login != "" && strings.Contains(low, strings.ToLower(login)):
		kind = "password-name"
	case common(low):
		kind = "password-common"
	}
	if kind == "" {
		return nil
	}
	r := event.Refuse(event.Invalid, kind, "", "min", "12", "max", "128")
	r.Field = "password"
	return r
}

// common: one character or a short run repeated, or a run of the keyboard or of digits,
// and the words that office passwords are made of, padded to length.
func common(p string) bool {
	for _, w := range []string{"password", "qwertyuiop", "1234567890", "abcdefghij", "admin", "shenbao", "neimenggu", "111111", "000000", "88888888", "woaini"} {
		if rest := strings.ReplaceAll(p, w, ""); len(rest) <= 4 && rest != p {
			return true
		}
	}
	seen := map[rune]bool{}
	for _, r := range p {
		seen[r] = true
	}
	return len(seen) < 4
}

// setPassword checks and hashes outside the transaction, then keeps it inside.
func (a *Auth) hashed(password, login string) (string, error) {
	if err := checkPassword(password, login); err != nil {
		return "", err
	}
	a.hash <- struct{}{}
	defer func() { <-a.hash }()
	return argon2id.CreateHash(password, params)
}

// ChangePassword sets a new password after the old one; all other sessions end (C06).
func (a *Auth) ChangePassword(ctx context.Context, now time.Time, s Session, old, password string) error {
	if _, err := a.verify(ctx, now, s.Login, old, s.Actor.Addr); err != nil {
		var r *event.Refusal
		if errors.As(err, &r) {
			r.Field = "old"
		}
		return err
	}
	next, err := a.hashed(password, s.Login)
	if err != nil {
		return err
	}
	return a.db.Write(ctx, now, func(tx *store.Tx) error {
		if err := tx.EndSessions(ctx, org.PersonID(s.Actor.Person), s.Token); err != nil {
			return err
		}
		return setPassword(ctx, tx, org.PersonID(s.Actor.Person), next, s.Actor.Actor)
	})
}

func setPassword(ctx context.Context, tx *store.Tx, p org.PersonID, hash string, by event.Actor) error {
	if err := tx.SetPassword(ctx, p, hash); err != nil {
		return err
	}
	_, err := tx.Record(ctx, event.Event{Kind: PasswordSet, On: event.Subject{Kind: "person", ID: string(p)}, By: by})
	return err
}

// Invited is whose invitation a token is, while it holds.
func (a *Auth) Invited(ctx context.Context, now time.Time, token string) (p org.Person, err error) {
	err = a.db.Read(ctx, now, func(tx *store.Tx) error {
		id, err := tx.Invited(ctx, sum(token))
		if err != nil {
			return err
		}
		if p, err = tx.Person(ctx, id); err == nil && p.Disabled {
			return store.ErrNotFound // C03
		}
		return err
	})
	if store.IsNotFound(err) {
		return p, event.Refuse(event.NotFound, "invitation-over", "")
	}
	return p, err
}

// Accept sets the first password by an invitation, once (Q17), and signs in.
func (a *Auth) Accept(ctx context.Context, now time.Time, invitation, password, lang, addr string) (string, error) {
	p, err := a.Invited(ctx, now, invitation)
	if err != nil {
		return "", err
	}
	hash, err := a.hashed(password, p.Login)
	if err != nil {
		return "", err
	}
	err = a.db.Write(ctx, now, func(tx *store.Tx) error {
		if err := tx.UseInvitation(ctx, sum(invitation)); err != nil {
			return err
		}
		if err := tx.EndSessions(ctx, p.ID, ""); err != nil {
			return err
		}
		return setPassword(ctx, tx, p.ID, hash, event.Actor{Person: string(p.ID), Name: p.Name, Addr: addr})
	})
	if errors.Is(err, store.ErrConflict) {
		return "", event.Refuse(event.NotFound, "invitation-over", "")
	}
	if err != nil {
		return "", err
	}
	return a.begin(ctx, now, p, "", lang, addr, SignedIn)
}

// Empty reports whether nobody has an account yet: the first run.
func (a *Auth) Empty(ctx context.Context, now time.Time) (empty bool, err error) {
	err = a.db.Read(ctx, now, func(tx *store.Tx) error {
		any, err := tx.AnyPerson(ctx)
		empty = !any
		return err
	})
	return empty, err
}

// Install makes the first account of an empty system: a security administrator of the
// department, who then grants all other posts (R129, 等保: no default accounts). units
// and divisions are the administrative tree to begin with.
func (a *Auth) Install(ctx context.Context, now time.Time, units []org.Unit, divisions []org.Division, name, login, password, addr string) (string, error) {
	login = org.PlainLogin(login)
	name = strings.TrimSpace(name)
	for field, v := range map[string]string{"name": name, "login": login} {
		if v == "" {
			r := event.Refuse(event.Invalid, "required", "")
			r.Field = field
			return "", r
		}
	}
	if !org.ValidLogin(login) {
		r := event.Refuse(event.Invalid, "login-form", "")
		r.Field = "login"
		return "", r
	}
	hash, err := a.hashed(password, login)
	if err != nil {
		return "", err
	}
	var p org.Person
	err = a.db.Write(ctx, now, func(tx *store.Tx) error {
		if any, err := tx.AnyPerson(ctx); err != nil || any {
			if err == nil {
				err = event.Refuse(event.Conflict, "installed", "")
			}
			return err
		}
		dept, err := Plant(ctx, tx, units, divisions)
		if err != nil {
			return err
		}
		p = org.Person{ID: org.PersonID(tx.NewID()), Name: name, Login: login}
		if err := tx.AddPerson(ctx, p); err != nil {
			return err
		}
		if err := tx.AddPost(ctx, org.Post{ID: org.PostID(tx.NewID()), Person: p.ID, Unit: dept, Role: org.SecAdmin, From: tx.Now}); err != nil {
			return err
		}
		if err := tx.SetPassword(ctx, p.ID, hash); err != nil {
			return err
		}
		_, err = tx.Record(ctx, event.Event{Kind: SystemInstalled, On: event.Subject{Kind: "person", ID: string(p.ID)}, By: event.Actor{Name: name, Addr: addr}})
		return err
	})
	if err != nil {
		return "", err
	}
	return a.begin(ctx, now, p, "", "zh", addr, SignedIn)
}

// Plant keeps the administrative tree, and answers the department at its top.
func Plant(ctx context.Context, tx *store.Tx, units []org.Unit, divisions []org.Division) (dept org.UnitID, err error) {
	for _, d := range divisions {
		if err := tx.AddDivision(ctx, d); err != nil {
			return "", err
		}
	}
	for _, u := range units {
		if u.Kind == org.DepartmentHR {
			dept = u.ID
		}
		if err := tx.AddUnit(ctx, u); err != nil {
			return "", err
		}
	}
	return dept, nil
}
