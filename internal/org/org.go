// Package org (单位) says who exists, who is above whom, and who holds which post.
//
// Units have a line they report to (隶属), an ownership, a place and a history; people
// hold posts (岗位) in units: the clerk (经办) drafts, the person in charge (负责人)
// signs, and the regional department and its centre have posts of their own. The route
// of an application is computed here, from ownership and subordination alone (四（一）).
//
// The package decides and touches nothing: no database, no clock, no network.
package org

import (
	"slices"
	"time"

	"shenbao/internal/event"
)

type (
	// UnitID, PersonID and PostID are opaque; those of the published tree are slugs.
	UnitID   string
	PersonID string
	PostID   string
)

// Kind is what a unit is in the administration. The list is closed: routes, quotas and
// visibility are decided by it.
type Kind string

const (
	DepartmentHR Kind = "department_hr" // 自治区人力资源和社会保障厅: publishes, determines
	Centre       Kind = "centre"        // 自治区留学人员和专家服务中心: receives (R103)
	LeagueHR     Kind = "league_hr"     // 盟市 (and 满洲里, 二连浩特) 人社局: recommends (R3, T25)
	CountyHR     Kind = "county_hr"     // 旗县（市、区）人社局
	Department   Kind = "department"    // 自治区各委、办、厅、局: recommends (R4)
	Direct       Kind = "direct_unit"   // 直属企事业单位: recommends and may apply (R5)
	Host         Kind = "host"          // a unit that may apply: 依托单位
)

// Kinds are all kinds, in the order in which lists show them.
var Kinds = []Kind{DepartmentHR, Centre, LeagueHR, CountyHR, Department, Direct, Host}

// Ownership decides the route (R38). It is never guessed: a unit without one can't apply.
type Ownership string

const (
	Public    Ownership = "public"     // 公有：机关、事业单位、国有和集体
	NonPublic Ownership = "non_public" // 非公经济组织
)

// A Unit is a body with a name, a place and a line it reports to.
type Unit struct {
	ID         UnitID    `json:"id"`
	Name       string    `json:"name"`  // full legal name (单位全称)
	Short      string    `json:"short"` // for tables
	Kind       Kind      `json:"kind"`
	Ownership  Ownership `json:"ownership"`
	Superior   UnitID    `json:"superior"` // who it reports to; "" for the department alone
	Division   string    `json:"division"` // GB/T 2260 code of its registered place (T23)
	CreditCode string    `json:"credit_code"`
	Address    string    `json:"address"`
	Contact    string    `json:"contact"` // the person other offices call
	Phone      string    `json:"phone"`
	From       string    `json:"from,omitempty"`      // first day of existence, 2006-01-02; "" unknown
	Until      string    `json:"until,omitempty"`     // last day; "" still there
	Successor  UnitID    `json:"successor,omitempty"` // who took over after Until
	State      State     `json:"state"`
	Version    int       `json:"version"` // compare-and-set
}

// State of a unit's registration.
type State string

const (
	Pending State = "pending" // registered by itself, waits for the HR bureau of its place
	Active  State = "active"
	Refused State = "refused" // the bureau said no, with a reason
	Ended   State = "ended"   // merged, renamed into a successor, or dissolved
)

// Recommends reports whether u holds a quota place of its own: the leagues and cities,
// 满洲里 and 二连浩特, the departments and the direct units (R3–R5, T4, T25).
func (u Unit) Recommends() bool {
	return u.Kind == LeagueHR || u.Kind == Department || u.Kind == Direct
}

// MayApply reports whether u can be an applicant: host units and direct units (R5).
func (u Unit) MayApply() bool { return u.Kind == Host || u.Kind == Direct }

// Role is what a post lets its holder do.
type Role string

const (
	Clerk     Role = "clerk"     // 经办: drafts, uploads, prints, logs
	Principal Role = "principal" // 负责人: signs
	Intake    Role = "intake"    // 受理: the centre's desk for paper and receipts
	Staff     Role = "staff"     // 业务处室: checks, arranges reviews, runs the call
	Approver  Role = "approver"  // 审批: publishes, determines, makes exceptions
	Finance   Role = "finance"   // 财务: account numbers and payments
	Expert    Role = "expert"    // 评审专家: assigned applications only
	SysAdmin  Role = "sysadmin"  // 系统管理员
	SecAdmin  Role = "secadmin"  // 安全管理员: accounts and posts
	Auditor   Role = "auditor"   // 审计管理员: reads facts
)

// Roles are all roles, in the order in which lists show them.
var Roles = []Role{Clerk, Principal, Intake, Staff, Approver, Finance, Expert, SysAdmin, SecAdmin, Auditor}

// Fits reports whether a post with role r can exist in a unit of kind k. The three
// administrators sit in the department and can act in no business case (等保 三员).
func (r Role) Fits(k Kind) bool {
	switch r {
	case Clerk, Principal:
		return k != DepartmentHR && k != Centre
	case Intake:
		return k == Centre
	default:
		return k == DepartmentHR && slices.Contains(Roles, r) // no word of a form becomes a role, least of all 系统
	}
}

// Admin reports whether r is one of the three administrators.
func (r Role) Admin() bool { return r == SysAdmin || r == SecAdmin || r == Auditor }

// Region reports whether r is a post of the region that works on cases.
func (r Role) Region() bool {
	return r == Intake || r == Staff || r == Approver || r == Finance
}

// A Person has one account and any number of posts.
type Person struct {
	ID       PersonID `json:"id"`
	Name     string   `json:"name"`
	Login    string   `json:"login"`
	Phone    string   `json:"phone"`
	Email    string   `json:"email"`
	Employer string   `json:"employer,omitempty"` // review experts: where they work
	Title    string   `json:"title,omitempty"`    // professional title or office
	Disabled bool     `json:"disabled,omitempty"`
	Version  int      `json:"version"`
}

// A Post is one person's office in one unit, from a time until it ends. What was signed
// in it stays signed. A post with Origin is a delegation (受…委托) of that post.
type Post struct {
	ID     PostID    `json:"id"`
	Person PersonID  `json:"person"`
	Unit   UnitID    `json:"unit"`
	Role   Role      `json:"role"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"` // zero: open
	Origin PostID    `json:"origin,omitempty"`
	// Of is the person whose post is exercised by delegation, with the name for acts.
	Of     PersonID `json:"of,omitempty"`
	OfName string   `json:"of_name,omitempty"`
}

// At reports whether the post is held at the instant.
func (p Post) At(now time.Time) bool {
	return !now.Before(p.From) && (p.Until.IsZero() || now.Before(p.Until))
}

// An Actor is a person acting from one post. The embedded event.Actor is what facts keep.
type Actor struct {
	event.Actor
	Kind     Kind      // kind of the post's unit
	SignedIn time.Time // when the session began with a password: for step-up
}

// Holds reports whether the actor acts from a post with role r in unit u.
func (a Actor) Holds(r Role, u UnitID) bool {
	return Role(a.Role) == r && UnitID(a.Unit) == u
}

// Is reports whether the actor acts in one of the roles, in any unit.
func (a Actor) Is(rs ...Role) bool { return slices.Contains(rs, Role(a.Role)) }

// In reports whether the actor is a clerk or the person in charge of unit u.
func (a Actor) In(u UnitID) bool {
	return UnitID(a.Unit) == u && a.Is(Clerk, Principal)
}

// SamePerson reports whether a and b are one human being: either side may be acting
// for someone else, and neither may fill both sides of a two-person rule (R129, W07).
func SamePerson(a, b event.Actor) bool {
	if a.Person == "" || b.Person == "" {
		return false
	}
	return a.Person == b.Person || (a.For != "" && (a.For == b.Person || a.For == b.For)) || (b.For != "" && b.For == a.Person)
}

// StepUpWithin is how fresh a sign-in must be for the acts that cannot be taken back:
// publishing, determination, an exception, a change of posts (trust §0).
const StepUpWithin = 15 * time.Minute

// Fresh reports whether the actor signed in recently enough for such an act.
func (a Actor) Fresh(now time.Time) bool {
	return a.Person == "" || now.Sub(a.SignedIn) <= StepUpWithin
}

// A Division is a place with its GB/T 2260 code (R135).
type Division struct {
	Code   string
	Name   string
	Level  string // "region", "prefecture", "county"
	Parent string // code of the division above; reporting may go elsewhere
	Sort   int    // official order in documents, which differs from the code's
	Direct bool   // 满洲里, 二连浩特: reports to the region directly (T25)
}
