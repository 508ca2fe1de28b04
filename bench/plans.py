"""Plans of courses by HiGHS: gaps x sessions, each objective solved in turn. Bar: 60 x 400 in 5 s, proven best.

python -m bench.plans
"""

from __future__ import annotations

import random
import time
from datetime import date, timedelta
from statistics import median

from rich.console import Console
from rich.table import Table

from hueandcry.academy.plans.plan import REASONS, Limits, Offered, Plan, plan
from hueandcry.academy.plans.profile import Wanted

BAR, DAY, YEAR = 5.0, date(2027, 1, 4), 365  # seconds, first day, days
CASES = ((12, 50), (13, 400), (30, 200), (60, 400), (60, 1_000))
SEEDS, LONGEST = 7, 20.0


def case(gaps: int, sessions: int, seed: int) -> tuple[list[Wanted], list[Offered], Limits]:
    """A year of sessions of courses that are held three times each, in three languages and six countries; one in five
    wants something beforehand. The budget is for about ten courses."""
    rng = random.Random(f"{gaps} {sessions} {seed}")
    codes = [f"C{n:03}" for n in range(gaps)]
    wanted = [Wanted(code, rng.randint(4, 6)) for code in codes]
    offered: list[Offered] = []
    for course in range(sessions // 3 + 1):
        teaches = {code: rng.randint(4, 7) for code in rng.sample(codes, rng.randint(1, 6))}
        wants = {rng.choice(codes): 4} if rng.random() < 0.2 else {}
        days, cost = rng.randint(1, 10), rng.randrange(0, 4_000_00, 50_00) + rng.choice((0, 1, 99))
        for held in range(min(3, sessions - len(offered))):
            starts = DAY + timedelta(days=rng.randrange(YEAR - days))
            offered.append(Offered(f"{course:04}-{held}", f"{course:04}", teaches, starts, starts + timedelta(days=days - 1),
                                   cost, "EUR", rng.choice(("en", "en", "fr", "pt")),
                                   rng.choice(("", "", "PT", "NL", "KE", "GH", "FR", "ES")), wants))  # fmt: skip
    limits = Limits(frozenset({"en", "pt"}), DAY, DAY + timedelta(days=YEAR), 20_000_00, "EUR",
                    frozenset({"PT", "NL", "ES", "FR"}))  # fmt: skip
    return wanted, offered, limits


def kept(made: Plan, limits: Limits) -> bool:
    """Whether the plan is within the budget, has no day twice and a reason for each gap left."""
    days = [each.starts + timedelta(days=n) for each in made.chosen for n in range(each.days)]
    reasons = all(each.why and set(each.why) <= set(REASONS) for each in made.left)
    return made.cost <= (limits.budget or 0) and len(days) == len(set(days)) and reasons


def main() -> None:
    names = ("gaps", "sessions", "cases", "median, s", "longest, s", "in 5 s", "proven", "closed", "courses", "days")
    table = Table(*names, title=f"Plans of courses; no case longer than {LONGEST:.0f} s")
    for gaps, sessions in CASES:
        took, plans = [], []
        for seed in range(SEEDS):
            wanted, offered, limits = case(gaps, sessions, seed)
            started = time.perf_counter()
            made = plan(wanted, offered, limits, seconds=LONGEST)
            took.append(time.perf_counter() - started)
            plans.append(made)
            assert kept(made, limits)
        table.add_row(
            f"{gaps}", f"{sessions}", f"{SEEDS}", f"{median(took):.2f}", f"{max(took):.2f}",
            f"{sum(each <= BAR for each in took)}", f"{sum(each.proven for each in plans)}",
            f"{median(len(each.closed) for each in plans):.0f}", f"{median(len(each.chosen) for each in plans):.0f}",
            f"{median(each.days for each in plans):.0f}",
        )  # fmt: skip
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
