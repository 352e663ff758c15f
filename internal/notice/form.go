package notice

import "strconv"

// A FieldKind says what is filled in.
type FieldKind string

const (
	Text     FieldKind = "text"       // 文字: one line
	LongText FieldKind = "longtext"   // 长文: paragraphs, mostly with a limit in 字
	Phone    FieldKind = "phone"      // 电话: fixed line or mobile
	Mobile   FieldKind = "mobile"     // 手机
	Date     FieldKind = "date"       // 日期: 2006-01-02
	Year     FieldKind = "year"       // 年份
	Number   FieldKind = "number"     // 数量: whole, not negative
	Money    FieldKind = "money"      // 金额: answered in yuan, kept in fen
	Account  FieldKind = "account"    // 账号: sensitive, masked on screen
	DocNo    FieldKind = "doc_number" // 文号
	Choice   FieldKind = "choice"     // 单选: one of Options
	Choices  FieldKind = "choices"    // 多选: some of Options
	Tags     FieldKind = "tags"       // 标签: free words
	Division FieldKind = "division"   // 区划: GB/T 2260 code
	List     FieldKind = "list"       // 列表: rows of Columns
)

// A Part is where a field stands on the form, in the order of the annex (T2, T21).
type Part string

const (
	PartCover Part = "封面"
	PartHead  Part = "基本信息" // first rows of the table
	PartBody  Part = "正文"   // the four long texts
	PartBank  Part = "开户信息"
	PartExtra Part = "补充栏" // not in the annex: printed on pages of their own
)

// A Field (栏) is one thing to fill in.
type Field struct {
	Name     string // id, unique in the form: 开户联系人
	Label    string // exactly as printed, without the limit: 联 系 人：
	Lead     string // printed before it and shared with its neighbour: 联系电话：
	Part     Part
	Kind     FieldKind
	Limit    int      // 字; 0 = none
	Rule     string   // how 字 are counted: "word" (T13); "" without a limit
	Hints    []string // guidance, one printed line each
	Points   []string // the same as single points to cover, without numbers
	Required bool     // must be filled; see also When
	When     *When    // asked for, and then required, only in this case
	Official bool     // false: 非通知原文
	Columns  []Field  // of a list
	Options  []string // of a choice
	Clause   string   // the clause it serves: 附件, 三（一）
	Line     int
}

// A When says in which case a field is asked for. Exactly one of Is and Unlike is set.
type When struct {
	Field  string // another field
	Is     string // it has this answer
	Unlike string // it differs from the answer of this third field
}

// Asked reports whether the field is asked for, given the answers so far.
func (f Field) Asked(answer func(field string) string) bool {
	switch w := f.When; {
	case w == nil:
		return true
	case w.Unlike != "":
		a, b := answer(w.Field), answer(w.Unlike)
		return a != "" && b != "" && a != b
	default:
		return answer(w.Field) == w.Is
	}
}

// Must reports whether the field must be filled, given the answers so far.
func (f Field) Must(answer func(field string) string) bool {
	if f.When != nil {
		return f.Asked(answer)
	}
	return f.Required
}

// Printed is the label as the annex prints it, limit included: 单位简介（800字）.
func (f Field) Printed() string {
	if f.Limit > 0 && f.Part == PartBody {
		return f.Label + "（" + strconv.Itoa(f.Limit) + "字）"
	}
	return f.Label
}

// A Box (意见栏) is an opinion box. What it consists of differs: the third box of the
// annex has a signature and a date but no seal (R126–R128).
type Box struct {
	Name   string // id: 申报单位意见
	Label  string // exactly as printed: 申报单位意见：
	Step   string // the step whose opinion it holds: StepFill …
	Sign   string // the signature line as printed; "" none
	Seal   string // the seal line as printed; "" none
	Date   bool   // 年 月 日
	Number int    // 1, 2, 3: its place, as org.Step.Box has it
	Clause string
	Line   int
}

// A Form (申报表) is the annex, in its order, and what is asked beyond it.
type Form struct {
	Source
	Title  string // official, as the annex has it (T1)
	Alias  string // 申请表: the other name in the text
	Issuer string // printed at the foot of the cover
	Cover  []Field
	Head   []Field
	Body   []Field
	Bank   []Field
	Boxes  []Box
	Extra  []Field // 非通知原文
}

// Fields are all fields in the order of the form: cover, head, body, bank, extra.
func (f *Form) Fields() []Field {
	var all []Field
	for _, p := range [][]Field{f.Cover, f.Head, f.Body, f.Bank, f.Extra} {
		all = append(all, p...)
	}
	return all
}

// Field finds a field by its name.
func (f *Form) Field(name string) (Field, bool) {
	return find(f.Fields(), func(x Field) bool { return x.Name == name })
}

// Box finds an opinion box by its place, 1, 2 or 3.
func (f *Form) Box(number int) (Box, bool) {
	return find(f.Boxes, func(b Box) bool { return b.Number == number })
}
