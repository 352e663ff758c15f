package notice

import "shenbao/internal/org"

// Settings are what the notice leaves open and the system needs all the same. None of
// them comes from the notice, and every page says so; an act of the department, with a
// reason, sets others for a call, and every act records those it was judged by.
type Settings struct {
	OpinionMin       int   `json:"opinion_min"`        // 字 that a recommending opinion has at least (R106)
	ReminderDays     []int `json:"reminder_days"`      // reminders so many days before a due date (R104, R136)
	SupplementDays   int   `json:"supplement_days"`    // working days to correct a returned application (R41)
	CheckDays        int   `json:"check_days"`         // working days for the material check, from receipt
	SiteVisit        bool  `json:"site_visit"`         // a site visit can be planned beside check and review (R40)
	PublicNotice     bool  `json:"public_notice"`      // hold one before the decision counts (R133)
	PublicNoticeDays int   `json:"public_notice_days"` // its working days
	FirstDayCounts   bool  `json:"first_day_counts"`   // the first day of a period counts
	PanelMin         int   `json:"panel_min"`          // reviewers for each application (T6)
	ScoreMax         int   `json:"score_max"`          // full marks of the score sheet (T6)
	LocalFundsMin    int64 `json:"local_funds_min"`    // fen a year from local government; 0 = no minimum (R29)
	RetiredApproval  bool  `json:"retired_approval"`   // retired experts need an employer's approval too (T17)
	BudgetFen        int64 `json:"budget_fen"`         // what the start-up grants may come to; 0 = not set (R45)
	Joint            Body  `json:"joint"`              // the body that approves beside the department; none = alone (R43)
	RectifyDays      int   `json:"rectify_days"`       // calendar days proposed for rectification (R87)

	CommentsBack string `json:"comments_back"` // what of the panel's words goes back after the release; "" is CommentsSummary

	// Panels: draws and fees.
	DrawsMax          int   `json:"draws_max"`           // draws of one group, counting those given up
	FeeApplicationFen int64 `json:"fee_application_fen"` // paid to an expert per scored application; 0 = none set
	FeeMeetingFen     int64 `json:"fee_meeting_fen"`     // and per attended meeting

	// Recusal (解释 “回避”: 通知未规定): same employer, kinship and the like always count.
	RecusalPlace       string `json:"recusal_place"`         // experts of the same "league" or "county" are out; "off": not
	RecusalFormerYears int    `json:"recusal_former_years"`  // a former employer counts so many years
	RecusalCoWorkYears int    `json:"recusal_co_work_years"` // so does work done together
}

// What of the panel's words goes back to the applicant. locale has "comments-back.<word>".
const (
	CommentsSummary = "summary"  // the chair's summary alone
	CommentsAll     = "comments" // every expert's, without names and marks
	CommentsNone    = "none"
)

// CommentsBack in the order of the form.
var CommentsBack = []string{CommentsSummary, CommentsAll, CommentsNone}

// A Body is a unit that takes part in a decision.
type Body struct {
	Unit org.UnitID `json:"unit"`
	Name string     `json:"name"`
}

// DefaultSettings are what holds until the department sets something else. The figures
// follow what comparable calls do in practice: five working days of public notice with
// the first day counted, panels of five, marks out of a hundred.
func DefaultSettings() Settings {
	return Settings{
		OpinionMin: 20, ReminderDays: []int{7, 3, 1}, SupplementDays: 5, CheckDays: 10,
		PublicNotice: true, PublicNoticeDays: 5, FirstDayCounts: true,
		PanelMin: 5, ScoreMax: 100, DrawsMax: 3, RectifyDays: 180, CommentsBack: CommentsSummary,
		RecusalPlace: "off", RecusalFormerYears: 3, RecusalCoWorkYears: 3,
	}
}
