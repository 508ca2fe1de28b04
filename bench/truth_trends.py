"""How true the trends of the picture are, on simulated series whose truth is known.

    uv run python -m bench.truth_trends [changes|delay|reporters|forecast ...] [--series N]

changes    shifts of 1.3, 1.5 and 2 times at 10, 50 and 300 cases a month, with seasons, late reports and scatter: how many
           are found, how late (months and days after the shift, looked at on the first day of each following month), false alarms a
           year in series that never change; at the rate of one series (0.1 a year) and at that of 400 series (4 a year)
delay      error of the last three months, with and without the chain ladder; cover of its 95 % interval
reporters  reporters join while nothing changes: false rises with and without taking them out; shifts found when they do
forecast   cover of the 95 % bands, 1 to 6 months ahead, and their width

Nothing here shares a constant with the method: delays are mixtures of three exponentials, scatter is gamma, seasons are
those of two sines, reporters' levels are log-normal.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from hueandcry.picture.trends import months, series, signals

Array = NDArray[np.float64]
START = months.number("2021-01")
DAYS = 30.4375


@dataclass(frozen=True)
class Setting:
    """A simulated alliance: its level a month, how it scatters, and what happens in it."""

    level: float = 50.0
    length: int = 48  # months until today
    scatter: float = 0.02  # squared coefficient of variation of months
    linger: float = 0.2
    season: float = 0.2
    ratio: float = 1.0
    at: int = 36  # the month of the shift
    bodies: int = 12
    joiners: int = 0
    joined: int = 36
    slow: float = 1.0  # of delays


@dataclass(frozen=True)
class Cases:
    """Simulated cases: month, reporter, and day of arrival since the beginning."""

    month: NDArray[np.int_]
    body: NDArray[np.int_]
    arrival: Array

    def until(self, today: date) -> tuple[dict[tuple[str, int], int], dict[tuple[int, str], int]]:
        """The triangle and the panel of what has arrived before a day."""
        here = self.arrival < (today - date(2021, 1, 1)).days
        arrived = np.floor(self.arrival[here] / DAYS).astype(int)
        month, body = self.month[here], self.body[here]
        late = np.maximum(arrived - month, 0)
        triangle = _counted(month, late)
        panel = _counted(month, body)
        return (
            {(months.written(START + m), d): n for (m, d), n in triangle.items()},
            {(b, months.written(START + m)): n for (m, b), n in panel.items()},
        )


def _counted(first: NDArray[np.int_], second: NDArray[np.int_]) -> dict[tuple[int, int], int]:
    pairs, counts = np.unique(np.stack([first, second]), axis=1, return_counts=True)
    return {(int(a), int(b)): int(n) for (a, b), n in zip(pairs.T, counts, strict=True)}


def simulated(rng: np.random.Generator, setting: Setting, length: int | None = None) -> Cases:
    """Cases of a setting; ``length`` months, else its own with the running one."""
    length = length or setting.length + 1
    at = np.arange(length)
    phase = rng.uniform(0, 12)
    wave = np.sin(2 * np.pi * (at + phase) / 12) + 0.4 * np.sin(4 * np.pi * (at + 2 * phase) / 12)
    state = rng.gamma(1 / setting.scatter, setting.scatter, length) if setting.scatter else np.ones(length)
    for month in range(1, length):
        state[month] = setting.linger * state[month - 1] + (1 - setting.linger) * state[month]
    if setting.scatter:  # the spread that lingering took away is given back
        state = 1 + (state - 1) * np.sqrt((1 + setting.linger) / (1 - setting.linger))
    level = np.exp(setting.season * wave) * np.maximum(state, 0.05) * np.where(at >= setting.at, setting.ratio, 1.0)
    share = rng.lognormal(0, 1, setting.bodies + setting.joiners)
    old = np.arange(len(share)) < setting.bodies
    share /= share[old].sum()
    rate = setting.level * share[:, None] * level[None] * (old[:, None] | (at >= setting.joined)[None])
    counts = rng.poisson(rate)
    body, month = (np.repeat(each.ravel(), counts.ravel()) for each in np.indices(counts.shape))
    speed = rng.choice([4.0, 25.0, 90.0], p=[0.55, 0.3, 0.15], size=len(month)) * setting.slow
    day = (month + rng.random(len(month))) * DAYS
    return Cases(month, body, day + rng.exponential(speed))


def _after(month: int) -> date:
    """The day on which a month is over."""
    following = START + month + 1
    return date(following // 12, following % 12 + 1, 1)


def changes_table(count: int) -> None:
    """Shifts found and false alarms."""
    print(
        "shifts      cases  shift  alarms/yr  series   found  median delay, days (months)  ratio told (median)  interval"
    )
    rng = np.random.default_rng(11)
    for rate in (series.FALSE_ALARMS, signals.ALARMS / 400):
        for level in (10.0, 50.0, 300.0):
            for ratio in (1.0, 1.3, 1.5, 2.0):
                number = count if ratio > 1 else 2 * count
                print(_changes_line(rng, Setting(level=level, ratio=ratio), rate, number), flush=True)


def _changes_line(rng: np.random.Generator, setting: Setting, rate: float, count: int) -> str:
    delays: list[int] = []
    ratios: list[float] = []
    covered = alarms = looks = 0
    for _series in range(count):
        cases = simulated(rng, setting)
        before: set[int] = set()
        found = None
        for month in range(setting.at - 1, setting.length + 1):
            today = _after(month)
            told = series.series_of(*cases.until(today), today, false_alarms=rate)
            here = {months.number(each.since) - START for each in told.changes}
            if setting.ratio == 1:
                if month >= setting.at:  # the first look has no look before it to be new against
                    looks += 1
                    alarms += len([at for at in here if all(abs(at - known) > signals.NEAR for known in before)])
                before = here | {at for at in before if any(abs(at - each) <= signals.NEAR for each in here)}
                continue
            hit = [each for each in told.changes if abs(months.number(each.since) - START - setting.at) <= 2]
            if hit and month >= setting.at and hit[0].direction == "up":
                found = (month, hit[0])
                break
        if found:
            delays.append(found[0])
            ratios.append(found[1].ratio)
            covered += found[1].low <= setting.ratio <= found[1].high
    head = f"            {setting.level:5.0f}  {setting.ratio:5.1f}  {rate:9.3f}  {count:6d}  "
    if setting.ratio == 1:
        return head + f"false alarms a year: {alarms / looks * 12:.3f} ({alarms} in {looks / 12:.0f} years)"
    if not delays:
        return head + f"{0:6.2f}"
    found_at = float(np.median([*delays, *[np.inf] * (count - len(delays))]))  # those not found count as never
    days = (found_at + 1 - setting.at) * DAYS
    late = f"{days:6.0f} ({days / DAYS:.0f})" if np.isfinite(days) else "     - (over 13)"
    told = f"{np.median(ratios):.2f}"
    return head + f"{len(delays) / count:6.2f}  {late:>27}  {told:>19}  {covered / len(delays):8.2f}"


def delay_table(count: int) -> None:
    """The last three months with and without correction."""
    print(
        "delay       cases  slow  age  complete  error without  error with (median abs., %)  bias with  cover of 95 %  width"
    )
    rng = np.random.default_rng(12)
    for level in (20.0, 100.0, 1000.0):
        for slow in (1.0, 2.5):
            setting = Setting(level=level, slow=slow)
            rows: dict[int, list[tuple[float, float, float, bool, float]]] = {1: [], 2: [], 3: []}
            for _series in range(count):
                cases = simulated(rng, setting)
                today = _after(setting.length - 1)
                told = series.series_of(*cases.until(today), today)
                for age, kept in rows.items():
                    month = setting.length - age
                    true = int((cases.month == month).sum())
                    one = next((m for m in told.months if m.month == months.written(START + month)), None)
                    if one is None or one.corrected is None or one.low is None or one.high is None or not true:
                        continue
                    kept.append((
                        one.completeness, abs(float(one.observed or 0) - true) / true, (one.corrected - true) / true,
                        one.low <= true <= one.high, (one.high - one.low) / true,
                    ))  # fmt: skip
            for age, kept in rows.items():
                if not kept:
                    print(f"            {level:5.0f}  {slow:4.1f}  {age:3d}  too early", flush=True)
                    continue
                held = np.array(kept, dtype=float)
                print(
                    f"            {level:5.0f}  {slow:4.1f}  {age:3d}  {held[:, 0].mean():8.2f}"
                    f"  {100 * np.median(held[:, 1]):13.1f}  {100 * np.median(np.abs(held[:, 2])):27.1f}"
                    f"  {100 * held[:, 2].mean():9.1f}  {held[:, 3].mean():13.3f}  {np.median(held[:, 4]):5.2f}",
                    flush=True,
                )


def reporters_table(count: int) -> None:
    """Reporters join: false rises, and shifts that are there all the same."""
    print(
        "reporters   joiners  shift  series  rise told with reporters taken out  and without  year-on-year told / counted"
    )
    rng = np.random.default_rng(13)
    for joiners, ratio in ((0, 1.0), (3, 1.0), (6, 1.0), (12, 1.0), (6, 1.5), (6, 2.0)):
        setting = Setting(joiners=joiners, ratio=ratio, at=38, joined=36)
        today = _after(setting.length - 1)
        taken, plain, each, whole = 0, 0, [], []
        for _series in range(count):
            triangle, panel = simulated(rng, setting).until(today)
            told = series.series_of(triangle, panel, today)
            taken += any(change.direction == "up" and change.since >= "2023-09" for change in told.changes)
            bare = series.series_of(triangle, {}, today)
            plain += any(change.direction == "up" and change.since >= "2023-09" for change in bare.changes)
            if told.year:
                each.append(told.year.each)
                whole.append(told.year.total)
        print(
            f"            {joiners:7d}  {ratio:5.1f}  {count:6d}  {taken / count:34.2f}  {plain / count:11.2f}"
            f"  {np.median(each):.2f} / {np.median(whole):.2f}",
            flush=True,
        )


def forecast_table(count: int) -> None:
    """Bands of the months to come."""
    print(
        "forecast    cases  scatter  shift  cover of 95 %, 1 to 6 months ahead               half width / mean  bias, %"
    )
    rng = np.random.default_rng(14)
    for level, scatter, ratio in (
        (20.0, 0.02, 1.0),
        (100.0, 0.02, 1.0),
        (100.0, 0.1, 1.0),
        (1000.0, 0.02, 1.0),
        (100.0, 0.02, 1.5),
    ):
        setting = replace(Setting(level=level, scatter=scatter, ratio=ratio, at=40))
        covered: list[list[bool]] = []
        widths: list[float] = []
        bias: list[tuple[float, int]] = []
        for _series in range(count):
            cases = simulated(rng, setting, setting.length + 7)
            today = _after(setting.length - 1)
            told = series.series_of(*cases.until(today), today)
            line = []
            for coming in [each for each in told.coming if each.month >= months.written(START + setting.length)][:6]:
                true = int((cases.month == months.number(coming.month) - START).sum())
                line.append(coming.low <= true <= coming.high)
                widths.append((coming.high - coming.low) / 2 / coming.expected)
                bias.append((coming.expected, true))
            covered.append(line)
        share = np.array([line for line in covered if len(line) >= 5][:], dtype=object)
        each = [
            np.mean([line[step] for line in share if len(line) > step])
            for step in range(6)
            if any(len(x) > step for x in share)
        ]
        print(
            f"            {level:5.0f}  {scatter:7.2f}  {ratio:5.1f}  "
            + "  ".join(f"{one:.3f}" for one in each)
            + f"   {np.median(widths):17.2f}  {100 * (np.sum(bias, axis=0)[0] / np.sum(bias, axis=0)[1] - 1):7.1f}",
            flush=True,
        )


TABLES: dict[str, Callable[[int], None]] = {
    "changes": changes_table, "delay": delay_table, "reporters": reporters_table, "forecast": forecast_table,
}  # fmt: skip


def main() -> None:
    """Print the tables asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", default=list(TABLES))
    parser.add_argument("--series", type=int, default=100)
    asked = parser.parse_args()
    for name in asked.tables:
        TABLES[name](asked.series)


if __name__ == "__main__":
    main()
