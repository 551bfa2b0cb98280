package verify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"time"

	"diplometrics/datasets"
)

// task is what the reading process needs to know of a table.
type task struct {
	Name, Parquet, CSV string
	Schema             tableSchema
	Foreign            []foreignTask
	Simulated          bool
}

// foreignTask is a foreign key with the file that it refers to.
type foreignTask struct {
	Fields, Target []string
	Parquet        string
}

// job is what the reading process gets on its standard input.
type job struct {
	Dir   string
	Tasks []task
}

// answer is a line of the reading process: it starts with a table, or has
// finished it.
type answer struct {
	Table   string
	Done    bool
	Refused string // why the file is not read; "" where it is
	File    string // the file that is refused
	Result  result
}

// result is what the reading process found in a table.
type result struct {
	Rows     int64
	Known    bool
	Counts   map[string]int64 // of each kind of check
	Findings []counted
	Gaps     []Gap
}

// counted is the first of several findings about one column.
type counted struct {
	Finding
	N int
}

// checkTables has every table read in a child process and adds what it found.
func (p *Package) checkTables(ctx context.Context, o Options) error {
	tasks, err := p.tasks()
	if err != nil {
		return err
	}
	limit := o.tableTime
	if limit == 0 {
		limit = tableTime
	}
	counts, known, keyed, paired := map[string]int64{}, 0, 0, 0
	err = readTables(ctx, o.Exe, job{p.Dir, tasks}, limit, func(i int, r result) {
		t := &p.Tables[i]
		t.Rows, t.Known = r.Rows, r.Known
		for k, n := range r.Counts {
			counts[k] += n
		}
		for _, f := range r.Findings {
			c := p.check(f.Check)
			c.fail(f.Finding)
			c.Failed += f.N - 1
		}
		p.report.NotChecked = append(p.report.NotChecked, r.Gaps...)
		if r.Known {
			known++
		}
		if len(tasks[i].Schema.PrimaryKey) > 0 {
			keyed++
		}
		if t.CSV != "" {
			paired++
		}
	})
	p.title()
	if err != nil {
		return err
	}
	p.check("schemas").say("%d tables, %d columns as datapackage.json says; %d of the tables are this program's, in version %s", len(tasks), counts["schemas"], known, datasets.SchemaVersion)
	p.check("nulls").say("none in %d required columns", counts["nulls"])
	p.check("keys").say("%d tables, %d rows in the order of their primary key, each key once", keyed, counts["keys"])
	p.check("references").say("%d rows refer to a row that is there", counts["references"])
	p.check("ranges").say("%d values within their bounds", counts["ranges"])
	p.check("csv").say("%d tables, %d cells as in Parquet", paired, counts["csv"])
	p.check("libraries").say("%d tables, %d values read alike by arrow and by parquet-go", len(tasks), counts["libraries"])
	return nil
}

// title says what the package is.
func (p *Package) title() {
	rows := int64(0)
	for _, t := range p.Tables {
		rows += t.Rows
	}
	s := plain(p.Name)
	if p.Version != "" {
		s += ", version " + plain(p.Version)
	}
	if p.Simulated {
		s = "SIMULATED: " + s
	}
	p.report.Title = fmt.Sprintf("%s, %d tables, %d rows", s, len(p.Tables), rows)
}

// tasks describes the tables for the reading process.
func (p *Package) tasks() ([]task, error) {
	byPath, byName := map[string]resource{}, map[string]resource{}
	for _, r := range p.desc.Resources {
		byPath[r.Path], byName[r.Name] = r, r
	}
	there := p.paths()
	var tasks []task
	for _, t := range p.Tables {
		k := task{Name: t.Name, Parquet: t.Parquet, CSV: t.CSV, Simulated: p.Simulated}
		if t.CSV == "" {
			p.Skip("CSV of "+t.Name, "the package has none")
		}
		r := byPath[t.Parquet]
		if r.Schema == nil {
			p.check("schemas").fail(Finding{File: descFile, Table: t.Name, Found: "no schema", Expected: "the columns of " + t.Parquet})
			tasks = append(tasks, k)
			continue
		}
		k.Schema = *r.Schema
		for _, fk := range r.Schema.ForeignKeys {
			target := r
			if fk.Reference.Resource != "" { // "" is the table itself
				target = byName[fk.Reference.Resource]
			}
			// A resource in CSV stands for the Parquet file of the same name.
			pq := strings.TrimSuffix(target.Path, path.Ext(target.Path)) + ".parquet"
			if _, ok := there[pq]; !ok || target.Schema == nil {
				p.check("references").fail(Finding{File: descFile, Table: t.Name, Column: strings.Join(fk.Fields, ", "),
					Found: fmt.Sprintf("a reference to %q", fk.Reference.Resource), Expected: "a table of the package"})
				continue
			}
			k.Foreign = append(k.Foreign, foreignTask{fk.Fields, fk.Reference.Fields, pq})
		}
		tasks = append(tasks, k)
	}
	for _, f := range p.Files {
		if ext := path.Ext(f.Path); ext == ".csv" && !slices.ContainsFunc(p.Tables, func(t TableInfo) bool { return t.CSV == f.Path }) &&
			slices.ContainsFunc(p.desc.Resources, func(r resource) bool { return r.Path == f.Path && r.Schema != nil }) {
			p.Skip("rows of "+f.Path, "there is no Parquet file of the same name to compare them with")
		}
	}
	return tasks, nil
}

// readTables runs the reading process and hands over what it finds, table by
// table. A process that dies, answers nothing in time or takes too much memory
// refuses the package, by the file that it was reading.
func readTables(ctx context.Context, exe []string, j job, limit time.Duration, done func(i int, r result)) error {
	if len(j.Tasks) == 0 {
		return nil
	}
	if len(exe) == 0 {
		return errors.New("verify: no program to read tables with")
	}
	in, err := json.Marshal(j)
	if err != nil {
		return err
	}
	child, kill := context.WithCancel(ctx)
	defer kill()
	cmd := exec.CommandContext(child, exe[0], exe[1:]...)
	cmd.WaitDelay = 500 * time.Millisecond
	stderr := &datasets.Head{Left: 4096}
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the process that reads tables: %w", err)
	}
	answers := make(chan answer)
	go func() {
		defer close(answers)
		for dec := json.NewDecoder(io.LimitReader(out, int64(len(j.Tasks))*maxAnswer)); ; {
			var a answer
			if dec.Decode(&a) != nil {
				return // the end, or what a dying child printed last
			}
			select {
			case answers <- a:
			case <-child.Done():
				return
			}
		}
	}()
	timer, all := time.NewTimer(limit), time.NewTimer(allTime)
	defer timer.Stop()
	defer all.Stop()
	for i := 0; i < len(j.Tasks); {
		var a answer
		var ok bool
		select {
		case a, ok = <-answers:
		case <-timer.C:
			kill()
			cmd.Wait()
			return refuse(j.Tasks[i].Parquet, "reading the table took longer than %v", limit)
		case <-all.C:
			kill()
			cmd.Wait()
			return refuse("", "reading %d of %d tables took longer than %v", i, len(j.Tasks), allTime)
		}
		switch {
		case ctx.Err() != nil:
			kill()
			cmd.Wait()
			return ctx.Err()
		case !ok:
			kill()
			died := cmd.Wait()
			return refuse(j.Tasks[i].Parquet, "the process that reads it died (%v): %s", died, stderr.FirstLine())
		case a.Done && a.Refused != "":
			kill()
			cmd.Wait()
			return &RefusedError{a.File, a.Refused}
		case a.Done:
			done(i, a.Result)
			i++
			timer.Reset(limit)
		}
	}
	return cmd.Wait()
}
