"""The page of a country and its briefing: two pages whatever there is, and nothing beyond what the page shows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.template.loader import render_to_string

from hueandcry.picture.countries import briefing, drawing
from hueandcry.picture.countries.drawing import Point
from hueandcry.picture.freezes import actions
from tests import factory
from tests.picture import rows


def test_the_trend_draws_its_band_breaks_where_held_back_and_escapes() -> None:
    points = [
        Point("2025-01", 100), Point("2025-02", None), Point("2025-03", 120), Point("2025-04", 110),
        Point("2025-05", 60, 115, 90, 150, provisional=True), Point("2025-06", None, 118, 80, 170, forecast=True),
    ]  # fmt: skip
    made = drawing.trend(points, ("<late>", "ahead"))
    assert "<polygon" in made
    assert "url(#late)" in made
    assert "&lt;late&gt;" in made
    assert "<late>" not in made
    line = made.split('<path d="')[1].split('"')[0]
    assert line.count("M") == 2, "a month that is held back is a gap, not nought"
    assert drawing.trend(points[:1], ("a", "b")) == ""


@pytest.mark.usefixtures("database")
def test_a_country_and_its_briefing_of_two_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    client = factory.signed_in(factory.person(factory.organisation(), ["reader"]))
    assert "No picture yet" in client.get("/picture/countries/PT/").content.decode()
    three = rows.bodies(3)
    for month in range(1, 13):
        rows.put(three, 36, reported_at=datetime(2025, month, 5, tzinfo=UTC))
    rows.put(three, 4, victim_countries=["ES"])
    rows.put(three, 40, victim_countries=["FR"], victim_sector="C")
    actions.take()
    page = client.get("/picture/countries/PT/").content.decode()
    assert "Portugal" in page
    assert "Estimated, reported or not" in page
    assert "No rate: nobody has loaded" in page
    assert "Manufacturing (C)" in page, "a sector with numbers elsewhere and none here is named as silent"
    few = client.get("/picture/countries/ES/").content.decode()
    assert "Too few to show without showing whose" in few
    assert client.get("/picture/countries/ES/briefing.pdf").status_code == 404
    assert client.get("/picture/countries/XQ/").status_code == 404
    listed = client.get("/picture/countries/").content.decode()
    assert 'href="/picture/countries/PT/"' in listed
    if why := briefing.missing():
        pytest.skip(why)
    kept: list[dict[str, Any]] = []
    drawn = briefing.pdf
    monkeypatch.setattr(briefing, "pdf", lambda made: kept.append(made) or drawn(made))
    answer = client.get("/picture/countries/PT/briefing.pdf")
    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Type"] == "application/pdf"
    assert len(kept) == 1
    import weasyprint

    page = weasyprint.HTML(string=render_to_string("picture/countries/briefing.html", kept[0]))
    laid = page.render(stylesheets=[weasyprint.CSS(filename=briefing.STYLE)])
    assert len(laid.pages) == 2
    monkeypatch.setattr(briefing, "pdf", lambda made: kept.append(made) or b"%PDF")
    client.get("/picture/countries/FR/briefing.pdf")
    assert not kept[1]["trend"]
    thin = weasyprint.HTML(string=render_to_string("picture/countries/briefing.html", kept[1]))
    first = thin.render(stylesheets=[weasyprint.CSS(filename=briefing.STYLE)]).pages[0]
    assert "What it is, and whom it hits" in [mark[1] for mark in first.bookmarks], "the first page is not left empty"
    for said in ("What we do not know", "What to do next", "To cite:", "freeze"):
        assert said in render_to_string("picture/countries/briefing.html", kept[0])
