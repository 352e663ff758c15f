package scenario_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/demo"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/locale"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/internal/review"
	"shenbao/internal/store"
)

// A saying is a line of a story that is no act of a form: who comes in, how late it is,
// what must be seen.
type saying struct {
	least     int
	refusable bool
	do        func(s *story, w []string, refused bool)
}

var sayings map[string]saying

func init() {
	sayings = map[string]saying{
		"以":    {1, false, func(s *story, w []string, _ bool) { s.step(s.say(w[0])) }},     // comes in
		"回":    {1, false, func(s *story, w []string, _ bool) { s.who = w[0]; s.seat() }},  // the session that is open already
		"时间":   {1, false, func(s *story, w []string, _ bool) { s.until(s.moment(w[0])) }}, // the clock only goes forward
		"过":    {1, false, wait},
		"看":    {1, true, look},
		"见":    {1, false, func(s *story, w []string, _ bool) { s.shows(w, true) }},
		"不见":   {1, false, func(s *story, w []string, _ bool) { s.shows(w, false) }},
		"错误":   {1, false, func(s *story, w []string, _ bool) { s.wrong(w[0], strings.Join(w[1:], "")) }},
		"无事件":  {0, false, silent},
		"状态":   {2, false, state},
		"持有":   {2, false, holder},
		"事实":   {3, false, countFacts},
		"打开":   {2, false, open},
		"送出":   {2, true, late},
		"再送":   {0, true, again},
		"接着":   {0, true, goOn},
		"填写":   {1, false, fill},
		"改":    {2, true, write},
		"上传":   {2, true, upload1},
		"已接受":  {0, false, accepted},
		"记":    {3, false, remember},
		"fsck": {0, false, func(s *story, _ []string, _ bool) { s.sound() }},
	}
}

func wait(s *story, w []string, _ bool) {
	d, err := time.ParseDuration(w[0])
	s.must(err)
	s.until(s.now.Add(d))
}

func (s *story) until(t time.Time) {
	if t.Before(s.now) {
		s.fail("the clock does not go back to %s", t)
	}
	s.now = t
	s.must(s.jobs.Drain(s.t.Context()))
}

func look(s *story, w []string, refused bool) {
	p := s.get(s.say(w[0]))
	if refused != (p.status >= 400) {
		s.fail("status %d\n%s", p.status, s.seen())
	}
}

func (s *story) shows(w []string, want bool) {
	ps, err := s.last.parse()
	s.must(err)
	if text := s.say(strings.Join(w, " ")); strings.Contains(ps.text, text) != want {
		s.fail("“%s” on the page: %v\n%s", text, !want, s.seen())
	}
}

// silent: the refused act left exactly one row in the audit, which names the refusal.
func silent(s *story, _ []string, _ bool) {
	ps, err := s.last.parse()
	s.must(err)
	if !s.denied.refused || len(s.denied.kinds) != 1 || !sentence(s.denied.kinds[0]).MatchString(ps.text) {
		s.fail("the audit has %v of it", s.denied.kinds)
	}
}

func state(s *story, w []string, _ bool) {
	if got := locale.Zh.T("state." + string(s.application(w[0]).State)); got != w[1] {
		s.fail("%s is %s", w[0], got)
	}
}

func holder(s *story, w []string, _ bool) {
	if a := s.application(w[0]); string(a.Holder()) != s.say("{"+w[1]+"}") {
		s.fail("%s is with %s", w[0], a.HolderName())
	}
}

// countFacts: 事实 主体 种类 次数
func countFacts(s *story, w []string, _ bool) {
	kind := "application"
	if w[0] == "通知" {
		kind = "call"
	}
	fs := s.facts(store.FactFilter{Kind: w[1], Subject: event.Subject{Kind: kind, ID: s.ids[w[0]]}})
	if fmt.Sprint(len(fs)) != w[2] {
		s.fail("%d facts %s", len(fs), w[1])
	}
}

// open keeps the form of an act as it stands on the page now, to be sent later.
func open(s *story, w []string, _ bool) {
	v, known := verbs[w[0]]
	out, ok := sending{}, false
	if known {
		out, ok = s.open(v, s.ids[w[1]], s.typed(w[2:]), false)
	}
	if !ok {
		s.fail("there is no form for “%s”", w[0])
	}
	s.held[s.who+w[0]+w[1]] = out
}

// late sends a form that was opened before.
func late(s *story, w []string, refused bool) {
	out, ok := s.held[s.who+w[0]+w[1]]
	if !ok {
		s.fail("%s has opened no form of “%s”", s.who, w[0])
	}
	s.send(out, nil, refused)
	s.follow()
}

// again sends the last form once more, as it was or with something changed.
func again(s *story, w []string, refused bool) {
	out := sending{path: s.sent.path, multi: s.sent.multi, files: s.sent.files, form: url.Values{}}
	for k, v := range s.sent.form {
		out.form[k] = v
	}
	typed := s.typed(w)
	for k, v := range typed {
		out.form[k] = v
	}
	s.send(out, typed, refused)
}

// goOn sends the form that came back with the last answer: a confirmation.
func goOn(s *story, w []string, refused bool) {
	ps, err := s.last.parse()
	s.must(err)
	path, _, _ := strings.Cut(s.sent.path, "?")
	f := ps.find(path, nil)
	if f == nil {
		s.fail("the last page has no form to go on with\n%s", s.seen())
	}
	typed := s.typed(w)
	form, err := f.filled(typed)
	s.must(err)
	s.send(sending{path: f.action, form: form, multi: f.multi}, typed, refused)
	s.follow()
}

// fill goes through the form page by page, as the demo's people would.
func fill(s *story, w []string, _ bool) {
	a := s.application(w[0])
	var u org.Unit
	s.must(s.DB.Read(s.t.Context(), s.now, func(tx *store.Tx) (err error) { u, err = tx.Unit(s.t.Context(), a.Unit); return err }))
	i := slices.IndexFunc(s.Cast, func(p demo.Persona) bool { return p.Unit == a.Holder() })
	c, err := s.Case(s.t.Context(), s.As(s.Cast[i].Key), a.ID)
	s.must(err)
	answers := demo.Answers(c.Notice, u)
	for _, kv := range w[1:] {
		k, v, _ := strings.Cut(kv, "=")
		answers[k] = v
	}
	to := "/applications/" + string(a.ID) + "/form"
	for range 40 {
		p := s.get(to)
		path, _, _ := strings.Cut(p.path, "?")
		if strings.HasSuffix(path, "/answers-check") || p.status != http.StatusOK {
			return
		}
		ps, err := p.parse()
		s.must(err)
		f := ps.find(path, nil)
		if f == nil {
			s.fail("%s has no form: status %d\n%s", path, p.status, s.seen())
		}
		form, err := f.filled(nil)
		s.must(err)
		answer(form, c.Notice, answers)
		s.send(sending{path: f.action, form: form}, nil, false)
		if to = s.last.location; strings.Contains(to, "done=saved-wrong") {
			s.get(to)
			s.fail("the page says that something is wrong\n%s", s.seen())
		}
	}
	s.fail("the form has no end")
}

// answer types answers into a page of the form, as controls have them.
func answer(form url.Values, n *notice.Notice, answers filing.Answers) {
	for name, value := range answers {
		if !form.Has("v." + name) {
			continue
		}
		x, _ := n.Form.Field(name)
		switch x.Kind {
		case notice.List:
			for i, r := range filing.Rows(value) {
				for col, v := range r {
					form.Set(fmt.Sprintf("%s.%d.%s", name, i, col), v)
				}
			}
		case notice.Choices:
			form[name] = filing.Words(value)
		case notice.Tags:
			form.Set(name, strings.Join(filing.Words(value), "、"))
		default:
			form.Set(name, value)
		}
	}
}

// write saves one field by itself, as autosave does: 改 申报1 单位简介=…… [版次=0], over the
// version that the page knows, or the one that stands.
func write(s *story, w []string, refused bool) {
	id, typed := s.ids[w[0]], s.typed(w[1:])
	known := typed.Get("版次")
	typed.Del("版次")
	for name, v := range typed {
		version := 0
		s.must(s.DB.Read(s.t.Context(), s.now, func(tx *store.Tx) error {
			d, err := tx.Draft(s.t.Context(), application.ID(id))
			version = d[name].Version
			return err
		}))
		if known == "" {
			known = fmt.Sprint(version)
		}
		s.send(sending{path: "/applications/" + id + "/answers", form: url.Values{"field": {name}, "value": v, "version": {known}}}, nil, refused)
	}
}

var bodies = map[string]func() []byte{
	"扫描件": func() []byte { return demo.Scan("Sealed page") },
	"程序":  func() []byte { return append([]byte("MZ\x90\x00\x03\x00\x00\x00"), bytes.Repeat([]byte{0}, 600)...) },
	"空":   func() []byte { return nil },
	"带脚本": func() []byte {
		return bytes.Replace(demo.Scan("x"), []byte("/Type /Catalog"), []byte("/Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"), 1)
	},
}

// upload1 sends one file: 上传 申报1 盖章页 | 佐证 1a | 代报材料 [名=… 内容=…]. Its form is on the
// page of the step that asks for it.
func upload1(s *story, w []string, refused bool) {
	id, name, body := s.ids[w[0]], "扫描件.pdf", "扫描件"
	where := url.Values{}
	page := ""
	switch w[1] {
	case "盖章页":
		where.Set("purpose", filing.ForSeal)
		if page = "sealing"; !s.application(w[0]).State.WithApplicant() {
			page = "opinion"
		}
	case "代报材料":
		where.Set("purpose", filing.ForProxy)
		page = "form/head"
	default:
		where.Set("purpose", filing.ForEvidence)
		where.Set("topic", w[1])
		page = "form/condition-" + w[1]
	}
	for _, kv := range w[2:] {
		switch k, v, _ := strings.Cut(kv, "="); k {
		case "名":
			name = v
		case "内容":
			body = v
		}
	}
	out, ok := s.open(verb{page: "/applications/{}/" + page, action: "/applications/{}/files"}, id, where, refused)
	if !ok && !refused {
		s.fail("the page offers no upload: status %d\n%s", s.last.status, s.seen())
	}
	if bodies[body] == nil {
		s.fail("no file is like “%s”", body)
	}
	out.multi, out.files = true, map[string]upload{"file": {name, bodies[body]()}}
	s.send(out, nil, refused)
}

// remember gives something a name: 记 旧码 版本码 申报1; 记 附件1 文件 申报1; 记 岗位1 岗位 松山园区/经办
// accepted: whoever acts takes what invitations are open, each on its page.
func accepted(s *story, _ []string, _ bool) {
	as, err := s.InvitationsOf(s.t.Context(), s.As(s.who))
	s.must(err)
	for _, a := range as {
		if a.State == review.InviteOpen {
			s.ids["邀请"] = a.ID
			s.act("接受", verbs["接受"], "邀请", url.Values{"undertake": {"yes"}}, false)
		}
	}
}

func remember(s *story, w []string, _ bool) {
	switch w[1] {
	case "版本码":
		v, ok := s.application(w[2]).Latest()
		if !ok {
			s.fail("%s has no version", w[2])
		}
		s.ids[w[0]] = v.Code
	case "文件":
		s.must(s.DB.Read(s.t.Context(), s.now, func(tx *store.Tx) error {
			fs, err := tx.Evidence(s.t.Context(), application.ID(s.ids[w[2]]))
			if len(fs) > 0 {
				s.ids[w[0]] = fs[len(fs)-1].ID
			}
			return err
		}))
	case "落到": // the page that the last act led to is of it
		if m := madeAt.FindStringSubmatch(s.last.path); m != nil {
			s.ids[w[0]] = m[1]
		}
	case "同":
		s.ids[w[0]] = s.ids[w[2]]
	case "邀请": // to review, of the expert named
		as, err := s.InvitationsOf(s.t.Context(), s.As(s.say(w[2])))
		s.must(err)
		if len(as) == 0 {
			s.fail("%s was not invited", w[2])
		}
		s.ids[w[0]] = as[0].ID
	case "抽中": // the first member drawn for a group, who is of the cast
		g, err := s.Group(s.t.Context(), s.As("厅/业务"), s.ids[w[2]])
		s.must(err)
		i := slices.IndexFunc(s.Cast, func(p demo.Persona) bool { return len(g.Members) > 0 && p.Person == g.Members[0].Expert })
		if i < 0 {
			s.fail("nobody of the cast was drawn for %s", w[2])
		}
		s.ids[w[0]] = s.Cast[i].Key
	case "岗位":
		i := slices.IndexFunc(s.Cast, func(p demo.Persona) bool { return p.Key == w[2] })
		s.ids[w[0]] = string(s.Cast[i].Post)
	default:
		s.fail("what is %s?", w[1])
	}
}
