package scenario_test

import "maps"

// The acts of the material check.
func init() {
	maps.Copy(verbs, map[string]verb{
		"审核":     of("check", "check", "do=record"),
		"存核对":    of("check", "check", "do=keep"),
		"取消补正":   of("check", "supplement-cancellation"),
		"延长补正":   of("check", "supplement-extension"),
		"结束补正":   of("check", "supplement-ending"),
		"确认不予受理": of("check", "rejection"),
		"退回不予受理": of("check", "rejection-return"),
		"安排考察":   of("site-visit", "site-visit"),
		"取消考察":   of("site-visit", "site-visit-cancellation"),
		"写考察":    of("site-visit", "site-visit-report"),
		"审核规则":   ofCall("material", "check-rules"),
	})
}
