package application

import (
	"slices"

	"shenbao/internal/filing"
	"shenbao/internal/org"
)

// ShowsFile reports whether by, who sees the case, may know of a file on it, and whether
// by may open it. handed says that the file belongs to a version that was handed in. What
// is being drafted is for those who write it; the scan of a sealed page is for everybody
// once the seal was taken in; proof of the payee names an account, so that the levels see
// that there is one and the applicant and the region open it (R124).
func (a *Application) ShowsFile(by org.Actor, f filing.Evidence, handed bool) (known, open bool) {
	own := by.In(a.Unit) || (a.Proxy != nil && by.In(a.Proxy.Unit))
	used := slices.ContainsFunc(a.Opinions, func(o filing.Opinion) bool { return o.Seal != nil && o.Seal.File == f.ID })
	switch {
	case f.Purpose == filing.ForVisit:
		known = by.Is(org.Staff, org.Approver, org.Intake) && f.Removed.IsZero()
		return known, known
	case own && (f.Removed.IsZero() || handed || used):
		return true, true
	case f.Purpose == filing.ForSeal:
		known = used || (by.Unit == f.Unit && f.Removed.IsZero())
		return known, known
	case !handed:
		return false, false
	case f.Purpose == filing.ForBank:
		return true, by.Is(org.Staff, org.Approver, org.Finance)
	}
	return true, true
}
