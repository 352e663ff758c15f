package web

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/locale"
)

// uploadsAt is where uploads that resume are sent.
const uploadsAt = "/uploads/"

func (s *Server) fileRoutes() {
	s.on("GET /applications/{id}/files", s.fileList)
	s.takes("POST /applications/{id}/files", s.addFile)
	s.on("GET /applications/{id}/files/{file}", s.download)
	s.on("POST /applications/{id}/files/{file}/removal", s.removeFile)
	h, err := s.desk.Uploads(uploadsAt, s.sender, func(r *http.Request, err error) (int, string) {
		q := &query{s: s, r: r, lang: locale.Zh}
		_ = q.who() // only for the language of the answer
		return q.said(err)
	})
	if err != nil {
		panic("web: " + err.Error()) // the prefix and the hooks are right
	}
	if h == nil {
		return
	}
	for _, method := range []string{"POST", "HEAD", "PATCH", "DELETE"} {
		s.mux.Handle(method+" "+uploadsAt, h)
	}
}

// errSignIn: nobody is signed in; a script says so and offers the sign-in.
var errSignIn = errors.New("web: not signed in")

// sender says who sends an upload, before anything of it is read.
func (s *Server) sender(r *http.Request) (desk.Request, error) {
	q := &query{s: s, r: r, at: s.cfg.Clock(), lang: locale.Zh}
	if err := q.who(); err != nil {
		return desk.Request{}, err
	}
	if !q.signed {
		return desk.Request{}, errSignIn
	}
	by := q.session.Actor
	by.Addr = s.addr(r)
	return desk.Request{By: by, At: q.at}, nil
}

// said is an error of an upload as status and sentence.
func (q *query) said(err error) (int, string) {
	if errors.Is(err, errSignIn) {
		return http.StatusUnauthorized, q.T("browser.upload.signin")
	}
	if rs, ok := refusals(err); ok {
		return status(rs[0].Class), q.lang.Say("refusal."+rs[0].Kind, rs[0].Args)
	}
	return http.StatusInternalServerError, q.T("error.internal")
}

// fileList is the list of the files of one purpose and topic, without a page around it:
// what a script puts in place after an upload.
func (s *Server) fileList(q *query) error {
	c, err := s.desk.Case(q.ctx(), q.ask(), q.application())
	if err != nil {
		return err
	}
	get := q.r.URL.Query()
	v := q.view("files.title")
	return q.show(200, evidenceList(v, c, get.Get("purpose"), get.Get("topic"), mayAdd(v, c, get.Get("purpose"), get.Get("topic"))))
}

// addFile takes a file from a plain form. The key comes with the address, so that what a
// script sends along with an upload does not change from page to page.
func (s *Server) addFile(q *query) error {
	if _, err := s.desk.Case(q.ctx(), q.ask(), q.application()); err != nil {
		return err // before anything is read (U09)
	}
	if err := q.form(desk.MaxFile+maxForm, maxForm); err != nil {
		var big *event.Refusal
		if errors.As(err, &big) && big.Kind == "form-too-big" {
			return event.Refuse(event.Invalid, "file-too-big", "", "mb", mega(desk.MaxFile))
		}
		return err
	}
	q.at = q.s.cfg.Clock()
	ask := q.ask()
	ask.Key = q.r.URL.Query().Get("key")
	back := backTo(q)
	sent := desk.Sent{Purpose: q.r.PostFormValue("purpose"), Topic: q.r.PostFormValue("topic")}
	f, head, err := q.r.FormFile("file")
	if err != nil {
		return event.Refuse(event.Invalid, "file-missing", "")
	}
	defer func() { _ = f.Close() }()
	sent.Name, sent.Size, sent.Body = head.Filename, head.Size, f
	if _, err := s.desk.AddFile(q.ctx(), ask, q.application(), sent); err != nil {
		return err
	}
	return q.to(back, "file-added")
}

// backTo is the page of the application that a form was sent from.
func backTo(q *query) string {
	home := "/applications/" + string(q.application())
	if u, err := url.Parse(q.r.Header.Get("Referer")); err == nil && strings.HasPrefix(u.Path, home+"/") {
		return u.Path
	}
	return home
}

func (s *Server) removeFile(q *query) error {
	if err := s.desk.RemoveFile(q.ctx(), q.ask(), q.application(), q.r.PathValue("file")); err != nil {
		return err
	}
	return q.to(backTo(q), "file-removed")
}

// inline reports whether a browser may show a file by itself; everything else is saved.
func inline(kind string) bool {
	switch kind {
	case "application/pdf", "image/png", "image/jpeg":
		return true
	}
	return false
}

// download sends a file of the case: never as a page of this site. A picture or a PDF that
// was asked for with ?inline is shown, in a sandbox that has no scripts and no origin.
func (s *Server) download(q *query) error {
	f, body, err := s.desk.OpenFile(q.ctx(), q.ask(), q.application(), q.r.PathValue("file"))
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	return q.sendFile(f, body)
}

func (q *query) sendFile(f filing.Evidence, body io.ReadSeeker) error {
	return q.sendBytes(f.Name, f.Type, body)
}

// sendBytes sends a file that somebody uploaded, never as a page of this site.
func (q *query) sendBytes(name, kind string, body io.ReadSeeker) error {
	h := q.w.Header()
	h.Set("Content-Type", kind)
	h.Set("X-Content-Type-Options", "nosniff")
	how, policy := "attachment", "default-src 'none'; sandbox"
	if q.r.URL.Query().Has("inline") && inline(kind) {
		how = "inline"
		if kind == "application/pdf" {
			policy = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'" // a viewer does not start in a sandbox
		}
	}
	h.Set("Content-Security-Policy", policy)
	h.Set("Content-Disposition", disposition(how, name))
	q.started = true
	http.ServeContent(q.w, q.r, "", time.Time{}, body)
	return nil
}

// disposition names a file for those who save it, in letters that every header may hold.
func disposition(how, name string) string {
	if s := mime.FormatMediaType(how, map[string]string{"filename": name}); s != "" {
		return s
	}
	return how
}

// pdf sends a document that was made for this answer.
func (q *query) pdf(name string, b []byte) error {
	h := q.w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", disposition("inline", name))
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'")
	q.started = true
	_, err := q.w.Write(b)
	return err
}
