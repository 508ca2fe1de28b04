"""The agreement: the file says what the program takes it for, and nothing in it is left out."""

from __future__ import annotations

import pytest

from hueandcry.members import agreement
from hueandcry.members.actions import AGREEMENT
from tests import factory


def test_the_file_is_the_version_that_members_accept() -> None:
    assert agreement.current().version == AGREEMENT


def test_it_treats_what_an_agreement_has_to() -> None:
    text = agreement.FILE.read_text(encoding="utf-8")
    for word in ("TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER ", "TLP:GREEN", "TLP:CLEAR", "legal basis", "withdraw"):
        assert word in text
    assert all(section.points for section in agreement.current().sections)


@pytest.mark.parametrize("line", ["a paragraph", "### too deep", "- a point before any section", "# second title"])
def test_a_line_that_would_be_lost_is_an_error(line: str) -> None:
    start = "# Title\n" if line.startswith("# ") else ""
    with pytest.raises(ValueError, match="neither heading nor point"):
        agreement.parse(start + line)


@pytest.mark.usefixtures("database")
def test_accepting_it_on_the_page() -> None:
    one = factory.organisation("One")
    secretary = factory.signed_in(factory.person(factory.office(), ["secretary"]))
    assert "2 members have not accepted" in secretary.get("/agreement/").content.decode()
    reader = factory.signed_in(factory.person(one, ["reader"]))
    assert "Accept it for my organisation" not in reader.get("/agreement/").content.decode()
    client = factory.signed_in(factory.person(one, ["administrator"], name="Ana Admin"))
    assert "Accept it for my organisation" in client.get("/agreement/").content.decode()
    page = client.post("/agreement/accept/", {"version": AGREEMENT}, follow=True).content.decode()
    assert "by Ana Admin" in page
    assert "1 member has not accepted" in secretary.get("/agreement/").content.decode()
    listed = secretary.get("/organisations/?agreement=missing&state=vetted").context["page"].rows
    assert [body.name for body in listed] == ["Secretariat"]
