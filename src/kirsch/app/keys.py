"""Which keys config may hold, where each may stand, and of what type its value is.

The first word of a key is its namespace. A key without a dot, or with a namespace of the application's own, is free.
Tools may be defined after the config that speaks of them: whether they exist is asked at the end (check_tools).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol

from kirsch.app.hooks import POINTS, Hook
from kirsch.app.legacykeys import modern_settings
from kirsch.app.logforms import FORMS, LEVELS
from kirsch.app.place import ConfigError, Place
from kirsch.http.addresses import LOCAL, is_network
from kirsch.options import FUNCTION, Check, Option, OptionError, between, did_you_mean, is_function, nearest, one_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable


class Tools(Protocol):
    """What is asked of a toolbox."""

    def names(self) -> Collection[str]:
        """The names of the tools in it."""

    def settings(self, name: str) -> Collection[str] | None:
        """What a tool of it can be told, beside OF_EVERY_TOOL; None: anything."""

    def check(self, name: str, settings: Mapping[str, Any], where: str) -> None:
        """Raise ConfigError for settings of a tool that cannot be so. where: they stand."""


SITE: Final = "site"
ROOT: Final = "root"
PATH: Final = "path"
NODE: Final = "node"
"""Where a key may stand: in the config of the whole process; in section `/` of an application; in a section of a path
below; in a `_cp_config`."""

ABOUT_THE_PROCESS: Final = ("server", "engine", "tree", "checker")
NOT_ON_NODES: Final = ("request.dispatch", "request.uri_encoding")
"""They say how to find nodes, so no node can say it."""

MOST_SEEN: Final = 1024
"""Configs of nodes that are remembered as checked: those of nodes made for one request must not fill the memory."""

OF_EVERY_TOOL: Final = ("on", "priority")

NEVER: Final = {"tools.staticdir.file": "tools.staticfile.filename"}
"""Keys that people have written and that never were, with what they have meant."""

_DEEP: Final = 99
_DEPTHS: Final = {
    **dict.fromkeys((*ABOUT_THE_PROCESS, "hooks", "log"), _DEEP),
    **dict.fromkeys(("request", "response", "error_page"), 2),
    **dict.fromkeys(("request.body", "response.headers", "wsgi"), 3),
}
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_LINE = Check("without line breaks", lambda value: not re.search(r"[\r\n\0]", str(value)))
_ERROR_PAGE = Check(
    "that is the path of a file or can be called", lambda page: isinstance(page, str | os.PathLike) or is_function(page)
)
_NETWORKS = Check("of addresses, networks like 10.0.0.0/8, or unix", lambda given: all(map(is_network, given)))
_HOOK = Check(
    "that can be called, or the dotted name of it", lambda hook: isinstance(hook, Hook | str) or is_function(hook)
)

TOOL_SWITCH: Final[Option[bool | None]] = Option(None, "Whether the tool acts on this path.", bool)
HEADER: Final[Option[Any]] = Option(None, "A header field of every answer below this path.", (str, int), _LINE)
ERROR_PAGE: Final[Option[Any]] = Option(
    None, "The page for errors with this status: a file or a callable.", object, _ERROR_PAGE
)
HOOK: Final[Option[Any]] = Option("", "What to call at this point.", object, _HOOK)
FREE: Final[Option[Any]] = Option(None, "Whatever the stage makes of it.", object)

OPTIONS: Final[tuple[Option[Any], ...]] = (
    Option(False, "Show tracebacks to clients.", name="request.show_tracebacks"),
    Option(False, "Name the parameters that did not fit to clients.", name="request.show_mismatched_params"),
    Option(False, "Let unexpected errors out instead of answering 500; for tests.", name="request.throw_errors"),
    Option(True, "Read the bodies of requests before the handler is called.", name="request.process_request_body"),
    Option(
        ("POST", "PUT", "PATCH"),
        "Methods whose bodies are read.",
        (tuple, list, set, frozenset),
        name="request.methods_with_bodies",
    ),
    Option("utf-8", "Encoding of query strings.", name="request.query_string_encoding"),
    Option("utf-8", "Encoding of paths.", name="request.uri_encoding"),
    Option(None, "What makes the answer to unexpected errors.", object, FUNCTION, name="request.error_response"),
    Option(
        None,
        "What finds the handler for a path: a dispatcher, or any callable of a path.",
        object,
        FUNCTION,
        name="request.dispatch",
    ),
    Option(
        LOCAL,
        "Proxies whose words about the client are believed: addresses, networks, or unix.",
        (tuple, list),
        _NETWORKS,
        name="request.trusted_proxies",
    ),
    Option(None, "Bytes of a body (else 413); None: the server's limit.", int, between(0), "request.body.maxbytes"),
    Option(8192, "Bytes that are read of a body at a time.", check=between(1), name="request.body.bufsize"),
    Option(("utf-8",), "Encodings tried in turn for forms.", (tuple, list), name="request.body.attempt_charsets"),
    Option({}, "What reads a body, by media type or its first half.", name="request.body.processors"),
    Option(None, "What a part of a multipart body is made of.", object, FUNCTION, "request.body.part_class"),
    Option(False, "Send the body in pieces as they come.", name="response.stream"),
    Option("utf-8", "Encoding of text, and declared; None declares none.", (str, type(None)), name="response.charset"),
    Option(True, "Write both logs to the terminal, too.", name="log.screen"),
    Option("", "File of the access log; '' for none.", name="log.access_file"),
    Option("", "File of the error log; '' for none.", name="log.error_file"),
    Option(None, "Form of a request as text; None: the combined one.", str, name="log.access_log_format"),
    Option("text", "Form of lines; see the page on logs.", check=one_of(*FORMS), name="log.format"),
    Option("info", "Least level of messages that are written.", check=one_of(*LEVELS), name="log.level"),
    Option(False, "Hide secrets in URLs, messages and tracebacks.", name="log.redact"),
    Option(False, "Write errors to the WSGI server's own log, too.", name="log.wsgi"),
    Option([], "Pairs of name and factory around the WSGI application.", (list, tuple), name="wsgi.pipeline"),
    Option(None, "What answers a WSGI request.", object, FUNCTION, name="wsgi.response_class"),
)  # fmt: skip


class Keys:
    """What may be said in config. An instance may be told more than the standard; see the attributes.

    options: by whole key, add to it what settings there are beside. toolboxes: by namespace; None knows no names, so
    that any will do. own: namespaces of the application, which are taken as they come.
    """

    def __init__(self, toolboxes: Mapping[str, Tools | None] | None = None) -> None:
        self.options = {option.name: option for option in OPTIONS}
        self.toolboxes: dict[str, Tools | None] = {"tools": None} if toolboxes is None else dict(toolboxes)
        self.own: set[str] = set()
        self._seen: dict[int, tuple[Mapping[str, Any], list[str], dict[str, Any]]] = {}

    def complain(self, error: ConfigError) -> None:
        """What is done about a wrong key. Whoever overrides this to forgive has the key taken as it is."""
        raise error

    def check(self, settings: Mapping[str, Any], scope: str, place: Callable[[str], Place]) -> dict[str, Any]:
        """The settings as they are to be kept. Raises ConfigError."""
        accepted = {}
        for given, key, value in modern_settings(settings, self.own, place):
            try:
                accepted[key] = self.accept(key, value, scope)
            except OptionError as error:
                self.complain(ConfigError(error.problem, place(given)))
                accepted[key] = value
        return accepted

    def check_all(self, settings: Mapping[str, Any], scope: str, source: str) -> dict[str, Any]:
        """Both check() and check_tools(). PERF: a dict is checked once; nodes are merged more often than made."""
        known, names, accepted = self._seen.get(id(settings), ({}, [], {}))
        if known is settings and names == list(settings):
            return accepted
        accepted = self.check(settings, scope, lambda key: Place(source, key=key))
        self.check_tools(accepted, lambda key: Place(source, key=key))
        if len(self._seen) >= MOST_SEEN:
            self._seen.clear()
        self._seen[id(settings)] = (settings, list(settings), accepted)
        return accepted

    def check_tools(self, settings: Iterable[str], place: Callable[[str], Place]) -> None:
        """Whether the tools spoken of exist by now, with these arguments. Raises ConfigError.

        Each value is looked at as well, if settings have any.
        """
        for key in settings:
            namespace, _, rest = key.partition(".")
            tools = self.toolboxes.get(namespace)
            tool, _, argument = rest.partition(".")
            if tools is None or not rest:
                continue
            names = tools.names()
            if tool not in names:
                problem = f"there is no tool {tool!r}{did_you_mean(tool, names)}"
            else:
                problem = _argument_problem(namespace, tools, tool, argument)
            if problem:
                self.complain(ConfigError(problem, place(key)))
            elif isinstance(settings, Mapping) and argument not in OF_EVERY_TOOL:
                self._check_tool(tools, tool, {argument: settings[key]}, place(key))

    def _check_tool(self, tools: Tools, name: str, settings: Mapping[str, Any], place: Place) -> None:
        try:
            tools.check(name, settings, str(place))
        except ConfigError as error:
            self.complain(error)

    def depth(self, words: str) -> int:
        """Of how many words a key has that begins with these; 0 if they are no setting's."""
        if words in _DEPTHS:
            return _DEPTHS[words]
        namespace = words.partition(".")[0]
        return 3 if namespace in self.toolboxes else _DEPTHS.get(namespace, 0)

    def accept(self, key: str, value: Any, scope: str) -> Any:
        """The value as it is to be kept, whether its tool exists or not. Raises OptionError."""
        if not isinstance(key, str):
            raise OptionError(str(key), f"keys are text, and this is {key!r}")
        namespace, dot, rest = key.partition(".")
        if not dot or namespace in self.own:
            return value
        if namespace in self.toolboxes:
            return self._accept_tool(key, value)
        if namespace in _DEPTHS:
            _check_scope(namespace, key, scope)
            option = self._option(namespace, rest, key)
            return value if option is None else option.accept(value)
        self._check_foreign(namespace, rest, key)
        return value

    def _option(self, namespace: str, rest: str, key: str) -> Option[Any] | None:
        """What a key of a known namespace takes; None if that is for others to check."""
        first, _, last = rest.partition(".")
        if key in self.options:
            return self.options[key]
        match namespace:
            case "server" | "engine" | "tree" | "checker":
                return None
            case "hooks" if first in POINTS:
                return HOOK
            case "hooks":
                hint = did_you_mean(first, POINTS) or f"; there are {', '.join(POINTS)}"
                raise OptionError(key, f"there is no hook point {first!r}{hint}")
            case "error_page" if rest in ("default", *map(str, range(400, 600))):
                return ERROR_PAGE
            case "error_page":
                raise OptionError(key, "expected error_page.<400 to 599> or error_page.default")
            case "response" if first == "headers" and _TOKEN.fullmatch(last):
                return HEADER
            case "wsgi" if last:
                return FREE
        known = [name for name in self.options if name.startswith(f"{namespace}.")]
        raise OptionError(key, f"there is no such key{did_you_mean(key, known)}")

    def _accept_tool(self, key: str, value: Any) -> Any:
        namespace, _, rest = key.partition(".")
        tool, _, argument = rest.partition(".")
        if not tool or not argument:
            raise OptionError(key, f"a key of a tool has three words, such as {namespace}.{tool or 'gzip'}.on")
        tools = self.toolboxes[namespace]
        if (
            tools is not None
            and tool in tools.names()
            and (problem := _argument_problem(namespace, tools, tool, argument))
        ):
            raise OptionError(key, problem)
        return TOOL_SWITCH.accept(value) if argument == "on" else value

    def _check_foreign(self, namespace: str, rest: str, key: str) -> None:
        """A namespace that nobody knows is the application's own, unless it looks like a slip of the pen."""
        known = (*self.toolboxes, *(word for word in _DEPTHS if "." not in word))
        if namespace in ("cherrypy", "kirsch"):
            raise OptionError(key, f"keys begin with their namespace; write {rest!r}")
        meant = nearest(namespace, [word for word in known if _is_slip(namespace, word)])
        if meant is not None:
            raise OptionError(key, f"there is no namespace {namespace!r}; did you mean {f'{meant}.{rest}'!r}?")


def _is_slip(namespace: str, known: str) -> bool:
    """Whether one is too like the other for a name of one's own: `books` is not like `hooks`, nor `blog` like `log`."""
    same_length = len(namespace) == len(known)
    return (
        namespace[0].lower() == known[0] and (len(known) > 4 or same_length) and abs(len(namespace) - len(known)) <= 1
    )


def _argument_problem(namespace: str, tools: Tools, tool: str, argument: str) -> str:
    """What is wrong with an argument of a tool that exists; "" if nothing."""
    meant = NEVER.get(f"{namespace}.{tool}.{argument}")
    if meant:
        return f"there is no such argument; use {meant}"
    arguments = tools.settings(tool)
    if arguments is None or argument in arguments or argument in OF_EVERY_TOOL:
        return ""
    known = [f"{namespace}.{tool}.{name}" for name in (*arguments, *OF_EVERY_TOOL)]
    return f"the tool has no argument {argument!r}{did_you_mean(f'{namespace}.{tool}.{argument}', known)}"


def _check_scope(namespace: str, key: str, scope: str) -> None:
    """Refuse what would have no effect where it stands."""
    if namespace in ABOUT_THE_PROCESS and scope != SITE:
        raise OptionError(key, "this is about the whole process; it belongs in [global]")
    if namespace == "log" and scope not in (SITE, ROOT):
        raise OptionError(key, "an application has one log; this belongs in its section [/], or in [global]")
    if namespace == "wsgi" and scope != ROOT:
        raise OptionError(key, "this is about a whole application; it belongs in its section [/]")
    if key in NOT_ON_NODES and scope == NODE:
        raise OptionError(
            key, "this says how to find the node that says it; it belongs in a section of the application"
        )
