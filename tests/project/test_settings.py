"""What the settings promise that tests themselves change."""

from __future__ import annotations

import subprocess
import sys

from tests.folder import DATA

ASKED = """
import django; django.setup()
from django.contrib.auth.hashers import make_password
print(*make_password("correct horse battery staple").split("$")[:2])
"""


def test_passwords_are_kept_by_a_slow_hash() -> None:
    """Outside of tests, where it is made quick: scrypt with N of 2**14 or more (with r = 8 and p = 5, as OWASP has it for password storage)."""
    asked = subprocess.run(
        [sys.executable, "-c", ASKED],
        env={"DJANGO_SETTINGS_MODULE": "hueandcry.project.settings", "HUEANDCRY_DATA": str(DATA)},
        capture_output=True,
        text=True,
        check=True,
    )
    kind, cost = asked.stdout.split()
    assert kind == "scrypt"
    assert int(cost) >= 2**14
