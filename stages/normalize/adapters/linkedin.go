package adapters

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters/jsontape"
)

// firstLinkedInID is the first id that is taken to carry its time, of 1 January
// 2012: smaller ones that LinkedIn shows are not made of a time.
const firstLinkedInID = 1_325_376_000_000 << 22

// linkedinCreated is the second in which an activity, a share or a post was
// made: ids hold it in milliseconds since 1970, above their lowest 22 bits.
// (Ollie Boyd's LinkedIn timestamp extractor; Microsoft's documentation shows
// activities with ids and times that agree.) Absent for ids without one.
func linkedinCreated(id string) datasets.Opt[datasets.Micros] {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n < firstLinkedInID {
		return datasets.None[datasets.Micros]()
	}
	return datasets.Some(datasets.MicrosOf(time.UnixMilli(n >> 22).Truncate(time.Second)))
}

// activityURN finds what is named as an activity.
var activityURN = regexp.MustCompile(`urn:li:activity:([0-9]+(?:[.,][0-9]*)?[eE][+]?[0-9]+|[^,()\s"]*)`)

// activities are the ids of the activities that a name holds: an update that
// joins several names two or more.
func activities(urn string) (ids []string) {
	for _, m := range activityURN.FindAllStringSubmatch(urn, -1) {
		ids = append(ids, m[1])
	}
	return ids
}

// organizationURN is the name of a page, of which the number is its id. Members
// have numbers of their own, which can be the same.
var organizationURN = regexp.MustCompile(`^urn:li:(?:company|organization|fs_miniCompany|fsd_company|fs_normalized_company):([0-9]+)$`)

// linkedinAddress names the account with that address: the page mfa-one, the
// member in/jane-doe.
func linkedinAddress(address string) (ref Ref) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || !onSite(u, "linkedin.com") {
		return ref
	}
	path := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(path) < 2 || path[1] == "" {
		return ref
	}
	switch path[0] {
	case "company", "school", "showcase", "organization":
		if isDigits(path[1]) && path[0] != "school" {
			return Ref{Platform: "linkedin", ID: path[1]}
		}
		return Ref{Platform: "linkedin", Handle: path[1]}
	case "in":
		return Ref{Platform: "linkedin", Handle: "in/" + path[1]}
	}
	return ref
}

// linkedinActor names who stands above a post, or in the line over it: by the
// address that it leads to, else by the page or member that it mentions.
func linkedinActor(v jsontape.Value, name string) Ref {
	ref := linkedinAddress(v.Text("navigationContext", "actionTarget"))
	for _, field := range []string{"urn", "backendUrn"} {
		if m := organizationURN.FindSubmatch(v.GetStringBytes(field)); m != nil && !strings.HasPrefix(ref.Handle, "in/") {
			ref.Platform, ref.ID = "linkedin", string(m[1])
		}
	}
	for _, list := range []string{"attributes", "attributesV2"} {
		if ref.Platform != "" {
			break
		}
		for _, a := range v.GetArray(name, list) {
			for _, in := range []jsontape.Value{a, a.Get("detailData")} {
				for _, page := range []string{"*miniCompany", "*companyName"} {
					if h := in.Text(page, "universalName"); h != "" {
						ref = Ref{Platform: "linkedin", Handle: h}
					}
				}
				for _, member := range []string{"*miniProfile", "*profileFullName"} {
					if h := in.Text(member, "publicIdentifier"); h != "" {
						ref = Ref{Platform: "linkedin", Handle: "in/" + h}
					}
				}
			}
		}
	}
	if !utf8.ValidString(ref.Handle) {
		ref.Handle = ""
	}
	if ref.Platform != "" {
		ref.Name = nameIn(v.Get("name", "text"))
	}
	return ref
}

// linkedinMedia is what the content of a post shows.
func linkedinMedia(content jsontape.Value) datasets.Opt[string] {
	if content.Type() == jsontape.Null {
		return datasets.Some("text")
	}
	kind := content.Text("$type")
	is := func(keys ...string) bool {
		for _, key := range keys {
			if has(content, key) || strings.HasSuffix(kind, "."+strings.ToUpper(key[:1])+key[1:]) {
				return true
			}
		}
		return false
	}
	switch {
	case len(content.GetArray("images"))+len(content.GetArray("imageComponent", "images")) > 1 || is("carouselContent"):
		return datasets.Some("album")
	case is("images", "imageComponent"):
		return datasets.Some("photo")
	case is("*videoPlayMetadata", "videoPlayMetadata", "linkedInVideoComponent", "externalVideoComponent"):
		return datasets.Some("video")
	case is("articleComponent"):
		return datasets.Some("link")
	case is("pollComponent"):
		return datasets.Some("poll")
	}
	return datasets.Some("other")
}

// shownFollowers begins what stands below the name of a page: 12,345 followers.
var shownFollowers = regexp.MustCompile(`^([0-9][0-9.,'’\x{a0}\x{202f} ]*)[\s\x{a0}\x{202f}]+\p{L}`)

// linkedinFollowers are the followers of a page as its post shows them; absent
// for members, below whose names other things stand.
func linkedinFollowers(ref Ref, description string) datasets.Shown {
	m := shownFollowers.FindStringSubmatch(description)
	if m == nil || strings.HasPrefix(ref.Handle, "in/") {
		return datasets.Shown{}
	}
	shown, err := ParseShown(strings.TrimSpace(m[1]))
	if err != nil {
		return datasets.Shown{}
	}
	shown.Text = datasets.None[string]()
	return shown
}
