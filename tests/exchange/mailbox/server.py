"""A tiny IMAP server over TLS, as much of RFC 3501 as a reader of one folder meets; for tests."""

from __future__ import annotations

import datetime
import re
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Box:
    """What the server holds, and how it misbehaves."""

    letters: dict[int, bytes] = field(default_factory=dict)
    validity: int = 7
    seen: set[int] = field(default_factory=set)
    moved: list[int] = field(default_factory=list)
    fetched: list[int] = field(default_factory=list)
    password: str = "right horse"
    literal: int = 0  # announce a literal of this length
    hang_up_after: int = 0  # letters fetched before the connection breaks
    port: int = 0


class _Handler(socketserver.StreamRequestHandler):
    server: Any

    def handle(self) -> None:
        self.say("* OK ready")
        while line := self.rfile.readline(10_000):
            tag, _space, rest = line.decode().strip().partition(" ")
            if not self.answer(tag, rest):
                return

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def answer(self, tag: str, rest: str) -> bool:
        box: Box = self.server.box
        upper = rest.upper()
        if upper.startswith("CAPABILITY"):
            self.say("* CAPABILITY IMAP4rev1 MOVE UIDPLUS")
        elif upper.startswith("LOGIN") and box.password not in rest:
            self.say(f"{tag} NO wrong password {rest}")
            return True
        elif upper.startswith("SELECT"):
            if "INBOX" not in upper:
                self.say(f"{tag} NO no such folder")
                return True
            self.say(f"* {len(box.letters)} EXISTS")
            self.say(f"* OK [UIDVALIDITY {box.validity}] UIDs valid")
        elif upper.startswith("UID SEARCH"):
            start = int(re.search(r"UID (\d+):\*", upper.removeprefix("UID SEARCH"))[1])  # type: ignore[index]
            found = [uid for uid in box.letters if uid >= start] or list(box.letters)[-1:]
            self.say("* SEARCH " + " ".join(map(str, found)))
        elif upper.startswith("UID FETCH"):
            if not self.fetch(rest):
                return False
        elif upper.startswith("UID STORE"):
            box.seen.add(int(rest.split()[2]))
        elif upper.startswith("UID MOVE"):
            uid = int(rest.split()[2])
            box.moved.append(uid)
            box.letters.pop(uid, None)
        elif upper.startswith("LOGOUT"):
            self.say("* BYE")
            self.say(f"{tag} OK")
            return False
        self.say(f"{tag} OK done")
        return True

    def fetch(self, rest: str) -> bool:
        box: Box = self.server.box
        uid = int(rest.split()[2])
        raw = box.letters.get(uid)
        if raw is None:
            return True
        if "BODY" not in rest.upper():
            self.say(f"* 1 FETCH (UID {uid} RFC822.SIZE {len(raw)})")
            return True
        if box.hang_up_after and len(box.fetched) >= box.hang_up_after:
            self.say(f"* 1 FETCH (UID {uid} BODY[]<0> {{{len(raw)}}}")
            self.wfile.write(raw[: len(raw) // 2])
            return False
        box.fetched.append(uid)
        most = int(re.search(r"<0\.(\d+)>", rest)[1])  # type: ignore[index]
        part = raw[:most]
        self.say(f"* 1 FETCH (UID {uid} BODY[]<0> {{{box.literal or len(part)}}}")
        self.wfile.write(part)
        self.say(")")
        return True


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news."""


@contextmanager
def running(box: Box, folder: Path) -> Iterator[ssl.SSLContext]:
    """The server, and a client's context that trusts it."""
    certificate, key = _certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = _Server(("127.0.0.1", 0), _Handler, bind_and_activate=True)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.box = box  # type: ignore[attr-defined]
    box.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield ssl.create_default_context(cafile=str(certificate))
    finally:
        server.shutdown()
        server.server_close()


def _certificate(folder: Path) -> tuple[Path, Path]:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(private.public_key())
        .serial_number(1).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )  # fmt: skip
    certificate, key = folder / "cert.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate, key
