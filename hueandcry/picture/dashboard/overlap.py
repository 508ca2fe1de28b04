"""Which kinds of source tell of the same crimes, as far as it may be shown: for the UpSet chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hueandcry.picture.cells import Shown, only
from hueandcry.picture.disclosure import adhoc
from hueandcry.picture.expressions import figures, overlap
from hueandcry.picture.question import SOURCES, Question

if TYPE_CHECKING:
    from hueandcry.picture.freezes.reader import Frozen


def shown(frozen: Frozen, question: Question) -> list[Shown]:
    """Crimes by the set of kinds that told of them; the key is the set's bits. ``question`` counts crimes."""
    cells = overlap.counted(frozen, question)
    whole = only(figures.counted(frozen, question, ("total",)))
    return adhoc.alike(adhoc.shown(cells, partition=(0,), whole=whole))


def kinds(bits: int) -> list[int]:
    """Which of question.SOURCES are in a set."""
    return [at for at in range(len(SOURCES)) if bits >> at & 1]
