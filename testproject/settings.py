"""A small site: stock users, an API with tokens, two pages that use it, and the admin.

The environment variables DATABASE_URL and STRATEGY choose the database and the strategy.
"""

import os
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent

# For development on this machine only. A real site reads both keys from its environment.
SECRET_KEY = "testproject-secret-key-for-development-only-0123456789"
DEBUG = True
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]

DATABASES = {"default": dj_database_url.config(default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.mysql":
    import pymysql

    pymysql.install_as_MySQLdb()
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Seconds that a writer waits for another one.
    DATABASES["default"]["OPTIONS"] = {"timeout": 20}

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "rest_framework",
    "jwt_invalidation",
    "testproject.demo",
    "testproject.devices",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
ROOT_URLCONF = "testproject.urls"
WSGI_APPLICATION = "testproject.wsgi.application"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["jwt_invalidation.authentication.JWTAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
}
SIMPLE_JWT = {
    # Not SECRET_KEY, which can then be rotated without logging anybody out.
    "SIGNING_KEY": "testproject-signing-key-for-development-only-0123456789",
    "ROTATE_REFRESH_TOKENS": True,
}

VERSION = "jwt_invalidation.strategies.version.VersionStrategy"
STRATEGIES = {
    "session": [VERSION, "jwt_invalidation.strategies.session.SessionStrategy"],
    "version": [VERSION],
    "blacklist": ["jwt_invalidation.strategies.blacklist.BlacklistStrategy"],
    "expiry": ["jwt_invalidation.strategies.expiry.ExpiryStrategy"],
}
STRATEGY = os.environ.get("STRATEGY", "session")
if STRATEGY not in STRATEGIES:
    raise ImproperlyConfigured(
        f"STRATEGY must be one of {', '.join(STRATEGIES)}, not {STRATEGY!r}."
    )
JWT_INVALIDATION = {"STRATEGIES": STRATEGIES[STRATEGY]}
if STRATEGY == "blacklist":
    # Not with the other strategies: simplejwt behaves differently if it is installed.
    INSTALLED_APPS.append("rest_framework_simplejwt.token_blacklist")
if STRATEGY == "expiry":
    # This class sends no query. Views that must refuse at once, or need the stored user, name the
    # other class.
    REST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"] = [
        "jwt_invalidation.authentication.JWTStatelessUserAuthentication"
    ]

USE_TZ = True
STATIC_URL = "static/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
