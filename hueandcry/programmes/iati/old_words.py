"""Words and codes of IATI 1.x, and what 2.03 says instead. Facts alone, from the standard's lists of 1.01 to 1.05."""

from __future__ import annotations

# By element and attribute, in small letters. What is not named here is taken as it stands.
CODES: dict[tuple[str, str], dict[str, str]] = {
    ("participating-org", "role"): {
        "funding": "1", "donor": "1", "accountable": "2", "extending": "3", "implementing": "4",
    },
    ("activity-date", "type"): {
        "start-planned": "1", "start-actual": "2", "end-planned": "3", "end-actual": "4",
    },
    ("activity-status", "code"): {
        "pipeline/identification": "1", "implementation": "2", "completion": "3", "post-completion": "4",
        "cancelled": "5",
    },
    ("transaction-type", "code"): {
        "if": "1", "incoming funds": "1", "c": "2", "commitment": "2", "d": "3", "disbursement": "3",
        "disbursment": "3", "e": "4", "expenditure": "4", "ir": "5", "interest repayment": "5", "lr": "6",
        "loan repayment": "6", "r": "7", "reimbursement": "7", "qp": "8", "purchase of equity": "8", "qs": "9",
        "sale of equity": "9", "cg": "10", "credit guarantee": "10",
    },
    ("budget", "type"): {"original": "1", "revised": "2"},
    ("planned-disbursement", "type"): {"original": "1", "revised": "2"},
    ("sector", "vocabulary"): {
        "dac": "1", "dac-3": "2", "cofog": "3", "nace": "4", "ntee": "5", "adt": "6", "ro": "99", "ro2": "98",
    },
    ("policy-marker", "vocabulary"): {"dac": "1"},
    ("result", "type"): {"output": "1", "outcome": "2", "impact": "3", "other": "9"},
    ("indicator", "measure"): {"unit": "1", "percentage": "2"},
    ("condition", "type"): {"policy": "1", "performance": "2", "fiduciary": "3"},
}  # fmt: skip
ORGANISATION_TYPES = {
    "government": "10", "other public sector": "15", "international ngo": "21", "national ngo": "22",
    "regional ngo": "23", "public private partnership": "30", "multilateral": "40", "foundation": "60",
    "private sector": "70", "academic, training and research": "80",
}  # fmt: skip
for _tag in ("reporting-org", "participating-org", "provider-org", "receiver-org"):
    CODES[_tag, "type"] = ORGANISATION_TYPES
for _tag, _attribute in (("conditions", "attached"), ("indicator", "ascending")):
    CODES[_tag, _attribute] = {"yes": "1", "no": "0"}

# Regions of the OECD DAC by the names that stand where a country should.
REGIONS = {
    "africa": "298", "america": "498", "asia": "798", "caribbean": "1031", "central america": "1032",
    "central asia": "619", "developing countries unspecified": "998", "europe": "89", "far east asia": "789",
    "middle east": "589", "north of sahara": "189", "oceania": "889", "south america": "489", "south asia": "679",
    "south of sahara": "289",
}  # fmt: skip

# Elements and attributes that 2.03 calls by another name; by element of 1.x.
TAGS = {
    "organization": "organisation",
    "finance-type": "default-finance-type",  # beside, not within, a transaction
    "flow-type": "default-flow-type",
    "aid-type": "default-aid-type",
    "tied-status": "default-tied-status",
}
ATTRIBUTES = {
    (tag, "ref"): "code"
    for tag in ("sector", "recipient-country", "recipient-region", "policy-marker", "default-finance-type")
}
