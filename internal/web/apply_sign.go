package web

import (
	"slices"
	"strings"

	"shenbao/internal/application"
	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/org"
)

func (s *Server) signRoutes() {
	s.on("GET /applications/{id}/answers-check", s.checkAnswers)
	s.on("POST /applications/{id}/preparation", s.prepare)
	s.on("POST /applications/{id}/recall", s.recall)
	s.on("POST /applications/{id}/signature", s.sign)
	s.on("POST /applications/{id}/signature-refusal", s.refuseSignature)
	s.on("GET /applications/{id}/sealing", s.sealing)
	s.on("POST /applications/{id}/seal", s.seal)
	s.on("GET /applications/{id}/submission", s.submission)
	s.on("POST /applications/{id}/submission", s.submit)
	s.on("GET /applications/{id}/receipts/{number}", s.receipt)
	s.on("GET /applications/{id}/withdrawal", s.withdrawalForm)
	s.on("POST /applications/{id}/withdrawal", s.withdraw)
}

func (q *query) here() string { return "/applications/" + string(q.application()) }

// A checkAnswersData is a draft as it will be frozen, with what stands in the way.
type checkAnswersData struct {
	formPage
	Parts   []partState
	Writers []string // who wrote since the last version
}

func (s *Server) checkAnswers(q *query) error { return s.showCheckAnswers(q, 200, Form{}) }

func (s *Server) showCheckAnswers(q *query, status int, f Form) error {
	c, err := s.desk.Case(q.ctx(), q.ask(), q.application())
	if err != nil {
		return err
	}
	if !drafting(c, q.actor()) {
		return q.to(q.here())
	}
	d := checkAnswersData{formPage: formPage{Case: c, Sent: sent{Form: f}}}
	if d.Check, err = s.desk.CheckDraft(q.ctx(), q.ask(), c.ID); err != nil {
		return err
	}
	if d.Divisions, err = s.desk.Divisions(q.ctx(), q.ask()); err != nil {
		return err
	}
	d.Parts = partStates(c, d.Check)
	d.Writers = writers(c)
	return q.show(status, checkAnswersPage(q.view("check-page.title"), f, d))
}

// writers are the names of those who wrote in this round, whom the signer must not be
// among (R129): as the draft and the facts have them.
func writers(c *desk.Case) []string {
	var out []string
	add := func(person, name string) {
		if slices.Contains(c.Editors, person) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, e := range c.Facts {
		add(e.By.Person, e.By.Name)
	}
	slices.Sort(out)
	return out
}

// prepare hands the draft to the person in charge; what is binding and missing sends the
// clerk back with a list.
func (s *Server) prepare(q *query) error {
	if err := s.desk.Prepare(q.ctx(), q.ask(), q.application()); err != nil {
		return q.refused(err, func(f Form) error { return s.showCheckAnswers(q, 0, f) })
	}
	return q.to(q.here(), "prepared")
}

func (s *Server) recall(q *query) error {
	if err := s.desk.Recall(q.ctx(), q.ask(), q.application()); err != nil {
		return err
	}
	return q.to(q.here(), "recalled")
}

// sign freezes the draft: the signature of the person in charge.
func (s *Server) sign(q *query) error {
	if err := s.desk.Sign(q.ctx(), q.ask(), q.application()); err != nil {
		return q.refused(err, func(f Form) error { return s.showCheckAnswers(q, 0, f) })
	}
	return q.to(q.here(), "signed")
}

func (s *Server) refuseSignature(q *query) error {
	if err := s.desk.SendBack(q.ctx(), q.ask(), q.application(), strings.TrimSpace(q.r.PostForm.Get("reason"))); err != nil {
		return q.refused(err, func(f Form) error { return s.showCheckAnswers(q, 0, f) })
	}
	return q.to(q.here(), "sent-back")
}

func (s *Server) sealing(q *query) error { return s.showSealing(q, 200, Form{}) }

func (s *Server) showSealing(q *query, status int, f Form) error {
	c, err := s.desk.Case(q.ctx(), q.ask(), q.application())
	if err != nil {
		return err
	}
	if c.State != application.SignedOff || !drafting(c, q.actor()) {
		return q.to(q.here())
	}
	return q.show(status, sealingPage(q.view("sealing.title"), f, c))
}

// seal records the sealed page: the scan and the code that was typed off the paper.
func (s *Server) seal(q *query) error {
	f := q.r.PostForm
	if err := s.desk.Seal(q.ctx(), q.ask(), q.application(), f.Get("code"), f.Get("file")); err != nil {
		return q.refused(err, func(f Form) error { return s.showSealing(q, 0, f) })
	}
	return q.to(q.here()+"/submission", "sealed")
}

// A submissionData is what is shown before an application is handed in.
type submissionData struct {
	*desk.Case
	To     org.Step // who receives it
	Inner  application.Forwarding
	Sealed bool
}

func (s *Server) submission(q *query) error { return s.showSubmission(q, 200, Form{}) }

func (s *Server) showSubmission(q *query, status int, f Form) error {
	c, err := s.desk.Case(q.ctx(), q.ask(), q.application())
	if err != nil {
		return err
	}
	if c.State != application.SignedOff || !drafting(c, q.actor()) {
		return q.to(q.here())
	}
	d := submissionData{Case: c, Sealed: sealedBy(c)}
	switch o := c.Open(); {
	case o != nil && o.Step < len(c.Route.Steps):
		d.To = c.Route.Steps[o.Step]
	case len(c.Planned.Steps) > 1:
		d.To = c.Planned.Steps[1]
		d.Inner = c.Inner[d.To.Unit]
	}
	return q.show(status, submissionPage(q.view("submission.title"), f, d))
}

// sealedBy reports whether the applicant's page is on the case with its seal, or needs none.
func sealedBy(c *desk.Case) bool {
	if b, ok := c.Notice.Form.Box(1); ok && b.Seal == "" {
		return true
	}
	o := c.Opinion(0)
	return o != nil && o.Seal != nil
}

// submit hands the application in and shows the receipt.
func (s *Server) submit(q *query) error {
	if err := s.desk.Submit(q.ctx(), q.ask(), q.application()); err != nil {
		return q.refused(err, func(f Form) error { return s.showSubmission(q, 0, f) })
	}
	c, err := s.desk.Case(q.ctx(), q.ask(), q.application())
	if err != nil || len(c.Receipts) == 0 {
		return err
	}
	return q.to(q.here()+"/receipts/"+c.Receipts[len(c.Receipts)-1].Number, "submitted")
}

// A receiptData is one receipt with what it confirms.
type receiptData struct {
	*desk.Case
	application.Receipt
}

func (s *Server) receipt(q *query) error {
	c, r, err := s.receiptOf(q)
	if err != nil {
		return err
	}
	if strings.HasSuffix(q.r.PathValue("number"), ".pdf") {
		return s.receiptPDF(q, c, r)
	}
	return q.show(200, receiptPage(q.view("receipt.title"), receiptData{c, r}))
}

func (s *Server) receiptOf(q *query) (*desk.Case, application.Receipt, error) {
	c, err := s.desk.Case(q.ctx(), q.ask(), q.application())
	if err != nil {
		return nil, application.Receipt{}, err
	}
	for _, r := range c.Receipts {
		if r.Number == strings.TrimSuffix(q.r.PathValue("number"), ".pdf") {
			return c, r, nil
		}
	}
	return nil, application.Receipt{}, event.Refuse(event.NotFound, "not-found", "")
}

func (s *Server) withdrawalForm(q *query) error { return s.showWithdrawal(q, 200, Form{}) }

func (s *Server) showWithdrawal(q *query, status int, f Form) error {
	c, err := s.desk.Case(q.ctx(), q.ask(), q.application())
	if err != nil {
		return err
	}
	if err := c.May(q.actor(), application.ActWithdraw); err != nil && status != 0 {
		return err
	}
	return q.show(status, withdrawalPage(q.view("withdrawal.title"), f, c))
}

func (s *Server) withdraw(q *query) error {
	if err := s.desk.Withdraw(q.ctx(), q.ask(), q.application(), strings.TrimSpace(q.r.PostForm.Get("reason"))); err != nil {
		return q.refused(err, func(f Form) error { return s.showWithdrawal(q, 0, f) })
	}
	return q.to(q.here(), "withdrawn")
}

// answerLines are the fields of a part as the check shows them.
func answerLines(v View, d checkAnswersData, p formPart) []formBox {
	d.Part = p
	d.Sent = sent{}
	var out []formBox
	for _, b := range boxesOf(v, d.formPage) {
		if b.Reason != "" && !b.Asked(d.Answers.Answer) && b.Value == "" {
			continue // not asked in this case
		}
		b.Err = ""
		for _, r := range d.Check.Binding {
			if r.Field == b.Name && b.Err == "" {
				b.Err, b.Cite = v.Lang.Say("refusal."+r.Kind, labelled(v, d.Case, r)), r.Clause
			}
		}
		b.Warnings = nil
		for _, w := range d.Check.Warnings {
			if w.Field == b.Name {
				b.Warnings = append(b.Warnings, warningText(v, d.Case, w))
			}
		}
		out = append(out, b)
	}
	return out
}

// binding are the problems of a draft as the summary on top lists them, each leading to
// the page where it is mended.
func binding(v View, d checkAnswersData) []linked {
	var out []linked
	for _, r := range d.Check.Binding {
		to := "/applications/" + string(d.ID)
		if p := partOf(d.Notice, r.Field); p != "" {
			to = partPath(d.ID, p) + "#" + domID(r.Field)
		} else if r.Field == "paper" {
			to = partPath(d.ID, "head")
		}
		out = append(out, linked{to, v.Lang.Say("refusal."+r.Kind, labelled(v, d.Case, r)), r.Clause})
	}
	return out
}

// linked is a sentence that leads somewhere.
type linked struct{ Href, Text, Clause string }

// sealFiles are the scans of the applicant's sealed page that can be recorded.
func sealFiles(c *desk.Case) []filing.Evidence {
	return slices.DeleteFunc(filesFor(c, filing.ForSeal, "0"), func(f filing.Evidence) bool { return !f.Quarantined.IsZero() })
}
