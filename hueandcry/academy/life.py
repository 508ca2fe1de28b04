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

from hueandcry.academy.moves import Moves

MOVES = Moves(
    {
        "course": "draft",
        "session": "planned",
        "enrolment": "asked",
        "accreditation": "draft",
        "candidacy": "applied",
        "certificate": "valid",
    },
    """
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
""",
)


PAGE = """# Moves of the academy

Drawn of `hueandcry/academy/life.py`, the one table that pages, actions and the database ask; a test keeps this page in
step (`python -m hueandcry.academy.life > docs/academy-moves.md` writes it). An arrow says who may make the move.
"""


def page() -> str:
    """docs/academy-moves.md."""
    return PAGE + "".join(f"\n## {each.capitalize()}\n\n```mermaid\n{MOVES.drawn(each)}\n```\n" for each in MOVES.first)


if __name__ == "__main__":
    import sys

    sys.stdout.write(page())
