package org_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"shenbao/internal/org"
)

const head = "单位全称|简称|类型|所有制|隶属单位|区划代码|统一社会信用代码|地址|联系人|电话"

func table(lines ...string) [][]string {
	var rows [][]string
	for _, l := range lines {
		rows = append(rows, strings.Split(l, "|"))
	}
	return rows
}

func read(t *testing.T, lines ...string) (org.Table, error) {
	t.Helper()
	n := 0
	return realTree(host("老单位", "hr-150404", "150404", org.Public)).ReadTable(table(lines...), divisions(), func() org.UnitID {
		n++
		return org.UnitID(fmt.Sprintf("new-%d", n))
	})
}

func TestReadTable(t *testing.T) {
	got, err := read(t, head,
		"甲站|甲|依托单位|公有|乙所|150404||||",
		"乙所||依托单位|公有|赤峰市松山区人力资源和社会保障局|150404|11330203002939740R|松山大街1号|张三|0476-8000000",
		"",
		"丙公司||依托单位|非公||150781|91350100M0001TGQXM|||",
		"丁院||直属企事业单位|公有|hr-150000|150100||||")
	if err != nil || got.Bad != 0 || len(got.Units()) != 4 {
		t.Fatalf("%+v, %v", got, err)
	}
	us := got.Units()
	if us[0].Superior != "new-2" || us[1].Superior != "hr-150404" || us[2].Superior != "" || us[3].Superior != "hr-150000" {
		t.Errorf("superiors %q %q %q %q", us[0].Superior, us[1].Superior, us[2].Superior, us[3].Superior)
	}
	if us[1].Short != "乙所" || us[1].Contact != "张三" || us[2].Ownership != org.NonPublic || us[3].Kind != org.Direct || us[0].State != org.Active {
		t.Errorf("%+v", us)
	}
	if got.Rows[2].Line != 5 || len(got.Rows[2].Warnings) != 1 || got.Rows[2].Warnings[0] != org.CreditCheck {
		t.Errorf("third row %+v: a code that does not add up only warns", got.Rows[2])
	}
}

func TestReadTableRefusals(t *testing.T) {
	for _, c := range []struct {
		row  string
		want string // kind@column …
	}{
		{"||依托单位|公有|hr-150404|150404", "required@单位全称"},
		{"老单位||依托单位|公有|hr-150402|150402", "table-name-twice@单位全称"},
		{"老 单 位||依托单位|非公|hr-150404|150404", "table-differs@所有制"},
		{"=甲||依托单位|公有|hr-150404|150404", "table-formula@单位全称"},
		{"甲|＠简|依托单位|公有|hr-150404|150404", "table-formula@简称"},
		{"甲||公司|公有|hr-150404|150404", "table-word@类型"},
		{"甲||依托单位||hr-150404|150404", "table-word@所有制"},
		{"甲||厅局|非公|hr-150000|150000", "table-governing-public@所有制"},
		{"甲||依托单位|公有|hr-150404|15040", "syntax-division@区划代码"},
		{"甲||依托单位|公有|hr-150404|110101", "syntax-division@区划代码"},
		{"甲||依托单位|公有||150404", "required@隶属单位"},
		{"甲||依托单位|公有|没有的单位|150404", "unit-unknown@隶属单位"},
		{"甲||依托单位|公有|甲|150404", "superior-circle@隶属单位"},
		{"||||", "none"},
	} {
		got, err := read(t, head, c.row, "乙||依托单位|公有|hr-150404|150404")
		if err != nil {
			t.Fatal(err)
		}
		var ks []string
		if len(got.Rows) == 1 {
			ks = []string{"none"} // an empty row is no row
		} else {
			for _, r := range got.Rows[0].Refused {
				ks = append(ks, r.Kind+"@"+r.Field)
			}
		}
		if strings.Join(ks, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.row, ks, c.want)
		}
		if want := 1; c.want != "none" && got.Bad != want {
			t.Errorf("%s: %d rows bad, want %d", c.row, got.Bad, want)
		}
	}
}

// Rows are held against each other too: a name twice, two that lead to each other, a code
// that another row has.
func TestReadTableRows(t *testing.T) {
	got, _ := read(t, head, "甲||依托单位|公有|乙|150404", "乙||依托单位|公有|甲|150404", "丙||依托单位|公有|hr-150404|150404|11330203002939740R",
		"丙||依托单位|公有|hr-150404|150404", "丁||依托单位|公有|hr-150404|150404|11330203002939740R")
	want := []string{"superior-circle", "superior-circle", "", "table-name-twice", "credit-known"}
	for i, r := range got.Rows {
		if k := kindOf(r.Refused.Or()); k != want[i] {
			t.Errorf("row %d: %q, want %q", r.Line, k, want[i])
		}
	}
	if got.Bad != 4 {
		t.Errorf("%d rows bad", got.Bad)
	}
	sec := actor("sec", org.SecAdmin, "hr-150000")
	if _, err := got.Import(sec, now); kindOf(err) != "table-bad" {
		t.Errorf("a table with bad rows: %v", err)
	}
}

// A table read again brings nothing: what is on record just so is There, also as the
// superior of another row.
func TestReadTableAgain(t *testing.T) {
	lines := []string{head, "甲站|甲|依托单位|公有|乙所|150404||||", "乙所||依托单位|公有|hr-150404|150404|11330203002939740R|||", "老单位||依托单位|公有|hr-150404|150404||||"}
	first, err := read(t, lines...)
	if err != nil || first.Bad != 0 || first.New() != 2 || !first.Rows[2].There {
		t.Fatalf("%+v, %v", first, err)
	}
	tree := realTree(append(first.Units(), host("老单位", "hr-150404", "150404", org.Public))...)
	again, err := tree.ReadTable(table(lines...), divisions(), func() org.UnitID { return "x" })
	if err != nil || again.Bad != 0 || again.New() != 0 || len(again.Units()) != 0 {
		t.Errorf("%+v, %v", again, err)
	}
}

func TestReadTableHead(t *testing.T) {
	for _, c := range []struct{ head, want string }{
		{"", "table-empty"}, {head, "table-empty"}, {"单位名称|类型|所有制|隶属单位|区划代码", "table-column"},
		{"单位全称|单位全称|类型|所有制|隶属单位|区划代码", "table-column"}, {"单位全称|类型|所有制|隶属单位", "table-column-missing"},
	} {
		if _, err := read(t, c.head); kindOf(err) != c.want {
			t.Errorf("%q: %v, want %s", c.head, err, c.want)
		}
	}
	if got, err := read(t, "区划代码|隶属单位|所有制|类 型|单位全称", "150404|hr-150404|公有|依托单位|甲"); err != nil || got.Bad != 0 || got.Rows[0].Unit.Name != "甲" {
		t.Errorf("columns in another order: %+v, %v", got, err)
	}
}

func TestImport(t *testing.T) {
	got, _ := read(t, head, "甲||依托单位|公有|hr-150404|150404")
	if e, err := got.Import(actor("sec", org.SecAdmin, "hr-150000"), now); err != nil || e.Kind != org.UnitsImported || e.Detail["count"] != "1" {
		t.Errorf("%+v, %v", e, err)
	}
	if _, err := got.Import(actor("x", org.Principal, "hr-150404"), now); kindOf(err) != "wrong-role" {
		t.Errorf("a bureau imports: %v", err)
	}
	stale := actor("sec", org.SecAdmin, "hr-150000")
	stale.SignedIn = now.Add(-time.Hour)
	if _, err := got.Import(stale, now); kindOf(err) != "sign-in-again" {
		t.Errorf("an old sign-in: %v", err)
	}
}
