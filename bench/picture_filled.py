"""Reports for ``bench.picture``: those of ``bench.linkage_filled`` without observations, of all types, with techniques,
in crimes (of seven reports three tell of one), and rates of every day for the currencies in them."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from bench import linkage_filled

CRIMES = """
INSERT INTO linkage_crime (id) SELECT n FROM generate_series(1, (SELECT max(id) FROM exchange_report)) n WHERE n % 7 NOT IN (1, 2);
INSERT INTO linkage_crimereport (report, crime)
SELECT r.id, CASE WHEN r.id % 7 IN (1, 2) AND r.id > 2 THEN r.id - r.id % 7 ELSE r.id END FROM exchange_report r;
INSERT INTO linkage_run (kind, engine, finished_at, figures, error) VALUES ('crimes', 'bench', now(), '{}', '');
INSERT INTO picture_exchangerate (currency, day, per_euro, source)
SELECT c.currency, d::date, 1 + random() * 9, 'bench' FROM unnest(ARRAY['USD', 'GBP', 'PLN', 'SEK']) c(currency),
    generate_series('2023-10-01'::date, '2026-12-31'::date, '1 day') d;
UPDATE members_organisation SET country = (ARRAY['PT', 'ES', 'FR', 'DE', 'PL', 'SE'])[1 + id % 6];
ANALYZE linkage_crimereport
"""


def main(reports: int, organisation: int, person: int) -> None:
    """Fill the tables of the installation that the environment names."""
    from django.db import connections

    from hueandcry.exchange.classification import TYPES

    types = "ARRAY[" + ", ".join(f"'{t.cls}/{t.code}'" for t in TYPES) + "]"
    linkage_filled.FILL = linkage_filled.FILL.replace(
        "'{fraud}', 'fraud', '{}', '{}'",
        f"'{{fraud}}', ({types})[1 + (g.n * 7919) %% {len(TYPES)}],"
        " CASE g.n %% 3 WHEN 0 THEN ARRAY['T' || 1001 + g.n %% 61, 'T1566'] WHEN 1 THEN ARRAY['T' || 1001 + g.n %% 97]"
        " ELSE '{}'::text[] END, '{}'",
    )
    linkage_filled._observations = _none
    linkage_filled.main(reports, organisation, person)
    with connections["owner"].cursor() as cursor:
        for statement in CRIMES.split(";\n"):
            cursor.execute(statement)


def _none(*_given: Any) -> tuple[Any, Any]:
    """No observation: linkage reads them, the picture does not."""
    return np.array([], dtype=np.int64), np.array([], dtype=np.int64)


if __name__ == "__main__":
    import django

    django.setup()
    main(*(int(word) for word in sys.argv[1:4]))
