"""A place for real servers: as root their user has to reach it, which pytest's own temporary folders do not allow."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hueandcry.project import folder, postgres


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty folder that everybody may walk through."""
    made = Path(tempfile.mkdtemp(prefix="hc-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    """One embedded server for the tests of a file."""
    made = Path(tempfile.mkdtemp(prefix="hc-"))
    with postgres.start(folder.adopt(made), fast=True) as running:
        yield running
    shutil.rmtree(made)
