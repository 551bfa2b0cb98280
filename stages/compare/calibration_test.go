package compare

import (
	"strings"
	"testing"
)

const someCalibration = `outcome,quantity,kind,method,platforms,accounts,coverage
m,contrast,interval,welch_t_95,1,4,0.9600
m,contrast,interval,welch_t_95,1,8,0.9400
m,contrast,interval,welch_t_95,1,8,0.9112
m,contrast,interval,welch_t_95,3,8,0.9500
m,contrast,test,permutation_of_means,1,8,
n,contrast,interval,welch_t_95,1,4,0.8000
`

func TestCalibration(t *testing.T) {
	table, err := readCalibration(someCalibration)
	if err != nil || len(table) != 5 {
		t.Fatalf("%d rows, %v", len(table), err)
	}
	s := &study{calibration: table}
	for _, c := range []struct {
		metric, method, platform string
		accounts                 int
		want                     string
	}{
		{"m", "welch_t_95", "x", 3, ""}, // fewer than were simulated
		{"m", "welch_t_95", "x", 7, ""}, // 96 % is near enough
		{"m", "welch_t_95", "x", 12, "8 accounts a country this interval held the truth in 91.1 to 94.0 %"},
		{"m", "welch_t_95", standardised, 12, ""}, // 95 % over platforms
		{"m", "pooled_t_95", "x", 12, ""},         // not simulated
		{"other", "welch_t_95", "x", 4, "80.0 to 96.0 %"},
		{"n", "welch_t_95", "x", 4, "in 80.0 %"},
	} {
		if got := s.coverage(c.metric, ofContrast, c.method, c.platform, c.accounts); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%+v: got %q", c, got)
		}
	}
	for _, bad := range []string{"method,coverage\n", strings.Replace(someCalibration, "0.9112", "91", 1), strings.Replace(someCalibration, ",1,4,", ",1,few,", 1), "a\n\"b"} {
		if _, err := readCalibration(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
	if _, err := readCalibration(calibrationCSV); err != nil {
		t.Error(err)
	}
}
