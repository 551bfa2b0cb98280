// Package render writes figures as files.
package render

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"

	"diplometrics/pipeline"
	"diplometrics/plots"
)

// Version of the stage; raised when the same figure would give other files.
const Version = 1

// Formats of a figure: three pictures and the plotted values.
var Formats = []string{"svg", "pdf", "png", "csv"}

// Outputs returns the files of a figure of a size: those of any but the
// usual one lie in a folder of its name.
func Outputs(figure string, size plots.Size) []string {
	folder := "figures/"
	if size != "" && size != plots.TwoColumn {
		folder += string(size) + "/"
	}
	out := make([]string, len(Formats))
	for i, f := range Formats {
		out[i] = folder + figure + "." + f
	}
	return out
}

// Figure draws a figure at the size of the study and writes it in every format. A study without the
// figure's data has no such figure; that is recorded, not an error.
func Figure(fig plots.Figure, d *plots.Data, files *pipeline.IO) error {
	page, err := fig.Page(d)
	if errors.Is(err, plots.ErrNoData) {
		files.Skip(err.Error())
		return nil
	}
	if err != nil {
		return fmt.Errorf("figure %s: %w", fig.Name, err)
	}
	for i, name := range Outputs(fig.Name, d.Study.Size) {
		path, err := files.Out(name)
		if err != nil {
			return err
		}
		if err := writeFile(path, page, Formats[i]); err != nil {
			return fmt.Errorf("figure %s as %s: %w", fig.Name, Formats[i], err)
		}
	}
	return nil
}

// Files draws a figure at the size of the study in every format, by the names of
// Outputs; none where the data have no such figure.
func Files(fig plots.Figure, d *plots.Data) (map[string][]byte, error) {
	page, err := fig.Page(d)
	if errors.Is(err, plots.ErrNoData) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("figure %s: %w", fig.Name, err)
	}
	out := map[string][]byte{}
	for i, name := range Outputs(fig.Name, d.Study.Size) {
		var b bytes.Buffer
		if err := page.Write(&b, Formats[i]); err != nil {
			return nil, fmt.Errorf("figure %s as %s: %w", fig.Name, Formats[i], err)
		}
		out[name] = b.Bytes()
	}
	return out, nil
}

func writeFile(path string, page *plots.Page, format string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	if err := page.Write(w, format); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}
