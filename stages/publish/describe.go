package publish

import (
	"path"
	"slices"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/study"
)

// describe writes what explains the package: datapackage.json of all that is in
// it so far, the descriptions that are made from that, and SHA256SUMS, which
// lists every other file. What is written later is in none of them.
func (b *Builder) describe() {
	b.checkBounds()
	p := b.dataPackage()
	for _, d := range []struct {
		name string
		make func() (string, error)
	}{
		{"datapackage.json", p.json},
		{"CITATION.cff", p.citationFile},
		{"croissant.json", p.croissant},
		{"codebook.csv", p.codebookCSV},
		{"codebook.html", p.codebookHTML},
		{"README.md", p.readme},
	} {
		if b.err != nil {
			return
		}
		text, err := d.make()
		if err != nil {
			b.err = err
			return
		}
		b.File(d.name, []byte(text))
	}
	b.File("SHA256SUMS", []byte(b.sums()))
}

// checkBounds checks that every table keeps what its description promises.
func (b *Builder) checkBounds() {
	for _, t := range b.tables {
		if b.err == nil {
			b.err = t.CheckBounds(b.ctx, b.files["data/"+t.Name+".parquet"])
		}
	}
}

// dataPackage describes the study, the tables and every other file so far.
func (b *Builder) dataPackage() *dataPackage {
	p := about(b.st)
	switch b.mode {
	case Full:
		p.LeftOut = append(p.LeftOut, "What posts say: their texts, links, media, and what they answer, repeat and quote.")
	case IDs:
		p.LeftOut = append(p.LeftOut, "Posts, but for bare lists of the ids of those on X, in ids/. The tables hold counts, and statistics of them.")
	default:
		p.LeftOut = append(p.LeftOut, "Posts: their texts, links and media. The tables hold counts, and statistics of them.")
	}
	for _, l := range b.left {
		p.LeftOut = append(p.LeftOut, l.String()+".")
	}
	described := map[string]bool{}
	for _, t := range b.tables {
		file, content := "data/"+t.Name, ""
		if b.err == nil {
			content, b.err = datasets.ContentHash(b.ctx, b.files[file+".parquet"])
		}
		for _, r := range []resource{
			{Name: t.Name, Path: file + ".csv", Encoding: "utf-8", Dialect: &dialect{",", "\n"}, Table: schemaOf(t.Schema, "")},
			{Name: t.Name + "-parquet", Path: file + ".parquet", Table: schemaOf(t.Schema, "-parquet")},
		} {
			r.Type, r.Title, r.Description, r.ContentHash, r.Rows = "table", t.Name, p.simulated()+t.Doc, content, &t.rows
			described[r.Path] = true
			p.Resources = append(p.Resources, b.measured(r))
		}
	}
	for _, name := range b.names() {
		if !described[name] {
			p.Resources = append(p.Resources, b.measured(resource{Name: strings.ReplaceAll(name, "/", "-"), Path: name, Description: p.simulated() + aboutFile(name)}))
		}
	}
	return p
}

// measured adds what the file itself says.
func (b *Builder) measured(r resource) resource {
	ext := path.Ext(r.Path)
	sum, size := b.hash(r.Path)
	r.Format, r.MediaType, r.Bytes, r.Hash = strings.TrimPrefix(ext, "."), mediaTypes[ext], size, "sha256:"+sum
	if r.MediaType == "" {
		r.MediaType = "application/octet-stream"
	}
	return r
}

var mediaTypes = map[string]string{
	".csv": "text/csv", ".parquet": "application/vnd.apache.parquet", ".json": "application/json", ".html": "text/html", ".txt": "text/plain",
	".svg": "image/svg+xml", ".png": "image/png", ".pdf": "application/pdf",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

// aboutFile says what a file that is no table of the study is.
func aboutFile(name string) string {
	base := strings.TrimSuffix(path.Base(name), path.Ext(name))
	switch dir := path.Dir(name); {
	case dir == "figures" && path.Ext(name) == ".csv":
		return "The numbers that the figure " + base + " shows."
	case dir == "figures":
		return "The figure " + base + "."
	case dir == "ids":
		return "Identifiers of posts, for who may look them up on the platform: " + base + "."
	case name == "report.html":
		return "The report of the study: figures, what they show, methods, and what the data cannot say. One page that needs no network."
	case name == "tables.xlsx":
		return "The tables as sheets of one workbook, the codebook first, for Excel and LibreOffice."
	case name == "manifest.json":
		return "From which inputs, versions and parameters each file came."
	case name == "suppressed.csv":
		return "What was left out to protect persons, and why."
	}
	return "Part of the package: " + name + "."
}

// about describes a study without files.
func about(st *study.Study) *dataPackage {
	p := &dataPackage{Schema: "https://datapackage.org/profiles/2.0/datapackage.json", Name: slug(st.Name), Title: title(st),
		Description: st.Description, Version: st.Version, Simulated: st.Simulated, Countries: st.Countries,
		Window: &window{st.From.String(), (st.To - 1).String()}, Keywords: append([]string{"social media", "official accounts"}, st.Countries...)}
	if st.Simulated {
		p.Keywords = append(p.Keywords, "simulated data")
	}
	if st.Released.OK {
		p.Released = st.Released.V.String()
	}
	if st.Licence != "" {
		p.Licenses = []license{licenceOf(st.Licence)}
	}
	for _, a := range st.Authors {
		c := contributor{Title: a.String(), Path: a.ORCID, GivenName: a.Given, FamilyName: a.Family, Roles: []string{"creator"}}
		if a.Name != "" {
			c.GivenName, c.FamilyName, c.Organization = "", "", a.Name
		}
		p.Contributors = append(p.Contributors, c)
	}
	for _, s := range st.Sources {
		one := source{Title: s.Title, Path: s.URL, License: s.Licence}
		if !isAddress(s.URL) {
			one.Path = ""
			if s.URL != "" {
				one.Title += " " + s.URL
			}
		}
		if !slices.Contains(p.Sources, one) {
			p.Sources = append(p.Sources, one)
		}
	}
	return p
}

// title carries the word SIMULATED where the study is.
func title(st *study.Study) string {
	if st.Simulated {
		return "SIMULATED: " + st.Title
	}
	return st.Title
}

// isAddress tells whether a text is an address on the web and nothing else.
func isAddress(s string) bool {
	return (strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")) && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r == 0x7f || strings.ContainsRune("\"<>\\^`{|}", r)
	})
}

// slug is the name as an identifier: lower-case Latin letters, digits, and
// points, hyphens and underscores between them.
func slug(name string) string {
	var s strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.', r == '_':
			s.WriteRune(r)
		case !strings.HasSuffix(s.String(), "-"):
			s.WriteByte('-')
		}
	}
	if t := strings.Trim(s.String(), "-._"); t != "" {
		return t
	}
	return "study"
}

// licences are those that data are published under, by SPDX id.
var licences = map[string]license{
	"CC0-1.0":         {Path: "https://creativecommons.org/publicdomain/zero/1.0/", Title: "Creative Commons Zero 1.0"},
	"CC-BY-4.0":       {Path: "https://creativecommons.org/licenses/by/4.0/", Title: "Creative Commons Attribution 4.0"},
	"CC-BY-SA-4.0":    {Path: "https://creativecommons.org/licenses/by-sa/4.0/", Title: "Creative Commons Attribution Share Alike 4.0"},
	"CC-BY-ND-4.0":    {Path: "https://creativecommons.org/licenses/by-nd/4.0/", Title: "Creative Commons Attribution No Derivatives 4.0"},
	"CC-BY-NC-4.0":    {Path: "https://creativecommons.org/licenses/by-nc/4.0/", Title: "Creative Commons Attribution Non Commercial 4.0"},
	"CC-BY-NC-SA-4.0": {Path: "https://creativecommons.org/licenses/by-nc-sa/4.0/", Title: "Creative Commons Attribution Non Commercial Share Alike 4.0"},
	"CC-BY-NC-ND-4.0": {Path: "https://creativecommons.org/licenses/by-nc-nd/4.0/", Title: "Creative Commons Attribution Non Commercial No Derivatives 4.0"},
	"ODC-By-1.0":      {Path: "https://opendatacommons.org/licenses/by/1-0/", Title: "Open Data Commons Attribution 1.0"},
	"ODbL-1.0":        {Path: "https://opendatacommons.org/licenses/odbl/1-0/", Title: "Open Data Commons Open Database License 1.0"},
	"PDDL-1.0":        {Path: "https://opendatacommons.org/licenses/pddl/1-0/", Title: "Open Data Commons Public Domain Dedication 1.0"},
}

// licenceOf describes a licence: with address and title where it is known, else
// under a name that the standard allows, with the study's own text as title.
func licenceOf(id string) license {
	if l, ok := licences[id]; ok {
		l.Name = id
		return l
	}
	name := strings.Map(func(r rune) rune {
		if r < 0x80 && (r == '-' || r == '.' || r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z') {
			return r
		}
		return '-'
	}, id)
	return license{Name: name, Title: id}
}
