package demo

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"shenbao/internal/application"
	"shenbao/internal/desk"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

// CheckMaterial passes the material check of an application that reached the department:
// every line in order.
func CheckMaterial(ctx context.Context, w *World, id application.ID) error {
	by := w.As("厅/业务")
	c, err := w.Case(ctx, by, id)
	if err != nil {
		return err
	}
	return w.Check(ctx, by, id, application.CheckDraft{Result: application.CheckPass, Items: Met(c.Notice)})
}

// Met is a checklist on which every line is met.
func Met(n *notice.Notice) (items []application.CheckItem) {
	for _, l := range application.Checklist(n) {
		items = append(items, application.CheckItem{Key: l.Key, Finding: filing.Met})
	}
	return items
}

// panel is how many experts of the cast score an application: the pool is small.
const panel = 3

// OpenRound puts what is under review into an open round of the call: staff plan it, or
// take later ones in, and the approver opens it.
func OpenRound(ctx context.Context, w *World) error {
	by := w.As("厅/业务")
	list, err := w.Reviews(ctx, by, w.Call)
	if err != nil {
		return err
	}
	for _, r := range list.Rounds {
		if r.State != review.RoundOpen {
			continue
		}
		if list.Fresh == 0 {
			return nil
		}
		return w.JoinRound(ctx, by, r.ID)
	}
	id, err := w.PlanRound(ctx, by, w.Call, "", review.Plan{Name: "第一轮", Mode: review.Remote, Size: panel, Floor: panel, Due: w.Now().AddDate(0, 0, 30),
		Reason: "评审专家库尚在建设，本批每份由三位专家评分。"})
	if err != nil {
		return err
	}
	return w.Desk.OpenRound(ctx, w.As("厅/审批"), id)
}

// CloseRound ends the open round of the call: everything goes to the decision, ranked.
func CloseRound(ctx context.Context, w *World) error {
	by := w.As("厅/业务")
	list, err := w.Reviews(ctx, by, w.Call)
	if err != nil {
		return err
	}
	for _, r := range list.Rounds {
		if r.State == review.RoundOpen {
			return w.Desk.CloseRound(ctx, by, r.ID, nil)
		}
	}
	return nil
}

// Review gives an application to experts of the cast who have no conflict; they declare
// and score. The marks of the kth application differ from others'.
func Review(ctx context.Context, w *World, id application.ID, k int) error {
	by := w.As("厅/业务")
	if err := OpenRound(ctx, w); err != nil {
		return err
	}
	pool, err := w.Panel(ctx, by, id)
	if err != nil {
		return err
	}
	var chosen []org.PersonID
	for _, p := range pool {
		if p.Conflict == nil && w.InCast(p.Person) && len(chosen) < panel {
			chosen = append(chosen, p.Person)
		}
	}
	if err := w.Assign(ctx, by, id, chosen, w.Now().AddDate(0, 0, 14), byHand); err != nil {
		return err
	}
	for i, e := range chosen {
		if err := Score(ctx, w, id, e, k+i); err != nil {
			return err
		}
	}
	return nil
}

// byHand is why the cast's small pool is assigned without a draw.
const byHand = "专家库尚在建设，按专业指定。"

// AsExpert is a request of any expert, of the cast or of the pool.
func (w *World) AsExpert(p org.PersonID) desk.Request {
	r := w.As("专家/钱") // as they all are, in the department's unit
	r.By.Person, r.By.Post, r.By.Name = string(p), "post-"+strings.TrimPrefix(string(p), "demo-"), ""
	return r
}

// Accept is an expert's yes to whatever invitations are open, with the undertaking.
func (w *World) Accept(ctx context.Context, expert org.PersonID) error {
	by := w.AsExpert(expert)
	vs, err := w.InvitationsOf(ctx, by)
	for _, v := range vs {
		if v.State != review.InviteOpen {
			continue
		}
		if err := w.AcceptInvitation(ctx, by, v.ID, true); err != nil {
			return err
		}
	}
	return err
}

// Score is one expert's acceptance, declaration and sheet; k takes marks off.
func Score(ctx context.Context, w *World, id application.ID, expert org.PersonID, k int) error {
	if err := w.Accept(ctx, expert); err != nil {
		return err
	}
	by := w.AsExpert(expert)
	if err := w.Declare(ctx, by, id, review.Declaration{None: true}); err != nil {
		return err
	}
	return sheet(ctx, w, by, id, k)
}

// sheet is one expert's score sheet; k takes marks off.
func sheet(ctx context.Context, w *World, by desk.Request, id application.ID, k int) error {
	x, err := w.Desk.Review(ctx, by, id)
	if err != nil {
		return err
	}
	e := review.Entry{"comment": "服务活动连续多年，效果有数字可查，条件和制度齐备，建议认定。", "verdict": "recommend"}
	off := 1 + letters(x.BaseName)%6 + letters(by.By.Person)%7/2 // applications differ, and so do experts
	for n, a := range review.DefaultSheet().Leaves() {
		e["mark."+a.ID] = strconv.Itoa(a.Weight/100 - min(off+(k+n)%2, 9))
	}
	return w.Desk.Score(ctx, by, id, e, true)
}

// letters is a number that a name always has.
func letters(name string) (n int) {
	for _, r := range name {
		n += int(r)
	}
	return n
}

// ToPlaque takes applications that reached the department through check and review, and
// determines the call's list: they are recognised, whatever else is on the list is not.
func ToPlaque(ctx context.Context, w *World, ids ...application.ID) error {
	for k, id := range ids {
		if err := CheckMaterial(ctx, w, id); err != nil {
			return err
		}
		if err := Review(ctx, w, id, k); err != nil {
			return err
		}
	}
	if err := CloseRound(ctx, w); err != nil {
		return err
	}
	return Determine(ctx, w, ids...)
}

// Determine takes the call's list through the decision sheet to the release: ids are
// recognised, whatever else is on it is not.
func Determine(ctx context.Context, w *World, ids ...application.ID) error {
	if err := ProposeSheet(ctx, w, ids...); err != nil {
		return err
	}
	by := w.As("厅/审批")
	if err := ApproveSheet(ctx, w); err != nil {
		return err
	}
	p, err := w.DecisionSheet(ctx, by, w.Call, 0)
	if err != nil {
		return err
	}
	if p.Call.Settings.PublicNotice {
		if err := w.SetPublicNotice(ctx, by, w.Call, false, "经厅党组会研究，本批名单已在会前公开征求意见，不再另行公示。"); err != nil {
			return err
		}
	}
	return w.Release(ctx, by, w.Call, fmt.Sprintf("内人社发〔%d〕300号", p.Year), w.Now().Format("2006-01-02"))
}

// budget is what the start-up grants of the demo's call may come to.
const budget = 2_000_000_00

// ProposeSheet writes the decision sheet of the call's list and sends it to be approved;
// ids are recognised, whatever else is on the list is not.
func ProposeSheet(ctx context.Context, w *World, ids ...application.ID) error {
	by := w.As("厅/业务2")
	list, err := w.Ranked(ctx, by, w.Call)
	if err != nil {
		return err
	}
	if list.Call.Settings.BudgetFen == 0 {
		if err := w.SetBudget(ctx, w.As("厅/财务"), w.Call, budget, "按本年度专家服务基地专项经费安排。"); err != nil {
			return err
		}
	}
	if err := w.WriteSheet(ctx, by, w.Call, choosing(list, ids), true); err != nil {
		return err
	}
	return w.SendSheet(ctx, by, w.Call, []desk.Named{{Post: "post-zhangjianguo", Office: "规划财务处"}}, false)
}

// choosing recognises ids and nothing else of the list.
func choosing(list *desk.RankedList, ids []application.ID) application.Writing {
	grant := list.Recognition.Grant.Fen
	if list.Recognition.Grant.Open {
		grant = 100_000_00
	}
	out := application.Writing{Choices: map[application.ID]application.Choice{}, Ties: map[int]string{},
		Words: "经材料审核、专家评审和集体研究，拟按名单认定。"}
	for _, l := range list.Lines {
		c := application.Choice{Outcome: application.LineNot, Reason: "近年来的服务活动较少，示范带动作用尚不明显，可在充实后参加下一批申报。",
			Departure: "集体研究，兼顾地区布局和产业需要。"}
		if slices.Contains(ids, l.ID) {
			c.Outcome, c.Reason, c.GrantFen = application.LineRecognised, "", grant
		}
		out.Choices[l.ID] = c
		if l.Tied {
			out.Ties[l.Rank] = "同分各家经集体研究，按服务活动的数量取舍。"
		}
	}
	return out
}

// ApproveSheet countersigns and approves the call's decision sheet.
func ApproveSheet(ctx context.Context, w *World) error {
	p, err := w.DecisionSheet(ctx, w.As("厅/业务"), w.Call, 0)
	if err != nil {
		return err
	}
	if err := w.Countersign(ctx, w.As("厅/财务"), w.Call, application.SignAgree, "经费在预算内。", p.Sheet.Hash); err != nil {
		return err
	}
	return w.Desk.ApproveSheet(ctx, w.As("厅/审批"), w.Call, application.SignAgree, "同意。", p.Sheet.Hash)
}
