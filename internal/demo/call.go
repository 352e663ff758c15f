package demo

import (
	"context"

	"shenbao/internal/application"
	"shenbao/notices"
)

// Publish publishes a notice as the department does, two people, unless it was before.
func (w *World) Publish(ctx context.Context, file, labels string) error {
	calls, err := w.Calls(ctx, w.As("厅/业务"))
	if err != nil {
		return err
	}
	for _, c := range calls {
		if c.State == application.CallOpen {
			w.Call = c.ID
			return nil
		}
	}
	src, err := notices.FS.ReadFile(file)
	if err != nil {
		return err
	}
	words, err := notices.FS.ReadFile(labels)
	if err != nil {
		return err
	}
	if w.Call, err = w.DraftCall(ctx, w.As("厅/业务"), file, src, words); err != nil {
		return err
	}
	if err := w.ProposeCall(ctx, w.As("厅/业务"), w.Call); err != nil {
		return err
	}
	return w.PublishCall(ctx, w.As("厅/审批"), w.Call)
}
