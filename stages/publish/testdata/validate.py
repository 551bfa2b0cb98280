"""Validate one description of a package against its official schema.

    python validate.py datapackage|citation|croissant|tables|card FOLDER

Prints what is wrong, a line each, and nothing where all is right. A module
that is missing ends it with status 3 and its name.
"""
import json
import logging
import pathlib
import sys


def schema_of(package, name):
    """A file of a Python package, which is not imported: its code is not needed."""
    from importlib.util import find_spec

    spec = find_spec(package)
    if spec is None:
        raise ModuleNotFoundError(name=package)
    return json.loads((pathlib.Path(spec.origin).parent / name).read_text("utf-8"))


def against(schema, value):
    from jsonschema import Draft7Validator

    for e in Draft7Validator(schema, format_checker=Draft7Validator.FORMAT_CHECKER).iter_errors(value):
        yield "/".join(map(str, e.path)) + ": " + e.message[:300]


def datapackage(folder):
    """datapackage.json against the profile of Data Package 2.0, as dplib-py has it."""
    value = json.loads((folder / "datapackage.json").read_text("utf-8"))
    yield from against(schema_of("dplib", "profiles/2.0/datapackage.json"), value)
    for r in value["resources"]:
        yield from against(schema_of("dplib", "profiles/2.0/dataresource.json"), r)
        if "schema" in r:
            yield from against(schema_of("dplib", "profiles/2.0/tableschema.json"), r["schema"])


def citation(folder):
    """CITATION.cff against the schema of the Citation File Format 1.2.0."""
    import yaml

    # Dates stay text, as the schema asks for.
    value = yaml.load((folder / "CITATION.cff").read_text("utf-8"), yaml.BaseLoader)
    yield from against(schema_of("cffconvert", "schemas/1.2.0/schema.json"), value)
    yield from same_texts(folder, value["title"], value.get("abstract", ""))


def card(folder):
    """The YAML header of README.md: every file it names is there."""
    import yaml

    head = (folder / "README.md").read_text("utf-8").split("---\n")[1]
    value = yaml.safe_load(head)
    for c in value["configs"]:
        if not (folder / c["data_files"]).is_file():
            yield "no file " + c["data_files"]
    yield from same_texts(folder, value["pretty_name"])


def same_texts(folder, title, description=None):
    """The texts come back as datapackage.json has them."""
    value = json.loads((folder / "datapackage.json").read_text("utf-8"))
    if title != value["title"]:
        yield "title: %r, expected %r" % (title, value["title"])
    if description is not None and description != value.get("description", ""):
        yield "description: %r, expected %r" % (description, value["description"])


def croissant(folder):
    """croissant.json by mlcroissant, which reads every row of every table too."""
    import mlcroissant

    rows = {r["title"]: r["rows"] for r in json.loads((folder / "datapackage.json").read_text("utf-8"))["resources"] if r.get("type") == "table"}
    warnings = []
    handler = logging.Handler()
    handler.emit = lambda record: warnings.append(record.getMessage())
    logging.getLogger("absl").addHandler(handler)
    try:
        data = mlcroissant.Dataset(str(folder / "croissant.json"))
        found = {s.uuid: sum(1 for _ in data.records(s.uuid)) for s in data.metadata.record_sets}
    except Exception as e:  # of many types, some of them its dependencies'
        yield "%s: %s" % (type(e).__name__, str(e)[:500])
        return
    yield from warnings
    if found != rows:
        yield "rows: %s, expected %s" % (found, rows)


def tables(folder):
    """Every CSV by frictionless: types, keys, references and bounds of datapackage.json."""
    from frictionless import Checklist, Package

    package = Package(str(folder / "datapackage.json"))
    for resource in package.resources:
        if resource.path.startswith("data/") and resource.format == "csv":
            # Hashes are checked elsewhere, and would hide what is wrong in a broken copy.
            checklist = Checklist(skip_errors=["hash-count", "byte-count"])
            for row in resource.validate(checklist).flatten(["rowNumber", "fieldName", "note"])[:5]:
                yield "%s: %s" % (resource.path, row)


if __name__ == "__main__":
    try:
        for line in globals()[sys.argv[1]](pathlib.Path(sys.argv[2])):
            print(line.replace("\n", " "))
    except ModuleNotFoundError as e:
        sys.exit((print(e.name), 3)[1])
