#!/usr/bin/env python
"""Run a command of the site. It also works in a checkout in which nothing is installed."""

import os
from pathlib import Path
import sys

REPOSITORY = Path(__file__).resolve().parent.parent


def main() -> None:
    """Pass the arguments to Django."""
    sys.path.insert(0, str(REPOSITORY))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "testproject.settings")
    # Imported here: an ImportError then means that Django is missing, not the site.
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # The message says what to change. A traceback would only hide it.
        sys.exit(f"ImproperlyConfigured: {error}")


if __name__ == "__main__":
    main()
