"""The WSGI application. Refuses to start on a database login that row-level security does not bind."""

import os
import threading

from django.core.wsgi import get_wsgi_application
from django.db import connection

from hueandcry.exchange import warnings
from hueandcry.project import database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hueandcry.project.settings")
application = get_wsgi_application()
database.check_app_login(connection)
connection.close()
# The warning lists take two seconds to load: begun now, so that no person's first file waits for them.
threading.Thread(target=warnings.index, daemon=True).start()
