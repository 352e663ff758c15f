// Package notices holds the published calls, word for word, each with the rules that
// the system reads out of it; internal/notice says how. A notice NAME.md may have its
// English words beside it in NAME.en.yaml; the Chinese text rules.
package notices

import "embed"

// FS holds the notices and their English words, by file name.
//
//go:embed *.md *.yaml
var FS embed.FS

// The call that Shenbao was built from: 内人社办发〔2017〕207号.
const (
	ExpertServiceBase2017        = "2017-expert-service-base.md"
	ExpertServiceBase2017English = "2017-expert-service-base.en.yaml"
)
