"""Basic and Digest by the old names of `cherrypy.lib` alone."""

from __future__ import annotations

import pytest

import kirsch as cherrypy
from kirsch.http.credentials import parse_authorization
from tests.app.pages import page

KEY = "a565c27146791cfb"
HEADER = (
    'Digest username="Mufasa", realm="testrealm@host.com", nonce="{nonce}", uri="/dir/index.html", {qop}'
    'response="{response}", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
)
QOP = 'qop={qop}, nc=00000001, cnonce="0a4f113b", '
AUTH = QOP.format(qop="auth")
NONCE = "dcd98b7102dd2f0e8b11d0f600bfb0c093"


def header(nonce=NONCE, qop=AUTH, response="6629fae49393a05397450978507c4ef1"):
    """The example of RFC 2617 §3.5, or another one."""
    return HEADER.format(nonce=nonce, qop=qop, response=response)


def test_what_a_client_says():
    """All of it as attributes, and the sum that it should have sent."""
    said = cherrypy.lib.auth_digest.HttpDigestAuthorization(header(), "GET")
    ha1 = cherrypy.lib.auth_digest.get_ha1_dict_plain({"Mufasa": "Circle Of Life"})(said.realm, said.username)

    assert said.request_digest(ha1) == said.response
    assert said.HA2() == cherrypy.lib.auth_digest.md5_hex("GET:/dir/index.html")
    assert (said.username, said.uri, said.qop, said.nc, said.algorithm) == (
        "Mufasa", "/dir/index.html", "auth", "00000001", "MD5",
    )  # fmt: skip
    assert cherrypy.lib.auth_digest.HttpDigestAuthorization(header(qop=""), "GET").nc is None


def test_bodies():
    """Under auth-int the body counts, as text or bytes."""
    said = cherrypy.lib.auth_digest.HttpDigestAuthorization(header(qop=QOP.format(qop="auth-int")), "POST")

    assert said.request_digest("0", "a=1") == said.request_digest("0", b"a=1") != said.request_digest("0")
    assert said.HA2("a=1") != said.HA2()


@pytest.mark.parametrize("value", ["Basic YTpi", "Digest", header(qop=QOP.format(qop="other")), "Digest username=x"])
def test_what_is_none(value):
    """Is a ValueError."""
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it says
        cherrypy.lib.auth_digest.HttpDigestAuthorization(value, "GET")


def test_nonces(monkeypatch):
    """Are known by realm and key, and grow old."""
    digest = cherrypy.lib.auth_digest
    new, old = digest.synthesize_nonce("realm", KEY), digest.synthesize_nonce("realm", KEY, 1000)
    said = {nonce: digest.HttpDigestAuthorization(header(nonce), "GET") for nonce in (new, old, NONCE)}

    assert [each.validate_nonce("realm", KEY) for each in said.values()] == [True, True, False]
    assert [each.is_nonce_stale() for each in said.values()] == [False, True, True]
    assert not said[new].validate_nonce("other", KEY)
    assert not said[new].validate_nonce("realm", "other key")


def test_challenges():
    """With a nonce that the tool takes; what there is not is a ValueError."""
    digest = cherrypy.lib.auth_digest
    params = parse_authorization(digest.www_authenticate("A realm", KEY, stale=True)).params

    assert (params["realm"], params["algorithm"], params["qop"], params["stale"]) == ("A realm", "MD5", "auth", "true")
    assert digest.Nonces([KEY], "A realm").made(params["nonce"])
    with pytest.raises(TypeError, match="knows no stall"):
        digest.www_authenticate("A realm", KEY, stall=True)
    for wrong in ({"qop": "other"}, {"algorithm": "SHA-1"}):
        with pytest.raises(ValueError, match="there is no"):
            digest.www_authenticate("A realm", KEY, **wrong)


def test_as_functions():
    """In a page, and for a tool of one's own."""

    def guarded():
        cherrypy.lib.auth_basic.basic_auth("A realm", cherrypy.lib.auth_basic.checkpassword_dict({"a": "b"}))
        return cherrypy.request.login

    assert page(guarded).get("/", auth=("a", "b")).text == "a"
    assert page(guarded).get("/").status == 401
