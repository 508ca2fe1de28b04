"""Writes of webhooks: who runs an organisation's machines says where they are told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

import orjson
from django.conf import settings
from django.db import IntegrityError
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.members.actions import Refused
from hueandcry.members.models import Organisation
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.notices import outward, sealing, signatures
from hueandcry.notices.kinds import KINDS
from hueandcry.notices.models import Webhook, WebhookCall

MOST = 20  # webhooks of one organisation
ROLES = ("administrator", "integrator")


def add(*, by: Viewer, name: str, url: str, kinds: Sequence[str]) -> tuple[UUID, str]:
    """Add a webhook; gives its reference and its secret, which is shown this once. Raises Refused."""
    _check(by, url, kinds)
    secret = signatures.new_secret()
    try:
        with viewer(by):
            if Webhook.objects.count() >= MOST:
                raise Refused(_("An organisation has %(most)s webhooks at most. Delete one first.") % {"most": MOST})
            made = Webhook.objects.create(
                organisation=by.organisation or 0,
                person=by.person or 0,
                name=name,
                url=url,
                kinds=sorted(set(kinds)),
                secret=sealing.seal(secret),
            )
            audit.record(by=by, verb="add", kind="webhook", thing=made.pk)
    except IntegrityError:
        raise Refused(_("There is a webhook of this name already.")) from None
    return made.reference, signatures.shown(secret)


def change(*, by: Viewer, reference: UUID, name: str, url: str, kinds: Sequence[str]) -> None:
    """Change where and of what it tells. Raises Refused, Webhook.DoesNotExist."""
    _check(by, url, kinds)
    try:
        with viewer(by):
            hook = Webhook.objects.select_for_update().get(reference=reference)
            hook.name, hook.url, hook.kinds, hook.person = name, url, sorted(set(kinds)), by.person or 0
            hook.save(update_fields=["name", "url", "kinds", "person"])
            audit.record(by=by, verb="change", kind="webhook", thing=hook.pk)
    except IntegrityError:
        raise Refused(_("There is a webhook of this name already.")) from None


def new_secret(*, by: Viewer, reference: UUID) -> str:
    """Replace the secret; from the next call on the new one signs. Raises Webhook.DoesNotExist."""
    secret = signatures.new_secret()
    with viewer(by):
        hook = Webhook.objects.get(reference=reference)
        Webhook.objects.filter(pk=hook.pk).update(secret=sealing.seal(secret))
        audit.record(by=by, verb="change", kind="webhook", thing=hook.pk, detail={"what": "secret"})
    return signatures.shown(secret)


def pause(*, by: Viewer, reference: UUID, paused: bool) -> None:
    """Stop calling, or go on: then what waits is sent at once. Raises Webhook.DoesNotExist."""
    with viewer(by):
        hook = Webhook.objects.get(reference=reference)
        Webhook.objects.filter(pk=hook.pk).update(paused=paused, failures=0)
        if not paused:
            WebhookCall.objects.filter(webhook=hook, next_at__isnull=False).update(next_at=Now(), tries=0)
        audit.record(by=by, verb="pause" if paused else "resume", kind="webhook", thing=hook.pk)


def delete(*, by: Viewer, reference: UUID) -> None:
    """Delete it with its history. Raises Webhook.DoesNotExist."""
    with viewer(by):
        hook = Webhook.objects.get(reference=reference)
        audit.record(by=by, verb="delete", kind="webhook", thing=hook.pk)
        hook.delete()


def test(*, by: Viewer, reference: UUID) -> UUID:
    """Queue a call that says that it is a test; gives its reference. Raises Webhook.DoesNotExist, Refused."""
    call = uuid4()
    with viewer(by):
        hook = Webhook.objects.get(reference=reference)
        if hook.paused:
            raise Refused(_("The webhook is paused. Let it go on first."))
        body = {
            "id": str(call),
            "kind": "test",
            "title": _("A test by %(who)s") % {"who": by.name},
            "link": f"{settings.PUBLIC_URL}/webhooks/{hook.reference}/",
            "organisation": Organisation.objects.get(pk=by.organisation or 0).slug,
            "at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
        WebhookCall.objects.create(reference=call, webhook=hook, kind="test", body=orjson.dumps(body).decode())
        audit.record(by=by, verb="test", kind="webhook", thing=hook.pk)
    return call


def send_again(*, by: Viewer, reference: UUID, call: UUID) -> None:
    """Send one call once more, from the first try on. Raises DoesNotExist of Webhook and WebhookCall, Refused."""
    with viewer(by):
        hook = Webhook.objects.get(reference=reference)
        if hook.paused:
            raise Refused(_("The webhook is paused. Let it go on first."))
        found = WebhookCall.objects.get(webhook=hook, reference=call)
        WebhookCall.objects.filter(pk=found.pk).update(next_at=Now(), tries=0)
        audit.record(by=by, verb="send again", kind="webhook", thing=hook.pk)


def _check(by: Viewer, url: str, kinds: Sequence[str]) -> None:
    if not by.may(*ROLES):
        raise Refused(_("Webhooks are run by administrators and integrators."))
    if not set(kinds) <= KINDS.keys():
        raise Refused(_("There is no such kind of notice."))
    try:
        outward.check(url)
    except outward.Unsent as error:
        raise Refused(error.reason) from None
