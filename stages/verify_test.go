package stages

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diplometrics/stages/simulate"
	"diplometrics/stages/verify"
)

// The package that publish writes, as a folder and as a zip, passes every check,
// of the published record and of a small simulated study.
func TestVerifyPublishedPackages(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	simulated, _ := simulateStudy(t, simulate.Options{Seed: 4, Accounts: 12, Months: 1})
	for _, dir := range []string{copyStudy(t, "../datasets/thesis"), simulated} {
		runStudy(t, dir, "publish")
		for _, path := range []string{filepath.Join(dir, "package"), filepath.Join(dir, "package.zip")} {
			r, err := verify.Run(context.Background(), path, verify.Options{Exe: []string{exe, "read-tables"}})
			if err != nil {
				t.Fatal(err)
			}
			var text strings.Builder
			if err := r.WriteText(&text); err != nil {
				t.Fatal(err)
			}
			if !r.Identical() || strings.Contains(text.String(), "this program has no table") {
				t.Errorf("%s", text.String())
			}
		}
	}
}
