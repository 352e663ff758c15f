package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/locale"
	"shenbao/internal/org"
	"shenbao/internal/store"
)

type orgCmd struct {
	Import orgImportCmd `cmd:"" help:"从CSV或XLSX批量登记单位：先预览，加 --apply 才写入。Import units from CSV or XLSX: a preview, and with --apply the real thing."`
}

type orgImportCmd struct {
	File  string `arg:"" type:"existingfile" help:"表格文件 .csv 或 .xlsx。The table."`
	Data  string `help:"数据目录。Data directory." default:"data" type:"path"`
	Apply bool   `help:"写入；有一行出错就什么都不写。Write, unless any row is bad."`
	As    string `help:"以哪位安全管理员的名义（账户名）；不写则记为系统。The security administrator whose act it is, by account name; else 系统."`
	Lang  string `enum:"zh,en" default:"zh" help:"zh 或 en。Language."`
	backends
}

// Run prints what becomes of every row, and with --apply takes the new units in: all of
// them, or with one bad row none (exit 1). Who sits at the machine's console can do more
// than that, so no password is asked for; whose act it was is recorded.
func (c *orgImportCmd) Run(ctx context.Context) error {
	h, err := open(ctx, c.Data, c.backends)
	if err != nil {
		return err
	}
	defer h.close()
	d := desk.New(h.db, h.files)
	r := desk.Request{At: time.Now(), By: org.Actor{Actor: event.System}}
	if c.As != "" {
		if r.By, err = secAdmin(ctx, h.db, r.At, c.As); err != nil {
			return err
		}
	}
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	s, err := f.Stat()
	if err != nil {
		return err
	}
	rows, err := d.ReadUnits(ctx, c.File, f, s.Size())
	if err != nil {
		return c.say(err)
	}
	m, err := d.PreviewImport(ctx, r, rows)
	if err != nil {
		return c.say(err)
	}
	c.print(m)
	if m.Bad > 0 || !c.Apply {
		return c.verdict(m)
	}
	if m, err = d.ImportUnits(ctx, r, rows); err != nil {
		return c.say(err)
	}
	fmt.Println(locale.Lang(c.Lang).T("import.done", "n", fmt.Sprint(m.New())))
	return nil
}

// secAdmin is the actor of a security administrator's account.
func secAdmin(ctx context.Context, db *store.DB, now time.Time, login string) (a org.Actor, err error) {
	err = db.Read(ctx, now, func(tx *store.Tx) error {
		p, err := tx.PersonByLogin(ctx, org.PlainLogin(login))
		if err != nil {
			return fmt.Errorf("--as %s: %w", login, err)
		}
		hs, err := tx.PostsOf(ctx, p.ID)
		if err != nil {
			return err
		}
		for _, h := range hs {
			if h.Role == org.SecAdmin {
				a = desk.ActorOf(h, now, "console")
				return nil
			}
		}
		return fmt.Errorf("--as %s：这个账户不是安全管理员。This account is not a security administrator", login)
	})
	return a, err
}

func (c *orgImportCmd) print(m org.Table) {
	l := locale.Lang(c.Lang)
	for _, row := range m.Rows {
		fate := "import.fresh"
		switch {
		case len(row.Refused) > 0:
			fate = "import.bad"
		case row.There:
			fate = "import.there"
		}
		fmt.Printf("%d\t%s\t%s\n", row.Line, l.T(fate), row.Unit.Name)
		for _, x := range row.Refused {
			fmt.Printf("\t%s\t%s\n", x.Field, l.Say("refusal."+x.Kind, x.Args))
		}
		for _, w := range row.Warnings {
			fmt.Printf("\t%s\n", l.T("warning."+w))
		}
	}
}

func (c *orgImportCmd) verdict(m org.Table) error {
	l := locale.Lang(c.Lang)
	if m.Bad > 0 {
		return errors.New(l.T("import.mend", "n", fmt.Sprint(m.Bad)))
	}
	fmt.Println(l.T("import.dry", "n", fmt.Sprint(m.New())))
	return nil
}

// say is a refusal in words, for the console.
func (c *orgImportCmd) say(err error) error {
	var r *event.Refusal
	if errors.As(err, &r) {
		return errors.New(locale.Lang(c.Lang).Say("refusal."+r.Kind, r.Args))
	}
	return err
}
