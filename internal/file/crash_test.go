package file_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"shenbao/internal/file"
)

const putEnv = "TEST_PUT_DIR"

// putUntilKilled is another process: it puts new files without end and prints the hash of
// each that Put acknowledged. TestMain calls it where the variable is set.
func putUntilKilled(dir string) {
	d, err := file.OpenDir(dir)
	for err == nil {
		body := make([]byte, 200_000)
		rand.Read(body)
		var sum string
		if sum, _, err = d.Put(context.Background(), bytes.NewReader(body)); err == nil {
			fmt.Println(sum)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// TestPutKilled: a process killed at any moment leaves every acknowledged file, and none
// that is not whole.
func TestPutKilled(t *testing.T) {
	dir := t.TempDir()
	acked := 0
	for round := range 25 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), putEnv+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var sums []string
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if sums = append(sums, lines.Text()); len(sums) == 1+round%7 {
				if err := cmd.Process.Kill(); err != nil { // somewhere in the next Put
					t.Fatal(err)
				}
			}
		}
		if err := cmd.Wait(); err == nil || len(sums) == 0 {
			t.Fatalf("the process was to be killed: %v after %d", err, len(sums))
		}
		d := openDir(t, dir)
		for _, sum := range sums {
			if ok, err := d.Has(t.Context(), sum); !ok || err != nil {
				t.Errorf("round %d: %s was acknowledged and is gone: %v", round, sum, err)
			}
		}
		acked += len(sums)
		d.Close()
	}
	n, err := file.Verify(t.Context(), openDir(t, dir), func(sum string, err error) { t.Errorf("%s: %v", sum, err) })
	if err != nil || n < acked {
		t.Errorf("%d files of %d acknowledged, %v", n, acked, err)
	}
}
