package web

import (
	"errors"
	"io"
	"mime"
	"slices"
	"strconv"
	"strings"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/desk"
	"shenbao/internal/locale"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

func (s *Server) callRoutes() {
	s.open("GET /calls", s.callList)
	s.open("GET /calls/{id}", s.callPage)
	s.open("GET /calls/{id}/notice.md", s.callSource)
	s.open("GET /calls/{id}/revisions", s.revisions)

	s.on("GET /calls/new", s.newCall)
	s.takes("POST /calls", s.draftCall)
	s.on("POST /calls/{id}/proposal", s.proposeCall)
	s.on("POST /calls/{id}/publication", s.publishCall)
	s.on("GET /calls/{id}/amendment", s.newAmendment)
	s.takes("POST /calls/{id}/amendment", s.amendCall)
	s.on("GET /calls/{id}/settings", s.callSettings)
	s.on("POST /calls/{id}/opinion-minimum", s.setOpinionMin)
	s.on("POST /calls/{id}/deadline", s.moveDeadline)
	s.on("POST /calls/{id}/places", s.grantPlace)
	s.on("POST /calls/{id}/leaves", s.giveLeave)
	s.on("GET /calls/{id}/closing", s.closingPage)
	s.on("POST /calls/{id}/closing", s.closeCall)
	s.on("GET /applications/{id}/revision", s.movingPage)
	s.on("POST /applications/{id}/revision", s.moveToRevision)
	s.followRoutes()
}

// beijing reads a moment as a form sends it, Beijing time; zero when it is none.
func beijing(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02T15:04", strings.TrimSpace(s), locale.Beijing)
	if err != nil {
		return time.Time{}
	}
	return t
}

// moment writes an instant as such a form field has it.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(locale.Beijing).Format("2006-01-02T15:04")
}

func (q *query) id() string { return q.r.PathValue("id") }

func (s *Server) callList(q *query) error {
	cs, err := s.desk.Calls(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	return q.show(200, callListPage(q.view("calls.title"), cs))
}

// callPage is the notice as it was published, with what the system does because of each
// clause; for a unit that it was sent to, opening it is noted (R6).
func (s *Server) callPage(q *query) error {
	c, err := s.desk.Call(q.ctx(), q.ask(), q.id(), q.r.URL.Query().Get("revision"))
	if err != nil {
		return err
	}
	if q.actor().Is(org.Clerk, org.Principal) {
		err := s.desk.OpenCall(q.ctx(), q.ask(), q.id())
		if _, refused := refusals(err); err != nil && !refused { // refused: a colleague was faster, it is noted
			return err
		}
	}
	return q.show(200, callNoticePage(q.view("calls.page"), c))
}

// callSource hands out the file that was published, byte for byte: its hash is the one
// that every application pins.
func (s *Server) callSource(q *query) error {
	name, source, err := s.desk.CallText(q.ctx(), q.ask(), q.id(), q.r.URL.Query().Get("revision"))
	if err != nil {
		return err
	}
	return q.file(name, "text/markdown; charset=utf-8", []byte(source))
}

func (q *query) file(name, kind string, b []byte) error {
	h := q.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	q.started = true
	_, err := q.w.Write(b)
	return err
}

func (s *Server) revisions(q *query) error {
	c, steps, err := s.desk.Revisions(q.ctx(), q.ask(), q.id())
	if err != nil {
		return err
	}
	return q.show(200, revisionsPage(q.view("calls.revisions"), c, steps))
}

// A draftForm is a notice file being looked at before it is kept.
type draftForm struct {
	Call     *application.Call // of an amendment; nil: a new call
	File     string
	Source   string
	Labels   string
	Checked  *desk.Published
	Mistakes []mistakeLine
	Changes  []notice.TextChange
}

// A mistakeLine is one mistake with the line it is in.
type mistakeLine struct{ Text, Line string }

func (s *Server) newCall(q *query) error {
	if err := application.MayDraftCall(q.actor()); err != nil {
		return err
	}
	return q.show(200, draftCallPage(q.view("calls.new"), Form{}, draftForm{}))
}

// noticeSent reads the texts that were pasted or uploaded; they go on as if they had been
// pasted, so that nothing is lost when the form comes back.
func (q *query) noticeSent() (d draftForm, err error) {
	if err := q.form(3*notice.MaxSize, 3*notice.MaxSize); err != nil {
		return d, err
	}
	f := q.r.PostForm
	d.File = "notice.md"
	for _, x := range []struct{ upload, text string }{{"file", "source"}, {"labels_file", "labels"}} {
		up, head, err := q.r.FormFile(x.upload)
		if err != nil {
			continue // nothing was chosen
		}
		b, err := io.ReadAll(up)
		if err != nil {
			return d, err
		}
		if len(b) > 0 {
			f.Set(x.text, string(b))
			if x.upload == "file" {
				f.Set("name", head.Filename)
			}
		}
	}
	if n := f.Get("name"); n != "" {
		d.File = n
	}
	d.Source, d.Labels = unixLines(f.Get("source")), unixLines(f.Get("labels"))
	return d, nil
}

// unixLines undoes what a text area does to line ends: the file's hash must not change by
// being pasted.
func unixLines(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// check reads the texts and says what is understood or what is wrong.
func (d *draftForm) check(q *query) bool {
	p, err := desk.CheckNotice(d.File, []byte(d.Source), []byte(d.Labels))
	if err == nil {
		d.Checked = &p
		return true
	}
	var ms notice.Mistakes
	if !errors.As(err, &ms) {
		return false
	}
	text := d.Source
	if p.Notice != nil {
		text = d.Labels
	}
	lines := strings.Split(text, "\n")
	for _, m := range ms {
		x := mistakeLine{Text: m.Say(q.lang.T)}
		if m.Line > 0 && m.Line <= len(lines) {
			x.Line = lines[m.Line-1]
		}
		d.Mistakes = append(d.Mistakes, x)
	}
	return false
}

func (s *Server) draftCall(q *query) error {
	if err := application.MayDraftCall(q.actor()); err != nil {
		return err
	}
	d, err := q.noticeSent()
	if err != nil {
		return err
	}
	if !d.check(q) {
		return q.show(422, draftCallPage(q.view("calls.new"), Form{Sent: q.r.PostForm}, d))
	}
	if q.r.PostFormValue("do") != "keep" {
		return q.show(200, draftCallPage(q.view("calls.new"), Form{Sent: q.r.PostForm}, d))
	}
	id, err := s.desk.DraftCall(q.ctx(), q.ask(), d.File, []byte(d.Source), []byte(d.Labels))
	if err != nil {
		return q.refused(err, func(f Form) error { return q.show(0, draftCallPage(q.view("calls.new"), f, d)) })
	}
	return q.to("/calls/"+id, "call-drafted")
}

func (s *Server) proposeCall(q *query) error {
	if err := s.desk.ProposeCall(q.ctx(), q.ask(), q.id()); err != nil {
		return err
	}
	return q.to("/calls/"+q.id(), "call-proposed")
}

func (s *Server) publishCall(q *query) error {
	if err := s.desk.PublishCall(q.ctx(), q.ask(), q.id()); err != nil {
		return err
	}
	return q.to("/calls/"+q.id(), "call-published")
}

func (s *Server) newAmendment(q *query) error {
	c, err := s.desk.Call(q.ctx(), q.ask(), q.id(), "")
	if err != nil {
		return err
	}
	if err := c.Call.MayAmend(q.actor()); err != nil {
		return err
	}
	name, source, err := s.desk.CallText(q.ctx(), q.ask(), q.id(), "")
	if err != nil {
		return err
	}
	return q.show(200, draftCallPage(q.view("calls.amend"), Form{}, draftForm{Call: c.Call, File: name, Source: source}))
}

func (s *Server) amendCall(q *query) error {
	c, err := s.desk.Call(q.ctx(), q.ask(), q.id(), "")
	if err != nil {
		return err
	}
	if err := c.Call.MayAmend(q.actor()); err != nil {
		return err
	}
	d, err := q.noticeSent()
	if err != nil {
		return err
	}
	d.Call = c.Call
	if !d.check(q) {
		return q.show(422, draftCallPage(q.view("calls.amend"), Form{Sent: q.r.PostForm}, d))
	}
	d.Changes = notice.TextChanges(c.Published.Notice, d.Checked.Notice)
	if q.r.PostFormValue("do") != "keep" {
		return q.show(200, draftCallPage(q.view("calls.amend"), Form{Sent: q.r.PostForm}, d))
	}
	if err := s.desk.AmendCall(q.ctx(), q.ask(), q.id(), d.File, []byte(d.Source), []byte(d.Labels), q.r.PostFormValue("reason")); err != nil {
		return q.refused(err, func(f Form) error { return q.show(0, draftCallPage(q.view("calls.amend"), f, d)) })
	}
	return q.to("/calls/"+q.id()+"/revisions", "call-amended")
}

func (s *Server) callSettings(q *query) error { return s.showSettings(q, Form{}) }

func (s *Server) showSettings(q *query, f Form) error {
	c, err := s.desk.Call(q.ctx(), q.ask(), q.id(), "")
	if err != nil {
		return err
	}
	recommend, apply, err := s.desk.Recommenders(q.ctx(), q.ask(), q.id())
	if err != nil {
		return err
	}
	return q.show(q.status(200), settingsPage(q.view("calls.settings"), f, c, recommend, apply))
}

// status is code while nothing was answered yet, and 0 after a refusal, which answered.
func (q *query) status(code int) int {
	if q.started {
		return 0
	}
	return code
}

// set does one of the acts of the settings page, whose forms name their fields after
// themselves.
func (s *Server) set(q *query, form, done string, act func(r desk.Request, get func(string) string) error) error {
	get := func(name string) string { return q.r.PostFormValue(form + "." + name) }
	if err := act(q.ask(), get); err != nil {
		return q.refused(err, func(f Form) error {
			for i, p := range f.Problems {
				if p.Field != "" {
					f.Problems[i].Field = form + "." + p.Field
				}
			}
			return s.showSettings(q, f)
		})
	}
	return q.to("/calls/"+q.id()+"/settings", done)
}

func (s *Server) setOpinionMin(q *query) error {
	return s.set(q, "opinion-minimum", "setting-changed", func(r desk.Request, get func(string) string) error {
		n, err := strconv.Atoi(strings.TrimSpace(get("value")))
		if err != nil {
			n = 0 // refused with the range
		}
		return s.desk.SetOpinionMin(q.ctx(), r, q.id(), n, get("reason"))
	})
}

func (s *Server) moveDeadline(q *query) error {
	return s.set(q, "deadline", "deadline-moved", func(r desk.Request, get func(string) string) error {
		return s.desk.MoveDeadline(q.ctx(), r, q.id(), beijing(get("deadline")), get("reason"))
	})
}

func (s *Server) grantPlace(q *query) error {
	return s.set(q, "places", "place-granted", func(r desk.Request, get func(string) string) error {
		return s.desk.GrantPlace(q.ctx(), r, q.id(), org.UnitID(get("unit")), get("reason"))
	})
}

func (s *Server) giveLeave(q *query) error {
	return s.set(q, "leaves", "leave-given", func(r desk.Request, get func(string) string) error {
		return s.desk.GiveLeave(q.ctx(), r, q.id(), org.UnitID(get("unit")), beijing(get("until")), get("reason"))
	})
}

func (s *Server) closingPage(q *query) error { return s.showClosing(q, Form{}) }

func (s *Server) showClosing(q *query, f Form) error {
	p, err := s.desk.Progress(q.ctx(), q.ask(), q.id())
	if err != nil {
		return err
	}
	return q.show(q.status(200), closingCallPage(q.view("calls.closing"), f, p))
}

func (s *Server) closeCall(q *query) error {
	if err := s.desk.CloseCall(q.ctx(), q.ask(), q.id()); err != nil {
		return q.refused(err, func(f Form) error { return s.showClosing(q, f) })
	}
	return q.to("/calls/"+q.id(), "call-closed")
}

func (s *Server) movingPage(q *query) error { return s.showMoving(q, Form{}) }

func (s *Server) showMoving(q *query, f Form) error {
	a, diff, err := s.desk.Moving(q.ctx(), q.ask(), application.ID(q.id()))
	if err != nil {
		return err
	}
	return q.show(q.status(200), movingCasePage(q.view("calls.moving"), f, a, diff))
}

func (s *Server) moveToRevision(q *query) error {
	if err := s.desk.MoveToRevision(q.ctx(), q.ask(), application.ID(q.id()), q.r.PostFormValue("reason")); err != nil {
		return q.refused(err, func(f Form) error { return s.showMoving(q, f) })
	}
	return q.to("/applications/"+q.id(), "moved-to-revision")
}

// canStart reports whether the actor can begin an application in the call: the clerk of a
// unit that may apply, or of an HR bureau that files for one without an account (R39).
func canStart(v View, c *desk.CallPage) bool {
	by := v.Session.Actor
	files := by.Kind == org.Host || by.Kind == org.Direct || by.Kind == org.CountyHR || by.Kind == org.LeagueHR
	own := slices.ContainsFunc(c.OwnCases, func(x application.Row) bool { return !x.State.Final() || x.State == application.Recognised })
	return by.Is(org.Clerk) && files && !own && c.Call.Accepts(org.UnitID(by.Unit), v.Now)
}

// forwards reports whether the actor's unit has units below it to send the call on to.
func forwards(by org.Actor) bool {
	return by.Is(org.Clerk, org.Principal) && (by.Kind == org.LeagueHR || by.Kind == org.CountyHR || by.Kind == org.Department)
}

// chooses reports whether applications of others come to the actor's unit.
func chooses(by org.Actor) bool {
	return forwards(by) || by.Is(org.Clerk, org.Principal) && by.Kind == org.Direct
}

// moved is the last change of the deadline, nil when it stands as the notice has it.
func moved(c *application.Call) *application.Change {
	for _, x := range slices.Backward(c.Changes) {
		if x.What == "deadline" {
			return &x
		}
	}
	return nil
}
