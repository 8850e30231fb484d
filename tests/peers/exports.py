"""Reads an export as CSV and as Parquet with readers that are not ours; what each of them found, as one JSON document."""

import csv
import json
import sys
from decimal import Decimal

import duckdb
import pyarrow
import pyarrow.parquet

csv_path, parquet_path = sys.argv[1:]
COLUMNS = ["seq", "day", "occurred_at", "channel", "type", "message_id", "total", "campaign", "tags", "balance_after"]


def unmarked(text):
    return text[1:] if text.startswith("'") else text


def told(rows):
    rows = list(rows)
    total = sum((Decimal(row["total"]) for row in rows), Decimal(0))
    return {"rows": rows, "total": f"{total:f}"}


def amount(value):
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def of_cells(row):
    return {name: unmarked(row[name] or "") for name in COLUMNS}


def of_values(row):
    shown = {name: "" if row[name] is None else str(row[name]) for name in COLUMNS}
    shown["total"], shown["balance_after"] = amount(row["total"]), amount(row["balance_after"])
    return shown


with open(csv_path, newline="", encoding="utf-8") as file:
    by_csv = told(of_cells(row) for row in csv.DictReader(file, strict=True))
found = duckdb.sql(f"from read_csv('{csv_path}', all_varchar = true, header = true, strict_mode = true)")
by_duckdb = told(of_cells(dict(zip(found.columns, row))) for row in found.fetchall())
# Instants have nanoseconds, more than Python's own: as texts.
found = duckdb.sql(
    f"select * replace (strftime(occurred_at::timestamp, '%Y-%m-%dT%H:%M:%S') as occurred_at) from '{parquet_path}'"
)
by_duckdb_parquet = told(of_values(dict(zip(found.columns, row))) for row in found.fetchall())
table = pyarrow.parquet.read_table(parquet_path)
types = {field.name: str(field.type) for field in table.schema}
seconds = table.column("occurred_at").cast(pyarrow.timestamp("s", tz="UTC"), safe=False).to_pylist()
rows = table.select([name for name in COLUMNS if name != "occurred_at"]).to_pylist()
for row, at in zip(rows, seconds):
    row["occurred_at"] = at.strftime("%Y-%m-%dT%H:%M:%S")
by_pyarrow = told(of_values(row) for row in rows)
for each in (by_csv, by_duckdb):
    for row in each["rows"]:
        row["occurred_at"] = row["occurred_at"][:19]
json.dump(
    {"csv": by_csv, "duckdb csv": by_duckdb, "duckdb parquet": by_duckdb_parquet, "pyarrow": by_pyarrow, "types": types},
    sys.stdout,
)
