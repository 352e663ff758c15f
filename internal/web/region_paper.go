package web

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/desk"
	"shenbao/internal/org"
	"shenbao/internal/paper"
)

func (s *Server) paperRoutes() {
	s.on("GET /calls/{id}/parcels", s.parcels)
	s.on("POST /calls/{id}/parcels", s.logParcel)
	s.on("POST /calls/{id}/paper-date", s.setPaperDue)
	s.on("GET /applications/{id}/paper", s.toList(application.ListPaper))
	s.on("GET /parcels/{id}", s.parcel)
	s.on("POST /parcels/{id}/applications", s.logPaper)
	s.on("POST /parcels/{id}/fates", s.logFate)
	s.on("GET /parcels/{id}/receipt.pdf", s.parcelReceipt)
}

func (s *Server) parcels(q *query) error { return s.showParcels(q, 200, Form{}) }

func (s *Server) showParcels(q *query, status int, f Form) error {
	p, err := s.desk.Paper(q.ctx(), q.ask(), q.r.PathValue("id"))
	if err != nil {
		return err
	}
	return q.show(status, parcelsPage(q.view("region.parcels"), f, p))
}

func (s *Server) logParcel(q *query) error {
	f := func(name string) string { return strings.TrimSpace(q.r.PostFormValue(name)) }
	p := application.Parcel{From: f("from"), Carrier: f("carrier"), Sent: f("sent"), Arrived: f("arrived")}
	id, err := s.desk.LogParcel(q.ctx(), q.ask(), q.r.PathValue("id"), p)
	if err != nil {
		return q.refused(err, func(f Form) error { return s.showParcels(q, 0, f) })
	}
	return q.to("/parcels/"+id, "parcel-logged")
}

func (s *Server) setPaperDue(q *query) error {
	id, p := q.r.PathValue("id"), q.r.PostForm
	if err := s.desk.SetPaperDue(q.ctx(), q.ask(), id, endOf(p.Get("paper_due")), strings.TrimSpace(p.Get("reason"))); err != nil {
		return q.refused(err, func(f Form) error { return s.showParcels(q, 0, f) })
	}
	return q.to(listPath(id, application.ListPaper), "paper-date-set")
}

func (s *Server) parcel(q *query) error { return s.showParcel(q, 200, Form{}) }

func (s *Server) showParcel(q *query, status int, f Form) error {
	p, err := s.desk.Parcel(q.ctx(), q.ask(), q.r.PathValue("id"))
	if err != nil {
		return err
	}
	return q.show(status, parcelPage(q.view("parcel.title"), f, p))
}

// logPaper counts one application: the code was typed, or came from a scanner, which types
// it and Enter.
func (s *Server) logPaper(q *query) error {
	p := q.r.PostForm
	in := application.PaperCount{Code: strings.TrimSpace(p.Get("code")), Form: number(p.Get("form")), Evidence: number(p.Get("evidence")),
		Missing: strings.TrimSpace(p.Get("missing")), Due: endOf(p.Get("due"))}
	id := q.r.PathValue("id")
	if err := s.desk.LogPaper(q.ctx(), q.ask(), id, in); err != nil {
		return q.refused(err, func(f Form) error { return s.showParcel(q, 0, f) })
	}
	return q.to("/parcels/"+id, "paper-logged")
}

// number is a count as typed; what is no number is out of every range.
func number(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		return -1
	}
	return n
}

func (s *Server) logFate(q *query) error {
	p, id := q.r.PostForm, q.r.PathValue("id")
	fate := application.Fate{Fate: p.Get("fate"), Copies: number(p.Get("copies")), To: strings.TrimSpace(p.Get("to"))}
	if err := s.desk.LogFate(q.ctx(), q.ask(), id, application.ID(p.Get("application")), fate); err != nil {
		return q.refused(err, func(f Form) error { return s.showParcel(q, 0, f) })
	}
	return q.to("/parcels/"+id, "fate-logged")
}

// parcelReceipt is the receipt for a parcel, to print and sign.
func (s *Server) parcelReceipt(q *query) error {
	p, err := s.desk.Parcel(q.ctx(), q.ask(), q.r.PathValue("id"))
	if err != nil {
		return err
	}
	doc := paper.ParcelPaper{Notice: p.Notice, Office: p.By.UnitName, Parcel: p.Parcel.Number, From: p.From, Sent: day(p.Sent), At: day(p.Arrived), Clerk: p.By.Name}
	for _, l := range p.Items {
		v, _ := l.Current()
		log := p.Log(l.Application)
		it := paper.ParcelItem{Number: l.Number, Unit: l.UnitName, Code: v.Code, Form: log.Form, Evidence: log.Evidence, Missing: log.Missing}
		if !log.Due.IsZero() {
			// “5 July, 24:00” is the instant at which the 6th begins; the paper says the 5th.
			it.Due, it.Missing = log.Due.Add(-time.Second), cmp.Or(log.Missing, q.T("parcel.copies-missing"))
		}
		doc.Items = append(doc.Items, it)
	}
	b, err := paper.ParcelReceipt(s.fonts, doc)
	if err != nil {
		return err
	}
	return q.pdf(p.Parcel.Number+".pdf", b)
}

// logs reports whether the actor keeps the log of paper, or only reads it.
func logs(v View) bool { return v.Session.Actor.Is(org.Intake) }

// paperDate is the date that stands in the form: the one that was set, or nothing.
func paperDate(p *desk.PaperPage) string {
	if p.Call.PaperDue.IsZero() {
		return ""
	}
	return lastDay(p.Call.PaperDue)
}

func formsWanted(p *desk.ParcelPage) string    { return strconv.Itoa(p.Delivery.Forms) }
func evidenceWanted(p *desk.ParcelPage) string { return strconv.Itoa(p.Delivery.Evidence) }

// copiesLeft is the number proposed for a fate: all that have none.
func copiesLeft(l application.PaperLog) string { return strconv.Itoa(l.Left()) }

func fates(v View) []Option {
	return []Option{{application.FateArchived, v.T("fate.archived")}, {application.FateReturned, v.T("fate.returned")}}
}
