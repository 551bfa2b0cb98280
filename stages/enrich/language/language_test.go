package language

import (
	"math"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// The sentences are made up, or from the Universal Declaration of Human Rights.
var sentences = map[string][]string{
	Kazakh: {
		"Бүгін Сыртқы істер министрі Өзбекстан елшісін қабылдады.", "Елшілік жұмыс кестесі өзгерді", "Тараптар сауда байланыстарын талқылады", "Құттықтаймыз!",
		"Barlyq adamdar tumysynan azat jáne qadir-qasıeti men quqyqtary teń bolyp dúnıege keledi.", "Бул жерде эмес, осы жерде жұмыс істейміз, деді Елші",
	},
	Kyrgyz: {
		"Бүгүн Тышкы иштер министри Өзбекстандын элчисин кабыл алды.", "Элчилик иш күндөрү иштейт жана жарандарды кабыл алат", "Тараптар соода байланыштарын талкуулашты", "Куттуктайбыз баарыңыздарды!",
	},
	Uzbek: {
		"Bugun Tashqi ishlar vaziri Qozog‘iston elchisini qabul qildi.", "Бугун Ташқи ишлар вазири Қозоғистон элчисини қабул қилди.", "Tomonlar savdo aloqalarini muhokama qildilar", "O'zbekiston tashqi siyosati", "Тошкентда учрашув бўлиб ўтди",
	},
	Russian: {
		"Сегодня министр иностранных дел принял посла Узбекистана.", "График работы посольства изменён", "Поздравляем с праздником!", "Стороны обсудили торговлю",
	},
	English: {
		"Today the Foreign Minister received the Ambassador of Uzbekistan.", "The embassy is closed on Monday", "Happy New Year!", "We don't issue visas on Friday",
	},
	Undetermined: {
		"", "   ", "👍👍👍", "https://example.org/some/page?with=words", "@mfa_kz #Qazaqstan #Kazakhstan", "2024-01-31 10:00", "ok", "Да",
		"Bugün Dışişleri Bakanı Özbekistan Büyükelçisini kabul etti.", "Сьогодні міністр закордонних справ прийняв посла Узбекистану.",
		"Бүген Тышкы эшләр министры Үзбәкстан илчесен кабул итте.", "Бөгөн Тышҡы эштәр министры Үзбәкстан илсеһен ҡабул итте.",
		"Имрӯз вазири корҳои хориҷӣ сафири Ӯзбекистонро қабул кард.", "Өнөөдөр Гадаад харилцааны сайд Узбекистаны элчин сайдыг хүлээн авч уулзлаа.",
		"Bu gün xarici işlər naziri Özbəkistanın səfirini qəbul etdi.", "Şu gün daşary işler ministri Özbegistanyň ilçisini kabul etdi.",
		"Der Außenminister empfing heute den Botschafter von Usbekistan.", "Le ministre des Affaires étrangères a reçu aujourd'hui l'ambassadeur.",
		"El ministro de Relaciones Exteriores recibió hoy al embajador.", "Dnes ministr zahraničí přijal velvyslance Uzbekistánu.",
		"استقبل وزير الخارجية اليوم سفير أوزبكستان", "外交部长今天会见了乌兹别克斯坦大使", "საგარეო საქმეთა მინისტრმა დღეს მიიღო ელჩი", "Ο υπουργός Εξωτερικών δέχθηκε σήμερα τον πρέσβη",
	},
}

func TestIdentify(t *testing.T) {
	for want, list := range sentences {
		for _, text := range list {
			if got := Identify(text); got.Language != want {
				t.Errorf("%q: %+v, want %s", text, got, want)
			}
		}
	}
}

// Posts and headlines made up after ministries and embassies, which the fit does
// not know. Few are told to be in the wrong language, and few in none.
func TestPosts(t *testing.T) {
	text, err := os.ReadFile("testdata/posts.tsv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	wrong, none := 0, 0
	for _, line := range lines {
		want, post, _ := strings.Cut(line, "\t")
		switch got := Identify(post); {
		case got.Language == want:
		case got.Language == Undetermined:
			none++
			t.Logf("none, want %s: %q", want, post)
		default:
			wrong++
			t.Logf("%s, want %s: %q", got.Language, want, post)
		}
	}
	t.Logf("%d posts, %d wrong, %d not told", len(lines), wrong, none)
	if len(lines) < 140 || wrong > 4 || none > 10 {
		t.Errorf("of %d posts %d are told wrong and %d not at all, expected at most 4 and 10", len(lines), wrong, none)
	}
}

// A post in two languages has both, by their letters.
func TestMixed(t *testing.T) {
	kk := "Бүгін Сыртқы істер министрі Өзбекстан елшісін қабылдады. Тараптар сауда байланыстарын талқылады."
	ru := "Сегодня министр иностранных дел принял посла Узбекистана. Стороны обсудили торговые связи двух стран."
	en := "Today the Foreign Minister received the Ambassador of Uzbekistan. The parties discussed trade."
	uz := "Bugun Tashqi ishlar vaziri Qozog‘iston elchisini qabul qildi. Tomonlar savdo aloqalarini muhokama qildilar."
	de := "Der Außenminister empfing heute den Botschafter von Usbekistan. Beide Seiten sprachen über den Handel."
	for _, c := range []struct {
		text   string
		shares map[string]float64
	}{
		{kk + "\n\n" + ru, map[string]float64{Kazakh: 0.5, Russian: 0.5}},
		{kk + " " + ru, map[string]float64{Kazakh: 0.5, Russian: 0.5}},
		{kk + "\n" + ru + "\n" + en, map[string]float64{Kazakh: 0.33, Russian: 0.34, English: 0.33}},
		{"Наурыз мерекесі құтты болсын!\nС праздником Наурыз!", map[string]float64{Kazakh: 0.59, Russian: 0.41}},
		{"Бүгін Министр Deutsche Bank, Siemens AG және Volkswagen Group өкілдерімен кездесті", map[string]float64{Kazakh: 1}},
		{kk + kk + kk + "\n" + ru, map[string]float64{Kazakh: 0.75, Russian: 0.25}},
		{uz + "\n" + en, map[string]float64{Uzbek: 0.52, English: 0.48}},
		{de + "\n" + en, map[string]float64{English: 0.49}},
		{"Об этом сообщили LinkedIn и YouTube. " + ru, map[string]float64{Russian: 1}},
		{"The Ministry of Foreign Affairs (МИД) held talks.", map[string]float64{English: 0.92}},
	} {
		got := Identify(c.text)
		for i, l := range Languages {
			if math.Abs(got.Shares[i]-c.shares[l]) > 0.05 {
				t.Errorf("%q: %s %.2f, want %.2f", c.text, l, got.Shares[i], c.shares[l])
			}
		}
	}
}

// Capitals, normal forms, mixed keyboards, the six marks of Uzbek and what is no
// text change nothing.
func TestVariants(t *testing.T) {
	for _, c := range [][]string{
		{"Элчилик ишейт жана кабыл алат", "ЭЛЧИЛИК ИШЕЙТ ЖАНА КАБЫЛ АЛАТ", "Элчилик ишейт  — жана 👍 кабыл алат!", "@mfa_kg Элчилик ишейт жана кабыл алат https://example.org/abc #Кыргызстан"},
		{"Жаңа йод пен ёлка туралы айтты", "Жаңа и\u0306од пен е\u0308лка туралы айтты"},
		{"Біз бүгін осында жұмыс істейміз", "Бiз бүгiн осында жұмыс iстеймiз"}, // Latin i
		{"O‘zbekiston va Qozog‘iston do‘stligi", "Oʻzbekiston va Qozogʻiston doʻstligi", "O'zbekiston va Qozog'iston do'stligi", "O`zbekiston va Qozog`iston do`stligi", "O’zbekiston va Qozog’iston do’stligi"},
		{"Сегодня министр принял посла", "Се\u00adго\u00adдня ми\u00adнистр при\u00adнял\u200b по\u00adсла"},
		{"The embassy is closed", "𝗧𝗵𝗲 𝗲𝗺𝗯𝗮𝘀𝘀𝘆 𝗶𝘀 𝗰𝗹𝗼𝘀𝗲𝗱"},
	} {
		want := Identify(c[0])
		for _, text := range c[1:] {
			if got := Identify(text); got != want || want.Language == Undetermined {
				t.Errorf("%q: %+v, but %q: %+v", text, got, c[0], want)
			}
		}
	}
}

// Any text has a result whose shares are parts of one, and the same result twice.
func TestAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkAny(t, rapid.String().Draw(t, "text"))
	})
}

func FuzzIdentify(f *testing.F) {
	for _, list := range sentences {
		for _, text := range list {
			f.Add(text)
		}
	}
	f.Add("a.b@c#d://\xff\xfe’'`")
	f.Fuzz(func(t *testing.T, text string) { checkAny(t, text) })
}

func checkAny(t interface{ Fatalf(string, ...any) }, text string) {
	got, sum := Identify(text), 0.0
	for _, s := range got.Shares {
		if s < 0 || s > 1 {
			t.Fatalf("%q: %+v", text, got)
		}
		sum += s
	}
	if sum > 1+1e-9 || got.Letters > utf8.RuneCountInString(text)*4 || (got.Language == Undetermined) != (sum == 0) && got.Language != Undetermined || got != Identify(text) {
		t.Fatalf("%q: %+v", text, got)
	}
}

// What a word speaks is the sum of the weights in its buckets, one by one.
func TestScoreAgainstBuckets(t *testing.T) {
	m := embedded()
	known := &memory{}
	letter := rapid.SampledFrom([]rune("абвгәіңYyoʻgQqaeIsł’\u00adПР .\n"))
	rapid.Check(t, func(t *rapid.T) {
		r := newReader(rapid.StringOfN(letter, 0, 120, -1).Draw(t, "text"))
		for r.next() {
			var want [lanes]int32
			for _, b := range r.buckets(nil) {
				for l := range want {
					want[l] += int32(m.buckets[r.script][b]>>(8*l)&0xff) - 128
				}
			}
			if r.name() {
				for l := range want {
					want[l] = want[l] * ofName / ofWord
				}
			}
			if got := known.speech(m, &r).lanes(); got != want {
				t.Fatalf("got %v, want %v", got, want)
			}
		}
	})
}

// A clear lead tells what the probabilities tell.
func TestTellAgainstProbabilities(t *testing.T) {
	m := embedded()
	rapid.Check(t, func(t *rapid.T) {
		script := rapid.IntRange(0, scripts-1).Draw(t, "script")
		var sums [lanes]int64
		var sum [lanes]float64
		for l := range sums {
			sums[l] = rapid.Int64Range(-30, 30).Draw(t, "sum") * int64(1/m.scale/4+1)
			if sum[l] = float64(sums[l]) * m.scale; stateOf[script][l] == und {
				sum[l] -= headStart
			}
		}
		want := und
		for l, p := range softmax(sum) {
			if p >= sure {
				want = stateOf[script][l]
			}
		}
		if got := m.tell(script, &sums, fewest); got != want {
			t.Fatalf("%v: got %d, want %d", sum, got, want)
		}
	})
}

func TestParse(t *testing.T) {
	for _, broken := range [][]byte{nil, []byte(magic), file[:len(file)-1], append([]byte("x"), file[1:]...)} {
		if _, err := Parse(broken); err == nil {
			t.Errorf("a model of %d bytes is read", len(broken))
		}
	}
	if len(file) > 1<<20 {
		t.Errorf("the model has %d bytes, expected less than 1 MiB", len(file))
	}
}

func BenchmarkIdentify(b *testing.B) {
	for name, list := range map[string][]string{"Cyrillic": {sentences[Kazakh][0], sentences[Russian][0]}, "Latin": {sentences[Uzbek][0], sentences[English][0]}} {
		for _, times := range []int{1, 10} {
			text := strings.Repeat(strings.Join(list, " ")+"\n", times)
			b.Run(name+strings.Repeat(" long", times/10), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				b.ReportAllocs()
				for b.Loop() {
					Identify(text)
				}
			})
		}
	}
}
