"""MISP's attribute types, and which observables each holds. Source: MISP describeTypes.json (2.5), all 194 types.

A test compares this table with PyMISP's copy, so that a new type is missed there and not in a member's file.
"""

from __future__ import annotations

# MISP's name of a hash -> the observable's type; "" for those that no other member could match by value
HASHES = {
    "md5": "md5",
    "sha1": "sha1",
    "sha224": "sha224",
    "sha256": "sha256",
    "sha384": "sha384",
    "sha512": "sha512",
    "sha512/224": "",
    "sha512/256": "",
    "sha3-224": "",
    "sha3-256": "",
    "sha3-384": "",
    "sha3-512": "",
    "ssdeep": "ssdeep",
    "tlsh": "tlsh",
    "imphash": "imphash",
    "impfuzzy": "",
    "pehash": "",
    "authentihash": "",
    "vhash": "",
}
# Types of one part -> the observable's type
SINGLE = {
    **HASHES,
    "telfhash": "",
    "cdhash": "",
    "filename": "file-name",
    "pdb": "pdb-path",
    "ip-src": "ip",
    "ip-dst": "ip",
    "hostname": "host",
    "domain": "domain-name",
    "onion-address": "domain-name",
    "email": "email-addr",
    "email-src": "email-addr",
    "email-dst": "email-addr",
    "email-reply-to": "email-addr",
    "target-email": "email-addr",
    "whois-registrant-email": "email-addr",
    "dns-soa-email": "email-addr",
    "eppn": "email-addr",  # eduPersonPrincipalName: user@scope
    "jabber-id": "email-addr",  # user@host, and often the mail address too
    "email-attachment": "file-name",
    "url": "url",
    "uri": "url",
    "user-agent": "user-agent",
    "regkey": "windows-registry-key",
    "AS": "autonomous-system",
    "mac-address": "mac-addr",
    "mutex": "mutex",
    "vulnerability": "vulnerability",
    "btc": "btc-address",
    "dash": "dash-address",
    "xmr": "xmr-address",
    "iban": "iban",
    "bic": "bic",
    "cc-number": "payment-card",
    "phone-number": "phone-number",
    "prtn": "phone-number",  # premium-rate telephone number
    "email-subject": "email-subject",
    "full-name": "person-name",
    "passport-number": "identity-document",
    "identity-card-number": "identity-document",
    "whois-registrant-name": "person-name",
    "port": "port",
    "whois-registrant-phone": "phone-number",
    "x509-fingerprint-sha1": "x509-sha1",
    "x509-fingerprint-sha256": "x509-sha256",
    "ja3-fingerprint-md5": "ja3",
    "attachment": "file-name",
}
# Types of several parts, parted by "|"
COMPOSITE = {
    **{f"filename|{name}": ("file-name", kind) for name, kind in HASHES.items()},
    "malware-sample": ("file-name", "md5"),
    "domain|ip": ("domain-name", "ip"),
    "ip-dst|port": ("ip", ""),
    "ip-src|port": ("ip", ""),
    "hostname|port": ("host", ""),
    "regkey|value": ("windows-registry-key", ""),
}
# Handles: what MISP's type says of the platform
ACCOUNTS = {"twitter-id": "x", "github-username": "github", "github-organisation": "github"}
# Types whose value is no observable: prose, rules, facts about people, and what two members would not share by value.
# Further facts about people (dates of birth, travel, ...) are left in the element on purpose.
NO_OBSERVABLE = frozenset(  # a list of words reads better than 90 quoted ones
    """
    email-body float git-commit-id http-method jarm-fingerprint favicon-mmh3 hassh-md5 hasshserver-md5
    snort suricata bro zeek community-id dom-hash pattern-in-file pattern-in-traffic pattern-in-memory filename-pattern
    pgp-public-key pgp-private-key ssh-fingerprint yara stix2-pattern sigma gene kusto-query mime-type
    cookie cpe weakness link comment text hex other process-state target-user target-machine
    target-org target-location target-external aba-rtn bank-account-nr bin x509-fingerprint-md5
    threat-actor campaign-name campaign-id malware-type
    windows-scheduled-task windows-service-name windows-service-displayname whois-registrant-org
    whois-registrar whois-creation-date size-in-bytes counter integer datetime mac-eui-64 email-dst-display-name
    email-src-display-name email-header email-x-mailer email-mime-boundary email-thread-index email-message-id
    github-repository dkim dkim-signature first-name middle-name last-name date-of-birth place-of-birth gender
    passport-country passport-expiration redress-number nationality visa-number
    issue-date-of-the-visa primary-residence country-of-residence special-service-request frequent-flyer-number
    travel-details payment-details place-port-of-original-embarkation place-port-of-clearance
    place-port-of-onward-foreign-destination passenger-name-record-locator-number mobile-application-id
    azure-application-id chrome-extension-id edge-extension-id cortex boolean uuid anonymised
    """.split()  # noqa: SIM905 - see above
) | {"named pipe"}


def is_known(kind: str) -> bool:
    """Tell whether MISP has an attribute type of this name."""
    return kind in SINGLE or kind in COMPOSITE or kind in ACCOUNTS or kind in NO_OBSERVABLE


def parts_of(kind: str, value: str) -> list[tuple[str, str]] | None:
    """Give (observable type, raw value) pairs of an attribute: none where it names none; None for no type of MISP's."""
    if kind in COMPOSITE:
        return _composite(COMPOSITE[kind], value)
    if kind in ACCOUNTS:
        return [("user-account", f"{ACCOUNTS[kind]}:{value}")]
    if kind in SINGLE:
        return [(SINGLE[kind], value)] if SINGLE[kind] else []
    return [] if kind in NO_OBSERVABLE else None


def _composite(kinds: tuple[str, ...], value: str) -> list[tuple[str, str]]:
    # A file's name may hold "|", a hash never does; a registry value may, a key's name never does.
    halves = value.rsplit("|", 1) if kinds[0] == "file-name" else value.split("|", 1)
    return [(kind, half) for kind, half in zip(kinds, halves, strict=False) if kind and half]
