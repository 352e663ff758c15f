package paper

import (
	"strconv"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/notice"
	"shenbao/typeset"
	"shenbao/typeset/font"
)

// A ReceiptPaper is what a submission receipt is made from.
type ReceiptPaper struct {
	Notice  *notice.Notice
	Receipt application.Receipt
	Number  string // of the application
	Unit    string // applicant
	Base    string
	Contact string // of the unit that holds it now: person, phone; may be ""
}

// Receipt (回执) confirms one submission: who handed what to whom, when (R132).
func Receipt(fonts *font.Set, r ReceiptPaper) ([]byte, error) {
	s := newSheet(fonts, r.Receipt.Code, "申报编号 "+r.Number)
	s.heading("申　报　回　执")
	s.Para(typeset.P(fang(smallFour), "编号："+r.Receipt.Number).Aligned(typeset.Right))
	s.Skip(4)
	rows := []typeset.Row{
		factRow("通知", r.Notice.Title+"（"+r.Notice.Number.Text+"）"),
		factRow("申报编号", r.Number), factRow("申报单位", r.Unit), factRow("基地名称", r.Base),
		factRow("报送单位", r.Receipt.From), factRow("接收单位", r.Receipt.To),
		factRow("报送时间", minute(r.Receipt.At)+"（北京时间）"),
		factRow("版本码", r.Receipt.Code), hashRow(r.Receipt.Hash),
	}
	if r.Contact != "" {
		rows = append(rows, factRow("现办理单位联系方式", r.Contact))
	}
	s.Table(smallColumns(), rows)
	s.Skip(10)
	s.Para(typeset.P(note(five), "是否按期，以上列报送时间为准。报送的文本已经定稿，退回补正时才能修改；修改后版本码随之改变。"))
	return s.finish(r.Notice, "申报回执 "+r.Receipt.Number, r.Notice.Number.Text, r.Receipt.At)
}

// hashRow is the whole SHA-256, in two lines of 32.
func hashRow(hash string) typeset.Row {
	text := hash
	if len(hash) == 64 {
		text = hash[:32] + "\n" + hash[32:]
	}
	row := factRow("文本校验值（SHA-256）", "")
	row.Cells[1].Text = cellText(typeset.Style{Role: font.Song, Size: five}, text, typeset.Left)
	return row
}

// A ParcelPaper is what the receipt for a parcel of paper is made from.
type ParcelPaper struct {
	Notice *notice.Notice
	Office string // receiving office
	Parcel string // its number in the log
	From   string // who sent it
	Sent   time.Time
	At     time.Time // arrived
	Clerk  string    // who logged it
	Items  []ParcelItem
}

// A ParcelItem is one application in a parcel.
type ParcelItem struct {
	Number, Unit, Code string
	Form, Evidence     int    // copies that arrived
	Missing            string // copies or seals asked for; "" when nothing is
	Due                time.Time
}

// ParcelReceipt (纸质材料签收单) lists what arrived on paper: copies against what the
// notice asks for, and what is missing by when (R100, R103). Missing evidence is only
// noted (T22).
func ParcelReceipt(fonts *font.Set, r ParcelPaper) ([]byte, error) {
	s := newSheet(fonts, "", "签收单号 "+r.Parcel)
	s.heading("纸质材料签收单")
	s.Para(typeset.P(fang(smallFour), "单号："+r.Parcel).Aligned(typeset.Right))
	s.Skip(4)
	facts := []typeset.Row{factRow("通知", r.Notice.Title+"（"+r.Notice.Number.Text+"）"), factRow("报送单位", r.From)}
	if !r.Sent.IsZero() {
		facts = append(facts, factRow("寄送日期", day(r.Sent)))
	}
	s.Table(smallColumns(), append(facts, factRow("送达日期", day(r.At)), factRow("签收单位", r.Office)))
	s.Skip(12)
	const mm = typeset.MM
	widths := []float64{12 * mm, 62 * mm, 24 * mm, 24 * mm, 38 * mm}
	head := typeset.Row{Head: true}
	for _, t := range []string{"序号", "申报单位", "申报表（份）", "佐证材料（份）", "尚缺及补齐期限"} {
		head.Cells = append(head.Cells, typeset.Cell{Text: cellText(hei(five), t, typeset.Center), V: typeset.Middle})
	}
	rows := []typeset.Row{head}
	for i, it := range r.Items {
		missing := "齐"
		if it.Missing != "" {
			if missing = it.Missing; !it.Due.IsZero() {
				missing += "（" + day(it.Due) + "前）"
			}
		}
		row := typeset.Row{Min: 9 * mm, Whole: true}
		for k, t := range []string{strconv.Itoa(i + 1), it.Unit + "\n" + it.Number + "\n" + it.Code,
			strconv.Itoa(it.Form), strconv.Itoa(it.Evidence), missing} {
			align := typeset.Center
			if k == 1 || k == 4 {
				align = typeset.Left
			}
			row.Cells = append(row.Cells, typeset.Cell{Text: cellText(fang(five), t, align), V: typeset.Middle})
		}
		rows = append(rows, row)
	}
	s.Table(widths, rows)
	s.Skip(24)
	s.Para(apart(fang(smallFour), s.Width(), "送件人（签字）：", "签收人："+r.Clerk+"　　　"))
	return s.finish(r.Notice, "纸质材料签收单 "+r.Parcel, r.Notice.Number.Text, r.At)
}
