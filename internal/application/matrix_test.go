package application_test

import (
	"slices"
	"strings"
	"testing"

	"shenbao/internal/application"
)

// everyone is one person for each post that there is, and the public.
var everyone = []string{"park/clerk", "park/principal", "other/clerk", "other/principal", "banner/clerk", "banner/principal", "city/clerk", "city/principal",
	"univ/clerk", "univ/principal", "centre/intake", "dept/staff", "dept/approver", "dept/finance", "dept/expert", "dept/sysadmin", "dept/secadmin", "dept/auditor", "/"}

const (
	handedIn = "banner returned city checking refusing supplement reviewing deciding proposed recognised refused declined rejected withdrawn"
	open     = "banner returned city checking refusing supplement reviewing deciding"
)

// may is the permission matrix, written by hand and not derived from the table of acts:
// who may do which act in which situation, "post: situations". Whatever is not here is
// refused. An act without a row fails the test.
var may = map[string][]string{
	application.ActFill:       {"park/clerk: new returned supplement"},
	application.ActFile:       {"park/clerk: new returned supplement"},
	application.ActPrepare:    {"park/clerk: new returned supplement"},
	application.ActRecall:     {"park/clerk: await signed"},
	application.ActSendBack:   {"park/principal: await"},
	application.ActSign:       {"park/principal: await"},
	application.ActSeal:       {"park/clerk: signed"},
	application.ActSubmit:     {"park/clerk: signed", "park/principal: signed"},
	application.ActWithdraw:   {"park/principal: new await signed " + open},
	application.ActOpine:      {"banner/clerk: banner", "city/clerk: city"},
	application.ActOpSign:     {"banner/principal: banner", "city/principal: city"},
	application.ActOpSendBack: {"banner/principal: banner", "city/principal: city"},
	application.ActOpSeal:     {"banner/clerk: banner", "city/clerk: city"},
	application.ActOpRecall:   {"banner/principal: banner", "city/principal: city"},
	application.ActForward:    {"banner/clerk: banner", "banner/principal: banner", "city/clerk: city", "city/principal: city"},
	application.ActKeep:       {"banner/clerk: banner", "banner/principal: banner", "city/clerk: city", "city/principal: city"},
	application.ActUnforward:  {"city/principal: checking refusing supplement"},
	application.ActLate:       {"dept/approver: banner returned city supplement"},
	application.ActCheck:      {"dept/staff: checking refusing", "centre/intake: checking refusing"},
	application.ActCancelSupp: {"dept/staff: supplement"},
	application.ActExtendSupp: {"dept/staff: supplement"},
	application.ActEndSupp:    {"dept/staff: supplement"},

	application.ActConfirmReject: {"dept/staff: checking refusing", "dept/approver: checking refusing"}, // that there is a proposal, and of another, is asked in the act
	application.ActReturnReject:  {"dept/staff: checking refusing", "dept/approver: checking refusing"},
	application.ActVisit:         {"dept/staff: checking refusing reviewing"},
	application.ActVisitReport:   {"dept/staff: checking refusing supplement reviewing deciding"},
	application.ActCancelVisit:   {"dept/staff: checking refusing supplement reviewing deciding"},

	application.ActReview:     {"dept/staff: reviewing"},
	application.ActCloseRev:   {"dept/staff: reviewing"},
	application.ActScoring:    {"dept/approver: reviewing", "dept/staff: reviewing"},
	application.ActDeclare:    {"dept/expert: reviewing"},
	application.ActScore:      {"dept/expert: reviewing"},
	application.ActAskRecusal: {"park/principal: checking refusing reviewing"},
	application.ActRecusal:    {"dept/staff: checking refusing reviewing"},
	application.ActVoid:       {"dept/staff: reviewing"},
	application.ActReport:     {"dept/expert: reviewing"},
	application.ActDecide:     {"dept/staff: deciding"},
	application.ActRelease:    {"dept/approver: proposed"},
	application.ActMoveUp:     {"dept/approver: proposed"},
	application.ActReveal:     {"dept/finance: deciding proposed recognised"},
	application.ActQuarantine: {"dept/staff: " + handedIn},
	application.ActPaper:      {"centre/intake: " + handedIn},
	application.ActMove:       {"dept/staff: " + open},
}

func TestPermissionMatrix(t *testing.T) {
	names := map[string]bool{}
	for _, act := range application.Acts {
		names[act.Name] = true
		if may[act.Name] == nil {
			t.Errorf("act %s has no row in the matrix", act.Name)
		}
	}
	allowed := map[string]bool{}
	for act, rows := range may {
		if !names[act] {
			t.Errorf("the matrix has a row for %s, which is no act", act)
		}
		for _, row := range rows {
			who, where, _ := strings.Cut(row, ": ")
			if !slices.Contains(everyone, who) {
				t.Errorf("%s: nobody is %s", act, who)
			}
			for _, s := range strings.Fields(where) {
				allowed[act+" "+who+" "+s] = true
			}
		}
	}
	cells := 0
	for _, s := range situations {
		p := at(t, s.name)
		for _, post := range everyone {
			by := p.as(post)
			can := p.a.Can(by)
			for act := range names {
				cells++
				cell := act + " " + post + " " + s.name
				err := p.a.May(by, act)
				if (err == nil) != allowed[cell] {
					t.Errorf("%s: allowed %v, want %v (%v)", cell, err == nil, allowed[cell], err)
				}
				if (err == nil) != slices.Contains(can, act) {
					t.Errorf("%s: the button and the check differ", cell)
				}
				if err == nil && !p.a.Sees(by, true) {
					t.Errorf("%s: may act on what they can't see", cell)
				}
				delete(allowed, cell)
			}
		}
	}
	for cell := range allowed {
		t.Errorf("%s: in the matrix, never reached", cell)
	}
	t.Logf("%d cells", cells)
}

// Who sees an application, in each situation.
func TestSees(t *testing.T) {
	for _, s := range situations {
		p := at(t, s.name)
		submitted := s.name != "new" && s.name != "await" && s.name != "signed"
		for _, post := range everyone {
			want := strings.HasPrefix(post, "park/")
			switch post {
			case "banner/clerk", "banner/principal", "city/clerk", "city/principal", "dept/staff", "dept/approver", "dept/finance", "centre/intake":
				want = submitted
			}
			if got := p.a.Sees(p.as(post), false); got != want {
				t.Errorf("%s sees %s: %v", post, s.name, got)
			}
		}
		if p.a.Sees(p.as("dept/expert"), false) || !p.a.Sees(p.as("dept/expert"), true) {
			t.Errorf("%s: an expert sees what was assigned, and nothing else", s.name)
		}
		if p.a.Sees(p.as("dept/sysadmin"), true) || p.a.Sees(p.as("dept/secadmin"), true) || p.a.Sees(p.as("dept/auditor"), true) {
			t.Errorf("%s: an administrator sees a case (M14)", s.name)
		}
	}
}

// Refusals tell wrong people from a wrong time.
func TestMayTells(t *testing.T) {
	p := at(t, "banner")
	for _, c := range []struct{ post, act, want string }{
		{"park/clerk", application.ActFill, "not-holder"}, {"city/clerk", application.ActOpine, "not-holder"}, {"banner/clerk", application.ActOpSign, "wrong-role"},
		{"dept/staff", application.ActCheck, "wrong-state"}, {"other/principal", application.ActWithdraw, "not-your-unit"}, {"city/principal", application.ActUnforward, "wrong-state"},
	} {
		if got := kind(p.a.May(p.as(c.post), c.act)); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.post, c.act, got, c.want)
		}
	}
}
