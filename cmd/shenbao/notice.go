package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"shenbao/internal/locale"
	"shenbao/internal/notice"
)

type noticeCmd struct {
	Publish noticePublishCmd `cmd:"" help:"发布通知：业务人员提请，审批人发布。Publish a notice: staff propose, an approver publishes."`
	Check   noticeCheckCmd   `cmd:"" help:"检查通知文件，列出读懂的内容或每一处错误。Check a notice file: what is understood, or every mistake."`
}

type noticeCheckCmd struct {
	File   string `arg:"" type:"existingfile" help:"通知文件 NAME.md。The notice."`
	Lang   string `enum:"zh,en" default:"zh" help:"zh 或 en。Language of the report."`
	Labels string `help:"英文词语文件，默认为同名 .en.yaml。English words; NAME.en.yaml beside the notice by default."`
}

// Run prints what is understood of the notice, or its mistakes as file:line, and exits
// with 1 when there are any.
func (c *noticeCheckCmd) Run(context.Context) error {
	l := locale.Lang(c.Lang)
	src, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	n, err := notice.Parse(c.File, src)
	if err != nil {
		return c.mistakes(l, err)
	}
	if c.Labels == "" {
		c.Labels = strings.TrimSuffix(c.File, ".md") + ".en.yaml"
	}
	word := func(zh string) string { return zh }
	switch b, err := os.ReadFile(c.Labels); {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return err
	default:
		labels, err := notice.ParseLabels(c.Labels, b, n)
		if err != nil {
			return c.mistakes(l, err)
		}
		word = func(zh string) string { return labels.Of(c.Lang, zh) }
	}
	fmt.Print(notice.Summary(n, l.T, word))
	return nil
}

func (c *noticeCheckCmd) mistakes(l locale.Lang, err error) error {
	var ms notice.Mistakes
	if !errors.As(err, &ms) {
		return err
	}
	for _, m := range ms {
		fmt.Println(m.Say(l.T))
	}
	return fmt.Errorf("%s", l.T("mistake.count", "n", fmt.Sprint(len(ms))))
}
