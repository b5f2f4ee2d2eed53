"""HTTP/1.1 (RFC 9112), the server's side, as a machine without I/O: bytes in, heads and data out, answers to bytes.

llhttp (through httptools) judges every head; in front of it stands a gate for what it lets pass: the request line as a
whole, Host, framing, sizes and counts. The machine itself decides where a body ends, so that a pipelined request is
never looked at before the one in front of it has been answered.

One cycle: next_head() until it gives a Head; next_data() until it gives b""; send_head(), send_data()…, send_end();
next_cycle(). After a RemoteError nothing more is read; the driver answers it and closes.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol

from httptools import HttpParserError, HttpParserInvalidMethodError, HttpParserUpgrade, HttpRequestParser

from kirsch.exchange import Field, Head
from kirsch.http.urls import valid_host
from kirsch.protocol.chunked import ENDED, TOKEN, ChunkedReader
from kirsch.protocol.events import Limits, RemoteError
from kirsch.protocol.h1answer import field_lines, length_line, status_line
from kirsch.protocol.wirefields import KnownFields, WireFields

if TYPE_CHECKING:
    from collections.abc import Sequence

_REQUEST_LINE = re.compile(rb"(" + TOKEN + rb") ([\x21\x22\x24-\x7e]+) HTTP/(1\.[01])\r\n")
_PLAIN_START = re.compile(rb"(GET|HEAD) (/[\x21\x22\x24-\x7e]*)")
_START_WITH_BODY = re.compile(rb"(POST|PUT|PATCH) (/[\x21\x22\x24-\x7e]*)")
_ANY_REQUEST_LINE = re.compile(TOKEN + rb" [\x21\x22\x24-\x7e]+ HTTP/[0-9]\.[0-9]\r\n")
_ABSOLUTE_FORM = re.compile(rb"https?://([^/?#]*)(/[^?]*)?(\?.*)?$", re.IGNORECASE)
_FRAMING = re.compile(rb"\n(host|connection|content-length|transfer-encoding|expect|upgrade):[ \t]*([^\r]*)")


@lru_cache(256)
def _valid_host(value: bytes) -> bool:
    """Whether this is a host with an optional port (RFC 9110 §7.2); an empty one is, where there is no authority."""
    value = value.rstrip(b" \t")
    return not value or valid_host(value)


_BARE_LF = re.compile(rb"(?<!\r)\n")
_LENGTH = re.compile(rb"[0-9]{1,18}")
_CODINGS = re.compile(rb"(?:" + TOKEN + rb"[ \t]*,[ \t]*)+chunked")

CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
CHUNKED: Final = -1
_WITH_BODY: Final = ((b"GET", b"HEAD"), (b"POST", b"PUT", b"PATCH"))
_METHODS: Final = {name.encode(): name for name in ("GET", "HEAD", "POST", "PUT", "PATCH")}
_VERSIONS: Final = {b"1.0": (1, 0), b"1.1": (1, 1)}
_SILENT = object()  # llhttp is asked for its verdict only: nothing is called back


class Answer(Protocol):
    """What the machine wants to know of an answer; an Exchange fits."""

    status: int
    reason: bytes
    fields: Sequence[Field]
    length: int | None
    bodiless: bool


class H1:
    """The machine of one connection. `receive` bytes, then ask for what came; the driver owns it and calls in turn.

    started: the next request has begun to come.
    keep_alive: whether another request may follow; may be set to False at any time before send_head.
    known: fields that machines of the same limits have in common. length: of the body that comes with the head: 0, a
    number of bytes, or CHUNKED.
    expects: the client waits for `100 Continue` before it sends the body. body_ended: nothing of the body is left.
    """

    __slots__ = (
        "_buffer", "_chunked", "_chunked_answer", "_fresh", "_known", "_last", "_limits", "_parser", "_scanned",
        "_version", "body_ended", "expects", "keep_alive", "left", "length", "started", "upgrade",
    )  # fmt: skip

    def __init__(self, limits: Limits, known: KnownFields | None = None) -> None:
        self._limits = limits
        self._known = known if known is not None else KnownFields()
        self._buffer = b""
        self._scanned = 0
        self._parser = HttpRequestParser(_SILENT)
        self._chunked: ChunkedReader | None = None
        self._chunked_answer = False
        self._version = 1
        self._last: WireFields | None = None
        self._fresh = True
        self.started = False
        self.keep_alive = True
        self.length = 0
        self.left = 0
        self.body_ended = True
        self.expects = False
        self.upgrade = b""

    # -- what comes in -------------------------------------------------------------------------------------------

    def receive(self, data: bytes) -> None:
        """Take what the peer sent."""
        self._buffer = self._buffer + data if self._buffer else data

    @property
    def pending(self) -> int:
        """Bytes received and not yet looked at: the beginning of a head, of a body, or of the next request."""
        return len(self._buffer)

    def take_buffer(self) -> bytes:
        """Give away what was received and not looked at: somebody else speaks on this connection from now on."""
        rest, self._buffer = self._buffer, b""
        return rest

    def next_head(self) -> Head | None:
        """The head of the next request, or None while it is not complete. Raises RemoteError."""
        data = self._buffer
        last = self._last
        if last is not None and (last.length or data.endswith(last.raw)) and (head := self._again(data, last)):
            return head
        if self._fresh and data:
            self.started = True
            if data == b"\r":
                return None
            self._fresh = False
            if data[:2] == b"\r\n":  # RFC 9112 §2.2: one empty line in front is forgiven
                self._buffer = data = data[2:]
        end = data.find(b"\r\n\r\n", self._scanned)
        if end < 0:
            self._refuse_unfinished(data, self._scanned)
            self._scanned = max(0, len(data) - 3)
            return None
        end += 4
        self._scanned = 0
        if end == len(data):
            self._buffer = b""
            return self._parse(data)
        self._buffer = data[end:]
        return self._parse(data[:end])

    def _again(self, data: bytes, last: WireFields) -> Head | None:
        """The head in the buffer, if it is a plain one with the very version and fields of the one before; else None.

        PERF: a client that keeps its connection mostly sends the same fields, request after request. The same octets
        need no second judgement, which is two thirds of what a head costs.
        """
        if last.length:
            match = _START_WITH_BODY.match(data)
            if match is None or not data.startswith(last.raw, match.end()):
                return None
        else:
            match = _PLAIN_START.fullmatch(data, 0, len(data) - len(last.raw))
            if match is None:
                return None
        method, target = match.groups()
        if len(target) > last.room:
            return None
        self._buffer = data[match.end() + len(last.raw) :]
        self._scanned = 0
        self._fresh = False
        self.started = True
        return self._like(last, method, target)

    def _like(self, fields: WireFields, method: bytes, target: bytes) -> Head:
        """The head with fields that were judged before."""
        self.keep_alive = fields.keep_alive
        self.upgrade = fields.upgrade
        self.length = self.left = fields.length
        self.body_ended = not fields.length
        return Head(_METHODS[method], target, fields.version, fields)

    def _parse(self, raw: bytes) -> Head:
        match = _REQUEST_LINE.match(raw)
        if match is None or len(raw) > self._limits.head or match.end(2) - match.start(2) > self._limits.target:
            raise self._refusal(raw)
        method, target, version = match.groups()
        self._version = 1 if version == b"1.1" else 0
        block = raw[match.end(2) :]
        self._last = known = self._known.get(block)
        if known is not None and method in _WITH_BODY[known.length > 0] and target[:1] == b"/":
            return self._like(known, method, target)
        self._last = None
        fields = self._judge(raw, block)
        fields.version = _VERSIONS[version]
        if self._chunked is None and not self.expects:
            fields.length = self.length
            fields.room = min(self._limits.target, self._limits.head - len(fields.raw) - len("PATCH "))
            self._last = fields
            self._known.keep(fields)
        head = Head(method.decode(), target, fields.version, fields)
        return head if target[:1] == b"/" else self._other_form(head)

    def _judge(self, raw: bytes, block: bytes) -> WireFields:
        """Have llhttp and the gate look at a head. Raises RemoteError."""
        try:
            self._parser.feed_data(raw)
        except HttpParserUpgrade:
            self._parser = HttpRequestParser(_SILENT)  # what becomes of the wish is for the application to say
        except HttpParserInvalidMethodError:
            raise RemoteError(501, "the method is not implemented") from None
        except HttpParserError as error:
            raise RemoteError(400, f"the request is malformed: {error}".lower()) from None
        lowered = block.lower()
        host = self._frame(_FRAMING.findall(lowered))
        if block.count(b"\n") - 2 > self._limits.fields:
            raise RemoteError(431, f"the request has more than {self._limits.fields} header fields")
        if host is None and self._version:
            raise RemoteError(400, "the request lacks its Host field")
        fields = WireFields(block, lowered)
        fields.keep_alive = self.keep_alive
        fields.upgrade = self.upgrade
        return fields

    def _frame(self, found: list[Field]) -> bytes | None:
        """Decide from the fields on framing how the body comes and whether the connection lives on; gives Host."""
        host = length = coding = None
        options: set[bytes] | None = None
        self.expects = False
        self.upgrade = b""
        for name, value in found:
            if name == b"host":
                if host is not None or not _valid_host(value):
                    raise RemoteError(400, "the request has more than one Host field, or a malformed one")
                host = value
            elif name == b"connection":
                if value == b"keep-alive" and self._version:
                    continue  # PERF: what browsers say, and what holds anyway
                options = (options or set()) | {option.strip(b" \t") for option in value.split(b",")}
            elif name == b"content-length":
                if length is not None:
                    raise RemoteError(400, "the request has more than one Content-Length field")
                length = value.rstrip(b" \t")
            elif name == b"transfer-encoding":
                if coding is not None:
                    raise RemoteError(400, "the request has more than one Transfer-Encoding field")
                coding = value.rstrip(b" \t")
            elif name == b"expect":
                self._expect(value.rstrip(b" \t"))
            else:
                self.upgrade = value.rstrip(b" \t")
        self.keep_alive = self._version == 1
        if options is not None:  # RFC 9112 §9.3: close wins over everything; 1.0 lives on only if it says so
            self.keep_alive = b"close" not in options and (self._version == 1 or b"keep-alive" in options)
        self.length = 0
        self.body_ended = True
        if length is not None or coding is not None:
            self._body(length, coding)
        return host

    def _expect(self, value: bytes) -> None:
        if value != b"100-continue":
            raise RemoteError(417, "the only expectation that can be met is 100-continue")
        self.expects = self._version == 1  # RFC 9110 §10.1.1: ignored in HTTP/1.0

    def _body(self, length: bytes | None, coding: bytes | None) -> None:
        """RFC 9112 §6.3, and no leniency where its readings could differ."""
        self._parser = HttpRequestParser(_SILENT)  # this one waits for a body that it will never see
        self.body_ended = False
        if coding is not None:
            if length is not None:
                raise RemoteError(400, "the request has both Content-Length and Transfer-Encoding")
            if not self._version:
                raise RemoteError(400, "HTTP/1.0 has no Transfer-Encoding")
            if coding != b"chunked":
                understood = _CODINGS.fullmatch(coding)
                raise RemoteError(501 if understood else 400, "the only transfer coding that is understood is chunked")
            self.length = CHUNKED
            self._chunked = ChunkedReader(self._limits)
            return
        if length is None or not _LENGTH.fullmatch(length):
            raise RemoteError(400, "Content-Length is not a number")
        self.length = self.left = int(length)  # only digits got here
        if self._limits.body and self.length > self._limits.body:
            raise RemoteError(413, f"the body is larger than {self._limits.body} bytes")
        self.body_ended = not self.length

    def _other_form(self, head: Head) -> Head:
        """RFC 9112 §3.2: absolute-form names the host itself; the asterisk is for OPTIONS; we are no proxy."""
        if head.method == "CONNECT":
            raise RemoteError(501, "this server is not a proxy")
        if head.target == b"*" and head.method == "OPTIONS":
            return head
        match = _ABSOLUTE_FORM.match(head.target)
        if match is None or not match[1] or not _valid_host(match[1]):
            raise RemoteError(400, "the request target is malformed")
        fields = [(name, value) for name, value in head.fields if name != b"host"]
        target = (match[2] or b"/") + (match[3] or b"")
        if head.method == "OPTIONS" and not match[2] and not match[3]:
            target = b"*"  # RFC 9112 §3.2.4
        return Head(head.method, target, head.version, [(b"host", match[1]), *fields])

    def _refuse_unfinished(self, data: bytes, seen: int) -> None:
        """Raise as soon as what came so far cannot become a request. seen: bytes that were looked at before."""
        if not data:
            return
        if len(data) > self._limits.head:
            raise self._refusal(data)
        line_end = data.find(b"\n")
        if line_end >= 0:
            if line_end >= seen and not _REQUEST_LINE.match(data):
                raise self._refusal(data)
        elif len(data) > self._limits.target + 64 or not re.match(TOKEN + rb"(?: |$)|\r", data):
            raise self._refusal(data)
        if _BARE_LF.search(data, seen):
            raise RemoteError(400, "lines must end in CRLF")

    def _refusal(self, data: bytes) -> RemoteError:
        """What is wrong with this beginning of a request."""
        if data[:1] == b"\x16":
            return RemoteError(400, "this port speaks HTTP without TLS")
        line = data[: self._limits.target + 64].partition(b"\n")[0] + b"\n"
        parts = line.split(b" ")
        if not re.fullmatch(TOKEN, parts[0]):
            return RemoteError(400, "the request line is malformed")
        if len(parts) > 1 and len(parts[1]) > self._limits.target:
            return RemoteError(414, f"the request target is longer than {self._limits.target} bytes")
        if _ANY_REQUEST_LINE.fullmatch(line) and not _REQUEST_LINE.match(line):
            return RemoteError(505, "only HTTP/1.0 and HTTP/1.1 are spoken here")
        if not _REQUEST_LINE.match(line):
            return RemoteError(400, "the request line is malformed")
        return RemoteError(431, f"the head of the request is larger than {self._limits.head} bytes")

    # -- the body ------------------------------------------------------------------------------------------------

    def next_data(self) -> bytes | None:
        """Some of the body; None while more must be received; b"" when it has ended. Raises RemoteError."""
        if self.body_ended:
            return b""
        buffer = self._buffer
        if self._chunked is not None:
            data, self._buffer = self._chunked.take(buffer)
            self.body_ended = self._chunked.state == ENDED
            return data if data or self.body_ended else None
        if not buffer:
            return None
        if len(buffer) <= self.left:
            self._buffer = b""
        else:
            buffer, self._buffer = buffer[: self.left], buffer[self.left :]
        self.left -= len(buffer)
        self.body_ended = not self.left
        return buffer

    @property
    def trailers(self) -> Sequence[Field]:
        """The fields after a chunked body: apart from the head's, and only once the body has ended."""
        return self._chunked.trailers if self._chunked is not None else ()

    # -- what goes out -------------------------------------------------------------------------------------------

    def send_head(self, answer: Answer, standing: bytes = b"") -> bytes:
        """The bytes of an answer's head. standing: ready lines (Date, Server) for when the application gives none."""
        lines, close = field_lines(answer.fields, standing)
        if close:
            self.keep_alive = False
        length = answer.length
        status = answer.status
        self._chunked_answer = False
        if answer.bodiless and (length is None or status < 200 or status in (204, 304)):
            framing = self._switch() if status == 101 else b""
        elif length is not None:
            framing = length_line(length)
        elif self._version:
            self._chunked_answer = True
            framing = b"Transfer-Encoding: chunked\r\n"
        else:
            self.keep_alive = False
            framing = b""
        if self.keep_alive:
            if not self._version:
                framing += b"Connection: keep-alive\r\n"
        elif status != 101:
            framing += b"Connection: close\r\n"
        return status_line(status, answer.reason) + lines + framing + b"\r\n"

    def _switch(self) -> bytes:
        """What follows the head is not for this machine (RFC 9110 §15.2.2)."""
        self.keep_alive = False
        return b"Connection: Upgrade\r\n"

    def send_data(self, data: bytes) -> bytes:
        """The bytes of a piece of the body, which must not be empty."""
        return b"%x\r\n%b\r\n" % (len(data), data) if self._chunked_answer else data

    def send_end(self) -> bytes:
        """The bytes that end the body."""
        return b"0\r\n\r\n" if self._chunked_answer else b""

    def next_cycle(self) -> None:
        """The answer is out and the body was read: the next request may be looked at."""
        self.started = False
        self._fresh = True
        self._chunked = None
        self.body_ended = True
        self.expects = False
        self.length = 0
