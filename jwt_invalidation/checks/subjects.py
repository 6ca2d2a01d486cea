"""What check messages are about where it is not a view: the ``obj`` of a message."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """A setting, or one key of a setting that is a dict. Its text is what Python code would say."""

    name: str
    key: str | None = None

    def __str__(self) -> str:
        return self.name if self.key is None else f'{self.name}["{self.key}"]'


DEFAULT_AUTHENTICATION = Setting("REST_FRAMEWORK", "DEFAULT_AUTHENTICATION_CLASSES")
STRATEGIES = Setting("JWT_INVALIDATION", "STRATEGIES")


def simplejwt_setting(key: str) -> Setting:
    """Return a key of ``SIMPLE_JWT``."""
    return Setting("SIMPLE_JWT", key)
