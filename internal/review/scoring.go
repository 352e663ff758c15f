package review

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/score"
)

// Facts of a sheet beside Scored. They tell no marks (B01).
const (
	ScoreReopened event.Kind = "review.score-reopened"
	PaperEntered  event.Kind = "review.paper-entered"
	PaperChecked  event.Kind = "review.paper-checked"
	PaperRejected event.Kind = "review.paper-rejected"
)

// A Scoring is what one sheet says.
type Scoring struct {
	Marks   Marks             `json:"marks,omitempty"`
	Notes   map[string]string `json:"notes,omitempty"`  // reasons, by id of the aspect
	Vetoes  map[string]string `json:"vetoes,omitempty"` // grounds that were found, by id, with why
	Comment string            `json:"comment,omitempty"`
	Verdict string            `json:"verdict,omitempty"` // id
}

// An Entry is a sheet as it was typed, by the names of its fields: "mark.2.1", "note.2.1",
// "veto.1", "comment", "verdict". It is kept as it is until it is handed in, mistakes and all.
type Entry map[string]string

// A Typed is one field of a sheet in work. V counts its changes: two pages that have the
// same sheet open don't overwrite each other.
type Typed struct {
	Text string `json:"text"`
	V    int    `json:"v"`
}

// An Edition is what a sheet said before it was given back for correction.
type Edition struct {
	Scoring
	Scored time.Time   `json:"scored"`
	Paper  *PaperSheet `json:"paper,omitempty"`
	By     event.Actor `json:"by"` // who gave it back
	At     time.Time   `json:"at"`
	Reason string      `json:"reason"`
}

// A PaperSheet says that a sheet was filled in on paper and typed in by staff. It counts
// once a second person has compared it with the scan.
type PaperSheet struct {
	By        event.Actor  `json:"by"`
	At        time.Time    `json:"at"`
	Scan      string       `json:"scan"` // sha256 of the file
	ScanName  string       `json:"scan_name"`
	ScanType  string       `json:"scan_type"`
	CheckedBy *event.Actor `json:"checked_by,omitempty"`
	CheckedAt time.Time    `json:"checked_at"`
}

// Fields are the names of all fields of a sheet.
func (s Sheet) Fields() []string {
	var out []string
	for _, a := range s.Leaves() {
		out = append(out, "mark."+a.ID, "note."+a.ID)
	}
	for _, v := range s.Vetoes {
		out = append(out, "veto."+v.ID)
	}
	return append(out, "comment", "verdict")
}

// maxWords bounds what is typed into one field.
const maxWords = 3000

// Mark reads one typed mark; the refusal says what is wrong with it.
func (s Sheet) Mark(a Aspect, text string) (score.Points, error) {
	p, err := score.Parse(text, s.Max(a), s.StepDecimals())
	args := []string{"item", a.Name, "max", s.Max(a).String(), "step", s.Step.String(), "text", text}
	var bad *score.MarkError
	switch {
	case err == nil && p%s.Step == 0:
		return p, nil
	case err == nil:
		return 0, refuseField("mark-step", "mark."+a.ID, args...)
	case errors.As(err, &bad) && errors.Is(bad.Err, score.ErrMissing):
		return 0, refuseField("mark-missing", "mark."+a.ID, args...)
	case errors.Is(err, score.ErrNumber):
		return 0, refuseField("mark-number", "mark."+a.ID, args...)
	case errors.Is(err, score.ErrPrecision):
		return 0, refuseField("mark-step", "mark."+a.ID, args...)
	}
	return 0, refuseField("mark-range", "mark."+a.ID, args...)
}

// Read makes a scoring of what was typed, or says all that is wrong with it.
func (s Sheet) Read(e Entry) (Scoring, error) {
	out := Scoring{Marks: Marks{}, Comment: strings.TrimSpace(e["comment"]), Verdict: e["verdict"]}
	var bad event.Refusals
	add := func(kind, field string, args ...string) { bad = append(bad, refuseField(kind, field, args...)) }
	for _, a := range s.Leaves() {
		p, err := s.Mark(a, e["mark."+a.ID])
		var r *event.Refusal
		if errors.As(err, &r) {
			bad = append(bad, r)
		}
		out.Marks[a.ID] = p
		if note := strings.TrimSpace(e["note."+a.ID]); note != "" {
			out.note(a.ID, note)
		} else if a.Comment {
			add("note-required", "note."+a.ID, "item", a.Name)
		}
	}
	for _, v := range s.Vetoes {
		if why := strings.TrimSpace(e["veto."+v.ID]); why != "" {
			if out.Vetoes == nil {
				out.Vetoes = map[string]string{}
			}
			out.Vetoes[v.ID] = why
		}
	}
	if len([]rune(out.Comment)) < s.CommentMin {
		add("comment-required", "comment", "least", strconv.Itoa(s.CommentMin))
	}
	if !slices.ContainsFunc(s.Verdicts, func(v Verdict) bool { return v.ID == out.Verdict }) {
		add("outcome-required", "verdict")
	}
	for _, f := range s.Fields() {
		if len([]rune(e[f])) > maxWords {
			add("text-long", f, "max", strconv.Itoa(maxWords))
		}
	}
	return out, bad.Or()
}

func (s *Scoring) note(id, text string) {
	if s.Notes == nil {
		s.Notes = map[string]string{}
	}
	s.Notes[id] = text
}

// Type keeps one field as it is typed; a mark that is none is refused at once. have is the version that the page shows: when
// another page has changed the field since, the refusal says so and both texts are there.
func (s *Assignment) Type(r Round, n *notice.Notice, by org.Actor, field, text string, have int) (Typed, error) {
	if err := s.writable(r, n, by); err != nil {
		return Typed{}, err
	}
	old := s.Draft[field]
	switch {
	case !slices.Contains(r.Sheet.Fields(), field):
		return old, event.Refuse(event.NotFound, "not-found", "")
	case len([]rune(text)) > maxWords:
		return old, refuseField("text-long", field, "max", strconv.Itoa(maxWords))
	case old.Text == text:
		return old, nil
	case old.V != have:
		return old, event.Refuse(event.Conflict, "changed-by-other", "")
	}
	if err := r.Sheet.CheckMarks(Entry{field: text}); err != nil {
		return old, err
	}
	if s.Draft == nil {
		s.Draft = map[string]Typed{}
	}
	s.Draft[field] = Typed{text, old.V + 1}
	return s.Draft[field], nil
}

// CheckMarks says what is wrong with the marks that were typed; those still to come are not.
func (s Sheet) CheckMarks(e Entry) error {
	var bad event.Refusals
	for _, a := range s.Leaves() {
		var r *event.Refusal
		if text := e["mark."+a.ID]; strings.TrimSpace(text) != "" {
			if _, err := s.Mark(a, text); errors.As(err, &r) {
				bad = append(bad, r)
			}
		}
	}
	return bad.Or()
}

// Typed is the sheet in work as it stands.
func (s *Assignment) Typed() Entry {
	e := Entry{}
	for f, t := range s.Draft {
		e[f] = t.Text
	}
	return e
}

// Keep keeps a whole sheet in work as it is typed.
func (s *Assignment) Keep(r Round, n *notice.Notice, by org.Actor, e Entry) error {
	if err := s.writable(r, n, by); err != nil {
		return err
	}
	s.keep(r, e)
	return nil
}

func (s *Assignment) keep(r Round, e Entry) {
	if s.Draft == nil {
		s.Draft = map[string]Typed{}
	}
	for _, f := range r.Sheet.Fields() {
		if text, ok := e[f]; ok && text != s.Draft[f].Text {
			s.Draft[f] = Typed{text, s.Draft[f].V + 1}
		}
	}
}

// writable refuses whoever can't write on this sheet now.
func (s *Assignment) writable(r Round, n *notice.Notice, by org.Actor) error {
	if err := s.mine(by); err != nil {
		return err
	}
	return s.fillable(r, n)
}

func (s *Assignment) fillable(r Round, n *notice.Notice) error {
	step, _ := n.Step(notice.StepReview)
	switch {
	case s.Declared.IsZero():
		return event.Refuse(event.Closed, "declare-first", step.Clause)
	case s.Recused:
		return event.Refuse(event.Closed, "recused", step.Clause)
	case !s.Scored.IsZero():
		return event.Refuse(event.Conflict, "already-scored", step.Clause)
	case s.Paper != nil:
		return event.Refuse(event.Conflict, "paper-waits", step.Clause)
	case r.State != RoundOpen:
		return event.Refuse(event.Closed, "round-not-open", step.Clause, "round", r.Name)
	}
	return nil
}

// HandIn makes the sheet count; then it can't be changed (B05).
func (s *Assignment) HandIn(r Round, n *notice.Notice, by org.Actor, e Entry, now time.Time) (event.Event, error) {
	if err := s.writable(r, n, by); err != nil {
		return event.Event{}, err
	}
	in, err := r.Sheet.Read(e)
	if err != nil {
		return event.Event{}, err
	}
	s.keep(r, e)
	s.Scoring, s.Sheet, s.Scored = in, r.Hash, now
	return s.fact(Scored, by, now), nil
}

// Reopen gives a sheet that was handed in back to its expert for correction, with a
// reason. What it said stays on record beside what it will say.
func (s *Assignment) Reopen(r Round, by org.Actor, reason string, now time.Time) (event.Event, error) {
	switch {
	case !by.Is(org.Staff):
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	case s.Scored.IsZero() || s.Recused:
		return event.Event{}, event.Refuse(event.Conflict, "not-scored", "", "expert", s.Name)
	case r.State != RoundOpen:
		return event.Event{}, event.Refuse(event.Closed, "round-not-open", "", "round", r.Name)
	case strings.TrimSpace(reason) == "":
		return event.Event{}, refuseField("reason-required", "reason")
	}
	s.Editions = append(s.Editions, Edition{Scoring: s.Scoring, Scored: s.Scored, Paper: s.Paper, By: by.Actor, At: now, Reason: reason})
	s.Scoring, s.Scored, s.Paper = Scoring{}, time.Time{}, nil
	e := s.fact(ScoreReopened, by, now)
	e.Reason, e.Detail["person"] = reason, string(s.Expert)
	return e, nil
}

// EnterPaper types in a sheet that an expert filled in and signed on paper, with its scan.
// The signature on the paper stands below the undertaking and the declaration: it is the
// expert's acceptance, and the word that there is no conflict. It counts when a second person has checked it.
func (s *Assignment) EnterPaper(r Round, n *notice.Notice, by org.Actor, e Entry, scan PaperSheet, declares bool, now time.Time) (event.Event, error) {
	if !by.Is(org.Staff) {
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	}
	was, accepted := s.Declared, s.Accepted
	if was.IsZero() && !declares {
		return event.Event{}, refuseField("paper-declaration", "declares")
	}
	if was.IsZero() {
		s.Declared = now
	}
	if accepted.IsZero() {
		s.Accepted = now
	}
	in, err := r.Sheet.Read(e)
	if wrong := s.fillable(r, n); wrong != nil {
		err = wrong
	} else if scan.Scan == "" && err == nil {
		err = refuseField("scan-required", "file")
	}
	if err != nil {
		s.Declared, s.Accepted = was, accepted
		return event.Event{}, err
	}
	scan.By, scan.At = by.Actor, now
	s.keep(r, e)
	s.Scoring, s.Paper = in, &scan
	return s.fact(PaperEntered, by, now), nil
}

// CheckPaper is the second person's word on a paper sheet: typed in as it stands on the
// scan, and it counts; or not, and it is typed in again.
func (s *Assignment) CheckPaper(r Round, n *notice.Notice, by org.Actor, right bool, reason string, now time.Time) (event.Event, error) {
	step, _ := n.Step(notice.StepReview)
	switch {
	case !by.Is(org.Staff, org.Approver):
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	case s.Paper == nil || !s.Scored.IsZero() || s.Recused:
		return event.Event{}, event.Refuse(event.Conflict, "no-paper", step.Clause, "expert", s.Name)
	case org.SamePerson(by.Actor, s.Paper.By):
		return event.Event{}, event.Refuse(event.Forbidden, "two-persons", step.Clause)
	case r.State != RoundOpen:
		return event.Event{}, event.Refuse(event.Closed, "round-not-open", step.Clause, "round", r.Name)
	case !right && strings.TrimSpace(reason) == "":
		return event.Event{}, refuseField("reason-required", "reason")
	}
	if !right {
		s.Scoring, s.Paper = Scoring{}, nil
		e := s.fact(PaperRejected, by, now)
		e.Reason = reason
		return e, nil
	}
	p := *s.Paper
	p.CheckedBy, p.CheckedAt = &by.Actor, now
	s.Paper, s.Sheet, s.Scored = &p, r.Hash, now
	return s.fact(PaperChecked, by, now), nil
}

// Counts reports whether the sheet counts in round r: handed in there, not recused and not
// voided.
func (s Assignment) Counts(r Round) bool { return s.Round == r.ID && !s.Scored.IsZero() && !s.Recused }

// sheet is what the rule reads of it.
func (s Assignment) sheet(r Round) score.Sheet {
	agree := slices.ContainsFunc(r.Sheet.Verdicts, func(v Verdict) bool { return v.ID == s.Verdict && v.Agree })
	return score.Sheet{Expert: string(s.Expert), Marks: r.Sheet.points(s.Marks), Agree: agree, Vetoes: slices.Sorted(maps.Keys(s.Vetoes))}
}
