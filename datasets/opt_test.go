package datasets

import (
	"encoding/json"
	"testing"
)

// In JSON, and so in what status says of a study, a day is a date.
func TestDayInJSON(t *testing.T) {
	got, err := json.Marshal(struct {
		From Day      `json:"from"`
		To   Opt[Day] `json:"to"`
	}{19905, Some(Day(-1))})
	if want := `{"from":"2024-07-01","to":{"V":"1969-12-31","OK":true}}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}
