"""A small typed client of Hue & Cry's REST v1, for programs. It needs httpx and nothing else of this package.

from hueandcry.client import Client

with Client("https://alliance.example", token="hc_...") as alliance:
    receipt = alliance.submit("cases.csv", tlp="AMBER")
    for report in alliance.reports(q="evil.example"):
        print(report.title)
"""

from hueandcry.client.calls import Problem
from hueandcry.client.client import Client
from hueandcry.client.things import (
    Circle,
    Handling,
    Hit,
    Loss,
    Notice,
    Object,
    Observation,
    Organisation,
    Part,
    Question,
    Receipt,
    Refusal,
    Report,
    Request,
    Sighting,
    Submission,
    Who,
)

__all__ = [
    "Circle",
    "Client",
    "Handling",
    "Hit",
    "Loss",
    "Notice",
    "Object",
    "Observation",
    "Organisation",
    "Part",
    "Problem",
    "Question",
    "Receipt",
    "Refusal",
    "Report",
    "Request",
    "Sighting",
    "Submission",
    "Who",
]
