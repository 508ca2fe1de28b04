"""How fast the neighbours of a report are found, under row-level security, at a million observations.

    uv run python -m bench.neighbours [1000000]

Synthetic reports put in by SQL as the owner: 10 observations each; most values are rare (held by 1 to 5 reports), some
are shared by hundreds, a few by every hundredth report. 200 audiences; the viewer is in 60 of them. Asked for 300
reports drawn at random that the viewer may see, through the query that the report page uses.
"""

from __future__ import annotations

import random
import sys
import time

from bench.installation import machine, scratch

FILL = """
INSERT INTO exchange_submission (reference, organisation_id, person_id, audience, sha256, size, filename, claimed, format,
    channel, handling, state, place, reason, consumed, total, read, stored, known, refused, reports)
VALUES (gen_random_uuid(), %(organisation)s, %(person)s, 1, 'x', 1, '', '', 'stix', 'bench', '{}', 'done', '', '', 0, 0, 0, 0, 0, 0, 0);
INSERT INTO exchange_report (reference, organisation_id, person_id, submission_id, audience, key, state, kind, source_kind,
    title, account, language, classes, main_class, techniques, labels, reported_at, victim_countries, victim_sector,
    victim_size, loss_currency, objects_count, holds, tlp, pap, codes, source_grade, information_grade, discoverability, purpose,
    legal_basis, recipients)
SELECT gen_random_uuid(), %(organisation)s, %(person)s, (SELECT max(id) FROM exchange_submission), 1 + n %% 200, 'r' || n,
    'current', 'incident', 'business', 'Report ' || n, '', '', '{fraud}', 'fraud', '{}', '{}',
    now() - n * interval '1 minute', '{PT}', 'L', '', '', 10, '{domain-name}', 'GREEN', '', '{}', '', '', 'anonymous', '{statistics}', '', '{}'
FROM generate_series(1, %(reports)s) n;
INSERT INTO exchange_observable (id, type, value, weight, warnings)
SELECT v, 'domain-name', 'd' || v || '.example', 0.8, '{}' FROM generate_series(1, %(values)s) v;
INSERT INTO exchange_observation (report_id, organisation, audience, observable, role, claimed, told_by)
SELECT r.id, r.organisation_id, r.audience,
    CASE WHEN k = 0 THEN 1 + (r.id * 7 %% 100)                                      -- held by every hundredth report
         WHEN k = 1 THEN 101 + (r.id * 31 %% 2000)                                  -- held by some hundreds at most
         ELSE 2101 + ((r.id * 1103515245 + k * 12345) %% (%(values)s - 2100)) END,  -- rare
    'attacker', '', k
FROM exchange_report r, generate_series(0, 9) k ON CONFLICT DO NOTHING;
"""


def main(observations: int) -> None:
    """Print the table."""
    with scratch():
        from django.db import connection, connections

        from hueandcry.linkage import queries
        from hueandcry.members.models import Person
        from hueandcry.members.viewer import identify, viewer

        person = Person.objects.get(email="operator@localhost")
        by = identify(person.pk)
        facts = {
            "organisation": by.organisation, "person": by.person, "reports": observations // 10,
            "values": max(5_000, observations * 8 // 30),
        }  # fmt: skip
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "INSERT INTO members_audience (id, principals) SELECT n, ARRAY[1000 + n] FROM generate_series(2, 201) n ON CONFLICT DO NOTHING"
            )
            cursor.execute(
                "INSERT INTO members_audienceprincipal (principal, audience) SELECT %s, n FROM generate_series(1, 60) n"
                " ON CONFLICT DO NOTHING", [by.principals[-1]],
            )  # fmt: skip
            for statement in FILL.split(";\n"):
                if statement.strip():
                    cursor.execute(statement, facts)
            cursor.execute("VACUUM ANALYZE exchange_report, exchange_observation, exchange_observable")
            cursor.execute("SELECT count(*) FROM exchange_observation")
            held = cursor.fetchone()[0]
        rng = random.Random(1)
        with viewer(by), connection.cursor() as cursor:
            cursor.execute("SELECT id FROM exchange_report")
            visible = [row[0] for row in cursor.fetchall()]
        print(
            f"{machine()}; {held:,} observations of {facts['reports']:,} reports, {len(visible):,} visible; 200 audiences, viewer in 60"
        )
        print("query            p50 ms   p95 ms   max ms   found (mean)")
        for name, ask in (
            ("neighbours", queries.neighbours),
            ("shared values", queries.shared_values),
            ("others hidden", queries.others),
        ):
            times, found = [], 0
            for report in rng.sample(visible, 300):
                with viewer(by):
                    start = time.perf_counter()
                    got = ask(by, report)
                    times.append((time.perf_counter() - start) * 1000)
                found += len(got) if isinstance(got, list) else got.reports
            times.sort()
            print(f"{name:15} {times[150]:8.1f} {times[285]:8.1f} {times[-1]:8.1f} {found / 300:10.1f}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
