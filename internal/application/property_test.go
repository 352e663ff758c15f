package application_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

// A game is one application, from any situation on, on which random people do random
// things at growing instants.
// An act is mostly offered to somebody who may do it, so that games go far; the rest is
// offered to anybody.
type game struct {
	*play
	rt  *rapid.T
	par application.Parcel
}

var revised = func() *notice.Notice {
	n := *published
	n.SHA256 = "further revision"
	return &n
}()

func (g *game) pick(label string, of ...string) string {
	return rapid.SampledFrom(of).Draw(g.rt, label)
}

func (g *game) reason() string { return g.pick("reason", "写明的理由", "写明的理由", "") }

func (g *game) someone(act string) org.Actor {
	var able []string
	for _, post := range everyone {
		if g.a.May(g.as(post), act) == nil {
			able = append(able, post)
		}
	}
	if len(able) == 0 || rapid.IntRange(0, 9).Draw(g.rt, "anybody") == 0 {
		able = everyone
	}
	by := g.as(g.pick("who", able...))
	switch rapid.IntRange(0, 19).Draw(g.rt, "how") {
	case 0: // lent to a clerk, who may have drafted
		by = for_("park/clerk", by.Person, g.now)
		by.Role, by.Unit = as(by.For, g.now).Role, as(by.For, g.now).Unit
	case 1:
		by.SignedIn = g.now.Add(-time.Hour)
	}
	return by
}

func (g *game) due() time.Time {
	return g.now.AddDate(0, 0, rapid.IntRange(-1, 20).Draw(g.rt, "due"))
}

func (g *game) code() string {
	if len(g.a.Versions) == 0 || rapid.IntRange(0, 9).Draw(g.rt, "wrong code") == 0 {
		return "AAAA-BBBB-CCCC"
	}
	return g.a.Versions[max(0, len(g.a.Versions)-rapid.IntRange(1, 2).Draw(g.rt, "version"))].Code
}

func (g *game) opinion() application.OpinionDraft {
	d := agreeing()
	d.Outcome = g.pick("outcome", filing.Agree, filing.Agree, filing.Agree, filing.Return, filing.Decline, "")
	d.Fields, d.Due = rapid.SampledFrom([][]string{nil, {"单位简介"}}).Draw(g.rt, "fields"), g.due()
	if rapid.IntRange(0, 9).Draw(g.rt, "mark") == 0 {
		d.Marks = slices.Clone(d.Marks)
		d.Marks[0].Finding = g.pick("finding", filing.Unclear, filing.NotMet)
	}
	return d
}

func (g *game) material() application.CheckDraft {
	d := passing()
	d.Result = g.pick("result", application.CheckPass, application.CheckPass, application.CheckSupplement, application.CheckReject)
	d.Reason, d.Due, d.Clause = g.reason(), g.due(), g.pick("clause", "三", "三", "九")
	d.Asks = []filing.Ask{{Field: "配套政策", Kind: filing.Wrong, Reason: g.reason()}, {Field: filing.EvidenceOf("2b"), Kind: filing.Outdated, Reason: "过期"}}
	return d
}

func (g *game) choose() application.Choice {
	return application.Choice{Outcome: g.pick("outcome", append(application.LineOutcomes, "")...), Reason: g.reason()}
}

// moves are all acts by name; the test fails when the table of acts has one that is not
// here.
func (g *game) moves() map[string]func(by org.Actor) (event.Event, error) {
	a, now := g.a, g.now
	n := published
	if a.Notice == revised.SHA256 {
		n = revised
	}
	file := filing.Evidence{ID: "f", Purpose: g.pick("purpose", filing.Purposes...), Topic: "1a"}
	hash := "stale"
	if v, ok := a.Current(); ok && rapid.IntRange(0, 9).Draw(g.rt, "stale") > 0 {
		hash = v.Hash
	}
	return map[string]func(by org.Actor) (event.Event, error){
		application.ActFill: func(by org.Actor) (event.Event, error) {
			if err := a.MayEdit(by, "单位简介"); err != nil {
				return event.Event{}, err
			}
			a.Edited(by)
			return event.Event{Kind: application.EditBegun, At: now, On: event.Subject{ID: string(a.ID)}}, nil
		},
		application.ActFile:     func(by org.Actor) (event.Event, error) { return a.AddFile(n, file, by, now) },
		application.ActPrepare:  func(by org.Actor) (event.Event, error) { return a.Prepare(n, g.content, by, now) },
		application.ActRecall:   func(by org.Actor) (event.Event, error) { return a.Recall(by, now) },
		application.ActSendBack: func(by org.Actor) (event.Event, error) { return a.SendBack(by, g.reason(), now) },
		application.ActSign:     func(by org.Actor) (event.Event, error) { return a.Sign(n, g.content, by, now) },
		application.ActSeal:     func(by org.Actor) (event.Event, error) { return a.Seal(n, by, g.code(), "scan", now) },
		application.ActSubmit:   func(by org.Actor) (event.Event, error) { return a.Submit(g.c, n, g.route, time.Time{}, by, now) },
		application.ActWithdraw: func(by org.Actor) (event.Event, error) {
			return a.Withdraw(by, g.pick("withdraw", "", "", "", "", "", "", "", "", "", "理由"), now)
		},
		application.ActOpine: func(by org.Actor) (event.Event, error) {
			return a.Opine("o", n, g.c.Settings, g.opinion(), rapid.IntRange(0, 4).Draw(g.rt, "ready") > 0, by, now)
		},
		application.ActOpSign:     func(by org.Actor) (event.Event, error) { return a.OpinionSign(n, g.c.Settings, hash, by, now) },
		application.ActOpSendBack: func(by org.Actor) (event.Event, error) { return a.OpinionSendBack(by, g.reason(), now) },
		application.ActOpSeal:     func(by org.Actor) (event.Event, error) { return a.OpinionSeal(n, by, g.code(), "scan", now) },
		application.ActOpRecall:   func(by org.Actor) (event.Event, error) { return a.OpinionRecall(n, by, g.reason(), now) },
		application.ActForward:    func(by org.Actor) (event.Event, error) { return a.Forward(g.c, n, time.Time{}, by, now) },
		application.ActKeep:       func(by org.Actor) (event.Event, error) { return a.Keep(n, by, g.reason(), now) },
		application.ActUnforward:  func(by org.Actor) (event.Event, error) { return a.WithdrawRecommendation(g.c, n, by, g.reason(), now) },
		application.ActLate:       func(by org.Actor) (event.Event, error) { return a.AdmitLate(n, by, g.reason(), g.due(), now) },
		application.ActCheck:      func(by org.Actor) (event.Event, error) { return a.CheckMaterial(n, g.material(), by, now) },
		application.ActCancelSupp: func(by org.Actor) (event.Event, error) { return a.CancelSupplement(n, by, g.reason(), now) },
		application.ActReview:     func(by org.Actor) (event.Event, error) { return g.asked(by, application.ActReview) },
		application.ActDeclare:    func(by org.Actor) (event.Event, error) { return g.asked(by, application.ActDeclare) },
		application.ActScoring:    func(by org.Actor) (event.Event, error) { return g.asked(by, application.ActScoring) },
		application.ActScore:      func(by org.Actor) (event.Event, error) { return g.asked(by, application.ActScore) },
		application.ActAskRecusal: func(by org.Actor) (event.Event, error) { return g.asked(by, application.ActAskRecusal) },
		application.ActRecusal:    func(by org.Actor) (event.Event, error) { return g.asked(by, application.ActRecusal) },
		application.ActVoid:       func(by org.Actor) (event.Event, error) { return g.asked(by, application.ActVoid) },
		application.ActReport:     func(by org.Actor) (event.Event, error) { return g.asked(by, application.ActReport) },
		application.ActExtendSupp: func(by org.Actor) (event.Event, error) {
			return a.ExtendSupplement(n, by, g.due(), g.reason(), now)
		},
		application.ActEndSupp:       func(by org.Actor) (event.Event, error) { return a.EndSupplement(n, by, g.reason(), now) },
		application.ActConfirmReject: func(by org.Actor) (event.Event, error) { return a.ConfirmRejection(by, now) },
		application.ActReturnReject:  func(by org.Actor) (event.Event, error) { return a.ReturnRejection(n, by, g.reason(), now) },
		application.ActVisit: func(by org.Actor) (event.Event, error) {
			set := g.c.Settings
			set.SiteVisit = true
			return a.PlanVisit(n, set, application.VisitPlan{Date: g.due().Format(time.DateOnly), Members: []string{"甲", "乙"}, Look: "场地"}, by, now)
		},
		application.ActVisitReport: func(by org.Actor) (event.Event, error) {
			return a.ReportVisit(n, by, now.Format(time.DateOnly), g.reason(), now)
		},
		application.ActCancelVisit: func(by org.Actor) (event.Event, error) { return a.CancelVisit(n, by, g.reason(), now) },
		application.ActCloseRev: func(by org.Actor) (event.Event, error) {
			return a.CloseReview(n, by, 8650, rapid.IntRange(0, 5).Draw(g.rt, "done"), 3, now)
		},
		application.ActDecide: func(by org.Actor) (event.Event, error) {
			return g.decided(n, by)
		},
		application.ActRelease: func(by org.Actor) (event.Event, error) {
			if g.s == nil {
				g.s = application.NewSheet("none", g.c, 1)
			}
			g.c.Settings.PublicNotice = false
			es, err := g.c.Release(n, g.s, []*application.Application{a}, document, "2017-08-30", nil, nil, by, now)
			if err != nil {
				return event.Event{}, err
			}
			return es[0], nil
		},
		application.ActMoveUp: func(by org.Actor) (event.Event, error) {
			return a.MoveUp(n, application.Left{Places: 1, Fen: 1}, g.reason(), 1, by, now)
		},
		application.ActReveal:     func(by org.Actor) (event.Event, error) { return a.Reveal(n, g.reason(), by, now) },
		application.ActQuarantine: func(by org.Actor) (event.Event, error) { return a.Quarantine(file, g.reason(), by, now) },
		application.ActPaper: func(by org.Actor) (event.Event, error) {
			return a.LogPaper(n, g.par, application.PaperCount{Code: g.code(), Form: rapid.IntRange(0, 5).Draw(g.rt, "copies"), Due: g.due()}, by, now)
		},
		application.ActMove: func(by org.Actor) (event.Event, error) {
			_, e, err := a.MoveToRevision(n, revised, g.reason(), by, now)
			return e, err
		},
	}
}

// decided is the way over a sheet that by writes and the approver approves.
func (g *game) decided(n *notice.Notice, by org.Actor) (event.Event, error) {
	if err := g.a.May(by, application.ActDecide); err != nil {
		return event.Event{}, err
	}
	s := application.NewSheet("s", g.c, 1)
	if _, err := s.Write(n, g.c, g.list(), application.Writing{Choices: map[application.ID]application.Choice{g.a.ID: g.choose()}}, true, by, g.now); err != nil {
		return event.Event{}, err
	}
	if _, err := s.Send(n, g.c, g.list(), application.Distribution{}, nil, false, by, g.now); err != nil {
		return event.Event{}, err
	}
	es, err := s.Approve(n, g.list(), application.SignAgree, "", s.Hash, g.as("dept/approver"), g.now)
	if err != nil {
		return event.Event{}, err
	}
	g.s = s
	return es[1], nil
}

// asked is an act whose deed is review's: here only who and when is decided.
func (g *game) asked(by org.Actor, act string) (event.Event, error) {
	if err := g.a.May(by, act); err != nil {
		return event.Event{}, err
	}
	return event.Event{Kind: "review.done", At: g.now, On: event.Subject{ID: string(g.a.ID)}}, nil
}

// sound are the invariants that every application keeps, whatever was tried.
func (g *game) sound() {
	a := g.a
	if ps := a.Problems(); ps != nil {
		g.rt.Fatalf("%v", ps)
	}
	if (a.Holder() == "") != a.State.Final() {
		g.rt.Fatalf("%s, held by %q", a.State, a.Holder())
	}
	if a.State.WithApplicant() && a.Holder() != a.Unit {
		g.rt.Fatalf("%s, held by %q", a.State, a.Holder())
	}
	open := 0
	for _, c := range a.Returns {
		if c.Answered.IsZero() {
			open++
		}
	}
	if open > 1 || (open == 1 && a.Open() == nil) {
		g.rt.Fatalf("%d open corrections", open)
	}
	if open == 1 && !a.State.WithApplicant() && !a.State.Final() {
		g.rt.Fatalf("a correction is open, and %s holds it", a.Holder())
	}
	for i, v := range a.Versions {
		if v.N != i+1 {
			g.rt.Fatalf("version %d is the %dth", v.N, i+1)
		}
	}
	if a.Handed > len(a.Versions) || (a.Handed == 0) != a.Submitted.IsZero() {
		g.rt.Fatalf("version %d of %d was handed in, first at %v", a.Handed, len(a.Versions), a.Submitted)
	}
	g.soundOpinions()
}

// soundOpinions: one opinion stands for each box and step, on what was read there, signed
// by another person than whoever wrote it; nothing is above the department.
func (g *game) soundOpinions() {
	a := g.a
	type seat struct{ step, box int }
	seen := map[seat]bool{}
	for _, o := range a.Opinions {
		if o.Signer != nil && o.Drafted != nil && org.SamePerson(*o.Signer, *o.Drafted) {
			g.rt.Fatalf("%s drafted and signed %+v", o.Signer.Person, o)
		}
		if !o.Stands() {
			continue
		}
		if seen[seat{o.Step, o.Box}] {
			g.rt.Fatalf("two opinions stand in box %d of step %d", o.Box, o.Step)
		}
		seen[seat{o.Step, o.Box}] = true
		if o.Step > 0 && o.Version > a.Handed {
			g.rt.Fatalf("step %d judges version %d, and %d was handed in", o.Step, o.Version, a.Handed)
		}
		if o.Step > a.At {
			g.rt.Fatalf("the opinion of step %d stands, and step %d holds it", o.Step, a.At)
		}
	}
	if a.HoldsPlace() && !a.State.Final() {
		for step := 1; step < a.At; step++ { // W01: no level was skipped
			if !slices.ContainsFunc(a.Opinions, func(o filing.Opinion) bool { return o.Step == step && o.Stands() && o.Outcome == filing.Agree }) {
				g.rt.Fatalf("with the department, and step %d did not agree", step)
			}
		}
	}
}

// aside are acts that lead nowhere: games try them now and then.
var aside = []string{application.ActQuarantine, application.ActReveal, application.ActKeep, application.ActPaper, application.ActFill, application.ActFile,
	application.ActReview, application.ActScoring, application.ActDeclare, application.ActScore, application.ActAskRecusal, application.ActRecusal, application.ActVoid,
	application.ActReport, application.ActLate, application.ActMove, application.ActWithdraw, application.ActRecall,
	application.ActSendBack, application.ActOpSendBack, application.ActOpRecall, application.ActVisit, application.ActVisitReport, application.ActCancelVisit,
	application.ActEndSupp}

// placing are the facts by which a place is taken or freed.
var placing = []event.Kind{application.Recommended, application.Submitted, application.WithdrawnByUnit, application.RecommendationWithdrawn,
	application.NotAcceptedFact, application.DecisionTaken}

func TestRandomActs(t *testing.T) {
	done := map[string]int{}
	games := func(t *testing.T, start func() *play) {
		rapid.Check(t, func(rt *rapid.T) {
			g := &game{play: start(), rt: rt}
			g.par = parcel(g.play)
			for range rapid.IntRange(1, 30).Draw(rt, "acts") {
				g.now = g.now.Add(time.Duration(rapid.IntRange(0, 12).Draw(rt, "hours")) * time.Hour)
				if name := g.act(); name != "" {
					done[name]++
				}
			}
		})
	}
	for _, s := range situations {
		if at(t, s.name).a.State.Final() && s.name != "recognised" { // little can happen there
			continue
		}
		t.Run(s.name, func(t *testing.T) { games(t, func() *play { return at(t, s.name) }) })
	}
	t.Run("direct unit", func(t *testing.T) { games(t, func() *play { return begin(t, "univ") }) })
	for _, act := range application.Acts {
		if done[act.Name] == 0 && !slices.Contains(aside, act.Name) {
			t.Errorf("no game did %s: the games say nothing of it", act.Name)
		}
	}
	t.Logf("acts done: %v", done)
}

// act tries one act: mostly one that somebody can do now and that leads on. It answers
// the act's name when it was done.
func (g *game) act() string {
	var all, can, on []string
	for _, act := range application.Acts {
		all = append(all, act.Name)
		if slices.ContainsFunc(everyone, func(post string) bool { return g.a.May(g.as(post), act.Name) == nil }) {
			if can = append(can, act.Name); !slices.Contains(aside, act.Name) {
				on = append(on, act.Name)
			}
		}
	}
	from := all
	switch n := rapid.IntRange(0, 9).Draw(g.rt, "which"); {
	case n > 2 && len(on) > 0:
		from = on
	case n > 0 && len(can) > 0:
		from = can
	}
	name := g.pick("act", from...)
	move, ok := g.moves()[name]
	if !ok {
		g.rt.Fatalf("no move for the act %s", name)
	}
	by := g.someone(name)
	before, held := state(g.a), g.a.HoldsPlace()
	e, err := move(by)
	if err != nil {
		if kind(err) == "" || state(g.a) != before {
			g.rt.Fatalf("%s by %s refused (%v), and yet it changed:\n%s\n%s", name, by.Post, err, before, state(g.a))
		}
		return ""
	}
	if e.Kind == "" || !e.At.Equal(g.now) || e.On.ID != string(g.a.ID) {
		g.rt.Fatalf("%s left the fact %+v", name, e)
	}
	if g.a.HoldsPlace() != held && !slices.Contains(placing, e.Kind) {
		g.rt.Fatalf("%s changed who holds the place", name)
	}
	g.sound()
	g.kept()
	return name
}

// kept: what is written down and read again is the same application.
func (g *game) kept() {
	var again application.Application
	if err := json.Unmarshal([]byte(state(g.a)), &again); err != nil || state(&again) != state(g.a) {
		g.rt.Fatalf("kept and read again, it differs: %v", err)
	}
}
