package org

import (
	"slices"
	"strings"
	"time"

	"shenbao/hanzi"
	"shenbao/internal/event"
)

// Columns of a table of units, as its first row names them, in any order. The first
// five must be there.
const (
	ColName      = "单位全称"
	ColOwnership = "所有制"
	ColSuperior  = "隶属单位"
	ColDivision  = "区划代码"
	ColKind      = "类型"
	ColShort     = "简称"
	ColCredit    = "统一社会信用代码"
	ColAddress   = "地址"
	ColContact   = "联系人"
	ColPhone     = "电话"
)

// Columns are all columns, in the order in which a blank table has them.
var Columns = []string{ColName, ColShort, ColKind, ColOwnership, ColSuperior, ColDivision, ColCredit, ColAddress, ColContact, ColPhone}

var mustColumns = []string{ColName, ColOwnership, ColSuperior, ColDivision, ColKind}

// A Table is what a file of units would bring: nothing is taken in while one row is bad.
type Table struct {
	Rows []TableRow
	Bad  int // how many rows are refused
}

// A TableRow is one row of the file with the unit it would make.
type TableRow struct {
	Line     int // in the file, from 1; the head is line 1 unless empty lines precede it
	Unit     Unit
	Refused  event.Refusals // Field is the column's name
	Warnings []string       // CreditForm, CreditCheck
	There    bool           // on record already, just so: nothing is to be done
}

// UnitTaken is the fact that begins the history of a unit that came with a table.
const UnitTaken event.Kind = "unit.taken"

// MayImport refuses whoever imports nothing: only the security administrator does, and
// 系统, which is whoever sits at the machine's console.
func MayImport(by Actor) error {
	if by.Is(SecAdmin) || by.Role == event.System.Role {
		return nil
	}
	return event.Refuse(event.Forbidden, "wrong-role", "", "role", string(SecAdmin))
}

// New is how many units a table would bring that are not on record.
func (t Table) New() (n int) {
	for _, r := range t.Rows {
		if !r.There && len(r.Refused) == 0 {
			n++
		}
	}
	return n
}

// Units are the new ones of a table without a bad row.
func (t Table) Units() []Unit {
	var us []Unit
	for _, r := range t.Rows {
		if !r.There {
			us = append(us, r.Unit)
		}
	}
	return us
}

// ReadTable reads rows of cells as units (R129). The tree holds the units on record that
// the rows may name as superiors, and those they must not repeat; divisions are the known
// places; ids are given in order. A superior is named by its full name or its id, and may
// be another row of the same file. A row that says what is on record is There, so that a
// file can be read twice; one that says otherwise is refused, for a change needs its
// reason. Mistakes are the row's; a wrong head is the file's.
func (t Tree) ReadTable(rows [][]string, divisions []Division, id func() UnitID) (Table, error) {
	head := slices.IndexFunc(rows, func(r []string) bool { return strings.Join(r, "") != "" })
	if head < 0 {
		return Table{}, event.Refuse(event.Invalid, "table-empty", "")
	}
	at, err := columns(rows[head])
	if err != nil {
		return Table{}, err
	}
	r := reading{tree: Tree{}, byName: map[string][]UnitID{}, byCredit: map[string]UnitID{}, places: map[string]bool{}, record: map[UnitID]bool{}}
	for _, d := range divisions {
		r.places[d.Code] = true
	}
	for _, u := range t {
		if u.State == Active || u.State == Pending {
			r.note(u)
			r.record[u.ID] = true
		}
	}
	var out Table
	var superiors []string
	for i, cells := range rows[head+1:] {
		if strings.Join(cells, "") == "" {
			continue
		}
		get := func(col string) string {
			if c, ok := at[col]; ok && c < len(cells) {
				return strings.TrimSpace(cells[c])
			}
			return ""
		}
		row := TableRow{Line: head + i + 2}
		r.row(&row, id(), get)
		out.Rows, superiors = append(out.Rows, row), append(superiors, get(ColSuperior))
	}
	if len(out.Rows) == 0 {
		return Table{}, event.Refuse(event.Invalid, "table-empty", "")
	}
	r.attach(out.Rows, superiors)
	for _, row := range out.Rows {
		if len(row.Refused) > 0 {
			out.Bad++
		}
	}
	return out, nil
}

// Import is the fact that a table was taken in: the security administrator's act, whole or
// not at all (Q21).
func (t Table) Import(by Actor, now time.Time) (event.Event, error) {
	switch {
	case MayImport(by) != nil:
		return event.Event{}, MayImport(by)
	case !by.Fresh(now):
		return event.Event{}, event.Refuse(event.Forbidden, "sign-in-again", "")
	case t.Bad > 0:
		return event.Event{}, event.Refuse(event.Invalid, "table-bad", "", "bad", itoa(t.Bad), "rows", itoa(len(t.Rows)))
	case len(t.Rows) == 0:
		return event.Event{}, event.Refuse(event.Invalid, "table-empty", "")
	}
	return event.Event{Kind: UnitsImported, On: event.Subject{Kind: "unit"}, By: by.Actor, At: now,
		Detail: map[string]string{"count": itoa(t.New()), "rows": itoa(len(t.Rows)), "first": t.Rows[0].Unit.Name, "last": t.Rows[len(t.Rows)-1].Unit.Name}}, nil
}

// columns finds where each column stands. An unknown name is refused: it is mostly a
// known one misspelt, and its cells would be lost unseen.
func columns(head []string) (map[string]int, error) {
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

// reading is what the rows are held against: the units on record and the rows before.
type reading struct {
	tree     Tree
	byName   map[string][]UnitID // folded names
	byCredit map[string]UnitID
	places   map[string]bool
	record   map[UnitID]bool // those that were there before the file
}

func (r *reading) note(u Unit) {
	r.tree[u.ID] = u
	key := hanzi.Fold(u.Name)
	r.byName[key] = append(r.byName[key], u.ID)
	if u.CreditCode != "" {
		r.byCredit[u.CreditCode] = u.ID
	}
}

var kindWords = map[string]Kind{"依托单位": Host, "直属单位": Direct, "直属企事业单位": Direct, "厅局": Department,
	"盟市人社局": LeagueHR, "旗县人社局": CountyHR}

var ownershipWords = map[string]Ownership{"公有": Public, "非公": NonPublic, "非公有": NonPublic, "非公经济组织": NonPublic}

// row reads one row but for its superior, which may come later in the file.
func (r *reading) row(row *TableRow, id UnitID, get func(string) string) {
	add := func(kind, col string, args ...string) { row.Refused = append(row.Refused, refuse(kind, col, args...)) }
	u := Unit{ID: id, Name: get(ColName), Short: get(ColShort), Division: get(ColDivision), CreditCode: PlainCredit(get(ColCredit)),
		Address: get(ColAddress), Contact: get(ColContact), Phone: get(ColPhone), State: Active}
	if u.Short == "" {
		u.Short = u.Name
	}
	if u.Name == "" {
		add("required", ColName, "label", ColName)
	} else if same := r.byName[hanzi.Fold(u.Name)]; len(same) > 0 {
		if on, ok := r.recorded(same, u.Division); ok {
			row.There, u.ID = true, on
		} else {
			add("table-name-twice", ColName, "unit", u.Name)
		}
	}
	for _, x := range [][2]string{{ColName, u.Name}, {ColShort, get(ColShort)}, {ColContact, u.Contact}} {
		if x[1] != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(x[1])[0]) {
			add("table-formula", x[0], "label", x[0])
		}
	}
	var ok bool
	if u.Kind, ok = kindWords[get(ColKind)]; !ok {
		add("table-word", ColKind, "label", ColKind, "known", "依托单位、直属企事业单位、厅局、盟市人社局、旗县人社局")
	}
	if u.Ownership, ok = ownershipWords[get(ColOwnership)]; !ok {
		add("table-word", ColOwnership, "label", ColOwnership, "known", "公有、非公")
	}
	if u.Kind != Host && u.Kind != "" && u.Ownership == NonPublic {
		add("table-governing-public", ColOwnership, "unit", u.Name)
	}
	if !r.places[u.Division] {
		add("syntax-division", ColDivision, "label", ColDivision)
	}
	if twin, ok := r.byCredit[u.CreditCode]; ok && twin != u.ID {
		add("credit-known", ColCredit, "unit", r.tree[twin].Name)
	}
	if odd := CheckCredit(u.CreditCode); odd != "" {
		row.Warnings = append(row.Warnings, odd)
	}
	row.Unit = u
	if !row.There {
		r.note(u)
	}
}

// recorded is the one of the units same that is on record in a place.
func (r *reading) recorded(same []UnitID, division string) (UnitID, bool) {
	for _, id := range same {
		if r.record[id] && r.tree[id].Division == division {
			return id, true
		}
	}
	return "", false
}

// compare refuses a row that says otherwise than the unit on record; empty cells say
// nothing.
func (r *reading) compare(row *TableRow) {
	u, on := row.Unit, r.tree[row.Unit.ID]
	if u.Short == u.Name {
		u.Short = ""
	}
	for _, f := range []struct{ col, cell, kept string }{{ColShort, u.Short, on.Short}, {ColKind, string(u.Kind), string(on.Kind)},
		{ColOwnership, string(u.Ownership), string(on.Ownership)}, {ColSuperior, string(u.Superior), string(on.Superior)},
		{ColCredit, u.CreditCode, on.CreditCode}, {ColAddress, u.Address, on.Address}, {ColContact, u.Contact, on.Contact}, {ColPhone, u.Phone, on.Phone}} {
		if f.cell != "" && f.cell != f.kept {
			row.Refused = append(row.Refused, refuse("table-differs", f.col, "label", f.col))
		}
	}
}

// attach finds every row's superior, then asks whether the line above it reaches the
// department without a circle.
func (r *reading) attach(rows []TableRow, superiors []string) {
	for i, name := range superiors {
		u := &rows[i].Unit
		found := r.byName[hanzi.Fold(name)]
		if _, ok := r.tree[UnitID(name)]; ok {
			found = []UnitID{UnitID(name)}
		}
		switch {
		case name == "" && u.Kind == Host && u.Ownership == NonPublic: // goes by its place
		case name == "":
			rows[i].Refused = append(rows[i].Refused, refuse("required", ColSuperior, "label", ColSuperior))
		case len(found) == 0:
			rows[i].Refused = append(rows[i].Refused, refuse("unit-unknown", ColSuperior, "unit", name))
		case len(found) > 1:
			rows[i].Refused = append(rows[i].Refused, refuse("unit-ambiguous", ColSuperior, "unit", name))
		default:
			u.Superior = found[0]
			if !rows[i].There {
				r.tree[u.ID] = *u
			}
		}
	}
	for i, row := range rows {
		if row.There {
			r.compare(&rows[i])
			continue
		}
		if row.Unit.Superior == "" || row.Unit.Ownership == "" {
			continue
		}
		for _, bad := range r.tree.sound(row.Unit) {
			if bad.Field == "superior" {
				bad.Field = ColSuperior
				rows[i].Refused = append(rows[i].Refused, bad)
			}
		}
	}
}
