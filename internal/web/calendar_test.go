package web_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"strings"
	"testing"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/internal/store"
)

// sendFile sends a form with a file, as a browser does.
func (c *client) sendFile(path, file string, pairs ...string) page {
	c.s.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(pairs); i += 2 {
		c.s.must(w.WriteField(pairs[i], pairs[i+1]))
	}
	if file != "" {
		part, err := w.CreateFormFile("file", "2027.json")
		c.s.must(err)
		_, err = part.Write([]byte(file))
		c.s.must(err)
	}
	c.s.must(w.Close())
	return c.do("POST", path, &b, w.FormDataContentType())
}

// yearFile is a whole year's file; extra days come after the statutory ones.
func yearFile(year int, extra ...string) string {
	var days []string
	for _, d := range []string{"01-01", "02-06", "02-07", "02-08", "02-09", "02-10", "02-11", "02-12", "04-05", "05-01", "06-09", "09-15", "10-01", "10-02", "10-03"} {
		days = append(days, fmt.Sprintf(`{"name":"节","date":"%d-%s","isOffDay":true}`, year, d))
	}
	return fmt.Sprintf(`{"year":%d,"papers":["https://www.gov.cn/x"],"days":[%s]}`, year, strings.Join(append(days, extra...), ","))
}

func TestCalendarPage(t *testing.T) {
	s := newSite(t)
	staff := s.as("厅/业务")
	staff.renders("/calendar")
	staff.renders("/calendar?year=2027&from=2027-04-30&days=5")
	staff.get("/calendar").says(t, 200, "2017", `href="http://www.gov.cn/zhengce/zhengceku/2016-12/01/content_5141603.htm"`, `class="day-rest" title="中秋节、国庆节">1<small>休</small>`)
	staff.get("/calendar?from=2026-09-29&days=5").says(t, 200, "2026年10月10日", "2026年10月12日").hides(t, "涉及未公布")
	staff.get("/calendar?from=x&days=5").says(t, 200, "请选择起始日")
	staff.get("/calendar?year=2027").says(t, 200, "2027年的安排尚未公布")
	staff.get("/calendar?from=2027-04-30&days=5").says(t, 200, "2027年5月6日", "涉及未公布的年份：2027")

	s.as("松山园区/经办").get("/calendar").says(t, 200, "工作日历").hides(t, "导入一年的安排")
	s.as("松山园区/经办").sendFile("/calendar/years", yearFile(2027), "reason", "x").says(t, 403)
	for file, says := range map[string]string{
		"":                                    "没有收到文件",
		"{":                                   "这不是年度放假文件",
		`{"year":2027,"papers":[],"days":[]}`: "国务院尚未公布",
		strings.Replace(yearFile(2027), "2027-10-02", "2027-10-08", 1):     "缺少法定节假日",
		strings.Replace(yearFile(2027), "2027-10-02", "2027-10-01", 1):     "2027-10-01出现了两次",
		yearFile(2027, `{"name":"节","date":"2029-01-01","isOffDay":true}`): "2029-01-01",
	} {
		staff.sendFile("/calendar/years", file, "reason", "国办已公布").says(t, 422, says, "国办已公布")
	}
	staff.sendFile("/calendar/years", yearFile(2027), "reason", "").says(t, 422, "须写明理由")
	staff.sendFile("/calendar/years", yearFile(2027, `{"name":"劳动节","date":"2027-05-03","isOffDay":true}`), "reason", "国办已公布").leads(t, "/calendar?year=2027")
	staff.get("/calendar?from=2027-04-30&days=5").says(t, 200, "2027年5月7日").hides(t, "涉及未公布")
	staff.get("/calendar?year=2027").says(t, 200, "后来导入")
}

func TestLocalDaysPage(t *testing.T) {
	s := newSite(t)
	staff := s.as("厅/业务")
	add := func(c *client, division, date string) page {
		return c.post("/calendar/local-days", "local-date", date, "local-name", "那达慕", "local-division", division, "local-rest", "yes", "local-source", "内政办发〔2017〕9号")
	}
	add(s.as("厅/审批"), "150000", "2017-08-14").says(t, 403)
	staff.post("/calendar/local-days", "local-rest", "yes").says(t, 422, "“名称”必须填写", "“适用区划”必须填写", "日期写法不对或不存在")
	add(staff, "152500", "2017-08-14").leads(t, "/calendar?year=2017") // a league's own: the region's periods stay
	staff.get("/calendar?from=2017-08-11&days=2").says(t, 200, "2017年8月14日", "锡林郭勒盟", "内政办发〔2017〕9号")
	add(staff, "150000", "2017-08-14").leads(t, "/calendar?year=2017")
	staff.get("/calendar?from=2017-08-11&days=2").says(t, 200, "2017年8月15日")
	out := []string{"date", "2017-08-14", "division", "150000"}
	staff.post("/calendar/local-days/withdrawal", out...).says(t, 422, "须写明理由", `id="f-why"`)
	staff.post("/calendar/local-days/withdrawal", append(out, "why", "文件废止")...).leads(t, "/calendar?year=2017")
	staff.post("/calendar/local-days/withdrawal", append(out, "why", "文件废止")...).says(t, 404)
	staff.post("/calendar/local-days/withdrawal", "why", "x").says(t, 404)
	staff.get("/calendar?from=2017-08-11&days=2").says(t, 200, "2017年8月14日")
	c, err := s.Calendar(s.ctx(), s.As("厅/业务"))
	s.must(err)
	if len(c.Local) != 1 || c.Local[0].Division != "152500" || !c.CanKeep {
		t.Errorf("%+v", c.Local)
	}
	for kind, n := range map[event.Kind]int{org.LocalDaySet: 2, org.LocalDayWithdrawn: 1} {
		s.must(s.DB.Read(s.ctx(), s.clock(), func(tx *store.Tx) error {
			es, err := tx.Log(s.ctx(), store.FactFilter{Kind: string(kind), Outcome: event.OK}, 9)
			if len(es) != n {
				t.Errorf("%d facts %s, want %d: each act leaves one, a refused one none", len(es), kind, n)
			}
			return err
		}))
	}
}

// A supplement's date is proposed in working days: Saturday 30 September 2017 was one of them,
// the eight days after it were not.
func TestSupplementDueIsInWorkingDays(t *testing.T) {
	s := newSite(t)
	id := s.atRegion("松山园区")
	s.later(time.Date(2017, 9, 25, 9, 0, 0, 0, time.UTC).Sub(s.clock()))
	c, err := s.Case(s.ctx(), s.As("厅/业务"), id)
	s.must(err)
	days := c.Call.Settings.SupplementDays
	if days != 5 {
		t.Fatalf("the default is %d days", days)
	}
	s.as("厅/业务").get("/applications/"+string(id)+"/check").says(t, 200, `value="2017-09-30"`, "已按国务院放假安排计算")
	s.later(24 * time.Hour)
	s.as("厅/业务").get("/applications/"+string(id)+"/check").says(t, 200, `value="2017-10-09"`)
}
