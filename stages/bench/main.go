// Bench measures the program against DuckDB on the same files: `make bench`.
//
// It runs the two in turn, the input read once before each, and prints for every
// round and in the median how many times as fast the program is. On a machine
// that others use, ratios of one round mean something and single times do not.
package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"diplometrics/datasets"
	"diplometrics/pipeline"
	"diplometrics/stages/normalize"
	"diplometrics/stages/study"
)

func main() {
	ctx := context.Background()
	if len(os.Args) == 3 && os.Args[1] == "posts" {
		// As the program does.
		debug.SetGCPercent(200)
		debug.SetMemoryLimit(768 << 20)
		if err := posts(ctx, os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	var b bench
	flag.StringVar(&b.program, "program", "bin/diplometrics", "the program")
	flag.StringVar(&b.python, "python", "", "a Python with duckdb; \"\" leaves the peer out")
	flag.StringVar(&b.data, "data", "", "folder of posts.jsonl, crowdtangle.csv, accounts.csv and followers.csv, made where it has none; what day needs is in "+tenYears+"/ in it, made too")
	flag.IntVar(&b.n, "posts", 1_000_000, "posts to make, where data has none")
	flag.IntVar(&b.rounds, "rounds", 3, "rounds")
	only := flag.String("only", "json,csv,day", "what to measure: json, csv, day")
	flag.Parse()
	if err := b.run(ctx, strings.Split(*only, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type bench struct {
	program, python, data string
	n, rounds             int
	work                  string // folder for studies
}

// took is what a process took.
type took struct {
	wall, cpu float64 // seconds
	peak      int64   // bytes of its memory, or of its largest child's
}

func (b *bench) run(ctx context.Context, only []string) (err error) {
	if b.program, err = filepath.Abs(b.program); err != nil {
		return err
	}
	if b.work, err = os.MkdirTemp("", "diplometrics-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.work)
	if b.data == "" {
		b.data = filepath.Join(b.work, "data")
	}
	fmt.Printf("%s/%s, %d cores, %s\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	if !slices.Equal(only, []string{"day"}) && !made(b.data, "crowdtangle.csv") {
		if err := write(b.data, b.n, 1); err != nil {
			return err
		}
	}
	if b.data, err = filepath.Abs(b.data); err != nil {
		return err
	}
	if b.python == "" {
		fmt.Println("skipped: DuckDB, since no Python that has it was named")
	}
	for _, what := range only {
		measure, ok := map[string]func(context.Context) error{"json": b.json, "csv": b.csv, "day": b.day}[what]
		if !ok {
			return fmt.Errorf("found %q; expected json, csv or day", what)
		}
		if err := measure(ctx); err != nil {
			return err
		}
	}
	return nil
}

// table prints rows of a round each, and their medians.
type table struct {
	names []string
	rows  [][]float64
}

func (t *table) print() {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "round\t%s\t\n", strings.Join(t.names, "\t"))
	line := func(name string, row []float64) {
		fmt.Fprintf(w, "%s\t", name)
		for _, x := range row {
			fmt.Fprintf(w, "%s\t", strconv.FormatFloat(x, 'f', 2, 64))
		}
		fmt.Fprintln(w)
	}
	median := make([]float64, len(t.names))
	for i, row := range t.rows {
		line(strconv.Itoa(i+1), row)
	}
	for c := range median {
		var column []float64
		for _, row := range t.rows {
			column = append(column, row[c])
		}
		slices.Sort(column)
		n := len(column)
		median[c] = (column[(n-1)/2] + column[n/2]) / 2
	}
	line("median", median)
	w.Flush()
}

const gib = 1 << 30

// json measures raw JSON lines to posts, all of normalize, and the whole run.
func (b *bench) json(ctx context.Context) error {
	fmt.Printf("\nJSON lines. DuckDB's time over ours: posts alone (no snapshots, no reading back); normalize with snapshots and the reading back of every value; the whole run, with the languages of every post and all metrics, against DuckDB's posts and three aggregates.\n")
	t := table{names: []string{"posts alone", "normalize", "whole run", "ours: posts s", "normalize s", "whole s", "CPU s", "GiB", "DuckDB: posts s", "all s", "CPU s", "GiB"}}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	for range b.rounds {
		study, err := b.study("json", "posts.jsonl")
		if err != nil {
			return err
		}
		alone, err := b.process(ctx, "posts.jsonl", nil, self, "posts", study)
		if err != nil {
			return err
		}
		duck, peer, err := b.duck(ctx, "json", "posts.jsonl")
		if err != nil {
			return err
		}
		if study, err = b.study("json", "posts.jsonl"); err != nil {
			return err
		}
		normalized, err := b.process(ctx, "posts.jsonl", nil, b.program, "--quiet", "--study", study, "run", "normalize")
		if err != nil {
			return err
		}
		if study, err = b.study("json", "posts.jsonl"); err != nil {
			return err
		}
		whole, err := b.process(ctx, "posts.jsonl", nil, b.program, "--quiet", "--study", study, "run", "enrich", "compare")
		if err != nil {
			return err
		}
		t.rows = append(t.rows, []float64{duck.Posts / alone.wall, duck.Posts / normalized.wall, duck.All / whole.wall, alone.wall, normalized.wall, whole.wall, whole.cpu,
			float64(max(alone.peak, normalized.peak, whole.peak)) / gib, duck.Posts, duck.All, peer.cpu, float64(peer.peak) / gib})
	}
	t.print()
	return nil
}

// csv measures a CrowdTangle CSV to posts.
func (b *bench) csv(ctx context.Context) error {
	fmt.Printf("\nCrowdTangle CSV. DuckDB's time over ours: posts alone; normalize with snapshots and the reading back.\n")
	t := table{names: []string{"posts alone", "normalize", "ours: posts s", "normalize s", "CPU s", "GiB", "DuckDB: s", "CPU s", "GiB"}}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	for range b.rounds {
		study, err := b.study("csv", "crowdtangle.csv")
		if err != nil {
			return err
		}
		alone, err := b.process(ctx, "crowdtangle.csv", nil, self, "posts", study)
		if err != nil {
			return err
		}
		duck, peer, err := b.duck(ctx, "csv", "crowdtangle.csv")
		if err != nil {
			return err
		}
		if study, err = b.study("csv", "crowdtangle.csv"); err != nil {
			return err
		}
		normalized, err := b.process(ctx, "crowdtangle.csv", nil, b.program, "--quiet", "--study", study, "run", "normalize")
		if err != nil {
			return err
		}
		t.rows = append(t.rows, []float64{duck.Posts / alone.wall, duck.Posts / normalized.wall, alone.wall, normalized.wall, normalized.cpu,
			float64(max(alone.peak, normalized.peak)) / gib, duck.Posts, peer.cpu, float64(peer.peak) / gib})
	}
	t.print()
	return nil
}

// day measures what one day's export more costs.
func (b *bench) day(ctx context.Context) error {
	file := filepath.Join(tenYears, "posts.jsonl")
	fmt.Printf("\nOne day's export more to a study of ten years: normalize of all, then of the day alone, and how many partitions that wrote.\n")
	if dir := filepath.Join(b.data, tenYears); !made(dir, "day.jsonl") {
		fmt.Printf("%s has no day's export: it is made, with %d posts of ten years.\n", dir, b.n)
		if err := write(dir, b.n, 10); err != nil {
			return err
		}
	}
	t := table{names: []string{"all s", "CPU s", "CPU us a post", "GiB", "day s", "day CPU s", "partitions", "written"}}
	for range b.rounds {
		study, err := b.study("day", file)
		if err != nil {
			return err
		}
		first, err := b.process(ctx, file, nil, b.program, "--quiet", "--study", study, "run", "normalize")
		if err != nil {
			return err
		}
		before, err := partitions(study)
		if err != nil {
			return err
		}
		if err := link(filepath.Join(b.data, tenYears, "day.jsonl"), filepath.Join(study, "raw", "posts", "day.jsonl")); err != nil {
			return err
		}
		second, err := b.process(ctx, "", nil, b.program, "--quiet", "--study", study, "run", "normalize")
		if err != nil {
			return err
		}
		after, err := partitions(study)
		if err != nil {
			return err
		}
		written := 0
		for name, at := range after {
			if at != before[name] {
				written++
			}
		}
		t.rows = append(t.rows, []float64{first.wall, first.cpu, 1e6 * first.cpu / float64(b.n), float64(max(first.peak, second.peak)) / gib, second.wall, second.cpu, float64(len(after)), float64(written)})
	}
	t.print()
	return nil
}

// partitions is when each partition of posts of a study was written.
func partitions(study string) (map[string]time.Time, error) {
	names, err := filepath.Glob(filepath.Join(study, "normalized", "posts", "*", "*", "posts.parquet"))
	at := map[string]time.Time{}
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			return nil, err
		}
		at[name] = info.ModTime()
	}
	return at, err
}

// study makes a study of a file of the data and the accounts beside it, and of the
// followers where the file is of X.
func (b *bench) study(name, file string) (string, error) {
	dir := filepath.Join(b.work, name)
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Join(dir, "raw", "posts"), 0o777); err != nil {
		return "", err
	}
	data, from := filepath.Join(b.data, filepath.Dir(file)), "2024-01-01"
	if filepath.Dir(file) == tenYears {
		from = "2015-01-01"
	}
	accounts, err := os.ReadFile(filepath.Join(data, "accounts.csv"))
	if err != nil {
		return "", err
	}
	toml := `title = "Benchmark"
countries = ["KAZ", "UZB", "KGZ"]
window = ["` + from + `", "2025-01-01"]
seed = 1

[zones]
KAZ = "Asia/Almaty"
UZB = "Asia/Tashkent"
KGZ = "Asia/Bishkek"

[[source]]
id = "posts"
title = "Posts"
file = "raw/posts/*"
covered_from = "` + from + `"
covered_to = "2025-01-01"
completeness = "all"
`
	if strings.HasSuffix(file, ".csv") {
		accounts = bytes.ReplaceAll(accounts, []byte("\nx,"), []byte("\nfacebook,"))
		toml += "observed_at = \"2025-01-15\"\n"
	} else {
		toml += "\n[[source]]\nid = \"followers\"\ntitle = \"Followers\"\nfile = \"raw/followers.csv\"\n"
		if err := followers(filepath.Join(data, "followers.csv"), filepath.Join(dir, "raw", "followers.csv")); err != nil {
			return "", err
		}
	}
	return dir, cmp.Or(
		os.WriteFile(filepath.Join(dir, "study.toml"), []byte(toml), 0o666),
		os.WriteFile(filepath.Join(dir, "accounts.csv"), accounts, 0o666),
		link(filepath.Join(b.data, file), filepath.Join(dir, "raw", "posts", filepath.Base(file))))
}

// link links a file, or copies it where the two lie on different disks.
func link(from, to string) error {
	if os.Link(from, to) == nil {
		return nil
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return cmp.Or(err, out.Close())
}

// followers turns the counts into the sheet of the program.
func followers(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	out.WriteString("platform,handle,account_id,observed_at,followers\n")
	for i, line := range bytes.Split(bytes.TrimSpace(b), []byte("\n")) {
		if i > 0 {
			out.WriteString("x,,")
			out.Write(line)
			out.WriteByte('\n')
		}
	}
	return os.WriteFile(to, out.Bytes(), 0o666)
}

// process reads the input once, so that both meet it in memory, and runs a
// program.
func (b *bench) process(ctx context.Context, input string, stdout io.Writer, name string, args ...string) (took, error) {
	if input != "" {
		f, err := os.Open(filepath.Join(b.data, input))
		if err != nil {
			return took{}, err
		}
		_, err = io.Copy(struct{ io.Writer }{io.Discard}, f)
		f.Close()
		if err != nil {
			return took{}, err
		}
	}
	cmd := exec.CommandContext(ctx, name, args...)
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = stdout, &stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return took{}, fmt.Errorf("%s: %w\n%s", filepath.Base(name), err, stderr.String())
	}
	return took{time.Since(start).Seconds(), (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), peak(cmd.ProcessState)}, nil
}

// peerTook is what peer.py prints.
type peerTook struct{ Posts, All float64 }

// duck runs the peer; without one its times are 0.
func (b *bench) duck(ctx context.Context, job, input string) (peerTook, took, error) {
	var p peerTook
	if b.python == "" {
		return p, took{}, nil
	}
	out := filepath.Join(b.work, "duckdb")
	if err := os.MkdirAll(out, 0o777); err != nil {
		return p, took{}, err
	}
	var stdout bytes.Buffer
	t, err := b.process(ctx, input, &stdout, b.python, "stages/bench/peer.py", job, strconv.Itoa(runtime.NumCPU()), b.data, out)
	if err != nil {
		return p, t, err
	}
	return p, t, json.Unmarshal(stdout.Bytes(), &p)
}

// posts writes the posts of a study and nothing else: no snapshots, and what it
// writes is not read back. It is what DuckDB is asked for.
func posts(ctx context.Context, dir string) error {
	st, err := study.Load(dir)
	if err != nil {
		return err
	}
	e := &pipeline.Engine{Study: dir}
	files := func(io *pipeline.IO) *normalize.Files {
		return &normalize.Files{IO: io, Options: datasets.WriteOptions{Unchecked: true}, PostsOnly: true}
	}
	var units []pipeline.Unit
	var raw []string
	for _, src := range st.Sources {
		if strings.HasSuffix(src.File, "followers.csv") {
			continue
		}
		raw = append(raw, src.File)
		units = append(units, pipeline.Unit{Name: "read/" + src.File, Inputs: []string{st.Accounts, src.File}, Outputs: []string{normalize.RunDir(src.File)}, Passing: []string{src.File},
			Run: func(ctx context.Context, io *pipeline.IO) error { return normalize.Read(ctx, st, src, files(io)) }})
	}
	if _, err := e.Run(ctx, units, "read"); err != nil {
		return err
	}
	layout, err := normalize.Lay(dir, raw)
	if err != nil {
		return err
	}
	for _, country := range layout.Loose {
		units = append(units, pipeline.Unit{Name: "loose/" + country, Inputs: layout.LooseInputs(country), Outputs: []string{normalize.MovesFile(country)},
			Run: func(ctx context.Context, io *pipeline.IO) error { return layout.Settle(ctx, country, files(io)) }})
	}
	for _, part := range layout.Parts {
		units = append(units, pipeline.Unit{Name: "posts/" + part.Name(), Inputs: layout.Inputs(part), Outputs: []string{part.Posts(), part.Tally()},
			Run: func(ctx context.Context, io *pipeline.IO) error { return layout.Partition(ctx, part, files(io)) }})
	}
	_, err = e.Run(ctx, units)
	return err
}
