"""Loading: by the alliance's office alone, whole or not at all, twice the same, with an act in the record."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from hueandcry.audit.models import Act
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import ANYONE, Viewer, viewer
from hueandcry.picture.models import Denominator, ExchangeRate
from hueandcry.picture.reference import actions
from hueandcry.picture.reference.csv_file import BadFile
from tests import factory

pytestmark = pytest.mark.usefixtures("database")

RATES = b"Date,USD,HUF,\n2025-01-15,1.0300,412.6,\n2025-01-14,1.0245,N/A,\n"
PEOPLE = b"kind,country,year,value,source\ninhabitants,PT,2024,10639726,INE\n"


@pytest.fixture
def secretary() -> Viewer:
    return factory.as_viewer(factory.person(factory.office(), ["secretary"]))


def test_a_file_twice_is_a_file_once(secretary: Viewer) -> None:
    once = actions.load(by=secretary, kind="rates", raw=RATES)
    assert (once.read, once.new, once.changed, once.same) == (3, 3, 0, 0)
    assert (once.first, once.last, once.passed) == ("2025-01-14", "2025-01-15", {"no rate was set": 1})
    again = actions.load(by=secretary, kind="rates", raw=RATES)
    assert (again.new, again.changed, again.same) == (0, 0, 3)
    mended = actions.load(by=secretary, kind="rates", raw=RATES.replace(b"1.0300", b"1.0301"))
    assert (mended.new, mended.changed, mended.same) == (0, 1, 2)
    with viewer(secretary):
        assert ExchangeRate.objects.get(currency="USD", day=date(2025, 1, 15)).per_euro == Decimal("1.0301")
        assert ExchangeRate.objects.count() == 3
    acts = list(Act.objects.using("owner").filter(verb="load").order_by("pk").values_list("kind", "count", "detail"))
    assert [(kind, count, detail["new"], detail["changed"]) for kind, count, detail in acts] == [
        ("picture rates", 3, 3, 0), ("picture rates", 3, 0, 0), ("picture rates", 3, 0, 1),
    ]  # fmt: skip


def test_a_dry_run_keeps_nothing(secretary: Viewer) -> None:
    done = actions.load(by=secretary, kind="denominators", raw=PEOPLE, dry_run=True)
    assert (done.read, done.new, done.dry_run) == (1, 1, True)
    with viewer(secretary):
        assert not Denominator.objects.exists()
    assert not Act.objects.using("owner").filter(verb="load").exists()


def test_nothing_of_a_broken_file_is_kept(secretary: Viewer) -> None:
    with pytest.raises(BadFile, match="Row 3"):
        actions.load(by=secretary, kind="denominators", raw=PEOPLE + b"inhabitants,ZZ,2024,5,INE\n")
    with pytest.raises(BadFile):
        actions.load(by=secretary, kind="weather", raw=PEOPLE)
    with viewer(secretary):
        assert not Denominator.objects.exists()


def test_others_may_not() -> None:
    analyst = factory.as_viewer(factory.person(factory.organisation(), ["administrator", "analyst"]))
    for by in (analyst, ANYONE, factory.as_viewer(factory.person(factory.office(), ["reader"]))):
        with pytest.raises(Refused):
            actions.load(by=by, kind="rates", raw=RATES)


def test_row_level_security_holds_without_the_action(secretary: Viewer) -> None:
    actions.load(by=secretary, kind="denominators", raw=PEOPLE)
    member = factory.as_viewer(factory.person(factory.organisation(), ["administrator"]))
    with viewer(member):
        assert Denominator.objects.count() == 1
        assert Denominator.objects.update(value=1) == 0, "a member reads and does not write"
    with viewer(ANYONE):
        assert Denominator.objects.count() == 0
