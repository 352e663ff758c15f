package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"shenbao/internal/desk"
)

type fsckCmd struct {
	Data string `help:"数据目录。Data directory." default:"data" type:"path"`
	backends
}

// Run checks everything and says what is wrong; any finding makes it exit with 1.
func (c *fsckCmd) Run(ctx context.Context) error {
	h, err := open(ctx, c.Data, c.backends)
	if err != nil {
		return err
	}
	defer h.close()
	rep, err := desk.New(h.db, h.files).Fsck(ctx, time.Now())
	if err != nil {
		return err
	}
	for _, p := range rep.Problems {
		fmt.Println(p)
	}
	fmt.Printf("facts %d, applications %d, versions %d, files %d (%d that no case has), problems %d\n", rep.Facts, rep.Applications, rep.Versions, rep.Files, rep.Unnamed, len(rep.Problems))
	if len(rep.Problems) > 0 {
		return errors.New("the data is not sound")
	}
	return nil
}
