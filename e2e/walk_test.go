package e2e

import (
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"shenbao/internal/demo"
)

const baseName = "松山设施农业专家服务基地"

// One application walks from the notice to the plaque, through every desk on its way.
func TestWholeWayBrowser(t *testing.T) {
	site, data := startDemo(t)
	v := visit(t, site)

	v.as("松山区现代农业", "经办", "高娃")
	v.open("/")
	v.click("关于开展2017年自治区级专家服务基地申报工作的通知")
	v.sees("七、其他要求", "人社部发〔2011〕123号", "2017年7月20日24时")
	v.shot("walk-01-call")
	v.open("/applications/new?call=" + last(v.path()))
	v.sees("松山区人力资源和社会保障局", "赤峰市人力资源和社会保障局", "按照行政隶属关系")
	v.click("开始填报")
	id := regexp.MustCompile(`/applications/([0-9a-z]+)`).FindStringSubmatch(v.path())[1]
	v.fillForm(id)
	v.shot("walk-02-check")
	v.submit("preparation")

	v.as("松山区现代农业", "负责人", "巴图")
	v.open("/home")
	v.sees("审阅签字")
	v.open("/applications/" + id + "/answers-check")
	v.submit("signature")
	v.sees("签字")

	v.as("松山区现代农业", "经办", "高娃")
	v.open("/applications/" + id + "/sealing")
	v.sealed("签章页盖章回传", "seal")
	v.shot("walk-03-sealed")
	v.open("/applications/" + id + "/submission")
	v.sees("松山区人力资源和社会保障局")
	v.submit("submission")
	v.sees("HZ2017-", "SB2017-")
	v.shot("walk-04-receipt")
	v.clean()

	v.level(id, "松山区人力资源", "娜仁", "孙伟")
	v.level(id, "赤峰市人力资源", "刘洋", "陈国华")
	v.sees("自治区")

	v.as("服务中心", "受理", "")
	v.logPaper(id)

	v.as("人力资源和社会保障厅", "业务", "王丽娜")
	v.open("/applications/" + id + "/check")
	js[bool](v, `document.querySelectorAll('input[type=radio][name^="item."][value=met]').forEach(b => { if (!b.checked) b.click() }), true`)
	v.fill("result", "pass")
	v.shot("walk-06-material")
	v.submit("check", "record")
	v.open("/calls")
	v.open(js[string](v, `[...document.querySelectorAll("main a")].find(a => /^\/calls\/[0-9a-z]{21}$/.test(a.pathname) && a.textContent.includes("2017")).pathname`) + "/reviews")
	v.submit("joining")
	v.open("/applications/" + id + "/review")
	n := js[int](v, `(() => { const cast = ["qianxuewen", "siriguleng", "linqing", "wuhaifeng", "liwenhui"], all = [...document.querySelectorAll('input[name=expert]:not(:disabled)')].filter(b => cast.includes(b.value.replace("demo-", ""))); all.forEach(b => b.click()); return all.length })()`)
	if n < 5 {
		t.Fatalf("%d experts can be named, want at least 5", n)
	}
	v.fill("why", "专家库尚在建设，按专业指定。")
	v.submit("review")
	v.shot("walk-07-panel")

	for i, expert := range []string{"钱学文", "斯日古楞", "林清", "吴海峰", "李文慧"} {
		v.as("", "专家", expert)
		v.open("/reviews")
		// Some have accepted in this round already, for other applications.
		pending := js[bool](v, `!!document.querySelector('input[name=undertake]')`)
		v.open("/reviews/" + id)
		if strings.Contains(v.text(), "设施蔬菜") && pending {
			t.Errorf("%s learns of whom the application is before accepting", expert)
		}
		v.open("/reviews")
		if pending {
			js[bool](v, `(() => { document.querySelector('input[name=undertake]').click(); return true })()`)
			v.submit("acceptance")
		}
		v.open("/reviews/" + id)
		if strings.Contains(v.text(), "设施蔬菜") {
			t.Errorf("%s reads the form before declaring", expert)
		}
		v.fill("tie", "none")
		v.submit("declaration")
		v.open("/reviews/" + id)
		for item, mark := range map[string]string{"1": "26", "2": "17", "3": "18", "4": "18", "5": "8"} {
			v.fill("mark."+item, mark)
		}
		v.fill("comment", "设施蔬菜专家服务成效明显，运行机制健全，需求真实，建议设立。")
		v.fill("verdict", "recommend")
		if i == 0 {
			v.shot("walk-08-score")
		}
		v.submit("score", "hand-in")
		v.clean()
	}

	v.as("人力资源和社会保障厅", "业务", "王丽娜")
	v.open("/applications/" + id + "/review")
	v.sees("87")
	v.jump("decision") // the demo's experts score the others of the round, and staff close it

	v.as("人力资源和社会保障厅", "业务", "乌兰")
	v.open("/calls")
	call := js[string](v, `[...document.querySelectorAll("main a")].find(a => /^\/calls\/[0-9a-z]{21}$/.test(a.pathname) && a.textContent.includes("2017")).pathname`)
	v.open(call + "/determination")
	js[bool](v, `document.querySelectorAll('input[name^="outcome."][value=recognised]').forEach(b => b.click()), true`)
	v.fill("grant", "100000")
	v.fill("budget_reason", "预算由规划财务处另行下达。")
	v.untilSays("00,000.00") // the sums follow the choices while they are made
	v.shot("walk-09-ranking")
	v.submit("decision-sheet", "done")
	v.sees(baseName, "100,000.00")
	v.submit("circulation")
	v.clean()

	v.as("人力资源和社会保障厅", "审批", "孟和")
	v.open(call + "/decision-sheet")
	v.fill("outcome", "agree")
	v.shot("walk-10-decide")
	v.submit("approval")
	js[bool](v, `document.querySelector("details:has(form[action$='public-notice-setting'])").open = true, true`)
	v.fill("reason", "经集体研究，本批不公示。")
	v.submit("public-notice-setting")
	v.fill("document", "内人社发〔2017〕88号")
	v.submit("release")
	v.clean()

	v.as("松山区现代农业", "经办", "高娃")
	v.open("/applications/" + id)
	v.sees("已认定", "内人社发〔2017〕88号")
	v.shot("walk-11-recognised")
	v.click("退出")
	v.left()
	v.open("/bases")
	v.sees(baseName, "赤峰市松山区现代农业科技园区管理委员会")
	for _, secret := range []string{"13800000001", "0476-8430101", "6228"} {
		if strings.Contains(v.text(), secret) {
			t.Errorf("the public register says %s", secret)
		}
	}
	v.shot("walk-12-register")

	if out, err := exec.Command(binary, "fsck", "--data", stopped(t, data)).CombinedOutput(); err != nil || !strings.Contains(string(out), "problems 0") {
		t.Errorf("fsck: %v\n%s", err, out)
	}
}

func last(path string) string { return path[strings.LastIndex(path, "/")+1:] }

// stopped is a copy of a running demo's data directory: fsck wants it to itself.
func stopped(t *testing.T, data string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "copy")
	if out, err := exec.Command("cp", "-r", data, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return dir
}

// sure answers the question that a button asks first, if it asks one.
func (v *visitor) sure() {
	v.t.Helper()
	// A page that is being left meanwhile answers with an error: then nothing was asked.
	_, _ = chromedp.Run(v.ctx, chromedp.Evaluate[bool](`new Promise(r => setTimeout(() => { const b = [...document.querySelectorAll("dialog[open] button")];
		if (b.length) (b.find(x => x.matches(".btn-primary, [value=yes], [value=ok]")) || b[0]).click(); r(true); }, 80))`, chromedp.EvalAwaitPromise))
	v.left()
	v.settle()
}

// jump moves the demo's clock to a step of the way; its people do what is theirs until then.
func (v *visitor) jump(way string) {
	v.t.Helper()
	js[bool](v, `(() => { const s = document.querySelector("#demo-way"); s.value = `+quote(way)+`; window.before = true; s.form.requestSubmit(); return true })()`)
	v.left()
}

// submit sends the form whose address ends so, by its main button or the one of the
// value, and fails when the page refuses.
func (v *visitor) submit(noun string, value ...string) {
	v.t.Helper()
	button := "button.btn-primary, button"
	if len(value) > 0 {
		button = "button[value=" + value[0] + "]"
	}
	ok := js[bool](v, `(() => { window.before = true; const f = [...document.forms].find(f => (f.getAttribute("action") || "").endsWith("/`+noun+`"));
		const b = f && f.querySelector(`+quote(button)+`); if (!b) return false; b.click(); return true })()`)
	if !ok {
		v.t.Fatalf("%s has no form for %s:\n%s", v.path(), noun, v.text())
	}
	v.sure()
	if p := js[string](v, `[...document.querySelectorAll(".err-sum li")].map(x => x.innerText).join("\n")`); p != "" {
		v.t.Fatalf("%s refused: %s", v.path(), p)
	}
	v.clean()
}

// fillForm goes through every part of the form and ends at its check.
func (v *visitor) fillForm(id string) {
	v.t.Helper()
	v.open("/applications/" + id + "/form/head")
	for range 30 {
		if strings.HasSuffix(strings.Split(v.path(), "?")[0], "/answers-check") {
			break
		}
		v.answer()
		v.clean()
		js[bool](v, "window.before = true")
		v.click("保存并继续")
		v.left()
		v.settle()
	}
	if p := js[string](v, `[...document.querySelectorAll(".note-bad li, .err-sum li")].map(x => x.innerText).join("\n")`); p != "" {
		v.t.Fatalf("still to correct: %s", p)
	}
}

// answer fills what is asked on the part that is shown.
func (v *visitor) answer() {
	v.t.Helper()
	js[bool](v, `(() => {
		const known = {"基地名称": "`+baseName+`", "联系人": "高娃", "电话": "0476-8430101", "手机": "13800000001", "办公电话": "0476-8430101", "账号": "6228480010012345678",
			"单位全称": "赤峰市松山区现代农业科技园区管理委员会", "开户联系人": "高娃", "基地所在旗县": "150404", "依托单位类别": "产业园区", "通讯地址": "赤峰市松山区振兴大街18号", "开户行": "中国农业银行赤峰松山支行",
			"产业方向": "设施农业、杂粮加工", "急需专家领域": "设施蔬菜、土壤改良"};
		const set = (el, value) => { el.focus(); el.value = value; el.dispatchEvent(new Event("input", {bubbles: true})); el.dispatchEvent(new Event("change", {bubbles: true})); el.blur(); };
		for (const el of document.querySelectorAll("main form [name]")) {
			if (el.type === "hidden" || el.disabled || el.closest("table.rows, form[data-upload], .filter")) continue;
			if (el.type === "radio") { if (el.value === "met" || el.value === known[el.name]) el.click(); continue; }
			if (el.type === "checkbox" || el.type === "file" || el.value) continue;
			if (known[el.name]) set(el, known[el.name]);
			else if (el.tagName === "TEXTAREA" && el.name !== "需求理由" && el.name !== "收款户名不一致的理由") set(el, "园区近三年组织设施蔬菜专家服务十二批次，培训种植户三千余人次，效果良好。");
		}
		return true;
	})()`)
}

// sealed uploads a scan and types the code off the paper, where the page asks for both.
func (v *visitor) sealed(title, noun string) {
	v.t.Helper()
	v.sees(title)
	code := v.paperCode()
	scan := filepath.Join(v.t.TempDir(), "盖章页扫描件.pdf")
	if err := os.WriteFile(scan, demo.Scan("Sealed page "+code), 0o600); err != nil {
		v.t.Fatal(err)
	}
	js[bool](v, `window.before = true`)
	v.do(chromedp.SetUploadFiles("main input[type=file]", []string{scan}))
	js[bool](v, `(() => { const i = document.querySelector("main input[type=file]"); i.form.querySelector("button").click(); return true })()`)
	v.wait(`document.querySelector("[name=code]") && document.querySelector("input[name=file][type=radio], select[name=file] option[value]:not([value=''])")`, "does not list the scan")
	v.settle()
	v.fill("code", code)
	js[bool](v, `(() => { const r = document.querySelector("input[name=file][type=radio]"); if (r && !r.checked) r.click(); return true })()`)
	v.submit(noun)
}

var printed = regexp.MustCompile(`[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}`)

// paperCode reads the version code off the page to be sealed, as it was printed: the
// screen does not say it, so that it is typed off the paper.
func (v *visitor) paperCode() string {
	v.t.Helper()
	b64 := js[string](v, `fetch(document.querySelector('main a[href*="seal-page"]').href).then(r => r.blob()).then(b => new Promise(ok => {
		const f = new FileReader(); f.onload = () => ok(f.result.split(",")[1]); f.readAsDataURL(b); }))`)
	raw, err := base64.StdEncoding.DecodeString(b64)
	if err != nil {
		v.t.Fatal(err)
	}
	file := filepath.Join(v.t.TempDir(), "page.pdf")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		v.t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", file, "-").CombinedOutput()
	code := printed.FindString(string(out))
	if err != nil || code == "" {
		v.t.Fatalf("the page to seal says no version code: %v\n%s", err, out)
	}
	return code
}

// level takes the application through one office: opinion, signature, seal, up.
func (v *visitor) level(id, office, clerk, head string) {
	v.t.Helper()
	path := "/applications/" + id + "/opinion"
	v.as(office, "经办", clerk)
	v.open("/home")
	v.sees("填写意见")
	v.open(path)
	js[bool](v, `document.querySelectorAll('input[name^="mark."][value=met]').forEach(b => b.click()), true`)
	v.fill("text", "经实地查看，该园区开展专家服务成效突出，示范带动作用明显，运行机制健全，同意推荐。")
	v.fill("outcome", "agree")
	v.shot("walk-05-opinion-" + clerk)
	v.submit("opinion", "ready")
	v.as(office, "负责人", head)
	v.open(path)
	v.submit("opinion-signature")
	v.as(office, "经办", clerk)
	v.open(path)
	v.sealed("盖章页回传", "opinion-seal")
	v.open(path)
	v.clean()
	v.submit("forwarding")
}

// logPaper logs the paper copies at the receiving centre.
func (v *visitor) logPaper(id string) {
	v.t.Helper()
	v.open("/applications/" + id)
	code := printed.FindString(v.text())
	v.open("/calls")
	call := js[string](v, `[...document.querySelectorAll("main a")].find(a => /^\/calls\/[0-9a-z]{21}$/.test(a.pathname) && a.textContent.includes("2017")).pathname`)
	v.open(call + "/parcels")
	v.fill("from", "赤峰市人力资源和社会保障局")
	v.fill("carrier", "EMS")
	v.submit("parcels")
	v.fill("code", code)
	v.fill("form", "5")
	v.submit("applications")
	v.sees(baseName)
	v.clean()
	v.shot("walk-05-parcel")
}
