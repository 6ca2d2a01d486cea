#!/usr/bin/env python
"""Run a command of the site, in a checkout too, where nothing is installed."""

import os
from pathlib import Path
import sys

REPOSITORY = Path(__file__).resolve().parent.parent


def main() -> None:
    """Hand the arguments to Django."""
    sys.path.insert(0, str(REPOSITORY))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "testproject.settings")
    # Django may be missing; only now can its absence be told from that of the site.
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # It says what to change; the way that led there says less.
        sys.exit(f"ImproperlyConfigured: {error}")


if __name__ == "__main__":
    main()
