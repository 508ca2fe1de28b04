"""Secrets wait encrypted, are shown once, and not for ever."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest

from hueandcry.members import shown_once


@pytest.fixture
def request_() -> Any:
    return SimpleNamespace(session={})


def test_once(request_: Any) -> None:
    shown_once.keep(request_, "token", "hc_secret")
    assert "hc_secret" not in str(request_.session)
    assert shown_once.take(request_, "invitation") == ""
    assert shown_once.take(request_, "token") == "hc_secret"
    assert shown_once.take(request_, "token") == ""


def test_not_for_ever(request_: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shown_once.keep(request_, "token", "hc_secret")
    now = time.time()
    monkeypatch.setattr("cryptography.fernet.time.time", lambda: now + shown_once.LIFE + 1)
    assert shown_once.take(request_, "token") == ""


def test_what_was_tampered_with_is_nothing(request_: Any) -> None:
    shown_once.keep(request_, "token", "hc_secret")
    key = next(iter(request_.session))
    request_.session[key] = request_.session[key][:-4] + "AAAA"
    assert shown_once.take(request_, "token") == ""
