"""The site of ``testproject`` with a quick password hasher."""

from testproject.settings import *  # noqa: F403  # settings are inherited that way

PASSWORD_HASHERS = ["tests.support.hashers.QuickHasher"]
