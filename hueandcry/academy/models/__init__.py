"""The tables of the academy, a file for each part."""

from hueandcry.academy.models.accreditation import Accreditation, Finding, Part, Reminder, Visit
from hueandcry.academy.models.certification import (
    Candidacy,
    Certificate,
    Development,
    Mark,
    PaperItem,
    Question,
    Recognition,
    Scheme,
    SigningKey,
)
from hueandcry.academy.models.course import Course, Enrolment, Evaluation, Move, MoveRule, Session
from hueandcry.academy.models.framework import FrameworkVersion

__all__ = [
    "Accreditation", "Candidacy", "Certificate", "Course", "Development", "Enrolment", "Evaluation", "Finding",
    "FrameworkVersion", "Mark", "Move", "MoveRule", "PaperItem", "Part", "Question", "Recognition", "Reminder",
    "Scheme", "Session", "SigningKey", "Visit",
]  # fmt: skip
