"""Differences that are the same everywhere: each rule takes its own out of a pair of answers, and says why it may.

A rule is handed theirs (CherryPy's) and ours, and changes both. What it leaves is compared.
"""

from __future__ import annotations

import contextlib
import json
import re

_GIVEN = re.compile(
    r"said .*|Missing parameters.*|Unexpected [a-z ]*parameters.*|Multiple values for.*|The path .* was not found\."
)
_OF_FILE = re.compile(r'"[0-9a-f]+-[0-9a-f]+"')
_SESSION = re.compile(r"(session_id|own)=")
_MARKUP = re.compile(r"<[^>]*>")


def server_name(theirs, ours):
    """Each says its own name, Kirsch without a version (U6); for what is grafted, CherryPy says the host's."""
    name = theirs.get("server") or ""
    if (name.startswith("CherryPy/") or name == "127.0.0.1") and ours.get("server") == "Kirsch":
        theirs.drop("server")
        ours.drop("server")


def error_page(theirs, ours):
    """The usual error pages have other words (U6, S3): status, type, and the words of the application are compared."""
    if "Powered by <a href=" in theirs.body and '<p class="code">' in ours.body:
        for reply in (theirs, ours):
            given = _GIVEN.search(_MARKUP.sub("\n", reply.body.replace("&quot;", '"').replace("&#x27;", "'")))
            reply.body = f"<error page> {given[0] if given else ''}"
            reply.drop("content-length")


def error_page_of_head(theirs, ours):
    """The length of an error page or of a redirect's page differs as the page does (U6); HEAD tells only that."""
    if theirs.status == ours.status >= 300 and not theirs.body and not ours.body:
        theirs.drop("content-length")
        ours.drop("content-length")


def padding(theirs, ours):
    """Error pages are not padded for browsers of long ago (U6)."""
    stripped = theirs.body.rstrip(" ")
    if len(theirs.body) in (257, 513) and stripped == ours.body.rstrip(" "):
        theirs.body, ours.body = stripped, ours.body.rstrip(" ")
        theirs.drop("content-length")
        ours.drop("content-length")


def redirect_page(theirs, ours):
    """The page under a redirect has other words; where it leads is in a header field."""
    if theirs.status == ours.status and 300 <= theirs.status < 400 and theirs.body and "<p>" in ours.body:
        theirs.body = ours.body = "<redirect page>"
        for reply in (theirs, ours):
            reply.drop("content-length", "transfer-encoding")


def refused_by_server(theirs, ours):
    """A request that never reached the application: CherryPy's server answers in plain text, without a date."""
    if theirs.status >= 400 and theirs.get("date") is None and ours.status == theirs.status:
        theirs.fields = ours.fields = []
        theirs.body = ours.body = theirs.reason = ours.reason = "<refused>"


def last_resort(theirs, ours):
    """What is answered when even the error page fails has other words (S3, P10)."""
    if theirs.body.startswith("Unrecoverable error in the server.") and ours.status == theirs.status:
        theirs.body = ours.body = "<last resort>"
        for reply in (theirs, ours):
            reply.drop("content-length", "content-type")


def charset(theirs, ours):
    """The charset of text is declared whoever made it (C23, C18), and a declaration is sent as the page spells it."""
    kind, _, parameters = (theirs.get("content-type") or "").partition(";")
    declared = f"{kind}; {parameters}" if parameters else f"{kind};charset=utf-8"
    if kind.startswith("text/") and ours.get("content-type") == declared:
        theirs.drop("content-type")
        ours.drop("content-type")


def options(theirs, ours):
    """A resource with methods answers OPTIONS as well, and says so (C24)."""
    listed = [name for name in (ours.get("allow") or "").split(", ") if name != "OPTIONS"]
    if theirs.get("allow") is not None and theirs.get("allow") == ", ".join(listed):
        theirs.drop("allow")
        ours.drop("allow")


def closing(theirs, ours):
    """Kirsch says each time that it closes a connection; for HTTP/1.0 CherryPy leaves it out (RFC 9112 §9.6)."""
    if ours.get("connection") == "close" and theirs.get("connection") is None:
        ours.drop("connection")


def keeping(theirs, ours):
    """How a kept HTTP/1.0 connection is announced: without a time, and in lower case."""
    if ours.get("connection") == "keep-alive" and theirs.get("connection") == "Keep-Alive":
        ours.drop("connection")
        theirs.drop("connection", "keep-alive")


def known_length(theirs, ours):
    """Where the whole body is known before it is sent, Kirsch tells its length instead of sending chunks."""
    untold = theirs.get("transfer-encoding") == "chunked" or (theirs.get("content-length") is None and theirs.body)
    if untold and ours.get("content-length") is not None and theirs.body == ours.body:
        theirs.drop("transfer-encoding")
        ours.drop("content-length")


def digest_challenge(theirs, ours):
    """Digest is offered by SHA-256, too, and with another nonce (S5); realm, and whether it is stale, are compared."""
    said, offered = theirs.get("www-authenticate") or "", ours.get("www-authenticate") or ""
    parts = [re.findall(r'realm="[^"]*"|stale=', each) for each in (said, offered)]
    if said.startswith("Digest ") and offered.startswith("Digest ") and set(parts[0]) == set(parts[1]):
        theirs.drop("www-authenticate")
        ours.drop("www-authenticate")


def file_etag(theirs, ours):
    """Files have an ETag beside their time (C7)."""
    of_file = theirs.status == 304 or theirs.get("last-modified") is not None
    if of_file and theirs.get("etag") is None and _OF_FILE.fullmatch(ours.get("etag") or ""):
        ours.drop("etag")


def compressed(theirs, ours):
    """Who has packed it how well is no matter, and neither is whether its length was known beforehand."""
    if theirs.get("content-encoding") == ours.get("content-encoding") == "gzip":
        for reply in (theirs, ours):
            reply.drop("content-length", "transfer-encoding")


def session_cookie(theirs, ours):
    """A session's cookie is sent if it says something new (P5), HttpOnly and SameSite=Lax (S6); ids are compared."""
    said, sent = (each.get("set-cookie") or "" for each in (theirs, ours))
    if _SESSION.match(said) and (not sent or _attributes(said) == _attributes(sent) - {"HttpOnly", "SameSite=Lax"}):
        theirs.drop("set-cookie")
        ours.drop("set-cookie")


def session_vary(theirs, ours):
    """What depends on a session says so to caches (C6)."""
    if theirs.get("vary") is None and ours.get("vary") == "Cookie":
        ours.drop("vary")


def _attributes(line):
    """Name and value of a cookie, and its attributes; but for one that is always there."""
    return set(line.split("; ")) - {"HttpOnly"}


def json_text(theirs, ours):
    """The same JSON, written with other blanks and escapes (P7)."""
    if theirs.get("content-type") == ours.get("content-type") == "application/json":
        with contextlib.suppress(ValueError):
            if json.loads(theirs.body) == json.loads(ours.body):
                theirs.body = ours.body
                for reply in (theirs, ours):
                    reply.drop("content-length", "transfer-encoding")


RULES = (
    compressed,
    server_name,
    refused_by_server,
    error_page,
    redirect_page,
    padding,
    error_page_of_head,
    last_resort,
    charset,
    options,
    closing,
    keeping,
    known_length,
    digest_challenge,
    file_etag,
    session_cookie,
    session_vary,
    json_text,
)
