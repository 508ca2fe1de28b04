"""What the settings promise that tests themselves change."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.folder import DATA

ASKED = """
import django; django.setup()
from django.contrib.auth.hashers import make_password
print(*make_password("correct horse battery staple").split("$")[:2])
"""


SAID = "from hueandcry.project import settings; print(settings.{})"


def said(program: str, **environment: str) -> str:
    """What a process of its own prints, in an environment of these variables alone."""
    return subprocess.run(
        [sys.executable, "-c", program],
        env={"DJANGO_SETTINGS_MODULE": "hueandcry.project.settings", "HUEANDCRY_DATA": str(DATA)} | environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_passwords_are_kept_by_a_slow_hash() -> None:
    """Outside of tests, where it is made quick: scrypt with N of 2**14 or more, as OWASP has it for r = 8 and p = 5."""
    kind, cost = said(ASKED).split()
    assert kind == "scrypt"
    assert int(cost) >= 2**14


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ({}, "http://localhost:8765"),
        ({"PORT": "8106"}, "http://localhost:8106"),
        (
            {"PORT": "8106", "HUEANDCRY_ORIGINS": "https://alliance.example,https://b.example"},
            "https://alliance.example",
        ),
        ({"HUEANDCRY_ORIGINS": "https://a.example", "HUEANDCRY_URL": "https://b.example/"}, "https://b.example"),
    ],
)
def test_links_in_letters_lead_here(environment: dict[str, str], url: str) -> None:
    assert said(SAID.format("PUBLIC_URL"), **environment) == url


def test_a_folder_of_feeds_says_nothing_of_sources_that_feed_each_other() -> None:
    assert said(SAID.format("PICTURE_FEEDS"), HUEANDCRY_FEEDS="/srv/a>b") == "[]"
    assert said(SAID.format("PICTURE_FEEDS"), HUEANDCRY_SOURCES_FED="business>cert") == "[('business', 'cert')]"
