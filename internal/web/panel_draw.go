package web

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"shenbao/assign"
	"shenbao/draw"
	"shenbao/internal/desk"
	"shenbao/internal/expert"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

func (s *Server) drawRoutes() {
	s.on("POST /groups/{id}/draws", s.freezeDraw)
	s.on("POST /groups/{id}/alternate-out", s.passOver)
	s.on("GET /draws/{id}", s.drawPage)
	s.on("POST /draws/{id}/witness", s.attestDraw)
	s.on("POST /draws/{id}/drawing", s.runDraw)
	s.on("POST /draws/{id}/voiding", s.voidDraw)
	s.on("GET /draw-records/{id}", s.keptRecord)
	s.on("POST /calls/{id}/matches", s.proposeMatch)
	s.on("GET /matches/{id}", s.matchPage)
	s.on("POST /matches/{id}/taking", s.takeMatch)
	s.on("POST /matches/{id}/dropping", s.dropMatch)
}

// fieldRows are how many fields a draw can ask for.
const fieldRows = 3

// drawTerms reads the conditions of a draw; what is no number is none.
func drawTerms(q *query) review.DrawTerms {
	p := q.r.PostForm
	number := func(name string) int { n, _ := strconv.Atoi(strings.TrimSpace(p.Get(name))); return max(0, n) }
	t := review.DrawTerms{Employer: number("employer"), Place: number("place"), Strict: p.Get("conflicts") == "strict", Fair: p.Get("chances") == "fair",
		Kinds: map[string]int{}, Fields: map[string]int{}}
	for _, k := range expert.Kinds {
		if n := number("kind-" + string(k)); n > 0 {
			t.Kinds[string(k)] = n
		}
	}
	for i := range fieldRows {
		row := strconv.Itoa(i + 1)
		if n := number("field-least-" + row); n > 0 && p.Get("field-"+row) != "" {
			t.Fields[p.Get("field-"+row)] = n
		}
	}
	return t
}

func (s *Server) freezeDraw(q *query) error {
	group := q.r.PathValue("id")
	id, err := s.desk.FreezeDraw(q.ctx(), q.ask(), group, desk.DrawDraft{Terms: drawTerms(q), Source: strings.TrimSpace(q.r.PostFormValue("source")), Reason: q.reason()})
	if err != nil {
		return q.refused(err, func(f Form) error { return s.showGroup(q, 0, group, f) })
	}
	return q.to("/draws/"+id, "list-frozen")
}

func (s *Server) passOver(q *query) error {
	id, p := q.r.PathValue("id"), q.r.PostForm
	if err := s.desk.PassOverAlternate(q.ctx(), q.ask(), id, org.PersonID(p.Get("alternate")), strings.TrimSpace(p.Get("why"))); err != nil {
		return q.refused(err, func(f Form) error { return s.showGroup(q, 0, id, f) })
	}
	return q.to("/groups/"+id, "alternate-passed")
}

func (s *Server) drawPage(q *query) error { return s.showDraw(q, 200, Form{}) }

func (s *Server) showDraw(q *query, status int, f Form) error {
	p, err := s.desk.Drawing(q.ctx(), q.ask(), q.r.PathValue("id"))
	if err != nil {
		return err
	}
	return q.show(status, drawPage(q.view("drawing.title"), f, p))
}

func (s *Server) attestDraw(q *query) error {
	id, p := q.r.PathValue("id"), q.r.PostForm
	if err := s.desk.AttestDraw(q.ctx(), q.ask(), id, strings.TrimSpace(p.Get("public")), strings.TrimSpace(p.Get("witness"))); err != nil {
		return q.refused(err, func(f Form) error { return s.showDraw(q, 0, f) })
	}
	return q.to("/draws/"+id, "draw-witnessed")
}

func (s *Server) runDraw(q *query) error {
	id := q.r.PathValue("id")
	if err := s.desk.RunDraw(q.ctx(), q.ask(), id, endOf(q.r.PostFormValue("due"))); err != nil {
		return q.refused(err, func(f Form) error { return s.showDraw(q, 0, f) })
	}
	return q.to("/draws/"+id, "drawn")
}

func (s *Server) voidDraw(q *query) error {
	id := q.r.PathValue("id")
	if err := s.desk.VoidDraw(q.ctx(), q.ask(), id, q.reason()); err != nil {
		return q.refused(err, func(f Form) error { return s.showDraw(q, 0, f) })
	}
	return q.to("/draws/"+id, "draw-voided")
}

// keptRecord gives a record out byte for byte, for the command that verifies it.
func (s *Server) keptRecord(q *query) error {
	p, err := s.desk.KeptRecord(q.ctx(), q.ask(), q.r.PathValue("id"))
	if err != nil {
		return err
	}
	return q.file("shenbao-"+p.Kind+"-"+p.SHA[:12]+".json", "application/json", []byte(p.Doc))
}

func (s *Server) proposeMatch(q *query) error {
	call := q.r.PathValue("id")
	id, err := s.desk.ProposeMatch(q.ctx(), q.ask(), call, matchOptions(q))
	if err != nil {
		return q.refused(err, func(f Form) error { return s.showPanels(q, 0, call, f) })
	}
	return q.to("/matches/"+id, "matched")
}

// matchOptions reads the form of a match; what is no number is out of range.
func matchOptions(q *query) review.MatchOptions {
	p := q.r.PostForm
	number := func(name string) int {
		n, err := strconv.Atoi(strings.TrimSpace(p.Get(name)))
		if err != nil {
			return -1
		}
		return n
	}
	o := review.MatchOptions{Mode: assign.Mode(p.Get("mode")), Size: number("m-size"), Most: number("most"), Least: number("least"), Employer: number("m-employer"),
		Balance: number("balance"), Keep: p.Get("keep") == "yes", Demands: map[string]int{}}
	if o.Mode == assign.Mixed {
		o.Chance = number("chance")
	}
	for _, k := range expert.Kinds {
		if n, _ := strconv.Atoi(p.Get("demand-" + string(k))); n > 0 {
			o.Demands[string(k)] = n
		}
	}
	return o
}

func (s *Server) matchPage(q *query) error { return s.showMatch(q, 200, Form{}) }

func (s *Server) showMatch(q *query, status int, f Form) error {
	p, err := s.desk.Match(q.ctx(), q.ask(), q.r.PathValue("id"))
	if err != nil {
		return err
	}
	return q.show(status, matchPage(q.view("match.title"), f, p))
}

func (s *Server) takeMatch(q *query) error {
	id, p := q.r.PathValue("id"), q.r.PostForm
	if err := s.desk.TakeMatch(q.ctx(), q.ask(), id, endOf(p.Get("due")), strings.TrimSpace(p.Get("reason"))); err != nil {
		return q.refused(err, func(f Form) error { return s.showMatch(q, 0, f) })
	}
	return q.to("/matches/"+id, "match-taken")
}

func (s *Server) dropMatch(q *query) error {
	id := q.r.PathValue("id")
	if err := s.desk.DropMatch(q.ctx(), q.ask(), id, strings.TrimSpace(q.r.PostFormValue("why"))); err != nil {
		return q.refused(renamed(err, "reason", "why"), func(f Form) error { return s.showMatch(q, 0, f) })
	}
	return q.to("/matches/"+id, "match-dropped")
}

// quotaText is one condition of a draw as people read it.
func quotaText(v View, q draw.Quota) string {
	what := q.Category
	switch q.Family {
	case "kind":
		what = v.T("expert-kind." + q.Category)
	case "field":
		what = disciplineName(v, q.Category)
	}
	if q.Category == "*" {
		return v.T("quota."+q.Family+"-each", "n", strconv.Itoa(q.Max))
	}
	return v.T("quota."+q.Family, "what", what, "n", strconv.Itoa(q.Min))
}

// skipText is why a ticket was passed over.
func skipText(v View, p *desk.DrawPage, s draw.Skip) string {
	var with []string
	for _, id := range s.With {
		with = append(with, p.Names[id])
	}
	switch {
	case s.Kind == draw.SkipBar && s.Bar != nil:
		return barText(v, *s.Bar)
	case s.Kind == draw.SkipFull || s.Kind == draw.SkipReserved:
		text := v.T("skip."+s.Kind, "quotas", strings.Join(quotaTexts(v, p, s.Quotas), "；"))
		if len(with) > 0 {
			text += v.T("skip.with", "names", strings.Join(with, "、"))
		}
		return text
	}
	return v.T("skip." + s.Kind)
}

// barText is why somebody on the list can't be on the panel.
func barText(v View, b draw.Bar) string {
	why := b.Why
	switch b.Kind {
	case "conflict":
		return v.T("bar.conflict", "application", b.About, "why", v.T("conflict-kind."+why))
	case "unavailable":
		return v.T("expert-unavailable." + why)
	case "ended":
		return v.T("bar.ended", "state", v.T("invite."+why))
	}
	return v.T("bar." + b.Kind)
}

// quotaTexts are conditions that a step names as “family category least..most”.
func quotaTexts(v View, p *desk.DrawPage, names []string) []string {
	var out []string
	for _, n := range names {
		i := slices.IndexFunc(p.Frozen.Plan.Quotas, func(q draw.Quota) bool { return q.String() == n })
		if i >= 0 {
			out = append(out, quotaText(v, p.Frozen.Plan.Quotas[i]))
			continue
		}
		// one of “each employer”: “employer NAME 0..1” says which
		family, rest, _ := strings.Cut(n, " ")
		if at := strings.LastIndex(rest, " "); at > 0 {
			rest = rest[:at]
		}
		out = append(out, v.T("quota.one-"+family, "what", rest))
	}
	return out
}

// barred counts who is on the list and can't be drawn.
func barred(ps []draw.Person) (n int) {
	for _, p := range ps {
		if len(p.Bars) > 0 {
			n++
		}
	}
	return n
}

// replayText says what drawing the record again found.
func replayText(v View, err error) string {
	var d *draw.Difference
	switch {
	case err == nil:
		return v.T("replay.true")
	case errors.As(err, &d):
		return v.T("replay.differs", "where", d.Where)
	}
	return v.T("replay.broken", "what", err.Error())
}

// drawOpen reports whether a group can be drawn for now: nothing is under way, and experts
// are missing whom no alternate replaces.
func drawOpen(p *desk.GroupPage) bool {
	going := slices.ContainsFunc(p.Drawings, func(d review.Drawing) bool { return d.Going() })
	return !going && (!p.Drawn() || p.Short() > len(p.Next))
}

func matchModes(v View) []Option {
	return []Option{{string(assign.Best), v.T("match-mode.best")}, {string(assign.Fair), v.T("match-mode.fair")}, {string(assign.Mixed), v.T("match-mode.mixed")}}
}

// appName is an application as a match's page names it.
func appName(p *desk.MatchPage, id string) string {
	if a, ok := p.Apps[id]; ok {
		return a.Number + " " + a.BaseName
	}
	return id
}

// linesOf are the pairs of one application.
func linesOf(r assign.Record, id string) []assign.Line {
	return slices.DeleteFunc(slices.Clone(r.Lines), func(l assign.Line) bool { return l.Dossier != id })
}

func nextOf(r assign.Record, id string) []assign.Next {
	return slices.DeleteFunc(slices.Clone(r.Next), func(n assign.Next) bool { return n.Dossier != id })
}

// lackText is where the whole pool is, of an application that goes short.
func lackText(v View, l assign.Lack) string {
	parts := []string{v.T("lack.pool", "n", strconv.Itoa(l.Pool))}
	for _, x := range []struct {
		key string
		n   int
	}{{"assigned", l.Assigned}, {"full", l.Full}, {"held", l.Held}, {"free", l.Free}, {"unlisted", l.Unlisted}, {"banned", l.Banned}, {"withdrawn", l.Withdrawn}} {
		if x.n > 0 {
			parts = append(parts, v.T("lack."+x.key, "n", strconv.Itoa(x.n)))
		}
	}
	for _, k := range append(slices.Clone(review.ConflictKinds), review.ScoredBefore) {
		if n := l.Conflicts[string(k)]; n > 0 {
			parts = append(parts, v.T("lack.conflict", "kind", v.T("conflict-kind."+string(k)), "n", strconv.Itoa(n)))
		}
	}
	return strings.Join(parts, "；")
}

// remedyTexts are what it would take to fill the empty slots.
func remedyTexts(v View, p *desk.MatchPage) []string {
	var out []string
	r := p.Record.Remedy
	for _, l := range r.Loads {
		out = append(out, v.T("remedy.load", "name", p.Names[l.Expert], "n", strconv.Itoa(l.More)))
	}
	for _, w := range r.Waived {
		out = append(out, v.T("remedy.waive", "name", p.Names[w.Expert], "application", appName(p, w.Dossier), "why", v.T("conflict-kind."+w.Reason)))
	}
	if r.Left > 0 {
		out = append(out, v.T("remedy.left", "n", strconv.Itoa(r.Left)))
	}
	return out
}

// goneText is why a pair that was assigned goes.
func goneText(v View, g assign.Gone) string {
	switch {
	case g.Moved:
		return v.T("gone.moved")
	case slices.Contains(review.ConflictKinds, review.ConflictKind(g.Reason)):
		return v.T("conflict-kind." + g.Reason)
	}
	return v.Lang.Or("invite."+g.Reason, v.T("gone.other"))
}

func matchClass(s review.MatchState) string {
	return map[review.MatchState]string{review.MatchProposed: "tag tag-wait", review.MatchTaken: "tag tag-ok"}[s]
}

func drawClass(s review.DrawState) string {
	return map[review.DrawState]string{review.DrawFrozen: "tag tag-wait", review.DrawWitnessed: "tag tag-run", review.DrawDone: "tag tag-ok"}[s]
}

// personIn are the categories of a family that somebody on the list is in.
func personIn(p *desk.DrawPage, id, family string) string {
	i := slices.IndexFunc(p.Frozen.Plan.People, func(x draw.Person) bool { return x.ID == id })
	if i < 0 {
		return ""
	}
	return strings.Join(p.Frozen.Plan.People[i].In[family], "、")
}

func drawnKind(v View, p *desk.DrawPage, id string) string {
	if k := personIn(p, id, "kind"); k != "" {
		return v.T("expert-kind." + k)
	}
	return ""
}

func drawnList(p *desk.DrawPage, ids []string) string {
	var names []string
	for _, id := range ids {
		names = append(names, p.Names[id])
	}
	return strings.Join(names, "、")
}

// roundDue is the date proposed for sheets: the round's, if there is time left.
func roundDue(v View, r review.Round) string {
	if r.Due.After(v.Now.AddDate(0, 0, 1)) {
		return lastDay(r.Due)
	}
	return reviewDue(v)
}

// defaultLoad is proposed as the most that each expert takes.
const defaultLoad = 10

func anyAssigned(p desk.Panels) bool {
	return slices.ContainsFunc(p.Lines, func(l desk.PanelLine) bool { return len(l.Panel) > 0 })
}

// worthText is what the sum would lose without a pair; above any affinity it is what comes
// before affinity, such as a filled slot.
func worthText(v View, r assign.Record, l assign.Line) string {
	switch {
	case l.Locked:
		return "—"
	case r.Mixed != nil:
		return v.T("match.chance-of", "n", strconv.FormatFloat(float64(l.Chance)/10, 'f', 1, 64))
	case r.Proof.Scale > 0 && l.Worth >= r.Proof.Levels.Minimum/r.Proof.Scale && r.Proof.Levels.Minimum > 0:
		return v.T("match.needed")
	}
	return strconv.FormatInt(l.Worth, 10)
}
