package main

import (
	"net/http"
	"sync"
	"time"

	"shenbao/internal/demo"
	"shenbao/internal/web"
)

// bar is what the bar at the top of the demo offers: to let time pass, in which nothing
// happens but what the visitor does, or to go to a step of the call, with all that the
// cast does on the way there.
func bar(w *demo.World, clock *demo.Clock, play *demo.Play) *web.Demo {
	d := &web.Demo{Ways: []string{"hour", "day", "week", "month", "material", "review", "decision", "plaque"}}
	for _, p := range w.Cast {
		d.Cast = append(d.Cast, web.Persona{Person: p.Person, Post: p.Post, Name: p.Name, Role: p.Role, Unit: p.Office})
	}
	wait := map[string]time.Duration{"hour": time.Hour, "day": 24 * time.Hour, "week": 7 * 24 * time.Hour, "month": 30 * 24 * time.Hour}
	jump := map[string]time.Time{"material": demo.AtMaterial, "review": demo.AtReview, "decision": demo.AtDecision, "plaque": demo.AtPlaque}
	var one sync.Mutex // a second jump waits for the first, and has nothing left to do
	d.Move = func(r *http.Request, to string) error {
		one.Lock()
		defer one.Unlock()
		if at, ok := jump[to]; ok {
			return play.Until(r.Context(), at, clock.Set)
		}
		return clock.Set(clock.Now().Add(wait[to]))
	}
	return d
}
