"""The site of ``testproject``, with passwords that tests can wait for."""

from testproject.settings import *  # noqa: F403  # settings are inherited that way

PASSWORD_HASHERS = ["tests.support.hashers.QuickHasher"]
