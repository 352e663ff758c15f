package desk

import (
	"context"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

// A Todo (待办) is what waits for the actor now. It is asked for, never kept.
type Todo struct {
	Items []TodoItem
	More  bool // there are others
}

// A TodoItem is one thing to do; locale has "todo.<kind>".
type TodoItem struct {
	Kind    string
	Subject string
	Unit    string
	Link    string
	Since   time.Time
	Due     time.Time // zero: none is set
}

const todoMax = 200

// Todo lists what waits for the actor, the most urgent first.
func (d *Desk) Todo(ctx context.Context, r Request) (Todo, error) {
	var out Todo
	err := d.read(ctx, r, func(t *turn) error {
		if err := t.sheetsToDo(&out); err != nil {
			return err
		}
		var f application.Filter
		switch {
		case t.by.Is(org.Clerk, org.Principal):
			f.Holder = org.UnitID(t.by.Unit)
		case t.by.Is(org.Staff):
			f.States = []application.State{application.Checking, application.Reviewing}
		case t.by.Is(org.Intake):
			f.States = []application.State{application.Checking}
		case t.by.Is(org.Approver): // what staff would not accept; sheets are above
			f.States = []application.State{application.Checking}
		case t.by.Is(org.Expert):
			return t.reviewsToDo(&out)
		default:
			return nil
		}
		rows, err := t.tx.AllApplications(ctx, f, todoMax+1)
		if err != nil {
			return err
		}
		for _, row := range rows {
			a, err := t.tx.Application(ctx, row.ID)
			if err != nil {
				return err
			}
			call, err := t.tx.Call(ctx, a.Call)
			if err != nil {
				return err
			}
			kind := a.Waiting(t.by)
			if kind == application.ActPrepare && a.Open() != nil {
				kind = "correction"
			}
			if kind != "" {
				out.Items = append(out.Items, TodoItem{Kind: kind, Subject: title(row), Unit: row.UnitName, Link: "/applications/" + string(row.ID),
					Since: row.Moved, Due: a.DueBy(call)})
			}
		}
		out.More = len(rows) > todoMax
		return nil
	})
	return out, err
}

func title(row application.Row) string {
	if row.BaseName == "" {
		return row.Number
	}
	return row.BaseName
}

func (t *turn) reviewsToDo(out *Todo) error {
	as, err := t.tx.AssignmentsTo(t.ctx, org.PersonID(t.by.Person))
	if err != nil {
		return err
	}
	vs, err := t.tx.InvitationsTo(t.ctx, org.PersonID(t.by.Person))
	if err != nil {
		return err
	}
	for _, v := range vs {
		if v.State == review.InviteOpen {
			c, err := t.tx.Call(t.ctx, v.Call)
			if err != nil {
				return err
			}
			out.Items = append(out.Items, TodoItem{Kind: "invitation", Subject: c.Title, Link: "/reviews", Since: v.At, Due: v.AnswerBy})
		}
	}
	for _, s := range as {
		kind := ""
		switch {
		case s.Recused || !s.Scored.IsZero() || !s.Open():
			continue
		case s.Declared.IsZero():
			kind = "declare"
		default:
			kind = "score"
		}
		a, err := t.tx.Application(t.ctx, application.ID(s.Application))
		if err != nil {
			return err
		}
		out.Items = append(out.Items, TodoItem{Kind: kind, Subject: a.BaseName, Unit: a.UnitName, Link: "/reviews/" + s.Application, Since: s.At, Due: s.Due})
	}
	return nil
}

// Unread counts the actor's unread messages; nothing is worth failing a page for it.
func (d *Desk) Unread(ctx context.Context, r Request) int64 {
	n := int64(0)
	_ = d.read(ctx, r, func(t *turn) (err error) {
		n, err = t.tx.Unread(ctx, org.PersonID(r.By.Person))
		return err
	})
	return n
}
