"""The WSGI application. Refuses to start on a database login that row-level security does not bind."""

import os

from django.core.wsgi import get_wsgi_application
from django.db import connection

from hueandcry.project import database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hueandcry.project.settings")
application = get_wsgi_application()
database.check_app_login(connection)
connection.close()
