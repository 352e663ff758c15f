package expert

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"shenbao/internal/event"
	"shenbao/internal/org"
)

// Names of acts.
const (
	ActAdd     = "add"
	ActEdit    = "edit"
	ActConfirm = "confirmation"
	ActPause   = "pause"
	ActResume  = "resumption"
	ActLeave   = "leaving"
	ActReturn  = "return"
)

// An Act is one thing that a person can do to an expert of the pool.
type Act struct {
	Name  string
	Staff bool    // the department's staff may, with a reason
	Own   bool    // the expert may, for themselves
	From  []State // nil: before there is an expert
}

// Acts is the table of acts: buttons, checks and the matrix test read it.
var Acts = []Act{
	{ActAdd, true, false, nil},
	{ActEdit, true, true, []State{In, Pausing}},
	{ActConfirm, false, true, []State{In, Pausing}},
	{ActPause, true, true, []State{In}},
	{ActResume, true, true, []State{Pausing}},
	{ActLeave, true, true, []State{In, Pausing}},
	{ActReturn, true, false, []State{Gone}},
}

// MayKeep refuses whoever does not keep the pool: the department's staff does.
func MayKeep(by org.Actor) error {
	if !by.Is(org.Staff) {
		return event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	}
	return nil
}

// Sees reports whether by may open the page of x: staff, those who decide, the expert.
func (x Expert) Sees(by org.Actor) bool {
	return by.Is(org.Staff, org.Approver) || x.own(by)
}

func (x Expert) own(by org.Actor) bool {
	return by.Is(org.Expert) && by.Person == string(x.Person) && by.For == ""
}

// May reports why by can't do the act now, or nil.
func (x Expert) May(by org.Actor, name string) error {
	a := Acts[slices.IndexFunc(Acts, func(a Act) bool { return a.Name == name })]
	switch {
	case a.Staff && by.Is(org.Staff):
	case a.Own && x.own(by):
	case a.Staff:
		return event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	default:
		return event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Expert))
	}
	if a.From != nil && !slices.Contains(a.From, x.State) {
		return event.Refuse(event.Closed, "expert-state", "", "expert", x.Name, "state", string(x.State))
	}
	return nil
}

// Can lists the acts that by can do to x now.
func (x Expert) Can(by org.Actor) []string {
	var out []string
	for _, a := range Acts {
		if a.From != nil && x.May(by, a.Name) == nil {
			out = append(out, a.Name)
		}
	}
	return out
}

// Add takes a person into the pool.
func Add(p org.Person, to Profile, places map[string]bool, by org.Actor, now time.Time) (Expert, event.Event, error) {
	x := Of(p)
	if err := x.May(by, ActAdd); err != nil {
		return x, event.Event{}, err
	}
	if err := append(CheckPerson(p), to.Check(places, now)...).Or(); err != nil {
		return x, event.Event{}, err
	}
	x.Profile, x.Since, x.Written = to, now, now
	return x, x.fact(Added, by, now), nil
}

// Describe changes the profile: the expert's own act, or the staff's with a reason. Only
// the expert's own writing keeps the confirmation.
func (x *Expert) Describe(to Profile, reason string, places map[string]bool, by org.Actor, now time.Time) (event.Event, error) {
	if err := x.May(by, ActEdit); err != nil {
		return event.Event{}, err
	}
	bad := to.Check(places, now)
	if !x.own(by) && strings.TrimSpace(reason) == "" {
		bad = append(bad, refuse("reason-required", "reason"))
	}
	if err := bad.Or(); err != nil {
		return event.Event{}, err
	}
	before, after := x.Profile.lines(), to.lines()
	e := x.fact(Changed, by, now)
	e.Reason, e.Before, e.After = reason, map[string]string{}, map[string]string{}
	for _, f := range slices.Sorted(maps.Keys(after)) {
		if before[f] != after[f] {
			e.Before[f], e.After[f] = before[f], after[f]
		}
	}
	if !slices.Equal(x.Kin, to.Kin) {
		e.Before["kin"], e.After["kin"] = strconv.Itoa(len(x.Kin)), strconv.Itoa(len(to.Kin))
	}
	if len(e.After) == 0 {
		return event.Event{}, event.Refuse(event.Invalid, "nothing-changed", "")
	}
	x.Profile, x.Written = to, now
	return e, nil
}

// Confirm is the expert's word that the profile is right, and the consent to be asked and
// to have it kept for reviews.
func (x *Expert) Confirm(consent bool, by org.Actor, now time.Time) (event.Event, error) {
	if err := x.May(by, ActConfirm); err != nil {
		return event.Event{}, err
	}
	if !consent {
		return event.Event{}, refuse("consent-required", "consent")
	}
	x.Confirmed = now
	return x.fact(Confirmed, by, now), nil
}

// Move pauses, resumes, ends or renews the membership, with a reason.
func (x *Expert) Move(act, reason string, by org.Actor, now time.Time) (event.Event, error) {
	if err := x.May(by, act); err != nil {
		return event.Event{}, err
	}
	if strings.TrimSpace(reason) == "" {
		return event.Event{}, refuse("reason-required", "reason")
	}
	to := map[string]struct {
		state State
		fact  event.Kind
	}{ActPause: {Pausing, Paused}, ActResume: {In, Resumed}, ActLeave: {Gone, Left}, ActReturn: {In, Returned}}[act]
	e := x.fact(to.fact, by, now)
	e.Reason = reason
	e.Before, e.After = map[string]string{"state": string(x.State)}, map[string]string{"state": string(to.state)}
	x.State, x.Reason, x.Since = to.state, reason, now
	if to.state == In {
		x.Reason = ""
	}
	return e, nil
}

// lines are the fields of a profile as texts, for facts and comparisons; without kinship.
func (p Profile) lines() map[string]string {
	var employers, works []string
	for _, e := range p.Employers {
		employers = append(employers, e.Text())
	}
	for _, c := range p.CoWork {
		works = append(works, c.Text())
	}
	max := ""
	if p.MaxLoad > 0 {
		max = strconv.Itoa(p.MaxLoad)
	}
	away := ""
	if p.AwayFrom != "" {
		away = p.AwayFrom + "—" + p.AwayUntil
	}
	return map[string]string{"kind": string(p.Kind), "title": p.Title, "level": string(p.Level), "fields": strings.Join(p.Fields, " "),
		"place": p.Place, "employers": strings.Join(employers, "；"), "co-work": strings.Join(works, "；"), "qualifications": p.Qualifications,
		"texts": strings.Join(p.Texts, "\n"), "max-load": max, "away": away}
}

// Text is an employer on one line: 内蒙古农业大学（2015—2019）.
func (e Employer) Text() string {
	if e.From == "" && e.Until == "" {
		return e.Name
	}
	return e.Name + "（" + e.From + "—" + e.Until + "）"
}

// Text is a co-operation on one line.
func (c CoWork) Text() string {
	who := strings.TrimSpace(c.Unit + " " + c.With)
	if c.From == "" && c.Until == "" {
		return who + "：" + c.What
	}
	return who + "：" + c.What + "（" + c.From + "—" + c.Until + "）"
}

// Check says what is wrong in a profile. places are the known divisions by code.
func (p Profile) Check(places map[string]bool, now time.Time) event.Refusals {
	c := checking{now: now.Format(time.DateOnly)}
	c.need("title", p.Title, 100)
	if !slices.Contains(Kinds, p.Kind) {
		c.add("expert-kind", "kind")
	}
	if p.Level != "" && !slices.Contains(Levels, p.Level) {
		c.add("expert-level", "level")
	}
	if len(p.Fields) == 0 || len(p.Fields) > maxFields {
		c.add("expert-fields", "fields", "max", strconv.Itoa(maxFields))
	}
	for _, f := range p.Fields {
		if _, ok := Discipline(f); !ok {
			c.add("expert-field-unknown", "fields", "code", f)
		}
	}
	if p.Place != "" && !places[p.Place] {
		c.add("expert-place", "place", "code", p.Place)
	}
	if p.Employer() == "" {
		c.add("expert-employer", "employers")
	}
	for _, e := range p.Employers {
		c.need("employers", e.Name, 100)
		c.period("employers", e.From, e.Until)
	}
	for _, k := range p.Kin {
		c.need("kin", k.Name, 50)
		c.need("kin", k.Relation, 50)
		c.short("kin", k.Unit, 100)
	}
	for _, w := range p.CoWork {
		c.need("co-work", w.Unit+w.With, 150)
		c.need("co-work", w.What, 200)
		c.period("co-work", w.From, w.Until)
	}
	c.short("qualifications", p.Qualifications, 1000)
	for _, t := range p.Texts {
		c.short("texts", t, 500)
	}
	if len(p.Texts) > 30 || len(p.Employers)+len(p.Kin)+len(p.CoWork) > 100 {
		c.add("expert-rows", "texts")
	}
	if p.MaxLoad < 0 || p.MaxLoad > 100 {
		c.add("expert-max-load", "max-load")
	}
	c.days(p.AwayFrom, p.AwayUntil)
	return c.bad
}

const maxFields = 6

type checking struct {
	now string
	bad event.Refusals
}

// add refuses a field, once for each reason.
func (c *checking) add(kind, field string, args ...string) {
	if !slices.ContainsFunc(c.bad, func(r *event.Refusal) bool { return r.Kind == kind && r.Field == field }) {
		c.bad = append(c.bad, refuse(kind, field, args...))
	}
}

func (c *checking) need(field, v string, max int) {
	if strings.TrimSpace(v) == "" {
		c.add("required", field)
	}
	c.short(field, v, max)
}

func (c *checking) short(field, v string, max int) {
	if utf8.RuneCountInString(v) > max {
		c.add("text-long", field, "max", strconv.Itoa(max))
	}
}

// period checks years or months: 2015, 2015-09.
func (c *checking) period(field, from, until string) {
	for _, d := range []string{from, until} {
		if d != "" && !isMonth(d) {
			c.add("expert-period", field, "value", d)
			return
		}
	}
	if until != "" && (ends(until) < ends(from) || until > c.now[:len(until)]) {
		c.add("expert-period-order", field, "from", from, "until", until)
	}
}

func (c *checking) days(from, until string) {
	if from == "" && until == "" {
		return
	}
	_, err := time.Parse(time.DateOnly, from)
	if err == nil && until != "" {
		_, err = time.Parse(time.DateOnly, until)
	}
	if err != nil || until != "" && until < from {
		c.add("expert-away", "away-from")
	}
}

func isMonth(s string) bool {
	if _, err := time.Parse("2006-01", s); err == nil {
		return true
	}
	_, err := time.Parse("2006", s)
	return err == nil
}

// ends is the last month of a year or month, for comparing.
func ends(s string) string {
	if len(s) == 4 {
		return s + "-12"
	}
	return s
}

// Ended is the last month in which an employment or co-operation was still there; "" when
// it goes on.
func Ended(until string) string {
	if until == "" {
		return ""
	}
	return ends(until)
}

func refuse(kind, field string, args ...string) *event.Refusal {
	r := event.Refuse(event.Invalid, kind, "", args...)
	r.Field = field
	return r
}

// Login is the account's name of an expert whom the department adds: "zj" and the phone
// number, which experts know.
func Login(phone string) string { return "zj" + digits(phone) }

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// Known is the refusal of a person who has an account under this number already.
func Known(p org.Person) error {
	return refuse("expert-known", "phone", "phone", p.Phone)
}

// CheckPerson says what is wrong in what an account needs of a new expert.
func CheckPerson(p org.Person) event.Refusals {
	p.Login = Login(p.Phone)
	bad := p.Check("")
	if d := digits(p.Phone); len(d) < 7 || len(d) > 15 {
		bad = append(bad, refuse("syntax-phone", "phone", "label", p.Phone))
	}
	return slices.DeleteFunc(bad, func(r *event.Refusal) bool { return r.Field == "login" })
}
