package expert

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"shenbao/hanzi"
	"shenbao/internal/event"
	"shenbao/internal/org"
)

// Columns of a table of experts, as its first row names them, in any order. Kinship is no
// column: it is the expert's own to declare, and travels in no file.
const (
	ColName      = "姓名"
	ColPhone     = "手机"
	ColMail      = "电子邮箱"
	ColEmployer  = "工作单位"
	ColTitle     = "职称"
	ColLevel     = "职称级别"
	ColKind      = "专家类别"
	ColFields    = "学科"
	ColPlace     = "所在地"
	ColFormer    = "曾任职单位"
	ColCoWork    = "合作关系"
	ColQualified = "资质"
	ColTexts     = "代表性成果"
	ColMax       = "最多承担"
)

// Columns are all columns, in the order in which a blank table has them.
var Columns = []string{ColName, ColPhone, ColMail, ColEmployer, ColTitle, ColLevel, ColKind, ColFields, ColPlace, ColFormer, ColCoWork, ColQualified, ColTexts, ColMax}

var mustColumns = []string{ColName, ColPhone, ColEmployer, ColTitle, ColKind, ColFields}

// The words of a table for codes; the file is Chinese whatever the reader's language.
var (
	kindWords  = map[string]Kind{"技术": Technical, "技术类": Technical, "财务": Finance, "财务类": Finance, "管理": Management, "管理类": Management}
	levelWords = map[string]Level{"正高级": Senior, "正高": Senior, "副高级": ViceSenior, "副高": ViceSenior, "中级": Middle, "初级": Junior}
	outside    = "区外"
)

// A Table is what a file of experts would bring: nothing is taken in while one row is bad.
type Table struct {
	Rows []TableRow
	Bad  int
}

// A TableRow is one row of the file with the expert it would make.
type TableRow struct {
	Line    int // in the file, from 1
	Person  org.Person
	Profile Profile
	Refused event.Refusals // Field is the column's name
	There   bool           // in the pool already, just so: nothing is to be done
}

// New is how many experts a table would bring that are not in the pool.
func (t Table) New() (n int) {
	for _, r := range t.Rows {
		if !r.There && len(r.Refused) == 0 {
			n++
		}
	}
	return n
}

// ReadTable reads rows of cells as experts. known is the pool, divisions the places. A row
// is somebody of the pool when name and phone are; it is There when it says what the
// profile says, and refused when it says otherwise, for a change needs its reason. Empty
// cells say nothing. Mistakes are the row's; a wrong head is the file's.
func ReadTable(rows [][]string, known []Expert, divisions []org.Division, now time.Time) (Table, error) {
	head := slices.IndexFunc(rows, func(r []string) bool { return strings.Join(r, "") != "" })
	if head < 0 {
		return Table{}, event.Refuse(event.Invalid, "table-empty", "")
	}
	at, err := columnsOf(rows[head])
	if err != nil {
		return Table{}, err
	}
	r := reading{places: map[string]bool{}, placeNames: map[string][]string{}, byLogin: map[string]Expert{}, seen: map[string]int{}, now: now}
	for _, d := range divisions {
		r.places[d.Code] = true
		r.placeNames[hanzi.FoldName(d.Name)] = append(r.placeNames[hanzi.FoldName(d.Name)], d.Code)
	}
	for _, x := range known {
		r.byLogin[Login(x.Phone)] = x
	}
	var out Table
	for i, cells := range rows[head+1:] {
		if strings.Join(cells, "") == "" {
			continue
		}
		row := r.row(head+i+2, func(col string) string {
			if c, ok := at[col]; ok && c < len(cells) {
				return strings.TrimSpace(cells[c])
			}
			return ""
		})
		if len(row.Refused) > 0 {
			out.Bad++
		}
		out.Rows = append(out.Rows, row)
	}
	if len(out.Rows) == 0 {
		return Table{}, event.Refuse(event.Invalid, "table-empty", "")
	}
	return out, nil
}

// Import is the fact that a table was taken in: the staff's act, whole or not at all.
func (t Table) Import(by org.Actor, now time.Time) (event.Event, error) {
	if err := MayKeep(by); err != nil {
		return event.Event{}, err
	}
	if t.Bad > 0 {
		return event.Event{}, event.Refuse(event.Invalid, "table-bad", "", "bad", strconv.Itoa(t.Bad), "rows", strconv.Itoa(len(t.Rows)))
	}
	return event.Event{Kind: Imported, On: event.Subject{Kind: "expert"}, By: by.Actor, At: now,
		Detail: map[string]string{"count": strconv.Itoa(t.New()), "rows": strconv.Itoa(len(t.Rows))}}, nil
}

// Cells is an expert as a row of a table, in the order of Columns. place names a division.
func Cells(x Expert, place func(string) string) []string {
	var now, former, works, fields []string
	for _, e := range x.Employers {
		if e.Now() {
			now = append(now, e.Text())
		} else {
			former = append(former, e.Text())
		}
	}
	for _, c := range x.CoWork {
		works = append(works, c.Text())
	}
	for _, f := range x.Fields {
		d, _ := Discipline(f)
		fields = append(fields, f+d.Name)
	}
	where := outside
	if x.Place != "" {
		where = place(x.Place)
	}
	most := ""
	if x.MaxLoad > 0 {
		most = strconv.Itoa(x.MaxLoad)
	}
	word := func(k Kind) string {
		return map[Kind]string{Technical: "技术", Finance: "财务", Management: "管理"}[k]
	}
	level := map[Level]string{Senior: "正高级", ViceSenior: "副高级", Middle: "中级", Junior: "初级"}[x.Level]
	return []string{x.Name, x.Phone, x.Email, strings.Join(now, "；"), x.Title, level, word(x.Kind), strings.Join(fields, "、"), where,
		strings.Join(former, "；"), strings.Join(works, "；"), x.Qualifications, strings.Join(x.Texts, "\n"), most}
}

// columnsOf finds where each column stands; an unknown name is refused, for it is mostly a
// known one misspelt.
func columnsOf(head []string) (map[string]int, error) {
	at := map[string]int{}
	for i, cell := range head {
		name := strings.Join(strings.Fields(cell), "")
		_, twice := at[name]
		switch {
		case name == "":
		case twice, !slices.Contains(Columns, name):
			return nil, event.Refuse(event.Invalid, "table-column", "", "column", name, "known", strings.Join(Columns, "、"))
		default:
			at[name] = i
		}
	}
	for _, c := range mustColumns {
		if _, ok := at[c]; !ok {
			return nil, event.Refuse(event.Invalid, "table-column-missing", "", "column", c)
		}
	}
	return at, nil
}

// reading is what the rows are held against.
type reading struct {
	places     map[string]bool
	placeNames map[string][]string
	byLogin    map[string]Expert
	seen       map[string]int // login → line
	now        time.Time
}

func (r *reading) row(line int, get func(string) string) TableRow {
	row := TableRow{Line: line}
	add := func(kind, col string, args ...string) { row.Refused = append(row.Refused, refuse(kind, col, args...)) }
	row.Person = org.Person{Name: get(ColName), Phone: hanzi.Fold(get(ColPhone)), Email: get(ColMail)}
	p := &row.Profile
	p.Title, p.Qualifications = get(ColTitle), get(ColQualified)
	var ok bool
	if p.Kind, ok = kindWords[get(ColKind)]; !ok {
		add("table-word", ColKind, "label", ColKind, "known", "技术、财务、管理")
		p.Kind = Technical
	}
	if v := get(ColLevel); v != "" {
		if p.Level, ok = levelWords[v]; !ok {
			add("table-word", ColLevel, "label", ColLevel, "known", "正高级、副高级、中级、初级")
		}
	}
	for _, w := range split(get(ColFields), "、，,;； \n") {
		f, ok := Discipline(leading(w))
		if !ok {
			f, ok = byName(w)
		}
		if !ok {
			add("expert-field-unknown", ColFields, "code", w)
			continue
		}
		p.Fields = append(p.Fields, f.Code)
	}
	p.Place = r.place(get(ColPlace), add)
	p.Employers = append(employers(get(ColEmployer)), employers(get(ColFormer))...)
	p.CoWork = coWork(get(ColCoWork))
	p.Texts = split(get(ColTexts), "\n")
	if v := get(ColMax); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 {
			add("expert-max-load", ColMax)
		}
		p.MaxLoad = max(n, 0)
	}
	r.judge(&row, add)
	return row
}

// fieldColumns are the columns of the fields of a profile and a person, for refusals.
var fieldColumns = map[string]string{"name": ColName, "phone": ColPhone, "email": ColMail, "title": ColTitle, "kind": ColKind, "level": ColLevel,
	"fields": ColFields, "place": ColPlace, "employers": ColEmployer, "co-work": ColCoWork, "qualifications": ColQualified, "texts": ColTexts, "max-load": ColMax}

func (r *reading) judge(row *TableRow, add func(kind, col string, args ...string)) {
	for _, bad := range append(CheckPerson(row.Person), row.Profile.Check(r.places, r.now)...) {
		col := cmp.Or(fieldColumns[bad.Field], bad.Field)
		if slices.ContainsFunc(row.Refused, func(x *event.Refusal) bool { return x.Field == col }) {
			continue // the cell was not understood: that was said
		}
		bad.Field = col
		if bad.Kind == "required" {
			bad.Args["label"] = col
		}
		row.Refused = append(row.Refused, bad)
	}
	login := Login(row.Person.Phone)
	if at := r.seen[login]; at > 0 {
		add("expert-twice", ColPhone, "line", strconv.Itoa(at), "phone", row.Person.Phone)
	}
	r.seen[login] = row.Line
	x, ok := r.byLogin[login]
	switch {
	case !ok:
	case hanzi.FoldName(x.Name) != hanzi.FoldName(row.Person.Name):
		add("expert-known", ColPhone, "phone", row.Person.Phone)
	default:
		row.There = true
		row.Person.ID = x.Person
		r.compare(row, x, add)
	}
}

// compare refuses a row that says otherwise than the profile in the pool.
func (r *reading) compare(row *TableRow, x Expert, add func(kind, col string, args ...string)) {
	was, says := x.Profile.lines(), row.Profile.lines()
	for field, col := range fieldColumns {
		if v, ok := says[field]; ok && v != "" && v != was[field] {
			add("expert-differs", col, "label", col)
		}
	}
	if row.Person.Email != "" && row.Person.Email != x.Email {
		add("expert-differs", ColMail, "label", ColMail)
	}
	slices.SortFunc(row.Refused, func(a, b *event.Refusal) int { return cmp.Compare(a.Field, b.Field) })
}

// place is the code of a place that is named by its code or its name; 区外 or nothing is
// outside the region.
func (r *reading) place(v string, add func(kind, col string, args ...string)) string {
	if v == "" || v == outside {
		return ""
	}
	if code := leading(v); r.places[code] { // the code, or as exported the code and the name
		return code
	}
	codes := r.placeNames[hanzi.FoldName(v)]
	if len(codes) != 1 {
		add("expert-place", ColPlace, "code", v)
		return ""
	}
	return codes[0]
}

// leading are the digits that a cell begins with.
func leading(s string) string {
	return s[:len(s)-len(strings.TrimLeft(s, "0123456789"))]
}

func byName(w string) (Field, bool) {
	key := hanzi.FoldName(w)
	i := slices.IndexFunc(disciplines, func(f Field) bool { return hanzi.FoldName(f.Name) == key })
	if i < 0 {
		return Field{}, false
	}
	return disciplines[i], true
}

// dated is a text with its years at the end: 内蒙古大学（2010—2015）.
var dated = regexp.MustCompile(`^(.*?)[（(]\s*([0-9-]*)\s*[—–至~～]+\s*([0-9-]*|今)\s*[)）]$`)

func period(s string) (text, from, until string) {
	m := dated.FindStringSubmatch(s)
	if m == nil {
		return s, "", ""
	}
	return strings.TrimSpace(m[1]), m[2], strings.TrimPrefix(m[3], "今")
}

func employers(cell string) (out []Employer) {
	for _, s := range split(cell, "；;\n") {
		e := Employer{}
		e.Name, e.From, e.Until = period(s)
		out = append(out, e)
	}
	return out
}

func coWork(cell string) (out []CoWork) {
	for _, s := range split(cell, "；;\n") {
		c := CoWork{}
		c.What, c.From, c.Until = period(s)
		if who, what, ok := strings.Cut(c.What, "："); ok {
			c.What = what
			c.Unit, c.With, _ = strings.Cut(who, " ")
		} else {
			c.Unit, c.What = c.What, ""
		}
		out = append(out, c)
	}
	return out
}

func split(s, seps string) (out []string) {
	for _, x := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(seps, r) }) {
		if x = strings.TrimSpace(x); x != "" {
			out = append(out, x)
		}
	}
	return out
}
