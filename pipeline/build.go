package pipeline

import (
	"os"
	"runtime/debug"
)

// Build is what a program is made of, as far as results depend on it.
type Build struct {
	// Modules maps module paths to versions; "Go" is the tool chain, whose
	// library compresses and sorts.
	Modules map[string]string
	// Executable is the path of the program where it was built from modified or
	// unknown sources: its hash then counts as part of every unit. "" for a
	// clean build, which reruns only what a version touches.
	Executable string
}

// ReadBuild describes the running program from its build information. A program
// without version control information counts as modified, as does one that
// links a module from a local folder.
func ReadBuild() Build {
	info, ok := debug.ReadBuildInfo()
	b := Build{Modules: map[string]string{}}
	clean := false
	if ok {
		clean = buildOf(info, b.Modules)
	}
	if clean {
		return b
	}
	path, err := os.Executable()
	if err != nil {
		path = os.Args[0]
	}
	b.Executable = path
	return b
}

// buildOf fills modules and says whether the sources were committed as built.
func buildOf(info *debug.BuildInfo, modules map[string]string) bool {
	modules["Go"] = info.GoVersion
	clean := true
	for _, m := range info.Deps {
		version := m.Version
		if r := m.Replace; r != nil {
			version = r.Path + " " + r.Version
			clean = clean && r.Version != ""
		}
		clean = clean && m.Version != "" && m.Version != "(devel)"
		modules[m.Path] = version
	}
	revision, modified := "", ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value
		case "vcs.modified":
			modified = s.Value
		}
	}
	return clean && revision != "" && modified == "false"
}
