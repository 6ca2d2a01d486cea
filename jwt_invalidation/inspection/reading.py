"""Read one token from stdin, without trusting it."""

from collections.abc import Mapping
import sys
from typing import Any, NamedTuple

from django.core.management.base import CommandError, OutputWrapper
import jwt

from ..conf import conf

#: Linux drops what a line at a terminal has beyond this number of characters.
LONGEST_LINE = 4095
#: Characters that are read beside the longest token. No header or white space is longer.
MOST_AROUND = 1_000_000
# What PyJWT raises for hostile headers and claims. It differs from release to release.
PYJWT_ERRORS = (jwt.InvalidTokenError, TypeError, ValueError, OverflowError, RecursionError)
ADVICE = "Give one token on stdin, whole and on one line: `manage.py inspect_token < token.txt`."


class PastedToken(NamedTuple):
    """A token as it came in. Nothing in it is verified."""

    text: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]


def read_token(prompt: OutputWrapper) -> PastedToken:
    """Return the token on stdin, without the ``Bearer`` of an ``Authorization`` header.

    Raise a ``CommandError``, which never repeats the input, unless it is one JSON Web Token.
    """
    words = _read(prompt).split()
    if words and words[0].lower() == "bearer":
        words = words[1:]
    if not words:
        raise CommandError(f"Nothing came in. {ADVICE}")
    if len(words) > 1:
        raise CommandError(f"More than one token came in, or one in pieces. {ADVICE}")
    [text] = words
    if len(text) > conf.MAX_TOKEN_LENGTH:
        raise CommandError(
            f"The token is longer than {conf.MAX_TOKEN_LENGTH} characters, so every endpoint refuses"
            ' it unparsed. Raise JWT_INVALIDATION["MAX_TOKEN_LENGTH"] if it is genuine.'
        )
    signed, _, _ = text.rpartition(".")
    try:
        # Without the signature: if only that is damaged, the rest is still worth reading.
        decoded = jwt.decode_complete(f"{signed}.", options={"verify_signature": False})
    except PYJWT_ERRORS as error:
        raise CommandError(
            "PyJWT cannot read this as a JSON Web Token. Give all of it: three parts with a dot"
            " between them, and no quotes around them."
        ) from error
    return PastedToken(text, decoded["header"], decoded["payload"])


def _read(prompt: OutputWrapper) -> str:
    # Some service managers start programs without any stdin.
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
