package bench

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/desk"
	"shenbao/internal/filing"
	"shenbao/internal/org"
	"shenbao/internal/paper"
	"shenbao/internal/store"
	"shenbao/notices"
	"shenbao/typeset/font/pack"

	"shenbao/internal/notice"
)

// ready adds n applications that are signed and sealed, each with a clerk who can hand it
// in, as the store would have them.
func (p *place) ready(b *testing.B, n int) (rs []desk.Request, ids []application.ID) {
	b.Helper()
	ctx := context.Background()
	r := p.As("松山园区/经办")
	c, err := p.Desk.Call(ctx, p.As("厅/业务"), p.World.Call, "")
	if err != nil {
		b.Fatal(err)
	}
	err = p.DB.Save(ctx, noon, func(tx *store.Tx) error {
		for i := range n {
			u := org.Unit{ID: org.UnitID(tx.NewID()), Name: fmt.Sprintf("松山区第%d合作社", i), Kind: org.Host, Ownership: org.Public, Superior: "hr-150404", Division: "150404", State: org.Active}
			if err := tx.AddUnit(ctx, u); err != nil {
				return err
			}
			post := org.Post{ID: org.PostID(tx.NewID()), Person: org.PersonID(r.By.Person), Unit: u.ID, Role: org.Clerk, From: noon.Add(-time.Hour)}
			if err := tx.AddPost(ctx, post); err != nil {
				return err
			}
			content := filing.Content{N: 1, Notice: c.Published.SHA256, UnitName: u.Name, Answers: filing.Answers{"单位简介": text(800), "基本情况": text(500), "支持措施和保障条件": text(500)}}
			a := &application.Application{ID: application.ID(tx.NewID()), Call: p.World.Call, Notice: content.Notice, Unit: u.ID, UnitName: u.Name,
				BaseName: "基地" + tx.NewID(), Division: "150404", State: application.SignedOff, Moved: noon}
			content.Case = string(a.ID)
			v := filing.Freeze(content, p.signer, noon)
			a.Versions = []filing.Version{v}
			a.Opinions = []filing.Opinion{{Unit: u.ID, Box: 1, Version: 1, Hash: v.Hash, Outcome: filing.Agree, Stage: filing.Signed, Signer: &v.By, SignedAt: noon,
				Seal: &filing.Seal{Code: v.Code, At: noon}}}
			if err := tx.AddApplication(ctx, a); err != nil {
				return err
			}
			if err := tx.Freeze(ctx, a.ID, v, content); err != nil {
				return err
			}
			by := r
			by.By.Post, by.By.Unit, by.By.UnitName, by.Key = string(post.ID), string(u.ID), u.Name, string(a.ID)
			rs, ids = append(rs, by), append(ids, a.ID)
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return rs, ids
}

// Handing an application in: one durable act with its fact, receipt and key, beside a bare
// durable commit of the same text.
func BenchmarkSubmit(b *testing.B) {
	p := open(b, 10)
	b.Run("desk", func(b *testing.B) {
		rs, ids := p.ready(b, b.N)
		measure(b, func(i int) {
			if err := p.Submit(context.Background(), rs[i], ids[i]); err != nil {
				b.Fatal(err)
			}
		})
	})
	db := p.bare(b)
	if _, err := db.Exec(`CREATE TABLE bare (id INTEGER PRIMARY KEY, value TEXT)`); err != nil {
		b.Fatal(err)
	}
	b.Run("bare", func(b *testing.B) {
		body := text(1800)
		measure(b, func(i int) {
			if _, err := db.Exec(`INSERT INTO bare (value) VALUES ($1)`, body); err != nil {
				b.Fatal(err)
			}
		})
	})
}

// The official form as PDF from a frozen version, beside the blank one.
func BenchmarkForm(b *testing.B) {
	src, err := notices.FS.ReadFile(notices.ExpertServiceBase2017)
	if err != nil {
		b.Fatal(err)
	}
	n, err := notice.Parse("n.md", src)
	if err != nil {
		b.Fatal(err)
	}
	content := &filing.Content{N: 1, UnitName: "赤峰市松山区现代农业科技园区管理委员会", Answers: filing.Answers{"基地名称": "松山设施农业专家服务基地",
		"单位简介": text(800), "基本情况": text(500), "支持措施和保障条件": text(500), "建设目标及未来三年工作打算": text(800)}}
	v := filing.Freeze(*content, desk.Request{}.By.Actor, noon)
	fonts := pack.Fonts()
	b.Run("full", func(b *testing.B) {
		measure(b, func(int) {
			if _, err := paper.Form(fonts, paper.FormPaper{Notice: n, Content: content, Version: v, Date: noon}); err != nil {
				b.Fatal(err)
			}
		})
	})
	b.Run("blank", func(b *testing.B) {
		measure(b, func(int) {
			if _, err := paper.Form(fonts, paper.FormPaper{Notice: n}); err != nil {
				b.Fatal(err)
			}
		})
	})
}

// Reading and checking the notice.
func BenchmarkNotice(b *testing.B) {
	src, err := notices.FS.ReadFile(notices.ExpertServiceBase2017)
	if err != nil {
		b.Fatal(err)
	}
	measure(b, func(int) {
		if _, err := notice.Parse("n.md", src); err != nil {
			b.Fatal(err)
		}
	})
}

// From the start of the program on a used directory to the first answer, the memory it
// then holds, and the size of the stripped binary.
func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	binary := filepath.Join(dir, "shenbao")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, "../cmd/shenbao")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	info, err := os.Stat(binary)
	if err != nil {
		b.Fatal(err)
	}
	once := func() (time.Duration, int) {
		start := time.Now()
		cmd := exec.Command(binary, "demo", "--addr", "127.0.0.1:0", "--data", filepath.Join(dir, "data"))
		out, err := cmd.StdoutPipe()
		if err != nil {
			b.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for lines.Scan() && !strings.HasPrefix(lines.Text(), "http://") {
		}
		res, err := http.Get(lines.Text() + "healthz")
		if err != nil {
			b.Fatal(err)
		}
		res.Body.Close()
		took := time.Since(start)
		kb := rss(b, cmd.Process.Pid)
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
		return took, kb
	}
	once() // makes the directory
	var total time.Duration
	most := 0
	b.ResetTimer()
	for range b.N {
		took, kb := once()
		total += took
		most = max(most, kb)
	}
	b.ReportMetric(float64(total.Milliseconds())/float64(b.N), "ms-to-first-answer")
	b.ReportMetric(float64(most)/1024, "MB-resident")
	b.ReportMetric(float64(info.Size())/1e6, "MB-binary")
}

func rss(b *testing.B, pid int) int {
	f, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	for _, l := range strings.Split(string(f), "\n") {
		if rest, ok := strings.CutPrefix(l, "VmRSS:"); ok {
			kb, err := strconv.Atoi(strings.Fields(rest)[0])
			if err != nil {
				b.Fatal(err)
			}
			return kb
		}
	}
	b.Fatal("no VmRSS")
	return 0
}
