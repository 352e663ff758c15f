package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/desk"
	"shenbao/internal/filing"
	"shenbao/internal/locale"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

func (s *Server) checkRoutes() {
	s.on("GET /calls/{id}/material", s.material)
	s.on("POST /calls/{id}/check-rules", s.setCheckRules)
	s.on("GET /applications/{id}/check", s.checkForm)
	s.on("POST /applications/{id}/check", s.check)
	s.on("POST /applications/{id}/rejection", s.confirmRejection)
	s.on("POST /applications/{id}/rejection-return", s.returnRejection)
	s.on("POST /applications/{id}/supplement-cancellation", s.cancelSupplement)
	s.on("POST /applications/{id}/supplement-extension", s.extendSupplement)
	s.on("POST /applications/{id}/supplement-ending", s.endSupplement)
	s.on("GET /applications/{id}/likenesses/{other}", s.comparison)
	s.on("GET /applications/{id}/site-visit", s.visitPage)
	s.on("POST /applications/{id}/site-visit", s.planVisit)
	s.on("POST /applications/{id}/site-visit-cancellation", s.cancelVisit)
	s.on("POST /applications/{id}/site-visit-report", s.reportVisit)
}

func checkPath(id application.ID) string { return "/applications/" + string(id) + "/check" }

// A materialList is the list of a call's material as it was asked for.
type materialList struct {
	desk.Office
	Lines        []desk.MaterialLine
	Words, Which string
}

// material lists what waits for the check, or what is with the applicant for a supplement.
func (s *Server) material(q *query) error { return s.showMaterial(q, 200, Form{}) }

func (s *Server) showMaterial(q *query, status int, f Form) (err error) {
	get := q.r.URL.Query()
	l := materialList{Words: get.Get("words"), Which: get.Get("which")}
	if l.Office, l.Lines, err = s.desk.Material(q.ctx(), q.ask(), q.id(), l.Words, l.Which == "supplements"); err != nil {
		return err
	}
	return q.show(status, materialPage(q.view("region.material"), f, l))
}

// setCheckRules sets the working days of check and supplement, and whether sites are visited.
func (s *Server) setCheckRules(q *query) error {
	days := func(name string) int {
		n, err := strconv.Atoi(strings.TrimSpace(q.r.PostFormValue(name)))
		if err != nil {
			return 0 // refused with the range
		}
		return n
	}
	x := application.CheckRules{CheckDays: days("check_days"), SupplementDays: days("supplement_days"), SiteVisit: q.r.PostFormValue("site_visit") == "yes"}
	if err := s.desk.SetCheckRules(q.ctx(), q.ask(), q.id(), x, strings.TrimSpace(q.r.PostFormValue("reason"))); err != nil {
		return q.refused(err, func(f Form) error { return s.showMaterial(q, 0, f) })
	}
	return q.to("/calls/"+q.id()+"/material", "check-rules-set")
}

func (s *Server) checkForm(q *query) error { return s.showCheck(q, 200, Form{}) }

func (s *Server) showCheck(q *query, status int, f Form) error {
	p, err := s.desk.CheckPage(q.ctx(), q.ask(), q.application())
	if err != nil {
		return err
	}
	ds, err := s.desk.Divisions(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	return q.show(status, checkPage(q.view("check.title"), f, p, ds))
}

// check keeps what was found of each line, or records the result and what follows. The
// buttons that only keep lead on: to the same page, or to the next application.
func (s *Server) check(q *query) error {
	c, err := s.desk.CheckPage(q.ctx(), q.ask(), q.application())
	if err != nil {
		return err
	}
	p := q.r.PostForm
	d := application.CheckDraft{Result: p.Get("result"), Reason: strings.TrimSpace(p.Get("reason")), Clause: p.Get("clause"), Due: endOf(p.Get("due"))}
	for _, l := range c.Lines {
		d.Items = append(d.Items, application.CheckItem{Key: l.Key, Finding: p.Get("item." + l.Key), Note: strings.TrimSpace(p.Get("note." + l.Key))})
	}
	again := func(f Form) error { return s.showCheck(q, 0, f) }
	if do := p.Get("do"); do == "keep" || do == "keep-next" {
		if err := s.desk.NoteCheck(q.ctx(), q.ask(), c.ID, d.Items); err != nil {
			return q.refused(err, again)
		}
		if do == "keep-next" && c.After != nil {
			return q.to(checkPath(c.After.ID), "check-kept")
		}
		return q.to(checkPath(c.ID), "check-kept")
	}
	if d.Result == application.CheckSupplement {
		for _, field := range p["fields"] {
			d.Asks = append(d.Asks, filing.Ask{Field: field, Kind: p.Get("kind." + field), Reason: strings.TrimSpace(p.Get("why." + field))})
		}
	}
	if err := s.desk.Check(q.ctx(), q.ask(), c.ID, d); err != nil {
		return q.refused(err, again)
	}
	return q.to(checkPath(c.ID), "check-"+d.Result)
}

// checkAct does one of the acts of the check page whose forms are beside the checklist.
// Several of them ask for a reason and a date: their controls have names of their own.
func (s *Server) checkAct(q *query, done, reason, due string, act func(desk.Request, string, time.Time) error) error {
	p := q.r.PostForm
	if err := act(q.ask(), strings.TrimSpace(p.Get(reason)), endOf(p.Get(due))); err != nil {
		err = renamed(renamed(renamed(err, "reason", reason), "why", reason), "due", due)
		return q.refused(err, func(f Form) error { return s.showCheck(q, 0, f) })
	}
	return q.to(checkPath(q.application()), done)
}

func (s *Server) confirmRejection(q *query) error {
	return s.checkAct(q, "rejected", "", "", func(r desk.Request, _ string, _ time.Time) error {
		return s.desk.ConfirmRejection(q.ctx(), r, q.application())
	})
}

func (s *Server) returnRejection(q *query) error {
	return s.checkAct(q, "rejection-returned", "back", "", func(r desk.Request, why string, _ time.Time) error {
		return s.desk.ReturnRejection(q.ctx(), r, q.application(), why)
	})
}

func (s *Server) cancelSupplement(q *query) error {
	return s.checkAct(q, "supplement-cancelled", "reason", "", func(r desk.Request, why string, _ time.Time) error {
		return s.desk.CancelSupplement(q.ctx(), r, q.application(), why)
	})
}

func (s *Server) extendSupplement(q *query) error {
	return s.checkAct(q, "supplement-extended", "more", "until", func(r desk.Request, why string, to time.Time) error {
		return s.desk.ExtendSupplement(q.ctx(), r, q.application(), to, why)
	})
}

func (s *Server) endSupplement(q *query) error {
	return s.checkAct(q, "supplement-ended", "lapse", "", func(r desk.Request, why string, _ time.Time) error {
		return s.desk.EndSupplement(q.ctx(), r, q.application(), why)
	})
}

// comparison shows two applications that are alike, side by side.
func (s *Server) comparison(q *query) error {
	c, err := s.desk.Comparison(q.ctx(), q.ask(), q.application(), application.ID(q.r.PathValue("other")))
	if err != nil {
		return err
	}
	return q.show(200, comparisonPage(q.view("alike.title"), c))
}

func (s *Server) visitPage(q *query) error { return s.showVisit(q, 200, Form{}) }

func (s *Server) showVisit(q *query, status int, f Form) error {
	c, err := s.regionCase(q)
	if err != nil {
		return err
	}
	return q.show(status, visitsPage(q.view("visit.title"), f, c))
}

func (s *Server) visitAct(q *query, done string, err error) error {
	if err != nil {
		return q.refused(err, func(f Form) error { return s.showVisit(q, 0, f) })
	}
	return q.to("/applications/"+string(q.application())+"/site-visit", done)
}

func (s *Server) planVisit(q *query) error {
	p := q.r.PostForm
	plan := application.VisitPlan{Date: strings.TrimSpace(p.Get("date")), Members: strings.FieldsFunc(p.Get("members"), func(r rune) bool { return strings.ContainsRune("\r\n；;", r) }), Look: unixLines(p.Get("look"))}
	return s.visitAct(q, "visit-planned", s.desk.PlanVisit(q.ctx(), q.ask(), q.application(), plan))
}

func (s *Server) cancelVisit(q *query) error {
	return s.visitAct(q, "visit-cancelled", s.desk.CancelVisit(q.ctx(), q.ask(), q.application(), strings.TrimSpace(q.r.PostFormValue("reason"))))
}

func (s *Server) reportVisit(q *query) error {
	p := q.r.PostForm
	return s.visitAct(q, "visit-reported", s.desk.ReportVisit(q.ctx(), q.ask(), q.application(), strings.TrimSpace(p.Get("done")), unixLines(p.Get("findings"))))
}

// An askGroup is a group of things that a supplement can open.
type askGroup struct {
	Title   string
	Options []Option
}

// askables are all things that a supplement can open, as groups.
func askables(v View, c *desk.Case) []askGroup {
	var form, conditions, evidence, files askGroup
	form.Title, conditions.Title = v.T("ask.form"), v.T("ask.conditions")
	evidence.Title, files.Title = v.T("ask.evidence"), v.T("ask.files")
	add := func(g *askGroup, field string) { g.Options = append(g.Options, Option{field, askName(v, c, field)}) }
	for _, x := range c.Notice.Form.Fields() {
		if filing.Known(c.Notice, x.Name) {
			add(&form, x.Name)
		}
	}
	add(&form, filing.OpinionField)
	for _, x := range c.Notice.Conditions {
		add(&conditions, filing.StatementField(x.ID))
		add(&evidence, filing.EvidenceOf(x.ID))
	}
	for _, e := range c.Files {
		if e.Purpose == filing.ForEvidence && e.Counts() && slices.ContainsFunc(c.Answers.Evidence, func(x filing.Evidence) bool { return x.ID == e.ID }) {
			add(&files, filing.FileField(e.ID))
		}
	}
	return slices.DeleteFunc([]askGroup{form, conditions, evidence, files}, func(g askGroup) bool { return len(g.Options) == 0 })
}

// asksIn reports whether something of a group was ticked.
func asksIn(f Form, g askGroup) bool {
	return slices.ContainsFunc(g.Options, func(o Option) bool { return f.Has("fields", o.Value, false) })
}

// sealed are the scans of the sealed pages of an opinion box that count.
func sealed(c *desk.Case, box int) []filing.Evidence {
	return slices.DeleteFunc(openFiles(c, filing.ForSeal, ""), func(e filing.Evidence) bool {
		return !slices.ContainsFunc(c.Opinions, func(o filing.Opinion) bool { return o.Box == box && o.Stands() && o.Seal != nil && o.Seal.File == e.ID })
	})
}

// askName is what a supplement opens, as people call it.
func askName(v View, c *desk.Case, field string) string {
	if id, ok := filing.AsksEvidence(field); ok {
		return v.T("ask.evidence-on", "condition", conditionTitle(v, c, id))
	}
	if id, ok := filing.AsksFile(field); ok {
		i := slices.IndexFunc(c.Files, func(e filing.Evidence) bool { return e.ID == id })
		if i < 0 || c.Files[i].Name == "" {
			return v.T("ask.file-gone")
		}
		return v.T("ask.file", "name", c.Files[i].Name, "condition", conditionTitle(v, c, c.Files[i].Topic))
	}
	for _, x := range c.Notice.Conditions {
		if field == filing.StatementField(x.ID) {
			return v.T("check.statement-of", "condition", word(v, c.Labels, x.Name))
		}
	}
	if field == filing.OpinionField {
		return v.T("ask.opinion")
	}
	return word(v, c.Labels, field)
}

// askPart is the part of the form in which an ask is answered, "" none.
func askPart(c *desk.Case, a filing.Ask) string {
	if id, ok := filing.AsksEvidence(a.Field); ok {
		return "condition-" + id
	}
	if a.Topic != "" {
		return "condition-" + a.Topic
	}
	return partOf(c.Notice, a.Field)
}

// lineName is what a line of the checklist is called.
func lineName(v View, c *desk.Case, l application.CheckLine) string {
	switch l.Kind {
	case application.LineCondition:
		return word(v, c.Labels, l.Name)
	case application.LineForms, application.LineBundle:
		return v.T("check-line."+l.Kind, "n", strconv.Itoa(l.Count))
	case application.LineEvidence, application.LineSeal:
		return v.T("check-line."+l.Kind, "name", word(v, c.Labels, l.Name))
	}
	return v.T("check-line." + l.Kind)
}

// proofLine is the line of the evidence on a condition.
func proofLine(p *desk.CheckPage, condition string) application.CheckLine {
	i := slices.IndexFunc(p.Lines, func(l application.CheckLine) bool {
		return l.Kind == application.LineEvidence && l.Topic == condition
	})
	return p.Lines[i]
}

// documents are the lines of the checklist that are neither conditions nor their evidence.
func documents(p *desk.CheckPage) []application.CheckLine {
	return slices.DeleteFunc(slices.Clone(p.Lines), func(l application.CheckLine) bool { return l.Topic != "" })
}

func findingOptions(v View) []Option {
	var out []Option
	for _, f := range []string{filing.Met, filing.NotMet, filing.Unclear} {
		out = append(out, Option{f, v.T("finding." + f)})
	}
	return out
}

func findingTag(f string) string {
	switch f {
	case filing.Met:
		return "tag tag-ok"
	case filing.NotMet:
		return "tag tag-bad"
	}
	return "tag tag-wait"
}

// checkResults are the results that the actor may give.
func checkResults(v View) []Option {
	rs := []string{application.CheckPass, application.CheckSupplement}
	if !v.Session.Actor.Is(org.Intake) {
		rs = append(rs, application.CheckReject)
	}
	var out []Option
	for _, r := range rs {
		out = append(out, Option{r, v.T("check-result." + r)})
	}
	return out
}

// clauseOptions are the clauses that a rejection can rest on.
func clauseOptions(n *notice.Notice) []Option {
	var out []Option
	for _, c := range n.Clauses {
		if len(c.Blocks) > 0 {
			text := []rune(strings.ReplaceAll(c.Text, "\n", " "))
			out = append(out, Option{c.ID, c.ID + " " + string(text[:min(len(text), 36)]) + "…"})
		}
	}
	return out
}

func askKinds(v View) []Option {
	var out []Option
	for _, k := range filing.AskKinds {
		out = append(out, Option{k, v.T("supplement." + k)})
	}
	return out
}

// lightTag is the colour of a light; the words are in it.
func lightTag(light string) string {
	switch light {
	case application.LightLate:
		return "tag tag-bad"
	case application.LightSoon:
		return "tag tag-wait"
	case application.LightOK:
		return "tag tag-ok"
	}
	return "tag"
}

// lightText says how the clock of the check stands.
func lightText(v View, c application.CheckClock) string {
	days := c.Left
	if days < 0 {
		days = -days
	}
	return v.T("light."+c.Light, "n", strconv.Itoa(days))
}

// An excerpt is a passage with a little of what stands around it.
type excerpt struct{ Before, Text, After string }

const around = 40

func excerptOf(text string, from, to int) excerpt {
	if from < 0 || to > len(text) || from > to {
		return excerpt{}
	}
	before, after := []rune(text[:from]), []rune(text[to:])
	x := excerpt{Text: text[from:to]}
	x.Before = string(before[max(0, len(before)-around):])
	x.After = string(after[:min(around, len(after))])
	if len(before) > around {
		x.Before = "…" + x.Before
	}
	if len(after) > around {
		x.After += "…"
	}
	return x
}

// traitValue is what a unit has of a trait, as the page may show it.
func traitValue(v View, trait string, u org.Unit) string {
	switch trait {
	case application.TraitCredit:
		return u.CreditCode
	case application.TraitName:
		return u.Name
	case application.TraitAddress:
		return u.Address
	case application.TraitContact:
		return u.Contact
	case application.TraitPhone:
		return v.T("alike.phone", "phone", u.Phone)
	}
	return v.T("alike.hidden")
}

// visitDate is a day as people write it.
func visitDate(v View, s string) string {
	t, err := time.ParseInLocation(time.DateOnly, s, locale.Beijing)
	if err != nil {
		return s
	}
	return v.Lang.Date(t)
}
