"""Settings: one file, every variable through `mentoring.env`.

docs/configuration.md explains each one.
"""

from __future__ import annotations

import os
from datetime import timedelta
from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from mentoring import connections, embedded
from mentoring.env import Environment
from mentoring.sign_in_forms import ACCOUNT_FORMS, MFA_FORMS  # noqa: F401 - settings of allauth

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

# --- What kind of installation this is ------------------------------------------------------------
DEMO = env.flag("DEMO")  # invented people, mail to files, readable mailboxes: never with real data
TESTING = env.flag("TESTING")
DEBUG = env.flag("DEBUG")
HTTPS = env.flag("HTTPS", default=not (DEMO or TESTING or DEBUG))
LENIENT = DEMO or TESTING or DEBUG
VAR_DIR = Path(
    env.text(
        "VAR_DIR", str(BASE_DIR / "var"), expected="a folder that the application may write to"
    )
)

if DEMO:
    # the demo makes its own secrets; here they serve `manage.py` in a second terminal
    for name, value in embedded.demo_secrets(VAR_DIR).items():
        os.environ.setdefault(name, value)
SECRET_KEY = env.text(
    "SECRET_KEY",
    "missing",
    expected="a random text of 50 characters or more",
    required=True,
    secret=True,
)
if SECRET_KEY != "missing" and len(SECRET_KEY) < 50:  # noqa: S105 - the default above, not a secret
    env.problems.append("SECRET_KEY is too short: expected a random text of 50 characters or more.")


ENCRYPTION_KEYS: list[str] = env.read(
    "ENCRYPTION_KEYS",
    connections.fernet_keys,
    "one or more Fernet keys, comma-separated, the newest first",
    [],
    required=True,
    secret=True,
)
# where `make demo` listens
DEMO_HOST = env.text("HOST", "127.0.0.1", expected="an address of this machine") if DEMO else ""
DEMO_PORT = env.whole("PORT", 8000, low=1, high=65535) if DEMO else 0
BASE_URL = env.url(
    "BASE_URL",
    f"http://localhost:{DEMO_PORT or 8000}",
    schemes=("http", "https"),
    required=not LENIENT,
    secret=False,
).rstrip("/")
_hosts = [urlsplit(BASE_URL).hostname or "localhost"]
if LENIENT:
    _hosts += ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env.listed("ALLOWED_HOSTS", _hosts, expected="host names, comma-separated")
CSRF_TRUSTED_ORIGINS = [BASE_URL]

# --- Applications ---------------------------------------------------------------------------------
INSTALLED_APPS = [
    "mentoring",
    "matching",
    "meetings",
    "goals",
    "concerns",
    "feedback",
    "pairings",
    "programs",
    "accounts",
    "notifications",
    "common",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "template_partials",
    "csp",
    "rules",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # a list of a hundred people is ten times smaller on a phone; its random padding and the masked
    # token answer BREACH
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "common.middleware.RequestLogMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.SignedInMiddleware",
]

ROOT_URLCONF = "mentoring.urls"
WSGI_APPLICATION = "mentoring.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mentoring.navigation.context",
            ],
            "builtins": [
                "accounts.templatetags.form_owner",  # in place of Django's {% csrf_token %}
                "template_partials.templatetags.partials",
                "common.templatetags.ui",
                "common.templatetags.charts",
                "programs.templatetags.labels",
            ],
        },
    }
]

# --- Postgres and Redis: embedded ones when no address is given -----------------------------------
DATABASE_URL = env.url("DATABASE_URL", "", schemes=("postgres", "postgresql"), required=not LENIENT)
REDIS_URL = env.url(
    "REDIS_URL", "", schemes=("redis", "rediss", "unix", "redis+socket"), required=not LENIENT
)
DATABASE_URL = DATABASE_URL or embedded.default_database_url(VAR_DIR)
REDIS_URL = REDIS_URL or embedded.default_redis_url(VAR_DIR)


DATABASE_POOL = env.whole("DATABASE_POOL", 8, low=2, high=100)
_database = connections.database(DATABASE_URL, pool_size=0 if TESTING else DATABASE_POOL)
DATABASES = {
    "default": _database,
    # The progress of long work is written beside its transaction, to be seen before the commit.
    "progress": {**_database, "TEST": {"MIRROR": "default"}},
}
# A second connection does not see the transaction of a test.
PROGRESS_DATABASE = "default" if TESTING else "progress"

# Sign-in must work while Redis is away: sessions and rate limits live in Postgres.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
# Counts of attempts must outlive a busy hour: Django's 300 entries would push them out.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # In the memory of one process: what must not be stored (concerns/limits.py).
    "memory": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}

# --- Celery ---------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL  # what never changes is in mentoring/celery.py
# how often due work is looked for
CELERY_BEAT_SECONDS = env.whole("BEAT_SECONDS", 60, low=1, high=300)
# Rounds that piled up while no worker ran are dropped: one round finds everything.
_stale = {"expires": 2 * CELERY_BEAT_SECONDS}
CELERY_BEAT_SCHEDULE = {
    "due-work": {
        "task": "mentoring.tasks.find_due_work",
        "schedule": CELERY_BEAT_SECONDS,
        "options": _stale,
    },
    "send-due": {
        "task": "notifications.tasks.send_due",
        "schedule": CELERY_BEAT_SECONDS,
        "options": _stale,
    },
    "heartbeat": {
        "task": "notifications.tasks.heartbeat",
        "schedule": min(CELERY_BEAT_SECONDS, 30),
        "options": _stale,
    },
}
CLOCK_FILE = env.text("CLOCK_FILE", str(VAR_DIR / "clock-offset")) if DEMO or TESTING else ""

# --- Mail -----------------------------------------------------------------------------------------
EMAIL_URL = env.url(
    "EMAIL_URL", "", schemes=("smtp", "smtps", "smtp+tls", "file"), required=not LENIENT
)
if EMAIL_URL.startswith("smtp://") and not (LENIENT or env.flag("EMAIL_WITHOUT_TLS")):
    env.problems.append(
        "EMAIL_URL sends mail without encryption: expected smtp+tls:// or smtps://, or set "
        "EMAIL_WITHOUT_TLS=1 where the mail server is reached by a protected network alone."
    )
_mail = connections.mail_server(EMAIL_URL, folder=VAR_DIR / "mail")
EMAIL_BACKEND, EMAIL_FILE_PATH = _mail.backend, _mail.folder
EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.ssl, _mail.starttls
EMAIL_TIMEOUT = 20
MAIL_FROM = env.text(
    "MAIL_FROM",
    "Upstream <upstream@example.com>",
    expected="a sender such as Upstream <mentoring@company.com>",
    required=not LENIENT,
)
if "@" not in parseaddr(MAIL_FROM)[1]:
    env.problems.append("MAIL_FROM is wrong: expected a sender such as Upstream <a@company.com>.")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM
# where mail that cannot be delivered comes back to
RETURN_PATH = env.text("RETURN_PATH", MAIL_FROM, expected="an address such as bounces@company.com")

# Whether people who have never chosen have quiet hours. In the demo nobody waits until Monday.
QUIET_HOURS = env.flag("QUIET_HOURS", default=not (DEMO or TESTING))

# --- Requests to addresses that people type: common/outgoing.py -----------------------------------
OUTGOING_INTERNAL_HOSTS = env.listed(
    "OUTGOING_INTERNAL_HOSTS", [], expected="host names, comma-separated"
)
WEBHOOK_HOSTS = env.listed(
    "WEBHOOK_HOSTS",
    ["hooks.slack.com", "*.webhook.office.com", "*.logic.azure.com", "*.api.powerplatform.com"],
    expected="host names, comma-separated, such as hooks.slack.com,*.logic.azure.com",
)
# How long a sender may keep a message: longer than a dialog can take, some eight answers with
# EMAIL_TIMEOUT each.
OUTBOX_LEASE = timedelta(minutes=5)
# the wait before the second attempt, and the longest wait
OUTBOX_BACKOFF = (timedelta(minutes=1), timedelta(hours=1))
# how long single messages are left to the rounds while the mail server is away
OUTBOX_AWAY = timedelta(minutes=1)

# --- Sign-in --------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "mentoring:home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # the directory answers for the addresses; nobody enters one
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
# accounts/limits.py has the limits of sign-in. allauth's own would let one client use up what is
# everybody's: an address, or the one IP of an office.
ACCOUNT_RATE_LIMITS = dict.fromkeys(
    ["login", "login_failed", "request_login_code", "reset_password", "reset_password_from_key"]
)
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
SESSION_COOKIE_AGE = 12 * 3600
HR_IDLE_SECONDS = 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600

# --- Second factor --------------------------------------------------------------------------------
# Who must have one: names of accounts/second_factor.py. In the demo and in tests nobody must.
SECOND_FACTOR_REQUIRED_OF: list[str] = env.read(
    "SECOND_FACTOR_REQUIRED_OF",
    connections.roles_with_second_factor,
    "nobody, everybody, or hr_admins and safe_contacts, comma-separated",
    [] if LENIENT else ["hr_admins", "safe_contacts"],
)
MFA_ADAPTER = "accounts.mfa_adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = (
    0  # allauth remembers a used code for one period, which is then all of its life
)
MFA_REAUTHENTICATION_REQUIRED = False  # accounts/second_factor_urls.py asks, as for all else
# A passkey cannot be guessed; everybody in an office has one IP.
MFA_RATE_LIMITS = {"webauthn_login": "300/m/ip"}

# --- Security -------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Tabler's icons are data: images in its style sheet
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
CSRF_FAILURE_VIEW = "accounts.typed.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# A browser takes such a cookie from this very host alone, over HTTPS, for all paths.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]  # probes speak plain HTTP inside the network
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
BEHIND_PROXY = env.flag("BEHIND_PROXY")
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # whose X-Forwarded-For names the visitor, for the rate limits
_expected = "a random text of 20 characters or more"
METRICS_TOKEN = env.text("METRICS_TOKEN", expected=_expected, secret=True)
if METRICS_TOKEN and len(METRICS_TOKEN) < 20:
    env.problems.append(f"METRICS_TOKEN is too short: expected {_expected}.")
METRICS_NETWORKS: list[IPv4Network | IPv6Network] = env.read(
    "METRICS_NETWORKS",
    lambda value: [ip_network(one.strip()) for one in value.split(",") if one.strip()],
    "networks such as 10.0.0.0/8, comma-separated",
    [],
)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
IMPORT_MAX_BYTES = 20 * 1024 * 1024

# --- Language, time, files ------------------------------------------------------------------------
USE_TZ, TIME_ZONE = True, "UTC"
USE_I18N, LANGUAGE_CODE = True, "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "build" / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static", BASE_DIR / "build" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = TESTING or DEBUG
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
TEST_RUNNER = "django.test.runner.DiscoverRunner"

LOG_LEVEL = env.text("LOG_LEVEL", "INFO")
LOGGING_CONFIG = "common.logs.configure"
LOGGING = {"level": LOG_LEVEL, "json": not LENIENT}

if (TESTING or DEBUG) and BASE_URL.startswith("https:"):
    env.problems.append(
        "TESTING and DEBUG are not for an installation with an https address: unset them."
    )
if os.environ.get("CLOCK_FILE") and not (DEMO or TESTING):
    env.problems.append("CLOCK_FILE moves the clock: it is for the demo and tests only. Unset it.")
env.check()
