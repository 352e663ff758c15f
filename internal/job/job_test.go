package job_test

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"shenbao/internal/demo"
	"shenbao/internal/desk"
	"shenbao/internal/file"
	"shenbao/internal/job"
	"shenbao/internal/store"
	"shenbao/notices"
)

// A postbox is a mail server that keeps what it is sent.
type postbox struct {
	mu    sync.Mutex
	mails []letter
	down  bool
}

type letter struct {
	to   []string
	text string
}

type visit struct {
	box *postbox
	l   letter
}

func (b *postbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &visit{box: b}, nil }
func (v *visit) Mail(string, *smtp.MailOptions) error {
	v.box.mu.Lock()
	defer v.box.mu.Unlock()
	if v.box.down {
		return &smtp.SMTPError{Code: 451, Message: "try later"}
	}
	return nil
}
func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error { v.l.to = append(v.l.to, to); return nil }
func (v *visit) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	v.l.text = string(b)
	v.box.mu.Lock()
	v.box.mails = append(v.box.mails, v.l)
	v.box.mu.Unlock()
	return err
}
func (v *visit) Reset()        { v.l = letter{} }
func (v *visit) Logout() error { return nil }

func (b *postbox) to(addr string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, m := range b.mails {
		if strings.Contains(strings.Join(m.to, " "), addr) {
			n++
		}
	}
	return n
}

type office struct {
	*demo.World
	run *job.Runner
	box *postbox
	now time.Time
}

func newOffice(t *testing.T) *office {
	t.Helper()
	ctx := t.Context()
	db, err := store.Open(ctx, t.TempDir(), 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	files, err := file.OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	o := &office{box: &postbox{}, now: time.Date(2017, 6, 20, 1, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return o.now }
	d := desk.New(db, files)
	if o.World, err = demo.Cast(ctx, db, d, clock); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := smtp.NewServer(o.box)
	s.Domain = "localhost"
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { s.Close() })
	m, err := job.NewMailer("smtp://"+l.Addr().String(), "shenbao@demo.example", "https://sb.example")
	if err != nil {
		t.Fatal(err)
	}
	o.run = &job.Runner{DB: db, Desk: d, Clock: clock, Mail: m}
	return o
}

func (o *office) drain(t *testing.T) {
	t.Helper()
	if err := o.run.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (o *office) messages(t *testing.T, key string) []desk.Message {
	t.Helper()
	ms, _, err := o.Messages(t.Context(), o.As(key))
	if err != nil {
		t.Fatal(err)
	}
	return ms
}

// R6: publishing a call tells every addressee; each of them once, and not its author.
func TestPublishingTellsAddressees(t *testing.T) {
	o := newOffice(t)
	if err := o.Publish(t.Context(), notices.ExpertServiceBase2017, notices.ExpertServiceBase2017English); err != nil {
		t.Fatal(err)
	}
	o.drain(t)
	for _, key := range []string{"赤峰市人社局/经办", "赤峰市人社局/负责人", "农牧业厅/经办", "内蒙古农业大学/负责人", "二连浩特市人社局/经办", "中心/受理"} {
		if ms := o.messages(t, key); len(ms) != 1 || ms[0].Kind != "call.published" || ms[0].Link != "/calls/"+o.Call {
			t.Errorf("%s was told %+v", key, ms)
		}
	}
	for _, key := range []string{"松山区人社局/经办", "松山园区/经办", "专家/钱"} {
		if ms := o.messages(t, key); len(ms) != 0 {
			t.Errorf("%s is no addressee and was told %+v", key, ms)
		}
	}
	if ms := o.messages(t, "厅/审批"); len(ms) != 1 || ms[0].Kind != "call.proposed" {
		t.Errorf("the approver was told %+v, want the proposal alone", ms)
	}
}

// Ordinary messages go out together at eight and two; who asked for none gets none.
func TestDigest(t *testing.T) {
	o := newOffice(t)
	if err := o.SetMail(t.Context(), o.As("农牧业厅/经办"), "none"); err != nil {
		t.Fatal(err)
	}
	if err := o.Publish(t.Context(), notices.ExpertServiceBase2017, notices.ExpertServiceBase2017English); err != nil {
		t.Fatal(err)
	}
	err := o.DB.Save(t.Context(), o.now, func(tx *store.Tx) error { return tx.AddJob(t.Context(), "hour", "", 0, "") })
	if err != nil {
		t.Fatal(err)
	}
	o.drain(t)
	o.now = o.now.Add(2 * time.Minute)
	o.drain(t)
	if n := o.box.to("liuyang@"); n != 0 {
		t.Errorf("%d mails before the digest", n)
	}
	for range 6 { // hour by hour, from nine to past two
		o.now = o.now.Add(time.Hour)
		o.drain(t)
	}
	if n := o.box.to("liuyang@"); n != 1 {
		t.Errorf("%d digests, want 1", n)
	}
	if n := o.box.to("hubin@"); n != 0 {
		t.Errorf("%d mails to somebody who wants none", n)
	}
	for _, m := range o.box.mails {
		if strings.Count(m.text, "\nSubject:") > 1 || !strings.Contains(m.text, "Content-Type: text/plain; charset=UTF-8") {
			t.Errorf("mail:\n%s", m.text)
		}
	}
}

// A mail server that is down loses nothing: the messages go out when it is back.
func TestMailServerDown(t *testing.T) {
	o := newOffice(t)
	if err := o.SetMail(t.Context(), o.As("赤峰市人社局/经办"), "once"); err != nil {
		t.Fatal(err)
	}
	o.box.down = true
	if err := o.Publish(t.Context(), notices.ExpertServiceBase2017, notices.ExpertServiceBase2017English); err != nil {
		t.Fatal(err)
	}
	o.drain(t)
	o.now = o.now.Add(time.Minute)
	o.drain(t)
	if len(o.box.mails) != 0 {
		t.Fatal("a mail went out of a server that refused it")
	}
	o.box.down = false
	o.now = o.now.Add(time.Hour)
	o.drain(t)
	if n := o.box.to("liuyang@"); n != 1 {
		t.Errorf("%d mails after the server came back, want 1", n)
	}
}

// Doing a job again, as after a crash between doing and acknowledging, tells nobody twice.
func TestToldOnce(t *testing.T) {
	o := newOffice(t)
	if err := o.Publish(t.Context(), notices.ExpertServiceBase2017, notices.ExpertServiceBase2017English); err != nil {
		t.Fatal(err)
	}
	o.drain(t)
	ms := o.messages(t, "赤峰市人社局/经办")
	err := o.DB.Save(t.Context(), o.now, func(tx *store.Tx) error { return tx.AddJob(t.Context(), "tell", ms[0].Fact, 0, "") })
	if err != nil {
		t.Fatal(err)
	}
	o.drain(t)
	if again := o.messages(t, "赤峰市人社局/经办"); len(again) != len(ms) {
		t.Errorf("%d messages after the job was done again, want %d", len(again), len(ms))
	}
}

// What can't be done is kept as dead after ten tries, not tried for ever.
func TestDeadJob(t *testing.T) {
	o := newOffice(t)
	err := o.DB.Save(t.Context(), o.now, func(tx *store.Tx) error { return tx.AddJob(t.Context(), "nonsense", "", 0, "") })
	if err != nil {
		t.Fatal(err)
	}
	for range 12 {
		o.drain(t)
		o.now = o.now.Add(time.Hour)
	}
	err = o.DB.Read(t.Context(), o.now, func(tx *store.Tx) error {
		if n, err := tx.DeadJobs(t.Context()); err != nil || n != 1 {
			t.Errorf("%d dead jobs (%v), want 1", n, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// R104: the clock reminds those that have neither recommended nor reported none, 7, 3 and
// 1 days before the deadline, once each, and mails it at once.
func TestReminders(t *testing.T) {
	o := newOffice(t)
	if err := o.Publish(t.Context(), notices.ExpertServiceBase2017, notices.ExpertServiceBase2017English); err != nil {
		t.Fatal(err)
	}
	if err := o.ReportNone(t.Context(), o.As("农牧业厅/负责人"), o.Call, "本厅所属单位本年度没有符合条件的申报。"); err != nil {
		t.Fatal(err)
	}
	err := o.DB.Save(t.Context(), o.now, func(tx *store.Tx) error { return tx.AddJob(t.Context(), "hour", "", 0, "") })
	if err != nil {
		t.Fatal(err)
	}
	count := func(key string) (n int) {
		for _, m := range o.messages(t, key) {
			if m.Kind == "call.reminded" {
				n++
			}
		}
		return n
	}
	for _, day := range []struct{ date, want int }{{12, 0}, {13, 1}, {14, 1}, {17, 2}, {19, 3}, {20, 3}} {
		o.now = time.Date(2017, 7, day.date, 2, 0, 0, 0, time.UTC)
		for range 3 {
			o.drain(t)
			o.now = o.now.Add(time.Hour)
		}
		if n := count("赤峰市人社局/经办"); n != day.want {
			t.Errorf("on 7月%d日: %d reminders, want %d", day.date, n, day.want)
		}
	}
	if n := count("农牧业厅/经办"); n != 0 {
		t.Errorf("who reported none was reminded %d times", n)
	}
}
