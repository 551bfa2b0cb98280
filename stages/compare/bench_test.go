package compare

import (
	"context"
	"fmt"
	"math"
	"testing"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// A study of accounts on four platforms, with the three outcomes and forty
// other parts.
func BenchmarkRun(b *testing.B) {
	for _, accounts := range []int{82} {
		u := sample.NewLEcuyer("benchmark")
		normal := func() float64 { return math.Sqrt(-2*math.Log(u.Float64())) * math.Cos(2*math.Pi*u.Float64()) }
		p := params
		p.Scales = map[string]string{"m/*": Difference}
		for k, v := range params.Scales {
			p.Scales[k] = v
		}
		var in Input
		for i := range accounts {
			a := datasets.Account{Platform: []string{"facebook", "instagram", "telegram", "x"}[i/3%4], AccountID: fmt.Sprint(i), Country: datasets.Some(p.Countries[i%3]), Organization: fmt.Sprint(i)}
			in.Accounts = append(in.Accounts, a)
			in.add(a, 10+100*math.Exp(normal()), 150, normal)
			for k := range 40 {
				v := in.Values[len(in.Values)-1]
				v.Metric, v.Part, v.Value = "m", fmt.Sprint(k), datasets.Some(normal())
				in.Values = append(in.Values, v)
			}
		}
		b.Run(fmt.Sprint(accounts, " accounts"), func(b *testing.B) {
			for b.Loop() {
				if _, err := Run(context.Background(), p, in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
