package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"shenbao/internal/application"
	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

func (s *Server) decideRoutes() {
	s.on("GET /calls/{id}/determination", s.determination)
	s.on("POST /calls/{id}/determination", s.determine)
	s.on("GET /calls/{id}/determination/list", s.rankedList)
	s.on("GET /calls/{id}/grants", s.grants)
	s.on("GET /applications/{id}/determination", s.toList(application.ListRanking))
	s.on("GET /applications/{id}/account", s.toList(application.ListGrants))
	s.on("POST /applications/{id}/account", s.revealAccount)
}

// toList leads from one application to a list of its call, where an act on it is done.
func (s *Server) toList(list string) func(*query) error {
	return func(q *query) error {
		c, err := s.desk.Case(q.ctx(), q.ask(), q.application())
		if err != nil {
			return err
		}
		return q.to(listPath(c.Call.ID, list))
	}
}

func (s *Server) determination(q *query) error { return s.showDetermination(q, 200, Form{}) }

func (s *Server) showDetermination(q *query, status int, f Form) error {
	rk, err := s.desk.Ranked(q.ctx(), q.ask(), q.r.PathValue("id"))
	if err != nil {
		return err
	}
	return q.show(status, determinationPage(q.view("region.determination"), f, rk))
}

// rankedList is the list for the meeting, on paper.
func (s *Server) rankedList(q *query) error {
	rk, err := s.desk.Ranked(q.ctx(), q.ask(), q.r.PathValue("id"))
	if err != nil {
		return err
	}
	return q.show(200, rankedListPage(q.view("decide.list"), rk))
}

// determine decides the list in one act: first the page with what is about to be decided,
// after the same checks, then the act.
func (s *Server) determine(q *query) error {
	id, p := q.r.PathValue("id"), q.r.PostForm
	again := func(f Form) error { return s.showDetermination(q, 0, f) }
	if p.Get("back") != "" {
		return s.showDetermination(q, 200, Form{Sent: p})
	}
	choices, bad := choicesOf(p["app"], p.Get)
	if err := bad.Or(); err != nil {
		return q.refused(err, again)
	}
	document, date := strings.TrimSpace(p.Get("document")), strings.TrimSpace(p.Get("date"))
	if p.Get("sure") == "" {
		if err := s.desk.Rehearse(q.ctx(), q.ask(), id, choices, document, date); err != nil {
			return q.refused(err, again)
		}
		rk, err := s.desk.Ranked(q.ctx(), q.ask(), id)
		if err != nil {
			return err
		}
		return q.show(200, confirmDeterminationPage(q.view("decide.confirm"), rk, choices, Form{Sent: p}))
	}
	if err := s.desk.Determine(q.ctx(), q.ask(), id, choices, document, date); err != nil {
		return q.refused(err, again)
	}
	return q.to(listPath(id, application.ListRanking), "determined")
}

// choicesOf reads the form of the ranked list.
func choicesOf(ids []string, get func(string) string) (map[application.ID]application.Choice, event.Refusals) {
	out := map[application.ID]application.Choice{}
	var bad event.Refusals
	for _, id := range ids {
		c := application.Choice{Reason: strings.TrimSpace(get("reason." + id)), Departure: strings.TrimSpace(get("departure." + id))}
		switch get("outcome." + id) {
		case "yes":
			c.Recognised, c.Reason = true, ""
			c.Plaque = strings.TrimSpace(get("plaque." + id))
			c.GrantFen = fen(cmp.Or(strings.TrimSpace(get("grant."+id)), get("grant")))
		case "no":
		default:
			x := event.Refuse(event.Invalid, "outcome-required", "")
			x.Field = "outcome." + id
			bad = append(bad, x)
		}
		out[application.ID(id)] = c
	}
	return out, bad
}

// fen reads yuan as people type them; what is no amount is negative, which no grant may be.
func fen(yuan string) int64 {
	whole, part, _ := strings.Cut(strings.NewReplacer(",", "", "，", "", " ", "").Replace(yuan), ".")
	if part += "00"; len(part) > 4 || strings.HasPrefix(whole, "+") {
		return -1
	}
	w, err1 := strconv.ParseInt(whole, 10, 48)
	p, err2 := strconv.ParseUint(part[:2], 10, 8)
	if err1 != nil || err2 != nil || w < 0 {
		return -1
	}
	return w*100 + int64(p)
}

// yuan writes fen as an amount: 100,000.00.
func yuan(fen int64) string {
	s := strconv.FormatInt(fen/100, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	cents := strconv.FormatInt(100+fen%100, 10)
	return s + "." + cents[1:]
}

// grants lists what finance pays, and where.
func (s *Server) grants(q *query) error {
	o, lines, err := s.desk.Grants(q.ctx(), q.ask(), q.r.PathValue("id"))
	if err != nil {
		return err
	}
	return q.show(200, grantsPage(q.view("region.grants"), Form{}, o, lines))
}

// revealAccount shows one account in full, once, in the answer to the act that is
// recorded; it has no address of its own that could be opened again.
func (s *Server) revealAccount(q *query) error {
	p, err := s.desk.RevealAccount(q.ctx(), q.ask(), q.application(), strings.TrimSpace(q.r.PostFormValue("reason")))
	if err != nil {
		return q.refused(err, func(f Form) error {
			c, err := s.desk.Case(q.ctx(), q.ask(), q.application())
			if err != nil {
				return err
			}
			o, lines, err := s.desk.Grants(q.ctx(), q.ask(), c.Call.ID)
			if err != nil {
				return err
			}
			f.Problems[0].Field = "reason." + string(q.application())
			return q.show(0, grantsPage(q.view("region.grants"), f, o, lines))
		})
	}
	return q.show(200, payeePage(q.view("grants.payee"), p))
}

// bankValue is an answer of the bank block: an account number masked, unless it was revealed.
func bankValue(x notice.Field, a filing.Answers, revealed bool) string {
	if x.Kind == notice.Account && !revealed {
		return filing.Masked(a.Get(x.Name))
	}
	return a.Get(x.Name)
}

func totalGrants(lines []desk.GrantLine) string {
	sum := int64(0)
	for _, l := range lines {
		sum += l.GrantFen
	}
	return yuan(sum)
}

// decides reports whether the actor determines, or only reads.
func decides(v View) bool { return v.Session.Actor.Is(org.Approver) }

// grantProposed is the sum that the notice fixes, or nothing where it leaves it open.
func grantProposed(n *notice.Notice) string {
	if n.Recognition.Grant.Open {
		return ""
	}
	return strconv.FormatInt(n.Recognition.Grant.Fen/100, 10)
}

// most is the highest bar of a chart, at least 1.
func most(all []desk.Spread) int {
	m := 1
	for _, s := range all {
		m = max(m, s.Existing+s.Proposed)
	}
	return m
}

// bar is one piece of a chart, in its own units.
type bar struct{ x, y, w, textY string }

const (
	chartLeft = 150
	chartRow  = 22
	chartFull = 420
)

func pieceAt(row, from, n, most int) bar {
	scale := func(k int) int { return k * chartFull / most }
	return bar{strconv.Itoa(chartLeft + scale(from)), strconv.Itoa(row*chartRow + 4), strconv.Itoa(scale(n)), strconv.Itoa(row*chartRow + 17)}
}

func chartSize(rows int) string { return "0 0 620 " + strconv.Itoa(rows*chartRow+8) }

// decisionOf is the choice on one line, as the confirmation shows it.
func decisionOf(cs map[application.ID]application.Choice, l desk.RankLine) application.Choice {
	return cs[l.ID]
}

func recognised(cs map[application.ID]application.Choice) int {
	n := 0
	for _, c := range cs {
		if c.Recognised {
			n++
		}
	}
	return n
}

func grantSum(cs map[application.ID]application.Choice) string {
	sum := int64(0)
	for _, c := range cs {
		sum += c.GrantFen
	}
	return yuan(sum)
}

// sentFields are the names and values of a form that goes on, without its key and buttons.
func sentFields(f Form) []Option {
	var out []Option
	for name, values := range f.Sent {
		if !strings.HasPrefix(name, "_") && name != "sure" && name != "back" {
			for _, x := range values {
				out = append(out, Option{name, x})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Option) int { return strings.Compare(a.Value, b.Value) })
	return out
}
