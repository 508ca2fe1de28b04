"""Pages of the reference: who may come in, what stands there, and a file loaded at the page."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hueandcry.picture.reference import crosswalk
from hueandcry.web.numbers import grouped
from tests import factory

pytestmark = pytest.mark.usefixtures("database")

PAGES = ["", "rates/", "denominators/", "crosswalk/", "regions/"]
PEOPLE = (
    b"kind,country,year,value,source\ninhabitants,PT,2023,10516621,INE\ninhabitants,PT,2024,10639726,INE\n"
    b'enterprises,ES,2023,3200000,"=cmd|x"\n'
)
RATES = b"Date,USD,HUF,\n2025-01-15,1.0300,412.6,\n2025-01-14,1.0245,N/A,\n"


def reader() -> Client:
    return factory.signed_in(factory.person(factory.organisation(), ["reader"]))


def office() -> Client:
    return factory.signed_in(factory.person(factory.office(), ["secretary"]))


def text(client: Client, address: str) -> str:
    answer = client.get(f"/picture/reference/{address}")
    assert answer.status_code == 200, address
    return answer.content.decode()


def sent(client: Client, kind: str, raw: bytes, **more: str) -> str:
    file = SimpleUploadedFile("figures.csv", raw)
    answer = client.post(f"/picture/reference/{kind}/load/", {"file": file, **more}, follow=True)
    return answer.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_outsiders(page: str) -> None:
    assert Client().get(f"/picture/reference/{page}").status_code == 302
    left = factory.signed_in(factory.person(factory.organisation(state="left")))
    assert left.get(f"/picture/reference/{page}").url == "/membership/"  # type: ignore[attr-defined]


def test_the_crosswalk_tells_of_laws_alone_and_anybody_may_take_it() -> None:
    got = Client().get("/picture/reference/crosswalk.json")
    assert len(json.loads(got.content)["lines"]) == len(crosswalk.lines())
    table = Client().get("/picture/reference/crosswalk.csv").content.decode()
    assert table.count("\r\n") == len(crosswalk.lines()) + 1
    assert ":n-malware-infection skos:broadMatch :n-budapest-4 ." in (
        Client().get("/picture/reference/crosswalk.ttl").content.decode()
    )
    assert Client().get("/picture/reference/crosswalk.pdf").status_code == 404
    assert Client().get("/picture/reference/crosswalk.csv?version=0.1").status_code == 404


def test_empty_pages_say_which_file_to_take_from_where() -> None:
    client = reader()
    assert "eurofxref-hist.zip" in text(client, "rates/")
    assert "demo_pjan" in text(client, "denominators/")
    assert "nothing loaded" in text(client, "")
    assert "Load it" not in text(client, "rates/"), "the alliance's office loads"


def test_the_office_loads_at_the_page_and_members_read() -> None:
    secretary, client = office(), reader()
    assert "Nothing is wrong: 3 figures" in sent(secretary, "denominators", PEOPLE, act="check")
    assert "No count is loaded yet" in text(client, "denominators/")
    assert "3 figures are loaded, 2023 to 2024: 3 new" in sent(secretary, "denominators", PEOPLE)
    assert "3 figures are loaded" in sent(secretary, "rates", RATES)
    page = text(client, "denominators/?kind=inhabitants&sort=-year")
    assert grouped(10_639_726) in page and grouped(3_200_000) not in page
    assert page.index(grouped(10_639_726)) < page.index(grouped(10_516_621))
    assert "1.03" in text(client, "rates/")
    assert "1.0245" in text(client, "rates/?currency=USD")
    assert "No rate of this currency" in text(client, "rates/?currency=XXX")
    assert "'=cmd|x" in text(client, "denominators/?format=csv")
    assert 'USD,2025-01-14,1.0245,"European Central Bank' in text(client, "rates/?format=csv&currency=USD")
    assert "2025-01-14 – 2025-01-15" in text(client, "")


def test_a_broken_file_is_told_by_row_and_column() -> None:
    secretary = office()
    page = sent(secretary, "denominators", PEOPLE.replace(b"10516621", b"many"))
    assert "Nothing of the file was taken." in page
    assert "Row 2, column &quot;value&quot;: &quot;many&quot; is no whole number" in page
    assert (
        "This field is required" in secretary.post("/picture/reference/rates/load/", {}, follow=True).content.decode()
    )


def test_others_load_nothing() -> None:
    answer = reader().post("/picture/reference/rates/load/", {"file": SimpleUploadedFile("x.csv", RATES)})
    assert answer.status_code == 403
    assert office().post("/picture/reference/weather/load/", {}).status_code == 404


def test_the_crosswalk_both_ways_and_searched() -> None:
    client = reader()
    page = text(client, "crosswalk/")
    assert f"{len(crosswalk.lines())} lines" in page
    assert "/picture/?law=budapest:2" in page
    assert "Looking which doors are there" in page, "what nothing reaches"
    page = text(client, "crosswalk/?way=type&q=phishing&of=budapest")
    assert "3 lines" in page and "/picture/?type=information-gathering/phishing" in page
    assert "No line matches" in text(client, "crosswalk/?q=unicorn")
    assert "3 lines" in text(client, "crosswalk/?relation=narrowMatch&of=dir-2019-713")


def test_regions_name_their_source() -> None:
    page = text(reader(), "regions/")
    assert "Treaty Office" in page and "m49:150" in page
