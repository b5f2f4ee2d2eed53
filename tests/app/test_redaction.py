"""What is not shown to anybody."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.app.redaction import (
    REDACTED,
    is_secret,
    is_secret_key,
    is_secret_pair,
    redacted,
    redacted_text,
    redacted_url,
)


@pytest.mark.parametrize(
    "name",
    [
        "password", "user_password", "newPassword", "passwd", "db_pass", "pwd", "passphrase", "secret", "client-secret",
        "token", "X-Auth-Token", "accessToken", "Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie",
        "api_key", "apiKey", "X-API-Key", "apikey", "private_key", "signing_keys", "session", "session_id", "PHPSESSID",
        "connect.sid", "csrf_token", "XSRF-TOKEN", "credentials", "private", "jwt", "auth", "user[password]", "otp",
        "tools.sessions.secret", "tools.auth_digest.key", "server.ssl_private_key",
    ],
)  # fmt: skip
def test_secret_names(name: str) -> None:
    """A name is secret by one of its words, however they are put together."""
    assert is_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "", "7", "_", "key", "keys", "name", "author", "passenger", "bypass_words", "pass_count", "primary_key",
        "public_key", "sort_keys", "monkey", "tools.sessions.on", "tools.sessions.timeout", "tools.auth_basic.realm",
        "tools.session_auth.login_page", "server.socket_port", "Accept", "User-Agent", "pinned", "side",
    ],
)  # fmt: skip
def test_open_names(name: str) -> None:
    """Words that only begin like a secret, and the name of a tool, hide nothing."""
    assert not is_secret(name)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("password", "hunter2", REDACTED),
        ("password", 1234, REDACTED),
        ("password", ["a"], REDACTED),
        ("password", None, None),
        ("password", "", ""),
        ("csrf", True, True),
        ("port", 8080, 8080),
        ("login", {"name": "ada", "password": "x"}, {"name": "ada", "password": REDACTED}),
        ("login", {"a": [{"token": "x"}]}, {"a": [{"token": REDACTED}]}),
        ("login", {"token": None, "secret": False}, {"token": None, "secret": False}),
        ("fields", [("Cookie", "a=1"), ("Accept", "*/*")], [("Cookie", REDACTED), ("Accept", "*/*")]),
        ("fields", {b"cookie": b"a=1", 5: b"x"}, {b"cookie": REDACTED, 5: b"x"}),
        ("database", "postgres://ada:x@db/shop", f"postgres://ada:{REDACTED}@db/shop"),
    ],
)
def test_values(name: str, value: Any, shown: Any) -> None:
    """A value is hidden by its name, what is in it by the names there; what tells nothing stays."""
    assert redacted(name, value) == shown


def test_values_that_contain_themselves() -> None:
    """A circle is followed some way, and then hidden."""
    circle: list[Any] = [1]
    circle.append(circle)
    assert repr(redacted("circle", circle)).count(REDACTED) == 1


def test_values_are_copied() -> None:
    """The setting itself keeps its secret."""
    settings = {"token": "x"}
    redacted("login", settings)
    assert settings == {"token": "x"}


def test_keys_and_pairs() -> None:
    """Keys of dicts may be anything; a pair of a name and a text is judged by the name."""
    assert is_secret_key(b"Cookie")
    assert not is_secret_key(("Cookie",))
    assert is_secret_pair(("Cookie", b"a=1"))
    assert not is_secret_pair(["Cookie", "a=1"])
    assert not is_secret_pair(("token", 5))


# -- text ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("User(name='ada', password='it\\'s', age=3)", "User(name='ada', password=[redacted], age=3)"),
        ("{'token': {'a': ['x)'], 'b': 'y'}, 'c': 1}", "{'token': [redacted], 'c': 1}"),
        ('{"api_key": "x", "c": 1}', '{"api_key": [redacted], "c": 1}'),
        ("d['secret'] = b'x'", "d['secret'] = [redacted]"),
        ("secret=SecretStr('x') b", "secret=[redacted] b"),
        ("token == 'x'", "token == [redacted]"),
        ("password='cut off", "password=[redacted]"),
        ("password=(cut, 'off", "password=[redacted]"),
        ("password=", "password="),
        ("password=None, token=''", "password=None, token=''"),
        ("[('Cookie', 'a=1'), (b'accept', b'x')]", "[('Cookie', [redacted]), (b'accept', b'x')]"),
        ("(token, 'x')", "(token, 'x')"),
        ("password: hunter2", "password: [redacted]"),
        ("session: it has expired", "session: it has expired"),
        ("Authorization: Basic eHg6eQ==\nnext", "Authorization: [redacted]\nnext"),
        ("Cookie: a=1; b=2", "Cookie: [redacted]"),
        ("cannot reach amqp://ada:p@ss@host/", "cannot reach amqp://ada:[redacted]@host/"),
        ("sent Bearer abc.DEF.123", "sent Bearer [redacted]"),
        ("Basic authentication failed", "Basic authentication failed"),
        ("x < 5", "x < 5"),
    ],
)  # fmt: skip
def test_text(text: str, shown: str) -> None:
    """What text gives away is found by the names in it; prose is left alone."""
    assert redacted_text(text) == shown
    assert redacted_text(shown) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("/a", "/a"),
        ("/a?", "/a?"),
        ("/a?token=x&b=1&token", "/a?token=[redacted]&b=1&token"),
        ("/a?api%5Fkey=x", "/a?api%5Fkey=[redacted]"),
        ("/a?next=/b?token=x", "/a?next=/b?token=[redacted]"),
        ("http://ada:x@host/?q=ä", "http://ada:[redacted]@host/?q=ä"),
    ],
)
def test_url(url: str, shown: str) -> None:
    """Parameters of a URL are hidden by their names, however these are escaped."""
    assert redacted_url(url) == shown


@given(st.text(alphabet="password=:'\"[](){}<>,; \n\\b&@/?%"))
def test_any_text(text: str) -> None:
    """Nothing breaks it, and what it has hidden once it does not bring back."""
    assert redacted_text(f"{text} password='hunter2'").find("hunter2") in (-1, text.find("hunter2"))
    redacted_url(text)
