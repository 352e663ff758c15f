package web

import (
	"strconv"
	"strings"

	"shenbao/internal/application"
	"shenbao/internal/desk"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
)

func (s *Server) decideRoutes() {
	s.sheetRoutes()
	s.on("GET /calls/{id}/grants", s.grants)
	s.on("GET /applications/{id}/determination", s.toList(application.ListRanking))
	s.on("GET /applications/{id}/release", s.toList(application.ListRanking))
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

// grantProposed is the sum that the notice fixes, or nothing where it leaves it open.
func grantProposed(n *notice.Notice) string {
	if n.Recognition.Grant.Open {
		return ""
	}
	return strconv.FormatInt(n.Recognition.Grant.Fen/100, 10)
}
