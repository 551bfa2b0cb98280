package stages

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diplometrics/datasets"
)

// putFiles writes files of a study; "" removes one.
func putFiles(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(dir, name)
		var err error
		if content == "" {
			err = os.Remove(path)
		} else {
			err = os.WriteFile(path, []byte(content), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// valueOf is the value of a metric of an account in the study window.
func valueOf(t *testing.T, dir, metric, part, account string) (datasets.Value, bool) {
	t.Helper()
	for _, v := range readAll(t, &datasets.Values, filepath.Join(dir, "metrics/values.parquet")) {
		if v.Metric == metric && v.Part == part && v.AccountID == account && v.PeriodKind == "window" {
			return v, true
		}
	}
	return datasets.Value{}, false
}

// A study brings its own codebook, events, holidays and coded posts, and each
// reaches the tables; without them it has the topics and holidays that ship.
func TestOwnCodebook(t *testing.T) {
	dir := writePosts(t, []int{0, 1})
	toml, err := os.ReadFile(filepath.Join(dir, "study.toml"))
	if err != nil {
		t.Fatal(err)
	}
	covered := strings.ReplaceAll(string(toml), "title = \"Collection", "covered_from = \"2023-12-01\"\ncovered_to = \"2024-03-01\"\ncompleteness = \"all\"\ntitle = \"Collection")
	putFiles(t, dir, map[string]string{"study.toml": covered,
		"topics.csv":       "topic,language,rule\nmine.first,en,post 101\nmine.post,en,posts\nmine.post,en,post\n",
		"events.csv":       "id,at,country,words\nnight,2023-12-31T23:00:00Z,KAZ,post 101\nlater,2024-02-01T09:30:00Z,UZB,post 201\n",
		"holidays.csv":     "country,name,from,days,words\nKAZ,New Year,01-01,1,post 101; never said\nUZB,Some Day,2024-02-20,1,post\n",
		"topics_coded.csv": "platform,account_id,post_id,coder,topics\nx,1,101,one,mine.first\nx,1,102,one,mine.first\nx,1,101,two,mine.first\nx,1,102,two,\nx,1,no such post,two,\n"})
	runStudy(t, dir, "normalize", "enrich", "measure")

	var got []string
	for _, part := range []string{"country_code=KAZ/year=2023", "country_code=KAZ/year=2024", "country_code=UZB/year=2024"} {
		for _, r := range readAll(t, &datasets.PostTopics, filepath.Join(dir, "normalized/post_topics", part, "post_topics.parquet")) {
			got = append(got, r.PostID+" "+r.Topic)
		}
	}
	want := []string{"101 event:night", "101 holiday:New Year", "101 mine.first", "101 mine.post", "102 mine.post", "201 event:later", "201 holiday:Some Day", "201 mine.post"}
	if !slices.Equal(got, want) {
		t.Errorf("topics: got %q, want %q", got, want)
	}
	for _, c := range []struct {
		metric, part, account string
		want                  float64
	}{
		{"topic_share", "mine.first", "1", 0.5}, {"topic_share", "mine.post", "1", 1}, {"topic_share", "mine.first", "2", 0},
		{"response_latency", "median_h", "1", 0.5}, {"response_latency", "median_h", "2", 0.5}, {"response_latency", "within_1h", "1", 1},
		{"holiday_coverage", "mentioned", "1", 1}, {"holiday_coverage", "any_post", "2", 0},
		{"language_share", "en", "1", 1},
	} {
		if v, ok := valueOf(t, dir, c.metric, c.part, c.account); !ok || !v.Value.OK || v.Value.V != c.want {
			t.Errorf("%s %s of %s: got %+v, want %v", c.metric, c.part, c.account, v, c.want)
		}
	}
	agreement := readAll(t, &datasets.TopicAgreements, filepath.Join(dir, "metrics/topic_agreement.parquet"))
	if len(agreement) != 6 || agreement[1].CoderA != datasets.RulesCoder || agreement[1].CoderB != "one" || agreement[1].N != 2 || agreement[1].OnlyB != 1 || agreement[1].Recall.V != 0.5 {
		t.Errorf("agreement: got %+v", agreement)
	}

	// A codebook that changes makes topics anew, and nothing else of enrich.
	putFiles(t, dir, map[string]string{"topics.csv": "topic,language,rule\nmine.first,en,post 102\n", "topics_coded.csv": ""})
	var ran []string
	for _, s := range runStudy(t, dir, "enrich", "measure") {
		if s.Ran {
			ran = append(ran, s.Unit)
		}
	}
	if want := []string{"enrich/topics/KAZ-2023", "enrich/topics/KAZ-2024", "enrich/topics/UZB-2024", "measure", "measure/topic_agreement"}; !slices.Equal(slices.Sorted(slices.Values(ran)), want) {
		t.Errorf("ran %q, want %q", ran, want)
	}
	if agreement := readAll(t, &datasets.TopicAgreements, filepath.Join(dir, "metrics/topic_agreement.parquet")); len(agreement) != 0 {
		t.Errorf("agreement without posts coded by hand: got %+v", agreement)
	}

	putFiles(t, dir, map[string]string{"topics.csv": "", "events.csv": "", "holidays.csv": ""})
	runStudy(t, dir, "enrich", "measure")
	if v, ok := valueOf(t, dir, "topic_share", "thesis.visa_free", "1"); !ok || v.Value != datasets.Some(0.0) {
		t.Errorf("the topics that ship: got %+v", v)
	}
	// Of Independence Day, New Year and Christmas, posts stand near New Year alone.
	if v, ok := valueOf(t, dir, "holiday_coverage", "any_post", "1"); !ok || v.Value.V != 1./3 || v.N != 3 {
		t.Errorf("the holidays that ship: got %+v", v)
	}
	if v, ok := valueOf(t, dir, "response_latency", "median_h", "1"); ok {
		t.Errorf("a study without events: got %+v", v)
	}
}
