package desk

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/file"
	"shenbao/internal/filing"
	"shenbao/internal/store"
)

// A Sent is one file as somebody sent it, whole.
type Sent struct {
	Purpose string // filing.ForEvidence …
	Topic   string // of evidence: the condition; otherwise ignored
	Name    string
	Size    int64
	Body    io.ReaderAt
}

// AddFile takes one file in: inspected, kept under its hash, then committed with its fact.
// A crash in between leaves bytes that no row names, never a row without bytes. It answers
// the file's id.
func (d *Desk) AddFile(ctx context.Context, r Request, id application.ID, s Sent) (string, error) {
	info, sum, err := d.takeIn(ctx, r, id, s)
	if err = named(err); err != nil {
		if refused(err) {
			d.denied(ctx, r, application.ActFile, subject(id), err)
		}
		return "", err
	}
	return d.act(ctx, r, application.ActFile, subject(id), []string{string(id), s.Purpose, s.Topic, info.Name, sum}, func(t *turn) (string, error) {
		k, err := t.open(id)
		if err != nil {
			return "", err
		}
		f := filing.Evidence{ID: t.tx.NewID(), Purpose: s.Purpose, Topic: topic(k, s), Name: info.Name, Type: info.Type, Size: s.Size, Pages: info.Pages,
			SHA256: sum, At: t.now, Person: t.by.Person, PersonName: t.by.Name, Unit: t.by.Unit}
		e, err := k.AddFile(k.n, f, t.by, t.now)
		if err != nil {
			return "", err
		}
		if err := t.tx.AddEvidence(t.ctx, id, f); err != nil {
			return "", err
		}
		if err := t.tx.SaveApplication(t.ctx, k.Application); err != nil {
			return "", err
		}
		return f.ID, t.record(e)
	})
}

func subject(id application.ID) event.Subject {
	return event.Subject{Kind: "application", ID: string(id)}
}

// topic is what the file belongs to: a scan belongs to the step whose page was sealed.
func topic(k dossier, s Sent) string {
	switch {
	case s.Purpose == filing.ForSeal && k.State.WithApplicant():
		return "0"
	case s.Purpose == filing.ForSeal:
		return strconv.Itoa(k.At)
	case s.Purpose == filing.ForEvidence, s.Purpose == filing.ForVisit:
		return s.Topic
	}
	return ""
}

// takeIn asks before anything is read, inspects, and keeps the bytes. It runs outside the
// transaction: reading a large file must not hold up everybody else's acts.
func (d *Desk) takeIn(ctx context.Context, r Request, id application.ID, s Sent) (info file.Info, sum string, err error) {
	if err := d.mayFile(ctx, r, id, s); err != nil {
		return info, "", err
	}
	if info, err = file.Inspect(ctx, s.Body, s.Size, s.Name); err != nil {
		return info, "", err
	}
	sum, _, err = d.files.Put(ctx, io.NewSectionReader(s.Body, 0, s.Size))
	return info, sum, err
}

// mayFile reports why the actor can't send this file to this case now, or nil.
func (d *Desk) mayFile(ctx context.Context, r Request, id application.ID, s Sent) error {
	return d.read(ctx, r, func(t *turn) error {
		k, err := t.open(id)
		if err != nil {
			return err
		}
		f := filing.Evidence{Purpose: s.Purpose, Topic: topic(k, s)}
		if err := k.MayFile(t.by, f); err != nil {
			return err
		}
		if _, ok := k.n.Condition(f.Topic); s.Purpose == filing.ForEvidence && !ok {
			return store.ErrNotFound
		}
		return nil
	})
}

// RemoveFile takes a file off the draft.
func (d *Desk) RemoveFile(ctx context.Context, r Request, id application.ID, fileID string) error {
	return d.on(ctx, r, id, application.ActFile, []string{string(id), fileID}, func(t *turn, k dossier) (event.Event, error) {
		f, err := t.file(k, fileID)
		if err != nil || !f.Removed.IsZero() {
			return event.Event{}, store.ErrNotFound
		}
		e, err := k.RemoveFile(k.n, f, t.by, t.now)
		if err != nil {
			return e, err
		}
		return e, t.tx.RemoveEvidence(t.ctx, id, fileID)
	})
}

// OpenFile reads one file of a case that the actor may read: the case's own, not locked.
// Any other is not found, whatever the reason.
func (d *Desk) OpenFile(ctx context.Context, r Request, id application.ID, fileID string) (f filing.Evidence, body io.ReadSeekCloser, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		k, err := t.open(id)
		if err != nil {
			return err
		}
		fs, err := t.files(k)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(fs, func(x filing.Evidence) bool { return x.ID == fileID })
		if i < 0 || !fs[i].Quarantined.IsZero() || fs[i].SHA256 == "" {
			return store.ErrNotFound
		}
		f = fs[i]
		return nil
	})
	if err != nil {
		return f, nil, err
	}
	body, _, err = d.files.Open(ctx, f.SHA256)
	return f, body, err
}

func (t *turn) file(k dossier, id string) (filing.Evidence, error) {
	fs, err := t.tx.Evidence(t.ctx, k.ID)
	if err != nil {
		return filing.Evidence{}, err
	}
	i := slices.IndexFunc(fs, func(x filing.Evidence) bool { return x.ID == id })
	if i < 0 {
		return filing.Evidence{}, store.ErrNotFound
	}
	return fs[i], nil
}

// files are those of a case that the actor may know of. A file whose content is not for
// the actor, and one that is locked, comes without its hash; a locked one without its
// name, which may be the secret.
func (t *turn) files(k dossier) ([]filing.Evidence, error) {
	all, err := t.tx.Evidence(t.ctx, k.ID)
	if err != nil {
		return nil, err
	}
	handed := map[string]bool{}
	beside := slices.ContainsFunc(all, func(f filing.Evidence) bool { return f.Purpose != filing.ForSeal }) // scans are in no version
	for _, v := range k.Versions {
		if !beside {
			break
		}
		c, err := t.tx.Frozen(t.ctx, k.ID, v.N)
		if err != nil {
			return nil, err
		}
		for _, f := range c.Evidence {
			handed[f.ID] = handed[f.ID] || v.N <= k.Handed || t.writes(k)
		}
	}
	var out []filing.Evidence
	for _, f := range all {
		known, open := k.ShowsFile(t.by, f, handed[f.ID])
		if !known {
			continue
		}
		if !open || !f.Quarantined.IsZero() {
			f.SHA256 = ""
		}
		if !f.Quarantined.IsZero() {
			f.Name = ""
		}
		out = append(out, f)
	}
	return out, nil
}

// writes reports whether the actor is of the unit that fills the form in.
func (t *turn) writes(k dossier) bool {
	return t.by.In(k.Unit) || (k.Proxy != nil && t.by.In(k.Proxy.Unit))
}

// Stage gives the desk the folder in which uploads that resume are kept until they are
// whole. Without one only whole forms are taken.
func (d *Desk) Stage(u *file.Uploads) { d.staging = u }

// Uploads takes in files that may be sent in pieces, under prefix; nil without a staging
// folder. ask says who sends, before anything of a body is read; answer words a refusal.
// The page names the case, the purpose and the topic as metadata; the finished upload is
// one act, keyed by its id, so that asking twice how it ended adds one file.
func (d *Desk) Uploads(prefix string, ask func(*http.Request) (Request, error), answer func(*http.Request, error) (int, string)) (http.Handler, error) {
	if d.staging == nil {
		return nil, nil
	}
	sent := func(u file.Upload) (application.ID, Sent) {
		plain := func(name string) string { // PostgreSQL knows no text with a NUL or broken UTF-8
			return strings.ReplaceAll(strings.ToValidUTF8(u.Meta[name], ""), "\x00", "")
		}
		return application.ID(plain("case")), Sent{Purpose: plain("purpose"), Topic: plain("topic"), Name: u.Name, Size: u.Size}
	}
	return d.staging.Handler(prefix, file.Hooks{
		Who: func(r *http.Request) (string, error) {
			q, err := ask(r)
			return q.By.Person, err
		},
		Create: func(r *http.Request, u file.Upload) error {
			q, err := ask(r)
			if err != nil {
				return err
			}
			id, s := sent(u)
			return d.mayFile(r.Context(), q, id, s)
		},
		Done: func(r *http.Request, u file.Upload, body *io.SectionReader) error {
			q, err := ask(r)
			if err != nil {
				return err
			}
			id, s := sent(u)
			s.Body, q.Key = body, u.ID
			// what is whole is taken in even when the sender has gone meanwhile
			_, err = d.AddFile(context.WithoutCancel(r.Context()), q, id, s)
			return err
		},
		Answer: func(r *http.Request, err error) (int, string) { return answer(r, named(err)) },
	})
}
