package report

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// In Chromium, on a desktop and on a phone, a report shows every figure, asks for
// nothing, says nothing on the console, sorts its tables and gives axe-core
// nothing to find. Reports of studies that were run here are looked at beside
// that of a small made-up one.
func TestBrowser(t *testing.T) {
	const scripts = "testdata/browser"
	browser := os.Getenv("DIPLOMETRICS_CHROMIUM")
	if browser == "" {
		t.Skip("skipped: it takes a minute; name a Chromium in DIPLOMETRICS_CHROMIUM, as continuous integration does")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("skipped: no node here")
	}
	if _, err := os.Stat(filepath.Join(scripts, "node_modules/axe-core")); err != nil {
		t.Skipf("skipped: npm ci was not run in stages/report/%s", scripts)
	}
	page, err := HTML(small(t))
	if err != nil {
		t.Fatal(err)
	}
	made := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(made, page, 0o644); err != nil {
		t.Fatal(err)
	}
	reports := []string{made}
	run, err := filepath.Glob("../../plots/out/*/report.html")
	if err != nil {
		t.Fatal(err)
	}
	if !testing.Short() {
		reports = append(reports, run...)
	}
	for _, report := range reports {
		t.Run(filepath.Base(filepath.Dir(report)), func(t *testing.T) {
			path, err := filepath.Abs(report)
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command("node", "check.mjs", browser, path)
			cmd.Dir = scripts
			var stderr strings.Builder
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v\n%s", err, stderr.String())
			}
			var wrong []string
			if err := json.Unmarshal(out, &wrong); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, w := range wrong {
				t.Error(w)
			}
		})
	}
}
