package web_test

import (
	"testing"

	"shenbao/internal/demo"
	"shenbao/internal/desk"
)

// recognised is a base that came out of the whole way.
func (s *site) recognised(host string) (id string) {
	s.t.Helper()
	app, err := demo.Submit(s.ctx(), s.World, host)
	s.must(err)
	s.must(demo.PassUp(s.ctx(), s.World, app))
	s.must(demo.ToPlaque(s.ctx(), s.World, app))
	reg, err := s.Bases(s.ctx(), s.As("厅/业务"), desk.BaseFilter{})
	s.must(err)
	return reg.Lines[0].ID
}

// The plaque is made and handed over, the grant is paid, sent back and paid again.
func TestPlaqueAndGrant(t *testing.T) {
	s := newSite(t)
	at := "/bases/" + s.recognised("二连园区")
	staff, finance, host := s.as("厅/业务"), s.as("厅/财务"), s.as("二连园区/负责人")
	for _, c := range []*client{staff, finance, s.as("厅/审批")} {
		c.renders("/base-tasks")
		c.renders(at + "/file")
	}
	host.renders(at + "/file")
	host.get("/base-tasks").says(t, 403)
	s.as("松山园区/经办").get(at+"/file").says(t, 404)
	s.as("松山园区/经办").post(at+"/plaque", "now", "to-make", "plaque-date", "2017-06-20").says(t, 403)
	today := s.clock().Format("2006-01-02")
	staff.post(at+"/plaque", "now", "to-make", "plaque-date", "2027-01-01").says(t, 422, "晚于今天", "2027-01-01")
	staff.post(at+"/plaque", "now", "to-make", "plaque-date", today).says(t, 303)
	staff.post(at+"/plaque", "now", "to-make", "plaque-date", today).says(t, 409, "待授牌")
	staff.post(at+"/plaque", "now", "to-hand", "plaque-date", today).says(t, 422, "标牌交给了谁")
	staff.post(at+"/plaque", "now", "to-hand", "plaque-to", "二连园区主任", "plaque-date", today).says(t, 303)
	host.get(at+"/file").says(t, 200, "已授牌", "二连园区主任")

	staff.post(at+"/payments", "pay-fen", "1").says(t, 403)
	finance.post(at+"/payments", "pay-fen", "一万", "pay-date", today).says(t, 422, "金额须大于0", "请填写凭证号", "一万")
	finance.post(at+"/payments", "pay-fen", "100,000.00", "pay-date", today, "pay-voucher", "记-0012").says(t, 303)
	finance.get(at+"/file").says(t, 200, "已拨付", "记-0012")
	finance.post(at+"/payments/return", "voucher", "记-0012").says(t, 422, `href="#f-bounce-why"`, `id="f-bounce-why"`)
	finance.post(at+"/payments/return", "voucher", "记-0012", "bounce-why", "户名不符").says(t, 303)
	finance.post(at+"/payments", "pay-fen", "100000", "pay-date", today, "pay-voucher", "记-0012").says(t, 422, "已经登记过")
	finance.post(at+"/payments", "pay-fen", "100000", "pay-date", today, "pay-voucher", "记-0013").says(t, 303)
}

// A determination on false facts is withdrawn by a new document after the host was heard;
// the public register says so.
func TestReopening(t *testing.T) {
	s := newSite(t)
	at := "/bases/" + s.recognised("二连园区")
	staff, approver, host := s.as("厅/业务"), s.as("厅/审批"), s.as("二连园区/负责人")
	today := s.clock().Format("2006-01-02")
	staff.post(at+"/reopening", "due", "2017-01-01").says(t, 422, "f-grounds", "f-due")
	staff.post(at+"/reopening", "grounds", "所报活动不实", "due", s.clock().AddDate(0, 0, 5).Format("2006-01-02")).says(t, 303)
	end := func(pairs ...string) page { return approver.post(at+"/reopening/end", pairs...) }
	end("how", "withdraw", "end-reason", "不实").says(t, 409, "还没有说明")
	s.as("二连园区/经办").post(at+"/reopening/answer", "answer", "属实").says(t, 403)
	host.get(at+"/file").says(t, 200, "所报活动不实", "提交说明")
	host.post(at+"/reopening/answer", "answer", " ").says(t, 422, "f-answer")
	host.post(at+"/reopening/answer", "answer", "照片年份有误，活动属实").says(t, 303)
	end("how", "withdraw", "end-reason", "所报活动与事实不符").says(t, 422, "f-end-document", "所报活动与事实不符")
	end("how", "withdraw", "end-reason", "所报活动与事实不符", "end-document", "内人社发〔2017〕330号", "end-date", today).says(t, 303)
	for _, c := range []*client{staff, approver, host} {
		c.renders(at + "/file")
	}
	s.as("").get(at).says(t, 200, "已撤回", "内人社发〔2017〕330号")
	end("how", "confirm", "end-reason", "x").says(t, 409, "没有正在办理")
}
