package review

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/org"
)

// Facts of a ballot. A fact says that a member voted, never what.
const (
	BallotOpened event.Kind = "ballot.opened"
	BallotCast   event.Kind = "ballot.cast"
	BallotClosed event.Kind = "ballot.closed"
	BallotVoid   event.Kind = "ballot.void"
)

// Choices of a vote. locale has "choice.<word>".
const (
	For     = "for"
	Against = "against"
	Abstain = "abstain"
)

// Choices in the order in which a ballot paper shows them.
var Choices = []string{For, Against, Abstain}

// What a threshold is taken over.
const (
	OverEntitled = "entitled" // 应到: the whole panel
	OverPresent  = "present"  // 实到: those in the room
)

// A Threshold is how many votes for an application pass it: at least Num/Den of the base,
// or more than that. No threshold comes from the notice (T6).
type Threshold struct {
	Num  int    `json:"num"`
	Den  int    `json:"den"`
	More bool   `json:"more"` // more than, not at least
	Of   string `json:"of"`   // OverEntitled or OverPresent
}

// Need is the least number of votes for, of so many who count.
func (t Threshold) Need(base int) int {
	need := (base*t.Num + t.Den - 1) / t.Den
	if t.More {
		need = base*t.Num/t.Den + 1
	}
	return max(need, 1)
}

func (t Threshold) valid() bool {
	return t.Num > 0 && t.Den > 0 && t.Num <= t.Den && !(t.More && t.Num == t.Den) && (t.Of == OverEntitled || t.Of == OverPresent)
}

// A Voter is a member of the panel, as entitled to vote in a meeting.
type Voter struct {
	Person  org.PersonID `json:"person"`
	Name    string       `json:"name"`
	Present bool         `json:"present"`
	Out     []string     `json:"out,omitempty"` // applications for which the member is out of the room (回避)
}

// A Vote is one ballot paper: a member's on one application. In a secret ballot Person is
// empty: the paper is known by its code alone, which only the voter was shown. One paper for
// all applications would tell by its gaps whose it is: everybody knows who was out of the
// room for which.
type Vote struct {
	Code        string `json:"code"`
	Person      string `json:"person,omitempty"`
	Application string `json:"application"`
	Choice      string `json:"choice"`
}

// A Ballot (投票) is one vote of a meeting on some applications. Its papers lie in order of
// their codes, which are random: neither their order nor their place tells who cast them.
type Ballot struct {
	ID        string       `json:"id"`
	Meeting   string       `json:"meeting"`
	Call      string       `json:"call"`
	N         int          `json:"n"` // first, second … ballot of the meeting
	Title     string       `json:"title"`
	Items     []string     `json:"items"` // applications
	Secret    bool         `json:"secret"`
	Threshold Threshold    `json:"threshold"`
	Quorum    Threshold    `json:"quorum"` // of the entitled that must be present
	Voters    []Voter      `json:"voters"` // entitled, as they were when it opened
	Voted     []string     `json:"voted"`  // persons who have voted, by id
	Votes     []Vote       `json:"votes"`
	Opened    time.Time    `json:"opened"`
	Closed    time.Time    `json:"closed"`
	Void      *BallotFault `json:"void,omitempty"`
	Version   int          `json:"version"`
}

// A BallotFault is why a ballot counts nothing.
type BallotFault struct {
	By     event.Actor `json:"by"`
	At     time.Time   `json:"at"`
	Reason string      `json:"reason"`
}

// OpenBallot begins a vote. Without a quorum there is none.
func OpenBallot(b Ballot, by org.Actor, now time.Time) (Ballot, event.Event, error) {
	if err := chairs(by); err != nil {
		return b, event.Event{}, err
	}
	switch {
	case len(b.Items) == 0:
		return b, event.Event{}, refuse("ballot-items", "items")
	case !b.Threshold.valid():
		return b, event.Event{}, refuse("ballot-threshold", "threshold")
	case !b.Quorum.valid():
		return b, event.Event{}, refuse("ballot-quorum", "quorum")
	}
	present := b.present("")
	if need := b.Quorum.Need(len(b.Voters)); present < need || len(b.Voters) == 0 {
		return b, event.Event{}, event.Refuse(event.Closed, "no-quorum", "", "present", strconv.Itoa(present), "entitled", strconv.Itoa(len(b.Voters)), "need", strconv.Itoa(need))
	}
	b.Opened = now
	return b, b.fact(BallotOpened, by, now), nil
}

// chairs refuses who doesn't run the meeting: the department's staff do.
func chairs(by org.Actor) error {
	if !by.Is(org.Staff) {
		return event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	}
	return nil
}

func refuse(kind, field string, args ...string) *event.Refusal {
	r := event.Refuse(event.Invalid, kind, "", args...)
	r.Field = field
	return r
}

// present is how many voters are in the room for an application; "" is the meeting itself.
func (b *Ballot) present(app string) int {
	n := 0
	for _, v := range b.Voters {
		if v.Present && !slices.Contains(v.Out, app) {
			n++
		}
	}
	return n
}

// entitled is how many voters have a vote on an application.
func (b *Ballot) entitled(app string) int {
	n := 0
	for _, v := range b.Voters {
		if !slices.Contains(v.Out, app) {
			n++
		}
	}
	return n
}

// Mine are the applications on which a person votes in this ballot; nil for who has none.
func (b *Ballot) Mine(person org.PersonID) []string {
	i := slices.IndexFunc(b.Voters, func(v Voter) bool { return v.Person == person })
	if i < 0 || !b.Voters[i].Present {
		return nil
	}
	var out []string
	for _, app := range b.Items {
		if !slices.Contains(b.Voters[i].Out, app) {
			out = append(out, app)
		}
	}
	return out
}

// HasVoted reports whether a person's paper is in.
func (b *Ballot) HasVoted(person org.PersonID) bool { return slices.Contains(b.Voted, string(person)) }

// aCode is what a paper's code looks like. It comes back with the form, so that whoever
// sends another could write a name on the paper.
var aCode = regexp.MustCompile(`^[A-Z2-7]{12}$`)

// Cast puts a member's papers in. codes and choices are by application; a code is random and
// shown to the voter alone: with it the paper is found in the published list.
func (b *Ballot) Cast(codes, choices map[string]string, by org.Actor, now time.Time) (event.Event, error) {
	person := org.PersonID(by.Person)
	mine := b.Mine(person)
	switch {
	case !by.Is(org.Expert) || !slices.ContainsFunc(b.Voters, func(v Voter) bool { return v.Person == person }):
		return event.Event{}, event.Refuse(event.NotFound, "not-found", "")
	case b.Opened.IsZero() || !b.Closed.IsZero():
		return event.Event{}, event.Refuse(event.Closed, "ballot-closed", "")
	case b.HasVoted(person):
		return event.Event{}, event.Refuse(event.Conflict, "already-voted", "")
	case mine == nil:
		return event.Event{}, event.Refuse(event.Closed, "not-present", "")
	}
	votes := slices.Clone(b.Votes)
	var bad event.Refusals
	for _, app := range mine {
		if !slices.Contains(Choices, choices[app]) {
			bad = append(bad, refuse("choice-required", "choice."+app))
		}
		v := Vote{Code: codes[app], Application: app, Choice: choices[app]}
		if !b.Secret {
			v.Person = by.Person
		}
		at, taken := slices.BinarySearchFunc(votes, v.Code, func(v Vote, c string) int { return cmp.Compare(v.Code, c) })
		if taken || !aCode.MatchString(v.Code) {
			bad = append(bad, refuse("ballot-code", "choice."+app))
		}
		votes = slices.Insert(votes, at, v)
	}
	if err := bad.Or(); err != nil {
		return event.Event{}, err
	}
	b.Votes = votes
	who, _ := slices.BinarySearch(b.Voted, by.Person)
	b.Voted = slices.Insert(b.Voted, who, by.Person)
	return b.fact(BallotCast, by, now), nil
}

// CloseBallot ends the vote: now the papers are counted, and no more come in.
func (b *Ballot) CloseBallot(by org.Actor, now time.Time) (event.Event, error) {
	if err := chairs(by); err != nil {
		return event.Event{}, err
	}
	if !b.Closed.IsZero() || b.Opened.IsZero() {
		return event.Event{}, event.Refuse(event.Closed, "ballot-closed", "")
	}
	b.Closed = now
	return b.fact(BallotClosed, by, now, "votes", strconv.Itoa(len(b.Voted))), nil
}

// Annul makes a ballot count nothing, with a reason; it stays in the record.
func (b *Ballot) Annul(reason string, by org.Actor, now time.Time) (event.Event, error) {
	if err := chairs(by); err != nil {
		return event.Event{}, err
	}
	if b.Void != nil {
		return event.Event{}, event.Refuse(event.Conflict, "ballot-void", "")
	}
	if strings.TrimSpace(reason) == "" {
		return event.Event{}, refuse("reason-required", "reason")
	}
	b.Void = &BallotFault{By: by.Actor, At: now, Reason: reason}
	if b.Closed.IsZero() {
		b.Closed = now
	}
	e := b.fact(BallotVoid, by, now)
	e.Reason = reason
	return e, nil
}

func (b *Ballot) fact(k event.Kind, by org.Actor, now time.Time, detail ...string) event.Event {
	e := event.Event{Kind: k, On: event.Subject{Kind: "meeting", ID: b.Meeting}, Call: b.Call, By: by.Actor, At: now, Outcome: event.OK,
		Detail: map[string]string{"ballot": strconv.Itoa(b.N), "title": b.Title}}
	for i := 0; i+1 < len(detail); i += 2 {
		e.Detail[detail[i]] = detail[i+1]
	}
	return e
}

// A Tally is what a ballot says of one application.
type Tally struct {
	Application           string
	For, Against, Abstain int
	Base                  int // entitled or present for this application
	Need                  int // votes for that pass it
	Passed                bool
}

// Tally counts a closed ballot; before it is closed, and of a void one, nobody is told
// anything.
func (b *Ballot) Tally() []Tally {
	if b.Closed.IsZero() || b.Void != nil {
		return nil
	}
	var out []Tally
	for _, app := range b.Items {
		t := Tally{Application: app, Base: b.present(app)}
		if b.Threshold.Of == OverEntitled {
			t.Base = b.entitled(app)
		}
		for _, v := range b.Votes {
			switch {
			case v.Application != app:
			case v.Choice == For:
				t.For++
			case v.Choice == Against:
				t.Against++
			case v.Choice == Abstain:
				t.Abstain++
			}
		}
		t.Need = b.Threshold.Need(t.Base)
		t.Passed = t.For >= t.Need
		out = append(out, t)
	}
	return out
}

// Sound says what is wrong with the papers of a ballot, or "": as many papers as those who
// voted had, in order of their codes, each on an item of this ballot. fsck asks it of every
// ballot.
func (b *Ballot) Sound() string {
	papers := 0
	for _, p := range b.Voted {
		papers += len(b.Mine(org.PersonID(p)))
	}
	switch {
	case len(b.Votes) != papers:
		return "papers and voters differ in number"
	case !slices.IsSortedFunc(b.Votes, func(x, y Vote) int { return cmp.Compare(x.Code, y.Code) }):
		return "papers are not in order of their codes"
	}
	for _, v := range b.Votes {
		if b.Secret != (v.Person == "") {
			return "a paper of a secret ballot is signed, or one of an open ballot is not"
		}
		if !slices.Contains(b.Items, v.Application) {
			return "a paper votes on what is no item"
		}
	}
	return ""
}
