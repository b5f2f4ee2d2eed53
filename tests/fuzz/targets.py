"""What is fuzzed: every parser of what clients send. One more is one more line in TARGETS."""

from __future__ import annotations

from dataclasses import dataclass
from encodings.aliases import aliases
from typing import TYPE_CHECKING, Any

from kirsch.app.errors import HTTPError
from kirsch.http.accept import best_match, parse_accept
from kirsch.http.conditional import parse_etags
from kirsch.http.cookies import parse_cookies
from kirsch.http.credentials import parse_challenges
from kirsch.http.dates import parse_http_date
from kirsch.http.forms import FormError, parse_query
from kirsch.http.forwarded import parse_forwarded, parse_node
from kirsch.http.media import parse_media_type
from kirsch.http.origins import parse_origin
from kirsch.http.urls import split_target
from kirsch.protocol.events import RemoteError
from kirsch.protocol.proxyline import parse_preamble
from tests.fuzz import checks, logins, packed
from tests.fuzz.checks import text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DATE = b"Sun, 06 Nov 1994 08:49:37 GMT"
WORDS = [
    b"", b" ", b"\t", b"\0", b"\r\n", b"\x7f", b"\x80", b"\xff", b"\xc3\xa9", b"\xed\xa0\x80", b"x" * 300, b"9" * 30,
]  # fmt: skip
"""For every parser."""


@dataclass(frozen=True)
class Target:
    """A parser. seeds: inputs that it understands; glue: what stands between two of them. words: to be put in.

    parse: is called with an input; refusals: what it may raise. check: raises AssertionError where a result is wrong.
    longest: bytes up to which an input is blown up now and then.
    """

    parse: Callable[[bytes], Any]
    check: Callable[[bytes, Any], None]
    seeds: Sequence[bytes]
    words: Sequence[bytes]
    glue: bytes = b""
    refusals: tuple[type[Exception], ...] = ()
    longest: int = 16 * 1024


SEPARATORS = [
    b",", b";", b"=", b'"', b"\\", b"*", b"/", b"-", b":", b".", b", ", b"; ", b'\\"', b'","', b'";"', b'="',
]  # fmt: skip
PARAMETERS = [
    b"&", b"=", b"+", b"%", b";", b"%41", b"%e9", b"%C3%A9", b"%00", b"%zz", b"12,34", b"a=1&a=2", b"&&", b"%25",
]  # fmt: skip
CHARSETS = [name.encode() for name in sorted({*aliases.values(), "unknown", "idna", "punycode", "unicode_escape"})]
PREAMBLE = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\2\1\xc6\x33\x64\2\x13\x88\1\xbb"
BOUNDARY = b"multipart/form-data; boundary=b\n"
DISPOSITION = b"\r\nContent-Disposition: form-data; "
PARTS = [
    BOUNDARY + b"--b" + DISPOSITION + b'name="a"\r\n\r\n1\r\n--b--\r\n',
    BOUNDARY + b"--b" + DISPOSITION + b'name="f"; filename="\xc3\xa9.txt"\r\nX-A: b\r\n\r\n\r\n--b--',
    b'multipart/mixed; boundary="b"\n--b\r\n\r\nx\r\n--b--',
]
PART_WORDS = [
    b"--b", b"\r\n--b\r\n", b"--b--\r\n", b"\r\n\r\n", b"\n", b"\r", b": ", b"X-A: b\r\n", b"Content-Length: 3\r\n",
    b'name="', b'filename="', b"filename*=UTF-8''%e2%82%ac", DISPOSITION, b" folded", b"x" * 5000,
    b"Content-Transfer-Encoding: base64\r\n",
]  # fmt: skip
CONDITIONS = [
    b'If-Match: "a"\n', b'If-None-Match: W/"a", "b"\n', b"If-None-Match: *\n", b"If-Range: " + DATE + b"\n",
    b"If-Modified-Since: " + DATE + b"\n", b"If-Unmodified-Since: " + DATE + b"\n", b'If-Range: "a"\n',
    b"Range: bytes=0-1,-3\n",
]  # fmt: skip
NUMBERS = [
    b"0", b"1", b"10", b"99999999999999999999", b"-", b"bytes=", b"bytes=0-", b"-5", b"0-0,2-2,4-4", b" ", b"\t",
]  # fmt: skip
PATHS = [b"/", b"//", b"..", b"/../", b"/./", b"\\", b"%2f", b"%2F", b"%252F", b"%5c", b"%2e", b"?", b"#", b"%00", b"%"]
JSON = [
    b'{"a": [1, -2.5e3, true, null], "b": "\\u00e9\\ud83d\\ude00"}', b'"x"', b"[]", b"[[[[{}]]]]",
    b"18446744073709551616",
]  # fmt: skip
JSON_WORDS = [
    b"[", b"{", b"]", b"}", b'"', b"\\", b'\\"', b"\\u", b"\\ud800", b",", b":", b"1e999", b"-", b"0.", b"1" * 300,
    b"[" * 90, b'{"a":' * 90, b"NaN", b"\xef\xbb\xbf", b"null", b", 1", b', "[{"', b'"\\\\", ',
]  # fmt: skip

TARGETS = {
    "query": Target(
        lambda data: parse_query(text(data)),
        checks.check_params,
        [b"a=1&b=2", b"x=%20y+z&x=&=1", b"12,34", b"caf%C3%A9=\xc3\xa9", b""],
        PARAMETERS,
        b"&",
        (FormError,),
    ),
    "query, old style": Target(
        lambda data: parse_query(text(data), "iso-8859-1", separators="&;"),
        checks.check_params,
        [b"a=1;b=2&c", b"%e9=\xe9", b"12,34"],
        PARAMETERS,
        b";",
        (FormError,),
    ),
    "form": Target(
        checks.read_form,
        checks.check_form,
        [b"utf-8\na=1&b=%C3%A9", b"utf-16\n\xff\xfea\x00=%ff%fe1%00", b"iso2022_jp\na=%1b$B%243%1b(B", b"cp037\n=1&+"],
        PARAMETERS + [name + b"\n" for name in CHARSETS],
        b"&",
        (FormError,),
        64 * 1024,
    ),
    "multipart": Target(
        checks.read_multipart,
        checks.check_multipart,
        PARTS,
        PART_WORDS,
        b"\r\n",
        (FormError,),
        64 * 1024,
    ),
    "multipart, pieces": Target(
        checks.read_multipart_in_pieces,
        checks.check_multipart,
        PARTS,
        PART_WORDS,
        b"\r\n",
        (FormError,),
        64 * 1024,
    ),
    "cookies": Target(
        lambda data: parse_cookies(text(data)),
        checks.check_cookies,
        [b"a=1; b=2", b'c="q\\"uo\\\\te\\303\\251"', b"d=\xc3\xa9", b"$Version=1; path=/; a:b=", b"e={'x': [1, 2]}"],
        SEPARATORS,
        b"; ",
        (),
        70_000,
    ),
    "accept": Target(
        lambda data: parse_accept(text(data)),
        checks.check_accept,
        [b"text/html,*/*;q=0.8", b"gzip;q=0.5, br", b'a/b;x="1,2";q=.5', b"en-GB , en ; q = 1.", b"*"],
        [*SEPARATORS, b";q=", b";q=0", b";q=1.5", b"q=", b"0.0000001", b"*/*"],
        b",",
    ),
    "choice by accept": Target(
        lambda data: best_match(checks.OFFERS, text(data)),
        checks.check_choice,
        [b"text/html,*/*;q=0.8", b"image/png", b"text/html;level=1;q=0", b"text/*;q=0.3, application/json", b"*/*;q=0"],
        [*SEPARATORS, b";q=", b";q=0", b"*/*", b"image/*", b"level=1"],
        b",",
    ),
    "media type": Target(
        lambda data: parse_media_type(text(data)),
        checks.check_media,
        [b"text/html; charset=utf-8", b'a/b; x="q\\"u;o\\\\te"; y=2', b"a/b; x*=UTF-8''na%C3%AFve", b"Text/X;A=B;a=c"],
        [*SEPARATORS, *CHARSETS, b"charset=", b"UTF-8''%", b"iso-8859-1'en'"],
        b";",
    ),
    "date": Target(
        lambda data: parse_http_date(text(data)),
        checks.check_date,
        [DATE, b"Sunday, 06-Nov-94 08:49:37 GMT", b"Sun Nov  6 08:49:37 1994", b"Tue, 29 Feb 2000 23:59:60 GMT"],
        [b"0", b"1", b"29", b"31", b"60", b"Feb", b"Mon", b"9999", b"0000", b"GMT", b":", b",", b"-"],
    ),
    "range": Target(
        checks.read_ranges,
        checks.check_ranges,
        [b"0-4", b"5-", b"-5, 20-30", b"bytes=0-0", b"1-2,4-5,3-3", b"999999999-1000000000"],
        [*NUMBERS, b",", b"=", b"0-1,", b",-1"],
        b",",
    ),
    "conditions": Target(
        checks.read_conditions,
        checks.check_conditions,
        CONDITIONS,
        [*SEPARATORS, *NUMBERS, *CONDITIONS, DATE, b"W/", b'"a"', b"\n"],
    ),
    "tags": Target(
        lambda data: parse_etags(text(data)),
        checks.check_etags,
        [b'"a", W/"b"', b'"a,b\\"', b"a, *", b'""'],
        [*SEPARATORS, b"W/", b'W/"', b'"a"', b'"a'],
        b", ",
    ),
    "header lines": Target(
        checks.fields,
        checks.check_headers,
        [b"Host: a\nAccept: b\nX-A: 1\nX-A: 2", b"Cookie: a=1\nCookie: b=2", b"Content-Type: text/html", b": \nX:"],
        [*SEPARATORS, b"\n", b"Host: b\n", b"X-A", b"Set-Cookie: a=1\n"],
        b"\n",
    ),
    "forwarded": Target(
        lambda data: parse_forwarded(text(data)),
        checks.check_forwarded,
        [b"for=192.0.2.1;proto=https;by=_a", b'For="[2001:db8::1]:80"', b'for=unknown, for="_x\\"";host=a', b""],
        [*SEPARATORS, b"for=", b'for="', b"unknown", b"_x", b"[::1]", b";;"],
        b",",
        (ValueError,),
    ),
    "preamble": Target(
        parse_preamble,
        checks.check_preamble,
        [
            b"PROXY TCP4 192.0.2.1 198.51.100.2 5000 443\r\n",
            b"PROXY UNKNOWN\r\n",
            PREAMBLE,
            PREAMBLE[:13] + b"\x21\x00\x24" + bytes(36),
        ],
        [
            b"PROXY ",
            b"TCP6 ",
            b"::1 ",
            b"\r\n",
            PREAMBLE[:12],
            b"\x21",
            b"\x20",
            b"\x11",
            b"\x00\x0c",
            b"\xff\xff",
            b"65536",
        ],
        b"",
        (RemoteError,),
    ),
    "node": Target(
        lambda data: parse_node(text(data)),
        checks.check_node,
        [b"192.0.2.1:80", b"[2001:DB8::1]:443", b"::ffff:1.2.3.4", b"unknown", b"_hidden:_port"],
        [b":", b"::", b"[", b"]", b".", b"_", b"%", b"0", b"65536", b"1.2.3.4", b"ffff", b"%eth0"],
        b"",
        (ValueError,),
        2048,
    ),
    "host": Target(
        checks.read_host,
        checks.check_host,
        [b"example.com:8080", b"[::1]", b"[2001:DB8::1]:443", b"127.0.0.1", b"[::ffff:1.2.3.4]", b"x%20y"],
        [b":", b"::", b"[", b"]", b".", b"@", b"%", b"0", b"65536", b"1.2.3.4", b"ffff", b"/", b"-", b"\\"],
        b"",
        (ValueError,),
        2048,
    ),
    "target": Target(
        lambda data: split_target(b"/" + data),
        checks.check_target,
        [b"page?x=1", b"a%2Fb/c%20d", b"../x/./y/", b"caf%C3%A9/\xe9", b"a;b=c,d", b"%252F", b""],
        PATHS,
        b"/",
        (ValueError,),
    ),
    "reference": Target(
        checks.read_reference,
        checks.check_reference,
        [b"c", b"../d?y#z", b"/e/./f", b"//host/x", b"http://host/", b"?q", b"#f", b""],
        [*PATHS, b":", b"@", b"http:", b"\r\n"],
    ),
    "challenges": Target(
        lambda data: parse_challenges(text(data)),
        logins.check_challenges,
        logins.LISTS,
        logins.WORDS,
        b", ",
        logins.REFUSED,
    ),
    "login": Target(logins.read_login, logins.check_login, logins.SEEDS, logins.WORDS, b", ", logins.REFUSED),
    "seal": Target(
        lambda data: logins.SIGNER.open(text(data), "context"),
        logins.check_seal,
        [logins.SEALED.encode()],
        [b"A", b"-", b"_", b"="],
        b"",
        logins.SEAL_REFUSED,
    ),
    "hash": Target(
        logins.read_hash,
        logins.check_hash,
        [logins.HASH_SEED],
        logins.HASH_WORDS,
        b"$",
        (ValueError,),
        4096,
    ),
    "address": Target(logins.read_address, logins.check_address, logins.ADDRESSES, logins.ADDRESS_WORDS),
    "origin": Target(
        lambda data: parse_origin(text(data)),
        logins.check_origin,
        [b"https://example.com:8443", b"null"],
        logins.ADDRESS_WORDS,
    ),
    "accept-encoding": Target(packed.read_accept, packed.check_accept, packed.ACCEPTS, packed.ACCEPT_WORDS, b","),
    "packed": Target(packed.read_body, packed.check_body, packed.BODIES, packed.BODY_WORDS, b"", packed.REFUSED),
    "json": Target(checks.read_array, checks.check_json, JSON, JSON_WORDS, b",", (HTTPError,), 64 * 1024),
}
