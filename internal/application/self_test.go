package application_test

import (
	"testing"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/filing"
	"shenbao/internal/org"
)

// R5: a direct unit recommends itself; box 2 is filled by rule and marked.
func TestSelf(t *testing.T) {
	p := begin(t, "univ")
	p.handIn()
	boxes := func() map[int]filing.Opinion {
		m := map[int]filing.Opinion{}
		for _, o := range p.a.Opinions {
			if o.Stands() {
				if m[o.Box].Text != "" {
					t.Errorf("two opinions stand in box %d", o.Box)
				}
				m[o.Box] = o
			}
		}
		return m
	}
	b := boxes()
	if p.a.State != application.Checking || !p.a.HoldsPlace() || !b[2].Rule || b[2].Seal == nil || b[1].Rule || b[2].Text != application.SelfOpinion {
		t.Fatalf("%s %+v", p.a.State, b)
	}
	p.no("not-your-unit", func() error {
		return second(p.a.WithdrawRecommendation(p.c, p.n, p.as("univ/principal"), "r", p.now))
	})
	// After a supplement both of its boxes are of the new version.
	p.check(p.supplement("配套政策"))
	if len(boxes()) != 0 {
		t.Errorf("%+v still stand", boxes())
	}
	p.handIn()
	b = boxes()
	if v, _ := p.a.Current(); v.N != 2 || b[1].Version != 2 || b[2].Version != 2 || !b[2].Rule {
		t.Errorf("%+v", b)
	}
	p.check(passing()).closeReview().propose(true).release()
}

// R39: a bureau files for a firm without an account, with its signed paper.
func TestProxy(t *testing.T) {
	call := openCall(t)
	a, _, err := application.Begin("a1", call, published, units["firm"], as("banner/clerk", june), true, june)
	if err != nil {
		t.Fatal(err)
	}
	route, err := units.Compute(units["firm"], "四（一）")
	if err != nil {
		t.Fatal(err)
	}
	p := &play{t: t, n: published, c: call, a: a, route: route, now: june}
	p.content = content(a)
	if a.Holder() != "banner" || a.Sees(p.as("banner/clerk"), false) != true || !a.Sees(p.as("firm/clerk"), false) {
		t.Errorf("held by %s", a.Holder())
	}
	clerk, head := p.as("banner/clerk"), p.as("banner/principal")
	p.no("proxy-paper", func() error { return second(a.Prepare(p.n, p.content, clerk, p.now)) })
	p.ok(a.AddFile(p.n, filing.Evidence{ID: "paper", Purpose: filing.ForProxy, Name: "委托书.pdf"}, clerk, p.now))
	p.ok(a.Prepare(p.n, p.content, clerk, p.now))
	p.ok(a.Sign(p.n, p.content, head, p.now))
	v, _ := a.Latest()
	p.ok(a.Seal(p.n, clerk, v.Code, "scan", p.now))
	p.ok(a.Submit(p.c, p.n, route, time.Time{}, clerk, p.now))
	if a.Holder() != "banner" || a.Route.Line != org.ByPlace || a.HolderName() != "敖汉旗人社局" {
		t.Errorf("held by %s by %s", a.Holder(), a.Route.Line)
	}
}
