from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http.credentials import CredentialsError, parse_authorization
from kirsch.http.digest import ALGORITHMS, Digest, Nonces, algorithm_named, ha1, hashed, parse_digest

MUFASA = Digest(
    "Mufasa",
    "http-auth@example.org",
    "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
    "/dir/index.html",
    "",
    cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
    qop="auth",
    nc="00000001",
)
JASON = Digest(
    "Jäsøn Doe",
    "api@example.org",
    "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",
    "/doe.json",
    "",
    "SHA-512-256",
    "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v",
    qop="auth",
    nc="00000001",
)
OLD = Digest(
    "Mufasa", "testrealm@host.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093", "/dir/index.html", "",
    cnonce="0a4f113b", qop="auth", nc="00000001",
)  # fmt: skip
WHOLE = (
    'Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=SHA-256, '
    'nonce="n", nc=00000001, cnonce="c", qop=auth, response="753927fa", opaque="o"'
)


@pytest.mark.parametrize(
    ("digest", "algorithm", "password", "response"),
    [
        (MUFASA, "MD5", "Circle of Life", "8ca523f5e9506fed4657c9700eebdbec"),
        (MUFASA, "SHA-256", "Circle of Life", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        (JASON, "SHA-512-256", "Secret, or not?", "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"),
        (OLD, "MD5", "Circle Of Life", "6629fae49393a05397450978507c4ef1"),
        (OLD._replace(qop="", cnonce="", nc=""), "MD5", "Circle Of Life", "670fd8c2df070c60b045671b8b24ff02"),
    ],
)
def test_by_the_examples(digest, algorithm, password, response):
    """RFC 7616 §3.9.1 and §3.9.2 (as mended by erratum 4897), RFC 2617 §3.5, and the last without a qop."""
    digest = digest._replace(algorithm=algorithm, response=response)
    known = ha1(algorithm, digest.username, digest.realm, password)

    assert digest.expected(known, "GET") == response
    assert digest.fits(known, "GET")
    assert not digest.fits(ha1(algorithm, digest.username, digest.realm, "another"), "GET")


def test_hash_of_a_user():
    """RFC 7616 §3.9.2, likewise."""
    expected = "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"

    assert hashed("SHA-512-256", "Jäsøn Doe:api@example.org") == expected


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256", "SHA-512-256"])
def test_sessions_and_bodies_have_sums_of_their_own(algorithm):
    """Of a session, the first sum has nonce and cnonce in it; under auth-int the second has the body's hash."""
    known, body = ha1(algorithm, "Mufasa", MUFASA.realm, "p"), hashed(algorithm, b"a=1")
    session = MUFASA._replace(algorithm=f"{algorithm}-sess", qop="auth-int")
    first = hashed(algorithm, f"{known}:{MUFASA.nonce}:{MUFASA.cnonce}")
    second = hashed(algorithm, f"POST:/dir/index.html:{body}")
    whole = hashed(algorithm, f"{first}:{MUFASA.nonce}:00000001:{MUFASA.cnonce}:auth-int:{second}")

    assert session.expected(known, "POST", body) == whole


def test_everything_signed_matters():
    """Another method, address, count, nonce or body gives another sum."""
    known = ha1("MD5", "Mufasa", MUFASA.realm, "p")
    good = MUFASA._replace(response=MUFASA.expected(known, "GET"))
    changed = [good._replace(uri="/x"), good._replace(nc="00000002"), good._replace(nonce="x"), good._replace(qop="")]

    assert good.fits(known.upper(), "GET")
    assert not good.fits(known, "POST")
    assert not any(each.fits(known, "GET") for each in changed)


def test_what_a_client_says():
    """All parameters, by name."""
    said = parse_digest(parse_authorization(WHOLE))

    assert said == Digest(
        "Mufasa", "http-auth@example.org", "n", "/dir/index.html", "753927fa", "SHA-256", "c", "o", "auth", "00000001"
    )
    assert said.number == 1


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('username="J\xc3\xa4s"', "Jäs"),
        ('username="J\xe4s"', "Jäs"),
        ('username="Ja\xcc\x88s"', "Jäs"),
        ("username*=UTF-8''J%C3%A4s%C3%B8n%20Doe", "Jäsøn Doe"),
    ],
)
def test_names_in_other_letters(given, expected):
    """As raw bytes of the charset, or else ISO-8859-1, or as an extended parameter (RFC 7616 §3.4.4)."""
    value = WHOLE.replace('username="Mufasa"', given)

    assert parse_digest(parse_authorization(value)).username == expected


def test_names_that_did_not_come_by_the_wire():
    """Are taken as they are."""
    assert parse_digest(parse_authorization(WHOLE.replace("Mufasa", "Ж"))).username == "Ж"


@pytest.mark.parametrize(
    ("part", "instead"),
    [
        ('username="Mufasa", ', ""),
        ('nonce="n", ', ""),
        ('response="753927fa", ', ""),
        ('uri="/dir/index.html", ', ""),
        ("SHA-256", "SHA-1"),
        ("qop=auth", "qop=other"),
        ("qop=auth", "x=y"),
        ('cnonce="c", ', ""),
        ("nc=00000001, ", ""),
        ("00000001", "1"),
        ("00000001", "0000000g"),
        ('username="Mufasa"', "username=\"Mufasa\", username*=UTF-8''x"),
        ('username="Mufasa"', "username*=UTF-16''x"),
        ('username="Mufasa"', "userhash=true, username*=UTF-8''x"),
    ],
)
def test_what_does_not_go_together(part, instead):
    """RFC 7616 §3.4: the client's fault."""
    with pytest.raises(CredentialsError):
        parse_digest(parse_authorization(WHOLE.replace(part, instead)))


def test_names_of_algorithms():
    """In any case; what nobody knows is named with those there are."""
    assert [algorithm_named(name.lower()) for name in ALGORITHMS] == list(ALGORITHMS)
    with pytest.raises(ValueError, match="there is no digest algorithm 'SHA-1'; there are MD5, SHA-256"):
        algorithm_named("SHA-1")


@given(st.floats(0, 4e9), st.text())
def test_nonces_are_known_again(now, other):
    """With their time; those of another key, realm or of nobody are not."""
    nonces = Nonces(["new", "old"], "realm")
    nonce = nonces.make(now)
    made = nonces.made(nonce)

    assert made is not None
    assert abs(made - now) < 0.002
    assert nonces.made(Nonces(["old"], "realm").make(now)) is not None
    assert [n.made(nonce) for n in (Nonces(["old"], "realm"), Nonces(["new"], "other"))] == [None, None]
    assert nonces.made(other) is None
    assert nonces.make(now) != nonce
