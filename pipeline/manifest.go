package pipeline

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// notWritten stands for the hash of an input whose unit was skipped.
const notWritten = "not written"

// manifest is what a unit was made from and what it wrote.
type manifest struct {
	Unit       string            `json:"unit"`
	Inputs     map[string]string `json:"inputs"` // SHA-256 by logical name, trees by member
	Params     json.RawMessage   `json:"params"`
	Versions   map[string]int    `json:"versions"`
	Modules    map[string]string `json:"modules"`
	Executable string            `json:"executable"` // SHA-256 of a program from modified sources
	Outputs    map[string]output `json:"outputs"`    // by logical name, trees by member
	Skipped    string            `json:"skipped,omitempty"`
	Notes      []string          `json:"notes,omitempty"`
}

type output struct {
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// manifestName returns the logical name of a unit's manifest. Characters that
// some system refuses are written as %XX; long names end in a hash.
func manifestName(unit string) string {
	parts := strings.Split(unit, "/")
	for i, part := range parts {
		var b strings.Builder
		for _, r := range part {
			if r < ' ' || strings.ContainsRune(`%<>:"\|?*`, r) {
				fmt.Fprintf(&b, "%%%02X", r)
			} else {
				b.WriteRune(r)
			}
		}
		parts[i] = b.String()
		if len(parts[i]) > 180 {
			h := sha256.Sum256([]byte(part))
			parts[i] = strings.ToValidUTF8(parts[i][:140], "") + "-" + hex.EncodeToString(h[:16])
		}
	}
	return stateDir + "/units/" + strings.Join(parts, "/") + ".json"
}

// encode returns the manifest's bytes: sorted keys, one line a value.
func (m *manifest) encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(m)
	return b.Bytes(), err
}

// readManifest returns the manifest of a unit; nil where there is none.
func (e *Engine) readManifest(unit string) (*manifest, error) {
	m, err := e.readManifestFile(manifestName(unit))
	if m != nil && m.Unit != unit {
		return nil, errDamaged
	}
	return m, err
}

func (e *Engine) readManifestFile(name string) (*manifest, error) {
	b, err := os.ReadFile(e.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	m := new(manifest)
	if json.Unmarshal(b, m) != nil {
		return nil, errDamaged
	}
	return m, nil
}

// outputPaths returns where the unit's outputs lie, by logical name.
func (e *Engine) outputPaths(m *manifest) []string {
	var paths []string
	for _, name := range slices.Sorted(maps.Keys(m.Outputs)) {
		path := e.path(name)
		if abs, err := filepath.Abs(path); err == nil {
			path = abs
		}
		paths = append(paths, path)
	}
	return paths
}

// path returns where a logical name lies on this machine.
func (e *Engine) path(name string) string {
	first, rest, _ := strings.Cut(name, "/")
	if dir, ok := e.Mounts[first]; ok {
		return filepath.Join(dir, filepath.FromSlash(rest))
	}
	return filepath.Join(e.Study, filepath.FromSlash(name))
}

func decodeJSON(b []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	return v, err
}
