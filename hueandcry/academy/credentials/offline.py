"""What a browser keeps to check certificates without a network: contexts, the page's files, and its service worker."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

import orjson
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

WORKER = "dist/verify-worker.js"
# What the page loads: its own files and those of every page; what these load, the bundle says.
FILES = (
    *("dist/theme.js", "dist/app.js", "dist/app.css", "dist/verify.js"),
    *("dist/fonts/inter-latin-wght-normal.woff2", "dist/fonts/inter-latin-ext-wght-normal.woff2"),
    *("academy/academy.css", "academy/verify.css", "web/mark.svg"),
)
LOADED = "dist/verify-files.json"


@cache
def contexts_now() -> bytes:
    """By address the contexts that are known, as one JSON object: the same for as long as the program runs."""
    from hueandcry.academy.credentials import contexts

    return orjson.dumps(contexts.known(), option=orjson.OPT_SORT_KEYS)


def worker_now() -> str:
    """The service worker's script, with what it has to keep: another script wherever one of these files is another, so
    that browsers take it anew. Empty where nothing is bundled."""
    made = _content(WORKER)
    if not made:
        return ""
    loaded = [f"dist/{name}" for name in json.loads(_content(LOADED) or b"[]")]
    held = {name: _content(name) for name in (*FILES, *loaded)}
    digest = hashlib.sha256(b"\x00".join([made, contexts_now(), *held.values()])).hexdigest()[:16]
    keep = {
        "version": digest,
        "page": reverse("academy:verify"),
        "fresh": [reverse("academy:bundle"), reverse("academy:contexts")],
        "files": [static(name) for name, content in held.items() if content],
    }
    return f"self.KEEP = {json.dumps(keep)};\n{made.decode()}"


def words() -> dict[str, str]:
    """What the page's script says, in the reader's language."""
    return {
        "credential": _("The certificate"), "accreditation": _("Who issued it is accredited"),
        "root": _("The key that is trusted"), "holds": _("holds"), "fails": _("does not hold"),
        "until": _(" until {day}"), "issued_by": _("Issued by"), "held_by": _("Held by"),
        "not_named": _("not named: give an e-mail address to check whose it is"), "says": _("What it says"),
        "of_issuer": _("of who issued it"),
        "against": _("{file} was checked on this device, against the bundle of {day}. It was sent nowhere."),
        "unreadable": _("The file cannot be read. Choose it again."),
        "not_ready": _("This device lacks what checking needs. Connect it once, then open this page again."),
        "no_bundle": _("No bundle"), "go_online": _("Connect this device once, or choose a bundle from a file."),
        "no_day": _("a day that it does not say"),
        "bundle_own": _("Bundle of {day}: {roots}, {providers}."),
        "bundle_chosen": _("Bundle from a file, of {day}: {roots}, {providers}."),
        "roots_one": _("{number} trusted issuer"), "roots_other": _("{number} trusted issuers"),
        "providers_one": _("{number} accredited provider"), "providers_other": _("{number} accredited providers"),
        "days_one": _("{number} day old"), "days_other": _("{number} days old"),
        "fresh": _("Up to date"), "nobody": _("Trusts nobody"), "clock": _("Clock"), "no_date": _("No date"),
        "old": _("What was revoked since is not known here. Connect this device, or take a newer bundle from a file."),
        "set_clock": _("This device's clock is behind the bundle's day. Set it before you rely on dates."),
        "kept": _("Works offline"), "kept_why": _("This page opens without a network from now on."),
        "not_kept": _("Needs a network"),
        "not_kept_why": _("This browser does not keep the page: leave it open, or use another browser."),
        "no_name": _("A key without a name"), "taken": _("The bundle from the file is in use."),
        "own_taken": _("This installation's bundle is in use again."),
        "left": _("The bundle was left out. Nothing has changed."),
        "bad_bundle": _("That is no bundle that can be used: {why}. Nothing has changed."),
    }  # fmt: skip


def _content(name: str) -> bytes:
    path = finders.find(name)
    return Path(str(path)).read_bytes() if path else b""
