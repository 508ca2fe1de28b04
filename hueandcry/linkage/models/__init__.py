"""The tables of linkage, one file per noun."""

from hueandcry.linkage.models.analysis import AnalysisRevision, Evidence, Hypothesis, Note, OperationName, Task
from hueandcry.linkage.models.crime import Crime, CrimeEvent, CrimeReport, Fact, Model, Run
from hueandcry.linkage.models.judgement import Judgement
from hueandcry.linkage.models.operation import Operation, OperationCrime, OperationEvent

__all__ = [
    "AnalysisRevision",
    "Crime",
    "CrimeEvent",
    "CrimeReport",
    "Evidence",
    "Fact",
    "Hypothesis",
    "Judgement",
    "Model",
    "Note",
    "Operation",
    "OperationCrime",
    "OperationEvent",
    "OperationName",
    "Run",
    "Task",
]
