package e2e

import (
	"bufio"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"shenbao/internal/store/pgtest"
)

// startServe runs the program for real use on an empty directory and answers its address
// and the setup code that it printed.
func startServe(t *testing.T, args ...string) (site, code string) {
	t.Helper()
	cmd := exec.Command(binary, append([]string{"serve", "--addr", "127.0.0.1:0", "--data", t.TempDir()}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			t.Errorf("the program did not end well: %v", err)
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := regexp.MustCompile(`setup code: (\w+)`).FindStringSubmatch(lines.Text()); m != nil {
			code = m[1]
		}
		if u := lines.Text(); strings.HasPrefix(u, "http://") {
			return strings.TrimSuffix(u, "/"), code
		}
	}
	t.Fatal("the program ended before it printed its address")
	return "", ""
}

// The first run makes the first administrator with the code that was printed, on both
// databases; there is no other way in, and no second first run.
func TestFirstRunBrowser(t *testing.T) {
	for _, db := range []string{"sqlite", "postgres"} {
		t.Run(db, func(t *testing.T) {
			var args []string
			if db == "postgres" {
				args = []string{"--db", pgtest.Open(t)}
			}
			site, code := startServe(t, args...)
			v := visit(t, site)
			v.open("/")
			if v.path() != "/setup" {
				t.Fatalf("the first visit leads to %s", v.path())
			}
			v.accessible()
			v.shot("setup")
			install := func(code string) {
				v.fill("code", code)
				v.fill("name", "白雪")
				v.fill("login", "baixue")
				v.fill("password", "草原上的白云在飞翔呀")
				v.fill("again", "草原上的白云在飞翔呀")
				js[bool](v, "window.before = true")
				v.click("完成设置")
				v.left()
				v.settle()
			}
			install("WRONG")
			v.sees("安装码不对")
			install(code)
			v.sees("至少12个字符")
			v.fill("code", code)
			v.fill("password", "草原上的白云在飞翔呀真好")
			v.fill("again", "草原上的白云在飞翔呀真好")
			js[bool](v, "window.before = true")
			v.click("完成设置")
			v.left()
			v.settle()
			v.sees("初始设置完成", "白雪")
			v.clean()
			js[bool](v, "window.before = true")
			v.click("退出")
			v.left()
			v.open("/setup")
			if v.path() != "/sign-in" {
				t.Errorf("a second first run: %s", v.path())
			}
			for _, try := range []struct{ password, want string }{{"不对的密码不对的密码不对", "账户或密码不对"}, {"草原上的白云在飞翔呀真好", "待办"}} {
				v.open("/sign-in")
				v.fill("login", "baixue")
				v.fill("password", try.password)
				js[bool](v, "window.before = true")
				js[bool](v, `document.querySelector("main form button").click(), true`)
				v.left()
				v.settle()
				v.sees(try.want)
			}
			v.clean()
		})
	}
}
