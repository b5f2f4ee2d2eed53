"""Passwords, right and wrong, in fields that are right and wrong. Digest needs an answer first: see test_logins.py."""

from __future__ import annotations

from base64 import b64encode

from tests.differential.asked.ask import get, head, post


def basic(text, charset="utf-8"):
    """The field for user and password."""
    return f"Authorization: Basic {b64encode(text.encode(charset)).decode()}"


SENT = {
    "nothing": (),
    "right": (basic("ada:lovelace"),),
    "wrong": (basic("ada:love"),),
    "another case": (basic("Ada:lovelace"),),
    "nobody": (basic("eve:lovelace"),),
    "empty": (basic("empty:"),),
    "only colons": (basic(":::"),),
    "UTF-8": (basic("jäs:söder"),),
    "decomposed": (basic("ja\u0308s:so\u0308der"),),
    "Latin-1": (basic("jäs:söder", "latin-1"),),
    "lower case": (basic("ada:lovelace").replace("Basic", "basic"),),
    "another scheme": ("Authorization: Bearer abc",),
    "no colon": (basic("ada"),),
    "no base64": ("Authorization: Basic !",),
    "half of base64": ("Authorization: Basic YWRhO",),
    "nothing behind it": ("Authorization: Basic",),
    "two": (basic("ada:lovelace"), basic("ada:lovelace")),
}
DIGEST = 'Digest username="ada", realm="A realm", nonce="{nonce}", uri="/logins/digest/", response="0"{more}'
GOOD = ', qop=auth, nc=00000001, cnonce="c"'
FIELDS = {
    "nothing": "",
    "Basic": "Basic YWRhOmxvdmVsYWNl",
    "nonce of nobody": DIGEST.format(nonce="1:2", more=GOOD),
    "without a response": DIGEST.format(nonce="1:2", more=GOOD).replace("response", "x"),
    "without a nonce": DIGEST.format(nonce="1:2", more=GOOD).replace("nonce", "x", 1),
    "without a cnonce": DIGEST.format(nonce="1:2", more=", qop=auth, nc=00000001"),
    "another qop": DIGEST.format(nonce="1:2", more=GOOD.replace("qop=auth", "qop=other")),
    "another algorithm": DIGEST.format(nonce="1:2", more=GOOD + ", algorithm=SHA-1"),
    "nothing behind it": "Digest",
    "without an end": 'Digest username="ada',
}
ASKED = (
    {
        f"basic: {name} /{page}": get(f"/logins/{page}/?a=1", *lines)
        for name, lines in SENT.items()
        for page in ("basic", "latin", "by_hand")
        if page != "by_hand" or name in ("nothing", "right", "wrong")
    }
    | {
        f"digest: {name} /{page}": get(f"/logins/{page}/", *([f"Authorization: {value}"] if value else []))
        for name, value in FIELDS.items()
        for page in ("digest", "sums")
    }
    | {
        "basic: HEAD": head("/logins/basic/"),
        "basic: right HEAD": head("/logins/basic/", *SENT["right"]),
        "basic: POST": post("/logins/basic/x", "a=1"),
        "basic: right POST": post("/logins/basic/x", "a=1", "application/x-www-form-urlencoded", *SENT["right"]),
        "basic: failing": get("/logins/failing/", *SENT["right"]),
        "basic: failing without": get("/logins/failing/"),
        "basic: nowhere": get("/logins/basic/x/y/z"),
        "basic: without a slash": get("/logins/basic"),
        "basic: right without a slash": get("/logins/basic", *SENT["right"]),
    }
)
