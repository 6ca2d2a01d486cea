"""The tests' site, on a machine where drf-spectacular cannot be imported."""

from importlib.abc import MetaPathFinder
import sys


class NotInstalled(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.partition(".")[0] == "drf_spectacular":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


assert "drf_spectacular" not in sys.modules
sys.meta_path.insert(0, NotInstalled())

from tests.settings.base import *  # noqa: E402, F403
from tests.settings.base import INSTALLED_APPS, REST_FRAMEWORK  # noqa: E402

INSTALLED_APPS = [app for app in INSTALLED_APPS if app != "drf_spectacular"]
REST_FRAMEWORK = {
    name: value for name, value in REST_FRAMEWORK.items() if name != "DEFAULT_SCHEMA_CLASS"
}
