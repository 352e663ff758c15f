package web

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/locale"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

func (s *Server) formRoutes() {
	s.on("GET /applications/{id}/form", s.firstPart)
	s.on("GET /applications/{id}/form/{part}", s.formPart)
	s.on("POST /applications/{id}/form/{part}", s.savePart)
	s.on("POST /applications/{id}/answers", s.saveAnswer)
	s.on("GET /applications/{id}/answers", s.newAnswers)
}

// firstPart leads to the first part of the form that is not done yet.
func (s *Server) firstPart(q *query) error {
	c, err := s.desk.Case(q.ctx(), q.ask(), q.application())
	if err != nil {
		return err
	}
	if !drafting(c, q.actor()) {
		return q.to("/applications/" + string(c.ID))
	}
	check, err := s.desk.CheckDraft(q.ctx(), q.ask(), c.ID)
	if err != nil {
		return err
	}
	for _, p := range partStates(c, check) {
		if p.State != partDone {
			return q.to(partPath(c.ID, p.ID))
		}
	}
	return q.to("/applications/" + string(c.ID) + "/answers-check")
}

func partPath(id application.ID, part string) string {
	return "/applications/" + string(id) + "/form/" + part
}

// sent is a part as it came back: what was typed, and what others wrote meanwhile.
type sent struct {
	Form
	Theirs map[string]desk.Answer
}

func (s *Server) formPart(q *query) error { return s.showPart(q, 200, sent{}) }

func (s *Server) showPart(q *query, status int, f sent) error {
	c, err := s.desk.Case(q.ctx(), q.ask(), q.application())
	if err != nil {
		return err
	}
	if !drafting(c, q.actor()) {
		return q.to("/applications/" + string(c.ID)) // what was signed is read there
	}
	p := formPage{Case: c, Sent: f, Since: strconv.FormatInt(q.at.UnixMilli(), 10)}
	parts := formParts(c.Notice)
	i := slices.IndexFunc(parts, func(x formPart) bool { return x.ID == q.r.PathValue("part") })
	if i < 0 {
		return event.Refuse(event.NotFound, "not-found", "")
	}
	p.Part = parts[i]
	if i > 0 {
		p.Before = parts[i-1].ID
	}
	if i+1 < len(parts) {
		p.Next = parts[i+1].ID
	}
	if p.Divisions, err = s.desk.Divisions(q.ctx(), q.ask()); err != nil {
		return err
	}
	if p.Check, err = s.desk.CheckDraft(q.ctx(), q.ask(), c.ID); err != nil {
		return err
	}
	p.Edit = may(c, application.ActFill)
	v := q.view("part.title")
	p.Boxes = boxesOf(v, p)
	return q.show(status, formPartPage(v, p))
}

// A formPage is what the page of one part shows.
type formPage struct {
	*desk.Case
	Part         formPart
	Before, Next string // ids of the parts beside it
	Edit         bool
	Boxes        []formBox
	Sent         sent
	Since        string
	Divisions    []org.Division
	Check        desk.Check
}

// shut reports whether a correction leaves nothing of the part open.
func (p formPage) shut() bool {
	return !slices.ContainsFunc(p.Boxes, func(b formBox) bool { return b.Locked == "" })
}

// savePart keeps a whole part that was sent without script. What others changed meanwhile
// stops nothing else: the page comes back with both texts.
func (s *Server) savePart(q *query) error {
	c, err := s.desk.Case(q.ctx(), q.ask(), q.application())
	if err != nil {
		return err
	}
	parts := formParts(c.Notice)
	i := slices.IndexFunc(parts, func(x formPart) bool { return x.ID == q.r.PathValue("part") })
	if i < 0 {
		return event.Refuse(event.NotFound, "not-found", "")
	}
	if err := c.May(q.actor(), application.ActFill); err != nil {
		return err
	}
	if q.r.PostForm.Get("same") != "" {
		sameContact(c, q.r.PostForm)
	}
	f, err := s.saveFields(q, c, parts[i])
	if err != nil {
		return err
	}
	if len(f.Problems) > 0 {
		return s.showPart(q, status(event.Conflict), f)
	}
	switch path := partPath(c.ID, parts[i].ID); {
	case q.r.PostForm.Get("same") != "", q.r.PostForm.Get("more") != "":
		return q.to(path, "saved")
	case q.r.PostForm.Get("stay") != "":
		return q.to("/applications/"+string(c.ID), "saved")
	case s.wrong(q, parts[i]):
		return q.to(path, "saved-wrong")
	case i+1 < len(parts):
		return q.to(partPath(c.ID, parts[i+1].ID), "saved")
	}
	return q.to("/applications/"+string(c.ID)+"/answers-check", "saved")
}

// saveFields keeps what changed; its problems are the fields that were not kept.
func (s *Server) saveFields(q *query, c *desk.Case, p formPart) (sent, error) {
	f := sent{Form: Form{Sent: q.r.PostForm}, Theirs: map[string]desk.Answer{}}
	for _, x := range p.fields(c.Notice) {
		at, err := strconv.Atoi(q.r.PostForm.Get("v." + x.Name))
		if err != nil {
			continue // the page showed it, and did not ask
		}
		value := typed(x, q.r.PostForm)
		if c.Draft[x.Name].Value == value {
			continue
		}
		got, err := s.desk.Save(q.ctx(), q.ask(), c.ID, x.Name, value, at)
		rs, refused := refusals(err)
		switch {
		case err == nil:
		case !refused || rs[0].Class == event.NotFound || rs[0].Class == event.Forbidden:
			return f, err
		default:
			if got.Other != nil {
				f.Theirs[x.Name] = *got.Other
			}
			f.Problems = append(f.Problems, Problem{Field: x.Name, Text: q.lang.Say("refusal."+rs[0].Kind, rs[0].Args), Clause: rs[0].Clause})
		}
	}
	return f, nil
}

// wrong reports whether something that was filled in in a part can't stay so: the page is
// shown again instead of the next one.
func (s *Server) wrong(q *query, p formPart) bool {
	check, err := s.desk.CheckDraft(q.ctx(), q.ask(), q.application())
	if err != nil {
		return false // the next page says it
	}
	return slices.ContainsFunc(check.Binding, func(r *event.Refusal) bool { return p.has(r.Field) && !missing(r) })
}

// missing reports whether a refusal only says that something was not filled in yet.
func missing(r *event.Refusal) bool {
	switch r.Kind {
	case "required", "self-required", "statement-required", "proxy-paper", "payee-proof":
		return true
	}
	return false
}

// sameContact puts the contact of the form's head into the bank block (T10).
func sameContact(c *desk.Case, f url.Values) {
	person, phone := "", ""
	for _, x := range c.Notice.Form.Head {
		switch {
		case x.Kind == notice.Phone:
			phone = c.Draft[x.Name].Value
		case isContact(x):
			person = c.Draft[x.Name].Value
		}
	}
	handy := filing.CheckField(notice.Field{Kind: notice.Mobile}, phone) == nil
	for _, x := range c.Notice.Form.Bank {
		switch {
		case isContact(x):
			f.Set(x.Name, person)
		case x.Kind == notice.Phone && !handy, x.Kind == notice.Mobile && handy:
			f.Set(x.Name, phone)
		}
	}
}

func isContact(x notice.Field) bool {
	return x.Kind == notice.Text && strings.HasSuffix(x.Name, "联系人")
}

// typed is the answer to a field as a sent form has it.
func typed(x notice.Field, f url.Values) string {
	switch x.Kind {
	case notice.List:
		return filing.PutRows(typedRows(x, f))
	case notice.Choices:
		return filing.PutWords(f[x.Name])
	}
	return stored(x, f.Get(x.Name))
}

// stored is an answer as it is kept: tags are typed as words with marks between them.
func stored(x notice.Field, value string) string {
	if x.Kind == notice.Tags && !strings.HasPrefix(strings.TrimSpace(value), "[") {
		return filing.PutWords(strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune("、，,；;\n", r) }))
	}
	return strings.ReplaceAll(value, "\r\n", "\n")
}

// shownAs is an answer as its control has it.
func shownAs(x notice.Field, value string) string {
	if x.Kind == notice.Tags {
		return strings.Join(filing.Words(value), "、")
	}
	return value
}

// typedRows are the rows of a list, FIELD.N.COLUMN, as far as there are any.
func typedRows(x notice.Field, f url.Values) []filing.Row {
	rows := map[int]filing.Row{}
	last := -1
	for key, vs := range f {
		rest, ok := strings.CutPrefix(key, x.Name+".")
		if !ok {
			continue
		}
		n, col, _ := strings.Cut(rest, ".")
		at, err := strconv.Atoi(n)
		if err != nil || at < 0 || at > 999 || !slices.ContainsFunc(x.Columns, func(c notice.Field) bool { return c.Name == col }) {
			continue
		}
		if rows[at] == nil {
			rows[at] = filing.Row{}
		}
		if v := strings.TrimSpace(vs[0]); v != "" {
			rows[at][col] = v
		}
		last = max(last, at)
	}
	var out []filing.Row
	for i := 0; i <= last; i++ {
		if rows[i] != nil {
			out = append(out, rows[i])
		}
	}
	return out
}

// saveAnswer is an autosave: one field over the version that the page knows.
func (s *Server) saveAnswer(q *query) error {
	name := q.r.PostForm.Get("field")
	x, err := s.fieldOf(q, name)
	if err != nil {
		return err
	}
	at, err := strconv.Atoi(q.r.PostForm.Get("version"))
	if err != nil {
		return event.Refuse(event.Conflict, "changed-by-other", "")
	}
	got, err := s.desk.Save(q.ctx(), q.ask(), q.application(), name, stored(x, q.r.PostForm.Get("value")), at)
	if got.Other != nil && err != nil {
		return q.writeJSON(status(event.Conflict), map[string]any{"value": shownAs(x, got.Other.Value), "version": got.Other.Version,
			"name": got.Other.Name, "at": clock(got.Other.When())})
	}
	if err != nil {
		return err
	}
	return q.writeJSON(200, map[string]any{"version": got.Version, "at": clock(got.At)})
}

// fieldOf is a field of the form; what is said of a condition and the opinion are texts.
func (s *Server) fieldOf(q *query, name string) (notice.Field, error) {
	n, err := s.desk.Form(q.ctx(), q.ask(), q.application())
	if err != nil {
		return notice.Field{}, err
	}
	if x, ok := n.Form.Field(name); ok {
		return x, nil
	}
	return notice.Field{Name: name, Kind: notice.LongText}, nil
}

// besides is how long somebody counts as writing after their last word.
const besides = 2 * time.Minute

// newAnswers tells a page what others wrote since, and who they are.
func (s *Server) newAnswers(q *query) error {
	draft, err := s.desk.Draft(q.ctx(), q.ask(), q.application())
	if err != nil {
		return err
	}
	since, err := strconv.ParseInt(q.r.URL.Query().Get("since"), 10, 64)
	if err != nil {
		since = 0
	}
	n, err := s.desk.Form(q.ctx(), q.ask(), q.application())
	if err != nil {
		return err
	}
	changes, editors := []map[string]any{}, []string{}
	for name, a := range draft {
		if a.When().UnixMilli() >= since {
			x, _ := n.Form.Field(name)
			changes = append(changes, map[string]any{"field": name, "value": shownAs(x, a.Value), "version": a.Version, "name": a.Name, "at": clock(a.When())})
		}
		if a.Person != q.actor().Person && q.at.Sub(a.When()) < besides && !slices.Contains(editors, a.Name) {
			editors = append(editors, a.Name)
		}
	}
	slices.Sort(editors)
	return q.writeJSON(200, map[string]any{"changes": changes, "editors": editors, "since": strconv.FormatInt(q.at.UnixMilli(), 10)})
}

// clock is a time of day as scripts show it.
func clock(t time.Time) string { return t.In(locale.Beijing).Format("15:04:05") }

func (q *query) writeJSON(status int, body any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	q.w.Header().Set("Content-Type", "application/json")
	q.started = true
	q.w.WriteHeader(status)
	_, err = q.w.Write(b)
	return err
}
