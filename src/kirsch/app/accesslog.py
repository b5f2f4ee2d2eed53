"""What the access log knows of a request, and the line it makes of it."""

from __future__ import annotations

import os
from string import Formatter
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from kirsch.app.logtext import CYAN, GREEN, GREY, PLAIN, RED, YELLOW, stamp, trace_of, utc
from kirsch.app.redaction import redacted_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from kirsch.exchange import Exchange, Head

COMBINED: Final = '{h} {l} {u} {t} "{r}" {s} {b} "{f}" "{a}"'
"""The combined log format, which every tool for access logs reads."""

_ESCAPES: Final = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 256))} | {
    9: "\\t", 10: "\\n", 13: "\\r", 34: '\\"', 92: "\\\\"
}  # fmt: skip
_VERSIONS: Final = {(1, 1): "HTTP/1.1", (1, 0): "HTTP/1.0", (2, 0): "HTTP/2.0"}
_BODILESS: Final = frozenset({204, 304})


class Asked(Protocol):
    """What is read of a Request, and only if it is there already: nothing is computed for the log but a wanted id."""

    @property
    def login(self) -> str | None:
        """Who asks."""

    @property
    def unique_id(self) -> str:
        """Its id."""


class AccessRecord(NamedTuple):
    """One request that is over, in plain values; bytes are as they came from the client.

    when: seconds since the epoch, at its end. seconds: how long it took. status: 0 if there was no answer.
    length: of the body as announced. sent: bytes of it that were sent. request_id, trace_id: empty unless somebody
    wants them.
    """

    remote_host: str
    login: str | None
    when: float
    method: str
    target: bytes
    version: tuple[int, int]
    status: int
    length: int | None
    sent: int
    seconds: float
    referer: bytes
    agent: bytes
    host: bytes
    request_id: str
    trace_id: str = ""

    def redacted(self) -> AccessRecord:
        """The same without the values of secret parameters in its URLs."""
        return self._replace(target=_redacted(self.target), referer=_redacted(self.referer))


def _redacted(url: bytes) -> bytes:
    return redacted_url(url.decode("latin-1")).encode("latin-1") if b"?" in url else url


def record_of(exchange: Exchange, when: float, seconds: float, with_id: bool) -> AccessRecord:
    """The record of an exchange. Its context is the Request, or None where nobody made one."""
    request: Asked | None = exchange.context
    head = exchange.head
    login = None
    host = request_id = trace_id = ""
    if request is not None:
        login = request.login
        remote = request.__dict__.get("remote")  # there if it was asked for; a proxy tool may have changed it
        if remote is not None:
            host = remote.name or remote.ip
        if with_id:
            request_id = request.unique_id
            trace_id = trace_of(request)
    return AccessRecord(
        host or exchange.client[0], login, when, head.method, head.target, head.version, exchange.status,
        exchange.length, exchange.sent, seconds, head.get(b"referer") or b"", head.get(b"user-agent") or b"",
        head.get(b"host") or b"", request_id, trace_id,
    )  # fmt: skip


# -- the atoms -------------------------------------------------------------------------------------------------------


def request_line(method: str, target: bytes, version: tuple[int, int]) -> str:
    """Method, target and version, as sent."""
    return escaped(f"{method} {target.decode('latin-1')} {named(version)}")


def named(version: tuple[int, int]) -> str:
    """A version as it stands in the request line."""
    return _VERSIONS.get(version) or f"HTTP/{version[0]}.{version[1]}"


def announced(status: int, length: int | None, sent: int) -> int | str:
    """The Content-Length of the answer; of a body without one what was sent; `-` where there never is a body."""
    if length is None:
        return sent or "-"
    return "-" if status in _BODILESS else length


def rfc3339(record: AccessRecord) -> str:
    """The time in UTC, to the microsecond."""
    return f"{utc(int(record.when))}.{int(record.when % 1 * 1e6):06}Z"


ATOMS: Final[dict[str, Callable[[AccessRecord], str]]] = {
    "h": lambda record: printable(record.remote_host) or "-",
    "l": lambda _: "-",
    "u": lambda record: printable(record.login) if record.login else "-",
    "t": lambda record: stamp(int(record.when)),
    "r": lambda record: request_line(record.method, record.target, record.version),
    "s": lambda record: str(record.status or "-"),
    "b": lambda record: str(announced(record.status, record.length, record.sent)),
    "f": lambda record: escaped(record.referer.decode("latin-1")),
    "a": lambda record: escaped(record.agent.decode("latin-1")),
    "o": lambda record: escaped(record.host.decode("latin-1")) or "-",
    "i": lambda record: printable(record.request_id) or "-",
    "z": rfc3339,
    "D": lambda record: str(int(record.seconds * 1e6)),
    "B": lambda record: str(record.sent),
    "T": lambda record: printable(record.trace_id) or "-",
    "pid": lambda _: str(os.getpid()),
}
"""What may stand in a format, by name. An application may add its own."""


def escaped(text: str) -> str:
    """Text of the wire, a letter a byte, with a backslash before all but plain ASCII: before quotes and itself, too."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return text
    return text.translate(_ESCAPES)


def printable(text: str) -> str:
    """As escaped, for any text: it is shown as UTF-8."""
    return escaped(text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("latin-1"))


# -- the line --------------------------------------------------------------------------------------------------------


class AccessFormat:
    """A format such as COMBINED, made ready. ValueError names what it does not know.

    needs_id: it shows the id of the request or its trace, which costs something.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.template, self.getters = _parsed(text)
        self.needs_id = ATOMS["i"] in self.getters or ATOMS["T"] in self.getters

    def line(self, record: AccessRecord) -> str:
        """The line, without its end."""
        return self.template % tuple([get(record) for get in self.getters])


def combined(exchange: Exchange, time: str) -> str:
    """The line of an exchange in the form of COMBINED, with its end. PERF: a third of the way by an AccessRecord."""
    request: Asked | None = exchange.context
    head = exchange.head
    host, user = exchange.client[0], "-"
    if request is not None:
        known = request.__dict__
        if "remote" in known and (remote := known["remote"]) is not None:
            host = printable(remote.name or remote.ip)
        if ("login" in known or exchange.environ is not None) and request.login:  # else nobody has said who it is
            user = printable(request.login)
    asked = f"{head.method} {head.target.decode('latin-1')}"
    if not (asked.isascii() and asked.isprintable()) or '"' in asked or "\\" in asked:
        asked = escaped(asked)
    made = head.block.made  # a connection that stays has the same fields in all its requests
    end = made.get("access log") or made.setdefault("access log", _end_of_line(head))
    status, length = exchange.status, exchange.length
    size: int | str | None = length
    if length is None or status in _BODILESS:
        size = announced(status, length, exchange.sent)
    return (
        f'{host or "-"} - {user} {time} "{asked} {_VERSIONS.get(head.version) or named(head.version)}" '
        f"{status or '-'} {size} {end}"
    )


_COLOURS: Final = {2: GREEN, 3: CYAN, 4: YELLOW, 5: RED}


def short_line(record: AccessRecord, colours: bool) -> str:
    """What somebody at the desk wants to see: method, path, status, milliseconds; without the end of the line."""
    asked = escaped(f"{record.method} {record.target.decode('latin-1')}")
    status, took = str(record.status or "-"), f"{record.seconds * 1000:.1f} ms"
    if colours:
        status, took = f"{_COLOURS.get(record.status // 100, PLAIN)}{status}{PLAIN}", f"{GREY}{took}{PLAIN}"
    return f"{asked} {status} {took}"


def _end_of_line(head: Head) -> str:
    referer, agent = head.get(b"referer") or b"", head.get(b"user-agent") or b""
    return f'"{escaped(referer.decode("latin-1"))}" "{escaped(agent.decode("latin-1"))}"\n'


def _parsed(text: str) -> tuple[str, list[Callable[[AccessRecord], str]]]:
    template = ""
    getters = []
    try:
        pieces = list(Formatter().parse(text))
    except ValueError as error:
        raise ValueError(f"log.access_log_format {text!r}: {error}; a brace is written twice") from None
    for literal, name, spec, _ in pieces:
        template += literal.replace("%", "%%")
        if name is not None:
            if name not in ATOMS:
                raise ValueError(f"log.access_log_format has no {{{name}}}; there are {', '.join(ATOMS)}")
            template += "%s"
            getters.append(_aligned(ATOMS[name], spec) if spec else ATOMS[name])
    return template, getters


def _aligned(get: Callable[[AccessRecord], str], spec: str) -> Callable[[AccessRecord], str]:
    format("", spec)  # fails now rather than at the first request
    return lambda record: format(get(record), spec)
