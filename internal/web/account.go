package web

import (
	"crypto/subtle"
	"net/http"
	"strings"

	"shenbao/internal/event"
	"shenbao/internal/org"
)

func (s *Server) accountRoutes() {
	s.open("GET /sign-in", s.signInForm)
	s.open("POST /sign-in", s.signInAct)
	s.on("POST /sign-out", s.signOut)
	s.open("POST /language", s.speak)
	s.on("POST /me/post", s.turn)
	s.on("POST /step-up", s.stepUpAct)
	s.open("GET /invitations/{token}", s.invitation)
	s.open("POST /invitations/{token}", s.accept)
	s.open("GET /setup", s.setup)
	s.open("POST /setup", s.install)
	if s.cfg.Demo != nil {
		s.open("POST /demo/role", s.demoRole)
		s.open("POST /demo/clock", s.demoClock)
	}
}

func (s *Server) signInForm(q *query) error {
	return q.show(200, signInPage(q.view("sign-in.title"), Form{}, q.r.FormValue("next")))
}

func (s *Server) signInAct(q *query) error {
	token, err := s.auth.SignIn(q.ctx(), q.at, q.r.PostFormValue("login"), q.r.PostFormValue("password"), string(q.lang), s.addr(q.r))
	if err != nil {
		return q.refused(err, func(f Form) error {
			f.Sent.Del("password")
			return q.show(0, signInPage(q.view("sign-in.title"), f, q.r.PostFormValue("next")))
		})
	}
	if q.signed { // the browser has one session; the one before it ends
		if err := s.auth.SignOut(q.ctx(), q.at, q.session); err != nil {
			return err
		}
	}
	q.cookie(s.cookieName(), token, 0)
	return q.to(local(q.r.PostFormValue("next")))
}

func (s *Server) signOut(q *query) error {
	if err := s.auth.SignOut(q.ctx(), q.at, q.session); err != nil {
		return err
	}
	q.cookie(s.cookieName(), "", -1)
	q.w.Header().Set("Clear-Site-Data", `"cache"`)
	return q.to("/", "signed-out")
}

func (s *Server) speak(q *query) error {
	lang := q.r.PostFormValue("lang")
	if lang != "en" {
		lang = "zh"
	}
	if q.signed {
		if err := s.auth.Speak(q.ctx(), q.at, q.session, lang); err != nil {
			return err
		}
	}
	q.cookie("lang", lang, 365*24*3600)
	return q.to(local(q.r.PostFormValue("next")))
}

func (s *Server) turn(q *query) error {
	if err := s.auth.Turn(q.ctx(), q.at, q.session, org.PostID(q.r.PostFormValue("post"))); err != nil {
		return err
	}
	return q.to("/home", "post-taken")
}

// stepUpAct checks the password and sends the first form again, as it was.
func (s *Server) stepUpAct(q *query) error {
	path := local(q.r.PostFormValue("_to"))
	token, err := s.auth.Refresh(q.ctx(), q.at, q.session, q.r.PostFormValue("_password"))
	if err != nil {
		return q.refused(err, func(f Form) error {
			f.Sent.Del("_password")
			return q.show(0, stepUpPage(q.view("step-up.title"), path, f.Sent, f))
		})
	}
	q.cookie(s.cookieName(), token, 0)
	q.r.PostForm.Del("_password")
	return q.show(200, againPage(q.view("step-up.again"), path, q.r.PostForm))
}

func (s *Server) invitation(q *query) error {
	p, err := s.auth.Invited(q.ctx(), q.at, q.r.PathValue("token"))
	if err != nil {
		return err
	}
	return q.show(200, invitationPage(q.view("invitation.title"), Form{}, p.Name, p.Login))
}

func (s *Server) accept(q *query) error {
	p, err := s.auth.Invited(q.ctx(), q.at, q.r.PathValue("token"))
	if err != nil {
		return err
	}
	if err = samePasswords(q.r); err == nil {
		var token string
		if token, err = s.auth.Accept(q.ctx(), q.at, q.r.PathValue("token"), q.r.PostFormValue("password"), string(q.lang), s.addr(q.r)); err == nil {
			q.cookie(s.cookieName(), token, 0)
			return q.to("/home", "password-set")
		}
	}
	return q.refused(err, func(f Form) error {
		f.Sent.Del("password")
		f.Sent.Del("again")
		return q.show(0, invitationPage(q.view("invitation.title"), f, p.Name, p.Login))
	})
}

func samePasswords(r *http.Request) error {
	if r.PostFormValue("password") == r.PostFormValue("again") {
		return nil
	}
	x := event.Refuse(event.Invalid, "passwords-differ", "")
	x.Field = "again"
	return x
}

// setup is the first run: it makes the first administrator, with the code that the
// program printed where it was started.
func (s *Server) setup(q *query) error {
	empty, err := s.auth.Empty(q.ctx(), q.at)
	if err != nil {
		return err
	}
	if !empty || s.cfg.SetupCode == "" {
		return q.to("/sign-in")
	}
	return q.show(200, setupPage(q.view("setup.title"), Form{}))
}

func (s *Server) install(q *query) error {
	f := q.r.PostForm
	var err error
	if s.cfg.SetupCode == "" || subtle.ConstantTimeCompare([]byte(strings.TrimSpace(f.Get("code"))), []byte(s.cfg.SetupCode)) != 1 {
		x := event.Refuse(event.Invalid, "setup-code", "")
		x.Field, err = "code", x
	} else {
		err = samePasswords(q.r)
	}
	if err == nil {
		var token string
		if token, err = s.cfg.Install(q.ctx(), q.at, f.Get("name"), f.Get("login"), f.Get("password"), s.addr(q.r)); err == nil {
			q.cookie(s.cookieName(), token, 0)
			return q.to("/people", "installed")
		}
	}
	return q.refused(err, func(f Form) error {
		f.Sent.Del("password")
		f.Sent.Del("again")
		return q.show(0, setupPage(q.view("setup.title"), f))
	})
}

// demoRole takes the place of one of the demo's people.
func (s *Server) demoRole(q *query) error {
	person, post, _ := strings.Cut(q.r.PostFormValue("who"), " ")
	for _, p := range s.cfg.Demo.Cast {
		if string(p.Person) == person && string(p.Post) == post {
			token, err := s.auth.StepIn(q.ctx(), q.at, p.Person, p.Post, string(q.lang), s.addr(q.r))
			if err != nil {
				return err
			}
			q.cookie(s.cookieName(), token, 0)
			return q.to("/home")
		}
	}
	return event.Refuse(event.NotFound, "not-found", "")
}

// demoClock moves the demo's clock forward.
func (s *Server) demoClock(q *query) error {
	if err := s.cfg.Demo.Move(q.r, q.r.PostFormValue("way")); err != nil {
		return err
	}
	if back := q.r.Header.Get("Referer"); back != "" {
		return q.to("/home", "clock-moved")
	}
	return q.to("/", "clock-moved")
}
