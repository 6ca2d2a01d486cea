"""simplejwt's settings, changed for a while and for its own modules as well."""

from contextlib import contextmanager

import pytest
from rest_framework_simplejwt.settings import api_settings

from jwt_invalidation.conf import conf


class BothSettings:
    """simplejwt's settings: the object that its modules hold, and the one put in its place since."""

    def __init__(self, patch):
        object.__setattr__(self, "_patch", patch)

    def __setattr__(self, name, value):
        for each in (api_settings, conf.simplejwt):
            self._patch.setattr(each, name, value)


@contextmanager
def changing_simplejwt():
    """Yield an object whose attributes are simplejwt's settings until the block ends."""
    with pytest.MonkeyPatch.context() as patch:
        yield BothSettings(patch)


@contextmanager
def simplejwt(**changes):
    """Change settings of simplejwt for a while."""
    with changing_simplejwt() as settings:
        for name, value in changes.items():
            setattr(settings, name, value)
        yield
