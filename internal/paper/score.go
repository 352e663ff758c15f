package paper

import (
	"time"

	"shenbao/internal/notice"
	"shenbao/internal/review"
	"shenbao/typeset"
	"shenbao/typeset/font"
)

// A ScorePaper is the sheet that an expert fills in by hand where there is no network.
type ScorePaper struct {
	Notice *notice.Notice
	Round  review.Round
	Number string // of the application
	Unit   string // as the expert may read it: hidden in a blind round
	Base   string
	Code   string // version code of what is reviewed
	Expert string
	Due    time.Time
	At     time.Time
}

// ScoreSheet (专家评分表) prints the aspects with boxes for marks and reasons, the
// declaration on conflicts, and a line to sign. Staff type it in with its scan (round
// pages); nothing is drawn into it by the system.
func ScoreSheet(fonts *font.Set, p ScorePaper) ([]byte, error) {
	s := newSheet(fonts, p.Code, "申报编号 "+p.Number)
	s.heading("专 家 评 分 表")
	rows := []typeset.Row{factRow("通知", p.Notice.Title+"（"+p.Notice.Number.Text+"）"), factRow("评审轮次", p.Round.Name),
		factRow("申报编号", p.Number), factRow("申报单位", p.Unit), factRow("基地名称", p.Base), factRow("评审专家", p.Expert),
		factRow("评分截止", minute(p.Due)+"（北京时间）"), factRow("评分表指纹", p.Round.Hash[:min(16, len(p.Round.Hash))])}
	s.Table(smallColumns(), rows)
	s.Skip(8)
	p.aspects(s)
	p.words(s)
	s.Skip(10)
	for _, t := range []string{"保密承诺：" + review.Undertaking, "回避声明：本人与申报单位、推荐单位及其人员　□没有利害关系　□有利害关系（有的请写明并停止评分）：", "以上评分由本人独立作出。"} {
		s.Para(typeset.P(fang(five), t))
	}
	s.Skip(16)
	s.Para(apart(fang(smallFour), s.Width(), "评审专家（签字）：", "　　年　　月　　日"))
	s.Skip(6)
	from := "本评分表非通知原文，由业务处室设定。"
	if p.Round.Sheet.From == review.FromNotice {
		from = "本评分表由通知规定（" + p.Round.Sheet.Clause + "）。"
	}
	s.Para(typeset.P(note(five), from+"填写签名后交组织评审的工作人员录入，并由另一人核对；请勿涂改，改动处须签名。"))
	return s.finish(p.Notice, "专家评分表 "+p.Number, p.Notice.Number.Text, p.At)
}

// aspects is the table of what is marked; groups stand as lines of their own.
func (p ScorePaper) aspects(s *sheet) {
	const mm = typeset.MM
	rows := []typeset.Row{p.row(hei(five), true, "评分项", "满分", "得分", "理由")}
	for _, l := range p.Round.Sheet.Lines() {
		if len(l.Children) > 0 {
			rows = append(rows, p.row(hei(five), false, l.ID+" "+l.Name, review.Percent(l.Weight)+"%", "／", ""))
			continue
		}
		name := l.ID + " " + l.Name
		if l.Hint != "" {
			name += "\n" + l.Hint
		}
		reason := ""
		if l.Comment {
			reason = "（须写理由）"
		}
		rows = append(rows, p.row(fang(five), false, name, p.Round.Sheet.Max(l.Aspect).String(), "", reason))
	}
	s.Table([]float64{66 * mm, 16 * mm, 20 * mm, 58 * mm}, rows)
}

func (p ScorePaper) row(style typeset.Style, head bool, cells ...string) typeset.Row {
	row := typeset.Row{Head: head, Min: 12 * typeset.MM, Whole: true}
	for i, t := range cells {
		align := typeset.Center
		if i == 0 && !head || i == 3 && !head {
			align = typeset.Left
		}
		row.Cells = append(row.Cells, typeset.Cell{Text: cellText(style, t, align), V: typeset.Middle})
	}
	return row
}

// words are the grounds of refusal, the comment and the verdict.
func (p ScorePaper) words(s *sheet) {
	const mm = typeset.MM
	var rows []typeset.Row
	box := func(name, text string, height float64) {
		row := factRow(name, text)
		row.Min = height
		rows = append(rows, row)
	}
	for _, v := range p.Round.Sheet.Vetoes {
		box("一票否决", v.Name+"　□不存在　□存在，事实：", 14*mm)
	}
	verdicts := ""
	for _, v := range p.Round.Sheet.Verdicts {
		verdicts += "□" + v.Name + "　　"
	}
	box("总体意见", verdicts, 10*mm)
	box("评语（至少"+itoa(p.Round.Sheet.CommentMin)+"字）", "", 36*mm)
	s.Skip(6)
	s.Table(smallColumns(), rows)
}
