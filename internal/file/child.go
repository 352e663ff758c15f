package file

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"time"
)

// Parsers of large formats (PDF, XLSX) run in a second process of the same program, which
// gets the bytes on its standard input, answers in JSON, and can't open a file for
// writing, use more memory or more time than it is given. What kills a parser then kills
// only that process.
const (
	childEnv     = "SHENBAO_FILE_CHILD"  // the job: "pdf", "xlsx"
	childSize    = "SHENBAO_FILE_SIZE"   // bytes on standard input
	childLimits  = "SHENBAO_FILE_LIMITS" // of a table, JSON
	childHello   = "shenbao-file-child\n"
	childMemory  = 512 << 20 // bytes beyond what the process has at its start
	childCPU     = 10        // seconds
	childTimeout = 30 * time.Second
	childAnswer  = 64 << 20 // bytes of answer that are read
)

// An answer is what a child found out.
type answer struct {
	Bad   *Bad       `json:",omitempty"`
	Pages int        `json:",omitempty"`
	Rows  [][]string `json:",omitempty"`
}

// children bounds how many run at once: two that use all they may fit into a small server.
var children = make(chan struct{}, 2)

// Child must be the first call of main, and of TestMain where tests inspect files. In
// a process that was started to read one hostile file it does that and never returns;
// in every other it does nothing.
func Child() {
	job := os.Getenv(childEnv)
	if job == "" {
		return
	}
	if err := confine(childMemory, childCPU); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	debug.SetMemoryLimit(childMemory * 3 / 4)
	out := bufio.NewWriter(os.Stdout)
	if _, err := out.WriteString(childHello); err != nil || out.Flush() != nil {
		os.Exit(3)
	}
	size, err := strconv.Atoi(os.Getenv(childSize))
	if err != nil || size < 0 || int64(size) > MaxSize {
		os.Exit(3)
	}
	b := make([]byte, size)
	if _, err := io.ReadFull(os.Stdin, b); err != nil {
		os.Exit(3)
	}
	err = json.NewEncoder(out).Encode(work(job, b))
	if err := errors.Join(err, out.Flush()); err != nil {
		os.Exit(3)
	}
	os.Exit(0)
}

// work does one job; a parser that panics has met a file that it can't read.
func work(job string, b []byte) (a answer) {
	defer func() {
		if p := recover(); p != nil {
			a = answer{Bad: damaged(fmt.Sprint(p))}
		}
	}()
	switch job {
	case "pdf":
		return readPDF(b)
	case "xlsx":
		var l Limits
		if err := json.Unmarshal([]byte(os.Getenv(childLimits)), &l); err != nil {
			panic(err)
		}
		return readXLSX(b, l)
	}
	panic("file: no job " + job)
}

// inChild has a child do job. A child that began and did not come to an answer ran into
// its limits: that is the file's fault (file-heavy); one that did not begin is ours.
func inChild(ctx context.Context, job string, r io.ReaderAt, size int64, l Limits) (answer, error) {
	if os.Getenv(childEnv) != "" {
		return answer{}, errors.New("file: Child must be called first in main")
	}
	select {
	case children <- struct{}{}:
		defer func() { <-children }()
	case <-ctx.Done():
		return answer{}, ctx.Err()
	}
	self, err := os.Executable()
	if err != nil {
		return answer{}, fmt.Errorf("file: %w", err)
	}
	limits, err := json.Marshal(l)
	if err != nil {
		return answer{}, fmt.Errorf("file: %w", err)
	}
	timed, cancel := context.WithTimeout(ctx, childTimeout)
	defer cancel()
	cmd := exec.CommandContext(timed, self)
	cmd.Env = []string{childEnv + "=" + job, childSize + "=" + strconv.FormatInt(size, 10), childLimits + "=" + string(limits),
		"GOMAXPROCS=1", "GOTRACEBACK=none", "SYSTEMROOT=" + os.Getenv("SYSTEMROOT")}
	cmd.Dir = os.TempDir()
	cmd.Stdin = io.NewSectionReader(r, 0, size)
	cmd.WaitDelay = time.Second
	var out, said short
	out.most, said.most = childAnswer, 4<<10
	cmd.Stdout, cmd.Stderr = &out, &said
	runErr := cmd.Run()
	if err := ctx.Err(); err != nil {
		return answer{}, err
	}
	body, began := bytes.CutPrefix(out.Bytes(), []byte(childHello))
	if !began {
		return answer{}, fmt.Errorf("file: the reading process did not begin (is file.Child the first call of main?): %w: %s", errors.Join(runErr, errors.New("no greeting")), said.Bytes())
	}
	var a answer
	if runErr != nil || json.Unmarshal(body, &a) != nil {
		return answer{}, bad("file-heavy")
	}
	if a.Bad != nil {
		return answer{}, a.Bad
	}
	return a, nil
}

// short keeps the first bytes that are written to it and fails on the rest.
type short struct {
	bytes.Buffer
	most int
}

func (s *short) Write(p []byte) (int, error) {
	if s.Len()+len(p) > s.most {
		return 0, io.ErrShortBuffer
	}
	return s.Buffer.Write(p)
}
