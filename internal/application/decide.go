package application

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

// A DecisionSheet (呈批件) is the one paper on which a call's ranked list is decided: staff
// draft it, the offices countersign (会签), one or two bodies approve it. From when it goes
// round, what is signed is fixed by its hash; whatever changes it ends what was signed. A
// call has at most one that is not released.
//
// Who signs, and that there are countersignatures at all, is not from the notice, which
// says “经批准设立” alone (四（二）, R43).
type DecisionSheet struct {
	ID           string         `json:"id"`
	Call         string         `json:"call"`
	N            int            `json:"n"` // 1 for the call's first
	State        SheetState     `json:"state"`
	Lines        []DecisionLine `json:"lines"`         // by rank
	Ties         map[int]string `json:"ties"`          // shared rank → why its group was divided so
	Words        string         `json:"words"`         // what the drafters lay before the deciding
	BudgetFen    int64          `json:"budget_fen"`    // the call's when it was sent; 0: none was set
	BudgetReason string         `json:"budget_reason"` // why the grants come to more
	Minutes      []SheetFile    `json:"minutes"`       // of the deciding meeting
	Before       Distribution   `json:"before"`        // how bases are spread without and with the list
	Written      []event.Actor  `json:"written"`       // everybody who wrote in it since it was begun
	InOrder      bool           `json:"in_order"`      // countersigned one after the other
	Countersigns []Countersign  `json:"countersigns"`
	Approvals    []Approval     `json:"approvals"` // one for each body that approves
	Sent         time.Time      `json:"sent"`
	Hash         string         `json:"hash"` // of all of the above that is signed; "" before it was sent
	Code         string         `json:"code"` // the hash as it is printed
	Approved     time.Time      `json:"approved"`
	Past         []SheetRound   `json:"past"`     // rounds that ended without approval
	Document     string         `json:"document"` // of the determination, once released
	Date         string         `json:"date"`
	Released     time.Time      `json:"released"`
	Version      int            `json:"version"`
}

// SheetState is where a decision sheet is. locale has "decision-state.<state>".
type SheetState string

const (
	SheetDraft       SheetState = "draft"
	SheetCirculating SheetState = "circulating" // being countersigned and approved
	SheetReturned    SheetState = "returned"    // to be drafted again
	SheetApproved    SheetState = "approved"    // frozen; nothing is known outside yet
	SheetReleased    SheetState = "released"
)

// SheetStates are all states, in the order of the way.
var SheetStates = []SheetState{SheetDraft, SheetCirculating, SheetReturned, SheetApproved, SheetReleased}

// What a line decides. locale has "outcome.<outcome>".
const (
	LineRecognised = "recognised"
	LineReserve    = "reserve" // moves up when a recognised one falls away before release
	LineNot        = "not_recognised"
)

// LineOutcomes are what a line can get, the best first.
var LineOutcomes = []string{LineRecognised, LineReserve, LineNot}

// A DecisionLine is one application on the sheet.
type DecisionLine struct {
	Application ID     `json:"application"`
	Number      string `json:"number"`
	BaseName    string `json:"base_name"`
	UnitName    string `json:"unit_name"`
	Rank        int    `json:"rank"`  // equal scores share one: 1, 2, 2, 4
	Score       int64  `json:"score"` // official, in hundredths
	Choice
	Beside Beside `json:"beside"`
}

// A Choice is what is written on one line.
type Choice struct {
	Outcome   string `json:"outcome"`   // "" while nothing was chosen
	Reserve   int    `json:"reserve"`   // place on the reserve list, from 1
	Reason    string `json:"reason"`    // shown to the unit
	Departure string `json:"departure"` // why the rank was departed from (R19)
	GrantFen  int64  `json:"grant_fen"` // start-up money (R45)
}

// Beside is what the deciding see beside a line: none of it decides.
type Beside struct {
	Division    string   `json:"division"` // the base's own, by its code
	League      string   `json:"league"`
	Place       string   `json:"place"`
	Industry    []string `json:"industry"`
	Recommender string   `json:"recommender"`
	Panel       int      `json:"panel"`            // experts whose scores count
	Recused     int      `json:"recused"`          // experts who stepped back
	Advisory    string   `json:"advisory"`         // calibrated score with its interval; "" none
	Vetoed      []string `json:"vetoed,omitempty"` // grounds that experts found to keep it out
	Visits      []string `json:"visits,omitempty"` // what site visits found
}

// A SheetFile is a file that belongs to a sheet.
type SheetFile struct {
	ID     string      `json:"id"`
	Name   string      `json:"name"`
	Type   string      `json:"type"`
	Size   int64       `json:"size"`
	Pages  int         `json:"pages"`
	SHA256 string      `json:"sha256"`
	By     event.Actor `json:"by"`
	At     time.Time   `json:"at"`
}

// A Distribution is how bases are spread over the region and the industries (R18).
type Distribution struct {
	Leagues    []Spread `json:"leagues"`
	Industries []Spread `json:"industries"`
}

// A Spread is one place or industry: bases that are there, those that the sheet would add,
// and all that were on the list.
type Spread struct {
	Name     string `json:"name"`
	Code     string `json:"code,omitempty"` // of a place: its division
	Existing int    `json:"existing"`
	Proposed int    `json:"proposed"`
	Listed   int    `json:"listed"`
}

// What a countersignature or an approval says. locale has "countersign.<outcome>".
const (
	SignAgree    = "agree"
	SignDisagree = "disagree" // with words; the approving body weighs them
	SignReturn   = "return"   // with a reason; the sheet is drafted again
)

// A Countersign (会签) is one named person's word for their office.
type Countersign struct {
	Person  string       `json:"person"`
	Name    string       `json:"name"`
	Post    string       `json:"post"` // the post named; whoever it is lent to signs for it
	Office  string       `json:"office"`
	Outcome string       `json:"outcome"` // "" open
	Words   string       `json:"words"`
	By      *event.Actor `json:"by,omitempty"`
	At      time.Time    `json:"at"`
}

// An Approval is one body's, in the system or on paper.
type Approval struct {
	Unit     org.UnitID   `json:"unit"`
	UnitName string       `json:"unit_name"`
	Words    string       `json:"words"`
	By       *event.Actor `json:"by,omitempty"` // who signed, or confirmed the paper; nil: open
	At       time.Time    `json:"at"`
	Paper    *PaperSign   `json:"paper,omitempty"`
}

// A PaperSign is an approval signed on paper; it counts once another person than whoever
// uploaded it has confirmed that the scan shows it.
type PaperSign struct {
	File   SheetFile `json:"file"`
	Signer string    `json:"signer"`
	Date   string    `json:"date"` // on the paper
}

// A SheetRound is what was signed on a text that did not come to be approved.
type SheetRound struct {
	Hash         string        `json:"hash"`
	Sent         time.Time     `json:"sent"`
	Countersigns []Countersign `json:"countersigns"`
	Approvals    []Approval    `json:"approvals"`
	By           event.Actor   `json:"by"`
	At           time.Time     `json:"at"`
	Taken        bool          `json:"taken"` // back by its drafters; otherwise it was returned
	Reason       string        `json:"reason"`
}

// Facts of a decision sheet.
const (
	SheetWritten       event.Kind = "sheet.written"
	SheetMinuted       event.Kind = "sheet.minuted"
	SheetSent          event.Kind = "sheet.sent"
	SheetCountersigned event.Kind = "sheet.countersigned"
	SheetSentBack      event.Kind = "sheet.returned"
	SheetTaken         event.Kind = "sheet.taken-back"
	SheetScanned       event.Kind = "sheet.scanned"
	SheetScanRefused   event.Kind = "sheet.scan-refused"
	SheetSigned        event.Kind = "sheet.signed" // by one body of two
	SheetPassed        event.Kind = "sheet.approved"
	SheetOut           event.Kind = "sheet.released"
	ProposedFact       event.Kind = "application.proposed"
)

// Acts on a decision sheet, by the noun in their URL.
const (
	ActSheetWrite   = "decision-sheet"
	ActSheetMinutes = "minutes"
	ActSheetSend    = "circulation"
	ActSheetTake    = "recall"
	ActCountersign  = "countersignature"
	ActApprove      = "approval"
	ActScan         = "scan"
	ActScanConfirm  = "scan-confirmation"
)

// A SheetAct is a row of the table of acts on a decision sheet.
type SheetAct struct {
	Name  string
	Roles []org.Role
	From  []SheetState
}

var (
	written = []SheetState{SheetDraft, SheetReturned}
	round   = []SheetState{SheetCirculating}
)

// SheetActs is who may do what to a sheet in which state. Who countersigns is named on the
// sheet itself; who approves are the approvers of the department and, where the call has a
// second body, the person in charge there.
var SheetActs = []SheetAct{
	{ActSheetWrite, staff, written},
	{ActSheetMinutes, staff, written},
	{ActSheetSend, staff, written},
	{ActSheetTake, staff, round},
	{ActCountersign, Countersigning, round},
	{ActApprove, []org.Role{org.Approver, org.Principal}, round},
	{ActScan, staff, round},
	{ActScanConfirm, []org.Role{org.Staff, org.Approver}, round},
}

// Countersigning are the roles of posts that can be named to countersign.
var Countersigning = []org.Role{org.Staff, org.Approver, org.Finance, org.Intake}

// May reports why by can't do the act on the sheet now, or nil.
func (s *DecisionSheet) May(by org.Actor, name string) error {
	act := SheetActs[slices.IndexFunc(SheetActs, func(x SheetAct) bool { return x.Name == name })]
	switch {
	case !by.Is(act.Roles...):
		return event.Refuse(event.Forbidden, "wrong-role", "", "role", string(act.Roles[0]))
	case name == ActCountersign && s.place(by) < 0:
		return event.Refuse(event.Forbidden, "not-named", "")
	case name == ActApprove && s.body(org.UnitID(by.Unit)) < 0 && len(s.Approvals) > 0:
		return event.Refuse(event.Forbidden, "not-your-unit", "")
	case !slices.Contains(act.From, s.State):
		return event.Refuse(event.Closed, "sheet-state", "", "sheet_state", string(s.State))
	}
	return nil
}

// Can lists the acts that by can do on the sheet now: the buttons.
func (s *DecisionSheet) Can(by org.Actor) []string {
	var out []string
	for _, act := range SheetActs {
		if s.May(by, act.Name) == nil {
			out = append(out, act.Name)
		}
	}
	return out
}

// Sees reports whether by may read the sheet: those who arrange, decide and pay, whoever
// is named on it, and the body that approves beside the department, once it was sent.
func (s *DecisionSheet) Sees(by org.Actor) bool {
	if by.Is(org.Staff, org.Approver, org.Finance) {
		return true
	}
	if s.State == SheetDraft || s.State == SheetReturned {
		return false
	}
	return s.place(by) >= 0 && by.Is(Countersigning...) || by.Is(org.Principal) && s.body(org.UnitID(by.Unit)) >= 0
}

// place is by's place among those who countersign, or -1.
func (s *DecisionSheet) place(by org.Actor) int {
	return slices.IndexFunc(s.Countersigns, func(c Countersign) bool {
		return org.SamePerson(by.Actor, event.Actor{Person: c.Person})
	})
}

// body is the place of a unit's approval, or -1.
func (s *DecisionSheet) body(u org.UnitID) int {
	return slices.IndexFunc(s.Approvals, func(a Approval) bool { return a.Unit == u })
}

// Line is the sheet's line of an application.
func (s *DecisionSheet) Line(id ID) (DecisionLine, bool) {
	i := slices.IndexFunc(s.Lines, func(l DecisionLine) bool { return l.Application == id })
	if i < 0 {
		return DecisionLine{}, false
	}
	return s.Lines[i], true
}

// SumFen is what the grants of the recognised lines come to.
func (s *DecisionSheet) SumFen() int64 {
	sum := int64(0)
	for _, l := range s.Lines {
		if l.Outcome == LineRecognised {
			sum += l.GrantFen
		}
	}
	return sum
}

// Over reports whether the grants come to more than the budget, or there is none to hold
// them against.
func (s *DecisionSheet) Over() bool { return s.SumFen() > s.BudgetFen }

// Count is how many lines have an outcome.
func (s *DecisionSheet) Count(outcome string) int {
	n := 0
	for _, l := range s.Lines {
		if l.Outcome == outcome {
			n++
		}
	}
	return n
}

// Files are all files that the sheet speaks of, those of past rounds too.
func (s *DecisionSheet) Files() []SheetFile {
	out := slices.Clone(s.Minutes)
	add := func(as []Approval) {
		for _, a := range as {
			if a.Paper != nil {
				out = append(out, a.Paper.File)
			}
		}
	}
	add(s.Approvals)
	for _, p := range s.Past {
		add(p.Approvals)
	}
	return out
}

// Sum is the hash of what is signed: everything that decides, and what stood beside it.
func (s *DecisionSheet) Sum() string {
	names := []string{}
	for _, c := range s.Countersigns {
		names = append(names, c.Post)
	}
	bodies := []org.UnitID{}
	for _, a := range s.Approvals {
		bodies = append(bodies, a.Unit)
	}
	files := []string{}
	for _, f := range s.Minutes {
		files = append(files, f.SHA256)
	}
	b, err := json.Marshal([]any{s.ID, s.Call, s.N, s.Lines, s.Ties, s.Words, s.BudgetFen, s.BudgetReason, files, s.Before, s.InOrder, names, bodies})
	if err != nil {
		panic("application: " + err.Error()) // strings, numbers and maps of them only
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

func (s *DecisionSheet) fact(k event.Kind, n *notice.Notice, by org.Actor, now time.Time, detail ...string) event.Event {
	e := event.Event{Kind: k, On: event.Subject{Kind: "sheet", ID: s.ID}, Call: s.Call, Outcome: event.OK, By: by.Actor, At: now,
		Clause: clause(n, notice.StepDetermine), Notice: n.SHA256, Detail: map[string]string{"n": itoa(s.N)}}
	if s.Code != "" {
		e.Detail["code"] = s.Code
	}
	for i := 0; i+1 < len(detail); i += 2 {
		e.Detail[detail[i]] = detail[i+1]
	}
	return e
}

// freeze fixes what is signed from now on.
func (s *DecisionSheet) freeze(now time.Time) {
	s.Sent, s.Hash = now, s.Sum()
	s.Code = filing.CodeOf(s.Hash)
}

// Problems are contradictions within the sheet; none in sound data.
func (s *DecisionSheet) Problems() []string {
	var out []string
	if s.State == SheetCirculating || s.State == SheetApproved {
		if s.Hash != s.Sum() {
			out = append(out, "what is signed is not what was sent")
		}
	}
	if s.State == SheetApproved && slices.ContainsFunc(s.Approvals, func(a Approval) bool { return a.By == nil }) {
		out = append(out, "it is approved and a body has not signed")
	}
	return out
}
