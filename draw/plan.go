package draw

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Schema is the form of plans and records, and the version of the procedure: a record is
// replayed by the procedure that made it.
const Schema = "shenbao-draw/1"

// How a panel is drawn.
const (
	Tickets = "tickets" // the lowest tickets that keep the quotas
	Fair    = "fair"    // how many of each sort is drawn so that chances are as even as can be; then the lowest tickets of each
)

// A Plan is everything that is fixed before the draw. Its hash is made public.
type Plan struct {
	Schema     string    `json:"schema"` // "" is filled in
	Call       string    `json:"call"`   // ids: no "|", no line break
	Panel      string    `json:"panel"`
	Number     int       `json:"number"` // of this draw for the panel, from 1
	Max        int       `json:"max"`    // draws that there may be
	Size       int       `json:"size"`   // members
	Alternates int       `json:"alternates"`
	Mode       string    `json:"mode"` // "" is Tickets
	Quotas     []Quota   `json:"quotas"`
	Commitment string    `json:"commitment"`         // Commit of the secret
	Source     string    `json:"source"`             // in words, which public value will be used: whose, which, when it will be known
	Frozen     time.Time `json:"frozen"`             // when all this was fixed
	Reason     string    `json:"reason,omitempty"`   // of a further draw
	Earlier    *Earlier  `json:"earlier,omitempty"`  // the draw before it; with Number above one
	Operator   string    `json:"operator,omitempty"` // who runs it
	People     []Person  `json:"people"`             // eligible; sorted by id when frozen
}

// A Person of the eligible list.
type Person struct {
	ID   string              `json:"id"` // stable
	Name string              `json:"name,omitempty"`
	In   map[string][]string `json:"in,omitempty"`   // family → categories: "employer" → ["农科院"], "field" → ["210", "21020"]
	Bars []Bar               `json:"bars,omitempty"` // why they can't be on this panel, though on the list
}

// A Bar keeps a person off the panel: a conflict with one of its applications, a full load.
type Bar struct {
	Kind  string `json:"kind"`            // "conflict", "load", or what else the caller knows
	About string `json:"about,omitempty"` // the application, or whatever it is about
	Why   string `json:"why,omitempty"`
}

// A Quota bounds how many members are in a category. Category "*" is each category of the
// family that has no quota of its own: {"employer", "*", 0, 1} is at most one of each employer.
type Quota struct {
	Family   string `json:"family"`
	Category string `json:"category"`
	Min      int    `json:"min,omitempty"`
	Max      int    `json:"max,omitempty"` // 0: no upper bound
}

// Earlier is the draw before, and who of its members and alternates could not serve, in the
// order in which they said so.
type Earlier struct {
	Record Record `json:"record"`
	Out    []Out  `json:"out"`
}

// Out is a person who can't serve.
type Out struct {
	ID  string `json:"id"`
	Why string `json:"why,omitempty"`
}

// A Frozen plan can be drawn from. Hash and List are published; Draw refuses a plan that
// no longer has them.
type Frozen struct {
	Plan Plan   `json:"plan"`
	Hash string `json:"hash"` // SHA-256 of the plan, hex
	List string `json:"list"` // SHA-256 of the eligible list alone, hex
}

// A Kind names why something is refused; errors.Is finds it in what this package returns.
// Sentences for people are kept by the same name.
type Kind string

func (k Kind) Error() string { return string(k) }

// Refusals. Their particulars are in an Error's Args.
const (
	ErrInput      Kind = "draw-bad-input"        // the plan contradicts itself: what
	ErrList       Kind = "draw-list-changed"     // since it was frozen: have, want
	ErrPlan       Kind = "draw-plan-changed"     // something else of the plan: have, want
	ErrCommitment Kind = "draw-secret-differs"   // from what was committed to: have, want
	ErrEarly      Kind = "draw-revealed-early"   // the secret before the public value was known, or the value before the list was frozen: what
	ErrPublic     Kind = "draw-public-missing"   // no public value
	ErrGround     Kind = "draw-no-ground"        // for a further draw: what
	ErrMax        Kind = "draw-over-max"         // more draws than there may be: number, max
	ErrQuota      Kind = "draw-quota-impossible" // the eligible can't meet them: quotas, eligible, size
	ErrCrossing   Kind = "draw-fair-crossing"    // Fair needs quotas in two nested families: quotas
	ErrSearch     Kind = "draw-search-gave-up"   // crossing quotas that were too hard: steps
)

// An Error is a refusal with its particulars.
type Error struct {
	Kind Kind
	Args map[string]string
}

func (e *Error) Error() string {
	s := e.Kind.Error()
	for _, k := range slices.Sorted(maps.Keys(e.Args)) {
		s += " " + k + "=" + strconv.Quote(e.Args[k])
	}
	return s
}
func (e *Error) Unwrap() error { return e.Kind }

func refuse(k Kind, args ...string) error {
	e := &Error{k, map[string]string{}}
	for i := 0; i+1 < len(args); i += 2 {
		e.Args[args[i]] = args[i+1]
	}
	return e
}

// Commit is the public hash of a secret: SHA-256, hex. The secret must have been made by
// chance, of at least 16 bytes; 32 hex digits are common.
func Commit(secret string) string { return digest([]byte(secret)) }

func digest(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// Freeze checks a plan, sorts its list and hashes both. Errors: ErrInput, ErrGround, ErrMax,
// and whatever is wrong with the earlier record.
func Freeze(p Plan) (Frozen, error) {
	p.Schema, p.Mode = cmp.Or(p.Schema, Schema), cmp.Or(p.Mode, Tickets)
	p.Frozen = instant(p.Frozen)
	p.Quotas, p.People = append([]Quota{}, p.Quotas...), append([]Person{}, p.People...)
	slices.SortFunc(p.People, func(a, b Person) int { return cmp.Compare(a.ID, b.ID) })
	if err := p.sound(); err != nil {
		return Frozen{}, err
	}
	if err := p.grounds(); err != nil {
		return Frozen{}, err
	}
	list := digest(p.List())
	return Frozen{Plan: p, Hash: p.hash(list), List: list}, nil
}

// instant is a time as records keep it.
func instant(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// List is the eligible list as it is hashed: one person a line as JSON, by id.
func (p Plan) List() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for _, x := range p.People {
		must(e.Encode(x))
	}
	return b.Bytes()
}

// hash is over the plan with the hash of the list in place of the list, and that of the
// earlier record in place of the record: both are published by themselves.
func (p Plan) hash(list string) string {
	short := p
	short.People = nil
	var earlier string
	if p.Earlier != nil {
		earlier = p.Earlier.Record.Sum()
		short.Earlier = &Earlier{Out: p.Earlier.Out}
	}
	return digest(canonical([]any{short, list, earlier}))
}

// canonical is JSON with nothing escaped that need not be: struct order, sorted keys of maps.
func canonical(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	must(e.Encode(v))
	return b.Bytes()
}

// must is for what can't fail: values of our own types, which JSON can hold.
func must(err error) {
	if err != nil {
		panic("draw: " + err.Error())
	}
}

// sound finds what is wrong with a plan by itself.
func (p Plan) sound() error {
	bad := func(what string) error { return refuse(ErrInput, "what", what) }
	switch {
	case p.Schema != Schema:
		return bad("schema " + p.Schema)
	case !plain(p.Call) || !plain(p.Panel):
		return bad("call or panel " + p.Call + " " + p.Panel)
	case p.Size < 1 || p.Alternates < 0:
		return bad("size " + strconv.Itoa(p.Size) + ", alternates " + strconv.Itoa(p.Alternates))
	case p.Mode != Tickets && p.Mode != Fair:
		return bad("mode " + p.Mode)
	case len(p.Commitment) != 64 || strings.TrimSpace(p.Source) == "":
		return bad("no commitment, or no source of the public value")
	case p.Number < 1 || p.Max < 1:
		return bad("number " + strconv.Itoa(p.Number) + " of at most " + strconv.Itoa(p.Max))
	case p.Number > p.Max:
		return refuse(ErrMax, "number", strconv.Itoa(p.Number), "max", strconv.Itoa(p.Max))
	}
	for i, x := range p.People {
		if !plain(x.ID) || i > 0 && p.People[i-1].ID == x.ID {
			return bad("person id " + strconv.Quote(x.ID) + ", empty, twice or not plain")
		}
	}
	seen := map[[2]string]bool{}
	for _, q := range p.Quotas {
		k := [2]string{q.Family, q.Category}
		if q.Family == "" || q.Category == "" || seen[k] || q.Min < 0 || q.Max < 0 || q.Max > 0 && q.Min > q.Max {
			return bad("quota " + q.String())
		}
		seen[k] = true
	}
	return nil
}

// plain ids can be joined with bars.
func plain(id string) bool { return id != "" && !strings.ContainsAny(id, "|\n\r\x00") }

// String is "field 210 2..5"; a missing upper bound is left out.
func (q Quota) String() string {
	s := q.Family + " " + q.Category + " " + strconv.Itoa(q.Min) + ".."
	if q.Max > 0 {
		s += strconv.Itoa(q.Max)
	}
	return s
}
