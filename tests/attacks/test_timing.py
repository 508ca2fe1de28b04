"""How long an answer takes tells nothing: of a report that one may not see, and of an account."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hueandcry.exchange import queries
from hueandcry.exchange.handling import Handling
from hueandcry.members.viewer import viewer
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")


def _took(act: Callable[[str], object], words: tuple[str, str], times: int) -> tuple[list[float], list[float]]:
    """Seconds for the one and for the other, in turns."""
    told: tuple[list[float], list[float]] = ([], [])
    for _turn in range(times):
        for held, word in zip(told, words, strict=True):
            began = time.perf_counter()
            act(word)
            held.append(time.perf_counter() - began)
    return told


def test_a_search_takes_no_longer_for_what_is_hidden() -> None:
    holder, reader = factory.person(factory.organisation()), factory.person(factory.organisation())
    for number in range(4):
        hidden = Handling(tlp="RED", discoverability="hidden")
        send.form(holder, f"kaluva {number}", hidden, known=f"telling{number}.pt")
    who = factory.as_viewer(reader)

    def search(word: str) -> None:
        with viewer(who):
            assert queries.found_ids(who, word) == []

    for words in (("kaluvb", "kaluva"), ("tellinx3.pt", "telling3.pt")):  # nobody reported the first
        absent, there = _took(search, words, 15)
        assert min(*absent, *there) >= queries.SEARCH_SECONDS
        assert abs(min(absent) - min(there)) < 0.000_3, "what is found is shorter than what every search takes"


def test_a_sign_in_takes_no_longer_for_an_account_that_is_there(settings: Any) -> None:
    """And says the same. The counters of failures are emptied, as from many addresses of the network."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]  # other tests hash quickly
    factory.person(factory.organisation(), email="there@example.org", password=factory.PASSWORD)
    factory.person(factory.organisation(), email="closed@example.org", password=factory.PASSWORD, active=False)
    said: dict[str, set[bytes]] = {}

    def try_to(address: str) -> None:
        cache.clear()
        answer = Client().post("/account/login/", {"login": address, "password": "not the right one"})
        said.setdefault(address, set()).add(answer.content.replace(address.encode(), b""))
        assert answer.status_code == 200

    for other in ("there@example.org", "closed@example.org"):
        try_to(other)
        absent, there = _took(try_to, ("nobody@example.org", other), 3)
        assert 0.5 < median(absent) / median(there) < 2
    assert len(set.union(*({page.split(b"csrfmiddlewaretoken")[0] for page in pages} for pages in said.values()))) == 1


def test_a_forgotten_password_takes_no_longer_for_an_account_that_is_there() -> None:
    """Nothing is looked up and no letter is written while the page is answered: equal work, so equal time. The same
    statements go to the database, whoever signs in with the address."""
    factory.person(factory.organisation(), email="there@example.org", password=factory.PASSWORD)
    asked: dict[str, list[str]] = {}
    for address in ("there@example.org", "none@example.org"):
        cache.clear()
        with CaptureQueriesContext(connection) as seen:
            answer = Client().post("/account/password/reset/", {"email": address})
        assert answer.status_code == 302
        asked[address] = [one["sql"].split(" ")[0] for one in seen.captured_queries]
        assert "members_person" not in "".join(one["sql"] for one in seen.captured_queries)
        assert mail.outbox == []
    assert asked["there@example.org"] == asked["none@example.org"]
