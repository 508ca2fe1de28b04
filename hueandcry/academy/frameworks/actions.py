"""Writes of frameworks: one is imported, and never changed."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hueandcry.academy.frameworks import model, nice, shipped
from hueandcry.academy.models import FrameworkVersion
from hueandcry.audit import actions as audit
from hueandcry.exchange.merge import intern
from hueandcry.members.actions import Refused
from hueandcry.members.models import ALLIANCE
from hueandcry.members.viewer import Viewer, viewer

ROLES = ("trainer", "examiner", "officer", "administrator", "secretary")


def load(*, by: Viewer, content: bytes) -> model.Framework:
    """Import a framework from its file: ours or NIST's. Every member reads it. Raises Refused, model.BadFramework."""
    if not (by.vetted and by.person and by.organisation and by.may(*ROLES)):
        raise Refused(_("Trainers, examiners, officers and administrators import frameworks."))
    found = nice.read(content) if nice.is_nice(content) else model.read(content)
    if found.code == shipped.OWN:
        raise Refused(
            _("The code %(code)s is that of the framework that comes with the program.") % {"code": found.code}
        )
    with viewer(by):
        try:
            with transaction.atomic():
                made = FrameworkVersion.objects.create(
                    code=found.code, version=found.version, title=found.title, digest=found.digest,
                    document=model.written(found), roles=len(found.of_kind(model.ROLE)),
                    relations=len(found.relations), audience=intern([ALLIANCE]), organisation=by.organisation,
                    person=by.person,
                )  # fmt: skip
        except IntegrityError:
            raise Refused(_("Version %(version)s of %(code)s is here already.")
                          % {"version": found.version, "code": found.code}) from None  # fmt: skip
        audit.record(by=by, verb="import", kind="framework", thing=made.pk, count=len(found.relations))
    return found
