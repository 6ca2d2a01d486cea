"""``manage.py inspect_token``: what comes in, and what never comes out."""

from io import BytesIO, StringIO, TextIOWrapper
import sys

from django.core.management import CommandError
import pytest
from rest_framework_simplejwt import state
from rest_framework_simplejwt.backends import TokenBackend

from jwt_invalidation.tokens import AccessToken
from tests.support import forge
from tests.support.commands import manage, run, terminal
from tests.support.inspecting import assert_kept_secret, inspect

pytestmark = [pytest.mark.django_db, pytest.mark.any_user_model]

in_the_open = pytest.mark.django_db(transaction=True)
ADVICE = "Give one token on stdin, whole and on one line: `manage.py inspect_token < token.txt`."
PROMPT = "Paste the token, then press Enter and Ctrl-D:\n"


@pytest.fixture
def token(alice):
    return str(AccessToken.for_user(alice))


@pytest.mark.parametrize("frame", ["{}", "  {}\r\n\n", "Bearer {}\n", "bearer   {}", "\t{}"])
def test_a_token_is_taken_with_what_is_usually_around_it(token, frame):
    seen = inspect(token, typed=frame.format(token))

    assert (seen.last, seen.err, seen.status) == ("Accepted.", "", 0)


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        ("", "Nothing came in."),
        (" \n\n", "Nothing came in."),
        ("Bearer\n", "Nothing came in."),
        ("{0}\n{0}", "More than one token came in, or one in pieces."),
        ("Authorization: Bearer {0}", "More than one token came in, or one in pieces."),
    ],
)
def test_what_is_not_one_token_is_refused_with_advice(token, frame, words):
    seen = inspect(token, typed=frame.format(token))

    assert seen == ("", f"{words} {ADVICE}", 2)


@pytest.mark.parametrize(
    "damage",
    [
        lambda token: token.rpartition(".")[0],
        lambda token: token[10:],
        lambda token: f'"{token}"',
        lambda token: f"{token}.{token}",
        lambda token: token.replace(".", "\x00"),
        lambda token: f"\udce4{token}",
        lambda token: "x.y.z" + token[-12:],
        lambda token: forge.sign(forge.Raw("[]")),
        lambda token: forge.sign(forge.Raw("[" * 5000)),
        lambda token: forge.sign(forge.Raw('{"exp":' + "9" * 5000 + "}")),
        lambda token: forge.sign(forge.read(token), header={"alg": "HS256", "kid": 7}),
        lambda token: forge.sign(forge.read(token), header={"alg": "HS256", "crit": ["\x1b[2J"]}),
    ],
)
def test_what_is_no_json_web_token_is_refused_with_advice_and_not_repeated(token, damage):
    seen = inspect(token, typed=damage(token))

    assert (seen.out, seen.status) == ("", 2)
    assert seen.err.startswith("PyJWT cannot read this as a JSON Web Token. Give all of it")


def test_the_longest_token_is_inspected_and_one_letter_more_is_refused_unparsed(alice, settings):
    settings.JWT_INVALIDATION = {"MAX_TOKEN_LENGTH": 1000}
    claims = AccessToken.for_user(alice).payload

    longest, longer = (inspect(forge.padded(claims, length)) for length in (1000, 1001))

    assert longest.last == "Accepted."
    assert (longer.out, longer.status) == ("", 2)
    assert longer.err.startswith("The token is longer than 1000 characters")


@pytest.mark.parametrize(
    ("stdin", "words"),
    [
        (None, "There is no stdin."),
        (TextIOWrapper(BytesIO(b"\xff\xfe"), encoding="utf-8"), "What came in cannot be read"),
    ],
    ids=["none", "bytes"],
)
def test_a_stdin_that_is_none_or_no_text_is_told(stdin, words, monkeypatch):
    monkeypatch.setattr(sys, "stdin", stdin)

    with pytest.raises(CommandError, match=words) as caught:
        run("inspect_token")

    assert caught.value.returncode == 2


def at_terminal(keys, monkeypatch):
    """Run the command at a terminal where somebody types; return what it prints, and its prompt."""
    err = StringIO()
    with terminal("r") as (stdin, keyboard):
        keyboard.write(keys.encode())
        monkeypatch.setattr(sys, "stdin", stdin)
        return run("inspect_token", stderr=err), err.getvalue()


def test_whoever_sits_at_a_terminal_is_told_what_to_paste(token, monkeypatch):
    printed, prompt = at_terminal(f"{token}\n\x04", monkeypatch)

    assert prompt == PROMPT
    assert printed.endswith("Accepted.\n")
    assert_kept_secret(token, printed + prompt)


def test_a_token_that_the_terminal_cut_is_not_judged(alice, monkeypatch):
    long = forge.padded(AccessToken.for_user(alice).payload, 5000)

    with pytest.raises(CommandError, match="The terminal may have cut the token") as caught:
        at_terminal(f"{long}\n\x04", monkeypatch)

    assert_kept_secret(long, str(caught.value))


def test_whoever_presses_ctrl_c_instead_sees_no_traceback(monkeypatch):
    class Interrupted(StringIO):
        def read(self, *args):
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", Interrupted())

    with pytest.raises(CommandError, match=r"^Cancelled\.$"):
        run("inspect_token")


@in_the_open
@pytest.mark.parametrize("is_revoked", [True, False])
def test_a_shell_script_can_tell_by_the_exit_status(alice, is_revoked):
    token = str(AccessToken.for_user(alice))
    if is_revoked:
        alice.set_password("another horse")
        alice.save()

    done = manage("inspect_token", typed=f"{token}\n\x04")

    last = "Refused: token_revoked." if is_revoked else "Accepted."
    assert (done.returncode, done.stderr) == (int(is_revoked), PROMPT)
    assert done.stdout.splitlines()[-1] == last
    assert_kept_secret(token, done.stdout)


@in_the_open
def test_a_shell_script_can_tell_a_refusal_from_a_failure(alice):
    done = manage("inspect_token")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"CommandError: Nothing came in. {ADVICE}\n"


@pytest.mark.parametrize("path", ["no.such.Strategy", "nowhere"])
def test_a_strategy_that_cannot_be_loaded_is_told(token, settings, path):
    settings.JWT_INVALIDATION = {"STRATEGIES": [path]}

    seen = inspect(token)

    assert seen.status == 2
    assert seen.err.startswith("The settings are wrong. ")


def test_a_key_set_that_does_not_answer_is_told(token, monkeypatch):
    backend = TokenBackend("HS256", "x" * 32, jwk_url="http://127.0.0.1:9/")
    # Algorithms that need the cryptography package are not known without it.
    backend.algorithm = "RS256"
    monkeypatch.setattr(state, "token_backend", backend)

    for text in (token, token[:-10]):
        seen = inspect(text)

        assert seen.about("signature").startswith('refused: bad, SIMPLE_JWT["JWK_URL"] has no key')
        assert seen.last == "Refused: token_not_valid."


def test_a_key_that_does_not_fit_the_algorithm_is_told_and_not_shown(token, monkeypatch):
    pem = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZI\n-----END PUBLIC KEY-----"
    monkeypatch.setattr(state, "token_backend", TokenBackend("HS256", pem))

    seen = inspect(token)

    assert (seen.out, seen.status) == ("", 2)
    assert seen.err == "The settings are wrong. The key in SIMPLE_JWT cannot be used with HS256."
    assert "MFkw" not in seen.err
