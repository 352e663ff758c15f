package base_test

import (
	"testing"
	"time"

	"shenbao/internal/base"
	"shenbao/internal/event"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/notices"
)

// R43, R44, T11: the title and the plaque's words are the notice's; the base keeps its own name.
func TestFound(t *testing.T) {
	b, err := notices.FS.ReadFile(notices.ExpertServiceBase2017)
	if err != nil {
		t.Fatal(err)
	}
	n, err := notice.Parse(notices.ExpertServiceBase2017, b)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2017, 8, 30, 9, 0, 0, 0, time.FixedZone("", 8*3600))
	by := org.Actor{Actor: event.Actor{Person: "p", Role: string(org.Approver)}}
	got, e := base.Found(base.Base{ID: "b", Application: "a", Call: "call", Name: "敖汉小米专家服务基地", HostName: "敖汉园区", Document: "内人社发〔2017〕300号",
		Plaque: base.Plaque{Number: "001", Text: "别的字"}, GrantFen: 10_000_000}, n, by, now)
	if got.Title != "内蒙古自治区专家服务基地" || got.Plaque.Text != "内蒙古自治区专家服务基地" || got.Name != "敖汉小米专家服务基地" {
		t.Errorf("title %q, plaque %q, name %q", got.Title, got.Plaque.Text, got.Name)
	}
	if got.Level != "自治区级" || got.Batch != "第二批" || got.State != base.Active || got.Plaque.Number != "001" || got.GrantFen != 10_000_000 {
		t.Errorf("%+v", got)
	}
	if e.Kind != base.Founded || e.On != (event.Subject{Kind: "base", ID: "b"}) || e.Call != "call" || e.Clause != "四（三）" || e.Notice != n.SHA256 || !e.At.Equal(now) ||
		e.By.Person != "p" || e.Detail["document"] != "内人社发〔2017〕300号" {
		t.Errorf("fact %+v", e)
	}
}
