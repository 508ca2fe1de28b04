"""The tables of the academy, a file for each part."""

from hueandcry.academy.models.framework import FrameworkVersion

__all__ = ["FrameworkVersion"]
