"""A framework is imported once, read by every member and changed by nobody."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from hueandcry.academy.frameworks import actions, queries
from hueandcry.academy.models import FrameworkVersion
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import ANYONE, viewer
from tests import factory
from tests.academy.frameworks.test_frameworks import FILE, real

pytestmark = pytest.mark.usefixtures("database")


@real
def test_nice_is_imported_once_and_read_by_every_member() -> None:
    trainer = factory.as_viewer(factory.person(factory.organisation(kind="academia"), ("trainer",)))
    reader = factory.as_viewer(factory.person(factory.organisation(), ("reader",)))
    found = actions.load(by=trainer, content=FILE.read_bytes())
    with viewer(reader):
        assert queries.framework(reader, "nice") == found
        assert [row[0] for row in queries.frameworks(reader)] == ["hueandcry-le", "nice"]
        assert queries.frameworks(reader)[1][3:] == (41, 5_544)
    with pytest.raises(Refused, match="here already"):
        actions.load(by=trainer, content=FILE.read_bytes())
    with pytest.raises(Refused):
        actions.load(by=reader, content=FILE.read_bytes())
    with viewer(ANYONE):
        assert not FrameworkVersion.objects.exists()
    for statement in ("UPDATE academy_frameworkversion SET title = 'x'", "DELETE FROM academy_frameworkversion"):
        with viewer(trainer), pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
