package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"diplometrics/pipeline"
	"diplometrics/plots"
	"diplometrics/stages"
	"diplometrics/stages/study"

	"github.com/alecthomas/kong"
)

// cli declares the command line.
type cli struct {
	Study string `help:"Folder of the study. Default: the current folder where it has a study.toml, else datasets/thesis." placeholder:"DIR" type:"path"`
	Quiet bool   `help:"Print results and errors only, no progress."`
	Log   string `enum:"text,json" default:"text" help:"How progress is told on stderr. text: a bar on a terminal, lines elsewhere; json: an object a line for each event, and for an error." placeholder:"text|json"`

	Init      initCmd      `cmd:"" help:"Start a study from a folder of collected files: write its study.toml and accounts.csv."`
	Inspect   inspectCmd   `cmd:"" help:"Say what files are: their format, what becomes of each record, and what they cannot tell."`
	Template  templateCmd  `cmd:"" help:"Write a sheet to fill in: an XLSX with an example, notes and drop-downs."`
	Audit     auditCmd     `cmd:"" help:"Check the printed averages of a table in the windows template, write the verdicts and print a methods paragraph."`
	Calibrate calibrateCmd `cmd:"" help:"Measure on simulated studies how often intervals hold the truth and tests reject, and write the table."`
	Simulate  simulateCmd  `cmd:"" help:"Write a simulated study with known truth: raw files in the formats of real collectors."`
	Plan      planCmd      `cmd:"" help:"Say what a study of so many accounts and months could find, before anything is collected, and write a sheet to fill in."`
	Run       runCmd       `cmd:"" help:"Bring outputs up to date: everything, or the named stages or units and what they need."`
	Report    reportCmd    `cmd:"" help:"Bring the report of the study up to date and print where it is."`
	Publish   publishCmd   `cmd:"" help:"Make the package to share, a folder that is safe to publish as it stands, and what it needs."`
	Verify    verifyCmd    `cmd:"" help:"Check a package that somebody received: hashes, schemas, keys, references, ranges, CSV against Parquet, two Parquet libraries against each other. Ends with 0 where all is identical, with 1 where not."`
	Status    statusCmd    `cmd:"" help:"Say of every unit whether it is fresh, or why it is stale."`
	Clean     struct{}     `cmd:"" help:"Remove what the program made and can make again; never raw files, nor files changed by hand."`
	List      listCmd      `cmd:"" help:"Define the stages, tables, metrics, figures or rules, explain the mapping of a table, or print the parameters of simulations."`
	Version   versionCmd   `cmd:"" help:"Print the version of the program."`
}

type runCmd struct {
	Want []string `arg:"" optional:"" name:"stage" help:"Stage such as measure, or unit such as render/egdi."`
	Size string   `enum:"two-column,one-column,slide" default:"two-column" help:"Size of figures: two-column (174 mm wide), one-column (85 mm) or slide (16:9, larger type). Figures of the last two go to a folder of that name among the figures; from then on every run keeps them up to date, until the folder is removed." placeholder:"two-column|one-column|slide"`
}

type statusCmd struct {
	Deep bool `help:"Read every output again and compare it with its recorded hash."`
}

type listCmd struct {
	What   string `arg:"" enum:"stages,adapters,tables,metrics,figures,rules,mapping,parameters" help:"stages, adapters: the formats that are read, tables, metrics, figures, rules, mapping: the keys of [source.mapping] in study.toml, or parameters: those of simulate and plan, a file to change and give to them."`
	Format string `enum:"text,markdown,json" default:"text" help:"text, markdown or json."`
}

type versionCmd struct{}

// exited carries kong's wish to exit after it printed help.
type exited int

// command parses the arguments and runs the command.
func command(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	var c cli
	parser, err := kong.New(&c, kong.Name("diplometrics"),
		kong.Description("Tables, statistics and figures from collected snapshots of institutional social-media accounts."),
		kong.Writers(stdout, stderr), kong.Exit(func(code int) { panic(exited(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		return err
	}
	defer func() {
		if r := recover(); r != nil {
			code, ok := r.(exited)
			if !ok {
				panic(r)
			}
			if code != 0 {
				err = usageError{fmt.Errorf("exit %d", code)}
			}
		}
	}()
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if err != nil {
		return usageError{fmt.Errorf("%w; see diplometrics --help", err)}
	}
	p := newProgress(stderr, c.Quiet, c.Log)
	defer func() {
		p.close() // where an error or Ctrl-C left a bar
		if err != nil && c.Log == "json" {
			err = jsonError{err}
		}
	}()
	switch strings.Fields(k.Command())[0] {
	case "init":
		return c.Init.run(ctx, stdout)
	case "inspect":
		return c.Inspect.run(ctx, stdout)
	case "audit":
		return c.Audit.run(ctx, stdout)
	case "calibrate":
		return c.Calibrate.run(ctx, p, stdout)
	case "simulate":
		return c.Simulate.run(ctx, p, stdout)
	case "plan":
		return c.Plan.run(ctx, c.Study, p, time.Now(), stdout)
	case "template":
		return c.Template.run(stdout)
	case "run":
		return c.run(ctx, p, stdout)
	case "report":
		return c.report(ctx, p, stdout)
	case "publish":
		return c.publish(ctx, p, stdout)
	case "verify":
		return c.Verify.run(ctx, stdout)
	case "status":
		return c.status(ctx, stdout)
	case "clean":
		return c.clean(ctx, p, stdout)
	case "list":
		return list(stdout, c.List.What, c.List.Format)
	}
	return version(stdout)
}

// load reads the study and readies the engine that runs it. P is told what
// happens; nil for nobody.
func (c *cli) load(p *progress) (*study.Study, *pipeline.Engine, error) {
	dir := c.Study
	if dir == "" {
		dir = "datasets/thesis"
		if _, err := os.Stat("study.toml"); err == nil {
			dir = "."
		}
	}
	st, err := study.Load(dir)
	if err != nil {
		return nil, nil, err
	}
	e := &pipeline.Engine{Study: st.Dir, Mounts: map[string]string{"figures": stages.FiguresDir(st.Dir)}, Build: pipeline.ReadBuild()}
	if p != nil {
		e.Log = p.event
	}
	return st, e, nil
}

func (c *cli) run(ctx context.Context, p *progress, stdout io.Writer) error {
	st, e, err := c.load(p)
	if err != nil {
		return err
	}
	size := plots.Size(c.Run.Size)
	if err := stages.AddSize(st.Dir, size); err != nil {
		return err
	}
	states, err := stages.Run(ctx, e, st, readBackFiles, sized(c.Run.Want, size)...)
	var unknown *stages.UnknownError
	if errors.As(err, &unknown) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	return summary(stdout, st, states)
}

// sized puts the size into the names of the figures that are wanted.
func sized(want []string, size plots.Size) []string {
	var out []string
	for _, w := range want {
		if figure, ok := strings.CutPrefix(w+"/", "render/"); ok {
			w = strings.TrimSuffix(stages.RenderUnit(strings.TrimPrefix(figure, string(size)+"/"), size), "/")
		}
		out = append(out, w)
	}
	return out
}

// clean removes every output that is as a run wrote it, by running a plan
// without units, and then what the program remembers of them.
func (c *cli) clean(ctx context.Context, p *progress, stdout io.Writer) error {
	st, e, err := c.load(p)
	if err != nil {
		return err
	}
	if _, err := e.Run(ctx, nil); err != nil {
		return err
	}
	for _, dir := range []string{"normalized", "metrics", "package", "figures"} {
		removeEmpty(filepath.Join(st.Dir, dir))
	}
	removeEmpty(stages.FiguresDir(st.Dir))
	if err := os.RemoveAll(filepath.Join(st.Dir, ".diplometrics")); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s: removed what can be made again\n", st.Name)
	return err
}

// removeEmpty removes the folders below dir, and dir, that hold nothing.
func removeEmpty(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if e.IsDir() {
			removeEmpty(filepath.Join(dir, e.Name()))
		}
	}
	os.Remove(dir) // fails where something is left, and then should
}

// summary says what came out of each stage, and where it is.
func summary(out io.Writer, st *study.Study, states []pipeline.State) error {
	w := &strings.Builder{}
	title := st.Title
	if st.Simulated {
		title = "SIMULATED: " + title
	}
	fmt.Fprintf(w, "%s: %s\n", st.Name, title)
	ran := 0
	said := map[string]bool{}
	for _, stage := range stages.Names() {
		var lines []string
		for _, s := range states {
			if stages.Stage(s.Unit) != stage {
				continue
			}
			if s.Ran {
				ran++
			}
			for _, n := range s.Notes {
				lines = append(lines, n)
			}
			if why := path.Base(s.Unit) + s.Skipped; s.Skipped != "" && !said[why] { // once for all sizes of a figure
				said[why] = true
				lines = append(lines, fmt.Sprintf("%s: left out: %s", s.Unit, s.Skipped))
			}
			lines = append(lines, places(stage, s.Outputs)...)
		}
		if len(lines) > 0 {
			fmt.Fprintf(w, "\n%s\n", stage)
			for _, l := range lines {
				fmt.Fprintf(w, "  %s\n", visible(l))
			}
		}
	}
	if ran == 0 {
		fmt.Fprintf(w, "\nEverything was up to date.\n")
	}
	_, err := io.WriteString(out, w.String())
	return err
}

// places names what a reader will want to open. Files that differ only in
// their ending share a line.
func places(stage string, outputs []string) []string {
	switch stage {
	case "tabulate":
		for _, o := range outputs {
			if strings.HasSuffix(o, ".xlsx") {
				return []string{short(o) + " and the same tables as .csv beside it"}
			}
		}
	case "publish":
		var lines []string
		for _, o := range outputs {
			switch filepath.Base(o) {
			case "manifest.json":
				lines = append([]string{short(filepath.Dir(o)) + string(filepath.Separator)}, lines...)
			case "package.zip":
				lines = append(lines, short(o))
			}
		}
		return lines
	case "report":
		for _, o := range outputs {
			return []string{short(o) + " opens in a browser, offline"}
		}
	case "render":
		for _, o := range outputs {
			if base, ok := strings.CutSuffix(o, ".svg"); ok {
				return []string{short(base) + ".svg .pdf .png .csv"}
			}
		}
	}
	return nil
}

// short is the path as a user in the current folder would type it.
func short(path string) string {
	wd, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(wd, path); err == nil && !strings.HasPrefix(rel, "..") {
		return rel
	}
	return path
}

func (c *cli) status(ctx context.Context, stdout io.Writer) error {
	st, e, err := c.load(nil)
	if err != nil {
		return err
	}
	units, err := stages.Plan(st, readBackFiles)
	if err != nil {
		return err
	}
	states, err := e.Status(ctx, units, c.Status.Deep)
	if err != nil {
		return err
	}
	for _, s := range states {
		line := "fresh  " + s.Unit
		switch {
		case !s.Fresh:
			line = "stale  " + s.Unit + ": " + strings.Join(s.Reasons, "; ")
		case s.Skipped != "":
			line += " (left out: " + s.Skipped + ")"
		}
		if _, err := fmt.Fprintln(stdout, line); err != nil {
			return err
		}
	}
	return nil
}

func version(w io.Writer) error {
	_, err := fmt.Fprintf(w, "%s %s %s/%s\n", release(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// release is the program with its version and, where it is known, its revision.
func release() string {
	v, revision, modified := "(devel)", "", ""
	if bi, ok := debug.ReadBuildInfo(); ok {
		if bi.Main.Version != "" {
			v = bi.Main.Version
		}
		for _, s := range bi.Settings {
			switch s.Key {
			case "vcs.revision":
				revision = " " + s.Value
			case "vcs.modified":
				if s.Value == "true" {
					modified = " (modified)"
				}
			}
		}
	}
	return "diplometrics " + v + revision + modified
}
