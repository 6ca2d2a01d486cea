"""Run a suite once, without the app or with it."""

from __future__ import annotations

import json
import os
from pathlib import Path
import subprocess

from .comparison import Outcome, read_pytest, read_unittest
from .environments import Environment

APP = "jwt_invalidation"
PLUGIN = Path(__file__).resolve().parent / "plugin"
# Both runners exit with 1 if tests fail. Anything else is no result.
FINISHED = (0, 1)


def run_with_app(environment: Environment) -> Outcome:
    """Return the outcome of the suite with the app installed."""
    return _run(environment, with_app=True)


def run_without_app(environment: Environment) -> Outcome:
    """Return the outcome of the suite as it is. The first one is kept: nothing of ours changes it."""
    kept = environment.baseline
    if not kept.exists():
        ran, failed = _run(environment, with_app=False)
        kept.write_text(json.dumps({"ran": ran, "failed": sorted(failed)}))
    known = json.loads(kept.read_text())
    return Outcome(known["ran"], frozenset(known["failed"]))


def _run(environment: Environment, *, with_app: bool) -> Outcome:
    is_django = bool(environment.suite.labels)
    command = _django if is_django else _pytest
    path = [str(PLUGIN), str(environment.package), str(environment.sources)]
    variables = {
        **{key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"},
        "PYTHONPATH": os.pathsep.join(path),
        "EXTRA_APPS": APP if with_app else "",
        "COLUMNS": "1000",
    }
    done = subprocess.run(
        [str(environment.python), *command(environment, with_app=with_app)],
        cwd=environment.sources / "tests" if is_django else environment.sources,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    log = environment.folder / f"{'with' if with_app else 'without'}.log"
    log.write_text(done.stdout)
    if done.returncode not in FINISHED:
        raise RuntimeError(f"{environment.suite.name} exited with {done.returncode}: see {log}")
    try:
        return (read_unittest if is_django else read_pytest)(done.stdout)
    except ValueError as error:
        raise RuntimeError(f"{environment.suite.name}: {error} See {log}") from error


def _django(environment: Environment, *, with_app: bool) -> list[str]:
    processes = f"--parallel={os.cpu_count()}"
    return ["runtests.py", processes, "--verbosity=0", *environment.suite.labels]


def _pytest(environment: Environment, *, with_app: bool) -> list[str]:
    plugin = ["-p", "with_app"] if with_app else []
    return ["-m", "pytest", "-rfE", *plugin, "tests"]
