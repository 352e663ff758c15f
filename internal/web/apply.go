package web

import (
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

func (s *Server) applyRoutes() {
	s.on("GET /applications", s.applications)
	s.on("GET /applications/new", s.startForm)
	s.on("POST /applications", s.start)
	s.on("GET /applications/{id}", s.applicationPage)
	s.formRoutes()
	s.fileRoutes()
	s.signRoutes()
	s.versionRoutes()
}

// listLength is how many lines a list of applications shows at once.
const listLength = 50

// A listFilter is what the list of applications was asked for.
type listFilter struct {
	Call, State, Words string
	Before             string // the cursor: only what is older than this one
}

// states are the states that a filter word stands for.
func (f listFilter) states() []application.State {
	switch f.State {
	case "":
		return nil
	case "open":
		return application.OpenStates
	case "final":
		return slices.DeleteFunc(slices.Clone(application.States), func(s application.State) bool { return !s.Final() })
	}
	return []application.State{application.State(f.State)}
}

// older is the address of the next page.
func (f listFilter) older(rows []application.Row) string {
	u := url.Values{"before": {string(rows[len(rows)-1].ID)}}
	for k, v := range map[string]string{"call": f.Call, "state": f.State, "words": f.Words} {
		if v != "" {
			u.Set(k, v)
		}
	}
	return "/applications?" + u.Encode()
}

// An applyList is what the list page shows.
type applyList struct {
	Filter listFilter
	Rows   []application.Row
	More   bool
	Calls  []*application.Call
	Labels map[string]notice.Labels // by call
	Start  []*application.Call      // open ones in which the actor may begin
}

// applications lists what the actor's post may see, newest first.
func (s *Server) applications(q *query) error {
	get := q.r.URL.Query()
	l := applyList{Filter: listFilter{Call: get.Get("call"), State: get.Get("state"), Words: strings.TrimSpace(get.Get("words")), Before: get.Get("before")}}
	var err error
	l.Rows, l.More, err = s.desk.Applications(q.ctx(), q.ask(), application.Filter{Call: l.Filter.Call, States: l.Filter.states(), Words: l.Filter.Words,
		Before: application.ID(l.Filter.Before)}, listLength)
	if err != nil {
		return err
	}
	if l.Calls, err = s.desk.Calls(q.ctx(), q.ask()); err != nil {
		return err
	}
	if l.Labels, err = s.labels(q, l.Rows); err != nil {
		return err
	}
	if q.actor().Is(org.Clerk) && slices.Contains([]org.Kind{org.Host, org.Direct, org.CountyHR, org.LeagueHR}, q.actor().Kind) {
		l.Start = slices.DeleteFunc(slices.Clone(l.Calls), func(c *application.Call) bool { return !c.Accepts(org.UnitID(q.actor().Unit), q.at) })
	}
	return q.show(200, applicationsPage(q.view("app.list"), l))
}

// labels are the words of the calls that the lines belong to, for who reads another
// language than the notices'.
func (s *Server) labels(q *query, rows []application.Row) (map[string]notice.Labels, error) {
	out := map[string]notice.Labels{}
	if q.lang == locale.Zh {
		return out, nil
	}
	for _, r := range rows {
		if _, ok := out[r.Call]; ok {
			continue
		}
		l, err := s.desk.Labels(q.ctx(), q.ask(), r.Call)
		if err != nil {
			return nil, err
		}
		out[r.Call] = l
	}
	return out, nil
}

func (s *Server) startForm(q *query) error { return s.showStart(q, 200, Form{}) }

func (s *Server) showStart(q *query, status int, f Form) error {
	p, err := s.desk.Start(q.ctx(), q.ask(), q.r.FormValue("call"), org.UnitID(q.r.FormValue("unit")), strings.TrimSpace(q.r.FormValue("words")))
	if err != nil {
		return err
	}
	return q.show(status, startPage(q.view("start.title"), f, p, q.r.FormValue("words")))
}

// start begins an application and leads to its first page.
func (s *Server) start(q *query) error {
	f := q.r.PostForm
	id, err := s.desk.Begin(q.ctx(), q.ask(), f.Get("call"), org.UnitID(f.Get("unit")), application.ID(f.Get("from")))
	if err != nil {
		return q.refused(err, func(f Form) error { return s.showStart(q, 0, f) })
	}
	return q.to("/applications/"+string(id), "begun")
}

// applicationPage is everything about one application that the actor may know.
func (s *Server) applicationPage(q *query) error {
	c, err := s.desk.Case(q.ctx(), q.ask(), q.application())
	if err != nil {
		return err
	}
	p := applyPage{Case: c}
	if drafting(c, q.actor()) {
		check, err := s.desk.CheckDraft(q.ctx(), q.ask(), c.ID)
		if err != nil {
			return err
		}
		p.Parts = partStates(c, check)
		p.Check = check
	}
	return q.show(200, applicationPage(q.view("app.title"), p))
}

// An applyPage is what the page of one application shows.
type applyPage struct {
	*desk.Case
	Parts []partState // for those who write
	Check desk.Check
}

// drafting reports whether by is of the unit that holds the draft.
func drafting(c *desk.Case, by org.Actor) bool {
	return c.State.WithApplicant() && c.Application.Holder() == org.UnitID(by.Unit)
}

// writesForm reports whether by is of the unit that filled the form in: the applicant, or
// the bureau that files for it.
func writesForm(c *desk.Case, by org.Actor) bool {
	return by.In(c.Application.Unit) || (c.Proxy != nil && by.In(c.Proxy.Unit))
}

// A nextStep is one thing that the actor can do now, and where.
type nextStep struct {
	Act, Href string
	Main      bool // the one that the application waits for
}

// pageOf is the page on which an act is done, after /applications/{id}; an act without one
// is done on the page of a file or of a list.
var pageOf = map[string]string{
	application.ActFill: "form", application.ActPrepare: "answers-check", application.ActRecall: "answers-check",
	application.ActSign: "answers-check", application.ActSeal: "sealing",
	application.ActSubmit: "submission", application.ActOpine: "opinion", application.ActOpSign: "opinion",
	application.ActOpSeal: "opinion", application.ActOpRecall: "opinion", application.ActForward: "opinion", application.ActKeep: "opinion",
	application.ActUnforward: "opinion", application.ActLate: "late-admission", application.ActCheck: "check", application.ActCancelSupp: "check",
	application.ActExtendSupp: "check", application.ActEndSupp: "check", application.ActConfirmReject: "check",
	application.ActAskRecusal: "recusal-request", application.ActRecusal: "recusal",
	application.ActReview: "review", application.ActCloseRev: "review", application.ActPaper: "paper", application.ActMove: "revision",
	application.ActWithdraw: "withdrawal", application.ActDecide: "determination", application.ActRelease: "release", application.ActReveal: "account",
}

// nextSteps are the pages that the actor can go on to, each once, what the application
// waits for first.
func nextSteps(p applyPage, by org.Actor) []nextStep {
	var out []nextStep
	c, waits := p.Case, p.Waiting(by)
	if waits == application.ActPrepare && len(p.Check.Binding) > 0 {
		waits = application.ActFill // there is something to fill in first
	}
	for _, act := range c.Can {
		page, ok := pageOf[act]
		if !ok {
			continue
		}
		href := "/applications/" + string(c.ID) + "/" + page
		if i := slices.IndexFunc(out, func(n nextStep) bool { return n.Href == href }); i >= 0 {
			if act == waits {
				out[i].Act, out[i].Main = act, true
			}
			continue
		}
		out = append(out, nextStep{act, href, act == waits})
	}
	slices.SortStableFunc(out, func(a, b nextStep) int {
		switch {
		case a.Main == b.Main:
			return 0
		case a.Main:
			return -1
		}
		return 1
	})
	return out
}

// A wayStep is one step of the bar on top of an application.
type wayStep struct{ Name, Mark string } // Mark: "done", "now", "back", ""

// way is where the application stands among the steps of its notice.
func way(c *desk.Case) []wayStep {
	at := stepOf(c)
	var out []wayStep
	past := true
	for _, st := range c.Notice.Steps {
		mark := ""
		switch {
		case st.Name == at && c.State.Final() && c.State != application.Recognised:
			mark, past = "back", false
		case st.Name == at && c.Open() != nil:
			mark, past = "back", false
		case st.Name == at:
			mark, past = "now", false
		case past:
			mark = "done"
		}
		out = append(out, wayStep{st.Name, mark})
	}
	return out
}

// stepOf is the step of the notice that the application is in, or ended in.
func stepOf(c *desk.Case) string {
	switch c.State {
	case application.Draft, application.AwaitSignature, application.SignedOff:
		return notice.StepFill
	case application.Moving, application.NotRecommended:
		return notice.StepRecommend
	case application.Checking, application.NotAccepted:
		return notice.StepCheck
	case application.Reviewing:
		return notice.StepReview
	case application.Deciding, application.Proposed, application.NotRecognised:
		return notice.StepDetermine
	case application.Recognised:
		return notice.StepAward
	}
	switch { // withdrawn: where it was
	case c.Submitted.IsZero():
		return notice.StepFill
	case c.At < len(c.Route.Steps)-1:
		return notice.StepRecommend
	}
	return notice.StepCheck
}

// stateTag is the colour of a state; the words are beside it.
func stateTag(s application.State) string {
	switch s {
	case application.Draft, application.AwaitSignature, application.SignedOff:
		return "tag tag-wait"
	case application.Recognised:
		return "tag tag-ok"
	case application.NotRecognised, application.NotRecommended, application.NotAccepted:
		return "tag tag-bad"
	case application.Withdrawn:
		return "tag"
	}
	return "tag tag-run"
}

// opinionsOf are the opinions given at a step, in their order.
func opinionsOf(c *desk.Case, step int) []filing.Opinion {
	var out []filing.Opinion
	for _, o := range c.Opinions {
		if o.Step == step {
			out = append(out, o)
		}
	}
	return out
}

// told are the facts of the timeline, newest first.
func told(facts []event.Event) []event.Event {
	out := slices.Clone(facts)
	slices.Reverse(out)
	return out
}

// fieldList are the names of fields as people call them.
func fieldList(v View, c *desk.Case, fields []string) string {
	var out []string
	for _, f := range fields {
		out = append(out, fieldLabel(v, c, f))
	}
	return strings.Join(out, comma(v))
}

// again reports whether the applicant can begin anew in the same call: it ended without a
// title, and the call is open.
func again(c *desk.Case, by org.Actor) bool {
	return c.State.Final() && c.State != application.Recognised && by.Is(org.Clerk) && writesForm(c, by) && c.Call.State == application.CallOpen
}

func doneParts(ps []partState) int {
	n := 0
	for _, p := range ps {
		if p.State == partDone || p.State == partSpared {
			n++
		}
	}
	return n
}

func partTag(state string) string {
	switch state {
	case partDone:
		return "tag tag-ok"
	case partDoing:
		return "tag tag-wait"
	}
	return "tag"
}

func outcomeTag(o filing.Opinion) string {
	switch {
	case o.Fallen != nil:
		return "tag"
	case o.Outcome == filing.Agree, o.Outcome == string(application.Recognised):
		return "tag tag-ok"
	case o.Outcome == filing.Return:
		return "tag tag-wait"
	}
	return "tag tag-bad"
}

func conditionTitle(v View, c *desk.Case, id string) string {
	if k, ok := c.Notice.Condition(id); ok {
		return id + " " + word(v, c.Labels, k.Name)
	}
	return id
}

// stamp is an instant for machines.
func stamp(t time.Time) string { return t.Format(time.RFC3339) }

// caseFact is a fact of the timeline as a sentence, fields by their names.
func caseFact(v View, c *desk.Case, e event.Event) string {
	args := map[string]string{}
	for k, x := range e.Detail {
		args[k] = x
	}
	if f := args["fields"]; f != "" {
		args["fields"] = fieldList(v, c, strings.Split(f, "、"))
	}
	return v.Lang.Say("event."+string(e.Kind), args)
}

// readableVersions are the versions that the reader may open.
func readableVersions(v View, c *desk.Case) []filing.Version {
	return slices.DeleteFunc(slices.Clone(c.Versions), func(x filing.Version) bool { return !readableVersion(c, v.Session.Actor, x) })
}

func compareHref(c *desk.Case, a, b int) string {
	return "/applications/" + string(c.ID) + "/compare?a=" + strconv.Itoa(a) + "&b=" + strconv.Itoa(b)
}

// byWhom is who did something, from which office, and on whose behalf.
func byWhom(v View, a event.Actor) string {
	switch {
	case a.ForName != "":
		return a.UnitName + " " + a.Name + v.T("nav.post-for", "role", v.T("role."+a.Role), "name", a.ForName)
	case locale.Has("role." + a.Role):
		return a.UnitName + " " + a.Name + v.T("nav.post", "role", v.T("role."+a.Role))
	}
	return a.Name
}

// decided is the outcome of a decision in words.
func decided(d *application.Decision) string {
	if d.Recognised {
		return "outcome.recognised"
	}
	return "outcome.not_recognised"
}
