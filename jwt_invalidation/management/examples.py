"""Show examples below the help of a command, one per line."""

from argparse import RawDescriptionHelpFormatter

from django.core.management.base import CommandParser, DjangoHelpFormatter


class ExamplesFormatter(DjangoHelpFormatter, RawDescriptionHelpFormatter):
    """Orders the options as Django does, and keeps the line breaks of the examples."""


def show_examples(parser: CommandParser, *examples: str) -> None:
    """Add examples, which can be copied, to the end of the help of ``parser``."""
    parser.formatter_class = ExamplesFormatter
    parser.epilog = "\n  ".join(["examples:", *(f"manage.py {each}" for each in examples)])
