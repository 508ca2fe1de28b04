"""What somebody has shown, and by what: certificates and courses attended. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hueandcry.academy.plans.profile import Held

CERTIFICATE, COURSE = "certificate", "course"
# How the country where somebody works takes a certificate of another one's body
FULL, PART, NOT, UNSAID = "full", "part", "not", "not said"


@dataclass(frozen=True, slots=True)
class Shown:
    """A competence that somebody has shown: ``basis`` (CERTIFICATE or COURSE) with its title and reference, the day it
    was shown, and of another country's certificate how it is recognised ("": of one's own)."""

    held: Held
    basis: str
    title: str
    reference: str
    since: date
    recognised: str = ""


def attended(teaches: Iterable[tuple[str, int]], *, title: str, reference: str, ended: date) -> list[Shown]:
    """What who attended a course was taught; it stands for good, until a certificate speaks of it."""
    return [Shown(Held(code, level), COURSE, title, reference, ended) for code, level in teaches]


def certified(
    competences: Iterable[str], level: int, *, title: str, reference: str, since: date, until: date,
    recognised: str = "", missing: Sequence[str] = (),
) -> list[Shown]:  # fmt: skip
    """What a certificate shows: the competences that were examined, at its level. On the day ``until`` it has ended.
    One that is not recognised shows nothing, one that is in part nothing of what is ``missing`` from it."""
    if recognised == NOT:
        return []
    left_out = set(missing) if recognised == PART else set()
    last = until - timedelta(days=1)
    return [
        Shown(Held(code, level, last), CERTIFICATE, title, reference, since, recognised)
        for code in competences if code not in left_out
    ]  # fmt: skip


def counted(shown: Iterable[Shown], *, taught: bool = True) -> list[Shown]:
    """What counts: certificates, and where ``taught`` courses attended. A certificate of the same competence, at that
    level or above and given once the course had ended, takes its place: when it ends, it has to be shown anew."""
    rows = list(shown)
    certificates = [each for each in rows if each.basis == CERTIFICATE]
    courses = [each for each in rows if each.basis == COURSE and not any(_follows(one, each) for one in certificates)]
    return [*certificates, *courses] if taught else certificates


def _follows(certificate: Shown, course: Shown) -> bool:
    one, other = certificate.held, course.held
    return one.competence == other.competence and one.level >= other.level and certificate.since >= course.since
