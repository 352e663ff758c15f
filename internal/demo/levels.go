package demo

import (
	"context"
	"fmt"
	"slices"

	"shenbao/internal/application"
	"shenbao/internal/filing"
	"shenbao/internal/org"
)

// reasons are what a level of the demo writes when it agrees.
const reasons = "该单位近年来开展专家服务活动效果明显，管理机构健全，所在地政府有配套政策和经费，在本地区有示范带动作用，同意推荐。"

// PassUp takes an application through levels (“松山区人社局”, “赤峰市人社局”): opinion,
// signature, sealed page, and up. Without names it goes all the way to the department.
func PassUp(ctx context.Context, w *World, id application.ID, offices ...string) error {
	for i := 0; len(offices) == 0 || i < len(offices); i++ {
		office := ""
		if i < len(offices) {
			office = offices[i]
		} else {
			var done bool
			var err error
			if office, done, err = w.holder(ctx, id); err != nil || done {
				return err
			}
		}
		if err := Recommend(ctx, w, id, office); err != nil {
			return err
		}
	}
	return nil
}

// holder is the office of the cast that holds the application, done when it is past the
// levels.
func (w *World) holder(ctx context.Context, id application.ID) (office string, done bool, err error) {
	c, err := w.Case(ctx, w.As("厅/业务"), id)
	if err != nil || c.State != application.Moving {
		return "", true, err
	}
	h := c.Application.Holder()
	i := slices.IndexFunc(w.Cast, func(p Persona) bool { return p.Unit == h && p.Role == org.Clerk })
	if i < 0 {
		return "", false, fmt.Errorf("demo: %s has no clerk in the cast", c.HolderName())
	}
	key := w.Cast[i].Key
	return key[:len(key)-len("/经办")], false, nil
}

// Recommend is one level's whole work on an application that it agrees with.
func Recommend(ctx context.Context, w *World, id application.ID, office string) error {
	if err := SignOpinion(ctx, w, id, office); err != nil {
		return err
	}
	if err := SealOpinion(ctx, w, office+"/经办", id); err != nil {
		return err
	}
	return w.Forward(ctx, w.As(office+"/负责人"), id)
}

// SignOpinion is a level's opinion, up to the signature.
func SignOpinion(ctx context.Context, w *World, id application.ID, office string) error {
	if err := Opine(ctx, w, id, office); err != nil {
		return err
	}
	c, err := w.Case(ctx, w.As(office+"/负责人"), id)
	if err != nil {
		return err
	}
	v, _ := c.Current()
	return w.Desk.SignOpinion(ctx, w.As(office+"/负责人"), id, v.Hash)
}

// Opine is the clerk's part of it: every condition met, reasons given, handed over.
func Opine(ctx context.Context, w *World, id application.ID, office string) error {
	c, err := w.Case(ctx, w.As(office+"/经办"), id)
	if err != nil {
		return err
	}
	d := application.OpinionDraft{Outcome: filing.Agree, Text: reasons}
	for _, k := range c.Notice.Conditions {
		d.Marks = append(d.Marks, filing.Mark{Condition: k.ID, Finding: filing.Met})
	}
	return w.Desk.Opine(ctx, w.As(office+"/经办"), id, d, true)
}
