"""What a viewer may not see does not show: in no page, ``more``, date, manifest, version, nor which is the latest."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connections

from hueandcry.exchange import actions_report
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Report
from hueandcry.members.models import ALLIANCE, EVERYONE, Person
from tests import factory
from tests.exchange.taxii import given
from tests.exchange.taxii.given import Taxii, error

pytestmark = pytest.mark.usefixtures("database")
V1, V2 = "2026-02-01T00:00:00.000Z", "2026-03-01T00:00:00.000Z"
PATH = "collections/alliance/"


def hide(*names: str) -> None:
    """Take objects from everybody's sight but their owner's, and leave their entries: as between an act that narrows a
    report and the publisher's next turn."""
    with connections["owner"].cursor() as cursor:
        for name in names:
            cursor.execute(
                "UPDATE exchange_object o SET audience = s.audience FROM exchange_submission s"
                " WHERE s.id = o.submission AND o.text LIKE %s",
                [f'%"name": "{name}"%'],
            )


def everything(taxii: Taxii) -> dict[str, Any]:
    """All that a client could compare."""
    found: dict[str, Any] = {}
    for page in ("objects/", "manifest/"):
        for query in ({}, {"limit": 1}, {"limit": 2}, {"match__version": "all"}, {"match__version": "first"}):
            response = taxii.get(PATH + page, **query)
            content = json.loads(response.content)
            shown = [one["id"] for one in content.get("objects", [])]
            headers = [response[f"X-TAXII-Date-Added-{which}"] for which in ("First", "Last")]
            found[f"{page} {query}"] = shown, content.get("more"), headers
    return found


def test_hidden_entries_change_nothing_that_can_be_seen(taxii: Taxii, other: Person) -> None:
    shown = [given.indicator("a"), given.indicator("b")]
    given.share(other, shown[:1])
    given.share(other, shown[1:])
    before = everything(taxii)
    assert before["objects/ {}"][0] == [one["id"] for one in shown]
    hidden = given.indicator("hidden")
    given.share(other, [hidden, {**shown[0], "name": "hidden", "modified": V1}, given.domain("hidden.example")])
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE exchange_object o SET audience = s.audience FROM exchange_submission s"
                       " WHERE s.id = o.submission AND o.text LIKE '%hidden%'")  # fmt: skip
    assert everything(taxii) == before
    for page in ("", "versions/"):
        error(taxii.get(f"{PATH}objects/{hidden['id']}/{page}"), 404)
    assert json.loads(taxii.get(f"{PATH}objects/{shown[0]['id']}/versions/").content) == {"versions": [given.STAMP]}


def test_the_latest_is_the_latest_that_shows(taxii: Taxii, other: Person) -> None:
    shown = given.indicator("old", modified=V1)
    given.share(other, [shown])
    given.share(other, [{**shown, "name": "new", "modified": V2}])
    assert [one["name"] for one in taxii.objects(PATH + "objects/")] == ["new"]
    hide("new")
    for page in ("objects/", f"objects/{shown['id']}/"):
        assert [one["name"] for one in taxii.objects(PATH + page)] == ["old"]
    assert [one["version"] for one in taxii.objects(PATH + "manifest/")] == [V1]
    assert [one["name"] for one in given.program(other).objects(PATH + "objects/")] == ["new"]


def test_the_first_is_the_first_that_shows(taxii: Taxii, other: Person) -> None:
    shown = given.indicator("old", modified=V1)
    given.share(other, [shown])
    given.share(other, [{**shown, "name": "new", "modified": V2}])
    hide("old")
    assert [one["name"] for one in taxii.objects(PATH + "objects/", match__version="first")] == ["new"]


def test_of_two_versions_of_stix_the_one_that_shows(taxii: Taxii, other: Person) -> None:
    new = given.indicator("by 2.1", modified=V2)
    old = {key: value for key, value in new.items() if key not in ("spec_version", "pattern_type")}
    given.share(other, [old | {"name": "by 2.0", "modified": V1, "labels": ["malicious-activity"]}])
    given.share(other, [new])
    hide("by 2.1")
    assert [one["name"] for one in taxii.objects(PATH + "objects/", match__version="all")] == ["by 2.0"]


def test_a_copy_for_one_person_by_name_is_theirs_alone(bank: Person, other: Person) -> None:
    """TLP:RED goes into the inbox of the person's organisation and shows to that person."""
    colleague = factory.person(bank.organisation)
    secret, known = given.indicator("secret"), given.indicator("known", modified=V1)
    given.share(other, [known], bank.organisation.principal_id, tlp="AMBER")
    given.share(other, [secret, {**known, "name": "newer", "modified": V2}], bank.principal_id, tlp="RED")
    mine, theirs = given.program(bank), given.program(colleague)
    assert {one["name"] for one in mine.objects("collections/inbox-a-bank/objects/")} == {"secret", "newer"}
    assert {one["name"] for one in theirs.objects("collections/inbox-a-bank/objects/")} == {"known"}
    assert len(mine.objects("collections/inbox-a-bank/manifest/", match__version="all")) == 3
    assert len(theirs.objects("collections/inbox-a-bank/manifest/", match__version="all")) == 1
    error(theirs.get(f"collections/inbox-a-bank/objects/{secret['id']}/"), 404)


def test_collections_of_others_are_not_there(taxii: Taxii, other: Person) -> None:
    factory.circle("Their Ring", [other.organisation])
    theirs = given.program(other)
    given.share(other, given.indicators(2), other.organisation.principal_id)
    for kind in ("inbox", "circle"):
        path = theirs.collection(kind)
        for page in ("", "objects/", "manifest/"):
            assert theirs.get(path + page).status_code == 200
            error(taxii.get(path + page), 404)
        error(taxii.post(path + "objects/", given.envelope(given.indicators(1))), 404)
        error(taxii.delete(path + f"objects/{given.indicator()['id']}/"), 404)
    assert "Their Ring" not in taxii.get("collections/").content.decode()


def test_who_leaves_a_circle_leaves_its_collection(taxii: Taxii, bank: Person, other: Person) -> None:
    ring = factory.circle("The Ring", [bank.organisation, other.organisation])
    given.share(other, given.indicators(3), ring.principal_id, tlp="AMBER")
    path = taxii.collection("circle")
    place = json.loads(taxii.get(path + "objects/", limit=1).content)["next"]
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM members_circlemember WHERE organisation_id = %s", [bank.organisation_id])
    error(taxii.get(path + "objects/", next=place), 404)
    error(taxii.get(path), 404)


def test_a_report_that_is_narrowed_goes_from_the_collection(taxii: Taxii, other: Person) -> None:
    given.share(other, [given.indicator("stays")])
    given.share(other, [given.indicator("goes")])
    by = factory.as_viewer(other)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT report_id FROM exchange_object WHERE text LIKE %s", ['%"name": "goes"%'])
        report = cursor.fetchone()[0]
    actions_report.handle(by=by, report=report, handling=Handling(tlp="AMBER", recipients=()), reason="too wide")
    assert [one["name"] for one in taxii.objects(PATH + "objects/")] == ["stays"]
    assert [one["name"] for one in given.program(other).objects(PATH + "objects/")] in (["stays"], ["stays", "goes"])


@pytest.mark.parametrize(
    ("more", "passive", "active"),
    [
        ({"codes": ("H2",)}, False, False),
        ({"codes": ("H3",)}, False, False),
        ({"pap": "AMBER"}, True, False),
        ({"pap": "RED"}, False, False),
        ({"pap": "GREEN"}, True, True),
        ({"codes": ("H0", "H1")}, True, True),
    ],
)
def test_what_handling_closes_is_not_there(
    bank: Person, other: Person, more: dict[str, Any], passive: bool, active: bool
) -> None:
    """Gates: as if it did not exist, in every page; its owner has it always."""
    given.share(other, [given.indicator("open")])
    closed = given.indicator("closed")
    if "H3" in more.get("codes", ()):
        more = more | {"restriction": "Ask before you act."} if _takes_restriction() else more
    given.share(other, [closed], ALLIANCE, **more)
    for use, visible in (("passive", passive), ("active", active)):
        program = given.program(bank, use=use)
        names = ["open", "closed"] if visible else ["open"]
        assert [one["name"] for one in program.objects(PATH + "objects/")] == names
        assert len(program.objects(PATH + "manifest/")) == len(names)
        assert bool(json.loads(program.get(PATH + "objects/", limit=1).content).get("more")) is visible
        for page in ("", "versions/"):
            assert program.get(f"{PATH}objects/{closed['id']}/{page}").status_code == (200 if visible else 404)
    assert len(given.program(other).objects(PATH + "objects/")) == 2


def _takes_restriction() -> bool:
    return "restriction" in Handling.__dataclass_fields__


def test_what_is_public_is_the_same_for_a_stranger(taxii: Taxii, bank: Person) -> None:
    given.share(bank, [given.indicator("public")], EVERYONE, tlp="CLEAR")
    given.share(bank, [given.indicator("not to be passed on")], EVERYONE, tlp="CLEAR", codes=("H2",))
    assert [one["name"] for one in Taxii().objects("collections/public/objects/")] == ["public"]
    assert len(taxii.objects("collections/public/objects/")) == 2
    assert Report.objects.count() == 0, "without a viewer nothing shows"
