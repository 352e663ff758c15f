package demo

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/filing"
	"shenbao/internal/locale"
	"shenbao/internal/org"
	"shenbao/internal/store"
	"shenbao/notices"
)

// Moments to which the bar jumps, when the call of 2017 is at a step of its way.
var (
	AtMaterial = day(2017, 7, 24, 9)
	AtReview   = day(2017, 8, 1, 9)
	AtDecision = day(2017, 8, 28, 9)
	AtPlaque   = day(2017, 9, 5, 9)
	Premiere   = day(2014, 7, 1, 8) // before the first scene
)

func day(year int, month time.Month, d, hour int) time.Time {
	return time.Date(year, month, d, hour, 0, 0, 0, locale.Beijing)
}

// An act is what a scene does in its call.
type act func(ctx context.Context, w *World) error

// script is the whole play: an invented earlier call, carried to its end, and the call of
// 2017, in which every host of the cast is somewhere on the way when the demo begins.
func script() []scene {
	return slices.Concat(firstBatch(), opening(), underWay(), summer(), atTheRegion())
}

// in makes scenes of acts in the call of a number.
func in(number string, scenes ...scene) []scene {
	for i, s := range scenes {
		scenes[i].do = func(ctx context.Context, w *World) error {
			if err := w.turnTo(ctx, number); err != nil {
				return err
			}
			return s.do(ctx, w)
		}
	}
	return scenes
}

// turnTo makes the call of a number the one that the cast works on.
func (w *World) turnTo(ctx context.Context, number string) error {
	calls, err := w.Calls(ctx, w.As("厅/业务"))
	for _, c := range calls {
		if c.Number == number {
			w.Call = c.ID
		}
	}
	return err
}

// live is the application of a host in the call that is not over.
func (w *World) live(ctx context.Context, host string) (id application.ID, err error) {
	unit := org.UnitID(w.As(host + "/经办").By.Unit)
	all, err := w.those(ctx, application.OpenStates...)
	for _, x := range all {
		if x.Unit == unit {
			id = x.ID
		}
	}
	return id, err
}

// those are the call's applications in given states, oldest first.
func (w *World) those(ctx context.Context, states ...application.State) (rows []application.Row, err error) {
	err = w.DB.Read(ctx, w.Now(), func(tx *store.Tx) error {
		rows, err = tx.AllApplications(ctx, application.Filter{Call: w.Call, States: states}, 1000)
		return err
	})
	slices.Reverse(rows)
	return rows, err
}

// of does something with the live application of a host; without one there is nothing to do.
func of(host string, do func(ctx context.Context, w *World, id application.ID) error) act {
	return func(ctx context.Context, w *World) error {
		id, err := w.live(ctx, host)
		if err != nil || id == "" {
			return err
		}
		return do(ctx, w, id)
	}
}

func submits(host string) act {
	return func(ctx context.Context, w *World) error {
		_, err := Submit(ctx, w, host)
		return err
	}
}

// begins starts an application and fills in what some picks.
func begins(host string, some func(field string) bool) act {
	return func(ctx context.Context, w *World) error {
		id, err := w.Begin(ctx, w.As(host+"/经办"), w.Call, org.UnitID(w.As(host+"/经办").By.Unit), "")
		if err != nil {
			return err
		}
		return fill(ctx, w, id, some)
	}
}

func all(string) bool { return true }

func prepares(host string) act {
	return of(host, func(ctx context.Context, w *World, id application.ID) error {
		return w.Prepare(ctx, w.As(host+"/经办"), id)
	})
}

func signs(host string) act {
	return of(host, func(ctx context.Context, w *World, id application.ID) error {
		return w.Sign(ctx, w.As(host+"/负责人"), id)
	})
}

func handsIn(host string) act {
	return of(host, func(ctx context.Context, w *World, id application.ID) error {
		if err := Seal(ctx, w, host+"/经办", id); err != nil {
			return err
		}
		return w.Desk.Submit(ctx, w.As(host+"/负责人"), id)
	})
}

func recommends(host, office string) act {
	return of(host, func(ctx context.Context, w *World, id application.ID) error { return Recommend(ctx, w, id, office) })
}

// rules is a level's return or refusal, drafted and signed.
func rules(host, office string, d application.OpinionDraft) act {
	return of(host, func(ctx context.Context, w *World, id application.ID) error {
		if err := w.Desk.Opine(ctx, w.As(office+"/经办"), id, d, true); err != nil {
			return err
		}
		c, err := w.Case(ctx, w.As(office+"/负责人"), id)
		if err != nil {
			return err
		}
		v, _ := c.Current()
		return w.Desk.SignOpinion(ctx, w.As(office+"/负责人"), id, v.Hash)
	})
}

// mends answers a correction: a sentence more in a field, signed, sealed, handed in.
func mends(host, field, more string) act {
	return of(host, func(ctx context.Context, w *World, id application.ID) error {
		clerk := w.As(host + "/经办")
		c, err := w.Case(ctx, clerk, id)
		if err != nil {
			return err
		}
		text := more
		if x, ok := c.Notice.Form.Field(field); ok && x.Limit > 0 {
			text = c.Draft[field].Value + more
		}
		if _, err := w.Save(ctx, clerk, id, field, text, c.Draft[field].Version); err != nil {
			return err
		}
		for _, do := range []act{prepares(host), signs(host), handsIn(host)} {
			if err := do(ctx, w); err != nil {
				return err
			}
		}
		return nil
	})
}

// opens is somebody opening the call's page (R6).
func opens(keys ...string) act {
	return func(ctx context.Context, w *World) error {
		for _, k := range keys {
			if err := w.OpenCall(ctx, w.As(k), w.Call); err != nil {
				return err
			}
		}
		return nil
	}
}

// forwards is an office sending the call on with its own date.
func forwards(office, number, contact, phone string, inner time.Time) act {
	return func(ctx context.Context, w *World) error {
		return w.ForwardCall(ctx, w.As(office+"/经办"), w.Call, application.Forwarding{Number: number, Contact: contact, Phone: phone, Inner: inner,
			Letter: "现将通知转发给你们，请认真组织申报，逐条核实申报条件，按时报送。"})
	}
}

// inOrder does one act after the other; one that is refused does not hold up the next.
func inOrder(acts ...act) act {
	return func(ctx context.Context, w *World) error {
		var said []error
		for _, a := range acts {
			err := a(ctx, w)
			if err != nil && !refused(err) {
				return err
			}
			said = append(said, err)
		}
		return errors.Join(said...)
	}
}

// firstBatch is the invented call of 2014: two bases, and one that was not recognised.
func firstBatch() []scene {
	const number = "演示人社办发〔2014〕1号"
	return in(number,
		scene{day(2014, 7, 2, 9), func(ctx context.Context, w *World) error { return w.publish(ctx, notices.DemoFirstBatch2014, "") }},
		scene{day(2014, 8, 11, 10), submits("晟源稀土")},
		scene{day(2014, 8, 18, 10), recommends("晟源稀土", "九原区人社局")},
		scene{day(2014, 8, 13, 10).AddDate(0, 0, 6), submits("松山园区")},
		scene{day(2014, 8, 25, 10), recommends("松山园区", "松山区人社局")},
		scene{day(2014, 8, 26, 10), inOrder(submits("锡市繁育场"), recommends("锡市繁育场", "锡林浩特市人社局"))},
		scene{day(2014, 9, 2, 10), recommends("晟源稀土", "包头市人社局")},
		scene{day(2014, 9, 9, 10), recommends("松山园区", "赤峰市人社局")},
		scene{day(2014, 9, 10, 10), recommends("锡市繁育场", "锡林郭勒盟人社局")},
		scene{day(2014, 10, 13, 10), checksAll},
		scene{day(2014, 10, 20, 10), inOrder(OpenRound, assignsAll(day(2014, 11, 3, 0)))},
		scene{day(2014, 10, 30, 10), scoresAll},
		scene{day(2014, 11, 4, 10), CloseRound},
		scene{day(2014, 11, 24, 10), func(ctx context.Context, w *World) error { return determinesBut(ctx, w, "松山园区") }},
		scene{day(2014, 12, 1, 10), func(ctx context.Context, w *World) error { return w.CloseCall(ctx, w.As("厅/业务"), w.Call) }},
		scene{day(2014, 12, 8, 10), func(ctx context.Context, w *World) error {
			for _, p := range w.Cast {
				if err := w.ReadMessages(ctx, w.As(p.Key)); err != nil {
					return err
				}
			}
			return nil
		}},
	)
}

const number2017 = "内人社办发〔2017〕207号"

// opening: the call is published, read and sent on.
func opening() []scene {
	return in(number2017,
		scene{day(2017, 6, 12, 9), func(ctx context.Context, w *World) error {
			return w.publish(ctx, notices.ExpertServiceBase2017, notices.ExpertServiceBase2017English)
		}},
		scene{day(2017, 6, 12, 15), opens("赤峰市人社局/经办", "鄂尔多斯市人社局/经办", "二连浩特市人社局/经办", "农牧业厅/经办", "内蒙古农业大学/经办")},
		scene{day(2017, 6, 13, 9), inOrder(
			forwards("赤峰市人社局", "赤人社字〔2017〕88号", "刘洋", "0476-8330001", day(2017, 7, 14, 17)),
			forwards("鄂尔多斯市人社局", "鄂人社函〔2017〕61号", "云飞", "0477-8580001", day(2017, 7, 10, 17)))},
		scene{day(2017, 6, 13, 15), inOrder(
			opens("呼和浩特市人社局/经办", "锡林郭勒盟人社局/负责人", "通辽市人社局/经办", "松山区人社局/经办", "松山园区/经办"),
			forwards("松山区人社局", "", "娜仁", "0476-8430001", day(2017, 7, 7, 17)))},
	)
}

// underWay is where everybody stands on the morning of 20 June 2017. 松山园区 has not
// begun: that way is the visitor's.
func underWay() []scene {
	half := func(field string) bool {
		return field != "建设目标及未来三年工作打算" && field != "支持措施和保障条件" && !strings.HasPrefix(field, "条件") && field != filing.OpinionField
	}
	return in(number2017,
		scene{day(2017, 6, 13, 16), submits("内蒙古农业大学")},
		scene{day(2017, 6, 14, 9), submits("种子站")},
		scene{day(2017, 6, 14, 10), submits("晟源稀土")},
		scene{day(2017, 6, 14, 11), submits("二连园区")},
		scene{day(2017, 6, 14, 14), submits("达旗推广中心")},
		scene{day(2017, 6, 14, 16), recommends("种子站", "农牧业厅")},
		scene{day(2017, 6, 15, 9), submits("牧歌乳业")},
		scene{day(2017, 6, 15, 10), inOrder(submits("伊旗合作社"), recommends("达旗推广中心", "达拉特旗人社局"))},
		scene{day(2017, 6, 15, 11), submits("锡市繁育场")},
		scene{day(2017, 6, 15, 14), func(ctx context.Context, w *World) error {
			return of("晟源稀土", func(ctx context.Context, w *World, id application.ID) error {
				return w.Withdraw(ctx, w.As("晟源稀土/负责人"), id, "本单位已有基地，经研究不再重复申报。")
			})(ctx, w)
		}},
		scene{day(2017, 6, 15, 15), ordersSupplement("内蒙古农业大学")},
		scene{day(2017, 6, 15, 16), recommends("二连园区", "二连浩特市人社局")},
		scene{day(2017, 6, 16, 9), recommends("伊旗合作社", "伊金霍洛旗人社局")},
		scene{day(2017, 6, 16, 10), rules("牧歌乳业", "赛罕区人社局", application.OpinionDraft{Outcome: filing.Return, Fields: []string{"支持措施和保障条件"},
			Text: "支持措施中没有写明当地财政今年安排的经费和文件依据，请补充后再报。", Due: day(2017, 6, 30, 18)})},
		scene{day(2017, 6, 16, 11), rules("锡市繁育场", "锡林浩特市人社局", application.OpinionDraft{Outcome: filing.Decline,
			Text: "该单位已于2014年设立基地，本次优先推荐尚无基地的单位，经研究不予推荐。"})},
		scene{day(2017, 6, 16, 14), submits("红山高新区")},
		scene{day(2017, 6, 16, 15), of("种子站", CheckMaterial)},
		scene{day(2017, 6, 16, 16), func(ctx context.Context, w *World) error {
			return w.ReportNone(ctx, w.As("包头市人社局/负责人"), w.Call, "原申报单位已撤回，本市没有其他符合条件的单位。")
		}},
		scene{day(2017, 6, 19, 9), inOrder(begins("科尔沁研究所", all), prepares("科尔沁研究所"))},
		scene{day(2017, 6, 19, 10), inOrder(begins("苏右园区", all), prepares("苏右园区"), signs("苏右园区"))},
		scene{day(2017, 6, 19, 11), inOrder(OpenRound, assignsAll(day(2017, 7, 11, 0)), oneDeclares)},
		scene{day(2017, 6, 19, 15), begins("扎旗协会", half)},
		scene{day(2017, 6, 19, 16), paperOf("二连浩特市人力资源和社会保障局", "2017-06-17", "2017-06-19", "二连园区")},
	)
}
