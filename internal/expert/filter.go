package expert

import "shenbao/internal/org"

// A Filter chooses experts for a list; zero values do not filter.
type Filter struct {
	Words  string // each of them in the name, an employer, the title or a field
	Kind   Kind
	Level  Level
	Field  string // a code; one of the first level finds its second level too
	Place  string // a code, or the beginning of codes
	State  State
	On     string       // a day on which they are in the pool and not away
	Name   string       // with Person, the last of the page before
	Person org.PersonID //
}
