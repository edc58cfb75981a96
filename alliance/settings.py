"""The settings, read top to bottom. What varies comes from the environment; every variable may be absent.

DATA_DIR, PORT, DEMO, SECRET_KEY, BASE_URL, DATABASE_URL, REDIS_URL, ELASTICSEARCH_URL, CLAMD_URL, S3_URL, EMAIL_URL,
DEBUG, TRUSTED_PROXIES, METRICS_TOKEN.
"""

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from alliance import database, environment, files
from alliance.languages.tongues import RIGHT_TO_LEFT, TONGUES

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = environment.folder("DATA_DIR", BASE_DIR / "var", "files", "mail", "logs")
PORT = environment.number("PORT", 8000, 1, 65535)
BASE_URL = environment.site("BASE_URL", f"http://localhost:{PORT}")
DEBUG = os.environ.get("DEBUG") == "1"
VERSION = "0.1.0"
SECRET_KEY = environment.secret("SECRET_KEY", DATA_DIR / "secret_key")

# --- Who may call us ---------------------------------------------------------------------------------------------------
_host = urlsplit(BASE_URL).hostname or "localhost"
ALLOWED_HOSTS = sorted({_host, "localhost", "127.0.0.1", "[::1]"})
CSRF_TRUSTED_ORIGINS = sorted({BASE_URL, f"http://localhost:{PORT}", f"http://127.0.0.1:{PORT}"})
_secure = BASE_URL.startswith("https://")
TRUSTED_PROXIES = environment.number("TRUSTED_PROXIES", 0, 0, 99)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_HSTS_SECONDS = 31536000 if _secure else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "frontend.errors.csrf_failure"

# --- The house ---------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "modeltranslation",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "channels",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "django_tasks",
    "django_tasks_db",
    "alliance.ledger",
    "alliance.background",
    "alliance.languages",
    "alliance.search",
    "members",
    "alliance.accord",
    "exchanges",
    "api",
    "frontend",
    "django.forms",
    "alliance.founding",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "frontend.middleware.ContentSecurity",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "frontend.middleware.ReaderLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "frontend.sessions.Seen",
    "frontend.middleware.Refusals",
]
ROOT_URLCONF = "alliance.urls"
ASGI_APPLICATION = "alliance.asgi.application"
WSGI_APPLICATION = "alliance.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "frontend" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "frontend.context.surroundings",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "frontend.templatetags.alliance",
                "frontend.templatetags.words",
            ],
        },
    }
]
FORM_RENDERER = "frontend.forms.renderer.Renderer"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- What keeps the data -----------------------------------------------------------------------------------------------
DATABASES = {"default": database.configuration(os.environ.get("DATABASE_URL"), DATA_DIR)}
SHARED_NAME = environment.shared_name("SHARED_NAME", SECRET_KEY)
REDIS_URL = environment.server("REDIS_URL", ("redis", "rediss", "unix"), "redis://host:6379/0")
ELASTICSEARCH_URL = environment.server("ELASTICSEARCH_URL", ("http", "https"), "http://host:9200")
CLAMD_URL = environment.server("CLAMD_URL", ("tcp", "unix"), "tcp://host:3310 or unix:///run/clamav/clamd.ctl")
S3_URL = environment.server("S3_URL", ("http", "https"), "https://key:secret@host/bucket")
STORAGES = {
    "default": files.configuration(S3_URL, DATA_DIR / "files"),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# One memory for all processes: limits are not multiplied, and a one-time code is used once, whichever process it is shown to.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "background_remembered",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DOCUMENT_MAX_BYTES = 25 * 1024 * 1024

# --- Search ------------------------------------------------------------------------------------------------------------
SEARCH_INDEX = DATA_DIR / "index.sqlite3"
SEARCH_AT_ONCE = os.environ.get("SEARCH_AT_ONCE") == "1"  # for tests: what was put is found without waiting for a refresh

# --- The memory and those who listen to it (ordered, like MIDDLEWARE) --------------------------------------------------
LEDGER_LISTENERS = [
    "alliance.search.index.follow",
    "members.letters.write",
    "exchanges.letters.write",
    "exchanges.notices.tell",
    "exchanges.audiences.deliver",
    "alliance.http.forget_pages",
]
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "search", "letters", "files"]}}

# --- Words -------------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = TONGUES
LANGUAGES_BIDI = RIGHT_TO_LEFT
LOCALE_PATHS = [BASE_DIR / "frontend" / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"
MODELTRANSLATION_DEFAULT_LANGUAGE = "en"
MODELTRANSLATION_LANGUAGES = tuple(code for code, _name in TONGUES)
MODELTRANSLATION_FALLBACK_LANGUAGES = tuple(code for code, _name in TONGUES)
MODELTRANSLATION_ENABLE_REGISTRATIONS = True

# --- People ------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "members.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "frontend.accounts.AccountAdapter"
MFA_ADAPTER = "frontend.accounts.MfaAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"invitation": "20/m/ip"}
ACCOUNT_FORMS = {
    "login": "frontend.forms.accounts.Login",
    "add_email": "frontend.forms.accounts.ChangeOfAddress",
    "change_password": "frontend.forms.accounts.ChangeOfPassword",
    "set_password": "frontend.forms.accounts.FirstPassword",
    "reset_password": "frontend.forms.accounts.Reset",
    "reset_password_from_key": "frontend.forms.accounts.ResetPassword",
    "reauthenticate": "frontend.forms.accounts.Reauthenticate",
    "request_login_code": "frontend.forms.accounts.AskForCode",
    "confirm_login_code": "frontend.forms.accounts.LoginCode",
    "confirm_email_verification_code": "frontend.forms.accounts.AddressCode",
    "confirm_password_reset_code": "frontend.forms.accounts.ResetCode",
}
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 8}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Alliance"
MFA_TOTP_TOLERANCE = 1  # the code before and the one after are taken too: clocks differ, and people type (RFC 6238, 5.2)
MFA_FORMS = {
    "authenticate": "frontend.forms.accounts.SecondFactor",
    "reauthenticate": "frontend.forms.accounts.SecondFactorAgain",
    "activate_totp": "frontend.forms.accounts.Authenticator",
    "add_webauthn": "frontend.forms.accounts.NewPasskey",
    "edit_webauthn": "frontend.forms.accounts.Passkey",
    "authenticate_webauthn": "frontend.forms.accounts.SecondFactorPasskey",
    "reauthenticate_webauthn": "frontend.forms.accounts.SecondFactorPasskeyAgain",
    "login_webauthn": "frontend.forms.accounts.LoginPasskey",
}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _secure
USERSESSIONS_TRACK_ACTIVITY = True
SIGN_IN_LINK_LIFE = timedelta(minutes=10)

# --- Letters -----------------------------------------------------------------------------------------------------------
EMAIL_URL = environment.address("EMAIL_URL", ("smtp", "smtps"), "smtp://user:password@host:587/?tls=1 or smtps://host:465")
EMAIL_BACKEND = "members.mail.Backend"
LETTERS_TO_CONSOLE = os.environ.get("LETTERS_TO_CONSOLE") == "1"  # `serve` sets it
DEFAULT_FROM_EMAIL = os.environ.get("MAIL_FROM") or f"alliance@{_host}"
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- The program's door ------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "api.errors.handler",
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.authentication.Bearer", "api.authentication.SiteSession"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["api.renderers.Json"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.Json"],
    "DEFAULT_SCHEMA_CLASS": "api.openapi.Shapes",
    "DEFAULT_PAGINATION_CLASS": "api.pagination.ByCursor",
    "DEFAULT_THROTTLE_CLASSES": [],
    "URL_FORMAT_OVERRIDE": None,  # `?format=` is no parameter of ours: it would hide what is there behind a 404
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
API_SPARINGLY = environment.rate("API_SPARINGLY", "60/min")
SPECTACULAR_SETTINGS = {
    "TITLE": "Alliance of cities",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "InterfaceLanguageEnum": "alliance.languages.tongues.CODES",
        "TranslationOriginEnum": "alliance.languages.state.TRANSLATION_ORIGINS",
        "OriginEnum": "api.answers.parts.ORIGINS",
        "AudienceKindEnum": "api.shapes.AUDIENCES",
        "RegisterKindEnum": "api.answers.accord.ENTRY_KINDS",
        "CityStateEnum": "api.answers.cities.CITY_STATES",
        "ApplicationStateEnum": "api.answers.members.APPLICATION_STATES",
        "DueKindEnum": "api.answers.members.DUE",
        "PracticeStateEnum": "api.answers.exchanges.PRACTICE_STATES",
        "FileStateEnum": "api.answers.exchanges.FILE_STATES",
        "ReportStateEnum": "api.answers.exchanges.REPORT_STATES",
        "FoundKindEnum": "api.answers.search.KINDS",
    },
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "api.openapi.complete"],
}

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "frontend" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

NETWORK_NAME = _("Alliance of cities")
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        # What rests says so in a line of its own, not once more for each visitor.
        "unexpected": {"()": "django.utils.log.CallbackFilter", "callback": lambda said: getattr(said, "status_code", 0) != 503}
    },
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "elastic_transport": {"level": "CRITICAL"},  # we say ourselves, in a sentence, that it does not answer
        "alliance": {"level": "INFO"},
        "django.request": {"level": "ERROR", "filters": ["unexpected"]},
    },
}
