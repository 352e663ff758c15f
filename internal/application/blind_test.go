package application_test

import (
	"strings"
	"testing"

	"shenbao/internal/application"
	"shenbao/internal/filing"
	"shenbao/internal/org"
)

// Names are hidden wherever they stand, the longest first, and in lists too; the
// application itself is left alone.
func TestBlind(t *testing.T) {
	n := theNotice(t)
	a := &application.Application{UnitName: "松山区农业园区", BaseName: "松山设施农业专家服务基地",
		Route: org.Route{Steps: []org.Step{{Name: "松山区农业园区", Role: org.Applies}, {Name: "赤峰市人社局", Role: org.Recommends}, {Name: "自治区厅", Role: org.Decides}}}}
	c := filing.Content{Answers: filing.Answers{"联系人": "高娃", "单位简介": "松山区农业园区由高娃主持，松山设施农业专家服务基地获赤峰市人社局支持，报自治区厅。",
		"管理人员": filing.PutRows([]filing.Row{{"姓名": "乌云", "职务": "主任"}})}}
	b := application.Blind(c, a.Identities(n, c))
	if got := b.Answers.Get("单位简介"); got != "■■■由■■■主持，■■■获■■■支持，报自治区厅。" {
		t.Error(got)
	}
	if got := filing.Rows(b.Answers.Get("管理人员")); len(got) != 1 || strings.Contains(got[0]["姓名"], "乌云") || got[0]["职务"] != "主任" {
		t.Errorf("%v", got)
	}
	if c.Answers.Get("联系人") != "高娃" {
		t.Error("the application itself was changed")
	}
	os := application.BlindOpinions([]filing.Opinion{{UnitName: "赤峰市人社局", Text: "同意推荐松山区农业园区。"}}, a.Identities(n, c))
	if os[0].UnitName != application.Blinded || os[0].Text != "同意推荐■■■。" {
		t.Errorf("%+v", os)
	}
	if got := application.NeutralName(3, "松山园区照片.JPG"); got != "材料3.jpg" {
		t.Error(got)
	}
}

// Comments are the applicant's to read after the release, and nobody else's.
func TestSetComments(t *testing.T) {
	n := theNotice(t)
	now := in(org.Staff).SignedIn
	c := &application.Call{ID: "c"}
	for _, x := range []struct {
		by          org.Role
		how, reason string
		want        string
	}{{org.Intake, "none", "r", "wrong-role"}, {org.Staff, "all", "r", "outcome-required"}, {org.Staff, "none", " ", "reason-required"}, {org.Staff, "comments", "便于改进", ""}} {
		_, err := c.SetComments(n, x.how, x.reason, in(x.by), now)
		if got := kind(err); got != x.want {
			t.Errorf("%+v: %q", x, got)
		}
	}
	if c.Settings.CommentsBack != "comments" || len(c.Changes) != 1 {
		t.Errorf("%+v", c)
	}
}
