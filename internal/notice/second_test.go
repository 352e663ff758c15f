package notice_test

import (
	"strings"
	"testing"
	"time"

	"shenbao/internal/locale"
	"shenbao/internal/notice"
	"shenbao/notices"
)

// The next call is a new file: another number, sections in another order, other
// conditions, limits, copies, an hour in the deadline, a public notice, a fixed grant.
// All of it comes out of the file; no code knows this call.
func TestSecondCall(t *testing.T) {
	n := parse(t, notices.DemoFirstBatch2014)
	eq(t, "number", n.Number.Text, "演示人社办发〔2014〕1号")
	eq(t, "year", n.Year, 2014)
	eq(t, "batch", n.Award.Batch, "第一批")
	eq(t, "issued", n.Issued, "2014-07-01")
	eq(t, "deadline", n.Delivery.Deadline.Format(time.RFC3339), "2014-09-30T17:30:00+08:00")
	eq(t, "said so", locale.Zh.Until(n.Delivery.Deadline), "2014年9月30日17时30分（北京时间）")
	eq(t, "quota", n.Quota.Max, 2)
	eq(t, "classes of recommenders", len(n.Quota.Per), 2)
	eq(t, "clause of the quota", n.Quota.Clause, "二（一）")
	eq(t, "copies", n.Delivery.Forms, 3)
	eq(t, "kinds of hosts", len(n.Hosts.Kinds), 4)
	eq(t, "no other kind", n.Hosts.Other.Name, "")
	eq(t, "grant", n.Recognition.Grant, notice.Grant{Fen: 5000000})
	if p := n.Public; p == nil || p.WorkDays != 7 || p.FirstDay || !p.Official || p.Clause != "三（三）" {
		t.Errorf("public notice %+v", p)
	}
	if _, ok := n.Step(notice.StepPublic); !ok {
		t.Error("公示 is no step")
	}
	eq(t, "limit", n.Form.Body[1].Limit, 300)
	b, _ := n.Form.Box(3)
	eq(t, "the third box has a seal here", b.Seal, "单位（盖章）")
	var ids []string
	for _, c := range n.Conditions {
		ids = append(ids, c.ID+" "+c.Clause)
	}
	list(t, "conditions", ids, "1 一（一）", "2a 一（二）", "2b 一（二）")
	eq(t, "no experts' rule", n.Experts.AtLeast, "")
	eq(t, "no evaluation", n.Evaluation.Years, 0)
	eq(t, "prose only", len(n.ProseOnly()), 0)
	for _, lang := range locale.Langs {
		if s := notice.Summary(n, lang.T, nil); strings.Contains(s, "⟦") || strings.Contains(s, "2017") {
			t.Errorf("summary in %s:\n%s", lang, s)
		}
	}
}

// It is invented, and says so where nobody can miss it.
func TestSecondCallIsMarkedAsInvented(t *testing.T) {
	n := parse(t, notices.DemoFirstBatch2014)
	opening, _ := n.Clause("首段")
	for what, text := range map[string]string{"title": n.Title, "number": n.Number.Text, "opening": opening.Text} {
		if !strings.Contains(text, "演示") {
			t.Errorf("%s does not say that it is a demonstration: %s", what, text)
		}
	}
}
