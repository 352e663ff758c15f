package web

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"shenbao/internal/event"
)

// status is the table of answers: what a refusal is in HTTP.
func status(c event.Class) int {
	switch c {
	case event.Invalid:
		return http.StatusUnprocessableEntity
	case event.Forbidden:
		return http.StatusForbidden
	case event.NotFound:
		return http.StatusNotFound
	case event.Conflict, event.Closed:
		return http.StatusConflict
	case event.TooMany:
		return http.StatusTooManyRequests
	}
	return http.StatusInternalServerError
}

// refusals are the refusals in err; ok is false when it is something else.
func refusals(err error) (event.Refusals, bool) {
	var one *event.Refusal
	var more event.Refusals
	switch {
	case errors.As(err, &more) && len(more) > 0:
		return more, true
	case errors.As(err, &one):
		return event.Refusals{one}, true
	}
	return nil, false
}

// answer says an error: a refusal in its own words, anything else as an error of the
// system, which is logged and not shown.
func (q *query) answer(err error) {
	rs, ok := refusals(err)
	if !ok {
		if !errors.Is(err, context.Canceled) {
			slog.Error("request", "method", q.r.Method, "path", q.r.URL.Path, "error", err)
		}
		if q.started {
			return
		}
		rs = event.Refusals{{Kind: "internal"}}
	}
	if q.started {
		return
	}
	code := status(rs[0].Class)
	if q.json() {
		q.w.Header().Set("Content-Type", "application/json")
		q.w.WriteHeader(code)
		_ = json.NewEncoder(q.w).Encode(map[string]string{"message": q.lang.Say("refusal."+rs[0].Kind, rs[0].Args)})
		return
	}
	if rs[0].Kind == "sign-in-again" {
		_ = q.stepUp()
		return
	}
	var ps []Problem
	for _, r := range rs {
		ps = append(ps, Problem{Field: r.Field, Text: q.lang.Say("refusal."+r.Kind, r.Args), Clause: r.Clause})
	}
	title := "error.title"
	if q.r.Method == http.MethodGet {
		title = "error.no-page"
	}
	if err := q.show(code, refusalPage(q.view(title), ps, q.r.Header.Get("Referer"))); err != nil {
		slog.Error("error page", "error", err)
	}
}
