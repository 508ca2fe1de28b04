"""The WSGI application. Refuses to start on a database login that row-level security does not bind.

Programs that speak TAXII need no session, no cookie and no language: their requests go to the door of that part
without Django's middleware, which takes longer than a page of a collection does. The door bounds bodies and sets
headers itself.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.db import connection

from hueandcry.project import database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hueandcry.project.settings")
_pages = get_wsgi_application()
database.check_app_login(connection)
connection.close()

from hueandcry.exchange import warnings  # noqa: E402  after Django is set up
from hueandcry.exchange.taxii import door as taxii  # noqa: E402

# The warning lists take two seconds to load: begun now, so that no person's first file waits for them.
threading.Thread(target=warnings.index, daemon=True).start()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer one request: those below /taxii2/ at their own door, all others by Django's middleware and urls."""
    if environ.get("PATH_INFO", "").startswith(taxii.ROOT):
        return _programs(environ, start_response)
    return _pages(environ, start_response)


def _programs(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    _keep_connection()
    response = taxii.door(WSGIRequest(environ))
    start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
    return [response.content]


def _keep_connection() -> None:
    """What Django does between requests, without asking the database each time whether it is still there: where it is
    not, the door finds out and tries again."""
    due = connection.close_at is not None and time.monotonic() >= connection.close_at
    if connection.connection is not None and (due or connection.errors_occurred):
        connection.close_if_unusable_or_obsolete()
