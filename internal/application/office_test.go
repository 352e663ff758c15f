package application_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/notices"
)

func theNotice(t *testing.T) *notice.Notice {
	t.Helper()
	b, err := notices.FS.ReadFile(notices.ExpertServiceBase2017)
	if err != nil {
		t.Fatal(err)
	}
	n, err := notice.Parse(notices.ExpertServiceBase2017, b)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func in(r org.Role) (a org.Actor) {
	a.Person, a.Role = "p-"+string(r), string(r)
	a.SignedIn = time.Date(2017, 8, 1, 9, 0, 0, 0, time.UTC)
	return a
}

// What an expert reads lacks the bank block, phone numbers, also those in lists, and who
// uploaded a file; everything else is there.
func TestForReview(t *testing.T) {
	n := theNotice(t)
	c := filing.Content{Answers: filing.Answers{}, Evidence: []filing.Evidence{
		{ID: "1", Purpose: filing.ForEvidence, Topic: "1a", Person: "x", PersonName: "高娃"}, {ID: "2", Purpose: filing.ForBank}}}
	for _, f := range n.Form.Fields() {
		c.Answers[f.Name] = "回答" + f.Name
	}
	c.Answers["管理人员"] = filing.PutRows([]filing.Row{{"姓名": "张三", "联系方式": "0476-1234567"}})
	c.Answers[filing.StatementField("1a")] = "说明"
	got := application.ForReview(n, c)
	for _, f := range n.Form.Fields() {
		hidden := f.Part == notice.PartBank || f.Kind == notice.Phone || f.Kind == notice.Mobile || f.Name == filing.FieldPayeeReason
		if _, there := got.Answers[f.Name]; there == hidden && f.Kind != notice.List {
			t.Errorf("%s: shown %t", f.Name, there)
		}
	}
	if rows := filing.Rows(got.Answers["管理人员"]); len(rows) != 1 || rows[0]["姓名"] != "张三" || rows[0]["联系方式"] != "" {
		t.Errorf("the managers' phone numbers are shown: %v", rows)
	}
	if got.Answers[filing.StatementField("1a")] != "说明" {
		t.Error("the statement is missing")
	}
	if len(got.Evidence) != 1 || got.Evidence[0].PersonName != "" {
		t.Errorf("evidence: %+v", got.Evidence)
	}
	if c.Evidence[0].PersonName != "高娃" || !strings.Contains(c.Answers["管理人员"], "1234567") {
		t.Error("the version itself was changed")
	}
}

func TestNextPlaques(t *testing.T) {
	got := application.NextPlaques(2017, []string{"2017-002", "2016-009", "旧-1", "2017-x"}, 2)
	if !slices.Equal(got, []string{"2017-003", "2017-004"}) {
		t.Error(got)
	}
}

// Each list is for its posts alone: account numbers for finance, scores for those who
// arrange and decide.
func TestMayList(t *testing.T) {
	want := map[string][]org.Role{
		application.ListMaterial: {org.Staff, org.Intake, org.Approver}, application.ListReviews: {org.Staff, org.Approver},
		application.ListRanking: {org.Approver, org.Staff}, application.ListGrants: {org.Finance},
		application.ListPaper: {org.Intake, org.Staff, org.Approver}, application.ListExperts: {org.Staff, org.Approver},
	}
	for _, r := range org.Roles {
		for list, roles := range want {
			err := application.MayList(in(r), list)
			if may := slices.Contains(roles, r); may != (err == nil) || may != slices.Contains(application.Lists(in(r)), list) {
				t.Errorf("%s on %s: %v", r, list, err)
			}
		}
	}
}
