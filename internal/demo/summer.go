package demo

import (
	"context"
	"errors"
	"slices"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/filing"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

// summer is how it goes on until the deadline and a little after, where no visitor acts.
func summer() []scene {
	return in(number2017,
		scene{day(2017, 6, 22, 10), recommends("红山高新区", "红山区人社局")},
		scene{day(2017, 6, 22, 14), inOrder(signs("科尔沁研究所"), handsIn("苏右园区"))},
		scene{day(2017, 6, 23, 10), ranks("鄂尔多斯市人社局", "达旗推广中心", "伊旗合作社")},
		scene{day(2017, 6, 23, 14), handsIn("科尔沁研究所")},
		scene{day(2017, 6, 26, 10), recommends("达旗推广中心", "鄂尔多斯市人社局")},
		scene{day(2017, 6, 26, 14), inOrder(finishes("扎旗协会"), mends("牧歌乳业", "支持措施和保障条件", "今年财政安排专项经费50万元。"))},
		scene{day(2017, 6, 27, 10), rules("伊旗合作社", "鄂尔多斯市人社局", application.OpinionDraft{Outcome: filing.Decline,
			Text: "本市名额一个，经现场查看和集体研究，推荐达拉特盐碱地改良专家服务基地，本次不予推荐。"})},
		scene{day(2017, 6, 28, 10), mends("内蒙古农业大学", "开户行", "中国农业银行股份有限公司呼和浩特农大支行")},
		scene{day(2017, 6, 29, 10), inOrder(recommends("牧歌乳业", "赛罕区人社局"), recommends("苏右园区", "苏尼特右旗人社局"))},
		scene{day(2017, 7, 3, 10), inOrder(recommends("科尔沁研究所", "科尔沁区人社局"), recommends("扎旗协会", "扎鲁特旗人社局"))},
		scene{day(2017, 7, 5, 10), recommends("牧歌乳业", "呼和浩特市人社局")},
		scene{day(2017, 7, 6, 10), recommends("红山高新区", "赤峰市人社局")},
		scene{day(2017, 7, 10, 10), recommends("苏右园区", "锡林郭勒盟人社局")},
		scene{day(2017, 7, 11, 10), recommends("科尔沁研究所", "通辽市人社局")},
		scene{day(2017, 7, 12, 10), rules("扎旗协会", "通辽市人社局", application.OpinionDraft{Outcome: filing.Decline,
			Text: "本市名额一个，已推荐科尔沁蒙中医药专家服务基地，本次不予推荐，建议下一批再报。"})},
		scene{day(2017, 7, 17, 10), inOrder(
			paperOf("赤峰市人力资源和社会保障局", "2017-07-13", "2017-07-17", "红山高新区"),
			paperOf("鄂尔多斯市人力资源和社会保障局", "2017-07-12", "2017-07-17", "达旗推广中心"))},
		scene{day(2017, 7, 19, 10), inOrder(
			paperOf("呼和浩特市人力资源和社会保障局", "", "2017-07-19", "牧歌乳业"),
			paperOf("自治区农牧业厅", "", "2017-07-19", "种子站"))},
	)
}

// atTheRegion is the way through the department, of whatever has come there.
func atTheRegion() []scene {
	return in(number2017,
		scene{day(2017, 7, 26, 10), checksAll},
		scene{day(2017, 7, 31, 10), inOrder(OpenRound, assignsAll(day(2017, 8, 26, 0)))},
		scene{day(2017, 8, 15, 10), scoresAll},
		scene{day(2017, 8, 25, 10), CloseRound},
		scene{day(2017, 9, 4, 10), func(ctx context.Context, w *World) error { return determinesBut(ctx, w, "") }},
	)
}

// finishes fills in what is still open in a draft, and hands it in.
func finishes(host string) act {
	return inOrder(of(host, Fill), prepares(host), signs(host), handsIn(host))
}

// ranks is an office ordering its candidates, the best first.
func ranks(office string, hosts ...string) act {
	return func(ctx context.Context, w *World) error {
		order := map[application.ID]int{}
		for i, h := range hosts {
			id, err := w.live(ctx, h)
			if err != nil {
				return err
			}
			order[id] = i + 1
		}
		return w.Rank(ctx, w.As(office+"/经办"), w.Call, order, "现场查看后由专家组打分。")
	}
}

// ordersSupplement asks the applicant for one field.
func ordersSupplement(host string) act {
	return of(host, func(ctx context.Context, w *World, id application.ID) error {
		return w.Check(ctx, w.As("厅/业务"), id, application.CheckDraft{Result: application.CheckSupplement, Due: day(2017, 7, 1, 0), Asks: []filing.Ask{
			{Field: "开户行", Kind: filing.Wrong, Reason: "开户行名称与开户许可证不一致，请核对后改正。"}}})
	})
}

// paperOf is a parcel with the paper of one host.
func paperOf(from, sent, arrived, host string) act {
	return of(host, func(ctx context.Context, w *World, id application.ID) error {
		by := w.As("中心/受理")
		c, err := w.Case(ctx, by, id)
		if err != nil {
			return err
		}
		carrier := "邮政特快专递"
		if sent == "" {
			carrier = "专人送达"
		}
		parcel, err := w.LogParcel(ctx, by, w.Call, application.Parcel{From: from, Carrier: carrier, Sent: sent, Arrived: arrived})
		if err != nil {
			return err
		}
		v, _ := c.Current()
		return w.LogPaper(ctx, by, parcel, application.PaperCount{Code: v.Code, Form: c.Notice.Delivery.Forms, Evidence: 1})
	})
}

// each does something with every application in a state.
func each(state application.State, do func(ctx context.Context, w *World, x application.Row, k int) error) act {
	return func(ctx context.Context, w *World) error {
		rows, err := w.those(ctx, state)
		if err != nil {
			return err
		}
		var said []error
		for k, x := range rows {
			err := do(ctx, w, x, k)
			if err != nil && !refused(err) {
				return err
			}
			said = append(said, err)
		}
		return errors.Join(said...)
	}
}

var checksAll = each(application.Checking, func(ctx context.Context, w *World, x application.Row, _ int) error {
	return CheckMaterial(ctx, w, x.ID)
})

// assignsAll gives every application that has no experts yet to three.
func assignsAll(due time.Time) act {
	return each(application.Reviewing, func(ctx context.Context, w *World, x application.Row, k int) error {
		by := w.As("厅/业务")
		pool, err := w.Panel(ctx, by, x.ID)
		if err != nil {
			return err
		}
		c, err := w.Case(ctx, by, x.ID)
		if err != nil || len(c.Reviews) >= panel {
			return err
		}
		var chosen []org.PersonID
		for i := range pool {
			p := pool[(i+k)%len(pool)]
			if p.Conflict == nil && w.InCast(p.Person) && len(chosen) < panel {
				chosen = append(chosen, p.Person)
			}
		}
		return w.Assign(ctx, by, x.ID, chosen, due, byHand)
	})
}

// oneDeclares is the first expert's word on each application.
var oneDeclares = each(application.Reviewing, func(ctx context.Context, w *World, x application.Row, _ int) error {
	c, err := w.Case(ctx, w.As("厅/业务"), x.ID)
	if err != nil || len(c.Reviews) == 0 {
		return err
	}
	if err := w.Accept(ctx, c.Reviews[0].Expert); err != nil {
		return err
	}
	i := slices.IndexFunc(w.Cast, func(p Persona) bool { return p.Person == c.Reviews[0].Expert })
	return w.Declare(ctx, w.As(w.Cast[i].Key), x.ID, review.Declaration{None: true})
})

// scoresAll is every expert's declaration and sheet on every application, where they have
// not given them.
var scoresAll = each(application.Reviewing, func(ctx context.Context, w *World, x application.Row, k int) error {
	c, err := w.Case(ctx, w.As("厅/业务"), x.ID)
	if err != nil {
		return err
	}
	for i, s := range c.Reviews {
		if s.Recused || !s.Scored.IsZero() {
			continue
		}
		if err := scores(ctx, w, s, k+i); err != nil && !refused(err) {
			return err
		}
	}
	return nil
})

func scores(ctx context.Context, w *World, s review.Assignment, k int) error {
	if s.Declared.IsZero() {
		return Score(ctx, w, application.ID(s.Application), s.Expert, k)
	}
	i := slices.IndexFunc(w.Cast, func(p Persona) bool { return p.Person == s.Expert })
	return sheet(ctx, w, w.As(w.Cast[i].Key), application.ID(s.Application), k)
}

// determinesBut decides the list: all are recognised but one, or the last one.
func determinesBut(ctx context.Context, w *World, host string) error {
	list, err := w.Ranked(ctx, w.As("厅/审批"), w.Call)
	if err != nil || len(list.Lines) == 0 {
		return err
	}
	var ids []application.ID
	for i, l := range list.Lines {
		if host == "" && i == len(list.Lines)-1 && i > 0 || host != "" && l.Unit == org.UnitID(w.As(host+"/经办").By.Unit) {
			continue
		}
		ids = append(ids, l.ID)
	}
	return Determine(ctx, w, ids...)
}
