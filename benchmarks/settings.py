"""Settings of the site that is measured: stock users, and a database chosen by the environment."""

from datetime import timedelta
import os
import tempfile
from typing import Any

import pymysql

SECRET_KEY = "only-for-benchmarks-" + "0123456789" * 4
DEBUG = False
USE_TZ = True

SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": ":memory:",
    # A file, as on a real site: in memory, queries would look cheaper than they are.
    "TEST": {"NAME": os.path.join(tempfile.gettempdir(), f"benchmark-{os.getpid()}.sqlite3")},
}
POSTGRESQL: dict[str, Any] = {
    "ENGINE": "django.db.backends.postgresql",
    "HOST": "127.0.0.1",
    "PORT": 5432,
    "USER": "postgres",
    "NAME": "postgres",
    "TEST": {"NAME": f"benchmark_{os.getpid()}"},
}
if os.environ.get("BENCHMARK_PREPARED"):
    POSTGRESQL["OPTIONS"] = {"server_side_binding": True, "prepare_threshold": 5}
MARIADB = {
    "ENGINE": "django.db.backends.mysql",
    "HOST": "127.0.0.1",
    "PORT": 3306,
    "USER": "root",
    "NAME": "mysql",
    "TEST": {"NAME": f"benchmark_{os.getpid()}"},
}
DATABASE = os.environ.get("BENCHMARK_DATABASE", "sqlite")
if DATABASE == "mariadb":
    pymysql.install_as_MySQLdb()
DATABASES = {"default": {"sqlite": SQLITE, "postgresql": POSTGRESQL, "mariadb": MARIADB}[DATABASE]}

BLACKLIST_APP = (
    [] if os.environ.get("BENCHMARK_NO_BLACKLIST") else ["rest_framework_simplejwt.token_blacklist"]
)
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "rest_framework",
    "rest_framework.authtoken",
    *BLACKLIST_APP,
    "jwt_invalidation",
    "benchmarks",
]
# With a slow hasher, the cost of a save could not be seen.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SIMPLE_JWT = {
    "SIGNING_KEY": "a-signing-key-of-its-own-" + "0123456789" * 2,
    "ALGORITHM": "HS256",
    # They must outlive the measurement. ExpiryStrategy allows no more.
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=10),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
