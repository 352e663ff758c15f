package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strconv"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/file"
	"shenbao/internal/org"
	"shenbao/internal/store"
)

// Facts that the auditor's own work leaves.
const (
	LogExported event.Kind = "log.exported"
	LogChecked  event.Kind = "log.checked"
)

// An AuditFilter chooses facts; zero values do not filter. Person is an account's name or
// an id, Unit a full name or an id.
type AuditFilter struct {
	Person, Unit, Call, Kind, Outcome string
	Subject                           event.Subject
	Since, Until                      time.Time // Until itself is not in
	Before                            int64     // only facts with a smaller number
}

// auditor refuses whoever is not: nobody else reads the whole trail (R138).
func auditor(by org.Actor) error {
	if !by.Is(org.Auditor) {
		return event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Auditor))
	}
	return nil
}

// Audit lists facts, the newest first; more tells that there are older ones.
func (d *Desk) Audit(ctx context.Context, r Request, f AuditFilter, limit int) (es []event.Event, more bool, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if err := auditor(t.by); err != nil {
			return err
		}
		x := store.FactFilter{Call: f.Call, Person: f.Person, Unit: f.Unit, Outcome: f.Outcome, Kind: f.Kind, Subject: f.Subject,
			Before: f.Before, Since: f.Since, Until: f.Until}
		if p, err := t.tx.PersonByLogin(ctx, org.PlainLogin(f.Person)); err == nil {
			x.Person = string(p.ID)
		}
		if us, err := t.tx.UnitsNamed(ctx, f.Unit); err == nil && len(us) > 0 {
			x.Unit = string(us[0].ID)
		}
		es, err = t.tx.Log(ctx, x, limit+1)
		return err
	})
	if len(es) > limit {
		return es[:limit], true, err
	}
	return es, false, err
}

// ExportFacts writes every fact in order, its own last: "csv" for people, "jsonl" for
// archives, one fact per line exactly as it was hashed. It reads in steps, each with a
// look at whether the actor is still the auditor (C02); what was recorded meanwhile is
// not in. begin is called before the first byte.
func (d *Desk) ExportFacts(ctx context.Context, r Request, format string, w io.Writer, begin func()) error {
	if format != "csv" && format != "jsonl" {
		return event.Refuse(event.NotFound, "not-found", "")
	}
	last := int64(0)
	_, err := d.act(ctx, r, "log-export", event.Subject{Kind: "log"}, nil, func(t *turn) (string, error) {
		if err := auditor(t.by); err != nil {
			return "", err
		}
		seq, _, err := t.tx.Head(ctx)
		if err != nil {
			return "", err
		}
		last = seq + 1
		return "", t.record(event.Event{Kind: LogExported, On: event.Subject{Kind: "log"}, By: t.by.Actor,
			Detail: map[string]string{"format": format, "facts": strconv.FormatInt(last, 10)}})
	})
	if err != nil {
		return err
	}
	begin()
	var broken error
	all := d.factsTo(ctx, r, last, &broken)
	if format == "csv" {
		err = file.WriteCSV(w, auditColumns, factRows(all))
	} else {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		for e := range all {
			if err = enc.Encode(e); err != nil {
				break
			}
		}
	}
	if broken != nil {
		return broken
	}
	return err
}

// factsTo yields the facts up to number last; an error ends it and is left in broken.
func (d *Desk) factsTo(ctx context.Context, r Request, last int64, broken *error) iter.Seq[event.Event] {
	return func(yield func(event.Event) bool) {
		for next := int64(1); next <= last; {
			var es []event.Event
			*broken = d.read(ctx, r, func(t *turn) (err error) {
				if err := t.readActor(r.By); err != nil {
					return err
				}
				if err := auditor(t.by); err != nil {
					return err
				}
				es, err = t.tx.FactsFrom(ctx, next)
				return err
			})
			if *broken == nil && len(es) == 0 {
				*broken = fmt.Errorf("the log ends before fact %d", next)
			}
			if *broken != nil {
				return
			}
			for _, e := range es {
				if e.Seq > last || !yield(e) {
					return
				}
				next = e.Seq + 1
			}
		}
	}
}

var auditColumns = []string{"seq", "at", "kind", "outcome", "person", "name", "role", "unit", "for", "address", "subject_kind", "subject",
	"call", "clause", "reason", "detail", "before", "after", "notice", "id", "prev", "hash"}

func factRows(all iter.Seq[event.Event]) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for e := range all {
			row := []string{strconv.FormatInt(e.Seq, 10), e.At.UTC().Format("2006-01-02T15:04:05.000000Z"), string(e.Kind), e.Outcome,
				e.By.Person, e.By.Name, e.By.Role, e.By.UnitName, e.By.ForName, e.By.Addr, e.On.Kind, e.On.ID, e.Call, e.Clause, e.Reason,
				object(e.Detail), object(e.Before), object(e.After), e.Notice, e.ID, e.Prev, e.Hash}
			if !yield(row) {
				return
			}
		}
	}
}

func object(m map[string]string) string {
	if len(m) == 0 {
		return ""
	}
	b, err := json.Marshal(m)
	if err != nil {
		return ""
	}
	return string(b)
}

// A Chain is what a walk over the whole log found, and its newest fact then: number and
// hash, to be printed and kept elsewhere, where nobody can change them.
type Chain struct {
	Facts    int64
	Head     string
	Problems []string
}

// CheckChain walks the whole log (R138) and records that it did.
func (d *Desk) CheckChain(ctx context.Context, r Request) (c Chain, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if err := auditor(t.by); err != nil {
			return err
		}
		if c.Facts, c.Problems, err = t.tx.CheckLog(ctx); err != nil {
			return err
		}
		_, c.Head, err = t.tx.Head(ctx)
		return err
	})
	if err != nil {
		return c, err
	}
	_, err = d.act(ctx, r, "log-check", event.Subject{Kind: "log"}, nil, func(t *turn) (string, error) {
		if err := auditor(t.by); err != nil {
			return "", err
		}
		return "", t.record(event.Event{Kind: LogChecked, On: event.Subject{Kind: "log"}, By: t.by.Actor,
			Detail: map[string]string{"facts": strconv.FormatInt(c.Facts, 10), "head": c.Head, "problems": strconv.Itoa(len(c.Problems))}})
	})
	return c, err
}
