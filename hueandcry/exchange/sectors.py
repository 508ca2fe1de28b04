"""Branches of business: the sections of NACE Rev. 2.1, and the ways to them from other lists.

Source: Commission Delegated Regulation (EU) 2023/137 (NACE Rev. 2.1, in use from 2025). It parts the old section J in
two (J publishing and broadcasting, K telecommunication and computing), so that every letter from K on moves by one: a
letter means nothing without its revision.
"""

from __future__ import annotations

import re
from typing import Literal

Revision = Literal["2.1", "2.0"]

SECTIONS: dict[str, str] = {
    "A": "Agriculture, forestry and fishing",
    "B": "Mining and quarrying",
    "C": "Manufacturing",
    "D": "Electricity, gas, steam and air conditioning supply",
    "E": "Water supply; sewerage, waste management and remediation activities",
    "F": "Construction",
    "G": "Wholesale and retail trade",
    "H": "Transportation and storage",
    "I": "Accommodation and food service activities",
    "J": "Publishing, broadcasting, and content production and distribution activities",
    "K": "Telecommunication, computer programming, consulting, computing infrastructure and other information "
    "service activities",
    "L": "Financial and insurance activities",
    "M": "Real estate activities",
    "N": "Professional, scientific and technical activities",
    "O": "Administrative and support service activities",
    "P": "Public administration and defence; compulsory social security",
    "Q": "Education",
    "R": "Human health and social work activities",
    "S": "Arts, sports and recreation",
    "T": "Other service activities",
    "U": "Activities of households as employers and undifferentiated goods - and service-producing activities of "
    "households for own use",
    "V": "Activities of extraterritorial organisations and bodies",
}

# What fits into a table or a chart's legend; ours.
SHORT: dict[str, str] = {
    "A": "Farming, forestry, fishing",
    "B": "Mining",
    "C": "Manufacturing",
    "D": "Energy",
    "E": "Water and waste",
    "F": "Construction",
    "G": "Trade",
    "H": "Transport",
    "I": "Hotels and restaurants",
    "J": "Publishing and media",
    "K": "Telecom and computing",
    "L": "Finance and insurance",
    "M": "Real estate",
    "N": "Professional services",
    "O": "Support services",
    "P": "Public administration",
    "Q": "Education",
    "R": "Health and care",
    "S": "Arts and sport",
    "T": "Other services",
    "U": "Households",
    "V": "International bodies",
}

SECTIONS_20: dict[str, str] = {
    "A": "Agriculture, forestry and fishing",
    "B": "Mining and quarrying",
    "C": "Manufacturing",
    "D": "Electricity, gas, steam and air conditioning supply",
    "E": "Water supply; sewerage, waste management and remediation activities",
    "F": "Construction",
    "G": "Wholesale and retail trade; repair of motor vehicles and motorcycles",
    "H": "Transportation and storage",
    "I": "Accommodation and food service activities",
    "J": "Information and communication",
    "K": "Financial and insurance activities",
    "L": "Real estate activities",
    "M": "Professional, scientific and technical activities",
    "N": "Administrative and support service activities",
    "O": "Public administration and defence; compulsory social security",
    "P": "Education",
    "Q": "Human health and social work activities",
    "R": "Arts, entertainment and recreation",
    "S": "Other service activities",
    "T": "Activities of households as employers; undifferentiated goods- and services-producing activities of "
    "households for own use",
    "U": "Activities of extraterritorial organisations and bodies",
}

# Old section -> new ones, the main one first. G gave the repair of motor vehicles (45.20, 45.40) to T (95.3).
# J parts by division: 58 to 60 stay J, 61 to 63 become K, but news agencies (63.91) join J (60.31).
FROM_20: dict[str, tuple[str, ...]] = {
    **{letter: (letter,) for letter in "ABCDEF"},
    "G": ("G", "T"),
    "H": ("H",),
    "I": ("I",),
    "J": ("K", "J"),
    **{old: (new,) for old, new in zip("KLMNOPQRSTU", "LMNOPQRSTUV", strict=True)},
}

# First and last division of each section.
DIVISIONS: dict[Revision, tuple[tuple[str, int, int], ...]] = {
    "2.1": (
        ("A", 1, 3),
        ("B", 5, 9),
        ("C", 10, 33),
        ("D", 35, 35),
        ("E", 36, 39),
        ("F", 41, 43),
        ("G", 46, 47),
        ("H", 49, 53),
        ("I", 55, 56),
        ("J", 58, 60),
        ("K", 61, 63),
        ("L", 64, 66),
        ("M", 68, 68),
        ("N", 69, 75),
        ("O", 77, 82),
        ("P", 84, 84),
        ("Q", 85, 85),
        ("R", 86, 88),
        ("S", 90, 93),
        ("T", 94, 96),
        ("U", 97, 98),
        ("V", 99, 99),
    ),
    "2.0": (
        ("A", 1, 3),
        ("B", 5, 9),
        ("C", 10, 33),
        ("D", 35, 35),
        ("E", 36, 39),
        ("F", 41, 43),
        ("G", 45, 47),
        ("H", 49, 53),
        ("I", 55, 56),
        ("J", 58, 63),
        ("K", 64, 66),
        ("L", 68, 68),
        ("M", 69, 75),
        ("N", 77, 82),
        ("O", 84, 84),
        ("P", 85, 85),
        ("Q", 86, 88),
        ("R", 90, 93),
        ("S", 94, 96),
        ("T", 97, 98),
        ("U", 99, 99),
    ),
}

# NAICS 2022 sectors, which VERIS uses ("victim.industry"), to ours by main content. "51" information is parted by its
# first three digits: 512, 513, 516 media; 517 to 519 telecommunication and computing.
FROM_NAICS: dict[str, str] = {
    "11": "A",
    "21": "B",
    "22": "D",
    "23": "F",
    "31": "C",
    "32": "C",
    "33": "C",
    "42": "G",
    "44": "G",
    "45": "G",
    "48": "H",
    "49": "H",
    "51": "K",
    "511": "J",
    "512": "J",
    "513": "J",
    "515": "J",
    "516": "J",
    "52": "L",
    "53": "M",
    "54": "N",
    "55": "N",
    "56": "O",
    "61": "Q",
    "62": "R",
    "71": "S",
    "72": "I",
    "81": "T",
    "92": "P",
}

# Words for a branch, whole or as part of a phrase: STIX industry-sector-ov (section 10.8), EuRepoC's receiver
# categories, and what people write. The first that fits wins, so the narrower stand first.
WORDS: tuple[tuple[str, str], ...] = (
    ("V", "international organisation|international organization|supranational organization"),
    (
        "L",
        "bank|banking|banks|finance|financial|financial-services|financial-institution|insurance|fintech|kreditinstitut",
    ),
    ("L", "banque|banca|banco|banque et assurance|finanzen|finanzwesen|seguros|versicherung|assurance|payments|crypto"),
    ("R", "health|healthcare|hospital|hospitals|medical|emergency-services|gesundheit|santé|sanidad|zdrowie"),
    (
        "Q",
        "education|school|university|universities|academia|science|research institution|bildung|enseignement|educación",
    ),
    ("P", "government|government-local|government-national|government-public-services|government-regional"),
    ("P", "government / ministries|civil service|public administration|public sector|police|military|defence|defense"),
    (
        "P",
        "state institutions|political system|judiciary|legislative|election infrastructure|verwaltung|administration",
    ),
    ("D", "energy|electricity|power|gas|utilities|nuclear|energie|énergie|energía"),
    ("E", "water|dams|sewage|waste|wasser|eau|agua"),
    ("K", "telecommunications|telecommunication|telecom|communications|technology|information technology|it"),
    ("K", "software|hosting|cloud|internet|digital provider|informatik|informatique|isp|computing|it services"),
    ("J", "media|publishing|broadcasting|press|television|radio|journalist|journalism|entertainment media|medien"),
    ("H", "transport|transportation|logistics|shipping|aviation|airline|rail|postal|verkehr|freight|maritime"),
    ("I", "hospitality-leisure|hospitality|hotel|hotels|restaurant|restaurants|catering|tourism|gastgewerbe|horeca"),
    (
        "G",
        "retail|wholesale|commerce|e-commerce|trade|shop|online shop|handel|einzelhandel|commercio|handel detaliczny",
    ),
    ("C", "manufacturing|automotive|aerospace|defense industry|pharmaceuticals|pharmaceutical|chemical|industry"),
    ("C", "critical manufacturing|industrie|produktion|food"),
    ("A", "agriculture|farming|forestry|fishing|landwirtschaft|agricoltura"),
    ("B", "mining|quarrying|bergbau|oil extraction"),
    ("F", "construction|infrastructure construction|bau|building"),
    ("M", "real estate|property|immobilien|immobilier"),
    ("N", "legal|law firm|accounting|consulting|advertising|architecture|engineering|professional services|notary"),
    ("O", "travel agency|security services|cleaning|rental|temporary employment|administrative services"),
    ("S", "entertainment|sport|sports|arts|museum|gambling|casino|culture"),
    ("T", "non-profit|nonprofit|ngo|association|advocacy|religious|trade union|social groups|political party|charity"),
    ("U", "household|households|private household|domestic staff"),
)

_GAP = re.compile(r"[\W_]+")


def _plain(text: str) -> str:
    return _GAP.sub(" ", text.casefold()).strip()


_BY_WORD = {_plain(word): letter for letter, words in reversed(WORDS) for word in words.split("|")}
_BY_LABEL = {_plain(label): letter for table in (SHORT, SECTIONS) for letter, label in table.items()}
_BY_LABEL_20 = {_plain(label): FROM_20[letter][0] for letter, label in SECTIONS_20.items()}
_CODE = re.compile(r"(?:NACE\s*)?([A-V])?\s*(\d{2})(?:\.\d{1,2})?", re.IGNORECASE | re.ASCII)


def from_20(letter: str) -> str:
    """The main section of revision 2.1 for a letter of revision 2.0; "" if there is no such letter."""
    return FROM_20.get(letter.strip().upper(), ("",))[0]


def section_of_code(code: str, revision: Revision = "2.1") -> str:
    """The section (revision 2.1) of a NACE code such as ``64.19``, ``K64`` or ``K``; "" if the code is none.

    For 2.0 the division decides, so that 61 leads to K and 58 to J, and 63.91 and 45.20 to where they went.
    """
    text = code.strip().upper()
    if len(text) == 1:
        return (text if text in SECTIONS else "") if revision == "2.1" else from_20(text)
    found = _CODE.fullmatch(text)
    if found is None:
        return ""
    if revision == "2.0":
        if text.endswith("63.91"):
            return "J"
        if text.endswith(("45.2", "45.20")):
            return "T"
    division = int(found.group(2))
    letter = next((s for s, first, last in DIVISIONS[revision] if first <= division <= last), "")
    if revision == "2.1":
        return letter
    if letter == "J":
        return "J" if division <= 60 else "K"
    return from_20(letter)


def from_naics(code: str) -> str:
    """The section of a NAICS code (2 to 6 digits); "" if unknown. VERIS writes 0 or 000 for unknown."""
    digits = code.strip()
    if digits[:3] == "221" and digits[:4] == "2213":
        return "E"  # water and sewerage, which NAICS keeps with energy
    if digits[:3] == "562":
        return "E"  # waste
    return FROM_NAICS.get(digits[:3]) or FROM_NAICS.get(digits[:2], "")


def section_of_words(text: str) -> str:
    """The section that a word or phrase for a branch means; "" where none is known. The longest known word wins."""
    plain = _plain(text[:200])
    for table in (_BY_LABEL, _BY_LABEL_20, _BY_WORD):
        if plain in table:
            return table[plain]
    words = plain.split()
    for length in range(min(4, len(words)), 0, -1):
        for at in range(len(words) - length + 1):
            if (letter := _BY_WORD.get(" ".join(words[at : at + length]))) is not None:
                return letter
    return ""
