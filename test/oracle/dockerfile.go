package main

import (
	"bytes"
	"context"
	"encoding/json"
	"sort"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/buildkit/solver/pb"
	"github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

// dockerfile answers {"escape", "instructions": [...], "stages": [{name, base, steps, image}]}.
// Lines are 1-based, as BuildKit counts them. A stage that BuildKit cannot convert has "error".
func dockerfile(r request) (map[string]any, error) {
	text, err := r.bytes()
	if err != nil {
		return nil, err
	}
	parsed, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	out := map[string]any{"escape": string(parsed.EscapeToken), "instructions": instructionList(parsed.AST)}
	stages, _, err := instructions.Parse(parsed.AST, linter.New(&linter.Config{}))
	if err != nil {
		out["stagesError"] = err.Error()
		return out, nil
	}
	list := make([]map[string]any, 0, len(stages))
	for _, s := range stages {
		stage := map[string]any{"name": s.Name, "base": s.BaseName, "line": line(s.Location)}
		if err := convert(stage, text, s, r); err != nil {
			stage["error"] = err.Error()
		}
		list = append(list, stage)
	}
	out["stages"] = list
	return out, nil
}

func line(at []parser.Range) int {
	if len(at) == 0 {
		return 0
	}
	return at[0].Start.Line
}

func instructionList(ast *parser.Node) []map[string]any {
	list := []map[string]any{}
	for _, n := range ast.Children {
		args := []string{}
		for a := n.Next; a != nil; a = a.Next {
			args = append(args, a.Value)
			for _, c := range a.Children { // ONBUILD
				args = append(args, c.Original)
			}
		}
		one := map[string]any{"cmd": n.Value, "start": n.StartLine, "end": n.EndLine, "flags": n.Flags,
			"args": args, "json": n.Attributes["json"], "original": n.Original}
		if len(n.Heredocs) > 0 {
			one["heredocs"] = n.Heredocs
		}
		list = append(list, one)
	}
	return list
}

// fixedBase stands for every base image: nothing is looked up.
type fixedBase struct{ env []string }

func (b fixedBase) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	config := ocispecs.Image{Platform: ocispecs.Platform{OS: "linux", Architecture: "amd64"}, Config: ocispecs.ImageConfig{Env: b.env}}
	dt, err := json.Marshal(config)
	return ref, "", dt, err
}

// convert has BuildKit turn the file, cut off after this stage, into its build steps.
func convert(stage map[string]any, text []byte, s instructions.Stage, r request) error {
	text = firstLines(text, lastLine(s))
	env := r.BaseEnv
	if env == nil {
		env = []string{"PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"}
	}
	platform := ocispecs.Platform{OS: "linux", Architecture: "amd64"}
	caps := pb.Caps.CapSet(pb.Caps.All()) // without them, mounts with a size panic
	result, err := dockerfile2llb.Dockerfile2LLB(context.Background(), text, dockerfile2llb.ConvertOpt{
		Config:         dockerui.Config{BuildArgs: r.Args},
		TargetPlatform: &platform,
		SourceMap:      llb.NewSourceMap(nil, "Dockerfile", "Dockerfile", text),
		MetaResolver:   fixedBase{env},
		LLBCaps:        &caps,
		Warn:           func(string, string, string, string, []parser.Range) {},
	})
	if err != nil {
		return err
	}
	stage["image"] = result.Image.Config
	def, err := result.State.Marshal(context.Background(), llb.LinuxAmd64)
	if err != nil {
		return err
	}
	stage["steps"] = steps(def, s)
	return nil
}

func lastLine(s instructions.Stage) int {
	last := 0
	for _, at := range s.Location {
		last = max(last, at.End.Line)
	}
	for _, c := range s.Commands {
		if at := c.Location(); len(at) > 0 {
			last = max(last, at[len(at)-1].End.Line)
		}
	}
	return last
}

func firstLines(text []byte, n int) []byte {
	at := 0
	for ; n > 0; n-- {
		end := bytes.IndexByte(text[at:], '\n')
		if end < 0 {
			return text
		}
		at += end + 1
	}
	return text[:at]
}

// steps lists the RUN steps of the stage itself (not of the stages below it), in file order.
func steps(def *llb.Definition, s instructions.Stage) []map[string]any {
	first, last := line(s.Location), lastLine(s)
	list := []map[string]any{}
	for _, dt := range def.Def {
		var op pb.Op
		if op.UnmarshalVT(dt) != nil || op.GetExec() == nil {
			continue
		}
		at := 0
		if locations := def.Source.Locations[digest.FromBytes(dt).String()]; locations != nil {
			for _, l := range locations.Locations {
				for _, rg := range l.Ranges {
					if at == 0 || int(rg.Start.Line) < at {
						at = int(rg.Start.Line)
					}
				}
			}
		}
		if at < first || at > last {
			continue
		}
		m := op.GetExec().Meta
		list = append(list, map[string]any{"line": at, "args": m.Args, "env": m.Env, "cwd": m.Cwd, "user": m.User})
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i]["line"].(int) < list[j]["line"].(int) })
	return list
}
