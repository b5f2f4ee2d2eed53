"""From the attributes of a server of Cheroot's names to the settings of ours."""

from __future__ import annotations

import math
import os
from typing import Any, Final

from kirsch.app.legacy import warn
from kirsch.server.settings import Settings

_GIVEN: Final = {
    "request_queue_size": "socket_queue_size",
    "timeout": "socket_timeout",
    "shutdown_timeout": "shutdown_timeout",
    "max_request_header_size": "max_request_header_size",
    "accepted_queue_timeout": "queue_timeout",
}
"""Attribute → setting of ours."""


def settings_of(server: Any, untouched: type) -> Settings:
    """What our server is to be told. untouched: has the defaults; what is equal to them has our default instead."""
    settings = Settings(nodelay=server.nodelay, reuse_port=server.reuse_port)
    settings.max_request_body_size = server.max_request_body_size
    if isinstance(server.bind_addr, tuple):
        settings.socket_host, settings.socket_port = server.bind_addr[:2]
    else:
        settings.socket_file = os.fsdecode(server.bind_addr)
    for name, setting in _GIVEN.items():
        value = getattr(server, name)
        if value != getattr(untouched, name):
            setattr(settings, setting, max(256, value) if name == "max_request_header_size" else value)
    if server.named:
        settings.server_header = server.server_name
    settings.thread_pool = server.requests.min
    if not math.isinf(server.requests.max):
        settings.thread_pool_max = int(server.requests.max)
    if server.protocol != "HTTP/1.1":
        warn(f"protocol = {server.protocol!r}", "nothing: HTTP/1.1 is spoken, and HTTP/1.0 with who asks for it")
    if server.ssl_adapter is not None:
        _secure(settings, server.ssl_adapter)
    return settings


def _secure(settings: Settings, adapter: Any) -> None:
    if getattr(adapter, "given", None) is None and hasattr(adapter, "given"):
        settings.ssl_certificate = os.fspath(adapter.certificate)
        settings.ssl_private_key = adapter.private_key and os.fspath(adapter.private_key)
        settings.ssl_certificate_chain = adapter.certificate_chain and os.fspath(adapter.certificate_chain)
        settings.ssl_ciphers = adapter.ciphers
        password = adapter.private_key_password
        settings.ssl_private_key_password = password() if callable(password) else password
        return
    import ssl

    if not isinstance(adapter.context, ssl.SSLContext):
        raise TypeError(
            f"{adapter!r} has no `context` of Python's ssl: handshakes are made by the server, not by wrap()"
        )
    settings.ssl_context = adapter.context
