"""The page of a country: what each part says, what another viewer sees of it, and the profile on paper."""

from __future__ import annotations

import pytest

from hueandcry.capacity.gaps import actions as gaps
from tests import factory
from tests.capacity.assessment.test_actions import ASPECT, prove, somebody

pytestmark = pytest.mark.usefixtures("database")


def test_a_country_of_which_nothing_is_known_is_unknown_and_not_low() -> None:
    client = factory.signed_in(factory.person(factory.organisation(kind="law-enforcement"), ("officer",)))
    page = client.get("/countries/MZ/").content.decode()
    assert "0 of 62 aspects are known" in page and "62 unknown" in page and "not computed yet" in page
    assert "least developed country, low-income economy" in page and "None is adopted" in page
    assert client.get("/countries/ZZ/").status_code == 404
    assert client.get("/countries/mz/").status_code == 404


def test_a_country_says_what_is_shown_and_what_comes_first() -> None:
    officer, one, other = somebody("officer", "assessor"), somebody(), somebody()
    prove(officer, [one, other], up_to=1)
    gaps.aim(by=officer, aspects=[ASPECT], stage=3, why="Agreed.")
    client = factory.signed_in(factory.person(factory.organisation(), ("reader",)))
    page = client.get("/countries/MZ/").content.decode()
    assert "1 of 62 aspects are known" in page and f"/gaps/MZ/{ASPECT}/" in page and "1 gap" in page
    made = client.get("/countries/MZ/profile.pdf")
    assert made.status_code == 200 and made.content[:5] == b"%PDF-" and len(made.content) > 20_000
    applicant = factory.person(factory.organisation(state="applicant"), ("reader",))
    assert factory.signed_in(applicant).get("/countries/MZ/").status_code in (302, 403)
