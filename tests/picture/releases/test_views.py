"""Pages of releases: for everybody what is published, for the office its drafts."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from django.test import Client
from procrastinate import testing
from procrastinate.contrib.django import app

from hueandcry.members.models import Person
from hueandcry.picture.models import Release
from hueandcry.picture.releases import tasks
from tests import factory
from tests.picture.releases import small

pytestmark = pytest.mark.usefixtures("database")
ROOT = "/picture/releases/"


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_nothing_is_published_yet() -> None:
    page = text(Client(), ROOT)
    assert "Nothing is published yet" in page
    assert "Begin a release" not in page
    assert ElementTree.fromstring(Client().get(ROOT + "releases.atom").content).tag.endswith("feed")  # noqa: S314 - our own
    assert Client().get(ROOT + "1/").status_code == 404


def test_from_draft_to_correction() -> None:
    small.filled()
    office = factory.office()
    secretary: Person = factory.person(office, ["secretary"])
    inside, outside = factory.signed_in(secretary), Client()
    given = {"title": "Cybercrime <b>in</b> 2025", "first": small.FIRST, "last": "2025-03"}
    member = factory.signed_in(factory.person(factory.organisation(), ["administrator"]))
    assert member.post(ROOT + "draft/", given).status_code == 403
    assert outside.post(ROOT + "draft/", given).status_code == 302
    with app.replace_connector(testing.InMemoryConnector()) as queue:
        assert inside.post(ROOT + "draft/", {"title": "A", "first": "x", "last": "y"}).url == ROOT  # type: ignore[attr-defined]
        draft = inside.post(ROOT + "draft/", given).url  # type: ignore[attr-defined]
        jobs = list(queue.connector.jobs.values())
        assert [job["task_name"] for job in jobs] == ["make_release"]
        assert "Making the figures" in text(inside, draft)
        assert "0 of 5" in text(inside, draft + "progress/")
        tasks.make_release(**jobs[0]["args"])
    for client in (outside, member):
        assert client.get(draft).status_code in (302, 403)
        assert client.get(draft + "files/release.json").status_code in (302, 403)
        assert client.post(draft + "publish/").status_code in (302, 403)
        assert "Cybercrime" not in text(client, ROOT)
    page = text(inside, draft)
    assert "Only the secretariat sees it" in page
    assert 'class="btn btn-primary" type="submit"' in page
    assert inside.get(draft + "files/release.json")["Cache-Control"] == "private, no-store"
    assert inside.post(draft + "publish/").url == ROOT + "1/"  # type: ignore[attr-defined]
    _everybody_reads_it(outside)
    with app.replace_connector(testing.InMemoryConnector()):
        inside.post(ROOT + "1/correct/", {"why": ""})
        assert Release.objects.using("owner").count() == 1
        fixed = inside.post(ROOT + "1/correct/", {"why": "A source was left out."}).url  # type: ignore[attr-defined]
    assert "A source was left out." in text(inside, fixed)
    tasks.make_release(fixed.rstrip("/").rsplit("/", 1)[1], secretary.pk)
    inside.post(fixed + "publish/")
    assert "Release 2 corrects it" in text(outside, ROOT + "1/")
    assert "Corrects release 1" in text(outside, ROOT + "2/")
    feed = ElementTree.fromstring(outside.get(ROOT + "releases.atom").content)  # noqa: S314 - our own
    titles = [each.text for each in feed.iter("{http://www.w3.org/2005/Atom}title")]
    assert titles[1:] == [
        "Release 2: Cybercrime <b>in</b> 2025 (corrects release 1)",
        "Release 1: Cybercrime <b>in</b> 2025",
    ]


def _everybody_reads_it(outside: Client) -> None:
    page = text(outside, ROOT + "1/")
    assert "&lt;b&gt;in&lt;/b&gt;" in page
    assert "refused" in page and "suppressed" in page
    assert 'class="num withheld">suppressed' in page
    assert "Release 1, method" in page, "how to cite it"
    held = Release.objects.using("owner").get()
    for file in held.manifest["files"]:
        if not file["name"].endswith("-metadata.json"):
            assert file["sha256"] in page, file["name"]
    answer = outside.get(ROOT + "1/overall.csv")
    assert answer.status_code == 200
    assert "immutable" in answer["Cache-Control"] and answer["Cache-Control"].startswith("public")
    assert len(answer["ETag"]) == 66
    assert outside.get(ROOT + "1/overall.csv", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert outside.get(ROOT + "1/freeze.parquet").status_code == 404
    assert "Begin a release" not in page and "Correct it" not in page


def test_figures_lead_to_sections_of_the_method() -> None:
    page = text(Client(), "/picture/method/")
    for anchor in ("reported", "distinct", "estimated", "time", "protection", "releases"):
        assert f'<section id="{anchor}">' in page
    assert page.count('<h2 id="') == 12
    assert "**" not in page and "<code>hueandcry picture reproduce RELEASE</code>" in page


def test_robots_read_what_is_published_alone() -> None:
    lines = text(Client(), "/robots.txt").splitlines()
    assert lines == ["User-agent: *", "Allow: /picture/releases/", "Allow: /picture/method/", "Disallow: /"]
    assert ROOT in text(Client(), "/"), "whoever is signed out finds the releases"
