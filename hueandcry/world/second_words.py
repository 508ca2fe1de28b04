"""The second simulated world: what a report calls a crime, and the words of its account as a sketch of hashes."""

from __future__ import annotations

from typing import Final

import numpy as np

from hueandcry.world.second_crimes import NEVER, Crimes, Flags, Floats, Ints, hashed
from hueandcry.world.second_desks import Desks, worse

WRITES: Final = (0.35, 0.75, 0.3, 0.5, 0.85)  # share of reports with an account in words
LANGUAGES: Final = (0, 1, 2, 3, 3, 4, 5, 6, 7, 8, 8, 9, 10, 11)  # by country; Swiss and Austrians write German


def words(
    rng: np.random.Generator, crimes: Crimes, desks: Desks, crime: Ints, desk: Ints, source: Ints, noise: float
) -> tuple[Ints, Ints, Ints]:
    """(label, wrong class, sketch of the account) of each report."""
    label = np.where(rng.random(len(crime)) < 0.15, 0, hashed(71, desks.vocabulary[desk], crimes.way[crime]))
    wrong = np.where(rng.random(len(crime)) < worse(0.05, noise), rng.integers(0, 9, len(crime)), NEVER)
    writes = rng.random(len(crime)) < np.array(WRITES)[desks.kind[desk]]
    quotes = (source != NEVER) & (rng.random(len(crime)) < 0.7)
    parts = [
        _sketch(crimes, desks, crime, desk, source, writes, quotes, at, min(at + 50_000, len(crime)), noise)
        for at in range(0, len(crime), 50_000)
    ]
    return label, wrong, np.concatenate(parts)


_NONE: Final = np.iinfo(np.int64).max


def _sketch(
    crimes: Crimes, desks: Desks, crime: Ints, desk: Ints, source: Ints, writes: Flags, quotes: Flags, start: int,
    end: int, noise: float,
) -> Ints:  # fmt: skip
    """The 32 smallest hashes of words of reports ``start`` to ``end``, as facts have them."""
    report = np.arange(start, end)
    own = _told_words(crimes, desks, crime, desk, report, noise)
    own[~writes[report]] = _NONE
    copying = quotes[report]
    if copying.any():
        words = _told_words(crimes, desks, crime, desk, source[report[copying]], noise)
        words[_chance(79, report[copying][:, None], np.arange(words.shape[1])) > 0.45] = _NONE
        own[copying] = words
    own.sort(axis=1)
    own[:, 1:][own[:, 1:] == own[:, :-1]] = _NONE
    own.sort(axis=1)
    return own[:, :32]


def _told_words(crimes: Crimes, desks: Desks, crime: Ints, desk: Ints, report: Ints, noise: float) -> Ints:
    """Hashes of words of each of these reports, by hashing alone, so that a copy finds its source's words again.

    Of the language, the desk's own phrases, the way of cheating, what the group says to all, this crime, this report.
    """
    by, of = desk[report][:, None], crime[report][:, None]
    language = np.array(LANGUAGES)[desks.country[by]]
    said = np.where(crimes.group[of] == NEVER, hashed(83, of), hashed(89, crimes.group[of], crimes.burst[of]))
    rows: list[Ints] = []
    for number, (words, known, spoken, topic) in enumerate((
        (12, 70, 1.0, language), (6, 6, 0.9, 1_000 + by), (10, 45, 1.0, crimes.way[of]), (18, 18, 0.7, said),
        (9, 9, 0.55, of), (5, 5, 1.0, report[:, None]),
    )):  # fmt: skip
        nth = np.arange(words)
        which = nth if words == known else (hashed(97, number, report[:, None], nth) % known + known) % known
        made = hashed(101, number, language, topic, which)
        made = np.where(_chance(103 + number, report[:, None], nth) < spoken, made, _NONE)
        rows.append(np.broadcast_to(made, (len(report), words)))
    found = np.concatenate(rows, axis=1)
    slip = _chance(127, report[:, None], np.arange(found.shape[1])) < worse(0.025, noise)
    return np.where(slip & (found != _NONE), hashed(131, found, report[:, None]), found)


def _chance(*parts: Ints | int) -> Floats:
    """Evenly drawn from 0 to 1 by hashing."""
    return (hashed(*parts) >> np.int64(11)).astype(np.float64) / 2.0**53 + 0.5
