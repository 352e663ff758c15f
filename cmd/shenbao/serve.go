package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"shenbao/internal/auth"
	"shenbao/internal/demo"
	"shenbao/internal/desk"
	"shenbao/internal/file"
	"shenbao/internal/job"
	"shenbao/internal/store"
	"shenbao/internal/web"
)

type place struct {
	Addr string `help:"监听地址 HOST:PORT。Where to listen." default:"127.0.0.1:8017"`
	Data string `help:"数据目录。Data directory." default:"data" type:"path"`
}

type serveCmd struct {
	place
	backends
	PublicURL string   `help:"用户访问的网址，如 https://sb.example.cn。The address that people use." env:"SHENBAO_URL"`
	SMTP      string   `help:"邮件服务器 smtp://用户:密码@主机:端口；不写则不发邮件。Mail server; without it no mail is sent." env:"SHENBAO_SMTP"`
	MailFrom  string   `help:"发件人地址。Sender of mail." env:"SHENBAO_MAIL_FROM"`
	Proxy     []string `help:"可信反向代理的网段。Networks of trusted reverse proxies." env:"SHENBAO_PROXY"`
}

// A home is an open data directory: its database and its files.
type home struct {
	db      *store.DB
	files   file.Store
	uploads *file.Uploads // nil until there is a desk for them
	lock    *os.File
}

// backends are where the data is when not all in one directory.
type backends struct {
	DB    string `help:"postgres://…；不写则用数据目录中的SQLite。PostgreSQL instead of SQLite in the data directory." env:"SHENBAO_DB"`
	Files string `help:"s3://密钥:密码@主机:端口/桶/前缀 或 s3+http://…；不写则存在数据目录。Files in S3 instead of the data directory." env:"SHENBAO_FILES"`
}

// open opens a data directory, keeping other programs out of it.
func open(ctx context.Context, dir string, b backends) (*home, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	h := &home{}
	var err error
	if h.lock, err = lock(dir); err != nil {
		return nil, err
	}
	if b.Files != "" {
		h.files, err = openBucket(ctx, b.Files)
	} else {
		h.files, err = file.OpenDir(filepath.Join(dir, "files"))
	}
	if err != nil {
		return nil, err
	}
	if b.DB == "" {
		b.DB = dir
	}
	h.db, err = store.Open(ctx, b.DB, 0)
	return h, err
}

func openBucket(ctx context.Context, address string) (*file.Bucket, error) {
	u, err := url.Parse(address)
	if err != nil || u.User == nil || u.Scheme != "s3" && u.Scheme != "s3+http" {
		return nil, fmt.Errorf("--files：写成 s3://密钥:密码@主机:端口/桶/前缀。Write s3://key:secret@host:port/bucket/prefix")
	}
	bucket, prefix, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	secret, _ := u.User.Password()
	return file.OpenBucket(ctx, file.S3{Endpoint: u.Host, Bucket: bucket, Prefix: prefix, Key: u.User.Username(), Secret: secret, Plain: u.Scheme == "s3+http"})
}

// desk opens the desk, with the folder for uploads that resume.
func (h *home) desk(dir string) (d *desk.Desk, err error) {
	if h.uploads, err = file.OpenUploads(filepath.Join(dir, "uploads")); err != nil {
		return nil, err
	}
	d = desk.New(h.db, h.files)
	d.Stage(h.uploads)
	return d, nil
}

func (h *home) close() {
	if h.uploads != nil {
		_ = h.uploads.Close()
	}
	_ = h.db.Close()
	_ = h.lock.Close()
}

func (c *serveCmd) Run(ctx context.Context) error {
	h, err := open(ctx, c.Data, c.backends)
	if err != nil {
		return err
	}
	defer h.close()
	db := h.db
	a := auth.New(db)
	cfg := web.Config{Clock: time.Now, PublicURL: c.PublicURL}
	for _, p := range c.Proxy {
		n, err := netip.ParsePrefix(p)
		if err != nil {
			return fmt.Errorf("--proxy %s: %w", p, err)
		}
		cfg.Proxies = append(cfg.Proxies, n)
	}
	cfg.Install = func(ctx context.Context, now time.Time, name, login, password, addr string) (string, error) {
		units, divisions := demo.Tree()
		return a.Install(ctx, now, units, divisions, name, login, password, addr)
	}
	empty, err := a.Empty(ctx, time.Now())
	if err != nil {
		return err
	}
	if empty {
		cfg.SetupCode = rand.Text()[:10]
		fmt.Printf("首次运行，安装码：%s\nFirst run, setup code: %s\n", cfg.SetupCode, cfg.SetupCode)
	}
	d, err := h.desk(c.Data)
	if err != nil {
		return err
	}
	run := &job.Runner{DB: db, Desk: d, Clock: time.Now}
	if c.SMTP != "" {
		if run.Mail, err = job.NewMailer(c.SMTP, c.MailFrom, c.PublicURL); err != nil {
			return err
		}
	}
	return listen(ctx, c.Addr, web.New(d, a, cfg), run)
}

type demoCmd struct {
	place
	Clock time.Time `help:"演示时钟的起点。Where the demo's clock starts." default:"2017-06-20T09:00:00+08:00" format:"2006-01-02T15:04:05Z07:00"`
}

// Run starts the demo: only on this machine, because anybody can step into any role.
func (c *demoCmd) Run(ctx context.Context) error {
	if host, _, err := net.SplitHostPort(c.Addr); err != nil || !loopback(host) {
		return fmt.Errorf("--addr %s：演示只能监听本机地址（127.0.0.1、localhost、[::1]）。The demo listens on loopback only", c.Addr)
	}
	h, err := open(ctx, c.Data, backends{})
	if err != nil {
		return err
	}
	defer h.close()
	db := h.db
	d, err := h.desk(c.Data)
	if err != nil {
		return err
	}
	if used, err := demo.Used(c.Data); err == nil && !used {
		fmt.Println("正在准备演示数据，只在首次启动时，几秒即好。Preparing the demo's data, this once; a few seconds.")
	}
	tell := func(ctx context.Context, now func() time.Time) error {
		return (&job.Runner{DB: db, Desk: d, Clock: now}).Drain(ctx)
	}
	w, clock, play, err := demo.Open(ctx, c.Data, db, d, c.Clock, tell)
	if err != nil {
		return err
	}
	defer func() { _ = clock.Keep() }()
	run := &job.Runner{DB: db, Desk: d, Clock: clock.Now}
	return listen(ctx, c.Addr, web.New(d, auth.New(db), web.Config{Clock: clock.Now, Demo: bar(w, clock, play)}), run)
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && ip.IsLoopback())
}

// listen serves, and works jobs off, until ctx ends. All four time limits are set: slow clients must not keep
// honest ones out (trust §1.11).
func listen(ctx context.Context, addr string, h http.Handler, run *job.Runner) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 5 * time.Minute, WriteTimeout: 5 * time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug)}
	worked := make(chan error, 1)
	go func() { worked <- run.Run(ctx) }()
	fmt.Printf("http://%s/\n", l.Addr())
	go func() {
		<-ctx.Done()
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		_ = s.Shutdown(stop)
	}()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-worked
}
