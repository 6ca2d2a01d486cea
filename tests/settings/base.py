"""The site that the tests run against; the environment chooses its database and user model."""

import os

import dj_database_url

SECRET_KEY = "only-for-tests-" + "0123456789" * 4
USE_TZ = True
TIME_ZONE = "Europe/Vienna"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "tests.settings.urls"

DATABASES = {"default": dj_database_url.parse(os.environ.get("DATABASE_URL", "sqlite:///:memory:"))}
if DATABASES["default"]["ENGINE"] == "django.db.backends.mysql":
    import pymysql

    pymysql.install_as_MySQLdb()
    # Each test has a connection of its own, and to set up TLS takes longer than most of them.
    DATABASES["default"]["OPTIONS"] = {"ssl_disabled": True}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, not memory: threads must meet in it.
    DATABASES["default"]["TEST"] = {"NAME": "test.sqlite3"}
    DATABASES["default"]["OPTIONS"] = {"timeout": 20}
if "TEST_DATABASE_NAME" in os.environ:
    DATABASES["default"]["TEST"] = {"NAME": os.environ["TEST_DATABASE_NAME"]}
DATABASES["other"] = dj_database_url.parse("sqlite:///:memory:")

USER_MODEL = os.environ.get("TEST_USER_MODEL", "auth.User")
AUTH_USER_MODEL = USER_MODEL

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "rest_framework",
    "drf_spectacular",
    "tests.support.users",
    "jwt_invalidation",
]
if USER_MODEL == "auth.User":
    INSTALLED_APPS.append("tests.support.members")
if os.environ.get("TEST_BLACKLIST_APP"):
    INSTALLED_APPS.append("rest_framework_simplejwt.token_blacklist")

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
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

# Fast, and real: two work factors of one algorithm, so that a hash can be upgraded.
PASSWORD_HASHERS = [
    "tests.support.hashers.QuickHasher",
    "django.contrib.auth.hashers.MD5PasswordHasher",
]
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["jwt_invalidation.authentication.JWTAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SIMPLE_JWT = {
    "SIGNING_KEY": "a-signing-key-of-its-own-" + "0123456789" * 2,
    "USER_ID_FIELD": "email" if USER_MODEL == "users.EmailKeyUser" else "id",
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "static/"
