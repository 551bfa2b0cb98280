package adapters

import (
	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters/jsontape"
)

// VKGroups reads communities as VK's API gives them.
var VKGroups = Adapter{
	Name: "vk_groups", Tables: []string{"account_snapshots"}, Version: 1,
	Doc: "Communities of VK as groups.getById gives them, with members_count: whole answers of any version of the API, lists, or one a line. " +
		"VK gives the id of a community without the minus that stands before it on walls; it is read with it, as vk_wall and accounts.csv have it: -1 for vk.com/club1. The time is that of study.toml. A community that is deleted or blocked is left out.",
	Lacks: "When it was collected, which observed_at in study.toml has to say. The number of posts: wall.get has it as count.",
	Detect: func(head []byte, name string) bool {
		return vkHas(head, []string{"id", "gid"}, []string{"name"}, []string{"screen_name"}, []string{"is_closed", "members_count"}) && !detectVKWall(head, name)
	},
	Split: splitVK,
	New: func(f File) (Decoder, error) {
		g := &vkGroups{observed: observed(datasets.None[datasets.Micros](), f)}
		return func(rec Record, into *Batch) error {
			return eachPage(&g.parsers, rec, into, func(v jsontape.Value, rec Record) error {
				walk := &vkWalk{inPage: newPage(into, rec.Line), lists: []string{"items", "groups"}}
				walk.decode = func(v jsontape.Value, raw []byte, f *jsonFields, _ map[string]Ref) { g.group(v, raw, f, into) }
				walk.answer(v, nil)
				return walk.err()
			})
		}, nil
	},
}

type vkGroups struct {
	observed observation
	parsers  jsontape.Pool
}

// noMembers is why a file of communities is not read.
var noMembers = &Refused{Reason: "it does not say how many members its communities have: VK says so only where it is asked for; ask groups.getById again with fields=members_count"}

// group makes an account snapshot of a community, or leaves it out.
func (g *vkGroups) group(v jsontape.Value, raw []byte, f *jsonFields, into *Batch) {
	if v.Type() != jsontape.Object || !v.Exists("id") && !v.Exists("gid") {
		f.fail("", shorten(head(raw), 80), "expected a community as VK's API gives it")
		return
	}
	if has(v, "deactivated") {
		into.Filter("community that is " + shorten(stringField(v, "deactivated"), 20))
		return
	}
	field := "id"
	if !v.Exists(field) {
		field = "gid"
	}
	id := f.id(v.Get(field), field)
	ref := Ref{Platform: "vk", ID: "-" + id, Handle: f.text(v.Get("screen_name"), "screen_name"), Name: shownName(v)}
	members := f.count(v.Get("members_count"), "members_count")
	switch {
	case f.err != nil:
	case id == "":
		f.fail(field, "", "expected the id of the community")
	case !members.OK:
		f.fail("members_count", "", "expected the number of members; ask VK again with fields=members_count")
		f.err.All = noMembers
	case !g.observed.at.OK:
		f.fail("", ref.String(), noTime.Reason)
		f.err.All = noTime
	default:
		into.Snapshots = append(into.Snapshots, vkSnapshot(g.observed, f.line, ref, members))
	}
}

// vkSnapshot is how many members a community had.
func vkSnapshot(o observation, line int64, ref Ref, members datasets.Opt[int64]) Row[datasets.AccountSnapshot] {
	ref.Platform = "vk"
	row := o.snapshot(line, ref, members, datasets.None[int64](), datasets.None[int64]())
	row.Row.Platform = "vk"
	return row
}
