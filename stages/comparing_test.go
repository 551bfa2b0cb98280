package stages

import (
	"testing"

	"diplometrics/stages/compare"
)

// compare knows the scales that metrics declare, and the primary outcomes are
// parts that metrics have.
func TestScales(t *testing.T) {
	all := scales()
	for part, scale := range all {
		if scale != compare.Ratio && scale != compare.Difference {
			t.Errorf("%s is compared on the scale %q, which compare does not know", part, scale)
		}
	}
	for part, want := range map[string]string{"posts_per_month/observed": compare.Ratio, "zero_share/all": compare.Difference,
		"log_interactions_per_1000_followers/at_posting": compare.Difference, "log_interactions_per_1000_followers/now": compare.Difference} {
		if all[part] != want {
			t.Errorf("%s is compared on the scale %q, want %q", part, all[part], want)
		}
	}
}
