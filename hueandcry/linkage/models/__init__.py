"""The tables of linkage, one file per noun."""

from hueandcry.linkage.models.crime import Crime, CrimeEvent, CrimeReport, Fact, Model, Run
from hueandcry.linkage.models.judgement import Judgement
from hueandcry.linkage.models.operation import Operation, OperationCrime, OperationEvent

__all__ = [
    "Crime",
    "CrimeEvent",
    "CrimeReport",
    "Fact",
    "Judgement",
    "Model",
    "Operation",
    "OperationCrime",
    "OperationEvent",
    "Run",
]
