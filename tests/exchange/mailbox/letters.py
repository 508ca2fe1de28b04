"""Short builders of letters, signed with a key made for the tests."""

from __future__ import annotations

from email.message import EmailMessage
from functools import cache
from typing import Any

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

TABLE = b"title,date,domain\nA false shop,2026-01-02,false-shop.pt\n"


@cache
def key(number: int = 0, bits: int = 1024) -> tuple[bytes, bytes]:
    """A private key as PEM, and the record that goes into DNS."""
    import base64

    made = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    private = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = made.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private, b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


def resolve(name: Any, timeout: int = 5) -> bytes | None:
    """A DNS with the keys of two domains, and one that never answers."""
    text = name.decode() if isinstance(name, bytes) else name
    if "down.example" in text:
        raise dkim.DnsTimeoutError("no answer")
    records = {"s._domainkey.bank.example.": key(0)[1], "s._domainkey.evil.example.": key(1)[1]}
    return records.get(text)


def letter(
    sender: str = "a@bank.example", subject: str = "Cases", text: str = "See the table.", **files: bytes
) -> bytes:
    """A letter with attachments; their names with __ for the dot."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "reports@alliance.example", subject
    made["Date"], made["Message-ID"] = "Fri, 02 Jan 2026 10:00:00 +0000", "<one@bank.example>"
    made.set_content(text)
    for name, content in files.items():
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name.replace("__", "."))
    return made.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def signed(raw: bytes, domain: str = "bank.example", number: int = 0, **more: Any) -> bytes:
    """The letter with a DKIM signature in front."""
    return bytes(dkim.sign(raw, b"s", domain.encode(), key(number)[0], **more)) + raw
