"""An attack on the picture: does anybody's report exist? One case, few cases and none have to look alike everywhere."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from hueandcry.picture import queries
from hueandcry.picture.freezes import actions
from tests import factory
from tests.picture import rows

pytestmark = pytest.mark.usefixtures("database")
SECRET = {
    "main_class": "malicious-code", "victim_countries": ["LU"], "victim_sector": "R",
    "occurred_from": datetime(2025, 3, 9, tzinfo=UTC), "techniques": ["T1486"],
}  # fmt: skip
QUESTIONS = ("country=LU&number=reported", "technique=T1486", "from=2025-03&to=2025-03", "country=PT&country=LU")
CHARTS = ("class-by-sector", "techniques", "countries")  # the page holds all of them


def _answers(client: Client) -> dict[str, tuple[int, str]]:
    """All that the picture says, but for what names the freeze and for the noise of what may be shown."""
    told = {}
    asked = [f"/picture/?{question}" for question in QUESTIONS]
    asked += [f"/picture/{chart}.csv" for chart in CHARTS]
    asked += ["/picture/", "/picture/countries/"]
    for address in asked:
        answer = client.get(address)
        text = re.sub(r"<(head|script|form)\b.*?</\1>", "", answer.content.decode(), flags=re.S)
        text = "\n".join(line for line in text.splitlines() if not line.lstrip('"').startswith("# "))
        text = re.sub(r"freeze[ -]\d+|sha256[^\n]*|\b[0-9a-f]{16,}\b|\d\d:\d\d", "", text)
        told[address] = (answer.status_code, re.sub(r"\d+(?:[.,\u202f]\d+)*", "#", text))
    return told


def test_whether_there_is_a_case_shows_nowhere() -> None:
    """The same alliance, without and with two secret reports, asked all the same questions."""
    made = rows.bodies(4)
    for month in (6, 7, 8):
        day = datetime(2025, month, 4, tzinfo=UTC)
        rows.put(made, 40, occurred_from=day, techniques=["T1566"])
        spain = {"victim_countries": ["ES"], "victim_sector": "K", "techniques": ["T1059"]}
        rows.put(made, 40, main_class="intrusions", occurred_from=day, **spain)
    analyst = factory.signed_in(factory.person(made[0]))
    told = []
    for more in (0, 2):
        rows.put(made[1:2], more, **SECRET)
        actions.take()
        queries.forget()
        told.append(_answers(analyst))
    assert all(status in (200, 404) for status, _text in told[0].values())
    assert sum(status == 200 for status, _text in told[0].values()) > len(QUESTIONS) + 3
    for some in told[1:]:
        assert [address for address in told[0] if told[0][address] != some[address]] == []
