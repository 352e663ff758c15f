package web_test

import (
	"database/sql"
	"regexp"
	"strings"
	"testing"

	"shenbao/internal/demo"
	"shenbao/internal/org"
)

var codeOnPaper = regexp.MustCompile(`name="(code\.[^"]+)" value="([A-Z2-7]{12})"`)

// A meeting from its plan to the signed minutes: members sign in, the applicant's own
// colleague is out of the room, a secret ballot is counted and can be checked.
func TestMeeting(t *testing.T) {
	s := newSite(t)
	one, two := s.atRegion("二连园区"), s.atRegion("内蒙古农业大学")
	s.must(demo.CheckMaterial(s.ctx(), s.World, one))
	s.must(demo.CheckMaterial(s.ctx(), s.World, two))
	s.must(demo.OpenRound(s.ctx(), s.World))
	panel := []org.PersonID{"demo-qianxuewen", "demo-siriguleng", "demo-linqing"}
	s.must(s.Assign(s.ctx(), s.As("厅/业务"), one, append(panel, "demo-liwenhui"), s.clock().AddDate(0, 0, 9), "按专业指定"))
	s.must(s.Assign(s.ctx(), s.As("厅/业务"), two, panel, s.clock().AddDate(0, 0, 9), "按专业指定"))
	staff, qian, li := s.as("厅/业务"), s.as("专家/钱"), s.as("专家/农大")
	list := "/calls/" + s.Call + "/meetings"
	staff.renders(list)
	s.as("厅/审批").renders(list)
	s.as("松山园区/经办").get(list).says(t, 403)
	staff.post(list, "title", "专家评审会").says(t, 422, "请填写会议地点", "没有选择评审的申报", "组长须是到会成员之一", "专家评审会")
	plan := []string{"title", "专家评审会", "place", "呼和浩特", "at", s.clock().AddDate(0, 0, 5).Format("2006-01-02T15:04"),
		"chair", "demo-qianxuewen", "agenda", string(one), "agenda", string(two)}
	for _, p := range append(panel, "demo-liwenhui") {
		plan = append(plan, "members", string(p))
	}
	p := staff.post(list, plan...)
	p.says(t, 303)
	at, _, _ := strings.Cut(p.location, "?")
	act := func(c *client, act string, pairs ...string) page { return c.post(at+"/"+act, pairs...) }
	for _, c := range []*client{staff, qian, li, s.as("厅/审批")} {
		c.renders(at)
	}
	li.get(at).says(t, 200, "您需回避离场")
	s.as("专家/吴").get(at).says(t, 404)
	act(staff, "opening").says(t, 409, "实到0人")
	act(staff, "order").says(t, 303)
	act(staff, "order").says(t, 409, "已经抽取过")
	for _, c := range []*client{qian, s.as("专家/斯日古楞"), s.as("专家/林"), li} {
		act(c, "attendance", "present", "yes").says(t, 303)
	}
	act(qian, "attendance", "present", "yes").says(t, 409, "没有变化")
	act(staff, "opening").says(t, 303)
	act(qian, "hearing", "application", string(one)).says(t, 403)
	act(staff, "hearing", "application", string(one)).says(t, 303)
	qian.get(at).says(t, 200, "正在评审")

	act(staff, "ballots", "title", "是否推荐").says(t, 422, "没有选择要投票的申报")
	act(staff, "ballots", "title", "是否推荐", "threshold", "two-thirds-present", "items", string(one), "items", string(two)).says(t, 303)
	act(staff, "closing").says(t, 409, "还有一次投票没有结束")
	codes := map[string]string{}
	for who, vote := range map[string]string{"专家/钱": "for", "专家/斯日古楞": "for", "专家/林": "against"} {
		c := s.as(who)
		papers := codeOnPaper.FindAllStringSubmatch(c.get(at).body, -1)
		if len(papers) != 2 || papers[0][2] == papers[1][2] {
			t.Fatalf("%s has the papers %v", who, papers)
		}
		codes[who] = papers[0][2]
		paper := []string{papers[0][1], papers[0][2], papers[1][1], papers[1][2], "choice." + string(one), vote}
		act(c, "ballots/1/vote", paper...).says(t, 422, "请选择同意、不同意或弃权", codes[who])
		paper = append(paper, "choice."+string(two), "for")
		act(c, "ballots/1/vote", append(paper, papers[0][1], "甲")[2:]...).says(t, 422, "票码不是这张票上的")
		act(c, "ballots/1/vote", paper...).says(t, 303)
		act(c, "ballots/1/vote", paper...).says(t, 409, "已经投过票")
	}
	if body := staff.get(at).body; strings.Contains(body, codes["专家/钱"]) || strings.Contains(body, "全部选票") {
		t.Error("papers are shown before the ballot is closed")
	}
	act(qian, "ballots/1/closing").says(t, 403)
	act(staff, "ballots/1/closing").says(t, 303)
	qian.get(at).says(t, 200, codes["专家/钱"], codes["专家/林"], "全部选票", "通过")
	s.unlinked(codes["专家/钱"])

	act(staff, "minutes", "minutes", "早了").says(t, 409, "进行中")
	act(staff, "closing").says(t, 303)
	staff.get(at).says(t, 200, "应到4人，实到4人", "回避离场：李文慧", "同意3票，不同意0票")
	act(qian, "minutes-signature").says(t, 409, "纪要还没有整理好")
	act(staff, "minutes", "minutes", " ").says(t, 422, "纪要是空的")
	act(staff, "minutes", "minutes", "会议纪要全文").says(t, 303)
	act(qian, "minutes-signature", "words", "保留意见").says(t, 303)
	act(qian, "minutes-signature").says(t, 409, "已经在这份纪要上签过字")
	for _, c := range []*client{staff, qian, li} {
		c.renders(at)
	}
	li.renders("/meetings")
	staff.get("/meetings").says(t, 403)
	if _, ms, err := s.Meetings(s.ctx(), s.As("厅/业务"), s.Call); err != nil || len(ms) != 1 {
		t.Errorf("%v %d meetings", err, len(ms))
	}
}

// unlinked: nothing that is kept outside the ballot itself knows a paper's code.
func (s *site) unlinked(code string) {
	s.t.Helper()
	db, err := sql.Open("sqlite", "file:"+s.dir+"/shenbao.db?_pragma=query_only(1)&_pragma=busy_timeout(10000)")
	s.must(err)
	defer db.Close()
	for _, q := range []string{`SELECT count(*) FROM event WHERE doc LIKE $1`, `SELECT count(*) FROM idempotency WHERE result LIKE $1 OR body LIKE $1`,
		`SELECT count(*) FROM message WHERE args LIKE $1`, `SELECT count(*) FROM job WHERE args LIKE $1`} {
		var n int
		s.must(db.QueryRow(q, "%"+code+"%").Scan(&n))
		if n != 0 {
			s.t.Errorf("%s knows the paper's code", q)
		}
	}
	var n int
	s.must(db.QueryRow(`SELECT count(*) FROM idempotency WHERE act = 'vote'`).Scan(&n))
	if n != 0 {
		s.t.Error("a vote is kept under the key of its form")
	}
}
