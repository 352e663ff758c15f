package paper

import (
	"errors"
	"strconv"
	"time"

	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/typeset"
	"shenbao/typeset/font"
)

// ErrNoVersion: there is nothing to sign before a version is frozen.
var ErrNoVersion = errors.New("paper: no frozen version to be signed")

// A SealPaper is the page that one level signs and seals by hand (R130).
type SealPaper struct {
	FormPaper
	Step org.Step // whose page: its box says which; 0 is a level in between
}

// SealPage (签章页) is one opinion box alone, with the version code large enough to be
// typed off and read by a scanner: the unit prints it, signs and seals it, and sends the
// scan back. Without a version it is ErrNoVersion.
func SealPage(fonts *font.Set, f SealPaper) ([]byte, error) {
	if f.Content == nil || f.Version.Code == "" {
		return nil, ErrNoVersion
	}
	form := &f.Notice.Form
	s := newSheet(fonts, f.Version.Code, f.corner())
	s.heading(form.Title)
	sub := typeset.P(typeset.Style{Role: font.Title, Size: three}, "签　章　页").Aligned(typeset.Center)
	s.Para(sub)
	s.Skip(8)
	rows := []typeset.Row{factRow("申报单位", f.Content.UnitName)}
	if name := f.Content.Answers.Get("基地名称"); name != "" {
		rows = append(rows, factRow("基地名称", name))
	}
	if f.Number != "" {
		rows = append(rows, factRow("申报编号", f.Number))
	}
	code := factRow("版本码", f.Version.Code)
	code.Cells[1].Text = cellText(hei(20), f.Version.Code, typeset.Left)
	rows = append(rows, code, factRow("版本", "第"+strconv.Itoa(f.Version.N)+"版，"+minute(f.Version.At)+"签字定稿"))
	rows = append(rows, f.sealBox())
	s.Table(smallColumns(), rows)
	s.Skip(10)
	for i, t := range []string{
		"本页与版本码相同的申报表为同一文本；版本码由全文算出，改动任何一处，版本码随之改变。",
		"请签字" + sealWord(f.box().Seal) + "后扫描上传，并按页上所印录入版本码；纸质原件随申报表报送。",
	} {
		s.Para(typeset.P(note(five), strconv.Itoa(i+1)+"．"+t))
	}
	return s.finish(f.Notice, form.Title+"签章页", f.Notice.Number.Text, f.Version.At)
}

func sealWord(seal string) string {
	if seal == "" {
		return ""
	}
	return "、盖章"
}

// box is how the page's opinion box is composed: as the notice says, and for a level
// that the form has no box for, as that of the level above.
func (f SealPaper) box() notice.Box {
	if b, ok := f.Notice.Form.Box(f.Step.Box); ok {
		return b
	}
	b, _ := f.Notice.Form.Box(2)
	b.Label, b.Number, b.Date = f.Step.Name+"意见：", 0, true
	return b
}

func (f SealPaper) sealBox() typeset.Row {
	b := f.box()
	cell := typeset.Cell{Span: 2, Text: []typeset.Para{boxTitle(b.Label)}}
	if o := f.stepOpinion(); o != nil {
		cell.Text = append(cell.Text, prose(fang(smallFour), 20, o.Text)...)
	}
	// the date is written by hand, by who signs
	cell.Foot = signLines(b.Sign, b.Seal, dateLine(b, time.Time{}), "")
	return typeset.Row{Min: 90 * typeset.MM, Whole: true, Cells: []typeset.Cell{cell}}
}

// stepOpinion is the opinion on the page, whether it is signed in the system or not yet.
func (f SealPaper) stepOpinion() *filing.Opinion {
	if f.Step.Box != 0 {
		if o := f.boxOpinion(f.Step.Box); o != nil {
			return o
		}
	}
	for i := len(f.Opinions) - 1; i >= 0; i-- {
		if o := &f.Opinions[i]; o.Unit == f.Step.Unit && o.Box == f.Step.Box && o.Fallen == nil && o.Outcome != filing.Return {
			return o
		}
	}
	return nil
}

func factRow(name, value string) typeset.Row {
	return typeset.Row{Min: 10 * typeset.MM, Whole: true, Cells: []typeset.Cell{
		{Text: label(fang(four), name, 8), V: typeset.Middle},
		{Text: cellText(fitted(value, smallColumns()[1]), value, typeset.Left), V: typeset.Middle},
	}}
}
