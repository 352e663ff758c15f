package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"shenbao/draw"
	"shenbao/internal/locale"
)

type drawCmd struct {
	Run    drawRunCmd    `cmd:"" default:"withargs" help:"按冻结的方案和公开值抽取。Draw from a frozen plan and what was revealed."`
	Freeze drawFreezeCmd `cmd:"" help:"冻结方案，得出应公布的哈希。Freeze a plan; its hashes are to be published."`
	Verify drawVerifyCmd `cmd:"" help:"重新抽取并与记录逐项比对。Draw again and compare with the record."`
}

type drawRunCmd struct {
	Input string `arg:"" type:"existingfile" help:"JSON文件：frozen（或plan）和reveal。JSON with frozen (or plan) and reveal."`
	Out   string `short:"o" help:"记录写到这个文件，不写则打印。Where the record goes; printed without it."`
	Lang  string `enum:"zh,en" default:"zh" help:"zh 或 en。Language."`
}

type drawFreezeCmd struct {
	Plan string `arg:"" type:"existingfile" help:"方案JSON文件。The plan, JSON."`
	Out  string `short:"o" help:"冻结的方案写到这个文件，不写则打印。Where the frozen plan goes; printed without it."`
	Lang string `enum:"zh,en" default:"zh" help:"zh 或 en。Language."`
}

type drawVerifyCmd struct {
	Record string `arg:"" type:"existingfile" help:"抽取记录JSON文件。The record, JSON."`
	Lang   string `enum:"zh,en" default:"zh" help:"zh 或 en。Language."`
}

// Run draws and writes the record. An input that gives the plan only is frozen here: then
// nothing proves that the plan was there before the public value.
func (c *drawRunCmd) Run(context.Context) error {
	l := locale.Lang(c.Lang)
	var in struct {
		Frozen *draw.Frozen `json:"frozen"`
		Plan   *draw.Plan   `json:"plan"`
		Reveal draw.Reveal  `json:"reveal"`
	}
	if err := readJSON(c.Input, &in); err != nil {
		return err
	}
	if (in.Frozen == nil) == (in.Plan == nil) {
		return errors.New(l.T("draw.one-of-both"))
	}
	if in.Plan != nil {
		f, err := draw.Freeze(*in.Plan)
		if err != nil {
			return drawError(l, err)
		}
		in.Frozen = &f
		fmt.Fprintln(os.Stderr, l.T("draw.frozen-now"))
	}
	r, err := in.Frozen.Draw(in.Reveal)
	if err != nil {
		return drawError(l, err)
	}
	fmt.Fprintln(os.Stderr, l.T("draw.drawn", "members", strings.Join(r.Members, " "), "alternates", strings.Join(r.Alternates, " "), "sum", r.Sum()))
	return writeOut(c.Out, r.JSON())
}

// Run freezes a plan.
func (c *drawFreezeCmd) Run(context.Context) error {
	l := locale.Lang(c.Lang)
	var p draw.Plan
	if err := readJSON(c.Plan, &p); err != nil {
		return err
	}
	f, err := draw.Freeze(p)
	if err != nil {
		return drawError(l, err)
	}
	fmt.Fprintln(os.Stderr, l.T("draw.frozen", "n", strconv.Itoa(len(f.Plan.People)), "list", f.List, "hash", f.Hash, "commitment", f.Plan.Commitment))
	b, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	return writeOut(c.Out, append(b, '\n'))
}

// Run draws again: exit 0 when the record is true, 1 with the first difference.
func (c *drawVerifyCmd) Run(context.Context) error {
	l := locale.Lang(c.Lang)
	b, err := os.ReadFile(c.Record)
	if err != nil {
		return err
	}
	r, err := draw.Parse(b)
	if err == nil {
		err = draw.Verify(r)
	}
	if err != nil {
		return drawError(l, err)
	}
	p := r.Frozen.Plan
	fmt.Println(l.T("draw.true", "call", p.Call, "panel", p.Panel, "number", strconv.Itoa(p.Number), "max", strconv.Itoa(p.Max), "n", strconv.Itoa(len(p.People)),
		"steps", strconv.Itoa(len(r.Steps)), "hash", r.Frozen.Hash, "sum", r.Sum()))
	return nil
}

// drawError says what package draw refuses in words.
func drawError(l locale.Lang, err error) error {
	var no *draw.Error
	if errors.As(err, &no) {
		return errors.New(l.TMap("refusal."+string(no.Kind), no.Args))
	}
	var d *draw.Difference
	if errors.As(err, &d) {
		return errors.New(l.T("draw.different", "where", d.Where, "have", d.Have, "want", d.Want))
	}
	return err
}

func readJSON(file string, into any) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

func writeOut(file string, b []byte) error {
	if file == "" {
		_, err := os.Stdout.Write(b)
		return err
	}
	return os.WriteFile(file, b, 0o600)
}
