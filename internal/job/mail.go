package job

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/wneessen/go-mail"

	"shenbao/internal/locale"
	"shenbao/internal/notify"
	"shenbao/internal/org"
	"shenbao/internal/store"
)

// A Mailer sends mail through one SMTP server.
type Mailer struct {
	client *mail.Client
	from   string
	site   string
}

// NewMailer reads smtp://user:password@host:port (STARTTLS where the server offers it) or
// smtps://…; from is the sender's address, site the address of this system in links.
func NewMailer(server, from, site string) (*Mailer, error) {
	u, err := url.Parse(server)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, fmt.Errorf("smtp server %q: write smtp://user:password@host:port", server)
	}
	opts := []mail.Option{mail.WithTimeout(20 * time.Second), mail.WithTLSPolicy(mail.TLSOpportunistic)}
	if u.Scheme == "smtps" {
		opts = append(opts, mail.WithSSL())
	}
	if p := u.Port(); p != "" {
		n, err := strconv.Atoi(p)
		if err != nil {
			return nil, err
		}
		opts = append(opts, mail.WithPort(n))
	}
	if u.User != nil {
		pass, _ := u.User.Password()
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(u.User.Username()), mail.WithPassword(pass))
	}
	c, err := mail.NewClient(u.Hostname(), opts...)
	return &Mailer{client: c, from: from, site: site}, err
}

func (m *Mailer) send(ctx context.Context, to, subject, body string) error {
	msg := mail.NewMsg()
	if err := msg.From(m.from); err != nil {
		return err
	}
	if err := msg.To(to); err != nil {
		return err
	}
	msg.Subject(subject)
	msg.SetBodyString(mail.TypeTextPlain, body)
	return m.client.DialAndSendWithContext(ctx, msg)
}

// soon records a mail run a moment from now, so that several messages of one act share it.
func (r *Runner) soon(ctx context.Context) error {
	now := r.Clock()
	at := now.Truncate(time.Minute).Add(time.Minute)
	return r.DB.Save(ctx, now, func(tx *store.Tx) error {
		return tx.AddJob(ctx, "mail", "", at.UnixMicro(), "mail "+at.UTC().Format(time.RFC3339))
	})
}

// mail sends what is mailed at once: urgent messages, and all of those who asked for it.
func (r *Runner) mail(ctx context.Context) error {
	return r.post(ctx, func(how string, m store.Message) bool {
		return how == "once" || how == "digest" && notify.Urgent(m.Kind)
	})
}

// digest sends the rest twice a day, at eight and at two.
func (r *Runner) digest(ctx context.Context, now time.Time) error {
	if h := now.In(locale.Beijing).Hour(); r.Mail == nil || h != 8 && h != 14 {
		return nil
	}
	return r.post(ctx, func(how string, _ store.Message) bool { return how != "none" })
}

// post sends each person one mail of the messages that take says. A message is marked
// after its mail was handed over: a crash in between sends it again rather than never.
func (r *Runner) post(ctx context.Context, take func(how string, m store.Message) bool) error {
	if r.Mail == nil {
		return nil
	}
	var all []store.Message
	hows, people := map[string]string{}, map[string]org.Person{}
	err := r.DB.Read(ctx, r.Clock(), func(tx *store.Tx) (err error) {
		if all, err = tx.Unmailed(ctx, r.Clock()); err != nil {
			return err
		}
		for _, m := range all {
			if _, ok := hows[m.Person]; ok {
				continue
			}
			if hows[m.Person], err = tx.Mail(ctx, org.PersonID(m.Person)); err != nil {
				return err
			}
			if people[m.Person], err = tx.Person(ctx, org.PersonID(m.Person)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i := 0; i < len(all); {
		j, p := i, people[all[i].Person]
		var ms []store.Message
		var lines []notify.Line
		for ; j < len(all) && all[j].Person == all[i].Person; j++ {
			if m := all[j]; take(hows[m.Person], m) {
				ms, lines = append(ms, m), append(lines, notify.Line{Kind: m.Kind, Link: m.Link, Words: m.Words(), At: m.SentAt()})
			}
		}
		i = j
		if len(ms) == 0 || p.Email == "" || p.Disabled {
			continue
		}
		subject, body := notify.Mail(locale.Zh, p.Name, r.Mail.site, lines)
		if err := r.Mail.send(ctx, p.Email, subject, body); err != nil {
			return fmt.Errorf("mail to %s: %w", p.Login, err)
		}
		if err := r.mailed(ctx, ms); err != nil {
			return err
		}
	}
	return nil
}

func (r *Runner) mailed(ctx context.Context, ms []store.Message) error {
	return r.DB.Save(context.WithoutCancel(ctx), r.Clock(), func(tx *store.Tx) error {
		for _, m := range ms {
			if err := tx.MessageMailed(ctx, m.ID); err != nil {
				return err
			}
		}
		return nil
	})
}
