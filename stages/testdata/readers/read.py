"""Reads Parquet files with one reader and says what it saw in each column.

    python read.py pyarrow|pandas|polars|duckdb < paths > summary.json

Of each file: rows, and of each column its nulls, the sum of numbers, the least
and the greatest date (days) or time (microseconds) since 1970, or a hash of all
texts in order. Exit status 3: the reader is not installed.

    python read.py hive-pyarrow|hive-files|hive-dataset|hive-pandas|hive-polars|hive-duckdb < folder

reads a folder of partitions as one table, and says how many rows each value of
country, country_code and year has; null is the empty text.
"""
import datetime
import hashlib
import json
import math
import sys
from collections import Counter

EPOCH = datetime.date(1970, 1, 1)


def summary(kind, values):
    """kind is text, number, date or time; values are None where null."""
    known = [v for v in values if v is not None]
    out = {"nulls": len(values) - len(known)}
    if kind == "text":
        h = hashlib.md5()
        for v in values:
            h.update(b"n\n" if v is None else b"t" + v.encode() + b"\n")
        out["text"] = h.hexdigest()
    elif kind == "number":
        out["sum"] = math.fsum(known)
    elif known:
        out["least"], out["greatest"] = min(known), max(known)
    return out


def pyarrow(path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(path, partitioning=None)  # the columns of the file alone
    columns = {}
    for f in table.schema:
        c, kind = table.column(f.name), "number"
        if pa.types.is_timestamp(f.type):
            c, kind = c.cast(pa.int64()), "time"
        elif pa.types.is_date32(f.type):
            c, kind = c.cast(pa.int32()), "date"
        elif pa.types.is_string(f.type):
            kind = "text"
        columns[f.name] = summary(kind, c.to_pylist())
    return table.num_rows, columns


def pandas(path):
    import pandas as pd

    frame = pd.read_parquet(path)
    columns = {}
    for name in frame:
        c, kind = frame[name], "text"
        if isinstance(c.dtype, pd.DatetimeTZDtype):
            c, kind = c.astype("datetime64[us, UTC]"), "time"
            values = [None if n else int(v) for v, n in zip(c.astype("int64"), c.isna())]
        else:
            values = [None if n else v for v, n in zip(c.tolist(), c.isna())]
            first = next((v for v in values if v is not None), None)
            if isinstance(first, datetime.date):
                kind, values = "date", [v and (v - EPOCH).days for v in values]
            elif pd.api.types.is_numeric_dtype(c.dtype) or isinstance(first, bool):
                kind = "number"
        columns[name] = summary(kind, values)
    return len(frame), columns


def polars(path):
    import polars as pl

    frame = pl.read_parquet(path)
    columns = {}
    for c in frame:
        kind = "number"
        if c.dtype == pl.Date:
            c, kind = c.cast(pl.Int32), "date"
        elif isinstance(c.dtype, pl.Datetime):
            c, kind = c.dt.epoch("us"), "time"
        elif c.dtype == pl.String:
            kind = "text"
        columns[c.name] = summary(kind, c.to_list())
    return frame.height, columns


def duckdb(path):
    import duckdb

    db = duckdb.connect()
    source = db.read_parquet(path)
    columns, rows = {}, 0
    for name, type in zip(source.columns, map(str, source.types)):
        x, kind = '"%s"' % name, "number"
        if type.startswith("TIMESTAMP"):
            x, kind = "epoch_us(%s)" % x, "time"
        elif type == "DATE":
            x, kind = "(%s - DATE '1970-01-01')::BIGINT" % x, "date"
        elif type == "VARCHAR":
            kind = "text"
        values = [v for (v,) in db.execute("SELECT %s FROM read_parquet(?)" % x, [path]).fetchall()]
        columns[name], rows = summary(kind, values), len(values)
    return rows, columns


def hive(how, folder):
    names = ["country", "country_code", "year"]
    if how == "pyarrow":
        import pyarrow.parquet as pq

        rows = pq.read_table(folder).select(names).to_pylist()
    elif how == "files":
        import pathlib

        import pyarrow.parquet as pq

        files = sorted(pathlib.Path(folder).glob("*/*/*.parquet"))  # each by itself: its path still has columns
        rows = [row for f in files for row in pq.read_table(f).select(names).to_pylist()]
    elif how == "dataset":
        import pyarrow.dataset as ds

        rows = ds.dataset(folder, partitioning="hive").to_table(columns=names).to_pylist()
    elif how == "pandas":
        import pandas as pd

        frame = pd.read_parquet(folder)[names].astype(object)
        rows = frame.where(frame.notna(), None).to_dict("records")
    elif how == "polars":
        import polars as pl

        rows = pl.scan_parquet(folder, hive_partitioning=True).select(names).collect().to_dicts()
    elif how == "duckdb":
        import duckdb

        found = duckdb.connect().execute("SELECT country, country_code, year FROM read_parquet(?, hive_partitioning = true)", [folder + "/*/*/*.parquet"]).fetchall()
        rows = [dict(zip(names, r)) for r in found]
    return Counter(" ".join("" if r[n] is None else str(r[n]) for n in names) for r in rows)


how, paths = sys.argv[1], sys.stdin.read().splitlines()
try:
    if how.startswith("hive-"):
        out = hive(how[5:], paths[0])
    else:
        out = {}
        for path in paths:
            rows, columns = {"pyarrow": pyarrow, "pandas": pandas, "polars": polars, "duckdb": duckdb}[how](path)
            out[path] = {"rows": rows, "columns": columns}
except ModuleNotFoundError as e:
    print(e, file=sys.stderr)
    sys.exit(3)
json.dump(out, sys.stdout)
