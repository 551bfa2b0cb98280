package publish

import (
	_ "embed"
	"slices"
	"strings"
	"text/template"
	"unicode"
)

//go:embed readme.md.tmpl
var readmePage string

// Every text of a study passes through md or yaml.
var readmeTemplate = template.Must(template.New("readme").Funcs(template.FuncMap{
	"md": markdown, "yaml": quote, "join": strings.Join,
}).Parse(readmePage))

// hubLicences are the names of licences in the header of a dataset card, where
// they are not the SPDX id in lower case.
var hubLicences = map[string]string{"ODbL-1.0": "odbl", "ODC-By-1.0": "odc-by", "PDDL-1.0": "pddl"}

type readmeView struct {
	*dataPackage
	Tables   []resource
	Example  string // the table that the snippets open
	Rows     int    // of that table
	Cite     string
	Licence  string // as the package names it; "" where it has none
	Hub      string // the licence in the YAML header
	Paste    []pasted
	Workbook bool
	Figures  bool
	Report   bool
	IDs      bool
	Manifest bool
}

// pasted is a text for the form of an archive, and what each archive calls it;
// "" where its form has no such field.
type pasted struct{ What, Zenodo, OSF, Dataverse string }

// readme returns README.md: what the package is, how to open, check, cite and
// deposit it, under the header of a dataset card.
func (p *dataPackage) readme() (string, error) {
	v := readmeView{dataPackage: p, Tables: p.tables(), Cite: p.citation(), Workbook: p.has("tables.xlsx"), Figures: p.has("figures/"),
		Report: p.has("report.html"), IDs: p.has("ids/"), Manifest: p.has("manifest.json")}
	for _, t := range v.Tables {
		if v.Example == "" || t.Name == "values" {
			v.Example, v.Rows = t.Name, *t.Rows
		}
	}
	for _, l := range p.Licenses {
		v.Licence, v.Hub = l.Name, "other"
		if _, ok := licences[l.Name]; ok {
			if v.Hub = hubLicences[l.Name]; v.Hub == "" {
				v.Hub = strings.ToLower(l.Name)
			}
		} else {
			v.Licence = l.Title
		}
	}
	v.Paste = p.forms()
	var out strings.Builder
	err := readmeTemplate.Execute(&out, v)
	return out.String(), err
}

// forms lists what to paste into the forms of archives.
func (p *dataPackage) forms() []pasted {
	var all []pasted
	add := func(what, zenodo, osf, dataverse string) {
		if what != "" {
			all = append(all, pasted{markdown(what), zenodo, osf, dataverse})
		}
	}
	add(p.Title, "Title", "Title", "Title")
	for _, c := range p.Contributors {
		name := c.Title
		if c.FamilyName != "" {
			name = c.FamilyName
			if c.GivenName != "" {
				name += ", " + c.GivenName
			}
		}
		if c.Path != "" {
			name += ", ORCID " + strings.TrimPrefix(c.Path, "https://orcid.org/")
		}
		add(name, "Creators", "Contributors", "Author")
	}
	add(p.Description, "Description", "Description", "Description")
	add("Dataset", "Resource type", "Resource type", "")
	add("Social Sciences", "", "", "Subject")
	add(p.Released, "Publication date", "", "Distribution date")
	add(p.Version, "Version", "", "")
	for _, l := range p.Licenses {
		add(when(l.Title != "", l.Title, l.Name), "Licenses", "License", "License/Data Use Agreement")
	}
	add(strings.Join(p.Keywords, ", "), "Keywords and subjects", "Tags", "Keyword")
	if p.Window != nil {
		add(p.Window.From+" to "+p.Window.To, "Dates (collected)", "", "Time period")
	}
	add(strings.Join(p.Countries, ", "), "", "", "Geographic coverage")
	return all
}

// markdown writes a text of a study so that Markdown shows it as it is, on one
// line: whatever it means there is escaped, white space is one space, and marks
// that turn the direction of what follows are left out.
func markdown(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	text = strings.Map(func(r rune) rune {
		if r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfeff {
			return -1
		}
		return r
	}, text)
	var s strings.Builder
	for i, r := range text {
		switch {
		case strings.ContainsRune("\\`*_[]<>#|~$&!{}", r):
			s.WriteByte('\\')
		// At the start of a line these begin a list, a rule or a heading.
		case strings.ContainsRune("-+=:", r) && i == 0, (r == '.' || r == ')') && allDigits(text[:i]) && (i+1 == len(text) || text[i+1] == ' '):
			s.WriteByte('\\')
		}
		s.WriteRune(r)
	}
	return s.String()
}

func allDigits(s string) bool {
	return s != "" && !slices.ContainsFunc([]byte(s), func(c byte) bool { return c < '0' || c > '9' })
}
