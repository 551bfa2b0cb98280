package datasets

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// readByPython reads a file with pyarrow and with DuckDB and prints, for each,
// the type, the nulls and a hash of all values of every column.
const readByPython = `
import hashlib, json, struct, sys
import duckdb, pyarrow as pa, pyarrow.parquet as pq

def column(type, values):
    h, nulls = hashlib.sha256(), 0
    for v in values:
        if v is None:
            nulls += 1
            h.update(b"null\n")
        elif isinstance(v, float):
            h.update(b"%d\n" % struct.unpack("<Q", struct.pack("<d", v)))
        elif isinstance(v, str):
            h.update(v.encode() + b"\n")
        else:
            h.update(b"%d\n" % v)
    return {"Type": type, "Nulls": nulls, "Hash": h.hexdigest()}

def content(table):  # as ContentHash is defined
    lines = b""
    for f in table.schema:
        c, kind = table.column(f.name), {"string": "string", "int64": "integer", "double": "number", "bool": "boolean"}.get(str(f.type))
        if pa.types.is_timestamp(f.type):
            c, kind = c.cast(pa.int64()), "timestamp"
        elif pa.types.is_date(f.type):
            c, kind = c.cast(pa.int32()), "date"
        h = hashlib.sha256()
        for v in c.to_pylist():
            if v is None:
                h.update(b"\0")
            elif isinstance(v, str):
                h.update(b"\1" + struct.pack("<Q", len(v.encode())) + v.encode())
            else:
                h.update(b"\1" + struct.pack("<d" if isinstance(v, float) else "<q", v))
        lines += ("%s %s %s\n" % (f.name, kind, h.hexdigest())).encode()
    return "sha256:" + hashlib.sha256(lines).hexdigest()

path, out = sys.argv[1], {}
table = pq.read_table(path)
out["content"] = content(table)
out["pyarrow"] = {}
for f in table.schema:
    c = table.column(f.name)
    if pa.types.is_timestamp(f.type):
        c = c.cast(pa.int64())
    elif pa.types.is_date(f.type):
        c = c.cast(pa.int32())
    out["pyarrow"][f.name] = column(str(f.type) + ("" if f.nullable else " not null"), c.to_pylist())
out["description"] = table.schema.field("opt_int").metadata[b"description"].decode()
out["unit"] = table.schema.field("opt_int").metadata[b"unit"].decode()
out["meta"] = {k.decode(): v.decode() for k, v in table.schema.metadata.items()}

out["duckdb"] = {}
src = duckdb.read_parquet(path)
for name, type in zip(src.columns, map(str, src.types)):
    x = '"%s"' % name
    if type.startswith("TIMESTAMP"):
        x = "epoch_us(%s)" % x
    elif type == "DATE":
        x = "(%s - DATE '1970-01-01')::BIGINT" % x
    rows = duckdb.sql("select %s from read_parquet('%s')" % (x, path)).fetchall()
    out["duckdb"][name] = column(type, (r[0] for r in rows))
json.dump(out, sys.stdout)
`

// TestInterop checks that pyarrow and DuckDB read every value that was written.
// Reading our own files back with the library that wrote them shows nothing:
// it understands its own mistakes.
func TestInterop(t *testing.T) {
	python := os.Getenv("DIPLOMETRICS_PYTHON")
	if python == "" {
		t.Skip("DIPLOMETRICS_PYTHON is not set to a Python with pyarrow and duckdb: what they read is not checked")
	}
	types := map[Kind][2]string{ // as pyarrow and DuckDB call them
		String: {"string", "VARCHAR"}, Int: {"int64", "BIGINT"}, Float: {"double", "DOUBLE"}, Bool: {"bool", "BOOLEAN"},
		Date: {"date32[day]", "DATE"}, Timestamp: {"timestamp[us, tz=UTC]", "TIMESTAMP WITH TIME ZONE"},
	}
	type column struct {
		Type  string
		Nulls int
		Hash  string
	}
	for _, n := range []int{0, 70_000} {
		for _, o := range []WriteOptions{{}, {Zstd: true, Simulated: true}} {
			rows := kindsRows(n)
			path := filepath.Join(t.TempDir(), "kinds.parquet")
			if err := kinds.Write(path, rows, o); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(python, "-c", readByPython, path)
			cmd.Stderr = os.Stderr
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			var got struct {
				PyArrow, DuckDB   map[string]column
				Description, Unit string
				Content           string
				Meta              map[string]string
			}
			if err := json.Unmarshal(out, &got); err != nil {
				t.Fatal(err)
			}
			if want, err := ContentHash(t.Context(), path); err != nil || got.Content != want {
				t.Errorf("%d rows, zstd %t: python computes the content hash %s, want %s, %v", n, o.Zstd, got.Content, want, err)
			}
			for i, c := range kinds.Columns {
				want, h := column{}, sha256.New()
				v := c.gather(rows)
				for row := range n {
					switch {
					case !v.present(row):
						want.Nulls++
						fmt.Fprintln(h, "null")
					case c.Kind == String:
						fmt.Fprintln(h, v.strs[row])
					case c.Kind == Float:
						fmt.Fprintln(h, v.bits[row])
					default:
						fmt.Fprintln(h, int64(v.bits[row]))
					}
				}
				want.Hash = fmt.Sprintf("%x", h.Sum(nil))
				want.Type = types[c.Kind][1]
				if got := got.DuckDB[c.Name]; got != want {
					t.Errorf("%d rows, zstd %t: DuckDB reads %s (column %d) as %+v, want %+v", n, o.Zstd, c.Name, i, got, want)
				}
				want.Type = types[c.Kind][0]
				if !c.Nullable {
					want.Type += " not null"
				}
				if got := got.PyArrow[c.Name]; got != want {
					t.Errorf("%d rows, zstd %t: pyarrow reads %s (column %d) as %+v, want %+v", n, o.Zstd, c.Name, i, got, want)
				}
			}
			if got.Description != "Int." || got.Unit != "count" || got.Meta["table"] != "kinds" {
				t.Errorf("pyarrow sees description %q, unit %q, key-value pairs %v", got.Description, got.Unit, got.Meta)
			}
		}
	}
}
