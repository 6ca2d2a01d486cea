"""Other people's tests, run without this app and with it: ``make suites``.

Belongs here: `catalogue` (which tests, and which differences are meant), `environments` (a Python with
their sources), `runs` (one run and what failed in it) and `comparison` (of two runs).

Each suite comes from the source distribution of its release. Whatever fails with the app must fail
without it as well, or stand in the catalogue with its reason. What stands there and no longer fails
is a mistake, too. Sources, environments and the runs without the app are kept in ``.suites``.
"""
