// Package desk (窗口) is the only way in. It opens a transaction, reads the actor's post
// anew, fetches, pins the notice, asks the deciding package, keeps the result by
// compare-and-set and records the fact, all in that one transaction. An if about the
// business does not belong here.
package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/file"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/internal/store"
)

// Denied is the fact of a refused act: all that it leaves behind.
const Denied event.Kind = "act.denied"

// A Desk is where every act is handed in and every page's data is asked for.
type Desk struct {
	db      *store.DB
	files   file.Store
	staging *file.Uploads // of uploads that resume; nil: none

	mu      sync.Mutex
	notices map[string]Published // by sha256: a published text never changes
}

// New opens the desk over a database and a file store.
func New(db *store.DB, files file.Store) *Desk {
	return &Desk{db: db, files: files, notices: map[string]Published{}}
}

// A Request is one act or question: who, from which post, when the whole request was
// there, and a key under which a repeated request gets the first answer again.
type Request struct {
	By  org.Actor
	At  time.Time
	Key string // "" for acts whose repetition is harmless
}

// A turn is one transaction at the desk. It lives for one call, so it may hold ctx.
type turn struct {
	ctx context.Context
	d   *Desk
	tx  *store.Tx
	by  org.Actor // as read in this transaction
	now time.Time
}

// act runs f as one act and answers what it answered. name is the act, on its subject,
// body what was asked (compared when the key comes again). A refusal rolls everything
// back and leaves one denied row in a second transaction.
func (d *Desk) act(ctx context.Context, r Request, name string, on event.Subject, body any, f func(*turn) (string, error)) (string, error) {
	var answer string
	err := d.db.Write(ctx, r.At, func(tx *store.Tx) error {
		t := &turn{ctx: ctx, d: d, tx: tx, now: tx.Now}
		if err := t.readActor(r.By); err != nil {
			return err
		}
		sum, done, err := t.before(r, name, body)
		if err != nil || done != nil {
			answer = deref(done)
			return err
		}
		if answer, err = f(t); err != nil || r.Key == "" {
			return err
		}
		return tx.Remember(ctx, t.by.Person, name, r.Key, sum, answer)
	})
	err = named(err)
	if refused(err) {
		d.denied(ctx, r, name, on, err)
	}
	return answer, err
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// before looks the key up: done is the first answer when the same act came before.
func (t *turn) before(r Request, name string, body any) (sum string, done *string, err error) {
	if r.Key == "" {
		return "", nil, nil
	}
	b, err := json.Marshal(body)
	if err != nil {
		return "", nil, err
	}
	h := sha256.Sum256(b)
	sum = hex.EncodeToString(h[:])
	answer, found, same, err := t.tx.Done(t.ctx, t.by.Person, name, r.Key, sum)
	switch {
	case err != nil || !found:
		return sum, nil, err
	case !same:
		return sum, nil, event.Refuse(event.Conflict, "key-reused", "")
	}
	return sum, &answer, nil
}

// readActor reads the post again, in the act's own transaction: who lost it a moment ago
// is refused now (C01). The system and the public act from no post.
func (t *turn) readActor(by org.Actor) error {
	t.by = by
	if by.Person == "" {
		return nil
	}
	p, err := t.tx.Person(t.ctx, org.PersonID(by.Person))
	if err != nil || p.Disabled {
		return event.Refuse(event.Forbidden, "post-ended", "")
	}
	t.by.Name = p.Name
	if by.Post == "" {
		t.by.Role, t.by.Unit, t.by.UnitName = "", "", ""
		return nil
	}
	h, err := t.tx.Post(t.ctx, org.PostID(by.Post))
	if err != nil || h.Person != p.ID || !h.At(t.now) {
		return event.Refuse(event.Forbidden, "post-ended", "")
	}
	t.by = ActorOf(h, by.SignedIn, by.Addr)
	return nil
}

// ActorOf is the actor of a post held now.
func ActorOf(h store.Held, signedIn time.Time, addr string) org.Actor {
	return org.Actor{Kind: h.Kind, SignedIn: signedIn, Actor: event.Actor{Person: string(h.Person), Name: h.PersonName, Post: string(h.ID),
		Role: string(h.Role), Unit: string(h.Unit), UnitName: h.UnitName, For: string(h.Of), ForName: h.OfName, Addr: addr}}
}

// named turns what the store says into a refusal that people can read.
func named(err error) error {
	switch {
	case errors.Is(err, store.ErrNotFound):
		return event.Refuse(event.NotFound, "not-found", "")
	case errors.Is(err, store.ErrConflict):
		return event.Refuse(event.Conflict, "changed-by-other", "")
	}
	var bad *file.Bad
	if errors.As(err, &bad) {
		r := event.Refuse(event.Invalid, bad.Kind, "")
		r.Args, r.Field = bad.Args, "file"
		return r
	}
	return err
}

func refused(err error) bool {
	var one *event.Refusal
	var more event.Refusals
	return errors.As(err, &one) || errors.As(err, &more)
}

// denied leaves the audit row of a refused act. Strangers leave none: they could fill the
// log without end.
func (d *Desk) denied(ctx context.Context, r Request, name string, on event.Subject, why error) {
	if r.By.Person == "" {
		return
	}
	e := event.Event{Kind: Denied, On: on, By: r.By.Actor, Outcome: event.Denied, Detail: map[string]string{"act": name}}
	var one *event.Refusal
	var more event.Refusals
	if errors.As(why, &more) && len(more) > 0 {
		one = more[0]
	}
	if one != nil || errors.As(why, &one) {
		e.Detail["refusal"], e.Clause = one.Kind, one.Clause
		if one.Field != "" {
			e.Detail["field"] = one.Field
		}
	}
	// The refusal stands whether or not its row can be written; a failing log refuses acts anyway.
	_ = d.db.Write(context.WithoutCancel(ctx), r.At, func(tx *store.Tx) error {
		_, err := tx.Record(ctx, e)
		return err
	})
}

// read runs f on one snapshot.
func (d *Desk) read(ctx context.Context, r Request, f func(*turn) error) error {
	return named(d.db.Read(ctx, r.At, func(tx *store.Tx) error {
		return f(&turn{ctx: ctx, d: d, tx: tx, by: r.By, now: tx.Now})
	}))
}

// record keeps the fact of the turn.
func (t *turn) record(e event.Event) error {
	_, err := t.tx.Record(t.ctx, e)
	return err
}

// A Published is a revision's notice with its words in other languages.
type Published struct {
	*notice.Notice
	Labels notice.Labels
}

// published is the notice of a revision, parsed once.
func (t *turn) published(sha string) (Published, error) {
	t.d.mu.Lock()
	p, ok := t.d.notices[sha]
	t.d.mu.Unlock()
	if ok {
		return p, nil
	}
	text, err := t.tx.Text(t.ctx, sha)
	if err != nil {
		return Published{}, err
	}
	if p.Notice, err = notice.Parse(text.File, []byte(text.Source)); err != nil {
		return Published{}, err
	}
	if text.Labels != "" {
		if p.Labels, err = notice.ParseLabels(text.File, []byte(text.Labels), p.Notice); err != nil {
			return Published{}, err
		}
	}
	t.d.mu.Lock()
	t.d.notices[sha] = p
	t.d.mu.Unlock()
	return p, nil
}

// A dossier is an application with the call and the notice that it is judged by.
type dossier struct {
	*application.Application
	call *application.Call
	n    *notice.Notice
}

// open fetches an application that the actor may see; any other is not found. Review
// experts come in by onAssignment alone: they read what the review shows them, and before
// their declaration next to nothing.
func (t *turn) open(id application.ID) (dossier, error) {
	k, err := t.dossier(id)
	if err != nil {
		return dossier{}, err
	}
	if !k.Sees(t.by, false) {
		return dossier{}, store.ErrNotFound
	}
	return k, nil
}

// shownCall fetches a call that the actor may know of; any other, such as the draft of
// one, is not found.
func (t *turn) shownCall(id string) (*application.Call, error) {
	c, err := t.tx.Call(t.ctx, id)
	if err == nil && !c.Sees(t.by) {
		err = store.ErrNotFound
	}
	return c, err
}

// dossier fetches an application for whoever may, which the caller has found out.
func (t *turn) dossier(id application.ID) (k dossier, err error) {
	if k.Application, err = t.tx.Application(t.ctx, id); err != nil {
		return k, err
	}
	if k.call, err = t.tx.Call(t.ctx, k.Application.Call); err != nil {
		return k, err
	}
	p, err := t.published(k.Application.Notice)
	k.n = p.Notice
	return k, err
}

// on runs an act on one application: open, ask f, keep, record.
func (d *Desk) on(ctx context.Context, r Request, id application.ID, name string, body any, f func(*turn, dossier) (event.Event, error)) error {
	_, err := d.act(ctx, r, name, event.Subject{Kind: "application", ID: string(id)}, body, func(t *turn) (string, error) {
		k, err := t.open(id)
		if err != nil {
			return "", err
		}
		held := k.HoldsPlace()
		e, err := f(t, k)
		if err != nil {
			return "", err
		}
		return "", t.keep(k, held, e)
	})
	return err
}

// keep saves a changed application with its fact, and takes or frees its place in the
// quota when the act made it hold one, or no longer (R96).
func (t *turn) keep(k dossier, held bool, e event.Event) error {
	var err error
	switch holds := k.HoldsPlace(); {
	case holds && !held:
		err = t.take(k)
	case held && !holds:
		err = t.tx.FreePlace(t.ctx, k.ID)
	}
	if err != nil {
		return err
	}
	if err := t.tx.SaveApplication(t.ctx, k.Application); err != nil {
		return onlyOne(err, k.Application, e.Clause)
	}
	if err := t.compares(k.Application, e); err != nil {
		return err
	}
	return t.record(e)
}

// onlyOne says what it means that an application, or one for its base, is there already.
func onlyOne(err error, a *application.Application, clause string) error {
	if errors.Is(err, store.ErrTaken) {
		return event.Refuse(event.Conflict, "one-per-unit", clause, "unit", a.UnitName)
	}
	return err
}
