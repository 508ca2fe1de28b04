"""How fast the register is searched, at a hundred thousand resources. The bar: p95 under 150 ms.

    .venv/bin/python -m bench.register [100000]

Resources are put in by SQL as the owner: titles of five words and texts of fifty, words drawn as in a language (the k-th
most frequent one time in k) out of 20,000 that are made of syllables, and words of the trade in four languages that a
given share of resources has; one to forty countries each, one to three languages and aspects; half of them shown before.
A search is all that a page does of it: what fits with its facets and how many, ranking with reasons, the twenty of the
first page read again under row-level security, and the counting that they were shown.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable

from bench.installation import machine, scratch

BAR = 150.0  # milliseconds, at the 95th of 100 searches
TIMES = 40

FILL = """
CREATE TEMPORARY TABLE vocabulary AS SELECT n,
    (ARRAY['ba','ko','ri','ta','me','lu','sor','pen','dal','vi','gra','to'])[1 + n %% 12]
        || (ARRAY['ne','ra','tin','mo','ces','da','lor','pi','zen','fa','gu'])[1 + (n / 12) %% 11]
        || (ARRAY['s','ta','re','mos','lin','der','gy','co','ban','to','ve','ra','nel'])[1 + (n / 132) %% 13]
        || (ARRAY['','na','ri','to','se','lo','mi','da','ku','pe','vo','sa'])[1 + n / 1716] AS w FROM generate_series(0, 19999) n;
CREATE TEMPORARY TABLE told AS SELECT d.n, string_agg(v.w, ' ') FILTER (WHERE d.k <= 5) AS title,
    string_agg(v.w, ' ') FILTER (WHERE d.k > 5) AS about
    FROM (SELECT n, k, (floor(20000 ^ random())::int - 1) AS i FROM generate_series(1, %(resources)s) n, generate_series(1, 55) k) d
    JOIN vocabulary v ON v.n = d.i GROUP BY d.n;
INSERT INTO capacity_resource (reference, kind, state, audience, organisation, person, title, about, language, provider, identifier,
    countries, everywhere, home, languages, aspects, cost, currency, url, contact, evidence, source, details, confirmed_at, listed_at)
SELECT gen_random_uuid(), (ARRAY['course','tool','publication','organisation','programme','laboratory','fund'])[1 + n %% 7],
    CASE WHEN n %% 20 = 0 THEN 'review' WHEN n %% 15 = 0 THEN 'fading' ELSE 'listed' END,
    CASE WHEN n %% 50 = 0 THEN %(hidden)s ELSE %(audience)s END, %(organisation)s, %(person)s,
    told.title
        || CASE WHEN n %% 3 = 0 THEN (ARRAY[' training',' formação',' formation',' capacitación'])[1 + n / 3 %% 4] ELSE '' END
        || CASE WHEN n %% 40 = 0 THEN ' forensics' WHEN n %% 997 = 0 THEN ' steganography' ELSE '' END,
    told.about,
    (ARRAY['en','pt','fr','es'])[1 + n / 3 %% 4], 'Provider ' || n %% 3000, '',
    ARRAY(SELECT DISTINCT (ARRAY[%(countries)s])[1 + (n * 7 + k * 31) %% 195] FROM generate_series(1, 1 + n %% 40 / (1 + n %% 3)) k),
    n %% 12 = 0, '', ARRAY(SELECT DISTINCT (ARRAY['en','pt','fr','es','ar','sw','ru'])[1 + (n + k * 3) %% 7] FROM generate_series(0, n %% 3) k),
    ARRAY(SELECT DISTINCT (ARRAY[%(aspects)s])[1 + (n * 3 + k * 17) %% 60] FROM generate_series(0, n %% 3) k),
    (ARRAY['unknown','free','at cost','paid'])[1 + n %% 4], '', 'https://p' || n %% 3000 || '.example/' || n, '',
    CASE WHEN n %% 2 = 0 THEN 'an evaluation' ELSE '' END, 'csv', '{}', now() - n %% 360 * interval '1 day', now()
FROM told;
INSERT INTO capacity_resourceshown (resource_id, times, looks, asked)
SELECT id, 10, 10 * random(), floor(3 * random()) FROM capacity_resource WHERE id %% 2 = 0;
INSERT INTO capacity_confirmation (resource_id, organisation, person, note)
SELECT id, %(organisation)s, %(person)s, '' FROM capacity_resource WHERE id %% 5 = 0;
"""


def main(resources: int) -> None:
    """Fill, and print the table."""
    with scratch():
        from django.db import connections

        from hueandcry.capacity.register import queries
        from hueandcry.capacity.register.queries import Wanted
        from hueandcry.exchange.merge import intern
        from hueandcry.members.models import Person
        from hueandcry.members.viewer import identify, viewer

        by = identify(Person.objects.get(email="operator@localhost").pk)
        with viewer(by):
            audience = intern([2])
        began = time.perf_counter()
        countries, aspects = _codes()
        facts = {
            "organisation": by.organisation, "person": by.person, "resources": resources, "audience": audience,
            "hidden": audience + 1_000,
        }  # fmt: skip
        listed = {
            name: ", ".join(f"'{one}'" for one in values)
            for name, values in (("countries", countries), ("aspects", aspects))
        }
        with connections["owner"].cursor() as cursor:
            for statement in FILL.split(";\n"):
                for name, text in listed.items():
                    statement = statement.replace(f"%({name})s", text)
                if statement.strip():
                    cursor.execute(statement, facts)
            cursor.execute(
                "VACUUM ANALYZE capacity_resource, capacity_resourceshown, capacity_confirmation, capacity_resourceword"
            )
            cursor.execute("SELECT count(*), (SELECT count(*) FROM capacity_resourceword) FROM capacity_resource")
            held, words = cursor.fetchone()
            cursor.execute("SELECT w FROM vocabulary ORDER BY n")
            vocabulary = [row[0] for row in cursor.fetchall()]
        print(
            f"{machine()}; {held:,} resources, {words:,} words of titles; filled in {time.perf_counter() - began:.0f} s"
        )
        rng = random.Random(1)

        def word(first: int, last: int) -> str:
            return str(vocabulary[rng.randrange(first, last)])

        def misspelt() -> str:
            told = word(500, 15_000)
            return told[:2] + told[3] + told[2] + told[4:] + "x"

        def country() -> tuple[str, ...]:
            return (rng.choice(countries),)

        asked: dict[str, Callable[[], Wanted]] = {
            "a rare word": lambda: Wanted(word(3_000, 20_000)),
            "a word of every tenth": lambda: Wanted(word(3, 10)),
            "two words": lambda: Wanted(f"{word(5, 60)} {word(5, 60)}"),
            "a word of every twelfth, Portuguese": lambda: Wanted("formação"),
            "a word of every 40th": lambda: Wanted("forensics"),
            "a word and a country": lambda: Wanted("training", {"country": country()}),
            "a word spelt wrongly": lambda: Wanted(misspelt()),
            "country and language": lambda: Wanted(facets={"country": country(), "language": ("pt",)}),
            "country and aspect": lambda: Wanted(facets={"country": country(), "aspect": (rng.choice(aspects),)}),
            "kind": lambda: Wanted(facets={"kind": ("laboratory",)}),
            "nothing: the first page": Wanted,
        }
        print(f"\n{'search':38} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8} {'of the bar':>10} {'found (mean)':>13}")
        every: list[float] = []
        for name, make in asked.items():
            times, found = [], 0
            for _again in range(TIMES):
                wanted = make()
                with viewer(by):
                    start = time.perf_counter()
                    answer = queries.search(by, wanted)
                    page = queries.results(by, answer.ranked[:20], first=1)
                    queries.note_shown(by, page)
                    times.append((time.perf_counter() - start) * 1000)
                found += answer.count
            every += times
            _line(name, times, found / TIMES)
        _line("all of them", every, float("nan"))
        times = []
        for _again in range(TIMES):
            with viewer(by):
                start = time.perf_counter()
                queries.for_aspects(by, rng.choice(countries), aspects[:20])
                times.append((time.perf_counter() - start) * 1000)
        _line("what reaches a country, 20 aspects", times, float("nan"))


def _line(name: str, times: list[float], found: float) -> None:
    ordered = sorted(times)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    said = f"{ordered[len(ordered) // 2]:8.1f} {p95:8.1f} {ordered[-1]:8.1f} {p95 / BAR:9.2f}x"
    print(f"{name:38} {said} {'' if found != found else f'{found:13,.0f}'}", flush=True)


def _codes() -> tuple[list[str], list[str]]:
    """195 countries, 60 aspects."""
    import pycountry

    countries = sorted(one.alpha_2 for one in pycountry.countries)[:195]
    return countries, [f"{d}.{f}.{a}" for d in range(1, 6) for f in range(1, 5) for a in "abc"]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
