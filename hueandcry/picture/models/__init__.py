"""The tables of the picture."""

from hueandcry.picture.models.freeze import Estimate, Freeze, FreezeFile
from hueandcry.picture.models.reference import Denominator, ExchangeRate
from hueandcry.picture.models.release import Release, ReleaseFile
from hueandcry.picture.models.signal import Signal

__all__ = [
    "Denominator",
    "Estimate",
    "ExchangeRate",
    "Freeze",
    "FreezeFile",
    "Release",
    "ReleaseFile",
    "Signal",
]
