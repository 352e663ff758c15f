// Command shenbao runs a call for applications: demo, serve, fsck, notice check.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"shenbao/internal/file"
)

type cli struct {
	Demo   demoCmd   `cmd:"" help:"演示：真实通知、真实机构、虚构人员。Try everything out with invented people."`
	Serve  serveCmd  `cmd:"" help:"正式运行。Run for real use."`
	Notice noticeCmd `cmd:"" help:"通知文件。Notice files."`
	Org    orgCmd    `cmd:"" help:"单位。Units."`
	Draw   drawCmd   `cmd:"" help:"随机抽取：冻结、抽取、验证。Random draws: freeze, draw, verify."`
	Assign assignCmd `cmd:"" help:"最优分配：求解、核对、补足。Best assignments: solve, verify, fill up."`
	Fsck   fsckCmd   `cmd:"" help:"检查数据是否完好。Check that nothing was changed, removed or lost."`
}

func main() {
	file.Child()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	k := kong.Parse(&c, kong.Name("shenbao"), kong.Description("申报通知变成运行的系统。Turns a call for applications into a running system."),
		kong.UsageOnError(), kong.BindTo(ctx, (*context.Context)(nil)))
	k.FatalIfErrorf(k.Run())
}
