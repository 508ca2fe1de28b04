"""What a client asks for: types, ids, versions of objects, versions of STIX; each with the others."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connections

from hueandcry.members.models import Person
from tests.exchange.taxii import given
from tests.exchange.taxii.given import STAMP, Taxii, error

pytestmark = pytest.mark.usefixtures("database")
V1, V2, V3 = (f"2026-0{month}-01T00:00:00.000Z" for month in (2, 3, 4))


@pytest.fixture
def three(other: Person) -> dict[str, Any]:
    """One object in three versions, of which the last arrived before the second."""
    shown = given.indicator("first", modified=V1)
    for name, stamp in (("first", V1), ("third", V3), ("second", V2)):
        given.share(other, [{**shown, "name": name, "modified": stamp}])
    return shown


def names(taxii: Taxii, path: str, **query: Any) -> list[str]:
    return [one["name"] for one in taxii.objects(path, **query)]


@pytest.mark.parametrize(
    ("version", "found"),
    [
        (None, ["third"]),
        ("last", ["third"]),
        ("first", ["first"]),
        ("first,last", ["first", "third"]),
        ("all", ["first", "third", "second"]),
        (V2, ["second"]),
        (f"first,{V2}", ["first", "second"]),
        (f"{V1},{V2},{V3}", ["first", "third", "second"]),
        ("2026-03-01T00:00:00Z", ["second"]),
        ("2020-01-01T00:00:00.000Z", []),
    ],
)
@pytest.mark.parametrize("page", ["objects/", "manifest/", "objects/{}/"])
def test_versions(taxii: Taxii, three: dict[str, Any], version: str | None, found: list[str], page: str) -> None:
    path = taxii.collection() + page.format(three["id"])
    query = {"match__version": version} if version else {}
    stamps = {"first": V1, "second": V2, "third": V3}
    if not found and three["id"] in path:
        error(taxii.get(path, **query), 404)
    elif page == "manifest/":
        assert [one["version"] for one in taxii.objects(path, **query)] == [stamps[name] for name in found]
    else:
        assert names(taxii, path, **query) == found


def test_all_versions_are_listed(taxii: Taxii, three: dict[str, Any]) -> None:
    path = taxii.collection() + f"objects/{three['id']}/versions/"
    assert json.loads(taxii.get(path).content) == {"versions": [V1, V3, V2]}
    error(taxii.get(path, match__version="last"), 400)


def test_types_and_ids(taxii: Taxii, other: Person) -> None:
    objects = [given.indicator("a"), given.indicator("b"), given.domain(), given.domain()]
    given.share(other, objects)
    path = taxii.collection() + "objects/"
    shown = [one["id"] for one in objects]

    def found(**query: Any) -> list[str]:
        return [one["id"] for one in taxii.objects(path, **query)]

    assert found(match__type="indicator") == shown[:2]
    assert found(match__type="indicator,domain-name") == shown
    assert found(match__type="malware") == []
    assert found(match__type="x-of-ones-own") == []
    assert found(match__id=shown[3]) == [shown[3]]
    assert found(match__id=f"{shown[3]},{shown[0]}") == [shown[0], shown[3]]
    assert found(match__id=shown[3], match__type="indicator") == [], "all filters hold at once"
    assert found(match__id="no-id-at-all") == []
    manifest = json.loads(taxii.get(taxii.collection() + "manifest/", match__type="domain-name").content)["objects"]
    assert [one["id"] for one in manifest] == shown[2:]


@pytest.mark.parametrize(
    "kind",
    ["attack-pattern", "campaign", "course-of-action", "grouping", "identity", "incident", "indicator",
     "infrastructure", "intrusion-set", "location", "malware", "malware-analysis", "note", "observed-data", "opinion",
     "report", "threat-actor", "tool", "vulnerability", "relationship", "sighting", "artifact", "autonomous-system",
     "directory", "domain-name", "email-addr", "email-message", "file", "ipv4-addr", "ipv6-addr", "mac-addr", "mutex",
     "network-traffic", "process", "software", "url", "user-account", "windows-registry-key", "x509-certificate",
     "marking-definition", "language-content", "extension-definition"],
)  # fmt: skip
def test_no_type_of_stix_is_an_error(taxii: Taxii, kind: str) -> None:
    assert taxii.get(taxii.collection() + "objects/", match__type=kind).status_code == 200


def test_versions_of_stix(taxii: Taxii, other: Person) -> None:
    new = given.indicator("new")
    old = {key: value for key, value in given.indicator("old").items() if key not in ("spec_version", "pattern_type")}
    old["labels"] = ["malicious-activity"]
    both = given.indicator("both, by 2.1", modified=V2)
    both_old = {key: value for key, value in both.items() if key not in ("spec_version", "pattern_type")}
    both_old |= {"name": "both, by 2.0", "modified": V1, "labels": ["malicious-activity"]}
    given.share(other, [new, old, both_old])
    given.share(other, [both])
    path = taxii.collection() + "objects/"
    assert names(taxii, path) == ["new", "old", "both, by 2.1"]
    assert names(taxii, path, match__spec_version="2.1") == ["new", "both, by 2.1"]
    assert names(taxii, path, match__spec_version="2.0") == ["old", "both, by 2.0"]
    assert names(taxii, path, match__spec_version="2.0,2.1", match__version="all") == [
        "new", "old", "both, by 2.0", "both, by 2.1"
    ]  # fmt: skip
    assert names(taxii, path, match__version="all") == ["new", "old", "both, by 2.1"], (
        "the latest that there is of each"
    )
    assert names(taxii, path, match__spec_version="3.0") == []
    one = taxii.collection() + f"objects/{both['id']}/"
    assert names(taxii, one, match__spec_version="2.0") == ["both, by 2.0"]
    assert json.loads(taxii.get(one + "versions/", match__spec_version="2.0").content) == {"versions": [V1]}
    assert json.loads(taxii.get(one + "versions/").content) == {"versions": [V2]}
    manifest = taxii.objects(taxii.collection() + "manifest/")
    assert [media["media_type"][-3:] for media in manifest] == ["2.1", "2.0", "2.1"]


def test_an_object_that_is_there_by_another_version_of_stix_is_an_empty_envelope(taxii: Taxii, other: Person) -> None:
    shown = given.indicator()
    given.share(other, [shown])
    response = taxii.get(taxii.collection() + f"objects/{shown['id']}/", match__spec_version="2.0")
    assert (response.status_code, response.content) == (200, b"{}")


def test_what_has_no_versions_goes_by_when_it_was_added(taxii: Taxii, other: Person) -> None:
    shown = given.domain()
    given.share(other, [shown])
    path = taxii.collection()
    (told,) = taxii.objects(path + "manifest/")
    assert told["version"] == told["date_added"]
    for version in ("last", "first", "all", told["version"]):
        assert taxii.objects(path + "objects/", match__version=version) == [shown]
    assert taxii.objects(path + "objects/", match__version=STAMP) == []
    versions = json.loads(taxii.get(path + f"objects/{shown['id']}/versions/").content)
    assert versions == {"versions": [told["version"]]}


def test_a_marking_goes_by_its_creation(taxii: Taxii, other: Person) -> None:
    marking = {
        "type": "marking-definition", "spec_version": "2.1", "created": "2026-01-02T03:04:05.670Z",
        "id": "marking-definition--0b5b0b5b-0b5b-4b5b-8b5b-0b5b0b5b0b5b", "definition_type": "statement",
        "definition": {"statement": "Ours"},
    }  # fmt: skip
    given.share(other, [marking])
    path = taxii.collection()
    (told,) = taxii.objects(path + "manifest/")
    assert told["version"] == marking["created"]
    for version in ("last", "all", "2026-01-02T03:04:05.670Z", "2026-01-02T03:04:05.67Z"):
        assert taxii.objects(path + "objects/", match__version=version) == [marking], version
    assert taxii.objects(path + "objects/", match__version="2026-01-02T03:04:05.671Z") == []


def test_versions_are_told_as_precisely_as_they_are(taxii: Taxii, other: Person) -> None:
    stamps = ["2026-01-02T03:04:05.000Z", "2026-01-03T03:04:05.120Z", "2026-01-04T03:04:05.123456Z"]
    for stamp in stamps:
        given.share(other, [given.indicator(modified=stamp)])
    assert [one["version"] for one in taxii.objects(taxii.collection() + "manifest/")] == stamps
    assert len(taxii.objects(taxii.collection() + "objects/", match__version=stamps[2])) == 1


def test_objects_come_as_they_were_sent(taxii: Taxii, other: Person) -> None:
    """Custom properties, order of names, numbers, text in any script: to the byte."""
    shown = given.indicator(x_own={"b": 1.50, "a": [None, True, 'Ω \u2028 \\ " é']}, name="«名»")
    raw = json.dumps(shown, ensure_ascii=False, indent=1)
    from hueandcry.exchange import actions
    from hueandcry.exchange.handling import Handling
    from hueandcry.members.models import ALLIANCE
    from tests import factory

    shared = Handling(tlp="GREEN", recipients=(ALLIANCE,))
    actions.receive(by=factory.as_viewer(other), raw=f'{{"objects":[{raw}]}}'.encode(), handling=shared, at_once=True)
    given.publish()
    response = taxii.get(taxii.collection() + "objects/")
    assert response.content == f'{{"objects":[{raw}]}}'.encode()


def test_two_ids_with_one_hash_are_two_objects(taxii: Taxii, other: Person) -> None:
    """Nobody can make such ids, so the hash of one entry is changed into the other's."""
    one, two = given.indicator("one"), given.indicator("two")
    given.share(other, [one, two])
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE exchange_entry SET key = hashtextextended(%s, 0), version = '2026-01-09Z'"
            " WHERE object = (SELECT id FROM exchange_object WHERE key = %s)",
            [one["id"], two["id"]],
        )
    path = taxii.collection() + "objects/"
    assert names(taxii, path, match__id=one["id"]) == ["one"]
    assert names(taxii, path) == ["one", "two"]
