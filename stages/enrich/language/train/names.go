package main

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// neutral is the source of texts that speak for no language.
const neutral = "neutral"

// names of people, places and institutions of the region, as several languages
// write them. Sentences of one language hold more of some than of others; a fit
// on such sentences would take the names for the language.
var names = [2]string{
	"Нурлан Ерлан Марат Мурат Кайрат Касым-Жомарт Шавкат Садыр Бахтиёр Азиз Акылбек Жээнбек Данияр Бакыт Алибек Аскар Айбек Тимур Рустам Улугбек Дилшод Эмомали Сердар Нурсултан " +
		"Ермухамбет Роман Динара Айгуль Гульнара Айсулуу Нурланбек Камчыбек Чынгыз Абдулла Владимир Одил Ислам Алмаз Сооронбай Роза Аскар Дмитрий Сергей Иван Елена Мария Ольга " +
		"Токаев Мирзиёев Жапаров Назарбаев Кулубаев Саидов Норов Камилов Нуртлеу Тлеуберди Абдрахманов Умаров Василенко Бакаев Каримов Рахмон Бердымухамедов Атамбаев Жээнбеков Отунбаева " +
		"Акаев Бакиев Ташиев Айтматов Байтурсынов Ауэзов Кунаев Абай Манас Навои Улугбек Баласагын Сатылганов Лукашенко Путин Лавров Эрдоган Байден Макрон Шольц Алиев Пашинян Гутерриш " +
		"Казахстан Узбекистан Кыргызстан Таджикистан Туркменистан Россия Китай Германия Франция Италия Япония Корея Турция Иран Индия Пакистан Афганистан Грузия Азербайджан Армения США " +
		"Алматы Астана Шымкент Атырау Актау Актобе Павлодар Тараз Туркестан Ташкент Самарканд Бухара Хива Фергана Наманган Андижан Нукус Бишкек Ош Нарын Талас Баткен Душанбе Ашхабад Москва Берлин Париж Пекин Анкара Баку Женева Брюссель Нью-Йорк " +
		"Акорда Байконур Каспий Арал Памир Азия Европа Шёлковый ООН ШОС ОДКБ СНГ ЕАЭС ОБСЕ ЮНЕСКО МИД Президент Министр Республика Парламент Форум Саммит Конференция Форум Фото Видео Телефон Музей Университет Институт Центр Банк Проект Программа Агентство Комитет Совет",
	"Nurlan Yerlan Murat Kairat Kassym-Jomart Shavkat Sadyr Bakhtiyor Aziz Akylbek Jeenbek Daniyar Bakyt Alibek Askar Timur Rustam Ulugbek Dilshod Emomali Serdar Nursultan Yermukhambet " +
		"Dinara Aigul Gulnara Kamchybek Chingiz Abdulla Vladimir Odil Islam Almaz Sooronbay Roza Dmitry Sergey Ivan Elena Maria Olga Klaus Peter Anna Jean Pierre Carlos Giovanni Hans " +
		"Tokayev Mirziyoyev Japarov Nazarbayev Kulubaev Saidov Norov Kamilov Nurtleu Tileuberdi Abdrakhmanov Umarov Vassilenko Karimov Rahmon Berdimuhamedov Atambayev Jeenbekov Otunbayeva " +
		"Akayev Bakiyev Tashiev Aitmatov Abai Manas Navoi Lukashenko Putin Lavrov Erdogan Biden Macron Scholz Aliyev Pashinyan Guterres Abdurakhmanov Kazykhan Koshanov " +
		"Kazakhstan Uzbekistan Kyrgyzstan Tajikistan Turkmenistan Qazaqstan Almaty Astana Shymkent Atyrau Aktau Aktobe Pavlodar Taraz Turkistan Ulytau Tashkent Samarkand Bukhara Khiva Fergana Namangan Andijan Nukus " +
		"Bishkek Osh Naryn Talas Batken Dushanbe Ashgabat Moscow Berlin Paris Beijing Ankara Baku Geneva Brussels Akorda Baikonur Nauryz Navruz Bolashaq Caspian Aral Pamir Europa Asia " +
		"Instagram Facebook Twitter Telegram YouTube LinkedIn TikTok Google Siemens Volkswagen Chevron ExxonMobil Shell TotalEnergies Lukoil UNESCO OSCE SCO CSTO CIS NATO President Minister Forum Summit Photo Video",
}

// drawNames makes lists of one to five names, each once for every language of
// their script and once for others: what stands alike in all speaks for none.
func drawNames() []text {
	var out []text
	r := rand.New(rand.NewPCG(3, 5))
	for script, langs := range [2][]string{{"kaz", "kir", "uzb", "rus", "ukr"}, {"kaz", "uzb", "eng", "deu"}} {
		list := strings.Fields(names[script])
		for n := range 1500 {
			some := make([]string, 1+r.IntN(5))
			for i := range some {
				some[i] = list[r.IntN(len(list))]
			}
			joined := strings.Join(some, []string{" ", ", ", " — "}[r.IntN(3)])
			for _, l := range langs {
				out = append(out, text{lang: l, source: neutral, text: joined, of: n % folds})
			}
		}
	}
	return out
}

// drawPhrases are the posts that the simulator makes up, by language, with names
// where they have gaps.
func drawPhrases(folder string) ([]text, error) {
	var out []text
	r := rand.New(rand.NewPCG(7, 11))
	for _, l := range [][2]string{{"kk", "kaz"}, {"ky", "kir"}, {"uz", "uzb"}, {"uz-Cyrl", "uzb"}, {"ru", "rus"}, {"en", "eng"}} {
		f, err := os.Open(filepath.Join(folder, l[0]+".csv"))
		if err != nil {
			return nil, err
		}
		rows, err := csv.NewReader(f).ReadAll()
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
		list := strings.Fields(names[0])
		if l[0] == "en" || l[0] == "uz" {
			list = strings.Fields(names[1])
		}
		for n, row := range rows[1:] {
			var b strings.Builder
			rest := row[1]
			for {
				before, gap, found := strings.Cut(rest, "{")
				b.WriteString(before)
				if !found {
					break
				}
				_, rest, _ = strings.Cut(gap, "}")
				b.WriteString(list[r.IntN(len(list))])
			}
			out = append(out, text{lang: l[1], source: "phrases", text: b.String(), of: n % folds})
		}
	}
	return out, nil
}
