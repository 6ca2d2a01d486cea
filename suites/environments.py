"""A Python with all that a suite needs, and the suite's sources, both kept in ``.suites``."""

from __future__ import annotations

from hashlib import sha256
import os
from pathlib import Path
import subprocess
import tarfile

from .catalogue import TOOLS, Suite

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".suites"
CONSTRAINTS = ROOT / "requirements" / "constraints.txt"
NEWEST_PYTHON = 14

# Django's runner installs a fixed list of apps, and makes the tables of some without migrations.
PATCHES = {
    "ALWAYS_INSTALLED_APPS = [\n": (
        'ALWAYS_INSTALLED_APPS = [\n    *os.environ.get("EXTRA_APPS", "").split(),\n'
    ),
    '        "auth": None,\n': '        "auth": None,\n        "jwt_invalidation": None,\n',
}


class NoPython(Exception):
    """No Python on the path is new enough for the suite."""


class Environment:
    """Where one suite is run."""

    def __init__(self, suite: Suite) -> None:
        self.suite = suite
        pins = "\n".join([CONSTRAINTS.read_text(), *TOOLS, suite.django, suite.release])
        # Other pins, another folder: what is kept there was found with these.
        self.folder = KEPT / f"{suite.name}-{sha256(pins.encode()).hexdigest()[:8]}"
        self.python = self.folder / "venv" / "bin" / "python"
        self.sources = self.folder / "sources"
        self.package = self.folder / "package"
        self.baseline = self.folder / "without.json"

    def prepare(self) -> None:
        """Make what is missing; raise `NoPython`."""
        ready = self.folder / "ready"
        if ready.exists():
            return
        python = find_python(self.suite.python)
        self.folder.mkdir(parents=True, exist_ok=True)
        _run(python, "-m", "venv", "--clear", str(self.folder / "venv"))
        self._pip("install", "--constraint", str(CONSTRAINTS), self.suite.django, *TOOLS)
        self._unpack()
        # The app alone is on the path: our own tests would hide those of the suite.
        self.package.mkdir(exist_ok=True)
        (self.package / "jwt_invalidation").unlink(missing_ok=True)
        (self.package / "jwt_invalidation").symlink_to(ROOT / "jwt_invalidation")
        ready.touch()

    def _unpack(self) -> None:
        downloads = self.folder / "downloads"
        self._pip(
            *("download", "--no-binary", ":all:", "--no-deps", "--dest", str(downloads)),
            self.suite.release,
        )
        [archive] = downloads.glob("*.tar.gz")
        with tarfile.open(archive) as tar:
            tar.extractall(self.folder, filter="data")
        (self.folder / archive.name.removesuffix(".tar.gz")).rename(self.sources)
        if self.suite.labels:
            patch(self.sources / "tests" / "runtests.py")

    def _pip(self, *arguments: str) -> None:
        _run(str(self.python), "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments)


def patch(runner: Path) -> None:
    """Let Django's runner install the apps that ``EXTRA_APPS`` names."""
    text = runner.read_text()
    for old, new in PATCHES.items():
        if text.count(old) != 1:
            raise ValueError(f"{runner} has not exactly one {old.strip()!r}.")
        text = text.replace(old, new)
    runner.write_text(text)


def find_python(oldest: tuple[int, int]) -> str:
    """Return the oldest Python on the path that is new enough, one that starts; raise `NoPython`."""
    major, minor = oldest
    for number in range(minor, NEWEST_PYTHON + 1):
        for folder in os.get_exec_path():
            python = Path(folder) / f"python{major}.{number}"
            # pyenv's shims are there for a Python that is switched off as well.
            if python.exists() and not subprocess.call(
                [python, "-c", ""], stderr=subprocess.DEVNULL
            ):
                return str(python)
    raise NoPython(f"no Python {major}.{minor} or newer on the path")


def _run(*command: str) -> None:
    subprocess.run(command, check=True)
