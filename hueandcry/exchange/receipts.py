"""The receipt of a submission: so many read, stored, already known, refused, each refusal with its place and reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hueandcry.exchange.models import Remark, Submission
from hueandcry.exchange.table import COLUMNS, GUESSED
from hueandcry.members.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a submission; read = stored + known + refused, each counting objects."""

    reference: UUID
    state: str
    format: str
    filename: str
    sha256: str
    size: int
    received_at: datetime
    finished_at: datetime | None
    read: int
    stored: int
    known: int
    refused: int
    reports: int
    place: str  # where reading stopped, when it could not be read
    reason: str
    refusals: list[tuple[str, str]]  # (place, reason)
    losses: list[tuple[str, str]]  # (place, what could not be carried)


def receipt(viewer: Viewer, submission: int | UUID, *, remarks: int | None = None) -> Receipt:
    """The receipt by id or reference; ``remarks`` bounds how many refusals and losses come with it (None: all).

    Raises Submission.DoesNotExist where the viewer may not see it.
    """
    wanted = {"reference": submission} if isinstance(submission, UUID) else {"pk": submission}
    kept = Submission.objects.get(**wanted)
    return Receipt(
        kept.reference, kept.state, kept.format, kept.filename, bytes(kept.sha256).hex(), kept.size, kept.received_at,
        kept.finished_at, kept.read, kept.stored, kept.known, kept.refused, kept.reports, kept.place, kept.reason,
        _remarks(kept.pk, "refusal", remarks), _remarks(kept.pk, "loss", remarks),
    )  # fmt: skip


def _remarks(submission: int, kind: str, most: int | None) -> list[tuple[str, str]]:
    rows = Remark.objects.filter(submission_id=submission, kind=kind).order_by("id").values_list("place", "reason")
    return list(rows[:most])


def on_columns(submission: int) -> tuple[str, int]:
    """How many columns of a table were not read, and which ("" where all were); and how many remarks speak of columns
    as a whole."""
    told = Remark.objects.filter(submission_id=submission, kind=Remark.Kind.LOSS, place__in=(COLUMNS, GUESSED))
    found = dict(told.values_list("place", "reason"))
    return found.get(COLUMNS, ""), len(found)
