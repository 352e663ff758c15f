package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/auth"
	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/locale"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

type noticePublishCmd struct {
	File string `arg:"" type:"existingfile" help:"通知文件 NAME.md。The notice."`
	Data string `help:"数据目录。Data directory." default:"data" type:"path"`
	backends
	As string `required:"" help:"办理人的账户；密码从标准输入读。Account of who does it; the password is read from standard input."`
}

// Run publishes a notice as two people do it: run by staff it drafts and proposes the
// call, run by an approver it publishes what was proposed with the very same text.
func (c *noticePublishCmd) Run(ctx context.Context) error {
	src, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	n, err := notice.Parse(c.File, src)
	if err != nil {
		return (&noticeCheckCmd{}).mistakes(locale.Zh, err)
	}
	labels, err := os.ReadFile(strings.TrimSuffix(c.File, ".md") + ".en.yaml")
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	h, err := open(ctx, c.Data, c.backends)
	if err != nil {
		return err
	}
	defer h.close()
	by, err := c.signIn(ctx, auth.New(h.db))
	if err != nil {
		return said(err)
	}
	d, r := desk.New(h.db, h.files), desk.Request{By: by, At: time.Now()}
	calls, err := d.Calls(ctx, r)
	if err != nil {
		return err
	}
	var call *application.Call
	for _, x := range calls {
		if x.Number == n.Number.Text {
			call = x
		}
	}
	switch {
	case by.Is(org.Staff) && call == nil:
		id, err := d.DraftCall(ctx, r, c.File, src, labels)
		if err == nil {
			err = d.ProposeCall(ctx, r, id)
		}
		if err != nil {
			return said(err)
		}
		fmt.Println(locale.Zh.T("publish.proposed", "number", n.Number.Text))
	case by.Is(org.Approver) && call != nil && call.Notice == n.SHA256:
		if err := d.PublishCall(ctx, r, call.ID); err != nil {
			return said(err)
		}
		fmt.Println(locale.Zh.T("publish.published", "number", n.Number.Text))
	default:
		return errors.New(locale.Zh.T("publish.neither", "number", n.Number.Text))
	}
	return nil
}

// signIn checks the password and chooses the post that can propose or publish.
func (c *noticePublishCmd) signIn(ctx context.Context, a *auth.Auth) (org.Actor, error) {
	fmt.Fprint(os.Stderr, locale.Zh.T("publish.password", "login", c.As)+" ")
	password, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil {
		return org.Actor{}, err
	}
	now := time.Now()
	token, err := a.SignIn(ctx, now, c.As, strings.TrimRight(password, "\r\n"), "zh", "console")
	if err != nil {
		return org.Actor{}, err
	}
	s, _, err := a.Who(ctx, now, token, "console")
	if err != nil {
		return org.Actor{}, err
	}
	for _, p := range s.Posts {
		if p.Role == org.Staff || p.Role == org.Approver {
			return desk.ActorOf(p, now, "console"), a.SignOut(ctx, now, s)
		}
	}
	return org.Actor{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
}

// said is a refusal in its sentence.
func said(err error) error {
	var r *event.Refusal
	if errors.As(err, &r) {
		return errors.New(locale.Zh.Say("refusal."+r.Kind, r.Args))
	}
	return err
}
