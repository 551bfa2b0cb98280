package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// The input is invented from a fixed seed: posts of 600 accounts of three
// countries as twarc2 flattens them, one in twenty of them seen a second time
// with more likes, a day's export more, and the followers of each account on each
// day of the last year. Posts were collected when their year ended. That of one year
// has a CrowdTangle CSV too.
const (
	accounts = 600
	again    = 0.05
)

// tenYears is the folder of the input for the day in that of the others: a study
// of many years, of which a day touches one.
const tenYears = "ten-years"

var (
	year      = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	countries = []string{"KAZ", "UZB", "KGZ"}
	words     = [][]string{
		{"министрлік", "бүгін", "кездесу", "елші", "халықаралық", "ынтымақтастық", "Қазақстан", "президент", "сыртқы", "істер", "туралы", "және", "бойынша", "мәселелер"},
		{"vazirlik", "bugun", "uchrashuv", "elchi", "xalqaro", "hamkorlik", "Oʻzbekiston", "prezident", "tashqi", "ishlar", "toʻgʻrisida", "va", "boʻyicha", "masalalar"},
		{"министр", "сегодня", "встреча", "посол", "международный", "сотрудничество", "Кыргызстан", "президент", "внешних", "дел", "о", "и", "по", "вопросам"},
		{"minister", "today", "meeting", "ambassador", "international", "cooperation", "Central", "Asia", "foreign", "affairs", "on", "and", "the", "issues"},
	}
	signs = []string{"\n\n", "🤝", "🇰🇿", "\"C5+1\"", "R&D", "https://t.co/a1b2c3d4e5"}
)

type account struct {
	id, handle, country string
	language            int
	weight, followers   float64
	growth, likes       float64
}

func population(r *rand.Rand) []account {
	as := make([]account, accounts)
	sum := 0.0
	for i := range as {
		sum += math.Exp(r.NormFloat64())
		as[i] = account{id: strconv.FormatInt(1e9+r.Int64N(9e17), 10), handle: fmt.Sprintf("invented_%03d", i), country: countries[i%3], language: i % 3,
			weight: sum, followers: math.Exp(9.5 + 1.5*r.NormFloat64()), growth: 1 + 0.001*r.NormFloat64(), likes: math.Exp(-5 + r.NormFloat64())}
	}
	for i := range as {
		as[i].weight /= sum
	}
	return as
}

func (a *account) on(day int) int64 { return int64(a.followers * math.Pow(a.growth, float64(day))) }

type post struct {
	account          *account
	id               int64
	at               time.Time
	text, lang, kind string
	likes            int64
	seed             uint64
}

// invent makes the nth post, of some time in so many days from a day on.
func invent(as []account, n int, from time.Time, days int64, r *rand.Rand) post {
	u := r.Float64()
	i := 0
	for i < len(as)-1 && as[i].weight < u {
		i++
	}
	a := &as[i]
	p := post{account: a, at: from.Add(time.Duration(r.Int64N(days*86400)) * time.Second), seed: r.Uint64()}
	p.id = (p.at.UnixMilli()-1288834974657)<<22 | int64(n&0x3fffff)
	language := a.language
	if p.lang = []string{"kk", "uz", "ru"}[language]; r.IntN(8) == 0 {
		language, p.lang = 3, "en"
	}
	for len([]rune(p.text)) < 100+r.IntN(180) {
		if r.IntN(12) == 0 {
			p.text += signs[r.IntN(len(signs))] + " "
		} else {
			p.text += words[language][r.IntN(len(words[language]))] + " "
		}
	}
	p.kind = []string{"", "", "", "", "retweeted", "retweeted", "replied_to", "replied_to", "quoted"}[r.IntN(9)]
	p.likes = int64(float64(a.on(p.at.YearDay())) * a.likes * math.Exp(1.2*r.NormFloat64()))
	return p
}

// flat is the post as twarc2 flattens it, with more likes than it had at first.
func (p *post) flat(more int64, observed time.Time) []byte {
	r := rand.New(rand.NewPCG(p.seed, 1))
	id := strconv.FormatInt(p.id, 10)
	type m = map[string]any
	count := p.likes + more
	entities := m{"hashtags": []m{{"start": 0, "end": 9, "tag": "diplomacy"}}, "mentions": []m{{"start": 10, "end": 20, "username": "invented_mention", "id": "1234567890"}}}
	if r.IntN(2) == 0 {
		entities["urls"] = []m{{"start": 100, "end": 123, "url": "https://t.co/a1b2c3d4e5", "expanded_url": "https://example.org/news/" + id, "display_url": "example.org/news/…", "status": 200,
			"title": part(p.text, 0, 3), "description": part(p.text, 2, 3), "unwound_url": "https://example.org/news/" + id}}
	}
	t := m{"id": id, "author_id": p.account.id, "conversation_id": id, "created_at": p.at.Format("2006-01-02T15:04:05.000Z"), "text": p.text, "lang": p.lang,
		"edit_history_tweet_ids": []string{id}, "possibly_sensitive": false, "reply_settings": "everyone", "source": "Twitter for iPhone",
		"public_metrics": m{"like_count": count, "reply_count": count / 9, "retweet_count": count / 5, "quote_count": count / 40, "bookmark_count": 0, "impression_count": 40 * count},
		"entities":       entities,
		"context_annotations": []m{{"domain": m{"id": "35", "name": "Politician", "description": "Politicians in the world"}, "entity": m{"id": "1065", "name": "Government"}},
			{"domain": m{"id": "45", "name": "Brand Vertical", "description": "Top level entities that describe an industry"}, "entity": m{"id": "7816", "name": "Political Body"}}},
		"author": m{"id": p.account.id, "username": p.account.handle, "name": "Invented account of " + p.account.country, "created_at": "2012-05-04T10:11:12.000Z", "verified": true, "protected": false,
			"description": "An invented account. " + part(p.text, 1, 3), "location": p.account.country, "url": "https://t.co/f6g7h8i9j0", "profile_image_url": "https://example.org/images/0123456789abcdef_normal.jpg",
			"public_metrics": m{"followers_count": p.account.on(p.at.YearDay()), "following_count": 512, "tweet_count": 20431, "listed_count": 77}},
		"__twarc": m{"url": "https://api.twitter.com/2/tweets/search/all?expansions=author_id%2Creferenced_tweets.id%2Cattachments.media_keys&max_results=100", "version": "2.14.0", "retrieved_at": observed.Format("2006-01-02T15:04:05+00:00")}}
	if p.kind != "" {
		t["referenced_tweets"] = []m{{"type": p.kind, "id": strconv.FormatInt(p.id-1000, 10), "created_at": "2024-01-01T00:00:00.000Z", "lang": p.lang, "text": p.text,
			"public_metrics": m{"like_count": 7, "reply_count": 6, "retweet_count": 5, "quote_count": 8}}}
	}
	if r.IntN(3) == 0 {
		t["attachments"] = m{"media_keys": []string{"3_" + id}, "media": []m{{"media_key": "3_" + id, "type": "photo", "url": "https://example.org/media/0123456789abcde.jpg", "width": 1200, "height": 800}}}
	}
	b, err := json.Marshal(t)
	if err != nil {
		panic(err)
	}
	return append(b, '\n')
}

// made tells whether a folder holds a file, which write writes last.
func made(dir, last string) bool {
	_, err := os.Stat(filepath.Join(dir, last))
	return err == nil
}

// write writes the input for n posts of so many years, the last of which is year,
// into a folder.
func write(dir string, n, years int) error {
	from, to := year.AddDate(1-years, 0, 0), year.AddDate(1, 0, 0)
	days := int64(to.Sub(from) / (24 * time.Hour))
	day := to.AddDate(0, 0, -15) // far enough from New Year for no post to be loose, as most days are
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	as := population(rand.New(rand.NewPCG(1, 2)))
	r := rand.New(rand.NewPCG(3, 4))
	// The posts of each year were collected at its end, one a second.
	observed := func(p *post, i int) time.Time {
		return time.Date(p.at.Year()+1, 1, 16, 0, 0, i, 0, time.UTC)
	}
	if err := cmp.Or(
		create(dir, "accounts.csv", func(w *bufio.Writer) {
			fmt.Fprintln(w, "platform,account_id,handle,country,organization,organization_type")
			for _, a := range as {
				fmt.Fprintf(w, "x,%s,%s,%s,Organization %s,ministry\n", a.id, a.handle, a.country, a.handle)
			}
		}),
		create(dir, "followers.csv", func(w *bufio.Writer) {
			fmt.Fprintln(w, "account_id,snapshot_at,followers")
			for _, a := range as {
				for d := range 366 {
					fmt.Fprintf(w, "%s,%s,%d\n", a.id, year.AddDate(0, 0, d).Format(time.RFC3339), a.on(d))
				}
			}
		}),
		create(dir, "posts.jsonl", func(w *bufio.Writer) {
			var recent [4096]post
			for i := range n {
				if i > len(recent) && r.Float64() < again {
					p := &recent[r.IntN(len(recent))]
					w.Write(p.flat(20+r.Int64N(100), observed(p, i+1)))
					continue
				}
				p := invent(as, i, from, days, r)
				recent[i%len(recent)] = p
				w.Write(p.flat(0, observed(&p, i+1)))
			}
		}),
		create(dir, "day.jsonl", func(w *bufio.Writer) {
			for i := range max(1, n/int(days)) {
				p := invent(as, n+i, from, days, r)
				p.at = day.Add(p.at.Sub(from) % (24 * time.Hour))
				w.Write(p.flat(0, observed(&p, n+i)))
			}
		})); err != nil || years > 1 {
		return err
	}
	return create(dir, "crowdtangle.csv", func(w *bufio.Writer) {
		fmt.Fprintln(w, "Page Name,User Name,Facebook Id,Page Category,Page Admin Top Country,Page Description,Page Created,Likes at Posting,Followers at Posting,Post Created,Post Created Date,Post Created Time,Type,Total Interactions,Likes,Comments,Shares,Love,Wow,Haha,Sad,Angry,Care,Video Share Status,Is Video Owner?,Post Views,Total Views,Total Views For All Crossposts,Video Length,URL,Message,Link,Final Link,Image Text,Link Text,Description,Sponsor Id,Sponsor Name,Sponsor Category,Overperforming Score")
		for i := range n {
			p := invent(as, i, from, days, r)
			a, l := p.account, p.likes
			text := quoted(p.text)
			fmt.Fprintf(w, "Invented page,%s,%s,GOVERNMENT_ORGANIZATION,%s,%s,2012-05-04 10:11:12,%d,%d,%s EST,%s,%s,Photo,\"%s\",%d,%d,%d,%d,%d,%d,%d,%d,%d,,-,0,0,0,,https://www.facebook.com/%s/posts/%d,%s,https://example.org/a,,,%s,%s,,,,%.2f\n",
				a.handle, a.id, a.country, quoted("An invented page"), a.on(p.at.YearDay())*9/10, a.on(p.at.YearDay()), p.at.Format(time.DateTime), p.at.Format(time.DateOnly), p.at.Format(time.TimeOnly),
				thousands(l+l/9+l/5), l, l/9, l/5, l/10, l/50, l/40, l/60, l/80, l/100, a.id, p.id, text, quoted(part(p.text, 1, 3)), quoted(part(p.text, 2, 3)), 3*r.NormFloat64())
		}
	})
}

// part is one of n parts of a text.
func part(s string, i, n int) string {
	r := []rune(s)
	return string(r[i*len(r)/n : (i+1)*len(r)/n])
}

func quoted(s string) string {
	b := []byte{'"'}
	for i := range len(s) {
		if b = append(b, s[i]); s[i] == '"' {
			b = append(b, '"')
		}
	}
	return string(append(b, '"'))
}

// thousands writes a number as CrowdTangle does.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func create(dir, name string, write func(*bufio.Writer)) error {
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	write(w)
	return cmp.Or(w.Flush(), f.Close())
}
