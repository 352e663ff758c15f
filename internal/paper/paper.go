// Package paper (文书) makes the documents that Shenbao issues: the official form, the
// page to be signed and sealed, receipts. It makes values from values: the caller hands
// in what was frozen and gets the bytes of a PDF, the same ones every time, and keeps
// and records them. Official paper is Chinese, whatever language the reader's screen is.
//
// Nothing here draws a signature or a seal. A person signs and seals the paper; what the
// system knows of an electronic approval stands in small grey letters below the line.
//
// Words: 文书 paper · 申报表 Form · 签章页 SealPage · 回执 Receipt · 附页 annex page.
package paper

import (
	"fmt"
	"strings"
	"time"

	"shenbao/internal/locale"
	"shenbao/internal/notice"
	"shenbao/typeset"
	"shenbao/typeset/font"
	"shenbao/typeset/pdf"
)

// Sizes of Chinese type in points, as GB/T 9704 and every office names them.
const (
	three     = 16.0 // 三号
	four      = 14.0 // 四号
	smallFour = 12.0 // 小四
	five      = 10.5 // 五号
	smallFive = 9.0  // 小五
)

var gray = typeset.Color{90, 90, 90}

func fang(size float64) typeset.Style { return typeset.Style{Role: font.Fang, Size: size} }
func hei(size float64) typeset.Style  { return typeset.Style{Role: font.Hei, Size: size} }
func note(size float64) typeset.Style {
	return typeset.Style{Role: font.Kai, Size: size, Color: gray}
}

// sheet is one document being made.
type sheet struct {
	*typeset.Doc
	code   string // version code on every page; "" for a blank form or a draft
	corner string // what stands above it at the foot of the page

	annexed bool // the first annex page has begun
}

func newSheet(fonts *font.Set, code, corner string) *sheet {
	return &sheet{Doc: typeset.New(fonts, typeset.A4()), code: code, corner: corner}
}

// finish says which characters no font had, puts code and page number on each page,
// and writes the file.
func (s *sheet) finish(notice *notice.Notice, title, subject string, at time.Time) ([]byte, error) {
	if lost := s.Missing(); len(lost) > 0 {
		names := make([]string, len(lost))
		for i, r := range lost {
			names[i] = fmt.Sprintf("U+%04X", r)
		}
		p := typeset.P(note(smallFive), "文中“"+string(typeset.Geta)+"”处的字，字库未收，编码依次为："+strings.Join(names, "、")+"。")
		p.Before = 8
		s.Para(p)
	}
	for i, page := range s.Pages {
		y := s.H - 17*typeset.MM
		number := fmt.Sprintf("第 %d 页　共 %d 页", i+1, len(s.Pages))
		s.At(page, s.Left, y, s.Width(), typeset.P(typeset.Style{Role: font.Song, Size: smallFive}, number).Aligned(typeset.Center))
		left := typeset.Para{Leading: 11, Align: typeset.Left, Runs: []typeset.Run{{Text: s.corner, Style: note(8)}}}
		if s.code != "" {
			left.Runs = append(left.Runs, typeset.Run{Text: "\n版本码 " + s.code, Style: typeset.Style{Role: font.Song, Size: smallFive}})
			const side = 13 * typeset.MM
			if err := page.QR(s.W-s.Right-side+3, s.H-s.Bottom+4*typeset.MM, side, s.code); err != nil {
				return nil, err
			}
		}
		s.At(page, s.Left, y-5, s.Width()/2, left)
	}
	return pdf.Write(s.Pages, pdf.Info{Title: title, Author: notice.Issuer, Subject: subject, At: at})
}

// day is a date on paper (R109); the zero time leaves it to be written by hand.
func day(t time.Time) string {
	if t.IsZero() {
		return "　　年　　月　　日"
	}
	y, m, d := t.In(locale.Beijing).Date()
	return fmt.Sprintf("%d年%d月%d日", y, m, d)
}

// minute is an instant on paper, Beijing time.
func minute(t time.Time) string {
	t = t.In(locale.Beijing)
	return fmt.Sprintf("%s%d时%02d分", day(t), t.Hour(), t.Minute())
}

// prose are the paragraphs of a text as typed, without the indents that people type;
// the first line of each is indented by two squares.
func prose(style typeset.Style, pitch float64, text string) []typeset.Para {
	var out []typeset.Para
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(strings.ReplaceAll(l, "\t", " ")); l != "" {
			p := typeset.P(style, l)
			p.Indent, p.Leading = 2, pitch
			out = append(out, p)
		}
	}
	return out
}

// cellText is a short text in a cell.
func cellText(style typeset.Style, text string, align typeset.Align) []typeset.Para {
	p := typeset.P(style, text).Aligned(align)
	p.Leading = 1.5 * style.Size
	return []typeset.Para{p}
}

// label is a label of at most per characters a line, its lines as even as they can be:
// 建设目标及／未来三年／工作打算. The number of 字 stands on a line of its own.
func label(style typeset.Style, text string, per int) []typeset.Para {
	name, limit := text, ""
	if i := strings.LastIndex(text, "（"); i > 0 {
		name, limit = text[:i], text[i:]
	}
	r := []rune(name)
	n := max(1, (len(r)+per-1)/per)
	var out []typeset.Para
	for i := range n {
		size := len(r) / (n - i)
		if len(r)%(n-i) != 0 {
			size++
		}
		out = append(out, cellText(style, string(r[:size]), typeset.Center)...)
		r = r[size:]
	}
	if limit != "" {
		out = append(out, cellText(style, limit, typeset.Center)...)
	}
	return out
}

// apart is a line with left and right at its two ends, two squares from the right edge.
func apart(style typeset.Style, width float64, left, right string) typeset.Para {
	free := int(width/style.Size - squares(left) - squares(right) - 2.6)
	return typeset.P(style, left+strings.Repeat("　", max(2, free))+right).Aligned(typeset.Left)
}

// squares is about how wide a text is, in ems.
func squares(text string) (n float64) {
	for _, r := range text {
		if r < 0x250 {
			n += 0.55
		} else {
			n++
		}
	}
	return n
}

// heading is the title of a page.
func (s *sheet) heading(text string) {
	p := typeset.P(typeset.Style{Role: font.Title, Size: 18}, text).Aligned(typeset.Center)
	p.Leading = 30
	s.Para(p)
	s.Skip(6)
}
