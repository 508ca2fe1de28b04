"""Certificate, accreditation, root: what holds, and every way in which it does not. The network is cut, as always."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openvc.multibase import encode_multibase
from openvc.proof.contexts import document_loader
from openvc.proof.data_integrity import _hash_data

from hueandcry.academy.credentials import baked, trust
from hueandcry.academy.credentials.contexts import served
from hueandcry.academy.credentials.issue import Achievement, signed
from hueandcry.academy.credentials.trust import Root
from hueandcry.academy.credentials.verify import Checker, Verdict
from tests.academy.credentials.chains import AT, COVERED, OTHER, PROVIDER, ROOT, YEAR, Chain, certificate

GOOD = certificate()
BUNDLE = Chain().bundle()


def _codes(verdict: Verdict) -> set[tuple[str, str]]:
    return {(problem.of, problem.code) for problem in verdict.problems}


def test_a_whole_chain_holds_and_says_who_vouches() -> None:
    found = Checker(BUNDLE, at=AT).credential(GOOD, about="Anna@Police.example ")
    assert found.valid, found.problems
    assert [(link.what, link.holds) for link in found.chain] == [
        ("credential", True), ("accreditation", True), ("root", True)]  # fmt: skip
    assert found.issuer == {"id": PROVIDER.did, "name": "Police Academy"}
    assert found.achievement["name"] == "Digital forensics examiner, EQF 6"


def test_the_bundle_survives_its_file() -> None:
    again = trust.read(trust.written(BUNDLE))
    assert again == BUNDLE
    assert Checker(again, at=AT).credential(GOOD).valid


def _changed(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    made = copy.deepcopy(GOOD)
    change(made)
    return made


FORGED = {
    "another name": lambda d: d["credentialSubject"]["achievement"].update(name="Head of unit"),
    "another subject": lambda d: d["credentialSubject"]["identifier"][0].update(identityHash="sha256$" + "0" * 64),
    "a later end": lambda d: d.update(validUntil="2040-01-01T00:00:00Z"),
    "without a status": lambda d: d.pop("credentialStatus"),
    "another's place in the list": lambda d: d["credentialStatus"][0].update(statusListIndex="3"),
    "another day of issue": lambda d: d.update(awardedDate="2020-01-01T00:00:00Z"),
    "another's signature": lambda d: d["proof"].update(proofValue=certificate(issued=AT)["proof"]["proofValue"]),
    "the time of the signature": lambda d: d["proof"].update(created="2020-01-01T00:00:00Z"),
}


@pytest.mark.parametrize("how", FORGED)
def test_a_change_after_signing_is_seen(how: str) -> None:
    found = Checker(BUNDLE, at=AT).credential(_changed(FORGED[how]))
    assert ("credential", "signature-wrong") in _codes(found)
    assert not found.valid


def test_a_word_that_the_signature_does_not_cover_is_refused() -> None:
    """Terms that no context knows are not signed: a document that holds one says more than was signed."""
    found = Checker(BUNDLE, at=AT).credential(_changed(lambda d: d.update(clearance="top secret")))
    assert not found.valid


REFUSED: dict[str, tuple[Chain, dict[str, Any], tuple[str, str]]] = {
    "revoked": (Chain(revoked={"root": set(), "provider": {41}}), GOOD, ("credential", "revoked")),
    "suspended": (Chain(suspended={"root": set(), "provider": {41}}), GOOD, ("credential", "suspended")),
    "the accreditor's was revoked": (
        Chain(revoked={"root": {7}, "provider": set()}), GOOD, ("accreditation", "revoked")),
    "the accreditation is suspended": (
        Chain(suspended={"root": {7}, "provider": set()}), GOOD, ("accreditation", "suspended")),
    "the accreditation ended": (
        Chain(accredited_until=AT - timedelta(days=1)), GOOD, ("accreditation", "expired")),
    "issued before the accreditation": (
        Chain(accredited_from=AT - timedelta(days=50)), GOOD, ("accreditation", "not-accredited-then")),
    "out of scope": (
        Chain(), certificate(achievement=Achievement("urn:example:scheme:judge", "Judge", "Judges.", "Examined.")),
        ("accreditation", "out-of-scope")),
    "accredited for nothing": (Chain(covers=()), GOOD, ("accreditation", "out-of-scope")),
    "accredited by oneself": (Chain(accreditor=PROVIDER), GOOD, ("accreditation", "issuer-unknown")),
    "accredited by a stranger": (Chain(accreditor=OTHER), GOOD, ("accreditation", "issuer-unknown")),
    "issued by a stranger": (Chain(), certificate(OTHER), ("credential", "issuer-unknown")),
    "expired": (Chain(), certificate(until=AT - timedelta(days=1)), ("credential", "expired")),
    "not yet valid": (Chain(), certificate(issued=AT + timedelta(days=1)), ("credential", "not-yet-valid")),
    "lists out of date": (Chain(lists_until=AT - timedelta(hours=1)), GOOD, ("credential", "status-stale")),
    "the root signed later": (
        Chain(roots=(Root(ROOT.did, since="2026-01-01T00:00:00Z"),)), GOOD, ("accreditation", "root-not-then")),
    "another root": (Chain(roots=(Root(OTHER.did),)), GOOD, ("accreditation", "issuer-unknown")),
}  # fmt: skip


@pytest.mark.parametrize("why", REFUSED)
def test_what_does_not_hold_is_refused_and_said(why: str) -> None:
    chain, document, wanted = REFUSED[why]
    found = Checker(chain.bundle(), at=AT).credential(document)
    assert wanted in _codes(found), _codes(found)
    assert not found.valid
    assert all(problem.text.endswith(".") for problem in found.problems)


def test_the_wrong_key_is_refused() -> None:
    unsigned = {name: value for name, value in GOOD.items() if name != "proof"}
    found = Checker(BUNDLE, at=AT).credential(signed(OTHER, unsigned, at=AT))
    assert ("credential", "key-of-another") in _codes(found)


@pytest.mark.parametrize(("expires", "valid"), [("2027-01-01T00:00:00Z", True), ("2026-10-31T00:00:00Z", False),
                                                ("someday", False)])  # fmt: skip
def test_a_signature_may_count_for_a_time_alone(expires: str, valid: bool) -> None:
    unsigned = {name: value for name, value in GOOD.items() if name != "proof"}
    proof = {name: value for name, value in GOOD["proof"].items() if name != "proofValue"} | {"expires": expires}
    config = proof | {"@context": GOOD["@context"]}
    signature = PROVIDER.key.sign(_hash_data(unsigned, config, document_loader(served())))
    found = Checker(BUNDLE, at=AT).credential(
        {**unsigned, "proof": proof | {"proofValue": encode_multibase(signature)}}
    )
    assert found.valid == valid, found.problems


def test_an_accreditation_cannot_be_stretched_by_whom_it_accredits() -> None:
    """A provider's own certificate that looks like an accreditation accredits nobody."""
    chain = Chain(accreditor=PROVIDER)
    forged = chain.accreditation() | {"credentialSubject": {**chain.accreditation()["credentialSubject"]}}
    held = trust.bundle([Root(ROOT.did)], [forged, Chain().accreditation()], Chain().lists())
    assert Checker(held, at=AT).credential(certificate()).valid  # by the true one
    assert not Checker(trust.bundle([Root(ROOT.did)], [forged], Chain().lists()), at=AT).credential(GOOD).valid


def test_a_status_list_signed_by_a_stranger_clears_nobody() -> None:
    lists = [signed(OTHER, {k: v for k, v in each.items() if k != "proof"} | {"issuer": OTHER.did}, at=AT)
             for each in Chain().lists()]  # fmt: skip
    held = trust.bundle([Root(ROOT.did)], [Chain().accreditation()], lists)
    assert ("credential", "status-unreadable") in _codes(Checker(held, at=AT).credential(GOOD))


def test_a_renewed_accreditation_carries_what_the_first_covered() -> None:
    """Issued under the first, checked under the second: one accreditation has to cover the day of issue and stand."""
    renewed = Chain(accredited_from=AT - 2 * YEAR, accredited_until=AT + 3 * YEAR).accreditation()
    ended = Chain(accredited_until=AT - timedelta(days=1)).accreditation()
    held = trust.bundle([Root(ROOT.did)], [ended, renewed], Chain().lists())
    assert Checker(held, at=AT).credential(GOOD).valid


def test_it_has_to_be_about_the_person_named() -> None:
    found = Checker(BUNDLE, at=AT).credential(GOOD, about="ben@police.example")
    assert _codes(found) == {("credential", "somebody-else")}


def test_a_badge_in_a_picture_is_the_same_credential() -> None:
    text = orjson.dumps(GOOD)
    picture = baked.bake_svg('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0"/></svg>',
                             text.decode())  # fmt: skip
    assert Checker(BUNDLE, at=AT).file(picture.encode()).valid
    assert baked.unbake(picture.encode()) == text


@pytest.mark.parametrize("content", [
    b"", b"{", b"[]", b"null", b"<svg/>", b"<svg", b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffiTXt",
    b'{"type": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg>&a;</svg>', b"eyJh.eyJi.c2ln", b"\x00" * 100,
])  # fmt: skip
def test_what_is_no_credential_is_said_to_be_none(content: bytes) -> None:
    found = Checker(BUNDLE, at=AT).file(content)
    assert not found.valid
    assert found.problems


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150)
@given(st.data())
def test_whatever_stands_in_a_place_checking_ends_and_does_not_agree(data: st.DataObject) -> None:
    """One place of a good credential holds anything else: it is refused, and nothing but a verdict comes out."""
    document = copy.deepcopy(GOOD)
    places = list(_places(document))
    holder, key = data.draw(st.sampled_from(places))
    before = holder[key]
    value = data.draw(VALUES)
    holder[key] = value
    found = Checker(BUNDLE, at=AT).credential(document)
    assert not found.valid or value == before or [value] == before or value == [before]


def _places(node: Any) -> Any:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in list(items):
        yield node, key
        yield from _places(value)


def test_what_many_have_in_common_is_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    checker, asked = Checker(BUNDLE, at=AT), []
    proof = Checker._proof
    monkeypatch.setattr(Checker, "_proof", lambda self, *told: asked.append(told[0]["id"]) or proof(self, *told))
    assert checker.credential(GOOD).valid
    assert checker.credential(GOOD).valid
    assert len(asked) == 2 + 1 + 4  # each certificate; the accreditation and four lists once


def test_an_alias_of_the_root_is_not_the_root() -> None:
    named = replace(BUNDLE, roots={f"{ROOT.did}#": [Root(f"{ROOT.did}#")]})
    assert not Checker(named, at=AT).credential(GOOD).valid
    assert COVERED
