"""Settings: wiring only. What an operator may set is read from the environment; docs/deployment.md lists it."""

from __future__ import annotations

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from hueandcry.project import database, folder

BASE = Path(__file__).resolve().parent.parent
DATA = folder.data_folder()
DEBUG = False
SECRET_KEY = folder.secret("django")
# The seed of the Ed25519 key that this installation signs recalls and what it sends to other nodes with.
SIGNING_SEED = folder.secret("signing")
ALLOWED_HOSTS = [h for h in os.environ.get("HUEANDCRY_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if h]
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("HUEANDCRY_ORIGINS", "").split(",") if o]
# Where people reach this installation: links in letters, feeds and webhooks begin with it.
PUBLIC_URL = os.environ.get("HUEANDCRY_URL", (CSRF_TRUSTED_ORIGINS or [f"http://localhost:{folder.port()}"])[0]).rstrip(
    "/"
)
# Whether this installation may speak to addresses of a private network (webhooks, remote servers): off by default.
PRIVATE_REMOTES = os.environ.get("HUEANDCRY_PRIVATE_REMOTES", "") == "1"
HTTPS = os.environ.get("HUEANDCRY_HTTPS", "") == "1"

INSTALLED_APPS = [
    "hueandcry.project",
    "hueandcry.web",
    "hueandcry.audit",
    "hueandcry.members",
    "hueandcry.notices",
    "hueandcry.chain",
    "hueandcry.exchange",
    "hueandcry.linkage",
    "hueandcry.picture",
    "hueandcry.capacity",
    "hueandcry.academy",
    "hueandcry.programmes",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "hueandcry.web.middleware.security_headers",
    "hueandcry.web.middleware.bounded_body",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "hueandcry.members.strangers.SmallFromStrangers",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "hueandcry.project.urls"
WSGI_APPLICATION = "hueandcry.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hueandcry.project.desks.desks",
                "hueandcry.members.menu.menu",
                "hueandcry.notices.bell.bell",
            ],
        },
    },
]

# ``default`` is the app login, which row-level security binds. ``owner`` exists only where the process may migrate.
DATABASES = database.django_databases(DATA, with_owner=os.environ.get("HUEANDCRY_OWNER", "") == "1")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PROCRASTINATE_ON_APP_READY = "hueandcry.project.jobs.on_app_ready"

CSRF_FAILURE_VIEW = "hueandcry.web.errors.stale_form"
AUTH_USER_MODEL = "members.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "hueandcry.members.adapter.AccountAdapter"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Hue & Cry: "
ACCOUNT_FORMS = {
    "login": "hueandcry.members.sign_in_forms.SignInForm",
    "reset_password": "hueandcry.members.sign_in_forms.ForgottenForm",
    "reset_password_from_key": "hueandcry.members.sign_in_forms.NewPasswordForm",
}
ACCOUNT_EMAIL_VERIFICATION = "none"  # an address is proven by the invitation that was sent to it
ACCOUNT_PREVENT_ENUMERATION = True
# Guessing is slowed per account and per address; the counters live in the cache table, so all processes share them.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "login": "60/m/ip"}
# How many reverse proxies stand before us: without it every guess would seem to come from the proxy's address.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("HUEANDCRY_PROXIES", "0"))
MFA_ADAPTER = "hueandcry.members.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # the code before is still good: it may run out on its way
MFA_TOTP_ISSUER = "Hue & Cry"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"}}
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# The largest submission taken, in bytes; everything above is refused before it is kept.
SUBMISSION_LIMIT = int(os.environ.get("HUEANDCRY_SUBMISSION_LIMIT", 256 * 1024 * 1024))
# Up to this size a submission is read in the request itself; a larger one is read by a job.
SUBMISSION_AT_ONCE = 1024 * 1024
# A request's body holds one file and its form.
BODY_LIMIT = SUBMISSION_LIMIT + 16 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# What the calls a minute that REST allows a token (exchange/rest/rate.py) are multiplied with.
REST_RATE = float(os.environ.get("HUEANDCRY_REST_RATE", "1"))

# Source kinds that pass on what they hold, as giver>receiver: for estimates such two are one source.
PICTURE_FEEDS = [
    tuple(pair.split(">", 1)) for pair in os.environ.get("HUEANDCRY_SOURCES_FED", "").split(",") if ">" in pair
]

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
LOCALE_PATHS = [BASE / "web" / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
# When crimes and operations are estimated anew, each night: hour, minute and IANA time zone.
LINKAGE_AT = os.environ.get("HUEANDCRY_LINKAGE_AT", "02:00 UTC")
STATIC_URL = "/static/"
STATICFILES_DIRS: list[Path] = []
WHITENOISE_USE_FINDERS = True
EMAIL_BACKEND = os.environ.get("HUEANDCRY_EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = str(DATA / "outbox")
EMAIL_HOST = os.environ.get("HUEANDCRY_SMTP_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("HUEANDCRY_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("HUEANDCRY_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("HUEANDCRY_SMTP_PASSWORD", "")
EMAIL_TIMEOUT = 20  # seconds: a mail server that hangs holds up nobody for longer
EMAIL_USE_TLS = os.environ.get("HUEANDCRY_SMTP_STARTTLS", "") == "1"
DEFAULT_FROM_EMAIL = os.environ.get("HUEANDCRY_FROM", "hueandcry@localhost")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "hueandcry.web.logged.Formatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("HUEANDCRY_LOG", "WARNING")},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
