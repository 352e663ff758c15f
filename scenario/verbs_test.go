package scenario_test

// A verb is one act as a page offers it: on which page, which form, and what pressing its
// button says. {} is the subject; other names in braces are looked up.
type verb struct {
	page, action string
	preset       string
	makes        bool // the subject comes into being
}

func of(page, act string, preset ...string) verb {
	v := verb{page: "/applications/{}/" + page, action: "/applications/{}/" + act}
	if len(preset) > 0 {
		v.preset = preset[0]
	}
	return v
}

func ofCall(page, act string) verb {
	return verb{page: "/calls/{通知}/" + page, action: "/calls/{通知}/" + act}
}

var verbs = map[string]verb{
	// who fills in
	"开始": {page: "/applications/new?call={通知}", action: "/applications", preset: "call={通知} unit={我}", makes: true},
	"送签": of("answers-check", "preparation"),
	"收回": of("answers-check", "recall"),
	"签字": of("answers-check", "signature"),
	"退签": of("answers-check", "signature-refusal"),
	"盖章": of("sealing", "seal"),
	"报送": of("submission", "submission"),
	"撤回": of("withdrawal", "withdrawal"),

	// the levels
	"拟意见":  of("opinion", "opinion", "do=draft"),
	"送审意见": of("opinion", "opinion", "do=ready"),
	"签意见":  of("opinion", "opinion-signature"),
	"退意见":  of("opinion", "opinion-refusal"),
	"意见盖章": of("opinion", "opinion-seal"),
	"收回意见": of("opinion", "opinion-withdrawal"),
	"上报":   of("opinion", "forwarding"),
	"撤回推荐": of("opinion", "recommendation-withdrawal"),
	"留用":   {page: "/calls/{通知}/candidates", action: "/applications/{}/candidacy"},
	"排序":   ofCall("candidates", "ranking"),
	"零报告":  ofCall("candidates", "none-report"),
	"转发":   ofCall("forwarding", "forwarding"),

	// the department and its centre
	"隔离":     of("check", "quarantine"),
	"准予补报":   of("late-admission", "late-admission"),
	"转到新版":   of("revision", "revision"),
	"分派":     of("review", "review"),
	"撤换":     of("review", "unassignment"),
	"安排轮次":   {page: "/calls/{通知}/reviews", action: "/calls/{通知}/rounds", makes: true},
	"改轮次":    {page: "/rounds/{}", action: "/rounds/{}/plan"},
	"设评分表":   {page: "/rounds/{}/sheet", action: "/rounds/{}/sheet"},
	"开始轮次":   {page: "/rounds/{}", action: "/rounds/{}/opening"},
	"并入轮次":   {page: "/rounds/{}", action: "/rounds/{}/joining"},
	"结束轮次":   {page: "/rounds/{}", action: "/rounds/{}/closing"},
	"退回钱的评分": {page: "/applications/{}/sheets/{专家/钱}", action: "/applications/{}/sheets/{专家/钱}/reopening"},
	"定组长":    of("review", "chair"),
	"合议":     {page: "/reviews/{}/discussion", action: "/reviews/{}/discussion"},
	"综合意见":   {page: "/reviews/{}/discussion", action: "/reviews/{}/summary"},
	"反馈方式":   {page: "/calls/{通知}/results", action: "/calls/{通知}/comments-back"},
	"接受":     {page: "/reviews", action: "/panel-invitations/{}/acceptance"},
	"谢绝":     {page: "/reviews", action: "/panel-invitations/{}/refusal"},
	"退出评审":   {page: "/reviews", action: "/panel-invitations/{}/withdrawal"},
	"编组":     {page: "/calls/{通知}/panels", action: "/calls/{通知}/groups", makes: true},
	"冻结名单":   {page: "/groups/{}", action: "/groups/{}/draws"},
	"录入随机数":  {page: "/draws/{}", action: "/draws/{}/witness"},
	"抽取":     {page: "/draws/{}", action: "/draws/{}/drawing"},
	"放弃抽取":   {page: "/draws/{}", action: "/draws/{}/voiding"},
	"递补":     {page: "/groups/{}", action: "/groups/{}/alternate"},
	"匹配":     {page: "/calls/{通知}/panels", action: "/calls/{通知}/matches", makes: true},
	"采用匹配":   {page: "/matches/{}", action: "/matches/{}/taking"},
	"声明":     {page: "/reviews/{}", action: "/reviews/{}/declaration"},
	"评分":     {page: "/reviews/{}", action: "/reviews/{}/score", preset: "do=hand-in"},
	"存分":     {page: "/reviews/{}", action: "/reviews/{}/score", preset: "do=keep"},
	"拟呈批件":   {page: "/calls/{通知}/determination", action: "/calls/{通知}/decision-sheet", preset: "do=done"},
	"报出":     ofCall("decision-sheet", "decision-sheet/circulation"),
	"撤回呈批件":  ofCall("decision-sheet", "decision-sheet/recall"),
	"会签":     ofCall("decision-sheet", "decision-sheet/countersignature"),
	"批准":     ofCall("decision-sheet", "decision-sheet/approval"),
	"核对签批":   ofCall("decision-sheet", "decision-sheet/scan-confirmation"),
	"不公示":    {page: "/calls/{通知}/decision-sheet", action: "/calls/{通知}/public-notice-setting"},
	"公布":     {page: "/calls/{通知}/decision-sheet", action: "/calls/{通知}/release"},
	"预算":     {page: "/calls/{通知}/determination", action: "/calls/{通知}/budget"},
	"联合审批":   {page: "/calls/{通知}/determination", action: "/calls/{通知}/joint-approval"},
	"看账号":    {page: "/calls/{通知}/grants", action: "/applications/{}/account"},
	"收件":     {page: "/calls/{通知}/parcels", action: "/calls/{通知}/parcels", makes: true},
	"登记纸件":   {page: "/parcels/{}", action: "/parcels/{}/applications"},
	"去向":     {page: "/parcels/{}", action: "/parcels/{}/fates"},
	"移期":     ofCall("settings", "deadline"),
	"增名额":    ofCall("settings", "places"),
	"准单位补报":  ofCall("settings", "leaves"),
	"意见字数":   ofCall("settings", "opinion-minimum"),
	"拟通知":    {page: "/calls/new", action: "/calls", preset: "do=check", makes: true},
	"提请发布":   {page: "/calls/{}", action: "/calls/{}/proposal"},
	"发布":     {page: "/calls/{}", action: "/calls/{}/publication"},
	"修订":     ofCall("amendment", "amendment"),
	"结束通知":   ofCall("closing", "closing"),
	"催报":     ofCall("progress", "reminders"),

	// people
	"委托":   {page: "/me", action: "/me/delegations"},
	"换岗":   {page: "/me", action: "/me/post"},
	"结束岗位": {page: "/posts/{}", action: "/posts/{}/ending"},
	"交接岗位": {page: "/posts/{}", action: "/posts/{}/handover"},
	"停用":   {page: "/people/{}", action: "/people/{}/suspension"},
}
