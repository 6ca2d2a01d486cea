"""Take one token from stdin."""

import sys

from django.core.management.base import CommandError, OutputWrapper

from ..conf import conf

#: Characters of a line that a terminal takes; Linux drops what is beyond.
LONGEST_LINE = 4095
#: More than this is no token, whatever the settings: characters around the token.
MOST_AROUND = 1_000_000

ADVICE = "Give one token on stdin, whole and on one line: `manage.py inspect_token < token.txt`."


def read_token(prompt: OutputWrapper) -> str:
    """Return the token, without what an ``Authorization`` header has before it.

    Raise a ``CommandError``, which never repeats what came in, unless it is one.
    """
    words = _read(prompt).split()
    if words and words[0].lower() == "bearer":
        words = words[1:]
    if not words:
        raise CommandError(f"Nothing came in. {ADVICE}")
    if len(words) > 1:
        raise CommandError(f"More than one token came in, or one in pieces. {ADVICE}")
    [token] = words
    if len(token) > conf.MAX_TOKEN_LENGTH:
        raise CommandError(
            f"The token is longer than {conf.MAX_TOKEN_LENGTH} characters, so every entrance refuses"
            ' it unparsed. Raise JWT_INVALIDATION["MAX_TOKEN_LENGTH"] if it is genuine.'
        )
    return token


def _read(prompt: OutputWrapper) -> str:
    # There is no stdin at all under some service managers.
    if sys.stdin is None:
        raise CommandError(f"There is no stdin. {ADVICE}")
    try:
        if not sys.stdin.isatty():
            return sys.stdin.read(conf.MAX_TOKEN_LENGTH + MOST_AROUND)
        # To the end, not to the first line: the shell would take the rest, and keep it.
        prompt.write("Paste the token, then press Enter and Ctrl-D:", style_func=str)
        text = sys.stdin.read()
    except (OSError, ValueError) as error:
        raise CommandError(f"What came in cannot be read as text. {ADVICE}") from error
    except KeyboardInterrupt as error:
        raise CommandError("Cancelled.") from error
    if any(len(line) >= LONGEST_LINE for line in text.splitlines()):
        raise CommandError(f"The terminal may have cut the token. {ADVICE}")
    return text
