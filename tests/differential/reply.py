"""What came back on a connection, taken apart, and made comparable: what must differ between two servers is named."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass, field

BODILESS = (204, 304)
_DATE = re.compile(r"\w{3}, \d\d[ -]\w{3}[ -]\d{4} \d\d:\d\d:\d\d GMT")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_ADDRESS = re.compile(r"127\.0\.0\.1:\d+")


@dataclass
class Reply:
    """One answer. fields: sorted lines, names in lower case. whole: it ended as its framing says."""

    version: str = ""
    status: int = 0
    reason: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""
    whole: bool = True

    def get(self, name):
        """The value of a field, lines joined; None if there is none."""
        values = [value for each, value in self.fields if each == name]
        return ", ".join(values) if values else None

    def drop(self, *names):
        """Forget these fields."""
        self.fields = [line for line in self.fields if line[0] not in names]

    def put(self, name, value):
        """Replace a field."""
        self.drop(name)
        self.fields = sorted([*self.fields, (name, value)])


def same(text):
    """The text without what differs from run to run: dates, ids and ports."""
    return _ADDRESS.sub("<address>", _UUID.sub("<id>", _DATE.sub("<date>", text)))


def replies(data, methods):
    """All answers on a connection, in order, unpacked; what is no answer stands in the last body, without a status."""
    found = []
    asked = list(methods)
    while data:
        head, mark, rest = data.partition(b"\r\n\r\n")
        line, *lines = head.split(b"\r\n")
        if not mark or not line.startswith(b"HTTP/"):
            found.append(Reply(body=same(data.decode("latin-1")), whole=False))
            break
        version, _, status = line.decode("latin-1").partition(" ")
        code, _, reason = status.partition(" ")
        pairs = [each.decode("latin-1").partition(":") for each in lines]
        reply = Reply(
            version, int(code), reason, sorted((name.lower(), same(value.strip())) for name, _, value in pairs)
        )
        informal = reply.status < 200
        method = "" if informal else (asked.pop(0) if asked else "GET")
        body, data = (b"", rest) if informal or method == "HEAD" else _body(reply, rest)
        if body and reply.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        reply.body = same(body.decode("utf-8", "backslashreplace"))
        found.append(reply)
    return found


def _body(reply, data):
    length = reply.get("content-length")
    if reply.status in BODILESS:
        return b"", data
    if (reply.get("transfer-encoding") or "").lower() == "chunked":
        return _chunks(reply, data)
    if length is None:
        return data, b""
    size = int(length) if length.isdigit() else 0
    reply.whole = len(data) >= size
    return data[:size], data[size:]


def _chunks(reply, data):
    pieces = []
    while True:
        line, mark, rest = data.partition(b"\r\n")
        try:
            size = int(line.partition(b";")[0], 16)
        except ValueError:
            size = -1
        if not mark or size < 0 or len(rest) < size + 2:
            reply.whole = False
            return b"".join(pieces), b""
        pieces.append(rest[:size])
        data = rest[size + 2 :]
        if not size:
            return b"".join(pieces), data
