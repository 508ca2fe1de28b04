"""What is known of one country: who it is, its picture, stages, treaties, need, gaps, who helps, what comes first.

The caller has entered the viewer: each part is what this viewer sees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from hueandcry.capacity.assessment import queries as assessments
from hueandcry.capacity.assessment import treaties
from hueandcry.capacity.assessment.model import model
from hueandcry.capacity.assessment.stages import AspectStage
from hueandcry.capacity.channels import queries as channels
from hueandcry.capacity.gaps import queries as gaps
from hueandcry.capacity.gaps.classes import CLASSES, OPEN, Classed, first_things_first
from hueandcry.capacity.models import Call, Channel, Consultation, NeedRun, Priority, Resource
from hueandcry.capacity.needs import queries as needs
from hueandcry.capacity.needs import strata
from hueandcry.capacity.priorities import queries as priorities
from hueandcry.capacity.rates import Rate
from hueandcry.capacity.register.state import STANDING
from hueandcry.members.models import Organisation
from hueandcry.members.viewer import Viewer

FIRST = 12  # gaps, resources that are shown


@dataclass(frozen=True, slots=True)
class Country:
    """One country as a viewer knows it on a day. ``rate``: reports of the picture per 100,000 inhabitants with bounds,
    None where there is none; ``stages``: by aspect; ``standing``: by treaty what it has done; ``counted``: its cells by
    class."""

    code: str
    day: date
    groups: tuple[strata.Stratum, ...]
    members: tuple[Organisation, ...]
    rate: Rate | None
    stages: Mapping[str, AspectStage]
    standing: tuple[tuple[treaties.Treaty, treaties.Standing | None], ...]
    run: NeedRun | None
    need: needs.Need | None
    said: tuple[Consultation, ...]
    counted: tuple[tuple[str, int], ...]
    open: tuple[Classed, ...]
    programmes: tuple[Resource, ...]
    resources: tuple[Resource, ...]
    helping: int
    channels: tuple[Channel, ...]
    calls: tuple[Call, ...]
    priorities: tuple[Priority, ...]

    @property
    def known(self) -> list[AspectStage]:
        """The aspects of which something is known."""
        return [each for each in self.stages.values() if each.stage is not None]


def gather(viewer: Viewer, code: str) -> Country:
    """Everything of a country, in a number of statements that does not grow with what is known of it."""
    board = gaps.board(viewer, countries=[code])
    cells = [board.cells[code, key] for key in model().aspects]
    run = needs.newest(viewer)
    rows = Resource.objects.filter(state__in=STANDING, countries__contains=[code])
    rows = rows.order_by("-confirmed_at", "-pk")
    open_cells = [each for each in first_things_first(cells) if each.kind in OPEN]
    helping = rows.exclude(kind=Resource.Kind.PROGRAMME)
    held = treaties.matrix(assessments.statements(viewer, country=code), day=board.day)
    return Country(
        code, board.day, tuple(strata.strata()[key] for key in strata.of(code)),
        tuple(Organisation.objects.filter(country=code, state="vetted").order_by("name")),
        board.rates.get(code), board.stages.get(code, {}),
        tuple((each, held.get((code, key))) for key, each in treaties.treaties().items()),
        run, needs.needs(run).get(code),
        tuple(needs.consultations(viewer, run).get(code, ())) if run else (),
        tuple((kind, sum(cell.kind == kind for cell in cells)) for kind in CLASSES),
        tuple(open_cells[:FIRST]),
        tuple(rows.filter(kind=Resource.Kind.PROGRAMME)[:50]), tuple(helping[:FIRST]), helping.count(),
        tuple(channels.channels(viewer, country=code)),
        tuple(Call.objects.filter(country=code).exclude(state__in=("draft", "withdrawn")).order_by("-pk")[:10]),
        tuple(priorities.touching(viewer, code)),
    )  # fmt: skip
