"""The worker's rounds: each exists, a fault in one is tried again, and none holds up another."""

from __future__ import annotations

import threading
from importlib import import_module
from pathlib import Path

import pytest

from hueandcry.project import jobs


@pytest.mark.parametrize("one", jobs.ROUNDS, ids=lambda one: one.name)
def test_each_round_is_there(one: jobs.Round) -> None:
    module, _colon, name = one.function.partition(":")
    assert callable(getattr(import_module(module), name))
    assert one.every > 0


def test_a_fault_is_tried_again_and_holds_up_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tries, others = threading.Semaphore(0), threading.Semaphore(0)

    def call(function: str) -> None:
        if function == "broken":
            tries.release()
            raise RuntimeError("on purpose")
        others.release()
        threading.Event().wait(0.01)

    monkeypatch.setattr(jobs, "ROUNDS", (jobs.Round("a", 0.01, "broken"), jobs.Round("b", 0.01, "well")))
    monkeypatch.setattr(jobs, "_call", call)
    monkeypatch.setattr(jobs, "_seal", lambda folder: None)
    monkeypatch.setattr(jobs, "_Sweep", lambda: lambda: None)
    monkeypatch.setattr(jobs.log, "exception", lambda *words: None)
    keeper = jobs.Keeper(tmp_path)
    keeper.start()
    assert all(tries.acquire(timeout=10) for _ in range(3))
    assert all(others.acquire(timeout=10) for _ in range(3))
    keeper.stop(within=5)
    assert not any(thread.is_alive() for thread in keeper.threads)
