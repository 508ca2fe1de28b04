"""Is a credential what it says, and who vouches for it: the whole chain, offline. Pure.

A certificate is signed by its provider; the provider's accreditation by the alliance; the alliance's key is a root of
the bundle that whoever checks holds. It counts when the signature and the dates hold, nothing is revoked, and the
accreditation covers what was certified on the day of issue and still stands today.
Proofs: Data Integrity 1.0 with eddsa-rdfc-2022 or eddsa-jcs-2022 (W3C vc-di-eddsa 1.0), by openvc. Status: Bitstring
Status List 1.0. Nothing is fetched: what is not at hand is a problem, never taken for good.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import openvc  # noqa: F401  whole before its parts: see contexts
import orjson
from openvc.did.did_key import DidKeyResolver
from openvc.errors import OpenvcError
from openvc.proof.contexts import DocumentLoaderError
from openvc.proof.data_integrity import CredentialNotYetValid, DataIntegrityProofSuite
from openvc.proof.di_jcs import EddsaJcsProofSuite
from openvc.proof.errors import SignatureInvalid
from openvc.status import parse_status_entries
from openvc.status.bitstring import decode_bitstring, get_status_bit

from hueandcry.academy.credentials import baked, contexts, identity, structure
from hueandcry.academy.credentials.trust import NOBODY, Bundle, Root

MOST = 1_000_000  # bytes of a credential
LEEWAY = timedelta(minutes=5)  # clocks differ
DEPTH = 3  # certificate, accreditation, root
SUITES = ("eddsa-rdfc-2022", "eddsa-jcs-2022")
ACCREDITATION = "QualityAssuranceCredential"  # the achievementType of an accreditation


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong: a word for programs, a sentence for people, and of which link of the chain."""

    code: str
    text: str
    of: str = "credential"


@dataclass(frozen=True, slots=True)
class Link:
    """One of those who vouch: what it is, whose, from when until when (RFC 3339), and whether it holds."""

    what: str  # credential, accreditation, root
    id: str
    name: str
    since: str = ""
    until: str = ""
    holds: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking found. ``valid`` where there is no problem; dates as the credential says them."""

    valid: bool
    problems: tuple[Problem, ...]
    issuer: dict[str, str]
    achievement: dict[str, str]
    chain: tuple[Link, ...]
    subject: dict[str, str] = field(default_factory=dict)
    credential: dict[str, Any] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        """As ``hueandcry academy verify --json`` prints it."""
        return {
            "valid": self.valid, "problems": [asdict(each) for each in self.problems], "issuer": self.issuer,
            "achievement": self.achievement, "chain": [asdict(each) for each in self.chain], "subject": self.subject,
        }  # fmt: skip


class Checker:
    """Checks credentials against one bundle; what is common to many (accreditations, status lists) is checked once."""

    def __init__(self, bundle: Bundle = NOBODY, *, at: datetime | None = None) -> None:
        self.bundle = bundle
        self.at = at or datetime.now(UTC)
        self._contexts = contexts.served()
        self._accreditations: dict[int, tuple[list[Problem], list[Link]]] = {}
        self._bits: dict[str, tuple[bytes, dict[str, Any]] | Problem] = {}

    def file(self, content: bytes, *, about: str = "") -> Verdict:
        """Check a file: JSON, or a PNG or SVG badge with the credential in it. ``about``: an e-mail address or name
        that it has to be about."""
        try:
            document = _document(content)
        except _Unreadable as problem:
            return Verdict(False, (problem.args[0],), {}, {}, ())
        return self.credential(document, about=about)

    def credential(self, document: dict[str, Any], *, about: str = "") -> Verdict:
        """Check a credential that has been read."""
        problems, chain = self._checked(document, "credential", DEPTH)
        subject = _object(document.get("credentialSubject"))
        if about and not identity.is_about(subject, about):
            problems.append(Problem("somebody-else", "It is not about the person named."))
        achievement = _object(subject.get("achievement"))
        said = {name: _text(achievement.get(name)) for name in ("id", "name", "description")}
        return Verdict(
            not problems, tuple(problems), {"id": _issuer(document), "name": _issuer_name(document)}, said,
            tuple(chain), _subject(subject), document,
        )  # fmt: skip

    def _checked(self, document: dict[str, Any], of: str, depth: int) -> tuple[list[Problem], list[Link]]:
        issuer = _issuer(document)
        problems = [Problem("not-a-badge", f"{place}: {wrong}.", of) for place, wrong in structure.faults(document)]
        key, found = self._signed(document, issuer, of)
        problems += found
        problems += _dates(document, self.at, of)
        problems += self._status(document, issuer, of)
        vouched, above = self._vouched(document, issuer, key, of, depth)
        link = Link(of, _text(document.get("id")), _name(document), _first(document, "validFrom", "issuanceDate"),
                    _first(document, "validUntil", "expirationDate"), not problems)  # fmt: skip
        return problems + vouched, [link, *above]

    def _signed(self, document: dict[str, Any], issuer: str, of: str) -> tuple[str, list[Problem]]:
        """The key (multibase) that signed, and what is wrong with the proof. Of several proofs one that holds is
        enough: each covers the whole document."""
        proofs = document.get("proof")
        listed = [each for each in (proofs if isinstance(proofs, list) else [proofs]) if isinstance(each, dict)]
        if not listed:
            return "", [Problem("no-proof", "Nobody signed it.", of)]
        known = [each for each in listed if each.get("cryptosuite") in SUITES]
        if not known:
            said = ", ".join(str(each.get("cryptosuite") or each.get("type"))[:60] for each in listed[:3])
            return "", [Problem("proof-unknown", f"It is signed in a way that is not accepted here: {said}.", of)]
        wrong: list[Problem] = []
        for proof in known[:5]:
            key, problem = self._proof(document, proof, issuer, of)
            if problem is None:
                return key, []
            wrong.append(problem)
        return "", wrong

    def _proof(
        self, document: dict[str, Any], proof: dict[str, Any], issuer: str, of: str
    ) -> tuple[str, Problem | None]:
        method = _text(proof.get("verificationMethod"))
        controller, _hash, key = method.partition("#")
        if controller.startswith("did:key:") and (not key or controller == f"did:key:{key}"):
            key = controller.removeprefix("did:key:")
        elif controller.startswith("did:") or ":" not in controller or not key.startswith("z"):
            return "", Problem("key-unknown", f"The key it names is not at hand: {method[:120] or 'none'}.", of)
        if controller != issuer:
            return "", Problem("key-of-another", "It is signed by a key that is not its issuer's.", of)
        if proof.get("proofPurpose") != "assertionMethod":
            return "", Problem("proof-malformed", "Its signature was not made for a statement.", of)
        try:
            jwk = DidKeyResolver().resolve(f"did:key:{key}").verification_methods[0].public_key_jwk
            if jwk is None or jwk.get("crv") != "Ed25519":
                return "", Problem("key-unknown", "The key it names is no Ed25519 key.", of)
            one = {**_plainly_typed(document), "proof": proof}
            if proof["cryptosuite"] == "eddsa-rdfc-2022":
                DataIntegrityProofSuite().verify(
                    one, public_key_jwk=jwk, extra_contexts=self._contexts, check_temporal=False, now=self.at
                )
            else:
                one = {**document, "proof": proof}
                EddsaJcsProofSuite().verify(one, public_key_jwk=jwk, check_temporal=False, now=self.at)
        except CredentialNotYetValid:
            pass  # told by its dates; openvc asks about them after the signature has held
        except DocumentLoaderError:
            return "", Problem("context-unknown", "It uses a vocabulary that is not at hand, so it cannot be read.", of)
        except SignatureInvalid:
            words = "The signature does not fit: it was changed after signing, or signed by another key."
            return "", Problem("signature-wrong", words, of)
        except (OpenvcError, ValueError, TypeError, RecursionError) as error:
            return "", Problem("proof-malformed", f"Its signature cannot be read: {str(error)[:200]}.", of)
        if "expires" in proof:  # Data Integrity 1.0, section 2.1; openvc was not to ask about dates
            until = _time(_text(proof["expires"]))
            if until is None or until <= self.at:
                return "", Problem("expired", "Its signature was made to count for a time that is over.", of)
        return key, None

    def _status(self, document: dict[str, Any], issuer: str, of: str) -> Iterator[Problem]:
        held = document.get("credentialStatus")
        if held is None:
            return
        try:
            entries = parse_status_entries(document)
        except (OpenvcError, ValueError, TypeError) as error:
            yield Problem("status-unreadable", f"What it says of its status cannot be read: {error}.", of)
            return
        if len(entries) != (len(held) if isinstance(held, list) else 1):
            yield Problem("status-unreadable", "It names a status list of a kind that is not read here.", of)
        for entry in entries[:8]:
            found = self._list(entry.status_list_credential, issuer, of)
            if isinstance(found, Problem):
                yield found
                continue
            bits, subject = found
            if subject.get("statusPurpose") != entry.purpose or entry.index >= len(bits) * 8:
                yield Problem("status-unreadable", "The status list does not fit what the credential says of it.", of)
            elif get_status_bit(bits, entry.index):
                if entry.purpose == "suspension":
                    yield Problem("suspended", "It is suspended for now.", of)
                else:
                    yield Problem("revoked", "It was revoked.", of)

    def _list(self, address: str, issuer: str, of: str) -> tuple[bytes, dict[str, Any]] | Problem:
        if address not in self._bits:
            self._bits[address] = self._read_list(address, of)
        found = self._bits[address]
        if isinstance(found, Problem):
            return replace(found, of=of)
        signer = _text(found[1].get("signer"))
        if signer != issuer and signer not in self.bundle.roots:
            return Problem("status-unreadable", "The status list is signed by neither its issuer nor a root.", of)
        return found

    def _read_list(self, address: str, of: str) -> tuple[bytes, dict[str, Any]] | Problem:
        held = self.bundle.status_lists.get(address)
        if held is None:
            words = "Whether it was revoked is not known: the bundle does not hold its status list."
            return Problem("status-unknown", words, of)
        signer = _issuer(held)
        _key, wrong = self._signed(held, signer, of)
        subject = _object(held.get("credentialSubject"))
        if wrong or structure.STATUS_LIST not in structure.types(held):
            return Problem("status-unreadable", "The status list of the bundle is not signed as it has to be.", of)
        if list(_dates(held, self.at, of)):
            words = "Whether it was revoked is not known: the status list at hand is out of date. Get a new bundle."
            return Problem("status-stale", words, of)
        try:
            bits = decode_bitstring(_text(subject.get("encodedList")))
        except (OpenvcError, ValueError) as error:
            return Problem("status-unreadable", f"The status list cannot be read: {error}.", of)
        return bits, {**subject, "signer": signer}

    def _vouched(
        self, document: dict[str, Any], issuer: str, key: str, of: str, depth: int
    ) -> tuple[list[Problem], list[Link]]:
        """Who stands behind the issuer: a root, or somebody whom a root accredited."""
        issued = _time(_first(document, "awardedDate", "validFrom", "issuanceDate")) or self.at
        if roots := self.bundle.roots.get(issuer):
            return _by_root(roots, key, issued, of)
        held = self.bundle.accreditations.get(issuer, []) if depth > 1 else []
        if not held or of == "accreditation":
            name = _issuer_name(document) or issuer[:120] or "the issuer"
            return [Problem("issuer-unknown", f"Nobody who is trusted here vouches for {name}.", of)], []
        scope = _text(_object(_object(document.get("credentialSubject")).get("achievement")).get("id"))
        # the one that speaks best for it is told: without problems, or with the fewest
        tried = [self._accredited(each, scope, issued) for each in held[:200]]
        return min(tried, key=lambda found: len(found[0]))

    def _accredited(self, held: dict[str, Any], scope: str, issued: datetime) -> tuple[list[Problem], list[Link]]:
        if id(held) not in self._accreditations:
            self._accreditations[id(held)] = self._checked(held, "accreditation", DEPTH - 1)
        found, chain = self._accreditations[id(held)]
        problems, of = list(found), "accreditation"
        subject = _object(held.get("credentialSubject"))
        achievement = _object(subject.get("achievement"))
        if achievement.get("achievementType") != ACCREDITATION:
            problems.append(Problem("not-accredited", "What the issuer holds is no accreditation.", of))
        covered = {_text(_object(each).get("targetUrl")) for each in _list(achievement.get("alignment"))}
        if scope not in covered:
            problems.append(Problem("out-of-scope", "The issuer is not accredited to certify this.", of))
        since, until = _time(_text(held.get("validFrom"))), _time(_text(held.get("validUntil")))
        if (since and issued < since - LEEWAY) or (until and issued >= until):
            problems.append(Problem("not-accredited-then", "The issuer was not accredited on the day it issued.", of))
        return problems, chain


class _Unreadable(Exception):
    pass


def _plainly_typed(document: dict[str, Any]) -> dict[str, Any]:
    """The same document with the type by its first name: AchievementCredential is an alias of it in the context of Open
    Badges, so the statements that are signed are the same, while openvc refuses aliases of types."""
    listed = document.get("type")
    if not isinstance(listed, list) or contexts.BADGES not in _list(document.get("@context")):
        return document
    return {**document, "type": ["OpenBadgeCredential" if each == "AchievementCredential" else each for each in listed]}


def _document(content: bytes) -> dict[str, Any]:
    """The credential in a file. Raises _Unreadable with the problem."""
    try:
        if baked.is_png(content) or baked.is_svg(content):
            content = baked.unbake(content)
    except baked.NotBaked as error:
        raise _Unreadable(Problem("unreadable", str(error))) from None
    if len(content) > MOST:
        raise _Unreadable(Problem("unreadable", f"The credential has more than {MOST:,} bytes."))
    text = content.strip()
    if text.count(b".") == 2 and text[:2] == b"ey":
        words = "It is signed as a JSON Web Token, which is not accepted here: ask for it with an embedded proof."
        raise _Unreadable(Problem("proof-unknown", words))
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _Unreadable(Problem("unreadable", f"It is no JSON: {error}.")) from None
    if not isinstance(document, dict):
        raise _Unreadable(Problem("unreadable", "It is JSON, but no object."))
    if structure.too_deep(document):
        raise _Unreadable(Problem("unreadable", "Its parts lie too deep inside each other."))
    if structure.too_many(document):
        raise _Unreadable(Problem("unreadable", f"It holds more than {structure.MOST_VALUES:,} values."))
    return document


def _dates(document: dict[str, Any], at: datetime, of: str) -> Iterator[Problem]:
    since = _time(_first(document, "validFrom", "issuanceDate"))
    until = _time(_first(document, "validUntil", "expirationDate"))
    if since and since > at + LEEWAY:
        yield Problem("not-yet-valid", f"It is valid only from {since:%-d %B %Y}.", of)
    if until and until <= at:
        yield Problem("expired", f"It was valid until {until:%-d %B %Y}.", of)


def _by_root(roots: list[Root], key: str, issued: datetime, of: str) -> tuple[list[Problem], list[Link]]:
    for root in roots:
        expected = root.key or root.id.removeprefix("did:key:")
        since, until = _time(root.since), _time(root.until)
        if expected == key and (not since or issued >= since - LEEWAY) and (not until or issued < until):
            return [], [Link("root", root.id, root.name, root.since, root.until)]
    if not key:  # the signature does not hold, which has been said
        return [], []
    return [Problem("root-not-then", "The root's key did not sign at that time, or is another.", of)], []


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _issuer(document: dict[str, Any]) -> str:
    told = document.get("issuer")
    return _text(told) or _text(_object(told).get("id"))


def _issuer_name(document: dict[str, Any]) -> str:
    return _text(_object(document.get("issuer")).get("name"))


def _name(document: dict[str, Any]) -> str:
    return _text(document.get("name")) or _text(_object(_object(document.get("credentialSubject")).get("achievement"))
                                                .get("name"))  # fmt: skip


def _subject(subject: dict[str, Any]) -> dict[str, str]:
    """Whom it is about, as far as it says: a name that was agreed to, else an id."""
    for each in _list(subject.get("identifier")):
        entry = _object(each)
        if entry.get("hashed") is False and _text(entry.get("identityHash")):
            return {_text(entry.get("identityType")) or "name": _text(entry.get("identityHash"))}
    return {"id": _text(subject.get("id"))} if subject.get("id") else {}


def _first(document: dict[str, Any], *names: str) -> str:
    return next((_text(document[name]) for name in names if name in document), "")


def _time(text: str) -> datetime | None:
    if not structure.TIME.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
