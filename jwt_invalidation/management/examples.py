"""Show examples, each on a line of its own, below a command's help."""

from argparse import RawDescriptionHelpFormatter

from django.core.management.base import CommandParser, DjangoHelpFormatter


class ExamplesFormatter(DjangoHelpFormatter, RawDescriptionHelpFormatter):
    """Django's order of the options, with the line breaks of the examples kept."""


def show_examples(parser: CommandParser, *examples: str) -> None:
    """End the help of ``parser`` with command lines that can be copied."""
    parser.formatter_class = ExamplesFormatter
    parser.epilog = "\n  ".join(["examples:", *(f"manage.py {each}" for each in examples)])
