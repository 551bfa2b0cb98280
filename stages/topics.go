package stages

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"diplometrics/datasets"
	"diplometrics/pipeline"
	"diplometrics/stages/enrich"
	"diplometrics/stages/measure/metrics"
	"diplometrics/stages/normalize"
	"diplometrics/stages/study"
)

// Files of a study that say what to look for in texts. Each may be missing.
const (
	topicsFile   = "topics.csv"       // the codebook; the one that ships where it is missing
	eventsFile   = "events.csv"       // no events where it is missing
	holidaysFile = "holidays.csv"     // those that ship where it is missing
	codedFile    = "topics_coded.csv" // what people coded by hand
)

// has returns those of the files that the study has.
func (f *flow) has(names ...string) []string {
	return slices.DeleteFunc(names, func(n string) bool {
		_, err := os.Stat(filepath.Join(f.st.Dir, n))
		return err != nil
	})
}

// words are the files of a study that say what to look for in texts, and the
// version of what ships where one of them is missing.
func (f *flow) words() (files []string, versions map[string]int) {
	files = f.has(topicsFile, eventsFile, holidaysFile)
	versions = map[string]int{}
	if !slices.Contains(files, topicsFile) || !slices.Contains(files, holidaysFile) {
		versions["default topics and holidays"] = enrich.DefaultsVersion
	}
	return files, versions
}

// codebook is what is looked for in texts.
type codebook struct {
	topics   []enrich.Rule
	events   []enrich.Event
	holidays []enrich.Holiday
}

// checkWords reads the files that say what to look for in texts, and what people
// coded, for what is wrong with them, so that it is said once and not by every
// unit that needs them.
func checkWords(st *study.Study) error {
	f := flow{st: st}
	has, _ := f.words()
	read := func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(st.Dir, name)) }
	book, err := readCodebook(read, has)
	if err != nil || len(f.has(codedFile)) == 0 {
		return err
	}
	_, err = readCoded(read, enrich.TopicsOf(book.topics))
	return err
}

// declared reads files that the unit of io declared.
func declared(io *pipeline.IO) func(name string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		path, err := io.In(name)
		if err != nil {
			return nil, err
		}
		return os.ReadFile(path)
	}
}

// readCoded reads what people coded by hand.
func readCoded(read func(name string) ([]byte, error), topics []string) ([]enrich.Coded, error) {
	text, err := read(codedFile)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be read: %w", codedFile, err)
	}
	return enrich.ReadCoded(codedFile, text, topics)
}

// readCodebook reads those of the files that the study has.
func readCodebook(read func(name string) ([]byte, error), has []string) (*codebook, error) {
	text := map[string][]byte{topicsFile: enrich.DefaultTopics, holidaysFile: enrich.DefaultHolidays}
	var err error
	for _, name := range has {
		if text[name], err = read(name); err != nil {
			return nil, fmt.Errorf("%s: cannot be read: %w", name, err)
		}
	}
	b := &codebook{}
	if b.topics, err = enrich.ReadTopics(topicsFile, text[topicsFile]); err != nil {
		return nil, err
	}
	if b.holidays, err = enrich.ReadHolidays(holidaysFile, text[holidaysFile]); err != nil {
		return nil, err
	}
	if slices.Contains(has, eventsFile) {
		b.events, err = enrich.ReadEvents(eventsFile, text[eventsFile])
	}
	return b, err
}

// finder finds the topics of the posts of a country: those of the codebook, its
// own holidays, and the events that concern it.
func (b *codebook) finder(country string) (*enrich.Finder, error) {
	rules := slices.Clone(b.topics)
	add := func(topic string, words []string) {
		for _, w := range words {
			rules = append(rules, enrich.Rule{Topic: topic, Words: w})
		}
	}
	for _, e := range b.events {
		if e.Country == "" || e.Country == country {
			add(metrics.EventTopic+e.ID, e.Words)
		}
	}
	for _, h := range b.holidays {
		if h.Country == country {
			add(metrics.HolidayTopic+h.Name, h.Words)
		}
	}
	return enrich.NewFinder(rules)
}

// strange notes the events of countries that the study does not compare.
func (b *codebook) strange(countries []string, note func(format string, args ...any)) {
	for _, e := range b.events {
		if e.Country != "" && !slices.Contains(countries, e.Country) {
			note("%s: event %s is of %s, which is none of the countries of study.toml", eventsFile, e.ID, e.Country)
		}
	}
}

// setting adds to what the study says of all accounts what is looked for.
func (b *codebook) setting(s *metrics.Setting, from, to datasets.Day) {
	s.Topics = enrich.TopicsOf(b.topics)
	for _, e := range b.events {
		s.Events = append(s.Events, metrics.Event{ID: e.ID, At: e.At, Country: e.Country, HorizonH: e.HorizonH})
	}
	for i := range b.holidays {
		h := &b.holidays[i]
		for _, d := range h.Between(from, to) {
			s.Holidays = append(s.Holidays, metrics.Holiday{Country: h.Country, Name: h.Name, From: d[0], To: d[1]})
		}
	}
	slices.SortFunc(s.Holidays, func(a, b metrics.Holiday) int {
		return cmp.Or(cmp.Compare(a.Country, b.Country), cmp.Compare(a.From, b.From), cmp.Compare(a.Name, b.Name))
	})
	s.Holidays = slices.Compact(s.Holidays)
}

func topicFile(p normalize.Part) string {
	return "normalized/post_topics/" + p.Folder() + "/post_topics.parquet"
}

// topicUnits returns the units that find topics, one a partition, and the one
// that compares them with what was coded by hand. They are apart from the other
// units of enrich because a codebook is changed more often than anything else.
func (f *flow) topicUnits(parts []normalize.Part) []pipeline.Unit {
	has, versions := f.words()
	versions["topics"] = enrich.TopicsVersion
	var units []pipeline.Unit
	for _, part := range parts {
		units = append(units, pipeline.Unit{Name: "enrich/topics/" + part.Name(), Inputs: append([]string{part.Posts()}, has...), Outputs: []string{topicFile(part)},
			Params: f.simulated(), Versions: versions,
			Run: func(ctx context.Context, io *pipeline.IO) error { return f.topics(ctx, part, has, io) }})
	}
	coded := f.has(codedFile)
	var in []string
	if len(coded) > 0 {
		in = append(slices.Concat(coded, has), parquet("normalized", datasets.Accounts.Name)...)
		for _, part := range parts {
			in = append(in, topicFile(part))
		}
	}
	return append(units, pipeline.Unit{Name: "measure/topic_agreement", Inputs: in, Outputs: parquet("metrics", datasets.TopicAgreements.Name),
		Params: f.simulated(), Versions: versions,
		Run: func(ctx context.Context, io *pipeline.IO) error { return f.agreement(ctx, parts, has, coded, io) }})
}

// topics writes the topics of one partition.
func (f *flow) topics(ctx context.Context, part normalize.Part, has []string, io *pipeline.IO) error {
	book, err := readCodebook(declared(io), has)
	if err != nil {
		return err
	}
	find, err := book.finder(part.Country)
	if err != nil {
		return err
	}
	w := f.files(io)
	normalize.PutBatches(w, &datasets.PostTopics, topicFile(part), func(yield func([]datasets.PostTopic, error) bool) {
		for batch, err := range enrich.ByKey(scan(ctx, io, &datasets.Posts, part.Posts(), "platform", "account_id", "post_id", "text")) {
			if err != nil {
				yield(nil, err)
				return
			}
			for posts := range slices.Chunk(batch, chunk) {
				for _, rows := range find.Of(posts) {
					if !yield(rows, nil) {
						return
					}
				}
			}
		}
	})
	return w.Close(ctx)
}

// agreement compares what people coded with what the rules found; where nobody
// coded, the table has no rows.
func (f *flow) agreement(ctx context.Context, parts []normalize.Part, has, hand []string, io *pipeline.IO) error {
	w := f.files(io)
	if len(hand) == 0 {
		normalize.Put(w, &datasets.TopicAgreements, "metrics/"+datasets.TopicAgreements.Name+".parquet", nil)
		return w.Close(ctx)
	}
	book, err := readCodebook(declared(io), has)
	if err != nil {
		return err
	}
	r := reader{io: io}
	accounts := read(ctx, &r, &datasets.Accounts, "normalized")
	if r.err != nil {
		return r.err
	}
	names := enrich.TopicsOf(book.topics)
	coded, err := readCoded(declared(io), names)
	if err != nil {
		return err
	}
	if coded, err = enrich.ByAccount(coded, accounts); err != nil {
		return err
	}
	rows, silent, err := enrich.Agreement(coded, f.found(ctx, parts, io), names)
	if err != nil {
		return err
	}
	if len(silent) > 0 {
		note := fmt.Sprintf("%s: %d of its posts have no text to read or are not among the posts collected", codedFile, len(silent))
		if n := len(slices.DeleteFunc(slices.Clone(silent), func(id string) bool { return !enrich.LooksRounded(id) })); n > 0 {
			note += fmt.Sprintf("; %d of their ids end in zeros as those that a spreadsheet rounded do: keep the column post_id as text", n)
		}
		io.Note("%s", note)
	}
	normalize.Put(w, &datasets.TopicAgreements, "metrics/"+datasets.TopicAgreements.Name+".parquet", rows)
	return w.Close(ctx)
}

// found yields the topics of all partitions.
func (f *flow) found(ctx context.Context, parts []normalize.Part, io *pipeline.IO) iter.Seq2[[]datasets.PostTopic, error] {
	return func(yield func([]datasets.PostTopic, error) bool) {
		for _, part := range parts {
			for batch, err := range scan(ctx, io, &datasets.PostTopics, topicFile(part)) {
				if !yield(batch, err) || err != nil {
					return
				}
			}
		}
	}
}
