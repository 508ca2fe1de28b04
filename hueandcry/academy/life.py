"""Which moves courses, sessions, enrolments, accreditations, candidacies and certificates can make, and who makes them.
Pure.

One table for pages, actions, the database (its copy is the table academy_moverule, which every trigger asks;
a test compares them) and the drawings in docs/academy-moves.md, which are made of it.

Who somebody is to a thing: ``provider`` (gives the course), ``person`` (takes part), ``home`` (may answer for the
agency they come from), ``applicant``, ``office`` (the secretariat), ``assessor``, ``panel`` (decides, did not assess),
``appeal`` (decides anew, did neither), ``candidate``, ``body`` (who examines), ``marker``, ``decider`` (neither trained
nor marked).
"""

from __future__ import annotations

from typing import NamedTuple


class Move(NamedTuple):
    """From one state to another, by whom."""

    machine: str
    before: str
    after: str
    who: str


_TOLD = """
course        draft > published: provider | published > retired: provider | draft > retired: provider
session       planned > open: provider | open > held: provider | planned > cancelled: provider
session       open > cancelled: provider
enrolment     asked > approved: home | asked > refused: home | approved > placed: home provider
enrolment     approved > waiting: home provider | waiting > placed: provider | placed > attended: provider
enrolment     placed > absent: provider | asked > withdrawn: person | waiting > withdrawn: person home
enrolment     placed > withdrawn: person home | approved > withdrawn: person home
accreditation draft > applied: applicant | draft > abandoned: applicant | applied > abandoned: applicant
accreditation applied > review: office | review > corrective: assessor | corrective > review: applicant
accreditation review > abandoned: applicant | corrective > abandoned: applicant | review > decision: assessor
accreditation decision > accredited: panel | decision > refused: panel | refused > appealed: applicant
accreditation appealed > accredited: appeal | appealed > upheld: appeal | accredited > suspended: panel office
accreditation suspended > accredited: panel | accredited > withdrawn: panel | suspended > withdrawn: panel
accreditation accredited > expired: office | suspended > expired: office
candidacy     applied > eligible: body | applied > ineligible: body | applied > left: candidate
candidacy     eligible > left: candidate
candidacy     eligible > sitting: body | sitting > examined: candidate body | examined > marked: marker
candidacy     marked > certified: decider | marked > refused: decider | refused > appealed: candidate
candidacy     appealed > certified: appeal | appealed > upheld: appeal | appealed > eligible: appeal
certificate   valid > suspended: decider | suspended > valid: decider | valid > withdrawn: decider
certificate   suspended > withdrawn: decider | valid > expired: body | suspended > expired: body
certificate   withdrawn > valid: appeal
"""


def _read() -> frozenset[Move]:
    made = set()
    for line in _TOLD.strip().splitlines():
        machine, moves = line.split(maxsplit=1)
        for each in moves.split("|"):
            states, who = each.split(":")
            before, after = (state.strip() for state in states.split(">"))
            made |= {Move(machine, before, after, one) for one in who.split()}
    return frozenset(made)


MOVES = _read()
MACHINES = tuple(dict.fromkeys(line.split()[0] for line in _TOLD.strip().splitlines()))
FIRST = {
    "course": "draft",
    "session": "planned",
    "enrolment": "asked",
    "accreditation": "draft",
    "candidacy": "applied",
    "certificate": "valid",
}


def states(machine: str) -> list[str]:
    """The states of a machine, the first first."""
    told = [FIRST[machine]]
    for line in _TOLD.strip().splitlines():
        name, moves = line.split(maxsplit=1)
        if name == machine:
            for each in moves.split("|"):
                told += (state.strip() for state in each.split(":")[0].split(">"))
    return list(dict.fromkeys(told))


def may(machine: str, before: str, after: str, who: str) -> bool:
    """Whether somebody who is ``who`` to the thing may move it so."""
    return Move(machine, before, after, who) in MOVES


def drawn(machine: str) -> str:
    """The moves of a machine as a Mermaid state diagram, for the docs."""
    pairs: dict[tuple[str, str], list[str]] = {}
    order = states(machine)
    for move in MOVES:
        if move.machine == machine:
            pairs.setdefault((move.before, move.after), []).append(move.who)
    lines = [
        f"    {before} --> {after}: {', '.join(sorted(pairs[before, after]))}"
        for before, after in sorted(pairs, key=lambda pair: (order.index(pair[0]), order.index(pair[1])))
    ]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {FIRST[machine]}", *lines])


PAGE = """# Moves of the academy

Drawn of `hueandcry/academy/life.py`, the one table that pages, actions and the database ask; a test keeps this page in
step (`python -m hueandcry.academy.life > docs/academy-moves.md` writes it). An arrow says who may make the move.
"""


def page() -> str:
    """docs/academy-moves.md."""
    return PAGE + "".join(f"\n## {each.capitalize()}\n\n```mermaid\n{drawn(each)}\n```\n" for each in MACHINES)


if __name__ == "__main__":
    import sys

    sys.stdout.write(page())
