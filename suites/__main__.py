"""Run the suites and print how they differ: ``python -m suites [NAME ...]``."""

from argparse import ArgumentParser
import sys
from time import monotonic

from .catalogue import SUITES, Suite
from .comparison import problems
from .environments import Environment, NoPython
from .runs import run_with_app, run_without_app


def main() -> int:
    """Return 1 if a suite differs from what the catalogue says."""
    parser = ArgumentParser(prog="python -m suites", description=__doc__)
    names = [suite.name for suite in SUITES]
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names)}")
    chosen = parser.parse_args().names or names
    if unknown := set(chosen) - set(names):
        parser.error(f"no suite is called {', '.join(sorted(unknown))}")
    found = [line for suite in SUITES if suite.name in chosen for line in compare(suite)]
    return 1 if found else 0


def compare(suite: Suite) -> list[str]:
    """Run one suite without the app and with it; print and return what is wrong."""
    started = monotonic()
    environment = Environment(suite)
    try:
        environment.prepare()
    except NoPython as error:
        print(f"{suite.name}: skipped, {error}", flush=True)
        return []
    without, with_app = run_without_app(environment), run_with_app(environment)
    wrong = problems(without, with_app, suite.differences)
    verdict = f"{len(wrong)} problems" if wrong else "as without the app"
    print(
        f"{suite.name}: {suite.release}, {with_app.ran} tests, {verdict},"
        f" {len(suite.differences)} differences are meant ({monotonic() - started:.0f} s)",
        flush=True,
    )
    for line in wrong:
        print(f"  {line}")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
