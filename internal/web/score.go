package web

import (
	"bytes"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"shenbao/internal/application"
	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/internal/paper"
	"shenbao/internal/review"
)

func (s *Server) scoreRoutes() {
	s.on("POST /reviews/{id}/score", s.score)
	s.on("POST /reviews/{id}/sheet", s.typeScore)
	s.on("GET /reviews/{id}/sheet", s.scoreChanges)
	s.on("GET /reviews/{id}/paper", s.ownPaper)
	s.on("GET /applications/{id}/sheets/{expert}", s.scoring)
	s.on("GET /applications/{id}/sheets/{expert}/paper", s.paperFor)
	s.on("POST /applications/{id}/sheets/{expert}/reopening", s.reopenScore)
	s.takes("POST /applications/{id}/sheets/{expert}/paper", s.enterPaper)
	s.on("POST /applications/{id}/sheets/{expert}/checking", s.checkPaper)
	s.on("GET /applications/{id}/sheets/{expert}/scan", s.scan)
}

// entryOf is a sheet as it was sent.
func entryOf(p url.Values) review.Entry {
	e := review.Entry{}
	for name := range p {
		if name == "comment" || name == "verdict" || strings.HasPrefix(name, "mark.") || strings.HasPrefix(name, "note.") || strings.HasPrefix(name, "veto.") {
			e[name] = p.Get(name)
		}
	}
	return e
}

// score keeps the sheet as it was typed, or hands it in. Marks that are none are said at
// once; what was typed is kept all the same.
func (s *Server) score(q *query) error {
	e, done := entryOf(q.r.PostForm), q.r.PostForm.Get("do") == "hand-in"
	again := func(f Form) error { return s.showReview(q, 0, f) }
	if err := s.desk.Score(q.ctx(), q.ask(), q.application(), e, done); err != nil {
		return q.refused(err, again)
	}
	if done {
		return q.to("/reviews", "scored")
	}
	c, err := s.desk.Review(q.ctx(), q.ask(), q.application())
	if err != nil {
		return err
	}
	if err := c.Round.Sheet.CheckMarks(e); err != nil {
		return q.refused(err, again)
	}
	return q.to("/reviews/"+string(q.application()), "score-kept")
}

// typeScore is an autosave of one field.
func (s *Server) typeScore(q *query) error {
	p := q.r.PostForm
	have, err := strconv.Atoi(p.Get("version"))
	if err != nil {
		return event.Refuse(event.Conflict, "changed-by-other", "")
	}
	is, err := s.desk.TypeScore(q.ctx(), q.ask(), q.application(), p.Get("field"), p.Get("value"), have)
	var r *event.Refusal
	if errors.As(err, &r) && r.Kind == "changed-by-other" {
		return q.writeJSON(status(event.Conflict), map[string]any{"value": is.Text, "version": is.V, "name": q.actor().Name, "at": clock(q.at)})
	}
	if err != nil {
		return err
	}
	return q.writeJSON(200, map[string]any{"version": is.V, "at": clock(q.at)})
}

// scoreChanges is what another page of the same expert changed: the whole draft, which the
// page compares by version.
func (s *Server) scoreChanges(q *query) error {
	c, err := s.desk.Review(q.ctx(), q.ask(), q.application())
	if err != nil {
		return err
	}
	changes := []map[string]any{}
	for field, t := range c.Draft {
		changes = append(changes, map[string]any{"field": field, "value": t.Text, "version": t.V, "name": q.actor().Name, "at": clock(q.at)})
	}
	return q.writeJSON(200, map[string]any{"changes": changes, "editors": []string{}, "since": ""})
}

func (s *Server) reviewer(q *query) org.PersonID { return org.PersonID(q.r.PathValue("expert")) }

func (s *Server) scoring(q *query) error { return s.showScoring(q, 200, Form{}) }

func (s *Server) showScoring(q *query, status int, f Form) error {
	c, err := s.desk.ScoringOf(q.ctx(), q.ask(), q.application(), s.reviewer(q))
	if err != nil {
		return err
	}
	return q.show(status, scoringPage(q.view("scoring.title"), f, c))
}

// onScoring answers an act on one expert's sheet.
func (s *Server) onScoring(q *query, err error, done string) error {
	if err != nil {
		return q.refused(err, func(f Form) error { return s.showScoring(q, 0, f) })
	}
	return q.to("/applications/"+string(q.application())+"/sheets/"+string(s.reviewer(q)), done)
}

func (s *Server) reopenScore(q *query) error {
	return s.onScoring(q, s.desk.ReopenScore(q.ctx(), q.ask(), q.application(), s.reviewer(q), strings.TrimSpace(q.r.PostFormValue("reason"))), "score-reopened")
}

func (s *Server) enterPaper(q *query) error {
	if err := q.form(desk.MaxFile+maxForm, maxForm); err != nil {
		return err
	}
	q.at = q.s.cfg.Clock()
	var scan desk.Sent
	if f, head, err := q.r.FormFile("file"); err == nil {
		defer func() { _ = f.Close() }()
		scan = desk.Sent{Name: head.Filename, Size: head.Size, Body: f}
	}
	p := q.r.PostForm
	return s.onScoring(q, s.desk.EnterPaper(q.ctx(), q.ask(), q.application(), s.reviewer(q), entryOf(p), p.Get("declares") == "yes", scan), "paper-entered")
}

func (s *Server) checkPaper(q *query) error {
	p := q.r.PostForm
	return s.onScoring(q, s.desk.CheckPaper(q.ctx(), q.ask(), q.application(), s.reviewer(q), p.Get("right") == "yes", strings.TrimSpace(p.Get("reason"))), "paper-checked")
}

func (s *Server) scan(q *query) error {
	p, body, err := s.desk.OpenScan(q.ctx(), q.ask(), q.application(), s.reviewer(q), q.r.URL.Query().Get("sha"))
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	return q.sendBytes(p.ScanName, p.ScanType, body)
}

// totalOf is the sum of a sheet as it was handed in, or a dash.
func totalOf(s review.Sheet, in review.Scoring) string {
	if t, ok := s.Total(in.Marks); ok {
		return t.Format(2)
	}
	return "—"
}

// draftTotal is the sum of the marks that are typed so far and are marks.
func draftTotal(s review.Sheet, e review.Entry) string {
	m := review.Marks{}
	for _, a := range s.Leaves() {
		m[a.ID], _ = s.Mark(a, e["mark."+a.ID])
	}
	t, _ := s.Total(m)
	return t.Format(2)
}

func markText(in review.Scoring, id string) string {
	if m, ok := in.Marks[id]; ok {
		return m.String()
	}
	return "—"
}

func verdictName(v View, s review.Sheet, id string) string {
	for _, x := range s.Verdicts {
		if x.ID == id {
			return sheetWord(v, x.Name, x.English)
		}
	}
	return ""
}

// verdictOptions are the overall words of a sheet.
func verdictOptions(v View, s review.Sheet) []Option {
	var out []Option
	for _, x := range s.Verdicts {
		out = append(out, Option{x.ID, sheetWord(v, x.Name, x.English)})
	}
	return out
}

// panelIn is the panel of an application in one round.
func panelIn(all []review.Assignment, round string) []review.Assignment {
	return slices.DeleteFunc(slices.Clone(all), func(a review.Assignment) bool { return a.Round != round })
}

// lastRound is the last round that the application is in; the zero round when it is in none.
func lastRound(c *desk.Case) review.Round {
	r, _ := review.LastRound(c.Rounds, string(c.ID))
	return r
}

// standingOf is how the application stands in its last round.
func standingOf(c *desk.Case) review.Standing {
	if ss := lastRound(c).Standings(c.Reviews, []string{string(c.ID)}); len(ss) == 1 {
		return ss[0]
	}
	return review.Standing{}
}

// earlierRounds are those before the last one in which the application was scored.
func earlierRounds(c *desk.Case) []review.Round {
	last := lastRound(c).ID
	return slices.DeleteFunc(slices.Clone(c.Rounds), func(r review.Round) bool { return !r.Has(string(c.ID)) || r.ID == last })
}

// ownPaper prints the actor's own sheet, to be filled in by hand: once there is nothing
// against reading the application.
func (s *Server) ownPaper(q *query) error {
	c, err := s.desk.Review(q.ctx(), q.ask(), q.application())
	if err != nil {
		return err
	}
	return s.printSheet(q, paper.ScorePaper{Notice: c.Notice, Round: c.Round, Number: c.Number, Unit: c.UnitName, Base: c.BaseName, Code: c.Code,
		Expert: c.Name, Due: c.Due, At: q.at})
}

func (s *Server) paperFor(q *query) error {
	c, err := s.desk.ScoringOf(q.ctx(), q.ask(), q.application(), s.reviewer(q))
	if err != nil {
		return err
	}
	p := paper.ScorePaper{Notice: c.Notice, Round: c.Round, Number: c.Number, Unit: c.UnitName, Base: c.BaseName, Expert: c.Assignment.Name, Due: c.Assignment.Due, At: q.at}
	if v, ok := c.Current(); ok {
		p.Code = v.Code
	}
	if c.Round.Blind {
		p.Unit, p.Base = application.Blinded, application.Blinded
	}
	return s.printSheet(q, p)
}

func (s *Server) printSheet(q *query, p paper.ScorePaper) error {
	b, err := paper.ScoreSheet(s.fonts, p)
	if err != nil {
		return err
	}
	return q.sendBytes("专家评分表-"+p.Number+".pdf", "application/pdf", bytes.NewReader(b))
}
