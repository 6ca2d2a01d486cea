"""``manage.py inspect_token``: hostile claims on the screen, and whole as JSON."""

from datetime import timedelta

import pytest
import time_machine

from jwt_invalidation.inspection.display import printable_json
from jwt_invalidation.tokens import AccessToken, RefreshToken
from tests.support import forge, people
from tests.support.clock import NOON
from tests.support.commands import manage, run
from tests.support.forge import Raw
from tests.support.inspecting import assert_kept_secret, change_password, inspect, version_of

pytestmark = pytest.mark.django_db

HOSTILE = {
    "escapes": {"name": "\x1b]0;owned\x07\x1b[2J"},
    "lines": {"name": "x\nAccepted.\r\nAccepted."},
    "C1 controls": {"name": "\x9b2J\x85"},
    "DEL": {"name": "\x7f" * 9},
    "right to left": {"name": "\u202egnorw\u2066"},
    "another script": {"name": "Jürgen \U0001f600"},
    "a lone surrogate": {"name": Raw('"\\udce4"')},
    "a name of escapes": {"\x1b[2J\n\x7f\u202e": 1},
    "a long value": {"name": "x" * 4000},
    "a long name": {"x" * 4000: 1},
    "a long number": {"name": 10**4000},
    "many claims": {f"c{number}": number for number in range(400)},
    "NaN": {"name": Raw("[NaN, Infinity, -Infinity]")},
    "deep lists": {"name": Raw("[" * 900 + "]" * 900)},
    "deep objects": {"name": Raw('{"a":' * 500 + "1" + "}" * 500)},
    "dates": {"iat": 253370764799, "nbf": -1, "exp": "\x1b"},
}


@pytest.mark.parametrize("key", [None, "guessed" * 8], ids=["genuine", "forged"])
@pytest.mark.parametrize("arguments", [[], ["--json"]], ids=["text", "json"])
@pytest.mark.parametrize("claims", HOSTILE.values(), ids=HOSTILE)
def test_hostile_claims_neither_speak_to_the_terminal_nor_flood_it(alice, claims, arguments, key):
    payload = AccessToken.for_user(alice).payload

    seen = inspect(forge.sign({**payload, **claims}, key=key), *arguments)

    assert seen.err == ""
    assert seen.out.isascii()
    assert all(line.isprintable() for line in seen.out.split("\n"))
    assert sum(line == "Accepted." for line in seen.out.split("\n")) <= 1
    if not arguments:
        assert len(seen.out.splitlines()) < 70
        assert max(map(len, seen.out.splitlines())) < 300


def test_what_is_cut_is_told(alice):
    payload = AccessToken.for_user(alice).payload
    many = {f"c{number}": number for number in range(100)}

    long = inspect(forge.sign({**payload, "name": "x" * 1000, "x" * 100: 1}))
    full = inspect(forge.sign({**payload, **many}))

    assert f'"{"x" * 199}... (802 characters more)' in long.out
    assert f"{'x' * 40}... (60 characters more)" in long.out
    assert f"... ({len(payload) + 100 - 40} claims more)" in full.out


def test_what_nests_too_deep_to_be_written_is_told():
    deep = []
    for _ in range(100_000):
        deep = [deep]

    assert printable_json(deep) == "... (nested too deeply)"
    assert printable_json([[1]]) == "[[1]]"


def test_a_hostile_header_is_shown_as_harmless(alice):
    payload = AccessToken.for_user(alice).payload
    header = {"alg": "HS256", "typ": "\x1b[2J" + "x" * 1000}

    seen = inspect(forge.sign(payload, header=header))

    assert seen.out.startswith('Header: {"alg": "HS256", "typ": "\\u001b[2Jxxx')
    assert "characters more)\n" in seen.out
    assert seen.last == "Accepted."


def test_a_hostile_user_name_is_shown_as_harmless(db):
    mallory = people.make("\x1b[2J\nmallory")

    seen = inspect(str(AccessToken.for_user(mallory)))

    assert seen.about("user").startswith("accepted: \\x1b[2J\\x0amallory")


def test_json_holds_the_claims_whole_and_the_verdict_of_every_question(alice):
    token = AccessToken.for_user(alice)
    claims = {**token.payload, "name": "x" * 1000, "role": ["\x1b[2J", {"nested": None}]}
    before = version_of(alice)
    change_password(alice)

    seen = inspect(forge.sign(claims), "--json")

    report = seen.json
    assert seen.status == 1
    assert report["claims"] == claims
    assert report["header"] == {"alg": "HS256", "typ": "JWT"}
    assert (report["accepted"], report["code"]) == (False, "token_revoked")
    assert report["signature_is_good"] is True
    assert [each["about"] for each in report["questions"]] == [
        "signature",
        "type",
        "claims",
        "age",
        "user",
        "state",
        "VersionStrategy",
        "SessionStrategy",
    ]
    codes, verdicts = [None] * 6 + ["token_revoked", None], [True] * 6 + [False, True]
    assert [each["code"] for each in report["questions"]] == codes
    assert [each["accepted"] for each in report["questions"]] == verdicts
    assert f"version {before}, but the user is at" in report["questions"][6]["words"]


def test_json_of_an_accepted_token_has_no_code_and_of_a_forged_one_no_verdicts(alice):
    token = RefreshToken.for_user(alice)

    genuine = inspect(str(token), "--json")
    forged = inspect(forge.sign(token.payload, key="guessed" * 8), "--json")

    assert (genuine.json["accepted"], genuine.json["code"], genuine.status) == (True, None, 0)
    assert (forged.json["code"], forged.status) == ("token_not_valid", 1)
    assert forged.json["signature_is_good"] is False
    assert forged.json["claims"] == token.payload
    assert [each["about"] for each in forged.json["questions"]] == ["signature"]


def test_json_is_json_though_the_claims_are_not(alice):
    payload = AccessToken.for_user(alice).payload
    deep = Raw("[" * 900 + "]" * 900)

    seen = inspect(forge.sign({**payload, "name": Raw("[NaN, 1e999]"), "deep": deep}), "--json")

    assert seen.json["claims"]["name"] == ["NaN", "Infinity"]
    assert seen.json["claims"]["deep"].startswith("[[[[")
    assert "NaN," not in seen.out.replace('"NaN",', "")


@pytest.mark.parametrize("arguments", [[], ["--json"]], ids=["text", "json"])
def test_the_answers_are_in_english_whatever_the_language_of_the_site(alice, settings, arguments):
    settings.LANGUAGE_CODE = "de"
    with time_machine.travel(NOON, tick=False) as clock:
        token = AccessToken.for_user(alice)
        change_password(alice)
        clock.shift(timedelta(minutes=2))

        seen = inspect(str(token), *arguments)

    assert "bumped 2 minutes ago, password changed" in seen.out


@pytest.mark.parametrize(
    "arguments", [["{}"], ["--token={}"], ["--token", "{}"], ["--json={}"], ["--verbosity", "{}"]]
)
def test_a_token_among_the_arguments_is_refused_and_not_repeated(alice, arguments):
    token = str(AccessToken.for_user(alice))

    done = manage("inspect_token", *[each.format(token) for each in arguments])

    assert (done.returncode, done.stdout) == (2, "")
    assert "error: the token is read from stdin." in done.stderr
    assert_kept_secret(token, done.stderr)


def test_the_help_shows_examples_and_says_why_no_argument_is_taken(capsys):
    with pytest.raises(SystemExit):
        run("inspect_token", "--help")

    printed = capsys.readouterr().out
    assert "  manage.py inspect_token --json < token.txt | jq .code" in printed.splitlines()
    assert "an argument would stay in the history" in printed
