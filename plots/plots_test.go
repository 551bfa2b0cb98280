package plots

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var outDir = flag.String("out", "", "write every figure of the tests there, to be looked at")

// TestDraw draws every figure of the thesis in every format.
func TestDraw(t *testing.T) {
	drawAll(t, thesis(t), "")
}

// TestDrawCrowded draws a study that is hard to draw.
func TestDrawCrowded(t *testing.T) { drawAll(t, crowded(t), "crowded_") }

func drawAll(t *testing.T, d *Data, prefix string) {
	for _, f := range All {
		t.Run(f.Name, func(t *testing.T) {
			page, err := f.Draw(d)
			if err != nil {
				t.Fatal(err)
			}
			for _, format := range []string{"svg", "pdf", "png", "csv"} {
				var b bytes.Buffer
				if err := page.Write(&b, format); err != nil {
					t.Fatalf("%s: %v", format, err)
				}
				if *outDir != "" {
					if err := os.WriteFile(filepath.Join(*outDir, prefix+f.Name+"."+format), b.Bytes(), 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
	}
}

// TestNoData draws every figure of a study that has nothing.
func TestNoData(t *testing.T) {
	for _, f := range All {
		if _, err := f.Draw(&Data{Study: Study{Countries: []string{"KAZ", "UZB"}}}); !errors.Is(err, ErrNoData) {
			t.Errorf("%s: got error %v, want ErrNoData", f.Name, err)
		}
	}
}
