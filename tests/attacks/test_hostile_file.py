"""A file made to hold the worker: each is read or refused in time that its size explains."""

from __future__ import annotations

import time

import pytest

from hueandcry.exchange import formats
from hueandcry.exchange.drafts import Options, Unreadable

SIZE = 400_000
MAIL = b"From: a@b.c\nTo: x@y.z\nSubject: s\nDate: Mon, 5 Jan 2026 10:00:00 +0000\n"
REPEATED = {
    "mail: parameters": (MAIL + b"Content-Type: text/plain; ", b"a=x; ", b"\n\nx"),
    "mail: parameters in pieces": (MAIL + b"content-type:text/plain; ", b"a*0*=x; ", b"\n\nx"),
    "mail: parameters over lines": (MAIL + b"Content-Type: text/plain;", b"\n a=x;", b"\n\nx"),
    "mail: parameters of a file": (MAIL + b"Content-Disposition: attachment; ", b"f=x; ", b"\n\nx"),
    "mail: comments": (b"From: ", b"(", b"\nTo: a@b.c\nSubject: s\n\nx"),
    "mail: encoded words": (MAIL + b"X-A: ", b"=?utf-8?q?a?= ", b"\n\nx"),
    "mail: tags": (MAIL + b"Content-Type: text/html\n\n", b"<", b""),
    "mail: comments in tags": (MAIL + b"Content-Type: text/html\n\n", b"<!--", b""),
    "text: addresses": (b"A report of fraud\n", b"a@", b"\n"),
    "text: dots": (b"A report of fraud\n", b"a.", b"\n"),
    "text: digits": (b"A report of fraud\n", b"1 ", b"\n"),
    "text: links": (b"A report of fraud\n", b"hxxp[:]//", b"\n"),
    "text: wallets": (b"A report of fraud\n", b"bc1q", b"\n"),
    "table: quotes": (b"title,date,domain\n", b'"a""', b"\n"),
    "table: columns": (b"title,", b"c,", b"\nx,y\nx,y\n"),
    "JSON: depth": (b'{"type":"bundle","objects":', b"[", b""),
    "JSON: a number": (b'{"type":"bundle","objects":[', b"9", b"]}"),
}


@pytest.mark.parametrize("kind", REPEATED)
def test_time_does_not_run_away(kind: str) -> None:
    before, again, after = REPEATED[kind]
    raw = before + again * (SIZE // len(again)) + after
    began = time.process_time()
    try:
        told = formats.detect(raw, "x").read(raw, Options())
        assert sum(1 for _draft in told) < SIZE
    except Unreadable as refusal:
        assert refusal.reason
    assert time.process_time() - began < 1.2, "a hundred times the size is sent as easily"
