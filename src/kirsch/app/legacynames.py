"""Attributes of requests and responses by the names of CherryPy 2 and 3: descriptors, which cost nothing unused."""

from __future__ import annotations

from typing import Any, Final

from kirsch.app.legacy import warn

REQUEST_NAMES: Final = {
    "remote_addr": "remote.ip",
    "remoteAddr": "remote.ip",
    "remote_host": "remote.name",
    "remoteHost": "remote.name",
    "requestLine": "request_line",
    "headerMap": "headers",
    "paramMap": "params",
    "queryString": "query_string",
    "simple_cookie": "cookie",
    "simpleCookie": "cookie",
}
RESPONSE_NAMES: Final = {"headerMap": "headers", "simple_cookie": "cookie", "simpleCookie": "cookie"}
"""Old names, and where they are now."""
ENGINE_LISTS: Final = {
    "on_start_thread_list": "start_thread",
    "on_stop_thread_list": "stop_thread",
    "on_start_engine_list": "start",
    "on_stop_engine_list": "stop",
}
SERVER_LISTS: Final = {
    "on_start_thread_list": "start_thread",
    "on_stop_thread_list": "stop_thread",
    "on_start_server_list": "start",
    "on_stop_server_list": "stop",
    "onStartThreadList": "start_thread",
    "onStopThreadList": "stop_thread",
    "onStartServerList": "start",
    "onStopServerList": "stop",
}
"""What was appended to once, of engine and server, and the channel that is subscribed to now."""


class Old:
    """An attribute under an old name: reads and sets the one at `path`, such as `remote.ip`. owner: `request`, …"""

    def __init__(self, owner: str, name: str, path: str) -> None:
        self._names = f"{owner}.{name}", f"{owner}.{path}"
        *self._above, self._last = path.split(".")

    def _target(self, guest: Any) -> Any:
        warn(*self._names)
        for name in self._above:
            guest = getattr(guest, name)
        return guest

    def __get__(self, guest: object, kind: type | None = None) -> Any:
        return self if guest is None else getattr(self._target(guest), self._last)

    def __set__(self, guest: object, value: Any) -> None:
        setattr(self._target(guest), self._last, value)


class OldRequestNames:
    """What a request was asked for by other names: REQUEST_NAMES, and two that need more than another name."""

    handler: Any
    base: str
    script_name: str
    path_info: str
    query_string: str

    @property
    def browser_url(self) -> str:
        """The address that the client asked for."""
        warn("request.browser_url", "kirsch.url(qs=kirsch.request.query_string)")
        query = f"?{self.query_string}" if self.query_string else ""
        return f"{self.base}{self.script_name}{self.path_info}{query}"

    @property
    def execute_main(self) -> bool:
        """Whether the handler will be called."""
        warn("request.execute_main", "request.handler")
        return self.handler is not None

    @execute_main.setter
    def execute_main(self, called: bool) -> None:
        warn("request.execute_main", "request.handler = None, where no handler is to be called")
        if not called:
            self.handler = None


class OldResponseNames:
    """What a response was filled by other names: RESPONSE_NAMES."""


for _name, _path in REQUEST_NAMES.items():
    setattr(OldRequestNames, _name, Old("request", _name, _path))
for _name, _path in RESPONSE_NAMES.items():
    setattr(OldResponseNames, _name, Old("response", _name, _path))
