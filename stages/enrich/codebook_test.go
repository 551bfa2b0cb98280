package enrich

import (
	"slices"
	"strings"
	"testing"
	"time"

	"diplometrics/datasets"
)

func wantError(t *testing.T, what string, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error, want one with %q", what, parts)
		return
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("%s: got %q, want it to say %q", what, err, p)
		}
	}
}

func TestReadTopics(t *testing.T) {
	rules, err := ReadTopics("topics.csv", []byte("\ufefftopic,language,rule\nb,en,visa free\n,,\na.x,kk,\" наурыз* \"\n"))
	if err != nil || !slices.Equal(rules, []Rule{{"b", "visa free"}, {"a.x", "наурыз*"}}) {
		t.Errorf("got %v, %v", rules, err)
	}
	if got := TopicsOf(append(rules, rules...)); !slices.Equal(got, []string{"a.x", "b"}) {
		t.Errorf("topics: got %v", got)
	}
	if rules, err = ReadTopics("topics.csv", []byte("rule;topic;language\nvisa, free;b;en\n")); err != nil || !slices.Equal(rules, []Rule{{"b", "visa, free"}}) {
		t.Errorf("semicolons and another order: got %v, %v", rules, err)
	}
	for text, parts := range map[string][]string{
		"":                                    {"topics.csv:1", "is empty", "topic,language,rule"},
		"topic,language\na,en\n":              {"topics.csv:1", `"rule" is missing`},
		"topic,lang,rule\n":                   {"topics.csv:1", `unknown column "lang"`, "language"},
		"topic,rule,rule\n":                   {"topics.csv:1", "twice"},
		"topic,language,rule\n":               {"found no rule", "remove the file"},
		"topic,language,rule\na,en\n":         {"topics.csv:2", "found 2 cells, expected 3"},
		"topic,language,rule\n\na,en,v*s\n":   {"topics.csv:3", "rule", `"v*s"`},
		"topic,language,rule\n,en,visa\n":     {"topics.csv:2", "topic: found nothing"},
		"topic,language,rule\na,en,\n":        {"topics.csv:2", "rule: found nothing"},
		"topic,language,rule\nA b,en,visa\n":  {"topics.csv:2", `topic: found "A b"`},
		"topic,language,rule\nevent:a,en,v\n": {"topics.csv:2", `topic: found "event:a"`},
		"topic,language,rule\nnone,en,visa\n": {"topics.csv:2", `topic: found "none"`},
		"topic,language,rule\na,en,\"v\n":     {"topics.csv:2", "not CSV"},
		"topic,language,rule\na,en,\xff\n":    {"topics.csv:2", "not UTF-8"},
	} {
		_, err := ReadTopics("topics.csv", []byte(text))
		wantError(t, text, err, parts...)
	}
}

func TestReadEvents(t *testing.T) {
	got, err := ReadEvents("events.csv", []byte("id,at,country,words,horizon_hours\nvisit,2024-03-21T15:00:00+05:00,KAZ,визит*; state visit,\nquake,2024-01-22,,earthquake*,\"48,5\"\n"))
	if err != nil || len(got) != 2 {
		t.Fatalf("got %v, %v", got, err)
	}
	if e := got[0]; e.ID != "quake" || e.At != at("2024-01-22T00:00:00Z") || e.Country != "" || e.HorizonH != 48.5 {
		t.Errorf("got %+v", e)
	}
	if e := got[1]; e.ID != "visit" || e.At != at("2024-03-21T10:00:00Z") || e.Country != "KAZ" || e.HorizonH != 168 || !slices.Equal(e.Words, []string{"визит*", "state visit"}) {
		t.Errorf("got %+v", e)
	}
	if got, err := ReadEvents("events.csv", []byte("id,at,words\na,2024-01-01,visit\n")); err != nil || len(got) != 1 {
		t.Errorf("without the optional columns: got %v, %v", got, err)
	}
	for row, parts := range map[string][]string{
		",2024-01-01,,visit,":                     {"events.csv:2", "id: found nothing"},
		"a,21.03.2024,,visit,":                    {"events.csv:2", `at: found "21.03.2024"`, "2024-03-21"},
		"a,2024-03-21T15:00:00,,visit,":           {"events.csv:2", "at:", "offset"},
		"a,2024-03-21,KZ,visit,":                  {"events.csv:2", "country:", "KAZ"},
		"a,2024-03-21,,,":                         {"events.csv:2", "words: found nothing"},
		"a,2024-03-21,,; ;,":                      {"events.csv:2", "words:"},
		"a,2024-03-21,,visit;v*,":                 {"events.csv:2", "words:", `"v*"`},
		"a,2024-03-21,,visit,-1":                  {"events.csv:2", `horizon_hours: found "-1"`},
		"a,2024-03-21,,visit,NaN":                 {"events.csv:2", "horizon_hours"},
		"a,2024-03-21,,visit,\na,2024-03-22,,v,1": {"events.csv:3", "events.csv:2", "of its own"},
	} {
		_, err := ReadEvents("events.csv", []byte("id,at,country,words,horizon_hours\n"+row+"\n"))
		wantError(t, row, err, parts...)
	}
}

func date(t testing.TB, text string) datasets.Day {
	t.Helper()
	at, err := time.Parse("2006-01-02", text)
	if err != nil {
		t.Fatal(err)
	}
	return datasets.DayOf(at)
}

func TestReadHolidays(t *testing.T) {
	got, err := ReadHolidays("holidays.csv", []byte("country,name,from,days,years,words\n"+
		"KAZ,New Year,12-31,3,2020-2022,new year\nKAZ,Leap,02-29,,,leap\nKAZ,Eid,2024-04-10,,,eid\nKAZ,Republic Day,10-25,1,2022-,republic\n"))
	if err != nil || len(got) != 4 {
		t.Fatalf("got %v, %v", got, err)
	}
	for i, c := range []struct{ from, to, want string }{
		{"2019-01-01", "2030-01-01", "2020-12-31/2021-01-03 2021-12-31/2022-01-03 2022-12-31/2023-01-03"},
		{"2023-01-01", "2025-03-01", "2024-02-29/2024-03-01"}, // no such day in 2023 and 2025
		{"2024-04-10", "2024-04-11", "2024-04-10/2024-04-11"},
		{"2021-01-01", "2023-01-01", "2022-10-25/2022-10-26"},
	} {
		var out []string
		for _, d := range got[i].Between(date(t, c.from), date(t, c.to)) {
			out = append(out, d[0].String()+"/"+d[1].String())
		}
		if s := strings.Join(out, " "); s != c.want {
			t.Errorf("%s: got %s, want %s", got[i].Name, s, c.want)
		}
	}
	// The last day of a holiday of the year before the window.
	if d := got[0].Between(date(t, "2022-01-02"), date(t, "2022-02-01")); len(d) != 1 {
		t.Errorf("got %v, want one", d)
	}
	if d := got[2].Between(date(t, "2024-04-11"), date(t, "2025-01-01")); len(d) != 0 {
		t.Errorf("got %v, want none", d)
	}
	for row, parts := range map[string][]string{
		",Nauryz,03-21,3,,nauryz":         {"holidays.csv:2", "country: found nothing"},
		"KAZ,,03-21,3,,nauryz":            {"holidays.csv:2", "name: found nothing"},
		"KAZ,Nauryz,21 March,3,,nauryz":   {"holidays.csv:2", `from: found "21 March"`, "03-21"},
		"KAZ,Nauryz,13-01,3,,nauryz":      {"holidays.csv:2", "from:"},
		"KAZ,Nauryz,03-21,0,,nauryz":      {"holidays.csv:2", `days: found "0"`},
		"KAZ,Nauryz,03-21,3,2022,nauryz":  {"holidays.csv:2", `years: found "2022"`},
		"KAZ,Nauryz,03-21,3,22-23,nauryz": {"holidays.csv:2", "years:"},
		"KAZ,Nauryz,03-21,3,2023-2022,n":  {"holidays.csv:2", "years:"},
		"KAZ,Eid,2024-04-10,1,2022-,eid":  {"holidays.csv:2", "years:", "nothing for a date"},
		"KAZ,Nauryz,03-21,3,,":            {"holidays.csv:2", "words: found nothing"},
	} {
		_, err := ReadHolidays("holidays.csv", []byte("country,name,from,days,years,words\n"+row+"\n"))
		wantError(t, row, err, parts...)
	}
}

// The codebook that ships names its topics as the two sources do, has rules in
// every language for each, and gives no rule twice.
func TestDefaultTopics(t *testing.T) {
	rules, err := ReadTopics("topics.csv", DefaultTopics)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"kazbek_almash.citizens_diaspora", "kazbek_almash.cooperation_development", "kazbek_almash.image_culture_tourism", "kazbek_almash.political_position",
		"thesis.agreements", "thesis.culture", "thesis.education", "thesis.events", "thesis.facts_analytics", "thesis.holiday_congratulations", "thesis.independence_days",
		"thesis.job_advertisements", "thesis.language_lessons", "thesis.meetings", "thesis.oil_and_gas", "thesis.political_news", "thesis.speeches", "thesis.visa_free"}
	if got := TopicsOf(rules); !slices.Equal(got, want) {
		t.Errorf("topics: got %v", got)
	}
	sheet, err := readSheet("topics.csv", DefaultTopics, []string{"topic", "language", "rule"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[Rule]bool{}
	languages := map[[2]string]bool{}
	for i := range sheet.rows {
		languages[[2]string{rules[i].Topic, sheet.rows[i].cell("language")}] = true
		words, _ := wordsOf(rules[i].Words)
		if r := (Rule{rules[i].Topic, strings.Join(words, " ")}); seen[r] {
			t.Errorf("%s: the rule %q of %s stands twice", sheet.rows[i].at, r.Words, r.Topic)
		} else {
			seen[r] = true
		}
	}
	for _, topic := range want {
		for _, l := range []string{"en", "kk", "ky", "ru", "uz"} {
			if !languages[[2]string{topic, l}] {
				t.Errorf("%s has no rule in %s", topic, l)
			}
		}
	}
}

// Sentences of the kind that each topic is meant for, made up for this test.
func TestDefaultTopicsOnSentences(t *testing.T) {
	rules, err := ReadTopics("topics.csv", DefaultTopics)
	if err != nil {
		t.Fatal(err)
	}
	m, err := NewMatcher(rules)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"Visa-free regime enters into force":               "thesis.visa_free",
		"Введён безвизовый режим":                          "thesis.visa_free",
		"Oʻzbekiston fuqarolari uchun vizasiz rejim":       "thesis.visa_free",
		"Наурыз мейрамы құтты болсын!":                     "thesis.holiday_congratulations",
		"Нооруз майрамыңыздар менен!":                      "thesis.holiday_congratulations",
		"Navroʻz bayrami muborak boʻlsin!":                 "thesis.holiday_congratulations",
		"Memorandum qol qoyıldı: a memorandum was signed":  "thesis.agreements",
		"Меморандумға қол қойылды":                         "thesis.agreements",
		"The Ministers met with their counterparts":        "thesis.meetings",
		"Министр өз кесиптеши менен жолукту":               "thesis.meetings",
		"We are hiring: vacancy of an analyst":             "thesis.job_advertisements",
		"#WorldNomadGames are near":                        "thesis.culture",
		"Free lessons of the Kazakh language online":       "thesis.language_lessons",
		"Scholarships for students":                        "thesis.education",
		"Добыча нефти выросла":                             "thesis.oil_and_gas",
		"Happy Independence Day to our friends":            "thesis.independence_days",
		"Назначен новый состав правительства":              "thesis.political_news",
		"Выступление министра на заседании":                "thesis.speeches",
		"Статистика внешней торговли":                      "thesis.facts_analytics",
		"A round table took place":                         "thesis.events",
		"Discover our mountains and the Silk Road":         "kazbek_almash.image_culture_tourism",
		"Заявление МИД о ситуации; наша позиция неизменна": "kazbek_almash.political_position",
		"Екіжақты ынтымақтастық":                           "kazbek_almash.cooperation_development",
		"Consular assistance to compatriots":               "kazbek_almash.citizens_diaspora",
		"Чет өлкөдөгү мекендештер үчүн":                    "kazbek_almash.citizens_diaspora",
	} {
		if topics, _ := m.Topics(text); !slices.Contains(topics, want) {
			t.Errorf("%q: got %v, want %s among them", text, topics, want)
		}
	}
	if topics, _ := m.Topics("Good morning, colleagues!"); len(topics) != 0 {
		t.Errorf("got %v, want no topic", topics)
	}
}

// The days of 2024, by the laws that DefaultHolidays names.
func TestDefaultHolidays(t *testing.T) {
	all, err := ReadHolidays("holidays.csv", DefaultHolidays)
	if err != nil {
		t.Fatal(err)
	}
	days := map[string][]string{}
	for i := range all {
		for _, d := range all[i].Between(date(t, "2024-01-01"), date(t, "2025-01-01")) {
			for x := d[0]; x < d[1]; x++ {
				days[all[i].Country] = append(days[all[i].Country], x.String()[5:])
			}
		}
	}
	for country, want := range map[string]string{
		"KAZ": "01-01 01-02 01-07 03-08 03-21 03-22 03-23 05-01 05-07 05-09 07-06 08-30 10-25 12-16",
		"UZB": "01-01 03-08 03-21 05-09 09-01 10-01 12-08",
		"KGZ": "01-01 01-07 02-23 03-08 03-21 04-07 05-01 05-05 05-09 08-31 11-07 11-08",
	} {
		if got := strings.Join(slices.Sorted(slices.Values(days[country])), " "); got != want {
			t.Errorf("%s: got %s, want %s", country, got, want)
		}
	}
	// A month of the Kazakh calendar is no holiday; its feast is.
	var rules []Rule
	for _, h := range all {
		if h.Country == "KAZ" {
			for _, w := range h.Words {
				rules = append(rules, Rule{h.Name, w})
			}
		}
	}
	m, err := NewMatcher(rules)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"5 наурыз күні кездесу өтті": "", "Наурыз мейрамы құтты болсын": "Nauryz", "С праздником Наурыз!": "Nauryz", "#Nauryz2024": "Nauryz", "С Днём Победы!": "Victory Day", "8 наурыз – Әйелдер күні": "International Women's Day"} {
		if topics, _ := m.Topics(text); strings.Join(topics, " ") != want {
			t.Errorf("%q: got %v, want %q", text, topics, want)
		}
	}
}
