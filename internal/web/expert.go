package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/expert"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

func (s *Server) expertRoutes() {
	s.on("GET /experts", s.experts)
	s.on("GET /experts/new", s.newExpert)
	s.on("POST /experts", s.addExpert)
	s.on("GET /experts/{id}", s.expert)
	s.on("GET /experts/{id}/profile", s.expertForm)
	s.on("POST /experts/{id}/profile", s.describeExpert)
	s.on("POST /experts/{id}/membership", s.moveExpert)
	s.on("GET /profile", s.profile)
	s.on("POST /profile", s.describeSelf)
	s.on("POST /profile/confirmation", s.confirmSelf)
	s.on("POST /profile/membership", s.moveSelf)
	s.expertImportRoutes()
	s.recusalRoutes()
}

// An expertFilter is what the list of experts is asked for, in its address.
type expertFilter struct {
	expert.Filter
	Free bool // only those who can be asked today
}

func expertFilterOf(q url.Values) expertFilter {
	get := func(name string) string { return strings.TrimSpace(q.Get(name)) }
	f := expertFilter{Free: get("free") != ""}
	f.Words, f.Kind, f.Level, f.State = get("words"), expert.Kind(get("kind")), expert.Level(get("level")), expert.State(get("state"))
	f.Field, f.Place = get("field"), get("place")
	f.Name, f.Person = get("after"), org.PersonID(get("id"))
	f.Place = strings.TrimSuffix(f.Place, "00")
	return f
}

// query is the filter as an address, without the cursor.
func (f expertFilter) query() url.Values {
	v := url.Values{}
	place := f.Place
	if len(place) == 4 {
		place += "00"
	}
	for name, x := range map[string]string{"words": f.Words, "kind": string(f.Kind), "level": string(f.Level), "state": string(f.State), "field": f.Field, "place": place} {
		if x != "" {
			v.Set(name, x)
		}
	}
	if f.Free {
		v.Set("free", "1")
	}
	return v
}

// experts is the list of the pool.
func (s *Server) experts(q *query) error {
	f := expertFilterOf(q.r.URL.Query())
	lines, more, err := s.desk.Experts(q.ctx(), q.ask(), f.Filter, f.Free)
	if err != nil {
		return err
	}
	p, err := s.desk.Places(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	next := ""
	if more {
		v := f.query()
		last := lines[len(lines)-1]
		v.Set("after", last.Name)
		v.Set("id", string(last.Person))
		next = "/experts?" + v.Encode()
	}
	return q.show(200, expertsPage(q.view("experts.pool"), f, lines, p, next))
}

func (q *query) expertID() org.PersonID { return org.PersonID(q.r.PathValue("id")) }

func (s *Server) expert(q *query) error { return s.showExpert(q, Form{}) }

func (s *Server) showExpert(q *query, f Form) error {
	p, err := s.desk.Expert(q.ctx(), q.ask(), q.expertID())
	if err != nil {
		return err
	}
	names, err := s.expertPlaces(q)
	if err != nil {
		return err
	}
	return q.show(200, expertPage(q.view("experts.one"), f, p, names))
}

func (s *Server) expertPlaces(q *query) (map[string]string, error) {
	p, err := s.desk.Places(q.ctx(), q.ask())
	return placeNames(p), err
}

func (s *Server) moveExpert(q *query) error {
	act, reason := q.r.PostForm.Get("act"), strings.TrimSpace(q.r.PostForm.Get("reason"))
	if !slices.Contains(moves, act) {
		return event.Refuse(event.NotFound, "not-found", "")
	}
	if err := s.desk.MoveExpert(q.ctx(), q.ask(), q.expertID(), act, reason); err != nil {
		return q.refused(err, func(f Form) error { return s.showExpert(q, f) })
	}
	return q.to("/experts/"+string(q.expertID()), "expert-"+act)
}

// moves are the acts on a membership.
var moves = []string{expert.ActPause, expert.ActResume, expert.ActLeave, expert.ActReturn}

// A profileForm is a profile to be written: of a new expert, of one of the pool, or the
// expert's own.
type profileForm struct {
	Action  string
	Person  org.Person // of a new one
	Profile expert.Profile
	Version int
	New     bool
	Own     bool
	Places  desk.Places
}

func (s *Server) newExpert(q *query) error {
	if err := expert.MayKeep(q.actor()); err != nil {
		return err
	}
	return s.showProfile(q, Form{}, profileForm{Action: "/experts", New: true, Profile: expert.Profile{Kind: expert.Technical}})
}

func (s *Server) showProfile(q *query, f Form, p profileForm) (err error) {
	if p.Places, err = s.desk.Places(q.ctx(), q.ask()); err != nil {
		return err
	}
	return q.show(200, profilePage(q.view("experts.profile"), f, p))
}

func (s *Server) addExpert(q *query) error {
	p := q.r.PostForm
	who := org.Person{Name: strings.TrimSpace(p.Get("name")), Phone: strings.TrimSpace(p.Get("phone")), Email: strings.TrimSpace(p.Get("email"))}
	to := profileFrom(p)
	id, err := s.desk.AddExpert(q.ctx(), q.ask(), who, to)
	if err != nil {
		return q.refused(q.labelledExpert(err), func(f Form) error {
			return s.showProfile(q, f, profileForm{Action: "/experts", New: true, Person: who, Profile: to})
		})
	}
	return q.to("/experts/"+string(id), "expert-added")
}

func (s *Server) expertForm(q *query) error {
	if err := expert.MayKeep(q.actor()); err != nil {
		return err
	}
	p, err := s.desk.Expert(q.ctx(), q.ask(), q.expertID())
	if err != nil {
		return err
	}
	if !slices.Contains(p.Can, expert.ActEdit) {
		return q.to("/experts/" + string(p.Person))
	}
	return s.showProfile(q, Form{}, s.formOf(p))
}

func (s *Server) formOf(p *desk.ExpertPage) profileForm {
	f := profileForm{Action: "/experts/" + string(p.Person) + "/profile", Profile: p.Profile, Version: p.Version, Own: p.Own, Person: org.Person{Name: p.Name}}
	if p.Own {
		f.Action = "/profile"
	}
	return f
}

func (s *Server) describeExpert(q *query) error {
	return s.describeAny(q, q.expertID(), "/experts/"+string(q.expertID()))
}

func (s *Server) describeSelf(q *query) error { return s.describeAny(q, "", "/profile") }

func (s *Server) describeAny(q *query, who org.PersonID, back string) error {
	p := q.r.PostForm
	version, _ := strconv.Atoi(p.Get("version"))
	to := profileFrom(p)
	if err := s.desk.DescribeExpert(q.ctx(), q.ask(), who, to, version, strings.TrimSpace(p.Get("reason"))); err != nil {
		return q.refused(q.labelledExpert(err), func(f Form) error {
			x, err := s.desk.Expert(q.ctx(), q.ask(), who)
			if err != nil {
				return err
			}
			form := s.formOf(x)
			form.Profile, form.Version = to, version
			return s.showProfile(q, f, form)
		})
	}
	return q.to(back, "expert-changed")
}

// profile is the expert's own page.
func (s *Server) profile(q *query) error { return s.showOwn(q, Form{}) }

func (s *Server) showOwn(q *query, f Form) error {
	p, err := s.desk.Expert(q.ctx(), q.ask(), "")
	if err != nil {
		return err
	}
	if q.r.URL.Query().Get("edit") != "" && slices.Contains(p.Can, expert.ActEdit) {
		return s.showProfile(q, f, s.formOf(p))
	}
	names, err := s.expertPlaces(q)
	if err != nil {
		return err
	}
	return q.show(200, expertPage(q.view("experts.own"), f, p, names))
}

func (s *Server) confirmSelf(q *query) error {
	if err := s.desk.ConfirmExpert(q.ctx(), q.ask(), q.r.PostForm.Get("consent") != ""); err != nil {
		return q.refused(err, func(f Form) error { return s.showOwn(q, f) })
	}
	return q.to("/profile", "expert-confirmed")
}

func (s *Server) moveSelf(q *query) error {
	act, reason := q.r.PostForm.Get("act"), strings.TrimSpace(q.r.PostForm.Get("reason"))
	if !slices.Contains(moves, act) {
		return event.Refuse(event.NotFound, "not-found", "")
	}
	if err := s.desk.MoveExpert(q.ctx(), q.ask(), "", act, reason); err != nil {
		return q.refused(err, func(f Form) error { return s.showOwn(q, f) })
	}
	return q.to("/profile", "expert-"+act)
}

// The lists of a profile by their names in the form, with their columns.
var (
	employerCols = columnsNamed("employers", "employer", "from", "until")
	kinCols      = columnsNamed("kin", "name", "relation", "unit")
	coWorkCols   = columnsNamed("co-work", "unit", "with", "what", "from", "until")
)

func columnsNamed(name string, cols ...string) notice.Field {
	f := notice.Field{Name: name}
	for _, c := range cols {
		f.Columns = append(f.Columns, notice.Field{Name: c})
	}
	return f
}

// filled are the rows of a list in which something stands.
func filled(x notice.Field, p url.Values) []filing.Row {
	return slices.DeleteFunc(typedRows(x, p), func(r filing.Row) bool { return len(r) == 0 })
}

// profileFrom reads a profile from its form.
func profileFrom(p url.Values) expert.Profile {
	get := func(name string) string { return strings.TrimSpace(p.Get(name)) }
	x := expert.Profile{Kind: expert.Kind(get("kind")), Title: get("title"), Level: expert.Level(get("level")), Place: get("place"),
		Qualifications: get("qualifications"), AwayFrom: get("away-from"), AwayUntil: get("away-until")}
	for _, f := range p["fields"] {
		if f != "" && !slices.Contains(x.Fields, f) {
			x.Fields = append(x.Fields, f)
		}
	}
	for _, r := range filled(employerCols, p) {
		x.Employers = append(x.Employers, expert.Employer{Name: r["employer"], From: r["from"], Until: r["until"]})
	}
	for _, r := range filled(kinCols, p) {
		x.Kin = append(x.Kin, expert.Kin{Name: r["name"], Relation: r["relation"], Unit: r["unit"]})
	}
	for _, r := range filled(coWorkCols, p) {
		x.CoWork = append(x.CoWork, expert.CoWork{Unit: r["unit"], With: r["with"], What: r["what"], From: r["from"], Until: r["until"]})
	}
	for line := range strings.Lines(p.Get("texts")) {
		if line = strings.TrimSpace(line); line != "" {
			x.Texts = append(x.Texts, line)
		}
	}
	if v := get("max-load"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 {
			n = -1 // what is no number is out of range
		}
		x.MaxLoad = n
	}
	return x
}

// labelledExpert puts the names of the profile's fields into refusals that only know their key.
func (q *query) labelledExpert(err error) error {
	rs, _ := refusals(err)
	for _, r := range rs {
		if slices.Contains(profileFields, r.Field) {
			if r.Args == nil {
				r.Args = map[string]string{}
			}
			r.Args["label"] = q.T("expert-field." + r.Field)
		}
	}
	return err
}

var profileFields = []string{"name", "phone", "email", "kind", "title", "level", "fields", "place", "employers", "kin", "co-work", "qualifications",
	"texts", "max-load", "away-from", "reason"}

// declared is the declaration of a form.
func declared(p url.Values) review.Declaration {
	if p.Get("tie") == "none" {
		return review.Declaration{None: true}
	}
	return review.Declaration{Kinds: kindsOf(p), Words: strings.TrimSpace(p.Get("conflict"))}
}

func kindsOf(p url.Values) (out []review.ConflictKind) {
	for _, k := range p["kinds"] {
		if slices.Contains(review.Declarable, review.ConflictKind(k)) {
			out = append(out, review.ConflictKind(k))
		}
	}
	return out
}

// disciplineName is a discipline as people read it.
func disciplineName(v View, code string) string {
	f, ok := expert.Discipline(code)
	switch {
	case !ok:
		return code
	case v.Lang == "en":
		return f.English
	}
	return f.Name
}

// fieldOptions are all disciplines for a choice.
func fieldOptions(v View) []Option {
	var out []Option
	for _, f := range expert.Disciplines() {
		text := f.Code + " " + disciplineName(v, f.Code)
		if len(f.Code) > 3 {
			text = "　" + text
		}
		out = append(out, Option{f.Code, text})
	}
	return out
}

func expertKinds(v View) (out []Option) {
	for _, k := range expert.Kinds {
		out = append(out, Option{string(k), v.T("expert-kind." + string(k))})
	}
	return out
}

func levelOptions(v View) (out []Option) {
	for _, l := range expert.Levels {
		out = append(out, Option{string(l), v.T("expert-level." + string(l))})
	}
	return out
}

func stateOptions(v View) (out []Option) {
	for _, s := range expert.States {
		out = append(out, Option{string(s), v.T("expert-state." + string(s))})
	}
	return out
}

// placeOptions are the places for a choice, each county under its league.
func placeOptions(ds []org.Division) (out []Option) {
	for _, d := range ds {
		text := d.Name
		if d.Level == "county" && !d.Direct {
			text = "　" + d.Name
		}
		if d.Level != "region" {
			out = append(out, Option{d.Code, text})
		}
	}
	return out
}

// loads is how many applications an expert was given in each of the last three years.
func loads(v View, l desk.ExpertLine) []string {
	var out []string
	for y := v.Now.Year() - 2; y <= v.Now.Year(); y++ {
		out = append(out, strconv.Itoa(l.Years[y]))
	}
	return out
}

func loadOf(l desk.ExpertLine) string {
	if l.MaxLoad > 0 {
		return strconv.Itoa(l.Load) + " / " + strconv.Itoa(l.MaxLoad)
	}
	return strconv.Itoa(l.Load)
}

// askable is the mark of an expert who can, or can't, be asked today.
func askable(l desk.ExpertLine) (word, class string) {
	switch l.Unavailable {
	case "":
		return "free", "tag tag-ok"
	case "left":
		return "left", "tag tag-bad"
	}
	return l.Unavailable, "tag tag-wait"
}
