"""Submissions at rest: nothing of them can be read without the key, and nothing changed goes unnoticed."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as some

from hueandcry.exchange import vault

KEY = vault.new_key()


@given(some.binary(max_size=200), some.integers(1, 40))
def test_what_goes_in_comes_out(raw: bytes, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vault, "CHUNK", size)
        chunks = list(vault.encrypted(raw, KEY))
        assert len(chunks) == max(1, -(-len(raw) // size))
        assert vault.decrypted(chunks, KEY) == raw


@pytest.mark.parametrize("size", [0, 1, vault.CHUNK - 1, vault.CHUNK, vault.CHUNK + 1, 3 * vault.CHUNK])
def test_sizes_at_the_edges(size: int) -> None:
    raw = os.urandom(size)
    assert vault.decrypted(vault.encrypted(raw, KEY), KEY) == raw


def test_every_change_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault, "CHUNK", 10)
    a, b, c = list(vault.encrypted(b"aaaaaaaaaabbbbbbbbbbcc", KEY))
    other = list(vault.encrypted(b"xxxxxxxxxxyyyyyyyyyyzz", vault.new_key()))
    changed = bytes([a[0] ^ 1]) + a[1:]
    for chunks in (
        [changed, b, c], [b, a, c], [a, c], [a, b], [b, c], [a, b, c, c], [a, b, c[:-1]], [a, other[1], c], [],
        [c, c, c], [b"", b, c],
    ):  # fmt: skip
        with pytest.raises(vault.Tampered):
            vault.decrypted(chunks, KEY)
    with pytest.raises(vault.Tampered):
        vault.decrypted([a, b, c], vault.new_key())
    assert vault.decrypted([a, b, c], KEY) == b"aaaaaaaaaabbbbbbbbbbcc"


def test_two_keys_never_give_the_same_bytes() -> None:
    raw = b"the same words" * 100
    one, two = (b"".join(vault.encrypted(raw, vault.new_key())) for _ in range(2))
    assert one != two
    assert b"the same words" not in one
