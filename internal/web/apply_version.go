package web

import (
	"slices"
	"strconv"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/internal/paper"
)

func (s *Server) versionRoutes() {
	s.on("GET /applications/{id}/versions/{n}", s.version)
	s.on("GET /applications/{id}/versions/{n}/form.pdf", s.formPDF)
	s.on("GET /applications/{id}/seal-page.pdf", s.sealPDF)
	s.on("GET /applications/{id}/compare", s.compare)
	s.open("GET /calls/{id}/blank.pdf", s.blankPDF)
}

// A versionData is one frozen version with its place among the others.
type versionData struct {
	*desk.Case
	Version   filing.Version
	Content   filing.Content
	Divisions []org.Division
}

func (s *Server) version(q *query) error {
	d, err := s.versionOf(q, q.r.PathValue("n"))
	if err != nil {
		return err
	}
	return q.show(200, versionPage(q.view("version.title"), d))
}

// versionOf is version n of the application of the page, if the actor may read it. The
// account number is masked here for everybody; the paper has it in full for the applicant.
func (s *Server) versionOf(q *query, n string) (versionData, error) {
	d := versionData{}
	var err error
	if d.Case, err = s.desk.Case(q.ctx(), q.ask(), q.application()); err != nil {
		return d, err
	}
	num, err := strconv.Atoi(n)
	i := slices.IndexFunc(d.Versions, func(v filing.Version) bool { return v.N == num })
	if err != nil || i < 0 {
		return d, event.Refuse(event.NotFound, "not-found", "")
	}
	d.Version = d.Versions[i]
	if d.Content, err = s.desk.Version(q.ctx(), q.ask(), d.ID, num); err != nil {
		return d, err
	}
	d.Divisions, err = s.desk.Divisions(q.ctx(), q.ask())
	return d, err
}

// readableVersion reports whether the actor may read version v: handed in, or their own unit's.
func readableVersion(c *desk.Case, by org.Actor, v filing.Version) bool {
	return v.N <= c.Handed || writesForm(c, by)
}

// versionPaper is what the official form of a version is made from.
func versionPaper(q *query, d versionData) paper.FormPaper {
	return paper.FormPaper{Notice: d.Notice, Content: &d.Content, Version: d.Version, Number: d.Application.Number, Date: submittedAs(d.Case, d.Version),
		Route: d.Planned, Opinions: d.Opinions, Account: writesForm(d.Case, q.actor()), Place: func(code string) string { return placeName(d.Divisions, code) }}
}

// formPDF is the official form of a version, as it is printed and sealed.
func (s *Server) formPDF(q *query) error {
	d, err := s.versionOf(q, q.r.PathValue("n"))
	if err != nil {
		return err
	}
	b, err := paper.Form(s.fonts, versionPaper(q, d))
	if err != nil {
		return err
	}
	return q.pdf(d.Notice.Form.Title+" "+d.Version.Code+".pdf", b)
}

// sealPDF is the page that the unit which holds the application signs and seals: the
// applicant's, or that of the step where it is.
func (s *Server) sealPDF(q *query) error {
	c, err := s.desk.Case(q.ctx(), q.ask(), q.application())
	if err != nil {
		return err
	}
	step, of := c.Application.At, c.Handed
	if c.State.WithApplicant() {
		step, of = 0, len(c.Versions)
	}
	if step >= len(c.Planned.Steps) || of == 0 {
		return event.Refuse(event.NotFound, "not-found", "")
	}
	d, err := s.versionOf(q, strconv.Itoa(of))
	if err != nil {
		return err
	}
	b, err := paper.SealPage(s.fonts, paper.SealPaper{FormPaper: versionPaper(q, d), Step: c.Planned.Steps[step]})
	if err != nil {
		return err
	}
	return q.pdf(c.Notice.Form.Title+" "+d.Version.Code+".pdf", b)
}

func (s *Server) receiptPDF(q *query, c *desk.Case, r application.Receipt) error {
	b, err := paper.Receipt(s.fonts, paper.ReceiptPaper{Notice: c.Notice, Receipt: r, Number: c.Application.Number, Unit: c.UnitName, Base: c.BaseName,
		Contact: reach(c.Holder)})
	if err != nil {
		return err
	}
	return q.pdf(r.Number+".pdf", b)
}

// blankPDF is the empty form of a call, for everybody (R107).
func (s *Server) blankPDF(q *query) error {
	c, err := s.desk.Call(q.ctx(), q.ask(), q.r.PathValue("id"), "")
	if err != nil {
		return err
	}
	b, err := paper.Form(s.fonts, paper.FormPaper{Notice: c.Published.Notice})
	if err != nil {
		return err
	}
	return q.pdf(c.Form.Title+".pdf", b)
}

// reach is who to call at a unit.
func reach(u org.Unit) string {
	if u.Contact == "" || u.Phone == "" {
		return u.Contact + u.Phone
	}
	return u.Contact + " " + u.Phone
}

// A compareData is two versions side by side.
type compareData struct {
	*desk.Case
	Old, New versionData
	Changes  []changeLine
}

// A changeLine is one field that differs, in words.
type changeLine struct {
	Label string
	Diff  []piece
}

// compare shows what differs between two versions, field by field.
func (s *Server) compare(q *query) error {
	get := q.r.URL.Query()
	old, err := s.versionOf(q, get.Get("a"))
	if err != nil {
		return err
	}
	now, err := s.versionOf(q, get.Get("b"))
	if err != nil {
		return err
	}
	d := compareData{Case: now.Case, Old: old, New: now}
	v := q.view("compare.title")
	for _, x := range filing.Compare(now.Notice, old.Content, now.Content) {
		d.Changes = append(d.Changes, changeLine{changeLabel(v, now.Case, x.Field),
			differ(contentText(v, now, x.Field, x.Old), contentText(v, now, x.Field, x.New))})
	}
	return q.show(200, comparePage(v, d))
}

func changeLabel(v View, c *desk.Case, field string) string {
	if _, ok := c.Notice.Form.Field(field); ok {
		return fieldLabel(v, c, field)
	}
	if field == filing.EvidenceField {
		return v.T("purpose.evidence")
	}
	return fieldName(v, c, field)
}

// contentText is a frozen answer in words. Account numbers stay masked on the screen.
func contentText(v View, d versionData, field, value string) string {
	x, ok := d.Notice.Form.Field(field)
	switch {
	case value == "":
		return ""
	case !ok && (value == filing.Met || value == filing.NotMet):
		return v.T("self." + value)
	case !ok:
		return value
	case x.Kind == notice.Account:
		return filing.Masked(value)
	case x.Kind == notice.Tags:
		return words(v, d.Labels, filing.Words(value))
	}
	return readableAnswer(v, formPage{Case: d.Case, Divisions: d.Divisions}, x, value)
}

// contentAnswer is the answer to a field in a version; the opinion stands beside them.
func contentAnswer(d versionData, field string) string {
	if field == filing.OpinionField {
		return d.Content.Opinion
	}
	return d.Content.Answers.Get(field)
}

func contentLabel(v View, d versionData, p formPart, x notice.Field) string {
	switch {
	case p.Condition != nil && x.Kind == notice.Choice:
		return v.T("part.self")
	case p.Condition != nil:
		return v.T("part.statement")
	}
	return fieldLabel(v, d.Case, x.Name)
}

// frozenFor are the files of a version, as the case has them now: one may be locked since.
func frozenFor(d versionData, purpose, topic string) []filing.Evidence {
	var out []filing.Evidence
	for _, f := range d.Content.Evidence {
		if f.Purpose != purpose || (topic != "" && f.Topic != topic) {
			continue
		}
		if i := slices.IndexFunc(d.Files, func(x filing.Evidence) bool { return x.ID == f.ID }); i >= 0 {
			out = append(out, d.Files[i])
		}
	}
	return out
}

// submittedAs is when a version was handed in, for the date on its cover (R109); zero when
// it was not.
func submittedAs(c *desk.Case, v filing.Version) (at time.Time) {
	for _, r := range c.Receipts {
		if r.Hash == v.Hash && at.IsZero() {
			at = r.At
		}
	}
	return at
}
