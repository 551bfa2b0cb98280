package simulate

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
	"diplometrics/stages/study"
)

// Account is a simulated account.
type Account struct {
	Platform         string  `json:"platform"`
	ID               string  `json:"account_id"` // @handle where the platform's exports have no id
	Handle           string  `json:"handle"`
	Country          string  `json:"country,omitempty"`
	Organization     string  `json:"organization"`
	OrganizationType string  `json:"organization_type"`
	HostCountry      string  `json:"host_country,omitempty"`
	Person           bool    `json:"person,omitempty"`
	Drawn            Drawn   `json:"drawn"`
	Growth           float64 `json:"growth"` // of followers, log a month
	Dip              float64 `json:"dip"`    // share of followers lost on one day, 0 for none
	DipOn            string  `json:"dip_on,omitempty"`
	Expected         float64 `json:"expected_posts"` // until the last collection
	Posts            int64   `json:"posts"`          // made, until the last collection
	Seen             int64   `json:"posts_seen"`     // in any file, whole

	index  int    // of all accounts
	kind   string // of its median account
	dip    datasets.Day
	cross  float64  // posts a day that its institution makes on all its platforms
	crowd  uint64   // seed of those
	joint  *Account // whose joint posts it has too; nil for none
	joined *Account // that shares its joint posts; nil for none
}

// stream is the seed that Random begins from.
func stream(seed uint64, names ...any) uint64 {
	h := fnv.New64a()
	fmt.Fprintln(h, names...)
	return mix(seed ^ mix(h.Sum64()))
}

// mix is the finalizer of SplitMix64 (Steele, Lea and Flood 2014, OOPSLA), a
// bijection.
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// Random returns random numbers for one purpose: names part them, so that none
// moves another.
func Random(seed uint64, names ...any) *rand.Rand { return random(stream(seed, names...)) }

// populate draws the accounts of a study, by platform, then country, in the
// order in which institutions are listed.
func (s *simulation) populate() error {
	p, quotas := s.p, s.quotas()
	for i := range p.Countries {
		c := &p.Countries[i]
		left := quotas[i]
		for k, o := range p.Organizations {
			for host := 0; left > 0; host++ {
				if last := k == len(p.Organizations)-1; !last && host > 0 {
					break
				}
				if host > 100_000 {
					return fmt.Errorf("organization %s: its chances of accounts are too low to fill the country", o.Type)
				}
				left -= s.institution(c, o, host, left)
			}
		}
	}
	if s.o.Accounts >= extras {
		s.others()
	}
	slices.SortStableFunc(s.accounts, func(a, b *Account) int {
		return slices.Index(platforms, a.Platform) - slices.Index(platforms, b.Platform)
	})
	for i, a := range s.accounts {
		a.index = i
		a.name()
	}
	s.pair()
	return nil
}

// extras is the number of accounts from which a study also has an international
// body and a person: an account of no country, and one that is no institution.
const extras = 60

// quotas divides the accounts among the countries by their shares, by largest
// remainders.
func (s *simulation) quotas() []int {
	n := s.o.Accounts
	if n >= extras {
		n -= 3
	}
	var sum float64
	for _, c := range s.p.Countries {
		sum += c.Share
	}
	quotas, given := make([]int, len(s.p.Countries)), 0
	order := make([]int, len(quotas))
	for i, c := range s.p.Countries {
		quotas[i] = int(float64(n) * c.Share / sum)
		given += quotas[i]
		order[i] = i
	}
	rest := func(i int) float64 { return float64(n)*s.p.Countries[i].Share/sum - float64(quotas[i]) }
	slices.SortStableFunc(order, func(a, b int) int {
		switch ra, rb := rest(a), rest(b); {
		case ra > rb:
			return -1
		case ra < rb:
			return 1
		}
		return 0
	})
	for i := 0; given < n; i++ {
		quotas[order[i%len(order)]]++
		given++
	}
	return quotas
}

// institution gives an institution its accounts, at most so many, and returns
// how many they are.
func (s *simulation) institution(c *Country, o Organization, host, most int) int {
	r := random(stream(s.o.Seed, "institution", c.Code, o.Type, host))
	name := strings.ReplaceAll(o.Name, "{country}", c.Name)
	var seat string
	short := fmt.Sprintf("sim_%s_%s", strings.ToLower(c.Code), o.Short)
	if strings.Contains(name, "{host}") {
		h := s.p.Hosts[host%len(s.p.Hosts)]
		name, seat = strings.ReplaceAll(name, "{host}", h[1]), h[0]
		if round := host / len(s.p.Hosts); round > 0 {
			name = fmt.Sprintf("%s %d", name, round+1)
		}
		short += fmt.Sprintf("_%02d", host+1)
	}
	var accounts []*Account
	for _, platform := range platforms {
		chance := o.Platforms[platform]
		if r.Float64() >= chance || len(accounts) == most {
			continue
		}
		a := &Account{Platform: platform, Handle: short, Country: c.Code, Organization: name + study.SimulatedMark, OrganizationType: o.Type, HostCountry: seat, kind: o.Type}
		s.draw(a, s.p.Process(c.Code, o.Type, platform), r)
		accounts = append(accounts, a)
	}
	s.join(accounts, short)
	return len(accounts)
}

// draw gives an account its numbers.
func (s *simulation) draw(a *Account, p Process, r *rand.Rand) {
	a.Drawn = p.Draw(r)
	a.Drawn.Rate *= s.scale
	g := s.p.Growth
	a.Growth = g.Mean + g.Spread*r.NormFloat64()
	if dips, share, on := r.Float64() < g.Dips, g.DipFrom+(g.DipTo-g.DipFrom)*r.Float64(), r.IntN(int(s.to-s.from)); dips {
		a.Dip, a.dip = share, s.from+datasets.Day(on)
		a.DipOn = a.dip.String()
	}
	s.accounts = append(s.accounts, a)
}

// join lets the accounts of an institution share some of their posts.
func (s *simulation) join(accounts []*Account, name string) {
	if len(accounts) < 2 {
		return
	}
	least := math.Inf(1)
	for _, a := range accounts {
		least = min(least, a.Drawn.Rate)
	}
	for _, a := range accounts {
		a.cross, a.crowd = s.p.Rhythm.Cross*least, stream(s.o.Seed, "cross", name)
	}
}

// others adds an international body, which is never compared, and a person.
func (s *simulation) others() {
	c := &s.p.Countries[0]
	for _, o := range s.p.Organizations {
		if o.Platforms["x"] == 0 || o.Platforms["facebook"] == 0 {
			continue
		}
		r := random(stream(s.o.Seed, "others"))
		var pair []*Account
		for _, platform := range []string{"x", "facebook"} {
			a := &Account{Platform: platform, Handle: "sim_int_office", Organization: "Regional Office of an International Organization" + study.SimulatedMark, OrganizationType: "international", kind: o.Type}
			s.draw(a, s.p.Process(c.Code, o.Type, platform), r)
			pair = append(pair, a)
		}
		s.join(pair, "sim_int_office")
		a := &Account{Platform: "x", Handle: "sim_" + strings.ToLower(c.Code) + "_minister", Country: c.Code,
			Organization: "Minister of Foreign Affairs of " + c.Name + study.SimulatedMark, OrganizationType: "government", Person: true, kind: o.Type}
		s.draw(a, s.p.Process(c.Code, o.Type, "x"), r)
		return
	}
}

// name gives an account the id that its platform would.
func (a *Account) name() {
	switch a.Platform {
	case "x":
		a.ID = strconv.Itoa(1_200_000_000_123_456_789 + a.index*1_000_003)
	case "facebook":
		a.ID = strconv.Itoa(100_050_000_000_000 + a.index)
	case "telegram":
		a.ID = strconv.Itoa(1_500_000_000 + a.index)
	case "instagram":
		a.ID = "@" + a.Handle
	}
}

// pair lets the ministry of each country make joint posts with an embassy on
// instagram.
func (s *simulation) pair() {
	for i := range s.p.Countries {
		var ministry, embassy *Account
		for _, a := range s.accounts {
			if a.Platform != "instagram" || a.Country != s.p.Countries[i].Code {
				continue
			}
			switch {
			case a.OrganizationType == "ministry" && ministry == nil:
				ministry = a
			case a.OrganizationType == "embassy" && embassy == nil:
				embassy = a
			}
		}
		if ministry != nil && embassy != nil {
			ministry.joined, embassy.joint = embassy, ministry
		}
	}
}

// followersOn is the number of followers of an account on a day of UTC.
func (s *simulation) followersOn(a *Account, day datasets.Day) int64 {
	f := a.Drawn.Followers * math.Exp(a.Growth*float64(day-s.from)/sample.DaysPerMonth)
	if a.Dip > 0 && day >= a.dip {
		f *= 1 - a.Dip
	}
	return int64(math.Round(f))
}
