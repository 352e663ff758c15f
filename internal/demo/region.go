package demo

import (
	"context"
	"fmt"
	"slices"

	"shenbao/internal/application"
	"shenbao/internal/desk"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

// CheckMaterial passes the material check of an application that reached the department:
// every condition and every general point in order.
func CheckMaterial(ctx context.Context, w *World, id application.ID) error {
	by := w.As("厅/业务")
	c, err := w.Case(ctx, by, id)
	if err != nil {
		return err
	}
	d := application.CheckDraft{Result: application.CheckPass}
	for _, x := range c.Notice.Conditions {
		d.Items = append(d.Items, application.CheckItem{Key: x.ID, OK: true})
	}
	for _, k := range application.CheckKeys {
		d.Items = append(d.Items, application.CheckItem{Key: k, OK: true})
	}
	return w.Check(ctx, by, id, d)
}

// panel is how many experts of the cast score an application: the pool is small.
const panel = 3

// Review gives an application to experts of the cast who have no conflict; they declare,
// score, and the review is closed. The marks of the kth application differ from others'.
func Review(ctx context.Context, w *World, id application.ID, k int) error {
	by := w.As("厅/业务")
	pool, err := w.Panel(ctx, by, id)
	if err != nil {
		return err
	}
	var chosen []org.PersonID
	for _, p := range pool {
		if p.Conflict == nil && len(chosen) < panel {
			chosen = append(chosen, p.ID)
		}
	}
	if err := w.Assign(ctx, by, id, chosen, w.Now().AddDate(0, 0, 14)); err != nil {
		return err
	}
	for i, e := range chosen {
		if err := Score(ctx, w, id, e, k+i); err != nil {
			return err
		}
	}
	return w.CloseReview(ctx, by, id)
}

// Score is one expert's declaration and sheet; k takes marks off.
func Score(ctx context.Context, w *World, id application.ID, expert org.PersonID, k int) error {
	i := slices.IndexFunc(w.Cast, func(p Persona) bool { return p.Person == expert })
	if i < 0 {
		return fmt.Errorf("demo: %s is not in the cast", expert)
	}
	by := w.As(w.Cast[i].Key)
	if err := w.Declare(ctx, by, id, false, ""); err != nil {
		return err
	}
	return sheet(ctx, w, by, id, k)
}

// sheet is one expert's score sheet; k takes marks off.
func sheet(ctx context.Context, w *World, by desk.Request, id application.ID, k int) error {
	marks := map[string]int{}
	for n, it := range review.Sheet() {
		marks[it.Key] = it.Max - 1 - (k+n)%4
	}
	return w.Desk.Score(ctx, by, id, marks, "服务活动连续多年，效果有数字可查，条件和制度齐备，建议认定。", "recommend", true)
}

// ToPlaque takes applications that reached the department through check and review, and
// determines the call's list: they are recognised, whatever else is on the list is not.
func ToPlaque(ctx context.Context, w *World, ids ...application.ID) error {
	by := w.As("厅/业务")
	if err := w.SetPanelMin(ctx, by, w.Call, panel, "评审专家库尚在建设，本批每份由三位专家评分。"); err != nil {
		return err
	}
	for k, id := range ids {
		if err := CheckMaterial(ctx, w, id); err != nil {
			return err
		}
		if err := Review(ctx, w, id, k); err != nil {
			return err
		}
	}
	return Determine(ctx, w, ids...)
}

// Determine decides the call's list: ids are recognised, whatever else is on it is not.
func Determine(ctx context.Context, w *World, ids ...application.ID) error {
	by := w.As("厅/审批")
	list, err := w.Ranked(ctx, by, w.Call)
	if err != nil {
		return err
	}
	grant := list.Recognition.Grant.Fen
	if list.Recognition.Grant.Open {
		grant = 100_000_00
	}
	choices := map[application.ID]application.Choice{}
	first := slices.IndexFunc(list.Lines, func(l desk.RankLine) bool { return !slices.Contains(ids, l.ID) })
	departs := first >= 0 && slices.ContainsFunc(list.Lines[first:], func(l desk.RankLine) bool { return slices.Contains(ids, l.ID) })
	for i, l := range list.Lines {
		c := application.Choice{}
		if departs {
			c.Departure = "集体研究，兼顾地区布局和产业需要。"
		}
		if slices.Contains(ids, l.ID) {
			c.Recognised, c.Plaque, c.GrantFen = true, list.Plaques[i], grant
		} else {
			c.Reason = "近年来的服务活动较少，示范带动作用尚不明显，可在充实后参加下一批申报。"
		}
		choices[l.ID] = c
	}
	document := fmt.Sprintf("内人社发〔%d〕300号", list.Year)
	return w.Desk.Determine(ctx, by, w.Call, choices, document, w.Now().Format("2006-01-02"))
}
