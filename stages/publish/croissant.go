package publish

import (
	"fmt"
	"strings"
)

// croissantContext is the @context of the Croissant 1.0 specification, whole:
// with a key left out, readers of JSON-LD drop what it names without a word.
var croissantContext = map[string]any{
	"@language": "en", "@vocab": "https://schema.org/", "sc": "https://schema.org/", "cr": "http://mlcommons.org/croissant/",
	"rai": "http://mlcommons.org/croissant/RAI/", "dct": "http://purl.org/dc/terms/", "conformsTo": "dct:conformsTo",
	"data":     map[string]string{"@id": "cr:data", "@type": "@json"},
	"dataType": map[string]string{"@id": "cr:dataType", "@type": "@vocab"},
	"examples": map[string]string{"@id": "cr:examples", "@type": "@json"},
	"citeAs":   "cr:citeAs", "column": "cr:column", "equivalentProperty": "cr:equivalentProperty", "extract": "cr:extract", "field": "cr:field",
	"fileProperty": "cr:fileProperty", "fileObject": "cr:fileObject", "fileSet": "cr:fileSet", "format": "cr:format", "includes": "cr:includes",
	"isLiveDataset": "cr:isLiveDataset", "jsonPath": "cr:jsonPath", "key": "cr:key", "md5": "cr:md5", "parentField": "cr:parentField",
	"path": "cr:path", "recordSet": "cr:recordSet", "references": "cr:references", "regex": "cr:regex", "repeated": "cr:repeated",
	"replace": "cr:replace", "samplingRate": "cr:samplingRate", "separator": "cr:separator", "source": "cr:source", "subField": "cr:subField", "transform": "cr:transform",
}

var croissantTypes = map[string]string{
	"string": "sc:Text", "integer": "sc:Integer", "number": "sc:Float", "boolean": "sc:Boolean", "date": "sc:Date", "datetime": "sc:DateTime",
}

// croissant returns croissant.json, Croissant 1.0: every file, and a record set
// for each table that reads its Parquet file. Foreign keys are left out:
// Croissant joins by one column, and an account is known by two.
func (p *dataPackage) croissant() (string, error) {
	type object = map[string]any
	type id struct {
		ID string `json:"@id"`
	}
	var files, sets []object
	for _, r := range p.Resources {
		media := r.MediaType
		if r.Format == "parquet" {
			media = "application/x-parquet" // the only name of it that readers of Croissant know
		}
		files = append(files, object{"@type": "cr:FileObject", "@id": r.Path, "name": r.Path, "description": r.Description, "contentUrl": r.Path,
			"contentSize": fmt.Sprintf("%d B", r.Bytes), "encodingFormat": media, "sha256": strings.TrimPrefix(r.Hash, "sha256:")})
		if r.Type != "table" || r.Format != "parquet" {
			continue
		}
		var fields []object
		var key []id
		for _, k := range r.Table.PrimaryKey {
			key = append(key, id{r.Title + "/" + k})
		}
		for _, f := range r.Table.Fields {
			doc := f.Description
			if f.Unit != "" {
				doc += " Unit: " + f.Unit + "."
			}
			fields = append(fields, object{"@type": "cr:Field", "@id": r.Title + "/" + f.Name, "name": f.Name, "description": doc, "dataType": croissantTypes[f.Type],
				"source": object{"fileObject": id{r.Path}, "extract": object{"column": f.Name}}})
		}
		sets = append(sets, object{"@type": "cr:RecordSet", "@id": r.Title, "name": r.Title, "description": r.Description, "key": key, "field": fields})
	}
	c := object{"@context": croissantContext, "@type": "sc:Dataset", "conformsTo": "http://mlcommons.org/croissant/1.0",
		"name": p.Title, "url": "./", "citeAs": p.citation(), "distribution": files, "recordSet": sets}
	for k, v := range map[string]string{"description": p.Description, "version": p.Version, "datePublished": p.Released} {
		if v != "" {
			c[k] = v
		}
	}
	for _, l := range p.Licenses {
		c["license"] = when(l.Path != "", l.Path, l.Title)
	}
	var creators []object
	for _, a := range p.Contributors {
		one := object{"@type": when(a.FamilyName != "", "sc:Person", "sc:Organization"), "name": a.Title}
		if a.Path != "" {
			one["url"] = a.Path
		}
		creators = append(creators, one)
	}
	if creators != nil {
		c["creator"] = creators
	}
	if p.Keywords != nil {
		c["keywords"] = p.Keywords
	}
	return indented(c)
}
