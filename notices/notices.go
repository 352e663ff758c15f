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

// DemoFirstBatch2014 is an invented earlier call of the same programme, marked so in its
// text. The demo needs one, because a base of an earlier batch must come from somewhere;
// the tests need one, because the next call has to work without a change of code.
const DemoFirstBatch2014 = "2014-demo-first-batch.md"
