package study

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"diplometrics/datasets"
)

// Platforms are the platforms that a table may name, spelt as everywhere.
var Platforms = datasets.Platforms

// OrganizationTypes are the kinds of institutions that comparisons know.
// accounts.csv may name others.
var OrganizationTypes = []string{"ministry", "embassy", "mission", "president", "government", "regulator", "international"}

// SimulatedMark ends the name of every institution that the simulator invents,
// so that no table of them can pass for a real one.
const SimulatedMark = " (SIMULATED)"

// SimulatedFile lies among the raw files of every simulated study.
const SimulatedFile = "raw/SIMULATED.txt"

// Nearest says which of the valid names the found one was probably meant to
// be, or lists them.
func Nearest(found string, valid []string) string {
	best, least := "", len(found)/2+1
	for _, v := range valid {
		if d := distance(strings.ToLower(found), strings.ToLower(v)); d < least {
			best, least = v, d
		}
	}
	if best != "" && found != "" {
		return fmt.Sprintf("did you mean %q?", best)
	}
	return "expected one of " + strings.Join(valid, ", ")
}

// Slip returns the valid name that the found one is not but nearly is: in other
// case, or within two letters. It is "" where there is none.
func Slip(found string, valid []string) string {
	if found == "" || slices.Contains(valid, found) {
		return ""
	}
	letters := utf8.RuneCountInString(found)
	for most := range 3 {
		for _, v := range valid {
			// It is asked of every account: few names are as long as a valid one.
			if far := letters - utf8.RuneCountInString(v); -most <= far && far <= most && distance(strings.ToLower(found), v) <= most {
				return v
			}
		}
	}
	return ""
}

// distance is the number of letters to insert, delete, change or swap with
// their neighbour to turn a into b (optimal string alignment).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	d := make([][]int, len(x)+1)
	for i := range d {
		d[i] = make([]int, len(y)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(x)][len(y)]
}

// CheckCountry tells whether code is an ISO 3166-1 alpha-3 code.
func CheckCountry(code string) error {
	if slices.Contains(iso3166, code) {
		return nil
	}
	if up := strings.ToUpper(strings.TrimSpace(code)); slices.Contains(iso3166, up) {
		return fmt.Errorf("%q is no ISO 3166-1 alpha-3 code; did you mean %q?", code, up)
	}
	if a3, ok := often[strings.ToUpper(code)]; ok {
		return fmt.Errorf("%q is no ISO 3166-1 alpha-3 code; did you mean %q?", code, a3)
	}
	if near := Nearest(code, iso3166); len(code) == 3 && strings.HasPrefix(near, "did you mean") {
		return fmt.Errorf("%q is no ISO 3166-1 alpha-3 code; %s", code, near)
	}
	return fmt.Errorf("%q is no ISO 3166-1 alpha-3 code; expected three capital letters such as KAZ", code)
}

// CountryCodes are the codes that CheckCountry accepts, in the order of the alphabet.
func CountryCodes() []string { return slices.Clone(iso3166) }

// iso3166 lists the officially assigned alpha-3 codes of ISO 3166-1.
var iso3166 = strings.Fields(`
ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS BIH BLM BLR BLZ
BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR CYM CYP CZE DEU
DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB GNQ GRC
GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM
KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG
MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL
PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN
SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB
VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE`)

// often maps what is often written in place of a code: two letters, and three
// that are none.
var often = map[string]string{"KAS": "KAZ", "KZH": "KAZ", "KYR": "KGZ", "KRG": "KGZ", "KYG": "KGZ", "UZK": "UZB", "KZ": "KAZ", "UZ": "UZB", "KG": "KGZ", "TJ": "TJK", "TM": "TKM", "RU": "RUS", "CN": "CHN", "US": "USA", "GB": "GBR", "UK": "GBR", "TR": "TUR", "AZ": "AZE", "AM": "ARM", "GE": "GEO", "BY": "BLR", "UA": "UKR", "MN": "MNG", "DE": "DEU", "FR": "FRA"}
