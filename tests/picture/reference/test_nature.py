"""cyber-dependent, cyber-enabled, or left open."""

from __future__ import annotations

import pytest

from hueandcry.picture.reference.nature import nature


@pytest.mark.parametrize(
    ("cls", "type_", "expected"),
    [
        ("malware", "infection", "cyber-dependent"),
        ("malware", "malware/infection", "cyber-dependent"),
        ("", "information-gathering/phishing", "cyber-enabled"),
        ("malware", "", "cyber-dependent"),
        ("abusive-content", "", "cyber-enabled"),
        ("information-gathering", "", ""),  # scanning is dependent, phishing enabled
        ("fraud", "", ""),
        ("fraud", "resources-misuse", ""),
        ("other", "undetermined-incident", ""),
        ("fraud", "malware/infection", ""),  # type and class disagree
        ("", "", ""),
        ("nothing", "nothing", ""),
    ],
)
def test_nature(cls: str, type_: str, expected: str) -> None:
    assert nature(cls, type_) == expected
