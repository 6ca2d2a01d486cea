"""A pytest plugin: write down which tests passed, with their markers, for ``python -m tests``.

The file that ``TEST_OUTCOMES`` names gets one JSON object a test function, whatever its parameters.
"""

import json
import os
from pathlib import Path

MARKERS = ("any_user_model", "with_blacklist")


class Outcomes:
    """Collects, in the process that reports, whether each test function passed at least once."""

    def __init__(self, path):
        self.path = path
        self.passed, self.markers = {}, {}

    def pytest_runtest_logreport(self, report):
        name = report.nodeid.partition("[")[0]
        self.markers[name] = [each for each in MARKERS if each in report.keywords]
        has_passed = report.when == "call" and report.passed
        self.passed[name] = self.passed.get(name, False) or has_passed

    def pytest_sessionfinish(self):
        with self.path.open("a") as file:
            for name, markers in self.markers.items():
                outcome = {"test": name, "markers": markers, "passed": self.passed[name]}
                file.write(json.dumps(outcome) + "\n")


def pytest_configure(config):
    path = os.environ.get("TEST_OUTCOMES")
    # A worker of xdist has its reports counted by its controller.
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Outcomes(Path(path)))
