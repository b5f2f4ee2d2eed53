from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http.credentials import (
    LONGEST,
    Credentials,
    CredentialsError,
    basic,
    challenge,
    is_realm,
    parse_authorization,
    parse_basic,
    parse_challenges,
)

SCHEMES = st.from_regex(r"[A-Za-z][A-Za-z0-9\-]{0,10}", fullmatch=True)
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=20)
PARAMS = st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), VALUES, max_size=5)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Basic dTpw", [("basic", "dTpw", {})]),
        ("bASIC  dTpw==", [("basic", "dTpw==", {})]),
        ("Negotiate", [("negotiate", "", {})]),
        ("Negotiate, NTLM", [("negotiate", "", {}), ("ntlm", "", {})]),
        ('Basic realm="a, b"', [("basic", "", {"realm": "a, b"})]),
        (r'Basic realm="a \"b\" \\"', [("basic", "", {"realm": 'a "b" \\'})]),
        ('Basic Realm = "x" , Digest a=1,, b="2"',
         [("basic", "", {"realm": "x"}), ("digest", "", {"a": "1", "b": "2"})]),
        ('Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple"',
         [("newauth", "", {"realm": "apps", "type": "1", "title": 'Login to "apps"'}),
          ("basic", "", {"realm": "simple"})]),
        (", Basic realm=x ,", [("basic", "", {"realm": "x"})]),
        ("", []),
    ],
)  # fmt: skip
def test_challenges_are_read_by_the_grammar(value, expected):
    """A comma stands between parameters and between challenges; names and schemes have no case (RFC 9110 §11.6.1)."""
    assert [tuple(each) for each in parse_challenges(value)] == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        "realm=x",
        "Basic dTpw, Basic dTpw",
        "Basic dTpw realm=x",
        "Basic =",
        'Digest realm="x',
        'Digest realm="x" nonce="y"',
        "Digest realm=a, realm=b",
        "Basic dTpw\x00",
        "Bäsic dTpw",
        "x" * (LONGEST + 1),
        "Digest " + ",".join(f"p{n}=1" for n in range(41)),
    ],
)
def test_what_is_no_credentials_is_refused(value):
    """One scheme, with a token or with parameters, each of them once."""
    with pytest.raises(CredentialsError):
        parse_authorization(value)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(value):
    """Nothing else comes of it."""
    try:
        parse_challenges(value)
    except CredentialsError:
        pass


@given(SCHEMES, PARAMS)
def test_a_challenge_is_read_back(scheme, params):
    """What is written in quotes is what is read."""
    text = challenge(scheme, params.items()) if params else scheme

    assert parse_challenges(text) == [Credentials(scheme.lower(), "", params)]


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: x=1", "a\nb", "a\x00b", "a\x7fb"])
def test_a_challenge_stays_in_its_line(value):
    """Control characters are refused: they would begin another line."""
    with pytest.raises(ValueError, match="control character"):
        challenge("Basic", [("realm", value)])


@pytest.mark.parametrize(
    ("realm", "expected"),
    [("A realm", True), ("Für alle", True), ("", False), ('a"b', False), ("a\\b", False), ("a\nb", False)],
)
def test_realms(realm, expected):
    """What fits between quotes as it is."""
    assert is_realm(realm) is expected


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters=":")),
       st.text(st.characters(exclude_categories=["Cc", "Cs"])))  # fmt: skip
def test_basic_is_read_back_normalized(user, password):
    """Letters with marks come out as one character each, however they were typed."""
    import unicodedata

    read = parse_basic(parse_authorization(basic(user, password)))

    assert read == (unicodedata.normalize("NFC", user), unicodedata.normalize("NFC", password))


@pytest.mark.parametrize(
    ("value", "charset", "expected"),
    [
        ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "utf-8", ("Aladdin", "open sesame")),
        ("Basic dGVzdDoxMjPCow==", "utf-8", ("test", "123£")),
        ("Basic dGVzdDoxMjOj", "utf-8", ("test", "123£")),
        ("Basic dTphOmI=", "utf-8", ("u", "a:b")),
        ("Basic Og==", "utf-8", ("", "")),
        ("Basic dGVzdDoxMjPCow==", "iso-8859-1", ("test", "123Â£")),
    ],
)
def test_basic_by_the_examples(value, charset, expected):
    """RFC 7617 §2 and §2.1; what is not UTF-8 is ISO-8859-1."""
    assert parse_basic(parse_authorization(value), charset) == expected


@pytest.mark.parametrize("value", ["Basic", "Basic a=b", "Basic dTpw.", "Basic dTpwd", "Basic dQ==", "Basic dQo6cA=="])
def test_bad_basic_is_refused(value):
    """No token, no base64, half of it, no colon, a line break: the client's fault."""
    with pytest.raises(CredentialsError):
        parse_basic(parse_authorization(value))


def test_a_user_has_no_colon():
    """Nobody could tell where the name ends."""
    with pytest.raises(ValueError, match="colon"):
        basic("a:b", "c")
