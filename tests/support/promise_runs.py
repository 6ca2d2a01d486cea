"""Runs of the promise's tests in a process of its own, on a site with other settings."""

import os
from pathlib import Path
import subprocess
import sys

ROOT = Path(__file__).parents[2]


def assert_the_promise_is_kept(settings):
    """Run tests/promise/test_promise.py with a settings module."""
    environment = {**os.environ, "TEST_DATABASE_NAME": ":memory:"}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-cov"]

    done = subprocess.run(
        [*command, f"--ds={settings}", "tests/promise/test_promise.py"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout
