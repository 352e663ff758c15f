package assign_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"shenbao/assign"
	"shenbao/assign/assigntest"
)

func TestZeroAffinityIsNoBan(t *testing.T) {
	p := problem(2, 2)
	for i := range p.Pairs {
		p.Pairs[i].Affinity = 0
	}
	if r := solve(t, p); r.Unmet != 0 || len(r.Lines) != 2 || r.Affinity != 0 {
		t.Errorf("%d lines, %d empty", len(r.Lines), r.Unmet)
	}
	p.Pairs = p.Pairs[:2] // nobody is listed for d1
	if r := solve(t, p); r.Unmet != 1 || r.Short[0].Unlisted != 2 {
		t.Errorf("%+v", r.Short)
	}
}

func TestPoolSmallerThanNeeded(t *testing.T) {
	p := problem(2, 1)
	p.Dossiers[0].K = 4
	p.Conflicts = []assign.Conflict{{Key: key(0, 1), Reason: "same league", Waive: 1}, {Key: key(0, 1), Reason: "declared", Waive: 2}}
	r := solve(t, p)
	if r.Unmet != 3 || len(r.Blocks) != 1 || r.Blocks[0].Shortage != 3 || r.Blocks[0].Need != 4 || r.Blocks[0].Have != 1 {
		t.Fatalf("%d empty, %+v", r.Unmet, r.Blocks)
	}
	if s := r.Short[0]; s.Assigned != 1 || s.Conflicts["declared"] != 1 || s.Conflicts["same league"] != 0 || s.Sum() != 2 {
		t.Errorf("%+v: the conflict that is hardest to waive counts, once", s)
	}
	if m := r.Remedy; m.Left != 2 || len(m.Waived) != 1 || m.Waived[0].Rank != 2 {
		t.Errorf("%+v", m)
	}
}

func TestRemedyPrefersLoadsAndNeverWaivesKinship(t *testing.T) {
	p := problem(2, 3)
	p.Conflicts = []assign.Conflict{{Key: key(2, 0), Reason: "kinship"}, {Key: key(2, 1), Reason: "region", Waive: 1}}
	p.Experts[1].Max = 2
	r := solve(t, p)
	if r.Unmet != 1 || r.Short[0].Dossier != "d2" || r.Remedy.Left != 0 || len(r.Remedy.Loads) != 0 || len(r.Remedy.Waived) != 1 {
		t.Fatalf("%+v %+v", r.Short, r.Remedy)
	}
	p.Conflicts = p.Conflicts[:1]
	p.Experts[1].Max = 1
	r = solve(t, p)
	if r.Unmet != 1 || r.Remedy.Left != 0 || len(r.Remedy.Loads) != 1 || len(r.Remedy.Waived) != 0 {
		t.Errorf("%+v", r.Remedy)
	}
	p.Conflicts = append(p.Conflicts, assign.Conflict{Key: key(2, 1), Reason: "kinship"})
	if r = solve(t, p); r.Remedy.Left != 1 {
		t.Errorf("%+v", r.Remedy)
	}
}

func TestMinimumLoads(t *testing.T) {
	p := problem(3, 3)
	for i := range p.Experts {
		p.Experts[i].Min, p.Experts[i].Max = 1, 3
	}
	p.Pairs[0].Affinity, p.Pairs[3].Affinity, p.Pairs[6].Affinity = 1000, 1000, 1000 // e0 is the best everywhere
	r := solve(t, p)
	if r.Affinity != 2000 || len(r.Lowered) != 0 {
		t.Errorf("%d, lowered %v", r.Affinity, r.Lowered)
	}
	p.Experts[2].Min = 2
	p.Pairs = slices.DeleteFunc(p.Pairs, func(x assign.Pair) bool { return x.Expert == "e2" && x.Dossier != "d1" })
	r = solve(t, p)
	if len(r.Lowered) != 1 || r.Lowered[0].Expert != "e2" || r.Lowered[0].Candidates != 1 || r.Lowered[0].Load != 1 || r.Unmet != 0 {
		t.Errorf("lowered %+v", r.Lowered)
	}
}

func TestBalance(t *testing.T) {
	p := problem(2, 4)
	for i := range p.Pairs {
		if p.Pairs[i].Expert == "e0" {
			p.Pairs[i].Affinity = 510
		}
	}
	p.Experts[0].Max, p.Experts[1].Max = 4, 4
	if r := solve(t, p); r.Loads[0].Load != 4 {
		t.Errorf("without balance the best has %d", r.Loads[0].Load)
	}
	p.Balance = 20
	if r := solve(t, p); r.Loads[0].Load != 2 || r.Loads[1].Load != 2 {
		t.Errorf("%+v", r.Loads)
	}
}

func TestEmployerCapAndCouples(t *testing.T) {
	p := problem(4, 1)
	p.Dossiers[0].K = 3
	p.EmployerCap = 1
	p.Experts[0].Employer, p.Experts[1].Employer = "u", "u"
	p.Pairs[0].Affinity, p.Pairs[1].Affinity = 900, 800
	r := solve(t, p)
	if fmt.Sprint(keys(r)) != "[{d0 e0} {d0 e2} {d0 e3}]" || r.Repair != nil {
		t.Errorf("%v", keys(r))
	}
	p.Apart = []assign.Apart{{A: "e3", B: "e2", Reason: "spouses"}}
	r = solve(t, p)
	if r.Unmet != 1 || r.Short[0].Held != 2 || r.Repair != nil || r.Blocks[0].Shortage != 1 {
		t.Errorf("%v %+v", keys(r), r.Short)
	}
}

// A ring of couples: more choices than are tried. The rules are kept, and the record tells
// what is not proved. The optimum is that of glpsol for assigntest.WriteLP.
func TestRepairSaysWhatItDidNotTry(t *testing.T) {
	p := assigntest.Make(assigntest.Size{Seed: 3, Dossiers: 300, Experts: 200, K: 5, Load: 9, Top: 60, EmployerCap: 1})
	for i := 0; i+1 < len(p.Experts); i++ { // a ring of neighbours
		p.Apart = append(p.Apart, assign.Apart{A: p.Experts[i].ID, B: p.Experts[i+1].ID, Reason: "one team"})
	}
	const optimum = 993_301
	r := solve(t, p)
	x := r.Repair
	if x == nil || x.Exact || x.Bound >= r.Proof.Cost || x.Bound > -optimum || r.Unmet != 0 || r.Affinity > optimum || float64(r.Affinity) < 0.9999*optimum {
		t.Fatalf("%d %d %+v", r.Affinity, r.Proof.Cost, x)
	}
	if err := assign.Verify(r.JSON()); err != nil {
		t.Error(err)
	}
}

// e0 and e1 are of one employer, e1 and e2 are spouses: the groups cross.
func TestCrossingRulesAreRepaired(t *testing.T) {
	p := problem(5, 1)
	p.Dossiers[0].K = 2
	p.EmployerCap = 1
	p.Experts[0].Employer, p.Experts[1].Employer = "u", "u"
	p.Apart = []assign.Apart{{A: "e1", B: "e2", Reason: "spouses"}}
	for e, a := range []int{100, 900, 800, 700, 10} {
		p.Pairs[e].Affinity = a
	}
	r := solve(t, p)
	if r.Repair == nil || !r.Repair.Exact || r.Affinity != 1600 || r.Repair.Affinity != 1700 || r.Repair.Aside[0].Expert != "e2" || r.Repair.Aside[0].Beside != "e1" || r.Repair.Aside[0].Reason != "spouses" {
		t.Fatalf("%v %+v", keys(r), r.Repair)
	}
	if err := assign.Verify(r.JSON()); err != nil {
		t.Error(err)
	}
}

func TestDemands(t *testing.T) {
	p := problem(4, 2)
	p.Dossiers[0].K, p.Dossiers[1].K = 2, 1
	p.Dossiers[0].Demands = []assign.Demand{{Group: "finance", Min: 1}, {Group: "technical", Min: 1}}
	p.Experts[3].Groups = []string{"finance", "technical"}
	p.Experts[2].Groups = []string{"finance"}
	for i := range p.Pairs {
		if p.Pairs[i].Expert > "e1" {
			p.Pairs[i].Affinity = 1 // those that are asked for fit badly
		}
	}
	r := solve(t, p)
	if len(r.Lacking) != 0 || fmt.Sprint(keys(r)[:2]) != "[{d0 e2} {d0 e3}]" {
		t.Fatalf("%v %+v", keys(r), r.Lacking)
	}
	p.Experts[2].Groups = nil // e3 counts for one of the two only
	r = solve(t, p)
	if len(r.Lacking) != 1 || r.Lacking[0].Missing != 1 || r.Unmet != 0 || r.Lacking[0].Sum() != r.Lacking[0].Pool {
		t.Errorf("%v %+v", keys(r), r.Lacking)
	}
}

func TestLocksAndBans(t *testing.T) {
	p := problem(2, 2)
	p.Pairs[0].Affinity = 1000
	p.Locks = []assign.Order{{Key: key(1, 0), Reason: "knows the file", By: "u1"}}
	r := solve(t, p)
	if fmt.Sprint(keys(r)) != "[{d0 e1} {d1 e0}]" || !r.Lines[1].Locked {
		t.Errorf("%v", keys(r))
	}
	p.Locks, p.Bans = nil, []assign.Order{{Key: key(0, 0), Reason: "asked for by the applicant", By: "u1"}}
	if r := solve(t, p); fmt.Sprint(keys(r)) != "[{d0 e1} {d1 e0}]" {
		t.Errorf("%v", keys(r))
	}
}

// A panel whose dossiers cover all regions: the rule of the region is held dossier by
// dossier, so that it takes nobody out of the panel.
func TestRegionsAreHeldByDossier(t *testing.T) {
	p := problem(3, 3)
	for i := range p.Experts {
		p.Experts[i].Max = 3
		p.Conflicts = append(p.Conflicts, assign.Conflict{Key: key(i, i), Reason: "region", Waive: 1})
	}
	for i := range p.Dossiers {
		p.Dossiers[i].K = 2
	}
	if r := solve(t, p); r.Unmet != 0 || r.Loads[0].Load != 2 || r.Loads[1].Load != 2 {
		t.Errorf("%+v", r.Loads)
	}
}

// crossing tells whether a problem has rules that no flow holds together: experts apart,
// or of one employer, who count for different demands.
func crossing(p assign.Problem) bool {
	demands := slices.ContainsFunc(p.Dossiers, func(d assign.Dossier) bool { return len(d.Demands) > 0 })
	return len(p.Apart) > 0 || p.EmployerCap > 0 && demands
}

func TestWorthAndCostsAreTrue(t *testing.T) {
	for seed := range uint64(60) {
		p := assigntest.Small(seed)
		if crossing(p) || p.Balance > 0 {
			continue
		}
		r := solve(t, p)
		for i, l := range r.Lines {
			if l.Locked || i > 3 {
				continue
			}
			q := p
			q.Bans = append(slices.Clone(p.Bans), assign.Order{Key: l.Key, Reason: "what if", By: "t"})
			if x := solve(t, q); assigntest.Cost(x)-assigntest.Cost(r) < l.Worth && l.Worth < r.Proof.Levels.Minimum {
				t.Fatalf("%d: without %v it costs %d more, not %d at least", seed, l.Key, assigntest.Cost(x)-assigntest.Cost(r), l.Worth)
			}
		}
		for i, n := range r.Next {
			if i > 3 || n.Costs >= r.Proof.Levels.Minimum {
				continue
			}
			q := p
			q.Locks = append(slices.Clone(p.Locks), assign.Order{Key: n.Key, Reason: "what if", By: "t"})
			x, err := assign.Solve(q)
			if err == nil && assigntest.Cost(x)-assigntest.Cost(r) < n.Costs {
				t.Fatalf("%d: with %v it costs %d more, not %d at least", seed, n.Key, assigntest.Cost(x)-assigntest.Cost(r), n.Costs)
			}
		}
	}
}

func TestContradictionsAreRefused(t *testing.T) {
	by := func(k assign.Key) []assign.Order { return []assign.Order{{Key: k, Reason: "r", By: "u"}} }
	for name, c := range map[string]struct {
		spoil func(p *assign.Problem)
		want  string
	}{
		"schema":              {func(p *assign.Problem) { p.Schema = "" }, "schema"},
		"seed":                {func(p *assign.Problem) { p.Seed = "" }, "seed"},
		"mode":                {func(p *assign.Problem) { p.Mode = "x" }, "mode"},
		"chance":              {func(p *assign.Problem) { p.Chance = 1001 }, "chance"},
		"chance without draw": {func(p *assign.Problem) { p.Chance = 900 }, "mixed"},
		"balance":             {func(p *assign.Problem) { p.Balance = -1 }, "balance"},
		"cap":                 {func(p *assign.Problem) { p.EmployerCap = -1 }, "employerCap"},
		"twice":               {func(p *assign.Problem) { p.Experts = append(p.Experts, p.Experts[0]) }, "twice"},
		"dossier twice":       {func(p *assign.Problem) { p.Dossiers = append(p.Dossiers, p.Dossiers[0]) }, "twice"},
		"no id":               {func(p *assign.Problem) { p.Experts[0].ID = "" }, "id"},
		"control character":   {func(p *assign.Problem) { p.Experts[0].ID = "a\x00b" }, "control"},
		"loads":               {func(p *assign.Problem) { p.Experts[0].Min = 2 }, "from 2 to 1"},
		"need":                {func(p *assign.Problem) { p.Dossiers[0].K = 0 }, "needs 0"},
		"need of millions":    {func(p *assign.Problem) { p.Dossiers[0].K = 1 << 40 }, "needs"},
		"demand":              {func(p *assign.Problem) { p.Dossiers[0].Demands = []assign.Demand{{Group: "g", Min: 2}} }, "demands"},
		"affinity":            {func(p *assign.Problem) { p.Pairs[0].Affinity = 1001 }, "affinity"},
		"stranger":            {func(p *assign.Problem) { p.Pairs[0].Expert = "x" }, `"x"`},
		"pair twice":          {func(p *assign.Problem) { p.Pairs = append(p.Pairs, p.Pairs[0]) }, "twice"},
		"reason":              {func(p *assign.Problem) { p.Conflicts = []assign.Conflict{{Key: key(0, 0)}} }, "reason"},
		"conflict twice": {func(p *assign.Problem) {
			p.Conflicts = []assign.Conflict{{Key: key(0, 0), Reason: "r"}, {Key: key(0, 0), Reason: "r"}}
		}, "twice"},
		"order by nobody": {func(p *assign.Problem) { p.Bans = []assign.Order{{Key: key(0, 0), Reason: "r"}} }, "by whom"},
		"lock in conflict": {func(p *assign.Problem) {
			p.Locks, p.Conflicts = by(key(0, 0)), []assign.Conflict{{Key: key(0, 0), Reason: "kinship"}}
		}, "kinship"},
		"locked and banned":    {func(p *assign.Problem) { p.Locks, p.Bans = by(key(0, 0)), by(key(0, 0)) }, "banned"},
		"too many for dossier": {func(p *assign.Problem) { p.Locks = append(by(key(0, 0)), by(key(0, 1))...) }, "needs 1"},
		"too many for expert":  {func(p *assign.Problem) { p.Locks = append(by(key(0, 0)), by(key(1, 0))...) }, "takes 1"},
		"lock on no candidate": {func(p *assign.Problem) { p.Locks, p.Pairs = by(key(0, 0)), p.Pairs[1:] }, "candidates"},
		"apart from oneself":   {func(p *assign.Problem) { p.Apart = []assign.Apart{{A: "e0", B: "e0", Reason: "r"}} }, "apart"},
		"apart twice": {func(p *assign.Problem) {
			p.Apart = []assign.Apart{{A: "e0", B: "e1", Reason: "r"}, {A: "e1", B: "e0", Reason: "s"}}
		}, "twice"},
		"a draw after a change": {func(p *assign.Problem) { p.Mode, p.Keep = assign.Mixed, []assign.Key{key(0, 0)} }, "keep"},
		"locked couple": {func(p *assign.Problem) {
			p.Dossiers[0].K, p.Locks, p.Apart = 2, append(by(key(0, 0)), by(key(0, 1))...), []assign.Apart{{A: "e0", B: "e1", Reason: "spouses"}}
		}, "spouses"},
	} {
		p := problem(2, 2)
		c.spoil(&p)
		_, err := assign.Solve(p)
		if !errors.Is(err, assign.ErrInput) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNothingToDo(t *testing.T) {
	p := problem(0, 0)
	for _, mode := range []assign.Mode{assign.Best, assign.Fair, assign.Mixed} {
		p.Mode = mode
		if r := solve(t, p); len(r.Lines) != 0 || assign.Verify(r.JSON()) != nil {
			t.Errorf("%s: %v", mode, assign.Verify(r.JSON()))
		}
	}
	p = problem(0, 2)
	if r := solve(t, p); r.Unmet != 2 || r.Remedy.Left != 2 || assign.Verify(r.JSON()) != nil {
		t.Errorf("%+v", r)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, s := range []string{"", "[]", `{"schema":"shenbao/assign/1","sead":"x"}`, `{"schema":"shenbao/assign/1","seed":"x","mode":"best"} x`, `{"seed":1}`, `{"pairs":[{"affinity":1.5}]}`} {
		if _, err := assign.Parse([]byte(s)); !errors.Is(err, assign.ErrInput) {
			t.Errorf("%q: %v", s, err)
		}
	}
}
