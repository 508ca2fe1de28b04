"""Which moves a programme can make, and who makes them. Pure.

One table for pages, actions, the database (its copy is the table programmes_moverule, which a trigger asks; a test
compares them) and the drawing in docs/programmes-moves.md, which is made of it.

Who somebody is to a programme: ``owner`` (an officer of the organisation whose it is), ``office`` (the secretariat),
``appraiser`` (who found it sound, or not, being of another organisation), ``board`` (a seated organisation, once a
ballot about it, or about a portfolio that funds it, was adopted), ``country`` (an officer or administrator of an agency
of the government or of the police of a country it is for), ``evaluator`` (of an organisation that had no part in it).
"""

from __future__ import annotations

from hueandcry.academy.moves import Moves

MACHINE = "programme"
MOVES = Moves(
    {MACHINE: "idea"},
    """
programme idea > draft: owner | idea > dropped: owner | draft > appraisal: owner | draft > dropped: owner
programme appraisal > draft: owner appraiser | appraisal > appraised: appraiser | appraisal > dropped: owner
programme appraised > draft: owner | appraised > approved: board office | appraised > dropped: owner
programme approved > agreed: country | approved > dropped: owner | agreed > running: owner | agreed > dropped: owner
programme running > suspended: owner office | suspended > running: owner office | running > closed: owner
programme suspended > closed: owner office | closed > evaluated: evaluator
""",
)
PUBLIC = ("agreed", "running", "suspended", "closed", "evaluated")  # told to everybody
PLANNED = ("idea", "draft")  # its plan can be written


PAGE = """# Moves of a programme

Drawn of `hueandcry/programmes/life.py`, the one table that pages, actions and the database ask; a test keeps this page
in step (`python -m hueandcry.programmes.life > docs/programmes-moves.md` writes it). An arrow says who may move it.
"""


def page() -> str:
    """docs/programmes-moves.md."""
    return f"{PAGE}\n```mermaid\n{MOVES.drawn(MACHINE)}\n```\n"


if __name__ == "__main__":
    import sys

    sys.stdout.write(page())
