"""The index once more, written apart from the program: plain loops over dictionaries, with scipy's moments.

Read from the Handbook and COINr's manual, not from the program: one unit and one group at a time.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path
from statistics import mean

from scipy.stats import kurtosis, skew


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def numbers(data: Path, meta: Path) -> tuple[list[dict[str, str]], dict[str, dict[str, float]]]:
    """META's lines, and for each unit its indicators divided by their denominators; what is unknown is not there."""
    lines, units = rows(meta), {}
    for row in rows(data):
        held = {}
        for line in lines:
            if line["Type"] == "Indicator" and row[line["iCode"]] not in ("", "NA"):
                by = row[line["Denominator"]] if line["Denominator"] else "1"
                if by not in ("", "NA"):
                    held[line["iCode"]] = float(row[line["iCode"]]) / float(by)
        units[row["uCode"]] = held
    return lines, units


def outlying(values: list[float]) -> bool:
    return abs(skew(values, bias=False)) > 2 and kurtosis(values, bias=False) > 3.5


def treat(values: list[float]) -> list[float]:
    if len(set(values)) < 8 or not outlying(values):
        return values
    now, moved = list(values), 0
    while moved < 5 and outlying(now):
        ends = sorted(set(now))
        worst, next_ = (ends[-1], ends[-2]) if skew(now, bias=False) > 0 else (ends[0], ends[1])
        now = [next_ if v == worst else v for v in now]
        moved += 1
    if not outlying(now):
        return now
    low, high = min(values), max(values)
    step = (high - low) / 100
    if skew(values, bias=False) >= 0:
        logged = [math.log(v - low + step) for v in values]
    else:
        logged = [-math.log(high - v + step) for v in values]
    return now if outlying(logged) else logged


def scores(data: Path, meta: Path, *, geometric: bool = False) -> dict[str, dict[str, float]]:
    """For each unit its score at every level; a group is unknown where less than half of its weight is known."""
    lines, units = numbers(data, meta)
    normal: dict[str, dict[str, float]] = {unit: {} for unit in units}
    for line in lines:
        if line["Type"] != "Indicator":
            continue
        code = line["iCode"]
        known = [unit for unit in units if code in units[unit]]
        if len(known) < 0.65 * len(units) or len({units[u][code] for u in known}) < 2:
            line["Type"] = "Refused"
            continue
        cleaned = dict(zip(known, treat([units[u][code] for u in known]), strict=True))
        low, high = min(cleaned.values()), max(cleaned.values())
        for unit in known:
            part = (cleaned[unit] - low) / (high - low)
            normal[unit][code] = 1 + 99 * (part if float(line["Direction"]) > 0 else 1 - part)
    made: dict[str, dict[str, float]] = {unit: {} for unit in units}
    for level in (2.0, 3.0, 4.0):
        for line in lines:
            if line["Type"] == "Aggregate" and float(line["Level"]) == level:
                inside = [c for c in lines if c["Parent"] == line["iCode"] and c["Type"] in ("Indicator", "Aggregate")]
                for unit in units:
                    told = [(float(c["Weight"]), (normal[unit] | made[unit])[c["iCode"]]) for c in inside
                            if c["iCode"] in normal[unit] or c["iCode"] in made[unit]]  # fmt: skip
                    whole = sum(float(c["Weight"]) for c in inside)
                    weight = sum(w for w, _v in told)
                    if not told or weight < whole / 2 - 1e-12:
                        continue
                    if geometric:
                        made[unit][line["iCode"]] = math.prod(v ** (w / weight) for w, v in told)
                    else:
                        made[unit][line["iCode"]] = sum(w * v for w, v in told) / weight
    assert mean(len(held) for held in made.values()) > 1
    return made
