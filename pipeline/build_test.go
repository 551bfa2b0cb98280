package pipeline

import (
	"runtime/debug"
	"testing"
)

func TestBuildOf(t *testing.T) {
	clean := func() *debug.BuildInfo {
		return &debug.BuildInfo{
			GoVersion: "go1.26.0",
			Deps:      []*debug.Module{{Path: "example.org/a", Version: "v1.2.3"}},
			Settings:  []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "false"}},
		}
	}
	modules := map[string]string{}
	equal(t, buildOf(clean(), modules), true)
	equal(t, modules, map[string]string{"Go": "go1.26.0", "example.org/a": "v1.2.3"})

	modified := clean()
	modified.Settings[1].Value = "true"
	equal(t, buildOf(modified, modules), false)

	unknown := clean()
	unknown.Settings = nil
	equal(t, buildOf(unknown, modules), false)

	forked := clean()
	forked.Deps[0].Replace = &debug.Module{Path: "example.org/b", Version: "v2.0.0"}
	equal(t, buildOf(forked, modules), true)
	equal(t, modules["example.org/a"], "example.org/b v2.0.0")

	local := clean()
	local.Deps[0].Replace = &debug.Module{Path: "../b"}
	equal(t, buildOf(local, modules), false)
}

func TestReadBuildOfATestProgram(t *testing.T) {
	b := ReadBuild()
	if b.Executable == "" || b.Modules["Go"] == "" {
		t.Errorf("got %v", b)
	}
}
