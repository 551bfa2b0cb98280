package adapters

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"
)

// A table that was written on Windows in Russian is read with its encoding, and
// refused without.
func TestFacebookScraperCodePage(t *testing.T) {
	text, err := os.ReadFile("testdata/facebook_scraper_csv/page.almaty.csv")
	if err != nil {
		t.Fatal(err)
	}
	russian := strings.NewReplacer("Қазақстан", "Казахстан", "келісім", "договор", "Тошкент", "Ташкент", "Қараңыз", "Смотрите").Replace(string(text))
	coded, err := charmap.Windows1251.NewEncoder().String(russian)
	if err != nil {
		t.Fatal(err)
	}
	path := write(t, "posts.csv", []byte(coded))
	if _, err := Open(path, "", ""); err == nil || !strings.Contains(err.Error(), "windows-1251") {
		t.Errorf("without its encoding: %v", err)
	}
	in, err := Open(path, "windows-1251", "")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if !FacebookScraperCSV.Detect(in.Head, "posts.csv") {
		t.Error("not detected")
	}
	b, err := FacebookScraperCSV.Read(context.Background(), in, File{Name: "posts.csv", Zone: time.UTC}, 2)
	if err != nil || len(b.Posts) != 6 || b.Posts[0].Row.Text.V != "Казахстан:\n\"договор\"" {
		t.Errorf("%v, %+v", err, b)
	}
}

// Times of the computer's clock need its zone, unless study.toml says when the
// posts were collected; timestamp needs none.
func TestFacebookScraperZone(t *testing.T) {
	one := `[{"post_id":"1","post_text":"one","shared_text":"","timestamp":1556600401,"time":"2019-04-30 11:00:01","fetched_time":"2024-01-31 09:30:00","user_id":"11"}]`
	read := func(text string, f File) (*Batch, error) {
		return FacebookScraper.Read(context.Background(), strings.NewReader(text), f, 1)
	}
	almaty, err := time.LoadLocation("Asia/Almaty")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := read(one, File{Name: "f"}); err == nil || !strings.Contains(err.Error(), "its times have no time zone") {
		t.Errorf("without zone: %v", err)
	}
	b, err := read(one, File{Name: "f", Observed: exportFile("a.observed.json").Observed})
	if err != nil || len(b.Posts) != 1 || b.Posts[0].Row.TimeSource.V != "study.toml" || b.Posts[0].Row.CreatedAt.V.String() != "2019-04-30T05:00:01Z" {
		t.Errorf("with the time of study.toml: %v, %+v", err, b)
	}
	b, err = read(strings.Replace(one, "1556600401", "null", 1), File{Name: "f", Zone: almaty})
	if err != nil || b.Posts[0].Row.CreatedAt.V.String() != "2019-04-30T05:00:01Z" || b.Posts[0].Row.ObservedAt.V.String() != "2024-01-31T03:30:00Z" {
		t.Errorf("with zone: %v, %+v", err, b)
	}
}
