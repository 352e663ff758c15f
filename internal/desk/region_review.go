package desk

import (
	"context"
	"io"
	"slices"

	"shenbao/internal/application"
	"shenbao/internal/filing"
	"shenbao/internal/org"
	"shenbao/internal/review"
	"shenbao/internal/store"
)

// A ReviewTask is one of an expert's assignments, with what may be known of it before the
// declaration: enough to judge whether there is a conflict.
type ReviewTask struct {
	review.Assignment
	Number   string
	BaseName string
	UnitName string
	HostKind string
	League   string
	Place    string
	State    application.State
	Round    review.Round // sheet, rule, due date; without the line
	Code     string       // of the version that is reviewed
	Published
}

// ReviewsOf are the actor's own assignments, the newest first.
func (d *Desk) ReviewsOf(ctx context.Context, r Request) (tasks []ReviewTask, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if !t.by.Is(org.Expert) {
			return store.ErrNotFound
		}
		places, err := t.places()
		if err != nil {
			return err
		}
		as, err := t.tx.AssignmentsTo(ctx, org.PersonID(r.By.Person))
		for _, a := range as {
			if !a.Open() {
				continue // the invitation alone is shown
			}
			k, err := t.dossier(application.ID(a.Application))
			if err != nil {
				return err
			}
			task, err := t.task(k, a, places)
			if err != nil {
				return err
			}
			tasks = append(tasks, task)
		}
		return err
	})
	return tasks, err
}

func (t *turn) task(k dossier, a review.Assignment, places places) (ReviewTask, error) {
	p, err := t.published(k.Application.Notice)
	if err != nil {
		return ReviewTask{}, err
	}
	x := ReviewTask{Assignment: a, Number: k.Number, BaseName: k.BaseName, UnitName: k.UnitName, HostKind: k.HostKind, State: k.State, Published: p}
	x.League, x.Place = places.of(k.Division)
	if v, ok := k.Current(); ok {
		x.Code = v.Code
	}
	x.Round, err = t.tx.Round(t.ctx, a.Round)
	x.Round.Cut, x.Round.Applications, x.Round.Looks = nil, nil, nil
	if x.Round.Blind {
		x.BaseName, x.UnitName, x.League, x.Place = k.Number, application.Blinded, "", ""
	}
	return x, err
}

// A ReviewCase is one application as its expert reads it.
type ReviewCase struct {
	ReviewTask
	Call     *application.Call
	Can      []string          // of the review's acts
	Content  filing.Content    // empty before the declaration and after the review
	Opinions []filing.Opinion  // of the units on the way up, without persons
	Files    []filing.Evidence // of the version, without those that were locked since
	Visits   Visits            // of a round that is not blind
}

// Review reads one of the actor's own assignments.
func (d *Desk) Review(ctx context.Context, r Request, id application.ID) (c *ReviewCase, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		k, a, err := t.assigned(id)
		if err != nil {
			return err
		}
		places, err := t.places()
		if err != nil {
			return err
		}
		c = &ReviewCase{Call: k.call, Can: k.Can(t.by)}
		if c.ReviewTask, err = t.task(k, a, places); err != nil {
			return err
		}
		if !c.readable() {
			return nil
		}
		v, _ := k.Current()
		full, err := t.tx.Frozen(ctx, id, v.N)
		if err != nil {
			return err
		}
		c.Content, c.Opinions = application.ForReview(k.n, full), k.OpinionsForReview()
		if c.Files, err = t.unlocked(id, c.Content.Evidence); err != nil {
			return err
		}
		if c.Round.Blind {
			c.blind(k)
			return nil // where the visitors went says who applies
		}
		c.Visits, err = t.visits(k)
		return err
	})
	return c, err
}

// readable reports whether the material is open to the expert: after the declaration, while
// the round is.
func (x ReviewTask) readable() bool {
	return x.MayRead() && x.State == application.Reviewing && x.Round.State == review.RoundOpen
}

// blind hides who applies from the expert, as far as the system can.
func (c *ReviewCase) blind(k dossier) {
	names := k.Identities(k.n, c.Content)
	c.Content, c.Opinions = application.Blind(c.Content, names), application.BlindOpinions(c.Opinions, names)
	for i := range c.Files {
		c.Files[i].Name = application.NeutralName(i+1, c.Files[i].Name)
	}
}

// assigned opens an application for the expert it was given to.
func (t *turn) assigned(id application.ID) (dossier, review.Assignment, error) {
	if !t.by.Is(org.Expert) {
		return dossier{}, review.Assignment{}, store.ErrNotFound
	}
	a, err := t.tx.Assignment(t.ctx, id, org.PersonID(t.by.Person))
	if err != nil {
		return dossier{}, a, err
	}
	if !a.Open() {
		return dossier{}, a, store.ErrNotFound // not even which application it is
	}
	k, err := t.dossier(id)
	return k, a, err
}

// unlocked are the files of a version that nobody locked since.
func (t *turn) unlocked(id application.ID, frozen []filing.Evidence) ([]filing.Evidence, error) {
	all, err := t.tx.Evidence(t.ctx, id)
	return slices.DeleteFunc(slices.Clone(frozen), func(e filing.Evidence) bool {
		return !slices.ContainsFunc(all, func(x filing.Evidence) bool { return x.ID == e.ID && x.Quarantined.IsZero() })
	}), err
}

// ReviewFile opens a file of an application that the actor may read as its expert.
func (d *Desk) ReviewFile(ctx context.Context, r Request, id application.ID, fileID string) (e filing.Evidence, f io.ReadSeekCloser, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		k, a, err := t.assigned(id)
		if err != nil {
			return err
		}
		task, err := t.task(k, a, places{})
		if err != nil {
			return err
		}
		if !task.readable() {
			return store.ErrNotFound
		}
		v, _ := k.Current()
		full, err := t.tx.Frozen(ctx, id, v.N)
		if err != nil {
			return err
		}
		es, err := t.unlocked(id, application.ForReview(k.n, full).Evidence)
		if err != nil {
			return err
		}
		if !task.Round.Blind {
			seen, err := t.visits(k)
			if err != nil {
				return err
			}
			es = append(es, seen.Files...)
		}
		i := slices.IndexFunc(es, func(x filing.Evidence) bool { return x.ID == fileID })
		if i < 0 {
			return store.ErrNotFound
		}
		e = es[i]
		if task.Round.Blind {
			e.Name = application.NeutralName(i+1, e.Name)
		}
		return nil
	})
	if err != nil {
		return e, nil, err
	}
	f, _, err = d.files.Open(ctx, e.SHA256)
	return e, f, err
}
