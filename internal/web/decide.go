package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"shenbao/internal/application"
	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/org"
)

func (s *Server) sheetRoutes() {
	s.on("GET /calls/{id}/determination", s.determination)
	s.on("GET /calls/{id}/determination/list", s.rankedList)
	s.on("POST /calls/{id}/budget", s.setBudget)
	s.on("POST /calls/{id}/joint-approval", s.setJoint)
	s.on("GET /calls/{id}/decision-sheet", s.decisionSheet)
	s.on("POST /calls/{id}/decision-sheet", s.writeSheet)
	s.takes("POST /calls/{id}/decision-sheet/minutes", s.addMinutes)
	s.on("POST /calls/{id}/decision-sheet/circulation", s.sendSheet)
	s.on("POST /calls/{id}/decision-sheet/recall", s.takeSheetBack)
	s.on("POST /calls/{id}/decision-sheet/countersignature", s.countersign)
	s.on("POST /calls/{id}/decision-sheet/approval", s.approveSheet)
	s.takes("POST /calls/{id}/decision-sheet/scan", s.scanApproval)
	s.on("POST /calls/{id}/decision-sheet/scan-confirmation", s.confirmScan)
	s.on("GET /calls/{id}/decision-sheet/files/{file}", s.sheetFile)
	s.releaseRoutes()
}

func (s *Server) determination(q *query) error { return s.showDetermination(q, 200, Form{}) }

func (s *Server) showDetermination(q *query, status int, f Form) error {
	rk, err := s.desk.Ranked(q.ctx(), q.ask(), q.r.PathValue("id"))
	if err != nil {
		return err
	}
	if ids := f.Sent["app"]; len(ids) > 0 {
		rk.Choose(choicesOf(ids, f.Sent.Get))
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

// writeSheet keeps what is written on the list, or only shows what it comes to: how bases
// would be spread, what is out of rank, the sum.
func (s *Server) writeSheet(q *query) error {
	id, p := q.r.PathValue("id"), q.r.PostForm
	if p.Get("do") == "look" {
		return s.showDetermination(q, 200, Form{Sent: p})
	}
	w := application.Writing{Choices: choicesOf(p["app"], p.Get), Ties: map[int]string{}, Words: p.Get("words"), BudgetReason: p.Get("budget_reason")}
	for name := range p {
		if n, err := strconv.Atoi(strings.TrimPrefix(name, "tie.")); err == nil && strings.HasPrefix(name, "tie.") {
			w.Ties[n] = strings.TrimSpace(p.Get(name))
		}
	}
	done := p.Get("do") == "done"
	if err := s.desk.WriteSheet(q.ctx(), q.ask(), id, w, done); err != nil {
		return q.refused(err, func(f Form) error { return s.showDetermination(q, 0, f) })
	}
	if done {
		return q.to("/calls/"+id+"/decision-sheet", "sheet-written")
	}
	return q.to(listPath(id, application.ListRanking), "sheet-kept")
}

// choicesOf reads the form of the ranked list; a blank grant is the one for all.
func choicesOf(ids []string, get func(string) string) map[application.ID]application.Choice {
	out := map[application.ID]application.Choice{}
	for _, id := range ids {
		c := application.Choice{Outcome: get("outcome." + id), Reason: strings.TrimSpace(get("reason." + id)), Departure: strings.TrimSpace(get("departure." + id))}
		if c.Outcome == application.LineReserve {
			c.Reserve, _ = strconv.Atoi(strings.TrimSpace(get("reserve." + id)))
		}
		if grant := cmp.Or(strings.TrimSpace(get("grant."+id)), strings.TrimSpace(get("grant"))); c.Outcome != application.LineNot && grant != "" {
			c.GrantFen = fen(grant)
		}
		out[application.ID(id)] = c
	}
	return out
}

// setBudget sets what the start-up grants may come to; finance does it from its own list.
func (s *Server) setBudget(q *query) error {
	id, p := q.r.PathValue("id"), q.r.PostForm
	err := s.desk.SetBudget(q.ctx(), q.ask(), id, fen(strings.TrimSpace(p.Get("budget"))), strings.TrimSpace(p.Get("why")))
	if err == nil {
		return q.to(s.settingPage(q, id), "budget-set")
	}
	return q.refused(renamed(err, "reason", "why"), func(f Form) error {
		if q.actor().Is(org.Finance) {
			o, lines, err := s.desk.Grants(q.ctx(), q.ask(), id)
			if err != nil {
				return err
			}
			return q.show(0, grantsPage(q.view("region.grants"), f, o, lines))
		}
		return s.showDetermination(q, 0, f)
	})
}

func (s *Server) settingPage(q *query, call string) string {
	if q.actor().Is(org.Finance) {
		return listPath(call, application.ListGrants)
	}
	return listPath(call, application.ListRanking)
}

func (s *Server) setJoint(q *query) error {
	id, p := q.r.PathValue("id"), q.r.PostForm
	if err := s.desk.SetJoint(q.ctx(), q.ask(), id, org.UnitID(p.Get("joint")), strings.TrimSpace(p.Get("joint_why"))); err != nil {
		return q.refused(renamed(err, "reason", "joint_why"), func(f Form) error { return s.showDetermination(q, 0, f) })
	}
	return q.to(listPath(id, application.ListRanking), "joint-set")
}

func (s *Server) decisionSheet(q *query) error { return s.showSheet(q, 200, Form{}) }

// showSheet shows the call's last sheet, or with ?n= an earlier one.
func (s *Server) showSheet(q *query, status int, f Form) error {
	n, _ := strconv.Atoi(q.r.URL.Query().Get("n"))
	p, err := s.desk.DecisionSheet(q.ctx(), q.ask(), q.r.PathValue("id"), n)
	if err != nil {
		return err
	}
	return q.show(status, decisionSheetPage(q.view("decide.sheet"), f, p))
}

// sheetDone answers an act on a sheet.
func (s *Server) sheetDone(q *query, err error, done string) error {
	if err != nil {
		return q.refused(err, func(f Form) error { return s.showSheet(q, 0, f) })
	}
	return q.to("/calls/"+q.r.PathValue("id")+"/decision-sheet", done)
}

func (s *Server) sendSheet(q *query) error {
	p := q.r.PostForm
	posts := slices.Clone(p["post"])
	slices.SortStableFunc(posts, func(a, b string) int { return cmp.Compare(orderOf(p.Get("order."+a)), orderOf(p.Get("order."+b))) })
	var who []desk.Named
	for _, x := range posts {
		who = append(who, desk.Named{Post: org.PostID(x), Office: strings.TrimSpace(p.Get("office." + x))})
	}
	err := s.desk.SendSheet(q.ctx(), q.ask(), q.r.PathValue("id"), who, p.Get("in_order") == "yes")
	return s.sheetDone(q, err, "sheet-sent")
}

// orderOf is a place in an order as it is typed; who has none comes last.
func orderOf(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n <= 0 {
		return 1 << 20
	}
	return n
}

func (s *Server) takeSheetBack(q *query) error {
	err := s.desk.TakeSheetBack(q.ctx(), q.ask(), q.r.PathValue("id"), strings.TrimSpace(q.r.PostForm.Get("reason")))
	return s.sheetDone(q, err, "sheet-taken")
}

func (s *Server) countersign(q *query) error {
	p := q.r.PostForm
	err := s.desk.Countersign(q.ctx(), q.ask(), q.r.PathValue("id"), p.Get("outcome"), strings.TrimSpace(p.Get("words")), p.Get("hash"))
	return s.sheetDone(q, err, "countersigned")
}

func (s *Server) approveSheet(q *query) error {
	p := q.r.PostForm
	err := s.desk.ApproveSheet(q.ctx(), q.ask(), q.r.PathValue("id"), p.Get("outcome"), strings.TrimSpace(p.Get("words")), p.Get("hash"))
	return s.sheetDone(q, err, "sheet-signed")
}

func (s *Server) confirmScan(q *query) error {
	p := q.r.PostForm
	err := s.desk.ConfirmScan(q.ctx(), q.ask(), q.r.PathValue("id"), org.UnitID(p.Get("body")), p.Get("shows") == "yes", p.Get("code"), strings.TrimSpace(p.Get("reason")))
	return s.sheetDone(q, err, "scan-confirmed")
}

func (s *Server) addMinutes(q *query) error {
	return s.withFile(q, "minutes", func(ask desk.Request, f desk.Sent) error {
		return s.desk.AddMinutes(q.ctx(), ask, q.r.PathValue("id"), f)
	}, "minutes-added")
}

func (s *Server) scanApproval(q *query) error {
	return s.withFile(q, "scan", func(ask desk.Request, f desk.Sent) error {
		p := q.r.PostForm
		return s.desk.ScanApproval(q.ctx(), ask, q.r.PathValue("id"), org.UnitID(p.Get("unit")), strings.TrimSpace(p.Get("signer")), strings.TrimSpace(p.Get("date")), f)
	}, "scan-added")
}

// withFile reads a form with one file, in the control of that name, and acts on it.
func (s *Server) withFile(q *query, name string, act func(desk.Request, desk.Sent) error, done string) error {
	if err := q.form(desk.MaxFile+maxForm, maxForm); err != nil {
		return err
	}
	q.at = q.s.cfg.Clock()
	f, head, err := q.r.FormFile(name)
	if err != nil {
		x := event.Refuse(event.Invalid, "file-missing", "")
		x.Field = name
		return s.sheetDone(q, x, done)
	}
	defer func() { _ = f.Close() }()
	err = act(q.ask(), desk.Sent{Name: head.Filename, Size: head.Size, Body: f})
	return s.sheetDone(q, renamed(err, "file", name), done)
}

func (s *Server) sheetFile(q *query) error {
	f, body, err := s.desk.OpenSheetFile(q.ctx(), q.ask(), q.r.PathValue("id"), q.r.PathValue("file"))
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	return q.sendBytes(f.Name, f.Type, body)
}

// writes reports whether the actor writes on the sheet now, or only reads the list.
func writes(v View, rk *desk.RankedList) bool {
	if !v.Session.Actor.Is(org.Staff) {
		return false
	}
	return rk.Sheet == nil || rk.Sheet.May(v.Session.Actor, application.ActSheetWrite) == nil
}

// ties are the shared ranks of a list.
func ties(rk *desk.RankedList) []int {
	var out []int
	for _, l := range rk.Lines {
		if l.Tied && !slices.Contains(out, l.Rank) {
			out = append(out, l.Rank)
		}
	}
	return out
}

// tied names the applications that share a rank.
func tied(v View, rk *desk.RankedList, rank int) string {
	var names []string
	for _, l := range rk.Lines {
		if l.Rank == rank {
			names = append(names, l.BaseName)
		}
	}
	return listed(v, names)
}

func sheetTie(rk *desk.RankedList, rank int) string {
	if rk.Sheet == nil {
		return ""
	}
	return rk.Sheet.Ties[rank]
}

// sumOf is what the grants of the lines come to as they are chosen.
func sumOf(rk *desk.RankedList) int64 {
	sum := int64(0)
	for _, l := range rk.Lines {
		if l.Choice.Outcome == application.LineRecognised {
			sum += l.Choice.GrantFen
		}
	}
	return sum
}

// grantText is a grant as it stands in a control; "" for none.
func grantText(fen int64) string {
	if fen <= 0 {
		return ""
	}
	return strings.TrimSuffix(strings.ReplaceAll(yuan(fen), ",", ""), ".00")
}

func numberText(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// lineTag is the colour of a line's outcome; the words are in it.
func lineTag(outcome string) string {
	switch outcome {
	case application.LineRecognised:
		return "tag tag-ok"
	case application.LineReserve:
		return "tag tag-wait"
	case application.LineNot:
		return "tag tag-bad"
	}
	return "tag"
}

// outcomeText is a line's outcome in words, a reserve with its place.
func outcomeText(v View, c application.Choice) string {
	switch c.Outcome {
	case "":
		return v.T("decide.open")
	case application.LineReserve:
		return v.T("decide.reserve-n", "n", strconv.Itoa(c.Reserve))
	}
	return v.T("outcome." + c.Outcome)
}

// decidedAs is a decision that was taken, as a choice to be shown.
func decidedAs(d *application.Decision) application.Choice {
	c := application.Choice{Outcome: application.LineNot, Reserve: d.Reserve, Reason: d.Reason, Departure: d.Departure, GrantFen: d.GrantFen}
	switch {
	case d.Recognised:
		c.Outcome = application.LineRecognised
	case d.Reserve > 0 && d.Document == "":
		c.Outcome = application.LineReserve
	}
	return c
}
