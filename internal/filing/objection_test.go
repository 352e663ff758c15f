package filing_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/org"
)

var posted = time.Date(2017, 9, 26, 9, 0, 0, 0, time.FixedZone("", 8*3600))

func who(person string, r org.Role, unit string) org.Actor {
	return org.Actor{SignedIn: posted, Actor: event.Actor{Person: person, Name: person, Role: string(r), Unit: unit}}
}

// why are the kinds of a refusal, in order.
func why(err error) string {
	var one *event.Refusal
	var more event.Refusals
	if errors.As(err, &more) {
		var kinds []string
		for _, r := range more {
			kinds = append(kinds, r.Kind)
		}
		return strings.Join(kinds, " ")
	}
	if errors.As(err, &one) {
		return one.Kind
	}
	return ""
}

func laid(t testing.TB) *filing.PublicNotice {
	t.Helper()
	p, _, err := filing.PublicNotice{ID: "p", Call: "c", Title: "公示", Lines: []filing.Listed{{Application: "a", Base: "甲基地"}},
		Contact: filing.Contact{Office: "专家处", Phone: "0471-6600000", Address: "呼和浩特"},
		Period:  filing.Period{First: "2017-09-26", Last: "2017-10-09", Until: posted.AddDate(0, 0, 14), Days: 5, Working: true}}.Post(who("s", org.Staff, "dept"), posted)
	if err != nil {
		t.Fatal(err)
	}
	return &p
}

func TestPost(t *testing.T) {
	good := *laid(t)
	for name, c := range map[string]struct {
		change func(*filing.PublicNotice)
		by     org.Role
		want   string
	}{
		"whole":     {func(*filing.PublicNotice) {}, org.Staff, ""},
		"approver":  {func(*filing.PublicNotice) {}, org.Approver, "wrong-role"},
		"nothing":   {func(p *filing.PublicNotice) { p.Lines = nil }, org.Staff, "public-notice-empty"},
		"past":      {func(p *filing.PublicNotice) { p.Period.Until = posted }, org.Staff, "public-notice-days"},
		"no days":   {func(p *filing.PublicNotice) { p.Period.Days = 0 }, org.Staff, "public-notice-days"},
		"no office": {func(p *filing.PublicNotice) { p.Contact = filing.Contact{} }, org.Staff, "public-notice-office public-notice-phone public-notice-address"},
	} {
		p := good
		c.change(&p)
		if _, _, err := p.Post(who("x", c.by, "dept"), posted); why(err) != c.want {
			t.Errorf("%s: %q, want %q", name, why(err), c.want)
		}
	}
}

func objection(kind string) filing.Objection {
	return filing.Objection{ID: "o", Number: "YY1", Application: "a", Grounds: "该单位所报服务活动与实际不符，附件中的照片为二〇一三年拍摄。",
		From:  filing.Objector{Kind: kind, Name: "王某", Unit: "某园区", Phone: "13900000000"},
		Proof: []filing.Proof{{ID: "f", Signed: true}}}
}

// An objection is in time until the end of the last day, and at that very instant late.
func TestObjectInTime(t *testing.T) {
	p := laid(t)
	for _, c := range []struct {
		at   time.Time
		late bool
	}{{posted, false}, {p.Period.Until.Add(-time.Second), false}, {p.Period.Until, true}, {p.Period.Until.Add(time.Hour), true}} {
		o, e, err := p.Object(objection(filing.ByPerson), c.at)
		if err != nil || o.Late != c.late || p.Over(c.at) != c.late {
			t.Errorf("%v: late %t, %v", c.at, o.Late, err)
		}
		if strings.Contains(e.By.Name+e.Reason+e.Detail["name"], "王某") {
			t.Error("the fact says who objected")
		}
	}
}

func TestObjectRefused(t *testing.T) {
	p := laid(t)
	for name, c := range map[string]struct {
		change func(*filing.Objection)
		want   string
	}{
		"another line":      {func(o *filing.Objection) { o.Application = "x" }, "objection-line"},
		"no name, no phone": {func(o *filing.Objection) { o.From.Name, o.From.Phone = " ", "" }, "objection-name objection-phone"},
		"unit without name": {func(o *filing.Objection) { o.From.Kind, o.From.Unit = filing.ByUnit, "" }, "objection-unit"},
		"unsigned":          {func(o *filing.Objection) { o.Proof[0].Signed = false }, "objection-signed"},
		"no facts":          {func(o *filing.Objection) { o.Grounds = "不同意" }, "objection-grounds"},
		"no kind":           {func(o *filing.Objection) { o.From.Kind = "" }, "objection-kind"},
		"anonymous":         {func(o *filing.Objection) { o.From, o.Proof = filing.Objector{Kind: filing.ByAnonymous}, nil }, ""},
	} {
		o := objection(filing.ByPerson)
		c.change(&o)
		if _, _, err := p.Object(o, posted); why(err) != c.want {
			t.Errorf("%s: %q, want %q", name, why(err), c.want)
		}
	}
}

// The whole way: taken up, put to the applicant without giving away who objected, heard,
// decided by another person.
func TestObjection(t *testing.T) {
	p := laid(t)
	o, _, err := p.Object(objection(filing.ByPerson), posted)
	if err != nil {
		t.Fatal(err)
	}
	staff, approver, head := who("s", org.Staff, "dept"), who("ap", org.Approver, "dept"), who("h", org.Principal, "host")
	due := posted.AddDate(0, 0, 3)
	steps := []struct {
		name string
		do   func() error
		want string
	}{
		{"asked too early", func() error { _, err := o.Ask("请说明", due, staff, posted); return err }, "objection-state"},
		{"taken by the approver", func() error { _, err := o.Take(approver, posted); return err }, "wrong-role"},
		{"taken", func() error { _, err := o.Take(staff, posted); return err }, ""},
		{"decided unheard", func() error { _, err := o.Decide(true, "属实", approver, posted); return err }, "objection-unheard"},
		{"asked with the name", func() error { _, err := o.Ask("王某反映活动不实", due, staff, posted); return err }, "objection-discloses"},
		{"asked without a date", func() error { _, err := o.Ask("请说明活动情况", posted, staff, posted); return err }, "due-required"},
		{"asked", func() error { _, err := o.Ask("请说明活动情况", due, staff, posted); return err }, ""},
		{"heard from another unit", func() error { _, err := o.Hear("host", "属实", who("h", org.Principal, "other"), posted); return err }, "not-found"},
		{"heard from a clerk", func() error { _, err := o.Hear("host", "属实", who("h", org.Clerk, "host"), posted); return err }, "wrong-role"},
		{"heard", func() error { _, err := o.Hear("host", "照片为笔误", head, posted); return err }, ""},
		{"decided without a word", func() error { _, err := o.Decide(false, " ", approver, posted); return err }, "reason-required"},
		{"decided with the name", func() error { _, err := o.Decide(false, "王某所述不实", approver, posted); return err }, "objection-discloses"},
		{"decided by who handled it", func() error { _, err := o.Decide(false, "x", who("s", org.Approver, "dept"), posted); return err }, "two-persons"},
		{"rejected", func() error { _, err := o.Decide(false, "经核实，活动属实", approver, posted); return err }, ""},
		{"again", func() error { _, err := o.Decide(true, "属实", approver, posted); return err }, "objection-unheard"},
	}
	for _, s := range steps {
		if got := why(s.do()); got != s.want {
			t.Errorf("%s: %q, want %q", s.name, got, s.want)
		}
	}
	if !o.Done() || o.State != filing.ObjectionNo {
		t.Errorf("%+v", o)
	}
}

// Anonymous and late ones can't be taken up, only answered as what they are.
func TestPlain(t *testing.T) {
	p := laid(t)
	staff := who("s", org.Staff, "dept")
	anonymous, _, _ := p.Object(objection(filing.ByAnonymous), posted)
	late, _, _ := p.Object(objection(filing.ByPerson), p.Period.Until)
	good, _, _ := p.Object(objection(filing.ByPerson), posted)
	for _, c := range []struct {
		o              filing.Objection
		taken          string
		why, wrong     string
		refused, state string
	}{
		{anonymous, "objection-anonymous", filing.PlainAnonymous, filing.PlainLate, "objection-plain", "answered"},
		{late, "objection-late", filing.PlainLate, filing.PlainAnonymous, "objection-plain", "answered"},
		{good, "", filing.PlainVague, filing.PlainLate, "objection-plain", "answered"},
	} {
		o := c.o
		if _, err := o.Take(staff, posted); why(err) != c.taken {
			t.Errorf("%s taken: %q", c.why, why(err))
		}
		if _, err := o.AnswerPlainly(c.wrong, "说明", staff, posted); why(err) != c.refused {
			t.Errorf("%s answered as %s: %q", c.why, c.wrong, why(err))
		}
		if _, err := o.AnswerPlainly(c.why, "说明", staff, posted); err != nil || string(o.State) != c.state || !o.Done() {
			t.Errorf("%s: %v %s", c.why, err, o.State)
		}
	}
	// The date passed and the applicant said nothing: it can be decided.
	o := good
	if _, err := o.Take(staff, posted); err != nil {
		t.Fatal(err)
	}
	due := posted.AddDate(0, 0, 1)
	if _, err := o.Ask("请说明", due, staff, posted); err != nil {
		t.Fatal(err)
	}
	ap := who("ap", org.Approver, "dept")
	ap.SignedIn = due
	if _, err := o.Decide(true, "逾期未说明，经核实属实", ap, due.Add(-time.Second)); why(err) != "objection-unheard" {
		t.Errorf("%v", err)
	}
	if _, err := o.Decide(true, "逾期未说明，经核实属实", ap, due); err != nil || o.State != filing.ObjectionYes {
		t.Errorf("%v %s", err, o.State)
	}
}
