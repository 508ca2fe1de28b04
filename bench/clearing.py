"""Matching of the clearing house: places x candidates by HiGHS, with every refusal's reasons. Bar: 40 x 400 in 5 s.

python -m bench.clearing
"""

from __future__ import annotations

import random
import time
from datetime import date, timedelta

from hueandcry.capacity.clearing.matching import CONFLICT, Against, Candidate, Wanted, match

BAR = 5.0  # seconds
SKILLS = ("digital forensics", "mobile forensics", "training", "financial investigation", "open source intelligence")
TONGUES, COUNTRIES, DAY = ("pt", "en", "fr", "es"), ("MZ", "AO", "CV", "GW", "KE", "GH"), date(2027, 1, 4)


def case(places: int, candidates: int) -> tuple[list[Wanted], list[Candidate]]:
    """Places over three months in six countries; candidates of whom one in five has a conflict."""
    rng = random.Random(places * 10_000 + candidates)
    wanted = [
        Wanted(n, rng.choice(COUNTRIES), start, start + timedelta(days=rng.randrange(4, 20)), asker=n % 7,
               skills=(rng.choice(SKILLS),), useful=(rng.choice(SKILLS),), languages={rng.choice(TONGUES): "B2"})
        for n in range(places) for start in (DAY + timedelta(days=rng.randrange(90)),)
    ]  # fmt: skip
    held = [
        Candidate(
            1_000 + n, skills=frozenset(rng.sample(SKILLS, 2)), speaks=dict.fromkeys(rng.sample(TONGUES, 2), "C1"),
            everywhere=True, worked_in=frozenset(rng.sample(COUNTRIES, 2)), employer=rng.choice((None, None, n % 7)),
            free=((DAY, DAY + timedelta(days=120)),), served=rng.randrange(4),
            against=(Against(country=rng.choice(COUNTRIES)),) if rng.random() < 0.2 else (),
        )
        for n in range(candidates)
    ]  # fmt: skip
    return wanted, held


def main() -> None:
    print(
        f"{'places':>6} {'candidates':>10} {'seconds':>8} {'of the bar':>10} {'filled':>6} {'proven':>6} {'refused':>8}"
    )
    for places, candidates in ((3, 50), (10, 100), (40, 400), (40, 1_000)):
        wanted, held = case(places, candidates)
        started = time.perf_counter()
        made = match(wanted, held)
        took = time.perf_counter() - started
        refused = sum(any(r.word == CONFLICT for r in why) for why in made.refused.values())
        unexplained = places * candidates - len(made.assigned) - len(made.refused)
        assert not unexplained and all(made.refused.values())
        print(
            f"{places:>6} {candidates:>10} {took:>8.2f} {took / BAR:>10.2f} {len(made.assigned):>6} {made.proven!s:>6} {refused:>17}"
        )


if __name__ == "__main__":
    main()
