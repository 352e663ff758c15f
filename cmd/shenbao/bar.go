package main

import (
	"net/http"
	"time"

	"shenbao/internal/demo"
	"shenbao/internal/web"
)

// bar is what the bar at the top of the demo offers.
func bar(w *demo.World, clock *demo.Clock) *web.Demo {
	d := &web.Demo{Ways: []string{"hour", "day", "week", "month"}}
	for _, p := range w.Cast {
		d.Cast = append(d.Cast, web.Persona{Person: p.Person, Post: p.Post, Name: p.Name, Role: p.Role, Unit: p.Office})
	}
	d.Move = func(_ *http.Request, to string) error {
		steps := map[string]time.Duration{"hour": time.Hour, "day": 24 * time.Hour, "week": 7 * 24 * time.Hour, "month": 30 * 24 * time.Hour}
		return clock.Set(clock.Now().Add(steps[to]))
	}
	return d
}
