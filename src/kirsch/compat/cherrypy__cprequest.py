"""`cherrypy._cprequest`: request, response and hooks."""

from __future__ import annotations

import uuid
from typing import Final

from kirsch.app.hooks import Hook, HookMap
from kirsch.app.request import Request
from kirsch.app.response import Response

__all__ = ["Hook", "HookMap", "LazyUUID4", "Request", "Response", "hookpoints"]

hookpoints: Final = [
    "on_start_resource", "before_request_body", "before_handler", "before_finalize", "on_end_resource",
    "on_end_request", "before_error_response", "after_error_response",
]  # fmt: skip


class LazyUUID4:
    """An id that is made when somebody asks for it, and stays."""

    def __str__(self) -> str:
        return self.uuid4

    @property
    def uuid4(self) -> str:
        """The id."""
        if "_uuid4" not in vars(self):
            self._uuid4 = str(uuid.uuid4())
        return self._uuid4
