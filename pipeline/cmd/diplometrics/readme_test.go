package main

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite what the README quotes")

const top = "../../.."

// block returns the n-th fenced block of the README in a language, from 0.
func block(t *testing.T, readme, language string, n int) string {
	t.Helper()
	m := regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(readme, -1)
	if len(m) <= n {
		t.Fatalf("the README has %d blocks of %s", len(m), language)
	}
	return m[n][1]
}

// What the README prints and shows is what the run prints and draws.
func TestReadmeIsWhatTheRunSays(t *testing.T) {
	exe := build(t)
	repo := t.TempDir()
	for _, n := range []string{"go.mod", "plots/readme", "datasets/thesis/study.toml", "datasets/thesis/accounts.csv", "datasets/thesis/claims.csv", "datasets/thesis/raw"} {
		mkdir(t, filepath.Dir(filepath.Join(repo, n)))
		if out, err := exec.Command("cp", "-r", filepath.Join(top, n), filepath.Join(repo, n)).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	cmd := exec.Command(exe, "--quiet", "run")
	cmd.Dir = repo
	var stderr strings.Builder
	cmd.Stderr = &stderr
	stdout, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	text, err := os.ReadFile(filepath.Join(top, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if quoted := block(t, string(text), "text", 0); quoted != string(stdout) {
		if *update {
			text = []byte(strings.Replace(string(text), quoted, string(stdout), 1))
			if err := os.WriteFile(filepath.Join(top, "README.md"), text, 0o644); err != nil {
				t.Fatal(err)
			}
		} else {
			t.Errorf("the README quotes a run that prints\n%s\nnow it prints\n%s\nrun this test with -update", quoted, stdout)
		}
	}
	drawn, err := os.ReadFile(filepath.Join(repo, "plots/out/thesis/posting_rates.svg"))
	if err != nil {
		t.Fatal(err)
	}
	const figure = top + "/plots/readme/posting_rates.svg"
	if shown, err := os.ReadFile(figure); err != nil || !bytes.Equal(shown, drawn) {
		if !*update {
			t.Fatalf("the README shows another figure than the run draws (%v); run this test with -update", err)
		}
		if err := os.WriteFile(figure, drawn, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// The sentence under the figure.
	values, err := os.ReadFile(filepath.Join(repo, "datasets/thesis/metrics/audit.csv"))
	if err != nil {
		t.Fatal(err)
	}
	cells, wrong := 0, 0
	for _, line := range strings.Split(string(values), "\n") {
		if strings.Contains(line, ",rate,") {
			cells++
			if strings.Contains(line, ",inconsistent,") {
				wrong++
			}
		}
	}
	if cells != 11 || wrong != 7 {
		t.Errorf("the README says that 7 of 11 averages are impossible; the audit says %d of %d", wrong, cells)
	}
}

// The study that the README describes runs as it stands there.
func TestReadmeStudyRuns(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(top, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	study := filepath.Join(t.TempDir(), "mine")
	mkdir(t, filepath.Join(study, "raw"))
	for name, content := range map[string]string{
		"study.toml": block(t, string(text), "toml", 0), "raw/followers.csv": block(t, string(text), "csv", 0),
		"accounts.csv": block(t, string(text), "csv", 1),
	} {
		if err := os.WriteFile(filepath.Join(study, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command(build(t), "--quiet", "--study", study, "run").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(string(out), "account_snapshots: 2, 2024-01-01 to 2024-02-01") {
		t.Errorf("got\n%s", out)
	}
}
