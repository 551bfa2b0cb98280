package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Ten million lines that are no posts, one post before and one after: the run
// fails and says which file and line, or, where study.toml allows it, writes
// every one of them as a reject; neither takes more memory than a few posts do.
func TestTenMillionRejectsLong(t *testing.T) {
	if os.Getenv("DIPLOMETRICS_LONG") == "" {
		t.Skip("make test-long runs it")
	}
	const lines, most = 10_000_000, 700 << 20
	exe := build(t)
	study := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(study, name)), 0o777), os.WriteFile(filepath.Join(study, name), []byte(text), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	toml := func(share string) {
		write("study.toml", "title = \"Rejects\"\ncountries = [\"KAZ\", \"UZB\"]\nwindow = [\"2024-01-01\", \"2024-07-01\"]\nseed = 1\nmax_reject_share = "+share+"\n\n[[source]]\nid = \"posts\"\ntitle = \"Posts\"\nfile = \"raw/posts.jsonl\"\ncovered_from = \"2024-01-01\"\ncovered_to = \"2024-07-01\"\ncompleteness = \"all\"\n")
	}
	write("accounts.csv", "platform,account_id,handle,country,organization,organization_type\nx,1,mfa_one,KAZ,First ministry,ministry\nx,2,mfa_two,UZB,Second ministry,ministry\n")
	write("raw/posts.jsonl", "")
	f, err := os.Create(filepath.Join(study, "raw", "posts.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	post := func(id int) {
		fmt.Fprintf(w, `{"id": "%d", "author_id": "1", "created_at": "2024-02-03T04:05:06.000Z", "text": "A post", "edit_history_tweet_ids": ["%d"], "public_metrics": {"like_count": 1, "reply_count": 0, "retweet_count": 0, "quote_count": 0}, "__twarc": {"retrieved_at": "2024-08-01T00:00:00+00:00"}}`+"\n", id, id)
	}
	post(1753000000000000001)
	for i := range lines {
		fmt.Fprintf(w, "no post %d\n", i)
	}
	post(1753000000000000002)
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		t.Fatal(err)
	}
	run := func() (string, int) {
		t.Helper()
		c := exec.Command(exe, "--quiet", "--study", study, "run", "normalize")
		var out bytes.Buffer
		c.Stdout, c.Stderr = &out, &out
		err := c.Run()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		if peak := peakMemory(c.ProcessState); peak > most {
			t.Errorf("%d MiB of memory", peak>>20)
		}
		return out.String(), c.ProcessState.ExitCode()
	}
	toml("0.01")
	if out, code := run(); code != 1 || !strings.Contains(out, fmt.Sprintf("raw/posts.jsonl:2: %d of %d records cannot be used", lines, lines+2)) {
		t.Errorf("exit %d: %s", code, out)
	}
	toml("1.0")
	if out, code := run(); code != 0 || !strings.Contains(out, fmt.Sprintf("rejects: %d", lines)) || !strings.Contains(out, "posts: 2 in 1 partitions") {
		t.Errorf("exit %d: %s", code, out)
	}
}
