"""The 31 Open Badges 3.0 fixtures of 1EdTech, and JSON-LD contexts, each with what is to be found in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from openvc.proof.contexts import bundled_contexts

from hueandcry.academy.credentials import contexts
from hueandcry.academy.credentials.trust import bundle, root
from hueandcry.academy.credentials.verify import Checker
from tests.academy.credentials.test_vectors import CREDENTIALS

FIXTURES = CREDENTIALS / "ob3"
pytestmark = pytest.mark.skipif(not FIXTURES.exists(), reason=f"no {FIXTURES}")

KEY = "z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi"
# Each issuer of the fixtures is trusted with the key that most are signed by, and one with that of the pictures.
ISSUERS = ("example.com/issuers/876543", "example.edu/issuers/565049", "1edtech.edu/issuers/565049")
ROOTS = [root(f"https://{issuer}#{KEY}") for issuer in ISSUERS]
ROOTS += [root("https://example.com/issuers/876543#z6MkrvfzkMnvCroEUP2DVc9SHPE48CRsvHiVSusHioxTYu1x")]
AT = datetime(2026, 11, 1, tzinfo=UTC)
CHANGED, SHAPE = "signature-wrong", "not-a-badge"
# What 1EdTech means a file to be (by its name and its own tests), and which problems are named here. Where both differ
# the reason stands beside it: each is refused for want of something, none is taken for good.
EXPECTED: dict[str, tuple[bool, set[str]]] = {
    "simple.json": (True, set()),
    "simple-multiple-proofs.json": (True, set()),
    "simple-context-alias.json": (True, set()),
    # the patch release 3.0.2 of the context is not at hand
    "simple-context-version.json": (True, {"context-unknown"}),
    "simple-did-web-method.json": (True, set()),
    # signed by the draft eddsa-2022, which became eddsa-rdfc-2022
    "simple-eddsa-2022.json": (True, {"proof-unknown"}),
    # contexts of extensions that are not at hand, a status list of 1EdTech's own kind
    "complete.json": (True, {"context-unknown", "status-unreadable"}),
    "endorsement-valid.json": (True, {"context-unknown", "issuer-unknown"}),
    # Ed25519Signature2020 was withdrawn for Data Integrity 1.0
    "complete_v1.json": (True, {"proof-unknown", "expired", "status-unreadable"}),
    "simple-json.png": (True, set()),
    "simple-json.svg": (True, set()),
    # JSON Web Tokens are not accepted
    "simple.jwt": (True, {"proof-unknown"}),
    "simple-jwt.svg": (True, {"proof-unknown"}),
    "simple-jwt_v1.png": (True, {"proof-unknown"}),
    "velocity.jwt": (True, {"proof-unknown"}),
    "simple-noproof.json": (False, {"no-proof", SHAPE}),
    "simple-err-expired.json": (False, {"expired"}),
    "simple-err-issued.json": (False, {"not-yet-valid", SHAPE}),
    "simple-err-proof-value.json": (False, {CHANGED}),
    "simple-err-proof-method.json": (False, {"proof-malformed"}),
    "simple-err-proof-method-no-scheme.json": (False, {"key-unknown"}),
    "simple-err-proof-method-unknown-did-method.json": (False, {"key-unknown"}),
    "simple-err-issuer-type.json": (False, {SHAPE, CHANGED}),
    "simple-err-issuer-parentorg-type.json": (False, {SHAPE, CHANGED}),
    "simple-err-credential-subject-type.json": (False, {SHAPE, CHANGED}),
    "simple-err-credential-subject-identifier-type.json": (False, {SHAPE, CHANGED}),
    "simple-err-credential-subject-result-type.json": (False, {SHAPE, CHANGED}),
    "simple-err-credential-subject-achievement-result-description-type.json": (False, {SHAPE, CHANGED}),
    "endorsement-err-schema-status-refresh.json": (False, {"proof-unknown", "status-unreadable", "issuer-unknown"}),
    # their status list is not among the fixtures
    "credential-status-revoked.json": (False, {"status-unknown"}),
    "credential-status-revoked-blank-nodes.json": (False, {"status-unknown"}),
}


def test_every_fixture_is_listed() -> None:
    assert {path.name for path in FIXTURES.iterdir()} == set(EXPECTED)
    assert len(EXPECTED) == 31


@pytest.mark.parametrize("name", EXPECTED)
def test_a_fixture_is_what_it_is_said_to_be(name: str) -> None:
    good, wanted = EXPECTED[name]
    found = Checker(bundle(ROOTS), at=AT).file((FIXTURES / name).read_bytes())
    assert {problem.code for problem in found.problems} == wanted, [problem.text for problem in found.problems]
    assert found.valid == (good and not wanted)


def test_none_is_valid_where_nobody_is_trusted() -> None:
    assert [name for name in EXPECTED if Checker(at=AT).file((FIXTURES / name).read_bytes()).valid] == []


def test_our_context_is_the_published_one_term_by_term() -> None:
    published = json.loads((CREDENTIALS / "contexts" / "ob-v3p0-context-3.0.3.json").read_text())
    assert contexts.served()[contexts.BADGES] == published


@pytest.mark.parametrize(("file", "url"), [("credentials-v1.json", contexts.CREDENTIALS_1),
                                           ("credentials-v2.json", contexts.CREDENTIALS)])  # fmt: skip
def test_contexts_that_come_in_packages_are_the_published_ones(file: str, url: str) -> None:
    published = json.loads((CREDENTIALS / "contexts" / file).read_text())
    assert (contexts.served() | bundled_contexts())[url] == published
