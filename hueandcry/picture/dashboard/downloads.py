"""A chart to take away: as CSV with lines that say what it is, and as Parquet with the same in its metadata."""

from __future__ import annotations

import csv
import io
import json

from hueandcry.picture.dashboard.answers import Answer
from hueandcry.web.charts import Chart, Withheld, as_csv


def about(chart: Chart, answer: Answer) -> dict[str, str]:
    """What a file says about itself."""
    return {
        "title": chart.title, "unit": chart.unit, "source": chart.source, "method": chart.method,
        "question": answer.question.address(), "freeze": str(answer.frozen.number),
        "freeze at": answer.frozen.at.isoformat(), "freeze sha256": answer.frozen.sha256,
        "program": answer.frozen.version, "provisional from": chart.provisional_from,
        "forecast from": chart.forecast_from, "cite": chart.citation,
    }  # fmt: skip


def as_table(chart: Chart, answer: Answer) -> bytes:
    """CSV (RFC 4180) led by lines "# name: value" (as in CSV on the Web's comments), UTF-8."""
    head = io.StringIO()
    writer = csv.writer(head)
    for name, said in about(chart, answer).items():
        if said:
            writer.writerow([f"# {name}: {said}"])
    return (head.getvalue() + as_csv(chart)).encode()


def as_parquet(chart: Chart, answer: Answer) -> bytes:
    """One Parquet file: the names as text, each value as a number (null: not known), and for each value column whether
    it is withheld; what the file is stands in the metadata of its schema under "hueandcry"."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns: dict[str, pa.Array] = {}
    for at, column in enumerate(chart.columns):
        name = f"{column.key}_{column.role}" if column.role in ("low", "high") else column.key
        cells = [row[at] for row in chart.rows]
        if at == 0:
            columns[name] = pa.array([str(cell) for cell in cells], pa.string())
            continue
        columns[name] = pa.array([None if isinstance(c, Withheld) else c for c in cells], pa.float64())
        if column.role == "value":
            columns[f"{name}_withheld"] = pa.array([isinstance(cell, Withheld) for cell in cells], pa.bool_())
    table = pa.table(columns).replace_schema_metadata({"hueandcry": json.dumps(about(chart, answer))})
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()
