"""The sections of NACE Rev. 2.1, for an organisation's branch.

Source: Commission Delegated Regulation (EU) 2023/137. Short names, ours; hueandcry/exchange/sectors.py has the long.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SECTIONS = {
    "A": _("Farming, forestry, fishing"),
    "B": _("Mining"),
    "C": _("Manufacturing"),
    "D": _("Energy"),
    "E": _("Water and waste"),
    "F": _("Construction"),
    "G": _("Trade"),
    "H": _("Transport"),
    "I": _("Hotels and restaurants"),
    "J": _("Publishing and media"),
    "K": _("Telecom and computing"),
    "L": _("Finance and insurance"),
    "M": _("Real estate"),
    "N": _("Professional services"),
    "O": _("Support services"),
    "P": _("Public administration"),
    "Q": _("Education"),
    "R": _("Health and social work"),
    "S": _("Arts and sports"),
    "T": _("Other services"),
    "U": _("Households"),
    "V": _("International bodies"),
}


def section(letter: str) -> str:
    """The short name of a section; nothing for no letter."""
    return str(SECTIONS.get(letter, letter))
