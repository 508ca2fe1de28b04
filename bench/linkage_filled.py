"""Reports for ``bench.linkage``: made by arrays of numbers, put in by COPY. No constants in common with linkage.

Deeds have a day in three years, a country, a sum, a victim; 1.4 reports tell of each (one in 70 %, up to five), each by
another of 400 organisations, within four days, with sums that differ a little and values left out. Deeds belong to
operations, the larger the rarer, which use a stock of domains, accounts and telephone numbers for some weeks each.
"""

from __future__ import annotations

import sys
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv

DAYS = 1095
ORGANISATIONS = 400
COUNTRIES = [f"{a}{b}" for a in "ABCDEFGHIJ" for b in "RSTUVWXYZ"]
CURRENCIES = ["EUR", "USD", "GBP", "PLN", "SEK"]
START = date(2023, 11, 1)


def main(reports: int, organisation: int, person: int) -> None:
    """Fill the tables of the installation that the environment names."""
    rng = np.random.default_rng(7)
    deed = _deeds(rng, reports)
    who = rng.integers(0, ORGANISATIONS, len(deed["first"]))
    rows = np.repeat(np.arange(len(deed["first"])), deed["told"])[:reports]
    turn = (np.arange(len(rows)) - np.repeat(np.r_[0, np.cumsum(deed["told"])[:-1]], deed["told"])[:reports]).astype(
        int
    )
    late = rng.integers(0, 5, len(rows))
    table = {
        "n": np.arange(1, len(rows) + 1),
        "org": (who[rows] + turn * 37) % ORGANISATIONS,
        "day": _days(deed["day"][rows]),
        "reported": _days(deed["day"][rows] + late),
        "dated": rng.random(len(rows)) < 0.8,
        "country": np.array(COUNTRIES)[deed["country"][rows]],
        "sector": np.array(list("CGIJKLMQ"))[deed["first"][rows] % 8],
        "size": np.array(["person", "micro", "small", "medium", "large"])[deed["first"][rows] % 5],
        "area": np.where(rng.random(len(rows)) < 0.5, deed["area"][rows].astype(str), ""),
        "reference": np.where(rng.random(len(rows)) < 0.25, [f"r{n}" for n in rows.tolist()], ""),
        "amount": np.round(
            deed["sum"][rows] * np.where(rng.random(len(rows)) < 0.8, 1, rng.normal(1, 0.02, len(rows))), 2
        ),
        "summed": rng.random(len(rows)) < 0.6,
        "currency": np.array(CURRENCIES)[deed["country"][rows] % len(CURRENCIES)],
        "discoverability": np.where(rng.random(len(rows)) < 0.08, "hidden", "anonymous"),
        "audience": 1 + (who[rows] + turn * 37) % 200,
    }
    held, value = _observations(rng, rows, deed)
    _put(table, held, value, organisation, person)


def _deeds(rng: Any, reports: int) -> dict[str, Any]:
    count = int(reports / 1.4) + 10
    told = 1 + (rng.random(count) < 0.3) * rng.choice([1, 1, 1, 2, 4], count)
    operations = max(10, count // 12)
    weight = 1 / np.arange(1, operations + 1) ** 0.7
    operation = rng.choice(operations, count, p=weight / weight.sum())
    return {
        "first": np.arange(count), "told": told, "operation": operation, "day": rng.integers(0, DAYS, count),
        "country": np.minimum(rng.geometric(0.06, count) - 1, len(COUNTRIES) - 1), "area": rng.integers(100, 999, count),
        "sum": np.round(np.exp(rng.normal(6.5, 1.6, count)), 2),
    }  # fmt: skip


def _observations(rng: Any, rows: Any, deed: dict[str, Any]) -> tuple[Any, Any]:
    """(report, value) pairs: a page of its own for some deeds, and of the operation's stock of those weeks the rest."""
    number = np.arange(1, len(rows) + 1)
    own = rng.random(len(deed["first"])) < 0.35
    parts = [(number[own[rows]], rows[own[rows]] * 6 + (1 << 40))]
    for kind in range(1, 6):
        used = rng.random(len(deed["first"])) < (0.5 if kind < 4 else 0.3)
        stock = deed["operation"] * 4096 + (deed["day"] // 21) * 4 + rng.integers(0, 3, len(deed["first"]))
        kept = used[rows] & (rng.random(len(rows)) < 0.85)
        parts.append((number[kept], stock[rows][kept] * 6 + kind))
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


def _days(numbers: Any) -> Any:
    return np.array(START, dtype="datetime64[D]") + numbers.astype("timedelta64[D]")


def _put(table: dict[str, Any], held: Any, value: Any, organisation: int, person: int) -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE given (n bigint, org integer, day date, reported date, dated boolean, country text,"
            " sector text, size text, area text, reference text, amount numeric, summed boolean, currency text,"
            " discoverability text, audience integer); CREATE TEMP TABLE held (report bigint, value bigint)"
        )
        _copy(cursor, "given", pa.table(table))
        _copy(cursor, "held", pa.table({"report": held, "value": value}))
        for statement in FILL.split(";\n"):
            if statement.strip():
                cursor.execute(statement, {"organisation": organisation, "person": person})
        cursor.execute("VACUUM ANALYZE exchange_report, exchange_observation, exchange_observable")


def _copy(cursor: Any, name: str, table: pa.Table) -> None:
    with cursor.copy(f"COPY {name} FROM STDIN (FORMAT csv)") as copy:
        for batch in table.to_batches(max_chunksize=100_000):
            text = pa.BufferOutputStream()
            csv.write_csv(batch, text, csv.WriteOptions(include_header=False))
            copy.write(text.getvalue())


FILL = """
INSERT INTO members_principal (kind) SELECT 'organisation' FROM generate_series(1, 400);
INSERT INTO members_organisation (principal_id, slug, name, kind, country, state, secretariat, sector, tier, about,
    contact, handling)
SELECT p.id, 'bench-' || p.id, 'Bench ' || p.id,
    (ARRAY['business', 'law-enforcement', 'cert', 'government'])[1 + p.id %% 4], 'PT', 'vetted', false, 'K', 'member', '',
    '', '{}' FROM members_principal p WHERE p.kind = 'organisation'
    AND NOT EXISTS (SELECT 1 FROM members_organisation o WHERE o.principal_id = p.id);
INSERT INTO exchange_submission (reference, organisation_id, person_id, audience, sha256, size, filename, claimed, format,
    channel, handling, state, place, reason, consumed, total, read, stored, known, refused, reports)
VALUES (gen_random_uuid(), %(organisation)s, %(person)s, 1, 'x', 1, '', '', 'stix', 'bench', '{}', 'done', '', '', 0, 0, 0,
    0, 0, 0, 0);
INSERT INTO exchange_report (id, reference, organisation_id, person_id, submission_id, audience, key, state, kind,
    source_kind, title, account, language, classes, main_class, techniques, labels, occurred_from, reported_at,
    victim_countries, victim_sector, victim_size, victim_area, victim_reference, loss_amount, loss_currency, objects_count,
    holds, tlp, pap, codes, source_grade, information_grade, discoverability, purpose, legal_basis, recipients)
SELECT g.n, gen_random_uuid(), o.id, %(person)s, (SELECT max(id) FROM exchange_submission), g.audience, 'r' || g.n,
    'current', 'incident', o.kind, 'Report ' || g.n, '', '', '{fraud}', 'fraud', '{}', '{}',
    CASE WHEN g.dated THEN g.day END, g.reported, ARRAY[g.country], g.sector, g.size, coalesce(g.area, ''),
    coalesce(g.reference, ''), CASE WHEN g.summed THEN g.amount END, CASE WHEN g.summed THEN g.currency ELSE '' END, 1,
    '{}', 'GREEN', '', '{}', '', '', g.discoverability, '{statistics}', '', '{}'
FROM given g JOIN (SELECT id, kind, row_number() OVER (ORDER BY id) - 1 AS place FROM members_organisation
    WHERE slug LIKE 'bench-%%') o ON o.place = g.org;
INSERT INTO exchange_observable (id, type, value, weight, warnings)
SELECT DISTINCT h.value, (ARRAY['url', 'iban', 'phone-number', 'domain-name', 'ipv4-addr', 'sha256'])[1 + h.value %% 6],
    CASE WHEN h.value %% 6 = 0 THEN 'https://' || h.value || '.example/page' ELSE 'v' || h.value END,
    (ARRAY[0.9, 1.0, 0.9, 0.8, 0.5, 1.0])[1 + h.value %% 6], '{}'::text[] FROM held h;
INSERT INTO exchange_observation (report_id, organisation, audience, observable, role, claimed, told_by)
SELECT r.id, r.organisation_id, r.audience, h.value, 'attacker', '', 0
FROM held h JOIN exchange_report r ON r.id = h.report ON CONFLICT DO NOTHING;
SELECT setval('exchange_report_id_seq', (SELECT max(id) FROM exchange_report))
"""


if __name__ == "__main__":
    import django

    django.setup()
    main(*(int(word) for word in sys.argv[1:4]))
