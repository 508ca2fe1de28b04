"""Signatures against the vectors that the W3C publishes for eddsa-rdfc-2022 and eddsa-jcs-2022 (vc-di-eddsa 1.0)."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from openvc.multibase import b58btc_decode, encode_multibase
from openvc.proof._jcs import canonicalize
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.proof.di_jcs import EddsaJcsProofSuite
from pyld import jsonld

from hueandcry.academy.credentials import contexts
from hueandcry.academy.credentials.issue import Signer
from hueandcry.academy.credentials.trust import bundle, root
from hueandcry.academy.credentials.verify import Checker

CREDENTIALS = Path(__file__).parents[3].parent / "shared" / "data" / "credentials"
VECTORS = CREDENTIALS / "vectors"
pytestmark = pytest.mark.skipif(not VECTORS.exists(), reason=f"no {VECTORS}")

CITIZEN, SCHEMA = "https://w3id.org/citizenship#", "https://schema.org/"
DATE = "http://www.w3.org/2001/XMLSchema#dateTime"
# What the two vectors' own vocabularies say of the terms that they use: these are nothing that badges know.
EXAMPLES = {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}
CITIZENSHIP = {
    "@context": {
        **{term: CITIZEN + term for term in ("EmploymentAuthorizationDocumentCredential", "EmployablePerson",
                                             "EmploymentAuthorizationDocument", "birthCountry", "lprCategory",
                                             "lprNumber", "employmentAuthorizationDocument")},
        **{term: SCHEMA + term for term in ("Person", "givenName", "familyName", "additionalName", "gender",
                                            "identifier")},
        "image": {"@id": f"{SCHEMA}image", "@type": "@id"},
        "birthDate": {"@id": f"{SCHEMA}birthDate", "@type": DATE},
        "residentSince": {"@id": f"{CITIZEN}residentSince", "@type": DATE},
    }
}  # fmt: skip
OWN = {
    "https://www.w3.org/ns/credentials/examples/v2": EXAMPLES,
    "https://w3id.org/citizenship/v4rc1": CITIZENSHIP,
}
CASES = [("eddsa-rdfc-2022", "DataInt"), ("eddsa-rdfc-2022/employ", "DataInt"), ("eddsa-jcs-2022", "JCS")]
SUITES = {"DataInt": DataIntegrityProofSuite, "JCS": EddsaJcsProofSuite}


@pytest.fixture(params=CASES, ids=[case[0] for case in CASES])
def vector(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Every file of one vector, by its word."""
    folder, ending = request.param
    known = contexts.served() | OWN
    monkeypatch.setattr(contexts, "served", lambda: known)
    held: dict[str, Any] = {"ending": ending}
    for path in (VECTORS / folder).iterdir():
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            held[path.stem.removesuffix(ending)] = json.loads(text) if path.suffix == ".json" else text
    return held


def _canonical(document: dict[str, Any], ending: str) -> str:
    if ending == "JCS":
        return canonicalize(document).decode()
    known = {contexts.CREDENTIALS: None} | contexts.served()

    def load(url: str, _options: object) -> dict[str, Any]:
        from openvc.proof.contexts import bundled_contexts

        found = known.get(url) or bundled_contexts()[url]
        return {"contextUrl": None, "documentUrl": url, "document": found}

    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": load}
    text: str = jsonld.normalize(document, options)
    return text


def test_each_step_is_that_of_the_vector(vector: dict[str, Any]) -> None:
    document = {name: value for name, value in vector["signed"].items() if name != "proof"}
    canonical, proof = _canonical(document, vector["ending"]), _canonical(vector["proofConfig"], vector["ending"])
    assert canonical.strip() == vector["canonDoc"].strip()
    assert proof.strip() == vector["proofCanon"].strip()
    hashes = [hashlib.sha256(text.encode()).hexdigest() for text in (proof, canonical)]
    assert hashes == [vector["proofHash"].strip(), vector["docHash"].strip()]
    assert "".join(hashes) == vector["combinedHash"].strip()
    assert b58btc_decode(vector["sigBTC58"].strip()[1:]).hex() == vector["sigHex"].strip()
    assert vector["signed"]["proof"]["proofValue"] == vector["sigBTC58"].strip()


def test_signing_gives_the_same_bytes(vector: dict[str, Any]) -> None:
    pair = json.loads((VECTORS / "keyPair.json").read_text())
    private = b58btc_decode(pair["privateKeyMultibase"][1:])[2:]  # after the multicodec of an Ed25519 private key
    signer = Signer("W3C", private)
    assert signer.did == f"did:key:{pair['publicKeyMultibase']}"
    document = {name: value for name, value in vector["signed"].items() if name != "proof"}
    wanted = vector["signed"]["proof"]
    at = datetime.fromisoformat(wanted["created"].replace("Z", "+00:00")).astimezone(UTC)
    told = {"extra_contexts": contexts.served()} if vector["ending"] == "DataInt" else {}
    made = SUITES[vector["ending"]]().add_proof(
        document, signing_key=signer.key, verification_method=wanted["verificationMethod"], created=at, **told
    )
    assert made["proof"]["proofValue"] == wanted["proofValue"]


def test_the_signature_holds_and_fails_with_any_word_changed(vector: dict[str, Any]) -> None:
    # the vectors' issuers are not the key's owners, which a badge's have to be: made so, and not looked at as badges
    checker = Checker(bundle([root("https://vc.example/issuers/5678#zAny")]))
    signed = vector["signed"]
    issuer = f"did:key:{json.loads((VECTORS / 'keyPair.json').read_text())['publicKeyMultibase']}"
    assert checker._signed(signed, issuer, "vector") == (issuer.removeprefix("did:key:"), [])
    changed = {**signed, "name": "Another"}
    [problem] = checker._signed(changed, issuer, "vector")[1]
    assert problem.code == "signature-wrong"


def test_a_key_made_anew_signs_and_is_named_by_itself() -> None:
    private = Ed25519PrivateKey.generate()
    signer = Signer("Somebody", private.private_bytes_raw())
    assert signer.did == "did:key:" + encode_multibase(b"\xed\x01" + private.public_key().public_bytes_raw())
