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
	return w.publish(ctx, file, labels)
}

// publish drafts, proposes and publishes a notice; labels is "" without English words.
func (w *World) publish(ctx context.Context, file, labels string) error {
	src, err := notices.FS.ReadFile(file)
	if err != nil {
		return err
	}
	var words []byte
	if labels != "" {
		if words, err = notices.FS.ReadFile(labels); err != nil {
			return err
		}
	}
	if w.Call, err = w.DraftCall(ctx, w.As("厅/业务"), file, src, words); err != nil {
		return err
	}
	if err := w.ProposeCall(ctx, w.As("厅/业务"), w.Call); err != nil {
		return err
	}
	return w.PublishCall(ctx, w.As("厅/审批"), w.Call)
}
