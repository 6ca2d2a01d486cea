"""The tests' site with an app that listens to our signals, listed where the environment says."""

import os

from tests.settings.base import *  # noqa: F403
from tests.settings.base import DATABASES, INSTALLED_APPS

CHAT = "tests.support.chat"
INSTALLED_APPS = {
    "first": [CHAT, *INSTALLED_APPS],
    "last": [*INSTALLED_APPS, CHAT],
}[os.environ["CHAT_IS_LISTED"]]
DATABASES = {"default": {**DATABASES["default"], "NAME": ":memory:"}}
