"""XML-RPC: a controller whose exposed methods clients call by name, and the tool that answers for its failures."""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING, Any, Final

from kirsch.app.context import present
from kirsch.app.errors import HTTPError
from kirsch.dispatch.expose import expose
from kirsch.toolbox.tool import Tool

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kirsch.app.request import Request
    from kirsch.app.response import Response

MOST_BYTES: Final = 1024 * 1024
MOST_DEPTH: Final = 100
"""How deep the elements of a call may be nested; a call of one array has seven."""


class XMLRPCController:
    """Its exposed methods, and those of objects that are its attributes (`shop.order`), are what clients may call.

    `{"/svc": {"request.dispatch": kirsch.dispatch.XMLRPCDispatcher()}}` where it is mounted at `svc` lets clients use
    the paths that they are used to. Settings of the tool: encoding, and allow_none for None in values.
    """

    _cp_config: Final = {"tools.xmlrpc.on": True}

    @expose
    def default(self, *vpath: str, **params: Any) -> bytes:
        """Answer a call: segments of the path go before its arguments, parameters of the query are given by name."""
        from xmlrpc.client import Fault

        request = present()
        arguments, name = read_call(request.body.read(MOST_BYTES + 1))
        method = find_method(self, name)
        if method is None:
            return answer(request, Fault(1, f"method {name!r} is not supported"))
        try:
            inspect.signature(method).bind(*vpath, *arguments, **params)
        except TypeError as error:
            return answer(request, Fault(1, f"method {name!r}: {error}"))
        return answer(request, method(*vpath, *arguments, **params))


def find_method(node: Any, name: str) -> Any:
    """The exposed method of a dotted name; None if there is none, or something on the way is not for guests."""
    for part in name.split("."):
        node = getattr(node, part, None) if part and not part.startswith("_") else None
    return node if callable(node) and getattr(node, "exposed", False) is True else None


def read_call(data: bytes) -> tuple[tuple[Any, ...], str]:
    """Arguments and method of a call. HTTPError 400 for what is none, 413 for what is too large."""
    from xml.parsers.expat import ExpatError
    from xmlrpc.client import ProtocolError, ResponseError, loads

    if len(data) > MOST_BYTES:
        raise HTTPError(413, f"a call may have {MOST_BYTES} bytes")
    try:
        _guard(data)
        arguments, name = loads(data, use_builtin_types=True)
    except (ExpatError, ResponseError, ProtocolError, ValueError, TypeError, LookupError, RecursionError) as error:
        raise HTTPError(400, f"this is not an XML-RPC call: {error}") from None
    if not name:
        raise HTTPError(400, "this is not an XML-RPC call: it names no method")
    return arguments, name


def _guard(data: bytes) -> None:
    """ValueError for what no call has and what would cost us: a document type with its entities, or great depth."""
    from xml.parsers import expat

    depth = 0

    def forbid(*_: Any) -> None:
        raise ValueError("a document type is not allowed in it")

    def enter(*_: Any) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEPTH:
            raise ValueError("it is nested too deeply")

    def leave(*_: Any) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = forbid
    parser.StartElementHandler = enter
    parser.EndElementHandler = leave
    parser.Parse(data, True)


def answer(request: Request, value: Any, encoding: str = "", allow_none: bool | None = None) -> bytes:
    """A value, or a Fault, as the answer to a call. encoding, allow_none: if not as config says of the tool."""
    from xmlrpc.client import Fault, dumps

    settings = request.toolmaps.get("tools", {}).get("xmlrpc", {})
    encoding = encoding or settings.get("encoding", "utf-8")
    allow_none = bool(settings.get("allow_none", False)) if allow_none is None else bool(allow_none)
    request.response.headers["Content-Type"] = f"text/xml;charset={encoding}"
    given = value if isinstance(value, Fault) else (value,)
    text = dumps(given, methodresponse=True, encoding=encoding, allow_none=allow_none)
    return text.encode(encoding, "xmlcharrefreplace")


class XMLRPC(Tool):
    """Answers unexpected errors, and those that were meant, as faults: clients of XML-RPC understand nothing else.

    encoding: of the answers. allow_none: whether None may be among the values.
    """

    def on_error(self, request: Request, response: Response, encoding: str = "utf-8", allow_none: bool = False) -> None:
        """A fault with status 200. What went wrong is said in development only; the id finds it in the log."""
        _fault(request, response)


def fault_of(request: Request, error: BaseException | None) -> Any:
    """What a client is told of an exception: a Fault as it is, of others their text in development only."""
    from xmlrpc.client import Fault

    if isinstance(error, Fault):
        return error
    if request.show_tracebacks:
        return Fault(1, f"{type(error).__name__}: {error}")
    return Fault(1, f"Something went wrong. It has been logged as {request.unique_id}.")


def _fault(request: Request, response: Response) -> None:
    response.status = 200
    response.body = answer(request, fault_of(request, sys.exception()))


class XMLRPCFilter(Tool):
    """Lets XML-RPC clients call the plain exposed methods below a path, as `xmlrpc_filter.on` did of old.

    Calls are POSTs of text/xml; any other request is for a page, as ever. `/RPC2` at the end of the path is dropped,
    and dots in the name of a method separate segments.
    """

    def before_handler(self, request: Request, response: Response) -> bytes | None:
        """Answer a call."""
        from xmlrpc.client import Fault

        if request.method != "POST" or request.body.content_type.value != "text/xml" or request.app is None:
            return None
        request.error_response = lambda: _fault(request, response)
        arguments, name = read_call(request.body.read(MOST_BYTES + 1))
        path = request.path_info.rstrip("/").removesuffix("/RPC2")
        found = request.app.resources.dispatcher.find(request.app.root, f"{path}/{name.replace('.', '/')}")
        if found.handler is None or found.rest:
            return answer(request, Fault(1, f"method {name!r} is not supported"))
        if self._acting(request, request.config) != self._acting(request, request.app.resources.config_of(found)):
            return answer(request, Fault(1, f"method {name!r} has hooks or tools of its own, which would not act here"))
        try:
            inspect.signature(found.handler).bind(*arguments)
        except TypeError as error:
            return answer(request, Fault(1, f"method {name!r}: {error}"))
        return answer(request, found.handler(*arguments))

    @staticmethod
    def _acting(request: Request, config: Mapping[str, Any]) -> dict[str, Any]:
        """What config says of tools and hooks: it may guard a method, so none of it must be got around."""
        acting = ("hooks", *(request.app.toolboxes if request.app is not None else ()))
        return {key: value for key, value in config.items() if key.partition(".")[0] in acting}
