package draw

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// A Record is a draw from beginning to end. With it alone anybody can draw again.
type Record struct {
	Schema     string   `json:"schema"`
	Frozen     Frozen   `json:"frozen"`
	Reveal     Reveal   `json:"reveal"`
	Seed       string   `json:"seed"`            // hex
	Look       string   `json:"look_ahead"`      // LookFlow or LookSearch
	Kept       []string `json:"kept,omitempty"`  // members who stay from the draw before
	Lots       []Lot    `json:"lots,omitempty"`  // of a Fair plan
	Steps      []Step   `json:"steps"`           // every ticket that was looked at, in order
	Members    []string `json:"members"`         // those kept first, then by ticket
	Alternates []string `json:"alternates"`      // in the order in which they are asked
	Alone      []string `json:"alone,omitempty"` // members whom nobody on the list could replace
}

// How the quotas were looked ahead.
const (
	LookFlow   = "flow"   // exactly, by flow: the quotas form two nested families
	LookSearch = "search" // exactly, by search with backtracking: three or more families cross
)

// A Step is one ticket that was looked at.
type Step struct {
	N        int      `json:"n"`
	ID       string   `json:"id"`
	Ticket   string   `json:"ticket"`             // hex
	For      string   `json:"for"`                // ForPanel, then ForAlternates
	Place    int      `json:"place,omitempty"`    // which member or alternate they became; 0 passed over
	Replaces []string `json:"replaces,omitempty"` // of an alternate: members whose place they could take with all quotas kept
	Skip     *Skip    `json:"skip,omitempty"`     // why they were passed over
}

// What a step was for.
const (
	ForPanel      = "panel"
	ForAlternates = "alternates"
)

// Skip is why a person was passed over.
type Skip struct {
	Kind   string   `json:"kind"`
	Bar    *Bar     `json:"bar,omitempty"`    // of SkipBar
	Quotas []string `json:"quotas,omitempty"` // of SkipFull: which are; of SkipReserved: for which the places left are needed
	With   []string `json:"with,omitempty"`   // of SkipFull: the members in that category, when they are few
}

// Kinds of skip.
const (
	SkipBar      = "bar"      // a conflict, a full load, or what else the list says
	SkipFull     = "full"     // a category of theirs has as many members as it may
	SkipReserved = "reserved" // the places left are needed for others, or the quotas can't be kept
	SkipLot      = "lot"      // Fair: as many of their sort as the lot gave are on the panel
	SkipNone     = "replaces-none"
	SkipOn       = "on-panel" // kept from the draw before
	SkipOut      = "out"      // could not serve after the draw before
)

// A Lot is what a Fair draw gave to a sort of people, whom the quotas can't tell apart.
type Lot struct {
	Quotas []string `json:"quotas"` // that they count in
	People int      `json:"people"` // who can be drawn
	// Chance is each one's, in millionths, before the draw.
	Chance int64 `json:"chance"`
	Places int   `json:"places"` // drawn
}

// Draw draws from a frozen plan. Everything follows from the plan and the reveal. Errors:
// all Kinds but ErrGround and ErrMax, which Freeze gave.
func (f Frozen) Draw(r Reveal) (Record, error) {
	r.PublicAt, r.At = instant(r.PublicAt), instant(r.At)
	if err := f.holds(r); err != nil {
		return Record{}, err
	}
	d, err := newDrawing(f.Plan)
	if err != nil {
		return Record{}, err
	}
	seed := f.seed(r)
	rec := Record{Schema: Schema, Frozen: f, Reveal: r, Seed: fmt.Sprintf("%x", seed), Look: LookFlow, Kept: d.keptIDs()}
	if !d.nested {
		rec.Look = LookSearch
	}
	if rec.Lots, err = d.run(seed); err != nil {
		return Record{}, err
	}
	d.alternates()
	rec.Steps, rec.Members, rec.Alternates, rec.Alone = d.steps, d.members(), append([]string{}, d.second...), d.alone
	return rec, nil
}

// Sum is the SHA-256 of the record's canonical JSON, hex.
func (r Record) Sum() string { return digest(canonical(r)) }

// A Difference is where a record is not what its own plan and reveal give.
type Difference struct {
	Where      string
	Have, Want string // in the record; as drawn again
}

func (d *Difference) Error() string {
	return fmt.Sprintf("draw: %s: the record has %s, drawn again it is %s", d.Where, d.Have, d.Want)
}

// Verify draws again and answers with the first thing that differs, a *Difference; or with
// what Freeze or Draw refuse, such as a list that was changed. Nil: the record is true.
func Verify(r Record) error {
	if r.Schema != Schema {
		return refuse(ErrInput, "what", "schema "+r.Schema)
	}
	again, err := Freeze(r.Frozen.Plan)
	if err != nil {
		return err
	}
	if again.List != r.Frozen.List {
		return refuse(ErrList, "have", again.List, "want", r.Frozen.List)
	}
	if again.Hash != r.Frozen.Hash {
		return refuse(ErrPlan, "have", again.Hash, "want", r.Frozen.Hash)
	}
	want, err := again.Draw(r.Reveal)
	if err != nil {
		return err
	}
	for _, x := range []struct {
		where      string
		have, want any
	}{
		{"seed", r.Seed, want.Seed}, {"look_ahead", r.Look, want.Look}, {"kept", r.Kept, want.Kept}, {"lots", r.Lots, want.Lots},
	} {
		if err := differ(x.where, x.have, x.want); err != nil {
			return err
		}
	}
	for i := range max(len(r.Steps), len(want.Steps)) {
		if err := differ("step "+strconv.Itoa(i+1), at(r.Steps, i), at(want.Steps, i)); err != nil {
			return err
		}
	}
	for _, x := range []struct {
		where      string
		have, want any
	}{
		{"members", r.Members, want.Members}, {"alternates", r.Alternates, want.Alternates}, {"alone", r.Alone, want.Alone}, {"record", r, want},
	} {
		if err := differ(x.where, x.have, x.want); err != nil {
			return err
		}
	}
	return nil
}

func at(steps []Step, i int) any {
	if i < len(steps) {
		return steps[i]
	}
	return nil
}

func differ(where string, have, want any) error {
	h, w := canonical(have), canonical(want)
	if bytes.Equal(h, w) {
		return nil
	}
	return &Difference{where, string(bytes.TrimSpace(h)), string(bytes.TrimSpace(w))}
}

// Parse reads a record from JSON and refuses members that it does not know: a record with
// more in it says more than was checked.
func Parse(b []byte) (Record, error) {
	var r Record
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return r, refuse(ErrInput, "what", err.Error())
	}
	return r, nil
}

// JSON is the record as files have it.
func (r Record) JSON() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	must(e.Encode(r))
	return b.Bytes()
}
