package web

import (
	"fmt"
	"runtime/debug"
	"strings"

	"shenbao/internal/desk"
)

func (s *Server) systemRoutes() {
	s.on("GET /system", s.system)
	s.on("POST /system/check", s.checkSystem)
	s.on("POST /system/jobs/{id}/retry", s.retryJob)
}

func (s *Server) system(q *query) error {
	x, err := s.desk.System(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	return q.show(200, systemPage(q.view("system.title"), x, nil))
}

// checkSystem runs fsck and shows what it found.
func (s *Server) checkSystem(q *query) error {
	rep, err := s.desk.CheckSystem(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	x, err := s.desk.System(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	return q.show(200, systemPage(q.view("system.title"), x, &rep))
}

func (s *Server) retryJob(q *query) error {
	if err := s.desk.RetryJob(q.ctx(), q.ask(), q.r.PathValue("id")); err != nil {
		return err
	}
	return q.to("/system", "job-retried")
}

// version is the program's version as it was built: the module's, or the commit.
func version() string {
	b, ok := debug.ReadBuildInfo()
	if !ok {
		return "—"
	}
	out := []string{b.Main.Version}
	for _, x := range b.Settings {
		switch {
		case x.Key == "vcs.revision" && len(x.Value) >= 12:
			out = append(out, x.Value[:12])
		case x.Key == "vcs.modified" && x.Value == "true":
			out = append(out, "+")
		}
	}
	return strings.TrimSpace(strings.Join(append(out, b.GoVersion), " "))
}

// size is a number of bytes as people read it.
func size(n int64) string {
	switch {
	case n < 1<<20:
		return fmt.Sprintf("%d KB", (n+1023)>>10)
	case n < 1<<30:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.2f GB", float64(n)/(1<<30))
}

// databaseName is the name of the database in use.
func databaseName(x desk.System) string {
	if x.Database == "postgres" {
		return "PostgreSQL"
	}
	return "SQLite"
}
