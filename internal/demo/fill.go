package demo

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"shenbao/hanzi"
	"shenbao/internal/application"
	"shenbao/internal/desk"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/internal/store"
)

// Fill writes a complete set of invented answers into a draft, as the clerk of the unit
// that fills it in, field by field like everybody else.
func Fill(ctx context.Context, w *World, id application.ID) error {
	return fill(ctx, w, id, func(string) bool { return true })
}

// fill writes those of the answers that some picks.
func fill(ctx context.Context, w *World, id application.ID, some func(field string) bool) error {
	var a *application.Application
	var u org.Unit
	err := w.DB.Read(ctx, w.Now(), func(tx *store.Tx) (err error) {
		if a, err = tx.Application(ctx, id); err != nil {
			return err
		}
		u, err = tx.Unit(ctx, a.Unit)
		return err
	})
	if err != nil {
		return err
	}
	i := slices.IndexFunc(w.Cast, func(p Persona) bool { return p.Unit == a.Holder() && p.Role == org.Clerk })
	if i < 0 {
		return fmt.Errorf("demo: %s has no clerk in the cast", a.HolderName())
	}
	by := w.As(w.Cast[i].Key)
	c, err := w.Case(ctx, by, id)
	if err != nil {
		return err
	}
	answers := Answers(c.Notice, u)
	for _, field := range order(answers) {
		if !some(field) {
			continue
		}
		if _, err := w.Save(ctx, by, id, field, answers[field], c.Draft[field].Version); err != nil {
			return fmt.Errorf("%s: %w", field, err)
		}
	}
	return nil
}

// Answers are a complete set of invented answers of a unit to the form of a notice.
func Answers(n *notice.Notice, u org.Unit) filing.Answers {
	answers := answersOf(u)
	for _, k := range n.Conditions {
		answers[filing.SelfField(k.ID)] = filing.Met
		answers[filing.StatementField(k.ID)] = statements[k.ID]
		if s, ok := statements[k.Name]; ok {
			answers[filing.StatementField(k.ID)] = s
		}
	}
	for f, v := range answers {
		if !filing.Known(n, f) {
			delete(answers, f) // an earlier call asks for less
			continue
		}
		if x, ok := n.Form.Field(f); ok && x.Kind == notice.LongText {
			v = within(earlier(v, written-n.Year), x.Limit)
		} else if !ok {
			v = earlier(v, written-n.Year)
		}
		answers[f] = v
	}
	return answers
}

// written is the year of the call that the texts were written for.
const written = 2017

var years = regexp.MustCompile(`20[01][0-9]`)

// earlier puts the years of a text so many back.
func earlier(text string, by int) string {
	return years.ReplaceAllStringFunc(text, func(y string) string {
		n, _ := strconv.Atoi(y)
		return strconv.Itoa(n - by)
	})
}

// within leaves sentences out at the end until a text is within its limit; 0 is none.
func within(text string, limit int) string {
	for limit > 0 && hanzi.Count(text) > limit {
		cut := strings.TrimSuffix(text, "。")
		i := strings.LastIndex(cut, "。")
		if i < 0 {
			return text
		}
		text = cut[:i] + "。"
	}
	return text
}

// order is a fixed order of fields, so that two runs leave the same history.
func order(a filing.Answers) []string {
	var fields []string
	for f := range a {
		fields = append(fields, f)
	}
	slices.Sort(fields)
	return fields
}

// Submit takes an application of a host (“松山园区”) from its beginning to the receipt:
// drafted by the clerk, signed by the person in charge, sealed, and handed in.
func Submit(ctx context.Context, w *World, host string) (application.ID, error) {
	clerk := host + "/经办"
	id, err := w.Begin(ctx, w.As(clerk), w.Call, org.UnitID(w.As(clerk).By.Unit), "")
	if err != nil {
		return "", err
	}
	if err := Fill(ctx, w, id); err != nil {
		return id, err
	}
	return id, HandIn(ctx, w, host, id)
}

// HandIn takes a host's draft to the first level, or back to whoever returned it.
func HandIn(ctx context.Context, w *World, host string, id application.ID) error {
	clerk, head := host+"/经办", host+"/负责人"
	if err := w.Prepare(ctx, w.As(clerk), id); err != nil {
		return err
	}
	if err := w.Sign(ctx, w.As(head), id); err != nil {
		return err
	}
	if err := Seal(ctx, w, clerk, id); err != nil {
		return err
	}
	return w.Desk.Submit(ctx, w.As(head), id)
}

// Seal uploads the scan of the sealed page and types its code, as the applicant's clerk.
func Seal(ctx context.Context, w *World, clerk string, id application.ID) error {
	code, file, err := scan(ctx, w, clerk, id)
	if err != nil {
		return err
	}
	return w.Desk.Seal(ctx, w.As(clerk), id, code, file)
}

// SealOpinion does the same for the level that holds the application.
func SealOpinion(ctx context.Context, w *World, clerk string, id application.ID) error {
	code, file, err := scan(ctx, w, clerk, id)
	if err != nil {
		return err
	}
	return w.Desk.SealOpinion(ctx, w.As(clerk), id, code, file)
}

func scan(ctx context.Context, w *World, clerk string, id application.ID) (code, file string, err error) {
	c, err := w.Case(ctx, w.As(clerk), id)
	if err != nil {
		return "", "", err
	}
	v, _ := c.Latest()
	pdf := Scan("Sealed page " + v.Code)
	file, err = w.AddFile(ctx, w.As(clerk), id, desk.Sent{Purpose: filing.ForSeal, Name: "盖章页扫描件.pdf", Size: int64(len(pdf)), Body: bytes.NewReader(pdf)})
	return v.Code, file, err
}

// Scan is a PDF of one page that says text, which is ASCII: what a scanner would send.
func Scan(text string) []byte {
	page := "BT /F1 18 Tf 72 720 Td (" + text + ") Tj ET"
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(page), page),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	at := make([]int, len(objects))
	for i, o := range objects {
		at[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, xref)
	return b.Bytes()
}

// fill puts the host's particulars into a text.
func (p profile) fill(u org.Unit, text string) string {
	return strings.NewReplacer("{单位}", u.Name, "{产业}", p.industry, "{产品}", p.product, "{地}", p.place, "{专家}", p.experts, "{项目}", p.project,
		"{成果}", p.result).Replace(text)
}
